//! Networks: what they are made of ([`NetworkSpec`]), the same with weights ([`Model`]), their files
//! ([`weights`]) and those of Keras and PyTorch ([`import`], [`export`]).

mod activation;
mod blocks;
mod channel;
mod compiled;
mod edit;
pub mod export;
mod fault;
pub mod import;
mod inferred;
mod label;
mod layer;
mod layer_spec;
mod model;
mod names;
mod normalization;
mod onnx_proto;
mod over_pictures;
mod padding;
mod parameters;
mod plan;
mod presets;
mod pytorch_layout;
mod real;
mod shape;
mod sides;
mod spec;
mod toml_file;
mod weight_change;
pub mod weights;

pub use activation::Activation;
pub use channel::Channel;
pub(crate) use compiled::compilable;
pub use convlens_kernels::{Input, Window};
pub use fault::{SpecError, SpecFault};
pub use layer::{Join, Layer, LayerKind, PoolKind, origin, with_maps};
pub use layer_spec::{BlockPart, LayerSpec};
pub use model::{LayerOutput, Model};
pub use normalization::Normalization;
pub use over_pictures::over_pictures;
pub use padding::Padding;
pub use parameters::Parameters;
pub use plan::{Outline, frozen_count, parameter_count};
pub use presets::Preset;
pub use real::Real;
pub use shape::{BriefShape, Shape};
pub use sides::Sides;
pub use spec::{
    KERNELS, MAX_CLASSES, MAX_FILTERS, MAX_KERNEL, MAX_LAYERS, MAX_PADDING, MAX_PARAMETERS,
    MAX_POOL, MAX_STRIDE, MAX_UNITS, MAX_VALUES, NetworkSpec,
};
pub use toml_file::{EXAMPLE as TOML_EXAMPLE, TomlError, TomlFault, read_toml};
pub use weight_change::{ChangedTo, WeightChange};
