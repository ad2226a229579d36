//! What was learned of every voice at every rate, kept from one start to the next.

use super::script::Message;
use super::{Pace, Timeline};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A voice, by its name or else its language, and its rate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    voice: String,
    rate: i32,
}

impl Key {
    fn of(message: &Message, rate: i32) -> Self {
        let voice = message
            .voice
            .as_deref()
            .or(message.language.as_deref())
            .unwrap_or_default();
        Self {
            voice: voice.to_owned(),
            rate,
        }
    }
}

/// A row of the file.
#[derive(Serialize, Deserialize)]
struct Row {
    voice: String,
    rate: i32,
    scale: f64,
}

/// The paces of all voices.
#[derive(Debug, Default)]
pub(super) struct Paces {
    learned: BTreeMap<Key, Pace>,
    memory: Option<PathBuf>,
    changed: bool,
}

impl Paces {
    /// More voices and rates than a person tries.
    const KEPT: usize = 400;

    /// Those of the file; a file that cannot be read is as good as none, for all is soon learned again.
    pub(super) fn remembered(memory: Option<PathBuf>) -> Self {
        let rows = memory.as_deref().map(read).unwrap_or_default();
        let learned = rows
            .into_iter()
            .map(|Row { voice, rate, scale }| (Key { voice, rate }, Pace::of_scale(scale, 1)))
            .collect();
        Self {
            learned,
            memory,
            changed: false,
        }
    }

    /// When which word of the message will be said at this rate.
    pub(super) fn timeline(&self, message: &Message, rate: i32) -> Timeline {
        self.pace(&Key::of(message, rate))
            .timeline(&message.words)
            .counted_from(message.first_word)
    }

    /// Learns from a message that was said to its end.
    pub(super) fn observe(&mut self, message: &Message, rate: i32, timeline: &Timeline, took: Duration) {
        let key = Key::of(message, rate);
        let before = self.pace(&key);
        let mut pace = before.clone();
        pace.observe(timeline, took, rate);
        if pace != before && (self.learned.len() < Self::KEPT || self.learned.contains_key(&key)) {
            self.learned.insert(key, pace);
            self.changed = true;
        }
    }

    /// Whether a sentence of this voice was heard to its end at this rate.
    pub(super) fn is_known(&self, message: &Message, rate: i32) -> bool {
        self.learned.get(&Key::of(message, rate)).is_some_and(Pace::is_known)
    }

    /// What was learned, else what is to be expected by what the same voice did at the nearest rate.
    fn pace(&self, key: &Key) -> Pace {
        if let Some(pace) = self.learned.get(key) {
            return pace.clone();
        }
        let same = self.learned.iter().filter(|(known, _)| known.voice == key.voice);
        let nearest = same.min_by_key(|(known, _)| known.rate.abs_diff(key.rate));
        let own = nearest.map_or(1.0, |(known, pace)| pace.scale() / usual(known.rate));
        Pace::of_scale(own * usual(key.rate), 0)
    }

    /// Writes what was learned since the last time.
    pub(super) fn keep(&mut self) {
        let Some(path) = self.memory.as_deref().filter(|_| self.changed) else {
            return;
        };
        let row = |(key, pace): (&Key, &Pace)| Row {
            voice: key.voice.clone(),
            rate: key.rate,
            scale: (pace.scale() * 1000.0).round() / 1000.0,
        };
        let rows: Vec<Row> = self.learned.iter().map(row).collect();
        if let Err(error) = write(path, &rows) {
            log::warn!("{}: what was learned of the voice is not kept: {error}", path.display());
        }
        self.changed = false;
    }
}

/// How much longer than at its normal rate a voice takes: measured with espeak-ng, whose 80 to 390 words a minute
/// Speech Dispatcher spreads over −100 to 100, with 170 at 0.
fn usual(rate: i32) -> f64 {
    let share = f64::from(rate.clamp(-100, 100)) / 100.0;
    let words_a_minute = if share < 0.0 {
        170.0 + 90.0 * share
    } else {
        170.0 + 220.0 * share
    };
    170.0 / words_a_minute
}

fn read(path: &Path) -> Vec<Row> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            log::info!("{}: {error}", path.display());
            return Vec::new();
        }
    };
    serde_json::from_str(&text)
        .inspect_err(|error| log::warn!("{}: {error}", path.display()))
        .unwrap_or_default()
}

fn write(path: &Path, rows: &[Row]) -> std::io::Result<()> {
    let folder = path.parent().ok_or(std::io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(folder)?;
    let mut beside = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer_pretty(&mut beside, rows)?;
    beside.write_all(b"\n")?;
    beside.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Paces;
    use crate::speech::script::Message;
    use std::time::Duration;

    fn message(voice: &str) -> Message {
        let text = "a dog runs on the beach";
        Message {
            text: text.to_owned(),
            language: Some("en".to_owned()),
            voice: Some(voice.to_owned()).filter(|voice| !voice.is_empty()),
            first_word: 2,
            words: text.split(' ').map(str::to_owned).collect(),
        }
    }

    /// Says it in `factor` times the expected time.
    fn say(paces: &mut Paces, message: &Message, rate: i32, factor: f64) {
        let timeline = paces.timeline(message, rate);
        let took = timeline.duration().mul_f64(factor) + crate::speech::Pace::tail(rate);
        paces.observe(message, rate, &timeline, took);
    }

    #[test]
    fn each_voice_is_learned_by_itself_and_the_words_keep_their_numbers() {
        let mut paces = Paces::default();
        let before = paces.timeline(&message("Anna"), 0);
        assert_eq!(before.first_word(), 2);
        say(&mut paces, &message("Anna"), 0, 1.5);
        assert!(paces.is_known(&message("Anna"), 0) && !paces.is_known(&message("Bert"), 0));
        assert!(paces.timeline(&message("Anna"), 0).duration() > before.duration().mul_f64(1.49));
        assert_eq!(paces.timeline(&message("Bert"), 0), before);
    }

    #[test]
    fn a_faster_rate_takes_less_time_before_anything_is_learned_and_a_slow_voice_stays_slow_at_every_rate() {
        let mut paces = Paces::default();
        let at = |paces: &Paces, rate| paces.timeline(&message(""), rate).duration().as_secs_f64();
        let (slow, normal, fast) = (at(&paces, -100), at(&paces, 0), at(&paces, 100));
        assert!(slow > 2.0 * normal && normal > 2.0 * fast);
        say(&mut paces, &message(""), 50, 1.5);
        assert!((at(&paces, 0) / normal - 1.5).abs() < 0.01);
    }

    #[test]
    fn what_was_learned_is_there_after_the_next_start_and_a_broken_file_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/voices.json");
        let mut paces = Paces::remembered(Some(path.clone()));
        say(&mut paces, &message("Anna"), 20, 1.3);
        paces.keep();
        let again = Paces::remembered(Some(path.clone()));
        let difference = again
            .timeline(&message("Anna"), 20)
            .duration()
            .abs_diff(paces.timeline(&message("Anna"), 20).duration());
        assert!(again.is_known(&message("Anna"), 20) && difference < Duration::from_millis(5));
        std::fs::write(&path, "{").unwrap();
        assert!(!Paces::remembered(Some(path)).is_known(&message("Anna"), 20));
    }
}
