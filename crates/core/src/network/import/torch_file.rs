//! What PyTorch's `torch.save` and TorchScript write: a pickle that describes objects, and beside it the numbers of their
//! tensors. Only tensors are looked for, and nothing is run: see [`pickle`](super::pickle).
//!
//! A file is a zip archive (`…/data.pkl`, and a file of numbers for each storage), or, before PyTorch 1.6 and on request
//! since, several pickles in a row with the numbers behind them (`_legacy_save` in PyTorch's `torch/serialization.py`).
//! What is saved may be a state dict, a checkpoint that holds one beside other things, or a whole module, whose tensors
//! are found by the names that its state dict would give them.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Display;
use std::io::{Read, Seek};

use super::MAX_FILE_BYTES;
use super::array::{Number, Stored};
use super::error::ImportFault;
use super::pickle::{Id, Pickle, Value};
use crate::archive::Archive;
use crate::bounds::brief;
use crate::network::MAX_PARAMETERS;

/// Most entries of an archive: a tensor and two moments of it for every layer, many times over.
const MAX_ENTRIES: usize = 4096;
/// Most bytes of the pickle, which holds no numbers of tensors.
const MAX_PICKLE_BYTES: u64 = 32 << 20;
/// Most tensors that are looked at, and most objects within objects.
const MAX_TENSORS: usize = 4096;
const MAX_DEPTH: usize = 32;
/// Values that all tensors have together: a network's, and an optimizer's two moments of it.
const MAX_VALUES: usize = 3 * MAX_PARAMETERS;
/// How a file begins that is no archive: a pickle of the number 0x1950a86a20f9469cfc6c.
pub(super) const LEGACY: &[u8] = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.";
/// Where checkpoints keep the state dict, most telling first.
const PLACES: [&str; 12] = [
    "model_state_dict",
    "state_dict",
    "model_state",
    "model",
    "net",
    "network",
    "module",
    "model_weights",
    "weights",
    "net_state_dict",
    "params",
    "classifier",
];

/// The tensors of an archive, in the order in which they were put in.
pub(super) fn archive(
    archive: &mut Archive<impl Read + Seek>,
    pickle: &str,
) -> Result<Vec<Stored<'static>>, ImportFault> {
    let folder = pickle.strip_suffix("data.pkl").unwrap_or_default();
    let order = format!("{folder}byteorder");
    if archive.has(&order) && archive.read(&order, 64)?.trim_ascii() != b"little" {
        return Err(fault("its numbers have their highest byte first"));
    }
    let bytes = archive.read(pickle, MAX_PICKLE_BYTES)?;
    let pickle = Pickle::read(&mut &bytes[..]).map_err(fault)?;
    let wanted = tensors(&pickle)?;
    let keys: BTreeSet<&str> = wanted.iter().map(|tensor| &*tensor.storage).collect();
    let mut storages = HashMap::new();
    let mut left = MAX_FILE_BYTES;
    for key in keys {
        let bytes = archive.read(&format!("{folder}data/{key}"), left)?;
        left -= bytes.len() as u64;
        storages.insert(key.to_owned(), bytes);
    }
    let storage = |tensor: &Described| storages.get(&tensor.storage).map(Vec::as_slice);
    stored(&wanted, storage)
}

/// Opens an archive, of Keras or of PyTorch.
pub(super) fn open(file: impl Read + Seek) -> Result<Archive<impl Read + Seek>, ImportFault> {
    Ok(Archive::open(file, MAX_ENTRIES)?)
}

/// The name of the pickle in an archive, if PyTorch wrote it.
pub(super) fn pickle_in(names: &[String]) -> Option<&str> {
    let mut pickles = names.iter().map(String::as_str);
    pickles.find(|name| *name == "data.pkl" || name.ends_with("/data.pkl"))
}

/// The tensors of a file that is no archive.
pub(super) fn legacy(bytes: &[u8]) -> Result<Vec<Stored<'_>>, ImportFault> {
    let mut rest = bytes;
    // The magic number, the version, and what the machine was like.
    for _ in 0..3 {
        Pickle::read(&mut rest).map_err(fault)?;
    }
    let pickle = Pickle::read(&mut rest).map_err(fault)?;
    let keys = Pickle::read(&mut rest).map_err(fault)?;
    let Value::List(keys_in_order) = keys.get(keys.root()) else {
        return Err(fault("its storages are not listed"));
    };
    let wanted = tensors(&pickle)?;
    let widths = widths(&pickle);
    let mut storages = HashMap::new();
    for key in keys_in_order {
        let key = keys.text(*key).unwrap_or_default();
        let cut = || fault("its numbers break off");
        let (count, after) = rest.split_first_chunk().ok_or_else(cut)?;
        let width = widths
            .get(key)
            .ok_or_else(|| fault("a storage that nothing uses"))?;
        let length = usize::try_from(u64::from_le_bytes(*count)).ok();
        let length = length.and_then(|count| count.checked_mul(*width));
        let parted = length.and_then(|length| after.split_at_checked(length));
        let (numbers, after) = parted.ok_or_else(cut)?;
        storages.insert(key.to_owned(), numbers);
        rest = after;
    }
    stored(&wanted, |tensor| storages.get(&tensor.storage).copied())
}

fn fault(reason: impl Display) -> ImportFault {
    ImportFault::Torch(reason.to_string())
}

/// A tensor as the pickle describes it.
struct Described {
    name: String,
    storage: String,
    number: Number,
    /// Of the first value, in values.
    offset: usize,
    dims: Vec<usize>,
    strides: Vec<usize>,
}

/// Copies the values of each tensor out of its storage, row by row.
fn stored<'a>(
    wanted: &[Described],
    storage: impl Fn(&Described) -> Option<&'a [u8]>,
) -> Result<Vec<Stored<'static>>, ImportFault> {
    let mut left = MAX_VALUES;
    let copied = wanted.iter().map(|tensor| {
        let damaged = || {
            fault(format!(
                "`{}` reaches beyond its numbers",
                brief(&tensor.name)
            ))
        };
        let numbers = storage(tensor).ok_or_else(damaged)?;
        let count = tensor
            .dims
            .iter()
            .try_fold(1_usize, |n, dim| n.checked_mul(*dim));
        let count = count.filter(|count| *count <= left);
        let count = count.ok_or(ImportFault::TooManyWeights(MAX_PARAMETERS))?;
        left -= count;
        let width = tensor.number.width();
        let mut bytes = Vec::with_capacity(count * width);
        let mut place = vec![0; tensor.dims.len()];
        for _ in 0..count {
            let steps = place.iter().zip(&tensor.strides);
            let at = steps.map(|(place, stride)| place * stride).sum::<usize>() + tensor.offset;
            let value = at
                .checked_mul(width)
                .and_then(|at| numbers.get(at..at + width));
            bytes.extend_from_slice(value.ok_or_else(damaged)?);
            for (place, dim) in place.iter_mut().zip(&tensor.dims).rev() {
                *place += 1;
                if *place < *dim {
                    break;
                }
                *place = 0;
            }
        }
        Ok(Stored {
            name: tensor.name.clone(),
            dims: tensor.dims.clone(),
            number: tensor.number.clone(),
            bytes: bytes.into(),
        })
    });
    copied.collect()
}

/// Bytes of a value in each storage that the pickle names, also of those that belong to no tensor that is wanted.
fn widths(pickle: &Pickle) -> HashMap<String, usize> {
    let storages = pickle.ids().filter_map(|id| storage(pickle, id));
    storages
        .map(|(key, number)| (key, number.width()))
        .collect()
}

/// The tensors of the state dict, wherever it is.
fn tensors(pickle: &Pickle) -> Result<Vec<Described>, ImportFault> {
    let root = pickle.root();
    let named = |place: &str| pickle.entry(root, place);
    let anywhere = match pickle.get(root) {
        Value::Dict(entries) => entries
            .iter()
            .filter(|(key, _)| pickle.text(*key).is_none_or(|key| !key.contains("optim")))
            .map(|(_, value)| *value)
            .collect(),
        Value::List(items) | Value::Tuple(items) => items.clone(),
        _ => Vec::new(),
    };
    let direct = Found::of(pickle, root, 0)?;
    if !direct.is_empty() {
        return Ok(direct);
    }
    for place in PLACES
        .into_iter()
        .filter_map(named)
        .chain(anywhere)
        .chain([root])
    {
        let found = Found::of(pickle, place, MAX_DEPTH)?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Err(ImportFault::NoWeights)
}

/// A walk through dictionaries and modules.
struct Found<'a> {
    pickle: &'a Pickle,
    tensors: Vec<Described>,
    /// Objects under way or done: a module may be in two places, and in itself.
    seen: BTreeSet<Id>,
}

impl Found<'_> {
    /// The tensors below `id`, through at most so many objects.
    fn of(pickle: &Pickle, id: Id, depth: usize) -> Result<Vec<Described>, ImportFault> {
        let mut found = Found {
            pickle,
            tensors: Vec::new(),
            seen: BTreeSet::new(),
        };
        found.below(id, "", depth)?;
        Ok(found.tensors)
    }

    fn below(&mut self, id: Id, path: &str, depth: usize) -> Result<(), ImportFault> {
        // A module's attributes are what it is built with.
        let entries = match self.pickle.get(id) {
            Value::Dict(entries) => entries,
            Value::Object(object) => match object.state.map(|state| self.pickle.get(state)) {
                Some(Value::Dict(entries)) => entries,
                _ => return Ok(()),
            },
            _ => return Ok(()),
        };
        if !self.seen.insert(id) {
            return Ok(());
        }
        for &(key, value) in entries {
            let Some(key) = self.pickle.text(key) else {
                continue;
            };
            // A module keeps its tensors and its parts in dictionaries of their own, which its state dict does not name.
            let is_inner = matches!(key, "_parameters" | "_buffers" | "_modules");
            let name = match (path, is_inner) {
                (path, true) => path.to_owned(),
                ("", false) => key.to_owned(),
                (path, false) => format!("{path}.{key}"),
            };
            if self.tensors.len() >= MAX_TENSORS {
                return Err(fault(format!("more than {MAX_TENSORS} tensors")));
            }
            match described(self.pickle, value, &name)? {
                Some(tensor) => self.tensors.push(tensor),
                None if depth > 0 => self.below(value, &name, depth - 1)?,
                None => {}
            }
        }
        Ok(())
    }
}

/// The tensor that a call of PyTorch's would make; `None` for anything else.
fn described(pickle: &Pickle, id: Id, name: &str) -> Result<Option<Described>, ImportFault> {
    let mut id = id;
    // A parameter around a tensor, a tensor of a class around that.
    for _ in 0..4 {
        let Value::Object(object) = pickle.get(id) else {
            return Ok(None);
        };
        let (Some(callable), Some(arguments)) = (
            pickle.global(object.callable),
            pickle.tuple(object.arguments),
        ) else {
            return Ok(None);
        };
        match callable {
            "torch._utils._rebuild_parameter" | "torch._utils._rebuild_parameter_with_state" => {
                let Some(&inner) = arguments.first() else {
                    break;
                };
                id = inner;
            }
            "torch._tensor._rebuild_from_type_v2" => {
                let (Some(&function), Some(&inner)) = (arguments.first(), arguments.get(2)) else {
                    break;
                };
                let function = pickle.global(function).unwrap_or_default();
                return rebuilt(
                    pickle,
                    function,
                    pickle.tuple(inner).unwrap_or_default(),
                    name,
                );
            }
            other => return rebuilt(pickle, other, arguments, name),
        }
    }
    Err(fault(format!(
        "`{}` is described in no way that is known",
        brief(name)
    )))
}

fn rebuilt(
    pickle: &Pickle,
    function: &str,
    arguments: &[Id],
    name: &str,
) -> Result<Option<Described>, ImportFault> {
    if !matches!(
        function,
        "torch._utils._rebuild_tensor"
            | "torch._utils._rebuild_tensor_v2"
            | "torch._utils._rebuild_tensor_v3"
    ) {
        return Ok(None);
    }
    let read = || {
        let [at, offset, dims, strides, ..] = arguments else {
            return None;
        };
        let (storage, mut number) = storage(pickle, *at)?;
        if function.ends_with("v3") {
            number = Number::of_torch(pickle.global(*arguments.get(6)?)?);
        }
        let (dims, strides) = (pickle.counts(*dims)?, pickle.counts(*strides)?);
        // No place in it is beyond what can be counted.
        let reach = dims
            .iter()
            .zip(&strides)
            .try_fold(pickle.count(*offset)?, |reach, (dim, stride)| {
                reach.checked_add(dim.checked_mul(*stride)?)
            });
        reach.filter(|_| dims.len() == strides.len())?;
        Some(Described {
            name: name.to_owned(),
            storage,
            number,
            offset: pickle.count(*offset)?,
            dims,
            strides,
        })
    };
    let damaged = || {
        fault(format!(
            "`{}` is described in no way that is known",
            brief(name)
        ))
    };
    read().map(Some).ok_or_else(damaged)
}

/// A storage by what names it: `("storage", torch.FloatStorage, key, where it was, length)`.
fn storage(pickle: &Pickle, id: Id) -> Option<(String, Number)> {
    let Value::Persistent(named) = pickle.get(id) else {
        return None;
    };
    match pickle.tuple(*named)? {
        // Before 1.6 a part of another storage was told by what comes last.
        [what, kind, key, _, _, rest @ ..]
            if pickle.text(*what) == Some("storage")
                && rest
                    .iter()
                    .all(|rest| matches!(pickle.get(*rest), Value::Other)) =>
        {
            let number = Number::of_torch(pickle.global(*kind)?);
            Some((pickle.text(*key)?.to_owned(), number))
        }
        _ => None,
    }
}
