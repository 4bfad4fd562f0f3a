//! Receptive fields by brute force: light a single cell and see which outputs answer.

use candle_core::{Device, Tensor};
use convlens_core::explore::{Region, receptive_field};
use convlens_core::network::{Layer, LayerKind, Model, NetworkSpec, Parameters, Shape};
use proptest::prelude::*;

use super::support::map_layers;

/// Rows, columns and channels of maps; one row of a vector.
fn size(shape: Shape) -> (usize, usize, usize) {
    match shape {
        Shape::Maps {
            channels,
            height,
            width,
        } => (height, width, channels),
        Shape::Vector(units) => (1, units, 1),
    }
}

/// A network in which nothing cancels and nothing dies: positive weights, no bias.
fn positive(spec: &NetworkSpec) -> Model {
    let random = Model::random(spec, 5).unwrap();
    let parameters = (0..random.layers().len()).filter_map(|index| random.parameters(index));
    let parameters = parameters.map(|p| Parameters {
        weight: ((p.weight.abs().unwrap() * 0.5).unwrap() + 0.01).unwrap(),
        bias: p.bias.zeros_like().unwrap(),
    });
    Model::from_parameters(spec, parameters.collect()).unwrap()
}

fn apply(model: &Model, index: usize, x: &Tensor) -> Tensor {
    let layer = &model.layers()[index];
    match (layer.kind, model.parameters(index)) {
        (LayerKind::Conv { padding, .. }, Some(p)) => {
            convlens_kernels::conv_relu(x, &p.weight, &p.bias, padding).unwrap()
        }
        (LayerKind::MaxPool, _) => convlens_kernels::max_pool(x).unwrap(),
        (_, Some(p)) => {
            convlens_kernels::dense(&x.flatten_from(1).unwrap(), &p.weight, &p.bias).unwrap()
        }
        (kind, None) => panic!("{kind:?} without weights"),
    }
}

/// For each cell of a layer's input, lit alone in all channels: which cells of each layer from there on answer.
fn answers(model: &Model, from: usize) -> Vec<Vec<f32>> {
    let (height, width, channels) = size(model.layers()[from].input);
    let cells = height * width;
    let mut lit = vec![0.0_f32; cells * cells * channels];
    for cell in 0..cells {
        lit[(cell * cells + cell) * channels..][..channels].fill(1.0);
    }
    let shape = (cells, height, width, channels);
    let mut x = Tensor::from_vec(lit, shape, &Device::Cpu).unwrap();
    (from..model.layers().len())
        .map(|index| {
            x = apply(model, index, &x);
            let (height, width, channels) = size(model.layers()[index].output);
            let per_cell = x.reshape((cells, height * width, channels)).unwrap();
            per_cell
                .max(2)
                .unwrap()
                .flatten_all()
                .unwrap()
                .to_vec1()
                .unwrap()
        })
        .collect()
}

fn check(layers: &[Layer], from: usize, to: usize, answers: &[f32]) {
    let (height, width, _) = size(layers[from].input);
    let (rows, columns, _) = size(layers[to].output);
    for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
        let field = receptive_field(layers, to, Region::cell(row, column));
        assert_eq!(field.len(), to + 1);
        for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
            let answer = answers[(y * width + x) * rows * columns + row * columns + column];
            assert_eq!(
                field[from].contains(y, x),
                answer > 0.0,
                "({y}, {x}) before {} and ({row}, {column}) of {}: {:?}",
                layers[from].name,
                layers[to].name,
                field[from]
            );
        }
    }
}

fn networks() -> impl Strategy<Value = NetworkSpec> {
    prop::collection::vec(map_layers(2), 1..6)
        .prop_map(NetworkSpec::new)
        .prop_filter("possible", |spec| spec.plan().is_ok())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn exactly_the_cells_in_the_field_change_an_output(spec in networks()) {
        let model = positive(&spec);
        for from in 0..model.layers().len() {
            for (answers, to) in answers(&model, from).iter().zip(from..) {
                check(model.layers(), from, to, answers);
            }
        }
    }
}
