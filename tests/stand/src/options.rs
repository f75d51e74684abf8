//! What a control plane is started with.

/// The user that may do everything, in `system:masters`.
pub const ADMIN: &str = "admin";

/// The user that nodes report as, also in `system:masters`: so that the audit log tells a node's writes from a test's.
pub const NODE: &str = "stand-node";

/// A user, known by a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The name, as the API server sees it.
    pub name: String,
    /// The groups it is in.
    pub groups: Vec<String>,
}

/// What a control plane is started with. The default has [`ADMIN`], [`NODE`] and an audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    pub(crate) users: Vec<User>,
    pub(crate) audit: Audit,
}

/// What the audit log holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Audit {
    /// Nothing; there is none.
    Nothing,
    /// Every write to what the product touches, with bodies, and who read it.
    Everything,
    /// What this user asks for, without bodies.
    User(String),
}

impl Default for Options {
    fn default() -> Self {
        let master = |name: &str| User { name: name.to_owned(), groups: vec!["system:masters".to_owned()] };
        Self { users: vec![master(ADMIN), master(NODE)], audit: Audit::Everything }
    }
}

impl Options {
    /// One more user, who may do what RBAC allows.
    #[must_use]
    pub fn with_user(mut self, name: &str, groups: &[&str]) -> Self {
        let groups = groups.iter().map(|&group| group.to_owned()).collect();
        self.users.push(User { name: name.to_owned(), groups });
        self
    }

    /// No audit log: for a load whose figures it would spoil.
    #[must_use]
    pub fn without_audit_log(mut self) -> Self {
        self.audit = Audit::Nothing;
        self
    }

    /// An audit log of what this user asks for, without bodies: for a load whose figures the whole log would spoil.
    #[must_use]
    pub fn with_audit_log_of(mut self, user: &str) -> Self {
        self.audit = Audit::User(user.to_owned());
        self
    }
}
