//! A message with its arguments becomes a sentence, in the current language or, where it lacks the message, in English.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::{FILES, Language, current};

/// An argument of a message.
pub type Value<'a> = FluentValue<'a>;

/// A string or a number as an argument; [`text!`](crate::text) calls it.
pub fn value<'a>(value: impl Into<Value<'a>>) -> Value<'a> {
    value.into()
}

/// The message of that name; `name.attribute` gives an attribute. The macro [`text!`](crate::text) is how code asks
/// for it; a table whose rows carry parts of names comes here.
///
/// A message that the language lacks is told in the log and given in English; one that no language has gives its name.
pub fn text(key: &str, arguments: &[(&str, Value<'_>)]) -> String {
    text_in(current(), key, arguments)
}

/// The same in a language that need not be the current one.
pub fn text_in(language: Language, key: &str, arguments: &[(&str, Value<'_>)]) -> String {
    let found = formatted(language, key, arguments);
    let missing = |language: Language| {
        warn_once(language, key, "is missing");
        None
    };
    found
        .or_else(|| missing(language))
        .or_else(|| formatted(Language::English, key, arguments))
        .unwrap_or_else(|| key.to_owned())
}

type Bundle = FluentBundle<FluentResource>;

/// One a language, in the order of [`Language::ALL`].
static BUNDLES: LazyLock<Vec<Bundle>> = LazyLock::new(|| {
    let of = |(at, language): (usize, Language)| bundle(language, FILES.iter().map(|file| file.texts[at]));
    Language::ALL.into_iter().enumerate().map(of).collect()
});

/// A broken message is left out and told in the log; a test holds that there is none.
pub(super) fn bundle<'a>(language: Language, texts: impl Iterator<Item = &'a str>) -> Bundle {
    let identifier: LanguageIdentifier = language.tag().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![identifier]);
    // The marks around arguments would be read out, copied and compared; neither language runs from right to left.
    bundle.set_use_isolating(false);
    for text in texts {
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, errors)| {
            log::error!("the words in {language:?} are broken: {errors:?}");
            resource
        });
        if let Err(errors) = bundle.add_resource(resource) {
            log::error!("the words in {language:?} contradict each other: {errors:?}");
        }
    }
    bundle
}

fn formatted(language: Language, key: &str, arguments: &[(&str, Value<'_>)]) -> Option<String> {
    let at = Language::ALL.iter().position(|known| *known == language)?;
    format_in(BUNDLES.get(at)?, language, key, arguments)
}

pub(super) fn format_in(
    bundle: &Bundle,
    language: Language,
    key: &str,
    arguments: &[(&str, Value<'_>)],
) -> Option<String> {
    let pattern = match key.split_once('.') {
        Some((message, attribute)) => bundle.get_message(message)?.get_attribute(attribute)?.value(),
        None => bundle.get_message(key)?.value()?,
    };
    let arguments: FluentArgs<'_> = arguments.iter().map(|(name, value)| (*name, value.clone())).collect();
    let mut errors = Vec::new();
    let sentence = bundle
        .format_pattern(pattern, Some(&arguments), &mut errors)
        .into_owned();
    if !errors.is_empty() {
        warn_once(language, key, &format!("lacks an argument: {errors:?}"));
    }
    Some(sentence)
}

/// A window asks with every frame, and the log is no place for sixty lines a second.
fn warn_once(language: Language, key: &str, what: &str) {
    static WARNED: LazyLock<Mutex<HashSet<(Language, String)>>> = LazyLock::new(Mutex::default);
    let mut warned = WARNED.lock().unwrap_or_else(PoisonError::into_inner);
    if warned.insert((language, key.to_owned())) {
        log::error!("the message {key} {what} in {language:?}");
    }
}
