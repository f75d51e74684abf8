//! What a run asks the store of its output.

use super::*;
use crate::progress::Silent;
use crate::store::canned::{Asked, Canned, error};
use crate::task::{read_document, resolve_relative};
use std::path::Path;

#[tokio::test]
async fn the_place_is_looked_at_once_before_the_run_and_once_before_the_mark() {
    let refusal = |asked: &Asked| if asked.has("put /") { (403, "AccessDenied") } else { (404, "NoSuchKey") };
    let canned = Canned::start(move |asked| {
        let (status, code) = refusal(asked);
        (status, "", error(code))
    })
    .await;
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures");
    let text = std::fs::read_to_string(fixtures.join("task.yaml")).unwrap();
    let mut document = read_document(&text.replace("../../out/", "s3://bucket/out/")).unwrap();
    resolve_relative(&mut document, &fixtures);
    document.output.storage = Some(canned.settings());
    let refused = run(&Task::try_from(document).unwrap(), &Silent, &Stop::default()).await;
    assert!(matches!(refused, Err(RunError::Commit(CommitError::Write(StoreError::Denied { .. })))), "{refused:?}");
    let asked = |what: &str| canned.asked().iter().filter(|asked| asked.has(what)).count();
    assert_eq!((asked("head /bucket/out/green"), asked("get /bucket/out/_manifests")), (2, 2));
}
