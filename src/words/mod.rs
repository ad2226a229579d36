//! The words that a photo brings along, which are told before the machine's, and the alternative text that is saved in
//! it.
//!
//! They stand in XMP, Exif, IPTC-IIM and PNG's texts, or in a sidecar file beside the photo. Everything here is read from
//! files that come from outside: lengths are checked before anything is made of them, what is damaged is left out, and
//! nothing but a file that cannot be opened is an error. Changes are pieces that take the place of others in the file, so
//! that pixels and everything else stay as they are by construction.

mod boxes;
mod bytes;
mod edit;
mod error;
mod file;
mod iim;
mod jpeg;
mod junk;
mod mpf;
mod notes;
mod png;
mod save;
mod sidecar;
mod splice;
mod tiff;
mod webp;
mod xmp;

use std::path::{Path, PathBuf};

pub use edit::{Machine, NewWords};
pub use error::WordsError;
pub use save::{Manner, Saved, save};

use crate::language;
use file::Opened;
use notes::{Format, MAX_PACKET, Notes};
use xmp::{Phrase, Xmp};

/// How many characters an alternative text may have (IPTC Photo Metadata Standard).
pub const LIMIT: usize = 250;

/// How many it should have at most, to be heard in one go.
pub const AIM: usize = 125;

/// What the note calls the machine: this program, its version and the model.
pub fn machine(model: &str) -> String {
    format!("Hearsight {}, model {model}", env!("CARGO_PKG_VERSION"))
}

/// Words that a photo brings along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnWords {
    /// The words, as one line that may be shown and said.
    pub text: String,
    /// Their language as a BCP 47 tag, where it is told.
    pub language: Option<String>,
    /// Where they stand.
    pub field: Field,
    /// The sidecar that they stand in; none where they are in the photo itself.
    pub sidecar: Option<PathBuf>,
    /// Which machine has written them, where it was one and says so; else they are a person's.
    pub machine: Option<String>,
    /// The longer description that comes with them.
    pub extended: Option<String>,
}

/// Where words stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// XMP's alternative text, `Iptc4xmpCore:AltTextAccessibility`.
    AltText,
    /// XMP's longer description for accessibility, `Iptc4xmpCore:ExtDescrAccessibility`.
    Extended,
    /// XMP's description or caption, `dc:description`.
    Description,
    /// Exif's `ImageDescription`.
    ExifDescription,
    /// IPTC-IIM's caption, data set 2:120.
    Caption,
    /// PNG's texts `Description` and `Comment`.
    PngText,
    /// Exif's `UserComment` and Windows Explorer's `XPComment`.
    ExifComment,
}

impl Field {
    /// Its name for other programs.
    pub fn tag(self) -> &'static str {
        match self {
            Self::AltText => "alt_text",
            Self::Extended => "extended_description",
            Self::Description => "description",
            Self::ExifDescription => "exif_description",
            Self::Caption => "caption",
            Self::PngText => "png_text",
            Self::ExifComment => "exif_comment",
        }
    }
}

/// The words of the photo in this file or in the sidecar beside it, in the language of the interface where there are
/// several; none where it has none. A person's come before a machine's, the alternative text before other fields, and
/// the sidecar, which programs write later, before the photo.
///
/// # Errors
/// The photo cannot be opened. Words that cannot be read are left out.
pub fn of(photo: &Path) -> Result<Option<OwnWords>, WordsError> {
    let opened = Opened::read(photo)?;
    Ok(chosen(candidates(&opened.bytes, Sidecar::beside(photo).as_ref())))
}

/// The words in the bytes of a picture file, as some programs drop them.
pub fn within(bytes: &[u8]) -> Option<OwnWords> {
    chosen(candidates(bytes, None))
}

/// The words of a photo, with the first of a person before all that a machine has written.
fn chosen(mut candidates: Vec<OwnWords>) -> Option<OwnWords> {
    let extended = candidates.iter().find(|words| words.field == Field::Extended);
    let extended = extended.map(|words| words.text.clone());
    let first = candidates.iter().position(|words| words.machine.is_none()).unwrap_or(0);
    let words = (first < candidates.len()).then(|| candidates.swap_remove(first))?;
    let extended = extended.filter(|text| *text != words.text);
    Some(OwnWords { extended, ..words })
}

/// What is in a sidecar.
struct Sidecar {
    path: PathBuf,
    /// Its text without a byte order mark; none where it is no UTF-8.
    text: Option<String>,
}

impl Sidecar {
    /// The one beside the photo, where it can be read.
    fn beside(photo: &Path) -> Option<Self> {
        let path = sidecar::of(photo)?;
        match Opened::read(&path) {
            Ok(opened) => Some(Self {
                text: packet_text(&opened.bytes).map(str::to_owned),
                path,
            }),
            Err(error) => {
                log::info!("{}: {error}", path.display());
                None
            }
        }
    }

    fn xmp(&self) -> Option<Xmp> {
        read_packet(self.text.as_deref()?)
    }
}

/// The text of a packet without its byte order mark and the zeros that some programs put behind it.
fn packet_text(bytes: &[u8]) -> Option<&str> {
    if bytes.len() > MAX_PACKET {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?.trim_end_matches('\0');
    Some(text.trim_start_matches('\u{feff}'))
}

fn read_packet(text: &str) -> Option<Xmp> {
    xmp::read(text)
        .inspect_err(|error| log::info!("an XMP packet is left out: {error}"))
        .ok()
}

fn notes(bytes: &[u8]) -> Notes<'_> {
    Format::of(bytes).map(|format| format.notes(bytes)).unwrap_or_default()
}

/// All words, the likeliest to be meant first.
fn candidates(bytes: &[u8], sidecar: Option<&Sidecar>) -> Vec<OwnWords> {
    let notes = notes(bytes);
    let mut packets: Vec<(Option<PathBuf>, Xmp)> = Vec::new();
    if let Some(sidecar) = sidecar {
        packets.extend(sidecar.xmp().map(|xmp| (Some(sidecar.path.clone()), xmp)));
    }
    packets.extend(whole_packet(&notes).map(|xmp| (None, xmp)));

    let mut found = Vec::new();
    for field in [Field::AltText, Field::Extended, Field::Description] {
        for (sidecar, xmp) in &packets {
            let phrases = match field {
                Field::AltText => &xmp.alt,
                Field::Extended => &xmp.extended,
                _ => &xmp.description,
            };
            // A machine's text in our language does not hide a person's in another.
            let (persons, machines): (Vec<_>, Vec<_>) = clean_phrases(phrases)
                .map(|(text, language)| {
                    let machine = machine_of(xmp, &text).filter(|_| field == Field::AltText);
                    (text, language, machine)
                })
                .partition(|(.., machine)| machine.is_none());
            for phrases in [persons, machines] {
                found.extend(in_our_language(&phrases).map(|(text, language, machine)| OwnWords {
                    machine,
                    sidecar: sidecar.clone(),
                    language,
                    ..plain(field, text)
                }));
            }
        }
    }
    let exif = notes.exif.map(tiff::words).unwrap_or_default();
    let captions = notes.iim.iter().filter_map(|sets| iim::caption(sets));
    let captions: Vec<_> = captions.map(|caption| (Field::Caption, caption)).collect();
    let texts = notes.texts.into_iter().map(|(_, text)| (Field::PngText, text));
    let (comments, descriptions): (Vec<_>, Vec<_>) =
        exif.into_iter().partition(|(field, _)| *field == Field::ExifComment);
    let others = descriptions.into_iter().chain(captions).chain(texts).chain(comments);
    found.extend(others.filter_map(|(field, text)| Some(plain(field, junk::clean(&text)?))));
    // Nothing but people and programs for people writes into the fields for accessibility.
    let meant = |field| matches!(field, Field::AltText | Field::Extended);
    found.retain(|words| meant(words.field) || !junk::is_junk(&words.text));
    found
}

fn plain(field: Field, text: String) -> OwnWords {
    OwnWords {
        text,
        language: None,
        field,
        sidecar: None,
        machine: None,
        extended: None,
    }
}

/// The packet of a file with what its extension has more.
fn whole_packet(notes: &Notes<'_>) -> Option<Xmp> {
    let mut xmp = read_packet(packet_text(notes.packet.as_deref()?)?)?;
    let extension = xmp.extension.as_ref();
    let extension = extension.and_then(|name| notes.extensions.iter().find(|(known, _)| known == name));
    if let Some(more) = extension.and_then(|(_, bytes)| read_packet(packet_text(bytes)?)) {
        xmp.alt.extend(more.alt);
        xmp.extended.extend(more.extended);
        xmp.description.extend(more.description);
    }
    Some(xmp)
}

/// Which machine has written a text, where the note says that one has written exactly this.
fn machine_of(xmp: &Xmp, text: &str) -> Option<String> {
    let sentence = junk::clean(xmp.machine_text.as_deref()?)?;
    let name = xmp.machine_name.as_deref().and_then(junk::clean);
    (sentence == text).then(|| name.unwrap_or_default())
}

/// A text with its language, and the machine that has written it.
type Told = (String, Option<String>, Option<String>);

/// The texts of phrases, fit to be told, with their languages.
fn clean_phrases(phrases: &[Phrase]) -> impl Iterator<Item = (String, Option<String>)> {
    phrases
        .iter()
        .filter_map(|phrase| Some((junk::clean(&phrase.text)?, phrase.language.clone())))
}

/// The alternative in the language of the interface, else the one by default, else the first.
fn in_our_language(there: &[Told]) -> Option<Told> {
    let ours = language::current().tag();
    let is_ours = |tag: &str| {
        let main = tag.split(['-', '_']).next().unwrap_or_default();
        main.eq_ignore_ascii_case(ours)
    };
    let exact = there.iter().find(|(_, tag, _)| tag.as_deref().is_some_and(is_ours));
    let by_default = || there.iter().find(|(_, tag, _)| tag.is_none());
    let (text, tag, machine) = exact.or_else(by_default).or(there.first())?;
    // The default repeats one of the others, which tells its language.
    let twin = || there.iter().find(|(other, tag, _)| other == text && tag.is_some());
    let tag = tag.clone().or_else(|| twin().and_then(|(_, tag, _)| tag.clone()));
    Some((text.clone(), tag, machine.clone()))
}

/// Reads a packet, changes it and reads it again, for tests of broken packets: what was put in must be found, or nothing
/// was changed.
#[doc(hidden)]
pub fn try_packet(bytes: &[u8]) -> bool {
    let Some(text) = packet_text(bytes) else { return false };
    let Some(xmp) = read_packet(text) else { return false };
    save::check_change(text, &xmp);
    true
}

/// Reads a file, plans the change of its packet and reads the changed file, for tests of broken files; whether it could
/// be changed.
#[doc(hidden)]
pub fn try_file(bytes: &[u8]) -> bool {
    let _ = within(bytes);
    save::check_file(bytes)
}

#[cfg(test)]
mod tests;
