//! The gradient against differences in double precision, and what the pictures must be.

use super::ascent::{Raised, gradient};
use super::*;
use crate::dataset::{self, Dataset};
use crate::explore::{Region, excitations, receptive_field};
use crate::network::{
    Activation, LayerSpec, NetworkSpec, Normalization, Padding, Parameters, Preset, Real, Sides,
    weights,
};
use candle_core::{Device, Tensor};

fn pool(threads: usize) -> ThreadPool {
    let builder = rayon::ThreadPoolBuilder::new().num_threads(threads);
    builder.build().unwrap()
}

fn bare_conv(filters: usize, kernel: usize, groups: usize) -> LayerSpec {
    LayerSpec::Conv {
        filters,
        kernel: Sides::square(kernel),
        stride: Sides::square(1),
        dilation: Sides::square(1),
        groups,
        padding: Padding::Valid,
        bias: true,
        activation: Activation::None,
    }
}

fn colour_network() -> Model {
    let mut spec = NetworkSpec::new(vec![
        LayerSpec::conv(4, 3, Padding::Valid),
        LayerSpec::MAX_POOL,
        bare_conv(6, 3, 2),
    ]);
    spec.input = PictureSize {
        height: 12,
        width: 11,
        channels: 3,
    };
    spec.normalization = Some(Normalization {
        mean: [0.3, 0.4, 0.5].map(Real::new).to_vec(),
        deviation: [0.2, 0.25, 0.3].map(Real::new).to_vec(),
    });
    Model::random(&spec, 5).unwrap()
}

/// `(rows, columns, channels)` in double precision.
struct Maps {
    sides: [usize; 3],
    values: Vec<f64>,
}

impl Maps {
    fn at(&self, [row, column, channel]: [usize; 3]) -> f64 {
        self.values[(row * self.sides[1] + column) * self.sides[2] + channel]
    }

    fn of(sides: [usize; 3], value: impl Fn([usize; 3]) -> f64) -> Self {
        let [rows, columns, channels] = sides;
        let mut values = Vec::new();
        for row in 0..rows {
            for column in 0..columns {
                values.extend((0..channels).map(|channel| value([row, column, channel])));
            }
        }
        Self { sides, values }
    }

    /// A valid convolution, written as its definition.
    fn convolved(&self, parameters: &Parameters, groups: usize) -> Self {
        let w: Vec<f32> = parameters.weight.flatten_all().unwrap().to_vec1().unwrap();
        let (height, width, seen, filters) = parameters.weight.dims4().unwrap();
        let bias = parameters.biases(filters).unwrap();
        let sides = [
            self.sides[0] + 1 - height,
            self.sides[1] + 1 - width,
            filters,
        ];
        Self::of(sides, |[row, column, filter]| {
            let mut sum = f64::from(bias[filter]);
            let first = filter / (filters / groups) * seen;
            for (place, weight) in w.iter().skip(filter).step_by(filters).enumerate() {
                let [y, x, channel] = [place / seen / width, place / seen % width, place % seen];
                sum += f64::from(*weight) * self.at([row + y, column + x, first + channel]);
            }
            sum
        })
    }

    fn pooled(&self) -> Self {
        let [rows, columns, channels] = self.sides;
        Self::of(
            [rows / 2, columns / 2, channels],
            |[row, column, channel]| {
                let window = [(0, 0), (0, 1), (1, 0), (1, 1)];
                let cells = window.map(|(y, x)| self.at([2 * row + y, 2 * column + x, channel]));
                cells.into_iter().fold(f64::NEG_INFINITY, f64::max)
            },
        )
    }
}

/// What is raised of a filter of the second convolution of [`colour_network`], in double precision.
fn reference(model: &Model, filter: usize, raised: Raised, pixels: &[f64]) -> f64 {
    let scaling = model.spec().normalization.clone().unwrap();
    let input = Maps::of([12, 11, 3], |[row, column, channel]| {
        let mean = f64::from(scaling.mean[channel].get());
        let deviation = f64::from(scaling.deviation[channel].get());
        (pixels[(row * 11 + column) * 3 + channel] - mean) / deviation
    });
    let mut maps = input.convolved(model.parameters(0).unwrap(), 1);
    maps.values
        .iter_mut()
        .for_each(|value| *value = value.max(0.0));
    let maps = maps.pooled().convolved(model.parameters(2).unwrap(), 2);
    assert_eq!(maps.sides, [3, 2, 6]);
    let map = maps.values.iter().skip(filter).step_by(6);
    let leak = f64::from(raised.leak);
    match raised.objective {
        Objective::Neuron => maps.at([1, 1, filter]),
        Objective::Channel => map.map(|v| v.max(leak * v)).sum::<f64>() / 6.0,
    }
}

#[test]
fn the_gradient_is_that_of_differences_in_double_precision() {
    let model = colour_network();
    let pixels: Vec<f32> = (0..12 * 11 * 3)
        .map(|i| (i * 37 % 101) as f32 / 100.0)
        .collect();
    for (objective, filter) in [
        (Objective::Neuron, 1),
        (Objective::Neuron, 4),
        (Objective::Channel, 0),
        (Objective::Channel, 5),
    ] {
        let raised = Raised {
            objective,
            leak: 0.25,
        };
        let channel = model.channel(2, filter).unwrap();
        let found = gradient(&model, 2, &channel, raised, &pixels).unwrap();
        let at: Vec<f64> = pixels.iter().map(|&pixel| f64::from(pixel)).collect();
        let mut largest = 0.0_f64;
        for place in 0..pixels.len() {
            let moved = |by: f64| {
                let mut moved = at.clone();
                moved[place] += by;
                reference(&model, filter, raised, &moved)
            };
            let expected = (moved(1e-6) - moved(-1e-6)) / 2e-6;
            largest = largest.max(expected.abs());
            let error = (f64::from(found[place]) - expected).abs();
            assert!(
                error < 1e-4,
                "{objective:?} {filter}, {place}: {} {expected}",
                found[place]
            );
        }
        assert!(largest > 0.1, "not a test");
    }
}

#[test]
fn the_same_seed_gives_the_same_picture_on_any_number_of_threads() {
    let model = colour_network();
    let all = targets(&model, 2).unwrap();
    let settings = PreferredSettings {
        objective: Objective::Channel,
        start: Start::Noise,
        steps: 12,
        seed: 3,
    };
    let find = |settings: &PreferredSettings, threads| {
        let progress = Progress::default();
        let found = preferred_inputs(&model, &all, settings, &pool(threads), &progress);
        assert!((progress.share() - 1.0).abs() < 1e-6);
        found.unwrap()
    };
    let one = find(&settings, 1);
    assert_eq!(one, find(&settings, 4));
    let alone = preferred_input(&model, all[3], &settings, &Progress::default()).unwrap();
    assert_eq!(alone, one[3]);
    let other = PreferredSettings {
        seed: 4,
        ..settings
    };
    assert_ne!(one[3].picture, find(&other, 2)[3].picture);
}

#[test]
fn it_ends_when_it_is_cancelled() {
    let model = Model::random(&Preset::Conv16.spec(), 3).unwrap();
    let progress = Progress::default();
    progress.cancel();
    let found = preferred_inputs(
        &model,
        &targets(&model, 2).unwrap(),
        &PreferredSettings::default(),
        &pool(2),
        &progress,
    );
    assert!(matches!(found, Err(TestSetError::Cancelled)));
    assert!(progress.share() < 0.01);
}

fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let centred = |values: &[f32]| -> Vec<f32> {
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        values.iter().map(|value| value - mean).collect()
    };
    let (a, b) = (centred(a), centred(b));
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    dot(&a, &b) / (dot(&a, &a) * dot(&b, &b)).sqrt()
}

/// What a linear filter answers to most at one place is white where its kernel is above zero and black where it is below.
#[test]
fn a_linear_filters_picture_is_like_its_kernel() {
    let mut spec = NetworkSpec::new(vec![bare_conv(6, 5, 1)]);
    spec.input.height = 17;
    spec.input.width = 15;
    let model = Model::random(&spec, 8).unwrap();
    let kernels = crate::explore::kernels(&model, 0).unwrap();
    for target in targets(&model, 0).unwrap() {
        let settings = PreferredSettings::default();
        let found = preferred_input(&model, target, &settings, &Progress::default()).unwrap();
        let kernel = kernels.filter(target.channel);
        let (top, left) = (13 / 2, 11 / 2);
        let row = |y: usize| &found.picture.bytes()[(top + y) * 15 + left..][..5];
        let patch: Vec<f32> = (0..5).flat_map(row).map(|&byte| f32::from(byte)).collect();
        let alike = correlation(&patch, kernel);
        assert!(alike > 0.75, "{target:?}: {alike}");
        let most: f32 =
            kernel.iter().map(|w| w.max(0.0)).sum::<f32>() + kernels.biases[target.channel];
        let reached = found.reached.largest;
        assert!(
            reached <= most + 1e-4 && reached > 0.9 * most,
            "{reached} of {most}"
        );
        assert_eq!(
            found.picture.bytes()[0].abs_diff(128),
            0,
            "not seen, and grey"
        );
    }
}

#[test]
fn the_built_in_networks_pictures_excite_more_than_any_test_image() {
    let model = weights::built_in().unwrap();
    let Dataset { test, .. } = dataset::synthetic(1, 600);
    let pool = pool(2);
    let progress = Progress::default();
    let found = excitations(&model, 2, &test, &pool, &progress).unwrap();
    let strongest = strongest_responses(&model, 2, &test, &pool, &progress).unwrap();
    let settings = PreferredSettings::default();
    let some: Vec<Target> = [0, 5, 17, 40]
        .map(|channel| Target { layer: 2, channel })
        .to_vec();
    let inputs = preferred_inputs(&model, &some, &settings, &pool, &progress).unwrap();
    for input in inputs {
        let most = found.most(input.target.channel, 1)[0].before_relu;
        // Two ways to the same number: all filters at once as the window does, and each channel here.
        assert!((most - strongest[input.target.channel].largest).abs() < 1e-4);
        assert!(
            !input.is_dead && input.reached.largest > 1.1 * most,
            "{input:?} {most}"
        );
        assert!(input.start.largest < input.reached.largest);
    }
    let last = model.layers().len() - 1;
    let strongest = strongest_responses(&model, last, &test, &pool, &progress).unwrap();
    for target in targets(&model, last).unwrap().into_iter().take(3) {
        let input = preferred_input(&model, target, &settings, &progress).unwrap();
        let (reached, most) = (input.reached.largest, strongest[target.channel].largest);
        assert!(reached > most, "class {}: {reached} {most}", target.channel);
    }
}

#[test]
fn over_the_map_the_mean_grows_and_one_place_alone_is_left_grey_around() {
    let model = weights::built_in().unwrap();
    let target = Target {
        layer: 2,
        channel: 10,
    };
    let find = |objective| {
        let settings = PreferredSettings {
            objective,
            ..PreferredSettings::default()
        };
        preferred_input(&model, target, &settings, &Progress::default()).unwrap()
    };
    let (neuron, channel) = (find(Objective::Neuron), find(Objective::Channel));
    assert!(channel.reached.mean > 3.0 * neuron.reached.mean);
    let field = receptive_field(model.layers(), 2, Region::cell(5, 5))[0];
    for (place, byte) in neuron.picture.bytes().iter().enumerate() {
        let (row, column) = ((place / 28) as isize, (place % 28) as isize);
        let (down, right) = (row - field.row, column - field.column);
        let is_seen = (0..field.height as isize).contains(&down)
            && (0..field.width as isize).contains(&right);
        let is_near = byte.abs_diff(128) < 40;
        assert!(is_seen || is_near, "row {row}, column {column}: {byte}");
    }
}

#[test]
fn a_filter_that_nothing_excites_is_dead() {
    let mut spec = NetworkSpec::new(vec![LayerSpec::conv(3, 3, Padding::Valid)]);
    spec.classes = 2;
    let model = Model::random(&spec, 1).unwrap();
    let mut tensors: Vec<Tensor> = Vec::new();
    for p in (0..model.layers().len()).filter_map(|index| model.parameters(index)) {
        tensors.extend(p.tensors().cloned());
    }
    let device = &Device::Cpu;
    // The first can do, the second is always below zero, the third sees nothing.
    let weights: Vec<f32> = (0..27)
        .map(|i| if i % 3 == 2 { 0.0 } else { 0.1 })
        .collect();
    tensors[0] = Tensor::from_vec(weights, (3, 3, 1, 3), device).unwrap();
    tensors[1] = Tensor::from_vec(vec![0.0_f32, -5.0, 2.0], 3, device).unwrap();
    let model = model.with_tensors(tensors).unwrap();
    for objective in [Objective::Neuron, Objective::Channel] {
        let settings = PreferredSettings {
            objective,
            ..PreferredSettings::default()
        };
        let dead = targets(&model, 0).unwrap().into_iter().map(|target| {
            let found = preferred_input(&model, target, &settings, &Progress::default());
            found.unwrap().is_dead
        });
        assert_eq!(
            dead.collect::<Vec<_>>(),
            [false, true, true],
            "{objective:?}"
        );
    }
}

#[test]
fn a_test_picture_to_begin_with_is_still_to_be_seen() {
    let model = weights::built_in().unwrap();
    let picture = dataset::synthetic(1, 1).test.picture(0);
    let settings = PreferredSettings {
        start: Start::Picture(picture.clone()),
        ..PreferredSettings::default()
    };
    let target = Target {
        layer: 0,
        channel: 1,
    };
    let found = preferred_input(&model, target, &settings, &Progress::default()).unwrap();
    let both = [&picture, &found.picture].map(|picture| -> Vec<f32> {
        picture
            .bytes()
            .iter()
            .map(|&byte| f32::from(byte))
            .collect()
    });
    assert!(correlation(&both[0], &both[1]) > 0.95);
    assert_ne!(picture, found.picture);
}

#[test]
fn what_the_network_does_not_have_is_refused() {
    let model = Model::random(&Preset::Conv16.spec(), 3).unwrap();
    let error = |layer, channel| {
        let settings = PreferredSettings::default();
        let target = Target { layer, channel };
        let found = preferred_input(&model, target, &settings, &Progress::default());
        found.unwrap_err().to_string()
    };
    assert!(error(1, 0).contains("pool1") && error(1, 0).contains("conv1, conv2, dense1"));
    assert!(error(0, 16).contains("choose 0 to 15"));
    assert!(error(99, 0).contains("choose one of"));
}
