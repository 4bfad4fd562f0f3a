//! A model that was opened from a file.

use convlens_core::training::Snapshot;
use std::sync::Arc;

/// Endings of files that are taken for models.
pub const MODELS: [&str; 7] = ["safetensors", "pt", "pth", "keras", "h5", "hdf5", "onnx"];

/// A model that was opened from a file.
pub struct Opened {
    /// The file's name.
    pub name: String,
    pub snapshot: Arc<Snapshot>,
}
