//! Against computations in float64 that hold everything.

#![allow(
    clippy::float_cmp,
    reason = "what is said to be the same is so to the bit"
)]

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::eigen::eigen;
use super::lanczos::leading;
use super::*;
use crate::dataset::{self, PictureSize};
use crate::explore::{Progress, activations};
use crate::network::{Activation, LayerSpec, NetworkSpec, Padding, Preset};

fn pool(threads: usize) -> ThreadPool {
    ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// A symmetric matrix with eigenvalues that fall slowly.
fn random_matrix(size: usize) -> Vec<Vec<f64>> {
    let mut rng = ChaCha8Rng::seed_from_u64(size as u64);
    let rows: Vec<Vec<f64>> = (0..size)
        .map(|_| {
            (0..size)
                .map(|column| rng.random_range(-1.0..1.0) * 0.98_f64.powi(column as i32))
                .collect()
        })
        .collect();
    rows.iter()
        .map(|a| rows.iter().map(|b| dot(a, b)).collect())
        .collect()
}

fn times(matrix: &[Vec<f64>], vector: &[f64]) -> Vec<f64> {
    matrix.iter().map(|row| dot(row, vector)).collect()
}

#[test]
fn an_eigenvector_is_only_stretched() {
    for size in [1, 2, 7, 60] {
        let matrix = random_matrix(size);
        let found = eigen(matrix.clone());
        let largest = found.values[0];
        assert!(found.values.windows(2).all(|pair| pair[0] >= pair[1]));
        for (i, (value, vector)) in found.values.iter().zip(&found.vectors).enumerate() {
            for (x, y) in times(&matrix, vector).iter().zip(vector) {
                assert!((x - value * y).abs() < 1e-12 * largest, "{size}, {i}");
            }
            for (j, other) in found.vectors.iter().enumerate() {
                let expected = f64::from(u8::from(i == j));
                assert!(
                    (dot(vector, other) - expected).abs() < 1e-12,
                    "{size}, {i}, {j}"
                );
            }
        }
    }
    let diagonal = vec![
        vec![2.0, 0.0, 0.0],
        vec![0.0, 3.0, 4.0],
        vec![0.0, 4.0, -3.0],
    ];
    let values = eigen(diagonal).values;
    for (value, expected) in values.iter().zip([5.0, 2.0, -5.0]) {
        assert!((value - expected).abs() < 1e-14, "{values:?}");
    }
}

#[test]
fn a_large_matrix_is_known_by_its_products() {
    let matrix = random_matrix(300);
    let exact = eigen(matrix.clone());
    let mut applied = 0;
    let found = leading(300, 50, |vectors| {
        applied += vectors.len();
        Ok::<_, ()>(
            vectors
                .iter()
                .map(|vector| times(&matrix, vector))
                .collect(),
        )
    });
    let found = found.unwrap();
    assert_eq!(found.values.len(), 50);
    assert!(applied < 300, "{applied}: no more than all there are");
    for i in 0..50 {
        let off = (found.values[i] / exact.values[i] - 1.0).abs();
        assert!(off < 1e-6, "{i}: {off}");
        let along = dot(&found.vectors[i], &exact.vectors[i]).abs();
        assert!(along > 1.0 - 1e-6, "{i}: {along}");
    }
}

#[test]
fn a_matrix_of_low_rank_has_as_many_eigenvectors() {
    let (a, b): (Vec<f64>, Vec<f64>) =
        ((0..90).map(|i| f64::from(i).sin()).collect(), vec![0.1; 90]);
    let found = leading(90, 50, |vectors| {
        let product = |vector: &Vec<f64>| {
            let (by_a, by_b) = (dot(&a, vector), dot(&b, vector));
            a.iter().zip(&b).map(|(a, b)| by_a * a + by_b * b).collect()
        };
        Ok::<_, ()>(vectors.iter().map(product).collect())
    });
    let found = found.unwrap();
    assert_eq!(found.values.len(), 2, "{:?}", found.values);
    let trace = dot(&a, &a) + dot(&b, &b);
    assert!((found.values.iter().sum::<f64>() - trace).abs() < 1e-10);
}

/// Two layers and a small picture: what they put out has few enough dimensions for the whole covariance.
fn small_network() -> Model {
    let mut spec = NetworkSpec::new(vec![
        LayerSpec::conv(6, 3, Padding::Valid),
        LayerSpec::MAX_POOL,
        LayerSpec::dense(12),
    ]);
    spec.input = PictureSize::grey(12);
    Model::random(&spec, 5).unwrap()
}

fn garments(count: usize, side: usize) -> dataset::Pictures {
    dataset::synthetic_sized(PictureSize::grey(side), 1, count).test
}

/// Coordinates on the principal components, their variances and the sum of all: of the whole covariance in float64.
fn exact(rows: &[Vec<f32>]) -> (Vec<Vec<f64>>, Vec<f64>, f64) {
    let (count, width) = (rows.len(), rows[0].len());
    let mean: Vec<f64> = (0..width)
        .map(|d| rows.iter().map(|row| f64::from(row[d])).sum::<f64>() / count as f64)
        .collect();
    let centred: Vec<Vec<f64>> = rows
        .iter()
        .map(|row| {
            row.iter()
                .zip(&mean)
                .map(|(x, mean)| f64::from(*x) - mean)
                .collect()
        })
        .collect();
    let mut covariance = vec![vec![0.0; width]; width];
    for row in &centred {
        for (i, x) in row.iter().enumerate() {
            for (j, y) in row.iter().enumerate() {
                covariance[i][j] += x * y / (count - 1) as f64;
            }
        }
    }
    let total = (0..width).map(|i| covariance[i][i]).sum();
    let found = eigen(covariance);
    let on_axes = |row: &Vec<f64>| found.vectors.iter().map(|axis| dot(axis, row)).collect();
    (centred.iter().map(on_axes).collect(), found.values, total)
}

#[test]
fn components_are_those_of_the_whole_covariance() {
    let model = small_network();
    let pictures = garments(240, 12);
    let images: Vec<usize> = (0..240).filter(|i| i % 3 != 0).collect();
    let seen = activations(&model, images.iter().map(|&i| pictures.image(i))).unwrap();
    let pool1: Vec<Vec<f32>> = seen.layers[1]
        .values
        .chunks(6 * 5 * 5)
        .map(<[f32]>::to_vec)
        .collect();
    let pixels: Vec<Vec<f32>> = images
        .iter()
        .map(|&i| {
            pictures
                .image(i)
                .iter()
                .map(|&byte| f32::from(byte) / 255.0)
                .collect()
        })
        .collect();
    for (source, rows) in [(Input::Layer(1), pool1), (Input::Pictures, pixels)] {
        let subject = Subject {
            model: &model,
            source,
            pictures: &pictures,
            images: &images,
        };
        let found = pca(subject, &pool(2), &Progress::default()).unwrap();
        let (places, variances, total) = exact(&rows);
        assert_eq!((found.images, found.components), (160, 50));
        assert!((found.total_variance / total - 1.0).abs() < 1e-6);
        let shares: f64 = found.shares().iter().sum();
        assert!((shares - variances[..50].iter().sum::<f64>() / total).abs() < 1e-6);
        for (c, expected) in variances[..50].iter().enumerate() {
            let off = (found.variances[c] - expected).abs() / variances[0];
            assert!(off < 1e-6, "{source:?}, component {c}: {off}");
        }
        let deviation = variances[0].sqrt();
        for c in 0..8 {
            let found: Vec<f64> = (0..160)
                .map(|row| f64::from(found.values[row * 50 + c]))
                .collect();
            let expected: Vec<f64> = places.iter().map(|place| place[c]).collect();
            let farthest = found.iter().fold(
                0.0,
                |far: f64, x| if x.abs() > far.abs() { *x } else { far },
            );
            assert!(farthest > 0.0, "the farthest lies on the positive side");
            let sign = dot(&found, &expected).signum();
            for (found, expected) in found.iter().zip(&expected) {
                let off = (found - sign * expected).abs() / deviation;
                assert!(off < 2e-4, "{source:?}, component {c}: {off}");
            }
        }
        // The same pictures on the same axes are where they were.
        let projected = found
            .project(subject, &pool(1), &Progress::default())
            .unwrap();
        for (again, place) in projected.iter().zip(found.plane()) {
            for (again, place) in again.iter().zip(place) {
                assert!(f64::from((again - place).abs()) < 1e-4 * deviation);
            }
        }
    }
}

#[test]
fn other_weights_are_held_against_the_same_axes() {
    let (model, other) = (
        small_network(),
        Model::random(small_network().spec(), 6).unwrap(),
    );
    let pictures = garments(60, 12);
    let images: Vec<usize> = (0..60).collect();
    let subject = |model| Subject {
        model,
        source: Input::Layer(2),
        pictures: &pictures,
        images: &images,
    };
    let progress = Progress::default();
    let first = pca(subject(&model), &pool(1), &progress).unwrap();
    let moved = first.project(subject(&other), &pool(1), &progress).unwrap();
    assert_ne!(moved, first.plane());
    let wider = Subject {
        source: Input::Layer(0),
        ..subject(&other)
    };
    let refused = first
        .project(wider, &pool(1), &progress)
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("conv1") && refused.contains("12"),
        "{refused}"
    );
}

/// Values that are computed for each pass, in several rounds, and dimensions in more than one block.
#[test]
fn a_wide_layer_goes_through_in_pieces_and_threads_do_not_matter() {
    let mut spec = NetworkSpec::new(vec![
        LayerSpec::conv(96, 3, Padding::Valid),
        LayerSpec::GlobalAveragePool,
    ]);
    spec.input = PictureSize::grey(28);
    let LayerSpec::Conv { activation, .. } = &mut spec.layers[0] else {
        unreachable!()
    };
    *activation = Activation::None;
    let model = Model::random(&spec, 2).unwrap();
    let pictures = garments(140, 28);
    let images: Vec<usize> = (0..140).collect();
    let subject = Subject {
        model: &model,
        source: Input::Layer(0),
        pictures: &pictures,
        images: &images,
    };
    assert_eq!(
        subject.width(),
        96 * 26 * 26,
        "beyond one block, and nothing is kept"
    );
    let one = pca(subject, &pool(1), &Progress::default()).unwrap();
    let three = pca(subject, &pool(3), &Progress::default()).unwrap();
    assert!(one == three, "the same bits");
    // A convolution without activation is linear: its maps' distances follow from the whole values.
    let seen = activations(&model, images.iter().map(|&i| pictures.image(i))).unwrap();
    let rows: Vec<&[f32]> = seen.layers[0].values.chunks(subject.width()).collect();
    let square = |a: &[f32], b: &[f32]| -> f64 {
        let differences = a.iter().zip(b).map(|(a, b)| f64::from(a - b));
        differences.map(|x| x * x).sum()
    };
    // The scalar products of the centred rows, and their exact eigenvalues.
    let distances: Vec<Vec<f64>> = rows
        .iter()
        .map(|a| rows.iter().map(|b| square(a, b)).collect())
        .collect();
    let means: Vec<f64> = distances
        .iter()
        .map(|row| row.iter().sum::<f64>() / 140.0)
        .collect();
    let mean = means.iter().sum::<f64>() / 140.0;
    let products = (0..140)
        .map(|i| {
            (0..140)
                .map(|j| 0.5 * (means[i] + means[j] - mean - distances[i][j]))
                .collect()
        })
        .collect();
    let exact = eigen(products);
    for (c, variance) in one.variances.iter().enumerate() {
        let off = (variance * 139.0 - exact.values[c]).abs() / exact.values[0];
        assert!(off < 1e-6, "component {c}: {off}");
    }
}

#[test]
fn what_has_no_components_is_refused() {
    let model = small_network();
    let same =
        dataset::Pictures::new(PictureSize::grey(12), vec![7; 144 * 10], vec![0; 10], 2).unwrap();
    let images: Vec<usize> = (0..10).collect();
    let progress = Progress::default();
    let subject = Subject {
        model: &model,
        source: Input::Layer(0),
        pictures: &same,
        images: &images,
    };
    let fault = pca(subject, &pool(1), &progress).unwrap_err();
    assert!(matches!(fault, EmbeddingError::NoVariance(_)), "{fault}");
    let two = Subject {
        images: &images[..2],
        ..subject
    };
    assert!(matches!(
        pca(two, &pool(1), &progress),
        Err(EmbeddingError::Pictures(2))
    ));
    let diverged = model.map_tensors(|weights| weights * f64::NAN).unwrap();
    let diverged = Subject {
        model: &diverged,
        ..subject
    };
    let fault = pca(diverged, &pool(1), &progress).unwrap_err();
    assert!(matches!(fault, EmbeddingError::NotFinite(_)), "{fault}");
    progress.cancel();
    assert!(matches!(
        pca(subject, &pool(1), &progress),
        Err(EmbeddingError::Cancelled)
    ));
}

/// Some groups of points in 20 dimensions, and which group each is of.
fn groups(count: usize, spread: f64) -> (Vec<f32>, Vec<u8>) {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let centres: Vec<f64> = (0..5 * 20).map(|_| rng.random_range(-4.0..4.0)).collect();
    let labels: Vec<u8> = (0..count).map(|i| (i % 5) as u8).collect();
    let values = labels
        .iter()
        .flat_map(|&label| &centres[usize::from(label) * 20..][..20]);
    let values = values.map(|centre| (centre + spread * rng.random_range(-1.0..1.0)) as f32);
    (values.collect(), labels)
}

fn points(values: &[f32]) -> Points<'_> {
    Points {
        dimensions: 20,
        values,
    }
}

#[test]
fn neighbours_and_silhouettes_are_those_of_their_definitions() {
    let (values, labels) = groups(120, 6.0);
    let found = separation(points(&values), &labels, &pool(2), &Progress::default()).unwrap();
    let distance = |a: usize, b: usize| {
        let differences =
            (0..20).map(|d| f64::from(values[a * 20 + d]) - f64::from(values[b * 20 + d]));
        differences.map(|x| x * x).sum::<f64>().sqrt()
    };
    let (mut right, mut silhouettes) = (0, 0.0);
    for a in 0..120 {
        let mut others: Vec<usize> = (0..120).filter(|&b| b != a).collect();
        others.sort_by(|&b, &c| distance(a, b).total_cmp(&distance(a, c)));
        let mut votes = [0; 5];
        others[..5]
            .iter()
            .for_each(|&b| votes[usize::from(labels[b])] += 1);
        let most = *votes.iter().max().unwrap();
        let winner = others
            .iter()
            .find(|&&b| votes[usize::from(labels[b])] == most)
            .unwrap();
        right += usize::from(labels[*winner] == labels[a]);
        let mean = |class: u8| {
            let of: Vec<f64> = others
                .iter()
                .filter(|&&b| labels[b] == class)
                .map(|&b| distance(a, b))
                .collect();
            of.iter().sum::<f64>() / of.len() as f64
        };
        let within = mean(labels[a]);
        let other = (0..5)
            .filter(|&class| class != labels[a])
            .map(mean)
            .fold(f64::MAX, f64::min);
        silhouettes += (other - within) / other.max(within);
    }
    assert!(
        (30..118).contains(&right),
        "{right}: classes that part, but not well"
    );
    assert_eq!(found.neighbour_accuracy, f64::from(right as u32) / 120.0);
    assert!((found.silhouette.unwrap() - silhouettes / 120.0).abs() < 1e-12);
}

#[test]
fn ties_go_to_the_nearest_and_a_class_of_one_has_no_silhouette() {
    // Around point 0: two of class 1, then two of class 0, then one of class 2.
    let line: Vec<f32> = vec![0.0, 1.0, -2.0, 3.0, -4.0, 5.0];
    let labels = [1, 1, 0, 0, 1, 2];
    let points = Points {
        dimensions: 1,
        values: &line,
    };
    let squares: Vec<f64> = line.iter().map(|x| f64::from(x * x)).collect();
    let order: Vec<usize> = neighbours::nearest(0, &squares, 5)
        .iter()
        .map(|(i, _)| *i)
        .collect();
    assert_eq!(order, [1, 2, 3, 4, 5]);
    let equal: Vec<usize> = neighbours::nearest(0, &[0.0, 4.0, 1.0, 4.0, 1.0], 3)
        .iter()
        .map(|(i, _)| *i)
        .collect();
    assert_eq!(equal, [2, 4, 1], "of equals the first");
    let found = separation(points, &labels, &pool(1), &Progress::default()).unwrap();
    // 0: 1 1 | 0 0 | 2, so 1. 1, at 1: 0 (1), 3 (0), 2 (0), 5 (2), 4 (1): of two each the nearest is 0 (1). 2: 0 4 (1), 1 (1), so 1.
    // 3: 1 5 0 2 4 with 1 1 1, so 1. 4: 2 0 1 3 5 with 0 1 1 0 2: the nearest is 2 (0). 5: 3 1 0 2 4 with 1 1 1.
    assert_eq!(found.neighbour_accuracy, 2.0 / 6.0);
    let alone = separation(points, &[3; 6], &pool(1), &Progress::default()).unwrap();
    assert_eq!((alone.neighbour_accuracy, alone.silhouette), (1.0, None));
}

#[test]
fn tsne_parts_what_is_apart_and_is_the_same_again() {
    let (values, labels) = groups(300, 1.5);
    let settings = TsneSettings {
        perplexity: 20.0,
        seed: 4,
    };
    let lay = |settings, threads| {
        tsne(
            points(&values),
            settings,
            &pool(threads),
            &Progress::default(),
        )
        .unwrap()
    };
    let one = lay(settings, 1);
    assert!(one == lay(settings, 3), "the same bits on more threads");
    assert_ne!(
        one.plane,
        lay(
            TsneSettings {
                seed: 5,
                ..settings
            },
            1
        )
        .plane
    );
    let flat = one.plane.as_flattened();
    let plane = Points {
        dimensions: 2,
        values: flat,
    };
    let parted = separation(plane, &labels, &pool(1), &Progress::default()).unwrap();
    assert_eq!(parted.neighbour_accuracy, 1.0);
    assert!(parted.silhouette.unwrap() > 0.6, "{parted:?}");
    assert!((0.1..2.0).contains(&one.divergence), "{}", one.divergence);
}

#[test]
fn tsne_takes_points_that_are_one_and_ends_when_told() {
    let same = vec![1.5; 40 * 20];
    let settings = TsneSettings {
        perplexity: 5.0,
        seed: 1,
    };
    let progress = Progress::default();
    let found = tsne(points(&same), settings, &pool(1), &progress).unwrap();
    assert!(found.plane.as_flattened().iter().all(|x| x.is_finite()));
    assert!((progress.share() - 1.0).abs() < 1e-6);
    let many = TsneSettings {
        perplexity: 14.0,
        seed: 1,
    };
    let fault = tsne(points(&same), many, &pool(1), &progress)
        .unwrap_err()
        .to_string();
    assert!(fault.contains("choose 1 to 13"), "{fault}");
    // On the way: the descent is left from within.
    let (values, _) = groups(3000, 1.5);
    let progress = Progress::default();
    let ended = std::thread::scope(|scope| {
        let run = scope.spawn(|| {
            tsne(
                points(&values),
                TsneSettings::default(),
                &pool(2),
                &progress,
            )
        });
        // Neighbours are looked for first; the share starts anew with the descent.
        let mut before = 0.0;
        while !run.is_finished() {
            let share = progress.share();
            if share < before {
                progress.cancel();
            }
            before = share;
        }
        run.join().unwrap()
    });
    assert!(matches!(ended, Err(EmbeddingError::Cancelled)), "{ended:?}");
    assert!(
        progress.share() < 0.5,
        "{}: long before the end",
        progress.share()
    );
}

#[test]
fn the_seed_draws_the_pictures() {
    assert_eq!(drawn(5, 9, 1), [0, 1, 2, 3, 4]);
    let some = drawn(1000, 30, 7);
    assert_eq!((some.len(), some.is_sorted()), (30, true));
    assert_eq!(some, drawn(1000, 30, 7));
    assert_ne!(some, drawn(1000, 30, 8));
    let layers = Preset::Conv16.spec().plan().unwrap();
    assert!(layers.iter().all(computes));
}
