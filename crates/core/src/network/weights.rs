//! Weights in a file: safetensors in `PyTorch`'s layout, with the network in the metadata.
//!
//! | tensor | shape |
//! |---|---|
//! | `conv1.weight` | (out, in / groups, rows, columns) |
//! | `dense1.weight` | (out, in), `in` counting the maps in the order channel, height, width |
//! | `conv1.bias`, `dense1.bias` | (out) |
//! | `norm1.weight`, `norm1.bias`, `norm1.running_mean`, `norm1.running_var` | (channels): γ, β, mean, variance |
//!
//! The metadata entry [`NETWORK_KEY`] is the [`NetworkSpec`] as JSON. In `PyTorch` the file is
//! `safetensors.torch.load_file(path)`, whose tensors fit `Conv2d`, `MaxPool2d`, `Flatten` and
//! `Linear` as they are.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use candle_core::{Device, Result as TensorResult, Tensor};
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};

use super::fault::SpecError;
use super::model::Model;
use super::parameters::Parameters;
use super::spec::NetworkSpec;
use super::{Layer, pytorch_layout};
use crate::bounds::{self, brief};
use crate::dataset::PictureSize;

/// Metadata entry that holds the network.
pub const NETWORK_KEY: &str = "convlens.network";

/// Largest weight file that is read: [`super::MAX_PARAMETERS`] floats and a header.
pub const MAX_FILE_BYTES: u64 = 128 << 20;

/// Longest header that is read, in bytes. Safetensors allow 100 MB, which would become several times
/// as much in memory; a tensor takes some 80.
const MAX_HEADER_BYTES: u64 = 1 << 20;

/// Why weights could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// The file could not be opened, read or replaced.
    #[error("{path}: {source}; check that the file exists and may be accessed")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is larger than any network this program makes.
    #[error(
        "{path}: more than {MAX_FILE_BYTES} bytes, too large for a convlens network; choose a .safetensors file saved by convlens"
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// Not safetensors, or damaged.
    #[error("{path}: not a readable safetensors file ({reason}); save the weights again")]
    Damaged {
        /// The file, or `weights` for bytes in memory.
        path: PathBuf,
        /// What the parser said.
        reason: String,
    },
    /// Safetensors without a network description.
    #[error(
        "{path}: holds tensors but no network (no `{NETWORK_KEY}` metadata); choose a file saved by convlens"
    )]
    NoNetwork {
        /// The file.
        path: PathBuf,
    },
    /// The network it describes is impossible.
    #[error("{path}: describes a network that can't be built: {source}")]
    Network {
        /// The file.
        path: PathBuf,
        /// Why.
        source: SpecError,
    },
    /// A tensor is missing or has another shape or type than the network wants.
    #[error(
        "{path}: tensor `{tensor}` is {found}, but the network needs float32 {expected:?}; the file does not fit its own description"
    )]
    Tensor {
        /// The file.
        path: PathBuf,
        /// The tensor's name.
        tensor: String,
        /// What the file holds under that name.
        found: String,
        /// The shape that fits.
        expected: Vec<usize>,
    },
    /// A weight is not a number.
    #[error(
        "{path}: tensor `{tensor}` holds values that are not finite; the training that made it had diverged"
    )]
    NotFinite {
        /// The file.
        path: PathBuf,
        /// The tensor's name.
        tensor: String,
    },
    /// The tensor library refused.
    #[error("{path}: {source}")]
    Candle {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: candle_core::Error,
    },
}

/// Writes a network and its weights, replacing the file only once the new one is complete.
///
/// # Errors
/// [`WeightsError::Io`]; the old file is then untouched.
pub fn save(model: &Model, path: &Path) -> Result<(), WeightsError> {
    let bytes = to_bytes(model).map_err(|source| WeightsError::Candle {
        path: path.into(),
        source,
    })?;
    let io = |source| WeightsError::Io {
        path: path.into(),
        source,
    };
    crate::files::replace(path, |file| file.write_all(&bytes)).map_err(io)
}

/// Reads a network and its weights.
///
/// # Errors
/// Any [`WeightsError`]; the file is not trusted.
pub fn load(path: &Path) -> Result<Model, WeightsError> {
    let io = |source| WeightsError::Io {
        path: path.into(),
        source,
    };
    match bounds::read(path, MAX_FILE_BYTES).map_err(io)? {
        Some(bytes) => from_bytes(&bytes, path),
        None => Err(WeightsError::TooLarge { path: path.into() }),
    }
}

/// The network that comes with the program: the notebook's CNN, trained by this program on
/// Fashion-MNIST (`assets/networks/README.md` tells how), so that there are maps to look at before anything is trained.
///
/// # Errors
/// None, as long as the program is built from an undamaged asset; a test opens it.
pub fn built_in() -> Result<Model, WeightsError> {
    let bytes = include_bytes!("../../assets/networks/64-64.safetensors");
    from_bytes(bytes, Path::new("the built-in network"))
}

/// The built-in network for pictures of this size, where there is one: [`built_in`] for those of Fashion-MNIST, and for those of CIFAR
/// one that was trained on the synthetic garments of [`synthetic_sized`](crate::dataset::synthetic_sized).
///
/// # Errors
/// As [`built_in`].
pub fn built_in_for(size: PictureSize) -> Result<Option<Model>, WeightsError> {
    match size {
        PictureSize::FASHION_MNIST => built_in().map(Some),
        PictureSize::CIFAR => {
            let bytes = include_bytes!("../../assets/networks/16-16-colour.safetensors");
            from_bytes(bytes, Path::new("the built-in network")).map(Some)
        }
        _ => Ok(None),
    }
}

/// The file's content.
///
/// # Errors
/// Only those of candle.
pub fn to_bytes(model: &Model) -> TensorResult<Vec<u8>> {
    to_bytes_with(model, Vec::new())
}

/// A flat tensor that a file may hold besides the weights; [`from_bytes`] passes it over.
pub(crate) struct ExtraTensor {
    pub name: String,
    pub dtype: Dtype,
    /// Its values, little-endian.
    pub bytes: Vec<u8>,
}

/// The content of a file of weights that holds more besides.
pub(crate) fn to_bytes_with(model: &Model, extra: Vec<ExtraTensor>) -> TensorResult<Vec<u8>> {
    let mut tensors: Vec<(String, Dtype, Vec<usize>, Vec<u8>)> = Vec::new();
    for (layer, parameters) in weighted(model) {
        let weight = pytorch_layout::to_pytorch(layer, &parameters.weight)?;
        let mut parts = vec![("weight", weight)];
        parts.extend(parameters.bias.clone().map(|bias| ("bias", bias)));
        if let Some([mean, variance]) = parameters.running.clone() {
            parts.extend([("running_mean", mean), ("running_var", variance)]);
        }
        for (part, tensor) in parts {
            let values = tensor.flatten_all()?.to_vec1::<f32>()?;
            let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
            tensors.push((
                format!("{}.{part}", layer.name),
                Dtype::F32,
                tensor.dims().to_vec(),
                bytes,
            ));
        }
    }
    for ExtraTensor { name, dtype, bytes } in extra {
        let count = bytes.len() * 8 / dtype.bitsize();
        tensors.push((name, dtype, vec![count], bytes));
    }
    let views = tensors
        .iter()
        .map(|(name, dtype, dims, bytes)| {
            let view =
                TensorView::new(*dtype, dims.clone(), bytes).map_err(candle_core::Error::wrap)?;
            Ok((name.as_str(), view))
        })
        .collect::<TensorResult<Vec<_>>>()?;
    let network = serde_json::to_string(model.spec()).map_err(candle_core::Error::wrap)?;
    // One entry only: several would be written in random order, and equal networks should be equal files.
    let metadata = HashMap::from([(NETWORK_KEY.to_owned(), network)]);
    safetensors::serialize(views, Some(metadata)).map_err(candle_core::Error::wrap)
}

/// Parses safetensors: the tensors, and the network that they say they hold, as this program's do.
///
/// # Errors
/// What the parser said.
pub(crate) fn parse(bytes: &[u8]) -> Result<(SafeTensors<'_>, Option<String>), String> {
    let length = bytes.first_chunk().map_or(0, |n| u64::from_le_bytes(*n));
    if length > MAX_HEADER_BYTES {
        return Err(format!("its header has {length} bytes"));
    }
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(brief)?;
    let entries = metadata.metadata().as_ref();
    let network = entries
        .and_then(|entries| entries.get(NETWORK_KEY))
        .cloned();
    let tensors = SafeTensors::deserialize(bytes).map_err(brief)?;
    Ok((tensors, network))
}

/// Parses a file's content; `path` is only named in errors.
///
/// # Errors
/// Any [`WeightsError`] but `Io` and `TooLarge`.
pub fn from_bytes(bytes: &[u8], path: &Path) -> Result<Model, WeightsError> {
    let damaged = |reason: String| WeightsError::Damaged {
        path: path.into(),
        reason,
    };
    let (file, network) = parse(bytes).map_err(damaged)?;
    let network = network.ok_or_else(|| WeightsError::NoNetwork { path: path.into() })?;
    let spec: NetworkSpec = serde_json::from_str(&network).map_err(|e| damaged(brief(e)))?;
    let layers = spec.plan().map_err(|source| WeightsError::Network {
        path: path.into(),
        source,
    })?;

    let mut parameters = Vec::new();
    for layer in &layers {
        let Some(pytorch_layout::Shapes {
            weight,
            bias,
            running,
        }) = pytorch_layout::shapes(layer)
        else {
            continue;
        };
        let read = |part: &str, expected: Vec<usize>| -> Result<Tensor, WeightsError> {
            let name = format!("{}.{part}", layer.name);
            read_tensor(&file, &name, expected, path)
        };
        let candle = |source| WeightsError::Candle {
            path: path.into(),
            source,
        };
        parameters.push(Parameters {
            weight: pytorch_layout::from_pytorch(layer, &read("weight", weight)?)
                .map_err(candle)?,
            bias: bias.map(|shape| read("bias", shape)).transpose()?,
            running: match running {
                Some(shape) => Some([
                    read("running_mean", shape.clone())?,
                    read("running_var", shape)?,
                ]),
                None => None,
            },
        });
    }
    Model::from_parameters(&spec, parameters).map_err(|source| WeightsError::Candle {
        path: path.into(),
        source,
    })
}

fn read_tensor(
    file: &SafeTensors<'_>,
    name: &str,
    expected: Vec<usize>,
    path: &Path,
) -> Result<Tensor, WeightsError> {
    let wrong = |found: String, expected: &[usize]| WeightsError::Tensor {
        path: path.into(),
        tensor: name.to_owned(),
        found,
        expected: expected.to_vec(),
    };
    let view = file
        .tensor(name)
        .map_err(|_| wrong("missing".into(), &expected))?;
    if view.dtype() != Dtype::F32 || view.shape() != expected {
        let found = format!("{:?} {:?}", view.dtype(), view.shape());
        return Err(wrong(found, &expected));
    }
    let values: Vec<f32> = view
        .data()
        .chunks_exact(4)
        .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
        .collect();
    if values.iter().any(|v| !v.is_finite()) {
        return Err(WeightsError::NotFinite {
            path: path.into(),
            tensor: name.to_owned(),
        });
    }
    Tensor::from_vec(values, expected, &Device::Cpu).map_err(|source| WeightsError::Candle {
        path: path.into(),
        source,
    })
}

/// The layers that have weights, with them.
fn weighted(model: &Model) -> impl Iterator<Item = (&Layer, &Parameters)> {
    let layers = model.layers().iter().enumerate();
    layers.filter_map(|(index, layer)| Some((layer, model.parameters(index)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Preset;

    fn model() -> Model {
        Model::random(&Preset::Conv16.spec(), 3).unwrap()
    }

    #[test]
    fn a_file_gives_back_the_same_bits() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("net.safetensors");
        let before = model();
        save(&before, &path).unwrap();
        let after = load(&path).unwrap();
        assert_eq!(before.spec(), after.spec());
        let picture: Vec<u8> = (0..784).map(|i| (i % 251) as u8).collect();
        let x = before.input([picture.as_slice()]).unwrap();
        let logits = |m: &Model| {
            m.logits(&x)
                .unwrap()
                .flatten_all()
                .unwrap()
                .to_vec1::<f32>()
        };
        assert_eq!(logits(&before).unwrap(), logits(&after).unwrap());
    }

    #[test]
    fn damaged_files_are_named_and_refused() {
        let path = Path::new("some.safetensors");
        let good = to_bytes(&model()).unwrap();
        for cut in [0, 4, 8, 100, good.len() - 1] {
            let error = from_bytes(&good[..cut], path).unwrap_err();
            assert!(
                matches!(error, WeightsError::Damaged { .. }),
                "{cut}: {error}"
            );
            assert!(error.to_string().starts_with("some.safetensors: "));
        }
        let mut long = vec![b' '; 2 << 20];
        long[..8].copy_from_slice(&(1_u64 << 21).to_le_bytes());
        let error = from_bytes(&long, path).unwrap_err().to_string();
        assert!(error.contains("its header has 2097152 bytes"), "{error}");
        let plain = TensorView::new(Dtype::F32, vec![1], &[0; 4]).unwrap();
        let other = safetensors::serialize([("w", plain)], None).unwrap();
        assert!(matches!(
            from_bytes(&other, path).unwrap_err(),
            WeightsError::NoNetwork { .. }
        ));
    }

    #[test]
    fn wrong_tensors_and_values_are_named() {
        let path = Path::new("x");
        let spec = Preset::Dense.spec();
        let network = serde_json::to_string(&spec).unwrap();
        let metadata = HashMap::from([(NETWORK_KEY.to_owned(), network)]);
        let bytes = vec![0; 4 * 128];
        let bias = TensorView::new(Dtype::F32, vec![128], &bytes).unwrap();
        let file = safetensors::serialize([("dense1.bias", bias)], Some(metadata)).unwrap();
        let error = from_bytes(&file, path).unwrap_err();
        assert!(error.to_string().contains("dense1.weight"), "{error}");

        let mut good = to_bytes(&Model::random(&spec, 1).unwrap()).unwrap();
        let end = good.len();
        good[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
        assert!(matches!(
            from_bytes(&good, path).unwrap_err(),
            WeightsError::NotFinite { .. }
        ));
    }
}
