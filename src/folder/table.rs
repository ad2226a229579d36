//! The photos as a table (CSV, RFC 4180), for spreadsheets.

use std::io;
use std::path::Path;

use super::catalogue::{Entry, Output, Told};
use super::fresh::{Fresh, Ready};
use crate::{report, wording};

/// The columns, named for programs and the same in every language.
const COLUMNS: [&str; 6] = ["photo", "own_words", "sentence", "caption", "confidence", "error"];

/// A row a photo.
pub(super) struct Table(csv::Writer<Fresh>);

impl Table {
    pub(super) fn begin(place: &Path) -> io::Result<Self> {
        let mut table = csv::Writer::from_writer(Fresh::begin(place)?);
        table.write_record(COLUMNS)?;
        Ok(Self(table))
    }
}

impl Output for Table {
    fn put(&mut self, entry: &Entry<'_>) -> io::Result<()> {
        let photo = entry.photo.to_string_lossy();
        let own = entry.own_words.map(wording::own_words).unwrap_or_default();
        let (sentence, caption, confidence, error) = match entry.told {
            Told::Description(description) if description.no_photo => (wording::no_photo(), None, None, ""),
            Told::Description(description) => {
                let confidence = match description.uncalibrated {
                    true => "uncalibrated".to_owned(),
                    // Nobody reads more digits of it in a spreadsheet.
                    false => format!("{:.2}", description.confidence),
                };
                let caption = report::caption(description);
                (report::listed(description), Some(caption), Some(confidence), "")
            }
            Told::NoPicture => (wording::no_picture(), None, None, ""),
            Told::Failed(sentence) => (String::new(), None, None, sentence),
        };
        let (caption, confidence) = (caption.unwrap_or_default(), confidence.unwrap_or_default());
        self.0
            .write_record([&photo, own.as_str(), &sentence, &caption, &confidence, error])?;
        Ok(())
    }

    fn finish(self: Box<Self>) -> io::Result<Vec<Ready>> {
        let file = self.0.into_inner().map_err(|error| error.into_error())?;
        Ok(vec![file.finish()?])
    }
}
