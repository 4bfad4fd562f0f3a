//! Feature maps of some pictures, of every convolution and pooling layer at once.

use candle_core::{Result, Tensor};
use candle_nn::ops::softmax;

use crate::network::Model;

/// All that a network makes of some pictures.
#[derive(Clone, Debug)]
pub struct Activations {
    /// Number of pictures.
    pub images: usize,
    /// Convolution and pooling layers, in the network's order.
    pub layers: Vec<LayerMaps>,
    /// `images` rows of class probabilities, each adding up to 1.
    pub probabilities: Vec<Vec<f32>>,
}

/// Feature maps of one layer.
#[derive(Clone, Debug)]
pub struct LayerMaps {
    /// The layer's name: `conv1`, `pool1`, ….
    pub name: String,
    /// Index into [`Model::layers`].
    pub layer: usize,
    /// Maps a picture.
    pub channels: usize,
    /// Rows of a map.
    pub height: usize,
    /// Columns of a map.
    pub width: usize,
    /// `(images, channels, height, width)`, row-major, after ReLU.
    pub values: Vec<f32>,
    /// The same before ReLU, of convolutions.
    pub before_relu: Option<Vec<f32>>,
}

impl LayerMaps {
    /// The map of one picture and channel after ReLU, `height × width` values; `None` where there
    /// is no such map.
    #[must_use]
    pub fn map(&self, image: usize, channel: usize) -> Option<&[f32]> {
        self.slice(&self.values, image, channel)
    }

    /// The same before ReLU; `None` for pools too.
    #[must_use]
    pub fn map_before_relu(&self, image: usize, channel: usize) -> Option<&[f32]> {
        self.slice(self.before_relu.as_deref()?, image, channel)
    }

    fn slice<'a>(&self, values: &'a [f32], image: usize, channel: usize) -> Option<&'a [f32]> {
        if channel >= self.channels {
            return None;
        }
        let len = self.height * self.width;
        let start = (image * self.channels + channel) * len;
        values.get(start..start + len)
    }
}

/// Runs the network on pictures of the size that it takes.
///
/// # Errors
/// A picture of another size.
pub fn activations<'a>(
    model: &Model,
    pictures: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Activations> {
    let x = model.input(pictures)?; // (images, height, width, channels)
    let outputs = model.activations(&x)?;
    let mut layers = Vec::new();
    for (index, (layer, output)) in model.layers().iter().zip(&outputs).enumerate() {
        let Some((channels, height, width)) = layer.map_shape() else {
            continue;
        };
        layers.push(LayerMaps {
            name: layer.name.clone(),
            layer: index,
            channels,
            height,
            width,
            values: channels_first(&output.value)?,
            before_relu: output
                .before_relu
                .as_ref()
                .map(channels_first)
                .transpose()?,
        });
    }
    let probabilities = match outputs.last() {
        Some(logits) => softmax(&logits.value, 1)?.to_vec2()?, // (images, classes)
        None => Vec::new(),
    };
    Ok(Activations {
        images: x.dim(0)?,
        layers,
        probabilities,
    })
}

/// Channels turned at a time: as many as numbers in a cache line, each of which is then read once.
const TURNED: usize = 16;

/// `(images, height, width, channels)` → `(images, channels, height, width)`, flat. Candle's own copy of a permuted tensor
/// takes longer than the network.
fn channels_first(maps: &Tensor) -> Result<Vec<f32>> {
    let (_, height, width, channels) = maps.dims4()?;
    let pixels = height * width;
    let values: Vec<f32> = maps.flatten_all()?.to_vec1()?;
    let mut turned = vec![0.0; values.len()];
    let pictures = turned.chunks_exact_mut(channels * pixels);
    for (to, from) in pictures.zip(values.chunks_exact(channels * pixels)) {
        for (block, to) in to.chunks_mut(TURNED * pixels).enumerate() {
            for (pixel, from) in from.chunks_exact(channels).enumerate() {
                let maps = to.chunks_exact_mut(pixels);
                for (map, value) in maps.zip(&from[block * TURNED..]) {
                    map[pixel] = *value;
                }
            }
        }
    }
    Ok(turned)
}
