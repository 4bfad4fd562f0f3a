//! What a layer makes of pictures, a few at a time.

use std::mem;
use std::ops::Range;

use candle_core::{Storage, Tensor};
use rayon::ThreadPool;
use rayon::prelude::*;

use super::{EmbeddingError, Subject};
use crate::explore::Progress;
use crate::network::Input;

/// Numbers that are held at once while they are passed on: 16 MB. Of a layer that puts out more for one picture, that picture's.
const ROUND: usize = 4 << 20;
/// Numbers that are kept, if no more are there: 32 MB. Else they are computed again for every pass.
const KEPT: usize = 8 << 20;
/// Numbers of the widest layer in a forward pass, of which every thread has one.
const CHUNK: usize = 256 << 10;

/// The values of some pictures, passed through as often as one likes.
pub(super) struct Values<'a> {
    pub subject: Subject<'a>,
    pub width: usize,
    pub pool: &'a ThreadPool,
    progress: &'a Progress,
    /// Pictures in a forward pass.
    chunk: usize,
    /// Pictures that are passed on together.
    round: usize,
    kept: Vec<f32>,
}

impl<'a> Values<'a> {
    pub fn new(subject: Subject<'a>, pool: &'a ThreadPool, progress: &'a Progress) -> Self {
        let width = subject.width();
        let layers = subject.model.layers();
        let through = match subject.source {
            Input::Pictures => 0,
            Input::Layer(index) => index + 1,
        };
        let widths = layers[..through].iter().map(|layer| layer.output.len());
        let widest = widths.fold(width, usize::max);
        Self {
            subject,
            width,
            pool,
            progress,
            chunk: (CHUNK / widest).clamp(1, 16),
            round: (ROUND / width).clamp(1, 512),
            kept: Vec::new(),
        }
    }

    /// Passes all values on, in the pictures' order: which pictures, counted from 0, and their values `(pictures, width)`. How they are cut
    /// into rounds does not depend on the number of threads.
    ///
    /// # Errors
    /// One of `f`'s; values that are not finite; cancelled.
    pub fn pass(
        &mut self,
        mut f: impl FnMut(Range<usize>, &[f32]) -> Result<(), EmbeddingError>,
    ) -> Result<(), EmbeddingError> {
        let (count, width) = (self.subject.images.len(), self.width);
        let keeps = count * width <= KEPT;
        let mut kept = mem::take(&mut self.kept);
        let is_known = !kept.is_empty();
        if !is_known {
            kept.resize(
                if keeps { count } else { self.round.min(count) } * width,
                0.0,
            );
        }
        for first in (0..count).step_by(self.round) {
            if self.progress.is_cancelled() {
                return Err(EmbeddingError::Cancelled);
            }
            let pictures = first..count.min(first + self.round);
            let start = if keeps { first * width } else { 0 };
            let values = &mut kept[start..][..pictures.len() * width];
            if !is_known {
                self.compute(pictures.clone(), values)?;
            }
            self.progress.advance(pictures.len());
            f(pictures, values)?;
        }
        if keeps {
            self.kept = kept;
        }
        Ok(())
    }

    fn compute(&self, pictures: Range<usize>, into: &mut [f32]) -> Result<(), EmbeddingError> {
        let Subject {
            model,
            source,
            pictures: set,
            images,
        } = self.subject;
        let images = images[pictures].par_chunks(self.chunk);
        let into = into.par_chunks_mut(self.chunk * self.width);
        self.pool.install(|| {
            images.zip(into).try_for_each(|(images, into)| {
                let x = model.input(images.iter().map(|&image| set.image(image)))?;
                copy(&model.value_of(source, &x)?, into)?;
                if into.iter().all(|value| value.is_finite()) {
                    Ok(())
                } else {
                    Err(EmbeddingError::NotFinite(self.subject.name().to_owned()))
                }
            })
        })
    }
}

/// Copies a tensor's numbers.
fn copy(from: &Tensor, into: &mut [f32]) -> candle_core::Result<()> {
    let (storage, layout) = from.storage_and_layout();
    let (Storage::Cpu(values), Some((start, end))) = (&*storage, layout.contiguous_offsets())
    else {
        candle_core::bail!("values elsewhere than in memory")
    };
    let values = &values.as_slice::<f32>()?[start..end];
    if values.len() != into.len() {
        candle_core::bail!("{} values where {} are due", values.len(), into.len())
    }
    into.copy_from_slice(values);
    Ok(())
}
