//! What a container is given: what a schedule asks for, and the operator's own defaults for what it leaves out.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ResourceRequirements;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use scoring_crds::schedule::job::{Amounts, Resources};

type Quantities = BTreeMap<String, Quantity>;

/// The resources of a container. A limit that a schedule sets below a default request takes the request with it, since
/// Kubernetes refuses a request above its limit; a limit by default gives way to a larger request.
pub(super) fn of(asked: Option<&Resources>, default: &Resources) -> ResourceRequirements {
    let requests = |resources: &Resources| resources.requests.as_ref().map(quantities).unwrap_or_default();
    let limits = |resources: &Resources| resources.limits.as_ref().map(quantities).unwrap_or_default();
    let (asked_requests, asked_limits) = asked.map(|asked| (requests(asked), limits(asked))).unwrap_or_default();
    let (mut all_requests, mut all_limits) = (requests(default), limits(default));
    all_requests.retain(|name, _| !asked_limits.contains_key(name));
    all_limits.retain(|name, _| !asked_requests.contains_key(name));
    all_requests.extend(asked_requests);
    all_limits.extend(asked_limits);
    let some = |quantities: Quantities| (!quantities.is_empty()).then_some(quantities);
    ResourceRequirements { requests: some(all_requests), limits: some(all_limits), claims: None }
}

fn quantities(amounts: &Amounts) -> Quantities {
    let named = [
        ("cpu", amounts.cpu.as_ref()),
        ("memory", amounts.memory.as_ref()),
        ("ephemeral-storage", amounts.ephemeral_storage.as_ref()),
    ];
    let quantity = |amount: &IntOrString| match amount {
        IntOrString::Int(amount) => Quantity(amount.to_string()),
        IntOrString::String(amount) => Quantity(amount.clone()),
    };
    named.into_iter().filter_map(|(name, amount)| Some((name.to_owned(), quantity(amount?)))).collect()
}
