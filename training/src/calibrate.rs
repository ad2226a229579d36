//! The calibration of a model folder: which guesses about people are said, and what its confidence is computed with.

use anyhow::{Context, Result};
use hearsight::model::ModelFolder;
use hearsight::photo::Photo;
use serde_json::json;

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
    /// in the model folder when all is measured, and prints what they are worth.
    ///
    /// # Errors
    /// Data, a model or a photo that cannot be read; sentences to which no confidence can be fitted; a full disk. The
    /// folder is then as it was.
    pub fn run(&self) -> Result<()> {
        let (photos, bag) = &self.on.photos()?;
        let (model, options) = (&self.on.model, &self.on.options());
        let folder = ModelFolder::open(model)?;
        let cider = |scored: &Scored| scored.scores.corpus.cider_d;
        let (unbound, guessing) = guesses::all_said(&folder, options);
        let guessed = Scored::of(&unbound, photos, &guessing, bag)?;
        let raw = Scored::of(&unbound, photos, options, bag)?;
        let mut looker = Looker::open(model)?;
        let mut looks = Vec::with_capacity(photos.len());
        for photo in photos {
            let opened = Photo::open(&photo.path).with_context(|| photo.name.clone())?;
            looks.push(looker.look(opened.pixels())?);
        }
        let bounds = guesses::rules([0.0; 2])
            .map(|rule| Bound::of(&neutral::guesses(&rule, photos, &raw.descriptions, (&looker, &looks))));
        for (what, bound) in std::iter::zip(["man or woman", "child or not"], &bounds) {
            println!("{what}: {bound}");
        }
        let rules = guesses::rules(bounds.map(|bound| bound.below));
        let bound = folder.with_neutral(rules.clone().into());
        let scored = Scored::of(&bound, photos, options, bag)?;
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
                Some((number, description.evidence()[0], right))
            })
            .collect();
        let calibration = Calibration::of(&points);
        folder::set(
            model,
            [("neutral", json!(rules)), ("calibration", calibration.setting()?)],
        )?;
        println!("the confidence is fitted to every other photo: {calibration}");
        Ok(())
    }
}
