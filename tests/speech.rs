//! The voice as it is really heard, and its ways to fail: through the platform's speech into a recorded null sink.
//!
//! Where the voice is, environment variables tell, and those belong to a whole process: each test therefore starts
//! this very binary as a child process that speaks.
#![cfg(all(target_os = "linux", feature = "speech"))]
#![allow(clippy::unwrap_used)]

#[path = "support/sound.rs"]
mod sound;

use hearsight::speech::{Manner, Part, Speaker, SpeechError, SpeechEvent, Utterance, check, speak_and_wait};
use sound::{Recorder, Sound};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const SENTENCE: &str = "a brown dog runs through the shallow water";
const LONG: &str = "a man with a beard is playing an acoustic guitar on a stage in front of a large crowd of young \
    people who are raising their hands and holding their telephones up into the air";
/// For what should come at once, on a busy computer.
const SOON: Duration = Duration::from_secs(20);
/// For what the watch has to find out.
const LATE: Duration = Duration::from_secs(30);

#[test]
fn a_sentence_is_heard_and_its_words_are_timed() {
    let sound = Sound::start();
    let mut voice = Voice::start(&sound);
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
    let expected = seconds(&voice.expect("began 2 ", SOON));
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
    let mut voice = Voice::start(&sound);
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
    let mut voice = Voice::start(&sound);
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
    let mut voice = Voice::start(&sound);
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
    let mut voice = Voice::start(&sound);
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
    let mut voice = Voice::start(&sound);
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
fn only_a_failure_that_lasts_is_a_reason_to_say_no_more() {
    use SpeechError::{BrokeOff, Interrupted, NoAnswer, NoSound, NoThread, NoVoice, NothingToSay, TooLong};
    assert!([NoVoice, NoSound, NoAnswer, NoThread].iter().all(SpeechError::lasts));
    let pass = [NothingToSay, BrokeOff, Interrupted, TooLong(60)];
    assert!(!pass.iter().any(SpeechError::lasts));
}

#[test]
fn without_a_sound_server_the_watch_says_so() {
    let sound = Sound::without_server();
    let mut voice = Voice::start(&sound);
    voice.tell("say a dog");
    let failure = voice.expect("failed 1 ", LATE);
    assert!(failure.contains("loudspeakers"), "{failure}");
}

#[test]
fn the_command_line_waits_for_the_end_of_a_sentence_and_the_doctor_finds_a_voice() {
    let sound = Sound::start();
    let mut voice = Voice::start(&sound);
    voice.tell("check");
    let found = voice.expect("checked ", SOON);
    assert!(found.contains("Ok") && found.contains("Speech Dispatcher"), "{found}");
    voice.tell(&format!("wait {SENTENCE}"));
    assert!(voice.expect("waited ", SOON).contains("Ok"));
    voice.tell("wait \u{7}");
    assert!(voice.expect("waited ", SOON).contains("nothing to say"));
}

/// What the tests start as a child process; among the tests it does nothing. Each line on the standard input is a
/// command, each event a line on the standard output.
#[test]
fn child() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let (lines, commands) = channel();
    std::thread::spawn(move || {
        std::io::stdin()
            .lines()
            .map_while(Result::ok)
            .try_for_each(|line| lines.send(line))
    });
    env_logger::init();
    // The test runner has begun this line.
    println!();
    let speaker = Speaker::start(|| {});
    let mut id = 0;
    loop {
        if let Some(event) = speaker.wait_event(Duration::from_millis(10)) {
            match event {
                SpeechEvent::Began { id, timeline, .. } => {
                    println!("began {id} {}", timeline.duration().as_secs_f64())
                }
                SpeechEvent::Ended { id, duration } => println!("ended {id} {}", duration.as_secs_f64()),
                SpeechEvent::Stopped { id } => println!("stopped {id}"),
                SpeechEvent::Failed { id, error } => println!("failed {} {error}", id.unwrap_or(0)),
                SpeechEvent::Recovered => println!("recovered"),
                SpeechEvent::Voices(Ok(voices)) => {
                    let names: Vec<&str> = voices.iter().map(|voice| voice.name.as_str()).collect();
                    println!("voices {} {}", names.len(), names.join("; "));
                }
                SpeechEvent::Voices(Err(error)) => println!("voices failed {error}"),
            }
        }
        let Ok(line) = commands.try_recv() else { continue };
        let (command, text) = line.split_once(' ').unwrap_or((&line, ""));
        let start = Instant::now();
        match command {
            "say" => {
                id += 1;
                speaker.speak(Utterance::new(id, text));
                println!("called {}", start.elapsed().as_secs_f64());
            }
            // Parts in languages of their own: `parts ko:안녕|en:a dog`.
            "parts" => {
                id += 1;
                let parts = text.split('|').filter_map(|part| part.split_once(':'));
                let parts = parts.map(|(language, text)| Part::new(text, language)).collect();
                speaker.speak(Utterance::of(id, parts));
            }
            // Rate, volume and voices: `manner 50 100 en=Korean`.
            "manner" => {
                let mut fields = text.splitn(3, ' ');
                let mut number = || fields.next().unwrap().parse().unwrap();
                let (rate, volume) = (number(), number());
                let voices = fields
                    .next()
                    .unwrap_or_default()
                    .split(';')
                    .filter_map(|pair| pair.split_once('='));
                let voices = voices.map(|(tag, voice)| (tag.to_owned(), voice.to_owned())).collect();
                speaker.set_manner(Manner { rate, volume, voices });
                println!("called {}", start.elapsed().as_secs_f64());
            }
            "voices" => {
                speaker.list_voices();
                println!("called {}", start.elapsed().as_secs_f64());
            }
            "stop" => speaker.stop(),
            "wait" => match speak_and_wait(text, SOON) {
                Ok(took) => println!("waited Ok {took:?}"),
                Err(error) => println!("waited {error}"),
            },
            "check" => println!("checked {:?}", check()),
            "leave" => {
                drop(speaker);
                println!("left {}", start.elapsed().as_secs_f64());
                std::process::exit(0);
            }
            other => panic!("no such command: {other}"),
        }
    }
}

const CHILD: &str = "HEARSIGHT_TEST_SPEECH_CHILD";

/// The child process that speaks.
struct Voice {
    process: Child,
    input: ChildStdin,
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl Voice {
    fn start(sound: &Sound) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["child", "--exact", "--nocapture"])
            .env(CHILD, "1")
            .envs(sound.envs())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = process.stdin.take().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            output
                .lines()
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line))
        });
        Self {
            process,
            input,
            lines,
            seen: Vec::new(),
        }
    }

    fn tell(&mut self, line: &str) {
        writeln!(self.input, "{line}").unwrap();
    }

    /// Waits for a line that starts so, and returns its rest.
    fn expect(&mut self, start: &str, within: Duration) -> String {
        let deadline = Instant::now() + within;
        loop {
            match self
                .lines
                .recv_timeout(deadline.saturating_duration_since(Instant::now()))
            {
                Ok(line) => {
                    self.seen.push(line.clone());
                    if let Some(rest) = line.strip_prefix(start) {
                        return rest.to_owned();
                    }
                }
                Err(_) => panic!("waited in vain for {start:?}; the child said {:?}", self.seen),
            }
        }
    }

    /// Whether a line that starts so has come by.
    fn saw(&self, start: &str) -> bool {
        self.seen.iter().any(|line| line.starts_with(start))
    }

    fn wait(&mut self) {
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Voice {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
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

fn seconds(text: &str) -> f64 {
    text.trim().parse().unwrap()
}
