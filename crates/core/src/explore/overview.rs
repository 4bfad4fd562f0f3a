//! The whole network at a glance: of every layer some channels, and what each hands on to each of the next layer.
//!
//! What channel c of a layer hands on to filter o of a convolution is the sum over the window's places of activation × weight, as in the
//! convolution itself (Goodfellow, Bengio and Courville 2016, eq. 9.6), and of that the mean over the map: over all channels these add up to the
//! mean of the map before bias and activation. To a unit of a dense layer it is the sum over the map's cells; these add up to the
//! unit before bias and activation.

use candle_core::{Result, Tensor};
use candle_nn::ops::softmax;

use crate::dataset::Picture;
use crate::network::{Input, Join, Layer, LayerKind, Model, Parameters, Shape, Window};

/// A network looking at a picture.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The picture first, the classes last. Dropout, which does nothing here, and the beginnings of branches have none.
    pub columns: Vec<OverviewColumn>,
    /// Between channels that are both shown.
    pub edges: Vec<OverviewEdge>,
    /// Of each class; they add up to 1.
    pub probabilities: Vec<f32>,
}

/// The picture, or a layer.
#[derive(Clone, Debug)]
pub struct OverviewColumn {
    /// Index into [`Model::layers`]; `None` for the picture.
    pub layer: Option<usize>,
    /// The layer's name; empty for the picture.
    pub name: String,
    /// Of its output.
    pub shape: Shape,
    /// Columns that it reads.
    pub reads: Vec<usize>,
    /// Some of its channels or units, the lowest number first.
    pub nodes: Vec<OverviewNode>,
}

/// A channel of a map, or a unit.
#[derive(Clone, Debug)]
pub struct OverviewNode {
    /// Which one.
    pub channel: usize,
    /// `(height, width)`, row-major; of a unit its value.
    pub values: Vec<f32>,
    /// What all channels before it hand on together, those that are not shown among them, and the bias; `None` of layers without weights.
    pub sum: Option<(f32, f32)>,
}

impl OverviewNode {
    /// The mean of its map; of a unit its value.
    #[must_use]
    pub fn mean(&self) -> f32 {
        self.values.iter().sum::<f32>() / self.values.len().max(1) as f32
    }
}

/// What a node hands on to another, both by column and place in it.
#[derive(Clone, Debug)]
pub struct OverviewEdge {
    /// Whose output it is.
    pub from: (usize, usize),
    /// Whose input.
    pub to: (usize, usize),
    /// How much it adds to it, on the mean of its map; `None` where it hands on the channel as it is, to be pooled, normalized, added.
    pub contribution: Option<f32>,
    /// The slice of a convolution's kernel between the two, `(rows, columns)`; empty for others.
    pub kernel: Vec<f32>,
}

/// A column while the next ones are made.
struct Column {
    column: OverviewColumn,
    /// Its whole output, `(height, width, channels)` or the units.
    values: Vec<f32>,
}

/// Looks at a picture with a network, at up to `most` channels of each layer: those with the largest mean of absolute values, and of convolutions
/// also channel `chosen`.
///
/// # Errors
/// A picture of another size than the network takes.
pub fn overview(model: &Model, picture: &Picture, most: usize, chosen: usize) -> Result<Overview> {
    let x = model.input([picture.bytes()])?;
    let outputs = model.activations(&x)?;
    let mut columns = Vec::new();
    // Which column shows what each layer puts out.
    let mut shown_by: Vec<usize> = Vec::new();
    let shape = Shape::picture(picture.size());
    let channels = (0..shape.channels()).collect();
    columns.push(Column::new(
        None,
        "",
        shape,
        Vec::new(),
        flat(&x)?,
        channels,
    ));
    let mut edges = Vec::new();
    for (index, (layer, output)) in model.layers().iter().zip(&outputs).enumerate() {
        let column_of = |input: &Input| match input {
            Input::Pictures => 0,
            Input::Layer(before) => shown_by[*before],
        };
        let reads: Vec<usize> = layer.inputs.iter().map(column_of).collect();
        if matches!(layer.kind, LayerKind::Dropout { .. } | LayerKind::Branch) {
            shown_by.push(reads[0]);
            continue;
        }
        let values = flat(&output.value)?;
        let channels = chosen_channels(layer, &values, &columns, &reads, (most, chosen));
        let mut column = Column::new(
            Some(index),
            &layer.name,
            layer.output,
            reads,
            values,
            channels,
        );
        let to = columns.len();
        let learnt = model.parameters(index);
        if let Some(learnt) = learnt {
            let read = &columns[column.column.reads[0]];
            let before = output.before_relu.as_ref().map(flat).transpose()?;
            column.add_up(layer, learnt, before.as_deref(), read)?;
        }
        edges.extend(edges_to(to, &column.column, layer, learnt, &columns)?);
        columns.push(column);
        shown_by.push(to);
    }
    let probabilities = match outputs.last() {
        Some(logits) => flat(&softmax(&logits.value, 1)?)?,
        None => Vec::new(),
    };
    Ok(Overview {
        columns: columns.into_iter().map(|column| column.column).collect(),
        edges,
        probabilities,
    })
}

fn flat(tensor: &Tensor) -> Result<Vec<f32>> {
    tensor.flatten_all()?.to_vec1()
}

/// Cells of each channel.
fn cells(shape: Shape) -> usize {
    shape.len() / shape.channels().max(1)
}

impl Column {
    fn new(
        layer: Option<usize>,
        name: &str,
        shape: Shape,
        reads: Vec<usize>,
        values: Vec<f32>,
        channels: Vec<usize>,
    ) -> Self {
        let all = shape.channels();
        let nodes = channels.into_iter().map(|channel| OverviewNode {
            channel,
            values: values.iter().skip(channel).step_by(all).copied().collect(),
            sum: None,
        });
        Self {
            column: OverviewColumn {
                layer,
                name: name.to_owned(),
                shape,
                reads,
                nodes: nodes.collect(),
            },
            values,
        }
    }

    /// Writes down what each node adds up, of a convolution or a dense layer.
    fn add_up(
        &mut self,
        layer: &Layer,
        learnt: &Parameters,
        before: Option<&[f32]>,
        read: &Self,
    ) -> Result<()> {
        if !layer.kind.is_conv() && !layer.kind.is_dense() {
            return Ok(());
        }
        let bias = learnt.bias.as_ref().map(flat).transpose()?;
        let weights = flat(&learnt.weight)?;
        let all = layer.output.channels();
        for node in &mut self.column.nodes {
            let bias = bias.as_ref().map_or(0.0, |bias| bias[node.channel]);
            let sum = if layer.kind.is_conv() {
                let values = before.unwrap_or(&self.values).iter();
                let values = values.skip(node.channel).step_by(all);
                let sum: f64 = values.map(|value| f64::from(*value)).sum();
                (sum / cells(layer.output).max(1) as f64) as f32 - bias
            } else {
                let rows = weights.chunks_exact(all).zip(&read.values);
                let products = rows.map(|(row, x)| f64::from(row[node.channel]) * f64::from(*x));
                products.sum::<f64>() as f32
            };
            node.sum = Some((sum, bias));
        }
        Ok(())
    }

    fn channels(&self) -> Vec<usize> {
        self.column.nodes.iter().map(|node| node.channel).collect()
    }
}

/// The channels of a layer that are shown.
fn chosen_channels(
    layer: &Layer,
    values: &[f32],
    before: &[Column],
    reads: &[usize],
    (most, chosen): (usize, usize),
) -> Vec<usize> {
    let all = layer.output.channels();
    let read = &before[reads[0]];
    let mut candidates: Vec<usize> = match layer.kind {
        LayerKind::Pool { .. }
        | LayerKind::GlobalPool { .. }
        | LayerKind::BatchNorm { .. }
        | LayerKind::Activation(_)
        | LayerKind::Dropout { .. }
        | LayerKind::Branch
        | LayerKind::Join(Join::Add) => return read.channels(),
        // Those that see something of what is shown.
        LayerKind::Conv { groups, .. } if groups > 1 => {
            let depth = (layer.input.channels() / groups).max(1);
            let seen: Vec<usize> = read
                .channels()
                .iter()
                .map(|channel| channel / depth)
                .collect();
            let sees = |filter: &usize| seen.contains(&(filter / (all / groups).max(1)));
            (0..all).filter(sees).collect()
        }
        LayerKind::Conv { .. }
        | LayerKind::Dense { .. }
        | LayerKind::Output
        | LayerKind::Join(Join::Concatenate) => (0..all).collect(),
    };
    let activity = |channel: usize| {
        let values = values.iter().skip(channel).step_by(all);
        values.map(|value| value.abs()).sum::<f32>()
    };
    let is_chosen = |channel: usize| layer.kind.is_conv() && channel == chosen.min(all - 1);
    let is_output = layer.kind == LayerKind::Output;
    // Of the classes the likeliest; the first of equals.
    let rank = |channel: usize| {
        if is_output {
            (false, values[channel])
        } else {
            (is_chosen(channel), activity(channel))
        }
    };
    candidates.sort_by(|&a, &b| {
        let (a, b) = (rank(a), rank(b));
        b.0.cmp(&a.0).then(b.1.total_cmp(&a.1))
    });
    candidates.truncate(most.max(1));
    candidates.sort_unstable();
    candidates
}

/// What each node of the columns before hands on to each of this one.
fn edges_to(
    to: usize,
    column: &OverviewColumn,
    layer: &Layer,
    parameters: Option<&Parameters>,
    before: &[Column],
) -> Result<Vec<OverviewEdge>> {
    let weights = parameters.map(|learnt| flat(&learnt.weight)).transpose()?;
    let mut edges = Vec::new();
    // Channels of the inputs before this one, of those that are joined.
    let mut first = 0;
    for &from in &column.reads {
        let read = &before[from];
        for (place, node) in read.column.nodes.iter().enumerate() {
            for (at, own) in column.nodes.iter().enumerate() {
                let weights = weights.as_deref().unwrap_or_default();
                let handed = match layer.kind {
                    LayerKind::Conv { window, groups, .. } => {
                        let conv = Conv {
                            layer,
                            window,
                            groups,
                        };
                        conv.handed(read, node.channel, own.channel, weights)
                    }
                    LayerKind::Dense { .. } | LayerKind::Output => {
                        let units = layer.output.len();
                        let sum = to_unit(read, node, own.channel, (units, weights));
                        Some((Some(sum), Vec::new()))
                    }
                    LayerKind::Join(Join::Concatenate) => {
                        (first + node.channel == own.channel).then(|| (None, Vec::new()))
                    }
                    LayerKind::Pool { .. }
                    | LayerKind::GlobalPool { .. }
                    | LayerKind::BatchNorm { .. }
                    | LayerKind::Activation(_)
                    | LayerKind::Dropout { .. }
                    | LayerKind::Branch
                    | LayerKind::Join(Join::Add) => {
                        (node.channel == own.channel).then(|| (None, Vec::new()))
                    }
                };
                edges.extend(handed.map(|(contribution, kernel)| OverviewEdge {
                    from: (from, place),
                    to: (to, at),
                    contribution,
                    kernel,
                }));
            }
        }
        if layer.kind == LayerKind::Join(Join::Concatenate) {
            first += read.column.shape.channels();
        }
    }
    Ok(edges)
}

/// The cells of a map times their weights to a unit.
fn to_unit(
    read: &Column,
    node: &OverviewNode,
    unit: usize,
    (units, weights): (usize, &[f32]),
) -> f32 {
    let channels = read.column.shape.channels();
    let cells = node.values.iter().enumerate();
    let products = cells.map(|(cell, value)| {
        let row = cell * channels + node.channel;
        f64::from(*value) * f64::from(weights[row * units + unit])
    });
    products.sum::<f64>() as f32
}

/// A convolution.
struct Conv<'a> {
    layer: &'a Layer,
    window: Window,
    groups: usize,
}

impl Conv<'_> {
    /// What a channel adds to a filter's map on the mean, and the slice of the kernel between them; `None` where the filter does not see it.
    fn handed(
        &self,
        read: &Column,
        channel: usize,
        filter: usize,
        weights: &[f32],
    ) -> Option<(Option<f32>, Vec<f32>)> {
        let (
            Shape::Maps {
                height,
                width,
                channels,
            },
            filters,
        ) = (self.layer.input, self.layer.output.channels())
        else {
            return None;
        };
        let depth = channels / self.groups;
        if channel / depth != filter / (filters / self.groups) {
            return None;
        }
        let cells = cells(self.layer.output);
        let Window {
            size: [rows, columns],
            stride,
            dilation,
            before,
            ..
        } = self.window;
        let Shape::Maps {
            height: out_height,
            width: out_width,
            ..
        } = self.layer.output
        else {
            return None;
        };
        let mut kernel = Vec::with_capacity(rows * columns);
        let mut sum = 0.0_f64;
        for row in 0..rows {
            for column in 0..columns {
                let tap = (row * columns + column) * depth + channel % depth;
                let weight = weights[tap * filters + filter];
                kernel.push(weight);
                // All that this place of the window reads.
                let mut read_here = 0.0_f64;
                for y in 0..out_height {
                    let at = (y * stride[0] + row * dilation[0]).checked_sub(before[0]);
                    let Some(at) = at.filter(|at| *at < height) else {
                        continue;
                    };
                    for x in 0..out_width {
                        let across = (x * stride[1] + column * dilation[1]).checked_sub(before[1]);
                        if let Some(across) = across.filter(|across| *across < width) {
                            read_here +=
                                f64::from(read.values[(at * width + across) * channels + channel]);
                        }
                    }
                }
                sum += read_here * f64::from(weight);
            }
        }
        Some((Some((sum / cells.max(1) as f64) as f32), kernel))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::synthetic_sized;
    use crate::network::{Preset, weights};

    fn total(overview: &Overview, to: (usize, usize)) -> f32 {
        let edges = overview.edges.iter().filter(|edge| edge.to == to);
        edges.filter_map(|edge| edge.contribution).sum()
    }

    /// What all channels hand on is what the layer adds up before bias and activation.
    #[test]
    fn contributions_add_up_to_what_the_layer_computes() {
        let random = |preset: Preset| Model::random(&preset.spec(), 3).unwrap();
        let built_in = weights::built_in().unwrap();
        for model in [built_in, random(Preset::LeNet5)] {
            let size = model.spec().input;
            let picture = synthetic_sized(size, 1, 3).test.picture(1);
            let all = overview(&model, &picture, usize::MAX, 0).unwrap();
            let outputs = model
                .activations(&model.input([picture.bytes()]).unwrap())
                .unwrap();
            let mut checked = 0;
            for (place, column) in all.columns.iter().enumerate().skip(1) {
                let index = column.layer.unwrap();
                let layer = &model.layers()[index];
                let Some(learnt) = model.parameters(index) else {
                    continue;
                };
                let bias = learnt.bias.as_ref().map(|bias| flat(bias).unwrap());
                let before = outputs[index].before_relu.as_ref();
                let sums = flat(before.unwrap_or(&outputs[index].value)).unwrap();
                let channels = layer.output.channels();
                for (at, node) in column.nodes.iter().enumerate() {
                    let values = sums.iter().skip(node.channel).step_by(channels);
                    let mean = values.sum::<f32>() / cells(layer.output) as f32;
                    let (sum, own_bias) = node.sum.unwrap();
                    let handed = total(&all, (place, at));
                    assert!(
                        (sum - handed).abs() < 1e-4 * (1.0 + sum.abs()),
                        "{sum}, {handed}"
                    );
                    let bias = bias.as_ref().map_or(0.0, |bias| bias[node.channel]);
                    assert!((bias - own_bias).abs() < f32::EPSILON);
                    let mut expected = handed + bias;
                    if let (true, Some(activation)) = (before.is_none(), layer.kind.activation()) {
                        let one = Tensor::new(&[expected], &candle_core::Device::Cpu).unwrap();
                        let one = convlens_kernels::activate(&one, activation.into()).unwrap();
                        expected = one.to_vec1::<f32>().unwrap()[0];
                    }
                    let close = (mean - expected).abs() < 1e-4 * (1.0 + mean.abs());
                    assert!(close, "{} {}: {mean}, {expected}", layer.name, node.channel);
                    checked += 1;
                }
            }
            assert!(checked > 100, "{checked}");
            assert!((all.probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        }
    }

    #[test]
    fn branches_are_read_where_they_part_and_as_many_channels_are_shown_as_are_asked_for() {
        let model = Model::random(&Preset::ResNetSmall.spec(), 1).unwrap();
        let size = model.spec().input;
        let picture = synthetic_sized(size, 1, 3).test.picture(0);
        let some = overview(&model, &picture, 5, 7).unwrap();
        let added = some
            .columns
            .iter()
            .find(|column| column.reads.len() == 2)
            .unwrap();
        assert!(added.name.starts_with("add"), "{}", added.name);
        let first = some
            .columns
            .iter()
            .find(|column| column.name == "conv1")
            .unwrap();
        assert!(first.nodes.iter().any(|node| node.channel == 7));
        for (place, column) in some.columns.iter().enumerate().skip(1) {
            assert!((1..=5).contains(&column.nodes.len()), "{}", column.name);
            assert!(column.nodes.is_sorted_by_key(|node| node.channel));
            assert!(
                some.edges.iter().any(|edge| edge.to.0 == place),
                "{}",
                column.name
            );
            assert!(column.reads.iter().all(|read| *read < place));
        }
        let classes = some.columns.last().unwrap();
        let likeliest = |best: usize, next: usize| {
            if some.probabilities[next] > some.probabilities[best] {
                next
            } else {
                best
            }
        };
        let best = (0..some.probabilities.len()).fold(0, likeliest);
        assert!(classes.nodes.iter().any(|node| node.channel == best));
    }
}
