//! The colours of each theme.

use egui::Color32;

use crate::settings::ThemeChoice;

/// The colours of a theme. Texts stand on `panel`, `field`, `selection`, `behind_photo` and the three grounds of buttons.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Palette {
    /// Whether the ground is dark.
    pub dark: bool,
    /// The least contrast that its texts have to their grounds.
    pub contrast: f64,
    /// The ground of everything.
    pub panel: Color32,
    /// Text, also on buttons, fields and selections.
    pub text: Color32,
    /// Text that matters less.
    pub quiet: Color32,
    /// Sentences that tell of a fault.
    pub trouble: Color32,
    /// Keys in the list of keys, and links.
    pub link: Color32,
    /// The ground of a button.
    pub button: Color32,
    /// The same below the pointer.
    pub hovered: Color32,
    /// The same while it is pressed.
    pub pressed: Color32,
    /// The line around buttons, fields and boxes.
    pub edge: Color32,
    /// The ground of fields to type in, and of a slider's rail.
    pub field: Color32,
    /// The ground of what is chosen.
    pub selection: Color32,
    /// The ring around what has the focus.
    pub focus: Color32,
    /// The box behind the word that is said.
    pub lit: Color32,
    /// The letters in that box.
    pub on_lit: Color32,
    /// Behind the photo.
    pub behind_photo: Color32,
    /// Text behind and beside the photo.
    pub on_photo: Color32,
}

const fn rgb(rgb: u32) -> Color32 {
    let [_, red, green, blue] = rgb.to_be_bytes();
    Color32::from_rgb(red, green, blue)
}

/// Dark text on a light ground.
pub const LIGHT: Palette = Palette {
    dark: false,
    contrast: 4.5,
    panel: rgb(0xF6F7F9),
    text: rgb(0x12151A),
    quiet: rgb(0x3E454D),
    trouble: rgb(0x93120A),
    link: rgb(0x0B4C94),
    button: rgb(0xDDE1E6),
    hovered: rgb(0xCDD3DA),
    pressed: rgb(0xBCC4CD),
    edge: rgb(0x5F6873),
    field: rgb(0xFFFFFF),
    selection: rgb(0xB9D7F5),
    focus: rgb(0x0B5CAD),
    lit: rgb(0xFFD54A),
    on_lit: rgb(0x141414),
    behind_photo: rgb(0x1B1E23),
    on_photo: rgb(0xF4F6F8),
};

/// Light text on a dark ground.
pub const DARK: Palette = Palette {
    dark: true,
    contrast: 4.5,
    panel: rgb(0x101317),
    text: rgb(0xF4F6F8),
    quiet: rgb(0xC4CAD1),
    trouble: rgb(0xFFB9AE),
    link: rgb(0x8CC8FF),
    button: rgb(0x2A3038),
    hovered: rgb(0x3A424D),
    pressed: rgb(0x4A5563),
    edge: rgb(0x8A94A0),
    field: rgb(0x0A0C0F),
    selection: rgb(0x1F4E79),
    focus: rgb(0x8CC8FF),
    lit: rgb(0xFFD54A),
    on_lit: rgb(0x141414),
    behind_photo: rgb(0x1B1E23),
    on_photo: rgb(0xF4F6F8),
};

/// Only black on white.
pub const BLACK_ON_WHITE: Palette = Palette {
    dark: false,
    contrast: 7.0,
    panel: rgb(0xFFFFFF),
    text: rgb(0x000000),
    quiet: rgb(0x000000),
    trouble: rgb(0x8A0000),
    link: rgb(0x00009C),
    button: rgb(0xFFFFFF),
    hovered: rgb(0xE4E4E4),
    pressed: rgb(0xC8C8C8),
    edge: rgb(0x000000),
    field: rgb(0xFFFFFF),
    selection: rgb(0xD0D0D0),
    focus: rgb(0x0033CC),
    lit: rgb(0x000000),
    on_lit: rgb(0xFFFFFF),
    behind_photo: rgb(0xFFFFFF),
    on_photo: rgb(0x000000),
};

/// Only white on black.
pub const WHITE_ON_BLACK: Palette = Palette {
    dark: true,
    contrast: 7.0,
    panel: rgb(0x000000),
    text: rgb(0xFFFFFF),
    quiet: rgb(0xFFFFFF),
    trouble: rgb(0xFFB9AE),
    link: rgb(0xA8DBFF),
    button: rgb(0x000000),
    hovered: rgb(0x2A2A2A),
    pressed: rgb(0x404040),
    edge: rgb(0xFFFFFF),
    field: rgb(0x000000),
    selection: rgb(0x00408A),
    focus: rgb(0x66C2FF),
    lit: rgb(0xFFFFFF),
    on_lit: rgb(0x000000),
    behind_photo: rgb(0x000000),
    on_photo: rgb(0xFFFFFF),
};

/// Only yellow on black.
pub const YELLOW_ON_BLACK: Palette = Palette {
    dark: true,
    contrast: 7.0,
    panel: rgb(0x000000),
    text: rgb(0xFFFF00),
    quiet: rgb(0xFFFF00),
    trouble: rgb(0xFFC38F),
    link: rgb(0xFFFFFF),
    button: rgb(0x000000),
    hovered: rgb(0x2B2B00),
    pressed: rgb(0x404000),
    edge: rgb(0xFFFF00),
    field: rgb(0x000000),
    selection: rgb(0x3D3D00),
    focus: rgb(0xFFFFFF),
    lit: rgb(0xFFFF00),
    on_lit: rgb(0x000000),
    behind_photo: rgb(0x000000),
    on_photo: rgb(0xFFFF00),
};

/// All of them.
pub const PALETTES: [&Palette; 5] = [&LIGHT, &DARK, &BLACK_ON_WHITE, &WHITE_ON_BLACK, &YELLOW_ON_BLACK];

impl Palette {
    /// The palette of a theme; none for the one that follows the system.
    pub fn of(theme: ThemeChoice) -> Option<&'static Self> {
        match theme {
            ThemeChoice::System => None,
            ThemeChoice::Light => Some(&LIGHT),
            ThemeChoice::Dark => Some(&DARK),
            ThemeChoice::BlackOnWhite => Some(&BLACK_ON_WHITE),
            ThemeChoice::WhiteOnBlack => Some(&WHITE_ON_BLACK),
            ThemeChoice::YellowOnBlack => Some(&YELLOW_ON_BLACK),
        }
    }

    /// The palette that these visuals were made from.
    pub fn in_use(visuals: &egui::Visuals) -> &'static Self {
        PALETTES
            .into_iter()
            .find(|palette| palette.panel == visuals.panel_fill && palette.selection == visuals.selection.bg_fill)
            .unwrap_or(if visuals.dark_mode { &DARK } else { &LIGHT })
    }
}
