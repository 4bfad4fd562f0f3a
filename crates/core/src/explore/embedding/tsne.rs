//! t-SNE (van der Maaten and Hinton 2008), by the trees of Barnes and Hut (van der Maaten 2014): points in a plane that have the
//! neighbours that they have in a space of many dimensions. Distances between groups and their sizes say little.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use bhtsne::{Neighbor, SparseAffinities};
use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::error::most_perplexity;
use super::neighbours::{from_each, nearest};
use super::{EmbeddingError, Points};
use crate::explore::Progress;

/// Steps of gradient descent, the first 250 of them with exaggerated neighbourhoods: scikit-learn's numbers.
pub const ITERATIONS: usize = 1000;

/// How coarse the tree may be: half the side of a cell that is taken for one point, as a share of its distance. As fine as scikit-learn's
/// 0.5, which is of the whole side.
const THETA: f64 = 0.25;

/// Learning rate, in proportion to the number of points (Belkina et al. 2019). Theirs, over the exaggeration of 12 and times the 4 that the
/// crate leaves out of the gradient, would be a third; twice that comes nearer, as the crate bounds its gains (measured on 60, 300 and
/// 1,000 images of a layer; the crate's own rate leaves a third more divergence than scikit-learn).
fn learning_rate(points: usize) -> f64 {
    (points as f64 * 2.0 / 3.0).max(50.0)
}

/// Standard deviation of the start along the first component: so little that it decides where groups come to lie and nothing else
/// (Kobak and Berens 2019).
const START: f64 = 1e-4;

/// How points are laid out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TsneSettings {
    /// How many neighbours count, more or less: 1 to a third of the other points.
    pub perplexity: f64,
    /// Of the noise at the start, a tenth of what the points are spread. What differs between two seeds is no property of the points.
    pub seed: u64,
}

impl Default for TsneSettings {
    fn default() -> Self {
        Self {
            perplexity: 30.0,
            seed: 1,
        }
    }
}

/// A plane with points.
#[derive(Clone, Debug, PartialEq)]
pub struct Tsne {
    /// In the points' order; without unit, about 0.
    pub plane: Vec<[f32; 2]>,
    /// The Kullback–Leibler divergence that was made small, in nats: of the plane's neighbourhoods from those in space, over the
    /// neighbours looked at, three times the perplexity.
    pub divergence: f64,
}

/// Lays points out in a plane, from their first two dimensions on, which should be principal components. The same settings give the same
/// plane, bit for bit: descent runs on one thread, as sums that several share would depend on who is first.
///
/// # Errors
/// Fewer than three points or too many; a perplexity that so many do not have; no thread; cancelled.
pub fn tsne(
    points: Points<'_>,
    settings: TsneSettings,
    pool: &ThreadPool,
    progress: &Progress,
) -> Result<Tsne, EmbeddingError> {
    let TsneSettings { perplexity, seed } = settings;
    let count = points.count();
    if !(1.0..=most_perplexity(count) as f64).contains(&perplexity) {
        return Err(EmbeddingError::Perplexity {
            perplexity,
            images: count,
        });
    }
    let looked_at = (3.0 * perplexity) as usize;
    let neighbours = from_each(points, pool, progress, |point, squares| {
        let nearest = nearest(point, squares, looked_at).into_iter();
        let neighbour = |(index, square): (usize, f64)| Neighbor {
            index,
            distance: square.sqrt(),
        };
        nearest.map(neighbour).collect::<Vec<_>>()
    })?;
    progress.start(ITERATIONS);
    let alone = ThreadPoolBuilder::new().num_threads(1).build()?;
    let start = start(points, seed);
    let descend = || alone.install(|| descend(&neighbours, perplexity, start, progress));
    match catch_unwind(AssertUnwindSafe(descend)) {
        Ok(tsne) => Ok(tsne),
        Err(payload) if payload.is::<Cancelled>() => Err(EmbeddingError::Cancelled),
        Err(payload) => resume_unwind(payload),
    }
}

/// Thrown to leave the descent: the crate has no other way out. Nothing is said of it on the way, as it is no panic.
struct Cancelled;

fn descend(
    neighbours: &[Vec<Neighbor<f64>>],
    perplexity: f64,
    start: Vec<f64>,
    progress: &Progress,
) -> Tsne {
    let mut descent = bhtsne::tSNE::<f64, _>::new(neighbours);
    descent
        .perplexity(perplexity)
        .epochs(ITERATIONS)
        .learning_rate(learning_rate(neighbours.len()))
        .initial_embedding(start)
        .epoch_callback(|_, _| {
            if progress.is_cancelled() {
                resume_unwind(Box::new(Cancelled));
            }
            progress.advance(1);
        })
        .barnes_hut_with_neighbors(THETA, neighbours);
    let plane = descent.embedding();
    let (plane, _) = plane.as_chunks::<2>();
    let divergence = descent.affinities().map(|p| divergence(&p, plane));
    Tsne {
        plane: plane.iter().map(|place| place.map(|x| x as f32)).collect(),
        divergence: divergence.unwrap_or(f64::NAN),
    }
}

/// Σ p log(p / q) over all pairs with p > 0, where q is in proportion to 1 / (1 + squared distance). The crate's own number is of a tree.
fn divergence(affinities: &SparseAffinities<f64>, plane: &[[f64; 2]]) -> f64 {
    let apart = |[ax, ay]: [f64; 2], [bx, by]: [f64; 2]| {
        1.0 + (ax - bx) * (ax - bx) + (ay - by) * (ay - by)
    };
    let mut total = 0.0;
    for (number, &point) in plane.iter().enumerate() {
        total += plane[..number]
            .iter()
            .map(|&other| 2.0 / apart(point, other))
            .sum::<f64>();
    }
    let mut sum = 0.0;
    for (&point, entries) in plane.iter().zip(affinities.rows().windows(2)) {
        for entry in entries[0]..entries[1] {
            let other = plane[affinities.columns()[entry] as usize];
            let p = affinities.values()[entry];
            if p > 0.0 {
                sum += p * (p * apart(point, other) * total).ln();
            }
        }
    }
    sum
}

/// The first two dimensions, made small, with noise.
fn start(points: Points<'_>, seed: u64) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let first = points
        .values
        .iter()
        .step_by(points.dimensions)
        .map(|&x| f64::from(x));
    let count = points.count() as f64;
    let mean = first.clone().sum::<f64>() / count;
    let deviation = (first.map(|x| (x - mean) * (x - mean)).sum::<f64>() / count).sqrt();
    let scale = if deviation > 0.0 {
        START / deviation
    } else {
        0.0
    };
    let rows = points.values.chunks_exact(points.dimensions);
    let place = |row: &[f32]| [0, 1].map(|d| row.get(d).map_or(0.0, |&x| scale * f64::from(x)));
    let places = rows.flat_map(place);
    // Uniform, of the standard deviation 0.1.
    let reach = 0.1 * START * 3_f64.sqrt();
    places
        .map(|x| x + rng.random_range(-reach..reach))
        .collect()
}
