//! Whether a model folder computes what the net computes: ONNX Runtime against burn on real photos, from the pixels that
//! the app's preprocessing gives to every word of a sentence that somebody wrote.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail, ensure};
use burn::module::Module;
use burn::tensor::activation::sigmoid;
use burn::tensor::{Device, Int, Tensor, TensorData};
use hearsight::captioner::preprocess::Preprocessor;
use hearsight::model::ModelFolder;
use hearsight::photo::Photo;
use ndarray::{Array2, Array4, ArrayD, ArrayView1, IxDyn, s};
use tokenizers::Tokenizer;

use super::weights::Precision;
use crate::classifier::Classifier;
use crate::config::RunConfig;
use crate::data::captions::CaptionedPhoto;
use crate::data::words::{PAD, START, UNKNOWN, encode};
use crate::graphs::{Graphs, Tensors};
use crate::nets::captioner::CaptionerNet;
use crate::nets::encoder::EncoderConfig;

/// A net with what it sees through: a classifier, where the encoder is a frozen one.
struct Eye {
    net: CaptionerNet,
    classifier: Option<Classifier>,
}

impl Eye {
    fn of(net: CaptionerNet, config: &RunConfig) -> Result<Self> {
        let classifier = match &config.net.encoder {
            EncoderConfig::Conv(_) => None,
            EncoderConfig::Frozen(config) => Some(Classifier::of(&config.cut()?, config.preprocessor()?)?),
        };
        Ok(Self { net, classifier })
    }

    /// The memory `[1, cells, width]` of prepared pixels.
    fn look(&mut self, pixels: &Array4<f32>) -> Result<Tensor<3>> {
        let device = Device::flex();
        match (&self.net.encoder, &self.net.frozen, &mut self.classifier) {
            (Some(encoder), ..) => {
                let shape: [usize; 4] = pixels.dim().into();
                let pixels = TensorData::new(pixels.iter().copied().collect::<Vec<f32>>(), shape);
                Ok(encoder.forward(Tensor::from_data(pixels, &device)))
            }
            (None, Some(encoder), Some(classifier)) => {
                let features = classifier.features(std::slice::from_ref(pixels))?;
                let shape: [usize; 3] = features.dim().into();
                let features = TensorData::new(features.iter().copied().collect::<Vec<f32>>(), shape);
                Ok(encoder.forward(Tensor::from_data(features, &device)))
            }
            _ => bail!("the net is not of this configuration"),
        }
    }
}

/// Photos that an export is checked on.
pub const PHOTOS: usize = 10;

/// How far a folder's graphs are from the net that they were written from.
#[derive(Clone, Debug, Default)]
pub struct Differences {
    /// Photos compared.
    pub photos: usize,
    /// Words compared, one decoder step each.
    pub steps: usize,
    /// The largest difference of each of the encoder's outputs.
    pub encoder: Vec<(String, f32)>,
    /// Of all logits but those of the words that are never written.
    pub logits: f32,
    /// Of where each word looked; none where the decoder does not look again.
    pub attention: Option<f32>,
    /// Mean Kullback-Leibler divergence of a word's probabilities from the net's, in nats.
    pub divergence: f64,
    /// Words for which both find the same one likeliest.
    pub same: usize,
}

impl Differences {
    /// Compares the folder `model` with the net that it was written from on each photo, led through its first caption.
    ///
    /// # Errors
    /// A photo or a folder that cannot be read; outputs of another shape.
    pub fn of(
        (net, config): (&CaptionerNet, &RunConfig),
        (tokenizer, longest): (&Tokenizer, usize),
        model: &Path,
        photos: &[CaptionedPhoto],
    ) -> Result<Self> {
        let mut eye = Eye::of(net.valid(), config)?;
        let preprocessor = Preprocessor::from_json(ModelFolder::open(model)?.preprocessor())?;
        let mut graphs = Graphs::open(model)?;
        let mut found = Self::default();
        for photo in photos {
            let opened = Photo::open(&photo.path).with_context(|| photo.name.clone())?;
            let pixels = preprocessor.run(opened.pixels());
            let caption = photo.captions.first().with_context(|| photo.name.clone())?;
            let tokens: Vec<i64> = encode(tokenizer, caption, longest)?
                .into_iter()
                .filter(|&token| token != PAD)
                .map(i64::from)
                .collect();
            let memory = eye.look(&pixels)?;
            found.add(&eye.net, memory, &mut graphs, &pixels.into_dyn(), tokens)?;
        }
        Ok(found)
    }

    fn add(
        &mut self,
        net: &CaptionerNet,
        memory: Tensor<3>,
        graphs: &mut Graphs,
        pixels: &ArrayD<f32>,
        tokens: Vec<i64>,
    ) -> Result<()> {
        let device = Device::flex();
        let sight = net.decoder.see(memory.clone(), 1);
        let mut expected = sight.told_once()?;
        expected.insert("word_support".into(), array(sigmoid(net.word_support(memory.clone())))?);
        expected.insert("last_hidden_state".into(), array(memory)?);
        let encoded = graphs.encode(pixels)?;
        let mut names: Vec<&String> = expected.keys().collect();
        names.sort();
        for name in names {
            let output = encoded
                .get(name)
                .with_context(|| format!("the encoder gives no {name}"))?;
            let apart = largest(name, &expected[name], output)?;
            match self.encoder.iter_mut().find(|(known, _)| known == name) {
                Some((_, before)) => *before = more(*before, apart),
                None => self.encoder.push((name.clone(), apart)),
            }
        }
        let words = tokens.len().saturating_sub(1);
        let given = Array2::from_shape_vec((1, words), tokens.into_iter().take(words).collect())?;
        let ids = TensorData::new(given.iter().copied().collect::<Vec<i64>>(), [1, words]);
        let told = sight.forward(Tensor::<2, Int>::from_data(ids, &device));
        let (logits, attention) = (array(told.logits)?, told.attention.map(array).transpose()?);
        let mut state = Tensors::new();
        for at in 0..words {
            let step = graphs.extend(&given.slice(s![.., at..=at]).to_owned(), &encoded, &mut state)?;
            let of_word = |all: &ArrayD<f32>| all.slice(s![.., at..=at, ..]).to_owned().into_dyn();
            self.add_logits(of_word(&logits), step.logits)?;
            if let Some(attention) = &attention {
                let found = step.attention.context("the decoder does not tell where it looked")?;
                let apart = largest("cross_attentions", &of_word(attention), &found)?;
                self.attention = Some(more(self.attention.unwrap_or(0.0), apart));
            }
        }
        self.photos += 1;
        Ok(())
    }

    fn add_logits(&mut self, mut expected: ArrayD<f32>, mut found: ArrayD<f32>) -> Result<()> {
        for logits in [&mut expected, &mut found] {
            for id in [PAD, START, UNKNOWN] {
                // The exported decoder never writes these; the net does not know that.
                logits.slice_mut(s![.., .., id as usize]).fill(f32::MIN / 4.0);
            }
        }
        self.logits = more(self.logits, largest("logits", &expected, &found)?);
        let [expected, found] = [&expected, &found].map(|logits| probabilities(logits.flatten().view()));
        let bits = std::iter::zip(&expected, &found).filter(|(p, _)| **p > 0.0);
        self.divergence = (self.divergence * self.steps as f64
            + bits.map(|(p, q)| p * (p / q.max(f64::MIN_POSITIVE)).ln()).sum::<f64>())
            / (self.steps as f64 + 1.0);
        self.same += usize::from(likeliest(&expected) == likeliest(&found));
        self.steps += 1;
        Ok(())
    }

    /// Whether the folder may be used.
    ///
    /// With float32 weights nothing may differ by more than 1e-4. Rounded weights are other weights, so that what is
    /// measured there is what becomes of the words: their probabilities may diverge from the net's by 1e-3 nats in the mean
    /// with float16, by 0.01 with int8.
    ///
    /// # Errors
    /// What differs too much.
    pub fn verdict(&self, precision: Precision) -> Result<()> {
        ensure!(self.steps > 0, "there are no photos to check the export on");
        let limit = match precision {
            Precision::Float32 => {
                let outputs = self.encoder.iter().map(|(name, apart)| (name.as_str(), *apart));
                let words = [
                    ("logits", self.logits),
                    ("cross_attentions", self.attention.unwrap_or(0.0)),
                ];
                for (name, apart) in outputs.chain(words) {
                    // Not a number is no small difference.
                    ensure!(
                        apart <= EXACT,
                        "{name} of the exported graphs differs by {apart} from the net's, more than {EXACT}"
                    );
                }
                return Ok(());
            }
            Precision::Float16 => 1e-3,
            Precision::Int8 => 0.01,
        };
        ensure!(
            self.divergence <= limit,
            "the words' probabilities diverge by {:.5} nats in the mean from the net's, more than {limit}",
            self.divergence
        );
        Ok(())
    }
}

/// The largest difference between burn and ONNX Runtime that float32's rounding explains.
const EXACT: f32 = 1e-4;

impl fmt::Display for Differences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "burn and ONNX Runtime on {} photos, {} words:",
            self.photos, self.steps
        )?;
        let words = [("logits", Some(self.logits)), ("cross_attentions", self.attention)];
        let words = words.into_iter().filter_map(|(name, apart)| Some((name, apart?)));
        for (name, apart) in self
            .encoder
            .iter()
            .map(|(name, apart)| (name.as_str(), *apart))
            .chain(words)
        {
            writeln!(f, "{name:<28} differs by at most {apart:.1e}")?;
        }
        write!(
            f,
            "the words' probabilities diverge by {:.1e} nats in the mean; the likeliest word is the same {} times of {}",
            self.divergence, self.same, self.steps
        )
    }
}

/// A tensor's numbers outside of burn.
pub(crate) fn array<const D: usize>(tensor: Tensor<D>) -> Result<ArrayD<f32>> {
    let shape = tensor.dims().to_vec();
    let values = tensor.into_data().try_to_vec();
    let values = values.map_err(|error| anyhow!("the net's numbers: {error:?}"))?;
    Ok(ArrayD::from_shape_vec(IxDyn(&shape), values)?)
}

/// The largest difference; not a number where one of them is none.
fn largest(name: &str, expected: &ArrayD<f32>, found: &ArrayD<f32>) -> Result<f32> {
    ensure!(
        expected.shape() == found.shape(),
        "{name} of the exported graphs is of the shape {:?}, the net's is {:?}",
        found.shape(),
        expected.shape()
    );
    let apart = std::iter::zip(expected, found).map(|(a, b)| (a - b).abs());
    Ok(apart.fold(0.0, more))
}

/// The larger one; not a number where one of them is none, which `f32::max` would leave out.
fn more(a: f32, b: f32) -> f32 {
    if a.is_nan() || b.is_nan() { f32::NAN } else { a.max(b) }
}

fn probabilities(logits: ArrayView1<'_, f32>) -> Vec<f64> {
    let most = logits.fold(f32::NEG_INFINITY, |most, &logit| most.max(logit));
    let raised: Vec<f64> = logits.iter().map(|logit| f64::from(logit - most).exp()).collect();
    let sum: f64 = raised.iter().sum();
    raised.into_iter().map(|raised| raised / sum).collect()
}

fn likeliest(probabilities: &[f64]) -> Option<usize> {
    let found = probabilities.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    found.map(|(at, _)| at)
}
