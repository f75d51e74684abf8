//! Deleting Jobs, each by its UID: an old view never costs a new Job.

use kube::Api;
use kube::api::{DeleteParams, Preconditions, PropagationPolicy};

use super::{ApplyError, Writer, code};
use crate::expect::Written;
use crate::lean::{LeanJob, Owner};
use crate::observe::JobRef;

impl Writer {
    /// Stops a Job: it is gone only once its pods are.
    pub async fn stop(&self, job: &JobRef, owner: &Owner) -> Result<(), ApplyError> {
        self.delete(job, owner, PropagationPolicy::Foreground).await
    }

    /// Removes a Job that has ended.
    pub async fn forget(&self, job: &JobRef, owner: &Owner) -> Result<(), ApplyError> {
        self.delete(job, owner, PropagationPolicy::Background).await
    }

    async fn delete(&self, job: &JobRef, owner: &Owner, propagation: PropagationPolicy) -> Result<(), ApplyError> {
        let jobs = Api::<LeanJob>::namespaced(self.client.clone(), &owner.namespace);
        let params = DeleteParams {
            propagation_policy: Some(propagation),
            preconditions: Some(Preconditions { uid: Some(job.uid.clone()), resource_version: None }),
            ..DeleteParams::default()
        };
        match jobs.delete(&job.name, &params).await {
            Ok(_) => {}
            // It is gone already, or another one has its name: the cache will say so.
            Err(error) if matches!(code(&error), Some(404 | 409)) => {}
            Err(error) => return Err(ApplyError::Delete { name: job.name.clone(), source: Box::new(error) }),
        }
        self.expectations.note(&owner.uid, Written::Deleted(job.uid.clone()));
        Ok(())
    }
}
