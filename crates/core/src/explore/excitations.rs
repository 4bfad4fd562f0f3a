//! What the filters of a convolution answer to, over a whole set of pictures: where each picture
//! excites each filter most, and what follows from it: the pictures that excite a filter most and
//! least, and whether it is dead.

use candle_core::{Storage, Tensor};
use rayon::ThreadPool;

use super::test_set::{Progress, TestSetError, is_conv, not_a_convolution, over_test_set};
use crate::dataset::Pictures;
use crate::network::Model;

/// Pictures a forward pass: the maps of so many stay in the cache until they are read.
const CHUNK: usize = 20;

/// The strongest answer of every filter of a convolution to every picture.
#[derive(Clone, Debug)]
pub struct Excitations {
    /// The layer's name.
    pub name: String,
    /// Index into [`Model::layers`].
    pub layer: usize,
    /// Number of pictures.
    pub images: usize,
    /// Rows of a map.
    pub height: usize,
    /// Columns of a map.
    pub width: usize,
    /// One entry a filter.
    pub filters: Vec<FilterStatistics>,
    /// The largest value before ReLU: `(images, filters)`.
    maxima: Vec<f32>,
    /// Where it is, `row * width + column`; the first of equals.
    places: Vec<u32>,
}

/// What one filter does over the whole set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FilterStatistics {
    /// Largest activation after ReLU at any place of any picture.
    pub maximum: f32,
    /// Mean activation after ReLU over all places of all pictures.
    pub mean: f64,
    /// Pictures in which the filter is above zero somewhere.
    pub alive: usize,
}

impl FilterStatistics {
    /// Whether the filter's maps are zero everywhere, for every picture of the set.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        self.maximum <= 0.0
    }
}

/// How strongly one picture excites one filter, and where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Excitation {
    /// Index of the picture.
    pub image: usize,
    /// The filter's largest value before ReLU.
    pub before_relu: f32,
    /// Row of that value in the map, from 0; of equals the first in reading order.
    pub row: usize,
    /// Its column.
    pub column: usize,
}

impl Excitation {
    /// The largest activation: [`before_relu`](Self::before_relu), or 0 below.
    #[must_use]
    pub fn activation(&self) -> f32 {
        if self.before_relu <= 0.0 {
            0.0
        } else {
            self.before_relu
        }
    }
}

impl Excitations {
    /// Whether a filter answers to no picture, if there is such a filter.
    #[must_use]
    pub fn is_dead(&self, filter: usize) -> bool {
        self.filters
            .get(filter)
            .is_some_and(FilterStatistics::is_dead)
    }

    /// How strongly a picture excites a filter.
    ///
    /// # Panics
    /// There is no such picture or filter.
    #[must_use]
    pub fn get(&self, image: usize, filter: usize) -> Excitation {
        assert!(filter < self.filters.len(), "filter {filter}");
        let at = image * self.filters.len() + filter;
        let place = self.places[at] as usize;
        Excitation {
            image,
            before_relu: self.maxima[at],
            row: place / self.width,
            column: place % self.width,
        }
    }

    /// The `count` pictures that excite a filter most, the strongest first, equals by index.
    ///
    /// # Panics
    /// There is no such filter.
    #[must_use]
    pub fn most(&self, filter: usize, count: usize) -> Vec<Excitation> {
        self.ranked(filter, count, |a, b| b.total_cmp(&a))
    }

    /// The `count` pictures that excite a filter least, the weakest first, equals by index. They
    /// are ranked by the value before ReLU: after it most of them would be equal, at zero.
    ///
    /// # Panics
    /// There is no such filter.
    #[must_use]
    pub fn least(&self, filter: usize, count: usize) -> Vec<Excitation> {
        self.ranked(filter, count, |a, b| a.total_cmp(&b))
    }

    fn ranked(
        &self,
        filter: usize,
        count: usize,
        order: impl Fn(f32, f32) -> std::cmp::Ordering,
    ) -> Vec<Excitation> {
        let mut all: Vec<_> = (0..self.images).map(|i| self.get(i, filter)).collect();
        let order = |a: &Excitation, b: &Excitation| {
            order(a.before_relu, b.before_relu).then(a.image.cmp(&b.image))
        };
        if count < all.len() {
            all.select_nth_unstable_by(count, order);
            all.truncate(count);
        }
        all.sort_unstable_by(order);
        all
    }
}

/// Runs the convolution at `layer` over all pictures, once for all of its filters.
///
/// # Errors
/// The layer is no convolution; the computation was cancelled.
pub fn excitations(
    model: &Model,
    layer: usize,
    pictures: &Pictures,
    pool: &ThreadPool,
    progress: &Progress,
) -> Result<Excitations, TestSetError> {
    let found = model.layers().get(layer);
    let Some(convolution) = found.filter(|layer| is_conv(layer)) else {
        let name = found.map_or_else(|| (layer + 1).to_string(), |l| l.name.clone());
        return Err(not_a_convolution(model, &name));
    };
    let (channels, height, width) = convolution.map_shape().unwrap_or_default();
    let chunks = over_test_set(model, pictures, CHUNK, pool, progress, |x, _| {
        let x = model.input_of(layer, &x)?;
        Ok(answers(model, &x, layer)?)
    })?;
    let mut maxima = Vec::with_capacity(pictures.len() * channels);
    let mut places = Vec::with_capacity(pictures.len() * channels);
    let mut sums = vec![0.0; channels];
    for chunk in chunks {
        for image in chunk.sums.chunks_exact(channels) {
            for (total, &sum) in sums.iter_mut().zip(image) {
                *total += f64::from(sum);
            }
        }
        maxima.extend(chunk.maxima);
        places.extend(chunk.places);
    }
    let values = (pictures.len() * height * width).max(1) as f64;
    let filters = (0..channels).map(|filter| {
        let maxima = maxima.iter().skip(filter).step_by(channels);
        FilterStatistics {
            maximum: maxima.clone().fold(0.0, |a, &b| if b <= a { a } else { b }),
            mean: sums[filter] / values,
            alive: maxima.filter(|&&m| m > 0.0).count(),
        }
    });
    Ok(Excitations {
        name: convolution.name.clone(),
        layer,
        images: pictures.len(),
        height,
        width,
        filters: filters.collect(),
        maxima,
        places,
    })
}

/// Every filter's answer to some pictures: each `(images, filters)`.
struct Answers {
    maxima: Vec<f32>,
    places: Vec<u32>,
    /// Of the activations after ReLU, over a map.
    sums: Vec<f32>,
}

fn answers(model: &Model, x: &Tensor, layer: usize) -> candle_core::Result<Answers> {
    let maps = model.before_activation(layer, x)?; // (images, height, width, filters)
    let (images, height, width, filters) = maps.dims4()?;
    let (storage, layout) = maps.storage_and_layout();
    let (Storage::Cpu(values), Some((start, end))) = (&*storage, layout.contiguous_offsets())
    else {
        candle_core::bail!("maps elsewhere than in memory")
    };
    let values = &values.as_slice::<f32>()?[start..end];
    let mut answers = Answers {
        maxima: vec![f32::NEG_INFINITY; images * filters],
        places: vec![0; images * filters],
        sums: vec![0.0; images * filters],
    };
    let each = answers.maxima.chunks_exact_mut(filters);
    let each = each.zip(answers.places.chunks_exact_mut(filters));
    let each = each.zip(answers.sums.chunks_exact_mut(filters));
    for (maps, ((maxima, places), sums)) in values.chunks_exact(height * width * filters).zip(each)
    {
        scan(maps, maxima, places, sums);
    }
    Ok(answers)
}

/// Takes in the maps of one picture, `(height, width, filters)`. Written without branches, so that
/// the compiler compares several filters at once.
fn scan(maps: &[f32], maxima: &mut [f32], places: &mut [u32], sums: &mut [f32]) {
    for (place, pixel) in maps.chunks_exact(maxima.len()).enumerate() {
        let filters = maxima
            .iter_mut()
            .zip(places.iter_mut())
            .zip(sums.iter_mut());
        for (&value, ((maximum, at), sum)) in pixel.iter().zip(filters) {
            let larger = value > *maximum;
            *maximum = if larger { value } else { *maximum };
            *at = if larger { place as u32 } else { *at };
            // NaN is kept, not taken for zero.
            *sum += if value <= 0.0 { 0.0 } else { value };
        }
    }
    // A diverged filter is neither exciting nor dead.
    for (maximum, sum) in maxima.iter_mut().zip(sums) {
        if sum.is_nan() {
            *maximum = f32::NAN;
        }
    }
}
