//! The search for the best sequence of tokens, token for token as Hugging Face's `generate()` finds it.

mod beam;
mod greedy;
mod scores;

use std::rc::Rc;

use ndarray::Array2;

use super::CaptionError;
use crate::model::GenerationConfig;

/// What the decoder gives for the next token of each sequence.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// Scores of all words, [rows, V].
    pub(super) logits: Array2<f32>,
    /// Where the decoder looked, [rows, L]; none where it does not tell.
    pub(super) attention: Option<Array2<f32>>,
}

/// Runs the decoder: sequences of the same length, and for each one the row of the step before that it goes on from
/// (none at the first step, which has a single row).
pub(super) type Decode<'a> = dyn FnMut(&[&[i64]], &[usize]) -> Result<Step, CaptionError> + 'a;

/// A sequence of tokens with what the model says about each.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hypothesis {
    /// From the start token to the end token where there is one.
    pub(super) tokens: Vec<i64>,
    /// The model's log-probability of each token after the start token.
    pub(super) log_probabilities: Vec<f32>,
    /// Where the model looked for each token after the start token; empty where it does not tell.
    pub(super) attention: Vec<Rc<[f32]>>,
}

impl Hypothesis {
    fn start(token: i64) -> Self {
        Self {
            tokens: vec![token],
            log_probabilities: Vec::new(),
            attention: Vec::new(),
        }
    }

    /// This sequence and one more token, of which the given row of the step speaks.
    fn extended(&self, token: usize, log_probability: f32, step: &Step, row: usize) -> Self {
        let mut longer = self.clone();
        longer.tokens.push(token as i64);
        longer.log_probabilities.push(log_probability);
        longer.attention.extend(
            step.attention
                .as_ref()
                .map(|attention| attention.row(row).iter().copied().collect()),
        );
        longer
    }

    /// The same with the first of several end tokens at its end, as Hugging Face's beam search writes it.
    fn ended(mut self, settings: &GenerationConfig) -> Self {
        if let (Some(last), Some(end)) = (self.tokens.last_mut(), settings.end_tokens().first()) {
            *last = *end;
        }
        self
    }

    /// The sum of the tokens' log-probabilities.
    pub(super) fn score(&self) -> f32 {
        self.log_probabilities.iter().sum()
    }
}

/// Finds the best sequences, best first, each with the score that ranks it; greedy finds one.
///
/// A beam search keeps away from what `said` has at the same place: sequences of earlier searches.
pub(super) fn search(
    settings: &GenerationConfig,
    start: i64,
    said: &[Vec<i64>],
    decode: &mut Decode,
) -> Result<Vec<(Hypothesis, f64)>, CaptionError> {
    if settings.num_beams() > 1 {
        let mut found = beam::search(settings, start, said, decode)?;
        found.truncate(settings.num_return_sequences().unwrap_or(usize::MAX));
        Ok(found)
    } else {
        greedy::search(settings, start, decode).map(|best| {
            let score = f64::from(best.score());
            vec![(best, score)]
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A decoder whose scores depend on the last token alone: row by row from a table.
    fn table(rows: &[[f32; 4]]) -> impl FnMut(&[&[i64]], &[usize]) -> Result<Step, CaptionError> {
        move |sequences, _| {
            let last = |tokens: &&[i64]| rows[*tokens.last().unwrap() as usize];
            let logits = Array2::from(sequences.iter().map(last).collect::<Vec<_>>());
            Ok(Step {
                logits,
                attention: None,
            })
        }
    }

    fn settings(json: serde_json::Value) -> GenerationConfig {
        GenerationConfig::default().with(json.as_object().unwrap()).unwrap()
    }

    /// Token 0 starts and ends; 1 is likely at first but then all is equally unlikely; 2 is followed by the end.
    const GARDEN_PATH: [[f32; 4]; 4] = [[-9.0, 1.0, 0.9, -9.0], [0.0; 4], [9.0, 0.0, 0.0, 0.0], [0.0; 4]];

    #[test]
    fn greedy_takes_the_likeliest_token_each_time() {
        let settings = settings(json!({"eos_token_id": 0, "max_length": 3}));
        let found = search(&settings, 0, &[], &mut table(&GARDEN_PATH)).unwrap();
        assert_eq!(found[0].0.tokens, [0, 1, 0]);
    }

    #[test]
    fn beams_find_the_sentence_that_greedy_walks_past() {
        let settings = settings(json!({"eos_token_id": 0, "max_length": 4, "num_beams": 2}));
        let found = search(&settings, 0, &[], &mut table(&GARDEN_PATH)).unwrap();
        assert_eq!(found[0].0.tokens, [0, 2, 0]);
        assert_eq!(found.len(), 2);
        assert!(found[0].1 > found[1].1);
    }

    #[test]
    fn a_sequence_without_an_end_stops_at_the_longest_length() {
        let endless = [[0.0, 5.0, 0.0, 0.0]; 4];
        for beams in [1, 3] {
            let settings = settings(json!({"eos_token_id": 3, "num_beams": beams, "max_new_tokens": 6}));
            let found = search(&settings, 0, &[], &mut table(&endless)).unwrap();
            assert_eq!(found[0].0.tokens, [0, 1, 1, 1, 1, 1, 1]);
        }
    }

    #[test]
    fn the_end_is_not_allowed_before_the_shortest_length() {
        let eager = [[9.0, 1.0, 0.0, 0.0]; 4];
        for beams in [1, 2] {
            let settings = settings(json!({"eos_token_id": [0], "num_beams": beams, "min_length": 3, "max_length": 9}));
            let found = search(&settings, 0, &[], &mut table(&eager)).unwrap();
            assert_eq!(found[0].0.tokens, [0, 1, 1, 0]);
        }
    }

    #[test]
    fn log_probabilities_are_the_models_own_whatever_the_settings_forbid() {
        let eager = [[9.0, 1.0, 0.0, 0.0]; 4];
        let settings = settings(json!({"eos_token_id": 0, "min_length": 2, "max_length": 9}));
        let found = search(&settings, 0, &[], &mut table(&eager)).unwrap();
        assert!(found[0].0.log_probabilities[0] < -7.9);
    }

    #[test]
    fn a_search_that_keeps_away_from_what_was_said_finds_another_sentence_and_the_models_own_likelihood() {
        let settings = settings(json!({"eos_token_id": 0, "max_length": 4, "num_beams": 2}));
        let table_of = [
            [-9.0, 1.0, 0.8, -9.0],
            [9.0, 0.0, 0.0, 0.0],
            [9.0, 0.0, 0.0, 0.0],
            [0.0; 4],
        ];
        let first = search(&settings, 0, &[], &mut table(&table_of)).unwrap();
        assert_eq!(first[0].0.tokens, [0, 1, 0]);
        let said = [first[0].0.tokens.clone()];
        let second = search(&settings, 0, &said, &mut table(&table_of)).unwrap();
        assert_eq!(second[0].0.tokens, [0, 2, 0]);
        assert_eq!(second[0].0.log_probabilities, first[1].0.log_probabilities);
    }

    #[test]
    fn an_error_of_the_decoder_ends_the_search() {
        let settings = settings(json!({"num_beams": 2}));
        let found = search(&settings, 0, &[], &mut |_, _| Err(CaptionError::Cancelled));
        assert!(matches!(found, Err(CaptionError::Cancelled)));
    }
}
