//! What a person gave (a photo, several, folders) becomes a list of photos, off the window's thread.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::{Roll, compare, is_picture};

/// A list that has been made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gathered {
    /// The list; empty where nothing that was given is a picture.
    pub roll: Roll,
    /// How many of the things that were given are no pictures, or are gone.
    pub left_out: usize,
}

/// What the thread has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A single file was given: it can be opened while its folder is still being read.
    Photo(PathBuf),
    /// The list.
    Roll(Gathered),
}

/// Makes lists on a thread of its own; only the newest request counts.
#[derive(Debug)]
pub struct Gatherer {
    requests: Option<Sender<(u64, Vec<PathBuf>)>>,
    waiting: Receiver<(u64, Vec<PathBuf>)>,
    results: Receiver<(u64, Found)>,
    newest: Arc<AtomicU64>,
    asked: bool,
}

impl Gatherer {
    /// Starts the thread; `wake` is called after each result. It ends when this is dropped, a folder that it reads
    /// being left alone.
    pub fn start(wake: impl Fn() + Send + 'static) -> Self {
        let (requests, waiting) = bounded::<(u64, Vec<PathBuf>)>(1);
        let (sender, results) = bounded(4);
        let newest = Arc::new(AtomicU64::new(0));
        let (counter, inbox) = (Arc::clone(&newest), waiting.clone());
        let work = move || {
            for (id, given) in inbox {
                let is_stale = || counter.load(Ordering::SeqCst) != id;
                // A full channel is waited for: the newest result has to get through.
                let tell = |found| {
                    if sender.send((id, found)).is_ok() {
                        wake();
                    }
                };
                if let Some(file) = single_file(&given) {
                    tell(Found::Photo(file.to_owned()));
                }
                if let Some(gathered) = gather(&given, &is_stale) {
                    tell(Found::Roll(gathered));
                }
            }
        };
        let started = std::thread::Builder::new().name("roll".to_owned()).spawn(work);
        if let Err(error) = &started {
            log::error!("the thread that lists photos did not start: {error}");
        }
        Self {
            requests: started.is_ok().then_some(requests),
            waiting,
            results,
            newest,
            asked: false,
        }
    }

    /// Asks for the list of what was given; the requests before count no more. False where there is no thread for it.
    pub fn ask(&mut self, given: Vec<PathBuf>) -> bool {
        let id = self.newest.fetch_add(1, Ordering::SeqCst) + 1;
        let Some(requests) = &self.requests else {
            return false;
        };
        // There is room for one: what waits is older.
        while self.waiting.try_recv().is_ok() {}
        self.asked = requests.try_send((id, given)).is_ok();
        self.asked
    }

    /// Forgets what was asked for.
    pub fn forget(&mut self) {
        self.newest.fetch_add(1, Ordering::SeqCst);
        self.asked = false;
    }

    /// Whether a list is being made.
    pub fn is_working(&self) -> bool {
        self.asked
    }

    /// What was found since of the list that was asked for last.
    pub fn poll(&mut self) -> Option<Found> {
        while let Ok((id, found)) = self.results.try_recv() {
            if id == self.newest.load(Ordering::SeqCst) {
                self.asked &= matches!(found, Found::Photo(_));
                return Some(found);
            }
        }
        None
    }
}

impl Drop for Gatherer {
    fn drop(&mut self) {
        self.newest.fetch_add(1, Ordering::SeqCst);
        self.requests = None;
    }
}

/// The list of what was given: of a single file the photos of its folder, of several things the pictures among them in
/// the order in which they came, each folder giving its own. None once `is_stale` says so.
pub fn gather(given: &[PathBuf], is_stale: &dyn Fn() -> bool) -> Option<Gathered> {
    if let Some(file) = single_file(given) {
        return folder_of(file, is_stale);
    }
    let mut photos = Vec::new();
    let mut left_out = 0;
    for path in given {
        if path.is_dir() {
            let found = photos_in(path, is_stale)?;
            left_out += usize::from(found.is_empty());
            photos.extend(found);
        } else if path.is_file() && is_picture(path) {
            photos.push(path.clone());
        } else {
            left_out += 1;
        }
    }
    // What was given twice is there once.
    let mut known = std::collections::HashSet::new();
    photos.retain(|photo| known.insert(photo.clone()));
    Some(Gathered {
        roll: Roll::new(photos, 0),
        left_out,
    })
}

fn single_file(given: &[PathBuf]) -> Option<&Path> {
    match given {
        [file] if !file.is_dir() => Some(file),
        _ => None,
    }
}

/// The photos beside a file, with that file as the one that is shown, also where it cannot be read itself.
fn folder_of(file: &Path, is_stale: &dyn Fn() -> bool) -> Option<Gathered> {
    let folder = match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut photos = photos_in(folder, is_stale)?;
    // The folder's entries are written as the folder is: "./a.png" for "a.png".
    let name = file.file_name();
    let at = match photos.iter().position(|photo| photo.file_name() == name) {
        Some(at) => at,
        None => {
            let at = photos.partition_point(|photo| compare(&written(photo), &written(file)).is_lt());
            photos.insert(at, file.to_owned());
            at
        }
    };
    Some(Gathered {
        roll: Roll::new(photos, at),
        left_out: 0,
    })
}

/// The pictures of a folder, not of the folders in it, in the natural order of their names.
fn photos_in(folder: &Path, is_stale: &dyn Fn() -> bool) -> Option<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            log::info!("{} cannot be listed: {error}", folder.display());
            return Some(Vec::new());
        }
    };
    let mut photos: Vec<(String, PathBuf)> = Vec::new();
    for entry in entries.flatten() {
        if is_stale() {
            return None;
        }
        let path = entry.path();
        // A link counts as what it leads to; a pipe must not be opened, which would wait for its writer.
        let is_file = entry
            .file_type()
            .is_ok_and(|kind| kind.is_file() || (kind.is_symlink() && path.is_file()));
        // Files that begin with a dot are hidden from people, and macOS leaves some beside every photo.
        let name = written(&path);
        if is_file && !name.starts_with('.') && is_picture(&path) {
            photos.push((name, path));
        }
    }
    photos.sort_by(|(one, _), (other, _)| compare(one, other));
    Some(photos.into_iter().map(|(_, path)| path).collect())
}

fn written(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn folder(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            fs::write(folder.path().join(name), "content").unwrap();
        }
        folder
    }

    fn names(gathered: &Gathered) -> Vec<String> {
        let mut roll = Roll::new(Vec::new(), 0);
        roll.clone_from(&gathered.roll);
        while matches!(roll.step(true), super::super::Step::To(_)) {}
        let mut names = vec![written(roll.current().unwrap())];
        while let super::super::Step::To(photo) = roll.step(false) {
            names.push(written(&photo));
        }
        names
    }

    fn now(given: &[PathBuf]) -> Gathered {
        gather(given, &|| false).unwrap()
    }

    #[test]
    fn a_single_photo_brings_the_photos_of_its_folder_in_natural_order() {
        let folder = folder(&["10.jpg", "2.jpg", "1.png", "notes.txt", ".hidden.jpg", "Zebra.WEBP"]);
        fs::create_dir(folder.path().join("3.jpg")).unwrap();
        let gathered = now(&[folder.path().join("2.jpg")]);
        assert_eq!(names(&gathered), ["1.png", "2.jpg", "10.jpg", "Zebra.WEBP"]);
        assert_eq!(gathered.roll.position(), Some((2, 4)));
    }

    #[test]
    fn the_opened_file_is_in_the_list_also_where_it_is_no_picture_or_gone() {
        let folder = folder(&["a.jpg", "c.jpg", "b.txt"]);
        for name in ["b.txt", "b gone.jpg"] {
            let gathered = now(&[folder.path().join(name)]);
            assert_eq!(names(&gathered), ["a.jpg", name, "c.jpg"]);
            assert_eq!(gathered.roll.current(), Some(folder.path().join(name).as_path()));
        }
    }

    #[test]
    fn several_files_are_the_list_in_their_order_once_each() {
        let folder = folder(&["a.jpg", "b.jpg", "c.jpg", "d.txt"]);
        let given = ["c.jpg", "d.txt", "a.jpg", "c.jpg", "gone.jpg"].map(|name| folder.path().join(name));
        let gathered = now(&given);
        assert_eq!(
            (names(&gathered), gathered.left_out),
            (vec!["c.jpg".into(), "a.jpg".into()], 2)
        );
        assert_eq!(gathered.roll.position(), Some((1, 2)));
    }

    #[test]
    fn a_folder_is_its_photos_and_an_empty_one_none() {
        let (full, empty) = (folder(&["2.jpg", "1.jpg"]), folder(&["a.txt"]));
        assert_eq!(names(&now(&[full.path().to_owned()])), ["1.jpg", "2.jpg"]);
        let none = now(&[empty.path().to_owned()]);
        assert!(none.roll.is_empty());
        assert_eq!(none.left_out, 1);
        let both = now(&[
            empty.path().to_owned(),
            full.path().to_owned(),
            full.path().join("1.jpg"),
        ]);
        assert_eq!(names(&both), ["1.jpg", "2.jpg"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_in_the_folder_is_not_waited_for_and_a_link_is_followed() {
        let folder = folder(&["a.jpg"]);
        let pipe = folder.path().join("pipe");
        assert!(
            std::process::Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        std::os::unix::fs::symlink(folder.path().join("a.jpg"), folder.path().join("b.jpg")).unwrap();
        std::os::unix::fs::symlink(folder.path().join("nowhere"), folder.path().join("c.jpg")).unwrap();
        assert_eq!(names(&now(&[folder.path().join("a.jpg")])), ["a.jpg", "b.jpg"]);
        let given = now(&[folder.path().join("b.jpg"), pipe]);
        assert_eq!((names(&given), given.left_out), (vec!["b.jpg".into()], 1));
    }

    #[test]
    fn only_the_newest_request_is_answered() {
        let (one, other) = (folder(&["a.jpg"]), folder(&["b.jpg"]));
        let mut gatherer = Gatherer::start(|| {});
        for _ in 0..20 {
            assert!(gatherer.ask(vec![one.path().join("a.jpg")]));
        }
        assert!(gatherer.ask(vec![other.path().join("b.jpg")]));
        let begun = Instant::now();
        let mut opened = None;
        let gathered = loop {
            match gatherer.poll() {
                Some(Found::Photo(photo)) => opened = Some(photo),
                Some(Found::Roll(gathered)) => break gathered,
                None => assert!(begun.elapsed() < Duration::from_secs(20)),
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        assert_eq!(opened, Some(other.path().join("b.jpg")));
        assert_eq!(names(&gathered), ["b.jpg"]);
        assert!(!gatherer.is_working());
        gatherer.ask(vec![one.path().join("a.jpg")]);
        gatherer.forget();
        std::thread::sleep(Duration::from_millis(100));
        assert_eq!(gatherer.poll(), None);
    }

    #[test]
    fn a_hundred_thousand_files_are_listed_and_left_when_nobody_waits() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..100_000 {
            fs::File::create(folder.path().join(format!("IMG_{number}.jpg"))).unwrap();
        }
        let gathered = now(&[folder.path().join("IMG_99999.jpg")]);
        assert_eq!(gathered.roll.position(), Some((100_000, 100_000)));
        assert_eq!(gather(&[folder.path().join("IMG_1.jpg")], &|| true), None);
    }
}
