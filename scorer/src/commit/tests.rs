//! What a place is after each step of a commit, over the file store: it keeps every condition.

use std::fs;
use std::os::unix::fs::symlink;

use scoring_contract::manifest::{Output, Scorer, VERSION};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::task::Storage;

fn manifest(fingerprint: &str) -> Manifest {
    Manifest {
        version: VERSION,
        state: State::Committed,
        month: "2021-02".into(),
        fingerprint: fingerprint.into(),
        attempt: 1,
        schedule: None,
        input: Input { uri: "file:///in".into(), etag: "i".into(), size: 1, rows: Some(1) },
        model: Model {
            uri: "file:///model.pkl".into(),
            etag: "m".into(),
            size: 1,
            sha256: "d".into(),
            flavor: "sklearn".into(),
            classes: Vec::new(),
            library_version: None,
            run_id: None,
        },
        output: None,
        figures: None,
        scorer: Scorer { version: "0".into(), output_version: 1 },
        timings: None,
    }
}

struct Bench {
    folder: tempfile::TempDir,
    store: Store,
}

impl Bench {
    fn new() -> Self {
        let storage = Storage::try_from(&scoring_contract::task::Storage::default()).unwrap();
        Self { folder: tempfile::tempdir().unwrap(), store: Store::new(storage) }
    }

    fn place(&self) -> Place<'_> {
        Place::new(&self.store, Uri::File(self.folder.path().join("out.parquet")))
    }

    fn manifest(&self) -> Manifest {
        Manifest::parse(&fs::read(self.folder.path().join("_manifests/out.parquet.json")).unwrap()).unwrap()
    }

    /// Everything up to the moment when the output has appeared.
    async fn appear(&self, mark: &Manifest, bytes: &'static [u8]) -> (Object, Option<Object>) {
        let place = self.place();
        let found = place.look().await.unwrap();
        let mut upload = place.begin(&found).await.unwrap();
        upload.write(Bytes::from_static(bytes)).await.unwrap();
        place.appear(upload, &found, &replacing(mark)).await.unwrap()
    }

    /// Removes the unfinished file of an upload, which then cannot appear.
    fn remove_unfinished(&self) {
        let names = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let unfinished: Vec<_> = names.filter(|path| path.to_string_lossy().ends_with("unfinished")).collect();
        assert_eq!(unfinished.len(), 1);
        fs::remove_file(&unfinished[0]).unwrap();
    }

    async fn commit(&self, fingerprint: &str, bytes: &'static [u8]) {
        let mut manifest = manifest(fingerprint);
        let (object, marked) = self.appear(&manifest, bytes).await;
        let (uri, etag) = (self.place().output().to_string(), object.etag.clone());
        manifest.output = Some(Output { uri, etag, size: object.size, rows: 1, schema: "s".into() });
        self.place().commit(&manifest, &object, marked.as_ref()).await.unwrap();
    }
}

#[tokio::test]
async fn a_committed_output_is_found_committed() {
    let bench = Bench::new();
    assert!(bench.place().look().await.unwrap().committed().is_none());
    bench.commit("one", b"1").await;
    assert_eq!(bench.place().look().await.unwrap().committed().unwrap().fingerprint, "one");
}

#[tokio::test]
async fn an_output_that_has_appeared_over_another_stands_beside_a_mark() {
    let bench = Bench::new();
    bench.commit("one", b"1").await;
    bench.appear(&manifest("two"), b"22").await;
    assert_eq!((bench.manifest().state, bench.manifest().fingerprint.as_str()), (State::Replacing, "two"));
    assert!(bench.place().look().await.unwrap().committed().is_none());
    bench.commit("two", b"22").await;
    assert_eq!(bench.place().look().await.unwrap().committed().unwrap().fingerprint, "two");
}

#[tokio::test]
async fn an_output_that_is_missing_or_changed_is_not_committed() {
    let bench = Bench::new();
    bench.commit("one", b"1").await;
    let output = bench.folder.path().join("out.parquet");
    fs::write(&output, b"other").unwrap();
    assert!(bench.place().look().await.unwrap().committed().is_none());
    fs::remove_file(&output).unwrap();
    assert!(bench.place().look().await.unwrap().committed().is_none());
}

#[tokio::test]
async fn a_late_run_of_another_fingerprint_does_not_touch_what_is_committed() {
    let bench = Bench::new();
    let place = bench.place();
    let found = place.look().await.unwrap();
    let mut late = place.begin(&found).await.unwrap();
    late.write(Bytes::from_static(b"late")).await.unwrap();
    bench.commit("new", b"1").await;
    let refused = place.appear(late, &found, &replacing(&manifest("old"))).await;
    assert!(matches!(refused, Err(CommitError::Write(StoreError::Conflict { .. }))));
    assert_eq!(place.look().await.unwrap().committed().unwrap().fingerprint, "new");
}

#[tokio::test]
async fn a_refused_write_over_a_committed_output_leaves_it_committed() {
    let bench = Bench::new();
    bench.commit("one", b"1").await;
    let stood = bench.manifest();
    let place = bench.place();
    let found = place.look().await.unwrap();
    let upload = place.begin(&found).await.unwrap();
    bench.remove_unfinished();
    let refused = place.appear(upload, &found, &replacing(&manifest("two"))).await;
    assert!(matches!(refused, Err(CommitError::Write(StoreError::File { .. }))), "{refused:?}");
    assert_eq!(place.look().await.unwrap().committed(), Some(&stood));
}

#[tokio::test]
async fn an_output_without_a_manifest_is_marked_before_another_replaces_it() {
    let bench = Bench::new();
    let place = bench.place();
    let (written, marked) = bench.appear(&manifest("one"), b"1").await;
    let found = place.look().await.unwrap();
    place.mark(&found, &replacing(&manifest("two"))).await.unwrap();
    let refused = place.commit(&manifest("one"), &written, marked.as_ref()).await;
    assert!(matches!(refused, Err(CommitError::Write(StoreError::Conflict { .. }))));
    assert!(bench.manifest().is_mark_of("two"));
}

#[tokio::test]
async fn an_output_that_is_replaced_while_its_manifest_is_written_is_not_committed() {
    let bench = Bench::new();
    bench.commit("one", b"1").await;
    let place = bench.place();
    // An output that becomes another with the write of its manifest, since it is the manifest.
    let output = bench.folder.path().join("out.parquet");
    fs::remove_file(&output).unwrap();
    symlink(bench.folder.path().join("_manifests/out.parquet.json"), &output).unwrap();
    let written = place.store.stat(&place.output).await.unwrap().unwrap();
    let refused = place.commit(&manifest("two"), &written, Some(&written)).await;
    assert!(matches!(refused, Err(CommitError::Write(StoreError::Conflict { .. }))));
}

#[tokio::test(start_paused = true)]
async fn a_beaten_run_waits_for_the_one_that_was_ahead_with_the_same_fingerprint() {
    let bench = Bench::new();
    bench.commit("other", b"1").await;
    let mut ahead = manifest("one");
    let (object, marked) = bench.appear(&ahead, b"22").await;
    let etag = object.etag.clone();
    ahead.output = Some(Output { uri: String::new(), etag, size: object.size, rows: 1, schema: String::new() });
    let place = bench.place();
    let beaten = place.committed_by_another("one");
    let commit = async {
        tokio::time::sleep(2 * PAUSE).await;
        place.commit(&ahead, &object, marked.as_ref()).await
    };
    let (found, committed) = tokio::join!(beaten, commit);
    committed.unwrap();
    assert_eq!(found.unwrap(), Some(ahead));
}

#[tokio::test(start_paused = true)]
async fn a_beaten_run_does_not_wait_for_another_fingerprint_nor_for_ever() {
    let bench = Bench::new();
    bench.appear(&manifest("one"), b"1").await;
    assert_eq!(bench.place().committed_by_another("one").await.unwrap(), None);
    bench.commit("two", b"22").await;
    let asked = tokio::time::Instant::now();
    assert_eq!(bench.place().committed_by_another("one").await.unwrap(), None);
    assert_eq!(asked.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn a_manifest_that_is_longer_than_any_commits_nothing_and_is_replaced() {
    let bench = Bench::new();
    bench.commit("one", b"1").await;
    let long = vec![b' '; MANIFEST as usize + 1];
    fs::write(bench.folder.path().join("_manifests/out.parquet.json"), long).unwrap();
    assert!(bench.place().look().await.unwrap().committed().is_none());
    bench.commit("one", b"1").await;
    assert!(bench.place().look().await.unwrap().committed().is_some());
}

#[tokio::test]
async fn a_manifest_that_cannot_be_read_commits_nothing_and_is_replaced() {
    let bench = Bench::new();
    bench.commit("one", b"1").await;
    fs::write(bench.folder.path().join("_manifests/out.parquet.json"), b"{").unwrap();
    assert!(bench.place().look().await.unwrap().committed().is_none());
    bench.commit("one", b"1").await;
    assert!(bench.place().look().await.unwrap().committed().is_some());
}

/// A server of one page that becomes another each time it has said what it is, for the first `changes` questions. It
/// has nothing else.
async fn changing_page(changes: usize) -> Uri {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut asked = 0;
        while let Ok((mut caller, _)) = listener.accept().await {
            let mut request = vec![0; 4096];
            let read = caller.read(&mut request).await.unwrap();
            let request = String::from_utf8_lossy(&request[..read]).to_lowercase();
            let page = request.contains("_manifests");
            let first = request.contains("bytes=0-0");
            asked += usize::from(page && !first);
            let version = asked.min(changes);
            let (length, body) = if first { (1, "{") } else { (2, "{}") };
            let found = format!(
                "HTTP/1.1 206 Partial Content\r\netag: \"{version}\"\r\ncontent-range: bytes 0-{}/2\r\n\
                 content-length: {length}\r\nconnection: close\r\n\r\n{body}",
                length - 1
            );
            let missing = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            let answer = if page { &found } else { missing };
            caller.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    Uri::parse(&format!("http://{address}/out.parquet")).unwrap()
}

#[tokio::test]
async fn a_manifest_that_is_replaced_while_it_is_read_is_read_again() {
    // Another test may have installed it.
    drop(rustls::crypto::ring::default_provider().install_default());
    let bench = Bench::new();
    let found = Place::new(&bench.store, changing_page(READS - 1).await).look().await.unwrap();
    assert!(found.manifest.is_some_and(|standing| standing.bytes == "{}"));
    let refused = Place::new(&bench.store, changing_page(READS).await).look().await;
    assert!(matches!(refused, Err(CommitError::Look(StoreError::Changed { .. }))), "{refused:?}");
}
