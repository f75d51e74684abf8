//! A plan as one number: what is to be done and why, not when it was decided. Two decisions with the same hash start, queue
//! and stop the same attempts for the same reasons, made from the same inputs; a person who has read a plan can ask for
//! exactly that plan to be carried out.
//!
//! The number is FNV-1a with 64 bits (offset basis `cbf29ce484222325`, prime `100000001b3`; Fowler, Noll and Vo,
//! draft-eastlake-fnv) over the lines that [`of`] writes. It guards against a race, not against an adversary.

use std::fmt::{self, Write};

use crate::plan::{Lane, Queued, Start, Stop};

struct Fnv(u64);

impl Write for Fnv {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Ok(())
    }
}

/// The hash of what is to be done: a line for each start, each month that waits for a slot, and each stop.
pub fn of(starts: &[Start], queue: &[Queued], stops: &[Stop]) -> u64 {
    let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
    // The hasher takes every text, so nothing here can fail.
    let _ = lines(&mut hash, starts, queue, stops);
    hash.0
}

fn lines(hash: &mut Fnv, starts: &[Start], queue: &[Queued], stops: &[Stop]) -> fmt::Result {
    for Start { month, attempt, tries, lane, backfill, basis, reason } in starts {
        let lane = match lane {
            Lane::Newest => "newest",
            Lane::Older => "older",
        };
        let (task, input) = (&basis.task, &basis.input);
        writeln!(hash, "start {month} {attempt} {tries} {lane} {backfill:?} {task:?} {input:?} {reason}")?;
    }
    for Queued { month, backfill, basis, reason, limit: _ } in queue {
        writeln!(hash, "queue {month} {backfill:?} {:?} {:?} {reason}", basis.task, basis.input)?;
    }
    for Stop { month, attempt, reason } in stops {
        writeln!(hash, "stop {month} {attempt} {reason}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv_1a() {
        // draft-eastlake-fnv, appendix C: the empty text, "a" and "foobar".
        for (text, expected) in
            [("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8_u64)]
        {
            let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
            hash.write_str(text).unwrap();
            assert_eq!(hash.0, expected, "{text:?}");
        }
    }
}
