//! An S3 store of answers that a test gives, for what no real store can be made to say.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use scoring_contract::task;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::Store;
use crate::task::Storage;

/// One request, by its head, lower-cased.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) head: String,
}

impl Asked {
    /// Whether the head holds these words: `get /bucket/key`, `if-match`.
    pub(crate) fn has(&self, words: &str) -> bool {
        self.head.contains(words)
    }
}

/// A server on a free port; it ends with the test's runtime.
pub(crate) struct Canned {
    pub(crate) endpoint: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    wait: Arc<Mutex<Duration>>,
}

impl Canned {
    /// Serves what `answer` gives: a status, headers (each line ended by `\r\n`) and a body. With the header `X-Body:
    /// unmeasured` the length of the body is not said; with `X-Body: endless` neither that nor that it has ended.
    pub(crate) async fn start(answer: impl Fn(&Asked) -> (u16, &'static str, String) + Send + Sync + 'static) -> Self {
        // As the process does; who comes second finds it done.
        drop(rustls::crypto::ring::default_provider().install_default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let wait = Arc::new(Mutex::new(Duration::ZERO));
        let (log, pause, answer) = (asked.clone(), wait.clone(), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, answer) = (log.clone(), answer.clone());
                let wait = *pause.lock().unwrap_or_else(PoisonError::into_inner);
                // A client that hangs up is its own matter.
                tokio::spawn(async move { serve(stream, &log, wait, answer.as_ref()).await.ok() });
            }
        });
        Self { endpoint, asked, wait }
    }

    /// The same server, answering this late by the runtime's clock.
    pub(crate) fn slow(self, wait: Duration) -> Self {
        *self.wait.lock().unwrap_or_else(PoisonError::into_inner) = wait;
        self
    }

    /// The settings of a store that asks this server.
    pub(crate) fn settings(&self) -> task::Storage {
        task::Storage {
            endpoint: Some(self.endpoint.clone()),
            region: Some("us-east-1".to_owned()),
            anonymous: Some(true),
            multipart_above_mib: Some(5),
            ..task::Storage::default()
        }
    }

    /// A store that asks this server.
    pub(crate) fn store(&self) -> Store {
        Store::new(Storage::try_from(&self.settings()).unwrap())
    }

    /// What was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The body of an error answer.
pub(crate) fn error(code: &str) -> String {
    format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>so it is</Message></Error>")
}

async fn serve(
    mut stream: TcpStream,
    log: &Mutex<Vec<Asked>>,
    wait: Duration,
    answer: &(impl Fn(&Asked) -> (u16, &'static str, String) + Sync),
) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    while bytes.len() < end + length.unwrap_or_default() {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
    }
    let asked = Asked { head };
    log.lock().unwrap_or_else(PoisonError::into_inner).push(asked.clone());
    tokio::time::sleep(wait).await;
    let (status, headers, body) = answer(&asked);
    let length = if ["Content-Length", "X-Body"].iter().any(|header| headers.contains(header)) {
        String::new()
    } else {
        format!("Content-Length: {}\r\n", body.len())
    };
    stream.write_all(format!("HTTP/1.1 {status} S\r\n{length}{headers}Connection: close\r\n\r\n").as_bytes()).await?;
    if !asked.head.starts_with("head ") {
        stream.write_all(body.as_bytes()).await?;
    }
    if headers.contains("endless") {
        std::future::pending::<()>().await;
    }
    stream.shutdown().await
}
