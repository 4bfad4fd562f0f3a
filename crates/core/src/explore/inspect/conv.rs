//! A convolution's value: the products of patch and kernel, summed channel by channel.

use candle_core::{Result, Tensor};

use super::product;
use crate::explore::Region;

/// `Σ patch · kernel + bias`, then ReLU.
#[derive(Clone, Debug)]
pub struct ConvSum {
    /// Side of the kernel.
    pub kernel: usize,
    /// The cells of the input under the kernel; with padding it may reach beyond the map.
    pub patch: Region,
    /// The input channels, the largest contribution (by magnitude) first.
    pub channels: Vec<ChannelSum>,
    /// The sum of all products.
    pub sum: f64,
    /// The filter's bias.
    pub bias: f32,
    /// `sum + bias`.
    pub before_relu: f64,
}

/// What one input channel contributes.
#[derive(Clone, Debug)]
pub struct ChannelSum {
    /// The input channel.
    pub channel: usize,
    /// `kernel × kernel` values of the input, row by row; 0 in the padding.
    pub patch: Vec<f32>,
    /// The filter's slice for this channel, `kernel × kernel`, row by row.
    pub kernel: Vec<f32>,
    /// The sum of their products.
    pub sum: f64,
}

/// `below (1, height, width, channels)`, `filter (kernel, kernel, channels)`.
pub(super) fn conv_sum(
    below: &Tensor,
    patch: Region,
    filter: &[f32],
    bias: f32,
) -> Result<ConvSum> {
    let (_, height, width, channels) = below.dims4()?;
    let inside = patch.cut(height, width);
    let cells = below
        .narrow(1, inside.rows().start, inside.height)?
        .narrow(2, inside.columns().start, inside.width)?;
    let cells: Vec<f32> = cells.flatten_all()?.to_vec1()?;
    let mut sums: Vec<ChannelSum> = (0..channels)
        .map(|channel| {
            let mut values = vec![0.0; patch.height * patch.width];
            for row in 0..inside.height {
                for column in 0..inside.width {
                    let y = (inside.row - patch.row) as usize + row;
                    let x = (inside.column - patch.column) as usize + column;
                    values[y * patch.width + x] =
                        cells[(row * inside.width + column) * channels + channel];
                }
            }
            let kernel = filter.iter().skip(channel).step_by(channels).copied();
            let kernel: Vec<f32> = kernel.collect();
            ChannelSum {
                channel,
                sum: values
                    .iter()
                    .zip(&kernel)
                    .map(|(x, w)| product(*x, *w))
                    .sum(),
                patch: values,
                kernel,
            }
        })
        .collect();
    let sum: f64 = sums.iter().map(|channel| channel.sum).sum();
    // Stable: of equal contributions the lower channel comes first.
    sums.sort_by(|a, b| b.sum.abs().total_cmp(&a.sum.abs()));
    Ok(ConvSum {
        kernel: patch.height,
        patch,
        channels: sums,
        sum,
        bias,
        before_relu: sum + f64::from(bias),
    })
}
