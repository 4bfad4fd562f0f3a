//! The whole network at a glance: of every layer some channels, and what each hands on to each of the next layer.
//!
//! What channel c of a layer hands on to filter o of a convolution is the sum over the window's places of activation × weight, as in the
//! convolution itself (Goodfellow, Bengio and Courville 2016, eq. 9.6), and of that the mean over the map: over all channels these add up to the
//! mean of the map before bias and activation. To a unit of a dense layer it is the sum over the map's cells; these add up to the
//! unit before bias and activation.
//!
//! Backward it is the chain rule: what a filter hands back to channel c is, at each of its cells, the sum of weight × gradient of the
//! filter's sums over all windows that see the cell, and of that the mean over the map. Over all filters that read it these add up to
//! the mean gradient of the map.

mod edges;
mod weight;

use candle_core::{Result, Tensor};
use candle_nn::ops::softmax;

use super::backward::{GradientOf, Gradients, backward};
use crate::dataset::Picture;
use crate::network::{Input, Join, Layer, LayerKind, Model, Parameters, Shape};
use edges::edges_to;
pub use weight::{WeightGradient, WeightPlace, WeightTerm};

/// What is shown of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverviewOptions {
    /// Most channels of a layer: those with the largest mean of absolute values.
    pub most: usize,
    /// A channel that is among those of every convolution.
    pub chosen: usize,
    /// The gradient of this as well.
    pub gradient: Option<GradientOf>,
    /// The weight whose gradient is taken apart.
    pub weight: Option<WeightPlace>,
}

impl OverviewOptions {
    /// From the picture to the classes alone.
    #[must_use]
    pub fn forward(most: usize, chosen: usize) -> Self {
        Self {
            most,
            chosen,
            gradient: None,
            weight: None,
        }
    }
}

/// A network looking at a picture.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The picture first, the classes last. Dropout, which does nothing here, and the beginnings of branches have none.
    pub columns: Vec<OverviewColumn>,
    /// Between channels that are both shown.
    pub edges: Vec<OverviewEdge>,
    /// Of each class; they add up to 1.
    pub probabilities: Vec<f32>,
    /// The loss or score whose gradient was asked for, and how large it is.
    pub gradient: Option<(GradientOf, f32)>,
    /// The gradient by the weight that was asked for, if there is such a one.
    pub weight: Option<WeightGradient>,
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
    /// Gradient by each of its values; empty unless it was asked for.
    pub gradient: Vec<f32>,
}

impl OverviewNode {
    /// The mean gradient by its map; of a unit its gradient.
    #[must_use]
    pub fn mean_gradient(&self) -> f32 {
        self.gradient.iter().sum::<f32>() / self.gradient.len().max(1) as f32
    }

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
    /// How much of the gradient it hands back, on the mean of the map it is from; `None` as above, and unless it was asked for.
    pub handed_back: Option<f32>,
    /// The slice of a convolution's kernel between the two; `None` of other layers.
    pub kernel: Option<KernelSlice>,
}

/// What a filter multiplies one channel's window by.
#[derive(Clone, Debug)]
pub struct KernelSlice {
    /// Rows and columns.
    pub size: [usize; 2],
    /// Row by row.
    pub weights: Vec<f32>,
    /// Gradient by each of them; empty unless it was asked for.
    pub gradient: Vec<f32>,
}

/// A column while the next ones are made.
struct Column {
    column: OverviewColumn,
    /// Its whole output, `(height, width, channels)` or the units.
    values: Vec<f32>,
}

/// Looks at a picture with a network, and back from what is asked.
///
/// # Errors
/// A picture of another size than the network takes, a class that the network has not.
pub fn overview(model: &Model, picture: &Picture, options: &OverviewOptions) -> Result<Overview> {
    let x = model.input([picture.bytes()])?;
    let outputs = model.activations(&x)?;
    let back = options.gradient;
    let back = back
        .map(|of| backward(model, picture.bytes(), of))
        .transpose()?;
    let by = |part: fn(&Gradients) -> &[f32]| back.as_ref().map_or(&[][..], part);
    let mut columns = Vec::new();
    // Which column shows what each layer puts out.
    let mut shown_by: Vec<usize> = Vec::new();
    let shape = Shape::picture(picture.size());
    let shown = (0..shape.channels()).collect();
    let values = (flat(&x)?, by(|back| &back.picture).to_vec());
    columns.push(Column::new((None, ""), shape, Vec::new(), values, shown));
    let mut edges = Vec::new();
    let mut taken_apart = None;
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
        let channels = chosen_channels(layer, &values, &columns, &reads, options);
        let of_layer = back.as_ref().map(|back| &back.layers[index]);
        let gradient = of_layer.map_or(Vec::new(), |back| back.output.clone());
        let name = (Some(index), layer.name.as_str());
        let mut column = Column::new(name, layer.output, reads, (values, gradient), channels);
        let to = columns.len();
        let learnt = model.parameters(index);
        if let Some(learnt) = learnt {
            let read = &columns[column.column.reads[0]];
            let before = output.before_relu.as_ref().map(flat).transpose()?;
            column.add_up(layer, learnt, before.as_deref(), read)?;
        }
        let weights = learnt.map(|learnt| flat(&learnt.weight)).transpose()?;
        let weights = weights.as_deref().unwrap_or_default();
        edges.extend(edges_to(
            to,
            &column.column,
            (layer, weights, of_layer),
            &columns,
        ));
        let asked = options.weight.as_ref();
        let asked = asked.filter(|place| place.layer == layer.name);
        if let Some((place, back)) = asked.zip(of_layer) {
            let read = &columns[column.column.reads[0]].values;
            taken_apart = weight::taken_apart(place, (layer, weights, back), read);
        }
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
        gradient: back.map(|back| (back.of, back.value)),
        weight: taken_apart,
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
        (layer, name): (Option<usize>, &str),
        shape: Shape,
        reads: Vec<usize>,
        (values, gradient): (Vec<f32>, Vec<f32>),
        channels: Vec<usize>,
    ) -> Self {
        let all = shape.channels();
        let of = |values: &[f32], channel: usize| {
            values.iter().skip(channel).step_by(all).copied().collect()
        };
        let nodes = channels.into_iter().map(|channel| OverviewNode {
            channel,
            values: of(&values, channel),
            sum: None,
            gradient: of(&gradient, channel),
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
    options: &OverviewOptions,
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
    let is_chosen = |channel: usize| layer.kind.is_conv() && channel == options.chosen.min(all - 1);
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
    candidates.truncate(options.most.max(1));
    candidates.sort_unstable();
    candidates
}

#[cfg(test)]
mod tests;
