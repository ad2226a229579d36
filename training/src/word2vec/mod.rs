//! Word vectors from captions alone (Mikolov et al. 2013a, "Efficient estimation of word representations in vector
//! space", and 2013b, "Distributed representations of words and phrases and their compositionality").
//!
//! Vectors are learnt by telling true neighbours from drawn words (negative sampling, 2013b section 2.2); any decoder's
//! embedding can start from them.

mod command;
mod learn;
mod settings;
mod vectors;

pub use command::Word2VecCommand;
pub use learn::{Method, Word2VecConfig, learn};
pub use settings::Word2VecSettings;
pub use vectors::Vectors;
