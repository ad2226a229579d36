//! Scoring of a model folder: the very files that ship, through the very library that describes photos in the app.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::{Error, Result, ensure};
use hearsight::captioner::{Cancel, Captioner, DescribeOptions, Description, Groups, LoadOptions};
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
    let descriptions = describe(model, photos, options)?;
    let candidates: Vec<_> = std::iter::zip(photos, &descriptions)
        .map(|(photo, description)| (photo.name.clone(), description.caption.clone()))
        .collect();
    Ok((Scores::of(&candidates, &references(photos))?, descriptions))
}

/// Describes photos in their order, as many together as the app describes; a few of them are open at a time.
///
/// # Errors
/// A model or photo that cannot be read.
pub fn describe(model: &ModelFolder, photos: &[CaptionedPhoto], options: &DescribeOptions) -> Result<Vec<Description>> {
    let mut captioner = Captioner::load(model, &LoadOptions::default())?;
    let progress = crate::progress::bar("describing", photos.len() as u64);
    let files: Vec<(String, PathBuf)> = photos
        .iter()
        .map(|photo| (photo.name.clone(), photo.path.clone()))
        .collect();
    // A photo that cannot be opened is told of by its name, when it is its turn.
    let opened = files.into_iter().map(|(name, path)| match Photo::open(&path) {
        Ok(photo) => ((name, None), Some(photo)),
        Err(error) => ((name, Some(Error::new(error))), None),
    });
    let mut descriptions = Vec::with_capacity(photos.len());
    let mut failed = None;
    // In whole groups: sums beside other photos differ in their last digits, and scores are the same whenever they are made.
    captioner.describe_groups(opened, options, &Cancel::default(), Groups::Whole, &mut |group| {
        for ((name, unread), described) in group {
            match (unread, described) {
                (Some(error), _) => failed = failed.take().or(Some(error.context(name))),
                (None, Some(Err(error))) => failed = failed.take().or(Some(Error::new(error).context(name))),
                (None, Some(Ok(description))) => descriptions.push(description),
                (None, None) => {}
            }
            progress.inc(1);
        }
        Ok(failed.is_none())
    })?;
    progress.finish_and_clear();
    failed.map_or(Ok(()), Err)?;
    ensure!(
        descriptions.len() == photos.len(),
        "the model has described {} of {} photos",
        descriptions.len(),
        photos.len()
    );
    Ok(descriptions)
}

/// What people said of each photo, by its name.
pub fn references(photos: &[CaptionedPhoto]) -> HashMap<String, Vec<String>> {
    photos
        .iter()
        .map(|photo| (photo.name.clone(), photo.captions.clone()))
        .collect()
}
