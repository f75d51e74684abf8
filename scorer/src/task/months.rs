//! The months of a survey document, each as the task that would score it.

use std::collections::BTreeMap;

use scoring_contract::bounds;
use scoring_contract::survey::SurveyDocument;

use super::{Fault, Faults, Month, Task, TaskError};
use crate::template::Values;

/// The tasks of a document's months, in their order. A fault that every month has is told once.
pub fn tasks_of(document: &SurveyDocument) -> Result<Vec<Task>, TaskError> {
    let mut faults = Faults::default();
    let months = &document.months;
    if months.is_empty() {
        faults.add("months", "is empty: write at least one month, such as 2021-02");
    }
    if months.len() > bounds::MONTHS {
        faults.add("months", format!("has {} entries: at most {} are allowed", months.len(), bounds::MONTHS));
    }
    let mut tasks = Vec::new();
    for (index, month) in months.iter().take(bounds::MONTHS).enumerate() {
        let path = format!("months[{index}]");
        if months[..index].contains(month) {
            faults.add(path, format!("`{month}` stands here twice: name it once"));
            continue;
        }
        match Task::try_from(document.task(month)) {
            Ok(task) => tasks.push(task),
            Err(TaskError(found)) => faults.month(&path, found),
        }
    }
    faults.outputs(&tasks);
    if faults.0.is_empty() { Ok(tasks) } else { Err(TaskError(faults.0)) }
}

impl Faults {
    /// The faults of one month's task, whose own path is this one.
    fn month(&mut self, own: &str, found: Vec<Fault>) {
        for Fault { path, problem } in found {
            let path = if path == "month" { own.to_owned() } else { path };
            if self.0.iter().all(|known| known.path != path) {
                self.add(path, problem);
            }
        }
    }

    /// Notes two months with one output: each would replace the other's for ever.
    fn outputs(&mut self, tasks: &[Task]) {
        let mut outputs: BTreeMap<String, Month> = BTreeMap::new();
        for task in tasks {
            let values = Values { month: task.month, run_id: Some("run"), fingerprint: Some("fingerprint") };
            let Ok(filled) = values.fill(&task.output) else { continue };
            if let Some(other) = outputs.insert(filled, task.month) {
                let both = format!("is the same for {other} and {}: put {{month}} into it", task.month);
                return self.add("output.uri", both);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::read_document;

    const SURVEY: &str = "
months: [2021-01, 2021-02]
dataset: {uri: 's3://rides/{month}.parquet'}
model: {experimentUri: s3://mlops/2, runId: ab12}
output: {uri: 's3://mlops/out/{month}.parquet', columns: [{name: prediction}]}
";

    fn faults(text: &str) -> String {
        tasks_of(&read_document(text).unwrap()).unwrap_err().to_string()
    }

    #[test]
    fn every_month_becomes_a_task() {
        let tasks = tasks_of(&read_document(SURVEY).unwrap()).unwrap();
        let months: Vec<String> = tasks.iter().map(|task| task.month.to_string()).collect();
        assert_eq!(months, ["2021-01", "2021-02"]);
    }

    #[test]
    fn a_bad_month_is_named_by_its_place() {
        let text = SURVEY.replace("2021-02", "2021-13");
        assert!(faults(&text).starts_with("months[1]: `2021-13`"), "{}", faults(&text));
        let text = SURVEY.replace("2021-02", "2021-01");
        assert!(faults(&text).starts_with("months[1]: `2021-01` stands here twice"), "{}", faults(&text));
    }

    #[test]
    fn a_list_of_months_is_neither_empty_nor_endless() {
        assert!(faults(&SURVEY.replace("[2021-01, 2021-02]", "[]")).starts_with("months: is empty"));
        let many = vec!["2021-01"; bounds::MONTHS + 1].join(", ");
        let text = SURVEY.replace("2021-01, 2021-02", &many);
        assert!(faults(&text).starts_with("months: has 1201 entries"));
    }

    #[test]
    fn a_fault_of_every_month_is_told_once() {
        let text = SURVEY.replace("runId: ab12", "runId: ../ab12");
        assert_eq!(faults(&text).matches("model.runId").count(), 1);
    }

    #[test]
    fn two_months_have_two_outputs() {
        let text = SURVEY.replace("out/{month}", "out/{runId}-{fingerprint}");
        assert_eq!(faults(&text), "output.uri: is the same for 2021-01 and 2021-02: put {month} into it");
    }
}
