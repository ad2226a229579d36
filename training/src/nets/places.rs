//! Where hard attention looks (Xu et al. 2015, section 4.1): one cell a word, and how it is chosen.

use burn::tensor::{Device, Int, Tensor};

use crate::random::{coins, uniform};

/// How the cell that a word looks at is chosen.
#[derive(Clone, Debug)]
pub enum Chooser {
    /// The heaviest one: in use.
    Heaviest,
    /// While training: drawn by the weights in the rows whose coin is 1; the others look at the mean of all cells. One coin
    /// `[rows, 1]` for all words of a sentence.
    Drawn(Tensor<2>),
    /// These, `[rows, length]`, for the words from here on: to go through all that could be drawn.
    Forced(Tensor<2, Int>),
}

/// What hard attention chose while training, for REINFORCE; each `[rows, length]`.
#[derive(Clone, Debug)]
pub struct Places {
    /// Log-probability of the place that was looked at; 0 where the mean of all places was, which no place can be thanked
    /// for.
    pub log_probability: Tensor<2>,
    /// Entropy of the weights.
    pub entropy: Tensor<2>,
}

/// What a word looks at.
pub(super) struct Chosen {
    /// The weights of the cells, `[rows, cells]`.
    pub used: Tensor<2>,
    /// Log-probability of the place and entropy of the weights, each `[rows]`; none in use.
    pub learnt_by: Option<[Tensor<1>; 2]>,
}

impl Chooser {
    /// For `times` sentences of each of `photos`: while training, half of the photos are looked at softly (section 4.1, the
    /// end: "with probability 0.5 for a given image"), which is the same for all words and sentences of a photo.
    pub fn of(photos: usize, times: usize, device: &Device) -> Self {
        if !device.is_autodiff() {
            return Self::Heaviest;
        }
        let coin = coins([photos, 1], 0.5, device);
        Self::Drawn(coin.repeat_dim(1, times).reshape([photos * times, 1]))
    }

    /// The place for word `step` by the logs of the weights `[rows, cells]`.
    pub(super) fn choose(&self, logs: Tensor<2>, step: usize) -> Chosen {
        let (cells, weights) = (logs.dims()[1], logs.clone().exp());
        let (place, coin) = match self {
            Self::Heaviest => {
                return Chosen {
                    used: one_hot(weights.argmax(1), cells),
                    learnt_by: None,
                };
            }
            Self::Drawn(coin) => (draw(logs.clone()), Some(coin)),
            Self::Forced(places) => (one_hot(places.clone().narrow(1, step, 1), cells), None),
        };
        let entropy = (weights.clone() * logs.clone()).sum_dim(1).squeeze_dim::<1>(1).neg();
        let taken = (place.clone() * logs).sum_dim(1);
        let (used, taken) = match coin {
            Some(coin) => (
                place * coin.clone() + weights * (coin.clone().neg() + 1.0),
                taken * coin.clone(),
            ),
            None => (place, taken),
        };
        Chosen {
            used,
            learnt_by: Some([taken.squeeze_dim::<1>(1), entropy]),
        }
    }
}

/// One place drawn by its probability (the Gumbel-max trick, Gumbel 1954): `[rows, cells]` of logs → ones and zeros.
fn draw(logs: Tensor<2>) -> Tensor<2> {
    let cells = logs.dims()[1];
    let uniform = uniform(logs.dims(), &logs.device());
    let noise = uniform.log().neg().log().neg();
    one_hot((logs.detach() + noise).argmax(1), cells)
}

/// `[rows, 1]` places → `[rows, cells]` ones and zeros.
fn one_hot(places: Tensor<2, Int>, cells: usize) -> Tensor<2> {
    let numbers = Tensor::<1, Int>::arange(0..cells as i64, &places.device()).unsqueeze::<2>();
    places.equal(numbers).float()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn::tensor::activation::log_softmax;

    use super::*;
    use crate::random::seed;

    fn values<const D: usize>(x: Tensor<D>) -> Vec<f32> {
        x.into_data().try_to_vec().unwrap()
    }

    #[test]
    fn places_are_drawn_as_often_as_their_weights_say() {
        let device = Device::flex().autodiff();
        seed(5);
        let weights = [0.5, 0.25, 0.15, 0.1f32];
        let logs = Tensor::<2>::from_data([weights], &device).log().repeat_dim(0, 20_000);
        let drawn = values(draw(logs).mean_dim(0));
        for (weight, share) in std::iter::zip(weights, drawn) {
            // Four standard deviations of the rarest to the most frequent: 0.0085 to 0.014.
            assert!((weight - share).abs() < 0.015, "{weight} was drawn {share}");
        }
    }

    /// The coin once fell anew for each word and row, so that hardly a sentence was looked at by drawn places alone.
    #[test]
    fn the_coin_falls_once_for_all_words_and_sentences_of_a_photo() {
        let device = Device::flex().autodiff();
        seed(6);
        let chooser = Chooser::of(400, 3, &device);
        let logs = log_softmax(Tensor::<2>::from_data([[0.3, -0.2, 0.1f32]], &device), 1).repeat_dim(0, 1200);
        let hard = |step: usize| -> Vec<bool> {
            let chosen = chooser.choose(logs.clone(), step);
            values(chosen.used.max_dim(1)).iter().map(|&most| most == 1.0).collect()
        };
        let first = hard(0);
        assert!(first.chunks(3).all(|photo| photo.iter().all(|&hard| hard == photo[0])));
        assert_eq!(first, hard(1));
        let drawn = first.iter().filter(|&&hard| hard).count() / 3;
        assert!((150..250).contains(&drawn), "{drawn} of 400 photos");
    }

    /// A place that was drawn but not looked at was once credited with the words.
    #[test]
    fn where_the_mean_was_looked_at_no_place_is_credited() {
        let device = Device::flex().autodiff();
        seed(7);
        let logs = log_softmax(Tensor::<2>::from_data([[0.3, -0.2, 0.1f32]; 2], &device), 1);
        let coin = Tensor::<2>::from_data([[0.0], [1.0f32]], &device);
        let chosen = Chooser::Drawn(coin).choose(logs.clone(), 0);
        let [taken, _] = chosen.learnt_by.unwrap();
        let taken = values(taken);
        assert_eq!(taken[0], 0.0);
        assert!(taken[1] < -0.5);
        let (used, weights) = (values(chosen.used), values(logs.exp()));
        assert_eq!(used[..3], weights[..3]);
        assert_eq!(used[3..].iter().sum::<f32>(), 1.0);
    }
}
