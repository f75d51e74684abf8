//! Which requests to make for a set of byte ranges: near ones together, large ones in pieces, several at a time.

use std::ops::Range;

use bytes::{Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt, stream};

use super::{Source, StoreError};

/// Ranges with less than this between them are read in one request: a request costs a round trip of about 100 ms on S3,
/// in which one connection moves about this much (S3's "Performance Guidelines": 85–90 MB/s per connection at most).
const GAP: u64 = 1024 * 1024;
/// The largest request: S3's guidelines name 8 to 16 MB.
const PIECE: u64 = 8 * 1024 * 1024;
/// Requests under way at once.
const IN_FLIGHT: usize = 8;

/// The bytes of each range, in the order asked.
pub(super) async fn read(source: &Source, wanted: &[Range<u64>]) -> Result<Vec<Bytes>, StoreError> {
    let requests = coalesce(wanted);
    let pieces: Vec<Range<u64>> = requests.iter().flat_map(split).collect();
    let bytes: Vec<Bytes> =
        stream::iter(pieces.clone()).map(|piece| source.range(piece)).buffered(IN_FLIGHT).try_collect().await?;
    let mut fetched = pieces.into_iter().zip(bytes);
    let joined: Vec<(Range<u64>, Bytes)> = requests
        .into_iter()
        .map(|request| {
            let parts: Vec<Bytes> = fetched.by_ref().take(split(&request).count()).map(|(_, bytes)| bytes).collect();
            (request, join(parts))
        })
        .collect();
    Ok(wanted.iter().map(|range| cut(&joined, range)).collect())
}

/// The ranges that hold all wanted ones, in order, none within [`GAP`] of another.
fn coalesce(wanted: &[Range<u64>]) -> Vec<Range<u64>> {
    let mut sorted: Vec<Range<u64>> = wanted.iter().filter(|range| !range.is_empty()).cloned().collect();
    sorted.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<u64>> = Vec::new();
    for range in sorted {
        match merged.last_mut() {
            Some(last) if range.start <= last.end.saturating_add(GAP) => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// A request in pieces of [`PIECE`] at most.
fn split(request: &Range<u64>) -> impl Iterator<Item = Range<u64>> + use<> {
    let Range { start, end } = *request;
    (start..end).step_by(PIECE as usize).map(move |at| at..end.min(at + PIECE))
}

fn join(mut parts: Vec<Bytes>) -> Bytes {
    if parts.len() == 1 {
        return parts.swap_remove(0);
    }
    let mut whole = BytesMut::with_capacity(parts.iter().map(Bytes::len).sum());
    for part in parts {
        whole.extend_from_slice(&part);
    }
    whole.freeze()
}

fn cut(joined: &[(Range<u64>, Bytes)], wanted: &Range<u64>) -> Bytes {
    joined
        .iter()
        .find(|(range, _)| range.start <= wanted.start && wanted.end <= range.end && !wanted.is_empty())
        .map(|(range, bytes)| bytes.slice((wanted.start - range.start) as usize..(wanted.end - range.start) as usize))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_ranges_are_read_together_and_far_ones_apart() {
        let far = 10 * GAP;
        assert_eq!(coalesce(&[far..far + 5, 0..10, 20..30, 5..5]), [0..30, far..far + 5]);
    }

    #[test]
    fn a_large_request_is_split_without_a_hole() {
        let pieces: Vec<_> = split(&(3..3 + 2 * PIECE + 1)).collect();
        assert_eq!(pieces, [3..3 + PIECE, 3 + PIECE..3 + 2 * PIECE, 3 + 2 * PIECE..4 + 2 * PIECE]);
    }
}
