//! What a network is made of, before any weight exists: a stack of layers, as a person writes it down, and the bounds it has
//! to keep. [`plan`](NetworkSpec::plan) tells what follows from it.

use serde::{Deserialize, Serialize};

use super::Normalization;
use super::layer_spec::LayerSpec;
use crate::dataset::{CLASS_COUNT, Dataset, PictureSize};

/// Kernel sides that are offered first: the usual ones, and the fastest.
pub const KERNELS: [usize; 4] = [1, 3, 5, 7];
/// Longest side of a convolution's kernel.
pub const MAX_KERNEL: usize = 11;
/// Longest side of a pooling window.
pub const MAX_POOL: usize = 32;
/// Longest stride and widest dilation.
pub const MAX_STRIDE: usize = 8;
/// Most pixels of padding on a side.
pub const MAX_PADDING: usize = 16;
/// Most filters one convolution may have.
pub const MAX_FILTERS: usize = 512;
/// Most units one dense layer may have.
pub const MAX_UNITS: usize = 4096;
/// Most classes the output layer may tell apart.
pub const MAX_CLASSES: usize = crate::dataset::MAX_CLASSES;
/// Most layers a stack may have, the output layer not counted.
pub const MAX_LAYERS: usize = 256;
/// Most parameters a network may have: with Adam's two moments and one gradient a thread this is
/// about 0.5 GB, what a student's laptop can spare.
pub const MAX_PARAMETERS: usize = 25_000_000;
/// Most values that all layers together may put out for one picture: with a batch of 32 and gradients this is about 1.5 GB.
pub const MAX_VALUES: usize = 6_000_000;

/// A network: a stack of layers on one picture, closed by an output layer (dense, softmax) that is always there and therefore not
/// listed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkSpec {
    /// The layers from the picture upwards. Convolutions and pools come before dense layers.
    pub layers: Vec<LayerSpec>,
    /// Number of classes of the output layer.
    #[serde(default = "default_classes")]
    pub classes: usize,
    /// The pictures that it takes; 28×28 in grey unless said otherwise.
    #[serde(default, skip_serializing_if = "PictureSize::is_default")]
    pub input: PictureSize,
    /// What is done to pixels from 0 to 1 before the first layer; nothing if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normalization: Option<Normalization>,
}

fn default_classes() -> usize {
    CLASS_COUNT
}

impl NetworkSpec {
    /// A network for the pictures and the ten classes of Fashion-MNIST.
    #[must_use]
    pub fn new(layers: Vec<LayerSpec>) -> Self {
        Self {
            layers,
            classes: CLASS_COUNT,
            input: PictureSize::FASHION_MNIST,
            normalization: None,
        }
    }

    /// The same layers on the pictures of a data set, telling its classes apart. They need not fit. Where the channels are as many, pixels
    /// are normalized as before.
    #[must_use]
    pub fn for_data(&self, dataset: &Dataset) -> Self {
        Self {
            layers: self.layers.clone(),
            classes: dataset.classes.count(),
            input: dataset.size(),
            normalization: (self.normalization.clone())
                .filter(|normalization| normalization.fits(dataset.size().channels)),
        }
    }

    /// Whether it takes the pictures of a data set.
    #[must_use]
    pub fn takes(&self, dataset: &Dataset) -> bool {
        self.input == dataset.size()
    }

    /// The [label](Self::label), and behind it the size of the pictures where it is another than 28×28 in grey.
    #[must_use]
    pub fn label_and_input(&self) -> String {
        if self.input.is_default() {
            return self.label();
        }
        format!("{} {}", self.label(), self.input)
    }

    /// The network in short, the same in every language: a preset's name, or its layers from the
    /// picture upwards, filters of a convolution (with its kernel unless 3×3, and what else is unusual), `p` for
    /// a pool, `a` for one of means, `gap` and `gmp` for global ones, `bn`, `do` and its rate, `d` and units for a dense layer:
    /// `64-64`, `32k5-p-16same-bn-do0.5-d64`, `linear` for none. Branches stand in brackets, `id` for an empty one, behind which is `+`
    /// where they are added: `16-(16-16none,id)+`. Behind it stands ` norm` where pixels are normalized.
    #[must_use]
    pub fn label(&self) -> String {
        let mut label = match super::Preset::of(self) {
            Some(preset) => preset.name().to_owned(),
            None if self.layers.is_empty() => "linear".to_owned(),
            None => {
                let layers = super::label::in_short(&self.layers);
                // Two convolutions alone are not the preset that is called by its own two.
                match super::Preset::from_name(&layers) {
                    Some(_) => format!("conv {layers}"),
                    None => layers,
                }
            }
        };
        if self.normalization.is_some() {
            label += " norm";
        }
        label
    }
}
