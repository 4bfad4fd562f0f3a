//! How near points are: nearest neighbours, and how well the classes part.

use rayon::ThreadPool;
use rayon::prelude::*;

use super::EmbeddingError;
use crate::dataset::MAX_CLASSES;
use crate::explore::Progress;

/// Neighbours that vote on a picture's class.
pub const NEIGHBOURS: usize = 5;

/// Most points: each is compared with each.
pub(super) const MAX_POINTS: usize = 20_000;

/// Points in a space.
#[derive(Clone, Copy, Debug)]
pub struct Points<'a> {
    /// Numbers of a point; at least 1.
    pub dimensions: usize,
    /// `(points, dimensions)`.
    pub values: &'a [f32],
}

impl Points<'_> {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.values.len() / self.dimensions
    }
}

/// How well the classes part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Separation {
    /// Share of the points, 0 to 1, of whose [`NEIGHBOURS`] nearest other points (by Euclidean distance, of equals the first) most are of
    /// their own class; where several classes have as many, that of the nearest among these counts.
    pub neighbour_accuracy: f64,
    /// Mean silhouette, −1 to 1 (Rousseeuw 1987): of each point (b − a) / max(a, b), where a is the mean distance to the others of its
    /// class and b that to the nearest other class; 0 for a class of one. `None` unless there are two classes.
    pub silhouette: Option<f64>,
}

/// Measures how well the classes part.
///
/// # Errors
/// Fewer than three points or too many; cancelled.
///
/// # Panics
/// There are not as many labels as points.
pub fn separation(
    points: Points<'_>,
    labels: &[u8],
    pool: &ThreadPool,
    progress: &Progress,
) -> Result<Separation, EmbeddingError> {
    assert_eq!(points.count(), labels.len(), "a label a point");
    let mut sizes = [0; MAX_CLASSES];
    for &label in labels {
        sizes[usize::from(label)] += 1;
    }
    let has_two = sizes.iter().filter(|&&size| size > 0).count() > 1;
    let each = from_each(points, pool, progress, |point, squares| {
        let is_right = vote(&nearest(point, squares, NEIGHBOURS), labels) == labels[point];
        (
            is_right,
            if has_two {
                silhouette(point, squares, labels, &sizes)
            } else {
                0.0
            },
        )
    })?;
    let count = each.len() as f64;
    let silhouettes: f64 = each.iter().map(|(_, silhouette)| silhouette).sum();
    Ok(Separation {
        neighbour_accuracy: each.iter().filter(|(is_right, _)| *is_right).count() as f64 / count,
        silhouette: has_two.then_some(silhouettes / count),
    })
}

/// Calls `f` for each point with the squared distances of all points from it. Results are in the points' order.
pub(super) fn from_each<T: Send>(
    points: Points<'_>,
    pool: &ThreadPool,
    progress: &Progress,
    f: impl Fn(usize, &[f64]) -> T + Sync,
) -> Result<Vec<T>, EmbeddingError> {
    let count = points.count();
    if !(3..=MAX_POINTS).contains(&count) {
        return Err(EmbeddingError::Pictures(count));
    }
    progress.start(count);
    // One dimension of all points after another, so that the compiler takes several points at once.
    let dimension = |d: usize| points.values.iter().skip(d).step_by(points.dimensions);
    let columns: Vec<f64> = (0..points.dimensions)
        .flat_map(|d| dimension(d).map(|&x| f64::from(x)))
        .collect();
    pool.install(|| {
        let each = (0..count).into_par_iter().map_init(
            || vec![0.0; count],
            |squares, point| {
                if progress.is_cancelled() {
                    return Err(EmbeddingError::Cancelled);
                }
                squares.fill(0.0);
                for column in columns.chunks_exact(count) {
                    let own = column[point];
                    for (square, x) in squares.iter_mut().zip(column) {
                        *square += (x - own) * (x - own);
                    }
                }
                let result = f(point, squares);
                progress.advance(1);
                Ok(result)
            },
        );
        each.collect()
    })
}

/// The nearest other points, nearest first, and their squared distances; of equals the first. Fewer if there are not as many.
pub(super) fn nearest(point: usize, squares: &[f64], count: usize) -> Vec<(usize, f64)> {
    let mut found: Vec<(usize, f64)> = Vec::with_capacity(count + 1);
    for (other, &square) in squares.iter().enumerate() {
        let is_full = found.len() == count;
        if other == point || is_full && found.last().is_some_and(|&(_, last)| square >= last) {
            continue;
        }
        let place = found.partition_point(|&(_, nearer)| nearer <= square);
        found.insert(place, (other, square));
        found.truncate(count);
    }
    found
}

/// The class of most of these, of equals that of the nearest.
fn vote(nearest: &[(usize, f64)], labels: &[u8]) -> u8 {
    let votes = |class: u8| {
        nearest
            .iter()
            .filter(|(other, _)| labels[*other] == class)
            .count()
    };
    let mut best = (0, 0);
    for &(other, _) in nearest {
        let class = labels[other];
        if votes(class) > best.1 {
            best = (class, votes(class));
        }
    }
    best.0
}

fn silhouette(point: usize, squares: &[f64], labels: &[u8], sizes: &[usize; MAX_CLASSES]) -> f64 {
    let own = usize::from(labels[point]);
    if sizes[own] == 1 {
        return 0.0;
    }
    let mut sums = [0.0; MAX_CLASSES];
    for (square, &label) in squares.iter().zip(labels) {
        sums[usize::from(label)] += square.sqrt();
    }
    let within = sums[own] / (sizes[own] - 1) as f64;
    let others = (0..MAX_CLASSES).filter(|&class| class != own && sizes[class] > 0);
    let nearest = others
        .map(|class| sums[class] / sizes[class] as f64)
        .fold(f64::INFINITY, f64::min);
    let larger = within.max(nearest);
    if larger > 0.0 {
        (nearest - within) / larger
    } else {
        0.0
    }
}
