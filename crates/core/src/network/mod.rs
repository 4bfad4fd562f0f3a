//! Networks: what they are made of ([`NetworkSpec`]), the same with weights ([`Model`]), their files
//! ([`weights`]) and those of Keras and PyTorch ([`import`], [`export`]).

mod compiled;
mod edit;
pub mod export;
mod fault;
pub mod import;
mod model;
mod over_pictures;
mod plan;
mod presets;
mod spec;
mod toml_file;
pub mod weights;

pub(crate) use compiled::compilable;
pub use convlens_kernels::Padding;
pub use fault::{SpecError, SpecFault};
pub use model::{LayerOutput, Model, Parameters, pictures_to_tensor};
pub use over_pictures::over_pictures;
pub use plan::{Layer, LayerKind, Outline, Shape, parameter_count};
pub use presets::Preset;
pub use spec::{
    KERNELS, LayerSpec, MAX_CLASSES, MAX_FILTERS, MAX_LAYERS, MAX_PARAMETERS, MAX_UNITS,
    NetworkSpec,
};
pub use toml_file::{EXAMPLE as TOML_EXAMPLE, TomlError, TomlFault, read_toml};
