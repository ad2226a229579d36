//! What tells places apart that are otherwise seen alike: a vector for each, learnt or of sines.

use burn::module::Param;
use burn::nn::Initializer;
use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

/// Where the vectors come from.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Positions {
    /// From learning, as all other weights.
    #[default]
    Learned,
    /// Sines and cosines of growing wavelengths (Vaswani et al. 2017, section 3.5), which stay as they are.
    Sinusoidal,
}

impl Positions {
    /// Vectors for `count` places, `[count, width]`; those to be learnt start with this standard deviation.
    pub fn table(self, count: usize, width: usize, deviation: f64, device: &Device) -> Param<Tensor<2>> {
        match self {
            Self::Learned => Initializer::Normal {
                mean: 0.0,
                std: deviation,
            }
            .init([count, width], device),
            Self::Sinusoidal => {
                let values = TensorData::new(sines(count, width), [count, width]);
                Param::from_tensor(Tensor::from_data(values, device)).set_require_grad(false)
            }
        }
    }
}

/// Row by row: sines in the even columns, cosines in the odd ones.
fn sines(count: usize, width: usize) -> Vec<f32> {
    let value = |place: usize, column: usize| {
        let wavelength = 10_000f64.powf((column / 2 * 2) as f64 / width as f64);
        let angle = place as f64 / wavelength;
        let value = if column.is_multiple_of(2) {
            angle.sin()
        } else {
            angle.cos()
        };
        value as f32
    };
    (0..count * width)
        .map(|number| value(number / width, number % width))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sines_are_those_of_the_paper_and_are_not_learnt() {
        let found = sines(3, 4);
        let (second, hundredth) = (2f32, 0.02f32);
        let expected = [second.sin(), second.cos(), hundredth.sin(), hundredth.cos()];
        let last = &found[8..];
        assert!(
            std::iter::zip(last, expected).all(|(a, b)| (a - b).abs() < 1e-6),
            "{last:?}"
        );
        assert_eq!(&found[..4], [0.0, 1.0, 0.0, 1.0]);
        let device = Device::flex().autodiff();
        let learns = |kind: Positions| {
            let table = kind.table(3, 4, 0.02, &device);
            let other = Tensor::<2>::ones([3, 4], &device).require_grad();
            let grads = (table.val() * other).sum().backward();
            table.val().grad(&grads).is_some()
        };
        assert!(learns(Positions::Learned));
        assert!(!learns(Positions::Sinusoidal));
    }
}
