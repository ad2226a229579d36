//! `--screen`, `--screen-part` and `--clipboard`: what is described is taken from the desktop.

use std::path::PathBuf;

use anyhow::Result;
use hearsight::photo::Photo;

/// Where a picture is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// All of the screen.
    Screen,
    /// The window in front, or what the person chooses.
    ScreenPart,
    /// What was copied.
    Clipboard,
}

/// What was found there.
pub enum Picture {
    /// A picture.
    Photo(Photo),
    /// Files of photos.
    Files(Vec<PathBuf>),
}

impl Taken {
    /// What the flags say, of which one at most is set.
    pub fn of(screen: bool, screen_part: bool, clipboard: bool) -> Option<Self> {
        let flags = [
            (screen, Self::Screen),
            (screen_part, Self::ScreenPart),
            (clipboard, Self::Clipboard),
        ];
        flags.into_iter().find_map(|(set, taken)| set.then_some(taken))
    }

    /// How a line of JSON calls the photo.
    pub fn name(self) -> &'static str {
        match self {
            Self::Screen => "screen",
            Self::ScreenPart => "screen-part",
            Self::Clipboard => "clipboard",
        }
    }
}

#[cfg(feature = "window")]
impl Taken {
    /// The part of the screen; none of the clipboard.
    pub fn area(self) -> Option<hearsight::screen::Area> {
        use hearsight::screen::Area;

        match self {
            Self::Screen => Some(Area::Whole),
            Self::ScreenPart => Some(Area::Part),
            Self::Clipboard => None,
        }
    }

    /// Takes it.
    ///
    /// # Errors
    /// A sentence for the person: there is no screen, nothing to paste, or no leave for it.
    pub fn take(self) -> Result<Picture> {
        use hearsight::clipboard::{self, Copied};

        let pixels = match self.area() {
            Some(area) => hearsight::screen::take(area)?,
            None => match clipboard::read()? {
                Copied::Files(files) => return Ok(Picture::Files(files)),
                Copied::Picture(pixels) => pixels,
            },
        };
        Ok(Picture::Photo(Photo::from_pixels(self.name(), pixels)))
    }
}

#[cfg(not(feature = "window"))]
impl Taken {
    /// Says that it cannot be done.
    ///
    /// # Errors
    /// Always.
    pub fn take(self) -> Result<Picture> {
        anyhow::bail!("This program was built without its window, and so without the screen and the clipboard.")
    }
}
