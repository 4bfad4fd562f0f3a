//! What a network is made of, before any weight exists: a stack of layers, as a person writes it down, and the bounds it has
//! to keep. [`plan`](NetworkSpec::plan) tells what follows from it.

use serde::{Deserialize, Serialize};

use crate::dataset::CLASS_COUNT;
use convlens_kernels::Padding;

/// Kernel sides a convolution may have.
pub const KERNELS: [usize; 4] = [1, 3, 5, 7];
/// Most filters one convolution may have.
pub const MAX_FILTERS: usize = 256;
/// Most units one dense layer may have.
pub const MAX_UNITS: usize = 4096;
/// Most classes the output layer may tell apart.
pub const MAX_CLASSES: usize = crate::dataset::MAX_CLASSES;
/// Most layers a stack may have, the output layer not counted.
pub const MAX_LAYERS: usize = 24;
/// Most parameters a network may have: with Adam's two moments and one gradient a thread this is
/// about 0.5 GB, what a student's laptop can spare.
pub const MAX_PARAMETERS: usize = 25_000_000;

/// One layer of the stack, as a person writes it down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum LayerSpec {
    /// A convolution with stride 1, followed by ReLU. As everywhere in deep learning the kernel is
    /// not flipped: the operation is a cross-correlation.
    Conv {
        /// Number of filters, which is the number of output channels: 1 to [`MAX_FILTERS`].
        filters: usize,
        /// Side of the square kernel: one of [`KERNELS`].
        #[serde(default = "default_kernel")]
        kernel: usize,
        /// What happens at the border.
        #[serde(default)]
        padding: Padding,
    },
    /// The largest of each 2×2 window, stride 2; an odd last row or column is dropped.
    MaxPool,
    /// A fully connected layer followed by ReLU.
    Dense {
        /// Number of output units: 1 to [`MAX_UNITS`].
        units: usize,
    },
}

fn default_kernel() -> usize {
    3
}

/// A network: a stack of layers on one 28×28 grey picture, closed by an output layer (dense,
/// softmax) that is always there and therefore not listed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkSpec {
    /// The layers from the picture upwards. Convolutions and pools come before dense layers.
    pub layers: Vec<LayerSpec>,
    /// Number of classes of the output layer.
    #[serde(default = "default_classes")]
    pub classes: usize,
}

fn default_classes() -> usize {
    CLASS_COUNT
}

impl NetworkSpec {
    /// A network for the ten classes of Fashion-MNIST.
    #[must_use]
    pub fn new(layers: Vec<LayerSpec>) -> Self {
        Self {
            layers,
            classes: CLASS_COUNT,
        }
    }

    /// The network in short, the same in every language: a preset's name, or its layers from the
    /// picture upwards, filters of a convolution (with its kernel unless 3×3, and `same`), `p` for
    /// a pool, `d` and units for a dense layer: `64-64`, `32k5-p-16same-d64`, `linear` for none.
    #[must_use]
    pub fn label(&self) -> String {
        if let Some(preset) = super::Preset::of(self) {
            return preset.name().to_owned();
        }
        let words = self.layers.iter().map(|layer| match *layer {
            LayerSpec::Conv {
                filters,
                kernel,
                padding,
            } => {
                let kernel = match kernel {
                    3 => String::new(),
                    side => format!("k{side}"),
                };
                let padding = match padding {
                    Padding::Valid => "",
                    Padding::Same => "same",
                };
                format!("{filters}{kernel}{padding}")
            }
            LayerSpec::MaxPool => "p".to_owned(),
            LayerSpec::Dense { units } => format!("d{units}"),
        });
        match words.collect::<Vec<_>>().join("-") {
            words if words.is_empty() => "linear".to_owned(),
            words => words,
        }
    }
}
