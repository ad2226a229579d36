//! One at a time: a second install or removal is told so at once.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::StoreError;

/// Holds the lock until it is dropped, also by the end of the process.
#[derive(Debug)]
pub(super) struct Lock(#[allow(dead_code)] File);

impl Lock {
    /// Takes the lock of this folder, which must exist.
    pub(super) fn take(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(".lock");
        let file = File::options()
            .create(true)
            .write(true)
            .truncate(false)
            .open(&path)
            .map_err(StoreError::disk(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(StoreError::Busy),
            Err(TryLockError::Error(error)) => Err(StoreError::disk(&path)(error)),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_and_the_next_after_the_first_is_served() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::take(folder.path()).unwrap();
        assert!(matches!(Lock::take(folder.path()), Err(StoreError::Busy)));
        drop(first);
        assert!(Lock::take(folder.path()).is_ok());
    }
}
