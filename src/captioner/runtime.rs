//! ONNX Runtime: found, checked and started once.

/// Why ONNX Runtime cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {}
