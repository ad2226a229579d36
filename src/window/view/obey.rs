//! What each command of the photo's view does.

use std::time::{Duration, Instant};

use egui::{Context, Vec2, vec2};

use super::attention::Light;
use super::camera::{Camera, Stage};
use super::legend;
use crate::captioner::{Description, Place};
use crate::describer::Source;
use crate::language;
use crate::overlay::{self, Located, Mode};
use crate::photo;
use crate::speech::Part;
use crate::text;
use crate::window::app::HearsightApp;
use crate::window::commands::Command;
use crate::window::words;

/// The share of the room by which one press of a key moves the photo.
const PAN: f32 = 0.15;

impl HearsightApp {
    /// Obeys a command that is about seeing.
    pub(in crate::window) fn obey_view(&mut self, ctx: &Context, command: Command) {
        match command {
            Command::ZoomIn => self.zoom(|camera, stage| camera.step(stage, true)),
            Command::ZoomOut => self.zoom(|camera, stage| camera.step(stage, false)),
            Command::ActualSize => self.zoom(Camera::actual_size),
            Command::Fit => self.zoom(|camera, _| camera.fit()),
            Command::PanLeft => self.pan(vec2(1.0, 0.0)),
            Command::PanRight => self.pan(vec2(-1.0, 0.0)),
            Command::PanUp => self.pan(vec2(0.0, 1.0)),
            Command::PanDown => self.pan(vec2(0.0, -1.0)),
            Command::DescribePart => self.describe_part(),
            Command::AttentionMode => self.next_mode(),
            Command::WholeSentence => self.toggle_whole(),
            Command::Stronger => self.change_strength(true),
            Command::Weaker => self.change_strength(false),
            Command::Review => self.toggle_review(),
            Command::ExportReview => self.ask_to_save(true),
            Command::SavePicture => self.ask_to_save(false),
            Command::Cover => self.cover(),
            Command::Explore => self.toggle_explore(ctx),
            Command::Place => self.say_place(ctx),
            Command::Places => self.say_places(),
            _ => {}
        }
    }

    fn zoom(&mut self, change: impl FnOnce(&mut Camera, &Stage)) {
        let (Some(stage), true) = (self.seeing.stage, self.shown.is_some()) else {
            self.answer(text!("status-no-photo"));
            return;
        };
        change(&mut self.seeing.camera, &stage);
        let percent = self.seeing.camera.percent(&stage);
        self.say(if self.seeing.camera.is_fit() {
            text!("zoom-fit", percent = percent)
        } else {
            text!("zoom-percent", percent = percent)
        });
    }

    /// Moves what is seen; told in words, for those who do not see it move.
    fn pan(&mut self, direction: Vec2) {
        let (Some(stage), true) = (self.seeing.stage, self.shown.is_some()) else {
            self.answer(text!("status-no-photo"));
            return;
        };
        if self.seeing.camera.is_fit() {
            self.say(text!("pan-nothing"));
            return;
        }
        self.seeing.camera.pan(&stage, direction * stage.room.size() * PAN);
        let centre = self.seeing.camera.visible(&stage).center();
        let percent = self.seeing.camera.percent(&stage);
        let place = Place::at(centre.x, centre.y).phrase();
        self.say(text!("pan-place", percent = percent, place = place));
    }

    fn describe_part(&mut self) {
        let (Some(stage), Some((photo, _))) = (self.seeing.stage, &self.shown) else {
            self.answer(text!("status-no-photo"));
            return;
        };
        if self.is_describing() {
            return;
        }
        let seen = self.seeing.camera.visible(&stage);
        let part = photo::Part::of(stage.photo, [seen.left(), seen.top(), seen.right(), seen.bottom()]);
        if part.is_whole(stage.photo) {
            self.answer(text!("part-is-whole"));
            return;
        }
        let source = Source::Part {
            photo: photo.clone(),
            part,
        };
        let whole = self.clear_sentence();
        let job = self.hand_over(source);
        self.seeing.parts.begin(job, part, whole);
        self.say(text!("part-at-work"));
    }

    /// Back from the description of a part to that of the whole photo; whether there was a part.
    pub(in crate::window) fn leave_part(&mut self) -> bool {
        let Some(whole) = self.seeing.parts.leave() else {
            return false;
        };
        self.clear_sentence();
        self.forget_job();
        match (whole, &self.shown) {
            (Some(whole), _) => {
                self.description = Some(whole);
                self.say(text!("part-left"));
            }
            // It had no description of its own yet.
            (None, Some((photo, _))) => {
                let source = Source::Photo(photo.clone());
                self.say(text!("part-left"));
                self.hand_over(source);
            }
            (None, None) => {}
        }
        true
    }

    /// Closes or ends the topmost of what belongs to the view; whether there was anything.
    pub(in crate::window) fn step_back(&mut self) -> bool {
        if self.seeing.review.close() {
            self.say(text!("review-closed"));
            return true;
        }
        if self.end_exploring() {
            return true;
        }
        if self.is_speaking() || self.lit.is_some() {
            return false;
        }
        if std::mem::take(&mut self.seeing.whole) {
            self.say(text!("whole-off"));
            return true;
        }
        self.leave_part()
    }

    fn next_mode(&mut self) {
        self.settings.attention_mode = self.settings.attention_mode.next();
        self.settings_changed();
        let mode = match self.settings.attention_mode {
            Mode::Colour => text!("mode-colour"),
            Mode::Dim => text!("mode-dim"),
            Mode::Outline => text!("mode-outline"),
        };
        self.say_with_legend(mode);
    }

    fn change_strength(&mut self, stronger: bool) {
        self.settings.attention_strength = self.style().step(stronger).strength;
        self.settings_changed();
        self.say_with_legend(text!("strength", percent = self.style().percent()));
    }

    /// Says it, and that there is nothing to be seen of it where the model gives no attention.
    fn say_with_legend(&mut self, text: String) {
        let description = self.description.as_deref();
        let silent = description.filter(|description| overlay::grid(description).is_none());
        let more = silent.map(|description| overlay::no_map(description.attention_kind));
        self.say([Some(text), more].into_iter().flatten().collect::<Vec<_>>().join(" "));
    }

    fn toggle_whole(&mut self) {
        if self.description.is_none() {
            self.say_no_sentence();
            return;
        }
        self.seeing.whole = !self.seeing.whole;
        if !self.seeing.whole {
            self.say(text!("whole-off"));
            return;
        }
        let light = Light::of(self.description.as_deref(), None, true);
        let words = match &light {
            Light::Map(map) => text!("whole-on", place = words::place_or_everywhere(map.place())),
            _ => legend::in_words(&light, self.style(), self.attention_kind()).unwrap_or_default(),
        };
        self.say(words);
    }

    fn toggle_review(&mut self) {
        if self.description.is_none() {
            self.say_no_sentence();
            return;
        }
        // Of a recent description the photo may be gone.
        if self.shown.is_none() {
            self.answer(text!("status-no-photo"));
            return;
        }
        self.seeing.explore.end();
        self.seeing.review.toggle(self.lit);
        if self.seeing.review.is_open() {
            self.say_with_legend(text!("review-open"));
        } else {
            self.say(text!("review-closed"));
        }
    }

    fn toggle_explore(&mut self, ctx: &Context) {
        if self.seeing.explore.is_on() {
            self.end_exploring();
            return;
        }
        let Some(description) = &self.description else {
            self.say_no_sentence();
            return;
        };
        let Some(grid) = overlay::grid(description) else {
            self.answer(overlay::no_map(self.attention_kind()));
            return;
        };
        self.stop_speaking();
        self.seeing.review.close();
        self.seeing.whole = false;
        self.lit = None;
        self.seeing.explore.begin(grid);
        ctx.memory_mut(|memory| memory.request_focus(super::photo::id()));
        self.answer(text!("explore-on", rows = grid.0, columns = grid.1));
    }

    /// Ends the exploring; whether someone explored.
    pub(in crate::window) fn end_exploring(&mut self) -> bool {
        let was_on = self.seeing.explore.is_on();
        if was_on {
            self.seeing.explore.end();
            self.stop_speaking();
            self.lit = None;
            self.answer(text!("explore-off"));
        }
        was_on
    }

    /// The words at the cursor's cell, the strongest first.
    fn words_at_cursor(&self) -> Vec<usize> {
        match (self.seeing.explore.point(), &self.description) {
            (Some((x, y)), Some(description)) => overlay::words_at(description, x, y),
            _ => Vec::new(),
        }
    }

    /// The cursor came to another cell: its words are said once it rests there.
    pub(super) fn came_to_cell(&mut self, now: Instant) {
        let words = self.words_at_cursor();
        if words.is_empty() {
            self.lit = None;
        }
        self.seeing.explore.came_to(words, now);
        if let (Some(stage), Some((x, y))) = (self.seeing.stage, self.point_of_photo()) {
            self.seeing.camera.reveal(&stage, vec2(x, y));
        }
    }

    /// The cursor's place in the whole photo, from 0 to 1.
    fn point_of_photo(&self) -> Option<(f32, f32)> {
        let (x, y) = self.seeing.explore.point()?;
        let Some(part) = self.seeing.parts.shown() else {
            return Some((x, y));
        };
        let [left, top, right, bottom] = part.edges(self.seeing.stage?.photo);
        Some((left + x * (right - left), top + y * (bottom - top)))
    }

    /// Shows what lies at the cursor, also where that is nothing; the voice waits.
    pub(super) fn tell_cell(&mut self) {
        if let Some(text) = self.cursor_in_words() {
            self.say(text);
        }
    }

    /// Shows and says what lies at the cursor, also where that is nothing.
    pub(super) fn say_cell(&mut self) {
        let (Some(text), Some(place), Some(description)) = (
            self.cursor_in_words(),
            self.place_of_cursor(),
            self.description.as_deref(),
        ) else {
            return;
        };
        let found = self.words_at_cursor();
        let here = match found.is_empty() {
            true => Part::new(text!("explore-nothing") + ";", language::current().tag()),
            false => self.theirs(listed(description, &found) + ";"),
        };
        self.lit = found.first().copied();
        self.tell_parts(text, vec![here, Part::new(place, language::current().tag())]);
    }

    /// Says what is due of the exploring.
    pub(in crate::window) fn explore(&mut self, ctx: &Context) {
        let now = Instant::now();
        if let Some(found) = self.seeing.explore.due(now)
            && let Some(description) = &self.description
        {
            let part = self.theirs(listed(description, &found));
            let written = self.cursor_in_words().unwrap_or_default();
            self.stop_speaking();
            self.lit = found.first().copied();
            if self.status.text == written {
                // A key has told the cell already: what a screen reader has read it does not read again.
                self.narrator.speak(vec![part], None);
            } else {
                self.tell_parts(written, vec![part]);
            }
        }
        if let Some(wait) = self.seeing.explore.until_due(now) {
            ctx.request_repaint_after(wait.max(Duration::from_millis(5)));
        }
    }

    /// "dog, grass; upper left, row 1 of 8, column 2 of 8".
    pub(super) fn cursor_in_words(&self) -> Option<String> {
        let place = self.place_of_cursor()?;
        let found = self.words_at_cursor();
        let description = self.description.as_deref()?;
        let here = if found.is_empty() {
            text!("explore-nothing")
        } else {
            listed(description, &found)
        };
        Some(text!("explore-cell", here = here, place = place))
    }

    /// "upper left, row 1 of 8, column 2 of 8".
    fn place_of_cursor(&self) -> Option<String> {
        let cell = self.seeing.explore.cursor()?;
        let (rows, columns) = self.seeing.explore.grid()?;
        let (x, y) = self.seeing.explore.point()?;
        Some(text!(
            "explore-place",
            place = Place::at(x, y).phrase(),
            row = cell.row + 1,
            rows = rows,
            column = cell.column + 1,
            columns = columns,
        ))
    }

    /// Where the word is: the lit one, or the one that has the focus; while exploring what lies at the cursor.
    fn say_place(&mut self, ctx: &Context) {
        if self.seeing.explore.is_on() {
            self.say_cell();
            return;
        }
        let Some(description) = &self.description else {
            self.say_no_sentence();
            return;
        };
        let number = self.lit.or_else(|| self.word_in_focus(ctx));
        let (answer, parts) = match number.map(|number| (number, Located::of(description, number))) {
            None => (text!("place-of-none"), None),
            Some((_, None)) => (overlay::no_map(description.attention_kind), None),
            Some((_, Some(word))) => (word_and_place(word), Some(self.place_parts(word))),
        };
        self.stop_speaking();
        self.lit = number;
        match parts {
            Some(parts) => self.tell_parts(answer, parts),
            None => self.tell(answer),
        }
    }

    fn say_places(&mut self) {
        let Some(description) = &self.description else {
            self.say_no_sentence();
            return;
        };
        let places = overlay::places(description);
        let (answer, parts) = if !places.is_empty() {
            let written: Vec<String> = places.iter().map(|word| word_and_place(*word)).collect();
            let parts: Vec<Part> = places.iter().flat_map(|word| self.place_parts(*word)).collect();
            (written.join(". ") + ".", Some(parts))
        } else if overlay::grid(description).is_some() {
            (text!("places-none"), None)
        } else {
            (overlay::no_map(description.attention_kind), None)
        };
        self.stop_speaking();
        match parts {
            Some(parts) => self.tell_parts(answer, parts),
            None => self.tell(answer),
        }
    }

    /// "dog:" in the caption's language, "lower left." in that of the interface.
    fn place_parts(&self, word: Located<'_>) -> Vec<Part> {
        let place = words::place_or_everywhere(word.place) + ".";
        vec![
            self.theirs(format!("{}:", word.text)),
            Part::new(place, language::current().tag()),
        ]
    }
}

/// "dog: lower left".
fn word_and_place(word: Located<'_>) -> String {
    text!(
        "word-place",
        word = word.text,
        place = words::place_or_everywhere(word.place)
    )
}

/// The words, for a list.
fn listed(description: &Description, found: &[usize]) -> String {
    let words = found.iter().filter_map(|number| Located::of(description, *number));
    words.map(|word| word.text).collect::<Vec<_>>().join(", ")
}
