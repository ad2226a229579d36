//! A model looked at from outside: run once, with what its graphs gave held against what they should give.

use std::time::Instant;

use super::numbers::read;
use super::{Cancel, CaptionError, Captioner, DescribeOptions, Description};
use crate::photo::Photo;

/// What a model gave for one photo.
#[derive(Clone, Debug)]
pub struct Examination {
    /// The encoder's outputs with their shapes.
    pub outputs: Vec<(String, Vec<i64>)>,
    /// Those of them with values that are no finite numbers.
    pub not_finite: Vec<String>,
    /// Tokens after the start token.
    pub tokens: usize,
    /// Those of them of which the model told where it looked.
    pub attended: usize,
    /// How far the weights of a token, over all positions, are from summing to 1, at most.
    pub furthest_sum: f32,
    /// Whether a weight was negative or no number.
    pub bad_weight: bool,
    /// Whether a log-probability was above 0 or no number.
    pub bad_probability: bool,
    /// Seconds that the encoder took.
    pub encode: f64,
    /// Seconds that the search took.
    pub search: f64,
    /// The sentence; the error where it did not come to one.
    pub description: Result<Description, String>,
}

impl Captioner {
    /// Describes a photo and tells what the graphs gave on the way.
    ///
    /// # Errors
    /// A graph failed.
    pub fn examine(&mut self, photo: &Photo) -> Result<Examination, CaptionError> {
        let cancel = Cancel::default();
        let run = cancel.watch()?;
        let pixels = self.preprocessor.run(photo.pixels());
        let given = self.encoder.run(&pixels, &run)?;
        let (mut outputs, mut not_finite) = (Vec::new(), Vec::new());
        for (name, value) in self.encoder.outputs().iter().zip(&given) {
            let shape = value
                .dtype()
                .tensor_shape()
                .map(|shape| shape.to_vec())
                .unwrap_or_default();
            outputs.push((name.clone(), shape));
            let finite = read(value).is_ok_and(|values| values.iter().all(|value| value.is_finite()));
            if !finite {
                not_finite.push(name.clone());
            }
        }
        let mut examination = Examination {
            outputs,
            not_finite,
            tokens: 0,
            attended: 0,
            furthest_sum: 0.0,
            bad_weight: false,
            bad_probability: false,
            encode: 0.0,
            search: 0.0,
            description: Err(String::new()),
        };
        let clock = Instant::now();
        let (mut memory, sight) = self.look(&pixels, &run)?;
        examination.encode = clock.elapsed().as_secs_f64();
        let clock = Instant::now();
        let found = match self.search(
            &mut memory,
            &sight.expected,
            &DescribeOptions::default(),
            &[],
            &run,
            &mut |_| (),
        ) {
            Ok(found) => found,
            // What the encoder gave may tell why.
            Err(error) => {
                examination.description = Err(error.to_string());
                return Ok(examination);
            }
        };
        examination.search = clock.elapsed().as_secs_f64();
        if let Some((best, _)) = found.first() {
            examination.tokens = best.log_probabilities.len();
            examination.attended = best.attention.len();
            let impossible = |p: &f32| p.is_nan() || *p > 1e-5;
            examination.bad_probability = best.log_probabilities.iter().any(impossible);
            for weights in &best.attention {
                let sum: f32 = weights.iter().sum();
                examination.bad_weight |= weights.iter().any(|weight| weight.is_nan() || *weight < 0.0);
                examination.furthest_sum = examination.furthest_sum.max((sum - 1.0).abs());
            }
        }
        examination.description = self.description(found, &sight).map_err(|error| error.to_string());
        Ok(examination)
    }
}
