//! Where a photo matters for each word, found from outside of the model: parts of the photo are covered, and where that
//! makes a word less likely, there it came from.
//!
//! Occlusion sensitivity (Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", 2014, section 4.2),
//! for sentences: each sentence stays as it was found, and the decoder tells how likely its tokens are for a photo with a
//! grey cell. It takes no attention in the graph, and costs a look at the photo for each cell.

use ndarray::{Array4, ArrayView1, Axis, concatenate, s};

use super::cancel::Run;
use super::decoder::{Memory, run_error};
use super::search::{LogSoftmax, Rows};
use super::{Attention, AttentionKind, Cancel, CaptionError, Captioner, Description, Stage, Word, sentence};
use crate::photo::Photo;

/// Rows and columns of cells, unless the model names a grid that is not too fine.
const GRID: [usize; 2] = [7, 7];

/// More cells than this take too long, and each covers too little to be missed.
const MOST_CELLS: usize = 64;

/// How many covered photos go through the graphs together: enough to keep the processor busy, few enough for its memory
/// (the keys and values of one photo take 15 MB in a decoder of GPT-2's size).
const TOGETHER: usize = 8;

/// A word that no cell makes less likely than by this factor's logarithm is said whatever the photo shows.
const NOTICEABLE: f32 = 0.01;

/// One word's certainty ends here: a probability of zero is infinitely less.
const LARGEST_DROP: f32 = 30.0;

/// How far log-probabilities of photos that are looked at together may be from those of each alone.
const TOLERANCE: f32 = 1e-3;

/// The log-probability of each token after the start token.
type Likelihood = Vec<f32>;

impl Captioner {
    /// Finds where the photo matters for each word of a description by covering parts of it, for models that do not tell
    /// where they look. The sentences stay; their words' attention is replaced.
    ///
    /// `photo` is the one that was described. A word's weight on a cell is the drop of its log-probability when that cell
    /// is grey, 0 where it rises; a word that needs no part of the photo has no attention. Takes about as long as looking
    /// at 50 photos; `progress` is told of [`Stage::Cover`].
    ///
    /// # Errors
    /// As [`describe`](Self::describe).
    pub fn occlude(
        &mut self,
        photo: &Photo,
        description: &Description,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Description, CaptionError> {
        let run = cancel.watch()?;
        self.occlude_watched(photo, description, &run, progress)
            .map_err(|error| run.check().err().unwrap_or(error))
    }

    fn occlude_watched(
        &mut self,
        photo: &Photo,
        description: &Description,
        run: &Run,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Description, CaptionError> {
        progress(Stage::Preprocess);
        let pixels = self.preprocessor.run(photo.pixels());
        run.check()?;
        let grey = self.preprocessor.grey();
        let grid = match self.model.config().hearsight.attention_grid {
            Some([rows, columns]) if (1..=MOST_CELLS).contains(&rows.saturating_mul(columns)) => [rows, columns],
            _ => GRID,
        };
        let cells = grid[0] * grid[1];
        let others = description.alternatives.iter().map(|other| other.tokens.as_slice());
        let sentences: Vec<&[i64]> = std::iter::once(description.tokens.as_slice()).chain(others).collect();
        progress(Stage::Cover { covered: 0, of: cells });
        let (memory, sight) = self.look(&pixels, run)?;
        let alone = self.likelihoods((memory, 1), &sentences, run)?.swap_remove(0);

        let many = !self.low_memory && self.looks_together(&pixels, &alone, &sentences, run)?;
        let together = if many { TOGETHER } else { 1 };
        let mut covered = Vec::with_capacity(cells);
        while covered.len() < cells {
            run.check()?;
            let next = covered.len()..cells.min(covered.len() + together);
            let photos: Vec<Array4<f32>> = next.map(|cell| cover(&pixels, cell, grid, &grey)).collect();
            let seen = self.see_together(&stack(&photos)?, run)?;
            covered.extend(self.likelihoods(seen, &sentences, run)?);
            progress(Stage::Cover {
                covered: covered.len(),
                of: cells,
            });
        }

        let mut found = description.clone();
        found.attention_kind = Some(AttentionKind::Occlusion);
        let words =
            std::iter::once(&mut found.words).chain(found.alternatives.iter_mut().map(|other| &mut other.words));
        for (number, words) in words.enumerate() {
            let spans = sentence::spans(sentences[number], &self.model, &sight.support)?;
            let covered: Vec<&Likelihood> = covered.iter().map(|sentences| &sentences[number]).collect();
            for (word, tokens) in words.iter_mut().zip(spans) {
                mark(word, &tokens, &alone[number], &covered, grid);
            }
        }
        Ok(found)
    }

    /// What the encoder gives for photos that go through it together, and how many they are.
    fn see_together(&mut self, pixels: &Array4<f32>, run: &Run) -> Result<(Memory, usize), CaptionError> {
        let photos = pixels.len_of(Axis(0));
        Ok((Memory::of_rows(self.see(pixels, run)?, photos)?, photos))
    }

    /// How likely each sentence is for each of so many photos, photo by photo.
    fn likelihoods(
        &mut self,
        (mut memory, photos): (Memory, usize),
        sentences: &[&[i64]],
        run: &Run,
    ) -> Result<Vec<Vec<Likelihood>>, CaptionError> {
        let mut found = vec![Vec::with_capacity(sentences.len()); photos];
        let each: Vec<usize> = (0..photos).collect();
        for tokens in sentences {
            let (mut likelihood, mut state) = (vec![Likelihood::new(); photos], None);
            for (length, &token) in tokens.iter().enumerate().skip(1) {
                run.check()?;
                let asked = Rows {
                    sequences: &vec![&tokens[..length]; photos],
                    parents: &each,
                    photos: &each,
                };
                let (step, next) = self.decoder.step(&asked, &mut memory, state.take(), run)?;
                state = Some(next);
                for (likelihood, logits) in likelihood.iter_mut().zip(step.logits.rows()) {
                    likelihood.push(of_token(logits, token));
                }
            }
            for (found, likelihood) in found.iter_mut().zip(likelihood) {
                found.push(likelihood);
            }
        }
        Ok(found)
    }

    /// Whether photos that go through the graphs together give what each gives alone. Not every graph takes several, and
    /// where numbers are quantised as they come each row changes the others.
    fn looks_together(
        &mut self,
        pixels: &Array4<f32>,
        alone: &[Likelihood],
        sentences: &[&[i64]],
        run: &Run,
    ) -> Result<bool, CaptionError> {
        let darker = pixels.map(|value| value * 0.5);
        let pair = stack(&[darker, pixels.clone()])
            .and_then(|pair| self.see_together(&pair, run))
            .and_then(|seen| self.likelihoods(seen, sentences, run));
        // A run that was stopped says nothing about the graph.
        run.check()?;
        let same = |a: &f32, b: &f32| a == b || (a - b).abs() <= TOLERANCE;
        Ok(pair.is_ok_and(|pair| {
            let found = pair.get(1).into_iter().flatten().flatten();
            found.clone().count() == alone.iter().map(Vec::len).sum::<usize>()
                && found.zip(alone.iter().flatten()).all(|(a, b)| same(a, b))
        }))
    }
}

fn of_token(logits: ArrayView1<f32>, token: i64) -> f32 {
    let logit = usize::try_from(token).ok().and_then(|token| logits.get(token).copied());
    logit.map_or(f32::NEG_INFINITY, |logit| LogSoftmax::of(logits).at(logit))
}

/// Photos [1,3,H,W] as one batch.
fn stack(photos: &[Array4<f32>]) -> Result<Array4<f32>, CaptionError> {
    let views: Vec<_> = photos.iter().map(|photo| photo.view()).collect();
    concatenate(Axis(0), &views).map_err(run_error)
}

/// The photo [1,3,H,W] with a cell of the grid in grey.
fn cover(pixels: &Array4<f32>, cell: usize, [rows, columns]: [usize; 2], grey: &[f32; 3]) -> Array4<f32> {
    let (_, _, height, width) = pixels.dim();
    let (row, column) = (cell / columns, cell % columns);
    let (top, bottom) = (row * height / rows, (row + 1) * height / rows);
    let (left, right) = (column * width / columns, (column + 1) * width / columns);
    let mut covered = pixels.clone();
    for (channel, grey) in grey.iter().enumerate() {
        covered.slice_mut(s![.., channel, top..bottom, left..right]).fill(*grey);
    }
    covered
}

/// Gives a word its map: where covering the photo makes it less likely.
fn mark(word: &mut Word, tokens: &[usize], alone: &Likelihood, covered: &[&Likelihood], [rows, columns]: [usize; 2]) {
    let of = |likelihood: &Likelihood| tokens.iter().filter_map(|&token| likelihood.get(token)).sum::<f32>();
    let whole = of(alone);
    let drops = covered.iter().map(|covered| whole - of(covered));
    // Two impossible words differ by what is no number, and so by nothing.
    let fall = |drop: f32| if drop > 0.0 { drop.min(LARGEST_DROP) } else { 0.0 };
    let mut weights: Vec<f32> = drops.map(fall).collect();
    let largest = weights.iter().copied().fold(0.0, f32::max);
    word.attention = (largest >= NOTICEABLE).then(|| {
        let sum: f32 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= sum);
        Attention { rows, columns, weights }
    });
    word.place = word.attention.as_ref().and_then(Attention::place);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn word() -> Word {
        Word {
            text: "dog".to_owned(),
            probability: 0.5,
            support: None,
            attention: None,
            place: None,
        }
    }

    #[test]
    fn a_cell_of_any_grid_is_covered_and_no_pixel_is_left_out_or_covered_twice() {
        let pixels = Array4::from_elem((1, 3, 10, 9), 1.0);
        for grid in [[7, 7], [1, 2], [3, 2]] {
            let mut times = Array4::<f32>::zeros((1, 3, 10, 9));
            for cell in 0..grid[0] * grid[1] {
                times += &(1.0 - cover(&pixels, cell, grid, &[0.0; 3]));
            }
            assert!(times.iter().all(|&times| times == 1.0), "{grid:?}");
        }
        let corner = cover(&pixels, 5, [3, 2], &[-1.0, 0.0, 0.5]);
        assert_eq!(corner[[0, 0, 9, 8]], -1.0);
        assert_eq!(corner[[0, 2, 6, 4]], 0.5);
        assert_eq!(corner[[0, 2, 5, 8]], 1.0);
    }

    #[test]
    fn weights_are_the_drops_of_the_words_tokens_and_what_rises_counts_nothing() {
        let mut dog = word();
        let alone = vec![-9.0, -1.0, -0.5];
        let covered = [
            vec![0.0, -2.0, -1.5],
            vec![-9.0, -0.5, -0.1],
            vec![-9.0, -3.0, -2.5],
            vec![-9.0, -1.0, -0.5],
        ];
        mark(&mut dog, &[1, 2], &alone, &Vec::from_iter(&covered), [2, 2]);
        assert_eq!(dog.attention.unwrap().weights, [2.0 / 6.0, 0.0, 4.0 / 6.0, 0.0]);
    }

    #[test]
    fn a_word_that_no_part_of_the_photo_changes_has_no_map() {
        let mut dog = word();
        dog.attention = Some(Attention {
            rows: 1,
            columns: 1,
            weights: vec![1.0],
        });
        mark(&mut dog, &[0], &vec![-1.0], &[&vec![-1.001], &vec![-0.9]], [1, 2]);
        assert_eq!((dog.attention, dog.place), (None, None));
    }

    #[test]
    fn a_word_that_becomes_impossible_is_a_large_drop_and_still_a_number() {
        let mut dog = word();
        let covered = [vec![f32::NEG_INFINITY], vec![f32::NAN], vec![-31.0]];
        mark(&mut dog, &[0], &vec![-1.0], &Vec::from_iter(&covered), [1, 3]);
        assert_eq!(dog.attention.unwrap().weights, [0.5, 0.0, 0.5]);
    }
}
