//! Dense layers.

use super::*;
use crate::kernel::Kernel;
use crate::matmul::{InputGradient, WeightGradient};
use crate::pieces::Pieces;
use crate::simd::Buffer;
use candle_core::backprop::GradStore;
use pulp::Simd;

/// `xᵀ · dz` whole.
struct Product<'a> {
    x: &'a [f32],
    dz: &'a [f32],
    outputs: usize,
    out: &'a mut [f32],
}

impl Kernel for Product<'_> {
    type Scratch = ();

    fn run<S: Simd>(self, simd: S, (): &mut ()) {
        let mut packed = Buffer::default();
        let product = WeightGradient::new(simd, self.x, self.dz, self.outputs, &mut packed);
        let half = self.out.len() / self.outputs / 2;
        let (above, below) = self.out.split_at_mut(half * self.outputs);
        product.rows(simd, 0, above);
        product.rows(simd, half, below);
    }
}

#[test]
fn dense_layers_agree_with_float64() {
    on_every_path(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        for (images, inputs, outputs) in [
            (1, 1, 1),
            (3, 7, 5),
            (16, 100, 128),
            (5, 33, 17),
            (40, 300, 10),
            (2, 1, 33),
            (17, 64, 31),
        ] {
            for relu in [false, true] {
                let (x, w, b) = (
                    variable(&mut rng, &[images, inputs]),
                    variable(&mut rng, &[inputs, outputs]),
                    variable(&mut rng, &[outputs]),
                );
                let y = if relu {
                    dense_relu(&x, &w, &b)
                } else {
                    dense(&x, &w, &b)
                };
                let (xs, ws, bs) = (numbers(&x), numbers(&w), numbers(&b));
                let dz = random(&mut rng, images * outputs);
                let (mut ys, mut dx, mut dw) =
                    (Vec::new(), vec![0.0; xs.len()], vec![0.0; ws.len()]);
                for (row, column) in
                    (0..images).flat_map(|row| (0..outputs).map(move |column| (row, column)))
                {
                    let z: f64 = (0..inputs)
                        .map(|i| {
                            f64::from(xs[row * inputs + i]) * f64::from(ws[i * outputs + column])
                        })
                        .sum();
                    let z = z + f64::from(bs[column]);
                    let gradient = f64::from(dz[ys.len()]);
                    ys.push(if relu { z.max(0.0) } else { z });
                    for i in 0..inputs {
                        let passes = !relu || xs[row * inputs + i] > 0.0;
                        if passes {
                            dx[row * inputs + i] += gradient * f64::from(ws[i * outputs + column]);
                        }
                        dw[i * outputs + column] += gradient * f64::from(xs[row * inputs + i]);
                    }
                }
                close(&numbers(&y.unwrap()), &ys, "y");
                let (mut got_dx, mut got_dw) = (vec![f32::NAN; dx.len()], vec![f32::NAN; dw.len()]);
                for range in [0..inputs / 3, inputs / 3..inputs] {
                    kernel::run(InputGradient {
                        dz: &dz,
                        w: &ws,
                        outputs,
                        inputs: range,
                        x: relu.then_some(&xs),
                        dx: Pieces::new(&mut got_dx),
                    });
                }
                kernel::run(Product {
                    x: &xs,
                    dz: &dz,
                    outputs,
                    out: &mut got_dw,
                });
                close(&got_dx, &dx, "dx");
                close(&got_dw, &dw, "dw");
            }
        }
    });
}

/// What Grad-CAM asks: the gradient of a score with respect to maps, through what comes behind the last convolution.
#[test]
fn candles_backward_passes_through_pool_and_dense_layers_like_stock_candle() -> Result<()> {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let x = variable(&mut rng, &[2, 5, 4, 3]);
    let (w1, b1) = (variable(&mut rng, &[12, 17]), variable(&mut rng, &[17]));
    let (w2, b2) = (variable(&mut rng, &[17, 5]), variable(&mut rng, &[5]));
    let ours = dense(&dense_relu(&max_pool(&x)?, &w1, &b1)?, &w2, &b2)?;
    // The largest of each window of four rows and columns: without stock candle's pool, whose gradient is wrong.
    let windows = x
        .narrow(1, 0, 4)?
        .contiguous()?
        .reshape((2, 2, 2, 2, 2, 3))?;
    let hidden = windows.max(4)?.max(2)?.flatten_from(1)?.matmul(&w1)?;
    let hidden = hidden.broadcast_add(&b1)?.relu()?;
    let stock = hidden.matmul(&w2)?.broadcast_add(&b2)?;
    close(&numbers(&ours), &wide(&numbers(&stock)), "y");
    let gradients = |y: &Tensor| y.narrow(1, 3, 1)?.sum_all()?.backward();
    let (ours, stock) = (gradients(&ours)?, gradients(&stock)?);
    for (name, asked) in [
        ("x", &x),
        ("w1", &w1),
        ("b1", &b1),
        ("w2", &w2),
        ("b2", &b2),
    ] {
        let of = |gradients: &GradStore| numbers(gradients.get(asked).expect("a gradient"));
        close(&of(&ours), &wide(&of(&stock)), name);
    }
    Ok(())
}
