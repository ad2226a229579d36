//! How many different things sentences say: which share of them nobody wrote before, how many different n-grams they use,
//! how long they are.

use std::collections::HashSet;
use std::fmt;

use serde::Serialize;

use super::ptb;

/// Counted in words as [`ptb::tokenize`] finds them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Variety {
    /// Sentences.
    pub sentences: usize,
    /// Different ones among them.
    pub different: usize,
    /// Those that are no caption of those that were learnt from.
    pub new: usize,
    /// Different words, and different pairs of neighbouring words, as a share of all there are (Li et al. 2016, distinct-1
    /// and distinct-2).
    pub distinct: [f64; 2],
    /// Different words.
    pub words: usize,
    /// Words a sentence, in the mean.
    pub length: f64,
}

impl Variety {
    /// Of sentences, for a model that has learnt from `captions`.
    pub fn of<'a>(sentences: impl Iterator<Item = &'a str>, captions: impl Iterator<Item = &'a str>) -> Self {
        let known: HashSet<Vec<String>> = captions.map(ptb::tokenize).collect();
        let all: Vec<Vec<String>> = sentences.map(ptb::tokenize).collect();
        let count: usize = all.iter().map(Vec::len).sum();
        let words: HashSet<&String> = all.iter().flatten().collect();
        let pairs: HashSet<&[String]> = all.iter().flat_map(|sentence| sentence.windows(2)).collect();
        let all_pairs: usize = all.iter().map(|sentence| sentence.len().saturating_sub(1)).sum();
        let share = |part: usize, of: usize| part as f64 / of.max(1) as f64;
        Self {
            sentences: all.len(),
            different: all.iter().collect::<HashSet<_>>().len(),
            new: all.iter().filter(|sentence| !known.contains(*sentence)).count(),
            distinct: [share(words.len(), count), share(pairs.len(), all_pairs)],
            words: words.len(),
            length: share(count, all.len()),
        }
    }
}

impl fmt::Display for Variety {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |part: usize| 100.0 * part as f64 / self.sentences.max(1) as f64;
        writeln!(
            f,
            "{} of {} sentences are different; {:.1} % are new, no caption that was learnt from",
            self.different,
            self.sentences,
            percent(self.new)
        )?;
        write!(
            f,
            "{} different words, distinct-1 {:.3}, distinct-2 {:.3}; {:.1} words a sentence",
            self.words, self.distinct[0], self.distinct[1], self.length
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_new_whatever_its_case_and_points_and_each_word_counts_once() {
        let sentences = ["A dog runs.", "a dog runs", "a cat runs away"];
        let found = Variety::of(sentences.into_iter(), ["A dog runs !", "a bird"].into_iter());
        assert_eq!((found.sentences, found.different, found.new, found.words), (3, 2, 1, 5));
        assert_eq!(found.distinct, [5.0 / 10.0, 5.0 / 7.0]);
        assert!((found.length - 10.0 / 3.0).abs() < 1e-9);
        let nothing = Variety::of(std::iter::empty(), std::iter::empty());
        assert_eq!(nothing, Variety::default());
    }
}
