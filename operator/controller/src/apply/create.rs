//! Creating Jobs. A create is sent once; where its answer does not tell what became of it, the name does.

use k8s_openapi::api::batch::v1::Job;
use kube::api::PostParams;
use kube::core::Status;
use kube::{Api, Error, ResourceExt};

use super::{ApplyError, Writer, code};
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
        let name = job.name_any();
        let params = PostParams { field_manager: Some(names::FIELD_MANAGER.to_owned()), ..PostParams::default() };
        // The answer is read as a lean Job, so that a field which is not known here does not make it unreadable.
        let posted = Api::<LeanJob>::namespaced(self.client.clone(), &owner.namespace);
        let error = match self.post(job, &params, &owner.namespace).await {
            Ok(made) => {
                self.expect(owner, &made);
                return Ok(Created::Done);
            }
            Err(error) => error,
        };
        match refusal(&error) {
            Some(refused) => Ok(refused),
            None => self.adopt(&posted, &name, owner, error).await,
        }
    }

    async fn post(&self, job: &Job, params: &PostParams, namespace: &str) -> Result<LeanJob, Error> {
        let path = format!("/apis/batch/v1/namespaces/{namespace}/jobs");
        let body = serde_json::to_vec(job).map_err(Error::SerdeError)?;
        let request = kube::core::Request::new(path).create(params, body).map_err(Error::BuildRequest)?;
        self.client.request(request).await
    }

    /// Takes what stands under the name, if it is this schedule's.
    async fn adopt(&self, jobs: &Api<LeanJob>, name: &str, owner: &Owner, error: Error) -> Result<Created, ApplyError> {
        let is_taken = code(&error) == Some(409);
        let failed = |error: Error| ApplyError::Create { name: name.to_owned(), source: Box::new(error) };
        match jobs.get_opt(name).await.map_err(failed)? {
            Some(there) => match there.clone().owned() {
                Some(job) if job.owner.uid == owner.uid => {
                    self.expect(owner, &there);
                    Ok(Created::Done)
                }
                _ => Ok(Created::Refused(Obstacle::NameTaken { job: name.to_owned() })),
            },
            None if is_taken => Err(failed(error)),
            // The answer was lost before or after the create took place; it may still take place. The next pass asks for
            // the same name.
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
