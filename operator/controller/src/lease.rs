//! Leadership by a `Lease`: one operator works, others stand by. An optimisation and no lock: everything holds with two of
//! them at work, since a Job's name is the lock.
//!
//! Whether another holder is alive is told by whether its lease changes, measured by our own monotonic clock, and not by
//! the times in it: clocks differ. Each write names the resourceVersion that it replaces. Whoever cannot renew in time
//! stops working before others may begin, and goes on only if nobody did: a server that is away for a minute takes the
//! lease from everybody and gives it to nobody.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::coordination::v1::{Lease as Object, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta};
use kube::api::PostParams;
use kube::{Api, Client, Error};
use tokio::time::{Instant, sleep, timeout};

use crate::clock::Clock;

/// How long a lease that does not change is respected.
const SPAN: Duration = Duration::from_secs(15);
/// After how long without a renewal the holder gives up.
const DEADLINE: Duration = Duration::from_secs(10);
/// How often it is renewed, or looked at.
const PERIOD: Duration = Duration::from_secs(3);
/// The longest span of somebody else's lease that is believed.
const LONGEST: Duration = Duration::from_mins(10);

/// A lease, and who asks for it.
#[derive(Clone)]
pub struct Lease {
    api: Api<Object>,
    name: String,
    holder: String,
    clock: Arc<dyn Clock>,
}

/// A lease that is held: the object as it was last written, and when that was begun.
#[derive(Debug)]
pub struct Held {
    object: Object,
    renewed: Instant,
}

/// Why a lease is no longer held.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// Somebody else has it.
    #[error("the lease was taken by `{0}`")]
    Taken(String),
    /// It was deleted.
    #[error("the lease was deleted")]
    Deleted,
    /// It could not be renewed in time.
    #[error("the lease was not renewed within {} s", DEADLINE.as_secs())]
    Late(#[source] Option<Box<Error>>),
}

impl Lease {
    /// A lease by namespace and name. The holder must be another text in every process.
    pub fn new(client: Client, namespace: &str, name: &str, holder: &str, clock: Arc<dyn Clock>) -> Self {
        Self { api: Api::namespaced(client, namespace), name: name.to_owned(), holder: holder.to_owned(), clock }
    }

    /// Waits until it is held.
    pub async fn acquire(&self) -> Held {
        let mut seen: Option<(Option<String>, Instant)> = None;
        loop {
            let began = Instant::now();
            match self.attempt(&mut seen).await {
                Ok(Some(object)) => return Held { object, renewed: began },
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "the lease cannot be asked for, and is asked for again"),
            }
            sleep(PERIOD).await;
        }
    }

    /// Takes it if it is free; `seen` is the version that was seen, and since when.
    async fn attempt(&self, seen: &mut Option<(Option<String>, Instant)>) -> Result<Option<Object>, Error> {
        let Some(object) = self.api.get_opt(&self.name).await? else {
            return settled(self.api.create(&PostParams::default(), &self.fresh()).await);
        };
        let version = object.metadata.resource_version.clone();
        let since = match seen {
            Some((known, since)) if *known == version => *since,
            _ => seen.insert((version, Instant::now())).1,
        };
        let spec = object.spec.clone().unwrap_or_default();
        let holder = spec.holder_identity.unwrap_or_default();
        let span = Duration::from_secs(u64::try_from(spec.lease_duration_seconds.unwrap_or(0)).unwrap_or(0));
        if holder.is_empty() || holder == self.holder || since.elapsed() >= span.min(LONGEST) {
            let taken = self.taken(object, &holder);
            return settled(self.api.replace(&self.name, &PostParams::default(), &taken).await);
        }
        Ok(None)
    }

    /// Renews it until that fails. The future may be dropped at any point.
    pub async fn keep(&self, held: &mut Held) -> LeaseError {
        loop {
            sleep(PERIOD).await;
            let mut last = None;
            // A process that was stopped and goes on finds its time over, and asks no more.
            while let Some(left) = DEADLINE.checked_sub(held.renewed.elapsed()).filter(|left| !left.is_zero()) {
                match timeout(left, self.renew(held)).await {
                    Ok(Ok(())) => break,
                    Ok(Err(Renewal::Lost(error))) => return error,
                    Ok(Err(Renewal::Failed(error))) => last = Some(Box::new(error)),
                    Err(_) => {}
                }
                sleep(Duration::from_millis(500)).await;
            }
            if held.renewed.elapsed() >= DEADLINE {
                return LeaseError::Late(last);
            }
        }
    }

    /// Takes it again after it could not be renewed in time, as soon as the server answers; fails where somebody else was
    /// faster.
    pub async fn regain(&self) -> Result<Held, LeaseError> {
        loop {
            let began = Instant::now();
            match self.api.get_opt(&self.name).await {
                Ok(None) => return Err(LeaseError::Deleted),
                Ok(Some(object)) => {
                    let holder = object.spec.as_ref().and_then(|spec| spec.holder_identity.clone());
                    let holder = holder.unwrap_or_default();
                    if holder != self.holder {
                        return Err(LeaseError::Taken(holder));
                    }
                    let taken = self.taken(object, &holder);
                    if let Ok(object) = self.api.replace(&self.name, &PostParams::default(), &taken).await {
                        return Ok(Held { object, renewed: began });
                    }
                }
                Err(error) => tracing::warn!(%error, "the lease cannot be asked for, and is asked for again"),
            }
            sleep(PERIOD).await;
        }
    }

    async fn renew(&self, held: &mut Held) -> Result<(), Renewal> {
        let began = Instant::now();
        let mut next = held.object.clone();
        next.spec.get_or_insert_default().renew_time = Some(self.now());
        match self.api.replace(&self.name, &PostParams::default(), &next).await {
            Ok(object) => {
                *held = Held { object, renewed: began };
                Ok(())
            }
            Err(Error::Api(status)) if status.code == 404 => Err(Renewal::Lost(LeaseError::Deleted)),
            // It has changed: by an own write whose answer was lost, or by somebody else.
            Err(Error::Api(status)) if status.code == 409 => {
                let object = self.api.get(&self.name).await.map_err(Renewal::Failed)?;
                let holder = object.spec.as_ref().and_then(|spec| spec.holder_identity.clone()).unwrap_or_default();
                if holder != self.holder {
                    return Err(Renewal::Lost(LeaseError::Taken(holder)));
                }
                held.object = object;
                Err(Renewal::Failed(Error::Api(status)))
            }
            Err(error) => Err(Renewal::Failed(error)),
        }
    }

    /// Gives it back, so that the next one need not wait.
    pub async fn release(&self, held: Held) -> Result<(), Error> {
        match self.give_back(held.object).await {
            // A renewal that was cut short may have taken place.
            Err(Error::Api(status)) if status.code == 409 => {
                let object = self.api.get(&self.name).await?;
                let holder = object.spec.as_ref().and_then(|spec| spec.holder_identity.as_ref());
                if holder == Some(&self.holder) { self.give_back(object).await } else { Ok(()) }
            }
            result => result,
        }
    }

    async fn give_back(&self, mut object: Object) -> Result<(), Error> {
        let spec = object.spec.get_or_insert_default();
        spec.holder_identity = Some(String::new());
        spec.lease_duration_seconds = Some(1);
        spec.renew_time = Some(self.now());
        self.api.replace(&self.name, &PostParams::default(), &object).await.map(drop)
    }

    fn now(&self) -> MicroTime {
        MicroTime(self.clock.now())
    }

    fn fresh(&self) -> Object {
        let metadata = ObjectMeta { name: Some(self.name.clone()), ..ObjectMeta::default() };
        self.taken(Object { metadata, spec: None }, "")
    }

    fn taken(&self, mut object: Object, before: &str) -> Object {
        let spec = object.spec.get_or_insert_default();
        let turns = spec.lease_transitions.unwrap_or(0);
        *spec = LeaseSpec {
            acquire_time: Some(self.now()),
            holder_identity: Some(self.holder.clone()),
            lease_duration_seconds: Some(SPAN.as_secs() as i32),
            lease_transitions: Some(if before == self.holder { turns } else { turns.saturating_add(1) }),
            renew_time: Some(self.now()),
            ..LeaseSpec::default()
        };
        object
    }
}

/// Why a renewal was none.
enum Renewal {
    /// It is over.
    Lost(LeaseError),
    /// It may succeed next time.
    Failed(Error),
}

/// A conflict means that somebody was faster.
fn settled(written: Result<Object, Error>) -> Result<Option<Object>, Error> {
    match written {
        Ok(object) => Ok(Some(object)),
        Err(Error::Api(status)) if status.code == 409 => Ok(None),
        Err(error) => Err(error),
    }
}
