//! Against plain loops in float64.

use candle_core::{Device, Tensor};
use rayon::ThreadPoolBuilder;

use super::*;
use crate::dataset::{PictureSize, synthetic_sized};
use crate::network::{Activation, LayerSpec, NetworkSpec, Parameters, Preset};

fn look(model: &Model, probe: &Pictures, threads: usize) -> Statistics {
    let pool = ThreadPoolBuilder::new().num_threads(threads);
    statistics(model, probe, &pool.build().unwrap(), &Progress::default()).unwrap()
}

fn small(count: usize) -> Pictures {
    let size = PictureSize {
        height: 8,
        width: 8,
        channels: 1,
    };
    synthetic_sized(size, count, 1).train
}

fn network(layers: Vec<LayerSpec>) -> NetworkSpec {
    let size = small(1).size();
    NetworkSpec::new(layers).for_data(&synthetic_sized(size, 10, 10))
}

fn numbers(tensor: &Tensor) -> Vec<f64> {
    let values: Vec<f32> = tensor.flatten_all().unwrap().to_vec1().unwrap();
    values.into_iter().map(f64::from).collect()
}

fn rms(values: &[f64]) -> f64 {
    (values.iter().map(|x| x * x).sum::<f64>() / values.len() as f64).sqrt()
}

#[track_caller]
fn near(got: Option<f64>, want: f64) {
    let got = got.unwrap();
    assert!(
        (got - want).abs() <= 1e-5 * want.abs().max(1e-6),
        "{got}, {want}"
    );
}

#[test]
fn quantiles_and_bins_are_those_of_the_definition() {
    let mut values: Vec<f32> = (0..101).map(|i| i as f32 - 20.0).collect();
    values.reverse();
    values.extend([f32::NAN, f32::INFINITY, f32::NEG_INFINITY]);
    let found = Distribution::of(values);
    assert_eq!((found.count, found.not_finite, found.zeros), (104, 3, 1));
    let want = [-20.0, -19.0, -10.0, 5.0, 30.0, 55.0, 70.0, 79.0, 80.0];
    assert_eq!(found.quantiles, Some(want));
    assert_eq!(found.median(), Some(30.0));
    let all: Vec<f64> = (0..101).map(|i| f64::from(i) - 20.0).collect();
    near(found.rms, rms(&all));
    let Histogram { low, high, counts } = &found.histogram;
    assert_eq!((*low, *high, counts.len()), (-20.0, 80.0, BINS));
    assert_eq!(counts.iter().sum::<usize>(), 100, "without the 0");
    for (index, count) in counts.iter().enumerate() {
        let [from, to] = found.histogram.bin(index);
        let is_in = |x: &&f64| **x >= from && (**x < to || index == BINS - 1) && **x != 0.0;
        assert_eq!(*count, all.iter().filter(is_in).count(), "{from} to {to}");
    }
    // Between two numbers, as NumPy has it by default.
    let between = Distribution::of(vec![1.0, 2.0]).quantiles.unwrap();
    near(Some(between[3]), 1.25);
}

#[test]
fn nothing_and_what_is_all_alike_have_a_distribution() {
    for values in [vec![], vec![f32::NAN; 3]] {
        let found = Distribution::of(values);
        assert_eq!((found.quantiles, found.rms), (None, None));
        assert!(found.histogram.counts.is_empty());
    }
    let zeros = Distribution::of(vec![0.0; 5]);
    assert_eq!((zeros.zeros, zeros.median()), (5, Some(0.0)));
    assert!(zeros.histogram.counts.is_empty());
    let ones = Distribution::of(vec![-2.0; 5]).histogram;
    assert_eq!(
        (ones.low, ones.high, ones.counts[BINS / 2]),
        (-3.0, -1.0, 5)
    );
}

/// A dense network by the textbook: outputs, loss and gradients.
#[test]
fn a_dense_networks_numbers_are_those_of_plain_loops() {
    let model = Model::random(&network(vec![LayerSpec::dense(6)]), 3).unwrap();
    let probe = small(70);
    let [w1, w2] = [0, 1].map(|layer| numbers(&model.parameters(layer).unwrap().weight));
    let (inputs, hidden, classes) = (64, 6, 10);
    let mut activations = Vec::new();
    let (mut loss, mut d1, mut d2) = (0.0, vec![0.0; w1.len()], vec![0.0; w2.len()]);
    for image in 0..probe.len() {
        let x: Vec<f64> = probe
            .image(image)
            .iter()
            .map(|b| f64::from(*b) / 255.0)
            .collect();
        let h: Vec<f64> = (0..hidden)
            .map(|j| {
                (0..inputs)
                    .map(|i| x[i] * w1[i * hidden + j])
                    .sum::<f64>()
                    .max(0.0)
            })
            .collect();
        let z: Vec<f64> = (0..classes)
            .map(|k| (0..hidden).map(|j| h[j] * w2[j * classes + k]).sum())
            .collect();
        let sum: f64 = z.iter().map(|z| z.exp()).sum();
        let label = usize::from(probe.label(image));
        loss += (sum.ln() - z[label]) / probe.len() as f64;
        for k in 0..classes {
            let truth = f64::from(u8::from(k == label));
            let dz = (z[k].exp() / sum - truth) / probe.len() as f64;
            for j in 0..hidden {
                d2[j * classes + k] += dz * h[j];
                if h[j] > 0.0 {
                    for i in 0..inputs {
                        d1[i * hidden + j] += dz * w2[j * classes + k] * x[i];
                    }
                }
            }
        }
        activations.extend(h);
    }
    let found = look(&model, &probe, 2);
    assert_eq!(found, look(&model, &probe, 1), "threads do not matter");
    near(found.loss, loss);
    let [first, last] = &found.layers[..] else {
        panic!("{found:?}")
    };
    assert_eq!((&*first.name, &*last.name), ("dense1", "dense2"));
    assert_eq!(
        (first.units, first.saturated, last.dead),
        (hidden, None, None)
    );
    near(first.weights.rms, rms(&w1));
    near(first.activations.rms, rms(&activations));
    let gradients = [first, last].map(|layer| layer.gradients.as_ref().unwrap());
    for (found, want) in gradients.into_iter().zip([d1, d2]) {
        near(found.rms, rms(&want));
        let [least, .., most] = found.quantiles.unwrap();
        near(
            Some(least),
            want.iter().copied().fold(f64::INFINITY, f64::min),
        );
        near(
            Some(most),
            want.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        );
    }
    let zeros = activations.iter().filter(|h| **h == 0.0).count();
    assert_eq!(first.activations.zeros, zeros);
}

/// With this kernel and these biases for the first layer.
fn with_first(model: &Model, scale: f32, bias: impl Fn(usize) -> f32) -> Model {
    let all = (0..model.layers().len()).filter_map(|layer| model.parameters(layer));
    let mut all: Vec<Parameters> = all.cloned().collect();
    let weight = all[0].weight.affine(f64::from(scale), 0.0).unwrap();
    let outputs = weight.dims()[weight.dims().len() - 1];
    let bias = Tensor::from_vec(
        (0..outputs).map(bias).collect::<Vec<_>>(),
        outputs,
        &Device::Cpu,
    );
    all[0] = Parameters::new(weight, Some(bias.unwrap()));
    Model::from_parameters(model.spec(), all).unwrap()
}

#[test]
fn dead_and_saturated_units_are_counted() {
    let probe = small(40);
    let dense = |activation| LayerSpec::Dense {
        units: 8,
        bias: true,
        activation,
    };
    let relu = Model::random(&network(vec![dense(Activation::Relu)]), 1).unwrap();
    let killed = |unit: usize| if unit < 3 { -1e4 } else { 1e4 };
    let found = look(&with_first(&relu, 1.0, killed), &probe, 2);
    assert_eq!(found.layers[0].dead, Some(3));
    let all = look(&with_first(&relu, 1.0, |_| -1e4), &probe, 2);
    assert_eq!(all.layers[0].dead, Some(8));
    let gradient = all.layers[0].gradients.as_ref().unwrap();
    assert_eq!(gradient.rms, Some(0.0), "nothing passes a dead layer");
    // Also where the activation stands alone, behind the weights.
    let alone = LayerSpec::Activation {
        function: Activation::Tanh,
    };
    let tanh = network(vec![dense(Activation::None), alone]);
    let tanh = Model::random(&tanh, 1).unwrap();
    let ends = |unit: usize| match unit {
        0 => 1e4,
        1 => -1e4,
        _ => 0.0,
    };
    let found = look(&with_first(&tanh, 0.0, ends), &probe, 2);
    let first = &found.layers[0];
    assert_eq!((first.saturated, first.dead), (Some(0.25), None));
}

#[test]
fn numbers_that_are_none_are_counted_and_stop_nothing() {
    let model = Model::random(&Preset::ResNetSmall.spec(), 1).unwrap();
    let probe = crate::dataset::synthetic(20, 1).train;
    let whole = look(&model, &probe, 2);
    assert!(whole.loss.unwrap().is_finite());
    let norm = whole.layers.iter().find(|layer| layer.name == "norm1");
    assert!(norm.unwrap().gradients.as_ref().unwrap().rms.unwrap() > 0.0);
    let broken = model.map_tensors(|t| t.affine(f64::NAN, 0.0)).unwrap();
    let broken = look(&broken, &probe, 2);
    for layer in &broken.layers {
        assert_eq!(
            layer.weights.not_finite, layer.weights.count,
            "{}",
            layer.name
        );
        let gradients = layer.gradients.as_ref().unwrap();
        assert_eq!(
            (gradients.count, gradients.rms.is_some()),
            (layer.weights.count, gradients.not_finite < gradients.count)
        );
    }
    assert!(broken.loss.unwrap().is_nan());
    let ratios = update_ratios(&model, &model, 5).unwrap();
    assert!(ratios.iter().all(|ratio| *ratio == Some(0.0)));
    let doubled = model.map_tensors(|t| t.affine(2.0, 0.0)).unwrap();
    let ratios = update_ratios(&model, &doubled, 5).unwrap();
    assert!(
        ratios
            .iter()
            .all(|ratio| (ratio.unwrap() - 0.2).abs() < 1e-6),
        "{ratios:?}"
    );
}

#[test]
fn labels_of_other_classes_leave_no_loss_and_a_cancelled_look_ends() {
    let model = Model::random(&network(vec![LayerSpec::dense(4)]), 1).unwrap();
    let labels = vec![12, 3];
    let probe = Pictures::new(small(1).size(), vec![9; 128], labels, 20).unwrap();
    let found = look(&model, &probe, 1);
    assert_eq!(found.loss, None);
    assert!(found.layers.iter().all(|layer| layer.gradients.is_none()));
    let progress = Progress::default();
    progress.cancel();
    let pool = ThreadPoolBuilder::new().build().unwrap();
    let ended = statistics(&model, &small(5), &pool, &progress);
    assert!(matches!(ended, Err(TestSetError::Cancelled)));
}

#[test]
fn of_many_outputs_some_of_every_channel_and_place_are_kept() {
    let model = Model::random(&Preset::Conv64.spec(), 1).unwrap();
    let stride = Weighted::all(&model)[0].stride(&model, PROBE_IMAGES);
    let outputs = model.layers()[0].output.len();
    assert!(outputs * PROBE_IMAGES / stride <= MOST_ACTIVATIONS);
    let mut channels = [false; 64];
    (0..outputs)
        .step_by(stride)
        .for_each(|at| channels[at % 64] = true);
    assert!(channels.iter().all(|is_met| *is_met), "{stride}");
}
