//! Stops a description from another thread.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ort::session::RunOptions;

use super::CaptionError;
use super::decoder::run_error;

/// A handle that stops a running description; clones stop the same one. It stays stopped: make a new one for the
/// next photo.
#[derive(Clone, Default)]
pub struct Cancel(Arc<Inner>);

#[derive(Default)]
struct Inner {
    cancelled: AtomicBool,
    run: Mutex<Option<Arc<RunOptions>>>,
}

impl fmt::Debug for Cancel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cancel")
            .field("cancelled", &self.is_cancelled())
            .finish_non_exhaustive()
    }
}

impl Cancel {
    /// Ends the description: a graph that is running stops at its next node, and no other one starts.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::SeqCst);
        if let Some(run) = self.run().as_ref()
            && let Err(error) = run.terminate()
        {
            log::warn!("a running graph could not be stopped, it will end by itself: {error}");
        }
    }

    /// Whether [`cancel`](Self::cancel) was called.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::SeqCst)
    }

    /// Starts a description that [`cancel`](Self::cancel) can end.
    pub(super) fn watch(&self) -> Result<Run, CaptionError> {
        let options = Arc::new(RunOptions::new().map_err(run_error)?);
        // The lock is held over the check, so a cancel either comes before (and is seen) or finds the options.
        let mut run = self.run();
        self.check()?;
        *run = Some(Arc::clone(&options));
        Ok(Run {
            options,
            cancel: self.clone(),
        })
    }

    /// An error once the description is cancelled.
    pub(super) fn check(&self) -> Result<(), CaptionError> {
        if self.is_cancelled() {
            Err(CaptionError::Cancelled)
        } else {
            Ok(())
        }
    }

    fn run(&self) -> std::sync::MutexGuard<'_, Option<Arc<RunOptions>>> {
        self.0.run.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A description that runs and can be cancelled.
pub(super) struct Run {
    options: Arc<RunOptions>,
    cancel: Cancel,
}

impl Run {
    /// The options to run graphs with.
    pub(super) fn options(&self) -> &RunOptions {
        &self.options
    }

    /// An error once the description is cancelled.
    pub(super) fn check(&self) -> Result<(), CaptionError> {
        self.cancel.check()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_cancels_the_same_description() {
        let cancel = Cancel::default();
        cancel.clone().cancel();
        assert!(cancel.is_cancelled());
        assert!(matches!(cancel.check(), Err(CaptionError::Cancelled)));
    }
}
