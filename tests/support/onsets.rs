//! How far the light is from the voice: when the timeline has each word begin, against when espeak-ng, by its own
//! word positions, has it begin in the recorded sound.
#![allow(dead_code, clippy::unwrap_used, reason = "each binary uses some of it")]

use crate::sound::Sound;
use crate::voice::Voice;
use serde::Deserialize;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(30);

/// A sentence as espeak-ng says it, in milliseconds; none for a word that it joins to the one before.
#[derive(Debug, Deserialize)]
struct Said {
    onsets: Vec<Option<u64>>,
    first_sound: u64,
}

/// The errors of one sentence's words, in seconds: positive where the light comes late.
pub type Errors = Vec<f64>;

/// Has `captions` said one after the other in this language and at this rate, by a voice that learns on the way.
pub fn measure(sound: &Sound, voice: &mut Voice, language: &str, rate: i32, captions: &[&str]) -> Vec<Errors> {
    voice.tell(&format!("manner {rate} 100"));
    let truth = espeak(language, rate, captions);
    let sentence = |(caption, said): (&&str, &Said)| {
        let recorder = sound.record();
        voice.tell(&format!("parts {language}:{caption}"));
        let began = voice.expect("began ", SOON);
        let at = recorder.seconds();
        voice.expect("ended ", SOON);
        let heard = recorder.finish();
        let start = heard.begin - said.first_sound as f64 / 1000.0;
        let estimated = began.rsplit(' ').next().unwrap().split(',');
        let pairs = estimated.zip(&said.onsets);
        let error = |(estimated, truly): (&str, &Option<u64>)| {
            let estimated: f64 = estimated.parse().unwrap();
            let truly = truly.as_ref()?;
            Some(at + estimated - (start + *truly as f64 / 1000.0))
        };
        pairs.filter_map(error).collect()
    };
    captions.iter().zip(&truth).map(sentence).collect()
}

/// The mean of the errors' sizes, in seconds.
pub fn mean(errors: &[Errors]) -> f64 {
    let sizes: Vec<f64> = errors.iter().flatten().map(|error| error.abs()).collect();
    sizes.iter().sum::<f64>() / sizes.len() as f64
}

fn espeak(language: &str, rate: i32, captions: &[&str]) -> Vec<Said> {
    // What Speech Dispatcher makes of these.
    let voice = if language == "en" { "en-us" } else { language };
    let words_a_minute = if rate < 0 {
        170 + 90 * rate / 100
    } else {
        170 + 220 * rate / 100
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/speech/record_word_onsets.py");
    let mut python = Command::new("/usr/bin/python3")
        .arg(script)
        .args([voice, &words_a_minute.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    python
        .stdin
        .take()
        .unwrap()
        .write_all(captions.join("\n").as_bytes())
        .unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "espeak-ng's own positions could not be asked for"
    );
    serde_json::from_slice(&output.stdout).unwrap()
}
