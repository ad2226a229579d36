//! What several tests of the training crate need, and none needs all of.

#![allow(dead_code)]

pub mod classifiers;
pub mod colours;
