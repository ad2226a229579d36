//! From files to batches: captions, words, views of the photos, and what a step of training is fed with.

pub mod arguments;
pub mod batches;
pub mod captions;
pub mod features;
pub mod guesses;
pub mod layout;
pub mod readers;
pub mod spelling;
pub mod views;
pub mod words;
