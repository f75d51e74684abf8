//! Reading documents: schedules and backfills in YAML or JSON, several to a file, several files to a folder. What they mean
//! is checked in [`crate::wish`].

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use scoring_crds::fault::{Fault, Faults};
use scoring_crds::{GROUP, ScoringBackfill, ScoringSchedule, VERSION, admission};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The largest file: some hundred schedules.
const LARGEST: u64 = 8 * 1024 * 1024;
/// Files of a folder at most.
const FILES: usize = 1000;

/// One resource, and where it was written.
#[derive(Debug)]
pub struct Document {
    /// The file, as it was named.
    pub file: PathBuf,
    /// Which of the file's documents it is, from 1; one that holds nothing does not count.
    pub number: usize,
    /// What it says.
    pub resource: Resource,
}

impl Document {
    /// The folder that its plain paths are relative to.
    pub fn folder(&self) -> PathBuf {
        let file = fs::canonicalize(&self.file).ok();
        let folder = file.as_deref().and_then(Path::parent).map(Path::to_owned);
        folder.or_else(|| std::env::current_dir().ok()).unwrap_or_default()
    }
}

/// A resource.
#[derive(Debug)]
pub enum Resource {
    /// A schedule.
    Schedule(Box<ScoringSchedule>),
    /// A backfill.
    Backfill(Box<ScoringBackfill>),
}

/// Why a document cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// A file or folder that cannot be read.
    #[error("`{}` cannot be read", .file.display())]
    Read {
        /// The file or folder.
        file: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Bytes that are no text.
    #[error("`{}` is not text in UTF-8: save it as that", .0.display())]
    Text(PathBuf),
    /// More than is read.
    #[error("`{}` holds more than {most}: split it", .file.display())]
    TooMuch {
        /// The file or folder.
        file: PathBuf,
        /// The most.
        most: String,
    },
    /// No document where one was expected.
    #[error(
        "`{}` holds no ScoringSchedule and no ScoringBackfill: write one, with apiVersion: {GROUP}/{VERSION}",
        .0.display()
    )]
    Nothing(PathBuf),
    /// Not YAML.
    #[error("{}: is not YAML that can be read: {problem}", .file.display())]
    Yaml {
        /// The file.
        file: PathBuf,
        /// What is wrong, and where.
        problem: String,
    },
    /// A document of another kind.
    #[error(
        "{}, document {number}: is {found}: write apiVersion: {GROUP}/{VERSION} and kind: ScoringSchedule or ScoringBackfill",
        .file.display()
    )]
    Kind {
        /// The file.
        file: PathBuf,
        /// Which document of it, from 1.
        number: usize,
        /// What it says that it is.
        found: String,
    },
    /// Fields that are wrong.
    #[error("{}, document {number}: {faults}", .file.display())]
    Fields {
        /// The file.
        file: PathBuf,
        /// Which document of it, from 1.
        number: usize,
        /// Which fields, and what to write.
        faults: Faults,
    },
}

/// The documents of a file or a folder, and what is wrong with those that cannot be read.
pub fn read(path: &Path) -> (Vec<Document>, Vec<DocumentError>) {
    let mut documents = Vec::new();
    let mut errors = Vec::new();
    match files(path) {
        Ok(files) => files.iter().for_each(|file| read_file(file, &mut documents, &mut errors)),
        Err(error) => errors.push(error),
    }
    if documents.is_empty() && errors.is_empty() {
        errors.push(DocumentError::Nothing(path.to_owned()));
    }
    (documents, errors)
}

fn files(path: &Path) -> Result<Vec<PathBuf>, DocumentError> {
    let failed = |source| DocumentError::Read { file: path.to_owned(), source };
    if path == Path::new("-") || !fs::metadata(path).map_err(failed)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        let document =
            file.extension().is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension == *known));
        if document && file.is_file() {
            files.push(file);
        }
        if files.len() > FILES {
            return Err(DocumentError::TooMuch { file: path.to_owned(), most: format!("{FILES} documents") });
        }
    }
    files.sort();
    Ok(files)
}

fn read_file(file: &Path, documents: &mut Vec<Document>, errors: &mut Vec<DocumentError>) {
    let values = match text(file).and_then(|text| split(file, &text)) {
        Ok(values) => values,
        Err(error) => return errors.push(error),
    };
    for (number, value) in (1..).zip(values) {
        // A document that holds comments only.
        if value.is_null() {
            continue;
        }
        match resource(file, number, &value) {
            Ok(resource) => documents.push(Document { file: file.to_owned(), number, resource }),
            Err(error) => errors.push(error),
        }
    }
}

fn text(file: &Path) -> Result<String, DocumentError> {
    let failed = |source| DocumentError::Read { file: file.to_owned(), source };
    let mut text = String::new();
    let read = if file == Path::new("-") {
        std::io::stdin().take(LARGEST + 1).read_to_string(&mut text)
    } else {
        fs::File::open(file).map_err(failed)?.take(LARGEST + 1).read_to_string(&mut text)
    };
    let read = read.map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidData => DocumentError::Text(file.to_owned()),
        _ => failed(error),
    });
    match read? as u64 {
        size if size > LARGEST => {
            Err(DocumentError::TooMuch { file: file.to_owned(), most: format!("{LARGEST} bytes") })
        }
        _ => Ok(text),
    }
}

fn split(file: &Path, text: &str) -> Result<Vec<Value>, DocumentError> {
    serde_yaml::from_multiple(text).map_err(|error| DocumentError::Yaml {
        file: file.to_owned(),
        problem: problem(&error.without_snippet().to_string()),
    })
}

/// What the parser says, without what it says to programmers.
fn problem(text: &str) -> String {
    if text.starts_with("budget breached") {
        return "holds more than is read once its aliases are followed: write it without them, or split it".to_owned();
    }
    match text.replace(", set DuplicateKeyPolicy in Options if acceptable", " (write it once)") {
        twice if twice != text => twice,
        other => format!("{other}: correct the text there"),
    }
}

fn resource(file: &Path, number: usize, value: &Value) -> Result<Resource, DocumentError> {
    let text = |field: &str| value.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (version, kind) = (text("apiVersion"), text("kind"));
    if version == format!("{GROUP}/{VERSION}") {
        match kind.as_str() {
            "ScoringSchedule" => return typed(file, number, value).map(Box::new).map(Resource::Schedule),
            "ScoringBackfill" => return typed(file, number, value).map(Box::new).map(Resource::Backfill),
            _ => {}
        }
    }
    let found = match (kind.as_str(), version.as_str()) {
        ("", "") => "of no kind".to_owned(),
        ("", version) => format!("of no kind in {version}"),
        (kind, "") => format!("{kind} of no apiVersion"),
        (kind, version) => format!("{kind} of {version}"),
    };
    let found = found.chars().take(120).collect();
    Err(DocumentError::Kind { file: file.to_owned(), number, found })
}

/// A document of a kind, once admission has nothing against it.
fn typed<T: DeserializeOwned>(file: &Path, number: usize, value: &Value) -> Result<T, DocumentError> {
    let refused = |faults| DocumentError::Fields { file: file.to_owned(), number, faults };
    admission::check(value, None).map_err(refused)?;
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        refused(Faults(vec![Fault { path, problem: error.into_inner().to_string() }]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKFILL: &str = "
apiVersion: batchscoring.io/v1alpha1
kind: ScoringBackfill
metadata: {name: again}
spec: {scheduleRef: {name: green}, from: 2021-01, to: 2021-02}
";

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    #[test]
    fn a_folder_gives_the_documents_of_its_files_in_their_order() {
        let two = format!("{BACKFILL}---\n# nothing\n---\n{BACKFILL}");
        let folder = folder(&[("b.yaml", &two), ("a.yml", BACKFILL), ("note.txt", "not read")]);
        let (documents, errors) = read(folder.path());
        assert!(errors.is_empty(), "{errors:?}");
        let places: Vec<_> =
            documents.iter().map(|one| (one.file.file_name().unwrap().to_owned(), one.number)).collect();
        assert_eq!(places, [("a.yml".into(), 1), ("b.yaml".into(), 1), ("b.yaml".into(), 2)]);
    }

    #[test]
    fn a_document_that_is_wrong_says_where() {
        let cases = [
            (BACKFILL.replace("from: 2021-01", "form: 2021-01"), "form"),
            (BACKFILL.replace("ScoringBackfill", "Deployment"), "Deployment of batchscoring.io/v1alpha1"),
            (BACKFILL.replace("v1alpha1", "v9"), "ScoringBackfill of batchscoring.io/v9"),
            ("just text".to_owned(), "of no kind"),
            ("a: [".to_owned(), "is not YAML"),
            ("a: 1\na: 2".to_owned(), "duplicate mapping key: a (write it once)"),
            (BACKFILL.replace("kind: ScoringBackfill", ""), "of no kind in batchscoring.io/v1alpha1"),
            (BACKFILL.replace("apiVersion: batchscoring.io/v1alpha1", ""), "ScoringBackfill of no apiVersion"),
        ];
        for (text, words) in cases {
            let folder = folder(&[("one.yaml", &text)]);
            let (documents, errors) = read(&folder.path().join("one.yaml"));
            assert!(documents.is_empty());
            assert!(errors[0].to_string().contains(words), "{}", errors[0]);
        }
    }

    #[test]
    fn a_path_without_documents_is_an_error() {
        let empty = folder(&[]);
        assert!(matches!(read(empty.path()).1.as_slice(), [DocumentError::Nothing(_)]));
        assert!(matches!(read(&empty.path().join("none.yaml")).1.as_slice(), [DocumentError::Read { .. }]));
    }
}
