//! ONNX models of plain stacks, as `torch.onnx.export`, `keras.Model.export` and tf2onnx write them.
//!
//! The graph is followed from its input, one node after another. Keras's exporters add transposes
//! around convolutions, which ONNX wants with channels first, casts that change nothing, and the
//! arithmetic of a shape; the order in which maps are flattened follows from the transposes.

use std::collections::HashMap;
use std::path::Path;

use prost::bytes::Bytes;

use super::array::{self, Array, Layout, Pair};
use super::error::{ImportFault, LayerFault, LayerReason};
use super::note::Note;
use super::onnx_node::{gemm, int, ints, padding, plain, rescaling};
use super::onnx_proto::{FLOAT, GraphProto, ModelProto, NodeProto, ValueInfoProto};
use super::onnx_tensors::Constants;
use super::{Format, Imported};
use crate::dataset::{IMAGE_PIXELS, IMAGE_SIDE};
use crate::network::{LayerSpec, NetworkSpec, Padding};

/// Most nodes, inputs or constants: exporters write about ten nodes a layer.
const MAX_PARTS: usize = 2048;

/// Opens a model. `path` is where its weights may be beside it.
pub(super) fn open(
    bytes: Vec<u8>,
    path: &Path,
    asked: Option<&NetworkSpec>,
) -> Result<Imported, ImportFault> {
    let model: ModelProto = decode(bytes.into())?;
    let graph = model.graph.unwrap_or_default();
    let graph: GraphProto = decode(graph)?;
    for (what, count) in [
        ("nodes", graph.nodes.len()),
        ("inputs", graph.inputs.len()),
        ("constants", graph.initializers.len()),
    ] {
        if count > MAX_PARTS {
            return Err(ImportFault::Onnx(format!("{count} {what}")));
        }
    }
    let mut constants = Constants::read(graph.initializers, path)?;
    let nodes = graph.nodes.into_iter().map(decode);
    let mut nodes = nodes.collect::<Result<Vec<NodeProto>, _>>()?;
    for node in nodes.iter_mut().filter(|node| node.op == "Constant") {
        let value = node.attributes.iter_mut().find_map(|a| a.tensor.take());
        if let (Some(name), Some(tensor)) = (node.outputs.first(), value) {
            constants.insert(name.clone(), tensor);
        }
    }
    let inputs = graph.inputs.into_iter().map(decode);
    let inputs = inputs.collect::<Result<Vec<ValueInfoProto>, _>>()?;
    let mut stack = Stack::new(&constants);
    // Old exporters list the weights as inputs too.
    let mut inputs = inputs.iter().filter(|input| !constants.has(&input.name));
    let (Some(input), None) = (inputs.next(), inputs.next()) else {
        return Err(ImportFault::Onnx("it has not one input".into()));
    };
    stack.begin(input)?;
    stack.follow(&nodes, &input.name)?;
    stack.finish(asked)
}

fn decode<T: prost::Message + Default>(bytes: Bytes) -> Result<T, ImportFault> {
    T::decode(bytes).map_err(|error| ImportFault::Onnx(error.to_string()))
}

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

/// The layers read so far.
struct Stack<'a> {
    constants: &'a Constants,
    layers: Vec<LayerSpec>,
    pairs: Vec<Pair>,
    notes: Vec<Note>,
    order: Order,
    /// Channels of the maps.
    channels: usize,
    /// Whether the maps' values stand by channel last in what they were flattened to.
    flat_by_pixel: bool,
    /// Whether the last layer with weights still needs its ReLU: of a dense one, the units.
    open: Option<Open>,
    ended: bool,
}

/// A layer with weights whose activation has not come yet.
struct Open {
    fault: LayerFault,
    /// Units, of a dense one.
    units: Option<usize>,
}

impl<'a> Stack<'a> {
    fn new(constants: &'a Constants) -> Self {
        Self {
            constants,
            layers: Vec::new(),
            pairs: Vec::new(),
            notes: Vec::new(),
            order: Order::ChannelsFirst,
            channels: 1,
            flat_by_pixel: false,
            open: None,
            ended: false,
        }
    }

    /// Takes in the shape of the pictures.
    fn begin(&mut self, input: &ValueInfoProto) -> Result<(), ImportFault> {
        let tensor = input.kind.as_ref().and_then(|kind| kind.tensor.as_ref());
        let Some(shape) = tensor.and_then(|tensor| tensor.shape.as_ref()) else {
            return Ok(());
        };
        let dims: Vec<i64> = shape.dims.iter().map(|dim| dim.value).collect();
        let (side, pixels) = (IMAGE_SIDE as i64, IMAGE_PIXELS as i64);
        self.order = match dims[..] {
            [_, 1, h, w] if (h, w) == (side, side) => Order::ChannelsFirst,
            [_, h, w, 1] if (h, w) == (side, side) => Order::ChannelsLast,
            [_, h, w] if (h, w) == (side, side) => Order::ChannelsLast,
            [_, all] if all == pixels => Order::Flat,
            _ => {
                let fault = LayerFault {
                    number: 1,
                    class: "Input".into(),
                    name: input.name.clone(),
                    reason: LayerReason::Input(format!("{dims:?}")),
                };
                return Err(ImportFault::Layers(vec![fault]));
            }
        };
        Ok(())
    }

    /// Reads the nodes that the input goes through.
    fn follow(&mut self, nodes: &[NodeProto], input: &str) -> Result<(), ImportFault> {
        let mut readers: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, node) in nodes.iter().enumerate() {
            // What asks for a shape only belongs to the arithmetic of shapes.
            if node.op != "Shape" {
                for name in &node.inputs {
                    readers.entry(name).or_default().push(index);
                }
            }
        }
        let mut value = input;
        let mut faults = Vec::new();
        // No more steps than nodes: a damaged graph may run in a circle.
        for _ in 0..nodes.len() {
            let Some(next) = readers.get(value) else {
                break;
            };
            let &[index] = &next[..] else {
                return Err(ImportFault::Branches(value.to_owned()));
            };
            let node = &nodes[index];
            let Some(output) = node.outputs.first() else {
                return Err(ImportFault::Branches(node.name.clone()));
            };
            let fault = |reason| LayerFault {
                number: index + 1,
                class: node.op.clone(),
                name: if node.name.is_empty() {
                    output
                } else {
                    &node.name
                }
                .clone(),
                reason,
            };
            let known = node.domain.is_empty() || node.domain == "ai.onnx";
            let read = if known {
                self.read(node, value, &fault)?
            } else {
                Err(LayerReason::Class)
            };
            if let Err(reason) = read {
                faults.push(fault(reason));
            }
            value = output;
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(ImportFault::Layers(faults))
        }
    }

    /// Reads a node; the inner error is one of the layer, and others may follow.
    fn read(
        &mut self,
        node: &NodeProto,
        value: &str,
        fault: &dyn Fn(LayerReason) -> LayerFault,
    ) -> Result<Result<(), LayerReason>, ImportFault> {
        let other = node.inputs.iter().find(|name| *name != value);
        let constant = || {
            let array = other.map(|name| self.constants.array(name)).transpose()?;
            Ok::<_, ImportFault>(array.flatten())
        };
        if self.ended {
            return Ok(Err(LayerReason::Place));
        }
        Ok(match node.op.as_str() {
            "Identity" => Ok(()),
            "Cast" if int(node, "to", 0) == i64::from(FLOAT) => Ok(()),
            "Dropout" => {
                self.notes.push(Note::Dropout);
                Ok(())
            }
            "Transpose" => self.transpose(&ints(node, "perm")),
            "Flatten" if int(node, "axis", 1) == 1 => self.flatten(),
            "Reshape" => {
                let shape = other.and_then(|name| self.constants.integers(name));
                self.reshape(shape.as_deref())
            }
            "Mul" | "Div" | "Add" | "Sub" if self.pairs.is_empty() => match constant()? {
                Some(array) => rescaling(&node.op, &array.values),
                None => Err(LayerReason::Class),
            },
            "Add" => match constant()? {
                Some(bias) => self.bias(bias),
                None => Err(LayerReason::Class),
            },
            "Relu" => self.relu(),
            "MaxPool" => self.pool(node),
            "Conv" => {
                let weight = weight(self.constants, node, 1)?;
                let bias = weight_if_any(self.constants, node, 2)?;
                self.conv(node, weight, bias, fault)
            }
            "Gemm" => {
                let weight = weight(self.constants, node, 1)?;
                let bias = weight_if_any(self.constants, node, 2)?;
                match gemm(node) {
                    Ok(transposed) => self.dense(weight, bias, transposed, fault),
                    Err(reason) => Err(reason),
                }
            }
            "MatMul" if node.inputs.first().is_some_and(|first| first == value) => {
                let weight = weight(self.constants, node, 1)?;
                self.dense(weight, None, false, fault)
            }
            "Softmax" | "LogSoftmax" => self.softmax(),
            _ => Err(LayerReason::Class),
        })
    }

    fn transpose(&mut self, perm: &[i64]) -> Result<(), LayerReason> {
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

    fn flatten(&mut self) -> Result<(), LayerReason> {
        self.activated()?;
        if self.order != Order::Flat {
            self.flat_by_pixel = self.order == Order::ChannelsLast;
            self.order = Order::Flat;
        }
        Ok(())
    }

    /// A reshape flattens, unless it is of the pictures: they have one channel, so that their values
    /// stay in their order.
    fn reshape(&mut self, shape: Option<&[i64]>) -> Result<(), LayerReason> {
        let side = IMAGE_SIDE as i64;
        match shape {
            Some(&[_, 1, h, w]) if self.layers.is_empty() && (h, w) == (side, side) => {
                self.order = Order::ChannelsFirst;
            }
            Some(&[_, h, w, 1]) if self.layers.is_empty() && (h, w) == (side, side) => {
                self.order = Order::ChannelsLast;
            }
            Some([_, _]) | None => return self.flatten(),
            Some(other) => {
                return Err(LayerReason::Setting {
                    option: "shape",
                    found: format!("{other:?}"),
                    allowed: "(images, values)",
                });
            }
        }
        Ok(())
    }

    /// A bias that stands apart from its layer.
    fn bias(&mut self, bias: Array) -> Result<(), LayerReason> {
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

    fn relu(&mut self) -> Result<(), LayerReason> {
        match self.open.take() {
            Some(Open { units, .. }) => {
                if let Some(units) = units {
                    self.layers.push(LayerSpec::Dense { units });
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

    fn pool(&mut self, node: &NodeProto) -> Result<(), LayerReason> {
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
        self.layers.push(LayerSpec::MaxPool);
        Ok(())
    }

    fn conv(
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
        self.layers.push(LayerSpec::Conv {
            filters,
            kernel,
            padding,
        });
        self.channels = filters;
        self.push(weight, bias, None, fault);
        Ok(())
    }

    fn dense(
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
        });
        self.open = Some(Open { fault, units });
    }

    fn softmax(&mut self) -> Result<(), LayerReason> {
        self.ended = true;
        match &self.open {
            Some(Open { units: Some(_), .. }) => Ok(()),
            _ => Err(LayerReason::Place),
        }
    }

    fn finish(self, asked: Option<&NetworkSpec>) -> Result<Imported, ImportFault> {
        let classes = match self.open {
            Some(Open {
                units: Some(units), ..
            }) => units,
            Some(Open { fault, .. }) => return Err(ImportFault::Layers(vec![fault])),
            None if self.pairs.is_empty() => return Err(ImportFault::NoWeights),
            None => return Err(ImportFault::NoClasses),
        };
        let spec = NetworkSpec {
            layers: self.layers,
            classes,
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

/// The constant that is a node's input of this number.
fn weight_if_any(
    constants: &Constants,
    node: &NodeProto,
    input: usize,
) -> Result<Option<Array>, ImportFault> {
    match node.inputs.get(input).filter(|name| !name.is_empty()) {
        Some(name) => constants.array(name),
        None => Ok(None),
    }
}

fn weight(constants: &Constants, node: &NodeProto, input: usize) -> Result<Array, ImportFault> {
    weight_if_any(constants, node, input)?.ok_or_else(|| ImportFault::Missing(node.name.clone()))
}
