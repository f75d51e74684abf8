//! Ports for the servers of the stand.

use std::net::{Ipv4Addr, TcpListener};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::StandError;

/// Below the range that Linux takes the ports of outgoing connections from (32768 and above): while a server is being
/// started again, no client can be given its port, and none that tries to reach it can meet itself.
const FIRST: u32 = 20_000;
const COUNT: u32 = 12_000;

/// A port that nothing listens on. The same process is never given one twice.
pub(crate) fn free() -> Result<u16, StandError> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Test processes that run at the same time have ids close to each other and start far apart.
    let start = process::id().wrapping_mul(97);
    for _ in 0..COUNT {
        let offset = start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % COUNT;
        if let Ok(port) = u16::try_from(FIRST + offset)
            && TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
        {
            return Ok(port);
        }
    }
    Err(StandError::Port { first: FIRST, count: COUNT })
}
