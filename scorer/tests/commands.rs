//! The commands as processes: how they end when they are asked to stop, and when they are given what is no text.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::ffi::OsString;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::ffi::OsStringExt;
use std::process::{Child, Command, Stdio};

use scoring_contract::{ExitClass, Outcome};

fn scorer() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scorer"));
    command.env_remove("SCORING_TASK").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Waits until a child has asked a server that never answers, asks the child to stop, and waits for its end: its exit
/// code, and none where the signal itself ended it.
fn stopped(mut child: Child, server: &TcpListener) -> Option<i32> {
    let (mut asked, _) = server.accept().unwrap();
    asked.read_exact(&mut [0; 16]).unwrap();
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    child.wait().unwrap().code()
}

#[test]
fn an_inspection_that_is_asked_to_stop_says_so() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let model = format!("http://{}/model.pkl", server.local_addr().unwrap());
    let child = scorer().env("NO_PROXY", "127.0.0.1").args(["inspect", &model]).spawn().unwrap();
    assert_eq!(stopped(child, &server), Some(i32::from(ExitClass::TryAgain.code())));
}

#[test]
fn a_survey_that_is_asked_to_stop_says_so() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let model = format!("http://{}/model", server.local_addr().unwrap());
    let mut child = scorer().env("NO_PROXY", "127.0.0.1").args(["survey", "-"]).spawn().unwrap();
    let survey = format!(
        "{{months: [2021-01], dataset: {{uri: 'file:///rides/{{month}}'}}, model: {{uri: '{model}'}}, \
         output: {{uri: 'file:///out/{{month}}', columns: [{{name: prediction}}]}}}}"
    );
    child.stdin.take().unwrap().write_all(survey.as_bytes()).unwrap();
    assert_eq!(stopped(child, &server), Some(i32::from(ExitClass::TryAgain.code())));
}

#[test]
fn a_task_variable_that_is_no_text_is_said_to_be_so() {
    let output = scorer().env("SCORING_TASK", OsString::from_vec(vec![0xff])).arg("score").output().unwrap();
    let outcome: Outcome = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(outcome.class, ExitClass::BadSetting);
    let message = outcome.error.unwrap().message;
    assert!(message.contains("SCORING_TASK holds no UTF-8 text"), "{message}");
}

#[test]
fn an_inspection_says_what_to_do() {
    let output = scorer().args(["inspect", "/nowhere/model.pkl"]).output().unwrap();
    assert_eq!(output.status.code(), Some(i32::from(ExitClass::BadSetting.code())));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("to do: "), "{said}");
}
