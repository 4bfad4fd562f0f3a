//! The constants of an ONNX graph: weights, and the shapes that a `Reshape` is given.

use std::collections::HashMap;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Component, Path, PathBuf};

use prost::Message as _;
use prost::bytes::Bytes;

use super::array::Array;
use super::error::ImportFault;
use super::onnx_proto::{DOUBLE, FLOAT, INT64, TensorProto};
use crate::files;
use crate::network::MAX_PARAMETERS;

/// Where a tensor says that its values are in another file.
const EXTERNAL: i32 = 1;

/// The constants by their names.
pub(super) struct Constants {
    tensors: HashMap<String, TensorProto>,
    /// Other names of some.
    others: HashMap<String, String>,
    /// The folder of the model, for values that are in a file beside it.
    folder: PathBuf,
}

impl Constants {
    pub(super) fn read(initializers: Vec<Bytes>, model: &Path) -> Result<Self, ImportFault> {
        let mut tensors = HashMap::new();
        for bytes in initializers {
            let tensor =
                TensorProto::decode(bytes).map_err(|error| ImportFault::Onnx(error.to_string()))?;
            tensors.insert(tensor.name.clone(), tensor);
        }
        let folder = model.parent().unwrap_or(Path::new("")).to_path_buf();
        Ok(Self {
            tensors,
            others: HashMap::new(),
            folder,
        })
    }

    /// Takes in the value of a `Constant` node.
    pub(super) fn insert(&mut self, name: String, tensor: TensorProto) {
        self.tensors.insert(name, tensor);
    }

    /// Calls a constant, if it is one, by another name too.
    pub(super) fn rename(&mut self, constant: &str, other: &str) {
        let constant = self.original(constant).to_owned();
        if self.tensors.contains_key(&constant) && !self.tensors.contains_key(other) {
            self.others.insert(other.to_owned(), constant);
        }
    }

    /// The name that a constant is kept by.
    fn original<'a>(&'a self, name: &'a str) -> &'a str {
        self.others.get(name).map_or(name, String::as_str)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.tensors.contains_key(self.original(name))
    }

    /// Whole numbers, such as a shape; `None` if there are no such here.
    pub(super) fn integers(&self, name: &str) -> Option<Vec<i64>> {
        let tensor = self.tensors.get(self.original(name))?;
        if tensor.data_type != INT64 || tensor.location == EXTERNAL {
            return None;
        }
        let raw = tensor.raw.chunks_exact(8);
        let raw = raw.map(|b| i64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]));
        Some(raw.chain(tensor.ints.iter().copied()).collect())
    }

    /// Weights, of float32 or float64; `None` if there are none of this name.
    pub(super) fn array(&self, name: &str) -> Result<Option<Array>, ImportFault> {
        let Some(tensor) = self.tensors.get(self.original(name)) else {
            return Ok(None);
        };
        let (dims, count) = sizes(tensor)?;
        let width = match tensor.data_type {
            FLOAT => 4,
            DOUBLE => 8,
            other => {
                return Err(ImportFault::Type {
                    tensor: name.to_owned(),
                    found: format!("type {other} of ONNX"),
                });
            }
        };
        let raw = if tensor.location == EXTERNAL {
            external(tensor, &self.folder, count * width)?
        } else {
            tensor.raw.clone()
        };
        let values: Vec<f32> = match (width, raw.is_empty()) {
            (4, false) => raw
                .chunks_exact(4)
                .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
                .collect(),
            (_, false) => raw
                .chunks_exact(8)
                .map(|b| {
                    f64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]) as f32
                })
                .collect(),
            (4, true) => tensor.floats.clone(),
            (_, true) => tensor.doubles.iter().map(|&value| value as f32).collect(),
        };
        if values.len() != count {
            return Err(ImportFault::Onnx(format!(
                "`{name}` has {} values, not {count}",
                values.len()
            )));
        }
        Ok(Some(Array {
            name: name.to_owned(),
            dims,
            values,
        }))
    }
}

/// The shape of a tensor, and how many values that makes.
fn sizes(tensor: &TensorProto) -> Result<(Vec<usize>, usize), ImportFault> {
    let mut dims = Vec::new();
    let mut count = 1_usize;
    for &dim in tensor.dims.iter().take(5) {
        let dim = usize::try_from(dim)
            .map_err(|_| ImportFault::Onnx(format!("`{}` has a side of {dim}", tensor.name)))?;
        count = count.saturating_mul(dim);
        dims.push(dim);
    }
    if tensor.dims.len() > 4 {
        return Err(ImportFault::Foreign {
            tensor: tensor.name.clone(),
            dims,
        });
    }
    if count > MAX_PARAMETERS {
        return Err(ImportFault::TooManyWeights(MAX_PARAMETERS));
    }
    Ok((dims, count))
}

/// So many bytes of the file that a tensor names, which has to lie beside the model.
fn external(tensor: &TensorProto, folder: &Path, bytes: usize) -> Result<Bytes, ImportFault> {
    let entry = |key: &str| {
        let entry = tensor.external.iter().find(|entry| entry.key == key);
        entry.map(|entry| entry.value.as_str())
    };
    let location = entry("location").unwrap_or_default();
    let mut parts = Path::new(location).components();
    let is_beside = matches!(
        (parts.next(), parts.next()),
        (Some(Component::Normal(_)), None)
    ) && !location.contains(['\\', ':']);
    if !is_beside {
        let shown: String = location.chars().take(60).collect();
        return Err(ImportFault::WeightsElsewhere(shown));
    }
    let offset = entry("offset").map_or(Ok(0), str::parse);
    let read = || -> std::io::Result<Vec<u8>> {
        let offset = offset.map_err(std::io::Error::other)?;
        let mut file = files::open(&folder.join(location))?;
        file.seek(SeekFrom::Start(offset))?;
        let mut content = Vec::new();
        file.take(bytes as u64).read_to_end(&mut content)?;
        if content.len() < bytes {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(content)
    };
    let content = read().map_err(|source| ImportFault::WeightsBeside {
        file: location.to_owned(),
        source,
    })?;
    Ok(content.into())
}
