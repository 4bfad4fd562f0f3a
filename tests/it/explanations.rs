//! Occlusion map and Grad-CAM against stock candle and plain loops.

use candle_core::{Device, Tensor, Var};
use convlens_core::explore::{OcclusionPatch, grad_cam, occlusion, usual_layer};
use convlens_core::network::{Layer, LayerKind, LayerSpec, Model, NetworkSpec, Preset};
use proptest::prelude::*;

use super::independent::{networks_of_any_layers, stock, stock_pass, stock_pass_from};
use super::support::map_layers;

/// Grey pixels without two equal neighbours.
fn picture(seed: usize) -> Vec<u8> {
    let pixel = |place: usize| (place % 28 * 7 + place / 28 * 37 + seed * 11) % 251;
    (0..784).map(|place| pixel(place) as u8).collect()
}

fn stock_input(picture: &[u8]) -> Tensor {
    let values: Vec<f32> = picture.iter().map(|&b| f32::from(b) / 255.0).collect();
    Tensor::from_vec(values, (1, 1, 28, 28), &Device::Cpu).unwrap()
}

fn softmax(logits: &Tensor, class: usize) -> f64 {
    let logits: Vec<f32> = logits.flatten_all().unwrap().to_vec1().unwrap();
    let exps: Vec<f64> = logits.iter().map(|&v| f64::from(v).exp()).collect();
    exps[class] / exps.iter().sum::<f64>()
}

/// Selvaraju et al. 2017, equations 1 and 2, written down with stock operators and plain sums.
fn plain_grad_cam(
    model: &Model,
    picture: &[u8],
    class: usize,
    layer: Option<usize>,
) -> Option<(Vec<f64>, Vec<f64>)> {
    let pixels = stock_input(picture);
    let (mut outputs, _) = stock_pass(model, &pixels, false).unwrap();
    let layers = model.layers();
    let last = layer.or_else(|| {
        let is_conv = |layer: &Layer| matches!(layer.kind, LayerKind::Conv { .. });
        layers.iter().rposition(is_conv)
    })?;
    outputs.truncate(last + 1);
    let maps = Var::from_tensor(&outputs[last]).unwrap();
    outputs[last] = maps.as_tensor().clone();
    let (outputs, _) = stock_pass_from(model, &pixels, outputs, false).unwrap();
    let x = outputs.last().unwrap();
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
    let dense = prop::option::of((1..=40_usize).prop_map(LayerSpec::dense));
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
        let ours = grad_cam(&model, &picture, class, None).unwrap();
        let plain = plain_grad_cam(&model, &picture, class, None);
        prop_assert_eq!(ours.is_some(), plain.is_some());
        if let (Some(ours), Some((map, alpha))) = (ours, plain) {
            assert_near(&ours.weights, &alpha, "weights");
            assert_near(&ours.values, &map, "map");
        }
    }

    #[test]
    fn so_it_is_at_any_layer_with_maps_behind_whatever_layers(
        spec in networks_of_any_layers(),
        seed in 0..1000_u64,
        class in 0..10_usize,
        at in 0.0..1.0_f64,
    ) {
        let model = Model::random(&spec, seed).unwrap();
        let picture = picture(seed as usize);
        let with_maps = model.layers().iter().enumerate().filter(|(_, layer)| layer.has_maps());
        let with_maps: Vec<usize> = with_maps.map(|(index, _)| index).collect();
        let layer = with_maps[(at * with_maps.len() as f64) as usize];
        let ours = grad_cam(&model, &picture, class, Some(layer)).unwrap().unwrap();
        let (map, alpha) = plain_grad_cam(&model, &picture, class, Some(layer)).unwrap();
        prop_assert_eq!(ours.layer_index, layer);
        assert_near(&ours.weights, &alpha, "weights");
        assert_near(&ours.values, &map, "map");
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
        let places = map.rows.len();
        prop_assert_eq!(&map.rows, &map.columns);
        prop_assert_eq!(map.drops.len(), places * places);
        let (mut sums, mut counts) = (vec![0.0; 784], vec![0.0; 784]);
        for (index, &drop) in map.drops.iter().enumerate() {
            let (top, left) = (map.rows[index / places], map.columns[index % places]);
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

#[test]
fn the_usual_layer_is_the_last_convolution_or_where_branches_have_come_together() {
    let name = |preset: Preset| {
        let model = Model::random(&preset.spec(), 0).unwrap();
        usual_layer(&model).map(|layer| model.layers()[layer].name.clone())
    };
    assert_eq!(name(Preset::Conv64).as_deref(), Some("conv2"));
    assert_eq!(name(Preset::ResNetSmall).as_deref(), Some("act7"));
    assert_eq!(name(Preset::Dense), None);
    // The beginning of a branch makes no maps of its own.
    let model = Model::random(&Preset::ResNetSmall.spec(), 0).unwrap();
    let split = model
        .layers()
        .iter()
        .position(|layer| layer.name == "split1");
    assert_eq!(grad_cam(&model, &picture(0), 1, split).unwrap(), None);
}
