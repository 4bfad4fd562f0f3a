//! ONNX models of plain stacks, as `torch.onnx.export`, `keras.Model.export` and tf2onnx write them.
//!
//! The graph is followed from its input, one node after another. Keras's exporters add transposes
//! around convolutions, which ONNX wants with channels first, casts that change nothing, and the
//! arithmetic of a shape; the order in which maps are flattened follows from the transposes.

use std::collections::HashMap;
use std::path::Path;

use prost::bytes::Bytes;

use super::Imported;
use super::array::Array;
use super::error::{ImportFault, LayerFault, LayerReason};
use super::note::Note;
use super::onnx_node::{gemm, int, ints, rescaling};
use super::onnx_proto::{FLOAT, GraphProto, ModelProto, NodeProto, ValueInfoProto};
use super::onnx_stack::Stack;
use super::onnx_tensors::Constants;
use crate::network::NetworkSpec;

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

impl Stack<'_> {
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
                Some(array) => rescaling(&node.op, &array.values, &mut self.rescaling),
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
