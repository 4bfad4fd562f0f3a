//! The network that the shapes of some weights fit. Kernels, channels and units are read off them;
//! padding and pools are not, and are searched for: those that leave as many values as the first
//! dense layer takes.

use std::collections::HashSet;

use super::array::{self, Layout, Pair};
use super::error::ImportFault;
use super::note::Note;
use super::{Format, Imported};
use crate::dataset::IMAGE_SIDE;
use crate::network::{LayerSpec, MAX_LAYERS, NetworkSpec, Padding};

/// Networks that an error lists.
const LISTED: usize = 6;

/// Opens weights in this order, in the network asked for or else the one that they fit.
pub(super) fn open(
    pairs: Vec<Pair>,
    layout: Layout,
    pools: Option<usize>,
    asked: Option<&NetworkSpec>,
    format: Format,
    note: Option<Note>,
) -> Result<Imported, ImportFault> {
    let without_bias = pairs.iter().filter(|pair| pair.bias.is_none());
    let mut notes: Vec<Note> = without_bias
        .map(|pair| Note::NoBias(pair.name.clone()))
        .chain(note)
        .collect();
    let spec = if let Some(spec) = asked {
        spec.clone()
    } else {
        let spec = network(&pairs, layout, pools)?;
        notes.push(Note::Inferred(spec.clone()));
        spec
    };
    Ok(Imported {
        model: array::model(&spec, pairs, layout)?,
        format,
        notes,
    })
}

/// The one network that weights in this order fit. `pools` is their number, if known.
///
/// # Errors
/// [`ImportFault::NoneFits`], [`ImportFault::Several`], or weights that are no stack.
fn network(
    pairs: &[Pair],
    layout: Layout,
    pools: Option<usize>,
) -> Result<NetworkSpec, ImportFault> {
    let names = || pairs.iter().map(|pair| pair.name.clone()).collect();
    let mut convs = Vec::new();
    let mut dense = Vec::new();
    for pair in pairs {
        if let (Some(conv), true) = (pair.conv(layout), dense.is_empty()) {
            convs.push(conv);
        } else if let Some(units) = pair.dense(layout) {
            dense.push(units);
        } else {
            return Err(ImportFault::Foreign {
                tensor: pair.weight.name.clone(),
                dims: pair.weight.dims.clone(),
            });
        }
    }
    let Some(&(inputs, _)) = dense.first() else {
        return Err(ImportFault::NoWeights);
    };
    if let Some(&(_, from, _)) = convs.first().filter(|(_, from, _)| *from > 1) {
        return Err(ImportFault::Channels(from));
    }
    let mut channels = 1;
    for &(_, from, to) in &convs {
        if from != channels {
            return Err(ImportFault::NoOrder(names()));
        }
        channels = to;
    }
    if dense.windows(2).any(|pair| pair[0].1 != pair[1].0) {
        return Err(ImportFault::NoOrder(names()));
    }

    let mut search = Search {
        convs: &convs,
        inputs,
        pools,
        most_pools: 1,
        stacks: Vec::new(),
        dead: HashSet::new(),
    };
    search.from(0, IMAGE_SIDE, 0, &mut Vec::new());
    if search.stacks.is_empty() && !convs.is_empty() {
        // Two pools in a row are rare, so they are tried only if nothing else fits.
        search.most_pools = 2;
        search.dead.clear();
        search.from(0, IMAGE_SIDE, 0, &mut Vec::new());
    }
    let Some((classes, hidden)) = dense.split_last() else {
        return Err(ImportFault::NoWeights);
    };
    let networks: Vec<NetworkSpec> = search
        .stacks
        .into_iter()
        .map(|mut layers| {
            layers.extend(hidden.iter().map(|&(_, units)| LayerSpec::Dense { units }));
            NetworkSpec {
                layers,
                classes: classes.1,
            }
        })
        .collect();
    match &networks[..] {
        [] => Err(ImportFault::NoneFits(inputs)),
        [one] => {
            one.plan().map_err(ImportFault::Network)?;
            Ok(one.clone())
        }
        several => Err(ImportFault::Several {
            candidates: several[..several.len().min(LISTED)].to_vec(),
            more: several.len() > LISTED,
        }),
    }
}

struct Search<'a> {
    /// Kernel, input channels and filters.
    convs: &'a [(usize, usize, usize)],
    /// What the first dense layer takes.
    inputs: usize,
    pools: Option<usize>,
    /// Most pools after one convolution.
    most_pools: usize,
    stacks: Vec<Vec<LayerSpec>>,
    /// Convolutions done, side and pools from which nothing fits: each is tried once, so that the
    /// search stays small however many layers there are.
    dead: HashSet<(usize, usize, usize)>,
}

impl Search<'_> {
    /// All ways to go on after `done` convolutions, with maps of `side` rows and columns.
    fn from(&mut self, done: usize, side: usize, pools: usize, stack: &mut Vec<LayerSpec>) {
        if self.dead.contains(&(done, side, pools)) || stack.len() > MAX_LAYERS {
            return;
        }
        let before = self.stacks.len();
        if let Some(&(kernel, _, filters)) = self.convs.get(done) {
            // A kernel of one has no border.
            let paddings: &[Padding] = match kernel {
                1 => &[Padding::Valid],
                _ => &[Padding::Valid, Padding::Same],
            };
            for &padding in paddings {
                let lost = match padding {
                    Padding::Valid => kernel.saturating_sub(1),
                    Padding::Same => 0,
                };
                let mut side = side.saturating_sub(lost);
                let length = stack.len();
                stack.push(LayerSpec::Conv {
                    filters,
                    kernel,
                    padding,
                });
                for more in 0..=self.most_pools {
                    if more > 0 {
                        side /= 2;
                        stack.push(LayerSpec::MaxPool);
                    }
                    if side == 0 || self.stacks.len() > LISTED {
                        break;
                    }
                    self.from(done + 1, side, pools + more, stack);
                }
                stack.truncate(length);
            }
        } else {
            let channels = self.convs.last().map_or(1, |conv| conv.2);
            let fits = (side * side).checked_mul(channels) == Some(self.inputs);
            if fits && self.pools.is_none_or(|known| known == pools) {
                self.stacks.push(stack.clone());
            }
        }
        if self.stacks.len() == before {
            self.dead.insert((done, side, pools));
        }
    }
}
