//! An XMP packet with an alternative text in it: only that text and our note about it change, and every other byte of
//! the packet stays.
//!
//! The standard has no field for who wrote an alternative text. IPTC's "digital source type" says where the *picture*
//! comes from: `trainedAlgorithmicMedia` is for "digital media created algorithmically", so that on a photo it would
//! claim that the photo itself was generated, and services label it so. "AI System Used" is about the picture too, and
//! "description writer" names the person who wrote the caption. What a machine has written is therefore noted in a
//! namespace of our own, with the sentence itself: where the alternative text is another one than that sentence, because
//! somebody has changed it with whatever program, it is that person's, and nobody has to remember to take a mark away.

use quick_xml::escape::partial_escape;

use super::xmp::{End, IPTC_CORE, NOTE, Phrase, RDF, Xmp};

/// The room that is left at the end of a packet for later changes in place (XMP part 1, 7.3.2: 2 to 4 kB).
const ROOM: usize = 2048;

/// A line of that room.
const LINE: usize = 100;

/// How a packet begins that we make.
const BEGIN: &str = "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n";
/// How every packet ends.
const TRAILER: &str = "<?xpacket end=";

/// A sentence that a machine has written, for the note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// The sentence as it was written, before a person changed anything.
    pub sentence: String,
    /// Which machine: the program, its version and the model.
    pub name: String,
    /// Whether a person has seen it before it is saved.
    pub reviewed: bool,
}

/// What is to be saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewWords {
    /// The alternative text.
    pub text: String,
    /// Its language as a BCP 47 tag.
    pub language: String,
    /// The machine's sentence that it is or was made from; none where a person has written it all.
    pub machine: Option<Machine>,
}

/// A new packet; `room` leaves some for later changes.
pub fn new_packet(words: &NewWords, room: bool) -> String {
    let body = format!(
        "{BEGIN}<x:xmpmeta xmlns:x=\"adobe:ns:meta/\" x:xmptk=\"Hearsight {}\">\n<rdf:RDF xmlns:rdf=\"{RDF}\">{}\n\
         </rdf:RDF>\n</x:xmpmeta>\n",
        env!("CARGO_PKG_VERSION"),
        description(words, &[], "")
    );
    body + &padding(if room { ROOM } else { 0 }) + TRAILER + "\"w\"?>"
}

/// The packet with the words in it. It stays as long as it is where its room allows it; none where it has no list of
/// properties. `xmp` is what was read from exactly this text.
pub fn changed_packet(text: &str, xmp: &Xmp, words: &NewWords) -> Option<String> {
    let kept: Vec<&Phrase> = xmp
        .alt
        .iter()
        .filter(|phrase| stays(phrase, xmp, &words.language))
        .collect();
    let block = description(words, &kept, &xmp.about);
    let mut changed = String::with_capacity(text.len() + block.len());
    let mut at = 0;
    for range in &xmp.ours {
        changed += text.get(at..range.start)?;
        at = range.end;
    }
    match xmp.end.as_ref()? {
        End::Tag(start) => {
            let before = text.get(at..*start)?;
            // The block has a line of its own, and so does what was before the end tag.
            changed += before.trim_end();
            changed += &block;
            changed.push('\n');
            at = *start;
        }
        End::Empty(range, name) => {
            changed += text.get(at..range.start)?;
            changed += &format!(">{block}\n</{name}>");
            at = range.end;
        }
    }
    let rest = text.get(at..)?;
    match rest.rfind(TRAILER) {
        Some(trailer) => {
            let (rest, trailer) = rest.split_at(trailer);
            changed += rest.trim_end();
            changed.push('\n');
            // As long as it was, or with new room.
            let left = text.len().checked_sub(changed.len() + trailer.len());
            changed += &padding(left.unwrap_or(ROOM));
            changed += trailer;
        }
        None => changed += rest,
    }
    Some(changed)
}

/// The same packet without room at its end, for places that have too little.
pub fn without_room(packet: &str) -> String {
    match packet.rfind(TRAILER) {
        Some(trailer) => format!("{}\n{}", packet[..trailer].trim_end(), &packet[trailer..]),
        None => packet.to_owned(),
    }
}

/// Whether an alternative stays beside one of this language: it is of another, or the one by default, which readers take
/// who do not ask for a language, where it repeats such a one.
pub fn stays(phrase: &Phrase, xmp: &Xmp, language: &str) -> bool {
    let is_other = |phrase: &Phrase| {
        phrase
            .language
            .as_ref()
            .is_some_and(|tag| !tag.eq_ignore_ascii_case(language))
    };
    let is_twin = |other: &Phrase| is_other(other) && other.text == phrase.text;
    is_other(phrase) || phrase.language.is_none() && xmp.alt.iter().any(is_twin)
}

/// Our list of properties. It declares every prefix itself, so that it stands in any packet.
fn description(words: &NewWords, kept: &[&Phrase], about: &str) -> String {
    let text = partial_escape(&words.text);
    let item = |language: &str, text: &str| {
        let language = quick_xml::escape::escape(language);
        format!("\n     <rdf:li xml:lang=\"{language}\">{text}</rdf:li>")
    };
    // The one by default comes first (XMP part 1, 8.2.2.4).
    let (default, others): (Vec<&Phrase>, Vec<&Phrase>) = kept.iter().partition(|phrase| phrase.language.is_none());
    let default = default.first().map(|phrase| partial_escape(phrase.text.as_str()));
    let mut items = item("x-default", &default.unwrap_or_else(|| text.clone())) + &item(&words.language, &text);
    for phrase in others {
        let language = phrase.language.as_deref().unwrap_or_default();
        items += &item(language, &partial_escape(phrase.text.as_str()));
    }
    let note = words.machine.as_ref().map(|machine| {
        format!(
            "\n   <hearsight:MachineText>{}</hearsight:MachineText>\
             \n   <hearsight:MachineName>{}</hearsight:MachineName>\
             \n   <hearsight:ReviewedByPerson>{}</hearsight:ReviewedByPerson>",
            partial_escape(&machine.sentence),
            partial_escape(&machine.name),
            if machine.reviewed { "True" } else { "False" }
        )
    });
    format!(
        "\n <rdf:Description xmlns:rdf=\"{RDF}\" rdf:about=\"{about}\"\n   xmlns:Iptc4xmpCore=\"{IPTC_CORE}\"\n   \
         xmlns:hearsight=\"{NOTE}\">\n   <Iptc4xmpCore:AltTextAccessibility>\n    <rdf:Alt>{items}\n    </rdf:Alt>\n   \
         </Iptc4xmpCore:AltTextAccessibility>{}\n </rdf:Description>",
        note.unwrap_or_default()
    )
}

/// White space of this length in lines.
fn padding(length: usize) -> String {
    (1..=length)
        .map(|at| if at % LINE == 0 || at == length { '\n' } else { ' ' })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::words::xmp;

    fn words(text: &str) -> NewWords {
        NewWords {
            text: text.to_owned(),
            language: "en".to_owned(),
            machine: Some(Machine {
                sentence: "a <dog> & a ball".to_owned(),
                name: "Hearsight, model tiny".to_owned(),
                reviewed: true,
            }),
        }
    }

    fn change(text: &str, words: &NewWords) -> String {
        changed_packet(text, &xmp::read(text).unwrap(), words).unwrap()
    }

    #[test]
    fn a_new_packet_has_the_words_by_default_and_in_their_language_and_says_who_wrote_them() {
        let packet = new_packet(&words("a <dog> & a ball"), true);
        let read = xmp::read(&packet).unwrap();
        let phrase = |language: Option<&str>| Phrase {
            language: language.map(str::to_owned),
            text: "a <dog> & a ball".to_owned(),
        };
        assert_eq!(read.alt, [phrase(None), phrase(Some("en"))]);
        assert_eq!(read.machine_text.as_deref(), Some("a <dog> & a ball"));
        assert_eq!(read.machine_name.as_deref(), Some("Hearsight, model tiny"));
        assert!(read.reviewed);
    }

    #[test]
    fn changing_again_and_again_keeps_the_length_and_leaves_nothing_behind() {
        let first = new_packet(&words("a dog"), true);
        let mut packet = first.clone();
        for text in ["a brown dog on a beach", "a", "a dog"] {
            packet = change(&packet, &words(text));
            assert_eq!(packet.len(), first.len());
            assert_eq!(xmp::read(&packet).unwrap().alt[0].text, text);
            assert_eq!(packet.matches("AltTextAccessibility>").count(), 2);
            assert_eq!(packet.matches("<rdf:Description").count(), 1);
        }
    }

    /// As programs write packets: properties as attributes and as elements, another prefix for RDF, entities, languages.
    const OTHERS: &str = "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>\n<x:xmpmeta xmlns:x='adobe:ns:meta/'>\
        <r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\n\
        <r:Description r:about='uuid:1' xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:Rating='3' \
        xmlns:i='http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/' i:AltTextAccessibility='short &amp; sweet' \
        xmlns:dc='http://purl.org/dc/elements/1.1/'>\n\
        <dc:description><r:Alt><r:li xml:lang='x-default'>Oma &#xE4;&lt;</r:li></r:Alt></dc:description>\n\
        <!-- <i:AltTextAccessibility>no</i:AltTextAccessibility> -->\n\
        <i:AltTextAccessibility>\n<r:Alt><r:li xml:lang='de'>ein Hund</r:li><r:li xml:lang='en'>old</r:li></r:Alt>\n\
        </i:AltTextAccessibility>\n<i:Location>Ulm</i:Location>\n</r:Description>\n</r:RDF></x:xmpmeta>\n\
        <?xpacket end='w'?>";

    #[test]
    fn in_a_packet_of_another_program_only_the_alternative_text_changes() {
        let read = xmp::read(OTHERS).unwrap();
        assert_eq!(read.alt.len(), 3);
        assert_eq!(read.alt[0].text, "short & sweet");
        assert_eq!(read.description[0].text, "Oma ä<");
        let changed = change(OTHERS, &words("a dog"));
        let again = xmp::read(&changed).unwrap();
        let german = Phrase {
            language: Some("de".to_owned()),
            text: "ein Hund".to_owned(),
        };
        assert_eq!(again.alt.len(), 3);
        assert_eq!((again.alt[0].text.as_str(), &again.alt[2]), ("a dog", &german));
        assert_eq!(again.about, "uuid:1");
        assert_eq!(again.description, read.description);
        // What was not ours is there as it was, byte for byte and in order.
        let mut expected = OTHERS.to_owned();
        for range in read.ours.iter().rev() {
            expected.replace_range(range.clone(), "");
        }
        let end = expected.find("\n</r:RDF>").unwrap();
        assert!(changed.starts_with(&expected[..end]), "{changed}");
        assert!(changed.contains("xmp:Rating='3'") && changed.contains("<!-- <i:Alt") && changed.contains("Ulm"));
    }

    #[test]
    fn a_text_in_another_language_joins_the_others_and_the_default_stays() {
        let packet = change(
            &new_packet(&words("a dog"), true),
            &NewWords {
                text: "강아지".to_owned(),
                language: "ko".to_owned(),
                machine: None,
            },
        );
        let read = xmp::read(&packet).unwrap();
        let found: Vec<_> = read
            .alt
            .iter()
            .map(|phrase| (phrase.language.as_deref(), phrase.text.as_str()))
            .collect();
        assert_eq!(found, [(None, "a dog"), (Some("ko"), "강아지"), (Some("en"), "a dog")]);
        // The note goes with the sentence that it is about.
        assert_eq!(read.machine_text, None);
    }

    #[test]
    fn an_empty_list_of_properties_is_opened() {
        let text = format!("<rdf:RDF xmlns:rdf=\"{RDF}\"/>");
        let changed = change(&text, &words("a dog"));
        assert_eq!(xmp::read(&changed).unwrap().alt[0].text, "a dog");
        assert!(changed.ends_with("</rdf:RDF>"));
    }
}
