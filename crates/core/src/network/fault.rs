//! Why a stack of layers is impossible.

use super::spec::{MAX_CLASSES, MAX_FILTERS, MAX_LAYERS, MAX_PARAMETERS, MAX_UNITS};

/// Why a stack is impossible. `layer` is the index into [`NetworkSpec::layers`](super::NetworkSpec::layers), `name` the
/// layer's name as [`Layer::name`](super::Layer::name) would be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} (layer {}): {fault}", layer + 1)]
pub struct SpecError {
    /// Index of the layer that breaks the stack; one past the last for the stack as a whole.
    pub layer: usize,
    /// The layer's name.
    pub name: String,
    /// What is wrong with it.
    pub fault: SpecFault,
}

/// The faults a layer can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecFault {
    /// The maps have shrunk below the kernel.
    #[error(
        "its {kernel}×{kernel} kernel does not fit on a {height}×{width} map; use a smaller kernel, `same` padding, or fewer pools before it"
    )]
    KernelTooLarge {
        /// Side of the kernel.
        kernel: usize,
        /// Rows of the incoming maps.
        height: usize,
        /// Columns of the incoming maps.
        width: usize,
    },
    /// The maps are too small to be pooled.
    #[error(
        "a {height}×{width} map is too small for 2×2 pooling; remove this pool or one before it"
    )]
    PoolTooLarge {
        /// Rows of the incoming maps.
        height: usize,
        /// Columns of the incoming maps.
        width: usize,
    },
    /// A convolution or pool stands after a dense layer.
    #[error("it needs maps, but a dense layer before it has already flattened them; move it up")]
    AfterDense,
    /// Filter count out of range.
    #[error("{0} filters; choose 1 to {MAX_FILTERS}")]
    Filters(usize),
    /// Kernel side not offered.
    #[error("a {0}×{0} kernel is not offered; choose 1, 3, 5 or 7")]
    Kernel(usize),
    /// Unit count out of range.
    #[error("{0} units; choose 1 to {MAX_UNITS}")]
    Units(usize),
    /// Class count out of range.
    #[error("{0} classes; choose 2 to {MAX_CLASSES}")]
    Classes(usize),
    /// More layers than the program handles.
    #[error("{0} layers are too many; keep at most {MAX_LAYERS}")]
    TooManyLayers(usize),
    /// The network has outgrown memory.
    #[error(
        "the network reaches {0} parameters; keep it under {MAX_PARAMETERS}: pool earlier, or use fewer filters or units"
    )]
    TooManyParameters(usize),
}
