//! `kubectl apply -f` of the recipe: what is committed is what `kubectl scoring local` commits, and what is said of it reads
//! well.

use std::fs;

use scoring_tests::{Kubectl, MONTHS, shared};
use serde_json::{Value, json};

use crate::documents::{GREEN, recipe, with};
use crate::kept::keep;
use crate::looks::{is, rows};
use crate::site::{Site, run};
use crate::store::Store;

/// Where the recipe's outputs go, and those of `local`.
const OUTPUT: &str = "batch";
const LOCAL: &str = "local";
/// How a user looks at it.
const VIEWS: [&[&str]; 6] = [
    &["get", "scs"],
    &["get", "scs", "-o", "wide"],
    &["describe", "scs", GREEN],
    &["get", "scs", GREEN, "-o", "yaml"],
    &["get", "events", "--sort-by=.metadata.creationTimestamp"],
    &["get", "jobs,pods", "--show-labels"],
];

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

/// Applies a schedule, waits for its months, and compares every output with what `local` writes.
async fn scored_as_by_local(store: &Store, document: &Value, ranges: &[&str], name: &str) -> Value {
    let site = Site::new(store).await;
    let operator = site.operate().await;
    site.apply(document).await;
    site.schedule(GREEN, |schedule| schedule["status"]["counts"]["current"].as_i64() >= Some(1)).await;
    keep(&site, &format!("{name}-under-way"), &[&["get", "scs", "-o", "wide"], &["get", "jobs,pods"]]).await;
    let scored = site.current(GREEN, ranges).await;
    keep(&site, name, &VIEWS).await;
    assert!(is(&scored, "Ready", "True") && is(&scored, "BacklogClear", "True"), "{scored:#}");
    assert!(is(&scored, "Progressing", "False") && is(&scored, "Stalled", "False"), "{scored:#}");
    tokio::task::block_in_place(|| score_locally(store, document));
    let outputs = store.outputs(OUTPUT);
    assert_eq!(outputs.len(), site.months_started().await.len());
    assert!(outputs == store.outputs(LOCAL), "other bytes than `local` writes");
    operator.stop().await;
    scored
}

async fn the_recipe_is_scored(store: &Store, name: &str) {
    let ranges = ["2021-01..2021-06", "2021-08..2021-12"];
    let scored = scored_as_by_local(store, &recipe(store), &ranges, name).await;
    let row = rows(&scored)["2021-02"];
    assert_eq!((row["rows"].as_i64(), row["error"]["mae"].as_str()), (Some(1155), Some("2.3033595")), "{row}");
    assert_eq!(store.outputs(OUTPUT).len(), 11);
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

#[test]
#[ignore = "needs the real months and models beside the checkout"]
fn real_months_are_scored_as_by_local() {
    let shared = shared().expect("the folder `shared` beside the checkout");
    let months = ["2021-01", "2021-02"];
    let months = months.map(|month| (month, shared.join(format!("data/green_tripdata_{month}.parquet"))));
    let store = Store::of_real(&shared.join("models/mlflow-1.26-sklearn-1.0.2/2"), &months);
    let mut document = recipe(&store);
    let changes = [
        ("/spec/model/runId", json!("3ca76349368c45b68beaff8b67cae23f")),
        ("/spec/months", json!({"first": "2021-01", "last": "2021-02"})),
    ];
    with(&mut document, &changes);
    run(async {
        scored_as_by_local(&store, &document, &["2021-01..2021-02"], "real").await;
    });
}
