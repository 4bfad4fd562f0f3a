//! Principal component analysis of what a layer makes of pictures.

use std::ops::Range;

use candle_core::{Device, Tensor};
use rayon::prelude::*;

use super::lanczos::{BLOCK, MAX_BLOCKS, leading};
use super::neighbours::MAX_POINTS;
use super::values::Values;
use super::{EmbeddingError, Points, Subject};
use crate::explore::Progress;
use convlens_kernels as kernels;
use rayon::ThreadPool;

/// Most components that are kept.
pub const COMPONENTS: usize = 50;

/// Axes that are kept for other values to be projected on.
const AXES: usize = 2;
/// Numbers of a picture that are multiplied at once; 8 MB as a block of vectors.
const FEATURES: usize = 64 << 10;
/// Those that one thread multiplies.
const PART: usize = 1 << 10;
/// Pictures that one thread multiplies.
const ROWS: usize = 16;

/// The leading principal components of some pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct Pca {
    /// Pictures, in the order that they were given in.
    pub images: usize,
    /// Components: [`COMPONENTS`], or fewer if the values have fewer dimensions.
    pub components: usize,
    /// Coordinates on the components, the first of which has the largest variance: `(images, components)`. Of each component the
    /// coordinate that is farthest from 0 is positive, so that equal values give equal signs (the rule of scikit-learn's `svd_flip`).
    pub values: Vec<f32>,
    /// Variance along each component, with `images − 1` degrees of freedom.
    pub variances: Vec<f64>,
    /// Sum of the variances of all dimensions of the layer.
    pub total_variance: f64,
    /// Of each dimension.
    mean: Vec<f32>,
    /// Directions of the first two components, of length 1: `(width, axes)`.
    axes: Vec<f32>,
}

impl Pca {
    /// How many numbers a picture had.
    #[must_use]
    pub fn width(&self) -> usize {
        self.mean.len()
    }

    /// The pictures as points on all components.
    #[must_use]
    pub fn points(&self) -> Points<'_> {
        Points {
            dimensions: self.components,
            values: &self.values,
        }
    }

    /// The pictures on the first two components; the second is 0 if there is one only.
    #[must_use]
    pub fn plane(&self) -> Vec<[f32; 2]> {
        let rows = self.values.chunks_exact(self.components);
        rows.map(|row| [row[0], row.get(1).copied().unwrap_or_default()])
            .collect()
    }

    /// Share of the variance along each component, 0 to 1.
    #[must_use]
    pub fn shares(&self) -> Vec<f64> {
        self.variances
            .iter()
            .map(|variance| variance / self.total_variance)
            .collect()
    }

    /// Other values on the first two of these components: of the same layer with other weights, say at another moment of a run, so
    /// that only what has changed moves. The second is 0 if there is one only.
    ///
    /// # Errors
    /// A layer of another width; values that are not finite; cancelled.
    ///
    /// # Panics
    /// There is no such layer or picture.
    pub fn project(
        &self,
        subject: Subject<'_>,
        pool: &ThreadPool,
        progress: &Progress,
    ) -> Result<Vec<[f32; 2]>, EmbeddingError> {
        let (count, width) = (subject.images.len(), subject.width());
        if width != self.mean.len() {
            return Err(EmbeddingError::OtherWidth {
                layer: subject.name().to_owned(),
                found: width,
                expected: self.mean.len(),
            });
        }
        progress.start(count);
        let mut matrix = Matrix {
            values: Values::new(subject, pool, progress),
            mean: self.mean.clone(),
        };
        let axes = self.axes.len() / width;
        let mut places = vec![0.0; count * axes];
        matrix.times(&(0..width), axes, self.axes.clone(), &mut places)?;
        let places = places.chunks_exact(axes);
        Ok(places
            .map(|place| {
                [
                    place[0] as f32,
                    place.get(1).copied().unwrap_or_default() as f32,
                ]
            })
            .collect())
    }
}

/// The components of what a layer makes of pictures. It runs the network over them again and again, some dozen times unless the layer
/// is small, and holds less than 100 MB of ten thousand pictures besides what a forward pass needs; of a layer that puts out more than a
/// million numbers for one picture, some forty bytes for each of these more.
///
/// Eigenvectors of the centred values' matrix of scalar products, of which only products with a block of vectors are ever computed.
///
/// # Errors
/// Fewer than three pictures or too many; values that are not finite, or the same for all pictures; cancelled.
///
/// # Panics
/// There is no such layer or picture.
pub fn pca(
    subject: Subject<'_>,
    pool: &ThreadPool,
    progress: &Progress,
) -> Result<Pca, EmbeddingError> {
    let (count, width) = (subject.images.len(), subject.width());
    if !(3..=MAX_POINTS).contains(&count) {
        return Err(EmbeddingError::Pictures(count));
    }
    let blocks: Vec<Range<usize>> = (0..width)
        .step_by(FEATURES)
        .map(|first| first..width.min(first + FEATURES))
        .collect();
    progress.start(count * (1 + (2 * MAX_BLOCKS + 1) * blocks.len()));
    let mut values = Values::new(subject, pool, progress);
    let (mean, squares) = moments(&mut values)?;
    if squares <= 0.0 {
        return Err(EmbeddingError::NoVariance(subject.name().to_owned()));
    }
    let mut matrix = Matrix { values, mean };
    let most = COMPONENTS.min(count - 1).min(width);
    let found = leading(count, most, |vectors| {
        let mut products = vec![0.0; count * vectors.len()];
        for block in &blocks {
            let z = matrix.transposed_times(block, vectors)?;
            matrix.times(block, vectors.len(), z, &mut products)?;
        }
        let column = |column: usize| products.iter().skip(column).step_by(vectors.len()).copied();
        Ok::<_, EmbeddingError>((0..vectors.len()).map(|c| column(c).collect()).collect())
    })?;
    let mut components = found.vectors;
    for (vector, value) in components.iter_mut().zip(&found.values) {
        let farthest = vector.iter().fold(
            0.0,
            |far: f64, x| if x.abs() > far.abs() { *x } else { far },
        );
        let length = value.sqrt().copysign(farthest);
        for x in vector.iter_mut() {
            *x *= length;
        }
    }
    let leading = &components[..AXES.min(components.len())];
    let mut axes = Vec::with_capacity(width * leading.len());
    for block in &blocks {
        axes.extend(matrix.transposed_times(block, leading)?);
    }
    for row in axes.chunks_exact_mut(leading.len()) {
        for (x, square) in row.iter_mut().zip(&found.values) {
            *x /= *square as f32;
        }
    }
    progress.finish();
    let rows = (0..count).flat_map(|row| components.iter().map(move |vector| vector[row] as f32));
    let freedom = (count - 1) as f64;
    Ok(Pca {
        images: count,
        components: components.len(),
        values: rows.collect(),
        variances: found.values.iter().map(|value| value / freedom).collect(),
        total_variance: squares / freedom,
        mean: matrix.mean,
        axes,
    })
}

/// The mean of each dimension, and the sum of all squared distances from it. Both are taken from the first picture's values on, so that
/// what never changes adds nothing.
fn moments(values: &mut Values<'_>) -> Result<(Vec<f32>, f64), EmbeddingError> {
    let (count, width, pool) = (
        values.subject.images.len() as f64,
        values.width,
        values.pool,
    );
    let mut start = Vec::new();
    let mut sums = vec![[0.0_f64; 2]; width];
    values.pass(|_, rows| {
        if start.is_empty() {
            start = rows[..width].to_vec();
        }
        let parts = sums
            .par_chunks_mut(PART)
            .zip(start.par_chunks(PART))
            .enumerate();
        pool.install(|| {
            parts.for_each(|(part, (sums, start))| {
                for row in rows.chunks_exact(width) {
                    let row = &row[part * PART..];
                    for (([sum, squares], start), x) in sums.iter_mut().zip(start).zip(row) {
                        let x = f64::from(x - start);
                        *sum += x;
                        *squares += x * x;
                    }
                }
            });
        });
        Ok(())
    })?;
    let mean = start
        .iter()
        .zip(&sums)
        .map(|(start, [sum, _])| (f64::from(*start) + sum / count) as f32);
    let squares = sums
        .iter()
        .map(|[sum, squares]| squares - sum * sum / count);
    Ok((mean.collect(), squares.sum()))
}

/// The pictures' values less their mean, a row a picture, as far as they are at hand.
struct Matrix<'a> {
    values: Values<'a>,
    mean: Vec<f32>,
}

impl Matrix<'_> {
    /// The matrix, turned on its side, times some vectors over the pictures, for a block of dimensions: `(block, vectors)`.
    fn transposed_times(
        &mut self,
        block: &Range<usize>,
        vectors: &[Vec<f64>],
    ) -> Result<Vec<f32>, EmbeddingError> {
        let (mean, width, pool, count) = (
            &self.mean,
            self.values.width,
            self.values.pool,
            vectors.len(),
        );
        let mut result = vec![0.0; block.len() * count];
        self.values.pass(|pictures, rows| {
            let weights = vectors.iter().flat_map(|vector| &vector[pictures.clone()]);
            let weights: Vec<f32> = weights.map(|&x| x as f32).collect();
            let weights = Tensor::from_vec(weights, (count, pictures.len()), &Device::Cpu)?;
            let parts = result.par_chunks_mut(PART * count).enumerate();
            pool.install(|| {
                parts.try_for_each(|(part, result)| {
                    let part =
                        block.start + part * PART..block.start + part * PART + result.len() / count;
                    let values = centred(rows, width, mean, &part)?;
                    let zeros = Tensor::zeros(part.len(), values.dtype(), &Device::Cpu)?;
                    let products = kernels::dense(&weights, &values, &zeros)?; // (vectors, part)
                    let products: Vec<f32> = products.flatten_all()?.to_vec1()?;
                    for (vector, products) in products.chunks_exact(part.len()).enumerate() {
                        for (result, product) in result.chunks_exact_mut(count).zip(products) {
                            result[vector] += product;
                        }
                    }
                    Ok::<_, EmbeddingError>(())
                })
            })
        })?;
        Ok(result)
    }

    /// The part of the matrix that is a block of dimensions, times `count` vectors over these, `(block, count)`; added to `result`
    /// `(pictures, count)`.
    fn times(
        &mut self,
        block: &Range<usize>,
        count: usize,
        vectors: Vec<f32>,
        result: &mut [f64],
    ) -> Result<(), EmbeddingError> {
        let (mean, width, pool) = (&self.mean, self.values.width, self.values.pool);
        let vectors = Tensor::from_vec(vectors, (block.len(), count), &Device::Cpu)?;
        let zeros = Tensor::zeros(count, vectors.dtype(), &Device::Cpu)?;
        self.values.pass(|pictures, rows| {
            let result = &mut result[pictures.start * count..pictures.end * count];
            let parts = result
                .par_chunks_mut(ROWS * count)
                .zip(rows.par_chunks(ROWS * width));
            pool.install(|| {
                parts.try_for_each(|(result, rows)| {
                    let values = centred(rows, width, mean, block)?;
                    let products = kernels::dense(&values, &vectors, &zeros)?; // (pictures, vectors)
                    let products: Vec<f32> = products.flatten_all()?.to_vec1()?;
                    for (result, product) in result.iter_mut().zip(products) {
                        *result += f64::from(product);
                    }
                    Ok::<_, EmbeddingError>(())
                })
            })
        })
    }
}

/// Some dimensions of some pictures, less the mean: `(pictures, dimensions)`.
fn centred(
    rows: &[f32],
    width: usize,
    mean: &[f32],
    dimensions: &Range<usize>,
) -> candle_core::Result<Tensor> {
    let mut values = Vec::with_capacity(rows.len() / width * dimensions.len());
    for row in rows.chunks_exact(width) {
        let row = row[dimensions.clone()]
            .iter()
            .zip(&mean[dimensions.clone()]);
        values.extend(row.map(|(x, mean)| x - mean));
    }
    let shape = (rows.len() / width, dimensions.len());
    Tensor::from_vec(values, shape, &Device::Cpu)
}

const _: () = assert!(
    BLOCK * MAX_BLOCKS > 2 * COMPONENTS,
    "room for what is not leading"
);
