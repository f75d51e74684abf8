//! What can be typed: the commands and their flags. What they mean is in [`crate::command`].

use std::path::PathBuf;

use clap::{Parser, Subcommand};

const EXAMPLES: &str = "Examples:
  scorer score task.yaml
  scorer score task.yaml --month 2021-03
  scorer score - < task.json
  scorer survey survey.yaml
  scorer inspect s3://mlops/2/6574d0d7c4b044f585c08de11b3582c4/artifacts/model
  scorer inspect model.pkl --json

Exit codes: 0 done, 65 bad data, 66 not published, 70 fault of the scorer, 73 cannot write, 75 try again, 77 denied,
78 bad model, expression or setting.";

const TASK: &str = r#"A task:
  month: "2021-02"
  dataset: {uri: "s3://nyc-tlc/trip data/green_tripdata_{month}.parquet"}
  model: {experimentUri: s3://mlops/2, runId: 6574d0d7c4b044f585c08de11b3582c4}
  features:
    compute: [{name: PU_DO, expr: "concat(PULocationID, '_', DOLocationID)"}]
    where: "trip_distance IS NOT NULL"
  output:
    uri: "s3://mlops/batch/green-{month}-{runId}.parquet"
    columns: [{name: ride_id, expr: row_id}, {name: predicted_duration, expr: prediction}]"#;

const SURVEY: &str = "A survey: a task with its months in place of the month:
  months: [2021-01, 2021-02, 2021-03]
  dataset: …

What is found is printed as JSON. A report holds one part: with --result, more than 48 months need --part.";

/// Scores months of rows with MLflow models, natively.
#[derive(Debug, Parser)]
#[command(name = "scorer", version, about, after_help = EXAMPLES)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Score one month and commit its output
    Score(Score),
    /// Say which months are published and which are committed
    Survey(Survey),
    /// Say what a model is, and whether it can be used
    Inspect(Inspect),
}

/// Flags of `score`. A flag stands in for the field of the task that it names.
#[derive(Debug, clap::Args)]
#[command(after_help = TASK)]
pub struct Score {
    /// The task document, YAML or JSON: a file, or `-` for standard input; without it, the variable `SCORING_TASK` holds
    /// the document itself
    pub task: Option<String>,
    /// The month, such as 2021-02
    #[arg(long)]
    pub month: Option<String>,
    /// The attempt, from 1
    #[arg(long)]
    pub attempt: Option<u32>,
    /// dataset.uri
    #[arg(long, value_name = "URI")]
    pub dataset: Option<String>,
    /// model.uri, in place of an experiment and a run
    #[arg(long, value_name = "URI", conflicts_with = "run_id")]
    pub model: Option<String>,
    /// model.runId
    #[arg(long, value_name = "ID")]
    pub run_id: Option<String>,
    /// output.uri
    #[arg(long, value_name = "URI")]
    pub output: Option<String>,
    /// A file that gets the outcome too (in a pod: the termination log)
    #[arg(long, value_name = "FILE")]
    pub result: Option<PathBuf>,
}

/// Flags of `survey`.
#[derive(Debug, clap::Args)]
#[command(after_help = SURVEY)]
pub struct Survey {
    /// The survey document, YAML or JSON: a file, or `-` for standard input; without it, the variable `SCORING_TASK` holds
    /// the document itself
    pub document: Option<String>,
    /// Survey one part of the months: the 48 from month 48 N on, counted from 0 (in an indexed Job: the pod's index)
    #[arg(long, value_name = "N", env = "JOB_COMPLETION_INDEX")]
    pub part: Option<u32>,
    /// A file that gets a report of at most 4096 bytes, also of a failure (in a pod: the termination log)
    #[arg(long, value_name = "FILE")]
    pub result: Option<PathBuf>,
}

/// Flags of `inspect`.
#[derive(Debug, clap::Args)]
pub struct Inspect {
    /// A folder with an `MLmodel` file, or a model file (.pkl, .skops): a path or an address
    pub model: String,
    /// As JSON
    #[arg(long)]
    pub json: bool,
    /// The endpoint of an S3 store that is not AWS
    #[arg(long, value_name = "URL")]
    pub endpoint: Option<String>,
    /// The region of the store
    #[arg(long)]
    pub region: Option<String>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_flags_fit_together() {
        super::Args::command().debug_assert();
    }
}
