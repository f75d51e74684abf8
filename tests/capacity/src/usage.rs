//! What a process has taken until now (proc(5)).

use std::fs;
use std::time::Duration;

/// Ticks of a second in which Linux tells processor time to programs (`USER_HZ`), on every architecture that it is built
/// for here.
const TICKS: f64 = 100.0;

/// What a process has taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Processor time, its own and the kernel's for it.
    pub processor: Duration,
    /// The most memory that it held at once, in KiB (`VmHWM`).
    pub peak_kib: u64,
}

impl Usage {
    /// Of a process; nothing where there is none.
    pub fn of(pid: u32) -> Self {
        let read = |file: &str| fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap_or_default();
        Self { processor: processor(&read("stat")).unwrap_or_default(), peak_kib: peak(&read("status")).unwrap_or(0) }
    }

    /// The processor time since an earlier look.
    pub fn processor_since(self, earlier: Self) -> Duration {
        self.processor.saturating_sub(earlier.processor)
    }
}

/// The 14th and 15th field; the second is the program's name in parentheses, which may hold anything.
fn processor(stat: &str) -> Option<Duration> {
    let fields = stat.rsplit_once(')')?.1;
    let ticks = fields.split_whitespace().skip(11).take(2).map(|field| field.parse::<u64>().ok());
    let ticks: u64 = ticks.collect::<Option<Vec<_>>>()?.iter().sum();
    Some(Duration::from_secs_f64(ticks as f64 / TICKS))
}

fn peak(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_that_of_the_program_and_of_the_kernel() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194304 100 0 0 0 250 50 9 9 20 0 1 0 1 1 1";
        assert_eq!(processor(stat), Some(Duration::from_secs(3)));
    }

    #[test]
    fn the_peak_is_not_what_is_held_now() {
        assert_eq!(peak("VmPeak:\t 9 kB\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n"), Some(2048));
    }
}
