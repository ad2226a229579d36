//! The voice as it is really heard, and its ways to fail: through the platform's speech into a recorded null sink.
//!
//! Where the voice is, environment variables tell, and those belong to a whole process: each test therefore starts
//! this very binary as a child process that speaks.
#![cfg(all(target_os = "linux", feature = "speech"))]
#![allow(clippy::unwrap_used)]

#[path = "support/onsets.rs"]
mod onsets;
#[path = "support/sound.rs"]
mod sound;
#[path = "support/voice.rs"]
mod voice;

use hearsight::speech::SpeechError;
use sound::{Heard, Recorder, Sound};
use std::time::{Duration, Instant};
use voice::Voice;

/// What makes this very binary speak.
const TEST: [&str; 3] = ["child", "--exact", "--nocapture"];
const SENTENCE: &str = "a brown dog runs through the shallow water";
/// The Korean and the American voice take very different times for it.
const THOUSANDS: &str = "1000 1000 1000 1000";
const LONG: &str = "a man with a beard is playing an acoustic guitar on a stage in front of a large crowd of young \
    people who are raising their hands and holding their telephones up into the air";
/// For what should come at once, on a busy computer.
const SOON: Duration = Duration::from_secs(20);
/// For what the watch has to find out.
const LATE: Duration = Duration::from_secs(30);

#[test]
fn a_sentence_is_heard_and_its_words_are_timed() {
    let sound = Sound::start();
    let mut voice = Voice::start(&sound, TEST);
    let recorder = sound.record();
    voice.tell(&format!("say {SENTENCE}"));
    voice.expect("began 1 ", SOON);
    let begun = recorder.seconds();
    voice.expect("ended 1 ", SOON);
    let heard = recorder.finish();
    assert!(heard.rms > 0.02, "{heard:?}");
    assert!((1.0..8.0).contains(&heard.seconds), "{heard:?}");
    assert!(
        (heard.begin - begun).abs() < 1.0,
        "the begin was told at {begun} s, {heard:?}"
    );

    // Said again, by a voice whose pace was learned.
    voice.tell(&format!("say {SENTENCE}"));
    let expected = first_number(&voice.expect("began 2 ", SOON));
    voice.expect("ended 2 ", SOON);
    assert!(
        (0.7..1.4).contains(&(expected / heard.seconds)),
        "expected {expected} s, {heard:?}"
    );
    assert!(!voice.saw("failed"), "{:?}", voice.seen);
}

#[test]
fn stop_cuts_a_sentence_short_and_so_does_a_newer_one() {
    let sound = Sound::start();
    let mut voice = Voice::start(&sound, TEST);
    let recorder = sound.record();
    voice.tell(&format!("say {LONG}"));
    voice.expect("began 1 ", SOON);
    recorder.wait_for_sound();
    voice.tell("stop");
    voice.expect("stopped 1", SOON);
    assert_silence_from_now_on(recorder);

    voice.tell(&format!("say {LONG}"));
    voice.expect("began 2 ", SOON);
    voice.tell("say no");
    voice.expect("stopped 2", SOON);
    voice.expect("began 3 ", SOON);
    voice.expect("ended 3 ", SOON);
}

#[test]
fn leaving_in_mid_sentence_leaves_silence() {
    let sound = Sound::start();
    let mut voice = Voice::start(&sound, TEST);
    let recorder = sound.record();
    voice.tell(&format!("say {LONG}"));
    voice.expect("began 1 ", SOON);
    recorder.wait_for_sound();
    voice.tell("leave");
    assert!(seconds(&voice.expect("left ", SOON)) < 3.0);
    voice.wait();
    assert_silence_from_now_on(recorder);
}

#[test]
fn a_voice_killed_in_mid_sentence_fails_and_recovers_when_it_is_back() {
    let mut sound = Sound::start();
    let mut voice = Voice::start(&sound, TEST);
    voice.tell(&format!("say {LONG}"));
    voice.expect("began 1 ", SOON);
    sound.kill_daemon();
    let failure = voice.expect("failed 1 ", SOON);
    assert!(failure.contains("broke off"), "{failure}");

    voice.tell(&format!("say {SENTENCE}"));
    let failure = voice.expect("failed 2 ", SOON);
    assert!(failure.contains("No voice answered"), "{failure}");

    sound.start_daemon();
    let recorder = sound.record();
    voice.tell(&format!("say {SENTENCE}"));
    voice.expect("recovered", SOON);
    voice.expect("began 3 ", SOON);
    voice.expect("ended 3 ", SOON);
    assert!(recorder.finish().rms > 0.02);

    // Restarted between two sentences, nobody notices.
    sound.start_daemon();
    voice.tell(&format!("say {SENTENCE}"));
    voice.expect("ended 4 ", SOON);
    assert!(!voice.saw("failed 4"), "{:?}", voice.seen);
}

#[test]
fn a_hung_voice_blocks_nobody_and_what_it_was_given_up_for_is_not_said_later() {
    let sound = Sound::start();
    let mut voice = Voice::start(&sound, TEST);
    voice.tell("say yes");
    voice.expect("ended 1 ", SOON);
    sound.freeze_daemon();
    let frozen = Instant::now();
    voice.tell(&format!("say {LONG}"));
    // The time that the call took, not the failure.
    assert!(seconds(&voice.expect("called ", SOON)) < 0.5);
    let failure = voice.expect("failed 2 ", LATE);
    assert!(failure.contains("stopped answering"), "{failure}");
    assert!(frozen.elapsed() < Duration::from_secs(15), "{:?}", frozen.elapsed());

    let recorder = sound.record();
    sound.thaw_daemon();
    std::thread::sleep(Duration::from_secs(3));
    let heard = recorder.finish();
    assert!(heard.seconds < 1.5, "{heard:?}");
    voice.tell(&format!("say {SENTENCE}"));
    voice.expect("recovered", SOON);
    voice.expect("ended 3 ", SOON);

    voice.tell(&format!("say {LONG}"));
    voice.expect("began 4 ", SOON);
    sound.freeze_daemon();
    voice.tell("leave");
    assert!(seconds(&voice.expect("left ", SOON)) < 3.0);
}

#[test]
fn without_a_voice_there_is_a_sentence_that_says_what_to_install() {
    let sound = Sound::without_voice();
    let mut voice = Voice::start(&sound, TEST);
    voice.tell(&format!("say {SENTENCE}"));
    let failure = voice.expect("failed 1 ", SOON);
    assert!(
        failure.contains("No voice answered. Install speech-dispatcher"),
        "{failure}"
    );
    voice.tell(&format!("wait {SENTENCE}"));
    assert!(voice.expect("waited ", SOON).contains("No voice answered"));
    voice.tell("check");
    assert!(voice.expect("checked ", SOON).contains("NoVoice"));
}

#[test]
fn louder_is_louder_and_slower_takes_longer() {
    let sound = Sound::start();
    let mut voice = Voice::start(&sound, TEST);
    let mut say = |manner: &str| {
        voice.tell(&format!("manner {manner}"));
        hear(&sound, &mut voice, &format!("say {SENTENCE}"))
    };
    let usual = say("0 100");
    let soft = say("0 40");
    assert!(soft.rms > 0.01 && soft.rms < 0.7 * usual.rms, "{soft:?}, {usual:?}");
    let slow = say("-50 100");
    let fast = say("60 100");
    assert!(slow.seconds > 1.2 * usual.seconds, "{slow:?}, {usual:?}");
    assert!(fast.seconds < 0.75 * usual.seconds, "{fast:?}, {usual:?}");
    assert!((0.8..1.25).contains(&(slow.rms / usual.rms)), "{slow:?}, {usual:?}");
    assert!(say("0 0").rms < 0.005, "silent is silent");
}

#[test]
fn each_part_is_said_by_the_voice_of_its_language_or_by_the_chosen_one() {
    let sound = Sound::start();
    let mut voice = Voice::start(&sound, TEST);
    let english = hear(&sound, &mut voice, &format!("parts en:{THOUSANDS}")).seconds;
    let korean = hear(&sound, &mut voice, &format!("parts ko:{THOUSANDS}")).seconds;
    let platform = hear(&sound, &mut voice, &format!("say {THOUSANDS}")).seconds;
    // The two voices are 1.3 s apart; sound that stutters once on a busy machine takes 0.4 s longer.
    let same = |one: f64, other: f64| (one - other).abs() < 0.6;
    assert!(same(english, platform), "{english} s, {platform} s");
    assert!(english - korean > 0.8, "{english} s, {korean} s: one voice for both");

    // A Korean introduction and an English caption: the second part is said by the English voice.
    let both = format!("parts ko:틀릴 수 있습니다:|en:{THOUSANDS}");
    let mixed = hear(&sound, &mut voice, &both).seconds;
    let first_words: Vec<_> = voice
        .seen
        .iter()
        .filter_map(|line| line.strip_prefix("began 4 "))
        .collect();
    let first_words: Vec<_> = first_words.iter().filter_map(|line| line.split(' ').nth(1)).collect();
    assert_eq!(first_words, ["0", "3"], "{:?}", voice.seen);

    voice.tell("manner 0 100 en=Korean;fr=");
    let chosen = hear(&sound, &mut voice, &format!("parts en:{THOUSANDS}")).seconds;
    assert!(same(chosen, korean), "{chosen} s, {korean} s");
    let mixed_by_choice = hear(&sound, &mut voice, &both).seconds;
    assert!(mixed - mixed_by_choice > 0.8, "{mixed} s, {mixed_by_choice} s");
    voice.tell("manner 0 100");
    let back = hear(&sound, &mut voice, &format!("parts en:{THOUSANDS}")).seconds;
    assert!(same(back, english), "{back} s, {english} s");
}

#[test]
fn what_would_break_the_voice_is_said_without_it() {
    let sound = Sound::start();
    let mut voice = Voice::start(&sound, TEST);
    for text in [
        ".",
        ". a dog .",
        "a\u{7}dog\u{1b}[31m",
        "<speak>a dog</speak>",
        "\u{feff}a dog\u{202e}",
    ] {
        voice.tell(&format!("say {text}"));
        if text != "." {
            voice.expect("ended ", SOON);
        }
    }
    // A name that is none, and one that would be a second command.
    voice.tell("manner 0 100 en=No such voice\u{d}QUIT");
    voice.tell("parts en:a dog");
    voice.expect("ended ", SOON);
}

#[test]
fn the_voices_are_listed_without_variants_and_without_stopping_what_is_being_said() {
    let mut sound = Sound::start();
    let mut voice = Voice::start(&sound, TEST);
    voice.tell(&format!("say {LONG}"));
    voice.expect("began ", SOON);
    voice.tell("voices");
    assert!(seconds(&voice.expect("called ", SOON)) < 0.5);
    let listed = voice.expect("voices ", LATE);
    let (count, names) = listed.split_once(' ').unwrap();
    let count: usize = count.parse().unwrap();
    assert!((50..1000).contains(&count), "{count}");
    assert!(!names.contains('+'), "{names}");
    for name in ["Korean", "English (America)"] {
        assert!(names.split("; ").any(|voice| voice == name), "no {name} in {names}");
    }
    voice.expect("ended 1 ", SOON);

    sound.kill_daemon();
    voice.tell("voices");
    assert!(voice.expect("voices ", LATE).contains("No voice answered"));
}

#[test]
fn rate_volume_and_voice_can_be_changed_while_the_voice_is_dead_or_hangs() {
    let mut sound = Sound::start();
    let mut voice = Voice::start(&sound, TEST);
    let usual = hear(&sound, &mut voice, &format!("say {SENTENCE}"));
    sound.freeze_daemon();
    for manner in ["100 50", "-100 100 en=Korean", "60 100"] {
        voice.tell(&format!("manner {manner}"));
        assert!(seconds(&voice.expect("called ", SOON)) < 0.5);
    }
    voice.tell(&format!("say {SENTENCE}"));
    assert!(voice.expect("failed 2 ", LATE).contains("stopped answering"));
    sound.kill_daemon();
    voice.tell("manner 60 90");
    assert!(seconds(&voice.expect("called ", SOON)) < 0.5);
    voice.tell("say no");
    voice.expect("failed 3 ", LATE);
    sound.start_daemon();
    // Nothing has to be said for the voice to be found again.
    voice.expect("recovered", LATE);
    let fast = hear(&sound, &mut voice, &format!("say {SENTENCE}"));
    assert!(
        fast.rms > 0.02 && fast.seconds < 0.75 * usual.seconds,
        "{fast:?}, {usual:?}"
    );
}

#[test]
fn a_voice_that_hung_is_found_again_by_itself() {
    let sound = Sound::start();
    let mut voice = Voice::start(&sound, TEST);
    voice.tell("say yes");
    voice.expect("ended 1 ", SOON);
    sound.freeze_daemon();
    voice.tell("say no");
    voice.expect("failed 2 ", LATE);
    sound.thaw_daemon();
    voice.expect("recovered", LATE);
    assert!(hear(&sound, &mut voice, &format!("say {SENTENCE}")).rms > 0.02);
}

#[test]
fn words_light_up_within_150_milliseconds_of_being_heard_and_what_was_learned_is_kept() {
    let sound = Sound::start();
    let mut voice = Voice::start(&sound, TEST);
    let captions = [
        SENTENCE,
        "two children are playing football on the grass",
        "a man is riding a wave",
    ];
    let errors = onsets::measure(&sound, &mut voice, "en", 30, &captions);
    let mean = onsets::mean(&errors);
    assert!(mean < 0.15, "{mean} s: {errors:?}");
    drop(voice);
    let kept = std::fs::read_to_string(sound.home().join("voices.json")).unwrap();
    assert!(
        kept.contains(r#""voice": "en""#) && kept.contains(r#""rate": 30"#),
        "{kept}"
    );
    // The next start expects what the last one has learned.
    let mut again = Voice::start(&sound, TEST);
    again.tell("manner 30 100");
    let heard = hear(&sound, &mut again, &format!("parts en:{SENTENCE}"));
    let expected = again
        .seen
        .iter()
        .find_map(|line| line.strip_prefix("began 1 "))
        .map(first_number)
        .unwrap();
    assert!(
        (0.85..1.15).contains(&(expected / heard.seconds)),
        "expected {expected} s, {heard:?}"
    );
}

#[test]
fn only_a_failure_that_lasts_is_a_reason_to_say_no_more() {
    use SpeechError::{BrokeOff, Interrupted, NoAnswer, NoSound, NoThread, NoVoice, NothingToSay, TooLong};
    assert!([NoVoice, NoSound, NoAnswer, NoThread].iter().all(SpeechError::lasts));
    let pass = [NothingToSay, BrokeOff, Interrupted, TooLong(60)];
    assert!(!pass.iter().any(SpeechError::lasts));
}

#[test]
fn without_a_sound_server_the_watch_says_so() {
    let sound = Sound::without_server();
    let mut voice = Voice::start(&sound, TEST);
    voice.tell("say a dog");
    let failure = voice.expect("failed 1 ", LATE);
    assert!(failure.contains("loudspeakers"), "{failure}");
}

#[test]
fn the_command_line_waits_for_the_end_of_a_sentence_and_the_doctor_finds_a_voice() {
    let sound = Sound::start();
    let mut voice = Voice::start(&sound, TEST);
    voice.tell("check");
    let found = voice.expect("checked ", SOON);
    assert!(found.contains("Ok") && found.contains("Speech Dispatcher"), "{found}");
    voice.tell(&format!("wait {SENTENCE}"));
    assert!(voice.expect("waited ", SOON).contains("Ok"));
    voice.tell("wait \u{7}");
    assert!(voice.expect("waited ", SOON).contains("nothing to say"));
}

/// What the tests start as a child process; among the tests it does nothing.
#[test]
fn child() {
    if voice::is_child() {
        env_logger::init();
        // The test runner has begun this line.
        println!();
        voice::serve();
    }
}

/// Listens on for as long as the rest of [`LONG`] would be heard very clearly.
fn assert_silence_from_now_on(recorder: Recorder) {
    let now = recorder.seconds();
    std::thread::sleep(Duration::from_secs(4));
    let heard = recorder.finish();
    assert!(heard.rms > 0.02, "nothing was heard before either: {heard:?}");
    assert!(
        heard.begin + heard.seconds < now + 1.5,
        "silence was due at {now} s: {heard:?}"
    );
}

fn first_number(text: &str) -> f64 {
    text.split(' ').next().unwrap().parse().unwrap()
}

/// Says something and gives what was heard of it.
fn hear(sound: &Sound, voice: &mut Voice, command: &str) -> Heard {
    let recorder = sound.record();
    voice.tell(command);
    voice.expect("ended ", SOON);
    recorder.finish()
}

fn seconds(text: &str) -> f64 {
    text.trim().parse().unwrap()
}
