//! State dicts of PyTorch modules: `0.weight`, `conv1.weight`, `features.3.bias`, `bn1.running_mean`, ….

use std::collections::BTreeMap;

use safetensors::SafeTensors;
use safetensors::tensor::Dtype;

use super::array::{Array, Layout, Number, Pair, Stored};
use super::error::ImportFault;
use super::infer::{self, Told};
use super::{Format, Imported};
use crate::bounds::brief;
use crate::network::{MAX_LAYERS, NetworkSpec, SpecError, SpecFault};

/// Steps of the search for an order of the layers.
const MAX_STEPS: usize = 20_000;
/// Longest name of a tensor, in bytes.
const MAX_NAME: usize = 200;
/// Most dimensions of a tensor.
const MAX_DIMS: usize = 8;

/// Opens the tensors of a state dict in safetensors, which keep no order.
pub(super) fn safetensors(
    file: &SafeTensors<'_>,
    asked: Option<&NetworkSpec>,
) -> Result<Imported, ImportFault> {
    // In an order of its own, which decides what is found fault with.
    let views: BTreeMap<_, _> = file.tensors().into_iter().collect();
    let tensors = views.iter().map(|(name, view)| Stored {
        name: name.clone(),
        dims: view.shape().to_vec(),
        number: match view.dtype() {
            Dtype::F16 => Number::F16,
            Dtype::BF16 => Number::Bf16,
            Dtype::F32 => Number::F32,
            Dtype::F64 => Number::F64,
            other => Number::Other(format!("{other:?}"), 1),
        },
        bytes: view.data().into(),
    });
    let pairs = pairs(&tensors.collect::<Vec<_>>())?;
    open(ordered(pairs, false)?, asked, Format::PyTorch)
}

/// Opens the tensors of a state dict of `torch.save`, in which modules stand as they were defined.
pub(super) fn torch_save(
    tensors: &[Stored<'_>],
    asked: Option<&NetworkSpec>,
) -> Result<Imported, ImportFault> {
    open(ordered(pairs(tensors)?, true)?, asked, Format::TorchSave)
}

fn open(
    pairs: Vec<Pair>,
    asked: Option<&NetworkSpec>,
    format: Format,
) -> Result<Imported, ImportFault> {
    infer::open(pairs, Layout::PyTorch, Told::default(), asked, format, None)
}

/// What every module has learnt, in the order of the tensors.
fn pairs(tensors: &[Stored<'_>]) -> Result<Vec<Pair>, ImportFault> {
    let mut modules: Vec<(&str, BTreeMap<&str, Array>)> = Vec::new();
    for tensor in tensors {
        let (name, dims) = (&tensor.name, &tensor.dims);
        let foreign = || ImportFault::Foreign {
            tensor: brief(name),
            dims: dims.iter().take(MAX_DIMS).copied().collect(),
        };
        if name.len() > MAX_NAME || dims.len() > MAX_DIMS {
            return Err(foreign());
        }
        let (module, part) = name.rsplit_once('.').unwrap_or(("", name.as_str()));
        match (part, dims.len()) {
            ("weight", 1 | 2 | 4) | ("bias" | "running_mean" | "running_var", 1) => {}
            // How many batches the mean and the variance are of.
            ("num_batches_tracked", _) => continue,
            _ => return Err(foreign()),
        }
        // A file has the tensors of a module together, or else in the order of their names.
        let known = modules.iter().rposition(|(known, _)| *known == module);
        let place = known.unwrap_or_else(|| {
            modules.push((module, BTreeMap::new()));
            modules.len() - 1
        });
        modules[place].1.insert(part, tensor.array()?);
        // A norm for each layer at most.
        if modules.len() > 2 * (MAX_LAYERS + 1) {
            return Err(ImportFault::Network(SpecError {
                layer: MAX_LAYERS,
                name: module.to_owned(),
                fault: SpecFault::TooManyLayers(modules.len() - 1),
            }));
        }
    }
    if modules.is_empty() {
        return Err(ImportFault::NoWeights);
    }
    modules.into_iter().map(pair).collect()
}

/// What one module has learnt.
fn pair((name, mut parts): (&str, BTreeMap<&str, Array>)) -> Result<Pair, ImportFault> {
    let foreign = |array: Array| ImportFault::Foreign {
        tensor: array.name,
        dims: array.dims,
    };
    let running = match (parts.remove("running_mean"), parts.remove("running_var")) {
        (Some(alone), None) | (None, Some(alone)) => return Err(foreign(alone)),
        (mean, variance) => mean.zip(variance),
    };
    let bias = parts.remove("bias");
    let weight = match (parts.remove("weight"), &running) {
        // Of a norm without γ and β.
        (None, Some((mean, _))) => Some(Array {
            name: format!("{name}.weight"),
            dims: mean.dims.clone(),
            values: vec![1.0; mean.values.len()],
        }),
        (weight, _) => weight,
    };
    match weight {
        // One value a channel and no mean of them: another kind of norm, or an activation that learns.
        Some(weight) if (weight.dims.len() == 1) != running.is_some() => Err(foreign(weight)),
        Some(weight) => Ok(Pair {
            name: name.to_owned(),
            weight,
            bias,
            running: running.map(|(mean, variance)| [mean, variance]),
        }),
        None => Err(bias.map_or(ImportFault::NoWeights, foreign)),
    }
}

/// The modules in the order they are applied: see [`layers`], with each batch normalization behind its layer.
fn ordered(mut pairs: Vec<Pair>, as_defined: bool) -> Result<Vec<Pair>, ImportFault> {
    if !as_defined {
        pairs.sort_by_key(|pair| natural(&pair.name));
    }
    let norms = (0..pairs.len()).filter(|&place| pairs[place].is_norm());
    let owners = norms.map(|place| Some(owner(&pairs, place, as_defined)?.name.clone()));
    let owners: Option<Vec<String>> = owners.collect();
    let (norms, others) = pairs.into_iter().partition(Pair::is_norm);
    infer::behind(layers(others, as_defined)?, norms, owners, Layout::PyTorch)
}

/// The layer that the normalization at this place belongs to, as far as names say it: `conv1` of `bn1`, `block.conv` of `block.bn`, the
/// module before it in a `Sequential`, or the one defined before it.
fn owner(pairs: &[Pair], place: usize, as_defined: bool) -> Option<&Pair> {
    let norm = &pairs[place];
    let split = |name: &'_ str| -> (String, String) {
        let (module, own) = name.rsplit_once('.').unwrap_or(("", name));
        (module.to_owned(), own.to_owned())
    };
    let numbers = |own: &str| -> Vec<u64> {
        let has_digit = own.contains(|c: char| c.is_ascii_digit());
        let parts = natural(own).into_iter().map(|(_, number)| number);
        parts.filter(|_| has_digit).collect()
    };
    let (module, own) = split(&norm.name);
    let fits = |pair: &&Pair| {
        !pair.is_norm() && pair.outputs(Layout::PyTorch) == norm.weight.dims.first().copied()
    };
    let before = place.checked_sub(1).map(|place| &pairs[place]).filter(fits);
    let siblings: Vec<&Pair> = pairs.iter().filter(fits).collect();
    let siblings = siblings
        .into_iter()
        .filter(|pair| split(&pair.name).0 == module);
    if own.parse::<u64>().is_ok() {
        return before.filter(|pair| split(&pair.name).0 == module);
    }
    let (same, others): (Vec<&Pair>, Vec<&Pair>) =
        siblings.partition(|pair| numbers(&split(&pair.name).1) == numbers(&own));
    match (&same[..], &others[..]) {
        ([one], _) | ([], [one]) => Some(one),
        _ => before.filter(|_| as_defined),
    }
}

/// The modules in the order they are applied, which no file is sure to keep: convolutions before dense
/// layers, each taking what the one before gives. Where that leaves several orders, it is the one
/// in which they were defined, or else the numbers in the names decide, if the names differ by numbers alone.
fn layers(pairs: Vec<Pair>, as_defined: bool) -> Result<Vec<Pair>, ImportFault> {
    let names = || pairs.iter().map(|pair| pair.name.clone()).collect();
    let mut by_number: Vec<usize> = (0..pairs.len()).collect();
    by_number.sort_by_key(|&index| {
        let is_dense = pairs[index].dense(Layout::PyTorch).is_some();
        let number = (!as_defined).then(|| natural(&pairs[index].name));
        (is_dense, number)
    });
    let ends = by_number.iter().map(|&index| End::of(&pairs[index]));
    let mut search = Orders {
        ends: ends.collect(),
        by_channel: false,
        found: Vec::new(),
        steps: 0,
    };
    search.from(&mut Vec::new());
    if search.found.is_empty() {
        search.by_channel = true;
        search.steps = 0;
        search.from(&mut Vec::new());
    }
    let order = match &search.found[..] {
        [] => return Err(no_order(&search.ends, names())),
        [only] if search.steps <= MAX_STEPS => only.clone(),
        // The first found is the one they were sorted by, if it is an order at all.
        [first, ..] if first.is_sorted() && (as_defined || numbered(&pairs)) => first.clone(),
        _ => return Err(ImportFault::SeveralOrders(names())),
    };
    let mut pairs: Vec<Option<Pair>> = pairs.into_iter().map(Some).collect();
    let taken = order
        .into_iter()
        .filter_map(|at| pairs[by_number[at]].take());
    Ok(taken.collect())
}

/// Why layers do not follow from one another.
fn no_order(ends: &[End], names: Vec<String>) -> ImportFault {
    let convs = || ends.iter().filter(|end| !end.dense);
    // The first one takes what none gives.
    let first = convs().find(|end| convs().all(|other| other.to != end.from));
    match first {
        Some(end)
            if ![1, 3].contains(&end.from) && convs().all(|end| ![1, 3].contains(&end.from)) =>
        {
            ImportFault::Channels(end.from)
        }
        _ => ImportFault::NoOrder(names),
    }
}

/// What a layer takes and gives: channels, or inputs and units.
struct End {
    dense: bool,
    from: usize,
    to: usize,
}

impl End {
    fn of(pair: &Pair) -> Self {
        let conv = || {
            let side = |at: usize| pair.weight.dims.get(at).copied().unwrap_or(0);
            (side(1), side(0))
        };
        let dense = pair.dense(Layout::PyTorch);
        let (from, to) = dense.unwrap_or_else(conv);
        Self {
            dense: dense.is_some(),
            from,
            to,
        }
    }
}

struct Orders {
    ends: Vec<End>,
    /// Whether convolutions that take one channel may be depthwise ones: of grey pictures the first one takes one too.
    by_channel: bool,
    /// The first two orders.
    found: Vec<Vec<usize>>,
    steps: usize,
}

impl Orders {
    fn from(&mut self, order: &mut Vec<usize>) {
        self.steps += 1;
        if order.len() == self.ends.len() {
            self.found.push(order.clone());
        }
        for next in 0..self.ends.len() {
            if self.found.len() > 1 || self.steps > MAX_STEPS {
                return;
            }
            let end = &self.ends[next];
            let follows = match order.last().map(|&last| &self.ends[last]) {
                None if end.dense => self.ends.iter().all(|end| end.dense),
                None => [1, 3].contains(&end.from),
                // How many values a map has left when it is flattened is for `infer` to find out.
                Some(last) if end.dense && !last.dense => {
                    let convs = self.ends.iter().filter(|end| !end.dense).count();
                    order.len() == convs && last.to > 0 && end.from.is_multiple_of(last.to)
                }
                Some(last) => {
                    let is_depthwise = self.by_channel
                        && end.from == 1
                        && last.to > 0
                        && end.to.is_multiple_of(last.to);
                    last.dense == end.dense && (last.to == end.from || !end.dense && is_depthwise)
                }
            };
            if follows && !order.contains(&next) {
                order.push(next);
                self.from(order);
                order.pop();
            }
        }
    }
}

/// A name with its numbers as numbers, so that 10 follows 9.
fn natural(name: &str) -> Vec<(String, u64)> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let text = rest
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(text);
        let digits = after
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(after.len());
        let (number, after) = after.split_at(digits);
        parts.push((word.to_owned(), number.parse().unwrap_or(0)));
        rest = after;
    }
    parts
}

/// Whether the names of the convolutions differ by numbers alone, and those of the dense layers.
fn numbered(pairs: &[Pair]) -> bool {
    let words = |dense: bool| {
        let kind = pairs
            .iter()
            .filter(move |pair| pair.dense(Layout::PyTorch).is_some() == dense);
        let words = kind.map(|pair| {
            let parts = natural(&pair.name).into_iter();
            parts.map(|(word, _)| word).collect::<Vec<_>>()
        });
        words.collect::<std::collections::BTreeSet<_>>()
    };
    words(false).len() < 2 && words(true).len() < 2
}
