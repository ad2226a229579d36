//! The result of looking at a photo: a sentence, its words, and how far to believe them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::agreement::stems;
use crate::model::Evidence;

/// One sentence about one photo, with everything that the window, the voice and the reports need.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Description {
    /// The best sentence.
    pub caption: String,
    /// Whether the model takes the picture for none that it can describe: a page of text, a screenshot, a chart.
    #[serde(default)]
    pub no_photo: bool,
    /// How far to believe the sentence, 0 to 1.
    pub confidence: f32,
    /// Whether nobody has measured how often sentences of such a confidence are right: the model has no
    /// [`Calibration`](crate::model::Calibration), and its own probability of a token stands there instead.
    #[serde(default)]
    pub uncalibrated: bool,
    /// The caption's words in order; joined by spaces they read as the caption.
    pub words: Vec<Word>,
    /// The next best sentences that differ from the caption and from each other in more than case and punctuation,
    /// best first.
    pub alternatives: Vec<Alternative>,
    /// Token ids of the best sequence, from the start token to the end token where there is one.
    pub tokens: Vec<i64>,
    /// Sum of the log-probabilities of the generated tokens.
    pub score: f32,
    /// What the captions that people are expected to write say of it; none where the model expects nothing of captions.
    #[serde(default)]
    pub expected: Option<Expected>,
    /// The model's name.
    pub model: String,
    /// What really ran: `cpu` or `cuda`, with the reason where it is not what was asked for.
    pub device: String,
    /// Where the words' [`attention`](Word::attention) comes from; none where there is none.
    #[serde(default)]
    pub attention_kind: Option<AttentionKind>,
    /// Where the time went.
    pub seconds: Seconds,
}

/// What the captions that people would write about a photo, as far as the model foresees them, say of a sentence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    /// How much the sentence has in common with them, 0 to 10, as CIDEr has it.
    pub likeness: f32,
    /// How much they name what its main noun names: the share of them that do, by what the words of one weigh together;
    /// none where there is no such noun.
    pub main_noun_weight: Option<f32>,
}

impl Description {
    /// The mean log-probability of a generated token, the end token included where there is one; 0 or less. This is
    /// what a [`Calibration`](crate::model::Calibration) takes.
    pub fn mean_log_probability(&self) -> f32 {
        mean_log_probability(self.score, &self.tokens)
    }

    /// What speaks for each sentence, the caption first, among those that the search found: that from which its confidence
    /// comes.
    pub fn evidence(&self) -> Vec<Evidence> {
        let mean = self.mean_log_probability();
        let caption = Said::new(&self.caption, &self.words, mean, self.expected);
        let others = self.alternatives.iter().map(|other| {
            let mean = mean_log_probability(other.score, &other.tokens);
            Said::new(&other.caption, &other.words, mean, other.expected)
        });
        let said: Vec<Said> = std::iter::once(caption).chain(others).collect();
        (0..said.len()).map(|number| Said::evidence(&said, number)).collect()
    }

    /// The caption and the alternatives, best first.
    pub fn sentences(&self) -> impl Iterator<Item = &str> {
        let others = self.alternatives.iter().map(|other| other.caption.as_str());
        std::iter::once(self.caption.as_str()).chain(others)
    }

    /// The same with the given sentence in the place of the caption: 0 is the caption itself, 1 the first
    /// alternative. The alternatives stay as they are. None where there is no such sentence.
    pub fn with_sentence(&self, number: usize) -> Option<Self> {
        let Some(number) = number.checked_sub(1) else {
            return Some(self.clone());
        };
        let Alternative {
            caption,
            confidence,
            words,
            tokens,
            score,
            expected,
        } = self.alternatives.get(number)?.clone();
        Some(Self {
            caption,
            confidence,
            words,
            tokens,
            score,
            expected,
            ..self.clone()
        })
    }

    /// Adds an alternative, unless it says the same as the caption or as one that is there.
    pub fn add_alternative(&mut self, other: Alternative) {
        let form = plain_form(&other.caption);
        if !form.is_empty() && self.sentences().all(|known| plain_form(known) != form) {
            self.alternatives.push(other);
        }
    }
}

/// A sentence as far as it speaks for itself or against another one.
struct Said<'a> {
    mean: f32,
    words: &'a [Word],
    stems: BTreeSet<String>,
    expected: Option<Expected>,
}

impl<'a> Said<'a> {
    fn new(caption: &str, words: &'a [Word], mean: f32, expected: Option<Expected>) -> Self {
        Self {
            mean,
            words,
            stems: stems(caption),
            expected,
        }
    }

    /// What speaks for one of all the sentences.
    fn evidence(all: &[Self], number: usize) -> Evidence {
        let own = &all[number];
        let best_other = all.iter().filter(|other| other.stems != own.stems);
        let best_other = best_other.map(|other| other.mean).reduce(f32::max);
        let use_it = |stem| all.iter().filter(|said| said.stems.contains(stem)).count();
        let used: usize = own.stems.iter().map(use_it).sum();
        let has_others = all.len() > 1 && !own.stems.is_empty();
        Evidence {
            margin: best_other.map(|other| own.mean - other),
            agreement: has_others.then(|| used as f32 / (own.stems.len() * all.len()) as f32),
            likeness: own.expected.map(|expected| expected.likeness),
            main_noun: own
                .expected
                .and_then(|expected| expected.main_noun_weight)
                .map(Evidence::logarithm),
            ..Evidence::new(own.mean, own.words.iter().filter_map(|word| word.support))
        }
    }
}

fn mean_log_probability(score: f32, tokens: &[i64]) -> f32 {
    // All but the start token.
    score / tokens.len().saturating_sub(1).max(1) as f32
}

/// A sentence without what does not make it another one: case, punctuation and the room between its words.
fn plain_form(sentence: &str) -> String {
    let words = sentence.split_whitespace().map(|word| {
        word.chars()
            .filter(|letter| letter.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect::<String>()
    });
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A word as the person reads it (a token or several), with the model's view of it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Word {
    /// The word as written in the caption, punctuation that touches it included.
    pub text: String,
    /// The product of its tokens' probabilities, 0 to 1.
    pub probability: f32,
    /// How far the photo supports the word, whatever the sentence, 0 to 1; none where the model does not say.
    #[serde(default)]
    pub support: Option<f32>,
    /// Where the model looked while it wrote the word; none where the model does not say.
    pub attention: Option<Attention>,
    /// That place as a phrase; none where there is no attention or it is spread over the photo.
    pub place: Option<Place>,
}

/// One attention map: `rows` × `columns` weights, row by row from the top left, that sum to 1.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Attention {
    /// Rows of the grid.
    pub rows: usize,
    /// Columns of the grid.
    pub columns: usize,
    /// `rows * columns` weights, row by row.
    pub weights: Vec<f32>,
}

/// Where attention maps come from.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AttentionKind {
    /// The export gives them out.
    Exported,
    /// The softmaxes of the decoder's cross-attentions, which the export does not give out, found in its graph.
    FoundInGraph,
    /// The same of another decoder in the folder with the same weights, which read the finished sentence.
    Twin,
    /// Nothing of the model's: parts of the photo were covered, and the maps tell where that makes a word less likely.
    Occlusion,
}

impl AttentionKind {
    /// The kind for other programs, the same in every language.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Exported => "exported",
            Self::FoundInGraph => "found_in_graph",
            Self::Twin => "twin",
            Self::Occlusion => "occlusion",
        }
    }
}

/// A part of the photo that people have a phrase for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
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
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Alternative {
    /// The sentence.
    pub caption: String,
    /// How far to believe it, 0 to 1.
    pub confidence: f32,
    /// Its words in order; joined by spaces they read as the sentence.
    pub words: Vec<Word>,
    /// Its token ids, as [`Description::tokens`].
    pub tokens: Vec<i64>,
    /// Sum of its tokens' log-probabilities.
    pub score: f32,
    /// As [`Description::expected`].
    #[serde(default)]
    pub expected: Option<Expected>,
}

/// Wall-clock seconds of the stages.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn other(caption: &str) -> Alternative {
        Alternative {
            caption: caption.to_owned(),
            confidence: 0.4,
            words: Vec::new(),
            tokens: vec![1, 9],
            score: -3.0,
            expected: None,
        }
    }

    fn described() -> Description {
        Description {
            caption: "A dog runs.".to_owned(),
            confidence: 0.9,
            tokens: vec![1, 7],
            score: -1.0,
            ..Description::default()
        }
    }

    #[test]
    fn another_sentence_differs_in_more_than_case_and_punctuation() {
        let mut description = described();
        for caption in [
            "a  dog runs",
            "A dog, runs!",
            "",
            " . ",
            "A brown dog runs.",
            "a brown dog runs",
            "a cat.",
        ] {
            description.add_alternative(other(caption));
        }
        assert_eq!(
            description.sentences().collect::<Vec<_>>(),
            ["A dog runs.", "A brown dog runs.", "a cat."]
        );
    }

    #[test]
    fn what_speaks_for_a_sentence_is_measured_against_the_others() {
        let mut description = described();
        let first = |description: &Description| description.evidence()[0];
        assert_eq!(
            (first(&description).margin, first(&description).agreement),
            (None, None)
        );
        // The same words in another order are no other sentence: there is no margin to it.
        description.add_alternative(Alternative {
            score: -0.5,
            ..other("Runs a dog.")
        });
        assert_eq!(
            (first(&description).margin, first(&description).agreement),
            (None, Some(1.0))
        );
        description.add_alternative(other("A cat runs."));
        let evidence = description.evidence();
        // -1 and -3 for one token each.
        assert_eq!((evidence[0].margin, evidence[2].margin), (Some(2.0), Some(-2.5)));
        // "dog" in two of three, "runs" in all.
        assert!((evidence[0].agreement.unwrap() - 5.0 / 6.0).abs() < 1e-6);
        // It says nothing that could be agreed with.
        description.add_alternative(other("It is."));
        let evidence = description.evidence();
        assert_eq!((evidence.len(), evidence[3].agreement), (4, None));
    }

    #[test]
    fn an_alternative_takes_the_captions_place_with_all_that_is_said_of_it() {
        let mut description = described();
        description.add_alternative(other("a cat."));
        assert_eq!(description.with_sentence(0), Some(description.clone()));
        let second = description.with_sentence(1).unwrap();
        assert_eq!((second.caption.as_str(), second.confidence), ("a cat.", 0.4));
        assert_eq!((second.tokens, second.score), (vec![1, 9], -3.0));
        assert_eq!(description.with_sentence(2), None);
    }
}
