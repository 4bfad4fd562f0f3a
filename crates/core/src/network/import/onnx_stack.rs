//! The layers of an ONNX graph, put together as its nodes come.

use super::array::{self, Array, Layout, Pair};
use super::error::{ImportFault, LayerFault, LayerReason};
use super::input::picture_size;
use super::note::Note;
use super::onnx_node::{Slide, float, int, padding, setting, slide};
use super::onnx_tensors::Constants;
use super::{Format, Imported};
use crate::dataset::PictureSize;
use crate::network::normalization::Rescaling;
use crate::network::onnx_proto::{NodeProto, ValueInfoProto};
use crate::network::{Activation, LayerSpec, MAX_LAYERS, NetworkSpec, Padding, Real, Shape};

/// Keeps a variance above 0.
const EPSILON: f32 = 1e-5;

/// The order of the values that a node gets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    /// Maps: channel, height, width.
    ChannelsFirst,
    /// Maps: height, width, channel.
    ChannelsLast,
    /// No maps any more, but what they were flattened to, or what a dense layer gave.
    Flat,
}

/// The pictures that an input of these sizes means, and the order of its values.
fn pictures(sizes: &[i64]) -> Option<(PictureSize, Order)> {
    let sizes: Option<Vec<usize>> = sizes
        .iter()
        .map(|size| usize::try_from(*size).ok())
        .collect();
    let sizes = sizes?;
    let order = match sizes[..] {
        [_, _, 1 | 3] if !matches!(sizes[0], 1 | 3) => Order::ChannelsLast,
        [_, _, _] => Order::ChannelsFirst,
        [_, _] => Order::ChannelsLast,
        _ => Order::Flat,
    };
    let size = picture_size(&sizes, order == Order::ChannelsLast)?;
    Some((size, order))
}

/// The layers read so far.
pub(super) struct Stack<'a> {
    pub(super) constants: &'a Constants,
    /// The pictures.
    input: PictureSize,
    layers: Vec<LayerSpec>,
    pairs: Vec<Pair>,
    pub(super) notes: Vec<Note>,
    now: Flow,
    /// Blocks that are not closed, the outermost first.
    open: Vec<Block>,
    /// What is done to pictures before the first layer.
    pub(super) rescaling: Rescaling,
    /// Whether the last layer has weights and no activation yet, which the next node may be.
    takes_activation: bool,
    /// Whether the last layer is a batch normalization that was made of a number a channel, and takes another.
    scales: bool,
    /// Places above, left, below and right of the maps, that wait for the layer which reads them.
    border: [usize; 4],
    /// The number that they are, if not zeros.
    around: f32,
    pub(super) ended: bool,
}

/// How the values stand that a node gets.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Flow {
    order: Order,
    /// Channels of the maps, if these were flattened with the channels last.
    by_pixel: Option<usize>,
}

/// A block that is not closed.
struct Block {
    given: Flow,
    /// At the ends of its branches so far.
    ends: Vec<Flow>,
}

impl<'a> Stack<'a> {
    pub(super) fn new(constants: &'a Constants) -> Self {
        Self {
            constants,
            input: PictureSize::FASHION_MNIST,
            layers: Vec::new(),
            pairs: Vec::new(),
            notes: Vec::new(),
            now: Flow {
                order: Order::ChannelsFirst,
                by_pixel: None,
            },
            open: Vec::new(),
            rescaling: Rescaling::default(),
            takes_activation: false,
            scales: false,
            border: [0; 4],
            around: 0.0,
            ended: false,
        }
    }

    /// Takes in the shape of the pictures.
    pub(super) fn begin(&mut self, input: &ValueInfoProto) -> Result<(), ImportFault> {
        let tensor = input.kind.as_ref().and_then(|kind| kind.tensor.as_ref());
        let Some(shape) = tensor.and_then(|tensor| tensor.shape.as_ref()) else {
            return Ok(());
        };
        let dims: Vec<i64> = shape.dims.iter().map(|dim| dim.value).collect();
        let Some((size, order)) = dims.get(1..).and_then(pictures) else {
            let fault = LayerFault {
                number: 1,
                class: "Input".into(),
                name: input.name.clone(),
                reason: LayerReason::Input(format!("{dims:?}")),
            };
            return Err(ImportFault::Layers(vec![fault]));
        };
        self.takes(size, order);
        Ok(())
    }

    fn takes(&mut self, size: PictureSize, order: Order) {
        self.input = size;
        self.now.order = order;
    }

    /// Whether no layer has come yet.
    pub(super) fn is_first(&self) -> bool {
        self.layers.is_empty()
    }

    /// The shape after the layers so far, if they fit.
    fn shape(&self) -> Option<Shape> {
        if self.layers.len() > MAX_LAYERS {
            return None;
        }
        let spec = NetworkSpec {
            input: self.input,
            ..NetworkSpec::new(self.layers.clone())
        };
        match self.layers.len().checked_sub(1) {
            None => Some(Shape::picture(self.input)),
            Some(last) => Some(spec.outline().layers.get(last)?.output),
        }
    }

    fn is_vector(&self) -> bool {
        matches!(self.shape(), Some(Shape::Vector(_)))
    }

    /// Channels, height and width of maps, channels first.
    fn maps(&self) -> Result<(usize, usize, usize), LayerReason> {
        match self.shape() {
            Some(shape @ Shape::Maps { .. }) if self.now.order == Order::ChannelsFirst => {
                Ok(shape.extent())
            }
            _ => Err(LayerReason::Place),
        }
    }

    fn push(&mut self, layer: LayerSpec) -> Result<(), LayerReason> {
        if self.border != [0; 4] {
            return Err(LayerReason::Place);
        }
        self.layers.push(layer);
        self.takes_activation = false;
        self.scales = false;
        Ok(())
    }

    pub(super) fn split(&mut self) {
        self.open.push(Block {
            given: self.now,
            ends: Vec::new(),
        });
        self.layers.push(LayerSpec::Split);
        self.takes_activation = false;
    }

    pub(super) fn branch(&mut self) {
        if let Some(block) = self.open.last_mut() {
            block.ends.push(self.now);
            self.now = block.given;
        }
        self.layers.push(LayerSpec::Branch);
        self.takes_activation = false;
    }

    /// Closes a block by this join, if there is one.
    pub(super) fn close(
        &mut self,
        join: Result<LayerSpec, LayerReason>,
    ) -> Result<(), LayerReason> {
        let ends = self.open.pop().map_or(Vec::new(), |block| block.ends);
        // Maps that were flattened first stand behind one another as wholes; joined here, channel by channel.
        let flattened = self.now.order == Order::Flat && !self.is_vector();
        let join = match join {
            Ok(LayerSpec::Concatenate) if flattened => Err(LayerReason::Place),
            Ok(_) if ends.iter().any(|end| *end != self.now) => Err(LayerReason::Place),
            join => join,
        };
        self.push(*join.as_ref().unwrap_or(&LayerSpec::Add))?;
        join.map(|_| ())
    }

    /// Whether channels are numbered along this axis.
    pub(super) fn is_channel_axis(&self, axis: i64) -> bool {
        match self.now.order {
            Order::ChannelsFirst => matches!(axis, 1 | -3),
            Order::ChannelsLast => matches!(axis, 3 | -1),
            Order::Flat => matches!(axis, 1 | -1),
        }
    }

    pub(super) fn transpose(&mut self, perm: &[i64]) -> Result<(), LayerReason> {
        self.now.order = match (self.now.order, perm) {
            (Order::ChannelsLast, [0, 3, 1, 2]) => Order::ChannelsFirst,
            (Order::ChannelsFirst, [0, 2, 3, 1]) => Order::ChannelsLast,
            // One number a map has no order.
            (Order::Flat, [0, ..]) if self.is_vector() => Order::Flat,
            _ => {
                let found = format!("{perm:?}");
                return Err(setting("perm", found, "channels first to last, or back"));
            }
        };
        Ok(())
    }

    pub(super) fn flatten(&mut self) {
        if self.now.order != Order::Flat {
            let channels = self.shape().map_or(1, Shape::channels);
            self.now.by_pixel = (self.now.order == Order::ChannelsLast).then_some(channels);
            self.now.order = Order::Flat;
        }
    }

    /// Only what is a vector already has sides of 1.
    pub(super) fn squeeze(&mut self) -> Result<(), LayerReason> {
        match self.now.order {
            Order::Flat => Ok(()),
            Order::ChannelsFirst | Order::ChannelsLast => Err(LayerReason::Place),
        }
    }

    /// A reshape flattens, unless it is of grey pictures: they have one channel, so that their values
    /// stay in their order.
    pub(super) fn reshape(&mut self, shape: Option<&[i64]>) -> Result<(), LayerReason> {
        match shape {
            Some([_, _]) | None => {
                self.flatten();
                Ok(())
            }
            Some(_) if self.now.order == Order::Flat && self.is_vector() => Ok(()),
            Some(other) => {
                let grey = other.get(1..).and_then(pictures);
                let grey =
                    grey.filter(|(size, _)| size.channels == 1 && size.len() == self.input.len());
                match grey.filter(|_| self.is_first()) {
                    Some((size, order)) => {
                        self.takes(size, order);
                        Ok(())
                    }
                    None => Err(setting("shape", format!("{other:?}"), "(images, values)")),
                }
            }
        }
    }

    /// Whether the last layer has weights, and no bias or activation yet.
    pub(super) fn takes_bias(&self) -> bool {
        let has_none = self.pairs.last().is_some_and(|pair| pair.bias.is_none());
        has_none && self.takes_activation
    }

    /// Numbers that every channel is multiplied by or that are added to it: a batch normalization, as tf2onnx writes one that does not go into
    /// the convolution before it.
    pub(super) fn scaled(
        &mut self,
        op: &str,
        found: &Array,
        fault: &dyn Fn(LayerReason) -> LayerFault,
    ) -> Result<(), LayerReason> {
        let (channels, behind) = match self.shape() {
            Some(shape @ Shape::Maps { .. }) if self.now.order == Order::ChannelsFirst => {
                (shape.channels(), 2)
            }
            Some(Shape::Vector(units)) => (units, 0),
            _ => return Err(LayerReason::Place),
        };
        // As it is broadcast: (1, channels, 1, 1), or (1, units).
        let axis = found.dims.len().checked_sub(behind + 1);
        let is_along = |(place, dim): (usize, &usize)| *dim == 1 || Some(place) == axis;
        if found.values.len() != channels || !found.dims.iter().enumerate().all(is_along) {
            let dims = format!("{:?}", found.dims);
            return Err(setting("B", dims, "one number for each channel or unit"));
        }
        let is_factor = matches!(op, "Mul" | "Div");
        let numbers = found.values.iter().map(|number| match op {
            "Div" => 1.0 / number,
            "Sub" => -number,
            _ => *number,
        });
        let numbers: Vec<f32> = numbers.collect();
        let array = |values: Vec<f32>| Array {
            name: found.name.clone(),
            dims: vec![channels],
            values,
        };
        let plain = |number: f32| array(vec![number; channels]);
        let (scale, offset) = if is_factor {
            (array(numbers), plain(0.0))
        } else {
            (plain(1.0), array(numbers))
        };
        let is_second =
            self.scales && matches!(self.layers.last(), Some(LayerSpec::BatchNorm { .. }));
        let last = self
            .pairs
            .last_mut()
            .filter(|pair| is_second && pair.weight.dims == [channels]);
        if let Some(Pair {
            weight,
            bias: Some(bias),
            ..
        }) = last
        {
            for (channel, factor) in scale.values.iter().enumerate() {
                weight.values[channel] *= factor;
                bias.values[channel] = bias.values[channel] * factor + offset.values[channel];
            }
            return Ok(());
        }
        self.push(LayerSpec::BatchNorm {
            epsilon: Real::new(EPSILON),
            momentum: Real::new(0.9),
            unbiased: false,
        })?;
        self.scales = true;
        self.pairs.push(Pair {
            name: fault(LayerReason::Place).name,
            weight: scale,
            bias: Some(offset),
            // A deviation of 1.
            running: Some([plain(0.0), plain(1.0 - EPSILON)]),
        });
        Ok(())
    }

    /// A bias that stands apart from its layer.
    pub(super) fn bias(&mut self, found: Array) -> Result<(), LayerReason> {
        let pair = self.pairs.last_mut().filter(|pair| pair.bias.is_none());
        let layer = self.layers.last_mut().filter(|_| self.takes_activation);
        let (Some(pair), Some(LayerSpec::Conv { bias, .. } | LayerSpec::Dense { bias, .. })) =
            (pair, layer)
        else {
            return Err(LayerReason::Place);
        };
        let units = pair.weight.dims[0];
        // As it is broadcast over pixels: (1, 1, 1, filters) or (1, filters, 1, 1).
        if found.values.len() != units || found.dims.iter().filter(|&&dim| dim != 1).count() > 1 {
            let dims = format!("{:?}", found.dims);
            return Err(setting("B", dims, "one number for each filter or unit"));
        }
        *bias = true;
        pair.bias = Some(Array {
            dims: vec![units],
            ..found
        });
        Ok(())
    }

    /// An activation: of the layer before, or alone.
    pub(super) fn activate(&mut self, function: Activation) -> Result<(), LayerReason> {
        let takes = std::mem::take(&mut self.takes_activation);
        if let Some(LayerSpec::Conv { activation, .. } | LayerSpec::Dense { activation, .. }) =
            self.layers.last_mut().filter(|_| takes)
        {
            *activation = function;
            return Ok(());
        }
        self.push(LayerSpec::Activation { function })
    }

    /// A number around maps: so many places before and after each axis, images and channels among them.
    pub(super) fn pad(&mut self, pads: &[i64], around: f32) -> Result<(), LayerReason> {
        self.maps()?;
        let whole: Option<Vec<usize>> = pads.iter().map(|&pad| usize::try_from(pad).ok()).collect();
        match whole.as_deref() {
            Some(&[0, 0, top, left, 0, 0, bottom, right]) if self.border == [0; 4] => {
                self.border = [top, left, bottom, right];
                self.around = around;
                Ok(())
            }
            // PyTorch's older exporter has the graph compute them.
            Some([]) => Err(setting(
                "pads",
                "computed",
                "numbers that stand in the file",
            )),
            _ => Err(setting("pads", format!("{pads:?}"), "pads around the maps")),
        }
    }

    /// The places around the maps, for a layer whose own padding is this number.
    fn border_of(&mut self, number: f32) -> Result<[usize; 4], LayerReason> {
        let border = std::mem::take(&mut self.border);
        if border == [0; 4] || self.around.to_bits() == number.to_bits() {
            Ok(border)
        } else {
            Err(LayerReason::Place)
        }
    }

    pub(super) fn pool(&mut self, node: &NodeProto, is_mean: bool) -> Result<(), LayerReason> {
        let (_, height, width) = self.maps()?;
        let window = slide(node, None)?;
        if int(node, "ceil_mode", 0) != 0 {
            return Err(setting("ceil_mode", 1, "0"));
        }
        if !window.dilation.are_within(1..=1) {
            return Err(setting("dilations", window.dilation, "1"));
        }
        let border = self.border_of(if is_mean { 0.0 } else { f32::NEG_INFINITY })?;
        let counts = border != [0; 4] || int(node, "count_include_pad", 0) != 0;
        let padding = padding(node, &window, (height, width), border)?;
        let Slide { size, stride, .. } = window;
        let stride = (stride != size).then_some(stride);
        self.push(if is_mean {
            LayerSpec::AveragePool {
                size,
                stride,
                padding,
                counts_padding: padding != Padding::Valid && counts,
            }
        } else {
            LayerSpec::MaxPool {
                size,
                stride,
                padding,
            }
        })
    }

    pub(super) fn global(&mut self, layer: LayerSpec) -> Result<(), LayerReason> {
        if self.now.order == Order::Flat {
            return Err(LayerReason::Place);
        }
        self.push(layer)?;
        self.now = Flow {
            order: Order::Flat,
            by_pixel: None,
        };
        Ok(())
    }

    /// A global pooling, written as a mean or maximum over these axes.
    pub(super) fn reduce(&mut self, axes: &[i64], layer: LayerSpec) -> Result<(), LayerReason> {
        let mut places: Vec<i64> = axes.iter().map(|axis| axis.rem_euclid(4)).collect();
        places.sort_unstable();
        match (self.now.order, &places[..]) {
            (Order::ChannelsFirst, [2, 3]) | (Order::ChannelsLast, [1, 2]) => self.global(layer),
            _ => Err(setting("axes", format!("{axes:?}"), "height and width")),
        }
    }

    /// `parts` are γ, β, mean and variance.
    pub(super) fn norm(
        &mut self,
        node: &NodeProto,
        parts: Vec<Array>,
        fault: &dyn Fn(LayerReason) -> LayerFault,
    ) -> Result<(), LayerReason> {
        // Over flattened maps it would have a mean for each place.
        if self.now.order == Order::ChannelsLast
            || (self.now.order == Order::Flat && !self.is_vector())
        {
            return Err(LayerReason::Place);
        }
        let Ok([weight, bias, mean, variance]) = <[Array; 4]>::try_from(parts) else {
            return Err(LayerReason::Damaged("scale"));
        };
        self.push(LayerSpec::BatchNorm {
            epsilon: Real::new(float(node, "epsilon", 1e-5)),
            momentum: Real::new(float(node, "momentum", 0.9)),
            unbiased: false,
        })?;
        self.pairs.push(Pair {
            name: fault(LayerReason::Place).name,
            weight,
            bias: Some(bias),
            running: Some([mean, variance]),
        });
        Ok(())
    }

    pub(super) fn conv(
        &mut self,
        node: &NodeProto,
        weight: Array,
        bias: Option<Array>,
        fault: &dyn Fn(LayerReason) -> LayerFault,
    ) -> Result<(), LayerReason> {
        let (channels, height, width) = self.maps()?;
        let &[filters, inputs, rows, columns] = &weight.dims[..] else {
            return Err(LayerReason::Damaged("W"));
        };
        let groups = usize::try_from(int(node, "group", 1)).unwrap_or(0);
        if groups == 0 || inputs.checked_mul(groups) != Some(channels) {
            return Err(LayerReason::Damaged("W"));
        }
        let window = slide(node, Some([rows, columns]))?;
        let border = self.border_of(0.0)?;
        let padding = padding(node, &window, (height, width), border)?;
        let layer = LayerSpec::Conv {
            filters,
            kernel: window.size,
            stride: window.stride,
            dilation: window.dilation,
            groups: if groups > 1 && groups == channels {
                0
            } else {
                groups
            },
            padding,
            bias: bias.is_some(),
            activation: Activation::None,
        };
        self.weighted(layer, weight, bias, fault)
    }

    pub(super) fn dense(
        &mut self,
        weight: Array,
        bias: Option<Array>,
        transposed: bool,
        fault: &dyn Fn(LayerReason) -> LayerFault,
    ) -> Result<(), LayerReason> {
        if self.now.order != Order::Flat {
            return Err(LayerReason::NoFlatten);
        }
        let Array { name, dims, values } = weight;
        let &[rows, columns] = &dims[..] else {
            return Err(LayerReason::Damaged("B"));
        };
        let (units, inputs) = if transposed {
            (rows, columns)
        } else {
            (columns, rows)
        };
        let at = |unit: usize, input: usize| {
            values[if transposed {
                unit * inputs + input
            } else {
                input * units + unit
            }]
        };
        // Only what reads maps takes them as (channel, pixel) here, perhaps as (pixel, channel) there.
        let channels = self.now.by_pixel.take().unwrap_or(1).max(1);
        let pixels = inputs / channels;
        let place = |input: usize| match channels {
            1 => input,
            _ => input % pixels * channels + input / pixels,
        };
        if pixels * channels != inputs {
            return Err(LayerReason::Damaged("B"));
        }
        let values = (0..units)
            .flat_map(|unit| (0..inputs).map(move |input| (unit, place(input))))
            .map(|(unit, input)| at(unit, input))
            .collect();
        let weight = Array {
            name,
            dims: vec![units, inputs],
            values,
        };
        let layer = LayerSpec::Dense {
            units,
            bias: bias.is_some(),
            activation: Activation::None,
        };
        self.weighted(layer, weight, bias, fault)
    }

    fn weighted(
        &mut self,
        layer: LayerSpec,
        weight: Array,
        bias: Option<Array>,
        fault: &dyn Fn(LayerReason) -> LayerFault,
    ) -> Result<(), LayerReason> {
        self.push(layer)?;
        self.takes_activation = true;
        // Some exporters write it as a row.
        let units = vec![weight.dims[0]];
        let bias = bias.map(|bias| match bias.values.len() {
            count if count == units[0] => Array {
                dims: units,
                ..bias
            },
            _ => bias,
        });
        self.pairs.push(Pair {
            name: fault(LayerReason::Place).name,
            weight,
            bias,
            running: None,
        });
        Ok(())
    }

    /// Ends the network, behind the dense layer of the classes.
    pub(super) fn softmax(&mut self) -> Result<(), LayerReason> {
        self.ended = true;
        let is_dense = matches!(self.layers.last(), Some(LayerSpec::Dense { .. }));
        if is_dense && self.takes_activation {
            Ok(())
        } else {
            Err(LayerReason::Place)
        }
    }

    pub(super) fn finish(mut self, asked: Option<&NetworkSpec>) -> Result<Imported, ImportFault> {
        if self.pairs.is_empty() {
            return Err(ImportFault::NoWeights);
        }
        let Some(LayerSpec::Dense {
            units,
            bias,
            activation: Activation::None,
        }) = self.layers.pop()
        else {
            return Err(ImportFault::NoClasses);
        };
        if !bias {
            let name = self.pairs.last().map(|pair| pair.name.clone());
            self.notes.extend(name.map(Note::NoBias));
        }
        let normalization = self.rescaling.normalization(self.input.channels);
        let normalization = normalization.map_err(|numbers| ImportFault::pixels("Mul", numbers))?;
        let spec = NetworkSpec {
            layers: self.layers,
            classes: units,
            input: self.input,
            normalization,
        };
        super::check_asked(&spec, asked)?;
        let mut notes = self.notes;
        notes.dedup();
        Ok(Imported {
            model: array::model(&spec, self.pairs, Layout::PyTorch)?,
            format: Format::Onnx,
            notes,
            says_pixels: self.rescaling != Rescaling::default(),
        })
    }
}
