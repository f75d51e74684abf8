//! A page whose server does not read ranges is read once, from its beginning, into a file without a name: memory stays
//! flat, and the file is gone with the process.

use std::io::Write;

use bytes::Bytes;
use futures::{Stream, StreamExt};

use super::file::FileSource;
use super::{Object, StoreError};

/// The largest page that is spooled. A server of larger files reads ranges.
const LARGEST: u64 = 16 * 1024 * 1024 * 1024;

/// Reads a body to its end.
pub(super) async fn spool(
    uri: &str,
    tag: String,
    mut body: impl Stream<Item = Result<Bytes, StoreError>> + Unpin,
) -> Result<FileSource, StoreError> {
    let failed = |source| StoreError::File { uri: uri.to_owned(), wish: "kept in the temporary folder", source };
    let mut file = tempfile::tempfile().map_err(failed)?;
    let mut size = 0;
    while let Some(bytes) = body.next().await {
        let bytes = bytes?;
        size += bytes.len() as u64;
        if size > LARGEST {
            return Err(StoreError::TooLarge { uri: uri.to_owned(), size, most: LARGEST });
        }
        file.write_all(&bytes).map_err(failed)?;
    }
    Ok(FileSource::unnamed(file, uri, Object { etag: tag, size }))
}
