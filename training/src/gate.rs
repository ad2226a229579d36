//! The gate for what is no photo: an output `photo_probability` of the encoder, fitted to photos and to pictures that
//! this code draws (see [`pictures`](crate::pictures)).
//!
//! A logistic curve over the means and mean squares of the memory's features and over how much of the picture is flat (see
//! [`Look::features`]), with a weak pull of its weights towards 0. From which probability on a picture is described is
//! chosen so that hardly any photo is stopped. Measured on seeds, and on kinds of pictures, that the curve was not fitted
//! to.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use hearsight::model::ModelFolder;
use hearsight::onnx::{self, AttributeProto, DataType, Dim, ModelProto};
use hearsight::photo::Photo;
use image::RgbImage;
use nalgebra::{DMatrix, DVector};
use serde_json::json;

use crate::addition::add_output;
use crate::data::arguments::DataArguments;
use crate::data::captions::CaptionedPhoto;
use crate::folder;
use crate::looking::{FLAT, Look, Looker, MEMORY};
use crate::pictures::Kind;
use crate::progress;

/// The output, and what the names of its weights begin with.
const OUTPUT: &str = "photo_probability";
/// The encoder's input, `[batch, colours, rows, columns]`.
const PIXELS: &str = "pixel_values";

/// Photos to fit to, and as many to choose the bound by.
const PHOTOS: usize = 2000;
/// Pictures of each kind to fit to.
const FITTED: u64 = 300;
/// Pictures of each kind to measure with.
const MEASURED: u64 = 60;
/// Share of the photos that may be stopped.
const STOPPED: f64 = 0.005;
/// What is rather a photo than none is never stopped.
const HIGHEST: f64 = 0.5;
/// The pull of the weights of features with a deviation of 1 towards 0.
const PULL: f64 = 3.0;

/// What to fit.
#[derive(clap::Args)]
pub struct GateCommand {
    /// The model folder; its encoder gets the output photo_probability, and its config.json the bound.
    model: PathBuf,
    #[command(flatten)]
    data: DataArguments,
}

/// Features → the log-odds that a picture is a photo.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// One for each feature.
    pub weights: Vec<f64>,
    /// The log-odds where all features are 0.
    pub bias: f64,
}

impl GateCommand {
    /// Fits the gate, writes it into the folder and prints what it stops.
    ///
    /// # Errors
    /// Data or a model that cannot be read, a full disk.
    pub fn run(&self) -> Result<()> {
        let data = self.data.read()?;
        let mut looker = Looker::open(&self.model)?;
        let fitted: Vec<_> = data.train.iter().step_by(2).take(PHOTOS).collect();
        let held: Vec<_> = data.train.iter().skip(1).step_by(2).take(PHOTOS).collect();
        let dev: Vec<_> = data.dev.iter().collect();

        // A part of a photo is a photo too: people zoom in and have what they see described.
        let seen = looks(&mut looker, &fitted, &[whole, part])?;
        let mut points: Vec<_> = seen.into_iter().map(|look| (look.features, true)).collect();
        for kind in Kind::FITTED {
            let drawn = drawings(&mut looker, kind, 0..FITTED, &fitted)?;
            points.extend(drawn.into_iter().map(|look| (look.features, false)));
        }
        let curve = Curve::of(&points)?;
        drop(points);

        let probabilities = |looker: &mut Looker, photos: &[&CaptionedPhoto], views: &[View]| -> Result<Vec<f64>> {
            let seen = looks(looker, photos, views)?;
            Ok(seen.iter().map(|look| curve.probability(&look.features)).collect())
        };
        let of_held = probabilities(&mut looker, &held, &[whole])?;
        let of_dev = probabilities(&mut looker, &dev, &[whole])?;
        let of_parts = probabilities(&mut looker, &dev, &[part])?;
        let below = bound(&of_held).min(bound(&of_dev)).min(HIGHEST);
        // As it is written, in decimal.
        let below = (below * 1e6).floor() / 1e6;
        println!("what looks like a photo by less than {below} is stopped:");
        let stopped = |probabilities: &[f64]| {
            probabilities.iter().filter(|p| **p < below).count() as f64 / probabilities.len().max(1) as f64
        };
        println!("  {:.3} of {} dev photos", stopped(&of_dev), of_dev.len());
        println!("  {:.3} of parts of them, a third as long and wide", stopped(&of_parts));
        println!(
            "  {:.3} of {} photos of the training split",
            stopped(&of_held),
            of_held.len()
        );
        for (title, kinds) in [
            ("drawn with other seeds", &Kind::FITTED[..]),
            ("of kinds that it was not fitted to", &Kind::UNSEEN[..]),
        ] {
            let (mut all, mut lines) = (Vec::new(), String::new());
            for &kind in kinds {
                let drawn = drawings(&mut looker, kind, FITTED..FITTED + MEASURED, &held)?;
                let found: Vec<f64> = drawn.iter().map(|look| curve.probability(&look.features)).collect();
                lines += &format!(", {} {:.2}", format!("{kind:?}").to_lowercase(), stopped(&found));
                all.extend(found);
            }
            println!("  {:.3} of {} pictures {title}{lines}", stopped(&all), all.len());
        }
        drop(looker);
        self.store(&curve, below)
    }

    /// Writes the curve into the encoder's graph and the bound into `config.json`.
    fn store(&self, curve: &Curve, below: f64) -> Result<()> {
        let path = encoder(&self.model)?;
        let mut model = onnx::open(&path)?;
        curve.add_to(&mut model)?;
        onnx::save(&model, &path)?;
        folder::set(&self.model, [("no_photo_below", json!(below))])
    }
}

fn encoder(model: &Path) -> Result<PathBuf> {
    Ok(ModelFolder::open(model)?.encoder().to_owned())
}

/// What is looked at of a photo; the number decides by chance.
type View = fn(&RgbImage, usize) -> RgbImage;

fn whole(photo: &RgbImage, _: usize) -> RgbImage {
    photo.clone()
}

/// A third of its width and height, anywhere.
fn part(photo: &RgbImage, number: usize) -> RgbImage {
    let (width, height) = (photo.width().div_ceil(3), photo.height().div_ceil(3));
    let place = |number: usize, room: u32| (number * 7919 % (room as usize + 1)) as u32;
    let (x, y) = (
        place(number, photo.width() - width),
        place(number / 3 + 1, photo.height() - height),
    );
    image::imageops::crop_imm(photo, x, y, width, height).to_image()
}

fn open(photo: &CaptionedPhoto) -> Result<Photo> {
    Photo::open(&photo.path).with_context(|| photo.name.clone())
}

fn looks(looker: &mut Looker, photos: &[&CaptionedPhoto], views: &[View]) -> Result<Vec<Look>> {
    let bar = progress::bar("photos", photos.len() as u64);
    let mut looks = Vec::with_capacity(photos.len() * views.len());
    for (number, photo) in photos.iter().enumerate() {
        let photo = open(photo)?;
        for view in views {
            looks.push(looker.look(&view(photo.pixels(), number))?);
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(looks)
}

fn drawings(
    looker: &mut Looker,
    kind: Kind,
    seeds: std::ops::Range<u64>,
    photos: &[&CaptionedPhoto],
) -> Result<Vec<Look>> {
    let none = RgbImage::new(1, 1);
    seeds
        .map(|seed| {
            let photo = match kind {
                Kind::Illustrated => Some(open(photos[seed as usize % photos.len()])?),
                _ => None,
            };
            let within = photo.as_ref().map_or(&none, |photo| photo.pixels());
            looker.look(&kind.draw(seed, within))
        })
        .collect()
}

/// The highest bound that stops no more of these photos than may be.
fn bound(probabilities: &[f64]) -> f64 {
    let mut rising = probabilities.to_vec();
    rising.sort_by(f64::total_cmp);
    let place = (STOPPED * rising.len() as f64) as usize;
    rising.get(place).copied().unwrap_or(HIGHEST)
}

impl Curve {
    /// Fits (features, whether it is a photo) points by Newton's method.
    ///
    /// # Errors
    /// No points, or features that are no numbers.
    pub fn of(points: &[(Vec<f32>, bool)]) -> Result<Self> {
        let (count, width) = (points.len(), points.first().map_or(0, |point| point.0.len()));
        ensure!(width > 0, "there is nothing to fit a gate to");
        let value = |row: usize, column: usize| f64::from(points[row].0[column]);
        let mean: Vec<f64> = (0..width)
            .map(|column| (0..count).map(|row| value(row, column)).sum::<f64>() / count as f64)
            .collect();
        let deviation: Vec<f64> = (0..width)
            .map(|column| {
                let squares = (0..count)
                    .map(|row| (value(row, column) - mean[column]).powi(2))
                    .sum::<f64>();
                (squares / count as f64).sqrt().max(1e-6)
            })
            .collect();
        // The last column is the constant.
        let x = DMatrix::from_fn(count, width + 1, |row, column| match column {
            column if column < width => (value(row, column) - mean[column]) / deviation[column],
            _ => 1.0,
        });
        let y = DVector::from_fn(count, |row, _| f64::from(u8::from(points[row].1)));
        let pull = DVector::from_fn(width + 1, |column, _| if column < width { PULL } else { 1e-6 });
        let mut weights = DVector::zeros(width + 1);
        for _ in 0..20 {
            let p = (&x * &weights).map(logistic);
            let gradient = x.tr_mul(&(&y - &p)) - pull.component_mul(&weights);
            let mut weighted = x.clone();
            for (mut row, p) in weighted.row_iter_mut().zip(&p) {
                row *= p * (1.0 - p);
            }
            let curvature = x.tr_mul(&weighted) + DMatrix::from_diagonal(&pull);
            let step = curvature
                .cholesky()
                .context("the features are no numbers")?
                .solve(&gradient);
            weights += &step;
            if step.norm() < 1e-6 {
                break;
            }
        }
        let scaled: Vec<f64> = (0..width).map(|column| weights[column] / deviation[column]).collect();
        let shift: f64 = std::iter::zip(&scaled, &mean).map(|(weight, mean)| weight * mean).sum();
        Ok(Self {
            weights: scaled,
            bias: weights[width] - shift,
        })
    }

    /// How likely a picture with these features is a photo.
    pub fn probability(&self, features: &[f32]) -> f64 {
        let sum: f64 = std::iter::zip(&self.weights, features)
            .map(|(w, x)| w * f64::from(*x))
            .sum();
        logistic(sum + self.bias)
    }

    /// Adds the output to an encoder's graph, in the place of one that is there.
    ///
    /// # Errors
    /// As [`add_output`].
    pub fn add_to(&self, model: &mut ModelProto) -> Result<()> {
        let name = |part: &str| format!("{OUTPUT}.{part}");
        let weights: Vec<f32> = self.weights.iter().map(|&weight| weight as f32).collect();
        add_output(model, OUTPUT, |g| {
            let means = g.reduce_mean(MEMORY, &[1], false);
            let squared = g.mul(MEMORY, MEMORY);
            let squares = g.reduce_mean(&squared, &[1], false);
            let places = || vec![AttributeProto::ints("kernel_shape", &[3, 3])];
            let grey = g.reduce_mean(PIXELS, &[1], true);
            let most = g.node("MaxPool", &[&grey], places());
            let negative = g.node("Neg", &[&grey], Vec::new());
            let least = g.node("MaxPool", &[&negative], places());
            let range = g.add(&most, &least);
            // Of two planes, one for each bound.
            let bounds = g.initializer_f32(&name("bounds"), &[1, 2, 1, 1], &FLAT);
            let is_flat = g.node("Less", &[&range, &bounds], Vec::new());
            let flat = g.cast(&is_flat, DataType::Float);
            let shares = g.reduce_mean(&flat, &[2, 3], false);
            let features = g.concat(&[&means, &squares, &shares], 1);
            let weight = g.initializer_f32(&name("weight"), &[weights.len() as i64, 1], &weights);
            let bias = g.initializer_f32(&name("bias"), &[1], &[self.bias as f32]);
            let log_odds = g.linear(&features, &weight, Some(&bias));
            let probability = g.sigmoid(&log_odds);
            g.output(
                OUTPUT,
                &probability,
                DataType::Float,
                &[Dim::Named("batch"), Dim::Fixed(1)],
            );
        })
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_curve_tells_apart_what_can_be_told_apart_and_doubts_the_rest() {
        // The first feature says it, the second nothing, the third never changes.
        let points: Vec<_> = (0..200)
            .map(|at| (vec![100.0 + (at % 20) as f32, (at * 7 % 11) as f32, 3.0], at % 20 >= 10))
            .collect();
        let curve = Curve::of(&points).unwrap();
        assert!(curve.probability(&[119.0, 5.0, 3.0]) > 0.95);
        assert!(curve.probability(&[100.0, 5.0, 3.0]) < 0.05);
        let middle = curve.probability(&[109.5, 5.0, 3.0]);
        assert!((0.3..0.7).contains(&middle), "{middle}");
        assert!(curve.weights[0] > 5.0 * curve.weights[1].abs());
        assert!(Curve::of(&[]).is_err());
    }

    #[test]
    fn the_bound_stops_one_photo_of_two_hundred() {
        let probabilities: Vec<f64> = (0..1000).map(|at| f64::from(at) / 1000.0).collect();
        let bound = bound(&probabilities);
        assert_eq!(probabilities.iter().filter(|p| **p < bound).count(), 5);
    }

    #[test]
    fn a_part_of_a_photo_lies_within_it_and_depends_on_the_number() {
        let photo = RgbImage::from_fn(100, 50, |x, y| image::Rgb([x as u8, y as u8, 0]));
        let parts: Vec<_> = (0..20).map(|number| part(&photo, number)).collect();
        assert!(parts.iter().all(|part| part.dimensions() == (34, 17)));
        assert_ne!(parts[1], parts[2]);
    }
}
