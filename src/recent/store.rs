//! The recent descriptions as the window and the describer use them.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use super::files::Files;
use super::{Entry, Key, RecentTrouble};
use crate::captioner::Description;
use crate::report;

/// The recent descriptions of this person.
///
/// The list is always at hand; [`recall`](Self::recall), [`keep`](Self::keep) and [`read`](Self::read) use the disk
/// and are for the describer's thread.
pub struct Recent {
    files: Option<Files>,
    on: AtomicBool,
    known: Mutex<Known>,
    /// Held while files are changed.
    disk: Mutex<()>,
    wake: Box<dyn Fn() + Send + Sync>,
}

#[derive(Default)]
struct Known {
    entries: Arc<[Entry]>,
    troubles: VecDeque<RecentTrouble>,
    /// A disk that takes nothing is told of once.
    told_of_the_disk: bool,
}

impl std::fmt::Debug for Recent {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Recent")
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}

impl Recent {
    /// The descriptions in this folder, none where there is no folder; the list is read on a thread. `on` says whether
    /// new ones are kept; `wake` is called when the list has changed or something is to be told.
    pub fn start(folder: Option<PathBuf>, on: bool, wake: impl Fn() + Send + Sync + 'static) -> Arc<Self> {
        let recent = Arc::new(Self {
            files: folder.map(Files::new),
            on: AtomicBool::new(on),
            known: Mutex::default(),
            disk: Mutex::default(),
            wake: Box::new(wake),
        });
        recent.on_thread(Self::load);
        recent
    }

    /// None, and none are kept.
    pub fn nowhere() -> Arc<Self> {
        Arc::new(Self {
            files: None,
            on: AtomicBool::new(false),
            known: Mutex::default(),
            disk: Mutex::default(),
            wake: Box::new(|| {}),
        })
    }

    /// Turns the keeping, and the looking up of what was kept, on or off. What is kept already stays until it is
    /// [cleared](Self::clear).
    pub fn turn(&self, on: bool) {
        self.on.store(on, Ordering::SeqCst);
    }

    /// Whether descriptions are kept.
    pub fn is_on(&self) -> bool {
        self.files.is_some() && self.on.load(Ordering::SeqCst)
    }

    /// The list, newest first.
    pub fn entries(&self) -> Arc<[Entry]> {
        Arc::clone(&self.lock().entries)
    }

    /// What is to be told, oldest first.
    pub fn trouble(&self) -> Option<RecentTrouble> {
        self.lock().troubles.pop_front()
    }

    /// Forgets all of them, here at once and on the disk on a thread.
    pub fn clear(self: &Arc<Self>) {
        self.lock().entries = Arc::default();
        self.on_thread(|recent| {
            let Some(files) = &recent.files else { return };
            let _disk = recent.disk.lock().unwrap_or_else(PoisonError::into_inner);
            let cleared = files.clear();
            recent.lock().entries = Arc::default();
            if let Err(trouble) = cleared {
                recent.tell(trouble);
            }
        });
    }

    /// The description with this key, where keeping is on and it is kept.
    pub fn recall(&self, key: &Key) -> Option<Description> {
        if !self.is_on() {
            return None;
        }
        self.files.as_ref()?.description(key.as_str())
    }

    /// The whole description of a line of the list, as it was kept.
    pub fn read(&self, entry: &Entry) -> Option<Description> {
        self.files.as_ref()?.description(&entry.key)
    }

    /// Keeps a description, at the top of the list, where keeping is on.
    pub fn keep(&self, key: &Key, name: &str, path: Option<&Path>, description: &Description) {
        // What is no number cannot be written down, and says little.
        if !self.is_on() || !description.confidence.is_finite() || !description.score.is_finite() {
            return;
        }
        let Some(files) = &self.files else { return };
        let when = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        // The list is read where the program may be started from another folder.
        let path = path.map(|path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned()));
        let entry = Entry::new(key, report::listed(description), name, path.as_deref(), when);
        let _disk = self.disk.lock().unwrap_or_else(PoisonError::into_inner);
        match files.keep(entry, description) {
            Ok(entries) => self.lock().entries = entries.into(),
            Err(trouble) => self.tell_of_the_disk(trouble),
        }
        (self.wake)();
    }

    fn load(&self) {
        let Some(files) = &self.files else { return };
        let _disk = self.disk.lock().unwrap_or_else(PoisonError::into_inner);
        match files.entries() {
            Ok(entries) => {
                files.sweep(&entries);
                self.lock().entries = entries.into();
            }
            Err(trouble) => self.tell(trouble),
        }
        (self.wake)();
    }

    fn tell_of_the_disk(&self, trouble: RecentTrouble) {
        if !std::mem::replace(&mut self.lock().told_of_the_disk, true) {
            self.tell(trouble);
        }
    }

    fn tell(&self, trouble: RecentTrouble) {
        log::warn!("{trouble}");
        self.lock().troubles.push_back(trouble);
        (self.wake)();
    }

    fn on_thread(self: &Arc<Self>, work: impl FnOnce(&Self) + Send + 'static) {
        let recent = Arc::clone(self);
        let started = std::thread::Builder::new()
            .name("recent".to_owned())
            .spawn(move || work(&recent));
        if let Err(error) = started {
            log::error!("the thread for recent descriptions did not start: {error}");
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::recent::MOST;
    use crate::report::example;

    fn wait(what: &str, mut holds: impl FnMut() -> bool) {
        let begun = Instant::now();
        while !holds() {
            assert!(begun.elapsed() < Duration::from_secs(20), "waited in vain for {what}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn started(folder: &Path) -> Arc<Recent> {
        let woken = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&woken);
        let recent = Recent::start(Some(folder.to_owned()), true, move || {
            flag.store(true, Ordering::SeqCst)
        });
        wait("the list", || woken.load(Ordering::SeqCst));
        recent
    }

    fn key(number: u8) -> Key {
        Key::new([number; 32], "model")
    }

    #[test]
    fn a_description_comes_back_after_a_new_start_with_its_words_maps_and_alternatives() {
        let folder = tempfile::tempdir().unwrap();
        let path = Path::new("/photos/a cat.jpg");
        started(folder.path()).keep(&key(1), "a cat.jpg", Some(path), &example::description());
        let recent = started(folder.path());
        assert_eq!(recent.recall(&key(1)), Some(example::description()));
        assert_eq!(recent.recall(&key(2)), None);
        let entries = recent.entries();
        assert_eq!(entries.len(), 1);
        assert_eq!(
            (entries[0].sentence.as_str(), entries[0].name.as_str()),
            ("a cat.", "a cat.jpg")
        );
        assert_eq!(entries[0].path().as_deref(), Some(path));
        assert!(entries[0].when > 1_700_000_000);
        assert_eq!(recent.read(&entries[0]), Some(example::description()));
    }

    #[test]
    fn the_newest_stand_first_once_each_and_the_oldest_are_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let recent = started(folder.path());
        for number in 0..=MOST {
            let key = Key::new([0; 32], &number.to_string());
            recent.keep(&key, &number.to_string(), None, &example::description());
        }
        let again = Key::new([0; 32], "7");
        recent.keep(&again, "7", None, &example::description());
        let entries = recent.entries();
        assert_eq!(
            (entries.len(), entries[0].name.as_str(), entries[1].name.as_str()),
            (MOST, "7", "500")
        );
        assert!(entries.iter().all(|entry| entry.name != "0"));
        assert_eq!(fs::read_dir(folder.path().join("recent")).unwrap().count(), MOST);
        assert_eq!(recent.recall(&Key::new([0; 32], "0")), None);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_them() {
        use std::os::unix::fs::PermissionsExt;
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("data");
        started(&folder).keep(&key(1), "photo", None, &example::description());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder.join("recent.json")), 0o600);
        assert_eq!(
            mode(&folder.join("recent").join(format!("{}.json", key(1).as_str()))),
            0o600
        );
        assert_eq!(mode(&folder.join("recent")), 0o700);
    }

    #[test]
    fn nothing_of_a_photo_is_kept_but_text() {
        let folder = tempfile::tempdir().unwrap();
        started(folder.path()).keep(&key(1), "photo", None, &example::description());
        let detail = fs::read_dir(folder.path().join("recent"))
            .unwrap()
            .next()
            .unwrap()
            .unwrap();
        let text = fs::read_to_string(detail.path()).unwrap();
        assert!(text.contains("a cat.") && text.len() < 4000, "{text}");
    }

    #[test]
    fn turned_off_nothing_new_is_kept_nor_looked_up_and_what_is_there_stays() {
        let folder = tempfile::tempdir().unwrap();
        let recent = started(folder.path());
        recent.keep(&key(1), "one", None, &example::description());
        recent.turn(false);
        recent.keep(&key(2), "two", None, &example::description());
        assert_eq!(recent.recall(&key(1)), None);
        assert_eq!(recent.entries().len(), 1);
        recent.turn(true);
        assert!(recent.recall(&key(1)).is_some());
        assert_eq!(recent.recall(&key(2)), None);
    }

    #[test]
    fn cleared_they_are_gone_from_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let recent = started(folder.path());
        recent.keep(&key(1), "one", None, &example::description());
        recent.clear();
        assert!(recent.entries().is_empty());
        wait("the files to go", || fs::read_dir(folder.path()).unwrap().count() == 0);
        recent.keep(&key(2), "two", None, &example::description());
        assert_eq!(started(folder.path()).entries().len(), 1);
    }

    #[test]
    fn a_broken_list_is_set_aside_and_told_and_a_new_one_begun() {
        let folder = tempfile::tempdir().unwrap();
        let index = folder.path().join("recent.json");
        for broken in ["no JSON", r#"{"version": 99, "entries": []}"#] {
            fs::write(&index, broken).unwrap();
            let recent = started(folder.path());
            let told = recent.trouble().unwrap().to_string();
            assert!(told.contains("recent.json.broken"), "{told}");
            assert!(recent.trouble().is_none());
            assert_eq!(
                fs::read_to_string(folder.path().join("recent.json.broken")).unwrap(),
                broken
            );
            recent.keep(&key(1), "one", None, &example::description());
            assert_eq!(recent.entries().len(), 1);
            fs::remove_file(&index).unwrap();
        }
    }

    #[test]
    fn a_broken_description_is_not_recalled() {
        let folder = tempfile::tempdir().unwrap();
        let recent = started(folder.path());
        recent.keep(&key(1), "one", None, &example::description());
        let detail = folder.path().join("recent").join(format!("{}.json", key(1).as_str()));
        let half = fs::read(&detail).unwrap();
        fs::write(&detail, &half[..half.len() / 2]).unwrap();
        assert_eq!(recent.recall(&key(1)), None);
    }

    #[test]
    fn a_disk_that_takes_nothing_is_told_of_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a file");
        fs::write(&file, "").unwrap();
        let recent = started(&file.join("below"));
        while recent.trouble().is_some() {}
        recent.keep(&key(1), "one", None, &example::description());
        recent.keep(&key(2), "two", None, &example::description());
        let told = recent.trouble().unwrap().to_string();
        assert!(told.starts_with("Recent descriptions cannot be kept"), "{told}");
        assert!(recent.trouble().is_none());
    }

    #[test]
    fn files_that_no_list_names_are_swept_away_at_the_start() {
        let folder = tempfile::tempdir().unwrap();
        started(folder.path()).keep(&key(1), "one", None, &example::description());
        let left = folder.path().join("recent").join(".new left behind");
        fs::write(&left, "half").unwrap();
        let recent = started(folder.path());
        assert!(!left.exists() && recent.recall(&key(1)).is_some());
    }
}
