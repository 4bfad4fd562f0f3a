//! The layers of an ONNX graph, put together as its nodes come.

use super::array::{self, Array, Layout, Pair};
use super::error::{ImportFault, LayerFault, LayerReason};
use super::input::picture_size;
use super::note::Note;
use super::onnx_node::{int, ints, padding, plain};
use super::onnx_proto::{NodeProto, ValueInfoProto};
use super::onnx_tensors::Constants;
use super::{Format, Imported};
use crate::dataset::PictureSize;
use crate::network::normalization::Rescaling;
use crate::network::{LayerSpec, NetworkSpec, Padding};

/// The order of the values that a node gets.
#[derive(Clone, Copy, PartialEq)]
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
    pub(super) pairs: Vec<Pair>,
    pub(super) notes: Vec<Note>,
    order: Order,
    /// What is done to pictures before the first layer.
    pub(super) rescaling: Rescaling,
    /// Channels of the maps.
    channels: usize,
    /// Whether the maps' values stand by channel last in what they were flattened to.
    flat_by_pixel: bool,
    /// Whether the last layer with weights still needs its ReLU: of a dense one, the units.
    open: Option<Open>,
    pub(super) ended: bool,
}

/// A layer with weights whose activation has not come yet.
struct Open {
    fault: LayerFault,
    /// Units, of a dense one.
    units: Option<usize>,
}

impl<'a> Stack<'a> {
    pub(super) fn new(constants: &'a Constants) -> Self {
        Self {
            constants,
            input: PictureSize::FASHION_MNIST,
            layers: Vec::new(),
            pairs: Vec::new(),
            notes: Vec::new(),
            order: Order::ChannelsFirst,
            rescaling: Rescaling::default(),
            channels: 1,
            flat_by_pixel: false,
            open: None,
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
        self.order = order;
        self.channels = size.channels;
    }

    pub(super) fn transpose(&mut self, perm: &[i64]) -> Result<(), LayerReason> {
        self.order = match (self.order, perm) {
            (Order::ChannelsLast, [0, 3, 1, 2]) => Order::ChannelsFirst,
            (Order::ChannelsFirst, [0, 2, 3, 1]) => Order::ChannelsLast,
            _ => {
                return Err(LayerReason::Setting {
                    option: "perm",
                    found: format!("{perm:?}"),
                    allowed: "channels first to last, or back",
                });
            }
        };
        Ok(())
    }

    pub(super) fn flatten(&mut self) -> Result<(), LayerReason> {
        self.activated()?;
        if self.order != Order::Flat {
            self.flat_by_pixel = self.order == Order::ChannelsLast;
            self.order = Order::Flat;
        }
        Ok(())
    }

    /// A reshape flattens, unless it is of grey pictures: they have one channel, so that their values
    /// stay in their order.
    pub(super) fn reshape(&mut self, shape: Option<&[i64]>) -> Result<(), LayerReason> {
        match shape {
            Some([_, _]) | None => self.flatten(),
            Some(other) => {
                let grey = other.get(1..).and_then(pictures);
                let grey =
                    grey.filter(|(size, _)| size.channels == 1 && size.len() == self.input.len());
                match grey.filter(|_| self.layers.is_empty()) {
                    Some((size, order)) => {
                        self.takes(size, order);
                        Ok(())
                    }
                    None => Err(LayerReason::Setting {
                        option: "shape",
                        found: format!("{other:?}"),
                        allowed: "(images, values)",
                    }),
                }
            }
        }
    }

    /// A bias that stands apart from its layer.
    pub(super) fn bias(&mut self, bias: Array) -> Result<(), LayerReason> {
        let Some(pair) = self.pairs.last_mut().filter(|pair| pair.bias.is_none()) else {
            return Err(LayerReason::Place);
        };
        if self.open.is_none() {
            return Err(LayerReason::Place);
        }
        let units = pair.weight.dims[0];
        // As it is broadcast over pixels: (1, 1, 1, filters) or (1, filters, 1, 1).
        if bias.values.len() != units || bias.dims.iter().filter(|&&dim| dim != 1).count() > 1 {
            return Err(LayerReason::Setting {
                option: "B",
                found: format!("{:?}", bias.dims),
                allowed: "one number for each filter or unit",
            });
        }
        pair.bias = Some(Array {
            dims: vec![units],
            ..bias
        });
        Ok(())
    }

    pub(super) fn relu(&mut self) -> Result<(), LayerReason> {
        match self.open.take() {
            Some(Open { units, .. }) => {
                if let Some(units) = units {
                    self.layers.push(LayerSpec::dense(units));
                }
                Ok(())
            }
            // Twice does what once does.
            None if !self.layers.is_empty() => Ok(()),
            None => Err(LayerReason::Place),
        }
    }

    /// Refuses what follows a layer without ReLU.
    fn activated(&mut self) -> Result<(), LayerReason> {
        match &self.open {
            Some(_) => Err(LayerReason::NoRelu),
            None => Ok(()),
        }
    }

    pub(super) fn pool(&mut self, node: &NodeProto) -> Result<(), LayerReason> {
        self.activated()?;
        if self.order != Order::ChannelsFirst {
            return Err(LayerReason::Place);
        }
        for (option, allowed) in [("kernel_shape", "[2, 2]"), ("strides", "[2, 2]")] {
            let found = ints(node, option);
            if found != [2, 2] {
                let found = format!("{found:?}");
                return Err(LayerReason::Setting {
                    option,
                    found,
                    allowed,
                });
            }
        }
        if int(node, "ceil_mode", 0) != 0 {
            return Err(LayerReason::Setting {
                option: "ceil_mode",
                found: "1".into(),
                allowed: "0",
            });
        }
        plain(node)?;
        if padding(node, 1)? != Padding::Valid {
            return Err(LayerReason::Setting {
                option: "pads",
                found: format!("{:?}", ints(node, "pads")),
                allowed: "[0, 0, 0, 0]",
            });
        }
        self.layers.push(LayerSpec::MAX_POOL);
        Ok(())
    }

    pub(super) fn conv(
        &mut self,
        node: &NodeProto,
        weight: Array,
        bias: Option<Array>,
        fault: &dyn Fn(LayerReason) -> LayerFault,
    ) -> Result<(), LayerReason> {
        self.activated()?;
        if self.order != Order::ChannelsFirst {
            return Err(LayerReason::Place);
        }
        let setting = |option, found: String, allowed| {
            Err(LayerReason::Setting {
                option,
                found,
                allowed,
            })
        };
        plain(node)?;
        let strides = ints(node, "strides");
        if strides.iter().any(|&stride| stride != 1) {
            return setting("strides", format!("{strides:?}"), "[1, 1]");
        }
        let &[filters, inputs, kernel, width] = &weight.dims[..] else {
            return Err(LayerReason::Damaged("W"));
        };
        if kernel != width {
            return setting("kernel_shape", format!("{kernel}×{width}"), "a square");
        }
        if inputs != self.channels {
            return Err(LayerReason::Damaged("W"));
        }
        let padding = padding(node, kernel)?;
        self.layers.push(LayerSpec::conv(filters, kernel, padding));
        self.channels = filters;
        self.push(weight, bias, None, fault);
        Ok(())
    }

    pub(super) fn dense(
        &mut self,
        weight: Array,
        bias: Option<Array>,
        transposed: bool,
        fault: &dyn Fn(LayerReason) -> LayerFault,
    ) -> Result<(), LayerReason> {
        self.activated()?;
        if self.order != Order::Flat {
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
        // Only the first dense layer takes maps: as (channel, pixel) here, as (pixel, channel) there.
        let by_pixel = std::mem::take(&mut self.flat_by_pixel);
        let channels = if by_pixel { self.channels.max(1) } else { 1 };
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
        self.push(weight, bias, Some(units), fault);
        Ok(())
    }

    fn push(
        &mut self,
        weight: Array,
        bias: Option<Array>,
        units: Option<usize>,
        fault: &dyn Fn(LayerReason) -> LayerFault,
    ) {
        // Some exporters write it as a row.
        let units_dims = vec![weight.dims[0]];
        let bias = bias.map(|bias| match bias.values.len() {
            count if count == units_dims[0] => Array {
                dims: units_dims,
                ..bias
            },
            _ => bias,
        });
        let fault = fault(LayerReason::NoRelu);
        self.pairs.push(Pair {
            name: fault.name.clone(),
            weight,
            bias,
            running: None,
        });
        self.open = Some(Open { fault, units });
    }

    pub(super) fn softmax(&mut self) -> Result<(), LayerReason> {
        self.ended = true;
        match &self.open {
            Some(Open { units: Some(_), .. }) => Ok(()),
            _ => Err(LayerReason::Place),
        }
    }

    pub(super) fn finish(self, asked: Option<&NetworkSpec>) -> Result<Imported, ImportFault> {
        let classes = match self.open {
            Some(Open {
                units: Some(units), ..
            }) => units,
            Some(Open { fault, .. }) => return Err(ImportFault::Layers(vec![fault])),
            None if self.pairs.is_empty() => return Err(ImportFault::NoWeights),
            None => return Err(ImportFault::NoClasses),
        };
        let normalization = self.rescaling.normalization(self.input.channels);
        let normalization = normalization.map_err(|numbers| ImportFault::pixels("Mul", numbers))?;
        let spec = NetworkSpec {
            layers: self.layers,
            classes,
            input: self.input,
            normalization,
        };
        super::check_asked(&spec, asked)?;
        let mut notes = self.notes;
        notes.dedup();
        let without_bias = self.pairs.iter().filter(|pair| pair.bias.is_none());
        notes.extend(without_bias.map(|pair| Note::NoBias(pair.name.clone())));
        Ok(Imported {
            model: array::model(&spec, self.pairs, Layout::PyTorch)?,
            format: Format::Onnx,
            notes,
        })
    }
}
