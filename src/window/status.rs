//! The status line: what is shown, and what screen readers are told of it.

use std::time::{Duration, Instant};

use egui::{Context, Id};

/// Stages that are over sooner than this are shown but not announced.
const QUICK: Duration = Duration::from_millis(700);

/// The status line.
#[derive(Clone, Debug)]
pub(super) struct Status {
    pub(super) text: String,
    /// Whether it tells of a fault.
    pub(super) trouble: bool,
    /// What the voice would say, left to the screen reader.
    instead: Option<String>,
    /// Whether a screen reader is to be led to it.
    lead: bool,
    /// What had the focus when that was asked for, if anything.
    lead_from: Option<Id>,
    announced: String,
    /// What was last made of that.
    settled: String,
    since: Instant,
}

impl Status {
    pub(super) fn new(text: String) -> Self {
        Self {
            text,
            trouble: false,
            instead: None,
            lead: false,
            lead_from: None,
            announced: String::new(),
            settled: String::new(),
            since: Instant::now(),
        }
    }

    /// News.
    pub(super) fn set(&mut self, text: String) {
        self.text = text;
        self.trouble = false;
        self.instead = None;
        self.since = Instant::now();
    }

    /// The id of its node.
    pub(super) fn id() -> Id {
        Id::unique("status")
    }

    /// When the news came.
    pub(super) fn since(&self) -> Instant {
        self.since
    }

    /// Whether a screen reader is to be led to the news.
    pub(super) fn lead(&mut self, lead: bool) {
        self.lead = lead;
        self.lead_from = None;
        if lead {
            // An answer that is the same as the last one is an answer all the same.
            self.settled.clear();
        }
    }

    /// Whether a screen reader is to be led to it now: once, and not before the node has the news.
    pub(super) fn leads_now(&mut self, focused: Option<Id>) -> bool {
        let there = !self.settled.is_empty() && self.settled == self.wanted();
        // Where the command has opened something that took the focus meanwhile, that is the answer.
        let stays = self.lead_from.is_none() || self.lead_from == focused;
        there && std::mem::take(&mut self.lead) && stays
    }

    /// The same, unless the focus goes elsewhere than here meanwhile.
    pub(super) fn lead_from(&mut self, focused: Option<Id>) {
        self.lead(true);
        self.lead_from = focused;
    }

    /// What is to be announced.
    fn wanted(&self) -> String {
        match &self.instead {
            Some(said) if *said != self.text && !self.text.contains(said.as_str()) => format!("{said} {}", self.text),
            _ => self.text.clone(),
        }
    }

    /// Has the screen reader say this, also where it has just said the same.
    pub(super) fn tell_reader(&mut self, said: String) {
        self.lead = true;
        self.lead_from = None;
        self.instead = Some(said);
        self.settled.clear();
        self.since = Instant::now();
    }

    /// What screen readers are told; stages that pass quickly are left out.
    pub(super) fn announced(&self) -> &str {
        &self.announced
    }

    /// Brings what is announced up to date, unless the text is a stage that may be over at once.
    pub(super) fn announce(&mut self, ctx: &Context, working: bool) {
        let wanted = self.wanted();
        if self.settled == wanted {
            return;
        }
        let waited = self.since.elapsed();
        if working && !self.trouble && self.instead.is_none() && waited < QUICK {
            ctx.request_repaint_after(QUICK - waited);
            return;
        }
        // A name that stays the same is not announced: a space that nobody hears makes it another.
        self.announced = if self.announced == wanted {
            format!("{wanted}\u{a0}")
        } else {
            wanted.clone()
        };
        self.settled = wanted;
    }
}

#[cfg(test)]
mod tests {
    use super::Status;
    use egui::Context;

    fn announced(status: &mut Status, working: bool) -> String {
        status.announce(&Context::default(), working);
        status.announced().to_owned()
    }

    #[test]
    fn a_stage_that_passes_quickly_is_not_announced_but_its_end_is() {
        let mut status = Status::new("Looking…".to_owned());
        assert_eq!(announced(&mut status, true), "");
        status.set("Done.".to_owned());
        assert_eq!(announced(&mut status, false), "Done.");
    }

    #[test]
    fn what_the_voice_would_say_is_announced_before_the_news() {
        let mut status = Status::new(String::new());
        status.set("Described.".to_owned());
        status.tell_reader("a dog runs.".to_owned());
        assert_eq!(announced(&mut status, false), "a dog runs. Described.");
        assert_eq!(status.text, "Described.");
    }

    #[test]
    fn the_same_answer_twice_is_announced_twice() {
        let mut status = Status::new(String::new());
        let mut tell = || {
            status.set("dog: D, O, G".to_owned());
            status.tell_reader("dog: D, O, G".to_owned());
            announced(&mut status, false)
        };
        let (first, second, third) = (tell(), tell(), tell());
        assert_eq!(first, "dog: D, O, G");
        assert_eq!(second.trim_end(), first);
        assert!(first != second && second != third);
    }

    #[test]
    fn news_that_nobody_asked_for_twice_is_not_repeated() {
        let mut status = Status::new("Ready.".to_owned());
        let first = announced(&mut status, false);
        status.set("Ready.".to_owned());
        assert_eq!(announced(&mut status, false), first);
    }
}
