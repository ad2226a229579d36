//! Which words lie at a point of the photo.
//!
//! A word lies where it really looked: at a cell that holds at least twice the share that a map without a direction
//! would give it, and at least half of the word's largest weight. The first rule leaves out words that looked all over
//! the photo, the second the faint rest around a strong look elsewhere. Small words (articles, prepositions) lie
//! nowhere.

use super::is_content;
use crate::captioner::{Attention, Description};

/// How many times the uniform share a cell must hold.
const TIMES_UNIFORM: f32 = 2.0;

/// How much of the word's largest weight a cell must hold.
const SHARE_OF_LARGEST: f32 = 0.5;

/// The most words that are named at one place; more could not be told apart by ear.
const MOST: usize = 3;

/// Rows and columns of the attention grid; none where the model gives no attention.
pub fn grid(description: &Description) -> Option<(usize, usize)> {
    let map = description.words.iter().find_map(|word| word.attention.as_ref())?;
    (map.rows > 0 && map.columns > 0).then_some((map.rows, map.columns))
}

/// The numbers of the words that lie at a point, both coordinates from 0 (left, top) to 1 (right, bottom), the one with
/// the most weight first.
pub fn words_at(description: &Description, x: f32, y: f32) -> Vec<usize> {
    let mut found: Vec<(f32, usize)> = description
        .words
        .iter()
        .enumerate()
        .filter(|(_, word)| is_content(&word.text))
        .filter_map(|(number, word)| Some((weight_at(word.attention.as_ref()?, x, y)?, number)))
        .collect();
    found.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    found.truncate(MOST);
    found.into_iter().map(|(_, number)| number).collect()
}

/// The weight of the cell at the point, where the word lies there.
fn weight_at(map: &Attention, x: f32, y: f32) -> Option<f32> {
    let inside = (0.0..=1.0).contains(&x) && (0.0..=1.0).contains(&y);
    if !inside || map.rows == 0 || map.columns == 0 {
        return None;
    }
    let cell = |at: f32, cells: usize| ((at * cells as f32) as usize).min(cells - 1);
    let weight = *map
        .weights
        .get(cell(y, map.rows) * map.columns + cell(x, map.columns))?;
    let uniform = map.weights.iter().sum::<f32>() / map.weights.len() as f32;
    let largest = map.weights.iter().copied().fold(0.0, f32::max);
    (weight > 0.0 && weight >= uniform * TIMES_UNIFORM && weight >= largest * SHARE_OF_LARGEST).then_some(weight)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captioner::Word;
    use crate::report::example;

    fn word(text: &str, weights: &[f32]) -> Word {
        Word {
            text: text.to_owned(),
            probability: 1.0,
            support: None,
            attention: Some(Attention {
                rows: 3,
                columns: 3,
                weights: weights.to_vec(),
            }),
            place: None,
        }
    }

    /// A dog in the upper left with a faint shadow in the lower right, grass all along the bottom, and words that look
    /// nowhere.
    fn description() -> Description {
        Description {
            words: vec![
                word("a", &[1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
                word("dog", &[0.6, 0.0, 0.0, 0.0, 0.15, 0.0, 0.0, 0.0, 0.25]),
                word("runs", &[1.0 / 9.0; 9]),
                word("grass.", &[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.3, 0.35, 0.35]),
            ],
            ..example::description()
        }
    }

    #[test]
    fn a_word_is_found_where_it_looked_and_nowhere_else() {
        let description = description();
        assert_eq!(words_at(&description, 0.1, 0.1), [1], "the dog; not its article");
        assert_eq!(words_at(&description, 0.5, 0.9), [3]);
        assert_eq!(words_at(&description, 0.9, 0.9), [3], "the dog's faint rest is no dog");
        assert!(words_at(&description, 0.9, 0.1).is_empty());
        assert!(
            words_at(&description, 0.5, 0.5).is_empty(),
            "above uniform, but far below its largest"
        );
    }

    #[test]
    fn the_strongest_word_comes_first_and_no_more_than_three_are_named() {
        let mut description = description();
        description.words = [0.5, 0.9, 0.7, 0.8]
            .iter()
            .map(|weight| word("thing", &[*weight, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]))
            .collect();
        assert_eq!(words_at(&description, 0.0, 0.0), [1, 3, 2]);
    }

    #[test]
    fn beyond_the_photo_and_without_maps_there_is_nothing() {
        let mut description = description();
        assert_eq!(grid(&description), Some((3, 3)));
        for (x, y) in [(-0.1, 0.1), (0.1, 1.1), (f32::NAN, 0.1)] {
            assert!(words_at(&description, x, y).is_empty());
        }
        assert_eq!(
            words_at(&description, 1.0, 1.0),
            [3],
            "the edge belongs to the last cell"
        );
        description.words.iter_mut().for_each(|word| word.attention = None);
        assert_eq!(grid(&description), None);
        assert!(words_at(&description, 0.1, 0.1).is_empty());
    }
}
