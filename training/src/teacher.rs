//! A teacher: the last feature map of a frozen image classifier, given as an ONNX file, as targets for our own encoder.
//!
//! Features are centred, turned to their principal components and divided by the fourth root of each one's variance,
//! so that rare directions count without drowning in noise. Where a captioner of the same features is named, a direction's
//! variance is that of what it makes of it. Kept on disk as float16 `[photo][view][cell][component]`.

mod next_words;
mod use_of_features;

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use half::f16;
use half::slice::HalfFloatSliceExt;
use hearsight::photo::Photo;
use nalgebra::{DMatrix, SymmetricEigen};
use ndarray::{Array1, Array2, Axis};
use serde::{Deserialize, Serialize};
use serde_json::json;

pub use self::next_words::NextWords;
use crate::classifier::Classifier;
use crate::data::captions::CaptionedPhoto;
use crate::data::views::{ViewsConfig, bank_of, preprocessor_config};
use crate::disk::{make_once, read_exact_at};

/// Which classifier, and how much of it.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct TeacherConfig {
    /// The classifier, which takes pixels in −1 to 1 and is cut as [`Cut::of`](crate::classifier::Cut::of) does. May be
    /// given on the command line instead.
    pub model: PathBuf,
    /// Height and width of the picture it is shown, chosen so that its grid is the encoder's.
    pub picture: usize,
    /// Principal components kept.
    pub components: usize,
    /// Photos from which the components are found.
    pub sample: usize,
    /// A folder that was exported from training a captioner on this classifier's frozen features: components are then what
    /// that one uses of them, and not what they vary by. It may also be listened to: see
    /// [`distillation`](crate::learn::StageConfig::distillation).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captioner: Option<PathBuf>,
}

/// Targets on disk; see the module.
pub struct TeacherTargets {
    banks: Vec<File>,
    views: usize,
    cells: usize,
    components: usize,
}

impl TeacherTargets {
    /// Opens the targets at the `path` of each bank, or asks the teacher first; written beside and renamed.
    ///
    /// # Errors
    /// A photo or a classifier that cannot be read, a grid that is not the encoder's, a full disk.
    pub fn open_or_ask(
        path: impl Fn(usize) -> PathBuf,
        photos: &[CaptionedPhoto],
        (teacher, projection): (&TeacherConfig, &Projection),
        views: &ViewsConfig,
        grid: usize,
        seed: u64,
    ) -> Result<Self> {
        let open = |bank| {
            let views_too = views.made_with(bank);
            let made_with =
                json!({"teacher": teacher, "views": views_too, "grid": grid, "seed": seed, "photos": photos.len()});
            make_once(&path(bank), &made_with, |out| {
                Asking::new(teacher, grid)?.write(out, photos, (views, bank, seed), projection)
            })
        };
        Ok(Self {
            banks: (0..views.banks).map(open).collect::<Result<_>>()?,
            views: views.count,
            cells: grid * grid,
            components: teacher.components,
        })
    }

    /// The targets `[cell][component]` of one view.
    ///
    /// # Errors
    /// The disk's.
    pub fn read(&self, photo: usize, view: usize) -> Result<Vec<f32>> {
        let length = self.cells * self.components;
        let mut bytes = vec![0; length * 2];
        let start = (photo * self.views + view % self.views) * bytes.len();
        read_exact_at(&self.banks[view / self.views], &mut bytes, start as u64)
            .context("cannot read the teacher's targets")?;
        let halves: Vec<f16> = bytes
            .chunks_exact(2)
            .map(|pair| f16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        let mut values = vec![0.0; length];
        halves.convert_to_f32_slice(&mut values);
        Ok(values)
    }
}

struct Asking<'a> {
    classifier: Classifier,
    teacher: &'a TeacherConfig,
}

impl<'a> Asking<'a> {
    fn new(teacher: &'a TeacherConfig, grid: impl Into<Option<usize>>) -> Result<Self> {
        let classifier = Classifier::open(&teacher.model, None, &preprocessor_config(teacher.picture))?;
        let map = classifier.map();
        if let Some(grid) = grid.into().filter(|&grid| [map.rows, map.columns] != [grid; 2]) {
            bail!(
                "the teacher's grid is {}×{}, the encoder's {grid}×{grid}: change its picture",
                map.rows,
                map.columns
            );
        }
        Ok(Self { classifier, teacher })
    }

    fn write(
        &mut self,
        out: &mut dyn Write,
        photos: &[CaptionedPhoto],
        (views, bank, seed): (&ViewsConfig, usize, u64),
        projection: &Projection,
    ) -> Result<()> {
        let progress = crate::progress::bar("asking the teacher", photos.len() as u64);
        for (index, photo) in photos.iter().enumerate() {
            let opened = Photo::open(&photo.path)?;
            let pictures: Vec<_> = bank_of(views, seed, (index, opened.pixels()), bank).collect();
            let features = self.features(&pictures)?;
            for value in projection.apply(features).iter() {
                out.write_all(&f16::from_f32(*value).to_le_bytes())?;
            }
            progress.inc(1);
        }
        progress.finish();
        Ok(())
    }

    /// Features of some pictures, `[pictures × cells, channels]`.
    fn features(&mut self, pictures: &[image::RgbImage]) -> Result<Array2<f32>> {
        let preprocessor = self.classifier.preprocessor();
        let prepared: Vec<_> = pictures.iter().map(|picture| preprocessor.run(picture)).collect();
        let features = self.classifier.features(&prepared)?;
        let (count, cells, channels) = features.dim();
        Ok(features.into_shape_with_order((count * cells, channels))?)
    }

    /// Finds the principal components on evenly spread photos.
    fn components(&mut self, photos: &[CaptionedPhoto]) -> Result<Projection> {
        let step = (photos.len() / self.teacher.sample.max(1)).max(1);
        let sample: Vec<_> = photos.iter().step_by(step).collect();
        let progress = crate::progress::bar("finding the teacher's components", sample.len() as u64);
        let mut moments: Option<(Array1<f64>, Array2<f64>)> = None;
        let mut rows = 0.0;
        for chunk in sample.chunks(8) {
            let pictures = chunk
                .iter()
                .map(|photo| Ok(Photo::open(&photo.path)?.pixels().clone()))
                .collect::<Result<Vec<_>>>()?;
            let features = self.features(&pictures)?;
            rows += features.nrows() as f64;
            let sum = features.sum_axis(Axis(0)).mapv(f64::from);
            let square = features.t().dot(&features).mapv(f64::from);
            match &mut moments {
                Some((sums, squares)) => {
                    *sums += &sum;
                    *squares += &square;
                }
                None => moments = Some((sum, square)),
            }
            progress.inc(chunk.len() as u64);
        }
        progress.finish();
        let (sum, square) = moments.context("no photos to learn from")?;
        let mean = sum / rows;
        let column = mean.view().insert_axis(Axis(1));
        let covariance = square / rows - column.dot(&column.t());
        let covariance = DMatrix::from_fn(covariance.nrows(), covariance.ncols(), |r, c| covariance[[r, c]]);
        let metric = self.teacher.captioner.as_ref();
        let metric = metric
            .map(|folder| use_of_features::metric(folder, &covariance))
            .transpose()?;
        Projection::new(
            mean.mapv(|x| x as f32),
            &covariance,
            metric.as_ref(),
            self.teacher.components,
        )
    }
}

/// Centre, turn, scale: the teacher's channels → its components.
pub struct Projection {
    mean: Array1<f32>,
    /// `[channels, components]`
    matrix: Array2<f32>,
}

impl Projection {
    /// Opens the projection at `path`, or finds it first on `photos`; kept, because every bank needs the same one.
    ///
    /// # Errors
    /// A photo or a classifier that cannot be read, a full disk.
    pub fn open_or_find(path: &Path, photos: &[CaptionedPhoto], teacher: &TeacherConfig) -> Result<Self> {
        let made_with = json!({"teacher": teacher, "photos": photos.len()});
        let file = make_once(path, &made_with, |out| {
            let found = Asking::new(teacher, None)?.components(photos)?;
            let (mean, matrix) = (
                found.mean.to_vec(),
                found.matrix.rows().into_iter().map(|row| row.to_vec()),
            );
            Ok(serde_json::to_writer(out, &(mean, matrix.collect::<Vec<_>>()))?)
        })?;
        let (mean, rows): (Vec<f32>, Vec<Vec<f32>>) =
            serde_json::from_reader(BufReader::new(file)).with_context(|| format!("{} is broken", path.display()))?;
        let shape = (mean.len(), teacher.components);
        Ok(Self {
            mean: mean.into(),
            matrix: Array2::from_shape_vec(shape, rows.concat())
                .with_context(|| format!("{} is broken", path.display()))?,
        })
    }

    /// Of features with this mean and `covariance`, measured by the `metric` whose root is given.
    fn new(
        mean: Array1<f32>,
        covariance: &DMatrix<f64>,
        metric: Option<&DMatrix<f64>>,
        components: usize,
    ) -> Result<Self> {
        let channels = mean.len();
        if components > channels {
            bail!("the teacher has {channels} channels, fewer than the {components} components asked for");
        }
        let measured = metric.map(|root| root * covariance * root);
        let eigen = SymmetricEigen::new(measured.unwrap_or_else(|| covariance.clone()));
        let mut order: Vec<usize> = (0..channels).collect();
        order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
        let kept: f64 = order[..components].iter().map(|&index| eigen.eigenvalues[index]).sum();
        let share = 100.0 * kept / eigen.eigenvalues.sum();
        log::info!("the teacher's first {components} components hold {share:.0} % of what varies");
        let directions = match metric {
            Some(root) => root * &eigen.eigenvectors,
            None => eigen.eigenvectors,
        };
        let matrix = Array2::from_shape_fn((channels, components), |(row, column)| {
            let index = order[column];
            (directions[(row, index)] / eigen.eigenvalues[index].max(1e-12).powf(0.25)) as f32
        });
        Ok(Self { mean, matrix })
    }

    fn apply(&self, features: Array2<f32>) -> Array2<f32> {
        (features - &self.mean).dot(&self.matrix)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use nalgebra::DVector;

    use super::*;

    #[test]
    fn components_have_the_square_root_of_their_variance_left() {
        let features = Array2::from_shape_fn((4, 2), |(row, column)| {
            [[9.0, 1.0], [-9.0, 1.0], [9.0, -1.0], [-9.0, -1.0]][row][column]
        });
        let covariance = DMatrix::from_diagonal(&DVector::from_vec(vec![81.0, 1.0]));
        let projection = Projection::new(Array1::zeros(2), &covariance, None, 2).unwrap();
        let turned = projection.apply(features.mapv(|x| x as f32));
        let variance = turned.mapv(|x| x * x).sum_axis(Axis(0)) / 4.0;
        assert!(
            (variance[0] - 9.0).abs() < 1e-4 && (variance[1] - 1.0).abs() < 1e-4,
            "{variance}"
        );
    }

    #[test]
    fn a_direction_that_the_captioner_does_not_use_is_no_component() {
        // It uses the second channel alone, which varies least.
        let covariance = DMatrix::from_diagonal(&DVector::from_vec(vec![81.0, 1.0]));
        let root = DMatrix::from_diagonal(&DVector::from_vec(vec![0.0, 2.0]));
        let projection = Projection::new(Array1::zeros(2), &covariance, Some(&root), 1).unwrap();
        let turned = projection.apply(Array2::from_shape_vec((2, 2), vec![9.0, 0.0, 0.0, 1.0]).unwrap());
        assert_eq!(turned[[0, 0]], 0.0);
        // What it makes of the channel varies by 4; the square root of that is left.
        assert!((turned[[1, 0]].powi(2) - 2.0).abs() < 1e-5, "{turned}");
    }
}
