//! What the two processes say to each other.
//!
//! The command names the memory in megabytes, then what is asked for. A file comes as its length, eight bytes with the
//! least significant first, and its content. The answer is a byte: 0 or 1 before width, height (four bytes each) and
//! pixels of a picture, 1 where it is cut; else the number of an error. Nothing that the process says is taken at its
//! word: sizes have bounds, and names and sentences come from the asking side.

use std::io::{self, ErrorKind, Read, Write};

use image::RgbImage;

use super::powers::Powers;
use crate::photo::decode::{Decoded, check_size};
use crate::photo::format::Format;
use crate::photo::{MAX_FILE_BYTES, PhotoError};

/// What a process is started for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task {
    /// Megabytes that it may use.
    pub memory: u64,
    /// Whether it opens libheif.
    pub with_heif: bool,
    /// Whether it only tries out what it may do.
    pub tries_powers: bool,
}

impl Task {
    /// As arguments of the command.
    pub fn words(&self) -> Vec<String> {
        let mut words = vec![self.memory.to_string()];
        words.extend(self.with_heif.then(|| HEIF.to_owned()));
        words.extend(self.tries_powers.then(|| POWERS.to_owned()));
        words
    }

    /// From arguments of the command; none where they are no task.
    pub fn from_words(words: &[String]) -> Option<Self> {
        let (memory, rest) = words.split_first()?;
        let known = rest.iter().all(|word| word == HEIF || word == POWERS);
        Some(Self {
            memory: memory.parse().ok().filter(|_| known)?,
            with_heif: rest.iter().any(|word| word == HEIF),
            tries_powers: rest.iter().any(|word| word == POWERS),
        })
    }
}

const HEIF: &str = "heif";
const POWERS: &str = "powers";

/// Sends a file to be decoded.
pub fn write_file(output: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    output.write_all(&(bytes.len() as u64).to_le_bytes())?;
    output.write_all(bytes)?;
    output.flush()
}

/// Receives a file; none where the other side has ended.
pub fn read_file(input: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 8];
    match input.read_exact(&mut length) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let length = u64::from_le_bytes(length);
    if length > MAX_FILE_BYTES {
        return Err(ErrorKind::InvalidData.into());
    }
    exactly(input, length).map(Some)
}

/// Sends what became of a file.
pub fn write_answer(output: &mut impl Write, decoded: Result<Decoded, PhotoError>) -> io::Result<()> {
    match decoded {
        Ok(Decoded { pixels, is_cut }) => {
            output.write_all(&[u8::from(is_cut)])?;
            output.write_all(&pixels.width().to_le_bytes())?;
            output.write_all(&pixels.height().to_le_bytes())?;
            output.write_all(pixels.as_raw())?;
        }
        Err(error) => output.write_all(&[number(&error)])?,
    }
    output.flush()
}

/// Receives what became of a file of that format.
pub fn read_answer(input: &mut impl Read, format: Format) -> io::Result<Result<Decoded, PhotoError>> {
    let [kind] = array(input)?;
    let is_cut = match kind {
        0 => false,
        1 => true,
        number => return error(number, format).map(Err).ok_or(ErrorKind::InvalidData.into()),
    };
    let (width, height) = (u32::from_le_bytes(array(input)?), u32::from_le_bytes(array(input)?));
    if check_size(width, height).is_err() {
        return Err(ErrorKind::InvalidData.into());
    }
    let samples = exactly(input, u64::from(width) * u64::from(height) * 3)?;
    let pixels = RgbImage::from_raw(width, height, samples).ok_or(ErrorKind::InvalidData)?;
    Ok(Ok(Decoded { pixels, is_cut }))
}

/// Sends what the process can do, as JSON to its end.
pub fn write_powers(output: &mut impl Write, powers: &Powers) -> io::Result<()> {
    serde_json::to_writer(&mut *output, powers)?;
    output.flush()
}

/// Receives that.
pub fn read_powers(input: &mut impl Read) -> io::Result<Powers> {
    let mut text = Vec::new();
    input.take(1000).read_to_end(&mut text)?;
    Ok(serde_json::from_slice(&text)?)
}

fn array<const N: usize>(input: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// So many bytes. Room that the system gives cleared is not touched before it is read into, and one long read takes what
/// the pipe has at once.
fn exactly(input: &mut impl Read, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(length).map_err(|_| ErrorKind::OutOfMemory)?];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// The errors that decoding a file may end in, and their numbers.
fn number(error: &PhotoError) -> u8 {
    match error {
        PhotoError::Empty => 2,
        PhotoError::NotAPicture => 3,
        PhotoError::Unsupported(_) => 4,
        PhotoError::UnsupportedKind(_) => 5,
        PhotoError::TooManyPixels => 6,
        PhotoError::TooMuchMemory => 7,
        PhotoError::EndsEarly => 8,
        PhotoError::NoLibrary(_) => 9,
        PhotoError::NoPreview => 10,
        PhotoError::NothingInFrames => 11,
        _ => 12,
    }
}

fn error(number: u8, format: Format) -> Option<PhotoError> {
    let name = || format.name().to_owned();
    Some(match number {
        2 => PhotoError::Empty,
        3 => PhotoError::NotAPicture,
        4 => PhotoError::Unsupported(name()),
        5 => PhotoError::UnsupportedKind(name()),
        6 => PhotoError::TooManyPixels,
        7 => PhotoError::TooMuchMemory,
        8 => PhotoError::EndsEarly,
        9 => PhotoError::NoLibrary(name()),
        10 => PhotoError::NoPreview,
        11 => PhotoError::NothingInFrames,
        12 => PhotoError::Damaged,
        _ => return None,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn said(answer: &[u8]) -> Option<Result<Decoded, PhotoError>> {
        read_answer(&mut &*answer, Format::Jxl).ok()
    }

    #[test]
    fn files_answers_and_tasks_arrive_as_they_were_sent() {
        let mut sent = Vec::new();
        write_file(&mut sent, b"one").unwrap();
        write_file(&mut sent, b"").unwrap();
        let mut input = &*sent;
        assert_eq!(read_file(&mut input).unwrap().unwrap(), b"one");
        assert_eq!(read_file(&mut input).unwrap().unwrap(), b"");
        assert!(read_file(&mut input).unwrap().is_none());

        let pixels = RgbImage::from_fn(3, 2, |x, y| image::Rgb([x as u8, y as u8, 7]));
        let mut sent = Vec::new();
        write_answer(
            &mut sent,
            Ok(Decoded {
                pixels: pixels.clone(),
                is_cut: true,
            }),
        )
        .unwrap();
        let decoded = said(&sent).unwrap().unwrap();
        assert_eq!((decoded.pixels, decoded.is_cut), (pixels, true));

        let task = Task {
            memory: 12,
            with_heif: true,
            tries_powers: false,
        };
        assert_eq!(Task::from_words(&task.words()), Some(task));
        assert_eq!(Task::from_words(&["12".to_owned(), "shell".to_owned()]), None);
    }

    #[test]
    fn each_error_keeps_its_sentence() {
        for number in 2..=12 {
            let mut sent = Vec::new();
            let expected = error(number, Format::Jxl).unwrap();
            write_answer(&mut sent, error(number, Format::Jxl).map(Err).unwrap()).unwrap();
            assert_eq!(said(&sent).unwrap().unwrap_err().to_string(), expected.to_string());
        }
    }

    #[test]
    fn an_answer_that_lies_about_its_size_or_ends_early_is_none() {
        let mut size = vec![0];
        size.extend(100_000_u32.to_le_bytes());
        size.extend(100_000_u32.to_le_bytes());
        assert!(said(&size).is_none());
        assert!(said(&[0, 1, 0, 0, 0, 1, 0, 0, 0, 9]).is_none());
        assert!(said(&[0, 0, 0, 0, 0, 1, 0, 0, 0]).is_none());
        assert!(said(&[77]).is_none());
        assert!(said(&[]).is_none());
    }
}
