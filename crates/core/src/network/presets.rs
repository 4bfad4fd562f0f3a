//! The networks of the notebook and of its exercises, ready to train.

use super::spec::{LayerSpec, NetworkSpec};
use super::{Activation, Padding, Sides};

/// A ready-made network. Those of the notebook close with `Dense 128` and the output layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Preset {
    /// Two blocks of 64 filters: the notebook's CNN.
    Conv64,
    /// Two blocks of 32 filters.
    Conv32,
    /// Two blocks of 16 filters.
    Conv16,
    /// The notebook's network with its second block removed.
    OneConv,
    /// The notebook's network with a third block.
    ThreeConv,
    /// No convolution at all: the notebook's baseline.
    Dense,
    /// LeNet-5 (LeCun et al. 1998) as it is taught today: tanh, average pools, every map of the second convolution over all of the first.
    LeNet5,
    /// Two blocks of two convolutions as VGG has (Simonyan and Zisserman 2015), with batch normalization and dropout.
    VggSmall,
}

impl Preset {
    /// All presets, in the order they are offered.
    pub const ALL: [Self; 8] = [
        Self::Conv64,
        Self::Conv32,
        Self::Conv16,
        Self::OneConv,
        Self::ThreeConv,
        Self::Dense,
        Self::LeNet5,
        Self::VggSmall,
    ];

    /// The name the command line and saved files use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Conv64 => "64-64",
            Self::Conv32 => "32-32",
            Self::Conv16 => "16-16",
            Self::OneConv => "one-conv",
            Self::ThreeConv => "three-conv",
            Self::Dense => "dense",
            Self::LeNet5 => "lenet-5",
            Self::VggSmall => "vgg-small",
        }
    }

    /// The preset of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.name() == name)
    }

    /// The preset whose layers these are, for any number of classes, if any.
    #[must_use]
    pub fn of(spec: &NetworkSpec) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|preset| preset.spec().layers == spec.layers)
    }

    /// Its network.
    #[must_use]
    pub fn spec(self) -> NetworkSpec {
        let (filters, blocks) = match self {
            Self::Conv64 => (64, 2),
            Self::Conv32 => (32, 2),
            Self::Conv16 => (16, 2),
            Self::OneConv => (64, 1),
            Self::ThreeConv => (64, 3),
            Self::Dense => (0, 0),
            Self::LeNet5 => return lenet_5(),
            Self::VggSmall => return vgg_small(),
        };
        let block = [
            LayerSpec::conv(filters, 3, Padding::Valid),
            LayerSpec::MAX_POOL,
        ];
        let mut layers = block.repeat(blocks);
        layers.push(LayerSpec::dense(128));
        NetworkSpec::new(layers)
    }
}

/// The first convolution is padded, so that it takes 28×28 as the original takes 32×32.
fn lenet_5() -> NetworkSpec {
    let activation = Activation::Tanh;
    let conv = |filters, padding| LayerSpec::Conv {
        filters,
        kernel: Sides::square(5),
        stride: Sides::square(1),
        dilation: Sides::square(1),
        groups: 1,
        padding,
        bias: true,
        activation,
    };
    let dense = |units| LayerSpec::Dense {
        units,
        bias: true,
        activation,
    };
    NetworkSpec::new(vec![
        conv(6, Padding::Same),
        LayerSpec::AVERAGE_POOL,
        conv(16, Padding::Valid),
        LayerSpec::AVERAGE_POOL,
        dense(120),
        dense(84),
    ])
}

fn vgg_small() -> NetworkSpec {
    let conv = |filters| LayerSpec::Conv {
        filters,
        kernel: Sides::square(3),
        stride: Sides::square(1),
        dilation: Sides::square(1),
        groups: 1,
        padding: Padding::Same,
        // The normalization behind it adds one.
        bias: false,
        activation: Activation::None,
    };
    let relu = LayerSpec::Activation {
        function: Activation::Relu,
    };
    let block = |filters| {
        let unit = [conv(filters), LayerSpec::BATCH_NORM, relu];
        let rate = super::Real::new(0.25);
        [
            &unit[..],
            &unit,
            &[LayerSpec::MAX_POOL, LayerSpec::Dropout { rate }],
        ]
        .concat()
    };
    let head = [LayerSpec::dense(128), LayerSpec::DROPOUT];
    NetworkSpec::new([block(32), block(64), head.to_vec()].concat())
}
