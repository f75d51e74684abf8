//! A page that has to be read to its end, once: because its server does not read ranges, or because nothing but its bytes
//! says whether it is still the same. Memory stays flat.

use std::io::Write;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use sha2::{Digest, Sha256};

use super::file::FileSource;
use super::{Object, StoreError};
use crate::fingerprint::hex;

/// The largest page that is read so. A server of larger files reads ranges.
const LARGEST: u64 = 16 * 1024 * 1024 * 1024;

/// Reads a body into a file without a name, which is gone with the process. Where its server gives no tag, the SHA-256 of
/// the body is one.
pub(super) async fn spool(
    uri: &str,
    tag: Option<String>,
    body: impl Stream<Item = Result<Bytes, StoreError>> + Unpin,
) -> Result<FileSource, StoreError> {
    let failed = |source| StoreError::Spool { uri: uri.to_owned(), source };
    let mut file = tempfile::tempfile().map_err(failed)?;
    let object = read(uri, tag, body, |bytes| file.write_all(bytes).map_err(failed)).await?;
    Ok(FileSource::unnamed(file, uri, object))
}

/// What [`spool`] would say of a body, without keeping it.
pub(super) async fn measure(
    uri: &str,
    tag: Option<String>,
    body: impl Stream<Item = Result<Bytes, StoreError>> + Unpin,
) -> Result<Object, StoreError> {
    read(uri, tag, body, |_| Ok(())).await
}

async fn read(
    uri: &str,
    tag: Option<String>,
    mut body: impl Stream<Item = Result<Bytes, StoreError>> + Unpin,
    mut keep: impl FnMut(&[u8]) -> Result<(), StoreError>,
) -> Result<Object, StoreError> {
    let mut size = 0;
    let mut hash = tag.is_none().then(Sha256::new);
    while let Some(bytes) = body.next().await {
        let bytes = bytes?;
        size += bytes.len() as u64;
        if size > LARGEST {
            return Err(StoreError::TooLarge { uri: uri.to_owned(), size, most: LARGEST });
        }
        if let Some(hash) = &mut hash {
            hash.update(&bytes);
        }
        keep(&bytes)?;
    }
    let hashed = hash.map(|hash| hex(&hash.finalize()));
    Ok(Object { etag: tag.or(hashed).unwrap_or_default(), size })
}
