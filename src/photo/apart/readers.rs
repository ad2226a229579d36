//! The processes that decode: started when one is needed, kept for the next photo, replaced when they die.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::powers::Powers;
use super::protocol::Task;
use super::reader::{Death, Reader};
use crate::photo::decode::Decoded;
use crate::photo::format::Format;
use crate::photo::{Photo, PhotoError};

/// How long and with how much memory a process may decode a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From the file's first byte to the last pixel. Two hundred megapixels take some seconds.
    pub time: Duration,
    /// Megabytes of memory. Two hundred megapixels that have to be turned take twelve hundred, a progressive JPEG of
    /// them as much again, and the file may have five hundred.
    pub megabytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(60),
            megabytes: 3072,
        }
    }
}

/// Processes that decode, of one program.
pub struct Readers {
    program: PathBuf,
    limits: Limits,
    /// Those that wait, each with whether it has opened libheif.
    idle: Mutex<Vec<(bool, Reader)>>,
}

impl Readers {
    /// None is started yet. The `main` of `program` asks [`serve`](super::serve) first.
    pub fn new(program: &Path, limits: Limits) -> Self {
        Self {
            program: program.to_owned(),
            limits,
            idle: Mutex::new(Vec::new()),
        }
    }

    /// Starts a process, so that the first photo need not wait for it. What fails is told with that photo.
    pub fn get_ready(&self) {
        match self.start(false) {
            Ok(reader) => self.put(false, reader),
            Err(error) => log::warn!("no process that decodes could be started: {error}"),
        }
    }

    /// Has the bytes of a file decoded to a photo; `name` is what it is called in messages.
    ///
    /// # Errors
    /// As [`Photo::open`]; or that decoding took too long, too much memory, or crashed.
    pub fn photo(&self, name: &str, bytes: &[u8]) -> Result<Photo, PhotoError> {
        Photo::decoded(name, bytes, |bytes| self.decode(bytes))
    }

    pub(super) fn decode(&self, bytes: &[u8]) -> Result<Decoded, PhotoError> {
        // What is no picture costs no process.
        let format = Format::of(bytes)?;
        let with_heif = matches!(format, Format::Heic | Format::Avif);
        let waiting = self.take(with_heif);
        let is_fresh = waiting.is_none();
        let reader = match waiting {
            Some(reader) => reader,
            None => self.start(with_heif)?,
        };
        match self.ask(reader, bytes, format, with_heif) {
            Err(Death::Crashed | Death::Hungry) if !is_fresh => {
                // It may have suffered from an earlier photo, or been ended by somebody: a fresh one decides.
                let reader = self.start(with_heif)?;
                self.ask(reader, bytes, format, with_heif)
            }
            answer => answer,
        }
        .unwrap_or_else(|death| {
            Err(match death {
                Death::Late => PhotoError::TooSlow(self.limits.time.as_secs()),
                Death::Hungry => PhotoError::TooMuchMemory,
                Death::Crashed => PhotoError::DecoderCrashed,
            })
        })
    }

    /// What such a process may still do, found out by trying.
    ///
    /// # Errors
    /// It could not be started, or did not answer.
    pub fn powers(&self) -> Result<Powers, PhotoError> {
        let task = Task {
            memory: self.limits.megabytes,
            with_heif: true,
            tries_powers: true,
        };
        Reader::start(&self.program, &task)
            .map_err(PhotoError::NoDecoder)?
            .powers(self.limits.time)
            .map_err(|_| PhotoError::DecoderCrashed)
    }

    /// The numbers of the processes that wait for a photo.
    pub fn ids(&self) -> Vec<u32> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.iter().map(|(_, reader)| reader.id()).collect()
    }

    fn ask(
        &self,
        mut reader: Reader,
        bytes: &[u8],
        format: Format,
        with_heif: bool,
    ) -> Result<Result<Decoded, PhotoError>, Death> {
        let answer = reader.decode(bytes, format, self.limits.time)?;
        self.put(with_heif, reader);
        Ok(answer)
    }

    fn start(&self, with_heif: bool) -> Result<Reader, PhotoError> {
        let task = Task {
            memory: self.limits.megabytes,
            with_heif,
            tries_powers: false,
        };
        Reader::start(&self.program, &task).map_err(PhotoError::NoDecoder)
    }

    fn take(&self, with_heif: bool) -> Option<Reader> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let at = idle.iter().position(|(heif, _)| *heif == with_heif)?;
        Some(idle.swap_remove(at).1)
    }

    fn put(&self, with_heif: bool, reader: Reader) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push((with_heif, reader));
    }
}
