//! ONNX: the network as a graph of operators, which onnxruntime and many others run.
//!
//! Pictures go in as `input`, `(batch, channels, height, width)` of numbers from 0 to 1, as the program divides bytes by 255; what the network
//! does to them is part of the graph. The scores before softmax come out as `logits`, `(batch, classes)`. Operators and their attributes are
//! those of <https://onnx.ai/onnx/operators> at opset 20.

use std::io;

use candle_core::Tensor;
use prost::Message as _;
use prost::bytes::Bytes;

use crate::network::onnx_proto::{
    AttributeProto, DimensionProto, FLOAT, GraphProto, ModelProto, NodeProto, OperatorSetProto,
    ShapeProto, TensorProto, TensorTypeProto, TypeProto, ValueInfoProto,
};
use crate::network::pytorch_layout::to_pytorch;
use crate::network::{
    Activation, Input, Join, Layer, LayerKind, Model, Parameters, PoolKind, Real, Shape, Window,
};

/// The version of the file format, and that of the operators: the first with GELU among them.
const IR_VERSION: i64 = 9;
const OPSET: i64 = 20;

/// Names of what goes in and comes out.
const INPUT: &str = "input";
const LOGITS: &str = "logits";

/// Kinds of attributes, as `onnx.proto` numbers them.
const AS_FLOAT: i32 = 1;
const AS_INT: i32 = 2;
const AS_TEXT: i32 = 3;
const AS_INTS: i32 = 7;

/// The whole model.
///
/// # Errors
/// Only those of candle's copies.
pub fn model(model: &Model) -> io::Result<Vec<u8>> {
    let mut graph = Graph::default();
    let pictures = graph.pictures(model);
    let mut outputs: Vec<String> = Vec::new();
    let last = model.layers().len().saturating_sub(1);
    for (index, layer) in model.layers().iter().enumerate() {
        let reads = layer.inputs.iter().map(|input| match input {
            Input::Pictures => pictures.clone(),
            Input::Layer(before) => outputs[*before].clone(),
        });
        let reads: Vec<String> = reads.collect();
        let name = if index == last { LOGITS } else { &layer.name };
        let output = graph.layer(layer, model.parameters(index), reads, name);
        outputs.push(output.map_err(io::Error::other)?);
    }
    let size = model.spec().input;
    let graph = GraphProto {
        name: "convlens".to_owned(),
        nodes: graph.nodes,
        initializers: graph.initializers,
        inputs: vec![value(INPUT, &[size.channels, size.height, size.width])],
        outputs: vec![value(LOGITS, &[model.spec().classes])],
    };
    let model = ModelProto {
        ir_version: IR_VERSION,
        producer: "convlens".to_owned(),
        graph: Some(graph.encode_to_vec().into()),
        opsets: vec![OperatorSetProto { version: OPSET }],
    };
    Ok(model.encode_to_vec())
}

/// A named tensor of float32, a batch of this shape.
fn value(name: &str, shape: &[usize]) -> Bytes {
    let batch = DimensionProto {
        value: 0,
        name: "batch".to_owned(),
    };
    let sides = shape.iter().map(|side| DimensionProto {
        value: *side as i64,
        name: String::new(),
    });
    let tensor = TensorTypeProto {
        element: FLOAT,
        shape: Some(ShapeProto {
            dims: [batch].into_iter().chain(sides).collect(),
        }),
    };
    let value = ValueInfoProto {
        name: name.to_owned(),
        kind: Some(TypeProto {
            tensor: Some(tensor),
        }),
    };
    value.encode_to_vec().into()
}

fn attribute(name: &str, kind: i32) -> AttributeProto {
    AttributeProto {
        name: name.to_owned(),
        kind,
        ..AttributeProto::default()
    }
}

fn int(name: &str, int: usize) -> AttributeProto {
    AttributeProto {
        int: int as i64,
        ..attribute(name, AS_INT)
    }
}

fn float(name: &str, float: f32) -> AttributeProto {
    AttributeProto {
        float,
        ..attribute(name, AS_FLOAT)
    }
}

fn text(name: &str, text: &'static str) -> AttributeProto {
    AttributeProto {
        text: Bytes::from_static(text.as_bytes()),
        ..attribute(name, AS_TEXT)
    }
}

fn ints(name: &str, numbers: &[usize]) -> AttributeProto {
    AttributeProto {
        ints: numbers.iter().map(|number| *number as i64).collect(),
        ..attribute(name, AS_INTS)
    }
}

/// What a window is.
fn window(window: &Window) -> Vec<AttributeProto> {
    let Window {
        size,
        stride,
        dilation,
        before,
        after,
    } = *window;
    vec![
        ints("kernel_shape", &size),
        ints("strides", &stride),
        ints("dilations", &dilation),
        ints("pads", &[before[0], before[1], after[0], after[1]]),
    ]
}

/// Nodes and weights, one behind another.
#[derive(Default)]
struct Graph {
    nodes: Vec<Bytes>,
    initializers: Vec<Bytes>,
}

impl Graph {
    /// Adds a node; the name of what it puts out.
    fn node(
        &mut self,
        op: &str,
        inputs: Vec<String>,
        output: &str,
        attributes: Vec<AttributeProto>,
    ) -> String {
        let node = NodeProto {
            inputs,
            outputs: vec![output.to_owned()],
            name: output.to_owned(),
            op: op.to_owned(),
            attributes,
            domain: String::new(),
        };
        self.nodes.push(node.encode_to_vec().into());
        output.to_owned()
    }

    /// Adds numbers; their name.
    fn numbers(&mut self, name: String, dims: &[usize], values: &[f32]) -> String {
        let raw: Vec<u8> = values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        let tensor = TensorProto {
            dims: dims.iter().map(|side| *side as i64).collect(),
            data_type: FLOAT,
            name: name.clone(),
            raw: raw.into(),
            ..TensorProto::default()
        };
        self.initializers.push(tensor.encode_to_vec().into());
        name
    }

    fn tensor(&mut self, name: String, tensor: &Tensor) -> candle_core::Result<String> {
        let values: Vec<f32> = tensor.flatten_all()?.to_vec1()?;
        Ok(self.numbers(name, tensor.dims(), &values))
    }

    /// What the network does to the pictures before its first layer.
    fn pictures(&mut self, model: &Model) -> String {
        let Some(normalization) = &model.spec().normalization else {
            return INPUT.to_owned();
        };
        let mut number = |name: &str, values: &[Real]| {
            let values: Vec<f32> = values.iter().map(|value| value.get()).collect();
            self.numbers(name.to_owned(), &[1, values.len(), 1, 1], &values)
        };
        let mean = number("pixels.mean", &normalization.mean);
        let deviation = number("pixels.deviation", &normalization.deviation);
        let centred = self.node(
            "Sub",
            vec![INPUT.to_owned(), mean],
            "pixels_centred",
            vec![],
        );
        self.node("Div", vec![centred, deviation], "pixels", vec![])
    }

    /// A layer; the name of what it puts out.
    fn layer(
        &mut self,
        layer: &Layer,
        learnt: Option<&Parameters>,
        mut reads: Vec<String>,
        output: &str,
    ) -> candle_core::Result<String> {
        let read = reads.first().cloned().unwrap_or_default();
        let needed = || candle_core::Error::msg(format!("{} has no weights", layer.name));
        Ok(match layer.kind {
            LayerKind::Conv {
                window: of,
                groups,
                activation,
                ..
            } => {
                let mut attributes = window(&of);
                attributes.push(int("group", groups));
                let inputs = self.weighted(layer, learnt.ok_or_else(needed)?, read)?;
                let sums = sums_name(output, activation);
                let sums = self.node("Conv", inputs, &sums, attributes);
                self.activation(activation, sums, output)
            }
            LayerKind::Dense { activation, .. } => {
                let sums = sums_name(output, activation);
                let sums = self.dense(layer, learnt.ok_or_else(needed)?, read, &sums)?;
                self.activation(activation, sums, output)
            }
            LayerKind::Output => self.dense(layer, learnt.ok_or_else(needed)?, read, output)?,
            LayerKind::Pool { kind, window: of } => {
                let mut attributes = window(&of);
                let op = match kind {
                    PoolKind::Max => "MaxPool",
                    PoolKind::Average { counts_padding } => {
                        attributes.push(int("count_include_pad", counts_padding.into()));
                        "AveragePool"
                    }
                };
                self.node(op, vec![read], output, attributes)
            }
            LayerKind::GlobalPool { kind } => {
                let op = match kind {
                    PoolKind::Max => "GlobalMaxPool",
                    PoolKind::Average { .. } => "GlobalAveragePool",
                };
                let cells = self.node(op, vec![read], &format!("{output}_cells"), vec![]);
                self.node("Flatten", vec![cells], output, vec![int("axis", 1)])
            }
            LayerKind::BatchNorm { epsilon, .. } => {
                let learnt = learnt.ok_or_else(needed)?;
                let mut inputs = self.weighted(layer, learnt, read)?;
                for (name, tensor) in ["running_mean", "running_var"]
                    .into_iter()
                    .zip(learnt.running.iter().flatten())
                {
                    inputs.push(self.tensor(format!("{}.{name}", layer.name), tensor)?);
                }
                let epsilon = float("epsilon", epsilon.get());
                self.node("BatchNormalization", inputs, output, vec![epsilon])
            }
            LayerKind::Activation(activation) => self.activation(activation, read, output),
            LayerKind::Join(Join::Add) => {
                let mut sum = read;
                let last = reads.len().saturating_sub(1);
                for (place, other) in reads.drain(..).enumerate().skip(1) {
                    let name = if place == last {
                        output.to_owned()
                    } else {
                        format!("{output}_{place}")
                    };
                    sum = self.node("Add", vec![sum, other], &name, vec![]);
                }
                sum
            }
            LayerKind::Join(Join::Concatenate) => {
                self.node("Concat", reads, output, vec![int("axis", 1)])
            }
            // Nothing but in training; and what a block was given, once more.
            LayerKind::Dropout { .. } | LayerKind::Branch => read,
        })
    }

    /// What a layer reads, and its weights and biases, as PyTorch has them.
    fn weighted(
        &mut self,
        layer: &Layer,
        learnt: &Parameters,
        read: String,
    ) -> candle_core::Result<Vec<String>> {
        let name = &layer.name;
        let weight = to_pytorch(layer, &learnt.weight)?;
        let mut inputs = vec![read, self.tensor(format!("{name}.weight"), &weight)?];
        if let Some(bias) = &learnt.bias {
            inputs.push(self.tensor(format!("{name}.bias"), bias)?);
        }
        Ok(inputs)
    }

    fn dense(
        &mut self,
        layer: &Layer,
        learnt: &Parameters,
        mut read: String,
        output: &str,
    ) -> candle_core::Result<String> {
        if let Shape::Maps { .. } = layer.input {
            let flat = format!("{}_flat", layer.name);
            read = self.node("Flatten", vec![read], &flat, vec![int("axis", 1)]);
        }
        let inputs = self.weighted(layer, learnt, read)?;
        // Weights are (units, inputs).
        Ok(self.node("Gemm", inputs, output, vec![int("transB", 1)]))
    }

    fn activation(&mut self, activation: Activation, read: String, output: &str) -> String {
        let alpha = |alpha: Real| vec![float("alpha", alpha.get())];
        let (op, attributes) = match activation {
            Activation::None => return read,
            Activation::Relu6 => return self.clip(read, [0.0, 6.0], output),
            Activation::HardTanh => return self.clip(read, [-1.0, 1.0], output),
            Activation::Silu => {
                let gate = format!("{output}_gate");
                let gate = self.node("Sigmoid", vec![read.clone()], &gate, vec![]);
                return self.node("Mul", vec![read, gate], output, vec![]);
            }
            Activation::Relu => ("Relu", vec![]),
            Activation::LeakyRelu(slope) => ("LeakyRelu", alpha(slope)),
            Activation::Elu(scale) => ("Elu", alpha(scale)),
            Activation::Selu => ("Selu", vec![]),
            Activation::Gelu => ("Gelu", vec![text("approximate", "none")]),
            Activation::GeluTanh => ("Gelu", vec![text("approximate", "tanh")]),
            Activation::Tanh => ("Tanh", vec![]),
            Activation::Sigmoid => ("Sigmoid", vec![]),
            Activation::HardSigmoid => {
                let slope = vec![float("alpha", 1.0 / 6.0), float("beta", 0.5)];
                ("HardSigmoid", slope)
            }
            Activation::HardSilu => ("HardSwish", vec![]),
        };
        self.node(op, vec![read], output, attributes)
    }

    fn clip(&mut self, read: String, ends: [f32; 2], output: &str) -> String {
        let mut inputs = vec![read];
        for (end, name) in ends.into_iter().zip(["least", "most"]) {
            inputs.push(self.numbers(format!("{output}.{name}"), &[], &[end]));
        }
        self.node("Clip", inputs, output, vec![])
    }
}

/// What the sums before an activation are called.
fn sums_name(output: &str, activation: Activation) -> String {
    match activation {
        Activation::None => output.to_owned(),
        _ => format!("{output}_sums"),
    }
}
