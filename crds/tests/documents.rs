//! Documents that are refused and documents that are taken, at admission and by the check behind it: the field's path,
//! and what the message says.

#![expect(clippy::unwrap_used, reason = "a test ends where it finds something else")]

use jiff::Timestamp;
use scoring_crds::fault::{Fault, Faults};
use scoring_crds::{ScoringBackfill, ScoringSchedule, admission, check_backfill};
use scoring_plan::Schedule;
use serde::Deserialize;
use serde_json::Value;

/// A document, made from that of `base.yaml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    what: String,
    #[serde(default = "schedule")]
    base: String,
    change: Option<Value>,
    repeat: Option<Repeat>,
    null_at: Option<String>,
    #[serde(default)]
    update: bool,
    #[serde(default)]
    path: String,
    #[serde(default)]
    says: String,
    faults: Option<usize>,
}

fn schedule() -> String {
    "schedule".to_owned()
}

/// A text or a list that is made of many of one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Repeat {
    at: String,
    text: Option<String>,
    item: Option<Value>,
    times: usize,
}

fn read<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let path = format!("{}/tests/documents/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
    serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A JSON merge patch (RFC 7386).
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let fields = target.as_object_mut().unwrap();
    for (name, change) in changes {
        if change.is_null() {
            fields.remove(name);
        } else {
            merge(fields.entry(name).or_insert(Value::Null), change);
        }
    }
}

/// The value at a JSON pointer, made where it is not there.
fn make<'a>(document: &'a mut Value, pointer: &str) -> &'a mut Value {
    pointer.split('/').skip(1).fold(document, |node, name| match node {
        Value::Array(items) => &mut items[name.parse::<usize>().unwrap()],
        node => &mut node[name],
    })
}

impl Case {
    fn document(&self, base: &Value) -> Value {
        let mut document = base[&self.base].clone();
        if let Some(change) = &self.change {
            merge(&mut document, change);
        }
        if let Some(pointer) = &self.null_at {
            *make(&mut document, pointer) = Value::Null;
        }
        if let Some(repeat) = &self.repeat {
            *make(&mut document, &repeat.at) = repeat.value();
        }
        document
    }
}

impl Repeat {
    fn value(&self) -> Value {
        let item = |n: usize| {
            let text = self.item.as_ref().unwrap().to_string();
            let text = text.replace("{n}", &n.to_string()).replace("LONG", &"a + ".repeat(200));
            serde_json::from_str::<Value>(&text).unwrap()
        };
        match &self.text {
            Some(text) => Value::from(text.repeat(self.times)),
            None => (0..self.times).map(item).collect(),
        }
    }
}

/// What admission and the check behind it have against a document. The check only sees what its types can hold.
fn faults(document: &Value, old: Option<&Value>) -> Vec<Fault> {
    let mut found = admission::check(document, old).err().map(|faults| faults.0).unwrap_or_default();
    let checked: Option<Result<(), Faults>> = if document["kind"] == "ScoringBackfill" {
        let read = serde_json::from_value::<ScoringBackfill>(document.clone()).ok();
        read.map(|backfill| check_backfill(&backfill, Timestamp::UNIX_EPOCH).map(drop))
    } else {
        let read = serde_json::from_value::<ScoringSchedule>(document.clone()).ok();
        read.map(|schedule| Schedule::try_from(&schedule).map(drop))
    };
    assert!(checked.is_some() || !found.is_empty(), "admitted, and cannot be read");
    found.extend(checked.and_then(Result::err).map(|faults| faults.0).unwrap_or_default());
    found
}

#[test]
fn what_is_wrong_is_refused_with_its_path_and_what_to_write() {
    let base: Value = read("base");
    let cases: Vec<Case> = read("refused");
    assert!(cases.len() >= 100);
    let mut wrong = Vec::new();
    for case in &cases {
        let document = case.document(&base);
        let old = case.update.then(|| &base[&case.base]);
        let found = faults(&document, old);
        let told = found.iter().any(|fault| fault.path == case.path && fault.problem.contains(&case.says));
        let shown: Vec<_> = found.iter().map(Fault::to_string).collect();
        if !told || found.len() != case.faults.unwrap_or(1) {
            wrong.push(format!("{}:\n  {}", case.what, shown.join("\n  ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_right_is_taken() {
    let base: Value = read("base");
    for case in read::<Vec<Case>>("accepted") {
        let document = case.document(&base);
        let old = case.update.then(|| &base[&case.base]);
        assert_eq!(faults(&document, old), [], "{}", case.what);
    }
}

#[test]
fn all_faults_are_told_at_once() {
    let mut document: Value = read::<Value>("base")["schedule"].clone();
    document["spec"]["schedule"]["cron"] = Value::from("0 3 31 2 *");
    document["spec"]["schedule"]["timeZone"] = Value::from("Mars/Olympus");
    document["spec"]["months"]["last"] = Value::from("2020-12");
    let schedule: ScoringSchedule = serde_json::from_value(document).unwrap();
    let faults = Schedule::try_from(&schedule).unwrap_err();
    let paths: Vec<_> = faults.0.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(paths, ["spec.schedule.cron", "spec.schedule.timeZone", "spec.months.last"]);
}

#[test]
fn what_may_be_a_secret_is_never_repeated() {
    let base: Value = read("base");
    let secrets = ["https://host/{month}?token=hush", "https://me:hush@host/{month}", "{month}?hush", "me:hush@host"];
    let mut pointers_of_all = Vec::new();
    pointers(&base["schedule"], "", &mut pointers_of_all);
    let unwritten = ["/spec/model/uri", "/spec/storage/endpoint", "/spec/dataset/storage", "/spec/months/exclude"];
    for pointer in pointers_of_all.into_iter().chain(unwritten.map(str::to_owned)) {
        for secret in secrets {
            let mut document = base["schedule"].clone();
            *make(&mut document, &pointer) = Value::from(secret);
            let told = admission::check(&document, None).err().map(|faults| faults.to_string()).unwrap_or_default();
            assert!(!told.contains("hush"), "{pointer} = {secret}: {told}");
        }
    }
}

#[test]
fn a_document_of_any_shape_is_refused_and_never_a_panic() {
    let base: Value = read("base");
    let mut paths = Vec::new();
    pointers(&base["schedule"], "", &mut paths);
    for pointer in paths {
        for value in
            [Value::Null, Value::from(-1), Value::from(""), serde_json::json!([[]]), serde_json::json!({"": {}})]
        {
            let mut document = base["schedule"].clone();
            *make(&mut document, &pointer) = value.clone();
            assert_ne!(faults(&document, None), [], "{pointer} = {value}");
        }
    }
    for document in [Value::Null, Value::from(1), Value::from("ScoringSchedule"), serde_json::json!([])] {
        assert!(admission::check(&document, None).is_err());
    }
}

/// The JSON pointers of a document's values.
fn pointers(value: &Value, path: &str, found: &mut Vec<String>) {
    if !path.is_empty() {
        found.push(path.to_owned());
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        pointers(inner, &format!("{path}/{name}"), found);
    }
    for (index, inner) in value.as_array().into_iter().flatten().enumerate() {
        pointers(inner, &format!("{path}/{index}"), found);
    }
}
