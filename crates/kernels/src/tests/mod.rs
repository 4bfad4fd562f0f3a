//! Every kernel, on every vector unit of the machine, against plain float64 loops and against stock candle; and whole steps.

mod convolution;
mod dense;
mod inputs;
mod networks;
mod operators;
mod optimizer;
mod pool;
mod reference;
mod step;

use super::unit::on_every_path;
use super::*;
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

fn wide(numbers: &[f32]) -> Vec<f64> {
    numbers.iter().map(|number| f64::from(*number)).collect()
}

/// Checks that `got` is `want` up to rounding of sums of about the size of the largest.
#[track_caller]
fn close(got: &[f32], want: &[f64], what: &str) {
    close_by(2e-5, got, want, what);
}

#[track_caller]
fn close_by(share: f64, got: &[f32], want: &[f64], what: &str) {
    close_of(share, 1e-3, got, want, what);
}

/// The same, of `least` if all are smaller.
#[track_caller]
fn close_of(share: f64, least: f64, got: &[f32], want: &[f64], what: &str) {
    assert_eq!(got.len(), want.len(), "{what}: length");
    let scale = want
        .iter()
        .fold(least.max(1e-3), |largest, value| largest.max(value.abs()));
    for (index, (got, want)) in got.iter().zip(want).enumerate() {
        assert!(
            (f64::from(*got) - want).abs() <= share * scale,
            "{what}[{index}]: got {got}, want {want} of {scale}"
        );
    }
}
