//! Text as a node of the accessibility tree with an id that stays, so that screen readers hear its changes.

use egui::accesskit::Live;
use egui::{FontSelection, Id, Response, Role, Sense, TextWrapMode, Ui, WidgetInfo, WidgetText};

/// What the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A heading that can be jumped to and focused; its changes are announced.
    Heading,
    /// A heading within a screen, to be jumped to.
    Section,
    /// News: its changes are announced.
    Status,
    /// Text to be read where it stands.
    Plain,
}

fn announces_id() -> Id {
    Id::unique("announces")
}

/// Whether changes are announced from now on: not where the program's own voice says them beside a screen reader.
pub fn announce(ctx: &egui::Context, announces: bool) {
    ctx.data_mut(|data| data.insert_temp(announces_id(), announces));
}

/// Lays `text` out over the available width; screen readers get `name` instead, which may say more.
pub fn text(ui: &mut Ui, id: Id, text: impl Into<WidgetText>, name: &str, kind: Kind) -> Response {
    let wrap = Some(TextWrapMode::Wrap);
    let galley = text
        .into()
        .into_galley(ui, wrap, ui.available_width(), FontSelection::Default);
    let (rect, _) = ui.allocate_exact_size(galley.size(), Sense::hover());
    let sense = if kind == Kind::Heading {
        Sense::focusable_noninteractive()
    } else {
        Sense::hover()
    };
    let response = ui.interact(rect, id, sense);
    let role = match kind {
        Kind::Heading | Kind::Section => Role::Heading,
        Kind::Status => Role::Status,
        Kind::Plain => Role::Paragraph,
    };
    response.widget_info(|| WidgetInfo::labeled(role, true, name));
    let announces = ui.ctx().data(|data| data.get_temp(announces_id()).unwrap_or(true));
    ui.ctx().accesskit_node_builder(id, |node| {
        match kind {
            Kind::Heading => node.set_level(1),
            Kind::Section => node.set_level(2),
            Kind::Status | Kind::Plain => {}
        }
        if matches!(kind, Kind::Heading | Kind::Status) {
            node.set_live(if announces { Live::Polite } else { Live::Off });
        }
    });
    ui.painter().galley(rect.min, galley, ui.visuals().text_color());
    response
}
