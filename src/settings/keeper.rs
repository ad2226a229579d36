//! Who writes the settings down: a thread that takes the newest of them and lets a dragged slider come to rest first.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};
use toml::Table;

use super::file;
use super::trouble::SettingsTrouble;
use super::values::Settings;

/// How long a change may wait for another one, so that a dragged slider writes a few files and not hundreds.
const REST: Duration = Duration::from_millis(150);
/// How long changes that never come to rest may wait.
const PATIENCE: Duration = Duration::from_secs(1);

/// Writes every change of the settings down; what is left is written when it is dropped.
#[derive(Debug)]
pub struct Keeper {
    worker: Option<Worker>,
    troubles: Receiver<SettingsTrouble>,
}

#[derive(Debug)]
struct Worker {
    newest: Arc<Mutex<Option<Settings>>>,
    /// Told that there is something new; closed at the end.
    wake: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// One that writes nothing, for where there is no folder.
    pub fn forgetful() -> Self {
        Self {
            worker: None,
            troubles: crossbeam_channel::never(),
        }
    }

    /// One that writes this file, with the keys that this version does not know as they were found.
    pub(super) fn start(path: PathBuf, unknown: Table) -> Self {
        // One wake-up that has not been seen yet stands for all; one trouble that has not been read yet, too.
        let (wake, woken) = bounded(1);
        let (tell, troubles) = bounded(1);
        let newest = Arc::new(Mutex::new(None));
        let theirs = Arc::clone(&newest);
        let thread = std::thread::Builder::new().name("settings".to_owned()).spawn(move || {
            let mut told = false;
            while woken.recv().is_ok() {
                come_to_rest(&woken);
                let Some(settings) = theirs.lock().unwrap_or_else(PoisonError::into_inner).take() else {
                    continue;
                };
                let text = file::text(&settings, &unknown).map_err(std::io::Error::other);
                if let Err(error) = text.and_then(|text| file::write(&path, &text)) {
                    log::warn!("{}: {error}", path.display());
                    let folder = path.parent().map_or_else(|| path.clone(), PathBuf::from);
                    told = told || tell.try_send(SettingsTrouble::NotWritten(folder)).is_ok();
                }
            }
        });
        match thread {
            Ok(thread) => Self {
                worker: Some(Worker {
                    newest,
                    wake: Some(wake),
                    thread: Some(thread),
                }),
                troubles,
            },
            Err(error) => {
                log::error!("the thread settings could not be started: {error}");
                Self::forgetful()
            }
        }
    }

    /// Has these written; at once as far as a person can tell, and without waiting for the disk.
    pub fn save(&self, settings: &Settings) {
        if let Some(worker) = &self.worker {
            *worker.newest.lock().unwrap_or_else(PoisonError::into_inner) = Some(settings.clone());
            if let Some(wake) = &worker.wake {
                // Full means that the thread has not looked yet: it will find the newest.
                let _ = wake.try_send(());
            }
        }
    }

    /// What went wrong with writing, once.
    pub fn trouble(&self) -> Option<SettingsTrouble> {
        self.troubles.try_recv().ok()
    }

    /// Writes what is left and ends the thread.
    pub fn close(&mut self) {
        if let Some(Worker { wake, thread, .. }) = &mut self.worker {
            drop(wake.take());
            if thread.take().is_some_and(|thread| thread.join().is_err()) {
                log::error!("the thread settings has panicked");
            }
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.close();
    }
}

/// Waits until no change has come for a moment, or too many have.
fn come_to_rest(woken: &Receiver<()>) {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE && woken.recv_timeout(REST).is_ok() {}
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::settings::{FILE, open_in};

    fn with_rate(rate: i32) -> Settings {
        Settings {
            rate,
            ..Settings::default()
        }
    }

    #[test]
    fn a_change_is_on_the_disk_a_moment_later() {
        let folder = tempfile::tempdir().unwrap();
        let opened = open_in(folder.path());
        opened.keeper.save(&with_rate(7));
        let begun = Instant::now();
        while !folder.path().join(FILE).exists() {
            assert!(begun.elapsed() < Duration::from_secs(20));
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(open_in(folder.path()).settings, with_rate(7));
    }

    #[test]
    fn the_last_of_many_changes_is_on_the_disk_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let opened = open_in(folder.path());
        for rate in 0..=50 {
            opened.keeper.save(&with_rate(rate));
        }
        drop(opened);
        assert_eq!(open_in(folder.path()).settings, with_rate(50));
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        // A file in the folder's place cannot be written into by anybody, not even by root.
        let place = folder.path().join("config");
        std::fs::write(&place, "").unwrap();
        let path = place.join(FILE);
        let mut keeper = Keeper::start(path, Table::new());
        let mut troubles = Vec::new();
        for rate in 1..=2 {
            keeper.save(&with_rate(rate));
            std::thread::sleep(REST * 3);
            troubles.extend(keeper.trouble());
        }
        keeper.close();
        troubles.extend(keeper.trouble());
        assert_eq!(troubles, [SettingsTrouble::NotWritten(place)]);
    }
}
