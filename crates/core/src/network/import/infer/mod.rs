//! The network that the shapes of some weights fit. Kernels, channels and units are read off them;
//! padding, strides, pools and the size of the pictures are not, and are searched for: those that leave as many values as the first
//! dense layer takes. Which activation a layer has, and whether a pool takes the largest value or the mean, no shape tells at all.

mod norms;
mod search;
mod unshaped;
mod weighted;

use super::array::{self, Layout, Pair};
use super::error::ImportFault;
use super::note::Note;
use super::{Format, Imported};
use crate::network::{NetworkSpec, pytorch_layout};
use weighted::Weighted;

pub(super) use norms::behind;

/// What a file of weights says of layers that have none.
#[derive(Clone, Copy, Default)]
pub(super) struct Told {
    /// How many pools there are, if that is known.
    pub pools: Option<usize>,
    /// Whether the pools take means.
    pub averages: bool,
    /// Whether there is a mean of whole maps.
    pub has_means: bool,
}

/// Opens weights in this order, in the network asked for or else the usual one that they fit.
pub(super) fn open(
    pairs: Vec<Pair>,
    layout: Layout,
    told: Told,
    asked: Option<&NetworkSpec>,
    format: Format,
    note: Option<Note>,
) -> Result<Imported, ImportFault> {
    let mut notes: Vec<Note> = note.into_iter().collect();
    let spec = if let Some(spec) = asked {
        spec.clone()
    } else {
        let found = Weighted::of(&pairs, layout)?.networks(layout, told)?;
        notes.push(Note::Inferred {
            network: found.network.clone(),
            others: found.others,
        });
        found.network
    };
    let layers = spec.plan().map_err(ImportFault::Network)?;
    let shapes = layers.iter().filter_map(pytorch_layout::shapes);
    let without = pairs.iter().zip(shapes).filter(|(pair, shapes)| {
        pair.bias.is_none() && shapes.bias.is_some() && shapes.running.is_none()
    });
    notes.extend(without.map(|(pair, _)| Note::NoBias(pair.name.clone())));
    let model = array::model(&spec, pairs, layout)?;
    Ok(Imported {
        says_pixels: spec.normalization.is_some() || notes.contains(&Note::Rescaling),
        model,
        format,
        notes,
    })
}
