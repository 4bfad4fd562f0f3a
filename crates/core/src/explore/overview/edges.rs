//! What each channel hands on to each of the next layer, and what that hands back.

use super::{Column, KernelSlice, OverviewColumn, OverviewEdge, OverviewNode, cells};
use crate::explore::backward::LayerGradients;
use crate::explore::windows::{read_at, weight_index};
use crate::network::{Join, Layer, LayerKind, Shape, Window};

/// Contribution, gradient handed back, kernel.
type Handed = (Option<f32>, Option<f32>, Option<KernelSlice>);

/// Handed on as it is, and back.
const AS_IT_IS: Handed = (None, None, None);

/// What each node of the columns before hands on to each of this one.
pub fn edges_to(
    to: usize,
    column: &OverviewColumn,
    (layer, weights, back): (&Layer, &[f32], Option<&LayerGradients>),
    before: &[Column],
) -> Vec<OverviewEdge> {
    let mut edges = Vec::new();
    // Channels of the inputs before this one, of those that are joined.
    let mut first = 0;
    for &from in &column.reads {
        let read = &before[from];
        for (place, node) in read.column.nodes.iter().enumerate() {
            for (at, own) in column.nodes.iter().enumerate() {
                let handed = match layer.kind {
                    LayerKind::Conv { window, .. } => {
                        let conv = Conv {
                            layer,
                            window,
                            weights,
                            back,
                        };
                        conv.handed(read, node.channel, own.channel)
                    }
                    LayerKind::Dense { .. } | LayerKind::Output => {
                        let units = layer.output.len();
                        Some(to_unit(read, node, own.channel, (units, weights), back))
                    }
                    LayerKind::Join(Join::Concatenate) => {
                        (first + node.channel == own.channel).then_some(AS_IT_IS)
                    }
                    LayerKind::Pool { .. }
                    | LayerKind::GlobalPool { .. }
                    | LayerKind::BatchNorm { .. }
                    | LayerKind::Activation(_)
                    | LayerKind::Dropout { .. }
                    | LayerKind::Branch
                    | LayerKind::Join(Join::Add) => {
                        (node.channel == own.channel).then_some(AS_IT_IS)
                    }
                };
                edges.extend(
                    handed.map(|(contribution, handed_back, kernel)| OverviewEdge {
                        from: (from, place),
                        to: (to, at),
                        contribution,
                        handed_back,
                        kernel,
                    }),
                );
            }
        }
        if layer.kind == LayerKind::Join(Join::Concatenate) {
            first += read.column.shape.channels();
        }
    }
    edges
}

/// The cells of a map times their weights to a unit, and the unit's gradient times these weights, on the mean.
fn to_unit(
    read: &Column,
    node: &OverviewNode,
    unit: usize,
    (units, weights): (usize, &[f32]),
    back: Option<&LayerGradients>,
) -> Handed {
    let channels = read.column.shape.channels();
    let cells = node.values.len();
    let weight = |cell: usize| f64::from(weights[(cell * channels + node.channel) * units + unit]);
    let products = node.values.iter().enumerate();
    let products = products.map(|(cell, value)| f64::from(*value) * weight(cell));
    let added = products.sum::<f64>() as f32;
    let all: f64 = (0..cells).map(weight).sum();
    let mean = all / cells.max(1) as f64;
    let handed_back = back.map(|back| (f64::from(back.sums[unit]) * mean) as f32);
    (Some(added), handed_back, None)
}

/// A convolution.
struct Conv<'a> {
    layer: &'a Layer,
    window: Window,
    weights: &'a [f32],
    back: Option<&'a LayerGradients>,
}

impl Conv<'_> {
    /// What a channel adds to a filter's map on the mean, what that hands back, and the slice of the kernel between them; `None` where the
    /// filter does not see it.
    fn handed(&self, read: &Column, channel: usize, filter: usize) -> Option<Handed> {
        let (
            Shape::Maps {
                height,
                width,
                channels,
            },
            Shape::Maps {
                height: out_height,
                width: out_width,
                channels: filters,
            },
        ) = (self.layer.input, self.layer.output)
        else {
            return None;
        };
        let [rows, columns] = self.window.size;
        let of_sums = self.back.map(|back| back.sums.as_slice());
        let of_weights = self.back.map(|back| back.weight.as_slice());
        let mut kernel = KernelSlice {
            size: [rows, columns],
            weights: Vec::with_capacity(rows * columns),
            gradient: Vec::new(),
        };
        let (mut added, mut handed_back) = (0.0_f64, 0.0_f64);
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)))
        {
            let tap = weight_index(self.layer, [channel, filter], [row, column])?;
            let weight = self.weights[tap];
            kernel.weights.push(weight);
            let slope = of_weights.map(|of| of.get(tap).copied().unwrap_or_default());
            kernel.gradient.extend(slope);
            // All that this place of the window reads, and the gradient of the sums that it is part of.
            let (mut read_here, mut back_here) = (0.0_f64, 0.0_f64);
            for y in 0..out_height {
                let Some(at) = read_at(&self.window, 0, y, row, height) else {
                    continue;
                };
                for x in 0..out_width {
                    let Some(across) = read_at(&self.window, 1, x, column, width) else {
                        continue;
                    };
                    read_here += f64::from(read.values[(at * width + across) * channels + channel]);
                    let of_sum = of_sums.map(|of| of[(y * out_width + x) * filters + filter]);
                    back_here += f64::from(of_sum.unwrap_or_default());
                }
            }
            added += read_here * f64::from(weight);
            handed_back += back_here * f64::from(weight);
        }
        let mean = |sum: f64, shape: Shape| (sum / cells(shape).max(1) as f64) as f32;
        Some((
            Some(mean(added, self.layer.output)),
            of_sums.map(|_| mean(handed_back, self.layer.input)),
            Some(kernel),
        ))
    }
}
