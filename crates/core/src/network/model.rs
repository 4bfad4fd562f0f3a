//! A network with weights: initialisation and the forward pass.

use std::ops::Range;

use candle_core::{Device, Result, Tensor, Var};
use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;

use super::fault::SpecError;
use super::plan::{Layer, LayerKind, Shape, parameter_count};
use super::spec::NetworkSpec;
use crate::dataset::{IMAGE_PIXELS, IMAGE_SIDE};
use convlens_kernels as kernels;

/// Weight and bias of one layer.
///
/// A convolution's weight is `(kernel, kernel, in, out)`, a dense layer's `(in, out)` with the
/// maps flattened in the order height, width, channel; the bias is `(out)`. Files hold
/// `PyTorch`'s layout instead: see [`super::weights`].
#[derive(Clone, Debug)]
pub struct Parameters {
    /// The kernels, or the matrix.
    pub weight: Tensor,
    /// One value an output channel or unit.
    pub bias: Tensor,
}

/// A network and its weights. Cloning shares the weights; [`Model::snapshot`] copies them.
#[derive(Clone, Debug)]
pub struct Model {
    spec: NetworkSpec,
    layers: Vec<Layer>,
    /// One entry a layer; `None` for pools.
    parameters: Vec<Option<Parameters>>,
}

/// What one layer makes of a batch of pictures.
#[derive(Clone, Debug)]
pub struct LayerOutput {
    /// The layer's output: `(images, height, width, channels)` or `(images, units)`; after ReLU
    /// where the layer has one; the logits for the output layer.
    pub value: Tensor,
    /// The same before ReLU, for convolutions only.
    pub before_relu: Option<Tensor>,
}

impl Model {
    /// A network with random weights as Keras makes them: Glorot-uniform kernels, zero biases
    /// (Glorot and Bengio 2010, eq. 16: limit √(6 / (`fan_in` + `fan_out`))). The same seed gives
    /// the same weights on every machine.
    ///
    /// # Errors
    /// An impossible stack.
    pub fn random(spec: &NetworkSpec, seed: u64) -> std::result::Result<Self, SpecError> {
        let layers = spec.plan()?;
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let parameters = layers
            .iter()
            .map(|layer| parameter_shapes(layer).map(|shapes| glorot(&shapes, &mut rng)))
            .collect();
        Ok(Self {
            spec: spec.clone(),
            layers,
            parameters,
        })
    }

    /// A network with the given weights, in [`Parameters`]' layout, one entry a weighted layer.
    ///
    /// # Errors
    /// An impossible stack, or weights that do not fit it.
    pub fn from_parameters(spec: &NetworkSpec, parameters: Vec<Parameters>) -> Result<Self> {
        let layers = spec.plan().map_err(candle_core::Error::wrap)?;
        let mut given = parameters.into_iter();
        let mut placed = Vec::with_capacity(layers.len());
        for layer in &layers {
            let Some(shapes) = parameter_shapes(layer) else {
                placed.push(None);
                continue;
            };
            let Some(p) = given.next() else {
                candle_core::bail!("{}: no weights given", layer.name)
            };
            if p.weight.dims() != shapes.weight || p.bias.dims() != [shapes.outputs] {
                candle_core::bail!(
                    "{}: weights {:?} and {:?}, expected {:?} and [{}]",
                    layer.name,
                    p.weight.dims(),
                    p.bias.dims(),
                    shapes.weight,
                    shapes.outputs
                );
            }
            placed.push(Some(p));
        }
        if given.next().is_some() {
            candle_core::bail!("more weights than layers")
        }
        Ok(Self {
            spec: spec.clone(),
            layers,
            parameters: placed,
        })
    }

    /// The stack.
    #[must_use]
    pub fn spec(&self) -> &NetworkSpec {
        &self.spec
    }

    /// Every layer, the output layer last.
    #[must_use]
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// Weights of the layer at `index`; `None` for a pool.
    #[must_use]
    pub fn parameters(&self, index: usize) -> Option<&Parameters> {
        self.parameters.get(index)?.as_ref()
    }

    /// Number of trained values.
    #[must_use]
    pub fn parameter_count(&self) -> usize {
        parameter_count(&self.layers)
    }

    /// Copies of the weights that share no memory with these: what a thread that trains hands out.
    ///
    /// # Errors
    /// Only those of candle's copy.
    pub fn snapshot(&self) -> Result<Self> {
        self.map_tensors(|t| Ok(t.copy()?.detach()))
    }

    /// The same network with its weights as variables, and the variables: what an optimizer
    /// changes, the model then sees.
    ///
    /// # Errors
    /// Only those of candle's copy.
    pub fn trainable(&self) -> Result<(Self, Vec<Var>)> {
        let mut vars = Vec::new();
        let model = self.map_tensors(|t| {
            let var = Var::from_tensor(&t.copy()?)?;
            let tensor = var.as_tensor().clone();
            vars.push(var);
            Ok(tensor)
        })?;
        Ok((model, vars))
    }

    /// The same network with other weights, in the order of [`trainable`](Self::trainable)'s
    /// variables.
    ///
    /// # Errors
    /// Too few tensors, or of other shapes.
    pub fn with_tensors(&self, tensors: impl IntoIterator<Item = Tensor>) -> Result<Self> {
        let mut tensors = tensors.into_iter();
        self.map_tensors(|old| match tensors.next() {
            Some(new) if new.dims() == old.dims() => Ok(new),
            Some(new) => {
                candle_core::bail!("a tensor {:?} for one of {:?}", new.dims(), old.dims())
            }
            None => candle_core::bail!("fewer tensors than the network has"),
        })
    }

    /// The same network with every weight tensor replaced, weight before bias, layer by layer.
    pub(crate) fn map_tensors(&self, mut f: impl FnMut(&Tensor) -> Result<Tensor>) -> Result<Self> {
        let mut map = |p: &Parameters| {
            Ok(Parameters {
                weight: f(&p.weight)?,
                bias: f(&p.bias)?,
            })
        };
        let parameters = self
            .parameters
            .iter()
            .map(|p| p.as_ref().map(&mut map).transpose())
            .collect::<Result<_>>()?;
        Ok(Self {
            spec: self.spec.clone(),
            layers: self.layers.clone(),
            parameters,
        })
    }

    /// Class scores before softmax: `(images, 28, 28, 1)` → `(images, classes)`.
    ///
    /// # Errors
    /// Pictures of another shape.
    pub fn logits(&self, pictures: &Tensor) -> Result<Tensor> {
        self.forward(0..self.layers.len(), pictures)
    }

    /// What some neighbouring layers make of the output `x` of the layer before them (pictures for
    /// the first). A convolution and the pool after it run as one operator if both are asked for.
    ///
    /// # Errors
    /// An input of another shape; layers that the network does not have.
    pub fn forward(&self, layers: Range<usize>, x: &Tensor) -> Result<Tensor> {
        if layers.end > self.layers.len() {
            candle_core::bail!("layer {}: there are {}", layers.end, self.layers.len())
        }
        let mut x = x.clone();
        let mut index = layers.start;
        while index < layers.end {
            let pooled =
                index + 1 < layers.end && self.layers[index + 1].kind == LayerKind::MaxPool;
            x = if let LayerKind::Conv { padding, .. } = self.layers[index].kind
                && let Some(p) = &self.parameters[index]
                && pooled
            {
                index += 1;
                kernels::conv_relu_pool(&x, &p.weight, &p.bias, padding)?
            } else {
                self.apply(index, &x)?
            };
            index += 1;
        }
        Ok(x)
    }

    /// The output of every layer, for looking at: one entry a layer.
    ///
    /// # Errors
    /// Pictures of another shape.
    pub fn activations(&self, pictures: &Tensor) -> Result<Vec<LayerOutput>> {
        let mut x = pictures.clone();
        let mut outputs = Vec::with_capacity(self.layers.len());
        for index in 0..self.layers.len() {
            let output = if let LayerKind::Conv { padding, .. } = self.layers[index].kind
                && let Some(p) = &self.parameters[index]
            {
                let before = kernels::conv(&x, &p.weight, &p.bias, padding)?;
                LayerOutput {
                    value: relu(&before)?,
                    before_relu: Some(before),
                }
            } else {
                LayerOutput {
                    value: self.apply(index, &x)?,
                    before_relu: None,
                }
            };
            x = output.value.clone();
            outputs.push(output);
        }
        Ok(outputs)
    }

    /// One layer's output.
    fn apply(&self, index: usize, x: &Tensor) -> Result<Tensor> {
        let layer = &self.layers[index];
        match (layer.kind, &self.parameters[index]) {
            (LayerKind::Conv { padding, .. }, Some(p)) => {
                kernels::conv_relu(x, &p.weight, &p.bias, padding)
            }
            (LayerKind::Dense, Some(p)) => kernels::dense_relu(x, &p.weight, &p.bias),
            (LayerKind::Output, Some(p)) => kernels::dense(x, &p.weight, &p.bias),
            (LayerKind::MaxPool, _) => kernels::max_pool(x),
            (LayerKind::Conv { .. } | LayerKind::Dense | LayerKind::Output, None) => {
                candle_core::bail!("{} has no weights", layer.name)
            }
        }
    }
}

/// Negative values set to 0. Candle's own starts threads that spin for tensors as large as three pictures' maps, and takes
/// the processor from training.
fn relu(x: &Tensor) -> Result<Tensor> {
    let values: Vec<f32> = x.flatten_all()?.to_vec1()?;
    let positive: Vec<f32> = values.into_iter().map(|value| value.max(0.0)).collect();
    Tensor::from_vec(positive, x.shape(), x.device())
}

/// Pictures as the network gets them: grey bytes divided by 255, nothing else.
/// `images × 784` bytes → `(images, 28, 28, 1)`.
///
/// # Errors
/// A number of bytes that is no multiple of 784.
pub fn pictures_to_tensor<'a>(pictures: impl IntoIterator<Item = &'a [u8]>) -> Result<Tensor> {
    let mut values: Vec<f32> = Vec::new();
    for picture in pictures {
        if picture.len() != IMAGE_PIXELS {
            candle_core::bail!("a picture of {} bytes, expected 784", picture.len())
        }
        values.extend(picture.iter().map(|&byte| f32::from(byte) / 255.0));
    }
    let count = values.len() / IMAGE_PIXELS;
    Tensor::from_vec(values, (count, IMAGE_SIDE, IMAGE_SIDE, 1), &Device::Cpu)
}

/// Shapes and fans of one layer's parameters.
struct ParameterShapes {
    weight: Vec<usize>,
    outputs: usize,
    fan_in: usize,
    fan_out: usize,
}

fn parameter_shapes(layer: &Layer) -> Option<ParameterShapes> {
    match (layer.kind, layer.input, layer.output) {
        (
            LayerKind::Conv { kernel, .. },
            Shape::Maps { channels: i, .. },
            Shape::Maps { channels: o, .. },
        ) => Some(ParameterShapes {
            weight: vec![kernel, kernel, i, o],
            outputs: o,
            fan_in: kernel * kernel * i,
            fan_out: kernel * kernel * o,
        }),
        (LayerKind::Dense | LayerKind::Output, input, Shape::Vector(o)) => Some(ParameterShapes {
            weight: vec![input.len(), o],
            outputs: o,
            fan_in: input.len(),
            fan_out: o,
        }),
        (LayerKind::MaxPool | LayerKind::Conv { .. }, ..)
        | (LayerKind::Dense | LayerKind::Output, _, Shape::Maps { .. }) => None,
    }
}

fn glorot(shapes: &ParameterShapes, rng: &mut ChaCha8Rng) -> Parameters {
    let limit = (6.0 / (shapes.fan_in + shapes.fan_out) as f32).sqrt();
    let count = shapes.weight.iter().product();
    let values: Vec<f32> = (0..count)
        .map(|_| rng.random_range(-limit..limit))
        .collect();
    let weight = Tensor::from_vec(values, shapes.weight.as_slice(), &Device::Cpu);
    let bias = Tensor::from_vec(vec![0f32; shapes.outputs], shapes.outputs, &Device::Cpu);
    Parameters {
        weight: weight.expect("as many values as the shape has"),
        bias: bias.expect("as many values as the shape has"),
    }
}
