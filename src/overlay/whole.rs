//! The map of a whole sentence.

use crate::captioner::{Attention, Description};

/// The mean of the words' maps; none where the model gives none. Words without a map, or with a grid of another shape
/// than the first one's, are left out.
pub fn whole(description: &Description) -> Option<Attention> {
    let mut maps = description.words.iter().filter_map(|word| word.attention.as_ref());
    let mut sum = maps.next()?.clone();
    let mut count = 1.0;
    for map in maps {
        let alike = (map.rows, map.columns, map.weights.len()) == (sum.rows, sum.columns, sum.weights.len());
        if alike {
            sum.weights
                .iter_mut()
                .zip(&map.weights)
                .for_each(|(sum, weight)| *sum += weight);
            count += 1.0;
        }
    }
    sum.weights.iter_mut().for_each(|weight| *weight /= count);
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::example;

    fn map(weights: [f32; 4]) -> Option<Attention> {
        Some(Attention {
            rows: 2,
            columns: 2,
            weights: weights.to_vec(),
        })
    }

    #[test]
    fn the_whole_sentence_is_the_mean_of_its_words() {
        let mut description = example::description();
        description.words[0].attention = map([1.0, 0.0, 0.0, 0.0]);
        description.words[1].attention = map([0.0, 0.0, 0.5, 0.5]);
        assert_eq!(whole(&description), map([0.5, 0.0, 0.25, 0.25]));
    }

    #[test]
    fn words_without_a_map_do_not_count_and_without_any_there_is_none() {
        let mut description = example::description();
        assert_eq!(whole(&description), description.words[1].attention);
        description.words[1].attention = None;
        assert_eq!(whole(&description), None);
    }
}
