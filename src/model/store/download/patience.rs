//! How long the network is waited for.

use std::time::Duration;

/// How long to wait, and how often to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For a connection to come about.
    pub connect: Duration,
    /// Without a single byte, before a connection counts as stalled.
    pub stall: Duration,
    /// Failures in a row that brought nothing, before it is given up.
    pub failures: u32,
    /// After the first failure; it doubles with each further one, up to half a minute.
    pub pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            stall: Duration::from_secs(30),
            failures: 6,
            pause: Duration::from_secs(1),
        }
    }
}

impl Patience {
    /// The pause after so many failures in a row, from 1.
    pub(super) fn pause_after(&self, failures: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
        self.pause.saturating_mul(doubled).min(Duration::from_secs(30))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_stay_bearable() {
        let pauses = [1, 2, 3, 30].map(|failures| Patience::default().pause_after(failures).as_secs());
        assert_eq!(pauses, [1, 2, 4, 30]);
    }
}
