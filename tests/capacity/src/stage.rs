//! The control plane, the node that plays all pods, and a store for each schedule.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use scoring_operator::names;
use scoring_perturb::Bucket;
use scoring_stand::{Behaviour, ControlPlane, Node, NodeOptions, Options, PodFacts};

use crate::CapacityError;

/// The user as whom the operator runs.
pub const OPERATOR: &str = "operator";

/// A control plane with its node. Its audit log holds what the operator asks for, and nothing else.
pub struct Stage {
    /// The control plane.
    pub plane: ControlPlane,
    // Plays as long as the stage stands.
    _node: Node,
}

#[derive(Default)]
struct Buckets(Mutex<HashMap<(String, String), Arc<Bucket>>>);

impl Stage {
    /// Sets it up.
    pub async fn set() -> Result<Self, CapacityError> {
        let options = Options::default().with_user(OPERATOR, &["system:masters"]).with_audit_log_of(OPERATOR);
        let plane = ControlPlane::start(options).await?;
        plane.apply_crds().await?;
        let buckets = Buckets::default();
        let script = move |facts: &PodFacts| buckets.play(facts);
        let node = Node::start(&plane, NodeOptions::everywhere().with_script(script)).await?;
        Ok(Self { plane, _node: node })
    }
}

impl Buckets {
    /// A schedule's pods see its own months and no other's.
    fn play(&self, facts: &PodFacts) -> Behaviour {
        let schedule = facts.labels.get(names::SCHEDULE).cloned().unwrap_or_default();
        let key = (facts.namespace.clone(), schedule);
        let bucket = Arc::clone(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
        bucket.play(facts)
    }
}
