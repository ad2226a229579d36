//! The system's font for Korean, which the real window finds by itself, for windows that are drawn in tests.

use std::path::Path;
use std::sync::OnceLock;

use egui::epaint::text::{FontData, FontInsert, FontPriority, InsertFontFamily};

/// Debian's package fonts-noto-cjk, as packaging/debian-packages.txt has it.
const FONT: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";
/// Where its Korean face is.
const KOREAN: u32 = 1;

/// Adds it below the others. Elsewhere than on Debian Korean shows as boxes in these tests.
pub fn add_korean(ctx: &egui::Context) {
    static BYTES: OnceLock<Option<&'static [u8]>> = OnceLock::new();
    let read = || Path::new(FONT).exists().then(|| &*std::fs::read(FONT).unwrap().leak());
    let Some(bytes) = *BYTES.get_or_init(read) else {
        ctx.set_missing_glyph_policy(egui::MissingGlyphPolicy::Tofu);
        return;
    };
    let family = InsertFontFamily {
        family: egui::FontFamily::Proportional,
        priority: FontPriority::Lowest,
    };
    let mut data = FontData::from_static(bytes);
    data.index = KOREAN;
    ctx.add_font(FontInsert::new("Noto Sans CJK KR", data, vec![family]));
}
