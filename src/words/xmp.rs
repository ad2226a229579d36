//! An XMP packet is read for what it says about the photo in words, and for where that stands.
//!
//! It comes from outside: it is gone through once, in time and memory that its length bounds; names are looked up only
//! where such words can stand, elements below that are passed over, and a document type, from which entities could grow,
//! is refused.

use std::ops::Range;

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// The namespace of RDF itself.
pub const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
/// The namespace of the alternative text (IPTC Photo Metadata Standard 2021.1).
pub const IPTC_CORE: &str = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/";
/// The namespace of Dublin Core.
const DUBLIN_CORE: &str = "http://purl.org/dc/elements/1.1/";
/// The namespace in which a packet names its extension (XMP part 3, 1.1.3.1).
const XMP_NOTE: &str = "http://ns.adobe.com/xmp/note/";
/// The namespace of our note about what a machine has written: a UUID, for it must be nobody else's.
pub const NOTE: &str = "urn:uuid:6f2d9a54-1c0b-4e8a-9b1d-7c35e2f08a61#";

/// Elements lie no deeper where words about the photo stand: xmpmeta, RDF, Description, property, Alt, li.
const DEEPEST: usize = 6;

/// More namespaces are in force nowhere in a packet that a program has written for people.
const MOST_NAMESPACES: usize = 256;

/// A text in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// Its language as a BCP 47 tag; none for the one that holds by default.
    pub language: Option<String>,
    /// The text as it stands there.
    pub text: String,
}

/// A packet as far as it concerns us.
#[derive(Debug, Default)]
pub struct Xmp {
    /// `Iptc4xmpCore:AltTextAccessibility`.
    pub alt: Vec<Phrase>,
    /// `Iptc4xmpCore:ExtDescrAccessibility`.
    pub extended: Vec<Phrase>,
    /// `dc:description`.
    pub description: Vec<Phrase>,
    /// The sentence that a machine has written, by our own note.
    pub machine_text: Option<String>,
    /// Which machine.
    pub machine_name: Option<String>,
    /// Whether a person has seen the sentence before it was saved.
    pub reviewed: bool,
    /// Names the extension of the packet, where it has one.
    pub extension: Option<String>,
    /// What an edit takes out, in order: the alternative text and our note, and descriptions that hold nothing else.
    pub ours: Vec<Range<usize>>,
    /// What `rdf:about` says, as it is written there.
    pub about: String,
    /// Where the list of properties ends; none where there is no such list.
    pub end: Option<End>,
}

/// The end of `rdf:RDF`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Its end tag begins here.
    Tag(usize),
    /// It has no content: this is its `/>`, and this its name.
    Empty(Range<usize>, String),
}

/// Why a packet cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum XmpError {
    /// It is no XML.
    #[error(transparent)]
    Xml(#[from] quick_xml::Error),
    /// It has a document type.
    #[error("doctype")]
    DocType,
    /// More namespaces than [`MOST_NAMESPACES`].
    #[error("namespaces")]
    Namespaces,
    /// It ends within an element.
    #[error("unclosed")]
    NoEnd,
}

/// The properties that we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Property {
    Alt,
    Extended,
    Description,
    MachineText,
    MachineName,
    Reviewed,
    Extension,
}

impl Property {
    fn named(namespace: &str, name: &str) -> Option<Self> {
        Some(match (namespace, name) {
            (IPTC_CORE, "AltTextAccessibility") => Self::Alt,
            (IPTC_CORE, "ExtDescrAccessibility") => Self::Extended,
            (DUBLIN_CORE, "description") => Self::Description,
            (NOTE, "MachineText") => Self::MachineText,
            (NOTE, "MachineName") => Self::MachineName,
            (NOTE, "ReviewedByPerson") => Self::Reviewed,
            (XMP_NOTE, "HasExtendedXMP") => Self::Extension,
            _ => return None,
        })
    }

    fn is_ours(self) -> bool {
        matches!(self, Self::Alt | Self::MachineText | Self::MachineName | Self::Reviewed)
    }
}

/// An element that is open.
#[derive(Debug)]
enum Frame {
    /// The root around RDF.
    Root,
    Rdf,
    /// A list of properties, with where it begins, what of it is ours, and whether there is anything else in it.
    Description {
        start: usize,
        ours: Vec<Range<usize>>,
        others: bool,
    },
    /// A property that we know, with where it begins and the text in it.
    Property(Property, usize, String),
    /// A property that we do not know.
    Unknown,
    /// Its alternatives.
    List(Property),
    /// One of them.
    Item(Property, Option<String>, String),
    /// Anything else.
    Other,
}

/// Reads a packet; `text` has no byte order mark.
///
/// # Errors
/// It is no XML, or more than any program writes.
pub fn read(text: &str) -> Result<Xmp, XmpError> {
    let mut reader = Reader::from_str(text);
    let mut walk = Walk {
        text,
        frames: Vec::new(),
        below: 0,
        namespaces: Vec::new(),
        xmp: Xmp::default(),
    };
    let mut start = 0;
    loop {
        let event = reader.read_event()?;
        // In a text in memory every position is one.
        let end = usize::try_from(reader.buffer_position()).unwrap_or(text.len());
        match event {
            Event::Start(tag) => walk.open(&tag, start)?,
            Event::Empty(tag) => {
                walk.open(&tag, start)?;
                walk.close(start, end, true);
            }
            Event::End(_) => walk.close(start, end, false),
            Event::Text(part) => walk.take(|| std::str::from_utf8(&part).ok().map(str::to_owned)),
            Event::CData(part) => walk.take(|| std::str::from_utf8(&part).ok().map(str::to_owned)),
            Event::GeneralRef(part) => walk.take(|| letter(&part)),
            Event::DocType(_) => return Err(XmpError::DocType),
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
        start = end;
    }
    if !walk.frames.is_empty() || walk.below > 0 {
        return Err(XmpError::NoEnd);
    }
    Ok(walk.xmp)
}

/// What `&amp;` or `&#44032;` stands for; nothing for entities of one's own.
fn letter(reference: &BytesRef<'_>) -> Option<String> {
    if reference.is_char_ref() {
        return reference.resolve_char_ref().ok()?.map(String::from);
    }
    let name: &[u8] = reference;
    let sign = match name {
        b"lt" => "<",
        b"gt" => ">",
        b"amp" => "&",
        b"apos" => "'",
        b"quot" => "\"",
        _ => return None,
    };
    Some(sign.to_owned())
}

struct Walk<'a> {
    text: &'a str,
    frames: Vec<Frame>,
    /// How many elements are open below the deepest that is looked at.
    below: usize,
    /// Prefixes with the depth of the element that binds them, the innermost last.
    namespaces: Vec<(usize, Vec<u8>, String)>,
    xmp: Xmp,
}

impl Walk<'_> {
    /// An element begins at `start`.
    fn open(&mut self, tag: &BytesStart<'_>, start: usize) -> Result<(), XmpError> {
        if self.below > 0 || self.frames.len() >= DEEPEST || matches!(self.frames.last(), Some(Frame::Other)) {
            self.below += 1;
            return Ok(());
        }
        self.bind(tag)?;
        let name = tag.name();
        let local = std::str::from_utf8(tag.local_name().into_inner())
            .unwrap_or_default()
            .to_owned();
        let namespace = self.namespace(name.prefix().map(|prefix| prefix.into_inner()));
        let rdf = namespace == RDF;
        let known = Property::named(&namespace, &local);
        let list = matches!(local.as_str(), "Alt" | "Bag" | "Seq");
        let frame = match self.frames.last_mut() {
            None | Some(Frame::Root) if rdf && local == "RDF" => Frame::Rdf,
            None => Frame::Root,
            Some(Frame::Rdf) if rdf && local == "Description" => self.description(tag, start),
            Some(Frame::Description { others, .. }) => {
                *others |= known.is_none_or(|known| !known.is_ours());
                known.map_or(Frame::Unknown, |known| Frame::Property(known, start, String::new()))
            }
            Some(Frame::Property(of, ..)) if rdf && list => Frame::List(*of),
            Some(Frame::List(of)) if rdf && local == "li" => Frame::Item(*of, language(tag), String::new()),
            _ => Frame::Other,
        };
        self.frames.push(frame);
        Ok(())
    }

    /// A list of properties, of which some may be written as attributes.
    fn description(&mut self, tag: &BytesStart<'_>, start: usize) -> Frame {
        let mut ours = Vec::new();
        let mut others = false;
        for attribute in attributes(tag) {
            let key = attribute.key;
            let Some(prefix) = key.prefix().map(|prefix| prefix.into_inner()) else {
                continue;
            };
            if prefix == b"xmlns" || prefix == b"xml" {
                continue;
            }
            let local = std::str::from_utf8(key.local_name().into_inner()).unwrap_or_default();
            let namespace = self.namespace(Some(prefix));
            if namespace == RDF && local == "about" {
                if let Ok(about) = std::str::from_utf8(&attribute.value) {
                    about.clone_into(&mut self.xmp.about);
                }
                continue;
            }
            let known = Property::named(&namespace, local);
            others |= known.is_none_or(|known| !known.is_ours());
            if let Some(known) = known {
                self.note(known, None, value(&attribute).unwrap_or_default());
                if known.is_ours()
                    && let Some(range) = self.place(&attribute)
                {
                    ours.push(range);
                }
            }
        }
        Frame::Description { start, ours, others }
    }

    /// Where an attribute stands, with the room before it.
    fn place(&self, attribute: &Attribute<'_>) -> Option<Range<usize>> {
        let at = |bytes: &[u8]| (bytes.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize);
        let (start, end) = (
            at(attribute.key.into_inner())?,
            at(&attribute.value)? + attribute.value.len() + 1,
        );
        let before = self.text.get(..start)?.trim_end().len();
        (end <= self.text.len()).then_some(before..end)
    }

    /// An element ends at `end`; its end tag, or the whole of it where it has no content, begins at `start`.
    fn close(&mut self, start: usize, end: usize, is_empty: bool) {
        if self.below > 0 {
            self.below -= 1;
            return;
        }
        let frame = self.frames.pop();
        match frame {
            Some(Frame::Rdf) => {
                self.xmp.end = Some(if is_empty {
                    let tag = self.text.get(start..end).unwrap_or_default();
                    let name = tag
                        .trim_start_matches('<')
                        .split(['/', ' ', '\t', '\r', '\n', '>'])
                        .next();
                    End::Empty(end.saturating_sub(2)..end, name.unwrap_or_default().to_owned())
                } else {
                    End::Tag(start)
                });
            }
            Some(Frame::Description { start, ours, others }) => {
                // What holds nothing but ours goes as a whole.
                if others {
                    self.xmp.ours.extend(ours);
                } else if !ours.is_empty() {
                    self.xmp.ours.push(self.with_room_before(start)..end);
                }
            }
            Some(Frame::Property(known, start, text)) => {
                if !text.trim().is_empty() {
                    self.note(known, None, text);
                }
                let range = self.with_room_before(start)..end;
                if let Some(Frame::Description { ours, .. }) = self.frames.last_mut()
                    && known.is_ours()
                {
                    ours.push(range);
                }
            }
            Some(Frame::Item(known, language, text)) => self.note(known, language, text),
            Some(Frame::Root | Frame::Unknown | Frame::List(_) | Frame::Other) | None => {}
        }
        let depth = self.frames.len();
        while self.namespaces.last().is_some_and(|(of, ..)| *of >= depth) {
            self.namespaces.pop();
        }
    }

    /// The position before the white space that precedes this one.
    fn with_room_before(&self, at: usize) -> usize {
        self.text.get(..at).map_or(at, |before| before.trim_end().len())
    }

    /// Takes a piece of text, where it belongs to anything.
    fn take(&mut self, piece: impl FnOnce() -> Option<String>) {
        if self.below > 0 {
            return;
        }
        if let Some(Frame::Property(_, _, text) | Frame::Item(_, _, text)) = self.frames.last_mut()
            && let Some(piece) = piece()
        {
            text.push_str(&piece);
        }
    }

    fn note(&mut self, property: Property, language: Option<String>, text: String) {
        let xmp = &mut self.xmp;
        match property {
            Property::Alt => xmp.alt.push(Phrase { language, text }),
            Property::Extended => xmp.extended.push(Phrase { language, text }),
            Property::Description => xmp.description.push(Phrase { language, text }),
            Property::MachineText => xmp.machine_text = Some(text),
            Property::MachineName => xmp.machine_name = Some(text),
            Property::Reviewed => xmp.reviewed = text.trim() == "True",
            Property::Extension => xmp.extension = Some(text.trim().to_owned()),
        }
    }

    /// Remembers the prefixes that an element binds.
    fn bind(&mut self, tag: &BytesStart<'_>) -> Result<(), XmpError> {
        let depth = self.frames.len();
        for attribute in attributes(tag) {
            let name = attribute.key.into_inner();
            let prefix = match name.strip_prefix(b"xmlns") {
                Some([]) => &[],
                Some([b':', prefix @ ..]) => prefix,
                _ => continue,
            };
            if self.namespaces.len() >= MOST_NAMESPACES {
                return Err(XmpError::Namespaces);
            }
            let uri = value(&attribute).unwrap_or_default();
            self.namespaces.push((depth, prefix.to_owned(), uri));
        }
        Ok(())
    }

    /// The namespace that a prefix stands for here; empty for none.
    fn namespace(&self, prefix: Option<&[u8]>) -> String {
        let prefix = prefix.unwrap_or_default();
        let bound = self.namespaces.iter().rev().find(|(_, known, _)| known == prefix);
        bound.map(|(_, _, uri)| uri.clone()).unwrap_or_default()
    }
}

/// The attributes that can be read. Whether one occurs twice is not checked, which would take time by the square.
fn attributes<'a>(tag: &'a BytesStart<'_>) -> impl Iterator<Item = Attribute<'a>> {
    let mut attributes = tag.attributes();
    attributes.with_checks(false);
    attributes.flatten()
}

fn value(attribute: &Attribute<'_>) -> Option<String> {
    let raw = std::str::from_utf8(&attribute.value).ok()?;
    unescape(raw).ok().map(|value| value.into_owned())
}

/// The language of an alternative; none for the one by default.
fn language(tag: &BytesStart<'_>) -> Option<String> {
    attributes(tag)
        .find(|attribute| attribute.key.into_inner() == b"xml:lang")
        .and_then(|attribute| value(&attribute))
        .filter(|language| !language.eq_ignore_ascii_case("x-default"))
}
