//! Which months are published: by one listing of each folder, or by a question per month where the store does not list.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, TryStreamExt, stream};
use scoring_contract::survey::InputFound;

use super::IN_FLIGHT;
use crate::chain::chain;
use crate::store::{Listing, Object, Store, StoreError};
use crate::task::Task;
use crate::uri::Uri;

/// Months in one folder from which on a listing is one call where questions are several.
const FEW: usize = 3;

/// What is there of each task's month.
pub(super) async fn look(store: &Store, tasks: &[Task]) -> Result<Vec<InputFound>, StoreError> {
    let mut folders: BTreeMap<String, (Uri, usize)> = BTreeMap::new();
    for task in tasks {
        let folder = task.dataset.split().0;
        folders.entry(folder.to_string()).or_insert((folder, 0)).1 += 1;
    }
    let mut listings: BTreeMap<String, Listing> = BTreeMap::new();
    for (name, (folder, months)) in folders {
        if months >= FEW
            && let Some(listing) = list(store, &folder).await?
        {
            listings.insert(name, listing);
        }
    }
    let asked: BTreeSet<&String> = listings.keys().collect();
    stream::iter(tasks)
        .map(|task| async {
            let (folder, name) = task.dataset.split();
            let folder = folder.to_string();
            if asked.contains(&folder) {
                let listed = listings.get(&folder).and_then(|listing| listing.files.get(&name));
                let Some(listed) = listed else { return Ok(InputFound::NotPublished) };
                if let Some(object) = listed.object() {
                    return Ok(available(&object));
                }
            }
            ask(store, &task.dataset).await
        })
        .buffered(IN_FLIGHT)
        .try_collect()
        .await
}

/// A listing; none where the store does not give one to this caller.
async fn list(store: &Store, folder: &Uri) -> Result<Option<Listing>, StoreError> {
    match store.list(folder).await {
        Ok(listing) => Ok(Some(listing)),
        Err(StoreError::Denied { .. } | StoreError::Unsupported { .. } | StoreError::TooMany { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn ask(store: &Store, uri: &Uri) -> Result<InputFound, StoreError> {
    match store.stat(uri).await {
        Ok(Some(object)) => Ok(available(&object)),
        Ok(None) => not_published(store, uri).await,
        // As in a listing, where it is no file.
        Err(StoreError::NotAFile { .. }) => Ok(InputFound::NotPublished),
        Err(error @ StoreError::Denied { .. }) => Ok(InputFound::Denied { message: chain(&error) }),
        Err(error) => Err(error),
    }
}

/// Nothing is there; where not even the bucket is, that is a setting to correct. Only opening tells the two apart.
async fn not_published(store: &Store, uri: &Uri) -> Result<InputFound, StoreError> {
    match store.open(uri).await.map(drop) {
        Err(error @ StoreError::NoPlace { .. }) => Err(error),
        _ => Ok(InputFound::NotPublished),
    }
}

fn available(object: &Object) -> InputFound {
    InputFound::Available { etag: object.etag.clone(), size: object.size }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::canned::{Canned, error};
    use crate::survey::tests::tasks;

    #[tokio::test]
    async fn a_bucket_that_is_missing_is_told_however_many_months_are_asked_for() {
        for months in [1, FEW] {
            let canned = Canned::start(|_| (404, "", error("NoSuchBucket"))).await;
            let found = look(&canned.store(), &tasks(months, "out/{month}.parquet")).await;
            assert!(matches!(found, Err(StoreError::NoPlace { .. })), "{months} months");
        }
    }

    #[tokio::test]
    async fn a_month_that_is_listed_without_its_tag_is_asked_for_it() {
        let canned = Canned::start(|asked| {
            let listed = "<Contents><Key>in/2021-02.parquet</Key><Size>4</Size></Contents>";
            let listed = (200, "", format!("<ListBucketResult>{listed}</ListBucketResult>"));
            let found = (200, "ETag: \"e\"\r\nContent-Length: 4\r\n", String::new());
            if asked.has("list-type") { listed } else { found }
        })
        .await;
        let found = look(&canned.store(), &tasks(FEW, "out/{month}.parquet")).await.unwrap();
        assert_eq!(found[1], InputFound::Available { etag: "e".to_owned(), size: 4 });
        assert_eq!(found[0], InputFound::NotPublished);
        assert_eq!(canned.asked().len(), 2);
    }
}
