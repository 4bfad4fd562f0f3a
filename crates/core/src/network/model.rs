//! A network with weights, and its forward pass.

use candle_core::{Device, Result, Tensor, Var};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;

use super::fault::SpecError;
use super::layer::{Join, Layer, LayerKind, PoolKind, whole};
use super::parameters::{Learnt, Parameters, initial};
use super::plan::parameter_count;
use super::spec::NetworkSpec;
use super::{Activation, Input, Window};
use convlens_kernels as kernels;
use convlens_kernels::Normalization;

/// A network and its weights. Cloning shares the weights; [`Model::snapshot`] copies them.
#[derive(Clone, Debug)]
pub struct Model {
    spec: NetworkSpec,
    layers: Vec<Layer>,
    /// One entry a layer; `None` for those that learn nothing.
    parameters: Vec<Option<Parameters>>,
}

/// What one layer makes of a batch of pictures.
#[derive(Clone, Debug)]
pub struct LayerOutput {
    /// The layer's output: `(images, height, width, channels)` or `(images, units)`; after the activation
    /// where the layer has one; the logits for the output layer.
    pub value: Tensor,
    /// The same before the activation, for convolutions that have one.
    pub before_relu: Option<Tensor>,
}

impl Model {
    /// A network with random weights as Keras makes them: Glorot-uniform kernels, zero biases
    /// (Glorot and Bengio 2010, eq. 16: limit √(6 / (`fan_in` + `fan_out`))); batch normalizations with γ = 1, β = 0, mean 0 and
    /// variance 1. The same seed gives the same weights on every machine.
    ///
    /// # Errors
    /// An impossible stack.
    pub fn random(spec: &NetworkSpec, seed: u64) -> std::result::Result<Self, SpecError> {
        let layers = spec.plan()?;
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let parameters = layers
            .iter()
            .map(|layer| initial(layer, &mut rng))
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
            let Some(learnt) = Learnt::of(layer) else {
                placed.push(None);
                continue;
            };
            let Some(p) = given.next() else {
                candle_core::bail!("{}: no weights given", layer.name)
            };
            let found: Vec<&[usize]> = p.tensors().map(Tensor::dims).collect();
            let expected = learnt.all();
            if found != expected {
                candle_core::bail!("{}: weights {found:?}, expected {expected:?}", layer.name);
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

    /// What the layer at `index` has learnt; `None` for one that learns nothing.
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

    /// The same network with every tensor replaced, in the order of [`tensors`](Self::tensors).
    pub(crate) fn map_tensors(&self, mut f: impl FnMut(&Tensor) -> Result<Tensor>) -> Result<Self> {
        let parameters = self
            .parameters
            .iter()
            .map(|p| p.as_ref().map(|p| p.map(&mut f)).transpose())
            .collect::<Result<_>>()?;
        Ok(Self {
            spec: self.spec.clone(),
            layers: self.layers.clone(),
            parameters,
        })
    }

    /// Pictures as the network gets them: bytes divided by 255, and normalized where the network asks for it. As many bytes a picture as
    /// [`NetworkSpec::input`] says → `(images, height, width, channels)`.
    ///
    /// # Errors
    /// A picture of another size.
    pub fn input<'a>(&self, pictures: impl IntoIterator<Item = &'a [u8]>) -> Result<Tensor> {
        let size = self.spec.input;
        let normalization = &self.spec.normalization;
        let normalization = normalization.as_ref().map(super::Normalization::compiled);
        let mut values: Vec<f32> = Vec::new();
        for picture in pictures {
            if picture.len() != size.len() {
                candle_core::bail!(
                    "a picture of {} bytes for a network that takes pictures of {size}, {} bytes",
                    picture.len(),
                    size.len()
                )
            }
            match &normalization {
                None => values.extend(picture.iter().map(|&byte| f32::from(byte) / 255.0)),
                Some(Normalization { scale, offset }) => {
                    for pixel in picture.chunks_exact(size.channels) {
                        let numbers = pixel.iter().zip(scale).zip(offset);
                        values.extend(numbers.map(|((b, scale), o)| f32::from(*b) * scale + o));
                    }
                }
            }
        }
        let count = values.len() / size.len();
        let shape = (count, size.height, size.width, size.channels);
        Tensor::from_vec(values, shape, &Device::Cpu)
    }

    /// Class scores before softmax: `(images, height, width, channels)` → `(images, classes)`.
    ///
    /// # Errors
    /// Pictures of another shape.
    pub fn logits(&self, pictures: &Tensor) -> Result<Tensor> {
        self.logits_from(pictures, Vec::new())
    }

    /// The same where the outputs of the first layers are known, in their order: what those were computed from has no say any more.
    ///
    /// # Errors
    /// Pictures or outputs of another shape.
    pub fn logits_from(&self, pictures: &Tensor, known: Vec<Tensor>) -> Result<Tensor> {
        let mut outputs = self.run(pictures, known, self.layers.len())?;
        match outputs.pop().flatten() {
            Some(logits) => Ok(logits),
            None => candle_core::bail!("a network without layers"),
        }
    }

    /// What the layer at `index` reads, of a join what its first branch put out: pictures `(images, height, width, channels)` → the same
    /// of maps, or `(images, units)`.
    ///
    /// # Errors
    /// Pictures of another shape; a layer that the network does not have.
    pub fn input_of(&self, index: usize, pictures: &Tensor) -> Result<Tensor> {
        let Some(layer) = self.layers.get(index) else {
            candle_core::bail!("layer {index}: there are {}", self.layers.len())
        };
        self.value_of(layer.inputs[0], pictures)
    }

    /// What a layer puts out, after its activation, or the pictures as the network gets them: pictures
    /// `(images, height, width, channels)` → the same of maps, or `(images, units)`.
    ///
    /// # Errors
    /// Pictures of another shape; a layer that the network does not have.
    pub fn value_of(&self, source: Input, pictures: &Tensor) -> Result<Tensor> {
        let Input::Layer(index) = source else {
            return Ok(pictures.clone());
        };
        if index >= self.layers.len() {
            candle_core::bail!("layer {index}: there are {}", self.layers.len())
        }
        let mut outputs = self.run(pictures, Vec::new(), index + 1)?;
        match outputs.pop().flatten() {
            Some(output) => Ok(output),
            None => candle_core::bail!("{} puts out nothing", self.layers[index].name),
        }
    }

    /// The outputs of the layers before `end`, of which the first may be known already. Only the last is sure to be there: others are
    /// dropped once nothing reads them any more. A convolution and the pool behind it run as one operator.
    fn run(
        &self,
        pictures: &Tensor,
        known: Vec<Tensor>,
        end: usize,
    ) -> Result<Vec<Option<Tensor>>> {
        let mut last_reader = vec![0; end];
        for (index, layer) in self.layers[..end].iter().enumerate() {
            for input in &layer.inputs {
                if let Input::Layer(before) = input {
                    last_reader[*before] = index;
                }
            }
        }
        let mut outputs: Vec<Option<Tensor>> = known.into_iter().map(Some).collect();
        while outputs.len() < end {
            let index = outputs.len();
            let inputs = self.gather(index, pictures, |layer| outputs[layer].clone())?;
            let pool = self.layers[..end].get(index + 1);
            let is_pooled = pool.is_some_and(|pool| pool.kind == LayerKind::MAX_POOL);
            match self.plain(index) {
                Some((padding, weight, bias)) if is_pooled => {
                    let y = kernels::conv_relu_pool(&inputs[0], weight, bias, padding)?;
                    outputs.extend([None, Some(y)]);
                }
                Some(_) | None => outputs.push(Some(self.apply(index, &inputs)?)),
            }
            let done = outputs.len() - 1;
            for (output, reader) in outputs[..done].iter_mut().zip(&last_reader) {
                if *reader <= done {
                    *output = None;
                }
            }
        }
        Ok(outputs)
    }

    /// What a layer reads.
    fn gather(
        &self,
        index: usize,
        pictures: &Tensor,
        output: impl Fn(usize) -> Option<Tensor>,
    ) -> Result<Vec<Tensor>> {
        let layer = &self.layers[index];
        let inputs = layer.inputs.iter().map(|input| match input {
            Input::Pictures => Some(pictures.clone()),
            Input::Layer(before) => output(*before),
        });
        let inputs: Option<Vec<Tensor>> = inputs.collect();
        inputs.ok_or_else(|| candle_core::Error::msg(format!("{}: no input", layer.name)))
    }

    /// The output of every layer, for looking at: one entry a layer.
    ///
    /// # Errors
    /// Pictures of another shape.
    pub fn activations(&self, pictures: &Tensor) -> Result<Vec<LayerOutput>> {
        let mut outputs: Vec<LayerOutput> = Vec::with_capacity(self.layers.len());
        for index in 0..self.layers.len() {
            let inputs = self.gather(index, pictures, |layer| {
                outputs.get(layer).map(|output| output.value.clone())
            })?;
            let output = match self.layers[index].kind {
                LayerKind::Conv { activation, .. } if activation != Activation::None => {
                    let before = self.before_activation(index, &inputs[0])?;
                    LayerOutput {
                        value: if activation == Activation::Relu {
                            relu(&before)?
                        } else {
                            kernels::activate(&before, activation.into())?
                        },
                        before_relu: Some(before),
                    }
                }
                LayerKind::Conv { .. }
                | LayerKind::Pool { .. }
                | LayerKind::GlobalPool { .. }
                | LayerKind::BatchNorm { .. }
                | LayerKind::Dropout { .. }
                | LayerKind::Activation(_)
                | LayerKind::Dense { .. }
                | LayerKind::Output
                | LayerKind::Branch
                | LayerKind::Join(_) => LayerOutput {
                    value: self.apply(index, &inputs)?,
                    before_relu: None,
                },
            };
            outputs.push(output);
        }
        Ok(outputs)
    }

    /// A convolution that has operators of its own, the fastest: square kernels of 1, 3, 5 or 7, stride 1, bias and ReLU. Its padding,
    /// weight and bias.
    fn plain(&self, index: usize) -> Option<(kernels::Padding, &Tensor, &Tensor)> {
        let LayerKind::Conv {
            window,
            groups: 1,
            activation: Activation::Relu,
            ..
        } = self.layers[index].kind
        else {
            return None;
        };
        let p = self.parameters[index].as_ref()?;
        Some((plain_padding(&window)?, &p.weight, p.bias.as_ref()?))
    }

    /// The sums of the convolution or dense layer at `index`, before its activation: `(images, height, width, channels)` → the same of its
    /// maps, or `(images, units)`.
    ///
    /// # Errors
    /// The layer is neither; an input of another shape.
    pub fn before_activation(&self, index: usize, x: &Tensor) -> Result<Tensor> {
        let layer = &self.layers[index];
        let Some(p) = &self.parameters[index] else {
            candle_core::bail!("{} has no weights", layer.name)
        };
        if layer.kind.is_dense() {
            let zeros = || Tensor::zeros(layer.output.len(), x.dtype(), x.device());
            let bias = p.bias.clone().map_or_else(zeros, Ok)?;
            return kernels::dense(x, &p.weight, &bias);
        }
        let LayerKind::Conv { window, groups, .. } = layer.kind else {
            candle_core::bail!("{} adds nothing up", layer.name)
        };
        match (plain_padding(&window), &p.bias) {
            (Some(padding), Some(bias)) if groups == 1 => {
                kernels::conv(x, &p.weight, bias, padding)
            }
            (_, bias) => kernels::convolution(x, &p.weight, bias.as_ref(), &window, groups),
        }
    }

    /// One layer's output, from what it reads.
    pub(crate) fn apply(&self, index: usize, inputs: &[Tensor]) -> Result<Tensor> {
        let x = &inputs[0];
        if let Some((padding, weight, bias)) = self.plain(index) {
            return kernels::conv_relu(x, weight, bias, padding);
        }
        let layer = &self.layers[index];
        let activated = |x: Tensor, activation: Activation| match activation {
            Activation::None => Ok(x),
            activation => kernels::activate(&x, activation.into()),
        };
        match (layer.kind, &self.parameters[index]) {
            (LayerKind::Conv { activation, .. }, Some(_)) => {
                activated(self.before_activation(index, x)?, activation)
            }
            (kind, _) if kind == LayerKind::MAX_POOL => kernels::max_pool(x),
            (LayerKind::Pool { kind, window }, _) => pool(x, kind, &window),
            (LayerKind::GlobalPool { kind }, _) => {
                pool(x, kind, &whole(layer.input))?.flatten_from(1)
            }
            (LayerKind::BatchNorm { epsilon, .. }, Some(p)) => {
                let (Some(beta), Some([mean, variance])) = (&p.bias, &p.running) else {
                    candle_core::bail!("{} has no running values", layer.name)
                };
                let parameters = [&p.weight, beta, mean, variance];
                kernels::batch_norm(x, parameters, f64::from(epsilon.get()))
            }
            (LayerKind::Dropout { .. } | LayerKind::Branch, _) => Ok(x.clone()),
            (LayerKind::Join(Join::Add), _) => {
                let mut others = inputs[1..].iter();
                others.try_fold(x.clone(), |sum, other| sum + other)
            }
            (LayerKind::Join(Join::Concatenate), _) => {
                Tensor::cat(inputs, candle_core::D::Minus1)?.contiguous()
            }
            (LayerKind::Activation(activation), _) => activated(x.clone(), activation),
            (LayerKind::Dense { activation, .. }, Some(p)) => match (activation, &p.bias) {
                (Activation::Relu, Some(bias)) => kernels::dense_relu(x, &p.weight, bias),
                (activation, _) => activated(self.before_activation(index, x)?, activation),
            },
            (LayerKind::Output, Some(_)) => self.before_activation(index, x),
            (
                LayerKind::Conv { .. }
                | LayerKind::BatchNorm { .. }
                | LayerKind::Dense { .. }
                | LayerKind::Output,
                None,
            ) => {
                candle_core::bail!("{} has no weights", layer.name)
            }
        }
    }
}

fn pool(x: &Tensor, kind: PoolKind, window: &Window) -> Result<Tensor> {
    match kind {
        PoolKind::Max => kernels::max_pool_of(x, window),
        PoolKind::Average { counts_padding } => kernels::average_pool(x, window, counts_padding),
    }
}

/// The padding of a window that the fastest convolutions have.
fn plain_padding(window: &Window) -> Option<kernels::Padding> {
    let [side, other] = window.size;
    let is_plain = side == other
        && [1, 3, 5, 7].contains(&side)
        && window.stride == [1, 1]
        && window.dilation == [1, 1]
        && window.before == window.after;
    match window.before {
        _ if !is_plain => None,
        [0, 0] => Some(kernels::Padding::Valid),
        border if border == [side / 2; 2] => Some(kernels::Padding::Same),
        _ => None,
    }
}

/// Negative values set to 0. Candle's own starts threads that spin for tensors as large as three pictures' maps, and takes
/// the processor from training.
fn relu(x: &Tensor) -> Result<Tensor> {
    let values: Vec<f32> = x.flatten_all()?.to_vec1()?;
    let positive: Vec<f32> = values.into_iter().map(|value| value.max(0.0)).collect();
    Tensor::from_vec(positive, x.shape(), x.device())
}
