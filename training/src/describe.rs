//! Scoring of a model folder: the very files that ship, through the very library that describes photos in the app.

use std::collections::HashMap;

use anyhow::{Context, Result};
use hearsight::captioner::{Cancel, Captioner, DescribeOptions, Description, LoadOptions};
use hearsight::model::ModelFolder;
use hearsight::photo::Photo;

use crate::data::captions::CaptionedPhoto;
use crate::scores::Scores;

/// Describes every photo and scores the sentences against people's; the descriptions come in the photos' order.
///
/// # Errors
/// A model or photo that cannot be read.
pub fn score(
    model: &ModelFolder,
    photos: &[CaptionedPhoto],
    options: &DescribeOptions,
) -> Result<(Scores, Vec<Description>)> {
    let mut captioner = Captioner::load(model, &LoadOptions::default())?;
    let progress = crate::progress::bar("describing", photos.len() as u64);
    let mut descriptions = Vec::with_capacity(photos.len());
    for photo in photos {
        let opened = Photo::open(&photo.path).with_context(|| photo.name.clone())?;
        descriptions.push(captioner.describe(&opened, options, &Cancel::default(), &mut |_| ())?);
        progress.inc(1);
    }
    progress.finish_and_clear();
    let candidates: Vec<_> = std::iter::zip(photos, &descriptions)
        .map(|(photo, description)| (photo.name.clone(), description.caption.clone()))
        .collect();
    let references: HashMap<_, _> = photos
        .iter()
        .map(|photo| (photo.name.clone(), photo.captions.clone()))
        .collect();
    Ok((Scores::of(&candidates, &references)?, descriptions))
}
