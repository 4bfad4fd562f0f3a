//! HDF5 files, as far as Keras's need it: text attributes, names and arrays of floats, with bounds.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hdf5_pure::{AttrValue, DType, File};

use super::array::Array;
use super::error::ImportFault;
use crate::bounds::brief;
use crate::network::MAX_PARAMETERS;

/// What every HDF5 file begins with.
pub(super) const SIGNATURE: &[u8] = b"\x89HDF\r\n\x1a\n";
/// Entries of one group that are looked at.
const MAX_ENTRIES: usize = 256;
/// Longest name of a layer or a weight, in bytes.
const MAX_NAME: usize = 200;

/// An open file.
pub(super) struct Hdf5 {
    file: File,
    /// Values that may still be read.
    left: usize,
}

/// Opens a file's bytes and reads something from it.
///
/// The library is written for hostile files and none of some ten thousand damaged ones made it
/// panic, but a file from elsewhere must not end the program on the day one does: a panic becomes
/// an error here. Nothing outlives it that it could have left half-changed.
pub(super) fn read<T>(
    bytes: Vec<u8>,
    read: impl FnOnce(&mut Hdf5) -> Result<T, ImportFault>,
) -> Result<T, ImportFault> {
    if let Some(whole) = announced(&bytes).filter(|&whole| whole > bytes.len() as u64) {
        let found = bytes.len() as u64;
        return Err(ImportFault::CutOff { found, whole });
    }
    let run = || {
        let file = File::from_bytes(bytes).map_err(damaged)?;
        let left = MAX_PARAMETERS;
        read(&mut Hdf5 { file, left })
    };
    catch_unwind(AssertUnwindSafe(run))
        .unwrap_or_else(|_| Err(ImportFault::Hdf5("its structure is damaged".into())))
}

impl Hdf5 {
    /// The groups directly in a group; none if there is no such group.
    pub(super) fn groups(&self, path: &str) -> Result<Vec<String>, ImportFault> {
        let Ok(group) = self.file.group(path) else {
            return Ok(Vec::new());
        };
        let names = group.groups().map_err(damaged)?;
        if names.len() > MAX_ENTRIES {
            return Err(ImportFault::Hdf5(format!("{} groups", names.len())));
        }
        short(&names)?;
        Ok(names)
    }

    /// A group's attribute that is one text; `None` if there is no such attribute or group.
    pub(super) fn text(&self, group: &str, name: &str) -> Result<Option<String>, ImportFault> {
        Ok(match self.attribute(group, name)? {
            Some(value) => value.as_str().map(str::to_owned),
            None => None,
        })
    }

    /// A group's attribute that is a list of texts.
    pub(super) fn texts(
        &self,
        group: &str,
        name: &str,
    ) -> Result<Option<Vec<String>>, ImportFault> {
        let value = self.attribute(group, name)?;
        let texts = value.map(|value| value.as_strings().unwrap_or_default().to_vec());
        if texts
            .as_ref()
            .is_some_and(|texts| texts.len() > MAX_ENTRIES)
        {
            return Err(ImportFault::Hdf5(format!("a long `{name}`")));
        }
        short(texts.as_deref().unwrap_or_default())?;
        Ok(texts)
    }

    fn attribute(&self, group: &str, name: &str) -> Result<Option<AttrValue>, ImportFault> {
        let group = match group {
            "" => self.file.root(),
            path => match self.file.group(path) {
                Ok(group) => group,
                Err(_) => return Ok(None),
            },
        };
        Ok(group.attrs().map_err(damaged)?.remove(name))
    }

    /// An array of float32 or float64, read as float32; `None` if there is no such dataset.
    pub(super) fn array(&mut self, path: &str) -> Result<Option<Array>, ImportFault> {
        let Ok(dataset) = self.file.dataset(path) else {
            return Ok(None);
        };
        // Before anything is read: a few bytes can announce any size.
        let shape = dataset.shape().map_err(damaged)?;
        let sides: Option<Vec<usize>> = shape.iter().map(|&n| usize::try_from(n).ok()).collect();
        let count = |sides: &Vec<usize>| {
            let mut sides = sides.iter();
            sides.try_fold(1_usize, |product, &side| product.checked_mul(side))
        };
        let too_many = || ImportFault::TooManyWeights(MAX_PARAMETERS);
        let dims = sides.ok_or_else(too_many)?;
        let count = count(&dims).ok_or_else(too_many)?;
        self.left = self.left.checked_sub(count).ok_or_else(too_many)?;
        match dataset.dtype().map_err(damaged)? {
            DType::F32 | DType::F64 => {}
            other => {
                return Err(ImportFault::Type {
                    tensor: path.to_owned(),
                    found: format!("{other:?}").chars().take(40).collect(),
                });
            }
        }
        // A chunk is unpacked whole, however little of it the array takes.
        let chunk = dataset.chunk_shape().map_err(damaged)?.unwrap_or_default();
        let chunk = chunk.iter().try_fold(1_u64, |n, &side| n.checked_mul(side));
        if chunk.is_none_or(|values| values > MAX_PARAMETERS as u64) {
            return Err(too_many());
        }
        let values = dataset.read_f32().map_err(damaged)?;
        if values.len() != count {
            return Err(ImportFault::Hdf5(format!("`{path}` is cut off")));
        }
        Ok(Some(Array {
            name: path.to_owned(),
            dims,
            values,
        }))
    }
}

/// Where the file ends, as its first block says. Without its end most of a file may still be read,
/// and what is said to be missing is then no help.
fn announced(bytes: &[u8]) -> Option<u64> {
    let version = *bytes.get(SIGNATURE.len())?;
    // After the numbers' widths, flags and two other addresses.
    let (width, place) = match version {
        0 => (*bytes.get(13)?, 40),
        1 => (*bytes.get(13)?, 44),
        2 | 3 => (*bytes.get(9)?, 28),
        _ => return None,
    };
    if width != 8 {
        return None;
    }
    let end = bytes.get(place..place + 8)?;
    end.try_into().ok().map(u64::from_le_bytes)
}

/// Refuses names that no error could show.
fn short(names: &[String]) -> Result<(), ImportFault> {
    match names.iter().find(|name| name.len() > MAX_NAME) {
        Some(name) => Err(ImportFault::Hdf5(format!("a name of {} bytes", name.len()))),
        None => Ok(()),
    }
}

fn damaged(error: impl std::fmt::Display) -> ImportFault {
    ImportFault::Hdf5(brief(error))
}
