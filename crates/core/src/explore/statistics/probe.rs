//! The pictures by which the layers of a network are looked at: the same at every moment, so that moments can be compared.

use crate::dataset::{Dataset, Pictures};

/// Most pictures of a probe.
pub const PROBE_IMAGES: usize = 256;

/// Where its pictures are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeSet {
    /// The first ones of the training set.
    Training,
    /// The first ones of the test set.
    Test,
}

/// The first pictures of the training set, of `most` if a run trains on so many only; where that set is not at hand, of the test set.
#[must_use]
pub fn probe(dataset: &Dataset, is_at_hand: bool, most: Option<usize>) -> (ProbeSet, Pictures) {
    let first = |pictures: &Pictures, most: usize| {
        let count = pictures.len().min(most).min(PROBE_IMAGES);
        let rows: Vec<u32> = (0..count as u32).collect();
        pictures.subset(&rows)
    };
    if is_at_hand && !dataset.train.is_empty() {
        let most = most.unwrap_or(PROBE_IMAGES);
        (ProbeSet::Training, first(&dataset.train, most))
    } else {
        (ProbeSet::Test, first(&dataset.test, PROBE_IMAGES))
    }
}
