//! The garments: always the same, of every class, varied, and like the real ones.

use std::{collections::HashSet, ops::Range, path::Path};

use sha2::{Digest as _, Sha256};

use super::super::{checksum::hex, load};
use super::*;

#[test]
fn a_smaller_set_is_the_beginning_of_a_larger_one() {
    let (small, large) = (synthetic(30, 120), synthetic(200, 150));
    for (few, many) in [(&small.train, &large.train), (&small.test, &large.test)] {
        assert_eq!(few.labels(), &many.labels()[..few.len()]);
        assert!(few.pixels() == &many.pixels()[..few.pixels().len()]);
    }
    assert_eq!(small.origin, Origin::Synthetic);
}

#[test]
fn the_pictures_are_the_same_on_every_machine() {
    let hash = Sha256::digest(synthetic(0, 100).test.pixels());
    assert_eq!(
        hex(&hash),
        "2e3d5d4218daf53b33a1e76121b52a802973692c3498b832ca426b3886ddb97f"
    );
}

#[test]
fn the_notebook_s_test_pictures_have_their_classes() {
    let test = synthetic(0, 100).test;
    assert_eq!(test.labels(), FIRST_TEST_LABELS);
    assert_eq!(
        [0, 7, 23, 26, 28].map(|index| test.label(index)),
        [9, 6, 9, 6, 9]
    );
}

#[test]
fn classes_are_balanced() {
    let dataset = synthetic(250, 350);
    for labels in [dataset.train.labels(), &dataset.test.labels()[100..]] {
        let mut counts = [0; CLASS_COUNT];
        for &label in labels {
            counts[usize::from(label)] += 1;
        }
        assert_eq!(counts, [25; CLASS_COUNT]);
    }
}

#[test]
fn no_two_pictures_are_alike_and_each_has_dark_and_light() {
    let Dataset { train, test, .. } = synthetic(1000, 500);
    let pictures = [train.pixels(), test.pixels()].concat();
    let pictures: Vec<&[u8]> = pictures.chunks_exact(784).collect();
    assert_eq!(pictures.iter().collect::<HashSet<_>>().len(), 1500);
    for picture in pictures {
        let lit = picture.iter().filter(|&&pixel| pixel > 20).count();
        assert!((40..700).contains(&lit), "{lit} of 784 pixels are lit");
    }
}

#[test]
fn in_another_size_and_in_colour_the_garments_are_the_same() {
    let grey = synthetic(0, 40).test;
    let large = synthetic_sized(PictureSize::grey(56), 0, 40).test;
    assert_eq!(grey.labels(), large.labels());
    let small = large.to_size(PictureSize::FASHION_MNIST).unwrap();
    for index in 0..grey.len() {
        let pairs = grey.image(index).iter().zip(small.image(index));
        let apart = pairs.map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / 784.0;
        assert!(apart < 12.0, "picture {index}: {apart}");
    }
    let wide = PictureSize {
        height: 32,
        width: 48,
        channels: 3,
    };
    assert_eq!(synthetic_sized(wide, 1, 1).size(), wide);
    let colour = synthetic_sized(PictureSize::CIFAR, 0, 40).test;
    let corners: HashSet<&[u8]> = (0..40).map(|index| &colour.image(index)[..3]).collect();
    assert!(corners.len() > 20, "grounds differ: {}", corners.len());
    let is_colourful =
        |pixel: &[u8]| pixel[0].abs_diff(pixel[1]).max(pixel[1].abs_diff(pixel[2])) > 30;
    let colourful = (0..40).filter(|index| colour.image(*index).chunks_exact(3).any(is_colourful));
    assert!(colourful.count() > 30);
}

#[test]
fn shoes_point_to_the_left() {
    let pictures = synthetic(500, 0).train;
    for index in (0..pictures.len()).filter(|&index| [7, 9].contains(&pictures.label(index))) {
        let top_of = |columns: Range<usize>| {
            let mut rows = pictures.image(index).chunks_exact(28);
            rows.position(|row| row[columns.clone()].iter().any(|&pixel| pixel > 20))
        };
        let (toe, heel) = (top_of(0..4).unwrap(), top_of(18..26).unwrap());
        assert!(
            toe > heel + 1,
            "picture {index}: toe at {toe}, heel at {heel}"
        );
    }
}

#[test]
fn most_are_taken_for_their_class_by_their_nearest_real_picture() {
    let folder = Path::new("/usr/share/datasets/fashion-mnist");
    if !folder.is_dir() {
        assert!(
            std::env::var_os("CI").is_none(),
            "dataset-fashion-mnist is missing"
        );
        eprintln!("SKIPPED: the package dataset-fashion-mnist is not installed");
        return;
    }
    let real = load(folder).unwrap().test;
    let drawn = synthetic(300, 0).train;
    let distance = |a: &[u8], b: &[u8]| -> u32 {
        a.iter()
            .zip(b)
            .map(|(&a, &b)| u32::from(a.abs_diff(b)).pow(2))
            .sum()
    };
    let right = (0..drawn.len()).filter(|&index| {
        let image = drawn.image(index);
        let nearest = (0..3000)
            .min_by_key(|&other| distance(image, real.image(other)))
            .unwrap();
        real.label(nearest) == drawn.label(index)
    });
    let share = right.count() as f32 / drawn.len() as f32;
    assert!(share > 0.65, "{share}");
}
