//! What the layers of a network have learnt, and what they begin with.

use candle_core::{Device, Result, Tensor};
use rand::Rng as _;
use rand_chacha::ChaCha8Rng;

use super::layer::{Layer, LayerKind};
use super::shape::Shape;

/// What one layer has learnt.
///
/// A convolution's weight is `(rows, columns, in / groups, out)`, a dense layer's `(in, out)` with the
/// maps flattened in the order height, width, channel; the bias is `(out)`. Of a batch normalization they are γ and β, and beside them
/// are the running mean and variance; all four are `(channels)`. Files hold `PyTorch`'s layout instead: see [`super::weights`].
#[derive(Clone, Debug)]
pub struct Parameters {
    /// The kernels, the matrix, or γ.
    pub weight: Tensor,
    /// One value an output channel or unit; some layers have none.
    pub bias: Option<Tensor>,
    /// Mean and variance, of a batch normalization.
    pub running: Option<[Tensor; 2]>,
}

impl Parameters {
    /// Those of a convolution or a dense layer.
    #[must_use]
    pub fn new(weight: Tensor, bias: Option<Tensor>) -> Self {
        Self {
            weight,
            bias,
            running: None,
        }
    }

    /// All of them: weight, bias, mean, variance.
    pub fn tensors(&self) -> impl Iterator<Item = &Tensor> {
        let running = self.running.iter().flatten();
        [&self.weight].into_iter().chain(&self.bias).chain(running)
    }

    /// The bias's values; of a layer without one a zero for each of `outputs`.
    ///
    /// # Errors
    /// Only those of candle.
    pub fn biases(&self, outputs: usize) -> Result<Vec<f32>> {
        match &self.bias {
            Some(bias) => bias.to_vec1(),
            None => Ok(vec![0.0; outputs]),
        }
    }

    pub(super) fn map(&self, f: &mut impl FnMut(&Tensor) -> Result<Tensor>) -> Result<Self> {
        Ok(Self {
            weight: f(&self.weight)?,
            bias: self.bias.as_ref().map(&mut *f).transpose()?,
            running: match &self.running {
                Some([mean, variance]) => Some([f(mean)?, f(variance)?]),
                None => None,
            },
        })
    }
}

/// What a layer has that is learnt.
pub(crate) struct Learnt {
    pub form: Form,
    pub outputs: usize,
    pub bias: bool,
}

/// What a layer's weights are.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    /// Of a convolution: rows and columns of a kernel, and the channels that it sees.
    Kernels([usize; 3]),
    /// γ and β of a batch normalization, with its running values.
    Scales,
    /// Of a dense layer: what it reads.
    Matrix(Shape),
}

impl Learnt {
    /// What `layer` learns; `None` where that is nothing.
    pub fn of(layer: &Layer) -> Option<Self> {
        let (form, bias) = match layer.kind {
            LayerKind::Conv {
                window,
                groups,
                bias,
                ..
            } => {
                let [rows, columns] = window.size;
                let depth = layer.input.channels() / groups;
                (Form::Kernels([rows, columns, depth]), bias)
            }
            LayerKind::BatchNorm { .. } => (Form::Scales, true),
            LayerKind::Dense { bias, .. } => (Form::Matrix(layer.input), bias),
            LayerKind::Output => (Form::Matrix(layer.input), true),
            LayerKind::Pool { .. }
            | LayerKind::GlobalPool { .. }
            | LayerKind::Dropout { .. }
            | LayerKind::Activation(_)
            | LayerKind::Branch
            | LayerKind::Join(_) => return None,
        };
        Some(Self {
            form,
            outputs: layer.output.channels(),
            bias,
        })
    }

    /// The weight's shape.
    pub fn weight(&self) -> Vec<usize> {
        match self.form {
            Form::Kernels([rows, columns, depth]) => vec![rows, columns, depth, self.outputs],
            Form::Scales => vec![self.outputs],
            Form::Matrix(input) => vec![input.len(), self.outputs],
        }
    }

    /// Whether there are a running mean and variance.
    pub fn has_running(&self) -> bool {
        matches!(self.form, Form::Scales)
    }

    /// Shapes of all tensors, in order.
    pub fn all(&self) -> Vec<Vec<usize>> {
        let vectors = usize::from(self.bias) + 2 * usize::from(self.has_running());
        let mut all = vec![self.weight()];
        all.resize(1 + vectors, vec![self.outputs]);
        all
    }

    /// Half the width of the range from which Glorot and Bengio (2010) draw weights; none for what is not drawn.
    fn limit(&self) -> Option<f32> {
        let (fan_in, fan_out) = match self.form {
            Form::Kernels([rows, columns, depth]) => {
                (rows * columns * depth, rows * columns * self.outputs)
            }
            Form::Matrix(input) => (input.len(), self.outputs),
            Form::Scales => return None,
        };
        Some((6.0 / (fan_in + fan_out) as f32).sqrt())
    }
}

/// What a layer has before it has learnt anything.
pub(super) fn initial(layer: &Layer, rng: &mut ChaCha8Rng) -> Option<Parameters> {
    let learnt = Learnt::of(layer)?;
    let filled = |value: f32| {
        let values = vec![value; learnt.outputs];
        Tensor::from_vec(values, learnt.outputs, &Device::Cpu).expect("as many values as it has")
    };
    let Some(limit) = learnt.limit() else {
        return Some(Parameters {
            weight: filled(1.0),
            bias: Some(filled(0.0)),
            running: Some([filled(0.0), filled(1.0)]),
        });
    };
    let shape = learnt.weight();
    let values: Vec<f32> = (0..shape.iter().product())
        .map(|_| rng.random_range(-limit..limit))
        .collect();
    let weight = Tensor::from_vec(values, shape, &Device::Cpu);
    let weight = weight.expect("as many values as the shape has");
    Some(Parameters::new(weight, learnt.bias.then(|| filled(0.0))))
}
