//! An API server that is away for a while: it stands still, or is killed and started again. The operator is to live through
//! it as one process, with few files open, and to have caught up soon after.

use std::time::{Duration, Instant};

use scoring_stand::StandError;
use scoring_stand::invariant::{Commit, Violation, one_commit_per_month};
use tokio::time::sleep;

use crate::process::{Process, Start};
use crate::stage::{OPERATOR, Stage};
use crate::year::{Year, YearError};

/// The most files that an operator may have open.
pub const FILES: usize = 256;
/// How long it may take to catch up.
pub const CATCH_UP: Duration = Duration::from_mins(1);
/// How long a year may take to reach the point of an outage.
const REACH: Duration = Duration::from_mins(2);

/// How the server is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// It stands still for so long (SIGSTOP): connections stay open, and nothing answers.
    Still(Duration),
    /// It is killed so many times, and each time started again as soon as it is gone: within a minute, five times.
    Flaps(u32),
}

/// What came of an outage.
#[derive(Clone, Debug)]
pub struct Survived {
    /// How long after its end the year was done.
    pub caught_up: Duration,
    /// The most files that the operator had open.
    pub files: usize,
    /// Every rule that was broken.
    pub violations: Vec<Violation>,
}

/// A year in which the server goes away once so many months are committed.
pub async fn survive(stage: &Stage, outage: Outage, after: usize, expected: &[Commit]) -> Result<Survived, YearError> {
    let year = Year::begin(stage).await?;
    let operator = Process::start(start(stage, &year)?, None);
    let reached = scoring_stand::eventually(REACH, "commits", async || {
        let count = year.bucket().commits().len();
        if count >= after { Ok(()) } else { Err(count) }
    });
    reached.await?;
    let pid = operator.pid();
    let files = go_away(stage, outage, &operator).await?;
    let began = Instant::now();
    let done = year.done(CATCH_UP).await;
    let caught_up = began.elapsed();
    let files = files.max(operator.open_files());
    let mut broken = Vec::new();
    broken.extend(done.err().map(|otherwise| format!("it did not catch up: {otherwise}")));
    if operator.pid() != pid || files > FILES {
        broken.push(format!("process {pid} became {}, and had {files} files open", operator.pid()));
    }
    broken.extend(operator.stop().await.ends);
    let standing = year.objects().standing().await?;
    let events = year.written().await?;
    let mut violations = year.broken(&events, &standing);
    violations.extend(one_commit_per_month(&year.bucket().commits(), expected));
    violations.extend(broken.into_iter().map(|what| Violation { rule: "E", what, lines: Vec::new() }));
    Ok(Survived { caught_up, files, violations })
}

fn start(stage: &Stage, year: &Year<'_>) -> Result<Start, StandError> {
    Ok(Start {
        program: stage.program.clone(),
        kubeconfig: stage.plane.kubeconfig(OPERATOR)?,
        namespace: year.namespace().name().to_owned(),
        holder: None,
    })
}

/// Takes the server away and brings it back; returns the most files that the operator had open meanwhile.
async fn go_away(stage: &Stage, outage: Outage, operator: &Process) -> Result<usize, StandError> {
    let mut files = 0;
    match outage {
        Outage::Still(span) => {
            stage.plane.stop_api_server()?;
            let end = Instant::now() + span;
            while Instant::now() < end {
                files = files.max(operator.open_files());
                sleep(Duration::from_millis(500)).await;
            }
            stage.plane.continue_api_server()?;
        }
        Outage::Flaps(count) => {
            for _ in 0..count {
                stage.plane.kill_api_server()?;
                files = files.max(operator.open_files());
                stage.plane.start_api_server().await?;
                files = files.max(operator.open_files());
                sleep(Duration::from_secs(2)).await;
            }
        }
    }
    Ok(files)
}
