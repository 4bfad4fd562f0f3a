//! The gradient of the loss, or of a class's score, at every value and every weight of a network, for one picture.
//!
//! Layer by layer from the last, by the chain rule: what a layer hands back to its inputs is the transpose of its Jacobian times the
//! gradient of its output (Goodfellow, Bengio and Courville 2016, section 6.5).

use candle_core::backprop::GradStore;
use candle_core::{Result, Tensor, Var};
use candle_nn::ops::{log_softmax, softmax};
use convlens_kernels as kernels;
use serde::{Deserialize, Serialize};

use crate::network::{Activation, Input, Model};

/// Of what the gradient is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GradientOf {
    /// The cross-entropy −ln p of the picture's true class, in nats.
    Loss(usize),
    /// The score of a class, before softmax.
    Score(usize),
}

/// The gradients, and what they are of.
#[derive(Clone, Debug)]
pub struct Gradients {
    /// Of what.
    pub of: GradientOf,
    /// The loss or the score itself.
    pub value: f32,
    /// By the picture as the network gets it: `(height, width, channels)`, row-major.
    pub picture: Vec<f32>,
    /// One entry a layer.
    pub layers: Vec<LayerGradients>,
}

/// The gradients at one layer.
#[derive(Clone, Debug, Default)]
pub struct LayerGradients {
    /// By its output: `(height, width, channels)`, row-major, or the units.
    pub output: Vec<f32>,
    /// The same by its sums, before the activation of a convolution or a dense layer; the output's for all others.
    pub sums: Vec<f32>,
    /// By its weights, in the layout of [`Parameters`](crate::network::Parameters); empty where there are none.
    pub weight: Vec<f32>,
    /// By its biases; empty where there are none.
    pub bias: Vec<f32>,
}

/// Goes back through the network. A batch normalization is taken as it is when it judges, with its running values held.
///
/// # Errors
/// A picture of another size than the network takes, a class that the network has not.
pub fn backward(model: &Model, picture: &[u8], of: GradientOf) -> Result<Gradients> {
    let (model, _variables) = model.trainable()?;
    let x = model.input([picture])?;
    let outputs = model.activations(&x)?;
    let Some(logits) = outputs.last() else {
        candle_core::bail!("a network without layers")
    };
    let (value, of_logits) = first(&logits.value.detach(), of)?;
    let mut of_picture = x.zeros_like()?;
    let mut of_outputs: Vec<Tensor> = outputs
        .iter()
        .map(|output| output.value.zeros_like())
        .collect::<Result<_>>()?;
    if let Some(last) = of_outputs.last_mut() {
        *last = of_logits;
    }
    let mut layers = vec![LayerGradients::default(); outputs.len()];
    for (index, layer) in model.layers().iter().enumerate().rev() {
        let reads = layer.inputs.iter().map(|input| match input {
            Input::Pictures => &x,
            Input::Layer(before) => &outputs[*before].value,
        });
        let reads: Vec<Var> = reads
            .map(|read| Var::from_tensor(&read.detach()))
            .collect::<Result<_>>()?;
        let of_output = of_outputs[index].clone();
        let (of_sums, store) = through(&model, index, &reads, &of_output)?;
        for (input, read) in layer.inputs.iter().zip(&reads) {
            let Some(handed) = store.get(read) else {
                continue;
            };
            let sum = match input {
                Input::Pictures => &mut of_picture,
                Input::Layer(before) => &mut of_outputs[*before],
            };
            *sum = (&*sum + handed)?;
        }
        let by = |tensor: Option<&Tensor>| match tensor.and_then(|tensor| store.get(tensor)) {
            Some(gradient) => flat(gradient),
            None => Ok(Vec::new()),
        };
        let learnt = model.parameters(index);
        layers[index] = LayerGradients {
            output: flat(&of_output)?,
            sums: flat(&of_sums)?,
            weight: by(learnt.map(|learnt| &learnt.weight))?,
            bias: by(learnt.and_then(|learnt| learnt.bias.as_ref()))?,
        };
    }
    Ok(Gradients {
        of,
        value,
        picture: flat(&of_picture)?,
        layers,
    })
}

fn flat(tensor: &Tensor) -> Result<Vec<f32>> {
    tensor.flatten_all()?.to_vec1()
}

/// What is asked, and its gradient by the logits.
fn first(logits: &Tensor, of: GradientOf) -> Result<(f32, Tensor)> {
    let classes = logits.dim(1)?;
    let (GradientOf::Loss(class) | GradientOf::Score(class)) = of;
    if class >= classes {
        candle_core::bail!("class {class}: the network tells {classes} apart")
    }
    let at_class: Vec<f32> = (0..classes)
        .map(|at| f32::from(u8::from(at == class)))
        .collect();
    let at_class = Tensor::from_vec(at_class, (1, classes), logits.device())?;
    let at = |values: &Tensor| values.get(0)?.get(class)?.to_scalar::<f32>();
    Ok(match of {
        GradientOf::Loss(_) => (
            -at(&log_softmax(logits, 1)?)?,
            (softmax(logits, 1)? - at_class)?,
        ),
        GradientOf::Score(_) => (at(logits)?, at_class),
    })
}

/// Through one layer: the gradient by its sums, and those by what it reads and by what it has learnt.
fn through(
    model: &Model,
    index: usize,
    reads: &[Var],
    of_output: &Tensor,
) -> Result<(Tensor, GradStore)> {
    let kind = model.layers()[index].kind;
    let reads: Vec<Tensor> = reads.iter().map(|read| read.as_tensor().clone()).collect();
    let has_sums = kind.is_conv() || kind.is_dense();
    let output = if has_sums {
        model.before_activation(index, &reads[0])?
    } else {
        model.apply(index, &reads)?
    };
    let of_sums = match kind.activation() {
        Some(activation) if has_sums && activation != Activation::None => {
            let sums = Var::from_tensor(&output.detach())?;
            let bent = kernels::activate(sums.as_tensor(), activation.into())?;
            let store = (bent * of_output)?.sum_all()?.backward()?;
            match store.get(&sums) {
                Some(gradient) => gradient.clone(),
                None => of_output.zeros_like()?,
            }
        }
        Some(_) | None => of_output.clone(),
    };
    let store = (output * &of_sums)?.sum_all()?.backward()?;
    Ok((of_sums, store))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::synthetic_sized;
    use crate::explore::saliency::{SaliencyMethod, saliency};
    use crate::network::{Preset, weights};

    /// What is asked, in float32, of a network whose weight or bias at a place is another.
    fn asked(model: &Model, picture: &[u8], of: GradientOf) -> f64 {
        let logits = model.logits(&model.input([picture]).unwrap()).unwrap();
        let logits: Vec<f32> = flat(&logits).unwrap();
        let logits: Vec<f64> = logits.into_iter().map(f64::from).collect();
        match of {
            GradientOf::Score(class) => logits[class],
            GradientOf::Loss(class) => {
                let sum: f64 = logits.iter().map(|logit| logit.exp()).sum();
                sum.ln() - logits[class]
            }
        }
    }

    /// Against differences: a weight of each layer is moved both ways. The steepest ones, which float32 can tell.
    #[test]
    fn gradients_are_what_a_small_change_makes() {
        for preset in [Preset::Conv16, Preset::LeNet5, Preset::ResNetSmall] {
            let model = Model::random(&preset.spec(), 5).unwrap();
            let size = model.spec().input;
            let picture = synthetic_sized(size, 1, 3).test.picture(1);
            for of in [GradientOf::Loss(4), GradientOf::Score(2)] {
                let found = backward(&model, picture.bytes(), of).unwrap();
                let value = asked(&model, picture.bytes(), of);
                assert!((f64::from(found.value) - value).abs() < 1e-4 * (1.0 + value.abs()));
                let mut checked = 0;
                for (index, layer) in model.layers().iter().enumerate() {
                    let gradient = &found.layers[index].weight;
                    let Some(learnt) = model.parameters(index) else {
                        assert!(gradient.is_empty());
                        continue;
                    };
                    assert_eq!(gradient.len(), learnt.weight.elem_count(), "{}", layer.name);
                    let steepest = (0..gradient.len())
                        .max_by(|&a, &b| gradient[a].abs().total_cmp(&gradient[b].abs()))
                        .unwrap();
                    let moved = |by: f32| {
                        let other = model.map_tensors(|tensor| {
                            let own = model.parameters(index).unwrap().weight.id();
                            if tensor.id() != own {
                                return Ok(tensor.clone());
                            }
                            let mut values = flat(tensor)?;
                            values[steepest] += by;
                            Tensor::from_vec(values, tensor.shape(), tensor.device())
                        });
                        asked(&other.unwrap(), picture.bytes(), of)
                    };
                    let by = 2e-3_f32;
                    let (here, up, down) = (moved(0.0), moved(by), moved(-by));
                    let step = f64::from(by);
                    // On one side there may be a kink of ReLU or of a pool.
                    let slopes = [
                        (up - here) / step,
                        (here - down) / step,
                        (up - down) / (2.0 * step),
                    ];
                    let slope = f64::from(gradient[steepest]);
                    let is_near = |other: &f64| (other - slope).abs() < 0.02 * slope.abs() + 2e-3;
                    let name = &layer.name;
                    assert!(
                        slopes.iter().any(is_near),
                        "{preset:?}, {name}: {slope}, {slopes:?}"
                    );
                    checked += 1;
                }
                assert!(checked >= 4, "{checked}");
            }
        }
    }

    /// The pixels' own are those that candle finds through the whole network at once.
    #[test]
    fn the_picture_gets_what_candle_hands_back_through_the_whole_network() {
        let model = weights::built_in().unwrap();
        let picture = synthetic_sized(model.spec().input, 1, 3).test.picture(2);
        let found = backward(&model, picture.bytes(), GradientOf::Score(7)).unwrap();
        let other = saliency(&model, picture.bytes(), 7, SaliencyMethod::Gradient).unwrap();
        let largest = other
            .values
            .iter()
            .fold(0.0_f32, |most, v| most.max(v.abs()));
        assert!(largest > 0.0);
        for (own, other) in found.picture.iter().zip(&other.values) {
            assert!((own - other).abs() < 1e-5 * largest, "{own}, {other}");
        }
    }

    #[test]
    fn a_class_that_is_not_there_is_refused() {
        let model = Model::random(&Preset::Conv16.spec(), 5).unwrap();
        let refused = backward(&model, &[0; 784], GradientOf::Loss(10)).unwrap_err();
        assert!(refused.to_string().contains("class 10"), "{refused}");
    }
}
