//! Text as a node of the accessibility tree with an id that stays, so that screen readers hear its changes.

use egui::accesskit::Live;
use egui::{Context, FontSelection, Id, Response, Role, Sense, TextWrapMode, Ui, WidgetInfo, WidgetText};

/// What the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A heading that can be jumped to and focused; its changes are announced, unless the focus leads to them.
    Heading,
    /// A heading within a screen, to be jumped to.
    Section,
    /// News: its changes are announced.
    Status,
    /// One line of many, to be read where it stands.
    Line,
    /// Text to be read where it stands.
    Plain,
}

/// What screen readers get of the window's texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Whether changes are announced: not where the program's own voice says them beside a screen reader.
    pub announces: bool,
    /// Whether the screen reader is led by the focus, because it says everything. Every text then takes the focus, and
    /// what the focus goes to is not announced besides.
    pub leads: bool,
}

impl Reading {
    fn id() -> Id {
        Id::unique("reading")
    }

    /// From now on it is so.
    pub fn set(self, ctx: &Context) {
        ctx.data_mut(|data| data.insert_temp(Self::id(), self));
    }

    /// How it is now.
    pub fn get(ctx: &Context) -> Self {
        ctx.data(|data| data.get_temp(Self::id())).unwrap_or(Self {
            announces: true,
            leads: false,
        })
    }
}

/// Has the text heard again although it has the focus and says the same: a space that nobody hears changes its name.
pub fn again(ctx: &Context, id: Id) {
    ctx.data_mut(|data| {
        let odd = data.get_temp_mut_or_default::<bool>(id.with("again"));
        *odd = !*odd;
    });
}

/// Shows a hint while the pointer rests on it; not from behind a sheet, whose text it would cover.
pub fn hint(response: Response, hint: impl Into<WidgetText>) -> Response {
    let covered = response
        .ctx
        .memory(|memory| !memory.is_above_modal_layer(response.layer_id));
    if covered {
        response
    } else {
        response.on_hover_text(hint)
    }
}

/// Lays `text` out over the available width; screen readers get `name` instead, which may say more.
pub fn text(ui: &mut Ui, id: Id, text: impl Into<WidgetText>, name: &str, kind: Kind) -> Response {
    let wrap = Some(TextWrapMode::Wrap);
    let galley = text
        .into()
        .into_galley(ui, wrap, ui.available_width(), FontSelection::Default);
    let (rect, _) = ui.allocate_exact_size(galley.size(), Sense::hover());
    let reading = Reading::get(ui.ctx());
    let sense = if kind == Kind::Heading || reading.leads {
        Sense::focusable_noninteractive()
    } else {
        Sense::hover()
    };
    let response = ui.interact(rect, id, sense);
    let role = match kind {
        Kind::Heading | Kind::Section => Role::Heading,
        Kind::Status => Role::Status,
        Kind::Line => Role::ListItem,
        Kind::Plain => Role::Paragraph,
    };
    let odd = ui.data(|data| data.get_temp(id.with("again")).unwrap_or(false));
    let name = if odd { format!("{name}\u{a0}") } else { name.to_owned() };
    response.widget_info(|| WidgetInfo::labeled(role, true, &name));
    let heard = reading.leads && (kind == Kind::Heading || response.has_focus());
    ui.ctx().accesskit_node_builder(id, |node| {
        match kind {
            Kind::Heading => node.set_level(1),
            Kind::Section => node.set_level(2),
            Kind::Status | Kind::Line | Kind::Plain => {}
        }
        if matches!(kind, Kind::Heading | Kind::Status) {
            node.set_live(if reading.announces && !heard {
                Live::Polite
            } else {
                Live::Off
            });
        }
    });
    ui.painter().galley(rect.min, galley, ui.visuals().text_color());
    response
}
