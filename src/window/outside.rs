//! What the window asks of the desktop: the file dialog and the clipboard, each on a named thread of its own.
//!
//! Either may take as long as another program likes, so the window only ever looks into a channel.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};
use image::RgbImage;

use crate::doctor::on_path;
use crate::photo::io_sentence;
use crate::roll::ENDINGS;
use crate::text;

/// Ways in which a file dialog that could not be shown differs from one that was closed: it is back at once.
const TOO_FAST_FOR_A_PERSON: Duration = Duration::from_millis(500);

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
    /// The clipboard holds neither a picture nor a file.
    NothingToPaste,
    /// The clipboard could not be read.
    NoClipboard,
    /// Where a picture is to be saved.
    Place(SavePlace),
}

/// Where the person wants something saved.
#[derive(Debug)]
pub enum SavePlace {
    /// In this file.
    Chosen(PathBuf),
    /// Nowhere: the dialog was closed.
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

    /// Reads the clipboard; false where that could not be started.
    fn paste(&mut self) -> bool;

    /// Looks whether a photo or a folder can lie at this path; false where that could not be started.
    fn look_up(&mut self, path: PathBuf) -> bool;

    /// What has come in since, oldest first.
    fn poll(&mut self) -> Option<Arrival>;
}

/// The real one.
pub struct Outside {
    wake: Arc<dyn Fn() + Send + Sync>,
    arrivals: Receiver<Arrival>,
    sender: Sender<Arrival>,
    dialog_open: Arc<AtomicBool>,
}

impl Outside {
    /// `wake` is called after each arrival.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (sender, arrivals) = bounded(8);
        Self {
            wake: Arc::new(wake),
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
            // A full or closed channel means that the window has stopped looking: nobody is left to tell.
            if sender.try_send(work()).is_ok() {
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

    fn paste(&mut self) -> bool {
        self.on_thread("clipboard", read_clipboard)
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
    match dialog.save_file() {
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

/// A copied file first, for file managers put its name and sometimes its icon there too; then a picture; then text
/// that is a path.
fn read_clipboard() -> Arrival {
    let mut clipboard = match arboard::Clipboard::new() {
        Ok(clipboard) => clipboard,
        Err(error) => {
            log::error!("the clipboard could not be opened: {error}");
            return Arrival::NoClipboard;
        }
    };
    if let Some(files) = clipboard.get().file_list().ok().filter(|files| !files.is_empty()) {
        return Arrival::Files(files);
    }
    if let Ok(picture) = clipboard.get_image() {
        return over_white(&picture).map_or(Arrival::NothingToPaste, Arrival::Picture);
    }
    match clipboard.get_text() {
        Ok(text) => told_by(&text),
        Err(_) => Arrival::NothingToPaste,
    }
}

/// Text that names existing files, one a line, as terminals and file managers copy it, or an address.
fn told_by(text: &str) -> Arrival {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let paths: Vec<PathBuf> = lines.map(PathBuf::from).collect();
    if !paths.is_empty() && paths.iter().all(|path| path.is_absolute() && path.exists()) {
        return Arrival::Files(paths);
    }
    if is_web_address(text.trim()) {
        return Arrival::WebAddress;
    }
    Arrival::NothingToPaste
}

/// Whether text is an address on the web, such as a browser gives with a picture.
pub fn is_web_address(text: &str) -> bool {
    ["http://", "https://", "data:image/"].iter().any(|scheme| {
        text.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    }) && !text.contains(char::is_whitespace)
}

/// RGBA as copied, with the alpha over white as everywhere else; none where the picture is no picture.
fn over_white(picture: &arboard::ImageData<'_>) -> Option<RgbImage> {
    let (width, height) = (u32::try_from(picture.width).ok()?, u32::try_from(picture.height).ok()?);
    let blend = |colour: u8, alpha: u8| {
        let (colour, alpha) = (u32::from(colour), u32::from(alpha));
        u8::try_from((colour * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(u8::MAX)
    };
    let rgb = picture
        .bytes
        .chunks_exact(4)
        .flat_map(|p| [blend(p[0], p[3]), blend(p[1], p[3]), blend(p[2], p[3])]);
    RgbImage::from_raw(width, height, rgb.collect()).filter(|image| image.width() > 0 && image.height() > 0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_transparent_pixel_is_pasted_as_white() {
        let bytes = vec![10, 20, 30, 255, 10, 20, 30, 0].into();
        let picture = over_white(&arboard::ImageData {
            width: 2,
            height: 1,
            bytes,
        })
        .unwrap();
        assert_eq!(picture.into_raw(), [10, 20, 30, 255, 255, 255]);
    }

    #[test]
    fn a_picture_without_pixels_is_none() {
        assert!(
            over_white(&arboard::ImageData {
                width: 0,
                height: 0,
                bytes: Vec::new().into()
            })
            .is_none()
        );
    }

    #[test]
    fn copied_text_is_photos_only_where_each_line_names_something_that_is_there() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_owned();
        for (text, expected) in [
            (format!("{}\n", path.display()), 1),
            (format!("{0}\r\n\n{0}", path.display()), 2),
        ] {
            match told_by(&text) {
                Arrival::Files(files) => assert_eq!(files, vec![path.clone(); expected]),
                other => panic!("{other:?}"),
            }
        }
        for text in [
            "a dog runs",
            "",
            "/no/such/file.png",
            &format!("{}\na dog", path.display()),
        ] {
            assert!(matches!(told_by(text), Arrival::NothingToPaste), "{text}");
        }
    }

    #[test]
    fn an_address_on_the_web_is_told_apart() {
        for text in [
            "https://example.org/cat.jpg",
            "HTTP://example.org/",
            "data:image/png;base64,iVBOR",
        ] {
            assert!(matches!(told_by(text), Arrival::WebAddress), "{text}");
        }
        assert!(!is_web_address("https://example.org is a page"));
        assert!(!is_web_address("ftp"));
    }
}
