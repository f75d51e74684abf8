//! Documents that `kubectl scoring validate` refuses, one process for each: what they get is exit code 78 and the words of
//! `documents/refused.yaml`. `validate` reads nothing but documents, so that no store need be there.

use std::fs;
use std::path::Path;
use std::thread;

use scoring_tests::{Kubectl, Said, example, set};
use serde::Deserialize;
use serde_json::{Map, Value};

const WELL: i32 = 0;
const UNUSABLE: i32 = 78;
/// Processes at once.
const THREADS: usize = 2;

/// A document, and what is said of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The document in words.
    what: String,
    /// The example that it is made from.
    #[serde(default)]
    base: Base,
    /// Examples that stand before it in the same file.
    #[serde(default)]
    with: Vec<Base>,
    /// Fields of the last of these.
    #[serde(default)]
    with_change: Map<String, Value>,
    /// Fields by JSON pointer; null takes a field out.
    #[serde(default)]
    change: Map<String, Value>,
    /// A text or list that is made long.
    repeat: Option<Repeat>,
    /// The whole file, in place of all of the above; so many times where `times` says so.
    text: Option<String>,
    #[serde(default = "once")]
    times: usize,
    /// The whole file in bytes.
    bytes: Option<Vec<u8>>,
    /// The path of the field; none where a file or document is refused as a whole.
    #[serde(default)]
    path: String,
    /// Words of the reason and of the remedy.
    says: String,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Base {
    #[default]
    Schedule,
    Backfill,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Repeat {
    at: String,
    text: Option<String>,
    /// `{n}` in its texts is the number of the item.
    item: Option<Value>,
    times: usize,
}

fn once() -> usize {
    1
}

impl Base {
    fn document(self) -> Value {
        let name = match self {
            Self::Schedule => "quickstart.yaml",
            Self::Backfill => "backfill.yaml",
        };
        example(name).expect("an example of crds")
    }
}

impl Repeat {
    fn value(&self) -> Value {
        let Some(item) = &self.item else {
            return Value::String(self.text.clone().unwrap_or_default().repeat(self.times));
        };
        let numbered = |number: usize| item.to_string().replace("{n}", &number.to_string());
        let items = (0..self.times).map(|number| serde_json::from_str(&numbered(number)).expect("JSON as before"));
        Value::Array(items.collect())
    }
}

impl Case {
    fn file(&self) -> Vec<u8> {
        if let Some(bytes) = &self.bytes {
            return bytes.clone();
        }
        if let Some(text) = &self.text {
            return text.repeat(self.times).into_bytes();
        }
        let mut document = self.base.document();
        for (pointer, value) in &self.change {
            set(&mut document, pointer, value.clone());
        }
        if let Some(repeat) = &self.repeat {
            set(&mut document, &repeat.at, repeat.value());
        }
        let mut documents: Vec<Value> = self.with.iter().map(|base| base.document()).collect();
        if let Some(last) = documents.last_mut() {
            self.with_change.iter().for_each(|(pointer, value)| set(last, pointer, value.clone()));
        }
        documents.push(document);
        documents.iter().map(Value::to_string).collect::<Vec<_>>().join("\n---\n").into_bytes()
    }

    /// What is wrong with what was said of the case in `file`; nothing where all is well.
    fn complaint(&self, said: &Said, file: &Path) -> Option<String> {
        let place = if self.path.is_empty() { String::new() } else { format!("{}: ", self.path) };
        let line = said.log.lines().find(|line| line.contains(&place) && line.contains(&self.says));
        let line = line.filter(|line| line.starts_with("error: ") && line.contains(&*file.to_string_lossy()));
        let well = said.code == Some(UNUSABLE) && said.out.is_empty() && line.is_some() && !said.log.contains("panic");
        let Self { what, says, .. } = self;
        (!well)
            .then(|| format!("{what}: not {UNUSABLE} with `{place}` and `{says}`, but {:?}: {}", said.code, said.log))
    }
}

fn cases() -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents/refused.yaml");
    serde_yaml::from_str(&fs::read_to_string(path).expect("the table")).expect("a table of cases")
}

fn validate(path: &Path) -> Said {
    let kubectl = Kubectl::new().expect("the plugin");
    kubectl.run(&["validate", &path.display().to_string()]).expect("an end")
}

#[test]
fn each_bad_document_is_refused_by_its_field_and_in_words() {
    let cases = cases();
    assert!(cases.len() >= 150, "{} are too few", cases.len());
    let folder = tempfile::tempdir().unwrap();
    let check = |(number, case): (usize, &Case)| {
        let file = folder.path().join(format!("{number}.yaml"));
        fs::write(&file, case.file()).expect("a file in a folder of ours");
        case.complaint(&validate(&file), &file)
    };
    let complaints: Vec<String> = thread::scope(|scope| {
        let part =
            |thread| cases.iter().enumerate().skip(thread).step_by(THREADS).filter_map(check).collect::<Vec<_>>();
        let parts: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || part(thread))).collect();
        parts.into_iter().flat_map(|part| part.join().expect("no panic")).collect()
    });
    assert!(complaints.is_empty(), "{} of {}:\n{}", complaints.len(), cases.len(), complaints.join("\n"));
}

#[test]
fn all_bad_documents_of_a_folder_are_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let cases = cases();
    for (number, case) in cases.iter().enumerate() {
        fs::write(folder.path().join(format!("{number}.yaml")), case.file()).unwrap();
    }
    let said = validate(folder.path());
    assert_eq!(said.code, Some(UNUSABLE), "{}", said.log);
    for (number, Case { what, path, says, .. }) in cases.iter().enumerate().filter(|(_, case)| !case.path.is_empty()) {
        let file = folder.path().join(format!("{number}.yaml"));
        let of_this = |line: &&str| line.contains(&format!("{}, document", file.display()));
        let told = said.log.lines().filter(of_this).any(|line| line.contains(path) && line.contains(says));
        assert!(told, "{what}: {}", said.log.lines().filter(of_this).collect::<Vec<_>>().join("\n"));
    }
}

#[test]
fn nothing_of_a_bad_document_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let mut bad = Base::Schedule.document();
    set(&mut bad, "/spec/months/last", Value::from("2020-12"));
    fs::write(folder.path().join("bad.yaml"), bad.to_string()).unwrap();
    fs::write(folder.path().join("good.yaml"), Base::Schedule.document().to_string()).unwrap();
    let before = fs::read_dir(folder.path()).unwrap().count();
    for command in ["local", "plan", "status", "calendar"] {
        let said = Kubectl::new().unwrap().run(&[command, &folder.path().display().to_string()]).unwrap();
        assert_eq!((said.code, said.out.as_str()), (Some(UNUSABLE), ""), "{command}: {}", said.log);
        assert!(said.log.contains("bad.yaml, document 1: spec.months.last: "), "{command}: {}", said.log);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), before);
}

#[test]
fn what_may_be_a_secret_is_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("schedule.yaml");
    for pointer in
        ["/spec/dataset/uri", "/spec/dataset", "/spec/output/uri", "/spec/model/uri", "/spec/storage/endpoint"]
    {
        for address in
            ["https://host/{month}.parquet?token=hush", "https://me:hush@host/{month}.parquet", "{month}#hush"]
        {
            let mut document = Base::Schedule.document();
            set(&mut document, pointer, Value::from(address));
            fs::write(&file, document.to_string()).unwrap();
            let said = validate(&file);
            assert_eq!(said.code, Some(UNUSABLE), "{pointer}: {address}: {}", said.log);
            assert!(!said.log.contains("hush"), "{pointer}: {address}: {}", said.log);
        }
    }
}

#[test]
fn schedules_that_share_a_folder_but_no_output_are_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let others = [
        ("another-run", "/spec/model/runId", Value::from("ab12")),
        ("other-months", "/spec/months", serde_json::json!({"first": "2022-01"})),
        ("another-name", "/spec/output/uri", Value::from("../../out/other-{month}-{runId}.parquet")),
        ("another-store", "/spec/output", output_in_another_store()),
    ];
    fs::write(folder.path().join("own.yaml"), Base::Schedule.document().to_string()).unwrap();
    for (name, pointer, value) in others {
        let mut document = Base::Schedule.document();
        set(&mut document, "/metadata/name", Value::from(name));
        set(&mut document, pointer, value);
        fs::write(folder.path().join(format!("{name}.yaml")), document.to_string()).unwrap();
    }
    let said = validate(folder.path());
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(WELL), "5 schedules and 0 backfills are in order\n"),
        "{}",
        said.log
    );
}

/// The quickstart's output, but in a store that is named.
fn output_in_another_store() -> Value {
    let mut output = Base::Schedule.document()["spec"]["output"].clone();
    output["storage"] = serde_json::json!({"endpoint": "https://s3.example"});
    output
}

#[test]
fn what_is_not_there_is_told_by_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let none = folder.path().join("none.yaml");
    let said = validate(&none);
    assert_eq!(said.code, Some(UNUSABLE), "{}", said.log);
    assert!(said.log.contains("none.yaml` cannot be read: "), "{}", said.log);
    let said = validate(folder.path());
    assert_eq!(said.code, Some(UNUSABLE), "{}", said.log);
    assert!(said.log.contains("holds no ScoringSchedule and no ScoringBackfill"), "{}", said.log);
}

#[test]
fn the_examples_are_in_order() {
    let said = validate(&scoring_tests::root().join("crds/examples"));
    assert_eq!(said.code, Some(WELL), "{}", said.log);
    assert_eq!(said.out, "3 schedules and 1 backfills are in order\n");
}
