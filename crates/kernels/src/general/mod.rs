//! Convolutions of every kind: any window, stride, dilation, padding and number of groups.
//!
//! The patches under some pixels are the rows of a matrix, and the register [`tile`](super::tile) multiplies it. Without
//! holes between columns a patch is runs of neighbours and is read where it lies, of a group in a picture of its channels alone; otherwise
//! [`patches`] copies it. Gradients of [`weights`] read the picture where it lies. Of as many groups as
//! channels, [`depthwise`] computes without any matrix. Large kernels and those with holes take [`winograd`](super::winograd)'s tiles.
//! Of few filters, vectors hold pixels instead ([`few`]). The common kinds (square, stride 1, one group) go forward by the faster ways of [`forward`](super::forward).

mod depthwise;
mod few;
mod forward;
mod input;
mod interleaved;
mod patches;
mod phases;
mod planes;
mod weights;

pub use depthwise::{Depthwise, DepthwiseInput, DepthwiseWeights};
pub use forward::LayOut;
pub use input::{Input, LayOutColumns, turn, turned};
pub use interleaved::{Interleaved, LayOutInterleaved};

use super::geometry::Geometry;
use super::pieces::Pieces;
use super::simd::Buffer;
use super::slide::{Slide, Window};
use super::tensor::{addressable, product};
use super::winograd::cut::Cut;
use super::winograd::{self, Shape, gradient};
use candle_core::{Result, bail};
use std::ops::Range;

/// Memory kept between calls.
#[derive(Default)]
pub struct Scratch {
    picture: Buffer,
    patches: Buffer,
    packed: Buffer,
    sums: Buffer,
    places: Vec<usize>,
    tiles: winograd::Scratch,
}

/// The sizes of a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    pub slide: Slide,
    pub filters: usize,
    pub groups: usize,
}

impl Sizes {
    /// Of maps of `(height, width, channels)`; its weights are `(rows, columns, channels / groups, filters)`.
    pub fn new(
        operator: &str,
        map: [usize; 3],
        window: Window,
        filters: usize,
        groups: usize,
    ) -> Result<Self> {
        let slide = Slide::new(operator, window, map)?;
        let channels = slide.channels;
        if filters == 0
            || groups == 0
            || !channels.is_multiple_of(groups)
            || !filters.is_multiple_of(groups)
        {
            bail!(
                "{operator}: {groups} groups do not part {channels} channels and {filters} filters"
            );
        }
        let sizes = Self {
            slide,
            filters,
            groups,
        };
        let [rows, columns] = window.size;
        // Padded to whole vectors, of sixteen numbers at most; and what a depthwise convolution copies.
        let padded = filters.saturating_add(16 * groups.min(filters));
        let copied = product(&[slide.padded_height(), slide.padded_width()]);
        if !addressable(&[rows, columns, channels / groups, padded])
            || !addressable(&[slide.rows, slide.columns, padded])
            || !addressable(&[copied, channels.max(filters).saturating_add(16)])
            || !addressable(&[slide.columns, rows, columns, channels / groups])
        {
            bail!("{operator}: a convolution of {map:?} to {filters} is too large");
        }
        Ok(sizes)
    }

    /// Channels of a group.
    pub const fn inputs(&self) -> usize {
        self.slide.channels / self.groups
    }

    /// Filters of a group.
    pub const fn outputs(&self) -> usize {
        self.filters / self.groups
    }

    pub const fn taps(&self) -> usize {
        self.slide.window.size[0] * self.slide.window.size[1]
    }

    /// Weights of one filter.
    pub const fn depth(&self) -> usize {
        self.taps() * self.inputs()
    }

    pub const fn pixels(&self) -> usize {
        self.slide.rows * self.slide.columns
    }

    pub const fn input_length(&self) -> usize {
        self.slide.input_length()
    }

    pub const fn output_length(&self) -> usize {
        self.pixels() * self.filters
    }

    pub const fn weights_length(&self) -> usize {
        self.depth() * self.filters
    }

    pub const fn is_depthwise(&self) -> bool {
        self.groups == self.slide.channels && self.groups > 1
    }

    /// Whether vectors of filters would be so empty that a common kind is computed in the general way, too.
    pub const fn has_few_filters(&self, lanes: usize) -> bool {
        few::suits(self, lanes)
    }

    /// Whether a group's channels are taken out of the picture, which leaves them in longer runs.
    const fn is_by_group(&self) -> bool {
        self.groups > 1 && self.slide.window.dilation[1] == 1
    }

    /// The runs of neighbours of a patch, in a picture of so many channels a pixel.
    const fn runs(&self, channels: usize) -> Runs {
        let [rows, columns] = self.slide.window.size;
        if self.slide.window.dilation[1] == 1 && channels == self.inputs() {
            Runs {
                count: rows,
                across: 1,
                length: columns * channels,
            }
        } else {
            Runs {
                count: rows * columns,
                across: columns,
                length: self.inputs(),
            }
        }
    }

    /// Of how many pictures at least the gradient of the weights is to be summed at a time, where that matters.
    pub fn pictures_of_gradient(&self) -> Option<usize> {
        let shape = self.gradient_tiles(1)?;
        Some(gradient::pictures(&shape))
    }

    /// Blocks of a group's filters, of two vectors each.
    pub const fn blocks_of_group(&self, lanes: usize) -> usize {
        self.outputs().div_ceil(2 * lanes)
    }

    /// Blocks of all filters.
    pub const fn blocks(&self, lanes: usize) -> usize {
        self.groups * self.blocks_of_group(lanes)
    }

    /// The groups that some blocks are of, and which blocks of each.
    fn groups_of(
        &self,
        lanes: usize,
        blocks: &Range<usize>,
    ) -> impl Iterator<Item = (usize, Range<usize>)> + use<> {
        let of_group = self.blocks_of_group(lanes);
        let blocks = blocks.start..blocks.end.min(self.groups * of_group);
        let groups = if blocks.is_empty() {
            0..0
        } else {
            blocks.start / of_group..blocks.end.div_ceil(of_group)
        };
        groups.map(move |group| {
            let first = group * of_group;
            let from = blocks.start.max(first) - first;
            (group, from..blocks.end.min(first + of_group) - first)
        })
    }

    /// The filters of some blocks: they lie one behind the other.
    pub fn filters_of(&self, lanes: usize, blocks: &Range<usize>) -> Range<usize> {
        let of_group = self.blocks_of_group(lanes);
        let place = |block: usize| {
            let (group, block) = (block / of_group, block % of_group);
            group * self.outputs() + (block * 2 * lanes).min(self.outputs())
        };
        let all = self.groups * of_group;
        place(blocks.start.min(all))..place(blocks.end.min(all))
    }

    /// Whether the input's gradient takes less by patches added up than by a convolution with the kernel turned round: of few channels,
    /// whose vectors would be empty, and where the output is smaller.
    pub fn prefers_columns(&self, lanes: usize) -> bool {
        if turned(self)
            .is_some_and(|turned| turned.tiles(1).is_some() || turned.has_few_filters(lanes))
        {
            return false;
        }
        let pixels = self.slide.height * self.slide.width;
        let turned = pixels * self.taps() * self.outputs() * self.inputs().div_ceil(lanes);
        // A vector added is about four multiplied.
        let columns = self.pixels() * self.depth().div_ceil(lanes) * (self.outputs() + 4);
        columns < turned
    }

    /// The same for Winograd's tiles, of so many pictures, if it has one group.
    fn shape(&self, images: usize) -> Option<Shape> {
        let Slide {
            window,
            height,
            width,
            channels,
            rows,
            columns,
        } = self.slide;
        let shape = Shape {
            images,
            height,
            width,
            channels,
            filters: self.filters,
            kernel: window.size,
            stride: window.stride,
            dilation: window.dilation,
            before: window.before,
            rows,
            columns,
            pool: false,
            interleaving: None,
        };
        (self.groups == 1).then_some(shape)
    }

    /// Where these are the faster way for many pictures.
    pub fn tiles(&self, images: usize) -> Option<(Shape, Cut)> {
        let shape = self.shape(MANY).filter(Shape::suits)?;
        Some((Shape { images, ..shape }, Cut::new(&shape)))
    }

    /// Where they are for the gradient of the weights.
    fn gradient_tiles(&self, images: usize) -> Option<Shape> {
        self.shape(images).filter(gradient::suits)
    }

    /// The same in the form of the faster ways, if it has that: a square kernel of 1, 3, 5 or 7, one group, and as much padding on every
    /// side as leaves the map its size, or none.
    pub fn geometry(&self, images: usize) -> Option<Geometry> {
        let Slide {
            window,
            height,
            width,
            channels,
            ..
        } = self.slide;
        let kernel = window.size[0];
        let border = window.before[0];
        let is_plain = window.size == [kernel; 2]
            && [1, 3, 5, 7].contains(&kernel)
            && window.is_dense()
            && [window.before, window.after] == [[border; 2]; 2]
            && (border == 0 || border == kernel / 2)
            && self.groups == 1;
        let geometry = Geometry {
            images,
            height,
            width,
            channels,
            kernel,
            filters: self.filters,
            border,
            pool: false,
        };
        (is_plain && geometry.fits()).then_some(geometry)
    }
}

/// What of a patch lies together: a row of the kernel, or one place of it.
#[derive(Clone, Copy)]
struct Runs {
    count: usize,
    /// Of each row of the kernel.
    across: usize,
    /// Numbers of each.
    length: usize,
}

impl Runs {
    /// Where each starts, in a picture with its padding whose lines and pixels are so far apart.
    fn starts(self, window: &Window, line: usize, pixel: usize) -> impl Iterator<Item = usize> {
        let [down, across] = [window.dilation[0] * line, window.dilation[1] * pixel];
        (0..self.count).map(move |run| run / self.across * down + run % self.across * across)
    }
}

/// `x ∗ w + b`, no less than zero if `relu`.
pub struct Forward<'a> {
    pub sizes: Sizes,
    pub relu: bool,
    /// Whether sums over zeros alone are exactly zero, as what is bent there asks. With `relu` they always are.
    pub zeros_stay: bool,
    pub x: &'a [f32],
    /// As [`LayOut`] leaves them.
    pub weights: &'a [f32],
    pub bias: Option<&'a [f32]>,
    /// Which blocks of filters.
    pub blocks: Range<usize>,
    /// Overwritten there.
    pub out: Pieces<'a, f32>,
}

/// Where the weights of a block lie, laid out: group after group, block after block.
pub fn panel(s: &Sizes, lanes: usize, group: usize, block: usize) -> Range<usize> {
    let padded = s.outputs().next_multiple_of(lanes);
    let (first, start) = (2 * block * lanes, group * s.depth() * padded);
    start + first * s.depth()..start + padded.min(first + 2 * lanes) * s.depth()
}

/// The gradients of the weights of some blocks of filters, computed in one of two ways.
pub struct WeightGradient<'a> {
    pub sizes: Sizes,
    pub x: &'a [f32],
    pub dz: &'a [f32],
    pub blocks: Range<usize>,
    /// `(depth, filters)`, of which the blocks' columns are overwritten.
    pub dw: Pieces<'a, f32>,
    /// `(filters,)`, likewise.
    pub db: Option<Pieces<'a, f32>>,
}

/// Pictures of a batch, of which the weights are laid out once.
const MANY: usize = 32;

/// Pixels at a time of which weights' gradients are summed: what is read of them stays in the first cache.
const PIXELS: usize = 128;

/// Whole vectors are copied and read: as much more than is needed is set aside behind.
const SLACK: usize = 16;

/// Adds the gradients of some filters at all pixels to their bias's.
#[inline(always)]
fn add_bias(dz: &[f32], filters: usize, some: &Range<usize>, db: &mut Pieces<'_, f32>) {
    let db = db.piece(some.start, some.len());
    for dz in dz.chunks_exact(filters) {
        for (db, dz) in db.iter_mut().zip(&dz[some.clone()]) {
            *db += dz;
        }
    }
}
