//! The leading eigenvectors of a large symmetric matrix of which one knows only what it makes of a few vectors.
//!
//! Block Lanczos with a random start, every vector made orthogonal to all before: the randomized block Krylov method (Musco and Musco
//! 2015, "Randomized Block Krylov Methods for Stronger and Faster Approximate Singular Value Decomposition"). With as many products
//! it comes much nearer than randomized subspace iteration (Halko, Martinsson and Tropp 2011), which keeps only the last block, above
//! all where the eigenvalues fall slowly, as a layer's do; and it tells how near it is.

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;

use super::eigen::{Eigen, eigen};

/// Vectors that the matrix is applied to at once.
pub(super) const BLOCK: usize = 32;
/// Most times that it is applied.
pub(super) const MAX_BLOCKS: usize = 8;
/// How large the residual ‖Av − λv‖ of an eigenvector may be, as a share of the largest eigenvalue. Products in float32 come to 1e-6.
const TOLERANCE: f64 = 1e-5;
/// A vector of which no more is new, as a share of the largest eigenvalue, is rounding.
const NOTHING: f64 = 1e-9;

/// The `count` leading eigenvalues of a positive semidefinite `size × size` matrix, and their unit eigenvectors; fewer if its rank is
/// lower. `apply` is given vectors and answers with the matrix times each.
pub(super) fn leading<E>(
    size: usize,
    count: usize,
    mut apply: impl FnMut(&[Vec<f64>]) -> Result<Vec<Vec<f64>>, E>,
) -> Result<Eigen, E> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let random =
        (0..BLOCK.min(size)).map(|_| (0..size).map(|_| rng.random_range(-1.0..1.0)).collect());
    let mut basis: Vec<Vec<f64>> = Vec::new();
    orthonormalize(&mut basis, random.collect(), 0.0);
    let mut small: Vec<Vec<f64>> = Vec::new();
    let mut first = 0;
    for number in 1.. {
        let mut images = apply(&basis[first..])?;
        // What the matrix is on the span of the basis; the rows of earlier vectors get the columns of the new ones.
        for row in &mut small {
            row.resize(basis.len(), 0.0);
        }
        small.resize(basis.len(), vec![0.0; basis.len()]);
        for (new, image) in images.iter().enumerate() {
            for (old, vector) in basis.iter().enumerate() {
                let value = dot(vector, image);
                small[old][first + new] = value;
                small[first + new][old] = value;
            }
        }
        for image in &mut images {
            remove(image, &basis);
        }
        let found = eigen(small.clone());
        let largest = found.values[0].max(f64::MIN_POSITIVE);
        let known = found.values.len().min(count);
        let residuals = found.vectors[..known]
            .iter()
            .map(|vector| residual(&images, &vector[first..]));
        let is_near = residuals.fold(0.0, f64::max) <= TOLERANCE * largest;
        first = basis.len();
        if known == count && is_near || number == MAX_BLOCKS {
            return Ok(in_the_large(&found, known, &basis));
        }
        orthonormalize(&mut basis, images, NOTHING * largest);
        if basis.len() == first {
            return Ok(in_the_large(&found, known, &basis));
        }
    }
    unreachable!("a block is the last")
}

/// Of an eigenvector of the small matrix: what the large one makes of it beyond the span of the basis. Only the last block leaves it.
fn residual(beyond: &[Vec<f64>], weights: &[f64]) -> f64 {
    let mut sum = vec![0.0; beyond[0].len()];
    for (vector, &weight) in beyond.iter().zip(weights) {
        add(&mut sum, weight, vector);
    }
    dot(&sum, &sum).sqrt()
}

/// Eigenvectors of the small matrix as vectors of the large space, without those of eigenvalues that are rounding.
fn in_the_large(found: &Eigen, count: usize, basis: &[Vec<f64>]) -> Eigen {
    let least = NOTHING * found.values[0];
    let values = found.values[..count].iter().copied();
    let values: Vec<f64> = values.take_while(|&value| value > least).collect();
    let vectors = found.vectors[..values.len()].iter().map(|weights| {
        let mut sum = vec![0.0; basis[0].len()];
        for (vector, &weight) in basis.iter().zip(weights) {
            add(&mut sum, weight, vector);
        }
        sum
    });
    Eigen {
        vectors: vectors.collect(),
        values,
    }
}

/// Adds vectors to an orthonormal basis, without those of which no more than `least` is new.
fn orthonormalize(basis: &mut Vec<Vec<f64>>, vectors: Vec<Vec<f64>>, least: f64) {
    for mut vector in vectors {
        let before = dot(&vector, &vector).sqrt();
        remove(&mut vector, basis);
        let length = dot(&vector, &vector).sqrt();
        if length > least.max(1e-12 * before) {
            for x in &mut vector {
                *x /= length;
            }
            // Where little was left, dividing by it has made rounding large.
            remove(&mut vector, basis);
            let length = dot(&vector, &vector).sqrt();
            for x in &mut vector {
                *x /= length;
            }
            basis.push(vector);
        }
    }
}

/// Takes away what lies in the span of the basis, twice, as once leaves rounding (Parlett, The Symmetric Eigenvalue Problem, 6.9).
fn remove(vector: &mut [f64], basis: &[Vec<f64>]) {
    for _ in 0..2 {
        for other in basis {
            let share = dot(vector, other);
            add(vector, -share, other);
        }
    }
}

fn add(to: &mut [f64], weight: f64, vector: &[f64]) {
    for (to, x) in to.iter_mut().zip(vector) {
        *to += weight * x;
    }
}

/// In eight sums, so that the compiler takes several numbers at once.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (a_whole, a_rest) = a.as_chunks::<8>();
    let (b_whole, b_rest) = b.as_chunks::<8>();
    for (a, b) in a_whole.iter().zip(b_whole) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}
