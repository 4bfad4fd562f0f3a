//! Dense layers: `x · w + b`, with or without `ReLU`.

use super::gradients::Gradient;
use super::layer::{Layer, apply};
use super::matmul::{affine, input_gradient};
use super::tensor::{Parts, addressable, product, tensor, with_floats};
use candle_core::{Result, Shape, Tensor, bail};

/// `x · w (inputs, outputs) + b (outputs,)` → `(images, outputs)`, of `x (images, …)` whose other dimensions are read as one.
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

impl Layer for Dense {
    fn name(&self) -> &'static str {
        self.name
    }

    fn forward(&self, [x, w, b]: [&[f32]; 3], shapes: [&Shape; 3]) -> Result<(Vec<f32>, Shape)> {
        let (images, inputs, outputs) = sizes(self.name, shapes)?;
        let mut y = vec![0.0; images * outputs];
        affine(x, w, b, inputs, self.relu, &mut y);
        Ok((y, Shape::from((images, outputs))))
    }

    fn backward(
        &self,
        [x, w, b]: [&Tensor; 3],
        y: &Tensor,
        dy: &Tensor,
    ) -> Result<(Option<Tensor>, Gradient, Tensor)> {
        let (images, inputs, outputs) = sizes(self.name, [x.shape(), w.shape(), b.shape()])?;
        let mut dx = x.track_op().then(|| vec![0.0; images * inputs]);
        let mut db = vec![0.0; outputs];
        let dz = with_floats(self.name, [w, y, dy], |values| {
            let &[w, y, dy] = values else {
                unreachable!("as many slices as tensors")
            };
            let through = |(dy, y): (&f32, &f32)| if *y > 0.0 { *dy } else { 0.0 };
            let dz = if self.relu {
                dy.iter().zip(y).map(through).collect()
            } else {
                dy.to_vec()
            };
            for row in dz.chunks_exact(outputs) {
                for (db, dz) in db.iter_mut().zip(row) {
                    *db += dz;
                }
            }
            if let Some(dx) = &mut dx {
                input_gradient(&dz, w, outputs, dx);
            }
            dz
        })?;
        let dw = Gradient::Product {
            x: x.clone(),
            dz: tensor(dz, (images, outputs))?,
        };
        Ok((
            dx.map(|dx| tensor(dx, x.shape())).transpose()?,
            dw,
            tensor(db, outputs)?,
        ))
    }
}
