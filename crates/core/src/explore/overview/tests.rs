//! What channels hand on and back adds up to what the network computes.

use super::*;
use crate::dataset::synthetic_sized;
use crate::network::{LayerSpec, Preset, Sides, weights};

fn total(overview: &Overview, to: (usize, usize)) -> f32 {
    let edges = overview.edges.iter().filter(|edge| edge.to == to);
    edges.filter_map(|edge| edge.contribution).sum()
}

/// What all channels hand on is what the layer adds up before bias and activation.
#[test]
fn contributions_add_up_to_what_the_layer_computes() {
    let random = |preset: Preset| Model::random(&preset.spec(), 3).unwrap();
    let built_in = weights::built_in().unwrap();
    for model in [built_in, random(Preset::LeNet5)] {
        let size = model.spec().input;
        let picture = synthetic_sized(size, 1, 3).test.picture(1);
        let all = overview(&model, &picture, &OverviewOptions::forward(usize::MAX, 0)).unwrap();
        let outputs = model
            .activations(&model.input([picture.bytes()]).unwrap())
            .unwrap();
        let mut checked = 0;
        for (place, column) in all.columns.iter().enumerate().skip(1) {
            let index = column.layer.unwrap();
            let layer = &model.layers()[index];
            let Some(learnt) = model.parameters(index) else {
                continue;
            };
            let bias = learnt.bias.as_ref().map(|bias| flat(bias).unwrap());
            let before = outputs[index].before_relu.as_ref();
            let sums = flat(before.unwrap_or(&outputs[index].value)).unwrap();
            let channels = layer.output.channels();
            for (at, node) in column.nodes.iter().enumerate() {
                let values = sums.iter().skip(node.channel).step_by(channels);
                let mean = values.sum::<f32>() / cells(layer.output) as f32;
                let (sum, own_bias) = node.sum.unwrap();
                let handed = total(&all, (place, at));
                assert!(
                    (sum - handed).abs() < 1e-4 * (1.0 + sum.abs()),
                    "{sum}, {handed}"
                );
                let bias = bias.as_ref().map_or(0.0, |bias| bias[node.channel]);
                assert!((bias - own_bias).abs() < f32::EPSILON);
                let mut expected = handed + bias;
                if let (true, Some(activation)) = (before.is_none(), layer.kind.activation()) {
                    let one = Tensor::new(&[expected], &candle_core::Device::Cpu).unwrap();
                    let one = convlens_kernels::activate(&one, activation.into()).unwrap();
                    expected = one.to_vec1::<f32>().unwrap()[0];
                }
                let close = (mean - expected).abs() < 1e-4 * (1.0 + mean.abs());
                assert!(close, "{} {}: {mean}, {expected}", layer.name, node.channel);
                checked += 1;
            }
        }
        assert!(checked > 100, "{checked}");
        assert!((all.probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }
}

#[test]
fn branches_are_read_where_they_part_and_as_many_channels_are_shown_as_are_asked_for() {
    let model = Model::random(&Preset::ResNetSmall.spec(), 1).unwrap();
    let size = model.spec().input;
    let picture = synthetic_sized(size, 1, 3).test.picture(0);
    let some = overview(&model, &picture, &OverviewOptions::forward(5, 7)).unwrap();
    let added = some
        .columns
        .iter()
        .find(|column| column.reads.len() == 2)
        .unwrap();
    assert!(added.name.starts_with("add"), "{}", added.name);
    let first = some
        .columns
        .iter()
        .find(|column| column.name == "conv1")
        .unwrap();
    assert!(first.nodes.iter().any(|node| node.channel == 7));
    for (place, column) in some.columns.iter().enumerate().skip(1) {
        assert!((1..=5).contains(&column.nodes.len()), "{}", column.name);
        assert!(column.nodes.is_sorted_by_key(|node| node.channel));
        assert!(
            some.edges.iter().any(|edge| edge.to.0 == place),
            "{}",
            column.name
        );
        assert!(column.reads.iter().all(|read| *read < place));
    }
    let classes = some.columns.last().unwrap();
    let likeliest = |best: usize, next: usize| {
        if some.probabilities[next] > some.probabilities[best] {
            next
        } else {
            best
        }
    };
    let best = (0..some.probabilities.len()).fold(0, likeliest);
    assert!(classes.nodes.iter().any(|node| node.channel == best));
}

/// As a student of a kernel 3 high and 5 wide sees it: row by row, from the filter's own weights.
#[test]
fn the_slice_of_an_oblong_kernel_keeps_its_rows_and_columns() {
    let mut spec = Preset::Conv16.spec();
    let LayerSpec::Conv { kernel, .. } = &mut spec.layers[0] else {
        panic!("no convolution first");
    };
    *kernel = Sides {
        height: 3,
        width: 5,
    };
    let model = Model::random(&spec, 3).unwrap();
    let picture = synthetic_sized(spec.input, 1, 3).test.picture(1);
    let found = overview(&model, &picture, &OverviewOptions::forward(4, 0)).unwrap();
    let edge = found.edges.iter().find(|edge| edge.to.0 == 1).unwrap();
    let slice = edge.kernel.as_ref().unwrap();
    assert_eq!(slice.size, [3, 5]);
    let filter = found.columns[1].nodes[edge.to.1].channel;
    let weights = &model.parameters(0).unwrap().weight;
    assert_eq!(weights.elem_count() % 15, 0);
    let all = flat(weights).unwrap();
    let filters = all.len() / 15;
    let own: Vec<f32> = all.iter().skip(filter).step_by(filters).copied().collect();
    assert_eq!(slice.weights, own);
}

/// What all that read a channel hand back is the mean of its map's gradient.
#[test]
fn what_is_handed_back_adds_up_to_the_gradient_of_what_is_read() {
    let random = |preset: Preset| Model::random(&preset.spec(), 3).unwrap();
    let built_in = weights::built_in().unwrap();
    for model in [
        built_in,
        random(Preset::LeNet5),
        random(Preset::ResNetSmall),
    ] {
        let size = model.spec().input;
        let picture = synthetic_sized(size, 1, 3).test.picture(1);
        let asked = OverviewOptions {
            gradient: Some(GradientOf::Loss(3)),
            ..OverviewOptions::forward(usize::MAX, 0)
        };
        let all = overview(&model, &picture, &asked).unwrap();
        assert_eq!(all.gradient.unwrap().0, GradientOf::Loss(3));
        let mut checked = 0;
        for (place, column) in all.columns.iter().enumerate() {
            for (at, node) in column.nodes.iter().enumerate() {
                assert_eq!(node.gradient.len(), node.values.len());
                let edges = all.edges.iter().filter(|edge| edge.from == (place, at));
                let back: Option<Vec<f32>> = edges.map(|edge| edge.handed_back).collect();
                // Pooled, added, … it comes back as it is; behind the classes there is nothing.
                let Some(back) = back.filter(|back| !back.is_empty()) else {
                    continue;
                };
                let (sum, mean) = (back.iter().sum::<f32>(), node.mean_gradient());
                let close = (sum - mean).abs() < 1e-5 + 1e-3 * mean.abs();
                assert!(close, "{} {}: {sum}, {mean}", column.name, node.channel);
                checked += 1;
            }
        }
        assert!(checked > 50, "{checked}");
        let logits = all.columns.last().unwrap();
        for (class, node) in logits.nodes.iter().enumerate() {
            let expected = all.probabilities[class] - f32::from(u8::from(class == 3));
            assert!((node.gradient[0] - expected).abs() < 1e-6);
        }
    }
}

/// Its products add up to what the chain rule gives for the whole network.
#[test]
fn the_gradient_by_a_weight_is_the_sum_of_its_products() {
    let model = weights::built_in().unwrap();
    let picture = synthetic_sized(model.spec().input, 1, 3).test.picture(1);
    let asked = |layer: &str, channel, tap| OverviewOptions {
        gradient: Some(GradientOf::Loss(3)),
        weight: Some(WeightPlace {
            layer: layer.to_owned(),
            filter: 5,
            channel,
            tap,
        }),
        ..OverviewOptions::forward(64, 5)
    };
    for (layer, channel, tap) in [("conv1", 0, [0, 2]), ("conv2", 7, [2, 1])] {
        let asked = asked(layer, channel, tap);
        let found = overview(&model, &picture, &asked).unwrap();
        let apart = found.weight.unwrap();
        let products = apart
            .terms
            .iter()
            .map(|t| f64::from(t.input) * f64::from(t.of_sum));
        let sum: f64 = products.sum();
        assert!(!apart.terms.is_empty() && apart.gradient != 0.0);
        let near = (sum - f64::from(apart.gradient)).abs() < 1e-5 * (1.0 + sum.abs());
        assert!(near, "{sum}, {}", apart.gradient);
        let column = found.columns.iter().position(|column| column.name == layer);
        let edge = found.edges.iter().find(|edge| {
            let from = &found.columns[edge.from.0].nodes[edge.from.1];
            let to = &found.columns[edge.to.0].nodes[edge.to.1];
            Some(edge.to.0) == column && to.channel == 5 && from.channel == channel
        });
        if let Some(kernel) = edge.and_then(|edge| edge.kernel.as_ref()) {
            let at = tap[0] * kernel.size[1] + tap[1];
            let shown = [kernel.weights[at], kernel.gradient[at]].map(f32::to_bits);
            assert_eq!(shown, [apart.weight, apart.gradient].map(f32::to_bits));
        }
    }
    let none = overview(&model, &picture, &asked("conv1", 1, [0, 0])).unwrap();
    assert_eq!(none.weight, None, "the picture has one channel");
}
