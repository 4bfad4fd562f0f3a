//! 2×2 max-pooling with stride 2, and which of the four won.
//!
//! The first of equal values wins, reading rows from left to right. An odd last row or column is dropped.

use super::simd::vectors;
use super::tensor::{Parts, floats, tensor, with_floats};
use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};
use pulp::Simd;

/// The code of a window whose maximum is not positive: no gradient passes its `ReLU`.
pub const DEAD: u8 = 4;

/// 2×2 max-pooling of `x (images, height, width, channels)`; the gradient goes to the first maximum of each window.
///
/// # Errors
/// If `x` is not a contiguous f32 tensor on the CPU with four dimensions and maps of at least 2×2.
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
        if height < 2 || width < 2 {
            bail!("max_pool: a map must be at least 2×2, got {shape:?}");
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

/// Pools two finished rows of a convolution and applies `ReLU`.
///
/// `rows (2, width, padded channels)` → `out (width / 2, channels)` and, where asked for, the position of each maximum (0 to 3, or
/// [`DEAD`]) in `codes`, of the same shape. Channels are padded to whole vectors.
#[inline(always)]
pub fn pool_rows<S: Simd>(
    simd: S,
    rows: &[f32],
    channels: usize,
    out: &mut [f32],
    mut codes: Option<&mut [u8]>,
) {
    let padded = vectors::<S>(channels) * S::F32_LANES;
    let (top, bottom) = rows.split_at(rows.len() / 2);
    let windows = top
        .chunks_exact(2 * padded)
        .zip(bottom.chunks_exact(2 * padded));
    for (window, (top, bottom)) in windows.enumerate() {
        let out = &mut out[window * channels..][..channels];
        let mut codes = codes
            .as_deref_mut()
            .map(|codes| &mut codes[window * channels..][..channels]);
        let ((a, _), (b, _)) = (
            S::as_simd_f32s(&top[..padded]),
            S::as_simd_f32s(&top[padded..]),
        );
        let ((c, _), (d, _)) = (
            S::as_simd_f32s(&bottom[..padded]),
            S::as_simd_f32s(&bottom[padded..]),
        );
        for v in 0..padded / S::F32_LANES {
            let from = v * S::F32_LANES;
            let to = channels.min(from + S::F32_LANES);
            let (value, code) = pool_window(simd, [a[v], b[v], c[v], d[v]]);
            simd.partial_store_f32s(&mut out[from..to], value);
            if let Some(codes) = &mut codes {
                write_codes(simd, code, &mut codes[from..to]);
            }
        }
    }
}

/// `ReLU` of the maximum of four, and its position or [`DEAD`].
#[inline(always)]
pub fn pool_window<S: Simd>(simd: S, [a, b, c, d]: [S::f32s; 4]) -> (S::f32s, S::u32s) {
    let code = |code: u8| simd.splat_u32s(u32::from(code));
    let zero = simd.splat_f32s(0.0);
    let right = simd.greater_than_f32s(b, a);
    let (top, top_code) = (
        simd.select_f32s(right, b, a),
        simd.select_u32s(right, code(1), code(0)),
    );
    let right = simd.greater_than_f32s(d, c);
    let (bottom, bottom_code) = (
        simd.select_f32s(right, d, c),
        simd.select_u32s(right, code(3), code(2)),
    );
    let lower = simd.greater_than_f32s(bottom, top);
    let (value, position) = (
        simd.select_f32s(lower, bottom, top),
        simd.select_u32s(lower, bottom_code, top_code),
    );
    let dead = simd.less_than_or_equal_f32s(value, zero);
    (
        simd.select_f32s(dead, zero, value),
        simd.select_u32s(dead, code(DEAD), position),
    )
}

/// Narrows a vector of codes to bytes.
#[inline(always)]
pub fn write_codes<S: Simd>(_: S, codes: S::u32s, out: &mut [u8]) {
    let mut wide = [0_u32; 16];
    let lanes: &mut [S::u32s] = S::as_mut_simd_u32s(&mut wide).0;
    lanes[0] = codes;
    for (out, code) in out.iter_mut().zip(wide) {
        *out = code as u8;
    }
}
