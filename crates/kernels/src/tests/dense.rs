//! Dense layers.

use super::*;

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
                }
                .unwrap();
                let weights =
                    Tensor::from_vec(random(&mut rng, y.elem_count()), y.shape(), &Device::Cpu)
                        .unwrap();
                let loss = (&y * &weights).unwrap().sum_all().unwrap();
                let (xs, ws, bs, dys) = (numbers(&x), numbers(&w), numbers(&b), numbers(&weights));
                let (mut ys, mut dx, mut dw, mut db) = (
                    vec![],
                    vec![0.0; xs.len()],
                    vec![0.0; ws.len()],
                    vec![0.0; outputs],
                );
                for (row, column) in
                    (0..images).flat_map(|row| (0..outputs).map(move |column| (row, column)))
                {
                    let z: f64 = (0..inputs)
                        .map(|i| {
                            f64::from(xs[row * inputs + i]) * f64::from(ws[i * outputs + column])
                        })
                        .sum();
                    let z = z + f64::from(bs[column]);
                    let gradient = if relu && z <= 0.0 {
                        0.0
                    } else {
                        f64::from(dys[ys.len()])
                    };
                    ys.push(if relu { z.max(0.0) } else { z });
                    db[column] += gradient;
                    for i in 0..inputs {
                        dx[row * inputs + i] += gradient * f64::from(ws[i * outputs + column]);
                        dw[i * outputs + column] += gradient * f64::from(xs[row * inputs + i]);
                    }
                }
                close(&y, &ys, "y");
                let (stock, ours) = (loss.backward().unwrap(), backward(&loss).unwrap());
                for (variable, want, name) in [(&x, &dx, "dx"), (&w, &dw, "dw"), (&b, &db, "db")] {
                    close(stock.get(variable).unwrap(), want, name);
                    close(&ours.get(variable).unwrap().unwrap(), want, name);
                }
            }
        }
    });
}

#[test]
fn relu_passes_no_gradient_at_zero() -> Result<()> {
    let x = Var::zeros((1, 4), DType::F32, &Device::Cpu)?;
    let w = Tensor::ones((4, 1), DType::F32, &Device::Cpu)?;
    let b = Tensor::zeros(1, DType::F32, &Device::Cpu)?;
    let gradients = dense_relu(&x, &w, &b)?.sum_all()?.backward()?;
    assert_eq!(numbers(gradients.get(&x).unwrap()), [0.0; 4]);
    Ok(())
}
