//! The network that the shapes of some weights fit. Kernels, channels and units are read off them;
//! padding, pools and the size of the pictures are not, and are searched for: those that leave as many values as the first
//! dense layer takes.

use std::collections::HashSet;

use super::array::{self, Layout, Pair};
use super::error::ImportFault;
use super::note::Note;
use super::{Format, Imported};
use crate::dataset::PictureSize;
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
    let sizes = sizes(convs.first().map(|conv| conv.1), inputs)?;
    let mut channels = sizes[0].channels;
    for &(_, from, to) in &convs {
        if from != channels {
            return Err(ImportFault::NoOrder(names()));
        }
        channels = to;
    }
    if dense.windows(2).any(|pair| pair[0].1 != pair[1].0) {
        return Err(ImportFault::NoOrder(names()));
    }

    // Two pools in a row are rare, so they are tried only if nothing else fits, on pictures of any size.
    let tried = [1, 2]
        .into_iter()
        .flat_map(|pools| sizes.iter().map(move |size| (pools, *size)));
    let found = tried.map(|(most_pools, size)| {
        let mut search = Search {
            convs: &convs,
            channels: size.channels,
            inputs,
            pools,
            most_pools,
            stacks: Vec::new(),
            dead: HashSet::new(),
        };
        search.from(0, size.height, 0, &mut Vec::new());
        (size, search.stacks)
    });
    let (input, stacks) = found
        .into_iter()
        .find(|(_, stacks)| !stacks.is_empty())
        .unwrap_or_default();
    let Some((classes, hidden)) = dense.split_last() else {
        return Err(ImportFault::NoWeights);
    };
    let networks: Vec<NetworkSpec> = stacks
        .into_iter()
        .map(|mut layers| {
            layers.extend(hidden.iter().map(|&(_, units)| LayerSpec::dense(units)));
            NetworkSpec {
                layers,
                classes: classes.1,
                input,
                normalization: None,
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

/// The pictures that weights may be for, the likeliest first: by the channels that the first convolution takes, or by the inputs of
/// the first layer where that is dense.
fn sizes(channels: Option<usize>, inputs: usize) -> Result<Vec<PictureSize>, ImportFault> {
    match channels {
        Some(1) => Ok([28, 32, 64].map(PictureSize::grey).to_vec()),
        Some(3) => Ok([32, 64, 28, 96, 128].map(PictureSize::colour).to_vec()),
        Some(other) => Err(ImportFault::Channels(other)),
        None => {
            let side = |channels: usize| (inputs / channels).isqrt();
            let sizes = [PictureSize::grey(side(1)), PictureSize::colour(side(3))];
            let sizes = sizes
                .into_iter()
                .filter(|size| size.is_allowed() && size.len() == inputs);
            let sizes: Vec<PictureSize> = sizes.collect();
            if sizes.is_empty() {
                return Err(ImportFault::NoneFits(inputs));
            }
            Ok(sizes)
        }
    }
}

struct Search<'a> {
    /// Kernel, input channels and filters.
    convs: &'a [(usize, usize, usize)],
    /// Channels of the pictures.
    channels: usize,
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
                    Padding::Same | Padding::Pixels(_) => 0,
                };
                let mut side = side.saturating_sub(lost);
                let length = stack.len();
                stack.push(LayerSpec::conv(filters, kernel, padding));
                for more in 0..=self.most_pools {
                    if more > 0 {
                        side /= 2;
                        stack.push(LayerSpec::MAX_POOL);
                    }
                    if side == 0 || self.stacks.len() > LISTED {
                        break;
                    }
                    self.from(done + 1, side, pools + more, stack);
                }
                stack.truncate(length);
            }
        } else {
            let channels = self.convs.last().map_or(self.channels, |conv| conv.2);
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
