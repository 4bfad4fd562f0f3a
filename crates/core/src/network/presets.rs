//! The networks of the notebook and of its exercises, ready to train.

use super::layer_spec::LayerSpec;
use super::spec::NetworkSpec;
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
    /// Three residual blocks of 16, 32 and 64 filters (He et al. 2016), the second and third at half the height and width: made for
    /// pictures of CIFAR's size.
    ResNetSmall,
}

impl Preset {
    /// All presets, in the order they are offered.
    pub const ALL: [Self; 9] = [
        Self::Conv64,
        Self::Conv32,
        Self::Conv16,
        Self::OneConv,
        Self::ThreeConv,
        Self::Dense,
        Self::LeNet5,
        Self::VggSmall,
        Self::ResNetSmall,
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
            Self::ResNetSmall => "resnet-small",
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

    /// The preset whose layers these are in short, as in the [label](NetworkSpec::label) of another network.
    #[must_use]
    pub fn of_short(layers: &str) -> Option<Self> {
        let short = |preset: &Self| super::label::in_short(&preset.spec().layers);
        Self::ALL.into_iter().find(|preset| short(preset) == layers)
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
            Self::ResNetSmall => return resnet_small(),
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

/// Of a batch normalization's convolution, which needs no bias of its own.
fn bare_conv(filters: usize, kernel: usize, stride: usize, padding: Padding) -> LayerSpec {
    LayerSpec::Conv {
        filters,
        kernel: Sides::square(kernel),
        stride: Sides::square(stride),
        dilation: Sides::square(1),
        groups: 1,
        padding,
        bias: false,
        activation: Activation::None,
    }
}

const RELU: LayerSpec = LayerSpec::Activation {
    function: Activation::Relu,
};

fn vgg_small() -> NetworkSpec {
    let conv = |filters| bare_conv(filters, 3, 1, Padding::Same);
    let block = |filters| {
        let unit = [conv(filters), LayerSpec::BATCH_NORM, RELU];
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

fn resnet_small() -> NetworkSpec {
    // Running values follow within an epoch of a few hundred pictures, as PyTorch's do.
    let norm = LayerSpec::BatchNorm {
        epsilon: super::Real::new(0.001),
        momentum: super::Real::new(0.9),
        unbiased: false,
    };
    let block = |filters, stride| {
        // One pixel all around, as PyTorch has it; `same` has it at the bottom and right alone where the sides are halved.
        let padding = if stride > 1 {
            Padding::Pixels(1)
        } else {
            Padding::Same
        };
        let first = bare_conv(filters, 3, stride, padding);
        let second = bare_conv(filters, 3, 1, Padding::Same);
        let mut layers = vec![
            LayerSpec::Split,
            first,
            norm,
            RELU,
            second,
            norm,
            LayerSpec::Branch,
        ];
        if stride > 1 {
            let projection = bare_conv(filters, 1, stride, Padding::Valid);
            layers.extend([projection, norm]);
        }
        layers.extend([LayerSpec::Add, RELU]);
        layers
    };
    let stem = vec![bare_conv(16, 3, 1, Padding::Same), norm, RELU];
    let head = vec![LayerSpec::GlobalAveragePool];
    NetworkSpec::new([stem, block(16, 1), block(32, 2), block(64, 2), head].concat())
}
