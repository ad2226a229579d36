//! The list of keys: every command's key and what it does, group by group, on the screen and aloud.

use egui::text::LayoutJob;
use egui::{Align, FontSelection, Id, RichText, Ui};

use super::commands::{Entry, Group, built_in};
use super::look::theme;
use super::node;
use crate::text;

/// One line: a key and its help.
fn line(key: &str, help: &str) -> String {
    text!("key-and-help", key = key, help = help)
}

fn groups() -> Vec<(String, Vec<(String, String)>)> {
    let ours = |entry: &Entry| (entry.key(), entry.help());
    let mut groups: Vec<_> = Group::ALL
        .into_iter()
        .map(|group| (group.name(), group.commands().map(ours).collect::<Vec<_>>()))
        .filter(|(_, lines)| !lines.is_empty())
        .collect();
    groups.push((text!("group-everywhere"), built_in().to_vec()));
    groups
}

/// The whole list as it is said.
pub fn aloud() -> String {
    let said = |(group, lines): (String, Vec<(String, String)>)| {
        let lines: Vec<String> = lines.iter().map(|(key, help)| line(key, help)).collect();
        format!("{group}. {}", lines.join(" "))
    };
    groups().into_iter().map(said).collect::<Vec<_>>().join(" ")
}

/// Adds the list.
pub fn show(ui: &mut Ui) {
    for (group, lines) in groups() {
        ui.add_space(8.0);
        let heading = RichText::new(&group).strong().color(theme::heading(ui.visuals()));
        node::text(ui, Id::unique(("help", &group)), heading, &group, node::Kind::Plain);
        for (key, help) in lines {
            let mut text = LayoutJob::default();
            let key_text = RichText::new(format!("{key}  "))
                .strong()
                .color(theme::heading(ui.visuals()));
            for part in [key_text, RichText::new(&help)] {
                part.append_to(&mut text, ui.style(), FontSelection::Default, Align::BOTTOM);
            }
            node::text(
                ui,
                Id::unique(("key", &key)),
                text,
                &line(&key, &help),
                node::Kind::Line,
            );
        }
    }
}
