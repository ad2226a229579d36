//! Plurals, word order and the way back to English.
#![allow(clippy::unwrap_used)]

use super::bundle::{bundle, format_in};
use super::{FILES, Language, current, set, text, value};
use crate::settings::Language as Choice;

fn in_korean<T>(ask: impl FnOnce() -> T) -> T {
    set(Language::Korean);
    let answer = ask();
    set(Language::English);
    answer
}

#[test]
fn a_language_is_changed_while_the_program_runs() {
    assert_eq!(current(), Language::English);
    assert_eq!(crate::text!("place-lower-left"), "lower left");
    assert_eq!(in_korean(|| crate::text!("place-lower-left")), "왼쪽 아래");
    assert_eq!(crate::text!("place-lower-left"), "lower left");
}

#[test]
fn a_number_chooses_its_plural() {
    let photos = |count: usize| crate::text!("photos-left-out", count = count);
    assert_eq!(photos(1), "One file is no photo and was left out.");
    assert!(photos(3).starts_with("3 files are no photos"));
    assert!(in_korean(|| photos(1)).contains("파일 1개"));
    let texts = ["photos =\n    { $count ->\n        [one] One\n       *[other] { $count }\n    }\n"];
    let english = bundle(Language::English, texts.into_iter());
    let of = |count: usize| format_in(&english, Language::English, "photos", &[("count", value(count))]);
    assert_eq!(of(1).unwrap(), "One");
    assert_eq!(of(0).unwrap(), "0");
}

#[test]
fn arguments_stand_where_each_language_wants_them_and_without_invisible_marks() {
    let photo = || crate::text!("photo-name", name = "a dog.png", width = 40, height = 30_u32);
    assert_eq!(photo(), "Photo: a dog.png, 40 by 30 pixels");
    assert_eq!(in_korean(photo), "사진: a dog.png, 가로 40, 세로 30 픽셀");
}

#[test]
fn an_attribute_is_a_message_of_its_own() {
    assert!(text("command-open.help", &[]).ends_with('.'));
}

#[test]
fn a_message_that_a_language_lacks_is_said_in_english_and_one_that_none_has_by_its_name() {
    assert_eq!(in_korean(|| text("no-such-message", &[])), "no-such-message");
    let korean = bundle(Language::Korean, std::iter::empty());
    assert_eq!(format_in(&korean, Language::Korean, "place-left", &[]), None);
}

#[test]
fn every_file_is_whole() {
    for (at, language) in Language::ALL.into_iter().enumerate() {
        for file in FILES {
            let read = fluent_bundle::FluentResource::try_new(file.texts[at].to_owned());
            let errors = read.err().map(|(_, errors)| errors);
            assert_eq!(errors, None, "{language:?} {}", file.name);
        }
    }
}

#[test]
fn a_locale_is_understood_in_each_of_its_spellings() {
    for locale in ["ko", "ko-KR", "ko_KR", "ko_KR.UTF-8", "ko-Kore-KR"] {
        assert_eq!(Language::of_locale(locale), Some(Language::Korean), "{locale}");
    }
    for locale in ["en", "en-GB", "en_US.UTF-8", "en_US@euro"] {
        assert_eq!(Language::of_locale(locale), Some(Language::English), "{locale}");
    }
    for locale in ["C", "C.UTF-8", "POSIX", "de-DE", "kok-IN", ""] {
        assert_eq!(Language::of_locale(locale), None, "{locale}");
    }
}

#[test]
fn a_choice_has_its_language_and_is_called_as_its_speakers_call_it() {
    assert_eq!(Choice::Korean.language(), Language::Korean);
    assert_eq!(Choice::English.language(), Language::English);
    assert_eq!(Choice::Korean.name(), "한국어");
    assert_eq!(Choice::System.name(), "As the system");
    assert_eq!(in_korean(|| Choice::System.name()), "시스템 언어");
}
