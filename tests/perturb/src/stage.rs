//! What all trials share: a control plane, a node that plays their pods, and the audit log.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use scoring_stand::{Behaviour, ControlPlane, Node, NodeOptions, Options, PodFacts, StandError};

use crate::bucket::Bucket;
use crate::witness::Witness;

/// The user as whom operators run.
pub const OPERATOR: &str = "operator";

/// A control plane with its witness and its node.
pub struct Stage {
    /// The control plane.
    pub plane: ControlPlane,
    /// Its audit log.
    pub witness: Witness,
    /// The program `operator_under_fault`.
    pub program: PathBuf,
    buckets: Arc<Buckets>,
    // Plays as long as the stage stands.
    _node: Node,
}

#[derive(Default)]
struct Buckets(Mutex<HashMap<String, Arc<Bucket>>>);

impl Stage {
    /// Sets it up; `program` is what is run where an operator has to be a process.
    pub async fn set(program: &Path) -> Result<Self, StandError> {
        let plane = ControlPlane::start(Options::default().with_user(OPERATOR, &["system:masters"])).await?;
        plane.apply_crds().await?;
        let buckets = Arc::<Buckets>::default();
        let script = {
            let buckets = Arc::clone(&buckets);
            move |facts: &PodFacts| buckets.play(facts)
        };
        let node = Node::start(&plane, NodeOptions::everywhere().with_script(script)).await?;
        let witness = Witness::new(plane.audit()?);
        Ok(Self { plane, witness, program: program.to_owned(), buckets, _node: node })
    }

    /// The store of a namespace, which is made by the first call.
    pub fn bucket(&self, namespace: &str) -> Arc<Bucket> {
        self.buckets.of(namespace)
    }

    /// Forgets a namespace whose trial has ended.
    pub fn forget(&self, namespace: &str) {
        self.witness.forget(namespace);
        self.buckets.0.lock().unwrap_or_else(PoisonError::into_inner).remove(namespace);
    }
}

impl Buckets {
    fn of(&self, namespace: &str) -> Arc<Bucket> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(buckets.entry(namespace.to_owned()).or_default())
    }

    fn play(&self, facts: &PodFacts) -> Behaviour {
        self.of(&facts.namespace).play(facts)
    }
}
