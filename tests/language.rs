//! Every sentence for people stands in the language files, in each language; none stands in code.
#![cfg(feature = "window")]
#![allow(clippy::unwrap_used)]

#[path = "support/sources.rs"]
mod sources;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use hearsight::language::{FILES, Language};
use hearsight::window::commands::COMMANDS;
use sources::Literal;

/// Where sentences for people would be written. The command line's own help and the doctor stay English, as their
/// module docs say; the ONNX room has none outside its errors.
const FOR_PEOPLE: [&str; 19] = [
    "src/captioner",
    "src/clipboard.rs",
    "src/describer",
    "src/describer.rs",
    "src/folder",
    "src/language",
    "src/model",
    "src/onnx/error.rs",
    "src/overlay",
    "src/photo",
    "src/recent",
    "src/report",
    "src/roll",
    "src/screen",
    "src/settings",
    "src/speech",
    "src/window",
    "src/wording.rs",
    "src/words",
];

/// Rooms where a single word with a capital letter would be a label; elsewhere it is the name of an operation or format.
const WITH_LABELS: [&str; 4] = ["src/window", "src/report", "src/settings", "src/wording.rs"];

/// What takes literals that nobody but a programmer reads: the log, names of widgets, threads and textures, parts of
/// the build, tests of the text itself.
const TECHNICAL: [&str; 35] = [
    "log::error!",
    "log::warn!",
    "log::info!",
    "log::debug!",
    "log::trace!",
    "text!",
    "Id::unique",
    "Id::new",
    "id_salt",
    "Panel::top",
    "Panel::bottom",
    "Panel::left",
    "Panel::right",
    "load_texture",
    "cfg",
    "cfg!",
    "serde",
    "path",
    "env!",
    "concat!",
    "include_str!",
    "include_bytes!",
    "call_method",
    "starts_with",
    "ends_with",
    "trim_end_matches",
    "files!",
    "debug_struct",
    "warn_once",
    // Speech Dispatcher's protocol.
    "ask",
    "!daemon.ask",
    "value",
    "name",
    "var_os",
    "atom",
];

/// Literals that are no sentences although they look so: a file and how the literal begins. Keep it short and say why.
const ALLOWED: &[(&str, &str)] = &[
    // The program's name is the same in every language.
    ("src/window/words.rs", "Hearsight"),
    // Names, which are the same everywhere.
    ("src/speech/platform/dispatcher.rs", "Speech Dispatcher"),
    ("src/window/screen_reader.rs", "ScreenReaderEnabled"),
    ("src/speech/ssip.rs", "SET self CLIENT_NAME"),
    // For other programs, in JSON.
    ("src/captioner/attention.rs", "upper left"),
    ("src/captioner/attention.rs", "upper right"),
    ("src/captioner/attention.rs", "lower left"),
    ("src/captioner/attention.rs", "lower right"),
    // What device really ran is for JSON too, like the name of the device.
    ("src/captioner/runtime.rs", "cpu (CUDA was asked for, but: {})"),
    // In a picture, whose font has Latin letters only.
    ("src/report/picture.rs", "{percent} %, no map"),
    ("src/report/picture.rs", "{percent} %, all over"),
    // Words of the captions' own language.
    ("src/captioner/agreement.rs", " a an the and or but"),
    // The names of formats and of what decoders say.
    ("src/photo/format.rs", "Radiance HDR"),
    ("src/photo/format.rs", "JPEG XL"),
    ("src/photo/decode.rs", "Unexpected End of File"),
    ("src/photo/apart/reader.rs", "memory allocation of"),
    // In a file for those who edit files.
    (
        "src/settings/file.rs",
        "# Hearsight's settings. The window writes this file anew after every change.\\n\\n",
    ),
    // What is asked of the speech daemon, and its name.
    ("src/speech/once.rs", "GET OUTPUT_MODULE"),
    ("src/speech/once.rs", "GET LANGUAGE"),
    ("src/speech/once.rs", "Speech Dispatcher"),
    ("src/speech/voice.rs", "HISTORY GET CLIENT_ID"),
    // Nothing but the names of fonts.
    ("src/window/fonts.rs", ""),
    // The same in every language, in a file's notes.
    ("src/words/mod.rs", "Hearsight {}, model {model}"),
    // What cameras and programs write by themselves, to be left out.
    ("src/words/junk.rs", ""),
    // The way in which keyboards are labelled.
    ("src/window/keys.rs", "Ctrl+"),
    ("src/window/keys.rs", "Cmd+"),
    ("src/window/keys.rs", "Alt+"),
    ("src/window/keys.rs", "Shift+"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn all_literals(below: &str) -> Vec<Literal> {
    let files = sources::files(&root().join(below));
    let ours = files
        .iter()
        .filter(|file| !file.ends_with("tests.rs") && !file.components().any(|part| part.as_os_str() == "tests"));
    ours.flat_map(|file| {
        let name = file.strip_prefix(root()).unwrap();
        sources::literals(name, &fs::read_to_string(file).unwrap())
    })
    .collect()
}

/// The messages of a language with their attributes, and the arguments that each names.
fn messages(at: usize) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for file in FILES {
        let mut message = String::new();
        let mut key = String::new();
        for line in file.texts[at].lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) = line
                .split_once(" =")
                .filter(|_| line.starts_with(|c: char| c.is_alphabetic()))
            {
                message = name.to_owned();
                key.clone_from(&message);
                assert!(
                    found.insert(key.clone(), BTreeSet::new()).is_none(),
                    "{key} twice in {at}"
                );
            } else if let Some((name, _)) = line
                .trim_start()
                .strip_prefix('.')
                .and_then(|rest| rest.split_once(" ="))
            {
                key = format!("{message}.{name}");
                found.insert(key.clone(), BTreeSet::new());
            }
            for rest in line.split('$').skip(1) {
                let name: String = rest
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || "-_".contains(*c))
                    .collect();
                found.get_mut(&key).unwrap().insert(name);
            }
        }
    }
    found
}

/// The names that code asks for, with the arguments that it gives.
fn asked() -> BTreeMap<String, BTreeSet<String>> {
    let mut asked: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in sources::files(&root().join("src")) {
        let source = fs::read_to_string(&file).unwrap();
        let source: String = source
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        for call in source.split("text!(").skip(1) {
            let Some(call) = call.trim_start().strip_prefix('"') else {
                continue;
            };
            let (key, rest) = call.split_once('"').unwrap();
            asked.entry(key.to_owned()).or_default().extend(arguments(rest));
        }
    }
    for entry in COMMANDS {
        asked.entry(format!("command-{}", entry.id)).or_default();
        asked.entry(format!("command-{}.help", entry.id)).or_default();
    }
    asked
}

/// The names before the `=` of a call's arguments, up to its closing bracket.
fn arguments(call: &str) -> Vec<String> {
    let mut depth = 0;
    let mut names = Vec::new();
    let mut part = String::new();
    let mut quoted = false;
    for letter in call.chars() {
        match letter {
            '"' => quoted = !quoted,
            _ if quoted => continue,
            '(' | '[' | '{' => depth += 1,
            ')' if depth == 0 => break,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => part.clear(),
            '=' if depth == 0 && part.trim().chars().all(|c| c.is_alphanumeric() || c == '_') => {
                names.push(part.trim().to_owned());
                part.push(letter);
                continue;
            }
            _ => {}
        }
        if depth == 0 && letter != ',' {
            part.push(letter);
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[test]
fn each_language_has_the_same_messages_with_the_same_arguments() {
    let english = messages(0);
    for (at, language) in Language::ALL.into_iter().enumerate() {
        let other = messages(at);
        let names = |of: &BTreeMap<String, _>| of.keys().cloned().collect::<BTreeSet<String>>();
        let missing: Vec<_> = names(&english).difference(&names(&other)).cloned().collect();
        assert!(missing.is_empty(), "{language:?} lacks {missing:?}");
        let more: Vec<_> = names(&other).difference(&names(&english)).cloned().collect();
        assert!(more.is_empty(), "English lacks {more:?}");
        for (key, arguments) in &english {
            assert_eq!(&other[key], arguments, "{key} in {language:?}");
        }
    }
}

#[test]
fn every_message_that_code_asks_for_exists_and_gets_its_arguments() {
    let english = messages(0);
    for (key, given) in asked() {
        let Some(wanted) = english.get(&key) else {
            panic!("no language file has the message {key}");
        };
        assert_eq!(&given, wanted, "the arguments of {key}");
    }
}

#[test]
fn every_message_is_used() {
    let asked = asked();
    let unused: Vec<_> = messages(0).into_keys().filter(|key| !asked.contains_key(key)).collect();
    assert!(unused.is_empty(), "nobody asks for {unused:?}");
}

#[test]
fn every_language_file_is_built_into_the_program() {
    for language in Language::ALL {
        let folder = root().join("assets/language").join(language.tag());
        let there: BTreeSet<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| {
                entry
                    .unwrap()
                    .path()
                    .file_stem()
                    .unwrap()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        assert_eq!(there, FILES.iter().map(|file| file.name.to_owned()).collect());
    }
}

/// Whether a literal reads like something for people: two words beside each other, Korean, or where there are labels a
/// word that begins with a capital letter.
fn reads_like_a_sentence(text: &str, labels: bool) -> bool {
    let bare = without_placeholders(text);
    let trimmed = |word: &str| word.trim_matches(|c: char| ".,:;!?()\"'`".contains(c)).to_owned();
    let words: Vec<String> = bare.split_whitespace().map(trimmed).collect();
    let is_word = |word: &String| word.len() > 1 && word.chars().all(|c| c.is_alphabetic() || c == '-' || c == '’');
    let neighbours = words.windows(2).any(|pair| pair.iter().all(is_word));
    let is_label = |word: &String| is_word(word) && word.chars().next().is_some_and(char::is_uppercase);
    let korean = text.chars().any(|c| ('가'..='힣').contains(&c));
    neighbours || labels && words.first().is_some_and(is_label) || korean
}

/// "{line} {word}" has no words of its own.
fn without_placeholders(text: &str) -> String {
    let mut depth = 0_usize;
    let mut kept = String::new();
    for letter in text.chars() {
        match letter {
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                kept.push('_');
            }
            _ if depth == 0 => kept.push(letter),
            _ => {}
        }
    }
    kept
}

#[test]
fn no_sentence_for_people_is_written_in_code() {
    let mut found = Vec::new();
    for literal in FOR_PEOPLE.into_iter().flat_map(all_literals) {
        let technical = literal.within.iter().any(|name| {
            TECHNICAL.iter().any(|known| {
                name == known
                    || name
                        .strip_suffix(known)
                        .is_some_and(|before| before.ends_with(['.', ':']))
                    || name.strip_prefix("#").is_some_and(|attribute| attribute == *known)
            })
        });
        let allowed = ALLOWED
            .iter()
            .any(|(file, part)| literal.file == Path::new(file) && literal.text.starts_with(part));
        let labels = WITH_LABELS.iter().any(|room| literal.file.starts_with(room));
        if reads_like_a_sentence(&literal.text, labels) && !technical && !allowed {
            found.push(format!(
                "{}:{}: {:?} in {:?}",
                literal.file.display(),
                literal.line,
                literal.text,
                literal.within
            ));
        }
    }
    assert!(
        found.is_empty(),
        "{} sentences in code; write them into assets/language and ask for them with text!:\n{}",
        found.len(),
        found.join("\n")
    );
}

#[test]
fn a_sentence_in_code_would_be_found() {
    let source = r##"
        //! "A comment may say anything."
        fn f() {
            log::info!("the log may say {} anything", g("also here it may"));
            ui.button("Open the door");
            let quiet = 'x'; let lifetime: &'static str = r#"a "raw" sentence"#;
        }
        #[error("No {thing} was found")]
        struct E;
        #[cfg(test)]
        mod tests { fn t() { assert!(x, "tests may say anything"); } }
        const AFTER: &str = "After the tests";
    "##;
    let literals = sources::literals(Path::new("x.rs"), source);
    let of = |text: &str| literals.iter().find(|literal| literal.text == text).cloned();
    assert_eq!(of("Open the door").unwrap().line, 5);
    assert!(
        of("Open the door")
            .unwrap()
            .within
            .iter()
            .any(|name| name == "ui.button")
    );
    assert!(
        of("also here it may")
            .unwrap()
            .within
            .iter()
            .any(|name| name == "log::info!")
    );
    assert!(
        of("No {thing} was found")
            .unwrap()
            .within
            .iter()
            .any(|name| name.ends_with("error"))
    );
    assert!(of("After the tests").is_some() && of("a \"raw\" sentence").is_some());
    assert!(of("tests may say anything").is_none() && of("A comment may say anything.").is_none());
    for sentence in [
        "Open the door",
        "No {thing} was found",
        "Close",
        "사진",
        "pasted picture",
        "no model",
    ] {
        assert!(reads_like_a_sentence(sentence, true), "{sentence}");
    }
    for technical in ["describer", "encoder_model.onnx", "{}: {}", "F1", "/org/a11y/bus", ", "] {
        assert!(!reads_like_a_sentence(technical, true), "{technical}");
    }
}
