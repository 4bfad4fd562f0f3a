//! The networks of the notebook and of its exercises, ready to train.

use super::spec::{LayerSpec, NetworkSpec};
use convlens_kernels::Padding;

/// A ready-made network. Every one closes with `Dense 128` and the output layer.
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
}

impl Preset {
    /// All presets, in the order they are offered.
    pub const ALL: [Self; 6] = [
        Self::Conv64,
        Self::Conv32,
        Self::Conv16,
        Self::OneConv,
        Self::ThreeConv,
        Self::Dense,
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
        };
        let block = [
            LayerSpec::Conv {
                filters,
                kernel: 3,
                padding: Padding::Valid,
            },
            LayerSpec::MaxPool,
        ];
        let mut layers = block.repeat(blocks);
        layers.push(LayerSpec::Dense { units: 128 });
        NetworkSpec::new(layers)
    }
}
