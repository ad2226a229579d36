//! The voices that the platform offers, in readable form.

use super::tag::{primary, same};

/// A voice that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct VoiceChoice {
    /// What people read: "English (America)".
    pub name: String,
    /// The language that it speaks, as a BCP 47 tag.
    pub language: String,
    /// What the platform calls it, and what is kept in [`Manner::voices`](super::Manner::voices).
    pub id: String,
}

impl VoiceChoice {
    /// Whether it speaks this language, in whatever region.
    pub fn speaks(&self, language: &str) -> bool {
        same(primary(&self.language), primary(language))
    }
}

/// The voices that speak `language` (none: any) and whose name or language holds each word of `typed`, in whatever
/// case.
pub fn filter<'a>(voices: &'a [VoiceChoice], language: Option<&str>, typed: &str) -> Vec<&'a VoiceChoice> {
    let wanted: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
    let fits = |voice: &&VoiceChoice| {
        let text = format!("{} {}", voice.name, voice.language).to_lowercase();
        language.is_none_or(|language| voice.speaks(language)) && wanted.iter().all(|word| text.contains(word))
    };
    voices.iter().filter(fits).collect()
}

/// The list as people can read it: in order of names, nothing twice, and without the thousands of variants that
/// espeak-ng makes of each voice ("Korean+Adam").
pub(super) fn readable(found: impl IntoIterator<Item = (String, String)>) -> Vec<VoiceChoice> {
    let mut voices: Vec<VoiceChoice> = found
        .into_iter()
        .filter(|(id, _)| !id.contains('+') && !id.trim().is_empty() && !id.chars().any(char::is_control))
        .map(|(id, language)| VoiceChoice {
            name: id.split_whitespace().collect::<Vec<_>>().join(" ").replace('_', " "),
            language,
            id,
        })
        .collect();
    voices.sort();
    voices.dedup();
    voices
}

#[cfg(test)]
mod tests {
    use super::{VoiceChoice, filter, readable};

    fn voices() -> Vec<VoiceChoice> {
        let found = [
            ("Korean", "ko"),
            ("Korean+Adam", "ko"),
            ("English (America)", "en-US"),
            ("English (Great Britain)", "en-GB"),
            ("Cherokee ", "chr-US-QAAA-X-WEST"),
            ("Korean", "ko"),
        ];
        readable(found.map(|(id, language)| (id.to_owned(), language.to_owned())))
    }

    fn names(voices: &[&VoiceChoice]) -> Vec<String> {
        voices.iter().map(|voice| voice.name.clone()).collect()
    }

    #[test]
    fn variants_and_repetitions_are_left_out_and_names_are_in_order() {
        let all = voices();
        let names = names(&all.iter().collect::<Vec<_>>());
        assert_eq!(
            names,
            ["Cherokee", "English (America)", "English (Great Britain)", "Korean"]
        );
        assert_eq!(all[0].id, "Cherokee ", "the platform knows it by its own name");
    }

    #[test]
    fn a_language_and_typed_words_narrow_the_list() {
        let all = voices();
        assert_eq!(names(&filter(&all, Some("ko-KR"), "")), ["Korean"]);
        assert_eq!(names(&filter(&all, Some("en"), "")).len(), 2);
        assert_eq!(names(&filter(&all, None, "brit ENG")), ["English (Great Britain)"]);
        assert_eq!(names(&filter(&all, None, "en-us")), ["English (America)"]);
        assert!(filter(&all, Some("ko"), "america").is_empty());
    }
}
