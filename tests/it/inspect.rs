//! The arithmetic of single values against stock candle: every figure shown, over random networks.

use candle_core::Tensor;
use convlens_core::explore::{
    Activated, Arithmetic, ConvSum, DenseSum, NormSum, Passed, Place, PoolChoice, Region, Source,
    activations, inspect,
};
use convlens_core::network::{Input, Join, Layer, LayerKind, Model, Shape, weights};
use proptest::prelude::*;

use super::independent::{networks, networks_of_any_layers, pictures, stock, stock_convolution};

/// Largest difference between two float32 computations, against the largest of the values.
const ROUNDING: f64 = 2e-4;

fn number(tensor: &Tensor, at: &[usize]) -> f64 {
    let place = at.iter().fold(tensor.clone(), |t, &i| t.get(i).unwrap());
    f64::from(place.to_scalar::<f32>().unwrap())
}

fn largest(tensor: &Tensor) -> f64 {
    let values: Vec<f32> = tensor.flatten_all().unwrap().to_vec1().unwrap();
    f64::from(values.iter().fold(1e-3_f32, |m, v| m.max(v.abs())))
}

fn near(ours: f64, stock: f64, scale: f64, what: &str) {
    assert!(
        (ours - stock).abs() <= ROUNDING * scale,
        "{what}: {ours}, stock {stock}"
    );
}

/// The layer's weights as candle reads them from the saved file, and its bias where it has one.
fn saved(model: &Model, name: &str) -> (Tensor, Option<Tensor>) {
    let bytes = weights::to_bytes(model).unwrap();
    let file = candle_core::safetensors::load_buffer(&bytes, &candle_core::Device::Cpu).unwrap();
    let tensor = |part| file.get(&format!("{name}.{part}")).cloned();
    (tensor("weight").unwrap(), tensor("bias"))
}

/// Each channel's partial sum is the stock convolution of that channel alone.
fn check_conv(sum: &ConvSum, layer: &Layer, place: Place, below: &Tensor, model: &Model) {
    let LayerKind::Conv { window, groups, .. } = layer.kind else {
        panic!("{} is no convolution", layer.name)
    };
    let (weight, bias) = saved(model, &layer.name);
    let scale = largest(below) * largest(&weight) * (sum.rows * sum.columns) as f64;
    let (inputs, depth) = (below.dim(1).unwrap(), weight.dim(1).unwrap());
    let group = place.channel / (layer.output.channels() / groups);
    for channel in &sum.channels {
        let alone = below.narrow(1, channel.channel, 1).unwrap();
        let slice = weight
            .narrow(0, place.channel, 1)
            .unwrap()
            .narrow(1, channel.channel - group * depth, 1)
            .unwrap();
        let map = stock_convolution(&alone, &slice, window, 1).unwrap();
        let stock = number(&map, &[0, 0, place.row, place.column]);
        near(channel.sum, stock, scale, "a partial sum");
        let products = channel.patch.iter().zip(&channel.kernel);
        let products: f64 = products.map(|(x, w)| f64::from(*x) * f64::from(*w)).sum();
        near(channel.sum, products, 1e-9, "the products shown");
        let kernel: Vec<f32> = slice.flatten_all().unwrap().to_vec1().unwrap();
        assert_eq!(channel.kernel, kernel, "row by row, not flipped");
    }
    let ranked = sum.channels.windows(2);
    assert!(
        ranked
            .into_iter()
            .all(|pair| pair[0].sum.abs() >= pair[1].sum.abs())
    );
    let mut seen: Vec<usize> = sum.channels.iter().map(|c| c.channel).collect();
    seen.sort_unstable();
    assert_eq!(depth, inputs / groups);
    assert!(seen.into_iter().eq(group * depth..(group + 1) * depth));
    let partial: f64 = sum.channels.iter().map(|channel| channel.sum).sum();
    near(sum.sum, partial, 1e-9, "the sum of all products");
    let bias = bias.map_or(0.0, |bias| number(&bias, &[place.channel]));
    near(sum.bias.into(), bias, 1e-9, "the bias");
    near(sum.before_relu, sum.sum + bias, 1e-9, "before ReLU");
}

/// The values of a window as they stand in the map below it, row by row.
fn check_window(values: &[f32], window: Region, channel: usize, below: &Tensor) {
    let cells: Vec<(usize, usize)> = window.cells().collect();
    assert_eq!(values.len(), cells.len());
    for (&value, (row, column)) in values.iter().zip(cells) {
        let stock = number(below, &[0, channel, row, column]);
        near(value.into(), stock, largest(below), "a value of a window");
    }
}

fn check_pool(choice: &PoolChoice, place: Place, below: &Tensor, value: f32) {
    check_window(&choice.candidates, choice.window, place.channel, below);
    for (position, &candidate) in choice.candidates.iter().enumerate() {
        let loses = candidate < value || (position > choice.winner && candidate <= value);
        assert!(loses || position == choice.winner, "{choice:?}");
        if position == choice.winner {
            assert_eq!(candidate.to_bits(), value.to_bits());
        }
    }
    let equals = choice.candidates.iter().filter(|c| **c >= value).count();
    assert_eq!(choice.equals, equals);
}

fn check_dense(sum: &DenseSum, layer: &Layer, place: Place, below: &Tensor, model: &Model) {
    let (weight, bias) = saved(model, &layer.name);
    let scale = largest(below) * largest(&weight);
    for term in &sum.terms {
        let flat = match (term.input, layer.input) {
            (Source::Unit(unit), Shape::Vector(_)) => unit,
            (
                Source::Cell {
                    channel,
                    row,
                    column,
                },
                Shape::Maps { height, width, .. },
            ) => (channel * height + row) * width + column,
            (source, shape) => panic!("{source:?} in {shape:?}"),
        };
        let inputs = below.flatten_from(1).unwrap();
        near(
            term.value.into(),
            number(&inputs, &[0, flat]),
            largest(below),
            "an input",
        );
        near(
            term.weight.into(),
            number(&weight, &[place.channel, flat]),
            1e-12,
            "a weight",
        );
        near(
            term.product,
            f64::from(term.value) * f64::from(term.weight),
            1e-12,
            "a product",
        );
    }
    let row = weight.get(place.channel).unwrap();
    let products = below
        .flatten_from(1)
        .unwrap()
        .get(0)
        .unwrap()
        .mul(&row)
        .unwrap();
    let mut ranked: Vec<f32> = products.abs().unwrap().to_vec1().unwrap();
    ranked.sort_by(|a, b| b.total_cmp(a));
    for (term, stock) in sum.terms.iter().zip(&ranked) {
        near(term.product.abs(), f64::from(*stock), scale, "a rank");
    }
    assert_eq!(sum.terms.len() + sum.rest_count, ranked.len());
    let listed: f64 = sum.terms.iter().map(|term| term.product).sum();
    near(sum.sum, listed + sum.rest, 1e-9, "terms and the rest");
    let bias = bias.map_or(0.0, |bias| number(&bias, &[place.channel]));
    near(sum.before_relu, sum.sum + bias, 1e-9, "before ReLU");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_figure_is_stock_candles(
        spec in prop_oneof![networks(), networks_of_any_layers()],
        seed in 0..1000_u64,
        at in prop::array::uniform3(0.0..1.0_f64),
    ) {
        let test = pictures(1);
        let model = Model::random(&spec, seed).unwrap();
        let pixels = model.input([test.image(0)]).unwrap();
        let pixels = pixels.reshape((1, 1, 28, 28)).unwrap();
        let (outputs, _) = stock(&model, &pixels).unwrap();
        let maps = activations(&model, [test.image(0)]).unwrap();
        for (index, layer) in model.layers().iter().enumerate() {
            let choose = |share: f64, count: usize| (share * count as f64) as usize;
            let (channels, height, width) = layer.output.extent();
            let place = Place {
                layer: index,
                channel: choose(at[0], channels),
                row: choose(at[1], height),
                column: choose(at[2], width),
            };
            let inspection = inspect(&model, test.image(0), place).unwrap();
            let below = match layer.inputs[0] {
                Input::Pictures => &pixels,
                Input::Layer(before) => &outputs[before],
            };
            // Two numbers whose difference is small are as exact as they are large.
            let scale = largest(&outputs[index]).max(largest(below));
            let stock = match layer.output {
                Shape::Maps { .. } => number(&outputs[index], &[0, place.channel, place.row, place.column]),
                Shape::Vector(_) => number(&outputs[index], &[0, place.channel]),
            };
            near(inspection.value.into(), stock, scale, &layer.name);
            near(inspection.computed(), stock, scale, &layer.name);
            prop_assert!(inspection.difference().abs() <= ROUNDING * scale);
            if let Some(layer) = maps.layers.iter().find(|maps| maps.layer == index) {
                let shown = layer.map(0, place.channel).unwrap()[place.row * width + place.column];
                prop_assert_eq!(shown.to_bits(), inspection.value.to_bits());
            }
            match &inspection.arithmetic {
                Arithmetic::Conv(sum) => check_conv(sum, layer, place, below, &model),
                Arithmetic::Pool(choice) => check_pool(choice, place, below, inspection.value),
                Arithmetic::Mean(mean) => {
                    check_window(&mean.values, mean.window, place.channel, below);
                }
                Arithmetic::Norm(NormSum { value, .. })
                | Arithmetic::Activation(Activated { value, .. })
                | Arithmetic::Dropout(Passed { value, .. }) => {
                    let at = [0, place.channel, place.row, place.column];
                    let stock = number(below, &at[..below.rank()]);
                    near((*value).into(), stock, largest(below), "the number before");
                }
                Arithmetic::Branches(handed) => {
                    let is_concatenated = layer.kind == LayerKind::Join(Join::Concatenate);
                    let count = if is_concatenated { 1 } else { layer.inputs.len() };
                    prop_assert_eq!(handed.len(), count);
                    for branch in handed {
                        let from = model.layers().iter().position(|l| Some(&l.name) == branch.from.as_ref());
                        let from = from.map_or(&pixels, |from| &outputs[from]);
                        let at = [0, branch.channel, place.row, place.column];
                        let stock = number(from, &at[..from.rank()]);
                        near(branch.value.into(), stock, largest(from), "what a branch hands on");
                    }
                }
                Arithmetic::Dense(sum) => {
                    check_dense(sum, layer, place, below, &model);
                    let is_output = layer.kind == LayerKind::Output;
                    prop_assert_eq!(sum.classes.is_some(), is_output);
                    let softmax = candle_nn::ops::softmax(&outputs[index], 1).unwrap();
                    for (class, score) in sum.classes.iter().flatten().enumerate() {
                        near(score.probability, number(&softmax, &[0, class]), 1.0, "softmax");
                        near(score.logit.into(), number(&outputs[index], &[0, class]), scale, "a logit");
                    }
                }
            }
        }
    }
}
