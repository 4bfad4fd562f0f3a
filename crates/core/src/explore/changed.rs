//! How often a network is still right when the pictures are changed: accuracy over a whole test set, by way and amount.

use rayon::ThreadPool;
use rayon::iter::{IndexedParallelIterator as _, ParallelIterator as _};
use rayon::slice::ParallelSlice as _;
use serde::{Deserialize, Serialize};

use super::test_set::{Progress, TestSetError};
use crate::dataset::Pictures;
use crate::dataset::picture::Transform;
use crate::network::Model;

/// Pictures a forward pass.
const CHUNK: usize = 50;

/// One way to change a picture, by more or less.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// By so many pixels; measured to the right, to the left, up and down.
    #[default]
    Shift,
    /// By so many degrees; measured either way.
    Turn,
    /// So many times as large.
    Zoom,
    /// Brighter by this share of white, darker where below 0.
    Light,
    /// Gaussian noise of this standard deviation, as a share of white.
    Noise,
    /// A black square in the middle, its side this share of the picture's shorter side.
    Cover,
}

impl Way {
    /// All, in the order they are offered.
    pub const ALL: [Self; 6] = [
        Self::Shift,
        Self::Turn,
        Self::Zoom,
        Self::Light,
        Self::Noise,
        Self::Cover,
    ];

    /// As the command line writes it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Shift => "shift",
            Self::Turn => "turn",
            Self::Zoom => "zoom",
            Self::Light => "light",
            Self::Noise => "noise",
            Self::Cover => "cover",
        }
    }

    /// The amounts that are worth measuring, the first of them no change at all.
    #[must_use]
    pub fn usual(self) -> &'static [f32] {
        match self {
            Self::Shift => &[0.0, 1.0, 2.0, 3.0, 4.0, 6.0],
            Self::Turn => &[0.0, 5.0, 10.0, 20.0, 30.0, 45.0, 90.0],
            Self::Zoom => &[1.0, 0.5, 0.7, 0.85, 1.15, 1.3, 1.5],
            Self::Light => &[0.0, -0.4, -0.2, -0.1, 0.1, 0.2, 0.4],
            Self::Noise => &[0.0, 0.02, 0.05, 0.1, 0.2, 0.3],
            Self::Cover => &[0.0, 0.1, 0.2, 0.3, 0.4, 0.6],
        }
    }

    /// Smallest and largest amount that can be asked for.
    #[must_use]
    pub fn range(self) -> (f32, f32) {
        match self {
            Self::Shift => (0.0, 256.0),
            Self::Turn => (-180.0, 180.0),
            Self::Zoom => (0.1, 10.0),
            Self::Light => (-1.0, 1.0),
            Self::Noise | Self::Cover => (0.0, 1.0),
        }
    }

    /// The changes whose mean is the accuracy at this amount.
    #[must_use]
    pub fn transforms(self, amount: f32) -> Vec<Transform> {
        let plain = Transform::default();
        let shift = |down: f32, right: f32| Transform {
            shift: [down * amount, right * amount],
            ..plain
        };
        let turn = |turn: f32| Transform { turn, ..plain };
        match self {
            Self::Shift | Self::Turn if amount == 0.0 => vec![plain],
            Self::Shift => [(0.0, 1.0), (0.0, -1.0), (-1.0, 0.0), (1.0, 0.0)]
                .map(|(down, right)| shift(down, right))
                .to_vec(),
            Self::Turn => vec![turn(amount), turn(-amount)],
            Self::Zoom => vec![Transform {
                zoom: amount,
                ..plain
            }],
            Self::Light => vec![Transform {
                light: amount,
                ..plain
            }],
            Self::Noise => vec![Transform {
                noise: amount,
                ..plain
            }],
            Self::Cover => vec![Transform {
                cover: amount,
                ..plain
            }],
        }
    }
}

/// Accuracy over the pictures, 0 to 1, for each amount of one way to change them; of ways that have directions the mean over these. What noise
/// is added to a picture depends on its place among them alone.
///
/// # Errors
/// The computation was cancelled, or the pictures are of another size than the network takes.
pub fn accuracy_when_changed(
    model: &Model,
    pictures: &Pictures,
    way: Way,
    amounts: &[f32],
    pool: &ThreadPool,
    progress: &Progress,
) -> Result<Vec<f64>, TestSetError> {
    let transforms: Vec<Vec<Transform>> = amounts
        .iter()
        .map(|&amount| way.transforms(amount))
        .collect();
    let right = right_when_changed(model, pictures, &transforms.concat(), pool, progress)?;
    let mut right = right.into_iter();
    let accuracies = transforms.iter().map(|transforms| {
        let right: usize = right.by_ref().take(transforms.len()).sum();
        right as f64 / (transforms.len() * pictures.len()).max(1) as f64
    });
    Ok(accuracies.collect())
}

/// How many of the pictures the network is right about, for each change.
fn right_when_changed(
    model: &Model,
    pictures: &Pictures,
    transforms: &[Transform],
    pool: &ThreadPool,
    progress: &Progress,
) -> Result<Vec<usize>, TestSetError> {
    progress.start(pictures.len() * transforms.len());
    let size = pictures.size();
    let pixels = pictures.pixels().par_chunks(CHUNK * size.len());
    let labels = pictures.labels().par_chunks(CHUNK);
    let chunks: Vec<Vec<usize>> = pool.install(|| {
        let chunks = pixels.zip(labels).enumerate();
        let right = chunks.map(|(chunk, (pixels, labels))| {
            let mut changed = vec![0; pixels.len()];
            let right = transforms.iter().map(|transform| {
                if progress.is_cancelled() {
                    return Err(TestSetError::Cancelled);
                }
                let images = pixels
                    .chunks_exact(size.len())
                    .zip(changed.chunks_exact_mut(size.len()));
                for (place, (from, to)) in images.enumerate() {
                    let index = (chunk * CHUNK + place) as u64;
                    transform.write(size, from, to, index);
                }
                let x = model.input(changed.chunks_exact(size.len()))?;
                let said = model.logits(&x)?.argmax(1)?.to_vec1::<u32>()?;
                progress.advance(labels.len());
                let pairs = said.iter().zip(labels);
                Ok(pairs
                    .filter(|(said, label)| **said == u32::from(**label))
                    .count())
            });
            right.collect()
        });
        right.collect::<Result<_, TestSetError>>()
    })?;
    let sum = |transform: usize| chunks.iter().map(|right| right[transform]).sum();
    Ok((0..transforms.len()).map(sum).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::synthetic;
    use crate::explore::activations;
    use crate::network::weights;

    fn pool(threads: usize) -> ThreadPool {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().unwrap()
    }

    #[test]
    fn accuracy_is_that_of_the_changed_pictures_whatever_the_threads() {
        let model = weights::built_in().unwrap();
        let test = synthetic(1, 130).test;
        let transforms = [
            Transform::default(),
            Transform {
                shift: [0.0, 3.0],
                ..Transform::default()
            },
            Transform {
                noise: 0.3,
                ..Transform::default()
            },
        ];
        let right = |threads| {
            let progress = Progress::default();
            let right = right_when_changed(&model, &test, &transforms, &pool(threads), &progress);
            assert!((progress.share() - 1.0).abs() < f32::EPSILON);
            right.unwrap()
        };
        let [all, shifted, noisy] = right(1)[..] else {
            panic!()
        };
        assert_eq!(right(3), [all, shifted, noisy]);
        // One by one.
        let mut expected = 0;
        for index in 0..test.len() {
            let moved = transforms[1].of(&test.picture(index), 0);
            let probabilities = activations(&model, [moved.bytes()]).unwrap().probabilities;
            let said = (0..10).max_by(|&a, &b| probabilities[0][a].total_cmp(&probabilities[0][b]));
            expected += usize::from(said == Some(usize::from(test.labels()[index])));
        }
        assert_eq!(shifted, expected);
        assert!(all > shifted && all > noisy, "{all}, {shifted}, {noisy}");
        let cancelled = Progress::default();
        cancelled.cancel();
        let ended = right_when_changed(&model, &test, &transforms, &pool(1), &cancelled);
        assert!(matches!(ended, Err(TestSetError::Cancelled)));
    }

    #[test]
    fn each_amount_is_the_mean_over_its_directions() {
        let model = weights::built_in().unwrap();
        let test = synthetic(1, 60).test;
        let (pool, progress) = (pool(2), Progress::default());
        let amounts = Way::Shift.usual();
        let accuracies =
            accuracy_when_changed(&model, &test, Way::Shift, amounts, &pool, &progress).unwrap();
        assert_eq!(accuracies.len(), amounts.len());
        let alone = Way::Shift.transforms(2.0);
        let right = right_when_changed(&model, &test, &alone, &pool, &progress).unwrap();
        let mean = right.iter().sum::<usize>() as f64 / (4 * test.len()) as f64;
        assert!((accuracies[2] - mean).abs() < 1e-12);
        for way in Way::ALL {
            let (least, most) = way.range();
            assert!(
                way.usual()
                    .iter()
                    .all(|amount| (least..=most).contains(amount))
            );
            let [first, ..] = way.usual() else { panic!() };
            assert!(way.transforms(*first).iter().all(Transform::is_none));
        }
    }
}
