//! The constants of an ONNX graph: weights, and the shapes that a `Reshape` is given.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use prost::Message as _;
use prost::bytes::Bytes;

use super::array::{Array, Number, Stored};
use super::beside;
use super::error::ImportFault;
use crate::bounds::brief;
use crate::network::MAX_PARAMETERS;
use crate::network::onnx_proto::{BFLOAT16, DOUBLE, FLOAT, FLOAT16, INT64, TensorProto};

/// Where a tensor says that its values are in another file.
const EXTERNAL: i32 = 1;

/// The constants by their names.
pub(super) struct Constants {
    tensors: HashMap<String, TensorProto>,
    /// Other names of some.
    others: HashMap<String, String>,
    /// The folder of the model, for values that are in a file beside it.
    folder: PathBuf,
    /// Values that may still be read, however many nodes read the same.
    left: Cell<usize>,
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
            left: Cell::new(MAX_PARAMETERS),
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

    /// Weights, as float32; `None` if there are none of this name.
    pub(super) fn array(&self, name: &str) -> Result<Option<Array>, ImportFault> {
        let Some(tensor) = self.tensors.get(self.original(name)) else {
            return Ok(None);
        };
        let (dims, count) = sizes(tensor)?;
        let left = self.left.get().checked_sub(count);
        let too_many = || ImportFault::TooManyWeights(MAX_PARAMETERS);
        self.left.set(left.ok_or_else(too_many)?);
        let number = match tensor.data_type {
            FLOAT => Number::F32,
            FLOAT16 => Number::F16,
            BFLOAT16 => Number::Bf16,
            DOUBLE => Number::F64,
            other => Number::Other(format!("type {other} of ONNX"), 4),
        };
        let length = count * number.width();
        let bytes: Cow<'_, [u8]> = if tensor.location == EXTERNAL {
            external(tensor, &self.folder, length)?.into()
        } else if !tensor.raw.is_empty() {
            (&*tensor.raw).into()
        } else {
            // Each type has a list of its own; the small ones stand in whole numbers.
            match number.width() {
                2 => (tensor.integers.iter())
                    .flat_map(|half| (*half as u16).to_le_bytes())
                    .collect(),
                4 => tensor.floats.iter().flat_map(|n| n.to_le_bytes()).collect(),
                _ => (tensor.doubles.iter())
                    .flat_map(|n| n.to_le_bytes())
                    .collect(),
            }
        };
        let stored = Stored {
            name: name.to_owned(),
            dims,
            number,
            bytes,
        };
        let array = stored.array()?;
        if stored.bytes.len() != length {
            return Err(ImportFault::Onnx(format!(
                "`{name}` has {} values, not {count}",
                array.values.len()
            )));
        }
        Ok(Some(array))
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
fn external(tensor: &TensorProto, folder: &Path, bytes: usize) -> Result<Vec<u8>, ImportFault> {
    let entry = |key: &str| {
        let entry = tensor.external.iter().find(|entry| entry.key == key);
        entry.map(|entry| entry.value.as_str())
    };
    let location = entry("location").unwrap_or_default();
    let unreadable = |source| ImportFault::WeightsBeside {
        file: brief(location),
        source,
    };
    let offset = entry("offset").map_or(Ok(0), str::parse);
    let offset = offset.map_err(|error| unreadable(std::io::Error::other(error)))?;
    let content = beside::read(folder, location, offset, bytes as u64)?;
    if content.len() < bytes {
        return Err(unreadable(std::io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(content)
}
