//! 2×2 max-pooling with stride 2, and which of the four won.
//!
//! The first of equal values wins, reading rows from left to right. An odd last row or column is dropped.

use super::tensor::{Parts, floats, tensor, with_floats};
use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};

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
        let map = Map::new(layout.shape())?;
        let x = floats(self.name(), storage, layout)?;
        let mut y = vec![f32::NEG_INFINITY; map.windows() * map.channels];
        map.each(|_, pixel, out| {
            for (y, x) in y[out..][..map.channels].iter_mut().zip(&x[pixel..]) {
                if *x > *y || x.is_nan() {
                    *y = *x;
                }
            }
        });
        Ok((
            CpuStorage::F32(y),
            Shape::from((map.images, map.height / 2, map.width / 2, map.channels)),
        ))
    }

    fn bwd(&self, x: &Tensor, y: &Tensor, dy: &Tensor) -> Result<Option<Tensor>> {
        let map = Map::new(x.shape())?;
        let mut dx = vec![0.0; x.elem_count()];
        with_floats(self.name(), [x, y, dy], |values| {
            let &[x, y, dy] = values else {
                unreachable!("as many slices as tensors")
            };
            let mut open = vec![true; y.len()];
            map.each(|_, pixel, out| {
                for c in 0..map.channels {
                    if open[out + c] && x[pixel + c] >= y[out + c] {
                        open[out + c] = false;
                        dx[pixel + c] = dy[out + c];
                    }
                }
            });
        })?;
        tensor(dx, x.shape()).map(Some)
    }
}

/// The windows of a stack of maps.
struct Map {
    images: usize,
    height: usize,
    width: usize,
    channels: usize,
}

impl Map {
    fn new(shape: &Shape) -> Result<Self> {
        let (images, height, width, channels) = Parts::four("max_pool", shape)?;
        if height < 2 || width < 2 || channels == 0 {
            bail!("max_pool: expected maps of at least 2×2 and one channel or more, got {shape:?}");
        }
        Ok(Self {
            images,
            height,
            width,
            channels,
        })
    }

    fn windows(&self) -> usize {
        self.images * (self.height / 2) * (self.width / 2)
    }

    /// Calls `visit(position in the window, start of the pixel, start of the window's output)`, position by position.
    fn each(&self, mut visit: impl FnMut(usize, usize, usize)) {
        let (rows, columns) = (self.height / 2, self.width / 2);
        for image in 0..self.images {
            for (y, x) in (0..rows).flat_map(|y| (0..columns).map(move |x| (y, x))) {
                let out = ((image * rows + y) * columns + x) * self.channels;
                for position in 0..4 {
                    let (y, x) = (2 * y + position / 2, 2 * x + position % 2);
                    visit(
                        position,
                        ((image * self.height + y) * self.width + x) * self.channels,
                        out,
                    );
                }
            }
        }
    }
}
