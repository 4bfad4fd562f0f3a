//! Grad-CAM (Selvaraju et al. 2017, equations 1 and 2): which places of a layer's maps
//! speak for a class.
//!
//! Each map A of the layer (after its activation) is weighted by the mean of ∂y/∂A over its
//! cells, where y is the class's score before softmax; what is positive in the weighted sum remains.

use candle_core::{Result, Tensor, Var};

use super::ClassQuestion;
use crate::network::{Layer, Model};

/// Places that speak for a class.
#[derive(Clone, Debug, PartialEq)]
pub struct GradCam {
    /// Name of the layer.
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

/// The layer that is looked at unless another is asked for: the last convolution, as Selvaraju et al. have it; where that lies in a branch,
/// the last layer with maps, which all branches lead to. `None` for a network without convolution.
#[must_use]
pub fn usual_layer(model: &Model) -> Option<usize> {
    let layers = model.layers();
    let last = layers.iter().rposition(|layer| layer.kind.is_conv())?;
    match model.spec().depths().get(last) {
        None | Some(0) => Some(last),
        Some(_) => layers.iter().rposition(Layer::has_maps),
    }
}

/// What speaks for a class, by its score or by how far that is above another's, at a layer with maps, or else at the
/// [usual one](usual_layer); `None` for a network without convolution and a layer without maps.
///
/// # Errors
/// A picture of another size than the network takes, a class that the network has not.
pub fn grad_cam(
    model: &Model,
    picture: &[u8],
    question: impl Into<ClassQuestion>,
    layer: Option<usize>,
) -> Result<Option<GradCam>> {
    let ClassQuestion { class, against } = question.into();
    let Some(index) = layer.or_else(|| usual_layer(model)) else {
        return Ok(None);
    };
    let Some(layer) = model.layers().get(index) else {
        return Ok(None);
    };
    let Some((channels, height, width)) = layer.map_shape() else {
        return Ok(None);
    };
    let pixels = model.input([picture])?; // (1, height, width, channels)
    let outputs = model.activations(&pixels)?.into_iter();
    let mut known: Vec<Tensor> = outputs.take(index + 1).map(|output| output.value).collect();
    let maps = Var::from_tensor(&known[index])?; // (1, height, width, channels)
    known[index] = maps.as_tensor().clone();
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
        layer_index: index,
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
        let cam = |class| grad_cam(&model, &picture, class, None).unwrap().unwrap();
        let (one, other) = (cam(2), cam(5));
        let question = ClassQuestion {
            class: 2,
            against: Some(5),
        };
        let both = grad_cam(&model, &picture, question, None).unwrap().unwrap();
        let pairs = one.weights.iter().zip(&other.weights);
        for ((one, other), both) in pairs.zip(&both.weights) {
            assert!((one - other - both).abs() < 1e-6, "{one} {other} {both}");
        }
        assert!(both.values.iter().all(|value| *value >= 0.0));
    }

    #[test]
    fn a_network_without_convolution_has_none() {
        let model = Model::random(&Preset::Dense.spec(), 0).unwrap();
        assert_eq!(grad_cam(&model, &[0; 784], 3, None).unwrap(), None);
        let model = Model::random(&Preset::Conv16.spec(), 0).unwrap();
        assert!(
            grad_cam(&model, &[0; 784], 10, None).is_err(),
            "no such class"
        );
    }
}
