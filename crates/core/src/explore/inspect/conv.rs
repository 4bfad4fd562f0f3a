//! A convolution's value: the products of patch and kernel, summed channel by channel.

use std::ops::Range;

use candle_core::{Result, Tensor};

use super::product;
use crate::explore::Region;
use crate::network::{Activation, Window};

/// `Σ patch · kernel + bias`, then the activation.
#[derive(Clone, Debug)]
pub struct ConvSum {
    /// Rows of the kernel.
    pub rows: usize,
    /// Columns of the kernel.
    pub columns: usize,
    /// Cells from one weight's place to the next, in rows and columns.
    pub dilation: [usize; 2],
    /// The cells of the input under the kernel, its holes among them; with padding it may reach beyond the map.
    pub patch: Region,
    /// The input channels, the largest contribution (by magnitude) first.
    pub channels: Vec<ChannelSum>,
    /// The sum of all products.
    pub sum: f64,
    /// The filter's bias.
    pub bias: f32,
    /// `sum + bias`.
    pub before_relu: f64,
    /// What comes behind.
    pub activation: Activation,
}

impl ConvSum {
    /// Row and column of the input under a weight, which has its place among [`ChannelSum::kernel`].
    #[must_use]
    pub fn cell(&self, place: usize) -> (isize, isize) {
        let (row, column) = (place / self.columns, place % self.columns);
        (
            self.patch.row + (row * self.dilation[0]) as isize,
            self.patch.column + (column * self.dilation[1]) as isize,
        )
    }
}

/// What one input channel contributes.
#[derive(Clone, Debug)]
pub struct ChannelSum {
    /// The input channel.
    pub channel: usize,
    /// `rows × columns` values of the input, row by row; 0 in the padding.
    pub patch: Vec<f32>,
    /// The filter's slice for this channel, `rows × columns`, row by row.
    pub kernel: Vec<f32>,
    /// The sum of their products.
    pub sum: f64,
}

/// A filter of a convolution.
pub(super) struct Filter {
    /// `(rows, columns, channels)`.
    pub weights: Vec<f32>,
    pub bias: f32,
    pub window: Window,
    /// The input channels that it sees: all, or those of its group.
    pub channels: Range<usize>,
    pub activation: Activation,
}

/// `below (1, height, width, channels)`.
pub(super) fn conv_sum(below: &Tensor, patch: Region, filter: &Filter) -> Result<ConvSum> {
    let (_, height, width, all) = below.dims4()?;
    let inside = patch.cut(height, width);
    let cells = below
        .narrow(1, inside.rows().start, inside.height)?
        .narrow(2, inside.columns().start, inside.width)?;
    let cells: Vec<f32> = cells.flatten_all()?.to_vec1()?;
    let [rows, columns] = filter.window.size;
    let mut result = ConvSum {
        rows,
        columns,
        dilation: filter.window.dilation,
        patch,
        channels: Vec::new(),
        sum: 0.0,
        bias: filter.bias,
        before_relu: 0.0,
        activation: filter.activation,
    };
    let each = filter.channels.len();
    let mut sums: Vec<ChannelSum> = filter
        .channels
        .clone()
        .enumerate()
        .map(|(slice, channel)| {
            let value = |place: usize| {
                let (row, column) = result.cell(place);
                let (row, column) = (usize::try_from(row).ok()?, usize::try_from(column).ok()?);
                let is_inside = inside.contains(row, column);
                let (y, x) = (
                    row - inside.rows().start.min(row),
                    column - inside.columns().start.min(column),
                );
                is_inside.then(|| cells[(y * inside.width + x) * all + channel])
            };
            let patch: Vec<f32> = (0..rows * columns)
                .map(|place| value(place).unwrap_or(0.0))
                .collect();
            let kernel = filter.weights.iter().skip(slice).step_by(each).copied();
            let kernel: Vec<f32> = kernel.collect();
            let pairs = patch.iter().zip(&kernel);
            ChannelSum {
                channel,
                sum: pairs.map(|(x, w)| product(*x, *w)).sum(),
                patch,
                kernel,
            }
        })
        .collect();
    result.sum = sums.iter().map(|channel| channel.sum).sum();
    result.before_relu = result.sum + f64::from(filter.bias);
    // Stable: of equal contributions the lower channel comes first.
    sums.sort_by(|a, b| b.sum.abs().total_cmp(&a.sum.abs()));
    result.channels = sums;
    Ok(result)
}
