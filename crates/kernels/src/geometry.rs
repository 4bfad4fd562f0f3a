//! The sizes of one convolution.

use super::Padding;
use super::tensor::{Parts, addressable, product};
use candle_core::{Result, Shape, bail};

/// The sizes of a convolution of `images` pictures, and of the 2×2 pooling behind it if `pool`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    pub images: usize,
    pub height: usize,
    pub width: usize,
    pub channels: usize,
    pub kernel: usize,
    pub filters: usize,
    /// Zeros around each picture: 0 for valid, half a kernel for same padding.
    pub border: usize,
    pub pool: bool,
}

impl Geometry {
    /// Checks input `(images, height, width, channels)`, weights `(kernel, kernel, channels, filters)` and bias `(filters,)`.
    pub fn new(
        operator: &str,
        [x, w, b]: [&Shape; 3],
        padding: Padding,
        pool: bool,
    ) -> Result<Self> {
        let (images, height, width, channels) = Parts::four(operator, x)?;
        let (kernel, columns, inputs, filters) = Parts::four(operator, w)?;
        if kernel != columns || ![1, 3, 5, 7].contains(&kernel) {
            bail!("{operator}: a kernel must be 1×1, 3×3, 5×5 or 7×7, got {w:?}");
        }
        if inputs != channels || b.dims() != [filters] || channels == 0 || filters == 0 {
            bail!("{operator}: weights {w:?} and bias {b:?} do not fit the input {x:?}");
        }
        let border = if padding == Padding::Same {
            kernel / 2
        } else {
            0
        };
        let geometry = Self {
            images,
            height,
            width,
            channels,
            kernel,
            filters,
            border,
            pool,
        };
        let least = kernel - 2 * border + usize::from(pool);
        if height < least || width < least {
            bail!(
                "{operator}: the map {x:?} is too small for weights {w:?}: at least {least}×{least} are needed"
            );
        }
        if !geometry.fits() {
            bail!("{operator}: the input {x:?} or the weights {w:?} are too large");
        }
        Ok(geometry)
    }

    /// The convolution that gives the input's gradient where there is no pooling, from that of the output and with the kernel turned by half a
    /// turn and channels and filters exchanged, on a border that makes up for what valid padding cut off ("transposed convolution":
    /// Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016, section 4).
    pub fn turned(&self) -> Self {
        let (height, width) = self.output();
        Self {
            height,
            width,
            channels: self.filters,
            filters: self.channels,
            border: self.kernel - 1 - self.border,
            ..*self
        }
    }

    /// Whether every place in a picture and in the weights, laid out for vectors, is a 32-bit number, as
    /// [`sparse`](super::sparse) keeps them, and the output can be counted.
    pub fn fits(&self) -> bool {
        let side = |length: usize| length.saturating_add(2 * self.border);
        let picture = [side(self.height), side(self.width), self.channels];
        // A kernel row is filled up to whole vectors, of sixteen numbers at most.
        let row = product(&[self.kernel, self.channels]).saturating_add(16);
        let weights = [self.filters, self.kernel, row];
        if [picture, weights]
            .iter()
            .any(|sizes| product(sizes) >= u32::MAX as usize)
        {
            return false;
        }
        let (rows, columns) = self.output();
        addressable(&[self.images, rows, columns, self.filters])
    }

    /// Height of a picture with its border.
    pub const fn padded_height(&self) -> usize {
        self.height + 2 * self.border
    }

    /// Width of a picture with its border.
    pub const fn padded_width(&self) -> usize {
        self.width + 2 * self.border
    }

    /// Copies `picture` into the middle of a larger one of rows of `width` pixels.
    pub fn embed(&self, picture: &[f32], width: usize, to: &mut [f32]) {
        let inside = &mut to[(self.border * width + self.border) * self.channels..];
        let lines = picture.chunks_exact(self.width * self.channels);
        for (to, from) in inside.chunks_mut(width * self.channels).zip(lines) {
            to[..from.len()].copy_from_slice(from);
        }
    }

    /// Rows that the convolution must compute: those a pooling drops are not.
    pub const fn rows(&self) -> usize {
        let rows = self.padded_height() + 1 - self.kernel;
        if self.pool { rows / 2 * 2 } else { rows }
    }

    /// Columns that the convolution must compute.
    pub const fn columns(&self) -> usize {
        let columns = self.padded_width() + 1 - self.kernel;
        if self.pool { columns / 2 * 2 } else { columns }
    }

    /// Rows and columns of the output.
    pub const fn output(&self) -> (usize, usize) {
        if self.pool {
            (self.rows() / 2, self.columns() / 2)
        } else {
            (self.rows(), self.columns())
        }
    }

    /// The same of another number of pictures.
    pub const fn of(&self, images: usize) -> Self {
        Self { images, ..*self }
    }

    /// Weights of one filter.
    pub const fn depth(&self) -> usize {
        self.kernel * self.kernel * self.channels
    }

    /// Blocks of filters, of two vectors each.
    pub const fn blocks(&self, lanes: usize) -> usize {
        self.filters.div_ceil(2 * lanes)
    }

    /// Numbers in the output of one image.
    pub const fn output_length(&self) -> usize {
        let (rows, columns) = self.output();
        rows * columns * self.filters
    }

    /// Numbers in one image.
    pub const fn input_length(&self) -> usize {
        self.height * self.width * self.channels
    }

    /// The output's shape.
    pub fn output_shape(&self) -> Shape {
        let (rows, columns) = self.output();
        Shape::from((self.images, rows, columns, self.filters))
    }
}
