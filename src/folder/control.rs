//! Pauses and ends a run from another thread.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::captioner::Cancel;

/// A handle on a run; clones are of the same one.
#[derive(Clone, Debug, Default)]
pub struct Control(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    cancel: Cancel,
    waits: Mutex<Waits>,
    changed: Condvar,
}

/// Why the run waits.
#[derive(Clone, Copy, Debug, Default)]
struct Waits {
    /// The person has paused it.
    paused: bool,
    /// Something else has the processor.
    gives_way: bool,
}

impl Control {
    /// Has the run wait before its next photos, or go on.
    pub fn pause(&self, paused: bool) {
        self.change(|waits| waits.paused = paused);
    }

    /// Whether it was paused.
    pub fn is_paused(&self) -> bool {
        self.lock().paused
    }

    /// Whether it waits for that.
    pub fn gives_way(&self) -> bool {
        self.lock().gives_way
    }

    /// Has the run wait for as long as somebody waits for something else.
    pub fn give_way(&self, gives_way: bool) {
        self.change(|waits| waits.gives_way = gives_way);
    }

    /// Ends the run at once; what was written down stays.
    pub fn cancel(&self) {
        self.0.cancel.cancel();
        self.change(|_| ());
    }

    /// Whether it was ended.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancel.is_cancelled()
    }

    /// What the captioner is cancelled by.
    pub(super) fn handle(&self) -> &Cancel {
        &self.0.cancel
    }

    /// Waits while it is to wait; whether to go on then.
    pub(super) fn goes_on(&self) -> bool {
        let mut waits = self.lock();
        while (waits.paused || waits.gives_way) && !self.is_cancelled() {
            waits = self.0.changed.wait(waits).unwrap_or_else(PoisonError::into_inner);
        }
        !self.is_cancelled()
    }

    fn change(&self, change: impl FnOnce(&mut Waits)) {
        change(&mut self.lock());
        self.0.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Waits> {
        self.0.waits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paused_run_goes_on_when_it_is_told_to_and_ends_when_it_is_cancelled() {
        let control = Control::default();
        assert!(control.goes_on());
        for (pause, gives_way) in [(true, false), (false, true), (true, true)] {
            control.pause(pause);
            control.give_way(gives_way);
            let other = control.clone();
            let waiting = std::thread::spawn(move || other.goes_on());
            std::thread::sleep(std::time::Duration::from_millis(30));
            assert!(!waiting.is_finished());
            control.pause(false);
            control.give_way(false);
            assert!(waiting.join().is_ok_and(|goes_on| goes_on));
        }
        control.pause(true);
        let other = control.clone();
        let waiting = std::thread::spawn(move || other.goes_on());
        control.cancel();
        assert!(waiting.join().is_ok_and(|goes_on| !goes_on));
    }
}
