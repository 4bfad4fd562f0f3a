//! Every operator, on every vector unit of the machine, against plain float64 loops and against stock candle.

mod adam;
mod convolution;
mod dense;
mod inputs;
mod loss;
mod pool;
mod training;

use super::unit::on_every_path;
use super::*;
use candle_core::backprop::GradStore;
use candle_core::{DType, Device, Result, Tensor, Var};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn random(rng: &mut ChaCha8Rng, length: usize) -> Vec<f32> {
    (0..length).map(|_| rng.random_range(-1.0..1.0)).collect()
}

fn variable(rng: &mut ChaCha8Rng, shape: &[usize]) -> Var {
    Var::from_vec(random(rng, shape.iter().product()), shape, &Device::Cpu).unwrap()
}

/// Gives one of the shapes another size, or one size more or less.
fn change(rng: &mut ChaCha8Rng, shapes: &mut [Vec<usize>]) {
    let shape = rng.random_range(0..shapes.len());
    let shape = &mut shapes[shape];
    let place = rng.random_range(0..=shape.len());
    let size = [0, 1, 2, 3, 4, 7, 9][rng.random_range(0..7)];
    match rng.random_range(0..8) {
        0 => shape.insert(place, size),
        1 => drop(shape.pop()),
        _ => {
            if let Some(changed) = shape.get_mut(place) {
                *changed = size;
            }
        }
    }
}

fn numbers(tensor: &Tensor) -> Vec<f32> {
    tensor.flatten_all().unwrap().to_vec1().unwrap()
}

/// Checks that `got` is `want` up to rounding of sums of about the size of the largest.
#[track_caller]
fn close(got: &Tensor, want: &[f64], what: &str) {
    let got = numbers(got);
    assert_eq!(got.len(), want.len(), "{what}: length");
    let scale = want
        .iter()
        .fold(1e-3_f64, |largest, value| largest.max(value.abs()));
    for (index, (got, want)) in got.iter().zip(want).enumerate() {
        assert!(
            (f64::from(*got) - want).abs() <= 2e-5 * scale,
            "{what}[{index}]: got {got}, want {want} of {scale}"
        );
    }
}

/// Weights of a sum over `y`, at random, and the gradients of that sum.
fn random_sum(rng: &mut ChaCha8Rng, y: &Tensor) -> Result<(Tensor, GradStore)> {
    let weights = Tensor::from_vec(random(rng, y.elem_count()), y.shape(), &Device::Cpu)?;
    let gradients = sum_gradients(y, &weights)?;
    Ok((weights, gradients))
}

/// Gradients of `Σ weights · y`.
fn sum_gradients(y: &Tensor, weights: &Tensor) -> Result<GradStore> {
    (y * weights)?.sum_all()?.backward()
}
