//! ROUGE-L (Lin, 2004) as coco-caption computes it: the F-score, with recall favoured by β = 1.2, of the best precision
//! and the best recall that the longest common subsequence reaches with any reference.

const BETA: f64 = 1.2;

/// The score of one sentence, words as numbers from 1.
pub(super) fn rouge_l(candidate: &[u32], references: &[Vec<u32>]) -> f64 {
    // The original takes a sentence without words for one empty word.
    let filled = |words: &[u32]| if words.is_empty() { vec![0] } else { words.to_vec() };
    let candidate = filled(candidate);
    let (mut precision, mut recall) = (0.0f64, 0.0f64);
    for reference in references.iter().map(|reference| filled(reference)) {
        let common = longest_common_subsequence(&candidate, &reference) as f64;
        precision = precision.max(common / candidate.len() as f64);
        recall = recall.max(common / reference.len() as f64);
    }
    if precision == 0.0 || recall == 0.0 {
        return 0.0;
    }
    (1.0 + BETA * BETA) * precision * recall / (recall + BETA * BETA * precision)
}

fn longest_common_subsequence(a: &[u32], b: &[u32]) -> usize {
    // lengths[j]: the longest one of the words of `a` so far and the first j words of `b`.
    let mut lengths = vec![0; b.len() + 1];
    for word in a {
        let mut diagonal = 0;
        for (index, other) in b.iter().enumerate() {
            let above = lengths[index + 1];
            lengths[index + 1] = if word == other {
                diagonal + 1
            } else {
                above.max(lengths[index])
            };
            diagonal = above;
        }
    }
    lengths[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subsequence_may_have_gaps() {
        assert_eq!(longest_common_subsequence(&[1, 2, 3, 4, 5], &[2, 9, 4, 1, 5]), 3);
        assert_eq!(longest_common_subsequence(&[1, 1, 1], &[1, 1]), 2);
        assert_eq!(longest_common_subsequence(&[1], &[]), 0);
    }
}
