//! What the layers of a network have learnt, and what they begin with.

use candle_core::{Device, Result, Tensor};
use rand::Rng as _;
use rand_chacha::ChaCha8Rng;

use super::layer::{Layer, LayerKind};

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

/// Shapes and fans of one layer's parameters.
pub(super) struct ParameterShapes {
    weight: Vec<usize>,
    /// Whether there is a bias, and running values.
    bias: bool,
    running: bool,
    outputs: usize,
    fan_in: usize,
    fan_out: usize,
}

impl ParameterShapes {
    pub fn of(layer: &Layer) -> Option<Self> {
        let (inputs, outputs) = (layer.input, layer.output.channels());
        match layer.kind {
            LayerKind::Conv {
                window,
                groups,
                bias,
                ..
            } => {
                let [rows, columns] = window.size;
                let inputs = inputs.channels() / groups;
                Some(Self {
                    weight: vec![rows, columns, inputs, outputs],
                    bias,
                    running: false,
                    outputs,
                    fan_in: rows * columns * inputs,
                    fan_out: rows * columns * outputs,
                })
            }
            LayerKind::BatchNorm { .. } => Some(Self {
                weight: vec![outputs],
                bias: true,
                running: true,
                outputs,
                fan_in: 0,
                fan_out: 0,
            }),
            LayerKind::Dense { .. } | LayerKind::Output => Some(Self {
                weight: vec![inputs.len(), outputs],
                bias: !matches!(layer.kind, LayerKind::Dense { bias: false, .. }),
                running: false,
                outputs,
                fan_in: inputs.len(),
                fan_out: outputs,
            }),
            LayerKind::Pool { .. }
            | LayerKind::GlobalPool { .. }
            | LayerKind::Dropout { .. }
            | LayerKind::Activation(_)
            | LayerKind::Branch
            | LayerKind::Join(_) => None,
        }
    }

    /// Of all tensors, in order.
    pub fn all(&self) -> Vec<&[usize]> {
        let outputs = std::slice::from_ref(&self.outputs);
        let mut all = vec![&self.weight[..]];
        all.extend(self.bias.then_some(outputs));
        all.extend(self.running.then_some([outputs; 2]).into_iter().flatten());
        all
    }
}

/// What a layer has before it has learnt anything.
pub(super) fn initial(layer: &Layer, rng: &mut ChaCha8Rng) -> Option<Parameters> {
    let shapes = ParameterShapes::of(layer)?;
    let filled = |value: f32| {
        let values = vec![value; shapes.outputs];
        Tensor::from_vec(values, shapes.outputs, &Device::Cpu).expect("as many values as it has")
    };
    if shapes.running {
        return Some(Parameters {
            weight: filled(1.0),
            bias: Some(filled(0.0)),
            running: Some([filled(0.0), filled(1.0)]),
        });
    }
    let limit = (6.0 / (shapes.fan_in + shapes.fan_out) as f32).sqrt();
    let count = shapes.weight.iter().product();
    let values: Vec<f32> = (0..count)
        .map(|_| rng.random_range(-limit..limit))
        .collect();
    let weight = Tensor::from_vec(values, shapes.weight.as_slice(), &Device::Cpu);
    let weight = weight.expect("as many values as the shape has");
    Some(Parameters::new(weight, shapes.bias.then(|| filled(0.0))))
}
