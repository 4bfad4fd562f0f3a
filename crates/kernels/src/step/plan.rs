//! From layers to operations whose sizes are known.
//!
//! An activation behind a layer becomes part of it where its gradient can be told from its output. A convolution of a common kind with
//! bias and `ReLU` takes the fast way, and a 2×2 pooling that alone reads it becomes part of it too.

use super::super::activation::Activation;
use super::super::general::Sizes;
use super::super::geometry::Geometry;
use super::super::pools;
use super::super::slide::{Slide, Window};
use super::super::tensor::{addressable, product};
use super::memory::{Memory, Variable};
use super::network::{Input, Layer, Network, Operator};
use candle_core::{Result, bail};

/// What an operation reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Pictures,
    Operation(usize),
}

/// One or more layers.
pub struct Operation {
    pub name: String,
    pub kind: Kind,
    pub sources: Vec<Source>,
    pub variables: Vec<Variable>,
    /// Done to its output.
    pub activation: Activation,
    /// Height, width and channels.
    pub output: [usize; 3],
    /// How many operations read it.
    pub readers: usize,
}

/// What it computes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Convolution {
        sizes: Sizes,
        form: Form,
        bias: bool,
    },
    Pool(Slide, pools::Kind),
    Norm {
        epsilon: f64,
        momentum: f64,
        unbiased: bool,
    },
    Dropout {
        rate: f32,
        /// Which layer it is.
        layer: usize,
    },
    /// One whose gradient its output does not tell, or that nothing takes in.
    Activation(Activation),
    Dense {
        inputs: usize,
        outputs: usize,
    },
    Add,
    Concatenate,
}

/// The ways of a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Bias, `ReLU` and perhaps a pooling in one, zeros left out on the way back.
    Fused(Geometry),
    /// Forward and the input's gradient by the same kernels.
    Plain(Geometry),
    General,
    Depthwise,
}

impl Operation {
    /// Numbers of one picture.
    pub fn output_length(&self) -> usize {
        product(&self.output)
    }

    /// Whether the optimizer changes something of it.
    pub fn is_trained(&self) -> bool {
        !self.variables.is_empty()
    }
}

/// All operations, each behind those that it reads.
pub struct Operations {
    pub all: Vec<Operation>,
    pub input: [usize; 3],
}

impl Operations {
    /// Numbers of one picture of a source.
    pub fn length(&self, source: Source) -> usize {
        product(&self.shape(source))
    }

    pub fn shape(&self, source: Source) -> [usize; 3] {
        match source {
            Source::Pictures => self.input,
            Source::Operation(index) => self.all[index].output,
        }
    }

    /// What reads the output of an operation, if that is one alone.
    pub fn only_reader(&self, index: usize) -> Option<Kind> {
        let source = Source::Operation(index);
        let mut readers = (self.all.iter()).filter(|reader| reader.sources.contains(&source));
        let reader = readers.next()?;
        (self.all[index].readers == 1).then_some(reader.kind)
    }

    pub fn classes(&self) -> usize {
        self.all.last().map_or(0, Operation::output_length)
    }
}

/// Sizes and variables of all layers, for so many pictures at a time, on vectors of so many lanes.
pub fn plan(
    network: &Network,
    images: usize,
    lanes: usize,
    memory: &mut Memory,
) -> Result<Operations> {
    let mut planner = Planner {
        operations: Operations {
            all: Vec::new(),
            input: network.input,
        },
        images,
        counts: [0; 8],
        readers: readers(network)?,
        outputs: Vec::new(),
    };
    if let Some(normalization) = &network.normalization {
        let numbers = [&normalization.scale, &normalization.offset];
        if numbers.iter().any(|numbers| {
            numbers.len() != network.input[2] || numbers.iter().any(|n| !n.is_finite())
        }) {
            bail!(
                "step: {normalization:?} does not fit {} channels",
                network.input[2]
            );
        }
    }
    for layer in 0..network.layers.len() {
        let output = planner.layer(network, layer, memory)?;
        planner.outputs.push(output);
    }
    let mut operations = planner.operations;
    for operation in &mut operations.all {
        if let Kind::Convolution { sizes, form, .. } = &mut operation.kind
            && matches!(form, Form::Plain(_))
            && sizes.has_few_filters(lanes)
        {
            *form = Form::General;
        }
    }
    let fits = match (network.layers.last(), operations.all.last()) {
        (
            Some(Layer {
                operator: Operator::Dense { activation, .. },
                ..
            }),
            _,
        ) => *activation == Activation::None,
        (_, Some(last)) => last.output[..2] == [1, 1],
        _ => false,
    };
    if !fits {
        bail!(
            "step: the last layer must put out one number a class, a dense one without activation"
        );
    }
    let lengths = operations.all.iter().map(Operation::output_length);
    if images == 0
        || !lengths
            .chain([product(&network.input)])
            .all(|length| length > 0 && addressable(&[images, length]))
    {
        let input = network.input;
        bail!("step: {images} pictures of {input:?} are too few or too many");
    }
    Ok(operations)
}

/// How many layers read each.
fn readers(network: &Network) -> Result<Vec<usize>> {
    let mut readers = vec![0; network.layers.len()];
    for (index, layer) in network.layers.iter().enumerate() {
        for input in &layer.inputs {
            match *input {
                Input::Layer(from) if from < index => readers[from] += 1,
                Input::Layer(from) => bail!("step: layer {index} reads layer {from} behind it"),
                Input::Pictures => {}
            }
        }
        let joins = matches!(layer.operator, Operator::Add | Operator::Concatenate);
        if layer.inputs.is_empty() || !joins && layer.inputs.len() > 1 {
            let (operator, count) = (layer.operator, layer.inputs.len());
            bail!("step: layer {index}, {operator:?}, cannot have {count} inputs");
        }
    }
    let last = readers.len().saturating_sub(1);
    if let Some(index) = readers[..last].iter().position(|count| *count == 0) {
        bail!("step: nothing reads layer {index}");
    }
    Ok(readers)
}

struct Planner {
    operations: Operations,
    images: usize,
    /// Of each kind, for names.
    counts: [usize; 8],
    /// Of each layer.
    readers: Vec<usize>,
    /// The operation that each layer's output is of.
    outputs: Vec<usize>,
}

impl Planner {
    fn name(&mut self, operator: &Operator) -> String {
        let kind = match operator {
            Operator::Convolution { .. } => 0,
            Operator::MaxPool { .. } | Operator::AveragePool { .. } => 1,
            Operator::Dense { .. } => 2,
            Operator::BatchNorm { .. } => 3,
            Operator::Dropout { .. } => 4,
            Operator::Activation(_) => 5,
            Operator::Add => 6,
            Operator::Concatenate => 7,
        };
        self.counts[kind] += 1;
        let names = [
            "conv", "pool", "dense", "norm", "drop", "act", "add", "concat",
        ];
        format!("{}{}", names[kind], self.counts[kind])
    }

    /// Adds a layer; which operation puts out what it does.
    fn layer(&mut self, network: &Network, index: usize, memory: &mut Memory) -> Result<usize> {
        let layer = &network.layers[index];
        let name = self.name(&layer.operator);
        let sources: Vec<_> = layer
            .inputs
            .iter()
            .map(|input| match *input {
                Input::Pictures => Source::Pictures,
                Input::Layer(layer) => Source::Operation(self.outputs[layer]),
            })
            .collect();
        let shape = self.operations.shape(sources[0]);
        // The operation before, if this layer alone reads it.
        let alone = match layer.inputs[0] {
            Input::Layer(before) if self.readers[before] == 1 => Some(self.outputs[before]),
            _ => None,
        };
        let [height, width, channels] = shape;
        let mut variables = Vec::new();
        let mut behind = Activation::None;
        let (kind, output) = match layer.operator {
            Operator::Convolution {
                filters,
                window,
                groups,
                bias,
                activation,
            } => {
                let sizes = Sizes::new(&name, shape, window, filters, groups)?;
                variables.push(sizes.weights_length());
                variables.extend(bias.then_some(filters));
                behind = activation;
                let form = if sizes.is_depthwise() {
                    Form::Depthwise
                } else {
                    sizes
                        .geometry(self.images)
                        .map_or(Form::General, Form::Plain)
                };
                let kind = Kind::Convolution { sizes, form, bias };
                (kind, [sizes.slide.rows, sizes.slide.columns, filters])
            }
            Operator::MaxPool { window } => {
                let slide = Slide::pooling(&name, window, shape)?;
                let output = [slide.rows, slide.columns, channels];
                if window == Window::tiles([2, 2])
                    && let Some(before) = alone
                    && self.take_pool(before, output)
                {
                    return Ok(before);
                }
                (Kind::Pool(slide, pools::Kind::Max), output)
            }
            Operator::AveragePool {
                window,
                counts_padding,
            } => {
                let slide = Slide::pooling(&name, window, shape)?;
                let kind = pools::Kind::Average { counts_padding };
                let output = [slide.rows, slide.columns, channels];
                (Kind::Pool(slide, kind), output)
            }
            Operator::BatchNorm {
                epsilon,
                momentum,
                unbiased,
            } => {
                if !(epsilon.is_finite() && epsilon > 0.0 && (0.0..=1.0).contains(&momentum)) {
                    bail!("{name}: an ε of {epsilon} or a momentum of {momentum} is none");
                }
                variables.extend([channels; 4]);
                let kind = Kind::Norm {
                    epsilon,
                    momentum,
                    unbiased,
                };
                (kind, shape)
            }
            Operator::Dropout { rate } => {
                if !(0.0..1.0).contains(&rate) {
                    bail!("{name}: a share of {rate} cannot be dropped");
                }
                (Kind::Dropout { rate, layer: index }, shape)
            }
            Operator::Activation(activation) => {
                if !activation.is_finite() {
                    bail!("{name}: {activation:?} has a parameter that is no number");
                }
                if let Some(before) = alone
                    && self.take_activation(before, activation)
                {
                    return Ok(before);
                }
                (Kind::Activation(activation), shape)
            }
            Operator::Dense {
                units,
                bias,
                activation,
            } => {
                let inputs = product(&shape);
                if inputs == 0
                    || units == 0
                    || !addressable(&[inputs, units.saturating_add(16)])
                    || !addressable(&[self.images, units])
                {
                    bail!("{name}: {units} units do not fit an input of {inputs}");
                }
                variables.push(inputs * units);
                variables.extend(bias.then_some(units));
                behind = activation;
                let kind = Kind::Dense {
                    inputs,
                    outputs: units,
                };
                (kind, [1, 1, units])
            }
            Operator::Add => {
                let shapes = sources.iter().map(|source| self.operations.shape(*source));
                if let Some(other) = shapes.into_iter().find(|other| *other != shape) {
                    bail!("{name}: {other:?} cannot be added to {shape:?}");
                }
                (Kind::Add, shape)
            }
            Operator::Concatenate => {
                let mut all = 0_usize;
                for source in &sources {
                    let [h, w, c] = self.operations.shape(*source);
                    if [h, w] != [height, width] {
                        bail!("{name}: maps of {h}×{w} cannot be joined with {height}×{width}");
                    }
                    all = all.saturating_add(c);
                }
                (Kind::Concatenate, [height, width, all])
            }
        };
        if !behind.is_finite() {
            bail!("{name}: {behind:?} has a parameter that is no number");
        }
        let variables = variables.into_iter().map(|size| memory.variable(size));
        let variables = variables.collect();
        let added = self.add(name.clone(), kind, sources, variables, output);
        if self.take_activation(added, behind) {
            return Ok(added);
        }
        let source = vec![Source::Operation(added)];
        let kind = Kind::Activation(behind);
        Ok(self.add(format!("{name} activation"), kind, source, vec![], output))
    }

    fn add(
        &mut self,
        name: String,
        kind: Kind,
        sources: Vec<Source>,
        variables: Vec<Variable>,
        output: [usize; 3],
    ) -> usize {
        for source in &sources {
            if let Source::Operation(index) = source {
                self.operations.all[*index].readers += 1;
            }
        }
        self.operations.all.push(Operation {
            name,
            kind,
            sources,
            variables,
            activation: Activation::None,
            output,
            readers: 0,
        });
        self.operations.all.len() - 1
    }

    /// Makes an activation part of the operation before, if that can be.
    fn take_activation(&mut self, index: usize, activation: Activation) -> bool {
        let operation = &mut self.operations.all[index];
        if activation == Activation::None {
            return true;
        }
        let can = match operation.kind {
            Kind::Convolution { .. } | Kind::Dense { .. } | Kind::Add | Kind::Concatenate => {
                activation.is_known_by_output()
            }
            Kind::Norm { .. } => activation.bend().is_some(),
            Kind::Pool(..) | Kind::Dropout { .. } | Kind::Activation(_) => false,
        };
        if !can || operation.activation != Activation::None {
            return false;
        }
        operation.activation = activation;
        if let Kind::Convolution {
            form: form @ Form::Plain(_),
            bias: true,
            ..
        } = &mut operation.kind
            && activation == Activation::Relu
            && let Form::Plain(geometry) = *form
        {
            *form = Form::Fused(geometry);
        }
        true
    }

    /// Makes a 2×2 pooling part of a convolution before, if that can be.
    fn take_pool(&mut self, index: usize, output: [usize; 3]) -> bool {
        let operation = &mut self.operations.all[index];
        if let Kind::Convolution {
            form: Form::Fused(geometry),
            ..
        } = &mut operation.kind
            && !geometry.pool
        {
            geometry.pool = true;
            operation.output = output;
            return true;
        }
        false
    }
}
