//! A store with the recipe's bucket: months, models, and what came of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use scoring_tests::{Bucket, Place, fixture, month_file};
use serde_json::Value;
use tokio::task::block_in_place;

/// Where the months are. The space is that of the real bucket.
pub(crate) const RIDES: &str = "trip data";
/// The experiment of the fixtures' newest models.
const EXPERIMENT: &str = "mlflow/mlflow-3.17.2-sklearn-1.9.1/1";

/// A bucket of a store. It is made and dropped outside of any runtime, for it has one of its own.
pub(crate) struct Store(Place);

#[expect(clippy::unwrap_used, reason = "a store that does not answer is a failed test")]
impl Store {
    /// A store that ignores conditions on writes, with the models and no months.
    pub(crate) fn garage() -> Self {
        Self::with_models(Place::garage().unwrap())
    }

    /// A store that honours them, with the models and no months.
    pub(crate) fn s3s_fs() -> Self {
        Self::with_models(Place::s3s_fs().unwrap())
    }

    /// A store that ignores conditions on writes, with a folder of real models and real months.
    pub(crate) fn of_real(models: &Path, months: &[(&str, PathBuf)]) -> Self {
        let place = Place::garage().unwrap();
        place.put_folder("2", models).unwrap();
        for (month, file) in months {
            place.put(&rides(month), file).unwrap();
        }
        Self(place)
    }

    fn with_models(place: Place) -> Self {
        place.put_folder("2", &fixture(EXPERIMENT)).unwrap();
        Self(place)
    }

    /// Publishes the rides of fixture months under their own names.
    #[must_use]
    pub(crate) fn with_months<'a>(self, months: impl IntoIterator<Item = &'a str>) -> Self {
        months.into_iter().for_each(|month| self.publish(month, month));
        self
    }

    /// The bucket.
    pub(crate) fn bucket(&self) -> &Bucket {
        self.0.bucket().expect("the place is a bucket")
    }

    /// Publishes the rides of a fixture month as those of a month.
    pub(crate) fn publish(&self, month: &str, rides_of: &str) {
        block_in_place(|| self.0.put(&rides(month), &month_file(rides_of))).unwrap();
    }

    /// Takes a month's output and its manifest away.
    pub(crate) fn remove(&self, folder: &str, month: &str) {
        block_in_place(|| {
            let keys = self.0.keys(folder).unwrap().into_iter().filter(|key| key.contains(month));
            keys.for_each(|key| self.bucket().remove(&key).unwrap());
        });
    }

    /// Every object under a folder, with its bytes, by its name there.
    pub(crate) fn objects(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let prefix = format!("{folder}/");
        block_in_place(|| {
            let keys = self.0.keys(folder).unwrap();
            keys.iter().map(|key| (key.trim_start_matches(&prefix).to_owned(), self.0.get(key).unwrap())).collect()
        })
    }

    /// The outputs in a folder, by name, without their manifests.
    pub(crate) fn outputs(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        self.objects(folder).into_iter().filter(|(name, _)| !name.starts_with("_manifests/")).collect()
    }

    /// The manifests in a folder, by month.
    pub(crate) fn manifests(&self, folder: &str) -> BTreeMap<String, Value> {
        let objects = self.objects(folder).into_iter().filter(|(name, _)| name.starts_with("_manifests/"));
        let manifest = |(_, bytes): (String, Vec<u8>)| -> Value { serde_json::from_slice(&bytes).unwrap() };
        objects.map(manifest).map(|manifest| (manifest["month"].as_str().unwrap().to_owned(), manifest)).collect()
    }
}

fn rides(month: &str) -> String {
    format!("{RIDES}/green_tripdata_{month}.parquet")
}
