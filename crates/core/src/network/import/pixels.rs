//! How pixels were scaled where a network was trained, which few files say.

use crate::network::{Model, NetworkSpec, Normalization, Real};

/// A way to scale pixels that people use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scaling {
    /// From 0 to 1, as in the notebook.
    Unit,
    /// The bytes as they are, 0 to 255.
    Bytes,
    /// From −1 to 1.
    Centred,
    /// Less the mean of MNIST, over its deviation.
    Mnist,
    /// The same of Fashion-MNIST.
    FashionMnist,
    /// The same of CIFAR-10.
    Cifar10,
    /// The same of ImageNet.
    ImageNet,
    /// From 1 to 0: white is 0.
    Inverted,
}

impl Scaling {
    /// All of them, the usual one first.
    pub const ALL: [Self; 8] = [
        Self::Unit,
        Self::Bytes,
        Self::Centred,
        Self::Mnist,
        Self::FashionMnist,
        Self::Cifar10,
        Self::ImageNet,
        Self::Inverted,
    ];

    /// In the field's short words, the same in every language.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unit => "x/255",
            Self::Bytes => "x",
            Self::Centred => "(x/255 − 0.5)/0.5",
            Self::Mnist => "MNIST (0.1307, 0.3081)",
            Self::FashionMnist => "Fashion-MNIST (0.2860, 0.3530)",
            Self::Cifar10 => "CIFAR-10",
            Self::ImageNet => "ImageNet",
            Self::Inverted => "1 − x/255",
        }
    }

    /// As a network does it. The statistics are those that these data sets' users write down, of the training pictures.
    #[must_use]
    pub fn normalization(self, channels: usize) -> Option<Normalization> {
        let (mean, deviation): (&[f32], &[f32]) = match self {
            Self::Unit => return None,
            Self::Bytes => (&[0.0], &[1.0 / 255.0]),
            Self::Centred => (&[0.5], &[0.5]),
            Self::Mnist => (&[0.1307], &[0.3081]),
            Self::FashionMnist => (&[0.2860], &[0.3530]),
            Self::Cifar10 => (&[0.4914, 0.4822, 0.4465], &[0.2470, 0.2435, 0.2616]),
            Self::ImageNet => (&[0.485, 0.456, 0.406], &[0.229, 0.224, 0.225]),
            Self::Inverted => (&[1.0], &[-1.0]),
        };
        let all = |numbers: &[f32]| {
            let numbers = (0..channels).map(|channel| numbers[channel % numbers.len()]);
            numbers.map(Real::new).collect()
        };
        Some(Normalization {
            mean: all(mean),
            deviation: all(deviation),
        })
    }

    /// Whether it is for pictures of so many channels.
    #[must_use]
    pub fn suits(self, channels: usize) -> bool {
        match self {
            Self::Cifar10 | Self::ImageNet => channels == 3,
            Self::Mnist | Self::FashionMnist => channels == 1,
            Self::Unit | Self::Bytes | Self::Centred | Self::Inverted => true,
        }
    }
}

/// How a model does on pictures that are scaled so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scaled {
    /// How.
    pub scaling: Scaling,
    /// Share classified correctly, 0 to 1.
    pub accuracy: f64,
}

/// The model with pixels scaled so; `None` only where candle refuses.
#[must_use]
pub fn scaled(model: &Model, scaling: Scaling) -> Option<Model> {
    let spec = NetworkSpec {
        normalization: scaling.normalization(model.spec().input.channels),
        ..model.spec().clone()
    };
    let parameters = (0..model.layers().len()).filter_map(|index| model.parameters(index).cloned());
    Model::from_parameters(&spec, parameters.collect()).ok()
}
