//! Schedules and backfills as users write them: those of the examples, with the addresses of a test's store.

use scoring_tests::{RUN, example, set};
use serde_json::{Value, json};

use crate::site::SECRET;
use crate::store::{RIDES, Store};

/// The name of the recipe's schedule.
pub(crate) const GREEN: &str = "nyc-green";
/// The run of the fixtures' second model.
pub(crate) const LINEAR: &str = "98c3b2b6befe48e6822f94d360f634c3";

/// The recipe's schedule for the months of 2021, with a store of the stand.
#[expect(clippy::unwrap_used, reason = "the example is there")]
pub(crate) fn recipe(store: &Store) -> Value {
    let mut schedule = example("recipe.yaml").unwrap();
    let bucket = store.bucket();
    let storage = json!({
        "endpoint": bucket.endpoint(), "region": bucket.region(), "pathStyle": true, "credentialsSecret": SECRET,
    });
    let changes = [
        ("/spec/storage", storage),
        ("/spec/dataset", json!({"uri": format!("s3://{}/{RIDES}/green_tripdata_{{month}}.parquet", bucket.name())})),
        ("/spec/model/experimentUri", json!(format!("s3://{}/2", bucket.name()))),
        ("/spec/model/runId", json!(RUN)),
        ("/spec/months/last", json!("2021-12")),
    ];
    with(&mut schedule, &changes);
    schedule
}

/// A schedule of a few months, without what the recipe asks of its cluster.
pub(crate) fn schedule(store: &Store, name: &str, (first, last): (&str, &str)) -> Value {
    let mut schedule = recipe(store);
    let changes = [
        ("/metadata/name", json!(name)),
        ("/spec/months", json!({"first": first, "last": last})),
        ("/spec/output/uri", json!(format!("s3://{}/{name}/{{month}}-{{runId}}.parquet", store.bucket().name()))),
        ("/spec/job", Value::Null),
        ("/spec/retry/backoffSeconds", json!(1)),
    ];
    with(&mut schedule, &changes);
    schedule
}

/// A backfill of a schedule's months.
#[expect(clippy::unwrap_used, reason = "the example is there")]
pub(crate) fn backfill(name: &str, schedule: &str, (from, to): (&str, &str)) -> Value {
    let mut backfill = example("backfill.yaml").unwrap();
    let changes = [
        ("/metadata/name", json!(name)),
        ("/spec/scheduleRef/name", json!(schedule)),
        ("/spec/from", json!(from)),
        ("/spec/to", json!(to)),
    ];
    with(&mut backfill, &changes);
    backfill
}

/// Changes fields of a document, by JSON pointer.
pub(crate) fn with(document: &mut Value, changes: &[(&str, Value)]) {
    for (pointer, value) in changes {
        set(document, pointer, value.clone());
    }
}
