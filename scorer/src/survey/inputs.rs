//! Which months are published: by one listing of each folder, or by a question per month where the store does not list.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, TryStreamExt, stream};
use scoring_contract::survey::InputFound;

use super::IN_FLIGHT;
use crate::failure::chain;
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
                return Ok(listed.map_or(InputFound::NotPublished, |listed| available(&listed.object)));
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
        Err(StoreError::Denied { .. } | StoreError::Unsupported { .. } | StoreError::TooLarge { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn ask(store: &Store, uri: &Uri) -> Result<InputFound, StoreError> {
    match store.stat(uri).await {
        Ok(Some(object)) => Ok(available(&object)),
        Ok(None) => Ok(InputFound::NotPublished),
        Err(error @ StoreError::Denied { .. }) => Ok(InputFound::Denied { message: chain(&error) }),
        Err(error) => Err(error),
    }
}

fn available(object: &Object) -> InputFound {
    InputFound::Available { etag: object.etag.clone(), size: object.size }
}
