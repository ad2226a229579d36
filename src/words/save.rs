//! Saving an alternative text in a photo or beside it, never in the place of a person's unasked.

use std::path::{Path, PathBuf};

use super::edit::{changed_packet, new_packet, stays};
use super::file::{self, Opened};
use super::notes::{Format, Hurdle};
use super::xmp::{Phrase, Xmp};
use super::{Field, LIMIT, NewWords, OwnWords, Sidecar, WordsError, junk, sidecar, splice};
use super::{candidates, clean_phrases, machine_of, notes, packet_text, plain, read_packet, whole_packet};

/// How words are to be saved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    /// In the place of a person's text, if there is one.
    pub replace: bool,
    /// With a copy of the file as it was.
    pub backup: bool,
    /// In a sidecar, and not in the photo.
    pub beside: bool,
}

/// What was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The photo or its sidecar, which has the words now.
    pub path: PathBuf,
    /// The copy of that file as it was.
    pub backup: Option<PathBuf>,
    /// The words as they are told from now on.
    pub words: OwnWords,
}

/// Endings of cameras' raw data that are built as TIFF: their programs keep words beside them, and expect nothing in
/// them to change.
const TIFF_ENDINGS: [&str; 2] = ["tif", "tiff"];

/// Saves an alternative text in the photo, or in the sidecar that has one already. Everything else of the file stays as
/// it is: every byte, its times, its permissions.
///
/// # Errors
/// The words are none or too many, a person's text stands there, the file cannot be changed safely, or the system fails.
/// Nothing is changed then.
pub fn save(photo: &Path, words: &NewWords, manner: Manner) -> Result<Saved, WordsError> {
    let text = junk::clean(&words.text).ok_or(WordsError::Empty)?;
    let count = text.chars().count();
    if count > LIMIT {
        return Err(WordsError::TooLong(count));
    }
    let words = NewWords { text, ..words.clone() };
    let opened = Opened::read(photo)?;
    let beside = Sidecar::beside(photo);
    if !manner.replace
        && let Some(there) = in_the_way(&opened.bytes, beside.as_ref(), &words)
    {
        return Err(WordsError::There(Box::new(there)));
    }
    // A sidecar that has a text is told first, so that this is where it changes.
    let has_text = |sidecar: &Sidecar| sidecar.xmp().is_some_and(|xmp| !xmp.alt.is_empty());
    let saved = match beside {
        Some(sidecar) if manner.beside || has_text(&sidecar) => in_sidecar(sidecar, &words, manner)?,
        None if manner.beside => {
            let [path, _] = sidecar::names(photo);
            file::create(&path, new_packet(&words, false).as_bytes())?;
            (path, None)
        }
        _ => in_photo(photo, &opened, &words, manner)?,
    };
    let (path, backup) = saved;
    Ok(Saved {
        words: told(photo, &path, words),
        path,
        backup,
    })
}

/// A person's text in whose place the words would come.
fn in_the_way(bytes: &[u8], beside: Option<&Sidecar>, words: &NewWords) -> Option<OwnWords> {
    let find = |xmp: Xmp, sidecar: Option<&Path>| {
        let goes = xmp.alt.iter().filter(|phrase| !stays(phrase, &xmp, &words.language));
        let goes: Vec<Phrase> = goes.cloned().collect();
        let (text, language) =
            clean_phrases(&goes).find(|(text, _)| *text != words.text && machine_of(&xmp, text).is_none())?;
        Some(OwnWords {
            language,
            sidecar: sidecar.map(Path::to_owned),
            ..plain(Field::AltText, text)
        })
    };
    let in_sidecar = beside.and_then(|sidecar| find(sidecar.xmp()?, Some(&sidecar.path)));
    in_sidecar.or_else(|| find(whole_packet(&notes(bytes))?, None))
}

/// The words as they are told from now on.
fn told(photo: &Path, path: &Path, words: NewWords) -> OwnWords {
    let machine = words.machine.filter(|machine| machine.sentence == words.text);
    OwnWords {
        text: words.text,
        language: Some(words.language),
        field: Field::AltText,
        sidecar: (path != photo).then(|| path.to_owned()),
        machine: machine.map(|machine| machine.name),
        extended: None,
    }
}

fn in_photo(
    photo: &Path,
    opened: &Opened,
    words: &NewWords,
    manner: Manner,
) -> Result<(PathBuf, Option<PathBuf>), WordsError> {
    let changed = changed(&opened.bytes, Some(photo), words)?;
    let backup = opened.replace(&changed, manner.backup)?;
    Ok((photo.to_owned(), backup))
}

fn in_sidecar(sidecar: Sidecar, words: &NewWords, manner: Manner) -> Result<(PathBuf, Option<PathBuf>), WordsError> {
    let Sidecar { path, .. } = sidecar;
    // Read anew, together with what tells whether it changes meanwhile.
    let opened = Opened::read(&path)?;
    let changed = packet_text(&opened.bytes).and_then(|text| {
        let xmp = read_packet(text)?;
        let changed = changed_packet(text, &xmp, words)?;
        let mark = if opened.bytes.starts_with("\u{feff}".as_bytes()) {
            "\u{feff}"
        } else {
            ""
        };
        Some(mark.to_owned() + &changed)
    });
    let changed = changed.ok_or_else(|| WordsError::SidecarDamaged(path.clone()))?;
    let backup = opened.replace(changed.as_bytes(), manner.backup)?;
    Ok((path, backup))
}

/// A photo's bytes with the words in them, checked: they say what they should, and have all other words that they had.
fn changed(bytes: &[u8], photo: Option<&Path>, words: &NewWords) -> Result<Vec<u8>, WordsError> {
    let format = Format::of(bytes).ok_or(WordsError::NoPlace)?;
    if format == Format::Tiff
        && let Some(ending) = photo.and_then(Path::extension)
        && !TIFF_ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))
    {
        return Err(WordsError::NoPlace);
    }
    let packet = match format.notes(bytes).packet {
        None => new_packet(words, true),
        Some(packet) => {
            let text = packet_text(&packet).ok_or(WordsError::Damaged)?;
            let xmp = read_packet(text).ok_or(WordsError::Damaged)?;
            changed_packet(text, &xmp, words).ok_or(WordsError::Damaged)?
        }
    };
    let splices = format.put(bytes, &packet).map_err(|hurdle| match hurdle {
        Hurdle::Format => WordsError::NoPlace,
        Hurdle::Damaged => WordsError::Damaged,
        Hurdle::Room => WordsError::NoRoom,
    })?;
    let changed = splice::applied(bytes, &splices).ok_or(WordsError::Damaged)?;
    let others = |bytes: &[u8]| {
        let mut others = candidates(bytes, None);
        others.retain(|there| there.field != Field::AltText);
        others
    };
    let is_there = whole_packet(&notes(&changed)).is_some_and(|xmp| has(&xmp, words));
    if !is_there || others(bytes) != others(&changed) {
        log::warn!("the changed file would not say what it should");
        return Err(WordsError::Damaged);
    }
    Ok(changed)
}

/// Whether a packet has the words, in their language alone.
fn has(xmp: &Xmp, words: &NewWords) -> bool {
    let is_ours = |tag: &Option<String>| {
        tag.as_ref()
            .is_some_and(|tag| tag.eq_ignore_ascii_case(&words.language))
    };
    let mut ours = xmp.alt.iter().filter(|phrase| is_ours(&phrase.language));
    ours.next().is_some_and(|phrase| phrase.text == words.text) && ours.next().is_none()
}

/// For tests of broken files: whether the words can be put in, which [`changed`] checks.
pub fn check_file(bytes: &[u8]) -> bool {
    changed(bytes, None, &example()).is_ok()
}

/// For tests of broken packets: a changed one can be read, and has the words.
pub fn check_change(text: &str, xmp: &Xmp) {
    let words = example();
    if let Some(changed) = changed_packet(text, xmp, &words) {
        let again = read_packet(&changed);
        assert!(again.is_some_and(|xmp| has(&xmp, &words)));
    }
}

fn example() -> NewWords {
    NewWords {
        text: "dog".to_owned(),
        language: "en".to_owned(),
        machine: None,
    }
}
