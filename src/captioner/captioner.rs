//! The captioner: a loaded model that describes photos.

use crate::model::ModelFolder;
use crate::photo::Photo;

use super::{Cancel, CaptionError, Description, DeviceChoice};

/// How a model is loaded.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// The processor to use.
    pub device: DeviceChoice,
    /// Threads within one operation; none: as many as the processor has cores.
    pub threads: Option<usize>,
}

/// How a photo is described; what is none stays as the model's `generation_config.json` says.
#[derive(Clone, Debug, Default)]
pub struct DescribeOptions {
    /// Sentences that the search keeps in view; 1 is greedy.
    pub beams: Option<usize>,
    /// Longest sequence, the start token included.
    pub max_length: Option<usize>,
    /// Shortest sequence, the start token included.
    pub min_length: Option<usize>,
    /// Exponent of the length that divides a beam's score: above 0 longer sentences win, below 0 shorter ones.
    pub length_penalty: Option<f32>,
    /// No run of this many tokens comes twice; 0 allows all.
    pub no_repeat_ngram_size: Option<usize>,
    /// Divides the odds of tokens that were there already; 1 changes nothing.
    pub repetition_penalty: Option<f32>,
}

/// What the captioner is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The photo is brought to the encoder's input.
    Preprocess,
    /// The encoder looks.
    Encode,
    /// The search writes.
    Search {
        /// Tokens written so far.
        tokens: usize,
    },
}

/// A loaded model.
#[derive(Debug)]
pub struct Captioner {}

impl Captioner {
    /// Loads a model.
    ///
    /// # Errors
    /// ONNX Runtime is missing or too old, or the folder's graphs are broken or do not fit together.
    pub fn load(folder: &ModelFolder, options: &LoadOptions) -> Result<Self, CaptionError> {
        let _ = (folder, options);
        todo!()
    }

    /// Describes a photo.
    ///
    /// # Errors
    /// Cancelled, or the model failed.
    pub fn describe(
        &mut self,
        photo: &Photo,
        options: &DescribeOptions,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Description, CaptionError> {
        let _ = (photo, options, cancel, progress);
        todo!()
    }

    /// The model's name.
    pub fn name(&self) -> &str {
        todo!()
    }

    /// What really runs: `cpu`, `cuda`, or `cpu (CUDA was asked for, but: reason)`.
    pub fn device(&self) -> &str {
        todo!()
    }

    /// Whether the model tells where it looked.
    pub fn has_attention(&self) -> bool {
        todo!()
    }
}
