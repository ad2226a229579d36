//! Pictures from outside are decoded by a process of their own: this program, started with a hidden command.
//!
//! A decoder is where a broken or hostile file does its harm. That process gets the bytes of a file and gives pixels
//! back, over pipes. It may open no file, use no network and start no program ([`sandbox`]), its memory is bounded, and
//! it is ended when it takes too long, so that a decoder's fault costs one photo. It stays for the next photo, since
//! starting one for each would cost some milliseconds.
//!
//! [`decode_apart`] switches it on for the whole process, as the program does. Until then photos are decoded in this
//! process, as training does with photos that it trusts.

mod child;
mod powers;
mod protocol;
mod reader;
mod readers;
#[cfg(unix)]
mod sandbox;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

pub use child::serve;
pub use powers::Powers;
pub use readers::{Limits, Readers};

use super::PhotoError;
use super::decode::Decoded;

static READERS: OnceLock<Readers> = OnceLock::new();

/// From now on every picture that this process opens is decoded by processes of its program, whose `main` asks
/// [`serve`] first; one of them is started at once, to be ready when a photo comes.
///
/// A second call changes nothing.
pub fn decode_apart() {
    READERS
        .get_or_init(|| Readers::new(&this_program(), Limits::default()))
        .get_ready();
}

/// Decodes where it was chosen: in a process of its own or here.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded, PhotoError> {
    match READERS.get() {
        Some(readers) => readers.decode(bytes),
        None => child::decode_here(bytes),
    }
}

/// What processes of this program that decode may still do, found out by trying.
///
/// # Errors
/// No such process could be started, or it did not answer.
pub fn powers() -> Result<Powers, PhotoError> {
    Readers::new(&this_program(), Limits::default()).powers()
}

/// The file of this program; on Linux the one that runs, also where an update has put another into its place.
fn this_program() -> PathBuf {
    let running = Path::new("/proc/self/exe");
    if cfg!(target_os = "linux") && running.exists() {
        return running.to_owned();
    }
    std::env::current_exe().unwrap_or_default()
}
