//! Ablation: what is left of a network without some of its filters.

use std::collections::BTreeSet;

use candle_core::{Device, Tensor};

use super::test_set::{TestSetError, is_conv, not_a_convolution};
use crate::network::{LayerKind, Model};

/// Filters that are switched off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ablation {
    off: BTreeSet<(usize, usize)>,
}

impl Ablation {
    /// Whether every filter is on.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.off.is_empty()
    }

    /// How many filters are off.
    #[must_use]
    pub fn len(&self) -> usize {
        self.off.len()
    }

    /// Whether this filter is off; `layer` is an index into [`Model::layers`].
    #[must_use]
    pub fn contains(&self, layer: usize, filter: usize) -> bool {
        self.off.contains(&(layer, filter))
    }

    /// Switches a filter off, or on again.
    pub fn set(&mut self, layer: usize, filter: usize, off: bool) {
        if off {
            self.off.insert((layer, filter));
        } else {
            self.off.remove(&(layer, filter));
        }
    }

    /// The filters that are off in one layer, in ascending order.
    pub fn of_layer(&self, layer: usize) -> impl Iterator<Item = usize> + '_ {
        let range = self.off.range((layer, 0)..=(layer, usize::MAX));
        range.map(|&(_, filter)| filter)
    }

    /// Forgets the filters that `model`, another network perhaps, does not have.
    pub fn keep_within(&mut self, model: &Model) {
        self.off
            .retain(|&(layer, filter)| check(model, layer, filter).is_ok());
    }
}

impl FromIterator<(usize, usize)> for Ablation {
    /// From pairs of layer and filter.
    fn from_iter<I: IntoIterator<Item = (usize, usize)>>(pairs: I) -> Self {
        Self {
            off: pairs.into_iter().collect(),
        }
    }
}

/// The network with some filters switched off: their maps are what the activation makes of zero, which is zero but for the sigmoids, for
/// any picture.
///
/// Kernel and bias of a filter that is off are zeros in a copy, which comes to the same; where a batch normalization follows, γ and β of
/// its channel too, as it would move the zeros. All other
/// weights are shared with `model`, whose own are not touched. The result is a network like any
/// other, so that every question can be asked of it.
///
/// # Errors
/// A filter that the network does not have.
pub fn ablated(model: &Model, ablation: &Ablation) -> Result<Model, TestSetError> {
    for &(layer, filter) in &ablation.off {
        check(model, layer, filter)?;
    }
    let mut tensors = Vec::new();
    let mut off: Vec<usize> = Vec::new();
    for (index, layer) in model.layers().iter().enumerate() {
        match layer.kind {
            LayerKind::Conv { .. } => off = ablation.of_layer(index).collect(),
            // Behind the convolution that they belong to.
            LayerKind::BatchNorm { .. } | LayerKind::Dropout { .. } | LayerKind::Activation(_) => {}
            LayerKind::Pool { .. }
            | LayerKind::GlobalPool { .. }
            | LayerKind::Dense { .. }
            | LayerKind::Output
            | LayerKind::Branch
            | LayerKind::Join(_) => off.clear(),
        }
        let Some(p) = model.parameters(index) else {
            continue;
        };
        tensors.push(without_columns(&p.weight, &off)?);
        if let Some(bias) = &p.bias {
            tensors.push(without_columns(bias, &off)?);
        }
        tensors.extend(p.running.iter().flatten().cloned());
    }
    Ok(model.with_tensors(tensors)?)
}

/// The tensor with these indices of its last dimension set to zero; itself where there are none.
fn without_columns(tensor: &Tensor, off: &[usize]) -> candle_core::Result<Tensor> {
    if off.is_empty() {
        return Ok(tensor.clone());
    }
    let mut values = tensor.flatten_all()?.to_vec1::<f32>()?;
    let columns = tensor.dims().last().copied().unwrap_or(1);
    for row in values.chunks_exact_mut(columns) {
        for &column in off {
            row[column] = 0.0;
        }
    }
    Tensor::from_vec(values, tensor.shape(), &Device::Cpu)
}

fn check(model: &Model, layer: usize, filter: usize) -> Result<(), TestSetError> {
    let Some(found) = model.layers().get(layer) else {
        return Err(not_a_convolution(model, &(layer + 1).to_string()));
    };
    if !is_conv(found) {
        return Err(not_a_convolution(model, &found.name));
    }
    let filters = found.map_shape().map_or(0, |(channels, _, _)| channels);
    if filter < filters {
        Ok(())
    } else {
        Err(TestSetError::NoSuchFilter {
            layer: found.name.clone(),
            filter,
            filters,
        })
    }
}
