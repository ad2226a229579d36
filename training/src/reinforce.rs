//! How hard attention learns where to look: by REINFORCE (Williams 1992), as Xu et al. 2015 have it in section 4.1.
//!
//! What is climbed is a lower bound of a sentence's log-likelihood, `Σ p(s) log p(y|s)` over all sequences `s` of places.
//! Its gradient is the mean over drawn sequences of `∇ log p(y|s) + (log p(y|s) − b) ∇ log p(s)`: the first part is that of
//! the cross-entropy, the second one's is here.

use anyhow::{Result, anyhow};
use burn::module::RunningState;
use burn::tensor::Tensor;

use crate::loss::HardConfig;
use crate::nets::places::Places;

/// Goes down where places that were followed by likelier words than usual become likelier, and where the weights stay
/// open; of the log-likelihoods of all words, and which of them count, each `[rows, length]`.
///
/// The log-likelihood of a sentence is taken a word, so that λ_r means the same for short and long ones.
///
/// # Errors
/// A baseline that is not float32.
pub fn loss(
    config: &HardConfig,
    baseline: &RunningState<Tensor<1>>,
    places: &Places,
    [likelihood, counted]: [Tensor<2>; 2],
) -> Result<Tensor<1>> {
    let words = counted.clone().sum_dim(1).clamp_min(1.0);
    let reward = (likelihood.detach() * counted.clone()).sum_dim(1) / words.clone();
    let better = reward.clone() - usual(baseline, reward)?;
    let chosen = (places.log_probability.clone() * counted.clone()).sum_dim(1) / words.clone();
    let entropy = (places.entropy.clone() * counted).sum_dim(1) / words;
    Ok((better * chosen).mean().neg() * config.reward - entropy.mean() * config.entropy)
}

/// What a reward has to beat: the moving average of those before, to which the mean of these is added.
///
/// The average is divided by the weights that it is made of (as Adam's are, Kingma and Ba 2015, section 3): one that grows
/// from 0 is for a long time better than any log-likelihood, and every place a bad one. The first rewards are their own
/// measure.
fn usual(baseline: &RunningState<Tensor<1>>, rewards: Tensor<2>) -> Result<f32> {
    let numbers = |x: Tensor<1>| -> Result<Vec<f32>> {
        let numbers = x.into_data().try_to_vec();
        numbers.map_err(|error| anyhow!("hard attention's baseline: {error:?}"))
    };
    let now = rewards.mean();
    // `value` alone may miss what the other replica has added to the step before.
    let before = baseline.value_sync().detach();
    let one = Tensor::ones([1], &now.device());
    baseline.update(before.clone() * 0.9 + Tensor::cat(vec![now.clone(), one], 0) * 0.1);
    Ok(match numbers(before)?[..] {
        [sum, weights] if weights > 0.0 => sum / weights,
        _ => numbers(now)?[0],
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
    use burn::optim::GradientsParams;
    use burn::tensor::{Device, Int, TensorData};

    use super::*;
    use crate::loss::Likelihoods;
    use crate::nets::decoder::Told;
    use crate::nets::places::Chooser;
    use crate::nets::show_attend_tell::{ShowAttendTell, ShowAttendTellConfig};
    use crate::random;

    const WORDS: usize = 3;
    const CELLS: usize = 2;

    /// A decoder so small that all sequences of places can be gone through, before a photo of two cells, and a sentence.
    struct Tiny {
        net: ShowAttendTell,
        memory: Tensor<3>,
        device: Device,
    }

    impl Tiny {
        fn new() -> Self {
            let device = Device::flex().autodiff();
            let config = ShowAttendTellConfig {
                width: 3,
                hidden: 4,
                embedding: 3,
                attention: 3,
                dropout: 0.0,
                positions: 6,
                hard: true,
            };
            // So far from 0 that it matters where is looked, and the same each time.
            random::seed(4);
            let net = ShowAttendTell::new(&config, 8, &device).map(&mut Wide);
            let memory = wide([1, CELLS, 3], &device);
            Self { net, memory, device }
        }

        /// The sentence, so many times, looked at as `chooser` has it.
        fn told(&self, chooser: &Chooser, times: usize) -> (Likelihoods, Places) {
            let tokens = TensorData::new([1i64, 5, 6, 2].repeat(times), [times, WORDS + 1]);
            let tokens = Tensor::<2, Int>::from_data(tokens, &self.device);
            let memory = self.memory.clone().repeat_dim(0, times);
            let (seen, mut state) = (self.net.see(memory.clone()), self.net.start(memory));
            let given = tokens.clone().narrow(1, 0, WORDS);
            let (logits, attention, places) = self.net.extend(given, &seen, chooser, &mut state);
            let told = Told {
                logits,
                attention: Some(attention),
                places: places.clone(),
            };
            (Likelihoods::from(told, tokens), places.unwrap())
        }

        /// `log p(y|s)` and `log p(s)`, and the loss that training goes down by, against a baseline of `usual` nats a word;
        /// taken as often as there are words, as the paper's terms are.
        fn terms(&self, chooser: &Chooser, times: usize, usual: f32) -> [Tensor<1>; 3] {
            let (likelihoods, places) = self.told(chooser, times);
            let words = WORDS as f64;
            let baseline = RunningState::new(Tensor::from_data([usual * 0.5, 0.5], &self.device));
            // Of the sentence's log-likelihood a word, and of the place's log-probability a word.
            let config = HardConfig {
                reward: words,
                entropy: 0.0,
            };
            let (plain, _) = likelihoods.cross_entropy(0.0);
            let loss = (plain + likelihoods.reinforce(&config, &baseline).unwrap().unwrap()) * words;
            [likelihoods.chosen.sum(), places.log_probability.sum(), loss]
        }

        fn sequence(&self, number: usize) -> Chooser {
            let places = (0..WORDS).map(|word| (number >> word & 1) as i64).collect();
            Chooser::Forced(Tensor::from_data(TensorData::new(places, [1, WORDS]), &self.device))
        }

        /// The gradient of `Σ p(s) log p(y|s)`, all sequences gone through.
        fn exact(&self) -> Vec<f32> {
            let parts = (0..CELLS.pow(WORDS as u32)).map(|number| {
                let [words, places, _] = self.terms(&self.sequence(number), 1, 0.0);
                words * places.exp()
            });
            self.gradient(parts.reduce(|sum, part| sum + part).unwrap())
        }

        fn gradient(&self, of: Tensor<1>) -> Vec<f32> {
            let mut flat = Flat {
                gradients: GradientsParams::from_grads(of.backward(), &self.net),
                values: Vec::new(),
            };
            self.net.visit(&mut flat);
            flat.values
        }
    }

    /// Weights evenly between −1.5 and 1.5.
    struct Wide;

    impl ModuleMapper for Wide {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            let (id, value, _) = param.consume();
            Param::initialized(id, wide(value.dims(), &value.device()).require_grad())
        }
    }

    fn wide<const D: usize>(shape: [usize; D], device: &Device) -> Tensor<D> {
        random::uniform(shape, device) * 3.0 - 1.5
    }

    struct Flat {
        gradients: GradientsParams,
        values: Vec<f32>,
    }

    impl ModuleVisitor for Flat {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let gradient = self.gradients.remove::<D>(param.id);
            let gradient = gradient.unwrap_or_else(|| param.val().inner().zeros_like());
            self.values.extend(gradient.into_data().try_to_vec::<f32>().unwrap());
        }
    }

    fn length(x: &[f32]) -> f32 {
        x.iter().map(|x| x * x).sum::<f32>().sqrt()
    }

    fn apart(a: &[f32], b: &[f32]) -> f32 {
        assert_eq!(a.len(), b.len());
        let between: Vec<f32> = std::iter::zip(a, b).map(|(a, b)| a - b).collect();
        length(&between) / length(b)
    }

    #[test]
    fn over_all_sequences_of_places_the_gradient_is_that_of_the_bound_whatever_the_baseline() {
        let tiny = Tiny::new();
        let exact = tiny.exact();
        assert!(exact.len() > 100 && length(&exact) > 0.1, "{exact:?}");
        for usual in [0.0, -2.0] {
            let (mut sum, mut all) = (vec![0.0; exact.len()], 0.0);
            let mut without = sum.clone();
            for number in 0..CELLS.pow(WORDS as u32) {
                let [_, places, loss] = tiny.terms(&tiny.sequence(number), 1, usual);
                let share = places.exp().into_scalar::<f32>();
                all += share;
                let add = |sum: &mut Vec<f32>, of: Tensor<1>| {
                    std::iter::zip(sum, tiny.gradient(of)).for_each(|(sum, part)| *sum += share * part);
                };
                add(&mut sum, loss.neg());
                // A graph is good for one gradient.
                let [words, ..] = tiny.terms(&tiny.sequence(number), 1, usual);
                add(&mut without, words);
            }
            assert!((all - 1.0).abs() < 1e-5, "the sequences' probabilities sum to {all}");
            assert!(
                apart(&sum, &exact) < 1e-4,
                "{} of {}",
                apart(&sum, &exact),
                length(&exact)
            );
            let apart = apart(&without, &exact);
            assert!(apart > 0.02, "REINFORCE is a part of {apart} alone");
        }
    }

    #[test]
    fn drawn_places_give_the_gradient_of_the_bound_in_the_mean() {
        let tiny = Tiny::new();
        let exact = tiny.exact();
        random::seed(9);
        let times = 30_000;
        let coin = Tensor::ones([times, 1], &tiny.device);
        let [_, _, loss] = tiny.terms(&Chooser::Drawn(coin), times, -2.0);
        let drawn = tiny.gradient(loss.neg());
        assert!(apart(&drawn, &exact) < 0.05, "{}", apart(&drawn, &exact));
    }

    /// The baseline once began at 0, which no log-likelihood beats, so that every place seemed bad for many steps.
    #[test]
    fn the_first_rewards_are_their_own_measure_and_later_ones_are_compared_with_those_before() {
        let device = Device::flex();
        let baseline = RunningState::new(Tensor::zeros([2], &device));
        let told = |rewards: [[f32; 1]; 2]| usual(&baseline, Tensor::<2>::from_data(rewards, &device)).unwrap();
        assert!((told([[-4.0], [-6.0]]) + 5.0).abs() < 1e-5);
        assert!((told([[-3.0], [-3.0]]) + 5.0).abs() < 1e-5);
        // 0.09 × −5 + 0.1 × −3 over 0.19.
        assert!((told([[-1.0], [-1.0]]) + 0.75 / 0.19).abs() < 1e-5);
    }
}
