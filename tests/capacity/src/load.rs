//! What is to be scored: schedules that all have the same months due, and none of them scored. Whether it is.

use std::time::{Duration, Instant};

use futures::{StreamExt, TryStreamExt, stream};
use kube::Api;
use kube::api::{ListParams, PostParams};
use scoring_crds::ScoringSchedule;
use scoring_plan::Month;
use scoring_stand::Namespace;
use serde_json::json;
use tokio::time::sleep;

use crate::CapacityError;

/// The last month of every schedule.
const LAST: (i16, i8) = (2021, 12);
/// How many schedules are created at once.
const WRITERS: usize = 16;

/// How much is to be scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// How many schedules.
    pub schedules: u16,
    /// How many months each has.
    pub months: u16,
    /// How many months of one schedule run at once.
    pub parallelism: u16,
}

impl Load {
    /// How many months there are in all.
    pub fn all(self) -> usize {
        usize::from(self.schedules) * usize::from(self.months)
    }

    /// The months of each schedule, the oldest first.
    pub fn each(self) -> Vec<Month> {
        let last = Month::new(LAST.0, LAST.1).ok();
        let back = |count: u16| last.and_then(|last| last.plus(-i32::from(count)));
        (0..self.months).rev().filter_map(back).collect()
    }

    /// A schedule as a user writes it.
    pub fn schedule(self, number: u16) -> Result<ScoringSchedule, CapacityError> {
        let (months, name) = (self.each(), format!("load-{number:04}"));
        let (Some(first), Some(last)) = (months.first(), months.last()) else { return Err(CapacityError::Refused) };
        let spec = json!({
            "schedule": {"cron": "0 3 2 * *", "timeZone": "America/New_York"},
            "months": {"first": first.to_string(), "last": last.to_string()},
            "dataset": {"uri": "s3://rides/green_tripdata_{month}.parquet"},
            "model": {"experimentUri": "s3://models/1", "runId": "6574d0d7c4b044f585c08de11b3582c4"},
            "features": {"compute": [
                {"name": "duration", "expr": "date_part('epoch', lpep_dropoff_datetime - lpep_pickup_datetime) / 60"},
                {"name": "PU_DO", "expr": "concat(PULocationID, '_', DOLocationID)"},
            ], "where": "duration BETWEEN 1 AND 60"},
            "output": {"uri": format!("s3://out/{name}-{{month}}-{{runId}}.parquet"), "columns": [
                {"name": "ride_id", "expr": "row_id"},
                {"name": "PULocationID"},
                {"name": "DOLocationID"},
                {"name": "predicted_duration", "expr": "prediction"},
            ]},
            "storage": {"endpoint": "https://s3.example", "region": "us-east-1"},
            "backfill": {"mode": "Automatic", "parallelism": self.parallelism},
        });
        let spec = serde_json::from_value(spec).map_err(|_| CapacityError::Refused)?;
        Ok(ScoringSchedule::new(&name, spec))
    }

    /// Creates all schedules.
    pub async fn create(self, namespace: &Namespace) -> Result<(), CapacityError> {
        let api = namespace.api::<ScoringSchedule>();
        let create = async |number| -> Result<(), CapacityError> {
            api.create(&PostParams::default(), &self.schedule(number)?).await?;
            Ok(())
        };
        stream::iter(0..self.schedules).map(create).buffer_unordered(WRITERS).try_collect().await
    }

    /// Waits until every month is recorded as scored. It looks so often, which is to be
    /// seldom where there are many: all statuses are read each time. `tell` hears how many are recorded.
    pub async fn done(
        self,
        namespace: &Namespace,
        (deadline, every): (Duration, Duration),
        tell: impl Fn(usize),
    ) -> Result<(), CapacityError> {
        let end = Instant::now() + deadline;
        loop {
            let done = recorded(&namespace.api()).await?;
            tell(done);
            if done == self.all() {
                return Ok(());
            }
            if Instant::now() > end {
                return Err(CapacityError::Unfinished { done, all: self.all(), deadline });
            }
            sleep(every).await;
        }
    }
}

/// How many months are recorded as scored.
async fn recorded(schedules: &Api<ScoringSchedule>) -> Result<usize, kube::Error> {
    let list = schedules.list(&ListParams::default()).await?;
    let counts = list.items.iter().filter_map(|schedule| schedule.status.as_ref()?.counts.as_ref());
    Ok(counts.map(|counts| usize::try_from(counts.current).unwrap_or(0)).sum())
}
