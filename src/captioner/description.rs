//! The result of looking at a photo: a sentence, its words, and how far to believe them.

/// One sentence about one photo, with everything that the window, the voice and the reports need.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// The best sentence.
    pub caption: String,
    /// How far to believe the sentence, 0 to 1.
    pub confidence: f32,
    /// The caption's words in order; joined by spaces they read as the caption.
    pub words: Vec<Word>,
    /// The next best sentences, best first, without the caption itself.
    pub alternatives: Vec<Alternative>,
    /// Token ids of the best sequence, from the start token to the end token where there is one.
    pub tokens: Vec<i64>,
    /// Sum of the log-probabilities of the generated tokens.
    pub score: f32,
    /// The model's name.
    pub model: String,
    /// What really ran: `cpu` or `cuda`, with the reason where it is not what was asked for.
    pub device: String,
    /// Where the time went.
    pub seconds: Seconds,
}

impl Description {
    /// The mean log-probability of a generated token, the end token included where there is one; 0 or less. This is
    /// what a [`Calibration`](crate::model::Calibration) takes.
    pub fn mean_log_probability(&self) -> f32 {
        // All but the start token.
        self.score / self.tokens.len().saturating_sub(1).max(1) as f32
    }
}

/// A word as the person reads it (a token or several), with the model's view of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// The word as written in the caption, punctuation that touches it included.
    pub text: String,
    /// The product of its tokens' probabilities, 0 to 1.
    pub probability: f32,
    /// Where the model looked while it wrote the word; none where the model does not say.
    pub attention: Option<Attention>,
    /// That place as a phrase; none where there is no attention or it is spread over the photo.
    pub place: Option<Place>,
}

/// One attention map: `rows` × `columns` weights, row by row from the top left, that sum to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Attention {
    /// Rows of the grid.
    pub rows: usize,
    /// Columns of the grid.
    pub columns: usize,
    /// `rows * columns` weights, row by row.
    pub weights: Vec<f32>,
}

/// A part of the photo that people have a phrase for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// "upper left"
    UpperLeft,
    /// "top"
    Top,
    /// "upper right"
    UpperRight,
    /// "left"
    Left,
    /// "middle"
    Middle,
    /// "right"
    Right,
    /// "lower left"
    LowerLeft,
    /// "bottom"
    Bottom,
    /// "lower right"
    LowerRight,
}

/// Another sentence that the search found.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    /// The sentence.
    pub caption: String,
    /// Sum of its tokens' log-probabilities.
    pub score: f32,
}

/// Wall-clock seconds of the stages.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Seconds {
    /// Opening the model folder and loading the model (0 when it was loaded already).
    pub load: f64,
    /// Reading and decoding the photo and bringing it to the encoder's input.
    pub decode_photo: f64,
    /// The encoder.
    pub encode: f64,
    /// The decoder loop.
    pub search: f64,
}
