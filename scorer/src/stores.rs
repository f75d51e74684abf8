//! The stores of one task: as many clients as there are different settings.

use std::sync::Arc;

use crate::store::Store;
use crate::task::{Storage, Task};

/// The stores of a task; parts with the same settings share one.
pub(crate) struct Stores {
    pub(crate) dataset: Arc<Store>,
    pub(crate) model: Arc<Store>,
    pub(crate) output: Arc<Store>,
}

impl Stores {
    pub(crate) fn of(task: &Task) -> Self {
        let mut made: Vec<(&Storage, Arc<Store>)> = Vec::new();
        let mut store = |settings| {
            if let Some((_, store)) = made.iter().find(|(known, _)| *known == settings) {
                return store.clone();
            }
            let store = Arc::new(Store::new(Storage::clone(settings)));
            made.push((settings, store.clone()));
            store
        };
        Self {
            dataset: store(&task.dataset_storage),
            model: store(&task.model_storage),
            output: store(&task.output_storage),
        }
    }
}
