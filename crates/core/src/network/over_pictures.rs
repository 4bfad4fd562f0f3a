//! A set of pictures, chunk by chunk, on several threads.

use candle_core::Tensor;
use rayon::ThreadPool;
use rayon::prelude::*;

use super::Model;
use crate::dataset::Pictures;

/// Calls `f` for chunks of at most `chunk` pictures, as the network gets them
/// (`(images, height, width, channels)`), and their labels; the results come in the pictures' order. The chunks
/// do not depend on the number of threads, so that results which are added up in this order do not
/// either.
///
/// # Errors
/// One of `f`'s; pictures of another size than the network takes. The chunks not yet begun are then left out.
///
/// # Panics
/// When `chunk` is 0.
pub fn over_pictures<T, E>(
    model: &Model,
    pictures: &Pictures,
    chunk: usize,
    pool: &ThreadPool,
    f: impl Fn(Tensor, &[u8]) -> Result<T, E> + Sync,
) -> Result<Vec<T>, E>
where
    T: Send,
    E: Send + From<candle_core::Error>,
{
    let bytes = pictures.size().len();
    let pixels = pictures.pixels().par_chunks(chunk * bytes);
    let labels = pictures.labels().par_chunks(chunk);
    pool.install(|| {
        pixels
            .zip(labels)
            .map(|(pixels, labels)| f(model.input(pixels.chunks_exact(bytes))?, labels))
            .collect()
    })
}
