//! Models from elsewhere: Keras's `.keras`, `.weights.h5` and `.h5`, TensorFlow.js's `model.json`, PyTorch's `.pt` and `.pth` and its weights in
//! safetensors, ONNX of both, and convlens's own files, told apart by their content.
//!
//! A network gets grey pixels divided by 255, as in the notebook. A Keras model that begins with
//! `Rescaling(1/255)` takes bytes and divides by itself, which comes to the same; other factors become the network's normalization.
//!
//! Files are not trusted: sizes are bounded before anything is read, depths by the parsers, and
//! every count is checked. Nothing is unpacked to disk, and no code in a file is run.

mod array;
mod beside;
mod blocks;
mod error;
mod hdf5;
mod infer;
mod input;
mod keras;
mod keras_1;
mod keras_alone;
mod keras_config;
mod keras_graph;
mod keras_groups;
mod keras_legacy;
mod keras_stack;
mod keras_values;
mod note;
mod onnx;
mod onnx_node;
mod onnx_stack;
mod onnx_tensors;
mod pickle;
mod pixels;
mod pytorch;
mod tfjs;
mod torch_file;

use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _};
use std::path::Path;

use super::{Model, NetworkSpec, weights};
use crate::stand_in::StandIn;
use crate::{bounds, files};

pub use error::{ImportError, ImportFault, LayerFault, LayerReason};
pub use note::Note;
pub use pixels::{Scaled, Scaling, scaled};

/// Largest file that is read: weights of [`super::MAX_PARAMETERS`], and of an optimizer twice as many.
const MAX_FILE_BYTES: u64 = 320 << 20;

/// A model that was opened.
#[derive(Debug)]
pub struct Imported {
    /// The network and its weights.
    pub model: Model,
    /// What kind of file it came from.
    pub format: Format,
    /// What a person should know about it.
    pub notes: Vec<Note>,
    /// Whether the file says what is done to pixels.
    pub says_pixels: bool,
}

/// Kinds of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Safetensors that name their network.
    Convlens,
    /// `.keras`.
    Keras,
    /// A whole model as `.h5`, as Keras 2 wrote it and Keras 3 still does.
    KerasH5,
    /// Keras's weights alone.
    KerasWeights,
    /// Safetensors of a PyTorch module.
    PyTorch,
    /// `torch.save` or TorchScript.
    TorchSave,
    /// ONNX, as PyTorch and Keras export it.
    Onnx,
    /// A layers model of TensorFlow.js.
    TensorFlowJs,
}

impl Format {
    /// Its name, the same in every language.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Convlens => "convlens",
            Self::Keras => "Keras (.keras)",
            Self::KerasH5 => "Keras (.h5)",
            Self::KerasWeights => "Keras (.weights.h5)",
            Self::PyTorch => "PyTorch (.safetensors)",
            Self::TorchSave => "PyTorch (.pt)",
            Self::Onnx => "ONNX (.onnx)",
            Self::TensorFlowJs => "TensorFlow.js (model.json)",
        }
    }
}

/// Opens a model of any kind.
///
/// # Errors
/// Any [`ImportError`]: it names the file, the fault and what to do.
pub fn open(path: &Path) -> Result<Imported, ImportError> {
    open_as(path, None)
}

/// The same, of a file of weights that fit several networks: `network` says which one.
///
/// # Errors
/// Also a file that says itself that it holds another network.
pub fn open_as(path: &Path, network: Option<&NetworkSpec>) -> Result<Imported, ImportError> {
    let fault = |fault| ImportError::File {
        path: path.to_owned(),
        fault,
    };
    let unreadable = |error| fault(ImportFault::Unreadable(error));
    if let Some(found) = StandIn::at(path) {
        return Err(fault(ImportFault::StandIn(found)));
    }
    let mut file = files::open(path).map_err(unreadable)?;
    let mut start = Vec::new();
    let read = file.by_ref().take(1024).read_to_end(&mut start);
    read.and_then(|_| file.rewind()).map_err(unreadable)?;
    if let Some(found) = StandIn::of(&start) {
        return Err(fault(ImportFault::StandIn(found)));
    }
    match start.as_slice() {
        start if start.starts_with(b"PK\x03\x04") => {
            zipped(BufReader::new(file), network).map_err(fault)
        }
        start if start.starts_with(hdf5::SIGNATURE) => {
            let bytes = read_all(file, MAX_FILE_BYTES).map_err(fault)?;
            keras::h5(bytes, network).map_err(fault)
        }
        // The length of a header, below 4 GB, may begin like a pickle.
        [_, _, _, _, 0, 0, 0, 0, b'{', ..] => {
            let bytes = read_all(file, weights::MAX_FILE_BYTES).map_err(fault)?;
            safetensors(&bytes, path, network)
        }
        // The first field, the version, of a message that is known by nothing else.
        [0x08, version, ..] if *version < 0x80 => {
            let bytes = read_all(file, MAX_FILE_BYTES).map_err(fault)?;
            onnx::open(bytes, path, network).map_err(fault)
        }
        start if start.starts_with(torch_file::LEGACY) => {
            let bytes = read_all(file, MAX_FILE_BYTES).map_err(fault)?;
            let tensors = torch_file::legacy(&bytes).map_err(fault)?;
            pytorch::torch_save(&tensors, network).map_err(fault)
        }
        start if start.trim_ascii_start().starts_with(b"{") => {
            let json = read_all(file, tfjs::MAX_JSON_BYTES).map_err(fault)?;
            let folder = path.parent().unwrap_or(Path::new("."));
            let opened = tfjs::open(&json, folder, network);
            let opened = opened.unwrap_or(Err(ImportFault::UnknownFormat));
            opened.map_err(fault)
        }
        // A pickle of the protocols 2 to 5 that PyTorch did not write.
        [0x80, 2..=5, ..] => Err(fault(ImportFault::Pickle)),
        _ => Err(fault(ImportFault::UnknownFormat)),
    }
}

/// An archive of Keras or of PyTorch.
fn zipped(
    file: impl std::io::Read + std::io::Seek,
    network: Option<&NetworkSpec>,
) -> Result<Imported, ImportFault> {
    let mut archive = torch_file::open(file)?;
    let names = archive.names()?;
    match torch_file::pickle_in(&names) {
        Some(pickle) => {
            let tensors = torch_file::archive(&mut archive, pickle)?;
            pytorch::torch_save(&tensors, network)
        }
        None => keras::archive(archive, network),
    }
}

/// Safetensors: our own, which name their network, or PyTorch's.
fn safetensors(
    bytes: &[u8],
    path: &Path,
    network: Option<&NetworkSpec>,
) -> Result<Imported, ImportError> {
    let damaged = |reason| weights::WeightsError::Damaged {
        path: path.into(),
        reason,
    };
    let fault = |fault| ImportError::File {
        path: path.to_owned(),
        fault,
    };
    let (file, names_network) = weights::parse(bytes).map_err(damaged)?;
    if names_network.is_some() {
        let model = weights::from_bytes(bytes, path)?;
        check_asked(model.spec(), network).map_err(fault)?;
        return Ok(Imported {
            model,
            format: Format::Convlens,
            notes: Vec::new(),
            says_pixels: true,
        });
    }
    pytorch::safetensors(&file, network).map_err(fault)
}

/// Refuses another network than the file's own.
fn check_asked(file: &NetworkSpec, asked: Option<&NetworkSpec>) -> Result<(), ImportFault> {
    // What is done to pixels the file says.
    let asks_other = |asked: &NetworkSpec| {
        let normalization = asked.normalization.clone().or(file.normalization.clone());
        NetworkSpec {
            normalization,
            ..asked.clone()
        } != *file
    };
    match asked {
        Some(asked) if asks_other(asked) => Err(ImportFault::OtherNetwork {
            file: Box::new(file.clone()),
            asked: Box::new(asked.clone()),
        }),
        _ => Ok(()),
    }
}

/// A file's content, unless it is longer than `most` bytes.
fn read_all(file: File, most: u64) -> Result<Vec<u8>, ImportFault> {
    let bytes = bounds::read_from(file, most).map_err(ImportFault::Unreadable)?;
    bytes.ok_or(ImportFault::TooLarge(most))
}
