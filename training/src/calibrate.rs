//! The calibration of a model folder: which guesses about people are said, and what its confidence is computed with.

use anyhow::{Context, Result};
use hearsight::photo::Photo;
use serde_json::{Value, json};

use crate::calibration::{Calibration, is_right};
use crate::data::guesses;
use crate::folder;
use crate::looking::Looker;
use crate::neutral::{self, Bound};
use crate::score::{OnDev, Scored};

/// Which model, and by which photos.
#[derive(clap::Args)]
pub struct CalibrateCommand {
    #[command(flatten)]
    on: OnDev,
}

impl CalibrateCommand {
    /// Chooses the bounds of the neutral words, then fits the confidence to the sentences that come of them; stores both
    /// in the model folder, and prints what they are worth.
    ///
    /// # Errors
    /// Data, a model or a photo that cannot be read; a full disk.
    pub fn run(&self) -> Result<()> {
        let (photos, bag) = &self.on.photos()?;
        let (model, options) = (&self.on.model, &self.on.options());
        let store = |below| folder::set(model, "neutral", json!(guesses::rules(below)));
        let cider = |scored: &Scored| scored.scores.corpus.cider_d;
        // Below 0 is nothing: every guess is said.
        store([0.0; 2])?;
        let mut guessing = options.clone();
        guessing.generation.insert("bad_words_ids".to_owned(), Value::Null);
        let guessed = Scored::of(model, photos, &guessing, bag)?;
        let raw = Scored::of(model, photos, options, bag)?;
        let mut looker = Looker::open(model)?;
        let mut looks = Vec::with_capacity(photos.len());
        for photo in photos {
            let opened = Photo::open(&photo.path).with_context(|| photo.name.clone())?;
            looks.push(looker.look(opened.pixels())?);
        }
        let bounds = guesses::rules([0.0; 2]).map(|rule| {
            let [fitted, between] = neutral::guesses(&rule, photos, &raw.descriptions, (&looker, &looks));
            Bound::of(&fitted, &between)
        });
        for (what, bound) in std::iter::zip(["man or woman", "child or not"], &bounds) {
            println!("{what}: {bound}");
        }
        store(bounds.map(|bound| bound.below))?;
        let scored = Scored::of(model, photos, options, bag)?;
        println!(
            "CIDEr-D {:.4} with every guess about people, {:.4} without age and origin, {:.4} with those about sex and \
             childhood that the photo supports",
            cider(&guessed),
            cider(&raw),
            cider(&scored)
        );
        let points: Vec<_> = std::iter::zip(photos, &scored.descriptions)
            .enumerate()
            .filter(|(_, (_, description))| !description.no_photo)
            .filter_map(|(number, (photo, description))| {
                let right = is_right(&description.caption, &photo.captions, bag)?;
                Some((number, description.evidence(), right))
            })
            .collect();
        let calibration = Calibration::of(&points);
        calibration.store(model)?;
        println!("the confidence is fitted to every other photo: {calibration}");
        Ok(())
    }
}
