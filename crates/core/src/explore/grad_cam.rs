//! Grad-CAM (Selvaraju et al. 2017, equations 1 and 2): which places of the last convolution's maps
//! speak for a class.
//!
//! Each map A of the last convolution (after ReLU) is weighted by the mean of ∂y/∂A over its
//! cells, where y is the class's score before softmax; what is positive in the weighted sum remains.

use candle_core::{Result, Tensor, Var};

use super::ClassQuestion;
use crate::network::Model;

/// Places that speak for a class.
#[derive(Clone, Debug, PartialEq)]
pub struct GradCam {
    /// Name of the last convolution.
    pub layer: String,
    /// Its place in [`Model::layers`].
    pub layer_index: usize,
    /// Rows of its maps.
    pub height: usize,
    /// Columns of its maps.
    pub width: usize,
    /// `height × width`, row by row, 0 and above, in units of the score.
    pub values: Vec<f32>,
    /// One weight a map: the mean gradient of the score over its cells.
    pub weights: Vec<f32>,
}

/// What speaks for a class, by its score or by how far that is above another's; `None` for a network without
/// convolution.
///
/// # Errors
/// A picture of another size than the network takes, a class that the network has not.
pub fn grad_cam(
    model: &Model,
    picture: &[u8],
    question: impl Into<ClassQuestion>,
) -> Result<Option<GradCam>> {
    let ClassQuestion { class, against } = question.into();
    let Some(last) = model.layers().iter().rposition(|l| l.kind.is_conv()) else {
        return Ok(None);
    };
    let layer = &model.layers()[last];
    let Some((channels, height, width)) = layer.map_shape() else {
        return Ok(None);
    };
    let pixels = model.input([picture])?; // (1, height, width, channels)
    let outputs = model.activations(&pixels)?.into_iter();
    let mut known: Vec<Tensor> = outputs.take(last + 1).map(|output| output.value).collect();
    let maps = Var::from_tensor(&known[last])?; // (1, height, width, channels)
    known[last] = maps.as_tensor().clone();
    let score = model.logits_from(&pixels, known)?; // (1, classes)
    let mut asked = score.narrow(1, class, 1)?;
    if let Some(against) = against {
        asked = (asked - score.narrow(1, against, 1)?)?;
    }
    // Candle's own graph goes through our pool, whose gradient is right; stock `max_pool2d` is not
    // in it.
    let gradients = asked.sum_all()?.backward()?;
    let cells = (height * width) as f64;
    let flat = |t: &Tensor| t.reshape((height * width, channels));
    let maps_flat = flat(&maps.as_tensor().detach())?; // (cells, channels)
    let weights = match gradients.get(&maps) {
        Some(gradient) => (flat(gradient)?.sum(0)? / cells)?, // (channels)
        None => Tensor::zeros(channels, maps.dtype(), maps.device())?,
    };
    let sum = maps_flat.broadcast_mul(&weights)?.sum(1)?; // (cells)
    Ok(Some(GradCam {
        layer: layer.name.clone(),
        layer_index: last,
        height,
        width,
        values: sum.relu()?.to_vec1()?,
        weights: weights.to_vec1()?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Preset;

    #[test]
    fn the_weights_for_one_class_and_not_another_are_their_difference() {
        let model = Model::random(&Preset::Conv16.spec(), 3).unwrap();
        let picture: Vec<u8> = (0..784).map(|i| (i * 7 % 256) as u8).collect();
        let cam = |class| grad_cam(&model, &picture, class).unwrap().unwrap();
        let (one, other) = (cam(2), cam(5));
        let question = ClassQuestion {
            class: 2,
            against: Some(5),
        };
        let both = grad_cam(&model, &picture, question).unwrap().unwrap();
        let pairs = one.weights.iter().zip(&other.weights);
        for ((one, other), both) in pairs.zip(&both.weights) {
            assert!((one - other - both).abs() < 1e-6, "{one} {other} {both}");
        }
        assert!(both.values.iter().all(|value| *value >= 0.0));
    }

    #[test]
    fn a_network_without_convolution_has_none() {
        let model = Model::random(&Preset::Dense.spec(), 0).unwrap();
        assert_eq!(grad_cam(&model, &[0; 784], 3).unwrap(), None);
        let model = Model::random(&Preset::Conv16.spec(), 0).unwrap();
        assert!(grad_cam(&model, &[0; 784], 10).is_err(), "no such class");
    }
}
