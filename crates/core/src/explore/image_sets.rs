//! Ready-made sets of test pictures to compare.

use std::collections::BTreeSet;

use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde::{Deserialize, Serialize};

use crate::dataset::Classes;

/// Pictures of a random set.
const RANDOM_SET: usize = 6;

/// How many test pictures the notebook prints the labels of.
const FIRST: usize = 100;

const SHIRT: u8 = 6;
const ANKLE_BOOT: u8 = 9;

/// A way to choose test pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImageSet {
    /// Every ankle boot among the first hundred.
    AnkleBoots,
    /// 23 to 28, which the notebook calls shoes. In Fashion-MNIST only 23 and 28 are ankle boots;
    /// 24 to 27 are a trouser, a coat, a shirt and a T-shirt.
    Notebook,
    /// The first four ankle boots and the first four shirts.
    ShoesAndShirts,
    /// Six of one class at random: what likeness within a class looks like.
    SameClass,
    /// Six of other classes at random, each of its own: what likeness without a common class looks
    /// like.
    OtherClasses,
}

impl ImageSet {
    /// Every set.
    pub const ALL: [Self; 5] = [
        Self::AnkleBoots,
        Self::Notebook,
        Self::ShoesAndShirts,
        Self::SameClass,
        Self::OtherClasses,
    ];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AnkleBoots => "ankle-boots",
            Self::Notebook => "notebook",
            Self::ShoesAndShirts => "shoes-and-shirts",
            Self::SameClass => "same-class",
            Self::OtherClasses => "other-classes",
        }
    }

    /// The sets that say what they are of pictures of these classes: boots and shirts are classes of
    /// Fashion-MNIST.
    pub fn of(classes: &Classes) -> impl Iterator<Item = Self> {
        let has_garments = classes.names().is_none();
        let sets = Self::ALL.into_iter();
        sets.filter(move |set| has_garments || set.is_random())
    }

    /// Whether `class` and `seed` decide which pictures it has.
    #[must_use]
    pub fn is_random(self) -> bool {
        matches!(self, Self::SameClass | Self::OtherClasses)
    }

    /// Places of its pictures in a test set with these labels. The same `seed` gives the same
    /// pictures; fewer where the test set has not enough.
    #[must_use]
    pub fn images(self, labels: &[u8], class: u8, seed: u64) -> Vec<usize> {
        let of = |class: u8| (0..labels.len()).filter(move |&image| labels[image] == class);
        match self {
            Self::AnkleBoots => of(ANKLE_BOOT).take_while(|&image| image < FIRST).collect(),
            Self::Notebook => (23..29).filter(|&image| image < labels.len()).collect(),
            Self::ShoesAndShirts => of(ANKLE_BOOT).take(4).chain(of(SHIRT).take(4)).collect(),
            Self::SameClass => {
                let mut images: Vec<usize> = of(class).collect();
                images.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
                images.truncate(RANDOM_SET);
                images
            }
            Self::OtherClasses => {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                // In order, so that the seed alone decides.
                let present: BTreeSet<u8> = labels.iter().copied().collect();
                let mut classes: Vec<u8> = present.into_iter().filter(|&c| c != class).collect();
                classes.shuffle(&mut rng);
                let one_of = |class: u8| {
                    let mut images: Vec<usize> = of(class).collect();
                    images.shuffle(&mut rng);
                    images.first().copied()
                };
                classes
                    .into_iter()
                    .filter_map(one_of)
                    .take(RANDOM_SET)
                    .collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset;

    #[test]
    fn the_sets_are_what_their_names_say() {
        // The synthetic test set has the real one's first hundred labels.
        let test = dataset::synthetic(1, 2000).test;
        let images = |set: ImageSet, class, seed| set.images(test.labels(), class, seed);
        let classes = |images: &[usize]| images.iter().map(|&i| test.label(i)).collect::<Vec<_>>();
        let boots = images(ImageSet::AnkleBoots, 0, 0);
        assert_eq!(boots, [0, 23, 28, 39, 68, 83]);
        assert_eq!(
            classes(&images(ImageSet::Notebook, 0, 0)),
            [9, 1, 4, 6, 0, 9],
            "only the first and the last are boots"
        );
        let mixed = images(ImageSet::ShoesAndShirts, 0, 0);
        assert_eq!(mixed, [0, 23, 28, 39, 4, 7, 26, 40]);
        assert_eq!(classes(&mixed), [9, 9, 9, 9, 6, 6, 6, 6]);
        for seed in 0..20 {
            let same = images(ImageSet::SameClass, 7, seed);
            assert_eq!(classes(&same), [7; 6]);
            assert_eq!(same, images(ImageSet::SameClass, 7, seed), "reproducible");
            let mut others = classes(&images(ImageSet::OtherClasses, 7, seed));
            others.sort_unstable();
            others.dedup();
            assert!(others.len() == 6 && !others.contains(&7), "{others:?}");
        }
        let (one, another) = (0, 1);
        assert_ne!(
            images(ImageSet::SameClass, 7, one),
            images(ImageSet::SameClass, 7, another)
        );
    }

    #[test]
    fn other_classes_are_those_that_the_test_set_has() {
        let twenty: Vec<u8> = (0..200).map(|image| image % 20).collect();
        let mut drawn = BTreeSet::new();
        for seed in 0..40 {
            let images = ImageSet::OtherClasses.images(&twenty, 3, seed);
            let classes: BTreeSet<u8> = images.iter().map(|&image| twenty[image]).collect();
            assert_eq!(classes.len(), 6, "one of each");
            drawn.extend(classes);
        }
        assert_eq!(drawn, (0..20).filter(|&class| class != 3).collect());
        let three = [0, 1, 2, 0, 1, 2];
        let images = ImageSet::OtherClasses.images(&three, 1, 5);
        let classes: BTreeSet<u8> = images.iter().map(|&image| three[image]).collect();
        assert_eq!((images.len(), classes), (2, BTreeSet::from([0, 2])));
    }

    #[test]
    fn sets_of_garments_are_for_garments() {
        let own = Classes::Own(["cat".to_owned(), "dog".to_owned()].into());
        let sets: Vec<ImageSet> = ImageSet::of(&own).collect();
        assert_eq!(sets, [ImageSet::SameClass, ImageSet::OtherClasses]);
        let all: Vec<ImageSet> = ImageSet::of(&Classes::FashionMnist).collect();
        assert_eq!(all, ImageSet::ALL);
    }

    #[test]
    fn a_small_test_set_gives_what_it_has() {
        for set in ImageSet::ALL {
            assert!(set.images(&[], 9, 1).is_empty());
            let images = set.images(&[9, 9, 6], 9, 1);
            assert!(images.iter().all(|&image| image < 3), "{set:?}");
        }
    }
}
