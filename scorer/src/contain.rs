//! Holding a decoder's panic to the bytes that caused it. `arrow` and `parquet` treat a panic on hostile bytes as a bug of
//! theirs, not as unsafe (arrow-rs SECURITY.md); here it is one more way in which a file can be bad.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};

thread_local! {
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// Runs a decoder; its panic becomes its message. What the decoder has changed must not be used after that.
pub fn contain<T>(decode: impl FnOnce() -> T) -> Result<T, String> {
    let outer = CONTAINED.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(decode));
    CONTAINED.set(outer);
    result.map_err(|payload| message(payload.as_ref()))
}

/// What a panic said.
pub fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}

/// Keeps contained panics out of the log: they are reported as errors of the file.
pub fn keep_contained_panics_quiet() {
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !CONTAINED.get() {
            print(info);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_its_message() {
        assert_eq!(contain(|| 1), Ok(1));
        let index = std::hint::black_box(9);
        assert!(contain(|| [1, 2][index]).unwrap_err().contains("out of bounds"));
    }
}
