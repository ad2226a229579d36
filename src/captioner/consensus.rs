//! Which of the sentences found says what people said of photos like this one.
//!
//! The likeliest sentence is often the commonest one. Where the encoder also gives what people wrote about the photos it has
//! learnt from that are nearest to this one, a sentence counts for more the more it has in common with those captions:
//! consensus re-ranking (Mao et al. 2015, "Deep captioning with multimodal recurrent neural networks (m-RNN)", section 8,
//! after Devlin et al. 2015, "Exploring nearest neighbor approaches for image captioning"). What is said is always a sentence
//! that the model has written itself for this photo.
//!
//! How many of those captions name what the sentence is about also says how far to believe it: the model's own
//! probabilities hardly tell where it has taken the main thing for another one.

use ort::value::DynValue;
use tokenizers::Tokenizer;

use super::CaptionError;
use super::main_noun::{Kind, main_noun};
use super::numbers::read;
use super::search::Found;
use super::sentence::written;
use crate::model::{Consensus, GenerationConfig, ModelError, ModelFolder};
use crate::text;

/// The encoder's output: the tokens of captions of similar photos, `[batch, captions, length]`, as floats like all that an
/// encoder gives; what is the number of no token fills up the shorter ones.
const OUTPUT: &str = "similar_captions";

/// How many of the sentences that were found are worth showing: a search with something to choose from finds more than
/// anybody wants to hear.
const WORTH_SHOWING: usize = 4;

/// The longest runs of words that are compared.
const LONGEST_RUN: usize = 2;
/// The deviation of the penalty for another length, in tokens (Vedantam et al. 2015, "CIDEr", section 5.1).
const LENGTHS: f32 = 6.0;

/// Where in the encoder's outputs the captions stand.
#[derive(Debug)]
pub(super) struct Similar {
    output: usize,
    words: usize,
    tokenizer: Tokenizer,
}

/// What people wrote about photos like one.
#[derive(Clone, Debug, Default)]
pub(super) struct SimilarCaptions {
    /// The tokens of each caption.
    tokens: Vec<Vec<i64>>,
    /// What each of them names.
    kinds: Vec<Vec<Kind>>,
}

impl SimilarCaptions {
    /// The share of the captions that name what the main noun of the sentence does; none where there is no caption or no
    /// such noun.
    pub(super) fn share_naming(&self, sentence: &str) -> Option<f32> {
        if self.kinds.is_empty() {
            return None;
        }
        let lower = sentence.to_lowercase();
        let (noun, _) = main_noun(words(&lower))?;
        let name_it = self
            .kinds
            .iter()
            .filter(|kinds| kinds.iter().any(|kind| noun.agrees(*kind)));
        Some(name_it.count() as f32 / self.kinds.len() as f32)
    }
}

impl Similar {
    /// Of a model whose configuration says what the captions weigh; none for other models.
    pub(super) fn new(folder: &ModelFolder, outputs: &[String]) -> Result<Option<Self>, ModelError> {
        let Some(consensus) = &folder.config().hearsight.consensus else {
            return Ok(None);
        };
        match outputs.iter().position(|name| name == OUTPUT) {
            Some(output) => Ok(Some(Self {
                output,
                words: consensus.word_weights.len(),
                tokenizer: folder.tokenizer().clone(),
            })),
            None => Err(folder.contradiction(text!("reason-no-similar-captions", output = OUTPUT))),
        }
    }

    /// Reads what the encoder gave for one photo.
    pub(super) fn read(&self, outputs: &[DynValue]) -> Result<SimilarCaptions, CaptionError> {
        let Some(output) = outputs.get(self.output) else {
            return Ok(SimilarCaptions::default());
        };
        let tokens = read(output)?;
        let captions = tokens.rows().into_iter().map(|caption| {
            let known = caption.iter().filter(|token| (0.0..self.words as f32).contains(*token));
            known.map(|token| *token as i64).collect()
        });
        let tokens: Vec<Vec<i64>> = captions.filter(|caption: &Vec<i64>| !caption.is_empty()).collect();
        let kinds = tokens.iter().map(|caption| {
            let ids: Vec<u32> = caption.iter().filter_map(|&token| u32::try_from(token).ok()).collect();
            // One that cannot be read names nothing.
            let caption = self.tokenizer.decode(&ids, true).unwrap_or_default();
            words(&caption.to_lowercase()).filter_map(Kind::of).collect()
        });
        Ok(SimilarCaptions {
            kinds: kinds.collect(),
            tokens,
        })
    }
}

/// The words of a text; a hyphen stands within one, and what comes after an apostrophe is another one.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let pieces = text.split(|letter: char| letter.is_whitespace() || "'’".contains(letter));
    let words = pieces.map(|piece| piece.trim_matches(|letter: char| !letter.is_alphanumeric()));
    words.filter(|word| !word.is_empty())
}

/// Puts the sentences found in the order of their scores and of what they have in common with captions of similar photos,
/// and leaves the best.
pub(super) fn rank(found: &mut Found, similar: &SimilarCaptions, consensus: &Consensus, settings: &GenerationConfig) {
    let captions: Vec<Runs> = similar
        .tokens
        .iter()
        .map(|tokens| Runs::of(tokens, consensus))
        .collect();
    if captions.is_empty() {
        return;
    }
    for (path, score) in found.iter_mut() {
        let own = Runs::of(written(&path.tokens, settings), consensus);
        let shared: f32 = captions.iter().map(|caption| own.alike(caption)).sum();
        *score += f64::from(consensus.weight * shared / captions.len() as f32);
    }
    // Stable, so that equals stay in the search's order.
    found.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    found.truncate(WORTH_SHOWING);
}

/// The runs of one and of two words of a sentence, with what each weighs.
struct Runs {
    tokens: usize,
    /// For each length the runs in order, each with its weight times how often it is there, and the root of the sum of the
    /// squares of these.
    of_length: [(Vec<(Run, f32)>, f32); LONGEST_RUN],
}

/// The tokens of a run; of one of a single token the second is −1.
type Run = [i64; LONGEST_RUN];

impl Runs {
    fn of(tokens: &[i64], consensus: &Consensus) -> Self {
        let weight = |token: &i64| {
            let place = usize::try_from(*token).ok();
            place.and_then(|place| consensus.word_weights.get(place)).copied()
        };
        let of_length = std::array::from_fn(|longer| {
            let mut runs: Vec<(Run, f32)> = Vec::new();
            for run in tokens.windows(longer + 1) {
                let own: f32 = run.iter().filter_map(weight).sum();
                let run: Run = std::array::from_fn(|at| run.get(at).copied().unwrap_or(-1));
                match runs.binary_search_by_key(&run, |(run, _)| *run) {
                    Ok(at) => runs[at].1 += own,
                    Err(at) => runs.insert(at, (run, own)),
                }
            }
            let length = runs.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
            (runs, length)
        });
        Self {
            tokens: tokens.len(),
            of_length,
        }
    }

    /// CIDEr-D of this sentence with the caption as its only reference, 0 to 10, of runs of up to two words, each of which
    /// weighs what its words weigh together.
    fn alike(&self, caption: &Self) -> f32 {
        let mut sum = 0.0;
        for ((own, length), (other, other_length)) in std::iter::zip(&self.of_length, &caption.of_length) {
            if *length > 0.0 && *other_length > 0.0 {
                let shared: f32 = own
                    .iter()
                    .filter_map(|(run, weight)| {
                        let at = other.binary_search_by_key(run, |(run, _)| *run).ok()?;
                        Some(weight.min(other[at].1) * other[at].1)
                    })
                    .sum();
                sum += shared / (length * other_length);
            }
        }
        let longer = self.tokens as f32 - caption.tokens as f32;
        10.0 * sum / LONGEST_RUN as f32 * (-longer * longer / (2.0 * LENGTHS * LENGTHS)).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::super::search::Hypothesis;
    use super::*;

    fn consensus() -> Consensus {
        // Token 1 is in every caption.
        Consensus {
            weight: 2.0,
            word_weights: vec![0.0, 0.0, 1.0, 2.0, 3.0],
        }
    }

    fn alike(one: &[i64], other: &[i64]) -> f32 {
        let consensus = consensus();
        Runs::of(one, &consensus).alike(&Runs::of(other, &consensus))
    }

    #[test]
    fn a_sentence_is_most_like_itself_and_not_at_all_like_one_without_its_words() {
        assert!((alike(&[1, 2, 3], &[1, 2, 3]) - 10.0).abs() < 1e-5);
        assert!(alike(&[2, 3], &[4, 4]) < 1e-6);
        assert!(alike(&[1], &[1]) < 1e-6, "a word of every caption says nothing");
        // Of [2, 3] and [2, 4]: words 1·1 / (√5 · √10), pairs nothing.
        let expected = 5.0 / 50f32.sqrt();
        assert!((alike(&[2, 3], &[2, 4]) - expected).abs() < 1e-5);
    }

    #[test]
    fn saying_a_word_again_wins_nothing_and_another_length_costs() {
        assert!(alike(&[3, 3, 3, 3], &[3, 2]) < alike(&[3, 2], &[3, 2]));
        let far = alike(&[2, 3, 1, 1, 1, 1, 1, 1], &[2, 3]);
        assert!(far < alike(&[2, 3, 1], &[2, 3]) && far > 0.0);
    }

    #[test]
    fn what_people_said_of_similar_photos_outweighs_a_little_likelihood_and_only_the_best_are_left() {
        let path = |tokens: &[i64]| Hypothesis {
            tokens: tokens.to_vec(),
            log_probabilities: Vec::new(),
            attention: Vec::new(),
        };
        let mut found: Found = vec![
            (path(&[0, 2, 2]), -1.0),
            (path(&[0, 3, 4]), -1.5),
            (path(&[0, 2, 4]), -2.0),
            (path(&[0, 4, 2]), -2.5),
            (path(&[0, 2, 1]), -9.0),
        ];
        let before = found.clone();
        let settings = GenerationConfig::default();
        rank(&mut found, &SimilarCaptions::default(), &consensus(), &settings);
        assert_eq!(found, before, "nobody said anything of such photos");
        let similar = SimilarCaptions {
            tokens: vec![vec![3, 4]],
            kinds: vec![Vec::new()],
        };
        rank(&mut found, &similar, &consensus(), &settings);
        let order: Vec<&[i64]> = found.iter().map(|(path, _)| &path.tokens[1..]).collect();
        assert_eq!(order[0], [3, 4]);
        assert_eq!(order.len(), WORTH_SHOWING);
        assert!(!order.contains(&[2, 1].as_slice()));
        assert!((found[0].1 - (-1.5 + 20.0)).abs() < 1e-4);
    }

    #[test]
    fn captions_that_name_the_main_thing_by_any_word_for_it_are_counted() {
        let captions = |captions: &[&[&str]]| SimilarCaptions {
            tokens: Vec::new(),
            kinds: captions
                .iter()
                .map(|words| words.iter().filter_map(|word| Kind::of(word)).collect())
                .collect(),
        };
        let similar = captions(&[&["puppy", "grass"], &["dog"], &["man", "dog"], &["cat"]]);
        assert_eq!(similar.share_naming("A brown dog runs."), Some(0.75));
        assert_eq!(similar.share_naming("A bike rider falls."), Some(0.25), "a man");
        assert_eq!(similar.share_naming("Something red."), None);
        // What is covered with snow is the mountain, in the scores too.
        assert_eq!(similar.share_naming("A snow-covered mountain."), Some(0.0));
        assert_eq!(similar.share_naming("A dog's toy."), Some(0.75));
        assert_eq!(captions(&[]).share_naming("A dog."), None);
    }
}
