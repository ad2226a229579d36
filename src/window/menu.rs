//! The menu: every command with its key, group by group, for the pointer, the arrow keys and screen readers.
//!
//! Up and Down go from command to command, Left and Right from group to group, Home and End to the first and the last;
//! Enter or Space does it, Escape closes.

use egui::accesskit::Role;
use egui::{Context, EventFilter, Id, Key, Modifiers, Response, RichText, Sense, TextStyle, Ui, UiBuilder, WidgetInfo};

use super::commands::{COMMANDS, Command, Entry, Group};
use super::look::theme;

/// The room between a row's text and its edge.
const PADDING: egui::Vec2 = egui::vec2(12.0, 8.0);

/// The id of a command's row.
pub fn item_id(entry: &Entry) -> Id {
    Id::unique(("menu", entry.id))
}

/// Adds the menu; gives the command that was chosen. `fresh` gives the first one the focus.
pub fn show(ui: &mut Ui, fresh: bool) -> Option<Command> {
    if !fresh {
        steer(ui.ctx());
    }
    let mut chosen = None;
    let menu = UiBuilder::new().accessibility_role(Role::Menu);
    ui.scope_builder(menu, |ui| {
        let id = ui.unique_id();
        ui.ctx()
            .accesskit_node_builder(id, |node| node.set_label(Command::Menu.name()));
        ui.spacing_mut().item_spacing.y = 2.0;
        for group in Group::ALL.into_iter().filter(|group| group.commands().next().is_some()) {
            let part = UiBuilder::new().accessibility_role(Role::Group);
            ui.scope_builder(part, |ui| {
                let id = ui.unique_id();
                ui.ctx().accesskit_node_builder(id, |node| node.set_label(group.name()));
                ui.add_space(8.0);
                let heading = ui.label(RichText::new(group.name()).strong().color(theme::heading(ui.visuals())));
                // Room for the ring around the first row.
                ui.add_space(6.0);
                for (number, entry) in group.commands().enumerate() {
                    let row = item(ui, entry);
                    if row.clicked() {
                        chosen = Some(entry.command);
                    }
                    if number == 0 {
                        follow(ui, &row, heading.rect.union(row.rect));
                    } else {
                        follow(ui, &row, row.rect);
                    }
                }
            });
        }
    });
    // Only now: while its size is found out, the menu's rows give the focus away.
    if fresh {
        ui.ctx()
            .memory_mut(|memory| memory.request_focus(item_id(&COMMANDS[0])));
    }
    chosen
}

/// One row: the name, and at its end the key.
fn item(ui: &mut Ui, entry: &Entry) -> Response {
    let (name, key) = (entry.name(), entry.key());
    let font = TextStyle::Button.resolve(ui.style());
    let ink = egui::Color32::PLACEHOLDER;
    let width = ui.available_width();
    let key_galley = ui.painter().layout(key.clone(), font.clone(), ink, width * 0.5);
    let name_room = width - 3.0 * PADDING.x - key_galley.size().x;
    let name_galley = ui.painter().layout(name.clone(), font, ink, name_room);
    let height = name_galley.size().y.max(key_galley.size().y) + 2.0 * PADDING.y;
    let (rect, _) = ui.allocate_exact_size(egui::vec2(width, height.max(theme::TARGET)), Sense::hover());
    let id = item_id(entry);
    let response = ui.interact(rect, id, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::MenuItem, true, &name));
    ui.ctx().accesskit_node_builder(id, |node| {
        node.set_keyboard_shortcut(key.as_str());
        node.set_description(entry.help());
    });
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, arrows()));
    if ui.is_rect_visible(rect) {
        let visuals = *ui.style().interact(&response);
        if response.hovered() || response.has_focus() {
            ui.painter()
                .rect_filled(rect, visuals.corner_radius, visuals.weak_bg_fill);
        }
        let ink = if response.hovered() || response.has_focus() {
            visuals.text_color()
        } else {
            ui.visuals().text_color()
        };
        let middle = |height: f32| rect.center().y - height / 2.0;
        let at = egui::pos2(rect.left() + PADDING.x, middle(name_galley.size().y));
        ui.painter().galley(at, name_galley, ink);
        let at = egui::pos2(
            rect.right() - PADDING.x - key_galley.size().x,
            middle(key_galley.size().y),
        );
        ui.painter().galley(at, key_galley, ink);
    }
    response
}

/// Scrolls to a row that has just got the focus; the first of a group brings the group's name.
fn follow(ui: &Ui, row: &Response, rect: egui::Rect) {
    let seen = Id::unique("menu focus");
    if row.has_focus() && ui.data(|data| data.get_temp::<Id>(seen)) != Some(row.id) {
        ui.data_mut(|data| data.insert_temp(seen, row.id));
        ui.scroll_to_rect(rect.expand(theme::FOCUS + 2.0), None);
    }
}

/// A row keeps the arrows that move within the menu.
fn arrows() -> EventFilter {
    EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..Default::default()
    }
}

/// Moves the focus as the keys say.
fn steer(ctx: &Context) {
    let focused = ctx.memory(|memory| memory.focused());
    let Some(mut at) = COMMANDS.iter().position(|entry| Some(item_id(entry)) == focused) else {
        return;
    };
    let before = at;
    type Step = fn(usize) -> usize;
    let steps: [(Key, Step); 6] = [
        (Key::ArrowDown, |at| (at + 1) % COMMANDS.len()),
        (Key::ArrowUp, |at| (at + COMMANDS.len() - 1) % COMMANDS.len()),
        (Key::ArrowRight, next_group),
        (Key::ArrowLeft, previous_group),
        (Key::Home, |_| 0),
        (Key::End, |_| COMMANDS.len() - 1),
    ];
    for (key, step) in steps {
        for _ in 0..ctx.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key)) {
            at = step(at);
        }
    }
    if at != before {
        ctx.memory_mut(|memory| memory.request_focus(item_id(&COMMANDS[at])));
    }
}

/// The first command of the group after this one's; after the last group comes the first.
fn next_group(at: usize) -> usize {
    let group = COMMANDS[at].group;
    (at..COMMANDS.len())
        .find(|other| COMMANDS[*other].group != group)
        .unwrap_or(0)
}

/// The first command of the group before this one's.
fn previous_group(at: usize) -> usize {
    let first_of = |at: usize| {
        COMMANDS
            .iter()
            .position(|entry| entry.group == COMMANDS[at].group)
            .unwrap_or(0)
    };
    let first = first_of(at);
    first_of((first + COMMANDS.len() - 1) % COMMANDS.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_gone_through_in_a_circle() {
        let groups: Vec<usize> = Group::ALL
            .into_iter()
            .filter_map(|group| COMMANDS.iter().position(|entry| entry.group == group))
            .collect();
        for (at, group) in groups.iter().enumerate() {
            let next = groups[(at + 1) % groups.len()];
            assert_eq!(next_group(*group), next);
            assert_eq!(previous_group(next), *group);
        }
    }
}
