//! What the window asks of the desktop: the file dialog, the clipboard and the screen, each on a named thread of its own.
//!
//! Each may take as long as another program likes, so the window only ever looks into a channel.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};
use image::RgbImage;

use crate::clipboard::{self, ClipboardError, Copied};
use crate::doctor::on_path;
use crate::photo::io_sentence;
use crate::roll::ENDINGS;
use crate::screen::{self, Area, ScreenError};
use crate::text;

/// Ways in which a file dialog that could not be shown differs from one that was closed: it is back at once.
const TOO_FAST_FOR_A_PERSON: Duration = Duration::from_millis(500);

/// How long a thread waits for the window to look at what it has.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long a window manager may take to begin to hide our window. On Wayland nothing tells when it is gone.
const GOING: Duration = Duration::from_millis(500);

/// What came in from the desktop.
#[derive(Debug)]
pub enum Arrival {
    /// Files or folders were chosen or pasted, one or several.
    Files(Vec<PathBuf>),
    /// The clipboard holds the address of something on the web, or one is held over the window.
    WebAddress,
    /// The file or folder whose path was typed is there.
    Found(PathBuf),
    /// It is not; why, as a sentence.
    NotFound(String),
    /// A picture was pasted.
    Picture(RgbImage),
    /// The dialog was closed without a choice.
    NothingChosen,
    /// There is no file dialog on this system.
    NoDialog,
    /// There is nothing to paste; why, as a sentence.
    NotPasted(String),
    /// A picture of the screen, or why there is none, as a sentence.
    Screen {
        /// How much of the screen was asked for.
        area: Area,
        /// What came of it.
        taken: Result<RgbImage, String>,
    },
    /// The program was started once more with these photos, or with none.
    Started(Vec<PathBuf>),
    /// The same to have the screen described.
    ScreenWanted(Area),
    /// Where a picture is to be saved.
    Place(SavePlace),
    /// The folder that is to be described.
    Folder(SavePlace),
}

/// The file or the folder that a person was asked for.
#[derive(Debug)]
pub enum SavePlace {
    /// This one.
    Chosen(PathBuf),
    /// None: the dialog was closed.
    Cancelled,
    /// There is no file dialog on this system.
    NoDialog,
}

/// The desktop, as far as the window needs it. A trait so that tests can stand in for a person at a dialog.
pub trait Desktop {
    /// Opens the file dialog; false where that could not be started. A second one is not opened beside the first.
    fn choose(&mut self) -> bool;

    /// Opens a dialog for where to save a picture, with a name and a folder that may be taken; false where that could
    /// not be started.
    fn choose_place(&mut self, name: &str, folder: Option<&Path>) -> bool;

    /// Opens a dialog for a folder; false where that could not be started.
    fn choose_folder(&mut self) -> bool;

    /// Reads the clipboard; false where that could not be started.
    fn paste(&mut self) -> bool;

    /// Takes a picture of the screen once the window, which is told to go beforehand, is gone; false where that could
    /// not be started. A picture or a reason comes in every case, for the window comes back with it.
    fn take_screen(&mut self, area: Area) -> bool;

    /// Looks whether a photo or a folder can lie at this path; false where that could not be started.
    fn look_up(&mut self, path: PathBuf) -> bool;

    /// What has come in since, oldest first.
    fn poll(&mut self) -> Option<Arrival>;
}

/// What is called when something has come in.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// A channel for what comes in.
pub fn arrivals() -> (Sender<Arrival>, Receiver<Arrival>) {
    bounded(8)
}

/// The real one.
pub struct Outside {
    wake: Wake,
    arrivals: Receiver<Arrival>,
    sender: Sender<Arrival>,
    dialog_open: Arc<AtomicBool>,
}

impl Outside {
    /// `wake` is called after each arrival; `arrivals` may have begun before there was a window.
    pub fn new((sender, arrivals): (Sender<Arrival>, Receiver<Arrival>), wake: Wake) -> Self {
        Self {
            wake,
            arrivals,
            sender,
            dialog_open: Arc::new(AtomicBool::new(false)),
        }
    }

    /// What tells the window that an address on the web is held over it, from any thread.
    #[cfg(target_os = "linux")]
    pub fn teller_of_web_addresses(&self) -> impl Fn() + Send + 'static {
        let (sender, wake) = (self.sender.clone(), Arc::clone(&self.wake));
        move || {
            if sender.try_send(Arrival::WebAddress).is_ok() {
                wake();
            }
        }
    }

    fn on_thread(&self, name: &str, work: impl FnOnce() -> Arrival + Send + 'static) -> bool {
        let (sender, wake) = (self.sender.clone(), Arc::clone(&self.wake));
        let started = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            // A closed channel, or one that stays full, means that the window has stopped looking.
            if sender.send_timeout(work(), PATIENCE).is_ok() {
                wake();
            }
        });
        started
            .inspect_err(|error| log::error!("the thread {name} could not be started: {error}"))
            .is_ok()
    }
}

impl Outside {
    /// Shows a dialog, unless one is shown already.
    fn dialog(&self, show: impl FnOnce() -> Arrival + Send + 'static) -> bool {
        if self.dialog_open.swap(true, Ordering::SeqCst) {
            return true;
        }
        // macOS shows dialogs from the main thread only; it lets the window's events through meanwhile.
        if cfg!(target_os = "macos") {
            let arrival = show();
            self.dialog_open.store(false, Ordering::SeqCst);
            return self.sender.try_send(arrival).is_ok();
        }
        let open = Arc::clone(&self.dialog_open);
        let started = self.on_thread("dialog", move || {
            let arrival = show();
            open.store(false, Ordering::SeqCst);
            arrival
        });
        if !started {
            self.dialog_open.store(false, Ordering::SeqCst);
        }
        started
    }
}

impl Desktop for Outside {
    fn choose(&mut self) -> bool {
        self.dialog(choose_file)
    }

    fn choose_place(&mut self, name: &str, folder: Option<&Path>) -> bool {
        let (name, folder) = (name.to_owned(), folder.map(Path::to_owned));
        self.dialog(move || Arrival::Place(choose_place(&name, folder.as_deref())))
    }

    fn choose_folder(&mut self) -> bool {
        self.dialog(|| {
            let asked = Instant::now();
            let chosen = rfd::FileDialog::new().set_title(super::words::TITLE).pick_folder();
            Arrival::Folder(answered(asked, chosen))
        })
    }

    fn paste(&mut self) -> bool {
        self.on_thread("clipboard", read_clipboard)
    }

    fn take_screen(&mut self, area: Area) -> bool {
        self.on_thread("screen", move || take_screen(area))
    }

    fn look_up(&mut self, path: PathBuf) -> bool {
        self.on_thread("path", move || match std::fs::metadata(&path) {
            Ok(_) => Arrival::Found(path),
            Err(error) => Arrival::NotFound(io_sentence(error).to_string()),
        })
    }

    fn poll(&mut self) -> Option<Arrival> {
        self.arrivals.try_recv().ok()
    }
}

/// Shows the dialog and waits for the person.
fn choose_file() -> Arrival {
    let asked = Instant::now();
    let chosen = rfd::FileDialog::new()
        .set_title(super::words::TITLE)
        .add_filter(text!("dialog-photos"), &photo_endings())
        .pick_files();
    match chosen {
        Some(paths) if !paths.is_empty() => Arrival::Files(paths),
        Some(_) => Arrival::NothingChosen,
        None if was_missing(asked) => Arrival::NoDialog,
        None => Arrival::NothingChosen,
    }
}

/// Shows the dialog for a place to save a picture and waits for the person.
fn choose_place(name: &str, folder: Option<&Path>) -> SavePlace {
    let name = match folder {
        // rfd tells zenity no folder, but zenity takes one with the name.
        #[cfg(target_os = "linux")]
        Some(folder) if !crate::doctor::has_portal() => folder.join(name).to_string_lossy().into_owned(),
        _ => name.to_owned(),
    };
    let asked = Instant::now();
    let dialog = rfd::FileDialog::new()
        .set_title(super::words::TITLE)
        .add_filter(text!("dialog-pictures"), &["png"])
        .set_file_name(name);
    let dialog = match folder {
        Some(folder) => dialog.set_directory(folder),
        None => dialog,
    };
    answered(asked, dialog.save_file())
}

/// What a dialog that was asked for then has given.
fn answered(asked: Instant, chosen: Option<PathBuf>) -> SavePlace {
    match chosen {
        Some(path) => SavePlace::Chosen(path),
        None if was_missing(asked) => SavePlace::NoDialog,
        None => SavePlace::Cancelled,
    }
}

/// Whether a dialog that was asked for then and gave nothing was never there.
fn was_missing(asked: Instant) -> bool {
    cfg!(target_os = "linux") && on_path("zenity").is_none() && asked.elapsed() < TOO_FAST_FOR_A_PERSON
}

/// File dialogs on Linux tell "JPG" from "jpg", and cameras write the former.
fn photo_endings() -> Vec<String> {
    ENDINGS
        .iter()
        .flat_map(|ending| [(*ending).to_owned(), ending.to_uppercase()])
        .collect()
}

/// What was copied, or why there is nothing to paste.
fn read_clipboard() -> Arrival {
    match clipboard::read() {
        Ok(Copied::Files(files)) => Arrival::Files(files),
        Ok(Copied::Picture(picture)) => Arrival::Picture(picture),
        Err(ClipboardError::WebAddress) => Arrival::WebAddress,
        Err(error) => Arrival::NotPasted(error.to_string()),
    }
}

/// Takes the picture when the window, which has just been told to go, is out of the way.
fn take_screen(area: Area) -> Arrival {
    std::thread::sleep(GOING);
    // The window comes back with the answer, so that there has to be one.
    let taken = std::panic::catch_unwind(|| screen::take(area));
    let taken = taken.unwrap_or(Err(ScreenError::PortalGone));
    Arrival::Screen {
        area,
        taken: taken.map_err(|error| error.to_string()),
    }
}
