//! An HTTP server over a folder, for what the scorer must live with: with ranges, without, or refusing.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use crate::StandError;

/// The longest request head that is read, in bytes; the scorer's are a few hundred.
const HEAD_LIMIT: u64 = 16 * 1024;

/// What a server does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Sends the bytes asked for, with an `ETag`, as object stores do.
    Ranges,
    /// As [`Self::Ranges`], but refuses one file with 403.
    RangesBut(&'static str),
    /// Sends the whole file whatever was asked for, with nothing to know it again by, as plain servers do.
    WholeFiles,
    /// Promises the whole file, sends half of it and hangs up.
    HalfFiles,
    /// As [`Self::Ranges`], but sends half of every range and hangs up.
    HalfRanges,
    /// Answers every request with this status and no body.
    Status(u16),
    /// Takes the request and never answers.
    Silence,
}

/// A server on a free port; it ends with this value.
pub struct HttpServer {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl HttpServer {
    /// Serves the files of `folder`.
    pub fn start(folder: &Path, behaviour: Behaviour) -> Result<Self, StandError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(StandError::Port)?;
        let address = listener.local_addr().map_err(StandError::Port)?;
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, folder) = (Arc::clone(&stop), folder.to_owned());
        let thread = thread::spawn(move || accept(&listener, &folder, behaviour, &stopped));
        Ok(Self { address, stop, thread: Some(thread) })
    }

    /// The address of a file.
    pub fn uri(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // One more connection, so that the thread looks at the flag.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn accept(listener: &TcpListener, folder: &Path, behaviour: Behaviour, stop: &AtomicBool) {
    // Connections that are never answered stay open for as long as the server does.
    let mut silent = Vec::new();
    for stream in listener.incoming() {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        if behaviour == Behaviour::Silence {
            silent.push(stream);
            continue;
        }
        let folder = folder.to_owned();
        // A client that hangs up is its own matter.
        thread::spawn(move || answer(stream, &folder, behaviour).ok());
    }
}

/// A request as far as this server understands it.
struct Request {
    head_only: bool,
    path: String,
    range: Option<String>,
}

fn read_request(stream: &TcpStream) -> io::Result<Request> {
    let mut lines = BufReader::new(stream.take(HEAD_LIMIT)).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let mut words = first.split_whitespace();
    let head_only = words.next() == Some("HEAD");
    let path = words.next().unwrap_or("/").trim_start_matches('/').to_owned();
    let mut range = None;
    for line in lines {
        let line = line?;
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("range")
        {
            range = Some(value.trim().to_owned());
        }
    }
    Ok(Request { head_only, path, range })
}

fn answer(mut stream: TcpStream, folder: &Path, behaviour: Behaviour) -> io::Result<()> {
    let request = read_request(&stream)?;
    let file = match behaviour {
        Behaviour::Status(code) => Err(code),
        Behaviour::RangesBut(refused) if request.path == refused => Err(403),
        _ => read_file(folder, &request.path),
    };
    let bytes = match file {
        Ok(bytes) => bytes,
        Err(code) => return write!(stream, "HTTP/1.1 {code} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
    };
    let as_stores_do = matches!(behaviour, Behaviour::Ranges | Behaviour::RangesBut(_) | Behaviour::HalfRanges);
    let range = request.range.as_deref().filter(|_| as_stores_do);
    let part = range.and_then(|text| span(text, bytes.len()));
    let (start, end) = part.unwrap_or((0, bytes.len()));
    write!(stream, "HTTP/1.1 {}\r\n", if part.is_some() { "206 Partial Content" } else { "200 OK" })?;
    if part.is_some() {
        write!(stream, "Content-Range: bytes {start}-{}/{}\r\n", end - 1, bytes.len())?;
    }
    if as_stores_do {
        write!(stream, "Accept-Ranges: bytes\r\nETag: \"{}\"\r\n", bytes.len())?;
    }
    write!(stream, "Content-Length: {}\r\nConnection: close\r\n\r\n", end - start)?;
    let halved = matches!(behaviour, Behaviour::HalfFiles | Behaviour::HalfRanges);
    let sent = if halved { start + (end - start) / 2 } else { end };
    if request.head_only { Ok(()) } else { stream.write_all(&bytes[start..sent]) }
}

/// The bytes of a file in the folder, or the status that says why not.
fn read_file(folder: &Path, path: &str) -> Result<Vec<u8>, u16> {
    let path = PathBuf::from(path);
    let inside = path.components().all(|part| matches!(part, std::path::Component::Normal(_)));
    if inside { fs::read(folder.join(path)).map_err(|_| 404) } else { Err(404) }
}

/// The half-open span that a `Range` header asks for: `bytes=a-b`, `bytes=a-` or `bytes=-n`.
fn span(header: &str, length: usize) -> Option<(usize, usize)> {
    let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
    let (start, end) = match (first.parse::<usize>().ok(), last.parse::<usize>().ok()) {
        (Some(start), Some(last)) => (start, length.min(last.saturating_add(1))),
        (Some(start), None) => (start, length),
        (None, Some(suffix)) => (length.saturating_sub(suffix), length),
        (None, None) => return None,
    };
    (start < end).then_some((start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(server: &HttpServer, range: &str) -> String {
        let mut stream = TcpStream::connect(server.address).unwrap();
        write!(stream, "GET /rides HTTP/1.1\r\nrange: {range}\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn a_range_is_sent_alone_by_a_server_that_reads_ranges() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("rides"), "0123456789").unwrap();
        let server = HttpServer::start(folder.path(), Behaviour::Ranges).unwrap();
        assert!(ask(&server, "bytes=2-4").ends_with("\r\n\r\n234"));
        assert!(ask(&server, "bytes=-3").ends_with("\r\n\r\n789"));
    }

    #[test]
    fn a_range_is_ignored_by_a_server_of_whole_files() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("rides"), "0123456789").unwrap();
        let server = HttpServer::start(folder.path(), Behaviour::WholeFiles).unwrap();
        let answer = ask(&server, "bytes=2-4");
        assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("\r\n\r\n0123456789"));
    }
}
