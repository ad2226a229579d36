//! Trains attention captioners in Rust, scores them by the field's measures and exports them as ONNX model folders.
//!
//! From data to score: [`data`] (captions, words, views, batches), [`nets`], [`loss`], [`learn`] (the loop),
//! [`export`] (ONNX), [`describe`], [`scores`], [`calibration`] and [`doubt`].

pub mod addition;
pub mod average;
pub mod calibrate;
pub mod calibration;
pub mod card;
pub mod checkpoint;
pub mod classifier;
pub mod clip;
pub mod config;
pub mod consensus;
pub mod convolution;
pub mod data;
pub mod describe;
pub mod disk;
pub mod doubt;
pub mod export;
pub mod folder;
pub mod fused;
pub mod gate;
pub mod graphs;
pub mod history;
pub mod judge;
pub mod learn;
pub mod looking;
pub mod loss;
pub mod nets;
pub mod neutral;
pub mod page;
pub mod pictures;
pub mod plots;
pub mod progress;
pub mod random;
pub mod record;
pub mod reinforce;
pub mod replicas;
pub mod retrieval;
pub mod run;
pub mod scheduled_sampling;
pub mod score;
pub mod scores;
pub mod self_critical;
pub mod start;
pub mod survey;
pub mod teacher;
pub mod tensorboard;
pub mod watch;
pub mod word2vec;
pub mod write;
