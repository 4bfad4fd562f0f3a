//! A model that was opened from a file.

use super::whose::Weights;

/// Endings of files that are taken for models.
pub const MODELS: [&str; 8] = [
    "safetensors",
    "pt",
    "pth",
    "keras",
    "h5",
    "hdf5",
    "onnx",
    "json",
];

/// A model that was opened from a file.
pub struct Opened {
    pub weights: Weights,
}
