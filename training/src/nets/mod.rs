//! The nets, each with its `forward` here and its ONNX twin in [`crate::export`].

pub mod attention;
pub mod captioner;
pub mod conv_encoder;
pub mod encoder_layer;
pub mod feed_forward;
pub mod transformer_decoder;
