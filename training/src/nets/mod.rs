//! The nets, each with its `forward` here and its ONNX twin in [`crate::export`].

pub mod additive_attention;
pub mod attention;
pub mod bahdanau_gru;
pub mod captioner;
pub mod conv_encoder;
pub mod decoder;
pub mod encoder;
pub mod encoder_layer;
pub mod feed_forward;
pub mod frozen_encoder;
pub mod gru;
pub mod lstm;
pub mod places;
pub mod positions;
pub mod recurrent;
pub mod show_and_tell;
pub mod show_attend_tell;
pub mod transformer_decoder;
