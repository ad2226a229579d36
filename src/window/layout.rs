//! Where everything stands: buttons above, the sentence and the news below, the photo in all the room between.
//!
//! The order of the panels is the order in which Tab and screen readers meet them.

use egui::{Align2, Button, CentralPanel, Color32, FontId, Frame, Id, Margin, Panel, RichText, Ui};

use super::app::{HearsightApp, Model};
use super::commands::{BUILT_IN, COMMANDS, Command};
use super::{caption, node, theme, words};

/// The commands that have a button, in order.
const BUTTONS: [Command; 6] = [
    Command::Open,
    Command::Paste,
    Command::Describe,
    Command::Speak,
    Command::Copy,
    Command::Keys,
];

/// How often the dots that show work move on, in seconds.
const DOTS: f64 = 0.3;

impl HearsightApp {
    pub(super) fn show(&mut self, ui: &mut Ui) {
        let margin = Margin::symmetric(14, 10);
        let panel = Frame::side_top_panel(ui.style()).inner_margin(margin);
        Panel::top("buttons").frame(panel).show(ui, |ui| self.buttons(ui));
        Panel::bottom("sentence")
            .frame(panel)
            .resizable(false)
            .show(ui, |ui| self.sentence(ui));
        CentralPanel::no_frame()
            .frame(Frame::new().fill(theme::BEHIND_PHOTO))
            .show(ui, |ui| self.photo(ui));
        if self.keys_shown {
            self.keys(ui);
        }
    }

    fn buttons(&mut self, ui: &mut Ui) {
        ui.horizontal_wrapped(|ui| {
            for command in BUTTONS {
                let entry = command.entry();
                let speaking = command == Command::Speak && self.is_speaking();
                let name = if speaking { words::STOP } else { entry.name };
                // The same id under both names, so that the focus stays.
                let pressed = ui.push_id(entry.name, |ui| ui.add(Button::new(name)).on_hover_text(entry.hover()));
                if pressed.inner.clicked() {
                    self.obey(&ui.ctx().clone(), command);
                }
            }
        });
    }

    fn sentence(&mut self, ui: &mut Ui) {
        if let Some(word) = caption::show(ui, self.description.as_deref(), self.lit) {
            self.light(word);
        }
        ui.separator();
        self.news(ui);
    }

    fn news(&self, ui: &mut Ui) {
        let trouble = |ui: &Ui, text: &str| RichText::new(format!("⚠ {text}")).color(theme::trouble(ui.visuals()));
        let text = if self.status.trouble {
            trouble(ui, &self.status.text)
        } else if self.is_working() {
            RichText::new(format!("{} {}", dots(ui), self.status.text))
        } else {
            RichText::new(&self.status.text)
        };
        node::text(
            ui,
            Id::unique("status"),
            text,
            &self.status.announced,
            node::Kind::Status,
        );
        if let Some(sentence) = &self.voice_trouble {
            let text = trouble(ui, sentence);
            node::text(ui, Id::unique("voice"), text, sentence, node::Kind::Status);
        }
        match &self.model {
            Model::Missing(sentence) if *sentence != self.status.text => {
                let text = trouble(ui, sentence);
                node::text(ui, Id::unique("model"), text, sentence, node::Kind::Status);
            }
            Model::Ready(about) => {
                let text = RichText::new(about).small().color(theme::quiet(ui.visuals()));
                node::text(ui, Id::unique("model"), text, about, node::Kind::Plain);
            }
            Model::Loading | Model::Missing(_) => {}
        }
    }

    fn photo(&self, ui: &mut Ui) {
        let room = ui.available_rect_before_wrap();
        match &self.shown {
            Some((_, picture)) => {
                let place = self.lit_word().and_then(words::place);
                picture.show(ui, place);
            }
            None if !self.is_working() => {
                let inner = room.shrink(24.0);
                ui.scope_builder(egui::UiBuilder::new().max_rect(inner), |ui| {
                    ui.visuals_mut().override_text_color = Some(theme::ON_BEHIND_PHOTO);
                    ui.vertical_centered(|ui| {
                        ui.add_space((inner.height() / 2.0 - 60.0).max(0.0));
                        ui.label(RichText::new(words::WELCOME).heading());
                        ui.label(words::WELCOME_MORE);
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
                words::DROP_HERE,
                font,
                theme::ON_BEHIND_PHOTO,
            );
        }
    }

    fn keys(&mut self, ui: &Ui) {
        let frame = Frame::popup(ui.style()).inner_margin(20);
        let modal = egui::Modal::new(Id::unique("keys")).frame(frame).show(ui.ctx(), |ui| {
            ui.set_max_width((ui.ctx().content_rect().width() - 64.0).min(640.0));
            node::text(
                ui,
                Id::unique("keys heading"),
                RichText::new(words::KEYS).heading(),
                words::KEYS,
                node::Kind::Heading,
            );
            let height = (ui.ctx().content_rect().height() - 200.0).max(120.0);
            egui::ScrollArea::vertical().max_height(height).show(ui, |ui| {
                let ours = COMMANDS.iter().map(|entry| (entry.key(), entry.help));
                let built_in = BUILT_IN.iter().map(|(key, help)| ((*key).to_owned(), *help));
                for (key, help) in ours.chain(built_in) {
                    let mut text = egui::text::LayoutJob::default();
                    RichText::new(format!("{key}  "))
                        .strong()
                        .color(theme::heading(ui.visuals()))
                        .append_to(&mut text, ui.style(), egui::FontSelection::Default, egui::Align::BOTTOM);
                    RichText::new(help).append_to(
                        &mut text,
                        ui.style(),
                        egui::FontSelection::Default,
                        egui::Align::BOTTOM,
                    );
                    node::text(
                        ui,
                        Id::unique(("key", &key)),
                        text,
                        &format!("{key}: {help}"),
                        node::Kind::Plain,
                    );
                }
            });
            let close = ui.add(Button::new(words::CLOSE));
            if ui.ctx().memory(|memory| memory.focused().is_none()) {
                close.request_focus();
            }
            close.clicked()
        });
        if modal.inner || modal.should_close() {
            self.keys_shown = false;
        }
    }
}

/// Three dots, one of them full; their moving is the only repaint while the program works.
fn dots(ui: &Ui) -> &'static str {
    ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(DOTS));
    let time = ui.input(|input| input.time);
    ["●○○", "○●○", "○○●"][(time / DOTS) as usize % 3]
}
