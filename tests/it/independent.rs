//! The whole network against stock candle operators, an independent implementation: logits,
//! gradients of every weight, feature maps.

use candle_core::{DType, Device, Result, Tensor, Var};
use std::sync::Arc;

use convlens_core::dataset::{Classes, Dataset, Origin, PictureSize, Pictures};
use convlens_core::explore::activations;
use convlens_core::network::{
    Activation, Input, Join, LayerKind, LayerSpec, Model, NetworkSpec, PoolKind, Window, weights,
};
use convlens_core::training::{RunConfig, Session};
use proptest::prelude::*;

use super::support::{any_activation, any_map_layer, block, map_layers};

/// One layer's output, `(images, channels, height, width)` or `(images, units)`, from its tensors in the order of the file: weight,
/// bias, running mean and variance. In training a batch normalization takes the batch's own mean and variance.
pub fn stock_layer(
    kind: LayerKind,
    x: &Tensor,
    parameters: &[Tensor],
    training: bool,
) -> Result<Tensor> {
    let biased = |y: Tensor, bias: bool| match (bias, y.rank()) {
        (false, _) => Ok(y),
        (true, 2) => y.broadcast_add(&parameters[1]),
        (true, _) => y.broadcast_add(&parameters[1].reshape((1, (), 1, 1))?),
    };
    match kind {
        LayerKind::Conv {
            window,
            groups,
            bias,
            activation,
        } => {
            let sums = stock_convolution(x, &parameters[0], window, groups)?;
            stock_activation(&biased(sums, bias)?, activation)
        }
        LayerKind::Pool {
            kind: PoolKind::Max,
            window,
        } => {
            // Not candle's `max_pool2d`, whose gradient is wrong. The first of equals is the largest.
            let cells = windows(x, window, -1e30)?;
            let mut largest = cells[0].clone();
            for cell in &cells[1..] {
                let larger = cell.gt(&largest)?.to_dtype(x.dtype())?;
                let not = (1.0 - &larger)?;
                largest = (largest.mul(&not)? + cell.mul(&larger)?)?;
            }
            Ok(largest)
        }
        LayerKind::Pool {
            kind: PoolKind::Average { counts_padding },
            window,
        } => {
            let sum = |x: &Tensor, around: f64| {
                let cells = windows(x, window, around)?;
                cells[1..]
                    .iter()
                    .try_fold(cells[0].clone(), |sum, cell| sum + cell)
            };
            let around = if counts_padding { 1.0 } else { 0.0 };
            sum(x, 0.0)?.div(&sum(&x.ones_like()?, around)?)
        }
        LayerKind::GlobalPool {
            kind: PoolKind::Max,
        } => {
            // Of the first of equals.
            let cells = x.flatten_from(2)?;
            cells.gather(&cells.argmax_keepdim(2)?, 2)?.squeeze(2)
        }
        LayerKind::GlobalPool {
            kind: PoolKind::Average { .. },
        } => x.flatten_from(2)?.mean(2),
        LayerKind::BatchNorm { epsilon, .. } => {
            let by_channel = |t: &Tensor| match x.rank() {
                2 => t.reshape((1, ())),
                _ => t.reshape((1, (), 1, 1)),
            };
            let (mean, variance) = if training {
                let rows = match x.rank() {
                    2 => x.clone(),
                    _ => x.permute((0, 2, 3, 1))?.flatten(0, 2)?,
                };
                let mean = rows.mean_keepdim(0)?;
                let variance = rows.broadcast_sub(&mean)?.sqr()?.mean(0)?;
                (mean.squeeze(0)?, variance)
            } else {
                (parameters[2].clone(), parameters[3].clone())
            };
            let deviation = (variance + f64::from(epsilon.get()))?.sqrt()?;
            x.broadcast_sub(&by_channel(&mean)?)?
                .broadcast_div(&by_channel(&deviation)?)?
                .broadcast_mul(&by_channel(&parameters[0])?)?
                .broadcast_add(&by_channel(&parameters[1])?)
        }
        LayerKind::Dropout { .. } | LayerKind::Branch => Ok(x.clone()),
        LayerKind::Join(_) => candle_core::bail!("a join reads several"),
        LayerKind::Activation(activation) => stock_activation(x, activation),
        LayerKind::Dense { bias, activation } => {
            let sums = x.flatten_from(1)?.matmul(&parameters[0].t()?)?;
            stock_activation(&biased(sums, bias)?, activation)
        }
        LayerKind::Output => biased(x.flatten_from(1)?.matmul(&parameters[0].t()?)?, true),
    }
}

/// The values at each place of a window, of all windows: as many tensors as a window has places, row by row.
fn windows(x: &Tensor, window: Window, around: f64) -> Result<Vec<Tensor>> {
    let mut padded = x.clone();
    for (axis, dim) in [2, 3].into_iter().enumerate() {
        let border = |padded: &Tensor, pixels: usize| {
            let mut shape = padded.dims().to_vec();
            shape[dim] = pixels;
            Tensor::zeros(shape, x.dtype(), x.device())? + around
        };
        if window.before[axis] > 0 {
            padded = Tensor::cat(&[border(&padded, window.before[axis])?, padded], dim)?;
        }
        if window.after[axis] > 0 {
            padded = Tensor::cat(&[padded.clone(), border(&padded, window.after[axis])?], dim)?;
        }
    }
    let places = |axis: usize, first: usize| {
        let reach = (window.size[axis] - 1) * window.dilation[axis] + 1;
        let count = (padded.dims()[axis + 2] - reach) / window.stride[axis] + 1;
        let start = first * window.dilation[axis];
        let places = (0..count).map(|at| (start + at * window.stride[axis]) as u32);
        Tensor::from_iter(places, x.device())
    };
    let mut cells = Vec::new();
    for row in 0..window.size[0] {
        let rows = padded.index_select(&places(0, row)?, 2)?;
        for column in 0..window.size[1] {
            cells.push(rows.index_select(&places(1, column)?, 3)?);
        }
    }
    Ok(cells)
}

/// Candle's convolution where the window is plain; else a matrix product for each place of the window, since candle's gradient does
/// not know strides over maps that are not square.
pub fn stock_convolution(
    x: &Tensor,
    weight: &Tensor,
    window: Window,
    groups: usize,
) -> Result<Tensor> {
    let plain = window.stride == [1, 1]
        && window.dilation == [1, 1]
        && window.before == window.after
        && window.before[0] == window.before[1];
    if plain {
        return x.conv2d(weight, window.before[0], 1, 1, groups);
    }
    let (filters, depth, _, columns) = weight.dims4()?;
    let cells = windows(x, window, 0.0)?;
    let of_group = |group: usize| {
        let each = filters / groups;
        let weight = weight.narrow(0, group * each, each)?;
        let mut sum: Option<Tensor> = None;
        for (place, cell) in cells.iter().enumerate() {
            let cell = cell.narrow(1, group * depth, depth)?;
            let (n, _, h, w) = cell.dims4()?;
            let rows = cell.permute((0, 2, 3, 1))?.reshape((n * h * w, depth))?;
            let matrix = weight
                .narrow(2, place / columns, 1)?
                .narrow(3, place % columns, 1)?;
            let product = rows.matmul(&matrix.reshape((each, depth))?.t()?)?;
            let product = product.reshape((n, h, w, each))?.permute((0, 3, 1, 2))?;
            sum = Some(match sum {
                Some(sum) => (sum + product)?,
                None => product,
            });
        }
        sum.unwrap().contiguous()
    };
    let parts: Vec<Tensor> = (0..groups).map(of_group).collect::<Result<_>>()?;
    Tensor::cat(&parts, 1)
}

/// What PyTorch and Keras document of each function, written with stock operators; where two pieces meet, the derivative of both.
pub fn stock_activation(z: &Tensor, activation: Activation) -> Result<Tensor> {
    let number = |mask: Tensor| mask.to_dtype(z.dtype());
    // `z` within the bounds, and the nearer bound beyond them.
    let clamped = |z: &Tensor, low: f64, high: f64| {
        let inside = number(z.gt(low)?)?.mul(&number(z.lt(high)?)?)?;
        let beyond = ((number(z.ge(high)?)? * high)? + (number(z.le(low)?)? * low)?)?;
        z.mul(&inside)? + beyond
    };
    let hard_sigmoid = |z: &Tensor| clamped(z, -3.0, 3.0)?.affine(1.0 / 6.0, 0.5);
    match activation {
        Activation::Relu => relu(z),
        Activation::None => Ok(z.clone()),
        Activation::LeakyRelu(slope) => {
            let slope = f64::from(slope.get());
            z.mul(&number(z.gt(0.0)?)?.affine(1.0 - slope, slope)?)
        }
        Activation::Relu6 => clamped(z, 0.0, 6.0),
        Activation::Elu(alpha) => z.elu(alpha.get().into()),
        Activation::Selu => z.elu(1.673_263_242_354_377_2)? * 1.050_700_987_355_480_5,
        Activation::Gelu => z.gelu_erf(),
        Activation::GeluTanh => z.gelu(),
        Activation::Silu => z.silu(),
        Activation::Tanh => z.tanh(),
        Activation::Sigmoid => (z.neg()?.exp()? + 1.0)?.recip(),
        Activation::HardSigmoid => hard_sigmoid(z),
        Activation::HardSilu => z.mul(&hard_sigmoid(z)?),
        Activation::HardTanh => clamped(z, -1.0, 1.0),
    }
}

/// ReLU with the derivative 0 at 0, as in Keras and PyTorch; candle's own has 1 there.
pub fn relu(x: &Tensor) -> Result<Tensor> {
    x.mul(&x.gt(0.0)?.to_dtype(x.dtype())?)
}

/// The network rebuilt from its saved file: the outputs of every layer, and its weights as
/// variables.
pub fn stock(model: &Model, pixels: &Tensor) -> Result<(Vec<Tensor>, Vec<Var>)> {
    let (outputs, variables) = stock_pass(model, pixels, false)?;
    Ok((outputs, variables.into_iter().flatten().collect()))
}

/// The same with the variables layer by layer, also as in training.
pub fn stock_pass(
    model: &Model,
    pixels: &Tensor,
    training: bool,
) -> Result<(Vec<Tensor>, Vec<Vec<Var>>)> {
    stock_pass_from(model, pixels, Vec::new(), training)
}

/// The same where the outputs of the first layers are given.
pub fn stock_pass_from(
    model: &Model,
    pixels: &Tensor,
    mut outputs: Vec<Tensor>,
    training: bool,
) -> Result<(Vec<Tensor>, Vec<Vec<Var>>)> {
    let bytes = weights::to_bytes(model)?;
    let file = candle_core::safetensors::load_buffer(&bytes, &Device::Cpu)?;
    let mut variables = Vec::new();
    for layer in &model.layers()[outputs.len()..] {
        let own = PARTS
            .iter()
            .filter_map(|part| file.get(&format!("{}.{part}", layer.name)))
            .map(|tensor| Var::from_tensor(&tensor.to_dtype(pixels.dtype())?))
            .collect::<Result<Vec<Var>>>()?;
        let tensors: Vec<Tensor> = own.iter().map(|var| var.as_tensor().clone()).collect();
        let inputs = layer.inputs.iter().map(|input| match input {
            Input::Pictures => pixels,
            Input::Layer(before) => &outputs[*before],
        });
        let inputs: Vec<&Tensor> = inputs.collect();
        let output = match layer.kind {
            LayerKind::Join(Join::Add) => {
                let sum = inputs[0].clone();
                inputs[1..]
                    .iter()
                    .try_fold(sum, |sum, other| sum + *other)?
            }
            LayerKind::Join(Join::Concatenate) => Tensor::cat(&inputs, 1)?,
            kind => stock_layer(kind, inputs[0], &tensors, training)?,
        };
        outputs.push(output);
        variables.push(own);
    }
    Ok((outputs, variables))
}

/// A layer's tensors in the file, in the order of [`stock_layer`].
pub const PARTS: [&str; 4] = ["weight", "bias", "running_mean", "running_var"];

/// Largest difference, relative to the largest value.
pub fn difference(a: &Tensor, b: &Tensor) -> f32 {
    let flat = |t: &Tensor| t.flatten_all().unwrap().to_vec1::<f32>().unwrap();
    let (a, b) = (flat(a), flat(b));
    assert_eq!(a.len(), b.len());
    let largest = b.iter().fold(1e-6_f32, |m, v| m.max(v.abs()));
    let apart = a
        .iter()
        .zip(&b)
        .fold(0.0_f32, |m, (x, y)| m.max((x - y).abs()));
    apart / largest
}

fn largest(a: &Tensor) -> f32 {
    let values: Vec<f32> = a.flatten_all().unwrap().to_vec1().unwrap();
    values
        .iter()
        .fold(1e-6_f32, |most, value| most.max(value.abs()))
}

/// Pictures without two equal neighbours: candle's `max` gives a tie's gradient to every one of
/// the equals, pooling to the first, and both are right.
pub fn pictures(count: usize) -> Pictures {
    let pixel = |place: usize| {
        let (image, y, x) = (place / 784, place / 28 % 28, place % 28);
        ((x * 7 + y * 37 + image * 11) % 251) as u8
    };
    let labels = (0..count).map(|image| (image * 3 % 10) as u8).collect();
    let pixels = (0..count * 784).map(pixel).collect();
    Pictures::new(PictureSize::FASHION_MNIST, pixels, labels, 10).unwrap()
}

pub fn networks() -> impl Strategy<Value = NetworkSpec> {
    let maps = prop::collection::vec(map_layers(20), 0..5);
    let dense = prop::collection::vec((1..=40_usize).prop_map(LayerSpec::dense), 0..3);
    (maps, dense)
        .prop_map(|(maps, dense)| NetworkSpec::new([maps, dense].concat()))
        .prop_filter("possible", |spec| spec.plan().is_ok())
}

/// Networks of every kind of layer but dropout, which no other program draws alike, with blocks of branches among them.
pub fn networks_of_any_layers() -> impl Strategy<Value = NetworkSpec> {
    let layer = any_map_layer().prop_map(|layer| vec![layer]);
    let maps = prop::collection::vec(prop_oneof![3 => layer, 1 => block()], 1..5);
    let maps = maps.prop_map(|parts| parts.concat());
    let global = prop::sample::select(vec![
        None,
        Some(LayerSpec::GlobalAveragePool),
        Some(LayerSpec::GlobalMaxPool),
    ]);
    let dense = (1..=24_usize, any::<bool>(), any_activation());
    let dense = dense.prop_map(|(units, bias, activation)| LayerSpec::Dense {
        units,
        bias,
        activation,
    });
    let behind = prop_oneof![3 => dense, 1 => Just(LayerSpec::BATCH_NORM)];
    (maps, global, prop::collection::vec(behind, 0..3))
        .prop_map(|(maps, global, dense)| {
            NetworkSpec::new(maps.into_iter().chain(global).chain(dense).collect())
        })
        .prop_filter("possible", |spec| spec.plan().is_ok())
}

/// Pictures of any size without two equal neighbours.
fn sized_pictures(size: PictureSize, count: usize) -> Pictures {
    let byte = |at: usize| {
        let (place, channel) = (at / size.channels, at % size.channels);
        let (image, y, x) = (
            place / size.pixels(),
            place / size.width % size.height,
            place % size.width,
        );
        ((x * 7 + y * 37 + image * 11 + channel * 89) % 251) as u8
    };
    let labels = (0..count).map(|image| (image * 3 % 10) as u8).collect();
    Pictures::new(
        size,
        (0..count * size.len()).map(byte).collect(),
        labels,
        10,
    )
    .unwrap()
}

/// Outputs, loss and gradients of a network, against the same rebuilt from its file in stock candle.
fn agrees_with_stock_candle(
    spec: &NetworkSpec,
    test: &Pictures,
    seed: u64,
) -> std::result::Result<(), TestCaseError> {
    let (images, size) = (test.len(), test.size());
    let labels = test.labels();
    let model = Model::random(spec, seed).unwrap();
    let x = model.input((0..images).map(|i| test.image(i))).unwrap();
    let pixels = x.permute((0, 3, 1, 2)).unwrap().contiguous().unwrap();
    prop_assert_eq!(
        pixels.dims(),
        &[images, size.channels, size.height, size.width]
    );
    let (outputs, _) = stock(&model, &pixels).unwrap();

    let logits = model.logits(&x).unwrap();
    let stock_logits = outputs.last().unwrap();
    prop_assert!(difference(&logits, stock_logits) < 2e-4);

    let maps = activations(&model, (0..images).map(|i| test.image(i))).unwrap();
    for layer in &maps.layers {
        let shape = (images, layer.channels, layer.height, layer.width);
        let ours = Tensor::from_vec(layer.values.clone(), shape, &Device::Cpu).unwrap();
        prop_assert_eq!(ours.dims(), outputs[layer.layer].dims());
        prop_assert!(
            difference(&ours, &outputs[layer.layer]) < 2e-4,
            "{}",
            &layer.name
        );
    }

    // One step of a run: the first mean of the gradients is a tenth of them.
    let mut session = Session::new(
        RunConfig {
            batch_size: images,
            seed,
            threads: 2,
            ..RunConfig::new(spec.clone())
        },
        Arc::new(Dataset::new(
            Origin::Synthetic,
            test.clone(),
            test.clone(),
            Classes::FashionMnist,
        )),
    )
    .unwrap();
    let loss = session.train_batch().unwrap().loss;
    let moments = session.state().unwrap().optimizer.moments;
    let targets: Vec<u32> = labels.iter().map(|&l| u32::from(l)).collect();
    let targets = Tensor::new(targets, &Device::Cpu).unwrap();
    let stock = |dtype| {
        let pixels = pixels.to_dtype(dtype).unwrap();
        let (trained, variables) = stock_pass(&model, &pixels, true).unwrap();
        let loss = candle_nn::loss::cross_entropy(trained.last().unwrap(), &targets).unwrap();
        let gradients = loss.backward().unwrap();
        let gradient = |variable: &Var| {
            let gradient = gradients.get(variable)?.to_dtype(DType::F32);
            Some(gradient.unwrap())
        };
        let of_layer = |variables: &Vec<Var>| variables.iter().map(gradient).collect::<Vec<_>>();
        let gradients: Vec<_> = variables.iter().map(of_layer).collect();
        (loss.to_dtype(DType::F64).unwrap(), gradients)
    };
    let (stock_loss, exact) = stock(DType::F64);
    let (_, rounded) = stock(DType::F32);
    let apart = f64::from(loss) - stock_loss.to_scalar::<f64>().unwrap();
    prop_assert!(apart.abs() < 2e-4 * f64::from(loss.max(1.0)));
    let gradients = model
        .tensors()
        .into_iter()
        .zip(&moments)
        .map(|(weights, moments)| {
            let gradient = moments
                .mean
                .iter()
                .map(|mean| mean / (1.0 - 0.9_f32))
                .collect::<Vec<_>>();
            Tensor::from_vec(gradient, weights.shape(), &Device::Cpu).unwrap()
        });
    let gradient_model = model.with_tensors(gradients.collect::<Vec<_>>()).unwrap();
    let file = weights::to_bytes(&gradient_model).unwrap();
    let file = candle_core::safetensors::load_buffer(&file, &Device::Cpu).unwrap();
    let named = model.layers().iter().zip(exact.iter().zip(&rounded));
    let named = named.flat_map(|(layer, (exact, rounded))| {
        let names = PARTS.iter().map(|part| format!("{}.{part}", layer.name));
        let held = names.filter(|name| file.contains_key(name));
        held.zip(exact.iter().zip(rounded))
    });
    let pairs: Vec<_> = named
        .filter_map(|(name, (exact, rounded))| {
            let (exact, rounded) = (exact.as_ref()?, rounded.as_ref()?);
            let most = largest(exact);
            let apart = difference(&file[&name], exact) * most;
            Some((name, apart, difference(rounded, exact) * most, most))
        })
        .collect();
    // A sum that comes to nothing is as exact as the others are large, and what a normalization takes away again is
    // as exact as stock candle has it in float32.
    let most = pairs.iter().fold(0.0, |most: f32, pair| most.max(pair.3));
    for (name, apart, theirs, own) in pairs {
        let allowed = 2e-3 * own + 1e-4 * most + 4.0 * theirs;
        prop_assert!(
            apart < allowed,
            "{}: {} of {}, stock candle {}, {} in all",
            name,
            apart,
            own,
            theirs,
            most
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn random_networks_compute_and_differentiate_like_stock_candle(
        spec in networks(),
        seed in 0..1000_u64,
        images in 1..5_usize,
    ) {
        agrees_with_stock_candle(&spec, &pictures(images), seed)?;
    }

    #[test]
    fn so_they_do_on_pictures_of_any_size_and_in_colour(
        spec in networks(),
        height in 8..40_usize,
        width in 8..40_usize,
        in_colour in any::<bool>(),
        seed in 0..1000_u64,
        images in 1..5_usize,
    ) {
        let channels = if in_colour { 3 } else { 1 };
        let input = PictureSize { height, width, channels };
        let spec = NetworkSpec { input, ..spec };
        prop_assume!(spec.plan().is_ok());
        agrees_with_stock_candle(&spec, &sized_pictures(input, images), seed)?;
    }

    #[test]
    fn so_do_all_layers_and_blocks_of_branches(
        spec in networks_of_any_layers(),
        seed in 0..1000_u64,
    ) {
        // As many pictures as give a batch normalization something to divide by.
        agrees_with_stock_candle(&spec, &pictures(6), seed)?;
    }
}
