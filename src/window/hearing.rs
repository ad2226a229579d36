//! What the person hears: the description, single words, answers, and how fast and loud they are said.

use egui::Context;

use super::app::HearsightApp;
use super::{own_words, words};
use crate::captioner::Description;
use crate::settings::{RATE, VOLUME};
use crate::speech::{Part, spelling};
use crate::{language, report, text, wording};

/// One press makes the voice that much faster or slower.
const RATE_STEP: i32 = 10;
/// One press makes the voice that much louder or softer.
const VOLUME_STEP: i32 = 10;
/// Keys make the voice no softer than that: who listens only would not find the way back.
const SOFTEST: i32 = 10;

/// A part in the language of the interface.
fn ours(text: impl Into<String>) -> Part {
    Part::new(text, language::current().tag())
}

/// What is said of a description, and how many words come before the caption's own.
fn description_parts(description: &Description, tongue: &str) -> (Vec<Part>, usize) {
    let introduction = wording::introduction(description);
    let before = introduction.as_ref().map_or(0, |text| text.split_whitespace().count());
    let caption = Part::new(report::caption(description), tongue);
    (introduction.map(ours).into_iter().chain([caption]).collect(), before)
}

impl HearsightApp {
    /// Says the whole description. A screen reader is led to it instead.
    pub(super) fn speak_description(&mut self, ctx: &Context) {
        self.speak_description_within(ctx, None, None);
    }

    /// The same with a sentence of the interface before it and one after it.
    pub(super) fn speak_description_within(&mut self, ctx: &Context, first: Option<String>, last: Option<String>) {
        self.speak_around_description(ctx, first, Vec::new(), last);
    }

    /// All that there is to say about the photo: after a sentence of the interface the photo's own words, then the
    /// description.
    pub(super) fn speak_all(&mut self, ctx: &Context, first: Option<String>) {
        let own = self.own_words.as_deref().map(own_words::parts).unwrap_or_default();
        self.speak_around_description(ctx, first, own, None);
    }

    /// Says a sentence of the interface that stands in the place of a description, after the photo's own words.
    pub(super) fn speak_after_own_words(&mut self, sentence: String) {
        let own = self.own_words.as_deref();
        let parts = own.map(own_words::parts).into_iter().flatten();
        let parts = parts.chain([ours(sentence.clone())]).collect();
        let written = own_words::before(own, &sentence);
        self.speak_parts(parts, written);
    }

    /// A screen reader finds the own words in the description's heading.
    fn speak_around_description(&mut self, ctx: &Context, first: Option<String>, own: Vec<Part>, last: Option<String>) {
        let Some(description) = &self.description else { return };
        let (parts, before) = description_parts(description, &self.caption_language);
        let around: Vec<String> = [first.clone(), last.clone()].into_iter().flatten().collect();
        let (first, last) = (first.map(ours), last.map(ours));
        let lead: Vec<Part> = first.into_iter().chain(own).collect();
        let said: usize = lead.iter().map(|part| part.text.split_whitespace().count()).sum();
        let parts = lead.into_iter().chain(parts).chain(last).collect();
        if !self.narrator.speak(parts, Some(said + before)) {
            // The focus has the sentence said; twice would be once too often.
            if !around.is_empty() {
                self.status.tell_reader(around.join(" "));
            }
            self.lead_to_description(ctx);
        }
    }

    /// Says the description from its start, again.
    pub(super) fn repeat(&mut self, ctx: &Context) {
        if self.sentence_to_copy().is_some() {
            self.speak_answer(ctx, None);
        } else if self.status.trouble {
            self.speak(self.status.text.clone());
        } else if !self.is_working() {
            self.tell(text!("status-no-sentence"));
        }
    }

    /// Says a sentence of the interface that stands on the screen already.
    pub(super) fn speak(&mut self, sentence: impl Into<String>) {
        let sentence = sentence.into();
        self.speak_parts(vec![ours(sentence.clone())], sentence);
    }

    /// Puts an answer into the status line and says it.
    pub(super) fn tell(&mut self, answer: impl Into<String>) {
        let answer = answer.into();
        self.say(answer.clone());
        self.speak(answer);
    }

    /// The same where nothing is being said; what is being said is not cut off by it.
    pub(super) fn answer(&mut self, answer: impl Into<String>) {
        if self.is_speaking() {
            self.say(answer);
        } else {
            self.tell(answer);
        }
    }

    /// Puts what went wrong into the status line and says it.
    pub(super) fn warn(&mut self, sentence: String) {
        self.complain(sentence.clone());
        self.speak(sentence);
    }

    /// Puts an answer into the status line and says it in parts, each in its own language.
    pub(super) fn tell_parts(&mut self, answer: String, parts: Vec<Part>) {
        self.say(answer.clone());
        self.speak_parts(parts, answer);
    }

    /// A part in the language of the caption.
    pub(super) fn theirs(&self, text: impl Into<String>) -> Part {
        Part::new(text, self.caption_language.as_str())
    }

    fn speak_parts(&mut self, parts: Vec<Part>, written: String) {
        if !self.narrator.speak(parts, None) {
            self.status.tell_reader(written);
        }
    }

    /// Stops the voice.
    pub(super) fn stop_speaking(&mut self) {
        if self.narrator.stop() {
            self.lit = None;
        }
    }

    /// Says the word that was lit, with its place and its doubt.
    pub(super) fn tell_word(&mut self, number: usize) {
        let Some(word) = self.word(number) else { return };
        let (bare, more) = words::word_and_more(word);
        let mut parts = vec![self.theirs(if more.is_empty() {
            bare.to_owned()
        } else {
            // The voice pauses there.
            format!("{bare},")
        })];
        if !more.is_empty() {
            parts.push(ours(more.join(", ")));
        }
        let answer = words::word(word);
        self.tell_parts(answer, parts);
    }

    /// Spells the word that has the focus or the light, letter by letter.
    pub(super) fn spell(&mut self, ctx: &Context) {
        let focused = ctx
            .memory(|memory| memory.focused())
            .and_then(|id| self.focused_word(id));
        if self.description.is_none() {
            return self.tell(text!("status-no-sentence"));
        }
        let Some(word) = focused.or(self.lit).and_then(|number| self.word(number)) else {
            return self.tell(text!("spell-which"));
        };
        let letters = spelling::letters(&word.text, wording::sign);
        if letters.is_empty() {
            return self.tell(text!("spell-nothing"));
        }
        let letters = letters.join(", ");
        let answer = text!("spelled", word = words::bare(word), letters = &letters);
        let parts = vec![self.theirs(letters)];
        // The voice stops, but what was being looked at stays lit.
        let lit = self.lit;
        self.narrator.stop();
        self.lit = lit;
        self.tell_parts(answer, parts);
    }

    /// Says which words the model was unsure of.
    pub(super) fn tell_unsure(&mut self) {
        let Some(description) = &self.description else {
            return self.tell(text!("status-no-sentence"));
        };
        let unsure = wording::unsure_words(description);
        if unsure.is_empty() {
            return self.tell(text!("unsure-none"));
        }
        let unsure = unsure.join(", ");
        let parts = vec![ours(text!("unsure-said")), self.theirs(unsure.clone())];
        self.narrator.stop();
        self.tell_parts(text!("unsure-words", words = unsure), parts);
    }

    /// Makes the voice faster or slower, and says so at the new pace.
    pub(super) fn change_rate(&mut self, ctx: &Context, faster: bool) {
        let step = if faster { RATE_STEP } else { -RATE_STEP };
        let rate = (self.settings.rate + step).clamp(*RATE.start(), *RATE.end());
        let moved = rate != self.settings.rate;
        self.settings.rate = rate;
        self.voice_changed(
            ctx,
            match (faster, moved) {
                (true, true) => text!("voice-faster", rate = rate),
                (false, true) => text!("voice-slower", rate = rate),
                (true, false) => text!("voice-fastest", rate = rate),
                (false, false) => text!("voice-slowest", rate = rate),
            },
        );
    }

    /// Makes the voice louder or softer, and says so at the new loudness.
    pub(super) fn change_volume(&mut self, ctx: &Context, louder: bool) {
        let step = if louder { VOLUME_STEP } else { -VOLUME_STEP };
        let volume = (self.settings.volume + step).clamp(SOFTEST, *VOLUME.end());
        let moved = volume != self.settings.volume;
        self.settings.volume = volume;
        self.voice_changed(
            ctx,
            match (louder, moved) {
                (true, true) => text!("voice-louder", volume = volume),
                (false, true) => text!("voice-softer", volume = volume),
                (true, false) => text!("voice-loudest", volume = volume),
                (false, false) => text!("voice-softest", volume = volume),
            },
        );
    }

    /// Keeps the change and says it; a description that was being said begins anew after it.
    fn voice_changed(&mut self, ctx: &Context, answer: String) {
        let describing = self.narrator.is_describing();
        self.settings_changed();
        if self.narrator.leaves_speech() {
            // It changes nothing of what is heard now, and that is said too.
            return self.tell(format!("{answer} {}", text!("voice-not-in-use")));
        }
        if describing {
            self.say(answer.clone());
            self.speak_description_within(ctx, Some(answer), None);
        } else {
            self.tell(answer);
        }
    }
}
