//! Receptive fields by brute force: light a single cell and see which outputs answer.

use candle_core::{Device, Tensor};
use convlens_core::dataset::PictureSize;
use convlens_core::explore::{Region, receptive_field};
use convlens_core::network::{
    Activation, Layer, LayerKind, LayerSpec, Model, NetworkSpec, Padding, Parameters, Shape,
    weights,
};
use proptest::prelude::*;

use super::independent::{PARTS, stock_layer};
use super::support::{any_map_layer, block, map_layers};

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
    let parameters = parameters.map(|p| {
        let weight = ((p.weight.abs().unwrap() * 0.5).unwrap() + 0.01).unwrap();
        Parameters {
            weight,
            bias: p.bias.as_ref().map(|b| b.zeros_like().unwrap()),
            running: p.running.clone(),
        }
    });
    Model::from_parameters(spec, parameters.collect()).unwrap()
}

fn apply(model: &Model, index: usize, x: &Tensor) -> Tensor {
    let layer = &model.layers()[index];
    let x = match x.rank() {
        4 => x.permute((0, 3, 1, 2)).unwrap().contiguous().unwrap(),
        _ => x.clone(),
    };
    let bytes = weights::to_bytes(model).unwrap();
    let file = candle_core::safetensors::load_buffer(&bytes, &Device::Cpu).unwrap();
    let own = PARTS.iter();
    let own = own.filter_map(|part| file.get(&format!("{}.{part}", layer.name)).cloned());
    let y = stock_layer(layer.kind, &x, &own.collect::<Vec<_>>(), false).unwrap();
    match y.rank() {
        4 => y.permute((0, 2, 3, 1)).unwrap().contiguous().unwrap(),
        _ => y,
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

/// Strides and dilation leave holes in a field, which is the smallest rectangle around the cells that count.
fn check_rectangle(layers: &[Layer], from: usize, to: usize, answers: &[f32]) {
    let (height, width, _) = size(layers[from].input);
    let (rows, columns, _) = size(layers[to].output);
    for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
        let field = receptive_field(layers, to, Region::cell(row, column))[from];
        let counts = (0..height).flat_map(|y| (0..width).map(move |x| (y, x)));
        let counts: Vec<(usize, usize)> = counts
            .filter(|(y, x)| {
                answers[(y * width + x) * rows * columns + row * columns + column] > 0.0
            })
            .collect();
        let what = format!(
            "before {} and ({row}, {column}) of {}: {field:?}",
            layers[from].name, layers[to].name
        );
        assert!(counts.iter().all(|&(y, x)| field.contains(y, x)), "{what}");
        // Of one layer without holes it is no larger than it has to be.
        let whole = match layers[to].kind {
            LayerKind::Conv { window, .. } => window.dilation == [1, 1],
            _ => true,
        };
        if field.cells().next().is_some() && from == to && whole {
            let ends = |of: fn(&(usize, usize)) -> usize| {
                let values = || counts.iter().map(of);
                (values().min().unwrap(), values().max().unwrap() + 1)
            };
            let (top, bottom) = ends(|cell| cell.0);
            let (left, right) = ends(|cell| cell.1);
            let drawn: Vec<(usize, usize)> = field.cells().collect();
            assert_eq!(drawn.first(), Some(&(top, left)), "{what}");
            assert_eq!(drawn.last(), Some(&(bottom - 1, right - 1)), "{what}");
        }
    }
}

/// Layers of any window, whose activations leave what is positive positive and zero zero.
fn networks_of_any_windows() -> impl Strategy<Value = NetworkSpec> {
    let layer = any_map_layer().prop_map(|layer| match layer {
        LayerSpec::Conv {
            kernel,
            stride,
            dilation,
            groups,
            padding,
            ..
        } => LayerSpec::Conv {
            filters: 2,
            kernel,
            stride,
            dilation,
            groups,
            padding,
            bias: false,
            activation: Activation::Relu,
        },
        LayerSpec::Activation { .. } => LayerSpec::Activation {
            function: Activation::None,
        },
        other => other,
    });
    prop::collection::vec(layer, 1..4)
        .prop_map(NetworkSpec::new)
        .prop_filter("possible", |spec| spec.plan().is_ok())
}

fn networks() -> impl Strategy<Value = NetworkSpec> {
    prop::collection::vec(map_layers(2), 1..6)
        .prop_map(NetworkSpec::new)
        .prop_filter("possible", |spec| spec.plan().is_ok())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn with_strides_and_dilation_the_field_is_the_rectangle_around_them(
        spec in networks_of_any_windows(),
    ) {
        let model = positive(&spec);
        for from in 0..model.layers().len() {
            for (answers, to) in answers(&model, from).iter().zip(from..) {
                check_rectangle(model.layers(), from, to, answers);
            }
        }
    }

    #[test]
    fn through_branches_it_is_the_rectangle_around_what_each_sees(layers in block()) {
        let input = PictureSize { height: 9, width: 11, channels: 1 };
        let layers = layers.into_iter().map(|layer| match layer {
            LayerSpec::Conv { filters, kernel, .. } => {
                LayerSpec::conv(filters, kernel.height, Padding::Same)
            }
            // It would subtract what a cell that is not lit has.
            LayerSpec::BatchNorm { .. } | LayerSpec::Activation { .. } => LayerSpec::Activation {
                function: Activation::None,
            },
            other => other,
        });
        let spec = NetworkSpec { input, ..NetworkSpec::new(layers.collect()) };
        let model = positive(&spec);
        let outputs = |picture: &[u8]| {
            let x = model.input([picture]).unwrap();
            model.activations(&x).unwrap()
        };
        let lit: Vec<_> = (0..input.len())
            .map(|pixel| {
                let mut picture = vec![0; input.len()];
                picture[pixel] = 255;
                outputs(&picture)
            })
            .collect();
        for (index, layer) in model.layers().iter().enumerate() {
            let Some((channels, height, width)) = layer.map_shape() else { continue };
            for cell in 0..height * width {
                let field = receptive_field(model.layers(), index, Region::cell(cell / width, cell % width))[0];
                let answering = (0..input.len()).filter(|pixel| {
                    let values: Vec<f32> = lit[*pixel][index].value.flatten_all().unwrap().to_vec1().unwrap();
                    values[cell * channels..(cell + 1) * channels].iter().any(|value| *value > 0.0)
                });
                let around = answering.fold(Region::NONE, |around, pixel| {
                    around.around(Region::cell(pixel / input.width, pixel % input.width))
                });
                prop_assert_eq!(field, around, "{} in {:?}", &layer.name, spec.label());
            }
        }
    }

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
