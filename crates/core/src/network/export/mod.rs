//! Networks for other programs: Keras's files and ONNX. PyTorch reads the program's own, see
//! [`super::weights`].

mod keras;
mod onnx;

use std::io::{self, Write as _};
use std::path::Path;

pub(crate) use keras::weighted_in_keras_order;

use super::{Model, weights};
use crate::files;

/// How weights are saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WeightsFormat {
    /// Safetensors that name their network: the program's own, and PyTorch's layout.
    Safetensors,
    /// Keras 3's whole model, for `keras.models.load_model`.
    Keras,
    /// Keras 3's weights alone, for `model.load_weights`.
    KerasWeights,
    /// An ONNX model.
    Onnx,
}

impl WeightsFormat {
    /// Every format.
    pub const ALL: [Self; 4] = [
        Self::Safetensors,
        Self::Keras,
        Self::KerasWeights,
        Self::Onnx,
    ];

    /// Ending of its files.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Safetensors => "safetensors",
            Self::Keras => "keras",
            Self::KerasWeights => "weights.h5",
            Self::Onnx => "onnx",
        }
    }

    /// The format that a file's name asks for.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        let named = |format: &Self| name.ends_with(&format!(".{}", format.ending()));
        Self::ALL.into_iter().find(named)
    }
}

/// Saves a network, whole or not at all.
///
/// # Errors
/// The file cannot be written; an older one is then untouched.
pub fn save(model: &Model, format: WeightsFormat, path: &Path) -> io::Result<()> {
    let bytes = to_bytes(model, format)?;
    files::replace(path, |file| file.write_all(&bytes))
}

/// A file's content.
///
/// # Errors
/// Only those of the tensor and file libraries.
pub fn to_bytes(model: &Model, format: WeightsFormat) -> io::Result<Vec<u8>> {
    match format {
        WeightsFormat::Safetensors => weights::to_bytes(model).map_err(io::Error::other),
        WeightsFormat::Keras => keras::model(model),
        WeightsFormat::KerasWeights => keras::weights(model),
        WeightsFormat::Onnx => onnx::model(model),
    }
}
