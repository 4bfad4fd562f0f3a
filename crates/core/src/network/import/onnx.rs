//! ONNX models of stacks and of blocks whose branches are added or joined, as `torch.onnx.export`, `keras.Model.export` and tf2onnx write
//! them.
//!
//! The graph is followed from its output to its input, and then read layer by layer. Keras's exporters add transposes around convolutions,
//! which ONNX wants with channels first, casts that change nothing, and the arithmetic of a shape; the order in which maps are flattened
//! follows from the transposes.

use std::collections::HashMap;
use std::path::Path;

use prost::bytes::Bytes;

use super::Imported;
use super::array::Array;
use super::blocks::{self, Step};
use super::error::{ImportFault, LayerFault, LayerReason};
use super::note::Note;
use super::onnx_node::{activation, attribute, clip, float, gemm, int, ints, rescaling, setting};
use super::onnx_stack::Stack;
use super::onnx_tensors::Constants;
use crate::network::onnx_proto::{
    BFLOAT16, DOUBLE, FLOAT, FLOAT16, GraphProto, ModelProto, NodeProto, ValueInfoProto,
};
use crate::network::{Activation, LayerSpec, NetworkSpec};

/// Most nodes, inputs or constants: exporters write about ten nodes a layer.
const MAX_PARTS: usize = 4096;

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
        ("outputs", graph.outputs.len()),
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
    // PyTorch writes equal weights once, and the others as the same.
    for node in nodes.iter().filter(|node| node.op == "Identity") {
        if let (Some(from), Some(to)) = (node.inputs.first(), node.outputs.first()) {
            constants.rename(from, to);
        }
    }
    let inputs = graph.inputs.into_iter().map(decode);
    let inputs = inputs.collect::<Result<Vec<ValueInfoProto>, _>>()?;
    // Old exporters list the weights as inputs too.
    let mut inputs = inputs.iter().filter(|input| !constants.has(&input.name));
    let (Some(input), None) = (inputs.next(), inputs.next()) else {
        return Err(ImportFault::Onnx("it has not one input".into()));
    };
    let outputs = graph.outputs.into_iter().map(decode);
    let outputs = outputs.collect::<Result<Vec<ValueInfoProto>, _>>()?;
    let [output] = &outputs[..] else {
        return Err(ImportFault::Onnx("it has not one output".into()));
    };
    let mut stack = Stack::new(&constants);
    stack.begin(input)?;
    let graph = Graph::new(&nodes, &constants, &input.name);
    let steps = graph.steps(&output.name)?;
    stack.follow(&graph, &steps)?;
    stack.finish(asked)
}

fn decode<T: prost::Message + Default>(bytes: Bytes) -> Result<T, ImportFault> {
    T::decode(bytes).map_err(|error| ImportFault::Onnx(error.to_string()))
}

/// The nodes, and whose outputs each computes with.
struct Graph<'a> {
    nodes: &'a [NodeProto],
    /// The node that puts out a value; the number of nodes for the pictures.
    makers: HashMap<&'a str, usize>,
    constants: &'a Constants,
}

impl<'a> Graph<'a> {
    fn new(nodes: &'a [NodeProto], constants: &'a Constants, pictures: &'a str) -> Self {
        let mut makers = HashMap::new();
        for (index, node) in nodes.iter().enumerate() {
            makers.extend(node.outputs.iter().map(|output| (output.as_str(), index)));
        }
        makers.insert(pictures, nodes.len());
        Self {
            nodes,
            makers,
            constants,
        }
    }

    /// The values that a node computes with, constants and the arithmetic of shapes left out.
    fn read_by(node: &'a NodeProto, constants: &Constants) -> Vec<&'a str> {
        let inputs = node.inputs.iter().map(String::as_str);
        match node.op.as_str() {
            "Add" | "Sub" | "Mul" | "Div" | "Concat" | "Sum" => {
                inputs.filter(|name| !constants.has(name)).collect()
            }
            _ => inputs.take(1).collect(),
        }
    }

    /// From the pictures to a value, with the blocks that the nodes form.
    fn steps(&self, output: &str) -> Result<Vec<Step>, ImportFault> {
        let tangled = |name: &str| ImportFault::Tangled(name.chars().take(80).collect());
        let mut inputs = Vec::with_capacity(self.nodes.len() + 1);
        for node in self.nodes {
            let read = Self::read_by(node, self.constants).into_iter();
            // What comes from nowhere is no fault where nothing leads from it to the output.
            let makers = read.map(|name| self.makers.get(name).copied().unwrap_or(usize::MAX));
            inputs.push(makers.collect());
        }
        inputs.push(Vec::new());
        let last = self
            .makers
            .get(output)
            .copied()
            .ok_or_else(|| tangled(output))?;
        let name = |node: usize| self.nodes.get(node).map_or(output, |node| called(node));
        blocks::stack(&inputs, last).map_err(|node| tangled(name(node)))
    }
}

/// A node's name, or else that of its output.
fn called(node: &NodeProto) -> &str {
    match node.outputs.first() {
        Some(output) if node.name.is_empty() => output,
        _ => &node.name,
    }
}

impl Stack<'_> {
    /// Reads the nodes in their order.
    fn follow(&mut self, graph: &Graph<'_>, steps: &[Step]) -> Result<(), ImportFault> {
        let mut faults = Vec::new();
        let mut index = 0;
        while let Some(step) = steps.get(index) {
            index += 1;
            let node = match step {
                Step::Node(node) | Step::Join(node) => *node,
                Step::Split => {
                    // x · σ(x) is one function, written as a block.
                    if let Some(function) = gated(graph.nodes, &steps[index - 1..])
                        && self.activate(function).is_ok()
                    {
                        index += GATED - 1;
                        continue;
                    }
                    self.split();
                    continue;
                }
                Step::Branch => {
                    self.branch();
                    continue;
                }
            };
            // The pictures themselves.
            let Some(found) = graph.nodes.get(node) else {
                continue;
            };
            let fault = |reason| LayerFault {
                number: node + 1,
                class: found.op.clone(),
                name: called(found).to_owned(),
                reason,
            };
            let known = found.domain.is_empty() || found.domain == "ai.onnx";
            let read = match step {
                _ if !known => Err(LayerReason::Class),
                Step::Join(_) => self.join(found),
                Step::Node(_) | Step::Split | Step::Branch => self.read(found, &fault)?,
            };
            if let Err(reason) = read {
                faults.push(fault(reason));
            }
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
        fault: &dyn Fn(LayerReason) -> LayerFault,
    ) -> Result<Result<(), LayerReason>, ImportFault> {
        let value = Graph::read_by(node, self.constants);
        let mut others = node
            .inputs
            .iter()
            .filter(|name| !value.contains(&name.as_str()));
        let other = others.next();
        let constant = || {
            let array = other.map(|name| self.constants.array(name)).transpose()?;
            Ok::<_, ImportFault>(array.flatten())
        };
        if self.ended {
            return Ok(Err(LayerReason::Place));
        }
        // A number minus the values, or divided by them, is another thing.
        let is_turned = matches!(node.op.as_str(), "Sub" | "Div")
            && other.is_some_and(|name| node.inputs.first() == Some(name));
        if is_turned {
            return Ok(Err(LayerReason::Class));
        }
        if let Some(function) = activation(node).transpose() {
            return Ok(function.and_then(|function| self.activate(function)));
        }
        Ok(match node.op.as_str() {
            "Identity" => Ok(()),
            // Here everything is float32.
            "Cast"
                if [FLOAT, FLOAT16, BFLOAT16, DOUBLE]
                    .map(i64::from)
                    .contains(&int(node, "to", 0)) =>
            {
                Ok(())
            }
            "Dropout" => {
                self.notes.push(Note::TrainingOnly);
                Ok(())
            }
            "Transpose" => self.transpose(&ints(node, "perm")),
            "Flatten" if int(node, "axis", 1) == 1 => {
                self.flatten();
                Ok(())
            }
            "Squeeze" => self.squeeze(),
            "Reshape" => {
                let shape = other.and_then(|name| self.constants.integers(name));
                self.reshape(shape.as_deref())
            }
            "Mul" | "Div" | "Add" | "Sub" if self.is_first() => match constant()? {
                Some(array) => rescaling(&node.op, &array.values, &mut self.rescaling),
                None => Err(LayerReason::Class),
            },
            "Add" | "Mul" | "Sub" | "Div" => match constant()? {
                Some(bias) if node.op == "Add" && self.takes_bias() => self.bias(bias),
                Some(numbers) => self.scaled(&node.op, &numbers, fault),
                None => Err(LayerReason::Class),
            },
            "Clip" => {
                let bound = |index: usize, name: &str| -> Result<Option<f32>, ImportFault> {
                    let array = weight_if_any(self.constants, node, index)?;
                    let number = array.and_then(|array| array.values.first().copied());
                    let attribute = float(node, name, f32::NAN);
                    Ok(number.or((!attribute.is_nan()).then_some(attribute)))
                };
                let (least, most) = (bound(1, "min")?, bound(2, "max")?);
                clip(least, most).and_then(|function| self.activate(function))
            }
            "Pad" => {
                let pads = node
                    .inputs
                    .get(1)
                    .and_then(|name| self.constants.integers(name));
                let value = weight_if_any(self.constants, node, 2)?;
                let around = value.and_then(|value| value.values.first().copied());
                let around = around.unwrap_or_else(|| float(node, "value", 0.0));
                match attribute(node, "mode").map(|mode| &mode.text[..]) {
                    None | Some(b"constant" | b"") => {
                        self.pad(&pads.unwrap_or_else(|| ints(node, "pads")), around)
                    }
                    Some(_) => Err(LayerReason::Class),
                }
            }
            "MaxPool" => self.pool(node, false),
            "AveragePool" => self.pool(node, true),
            "GlobalAveragePool" => self.global(LayerSpec::GlobalAveragePool),
            "GlobalMaxPool" => self.global(LayerSpec::GlobalMaxPool),
            "ReduceMean" | "ReduceMax" => {
                let axes = other.and_then(|name| self.constants.integers(name));
                let layer = match node.op.as_str() {
                    "ReduceMean" => LayerSpec::GlobalAveragePool,
                    _ => LayerSpec::GlobalMaxPool,
                };
                self.reduce(&axes.unwrap_or_else(|| ints(node, "axes")), layer)
            }
            "BatchNormalization" => {
                let mut parts = Vec::with_capacity(4);
                for index in 1..5 {
                    parts.push(weight(self.constants, node, index)?);
                }
                self.norm(node, parts, fault)
            }
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
            "MatMul" => {
                let weight = weight(self.constants, node, 1)?;
                self.dense(weight, None, false, fault)
            }
            "Softmax" | "LogSoftmax" => self.softmax(),
            _ => Err(LayerReason::Class),
        })
    }

    fn join(&mut self, node: &NodeProto) -> Result<(), LayerReason> {
        let join = match node.op.as_str() {
            "Add" | "Sum" => Ok(LayerSpec::Add),
            "Concat" => {
                let axis = int(node, "axis", 1);
                if self.is_channel_axis(axis) {
                    Ok(LayerSpec::Concatenate)
                } else {
                    Err(setting("axis", axis, "that of the channels"))
                }
            }
            _ => Err(LayerReason::Class),
        };
        // Closed all the same: what follows is read as if it were one.
        self.close(join)
    }
}

/// Steps of a function that is multiplied by its input.
const GATED: usize = 4;

/// The function that steps come to which multiply something by its sigmoid, or its hard one.
fn gated(nodes: &[NodeProto], steps: &[Step]) -> Option<Activation> {
    let (gate, product) = match steps.get(..GATED)? {
        [
            Step::Split,
            Step::Node(gate),
            Step::Branch,
            Step::Join(product),
        ]
        | [
            Step::Split,
            Step::Branch,
            Step::Node(gate),
            Step::Join(product),
        ] => (*gate, *product),
        _ => return None,
    };
    if nodes.get(product)?.op != "Mul" {
        return None;
    }
    match activation(nodes.get(gate)?).ok()?? {
        Activation::Sigmoid => Some(Activation::Silu),
        Activation::HardSigmoid => Some(Activation::HardSilu),
        _ => None,
    }
}

/// The constant that is a node's input of this number.
fn weight_if_any(
    constants: &Constants,
    node: &NodeProto,
    input: usize,
) -> Result<Option<Array>, ImportFault> {
    let Some(name) = node.inputs.get(input).filter(|name| !name.is_empty()) else {
        return Ok(None);
    };
    // What is computed on the way is no weight, and must not be taken for none.
    let array = constants.array(name)?;
    array
        .map(Some)
        .ok_or_else(|| ImportFault::Missing(called(node).to_owned()))
}

fn weight(constants: &Constants, node: &NodeProto, input: usize) -> Result<Array, ImportFault> {
    weight_if_any(constants, node, input)?
        .ok_or_else(|| ImportFault::Missing(called(node).to_owned()))
}
