//! Whether a month's output was made from what is there now, and if not, what has changed. Pure.

use scoring_contract::Manifest;
use scoring_contract::manifest::{Input, State};
use scoring_contract::survey::{Committed, InputFound, OutputFound, StaleCause};

use super::Manifests;
use super::outputs::Candidate;
use crate::fingerprint::Fingerprint;
use crate::task::Task;

/// What a run would use now.
pub(super) struct Now<'a> {
    pub(super) task: &'a Task,
    pub(super) input: &'a InputFound,
    pub(super) sha256: &'a str,
    pub(super) run_id: Option<&'a str>,
}

/// Judges a month by its candidates: the current one if there is one, else the one written last.
pub(super) fn judge(now: &Now<'_>, candidates: &[Candidate], manifests: &Manifests) -> OutputFound {
    let judged = candidates.iter().filter_map(|candidate| {
        let manifest = manifests.get(&candidate.manifest.to_string())?;
        let found = judge_one(now, candidate, manifest.as_ref());
        Some((matches!(found, OutputFound::Current(_)), candidate.written, found))
    });
    judged.max_by_key(|(current, written, _)| (*current, *written)).map_or(OutputFound::None, |(_, _, found)| found)
}

fn judge_one(now: &Now<'_>, candidate: &Candidate, manifest: Option<&Manifest>) -> OutputFound {
    let Some(manifest) = manifest else { return damaged("its manifest cannot be read") };
    if manifest.state == State::Replacing {
        return damaged("its replacement was begun and not finished");
    }
    let (Some(promised), Some(committed), Some(output)) =
        (&manifest.output, Committed::of(manifest), &candidate.output)
    else {
        return damaged("its manifest stands there without it");
    };
    if promised.etag != output.etag || promised.size != output.size {
        return damaged("it is not the one that its manifest describes");
    }
    match stale(now, manifest) {
        Some(Change { cause, from, to }) => OutputFound::Stale { cause, from, to, committed },
        None => OutputFound::Current(committed),
    }
}

/// What has changed since an output was made.
struct Change {
    cause: StaleCause,
    from: String,
    to: String,
}

/// What has changed since an output was made. A month whose file is gone, or may not be looked at, has not changed.
fn stale(now: &Now<'_>, manifest: &Manifest) -> Option<Change> {
    let made_from = &manifest.input;
    if let InputFound::Available { etag, size } = now.input {
        let uri = now.task.dataset.to_string();
        let input = Input { uri, etag: etag.clone(), size: *size, rows: made_from.rows };
        if input != *made_from {
            return Some(Change { cause: StaleCause::Input, from: made_from.etag.clone(), to: input.etag });
        }
    }
    if manifest.model.sha256 != now.sha256 || manifest.model.run_id.as_deref() != now.run_id {
        let then = (manifest.model.run_id.as_deref(), manifest.model.sha256.as_str());
        let (from, to) = in_short(then, (now.run_id, now.sha256));
        return Some(Change { cause: StaleCause::Model, from, to });
    }
    let fingerprint = Fingerprint::of(now.task, made_from, now.sha256, now.run_id);
    let from = manifest.fingerprint.chars().take(8).collect();
    let change = || Change { cause: StaleCause::Features, from, to: fingerprint.short().to_owned() };
    (fingerprint.to_string() != manifest.fingerprint).then(change)
}

/// Two models in short: their runs where those differ, else their digests.
fn in_short(then: (Option<&str>, &str), now: (Option<&str>, &str)) -> (String, String) {
    let short = |text: &str| text.chars().take(12).collect();
    match (then.0, now.0) {
        (Some(from), Some(to)) if from != to => (short(from), short(to)),
        _ => (short(then.1), short(now.1)),
    }
}

fn damaged(problem: &str) -> OutputFound {
    OutputFound::Damaged { problem: problem.to_owned() }
}
