//! Where everything stands: buttons above, the sentence and the news below, the photo in all the room between.
//!
//! The order of the panels is the order in which Tab and screen readers meet them.

use std::time::Duration;

use egui::{Align2, Button, CentralPanel, Color32, FontId, Frame, Id, Margin, Panel, RichText, ScrollArea, Sense, Ui};

use super::app::{HearsightApp, Model};
use super::commands::Command;
use super::look::{self, focus, theme};
use super::sheet::Sheet;
use super::{caption, node, own_words};
use crate::language::{self, Language};
use crate::text;

/// The commands that have a button, in order.
const BUTTONS: [Command; 7] = [
    Command::Open,
    Command::Paste,
    Command::Describe,
    Command::Speak,
    Command::Copy,
    Command::Menu,
    Command::Keys,
];

/// A window smaller than this, in points, is one column that scrolls.
const SMALLEST: egui::Vec2 = egui::vec2(320.0, 400.0);

/// The same while all words are reviewed, whose maps need room.
const LEAST_FOR_REVIEW: egui::Vec2 = egui::vec2(480.0, 640.0);

/// Below this width the buttons are smaller, so that more of them stand in a line.
const NARROW: f32 = 480.0;

/// How often the dots that show work move on, in seconds.
const DOTS: f64 = 0.3;

impl HearsightApp {
    pub(super) fn show(&mut self, ui: &mut Ui) {
        if self.settings_screen.is_open() {
            self.show_settings(ui);
        } else {
            self.show_main(ui);
        }
        self.show_sheet(ui);
        focus::show(ui.ctx());
    }

    fn show_main(&mut self, ui: &mut Ui) {
        let margin = Margin::symmetric(14, 10);
        let panel = Frame::side_top_panel(ui.style()).inner_margin(margin);
        let size = ui.ctx().content_rect().size();
        let small = if self.seeing.is_reviewing() {
            LEAST_FOR_REVIEW
        } else {
            SMALLEST
        };
        if size.x < small.x || size.y < small.y {
            CentralPanel::no_frame().frame(panel).show(ui, |ui| self.column(ui));
            return;
        }
        Panel::top("buttons").frame(panel).show(ui, |ui| self.buttons(ui));
        if let Some(position) = self.album.position() {
            Panel::top("photos")
                .frame(panel)
                .show(ui, |ui| self.show_list(ui, position));
        }
        Panel::bottom("sentence")
            .frame(panel)
            .resizable(false)
            .show(ui, |ui| self.sentence(ui));
        CentralPanel::no_frame()
            .frame(Frame::new().fill(theme::behind_photo(ui.visuals()).0))
            .show(ui, |ui| self.photo(ui));
    }

    /// Everything below one another, to be scrolled: for windows that are too small to show it at once, as a small
    /// window at 300 % is.
    fn column(&mut self, ui: &mut Ui) {
        let scroll = ScrollArea::vertical().id_salt("column").auto_shrink([false, false]);
        scroll.show(ui, |ui| {
            self.buttons(ui);
            if let Some(position) = self.album.position() {
                self.show_list(ui, position);
            }
            ui.separator();
            self.words_and_news(ui);
            ui.separator();
            let fill = theme::behind_photo(ui.visuals()).0;
            if self.seeing.is_reviewing() {
                // As high as it is: the column scrolls, not the maps within it.
                Frame::new().fill(fill).show(ui, |ui| self.photo(ui));
            } else {
                let size = egui::vec2(ui.available_width(), ui.available_width().max(120.0) * 0.75);
                let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
                ui.painter().rect_filled(rect, 0.0, fill);
                ui.scope_builder(egui::UiBuilder::new().max_rect(rect), |ui| self.photo(ui));
            }
            self.scrolling.apply(ui);
            focus::follow(ui);
        });
    }

    fn buttons(&mut self, ui: &mut Ui) {
        ui.horizontal_wrapped(|ui| {
            if ui.available_width() < NARROW {
                ui.spacing_mut().button_padding.x = 9.0;
                ui.spacing_mut().item_spacing = egui::vec2(6.0, 6.0);
            }
            for command in BUTTONS {
                let entry = command.entry();
                let speaking = command == Command::Speak && self.is_speaking();
                let name = if speaking { Command::Stop.name() } else { entry.name() };
                let button = ui.add(Button::new(name).min_size(theme::TARGET_SIZE));
                if node::hint(button, entry.hover()).clicked() {
                    self.obey(&ui.ctx().clone(), command);
                }
            }
        });
    }

    fn sentence(&mut self, ui: &mut Ui) {
        // In a small window long news would leave no room for the photo.
        let room = ui.ctx().content_rect().height() * 0.45;
        let scroll = ScrollArea::vertical()
            .max_height(room)
            .min_scrolled_height(room)
            .auto_shrink([false, true]);
        scroll.show(ui, |ui| {
            self.words_and_news(ui);
            self.scrolling.apply(ui);
            focus::follow(ui);
        });
    }

    fn words_and_news(&mut self, ui: &mut Ui) {
        let (description, answer) = (self.description.as_deref(), self.withheld.answer());
        let own = self.own_words.as_deref();
        if let Some(own) = own {
            own_words::show(ui, own, self.settings.text_size);
        }
        // While the grid of words is walked, the word it lights does not pull the window away from it.
        let scrolls = !self.seeing.is_reviewing();
        let answer = answer.as_deref();
        if let Some(word) = caption::show(ui, description, answer, own, self.lit, self.settings.text_size, scrolls) {
            self.light(word);
        }
        self.show_positions(ui);
        ui.separator();
        self.news(ui);
    }

    pub(super) fn news(&self, ui: &mut Ui) {
        let mark = match (self.status.trouble, self.is_working()) {
            (true, _) => Mark::Trouble,
            (false, true) => Mark::Work,
            (false, false) => Mark::None,
        };
        status(ui, "status", mark, &self.status.text, self.status.announced());
        if self.fonts.lacks_korean() {
            // Whoever sees boxes reads this; whoever listens hears it in Korean.
            let shown = language::text_in(Language::English, "fonts-no-korean", &[]);
            status(ui, "fonts", Mark::Trouble, &shown, &text!("fonts-no-korean"));
        }
        if let Some(welcome) = self.welcome.text() {
            status(ui, "welcome", Mark::None, &welcome, &welcome);
        }
        // In its sheet it stands there.
        if !self.sheets.is(Sheet::Folder)
            && let Some((sentence, announced)) = self.folder.news()
        {
            status(ui, "folder", Mark::Work, &sentence, announced);
        }
        if let Some(sentence) = self.narrator.trouble() {
            status(ui, "voice", Mark::Trouble, &sentence, &sentence);
        }
        for (number, trouble) in self.settings_troubles.iter().enumerate() {
            let sentence = trouble.to_string();
            status(ui, &format!("settings {number}"), Mark::Trouble, &sentence, &sentence);
        }
        match &self.model {
            Model::Missing(sentence) if *sentence != self.status.text => {
                status(ui, "model", Mark::Trouble, sentence, sentence);
            }
            Model::Ready { name, device } => {
                let about = &text!("model-about", name = name, device = device);
                let text = RichText::new(about).small().color(theme::quiet(ui.visuals()));
                node::text(ui, Id::unique("model"), text, about, node::Kind::Plain);
            }
            Model::Loading | Model::Missing(_) => {}
        }
    }

    fn photo(&mut self, ui: &mut Ui) {
        let room = ui.available_rect_before_wrap().intersect(ui.clip_rect());
        match &self.shown {
            Some(_) if self.seeing.is_reviewing() && self.description.is_some() => self.show_review(ui),
            Some(_) => self.show_photo(ui),
            None if !self.is_working() => {
                let inner = room.shrink(24.0);
                ui.scope_builder(egui::UiBuilder::new().max_rect(inner), |ui| {
                    ui.visuals_mut().override_text_color = Some(theme::behind_photo(ui.visuals()).1);
                    ui.vertical_centered(|ui| {
                        ui.add_space((inner.height() / 2.0 - 60.0).max(0.0));
                        ui.label(RichText::new(text!("empty-window")).heading());
                        ui.label(text!("empty-window-more"));
                    });
                });
            }
            None => {}
        }
        if ui.input(|input| !input.raw.hovered_files.is_empty()) {
            let painter = ui.painter();
            painter.rect_filled(room, 0.0, Color32::from_black_alpha(200));
            painter.rect_stroke(room.shrink(8.0), 12.0, (4.0, theme::LIGHT), egui::StrokeKind::Inside);
            let font = FontId::proportional(28.0);
            painter.text(
                room.center(),
                Align2::CENTER_CENTER,
                text!("drop-here"),
                font,
                Color32::WHITE,
            );
        }
    }
}

/// What stands before a line of news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    None,
    Work,
    Trouble,
}

/// One line of news; screen readers get `announced`.
fn status(ui: &mut Ui, id: &str, mark: Mark, text: &str, announced: &str) {
    ui.horizontal_top(|ui| {
        let mut text = RichText::new(text);
        match mark {
            Mark::None => {}
            Mark::Work => dots(ui),
            Mark::Trouble => {
                text = text.color(theme::trouble(ui.visuals()));
                exclamation_mark(ui);
            }
        }
        node::text(ui, Id::unique(id), text, announced, node::Kind::Status);
    });
}

/// Painted, for the default fonts have no such sign.
fn exclamation_mark(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(egui::vec2(20.0, 21.0), Sense::hover());
    let font = FontId::proportional(17.0);
    ui.painter()
        .circle_filled(rect.center(), 10.0, theme::trouble(ui.visuals()));
    ui.painter()
        .text(rect.center(), Align2::CENTER_CENTER, "!", font, ui.visuals().panel_fill);
}

/// Three dots, one of them full; their moving is the only repaint while the program works.
fn dots(ui: &mut Ui) {
    let full = if look::is_still(ui.ctx()) {
        0
    } else {
        ui.ctx().request_repaint_after(Duration::from_secs_f64(DOTS));
        (ui.input(|input| input.time) / DOTS) as usize % 3
    };
    let (rect, _) = ui.allocate_exact_size(egui::vec2(44.0, 21.0), Sense::hover());
    let ink = ui.visuals().text_color();
    for dot in 0..3 {
        let at = rect.left_center() + egui::vec2(7.0 + 15.0 * dot as f32, 0.0);
        if dot == full {
            ui.painter().circle_filled(at, 6.0, ink);
        } else {
            ui.painter().circle_stroke(at, 4.0, (1.5, ink));
        }
    }
}
