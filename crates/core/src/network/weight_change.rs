//! Weights changed by hand.

use candle_core::{Result, Tensor};

use super::layer::LayerKind;
use super::model::Model;
use super::parameters::Parameters;

/// A change to one filter of a convolution.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightChange {
    /// The convolution's place in [`Model::layers`].
    pub layer: usize,
    /// Its filter.
    pub filter: usize,
    /// What becomes of it.
    pub to: ChangedTo,
}

/// What becomes of a filter.
#[derive(Clone, Debug, PartialEq)]
pub enum ChangedTo {
    /// One weight is this.
    Weight {
        /// Slice of the filter: the channel of the input, of a grouped convolution counted within the group.
        channel: usize,
        /// Row and column of the kernel.
        tap: [usize; 2],
        /// The weight.
        value: f32,
    },
    /// Every slice, or that of one channel, is these, row by row.
    Slices {
        /// Which one; `None` for all.
        channel: Option<usize>,
        /// As many as the kernel has places.
        values: Vec<f32>,
    },
    /// The bias is this.
    Bias(f32),
}

impl Model {
    /// The same network with these changes, one after another; nothing is shared with this one but the tensors that stay as they are.
    ///
    /// # Errors
    /// A layer that is no convolution, or a filter, channel or place that it does not have.
    pub fn changed(&self, changes: &[WeightChange]) -> Result<Self> {
        let mut parameters: Vec<Option<Parameters>> = (0..self.layers().len())
            .map(|layer| self.parameters(layer).cloned())
            .collect();
        for change in changes {
            let layer = self.layers().get(change.layer);
            let is_conv = layer.is_some_and(|layer| matches!(layer.kind, LayerKind::Conv { .. }));
            match parameters.get_mut(change.layer) {
                Some(Some(learnt)) if is_conv => apply(learnt, change)?,
                _ => candle_core::bail!("layer {} is no convolution", change.layer),
            }
        }
        Self::from_parameters(self.spec(), parameters.into_iter().flatten().collect())
    }
}

fn apply(learnt: &mut Parameters, change: &WeightChange) -> Result<()> {
    let (rows, columns, channels, filters) = learnt.weight.dims4()?;
    let filter = change.filter;
    let missing = || candle_core::Error::msg(format!("there is no such place: {change:?}"));
    if filter >= filters {
        return Err(missing());
    }
    if let ChangedTo::Bias(value) = change.to {
        let Some(bias) = &learnt.bias else {
            return Err(missing());
        };
        learnt.bias = Some(with(bias, |biases| biases[filter] = value)?);
        return Ok(());
    }
    let at = |row: usize, column: usize, channel: usize| {
        ((row * columns + column) * channels + channel) * filters + filter
    };
    let places: Vec<(usize, f32)> = match &change.to {
        ChangedTo::Weight {
            channel,
            tap: [row, column],
            value,
        } => {
            if *channel >= channels || *row >= rows || *column >= columns {
                return Err(missing());
            }
            vec![(at(*row, *column, *channel), *value)]
        }
        ChangedTo::Slices { channel, values } => {
            if values.len() != rows * columns || channel.is_some_and(|channel| channel >= channels)
            {
                return Err(missing());
            }
            let of = channel.map_or(0..channels, |channel| channel..channel + 1);
            let slices = of.flat_map(|channel| {
                let values = values.iter().enumerate();
                values
                    .map(move |(place, value)| (place / columns, place % columns, channel, *value))
            });
            slices
                .map(|(row, column, channel, value)| (at(row, column, channel), value))
                .collect()
        }
        ChangedTo::Bias(_) => Vec::new(),
    };
    learnt.weight = with(&learnt.weight, |weights| {
        for (place, value) in places {
            weights[place] = value;
        }
    })?;
    Ok(())
}

/// A copy in which something is changed.
fn with(tensor: &Tensor, change: impl FnOnce(&mut [f32])) -> Result<Tensor> {
    let mut values: Vec<f32> = tensor.flatten_all()?.to_vec1()?;
    change(&mut values);
    Tensor::from_vec(values, tensor.shape(), tensor.device())
}
