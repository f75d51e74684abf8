//! The commands as processes: how they end when they are asked to stop, when they are given what is no text, and what a
//! survey leaves of its parts.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::ffi::OsString;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use scoring_contract::outcome::LIMIT;
use scoring_contract::survey::{ReportedInput, Survey, SurveyReport};
use scoring_contract::{ExitClass, Outcome};

fn scorer() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scorer"));
    command
        .env_remove("SCORING_TASK")
        .env_remove("JOB_COMPLETION_INDEX")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
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
    let folder = tempfile::tempdir().unwrap();
    let result = folder.path().join("result");
    let model = format!("http://{}/model", server.local_addr().unwrap());
    let mut child =
        scorer().env("NO_PROXY", "127.0.0.1").args(["survey", "-", "--result"]).arg(&result).spawn().unwrap();
    let survey = format!(
        "{{months: [2021-01], dataset: {{uri: 'file:///rides/{{month}}'}}, model: {{uri: '{model}'}}, \
         output: {{uri: 'file:///out/{{month}}', columns: [{{name: prediction}}]}}}}"
    );
    child.stdin.take().unwrap().write_all(survey.as_bytes()).unwrap();
    assert_eq!(stopped(child, &server), Some(i32::from(ExitClass::TryAgain.code())));
    assert_eq!(report(&result).class(), ExitClass::TryAgain);
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

const MONTHS: usize = 100;
const RUN: &str = "939c5bc17fc449d3a66a20896ad5f84a";

fn month(index: usize) -> String {
    format!("{}-{:02}", 2021 + index / 12, index % 12 + 1)
}

fn report(file: &Path) -> SurveyReport {
    let line = fs::read_to_string(file).unwrap();
    assert!(line.len() <= LIMIT, "{} bytes", line.len());
    SurveyReport::parse(&line).unwrap()
}

/// A survey of 100 months in a folder where every third month is published.
fn many_months(folder: &Path) -> String {
    for index in (0..MONTHS).step_by(3) {
        fs::write(folder.join(format!("{}.parquet", month(index))), [0; 4]).unwrap();
    }
    let experiment =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/mlflow/mlflow-3.17.2-sklearn-1.9.1/1");
    let months: Vec<String> = (0..MONTHS).map(month).collect();
    serde_json::json!({
        "months": months,
        "dataset": {"uri": format!("file://{}/{{month}}.parquet", folder.display())},
        "model": {"experimentUri": format!("file://{}", fs::canonicalize(experiment).unwrap().display()), "runId": RUN},
        "output": {"uri": format!("file://{}/out/{{month}}.parquet", folder.display()), "columns": [{"name": "prediction"}]},
    })
    .to_string()
}

#[test]
fn a_survey_in_parts_leaves_a_report_of_each() {
    let folder = tempfile::tempdir().unwrap();
    let survey = many_months(folder.path());
    for (part, months) in [("0", 0..48), ("1", 48..96), ("2", 96..100)] {
        let result = folder.path().join(part);
        let mut command = scorer();
        command.env("SCORING_TASK", &survey).env("JOB_COMPLETION_INDEX", part);
        let output = command.args(["survey", "--result"]).arg(&result).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let SurveyReport::Found(found) = report(&result) else { panic!("no months in part {part}") };
        let printed: Survey = serde_json::from_slice(&output.stdout).unwrap();
        assert!(found.keys().eq(printed.months.keys()));
        assert!(found.keys().cloned().eq(months.clone().map(month)), "{:?}", found.keys());
        for (found, index) in found.values().zip(months) {
            let published = matches!(found.input, ReportedInput::Available { .. });
            assert_eq!(published, index % 3 == 0, "{}", month(index));
        }
    }
}

#[test]
fn a_survey_that_cannot_be_made_leaves_a_report_that_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let survey = many_months(folder.path());
    let nowhere = survey.replace(RUN, "gone");
    for (task, part, message) in [
        (Some(&survey), Some("3"), "there is no part 3: 100 months have 3, counted from 0"),
        (Some(&survey), None, "a report holds 48 months, and the survey has 100"),
        (Some(&nowhere), Some("0"), "there is no MLmodel file"),
        (None, Some("0"), "set SCORING_TASK"),
    ] {
        let result = folder.path().join("result");
        let mut command = scorer();
        command.envs(task.map(|task| ("SCORING_TASK", task))).args(["survey", "--result"]).arg(&result);
        let output = command.args(part.map(|part| ["--part", part]).iter().flatten()).output().unwrap();
        let SurveyReport::Failed { class, error } = report(&result) else { panic!("{message}: not failed") };
        assert_eq!((class, output.status.code()), (ExitClass::BadSetting, Some(78)), "{message}");
        assert!(error.message.contains(message), "{}", error.message);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(message), "{said}");
    }
}
