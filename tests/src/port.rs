//! Free ports, and waiting for a server to listen on one.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use crate::StandError;

/// How often a port is tried. A server that is up answers the next try.
const EVERY: Duration = Duration::from_millis(20);

/// A port that was free a moment ago. Another process may take it first; a server that then fails to bind ends at
/// once, and [`crate::Process`] says so.
pub(crate) fn free() -> Result<u16, StandError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(StandError::Port)?;
    Ok(listener.local_addr().map_err(StandError::Port)?.port())
}

/// Waits until something listens on the port; false where nothing does by the deadline or `alive` says it never will.
pub(crate) fn listens(port: u16, deadline: Duration, mut alive: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + deadline;
    while Instant::now() < end && alive() {
        if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return true;
        }
        thread::park_timeout(EVERY);
    }
    false
}
