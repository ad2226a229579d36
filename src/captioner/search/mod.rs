//! The search for the best sequence of tokens, token for token as Hugging Face's `generate()` finds it; where the model
//! foresees what people would write, it is guided by that.

mod beam;
mod greedy;
mod scores;

use std::rc::Rc;

use ndarray::Array2;

use beam::BeamSearch;
use greedy::Greedy;
pub(super) use scores::LogSoftmax;

use super::CaptionError;
use super::consensus::ExpectedCaptions;
use crate::model::GenerationConfig;

/// What the decoder gives for the next token of each sequence.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// Scores of all words, [rows, V].
    pub(super) logits: Array2<f32>,
    /// Where the decoder looked, [rows, L] (or [tokens, L] where all tokens of one sequence were asked for); none where
    /// it does not tell.
    pub(super) attention: Option<Array2<f32>>,
}

/// What the decoder is to go on with.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    /// Sequences of the same length.
    pub(super) sequences: &'a [&'a [i64]],
    /// For each of them the row of the step before that it goes on from; none at the first step.
    pub(super) parents: &'a [usize],
    /// For each of them the photo that it is about.
    pub(super) photos: &'a [usize],
}

/// What is searched for.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) settings: &'a GenerationConfig,
    /// The token that all sequences begin with.
    pub(super) start: i64,
    /// Sequences of earlier searches: a beam search keeps away from what they have at the same place.
    pub(super) said: &'a [Vec<i64>],
    /// What people would write about each of the photos, which guides a beam search.
    pub(super) expected: &'a [&'a ExpectedCaptions],
}

/// Runs the decoder.
pub(super) type Decode<'a> = dyn FnMut(&Rows) -> Result<Step, CaptionError> + 'a;

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

    /// Adds a token, of which the given row of the step speaks.
    fn extend(&mut self, token: usize, log_probability: f32, step: &Step, row: usize) {
        self.tokens.push(token as i64);
        self.log_probabilities.push(log_probability);
        self.attention.extend(
            step.attention
                .as_ref()
                .map(|attention| attention.row(row).iter().copied().collect()),
        );
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

/// What was found for one photo: sequences, best first, each with the score that ranks it; greedy finds one.
pub(super) type Found = Vec<(Hypothesis, f64)>;

/// A search for one photo.
enum Search<'a> {
    Greedy(Greedy),
    Beam(BeamSearch<'a>),
}

impl<'a> Search<'a> {
    fn new(wanted: &Wanted<'a>, expected: &'a ExpectedCaptions) -> Self {
        if wanted.settings.num_beams() > 1 {
            Self::Beam(BeamSearch::new(wanted, expected))
        } else {
            Self::Greedy(Greedy::new(wanted.settings, wanted.start))
        }
    }

    fn found(self, settings: &GenerationConfig) -> Found {
        match self {
            Self::Greedy(search) => {
                let best = search.found();
                let score = f64::from(best.score());
                vec![(best, score)]
            }
            Self::Beam(search) => {
                let mut found = search.found();
                found.truncate(settings.num_return_sequences().unwrap_or(usize::MAX));
                found
            }
        }
    }
}

/// Finds the best sequences for each of the photos, all of which go on by a token at each step of the decoder.
pub(super) fn search(wanted: &Wanted, decode: &mut Decode) -> Result<Vec<Found>, CaptionError> {
    let Wanted { settings, expected, .. } = *wanted;
    let mut searches: Vec<Search> = expected.iter().map(|expected| Search::new(wanted, expected)).collect();
    // For each photo the first of its rows in the step before.
    let mut firsts = vec![0; searches.len()];
    let mut is_first = true;
    loop {
        let (mut sequences, mut parents, mut of) = (Vec::new(), Vec::new(), Vec::new());
        for (photo, search) in searches.iter().enumerate() {
            let before = firsts[photo];
            firsts[photo] = sequences.len();
            match search {
                Search::Greedy(search) => {
                    sequences.extend(search.sequence());
                    parents.push(before);
                }
                Search::Beam(search) => {
                    sequences.extend(search.sequences());
                    parents.extend(search.parents().iter().map(|row| before + row));
                }
            }
            of.resize(sequences.len(), photo);
            parents.truncate(sequences.len());
        }
        if sequences.is_empty() {
            break;
        }
        if is_first {
            parents.clear();
        }
        is_first = false;
        let step = decode(&Rows {
            sequences: &sequences,
            parents: &parents,
            photos: &of,
        })?;
        for (photo, search) in searches.iter_mut().enumerate() {
            if of.contains(&photo) {
                match search {
                    Search::Greedy(search) => search.advance(settings, &step, firsts[photo]),
                    Search::Beam(search) => search.advance(&step, firsts[photo]),
                }
            }
        }
    }
    Ok(searches.into_iter().map(|search| search.found(settings)).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A decoder whose scores depend on the last token alone: row by row from a table.
    fn table(rows: &[[f32; 4]]) -> impl FnMut(&Rows) -> Result<Step, CaptionError> {
        move |asked| {
            let last = |tokens: &&[i64]| rows[*tokens.last().unwrap() as usize];
            let logits = Array2::from(asked.sequences.iter().map(last).collect::<Vec<_>>());
            Ok(Step {
                logits,
                attention: None,
            })
        }
    }

    /// What is found for one photo.
    fn search(
        settings: &GenerationConfig,
        start: i64,
        said: &[Vec<i64>],
        decode: &mut Decode,
    ) -> Result<Found, CaptionError> {
        let wanted = Wanted {
            settings,
            start,
            said,
            expected: &[&ExpectedCaptions::default()],
        };
        super::search(&wanted, decode).map(|mut found| found.remove(0))
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

    /// What a search of two beams finds in a table, where 1 and 2 are likely at first and 3 is not, and how likely the model
    /// says the first token of each is.
    fn guided(expected: &ExpectedCaptions) -> Vec<(Vec<i64>, f32)> {
        let ends = [9.0, 0.0, 0.0, 0.0];
        let table_of = [[-9.0, 1.0, 0.9, -1.0], ends, ends, ends];
        let settings = settings(json!({"eos_token_id": 0, "max_length": 5, "num_beams": 2}));
        let wanted = Wanted {
            settings: &settings,
            start: 0,
            said: &[],
            expected: &[expected],
        };
        let found = super::search(&wanted, &mut table(&table_of)).unwrap().remove(0);
        assert!(found.windows(2).all(|two| two[0].1 >= two[1].1));
        let told = found
            .into_iter()
            .map(|(path, _)| (path.tokens, path.log_probabilities[0]));
        told.collect()
    }

    #[test]
    fn what_people_would_write_is_found_though_likelihood_would_have_given_it_up() {
        let likely = guided(&ExpectedCaptions::default());
        let tokens = |found: &[(Vec<i64>, f32)]| found.iter().map(|(tokens, _)| tokens[1]).collect::<Vec<_>>();
        assert_eq!(tokens(&likely), [1, 2]);
        // Chosen at the end alone it is no longer there; the second likeliest is.
        assert_eq!(guided(&ExpectedCaptions::of_words(&[3], 4, 5.0, 0.0)), likely);
        assert_eq!(guided(&ExpectedCaptions::of_words(&[2], 4, 5.0, 0.0))[0], likely[1]);
        let found = guided(&ExpectedCaptions::of_words(&[3], 4, 5.0, 1.0));
        assert_eq!(tokens(&found), [3, 1]);
        assert_eq!(
            found[1].1, likely[0].1,
            "what is said of a token's likelihood is the model's own"
        );
    }

    #[test]
    fn an_error_of_the_decoder_ends_the_search() {
        let settings = settings(json!({"num_beams": 2}));
        let found = search(&settings, 0, &[], &mut |_| Err(CaptionError::Cancelled));
        assert!(matches!(found, Err(CaptionError::Cancelled)));
    }

    #[test]
    fn photos_that_are_searched_together_find_what_each_finds_alone() {
        // What follows depends on the photo and the last token; each photo's end is likely from another length on.
        let logits = |photo: usize, tokens: &[i64]| {
            let last = *tokens.last().unwrap() as usize;
            [0, 1, 2, 3].map(|token| {
                let chance = ((photo * 7 + last * 5 + token * 3) * 2_654_435_761) >> 7 & 15;
                let ends = token == 0 && tokens.len() > 2 + photo % 3;
                chance as f32 * 0.3 + if ends { 6.0 } else { 0.0 }
            })
        };
        for (beams, ends) in [(1, json!(0)), (3, json!(0)), (2, json!([0, 3]))] {
            let settings = settings(json!({"eos_token_id": ends, "max_length": 7, "num_beams": beams}));
            let alone = |photo: usize| {
                search(&settings, 1, &[], &mut |asked| {
                    let rows = asked.sequences.iter().map(|tokens| logits(photo, tokens));
                    Ok(Step {
                        logits: Array2::from(rows.collect::<Vec<_>>()),
                        attention: None,
                    })
                })
                .unwrap()
            };
            let mut before: Vec<(usize, Vec<i64>)> = Vec::new();
            let nothing = ExpectedCaptions::default();
            let wanted = Wanted {
                settings: &settings,
                start: 1,
                said: &[],
                expected: &[&nothing; 6],
            };
            let together = super::search(&wanted, &mut |asked| {
                for (row, &parent) in asked.parents.iter().enumerate() {
                    let (photo, tokens) = &before[parent];
                    assert_eq!(*photo, asked.photos[row]);
                    assert_eq!(tokens, &asked.sequences[row][..tokens.len()]);
                }
                let rows = || asked.photos.iter().copied().zip(asked.sequences);
                before = rows().map(|(photo, tokens)| (photo, tokens.to_vec())).collect();
                Ok(Step {
                    logits: Array2::from(rows().map(|(photo, tokens)| logits(photo, tokens)).collect::<Vec<_>>()),
                    attention: None,
                })
            })
            .unwrap();
            let lengths: Vec<usize> = together.iter().map(|found| found[0].0.tokens.len()).collect();
            assert!(lengths.iter().any(|length| *length != lengths[0]), "{lengths:?}");
            for (photo, found) in together.into_iter().enumerate() {
                assert_eq!(found, alone(photo), "{beams} beams, photo {photo}");
            }
        }
    }
}
