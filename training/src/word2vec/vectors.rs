//! Vectors of words, in the text format of the authors' program.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::disk::write_text;

/// A vector for each of some words.
#[derive(Clone, Debug, PartialEq)]
pub struct Vectors {
    words: Vec<String>,
    places: HashMap<String, usize>,
    width: usize,
    values: Vec<f32>,
}

impl Vectors {
    /// `values` are `[words × width]`.
    pub fn new(words: Vec<String>, width: usize, values: Vec<f32>) -> Self {
        let places = words.iter().cloned().zip(0..).collect();
        Self {
            words,
            places,
            width,
            values,
        }
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Numbers a word.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The vector of a word.
    pub fn of(&self, word: &str) -> Option<&[f32]> {
        let place = *self.places.get(word)?;
        self.values.get(place * self.width..(place + 1) * self.width)
    }

    /// The words with the most similar vectors (by the cosine), the nearest first, without the word itself; none for an
    /// unknown word.
    pub fn neighbours(&self, word: &str, count: usize) -> Vec<(&str, f32)> {
        let Some(vector) = self.of(word) else {
            return Vec::new();
        };
        let mut others: Vec<(&str, f32)> = self
            .words
            .iter()
            .filter(|other| *other != word)
            .filter_map(|other| Some((other.as_str(), cosine(vector, self.of(other)?))))
            .collect();
        others.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        others.truncate(count);
        others
    }

    /// Writes a line with the number of words and the width, then a line a word.
    ///
    /// # Errors
    /// The disk's.
    pub fn save(&self, path: &Path) -> Result<()> {
        let mut text = format!("{} {}\n", self.words.len(), self.width);
        for (word, vector) in self.words.iter().zip(self.values.chunks_exact(self.width.max(1))) {
            text += word;
            for value in vector {
                write!(text, " {value}")?;
            }
            text.push('\n');
        }
        write_text(path, &text)
    }

    /// Reads what [`Self::save`] or the authors' program wrote.
    ///
    /// # Errors
    /// Names the line that is not as it should be.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut lines = text.lines();
        let head = lines.next().unwrap_or_default();
        let sizes = head
            .split_whitespace()
            .map(str::parse)
            .collect::<Result<Vec<usize>, _>>();
        let Ok([count, width]) = sizes.as_deref() else {
            anyhow::bail!(
                "{} has no word vectors: its first line must be how many there are and how long each is",
                path.display()
            )
        };
        let (mut words, mut values) = (Vec::new(), Vec::new());
        for (number, line) in std::iter::zip(2.., lines) {
            let mut parts = line.split_whitespace();
            words.push(parts.next().unwrap_or_default().to_owned());
            let before = values.len();
            for part in parts {
                let value: f32 = part
                    .parse()
                    .with_context(|| format!("{}, line {number}: {part} is no number", path.display()))?;
                values.push(value);
            }
            ensure!(
                values.len() == before + width,
                "{}, line {number}: there should be {width} numbers after the word",
                path.display()
            );
        }
        ensure!(
            words.len() == *count,
            "{} should have {count} words and has {}",
            path.display(),
            words.len()
        );
        Ok(Self::new(words, *width, values))
    }
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| std::iter::zip(a, b).map(|(a, b)| a * b).sum::<f32>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt().max(1e-12)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn vectors_come_back_from_their_file_and_a_broken_line_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vectors.txt");
        let vectors = Vectors::new(vec!["dog".into(), "cat".into()], 2, vec![0.1, -2.5, 1e-8, 3.0]);
        vectors.save(&path).unwrap();
        assert_eq!(Vectors::read(&path).unwrap(), vectors);
        for (text, expected) in [
            ("2 2\ndog 1 2\ncat 1\n", "line 3"),
            ("2 2\ndog 1 x\ncat 1 2\n", "line 2"),
            ("3 2\ndog 1 2\n", "should have 3"),
            ("dog 1 2\n", "first line"),
        ] {
            fs::write(&path, text).unwrap();
            let error = format!("{:#}", Vectors::read(&path).unwrap_err());
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn neighbours_are_those_in_the_same_direction() {
        let names = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        let vectors = Vectors::new(names, 2, vec![1.0, 0.0, 2.0, 0.1, 0.0, 1.0, -1.0, 0.0]);
        let near: Vec<&str> = vectors.neighbours("a", 2).into_iter().map(|(word, _)| word).collect();
        assert_eq!(near, ["b", "c"]);
        assert!(vectors.neighbours("unknown", 2).is_empty());
    }
}
