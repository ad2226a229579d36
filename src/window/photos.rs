//! Which photo, which sentence about it, and whether that is told: what the commands for these do, and what comes in
//! from outside the window.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{Button, Context, Id, RichText, Ui};

use super::album::Turn;
use super::app::{HearsightApp, Model};
use super::commands::Command;
use super::look::theme;
use super::others::Step;
use super::outside::Arrival;
use super::recent_screen::{Choice, RecentScreen};
use super::screen::ScreenShot;
use super::sheet::Sheet;
use super::{node, words};
use crate::captioner::{AttentionKind, Description};
use crate::clipboard::is_web_address;
use crate::describer::{JobId, More, Source};
use crate::recent::Recent;
use crate::{overlay, report, text};

impl HearsightApp {
    /// What the program was started with: the photos, of which the describer has the first already where that is a
    /// file, and the recent descriptions.
    pub fn started_with(mut self, ctx: &Context, photos: Vec<PathBuf>, recent: Arc<Recent>) -> Self {
        recent.turn(self.settings.keep_recent);
        self.recents = RecentScreen::new(recent);
        if !photos.is_empty() {
            let open = self.at_work.is_some();
            self.album.gather(ctx, photos, open);
            self.say(text!("status-opening"));
        }
        self
    }

    /// Opens what was chosen, dropped, pasted or typed: a photo with the list of its folder, several, or folders.
    pub(super) fn open_given(&mut self, ctx: &Context, given: Vec<PathBuf>) {
        self.take_away(false);
        // Only from one photo to the next of a list one stays as near.
        self.seeing.fit();
        self.describer.cancel();
        self.at_work = None;
        match self.album.gather(ctx, given, false) {
            true => self.say(text!("status-opening")),
            false => self.complain(text!("status-no-thread")),
        }
    }

    /// What came from the dialog or the clipboard.
    pub(super) fn on_arrival(&mut self, ctx: &Context, arrival: Arrival) {
        match arrival {
            Arrival::Files(paths) => self.open_given(ctx, paths),
            Arrival::Picture(pixels) => self.open_alone(Source::Pixels {
                name: text!("pasted-picture"),
                pixels,
            }),
            Arrival::Place(place) => self.save_at(place),
            Arrival::Folder(place) => self.take_folder(place),
            Arrival::NothingChosen => self.answer(text!("status-nothing-chosen")),
            Arrival::Found(path) => self.open_typed(ctx, path),
            Arrival::NotFound(sentence) => {
                // A screen reader hears it where it stands, in the dialog.
                if !self.narrator.leaves_speech() {
                    self.speak(sentence.clone());
                }
                self.typed_path.refuse(sentence);
            }
            Arrival::NoDialog => {
                self.warn(text!("typed-path-because"));
                self.ask_for_path(ctx, Some(text!("typed-path-because")));
            }
            Arrival::WebAddress => self.warn(text!("photos-from-web")),
            Arrival::NotPasted(sentence) => self.warn(sentence),
            Arrival::Screen { area, taken } => self.on_screen(ctx, area, taken),
            Arrival::Started(photos) => self.on_started_again(ctx, photos),
            Arrival::ScreenWanted(area) => self.take_screen(ctx, area),
        }
    }

    /// What was dropped on the window in this frame; whether anything was.
    pub(super) fn take_drops(&mut self, ctx: &Context) -> bool {
        let dropped = ctx.input(|input| input.raw.dropped_files.clone());
        let Some(first) = dropped.first() else { return false };
        if let Some(address) = dropped.iter().find_map(|file| web_address(file.path())) {
            log::info!("an address was dropped: {address}");
            self.warn(text!("photos-from-web"));
            return true;
        }
        // A drop without a place on the disk has its bytes in memory already.
        let in_memory = first.path().parent().is_none_or(|folder| folder.as_os_str().is_empty());
        if in_memory && let Ok(bytes) = first.bytes() {
            let name = first.path().to_string_lossy().into_owned();
            let name = if name.is_empty() {
                text!("dropped-picture")
            } else {
                name
            };
            self.open_alone(Source::Bytes { name, bytes });
            return true;
        }
        self.open_given(ctx, dropped.iter().map(|file| file.path().to_owned()).collect());
        true
    }

    /// Opens something that belongs to no list.
    pub(super) fn open_alone(&mut self, source: Source) {
        self.album.forget();
        self.seeing.fit();
        self.open(source);
    }

    /// Takes in what has been found of the list.
    pub(super) fn listen_to_the_album(&mut self, ctx: &Context) {
        while let Some(turn) = self.album.poll() {
            self.take_turn(ctx, turn);
        }
        if let Some(trouble) = self.recents.recent().trouble() {
            self.complain(trouble.to_string());
        }
    }

    /// Steps to the next photo of the list, or back.
    pub(super) fn step_photo(&mut self, ctx: &Context, backwards: bool) {
        let turn = self.album.step(backwards);
        self.take_turn(ctx, turn);
    }

    fn take_turn(&mut self, ctx: &Context, turn: Turn) {
        match turn {
            Turn::Open(photo) => self.open(Source::Path(photo)),
            Turn::Listed { left_out } => {
                if left_out > 0 && !self.status.trouble {
                    self.say(text!("photos-left-out", count = left_out));
                }
                self.look_ahead();
            }
            Turn::Nothing => {
                self.correct_typed(ctx, &text!("photos-none-given"));
                self.warn(text!("photos-none-given"));
            }
            Turn::Wait => self.say(text!("photos-listing")),
            Turn::NoList => self.tell(text!("photos-no-list")),
            Turn::End { backwards: true, count } => self.tell(text!("photos-first", count = count)),
            Turn::End {
                backwards: false,
                count,
            } => self.tell(text!("photos-last", count = count)),
        }
    }

    /// Has the neighbours described while nobody waits for anything.
    pub(super) fn look_ahead(&mut self) {
        if self.settings.describe_ahead && self.at_work.is_none() && !self.album.is_opening() {
            self.describer.describe_ahead(self.album.neighbours());
        }
    }

    /// "2 of 5." where that is to be said with the sentence.
    fn position(&self) -> Option<String> {
        let (at, count) = self.album.position_to_say()?;
        Some(text!("photos-position", at = at, count = count))
    }

    /// A description has come: shown and said, or held back where it is hardly to be believed.
    pub(super) fn on_described(&mut self, ctx: &Context, job: JobId, description: Box<Description>, known: bool) {
        self.at_work = None;
        let done = match known {
            true => text!("known-already"),
            false => words::done(&description),
        };
        self.description = self.withheld.weigh(description);
        // There are no words to step through where the description is held back.
        let done = self.withheld.answer().unwrap_or(done);
        let (note, position) = self.lead(job);
        self.say(join(note, done));
        self.speak_when_ready(ctx, position);
        self.look_ahead();
    }

    /// There is nothing to see in the photo.
    pub(super) fn on_no_picture(&mut self, ctx: &Context, job: JobId) {
        self.at_work = None;
        self.withheld.no_picture();
        let (note, position) = self.lead(job);
        self.say(join(note, self.withheld.answer().unwrap_or_default()));
        self.speak_when_ready(ctx, position);
        self.look_ahead();
    }

    /// What the status line says before its news, and what is said before the sentence.
    fn lead(&mut self, job: JobId) -> (Option<String>, Option<String>) {
        if self.seeing.is_about_part(job) {
            return (Some(text!("part-done")), None);
        }
        if self.screen.is_about(job) {
            return (Some(ScreenShot::hint()), None);
        }
        let is_cut = self.shown.as_ref().is_some_and(|(photo, _)| photo.is_cut());
        let cut = is_cut.then(|| text!("photo-is-cut"));
        let lead: Vec<String> = self.position().into_iter().chain(cut).collect();
        let lead = (!lead.is_empty()).then(|| lead.join(" "));
        (lead.clone(), lead)
    }

    /// A recent description whose photo cannot be shown any more.
    pub(super) fn on_photo_gone(&mut self, ctx: &Context, name: &str, reason: &str, description: Box<Description>) {
        self.at_work = None;
        self.complain(text!("recent-photo-gone", name = name, reason = reason));
        self.description = self.withheld.weigh(description);
        self.speak_answer(ctx, Some(self.status.text.clone()));
    }

    /// More sentences have come.
    pub(super) fn on_further(&mut self, ctx: &Context, description: Box<Description>) {
        self.at_work = None;
        self.others.found(description);
        self.step_sentence(ctx, false);
        self.look_ahead();
    }

    /// Has parts of the photo covered, to find where the model looked, where it does not tell.
    pub(super) fn cover(&mut self) {
        let Some(description) = &self.description else {
            self.say_no_sentence();
            return;
        };
        // Asked already, and the answer is on its way.
        if self.at_work.is_some() {
            return;
        }
        if !may_be_covered(description) {
            self.answer(text!("cover-not-needed"));
            return;
        }
        let (Some((photo, _)), Model::Ready { .. }) = (&self.shown, &self.model) else {
            self.answer(text!("status-no-photo"));
            return;
        };
        let (photo, description) = (photo.clone(), self.others.with_all(description));
        self.stop_speaking();
        let part = self.seeing.part();
        self.at_work = Some(self.describer.look_further(photo, part, description, More::Places));
        self.say(text!("cover-begun"));
    }

    /// Where the photo matters for each word has been found; the sentence stays as it is.
    pub(super) fn on_covered(&mut self, description: Box<Description>) {
        self.at_work = None;
        let found = overlay::grid(&description).is_some();
        self.description = Some(self.others.renewed(description));
        let answer = if found { text!("cover-done") } else { text!("no-part") };
        self.answer(answer);
        self.look_ahead();
    }

    fn speak_when_ready(&mut self, ctx: &Context, before: Option<String>) {
        if self.settings.speak_when_ready {
            self.speak_answer(ctx, before);
        }
    }

    /// Says the description, or what stands in its place, after `before`.
    pub(super) fn speak_answer(&mut self, ctx: &Context, before: Option<String>) {
        match (&self.description, self.withheld.answer()) {
            (Some(_), _) => self.speak_all(ctx, before),
            (None, Some(answer)) => self.speak_after_own_words(join(before, answer)),
            (None, None) => {}
        }
    }

    /// Shows the next best different sentence, or the one before.
    pub(super) fn step_sentence(&mut self, ctx: &Context, backwards: bool) {
        let Some(description) = &self.description else {
            let none = self.withheld.answer();
            if !self.is_working() {
                self.tell(none.unwrap_or_else(|| text!("status-no-sentence")));
            }
            return;
        };
        // Asked already, and the answer is on its way.
        if self.at_work.is_some() {
            return;
        }
        match self.others.step(description, backwards) {
            Step::Show(description) => {
                self.stop_speaking();
                self.lit = None;
                self.description = Some(description);
                let position = self.others.position();
                let position = position.map(|(at, count)| text!("sentence-position", at = at, count = count));
                let agreement = self.others.agreement();
                // How far they agree stands below the sentence.
                self.say(join(position.clone(), text!("described-step")));
                self.speak_description_within(ctx, position, agreement);
            }
            Step::Ask(description) => match (&self.shown, &self.model) {
                (Some((photo, _)), Model::Ready { .. }) => {
                    let photo = photo.clone();
                    self.stop_speaking();
                    self.at_work =
                        Some(
                            self.describer
                                .look_further(photo, self.seeing.part(), *description, More::Sentences),
                        );
                    self.say(text!("sentences-looking"));
                }
                // Without the photo or the model there are those that were kept.
                _ => self.step_sentence(ctx, backwards),
            },
            Step::End(sentence) => self.tell(sentence),
        }
    }

    /// Shows and says the guess that was held back.
    pub(super) fn tell_the_guess(&mut self, ctx: &Context) {
        match self.withheld.tell() {
            Some(description) => {
                self.stop_speaking();
                self.say(words::done(&description));
                self.description = Some(description);
                self.speak_answer(ctx, None);
            }
            None if self.description.is_none() => self.answer(text!("status-no-sentence")),
            None => self.answer(text!("guess-shown-already")),
        }
    }

    /// Ends the describing that is at work; whether there was any.
    pub(super) fn stop_describing(&mut self) -> bool {
        if self.at_work.is_none() && !self.album.is_opening() {
            return false;
        }
        self.describer.cancel();
        self.album.stop();
        self.others.not_found();
        self.at_work = None;
        self.answer(text!("stopped-describing", key = Command::Describe.entry().key()));
        true
    }

    /// The sentence as it is copied, or what stands in its place.
    pub(super) fn sentence_to_copy(&self) -> Option<String> {
        match &self.description {
            Some(description) => Some(report::sentence(description)),
            None => self.withheld.answer(),
        }
    }

    /// Opens or closes the list of recent descriptions.
    pub(super) fn toggle_recents(&mut self, ctx: &Context) {
        if self.sheets.is(Sheet::Recent) {
            self.close_sheet(ctx);
        } else {
            self.stop_speaking();
            self.recents.open();
            self.sheets.show(ctx, Sheet::Recent);
        }
    }

    /// Does what was chosen in the list of recent descriptions.
    pub(super) fn obey_recents(&mut self, ctx: &Context, choice: Choice) {
        match choice {
            Choice::Open(entry) => {
                self.close_sheet(ctx);
                self.open_alone(Source::Recent(entry));
            }
            Choice::Clear => {
                self.close_sheet(ctx);
                self.recents.recent().clear();
                self.tell(text!("recent-cleared"));
            }
            Choice::Keep(keep) => {
                self.settings.keep_recent = keep;
                self.settings_changed();
            }
        }
    }

    /// Below the sentence: which of the sentences this is, with buttons to step, and the way to the guess.
    pub(super) fn show_positions(&mut self, ui: &mut Ui) {
        let mut asked = None;
        if self.withheld.has_guess() {
            asked = asked.or(command_button(ui, Command::Guess));
        }
        if self.description.as_deref().is_some_and(may_be_covered) && self.shown.is_some() {
            asked = asked.or(command_button(ui, Command::Cover));
        }
        if let Some(line) = self.others.line() {
            self.stepper(
                ui,
                "sentence-position",
                &line,
                Command::PreviousSentence,
                Command::NextSentence,
                &mut asked,
            );
        }
        if let Some(command) = asked {
            self.obey(&ui.ctx().clone(), command);
        }
    }

    /// Which photo of the list this is, with buttons to step, in a place that does not move while stepping.
    pub(super) fn show_list(&mut self, ui: &mut Ui, (at, count): (usize, usize)) {
        let line = text!("photos-position-line", at = at, count = count);
        let mut asked = None;
        let (back, on) = (Command::PreviousPhoto, Command::NextPhoto);
        self.stepper(ui, "photo-position", &line, back, on, &mut asked);
        if let Some(command) = asked {
            self.obey(&ui.ctx().clone(), command);
        }
    }

    fn stepper(&self, ui: &mut Ui, id: &str, line: &str, back: Command, on: Command, asked: &mut Option<Command>) {
        ui.horizontal_wrapped(|ui| {
            *asked = asked.or(command_button(ui, back)).or(command_button(ui, on));
            let text = RichText::new(line).color(theme::quiet(ui.visuals()));
            node::text(ui, Id::unique(id), text, line, node::Kind::Plain);
        });
    }
}

fn command_button(ui: &mut Ui, command: Command) -> Option<Command> {
    let entry = command.entry();
    let button = ui.add(Button::new(entry.name()).min_size(theme::TARGET_SIZE));
    node::hint(button, entry.hover()).clicked().then_some(command)
}

/// Whether nobody knows yet where the photo matters for the words.
fn may_be_covered(description: &Description) -> bool {
    overlay::grid(description).is_none() && description.attention_kind != Some(AttentionKind::Occlusion)
}

/// One sentence after another.
fn join(before: Option<String>, sentence: String) -> String {
    match before {
        Some(before) if sentence.is_empty() => before,
        Some(before) => format!("{before} {sentence}"),
        None => sentence,
    }
}

/// The address of a drop that is no file.
fn web_address(path: &Path) -> Option<&str> {
    path.to_str().filter(|text| is_web_address(text))
}
