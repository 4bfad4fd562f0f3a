//! Dense layers: `x · w + b`, with or without `ReLU`.

use super::kernel;
use super::layer::{Layer, apply};
use super::matmul::{InputGradient, Weights, Whole};
use super::pieces::Pieces;
use super::tensor::{Parts, addressable, product, with_floats};
use candle_core::{Device, Result, Shape, Tensor, bail};

/// `x · w (inputs, outputs) + b (outputs,)` → `(images, outputs)`, of `x (images, …)` whose other dimensions are read as one. Candle's
/// `backward` passes through to all three, for questions about a network; weights are trained by [`Step`](crate::Step).
///
/// # Errors
/// If a tensor is not contiguous f32 on the CPU or shapes do not fit.
pub fn dense(x: &Tensor, w: &Tensor, b: &Tensor) -> Result<Tensor> {
    apply(
        Dense {
            name: "dense",
            relu: false,
        },
        x,
        w,
        b,
    )
}

/// `max(0, x · w + b)`; as [`dense`] otherwise. `relu'(0)` is 0.
///
/// # Errors
/// As [`dense`].
pub fn dense_relu(x: &Tensor, w: &Tensor, b: &Tensor) -> Result<Tensor> {
    apply(
        Dense {
            name: "dense_relu",
            relu: true,
        },
        x,
        w,
        b,
    )
}

struct Dense {
    name: &'static str,
    relu: bool,
}

/// `(images, inputs, outputs)`.
pub fn sizes(operator: &str, [x, w, b]: [&Shape; 3]) -> Result<(usize, usize, usize)> {
    let (rows, outputs) = Parts::two(operator, w)?;
    let [images, sizes @ ..] = x.dims() else {
        bail!("{operator}: expected at least 2 dimensions, got {x:?}")
    };
    if sizes.is_empty()
        || product(sizes) != rows
        || b.dims() != [outputs]
        || rows == 0
        || outputs == 0
    {
        bail!("{operator}: weights {w:?} and bias {b:?} do not fit the input {x:?}");
    }
    if !addressable(&[*images, outputs]) {
        bail!("{operator}: the input {x:?} or the weights {w:?} are too large");
    }
    Ok((*images, rows, outputs))
}

impl Dense {
    /// The gradient of the sums.
    fn sums(&self, y: &[f32], dy: &[f32]) -> Vec<f32> {
        let passes = |y: &f32| !self.relu || *y > 0.0;
        let dz = dy
            .iter()
            .zip(y)
            .map(|(dy, y)| if passes(y) { *dy } else { 0.0 });
        dz.collect()
    }
}

impl Layer for Dense {
    fn name(&self) -> &'static str {
        self.name
    }

    fn forward(&self, [x, w, b]: [&[f32]; 3], shapes: [&Shape; 3]) -> Result<(Vec<f32>, Shape)> {
        let (images, inputs, outputs) = sizes(self.name, shapes)?;
        let mut y = vec![0.0; images * outputs];
        kernel::run(Whole {
            x,
            w,
            b,
            inputs,
            relu: self.relu,
            y: &mut y,
        });
        Ok((y, Shape::from((images, outputs))))
    }

    fn input_gradient(
        &self,
        x: &Tensor,
        w: &Tensor,
        y: &Tensor,
        dy: &Tensor,
    ) -> Result<Option<Tensor>> {
        let mut dx = vec![0.0; x.elem_count()];
        with_floats(self.name, [w, y, dy], |values| {
            let &[w, y, dy] = values else {
                unreachable!("as many slices as tensors")
            };
            let dz = self.sums(y, dy);
            let outputs = y.len() / x.dims()[0].max(1);
            if !dz.is_empty() {
                kernel::run(InputGradient {
                    dz: &dz,
                    w,
                    outputs,
                    inputs: 0..w.len() / outputs,
                    x: None,
                    dx: Pieces::new(&mut dx),
                });
            }
        })?;
        Tensor::from_vec(dx, x.shape(), &Device::Cpu).map(Some)
    }

    fn weight_gradients(
        &self,
        x: &Tensor,
        w: &Tensor,
        y: &Tensor,
        dy: &Tensor,
    ) -> Result<Option<[Tensor; 2]>> {
        let outputs = w.dims()[1];
        let (mut dw, mut db) = (vec![0.0; w.elem_count()], vec![0.0; outputs]);
        with_floats(self.name, [x, y, dy], |values| {
            let &[x, y, dy] = values else {
                unreachable!("as many slices as tensors")
            };
            let dz = self.sums(y, dy);
            for dz in dz.chunks_exact(outputs) {
                for (db, dz) in db.iter_mut().zip(dz) {
                    *db += dz;
                }
            }
            if !dz.is_empty() {
                kernel::run(Weights {
                    x,
                    dz: &dz,
                    outputs,
                    dw: &mut dw,
                });
            }
        })?;
        Ok(Some([
            Tensor::from_vec(dw, w.shape(), &Device::Cpu)?,
            Tensor::from_vec(db, outputs, &Device::Cpu)?,
        ]))
    }
}
