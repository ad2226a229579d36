//! The letters of Korean: the system's font with the Korean forms, looked for by name when Korean is first shown.
//!
//! What egui finds by itself is the first of the system's fonts that has a letter, which for Korean is often a Japanese
//! face: its Hangul is the same, its Chinese characters are not.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use egui::epaint::text::{FontData, FontInsert, FontPriority, InsertFontFamily};
use egui::{Context, FontFamily, FontId};
use fontique::{Attributes, Collection, CollectionOptions, QueryFamily, QueryStatus, SourceCache};

use crate::language::{self, Language};

/// Fonts with the Korean forms, the best first: those of Linux, macOS and Windows, and what people install.
const FAMILIES: [&str; 11] = [
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "Source Han Sans KR",
    "Source Han Sans K",
    "Pretendard",
    "Apple SD Gothic Neo",
    "Malgun Gothic",
    "NanumGothic",
    "NanumBarunGothic",
    "UnDotum",
    "Baekmuk Dotum",
];

/// A letter that every Korean font has.
const KOREAN: char = '한';

/// Whether Korean can be shown.
#[derive(Debug, Default)]
pub struct Fonts {
    /// None: nobody has wanted to read Korean yet. The flag is set when the look-up is over.
    looked: Option<Arc<AtomicBool>>,
    /// Known once the look-up is over.
    lacks_korean: Option<bool>,
}

impl Fonts {
    /// Brings the Korean font when Korean is shown for the first time; the look-up has a thread of its own.
    pub fn refresh(&mut self, ctx: &Context) {
        if language::current() != Language::Korean {
            return;
        }
        match &self.looked {
            None => self.looked = Some(look(ctx)),
            Some(over) if self.lacks_korean.is_none() && over.load(Ordering::Acquire) => {
                let has = ctx.fonts_mut(|fonts| fonts.has_glyph(&FontId::proportional(18.0), KOREAN));
                self.lacks_korean = Some(!has);
            }
            Some(_) => {}
        }
    }

    /// Whether Korean is the language and no font of the system has its letters, so that boxes are seen.
    pub fn lacks_korean(&self) -> bool {
        language::current() == Language::Korean && self.lacks_korean == Some(true)
    }
}

/// Looks for the font and installs it; the flag tells when that is over.
fn look(ctx: &Context) -> Arc<AtomicBool> {
    let over = Arc::new(AtomicBool::new(false));
    let done = Done(Arc::clone(&over), ctx.clone());
    let started = std::thread::Builder::new().name("fonts".to_owned()).spawn(move || {
        if let Some(font) = korean() {
            log::info!("Korean is shown with {}", font.name);
            done.1.add_font(font);
        }
    });
    // A thread that does not start drops what it was given, too.
    if let Err(error) = started {
        log::error!("the thread fonts could not be started: {error}");
    }
    over
}

/// Tells that the look-up is over, also where it panics: the system's list of fonts is read by code that may.
struct Done(Arc<AtomicBool>, Context);

impl Drop for Done {
    fn drop(&mut self) {
        // A font is there with the next frame.
        self.0.store(true, Ordering::Release);
        self.1.request_repaint();
    }
}

/// Whether the system's list of fonts can be read, as far as that is known yet.
///
/// Where no font at all is installed, the code that reads the list panics; egui reads it on a thread of its own and
/// panics with it as soon as it needs a letter that its own fonts lack.
pub struct Probe(Option<JoinHandle<()>>);

impl Probe {
    /// Begins to read the list; meanwhile the window is made.
    pub fn start() -> Self {
        let thread = std::thread::Builder::new().name("fonts probe".to_owned());
        Self(thread.spawn(|| drop(system())).ok())
    }

    /// Waits for the reading to be over and keeps egui from a list that cannot be read: unknown letters are boxes then.
    pub fn guard(self, ctx: &Context) {
        if self.0.is_some_and(|thread| thread.join().is_err()) {
            log::warn!("the system's fonts cannot be listed; letters that are not in egui's own are shown as boxes");
            ctx.set_font_providers(Vec::new());
        }
    }
}

/// The fonts that are installed.
fn system() -> Collection {
    Collection::new(CollectionOptions {
        shared: false,
        system_fonts: true,
    })
}

/// The first of the families that is installed.
fn korean() -> Option<FontInsert> {
    let mut fonts = system();
    let mut sources = SourceCache::default();
    let mut query = fonts.query(&mut sources);
    query.set_families(FAMILIES.map(QueryFamily::Named));
    query.set_attributes(Attributes::default());
    let mut found = None;
    query.matches_with(|font| {
        found = Some(font.clone());
        QueryStatus::Stop
    });
    drop(query);
    let font = found?;
    let name = fonts.family_name(font.family.0)?.to_owned();
    let (bytes, _) = font.blob.into_raw_parts();
    let family = InsertFontFamily {
        family: FontFamily::Proportional,
        priority: FontPriority::Lowest,
    };
    Some(FontInsert::new(
        &name,
        FontData::from_blob(bytes, font.index),
        vec![family],
    ))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Where the test packages are installed; elsewhere another family may come first, or none.
    #[test]
    fn on_debian_the_korean_face_is_found() {
        if std::path::Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists() {
            assert_eq!(korean().unwrap().name, "Noto Sans CJK KR");
        }
    }

    #[test]
    fn nothing_is_looked_for_before_korean_is_wanted() {
        let mut fonts = Fonts::default();
        fonts.refresh(&Context::default());
        assert!(fonts.looked.is_none() && !fonts.lacks_korean());
    }
}
