//! Why a stack of layers is impossible.

use crate::dataset::PictureSize;

use super::shape::BriefShape;
use super::spec::{
    MAX_CLASSES, MAX_FILTERS, MAX_KERNEL, MAX_LAYERS, MAX_PADDING, MAX_PARAMETERS, MAX_POOL,
    MAX_STRIDE, MAX_UNITS, MAX_VALUES,
};
use super::{Real, Sides};

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
        "its {kernel} kernel does not fit on a {height}×{width} map; use a smaller kernel, `same` padding, or fewer pools before it"
    )]
    KernelTooLarge {
        /// Sides of the kernel.
        kernel: Sides,
        /// Rows of the incoming maps.
        height: usize,
        /// Columns of the incoming maps.
        width: usize,
    },
    /// The maps are too small to be pooled.
    #[error(
        "a {height}×{width} map is too small for {size} pooling; remove this pool or one before it"
    )]
    PoolTooLarge {
        /// Sides of the window.
        size: Sides,
        /// Rows of the incoming maps.
        height: usize,
        /// Columns of the incoming maps.
        width: usize,
    },
    /// A convolution or pool stands after a dense layer or a global pool.
    #[error("it needs maps, but a layer before it has already made one vector of them; move it up")]
    AfterDense,
    /// Pictures of a size that networks are not trained on.
    #[error(
        "pictures of {0}; choose {least}×{least} to {most}×{most}, with 1 or 3 channels",
        least = PictureSize::SHORTEST, most = PictureSize::LONGEST
    )]
    Input(PictureSize),
    /// A mean or a deviation that pictures cannot be normalized by.
    #[error(
        "pixels cannot be normalized so; give a mean and a deviation above 0 for each channel (below 0 only if all channels are alike), or neither"
    )]
    Normalization,
    /// Filter count out of range.
    #[error("{0} filters; choose 1 to {MAX_FILTERS}")]
    Filters(usize),
    /// Kernel side out of range.
    #[error("a {0} kernel; choose sides from 1 to {MAX_KERNEL}")]
    Kernel(Sides),
    /// Stride out of range.
    #[error("a stride of {0}; choose 1 to {MAX_STRIDE}, of a pool 1 to {MAX_POOL}")]
    Stride(Sides),
    /// Dilation out of range.
    #[error("a dilation of {0}; choose 1 to {MAX_STRIDE}")]
    Dilation(Sides),
    /// Padding out of range.
    #[error("a padding of {0} pixels; choose 0 to {MAX_PADDING}")]
    Padding(usize),
    /// Groups that channels and filters do not fall into.
    #[error(
        "{groups} groups divide {channels} channels into {filters} filters; choose a number that divides both"
    )]
    Groups {
        /// How many.
        groups: usize,
        /// Channels of the input.
        channels: usize,
        /// Filters.
        filters: usize,
    },
    /// Pooling window out of range.
    #[error("a pool of {0}; choose sides from 1 to {MAX_POOL}")]
    Pool(Sides),
    /// So much padding that a window could lie in it alone.
    #[error(
        "a padding of {padding} pixels around a pool of {size}; choose at most half of its side"
    )]
    PoolPadding {
        /// Pixels.
        padding: usize,
        /// Sides of the window.
        size: Sides,
    },
    /// Dropout rate out of range.
    #[error("a rate of {0}; choose from 0 to below 1, such as 0.25")]
    Rate(Real),
    /// Batch normalization's epsilon out of range.
    #[error("an epsilon of {0}; choose a number above 0 and up to 1, such as 0.001")]
    Epsilon(Real),
    /// Batch normalization's momentum out of range.
    #[error("a momentum of {0}; choose from 0 to below 1, such as 0.99")]
    Momentum(Real),
    /// A branch or a join that belongs to no block.
    #[error("it stands outside a block; put a `split` before the first branch, or remove it")]
    OutsideBlock,
    /// A join of one branch.
    #[error("a block of one branch; put a `branch` behind the first, or remove the block")]
    OneBranch,
    /// A block whose branches do not come together.
    #[error("a block is not closed; put an `add` or a `concatenate` behind its last branch")]
    OpenBlock,
    /// Branches that cannot be added.
    #[error(
        "its branches put out {first} and {other}, which cannot be added; make them equal, by a 1×1 convolution for instance"
    )]
    Unequal {
        /// What the first puts out.
        first: BriefShape,
        /// What another puts out.
        other: BriefShape,
    },
    /// Branches that cannot be put behind one another.
    #[error(
        "its branches put out {first} and {other}, which cannot be joined; give them one height and width, by stride and padding"
    )]
    Apart {
        /// What the first puts out.
        first: BriefShape,
        /// What another puts out.
        other: BriefShape,
    },
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
    /// The maps have outgrown memory.
    #[error(
        "the layers put out {0} values a picture; keep them under {MAX_VALUES}: smaller pictures, earlier pools, or fewer filters"
    )]
    TooManyValues(usize),
}
