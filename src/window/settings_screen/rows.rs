//! The kinds of rows: one of a few, yes or no, a number; each with a name and a sentence of help.
//!
//! Each gives whether the person has changed the value.

use std::ops::RangeInclusive;

use egui::accesskit::Role;
use egui::{Button, Checkbox, Id, RadioButton, Response, RichText, Slider, Ui, UiBuilder};

use crate::window::look::theme;
use crate::window::node::{self, Kind};

/// What a row is called and what it is for.
pub struct About {
    /// Its name, the same at every frame; not for people.
    pub key: &'static str,
    /// What it is called.
    pub name: String,
    /// What it does, as a sentence.
    pub help: String,
}

impl About {
    /// A row of this key, name and help.
    pub fn new(key: &'static str, name: String, help: String) -> Self {
        Self { key, name, help }
    }
}

/// The name of several rows that belong together.
pub fn section(ui: &mut Ui, key: &str, name: &str) {
    ui.add_space(10.0);
    let text = RichText::new(name).heading().color(theme::heading(ui.visuals()));
    node::text(ui, Id::unique(("settings section", key)), text, name, Kind::Section);
}

/// One of a few: a group of radio buttons.
pub fn choice<T: Copy + PartialEq>(ui: &mut Ui, about: &About, value: &mut T, options: &[(T, String)]) -> bool {
    group(ui, about, |ui| {
        label(ui, about);
        let mut changed = false;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 22.0;
            for (option, name) in options {
                let response = ui.add(RadioButton::new(*value == *option, name.as_str()));
                // The help is the group's: with each of the choices it would be read again and again.
                let name = format!("{}: {name}", about.name);
                ui.ctx()
                    .accesskit_node_builder(response.id, |node| node.set_label(name));
                if response.clicked() && *value != *option {
                    *value = *option;
                    changed = true;
                }
            }
        });
        help(ui, about);
        changed
    })
}

/// Yes or no.
pub fn toggle(ui: &mut Ui, about: &About, value: &mut bool) -> bool {
    row(ui, about, UiBuilder::new(), |ui| {
        let response = ui.add(Checkbox::new(value, about.name.as_str()));
        describe(ui, &response, &about.name, about);
        help(ui, about);
        response.changed()
    })
}

/// A number's bounds, its steps by key, and how people write it.
pub struct Scale {
    /// From the least to the greatest.
    pub range: RangeInclusive<f32>,
    /// What an arrow key adds or takes.
    pub step: f32,
    /// The number with its unit.
    pub written: String,
}

/// A number: a slider with the value beside its name.
pub fn number(ui: &mut Ui, about: &About, value: &mut f32, scale: &Scale) -> Response {
    row(ui, about, UiBuilder::new(), |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(&about.name).strong());
            ui.label(&scale.written);
        });
        let response = ui
            .scope(|ui| {
                // The rail is a line like the edges of buttons, seen in every theme.
                let edge = ui.visuals().widgets.inactive.bg_stroke.color;
                let widgets = &mut ui.visuals_mut().widgets;
                widgets.inactive.bg_fill = edge;
                ui.spacing_mut().slider_width = ui.available_width().min(420.0);
                let slider = Slider::new(value, scale.range.clone())
                    .step_by(f64::from(scale.step))
                    .show_value(false);
                ui.add(slider)
            })
            .inner;
        describe(ui, &response, &about.name, about);
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_value(scale.written.as_str());
        });
        help(ui, about);
        response
    })
}

/// A button of the size that every target has.
pub fn button(ui: &mut Ui, name: &str) -> Response {
    ui.add(Button::new(name).min_size(theme::TARGET_SIZE))
}

/// What another part of the window shows, with a name and a sentence of help like any row.
pub fn part(ui: &mut Ui, key: &'static str, name: &str, about: &str, contents: impl FnOnce(&mut Ui)) {
    let about = About::new(key, name.to_owned(), about.to_owned());
    group(ui, &about, |ui| {
        label(ui, &about);
        help(ui, &about);
        contents(ui);
    });
}

/// Rows that belong together, as one group for screen readers.
fn group<R>(ui: &mut Ui, about: &About, rows: impl FnOnce(&mut Ui) -> R) -> R {
    let builder = UiBuilder::new()
        .accessibility_role(Role::Group)
        .accessibility_label(about.name.as_str());
    row(ui, about, builder, rows)
}

/// A row whose widgets keep their ids whatever stands above.
fn row<R>(ui: &mut Ui, about: &About, builder: UiBuilder, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let result = ui.scope_builder(builder.id_salt(about.key), contents).inner;
    ui.add_space(14.0);
    result
}

fn label(ui: &mut Ui, about: &About) {
    ui.label(RichText::new(&about.name).strong());
}

fn help(ui: &mut Ui, about: &About) {
    let quiet = theme::quiet(ui.visuals());
    ui.label(RichText::new(&about.help).small().color(quiet));
}

/// Gives screen readers the name with its group and the sentence of help.
fn describe(ui: &Ui, response: &Response, name: &str, about: &About) {
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_label(name);
        node.set_description(about.help.as_str());
    });
}
