//! 2×2 max-pooling with stride 2, and which of the four won.
//!
//! The first of equal values wins, reading rows from left to right. An odd last row or column is dropped.

use super::tensor::{Parts, floats, with_floats};
use candle_core::{CpuStorage, CustomOp1, Device, Layout, Result, Shape, Tensor, bail};

/// 2×2 max-pooling of `x (images, height, width, channels)`; the gradient goes to the first maximum of each window.
///
/// # Errors
/// If `x` is not a contiguous f32 tensor on the CPU with four dimensions, one channel or more and maps of at least 2×2.
pub fn max_pool(x: &Tensor) -> Result<Tensor> {
    if x.track_op() {
        x.apply_op1(MaxPool)
    } else {
        x.apply_op1_no_bwd(&MaxPool)
    }
}

struct MaxPool;

impl CustomOp1 for MaxPool {
    fn name(&self) -> &'static str {
        "max_pool"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (images, height, width, channels) = Parts::four("max_pool", layout.shape())?;
        if height < 2 || width < 2 || channels == 0 {
            bail!(
                "max_pool: expected maps of at least 2×2 and one channel or more, got {:?}",
                layout.shape()
            );
        }
        let x = floats(self.name(), storage, layout)?;
        let map = Map {
            height,
            width,
            channels,
        };
        let mut y = vec![0.0; images * map.output_length()];
        map.pool(x, &mut y);
        Ok((
            CpuStorage::F32(y),
            Shape::from((images, height / 2, width / 2, channels)),
        ))
    }

    fn bwd(&self, x: &Tensor, y: &Tensor, dy: &Tensor) -> Result<Option<Tensor>> {
        let (_, height, width, channels) = Parts::four(self.name(), x.shape())?;
        let map = Map {
            height,
            width,
            channels,
        };
        let mut dx = vec![0.0; x.elem_count()];
        with_floats(self.name(), [x, y, dy], |values| {
            let &[x, y, dy] = values else {
                unreachable!("as many slices as tensors")
            };
            map.pool_back(x, y, &mut dy.to_vec(), &mut dx);
        })?;
        Tensor::from_vec(dx, x.shape(), &Device::Cpu).map(Some)
    }
}

/// The maps of one picture, before the pooling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Map {
    pub height: usize,
    pub width: usize,
    pub channels: usize,
}

impl Map {
    pub const fn input_length(&self) -> usize {
        self.height * self.width * self.channels
    }

    pub const fn output_length(&self) -> usize {
        (self.height / 2) * (self.width / 2) * self.channels
    }

    /// Overwrites `y`; `x` and `y` may be of several pictures.
    pub fn pool(&self, x: &[f32], y: &mut [f32]) {
        y.fill(f32::NEG_INFINITY);
        let pictures = y.chunks_exact_mut(self.output_length());
        for (y, x) in pictures.zip(x.chunks_exact(self.input_length())) {
            self.each(|pixel, out| {
                for (y, x) in y[out..][..self.channels].iter_mut().zip(&x[pixel..]) {
                    if *x > *y || x.is_nan() {
                        *y = *x;
                    }
                }
            });
        }
    }

    /// Overwrites `dx`: the gradient goes to the first maximum of each window. What it has taken from `dy` is set to zero there.
    pub fn pool_back(&self, x: &[f32], y: &[f32], dy: &mut [f32], dx: &mut [f32]) {
        dx.fill(0.0);
        let outputs = self.output_length();
        let pictures = x
            .chunks_exact(self.input_length())
            .zip(dx.chunks_exact_mut(self.input_length()));
        let gradients = y.chunks_exact(outputs).zip(dy.chunks_exact_mut(outputs));
        for ((x, dx), (y, dy)) in pictures.zip(gradients) {
            self.each(|pixel, out| {
                for c in 0..self.channels {
                    if x[pixel + c] >= y[out + c] {
                        dx[pixel + c] = std::mem::take(&mut dy[out + c]);
                    }
                }
            });
        }
    }

    /// Calls `visit(start of the pixel, start of the window's output)`, position by position of every window.
    fn each(&self, mut visit: impl FnMut(usize, usize)) {
        let (rows, columns) = (self.height / 2, self.width / 2);
        for (y, x) in (0..rows).flat_map(|y| (0..columns).map(move |x| (y, x))) {
            let out = (y * columns + x) * self.channels;
            for position in 0..4 {
                let (y, x) = (2 * y + position / 2, 2 * x + position % 2);
                visit((y * self.width + x) * self.channels, out);
            }
        }
    }
}
