//! `kubectl apply -f` of the recipe: what is committed is what `kubectl scoring local` commits, and what is said of it reads
//! well.

use std::env;
use std::fs;
use std::path::Path;

use scoring_tests::{Kubectl, MONTHS};
use serde_json::{Value, json};

use crate::documents::{GREEN, recipe, with};
use crate::looks::{condition, is, rows};
use crate::site::{Site, run};
use crate::store::Store;

/// Where the recipe's outputs go, and those of `local`.
const OUTPUT: &str = "batch";
const LOCAL: &str = "local";

/// Scores the schedule's months by `kubectl scoring local`, into a folder of the same bucket.
#[expect(clippy::unwrap_used, reason = "a run that fails is a failed test")]
fn score_locally(store: &Store, schedule: &Value) {
    let mut schedule = schedule.clone();
    let output = format!("s3://{}/{LOCAL}/green-{{month}}-{{runId}}.parquet", store.bucket().name());
    with(&mut schedule, &[("/spec/output/uri", json!(output)), ("/spec/job", Value::Null)]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schedule.yaml");
    fs::write(&path, schedule.to_string()).unwrap();
    let kubectl = Kubectl::new().unwrap().with_credentials(store.bucket().credentials());
    let said = kubectl.run(&["local", &path.display().to_string()]).unwrap();
    assert_eq!(said.code, Some(0), "{} {}", said.log, said.out);
}

/// What `kubectl` prints of a schedule is kept where `SEEN` names a folder, for whoever writes it down.
#[expect(clippy::unwrap_used, reason = "a folder that cannot be written is a failed test")]
async fn keep(site: &Site, name: &str) {
    let Some(folder) = env::var_os("SEEN") else { return };
    let commands: [&[&str]; 6] = [
        &["get", "scs"],
        &["get", "scs", "-o", "wide"],
        &["describe", "scs", GREEN],
        &["get", "scs", GREEN, "-o", "yaml"],
        &["get", "events", "--sort-by=.metadata.creationTimestamp"],
        &["get", "jobs,pods", "--show-labels"],
    ];
    let mut text = String::new();
    for command in commands {
        let said = site.kubectl(command).await;
        text.push_str(&format!("$ kubectl {}\n{}{}\n", command.join(" "), said.out, said.log));
    }
    fs::write(Path::new(&folder).join(format!("{name}.txt")), text).unwrap();
}

async fn the_recipe_is_scored(store: &Store, name: &str) {
    let schedule = recipe(store);
    let site = Site::new(store).await;
    let operator = site.operate().await;
    site.apply(&schedule).await;
    let scored = site.current(GREEN, &["2021-01..2021-06", "2021-08..2021-12"]).await;
    keep(&site, name).await;

    assert!(is(&scored, "Ready", "True") && is(&scored, "BacklogClear", "True"), "{scored:#}");
    let row = rows(&scored)["2021-02"];
    assert_eq!((row["rows"].as_i64(), row["error"]["mae"].as_str()), (Some(1155), Some("2.3033595")), "{row}");
    let started = site.months_started().await;
    assert_eq!(started.len(), 11, "{started:#?}");
    tokio::task::block_in_place(|| score_locally(store, &schedule));
    let outputs = store.outputs(OUTPUT);
    assert_eq!(outputs.len(), 11);
    assert!(outputs == store.outputs(LOCAL), "other bytes than `local` writes");
    assert!(condition(&scored, "Progressing").is_some_and(|condition| condition.status == "False"), "{scored:#}");
    operator.stop().await;
}

#[test]
fn the_recipe_is_scored_as_by_local_on_a_store_that_ignores_conditions() {
    let store = Store::garage().with_months(MONTHS);
    run(the_recipe_is_scored(&store, "garage"));
}

#[test]
fn the_recipe_is_scored_as_by_local_on_a_store_that_honours_conditions() {
    let store = Store::s3s_fs().with_months(MONTHS);
    run(the_recipe_is_scored(&store, "s3s-fs"));
}
