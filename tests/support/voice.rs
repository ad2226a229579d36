//! A process of its own that speaks: each line on its standard input is a command, each event a line on its standard
//! output. Where the voice is, environment variables tell, and those belong to a whole process.
#![allow(dead_code, clippy::unwrap_used, reason = "each binary uses some of it")]

use crate::sound::Sound;
use hearsight::speech::{Manner, Part, Speaker, SpeechEvent, Utterance, check, speak_and_wait};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const CHILD: &str = "HEARSIGHT_TEST_SPEECH_CHILD";
/// Where the child keeps what it learned of voices.
pub const MEMORY: &str = "HEARSIGHT_TEST_SPEECH_MEMORY";
const SOON: Duration = Duration::from_secs(20);

/// Whether this process is the child.
pub fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

/// What the child does.
pub fn serve() {
    let (lines, commands) = channel();
    std::thread::spawn(move || {
        std::io::stdin()
            .lines()
            .map_while(Result::ok)
            .try_for_each(|line| lines.send(line))
    });
    let memory = std::env::var_os(MEMORY).map(Into::into);
    let speaker = Speaker::start_with(memory, || {});
    let mut id = 0;
    loop {
        if let Some(event) = speaker.wait_event(Duration::from_millis(10)) {
            match event {
                SpeechEvent::Began { id, timeline, .. } => {
                    let onsets = timeline.onsets().iter().map(|onset| onset.as_secs_f64().to_string());
                    let onsets = onsets.collect::<Vec<_>>().join(",");
                    let (duration, first) = (timeline.duration().as_secs_f64(), timeline.first_word());
                    println!("began {id} {duration} {first} {onsets}");
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

/// The child process that speaks.
pub struct Voice {
    process: Child,
    input: ChildStdin,
    lines: Receiver<String>,
    /// Every line that has come.
    pub seen: Vec<String>,
}

impl Voice {
    /// Starts this very binary as the child, with these arguments.
    pub fn start<const N: usize>(sound: &Sound, arguments: [&str; N]) -> Self {
        let memory = sound.home().join("voices.json");
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(arguments)
            .env(CHILD, "1")
            .env(MEMORY, memory)
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

    /// Gives a command.
    pub fn tell(&mut self, line: &str) {
        writeln!(self.input, "{line}").unwrap();
    }

    /// Waits for a line that starts so, and returns its rest.
    pub fn expect(&mut self, start: &str, within: Duration) -> String {
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
    pub fn saw(&self, start: &str) -> bool {
        self.seen.iter().any(|line| line.starts_with(start))
    }

    /// Waits for its end, which must be a good one.
    pub fn wait(&mut self) {
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Voice {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
