//! Creating Jobs. A create is sent once; where its answer does not tell what became of it, the name does.

use k8s_openapi::api::batch::v1::Job;
use kube::api::PostParams;
use kube::core::Status;
use kube::{Api, Error, Resource, ResourceExt};

use super::{ApplyError, Writer};
use crate::expect::Written;
use crate::lean::{LeanJob, Owner};
use crate::names;
use crate::obstacle::Obstacle;

/// What became of a create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    /// The Job is there, by this create or by one before.
    Done,
    /// It is refused, and why.
    Refused(Obstacle),
    /// The namespace is going away: nothing is to be said to anybody.
    Leaving,
}

impl Writer {
    /// Creates a Job of a schedule.
    pub async fn create(&self, job: &Job, owner: &Owner) -> Result<Created, ApplyError> {
        match self.post(job, &owner.namespace).await {
            Ok(made) => {
                self.expect(owner, &made);
                Ok(Created::Done)
            }
            Err(error) => match refusal(&error) {
                Some(refused) => Ok(refused),
                None => self.adopt(&job.name_any(), owner, error).await,
            },
        }
    }

    /// The answer is read as a lean Job, so that a field which is not known here does not make it unreadable.
    async fn post(&self, job: &Job, namespace: &str) -> Result<LeanJob, Error> {
        let params = PostParams { field_manager: Some(names::FIELD_MANAGER.to_owned()), ..PostParams::default() };
        let body = serde_json::to_vec(job).map_err(Error::SerdeError)?;
        let path = Job::url_path(&(), Some(namespace));
        let request = kube::core::Request::new(path).create(&params, body).map_err(Error::BuildRequest)?;
        self.client.request(request).await
    }

    /// Takes what stands under the name, if it is this schedule's.
    async fn adopt(&self, name: &str, owner: &Owner, error: Error) -> Result<Created, ApplyError> {
        let jobs = Api::<LeanJob>::namespaced(self.client.clone(), &owner.namespace);
        let failed = |error: Error| ApplyError::Create { name: name.to_owned(), source: Box::new(error) };
        match jobs.get_opt(name).await.map_err(failed)? {
            Some(there) => match there.clone().owned() {
                Some(job) if job.owner.uid == owner.uid => {
                    self.expect(owner, &there);
                    Ok(Created::Done)
                }
                _ => Ok(Created::Refused(Obstacle::NameTaken { job: name.to_owned() })),
            },
            // It may still come to be, or has come and gone: the next pass works out what is to start, and asks for a
            // name that is still free.
            None => Err(failed(error)),
        }
    }

    fn expect(&self, owner: &Owner, job: &LeanJob) {
        if let Some(uid) = job.uid() {
            self.expectations.note(&owner.uid, Written::Created(uid));
        }
    }
}

/// What an answer says that leaves no doubt.
fn refusal(error: &Error) -> Option<Created> {
    let Error::Api(status) = error else { return None };
    match status.code {
        403 if is_leaving(status) => Some(Created::Leaving),
        404 => Some(Created::Leaving),
        403 => Some(Created::Refused(Obstacle::of_refusal(&status.message))),
        400 | 422 => {
            tracing::error!(message = status.message, "the API server finds a Job invalid that the controller made");
            Some(Created::Refused(Obstacle::of_refusal(&status.message)))
        }
        _ => None,
    }
}

fn is_leaving(status: &Status) -> bool {
    let causes = status.details.iter().flat_map(|details| &details.causes);
    causes.into_iter().any(|cause| cause.reason == "NamespaceTerminating")
        || status.message.contains("because it is being terminated")
}
