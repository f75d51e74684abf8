//! Doing a call again: only one that may be done twice without harm, only where the store gave no answer, a few times.

use std::time::Duration;

use super::StoreError;

/// Tries in all. With the waits between them a store may be away for about two seconds; beyond that the Job tries again.
const TRIES: u32 = 4;
const FIRST_WAIT: Duration = Duration::from_millis(250);

/// The wait before the try with this number, none where there is none left.
pub(super) fn wait_before(next: u32) -> Option<Duration> {
    (next <= TRIES).then(|| FIRST_WAIT * 2_u32.pow(next.saturating_sub(2)))
}

/// Does a repeatable call until the store answers.
pub(super) async fn repeat<T>(call: impl AsyncFn() -> Result<T, StoreError>) -> Result<T, StoreError> {
    let mut next = 2;
    loop {
        match call().await {
            Err(error) if error.is_unclear() => {
                let Some(wait) = wait_before(next) else { return Err(error) };
                tokio::time::sleep(wait).await;
                next += 1;
            }
            other => return other,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    fn unavailable() -> StoreError {
        StoreError::Unavailable { uri: "s3://b/k".into(), call: "GetObject", source: "reset".into() }
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_is_repeated_until_the_store_answers_and_not_for_ever() {
        let calls = AtomicU32::new(0);
        let third = repeat(async || if calls.fetch_add(1, Ordering::SeqCst) == 2 { Ok(7) } else { Err(unavailable()) });
        assert_eq!(third.await.unwrap(), 7);
        calls.store(0, Ordering::SeqCst);
        let never = repeat(async || {
            calls.fetch_add(1, Ordering::SeqCst);
            Err::<(), _>(unavailable())
        });
        assert!(never.await.unwrap_err().is_unclear());
        assert_eq!(calls.load(Ordering::SeqCst), TRIES);
    }

    #[tokio::test]
    async fn a_clear_answer_is_not_asked_for_again() {
        let calls = AtomicU32::new(0);
        let answer = repeat(async || {
            calls.fetch_add(1, Ordering::SeqCst);
            Err::<(), _>(StoreError::NotFound { uri: "s3://b/k".into() })
        });
        assert!(answer.await.is_err());
        assert_eq!(calls.load(Ordering::SeqCst), 1);
    }
}
