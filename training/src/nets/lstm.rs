//! A long short-term memory cell (Hochreiter and Schmidhuber 1997), in the form of Vinyals et al. 2015, "Show and
//! Tell", equations 4 to 9.

use anyhow::Result;
use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor};

use crate::export::weights::GraphWriter;
use crate::fused;

/// The four gates as two linear layers: one over the input, one over the hidden state.
#[derive(Module, Debug)]
pub struct LstmCell {
    /// `[input, 4 × width]`: input, forget and output gate, then the candidate.
    pub input: Linear,
    /// `[width, 4 × width]`, without bias.
    pub hidden: Linear,
}

/// What a cell keeps from word to word.
#[derive(Clone, Debug)]
pub struct LstmState {
    /// `m` of the paper, `[rows, width]`.
    pub hidden: Tensor<2>,
    /// `c` of the paper, `[rows, width]`.
    pub cell: Tensor<2>,
}

impl LstmState {
    /// Nothing seen yet.
    pub fn zeros(rows: usize, width: usize, device: &Device) -> Self {
        Self {
            hidden: Tensor::zeros([rows, width], device),
            cell: Tensor::zeros([rows, width], device),
        }
    }
}

impl LstmCell {
    /// Random weights.
    pub fn new(input: usize, width: usize, device: &Device) -> Self {
        Self {
            input: LinearConfig::new(input, 4 * width).init(device),
            hidden: LinearConfig::new(width, 4 * width).with_bias(false).init(device),
        }
    }

    /// The width of the state.
    pub fn width(&self) -> usize {
        self.hidden.weight.dims()[0]
    }

    /// The input's part of the gates, for any number of steps at once.
    pub fn from_input<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
        self.input.forward(input)
    }

    /// The state after a step whose input's part of the gates is `from_input` `[rows, 4 × width]`.
    pub fn step(&self, from_input: Tensor<2>, state: LstmState) -> LstmState {
        let gates = from_input + self.hidden.forward(state.hidden);
        let [hidden, cell] = fused::lstm(gates, state.cell);
        LstmState { hidden, cell }
    }

    /// [`Self::from_input`] in a graph.
    ///
    /// # Errors
    /// As [`GraphWriter::weight`].
    pub fn emit_from_input(&self, g: &mut GraphWriter, name: &str, input: &str) -> Result<String> {
        g.linear(&format!("{name}.input"), &self.input, input)
    }

    /// [`Self::step`] in a graph: the names of the hidden state and the cell; of none the state is all zeros.
    ///
    /// # Errors
    /// As [`GraphWriter::weight`].
    pub fn emit_step(
        &self,
        g: &mut GraphWriter,
        name: &str,
        from_input: &str,
        state: Option<[&str; 2]>,
    ) -> Result<[String; 2]> {
        let gates = match state {
            Some([hidden, _]) => {
                let from_hidden = g.linear(&format!("{name}.hidden"), &self.hidden, hidden)?;
                g.graph.add(from_input, &from_hidden)
            }
            None => from_input.to_owned(),
        };
        let parts = g.graph.split(&gates, -1, &[self.width() as i64; 4]);
        let [input, forget, output] = [0, 1, 2].map(|index| g.graph.sigmoid(&parts[index]));
        let candidate = g.graph.tanh(&parts[3]);
        let mut cell = g.graph.mul(&input, &candidate);
        if let Some([_, before]) = state {
            let kept = g.graph.mul(&forget, before);
            cell = g.graph.add(&kept, &cell);
        }
        let shown = g.graph.tanh(&cell);
        Ok([g.graph.mul(&output, &shown), cell])
    }
}
