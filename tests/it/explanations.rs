//! Occlusion map and Grad-CAM against stock candle and plain loops.

use candle_core::{Device, Result, Tensor, Var};
use convlens_core::dataset::IMAGE_SIDE;
use convlens_core::explore::{OcclusionPatch, grad_cam, occlusion};
use convlens_core::network::{LayerKind, LayerSpec, Model, NetworkSpec};
use proptest::prelude::*;

use super::independent::{stock, stock_layer};
use super::support::map_layers;

/// Grey pixels without two equal neighbours.
fn picture(seed: usize) -> Vec<u8> {
    let pixel = |place: usize| (place % 28 * 7 + place / 28 * 37 + seed * 11) % 251;
    (0..784).map(|place| pixel(place) as u8).collect()
}

fn stock_input(picture: &[u8]) -> Tensor {
    let values: Vec<f32> = picture.iter().map(|&b| f32::from(b) / 255.0).collect();
    Tensor::from_vec(values, (1, 1, IMAGE_SIDE, IMAGE_SIDE), &Device::Cpu).unwrap()
}

fn softmax(logits: &Tensor, class: usize) -> f64 {
    let logits: Vec<f32> = logits.flatten_all().unwrap().to_vec1().unwrap();
    let exps: Vec<f64> = logits.iter().map(|&v| f64::from(v).exp()).collect();
    exps[class] / exps.iter().sum::<f64>()
}

/// 2×2 pooling whose gradient goes to the first maximum, as in PyTorch: the winners are found in
/// plain loops, the rest is a product and a sum.
fn first_maximum(x: &Tensor) -> Result<Tensor> {
    let (_, c, h, w) = x.dims4()?;
    let (h, w) = (h / 2 * 2, w / 2 * 2);
    let even = x.narrow(2, 0, h)?.narrow(3, 0, w)?.contiguous()?;
    let values: Vec<f32> = even.flatten_all()?.to_vec1()?;
    let mut winners = vec![0_f32; values.len()];
    for (map, row, column) in
        (0..c).flat_map(|m| (0..h / 2).flat_map(move |r| (0..w / 2).map(move |q| (m, r, q))))
    {
        let at = |cell: usize| (map * h + 2 * row + cell / 2) * w + 2 * column + cell % 2;
        let mut best = at(0);
        for cell in 1..4 {
            if values[at(cell)] > values[best] {
                best = at(cell);
            }
        }
        winners[best] = 1.0;
    }
    let winners = Tensor::from_vec(winners, even.dims(), &Device::Cpu)?;
    even.mul(&winners)?
        .reshape((1, c, h / 2, 2, w / 2, 2))?
        .sum(5)?
        .sum(3)
}

/// Selvaraju et al. 2017, equations 1 and 2, written down with stock operators and plain sums.
fn plain_grad_cam(model: &Model, picture: &[u8], class: usize) -> Option<(Vec<f64>, Vec<f64>)> {
    let (outputs, variables) = stock(model, &stock_input(picture)).unwrap();
    let layers = model.layers();
    let last = layers
        .iter()
        .rposition(|layer| matches!(layer.kind, LayerKind::Conv { .. }))?;
    let maps = Var::from_tensor(&outputs[last]).unwrap();
    let mut x = maps.as_tensor().clone();
    let mut weights = variables.chunks(2);
    for (index, layer) in layers.iter().enumerate() {
        let pair = (layer.kind != LayerKind::MaxPool).then(|| weights.next().unwrap());
        if index > last {
            x = match pair {
                None => first_maximum(&x).unwrap(),
                Some(p) => stock_layer(layer.kind, &x, Some((&p[0], &p[1]))).unwrap(),
            };
        }
    }
    let score = x.narrow(1, class, 1).unwrap().sum_all().unwrap();
    let gradients = score.backward().unwrap();
    let flat = |t: &Tensor| t.flatten_all().unwrap().to_vec1::<f32>().unwrap();
    let values = flat(&maps);
    let gradient = gradients.get(&maps).map(flat);
    let gradient = gradient.unwrap_or_else(|| vec![0.0; values.len()]);
    let (channels, height, width) = layers[last].map_shape().unwrap();
    let cells = height * width;
    let alpha: Vec<f64> = (0..channels)
        .map(|c| {
            gradient[c * cells..][..cells]
                .iter()
                .map(|&g| f64::from(g))
                .sum::<f64>()
                / cells as f64
        })
        .collect();
    let map = (0..cells).map(|cell| {
        let sum: f64 = (0..channels)
            .map(|c| alpha[c] * f64::from(values[c * cells + cell]))
            .sum();
        sum.max(0.0)
    });
    Some((map.collect(), alpha))
}

fn assert_near(ours: &[f32], plain: &[f64], what: &str) {
    assert_eq!(ours.len(), plain.len());
    let largest = plain.iter().fold(1e-6_f64, |m, v| m.max(v.abs()));
    for (a, b) in ours.iter().zip(plain) {
        assert!(
            (f64::from(*a) - b).abs() < 1e-3 * largest,
            "{what}: {a}, not {b}"
        );
    }
}

fn networks() -> impl Strategy<Value = NetworkSpec> {
    let maps = prop::collection::vec(map_layers(12), 0..4);
    let dense = prop::option::of((1..=40_usize).prop_map(|units| LayerSpec::Dense { units }));
    (maps, dense)
        .prop_map(|(maps, dense)| NetworkSpec::new(maps.into_iter().chain(dense).collect()))
        .prop_filter("possible", |spec| spec.plan().is_ok())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn grad_cam_is_that_of_stock_operators(
        spec in networks(),
        seed in 0..1000_u64,
        class in 0..10_usize,
    ) {
        let model = Model::random(&spec, seed).unwrap();
        let picture = picture(seed as usize);
        let ours = grad_cam(&model, &picture, class).unwrap();
        let plain = plain_grad_cam(&model, &picture, class);
        prop_assert_eq!(ours.is_some(), plain.is_some());
        if let (Some(ours), Some((map, alpha))) = (ours, plain) {
            assert_near(&ours.weights, &alpha, "weights");
            assert_near(&ours.values, &map, "map");
        }
    }

    #[test]
    fn occlusion_is_that_of_pictures_covered_by_hand(
        spec in networks(),
        seed in 0..1000_u64,
        class in 0..10_usize,
        size in 6..=28_usize,
        stride in 6..=28_usize,
        fill in any::<u8>(),
    ) {
        let model = Model::random(&spec, seed).unwrap();
        let picture = picture(seed as usize);
        let probability = |picture: &[u8]| {
            softmax(stock(&model, &stock_input(picture)).unwrap().0.last().unwrap(), class)
        };
        let patch = OcclusionPatch { size, stride, fill };
        let map = occlusion(&model, &picture, class, patch).unwrap();
        let whole = probability(&picture);
        prop_assert!((f64::from(map.probability) - whole).abs() < 1e-4);
        let places = map.places.len();
        prop_assert_eq!(map.drops.len(), places * places);
        let (mut sums, mut counts) = (vec![0.0; 784], vec![0.0; 784]);
        for (index, &drop) in map.drops.iter().enumerate() {
            let (top, left) = (map.places[index / places], map.places[index % places]);
            let mut covered = picture.clone();
            for y in top..top + size {
                for x in left..left + size {
                    covered[y * 28 + x] = fill;
                    sums[y * 28 + x] += f64::from(drop);
                    counts[y * 28 + x] += 1.0;
                }
            }
            prop_assert!((f64::from(drop) - (whole - probability(&covered))).abs() < 2e-4);
        }
        for (pixel, (sum, count)) in map.per_pixel().iter().zip(sums.iter().zip(&counts)) {
            let mean = if *count > 0.0 { sum / count } else { 0.0 };
            prop_assert!((f64::from(*pixel) - mean).abs() < 1e-5);
        }
    }
}
