//! The photos as JSON lines.

use std::io::{self, Write};
use std::path::Path;

use super::catalogue::{Entry, Output, Told};
use super::fresh::{Fresh, Ready};
use crate::report::{self, Whose};
use crate::wording;

/// One JSON object a line: the lines of `hearsight describe --json` without what is different every time (seconds) and
/// what takes much room (maps, other sentences, tokens).
pub(super) struct Lines(Fresh);

impl Lines {
    pub(super) fn begin(place: &Path) -> io::Result<Self> {
        Fresh::begin(place).map(Self)
    }
}

impl Output for Lines {
    fn put(&mut self, entry: &Entry<'_>) -> io::Result<()> {
        let whose = Whose {
            photo: entry.photo,
            id: entry.id,
        };
        let own = entry.own_words;
        let line = match entry.told {
            Told::Description(description) if description.no_photo => {
                report::no_picture_line(whose, own, &wording::no_photo())
            }
            Told::Description(description) => report::short_line(whose, own, description),
            Told::NoPicture => report::no_picture_line(whose, own, &wording::no_picture()),
            Told::Failed(sentence) => report::error_line(whose, own, sentence),
        };
        writeln!(self.0, "{line}")
    }

    fn finish(self: Box<Self>) -> io::Result<Vec<Ready>> {
        Ok(vec![self.0.finish()?])
    }
}
