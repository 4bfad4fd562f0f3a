//! Networks in float64, as the textbook has them: every output, the loss of a batch, and its gradients.

use super::*;
use crate::dropout::{Draw, Dropout};

/// What the last layer puts out, for each picture.
pub fn classes(network: &Network) -> usize {
    shapes(network).last().unwrap().iter().product()
}

pub fn pixels(network: &Network) -> usize {
    network.input.iter().product()
}

/// Height, width and channels of every output.
pub fn shapes(network: &Network) -> Vec<[usize; 3]> {
    let mut shapes: Vec<[usize; 3]> = Vec::new();
    for layer in &network.layers {
        let of = |input: &Input| match input {
            Input::Pictures => network.input,
            Input::Layer(layer) => shapes[*layer],
        };
        let [height, width, channels] = of(&layer.inputs[0]);
        let slid = |window: Window, channels| {
            let side = |axis: usize, length: usize| {
                let extent = (window.size[axis] - 1) * window.dilation[axis] + 1;
                (length + window.before[axis] + window.after[axis] - extent) / window.stride[axis]
                    + 1
            };
            [side(0, height), side(1, width), channels]
        };
        shapes.push(match layer.operator {
            Operator::Convolution {
                window, filters, ..
            } => slid(window, filters),
            Operator::MaxPool { window } | Operator::AveragePool { window, .. } => {
                slid(window, channels)
            }
            Operator::Dense { units, .. } => [1, 1, units],
            Operator::Concatenate => {
                let channels = layer.inputs.iter().map(|input| of(input)[2]).sum();
                [height, width, channels]
            }
            Operator::BatchNorm { .. }
            | Operator::Dropout { .. }
            | Operator::Activation(_)
            | Operator::Add => [height, width, channels],
        });
    }
    shapes
}

/// Random variables, of about the size that Glorot gives.
pub fn variables(network: &Network, rng: &mut ChaCha8Rng) -> Vec<Var> {
    let shapes = shapes(network);
    let mut variables = Vec::new();
    for layer in &network.layers {
        let [height, width, channels] = match layer.inputs[0] {
            Input::Pictures => network.input,
            Input::Layer(layer) => shapes[layer],
        };
        let mut add = |shape: &[usize], scale: f64, offset: f64| {
            let scaled = variable(rng, shape).affine(scale, offset).unwrap();
            variables.push(Var::from_tensor(&scaled).unwrap());
        };
        let mut weights = |shape: &[usize], bias: bool| {
            let outputs = shape[shape.len() - 1];
            let inputs = shape.iter().product::<usize>() / outputs;
            let scale = (3.0 / inputs as f64).sqrt();
            add(shape, scale, 0.0);
            if bias {
                add(&[outputs], scale, 0.0);
            }
        };
        match layer.operator {
            Operator::Convolution {
                filters,
                window,
                groups,
                bias,
                ..
            } => {
                let [rows, columns] = window.size;
                weights(&[rows, columns, channels / groups, filters], bias);
            }
            Operator::Dense { units, bias, .. } => {
                weights(&[height * width * channels, units], bias);
            }
            Operator::BatchNorm { .. } => {
                add(&[channels], 0.5, 1.0); // γ
                add(&[channels], 0.5, 0.0); // β
                add(&[channels], 0.3, 0.0); // mean
                add(&[channels], 0.4, 0.8); // variance
            }
            _ => {}
        }
    }
    variables
}

/// How a batch is computed.
#[derive(Clone, Copy)]
pub enum Mode {
    /// Statistics of the batch; numbers dropped by seed and step.
    Training { seed: u64, step: u64 },
    /// Running statistics, nothing dropped.
    Testing,
}

/// What a batch comes to.
pub struct Outcome {
    pub loss: f64,
    /// Of every layer, `(images, length)`.
    pub outputs: Vec<Vec<f64>>,
    /// What comes back to the pictures.
    pub pictures: Vec<f64>,
    /// Of every variable.
    pub gradients: Vec<Vec<f64>>,
    /// What the variables become that a batch normalization moves itself.
    pub running: Vec<(usize, Vec<f64>)>,
}

/// The pixel and the place of the window, of every one that lies in the map.
fn taps(
    window: Window,
    [height, width]: [usize; 2],
    row: usize,
    column: usize,
) -> Vec<(usize, usize)> {
    let mut taps = Vec::new();
    for y in 0..window.size[0] {
        for x in 0..window.size[1] {
            let at = |axis: usize, output: usize, place: usize| {
                (output * window.stride[axis] + place * window.dilation[axis]) as i64
                    - window.before[axis] as i64
            };
            let (row, column) = (at(0, row, y), at(1, column, x));
            if (0..height as i64).contains(&row) && (0..width as i64).contains(&column) {
                let pixel = row as usize * width + column as usize;
                taps.push((pixel, y * window.size[1] + x));
            }
        }
    }
    taps
}

pub fn erf(x: f64) -> f64 {
    if x.abs() > 4.5 {
        return x.signum();
    }
    let (mut term, mut sum) = (x, x);
    for n in 1..120 {
        term *= -x * x / f64::from(n);
        sum += term / f64::from(2 * n + 1);
    }
    sum * 2.0 / std::f64::consts::PI.sqrt()
}

/// The value and the derivative.
pub fn activated(activation: Activation, z: f64) -> (f64, f64) {
    let sigmoid = 1.0 / (1.0 + (-z).exp());
    let when = |condition: bool, value: f64| if condition { value } else { 0.0 };
    let elu = |alpha: f64| {
        if z > 0.0 {
            (z, 1.0)
        } else {
            (alpha * z.exp_m1(), alpha * z.exp())
        }
    };
    match activation {
        Activation::None => (z, 1.0),
        Activation::Relu => (z.max(0.0), when(z > 0.0, 1.0)),
        Activation::LeakyRelu { slope } => {
            let slope = f64::from(slope);
            if z > 0.0 {
                (z, 1.0)
            } else {
                (slope * z, slope)
            }
        }
        Activation::Relu6 => (z.clamp(0.0, 6.0), when(z > 0.0 && z < 6.0, 1.0)),
        Activation::Elu { alpha } => elu(f64::from(alpha)),
        Activation::Selu => {
            let scale = 1.050_700_987_355_480_5;
            let (y, slope) = elu(1.673_263_242_354_377_2);
            (scale * y, scale * slope)
        }
        Activation::Gelu => {
            let phi = 0.5 * (1.0 + erf(z / 2.0_f64.sqrt()));
            let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
            (z * phi, phi + z * density)
        }
        Activation::GeluTanh => {
            let root = (2.0 / std::f64::consts::PI).sqrt();
            let t = (root * (z + 0.044_715 * z.powi(3))).tanh();
            let inner = root * (1.0 + 3.0 * 0.044_715 * z * z);
            let slope = 0.5 * (1.0 + t) + 0.5 * z * (1.0 - t * t) * inner;
            (0.5 * z * (1.0 + t), slope)
        }
        Activation::Silu => (z * sigmoid, sigmoid * (1.0 + z * (1.0 - sigmoid))),
        Activation::Tanh => (z.tanh(), 1.0 - z.tanh().powi(2)),
        Activation::Sigmoid => (sigmoid, sigmoid * (1.0 - sigmoid)),
        Activation::HardSigmoid => {
            let y = (z + 3.0).clamp(0.0, 6.0) / 6.0;
            (y, when(z.abs() < 3.0, 1.0 / 6.0))
        }
        Activation::HardSilu => {
            let y = z * (z + 3.0).clamp(0.0, 6.0) / 6.0;
            let slope = if z >= 3.0 { 1.0 } else { (2.0 * z + 3.0) / 6.0 };
            (y, when(z > -3.0, slope))
        }
        Activation::HardTanh => (z.clamp(-1.0, 1.0), when(z.abs() < 1.0, 1.0)),
    }
}

/// What a dropout multiplies every number of a batch with.
fn multipliers(layer: usize, rate: f32, mode: Mode, [images, length]: [usize; 2]) -> Vec<f64> {
    let Mode::Training { seed, step } = mode else {
        return vec![1.0; images * length];
    };
    let mut to = vec![0.0; images * length];
    kernel::run(Dropout {
        draw: Draw {
            seed,
            step,
            layer: layer as u64,
            rate,
        },
        picture: 0,
        length,
        from: &vec![1.0; images * length],
        to: &mut to,
    });
    wide(&to)
}

/// One layer of a batch, and what its way back needs.
struct Computed {
    /// Before the activation.
    z: Vec<f64>,
    /// Of a batch normalization: mean and one over the deviation of each channel.
    statistics: Vec<[f64; 2]>,
    /// Of a dropout.
    multipliers: Vec<f64>,
    /// The first of its variables.
    variable: usize,
}

/// Loss and gradients of a batch of pictures that are numbers already.
pub fn run(
    network: &Network,
    variables: &[Vec<f64>],
    pictures: &[Vec<f64>],
    labels: &[u8],
    smoothing: f64,
    mode: Mode,
) -> Outcome {
    let images = pictures.len();
    let shapes = shapes(network);
    let pictures = pictures.concat();
    let mut outputs: Vec<Vec<f64>> = Vec::new();
    let mut all: Vec<Computed> = Vec::new();
    let mut running = Vec::new();
    let mut next = 0;
    for (index, layer) in network.layers.iter().enumerate() {
        let (x, [height, width, channels]) = match layer.inputs[0] {
            Input::Pictures => (&pictures, network.input),
            Input::Layer(layer) => (&outputs[layer], shapes[layer]),
        };
        let [rows, columns, depth] = shapes[index];
        let (inputs, length) = (height * width * channels, rows * columns * depth);
        let mut computed = Computed {
            z: vec![0.0; images * length],
            statistics: Vec::new(),
            multipliers: Vec::new(),
            variable: next,
        };
        let z = &mut computed.z;
        let mut activation = Activation::None;
        match layer.operator {
            Operator::Convolution {
                filters,
                window,
                groups,
                bias,
                activation: behind,
            } => {
                activation = behind;
                let w = &variables[next];
                let (of_group, seen) = (filters / groups, channels / groups);
                for place in 0..images * rows * columns {
                    let (image, pixel) = (place / (rows * columns), place % (rows * columns));
                    let taps = taps(window, [height, width], pixel / columns, pixel % columns);
                    for filter in 0..filters {
                        let mut sum = if bias {
                            variables[next + 1][filter]
                        } else {
                            0.0
                        };
                        for (at, tap) in &taps {
                            for channel in 0..seen {
                                let from = filter / of_group * seen + channel;
                                sum += x[image * inputs + at * channels + from]
                                    * w[(tap * seen + channel) * filters + filter];
                            }
                        }
                        z[place * filters + filter] = sum;
                    }
                }
                next += 1 + usize::from(bias);
            }
            Operator::MaxPool { window } | Operator::AveragePool { window, .. } => {
                for place in 0..images * rows * columns {
                    let (image, pixel) = (place / (rows * columns), place % (rows * columns));
                    let taps = taps(window, [height, width], pixel / columns, pixel % columns);
                    for channel in 0..channels {
                        let numbers = taps
                            .iter()
                            .map(|(at, _)| x[image * inputs + at * channels + channel]);
                        z[place * channels + channel] = match layer.operator {
                            Operator::AveragePool { counts_padding, .. } => {
                                numbers.sum::<f64>() / counted(window, taps.len(), counts_padding)
                            }
                            _ => numbers.fold(f64::NEG_INFINITY, f64::max),
                        };
                    }
                }
            }
            Operator::BatchNorm {
                epsilon,
                momentum,
                unbiased,
            } => {
                let count = x.len() / channels;
                let [mut means, mut spreads] = [Vec::new(), Vec::new()];
                for channel in 0..channels {
                    let numbers = x[channel..].iter().step_by(channels);
                    let (mean, variance) = if let Mode::Training { .. } = mode {
                        let mean = numbers.clone().sum::<f64>() / count as f64;
                        let squares: f64 = numbers.map(|x| (x - mean).powi(2)).sum();
                        let sample = squares / (count - usize::from(unbiased)).max(1) as f64;
                        for (to, new, variable) in
                            [(&mut means, mean, 2), (&mut spreads, sample, 3)]
                        {
                            let old = variables[next + variable][channel];
                            to.push(momentum * old + (1.0 - momentum) * new);
                        }
                        (mean, squares / count as f64)
                    } else {
                        (variables[next + 2][channel], variables[next + 3][channel])
                    };
                    let inverse = 1.0 / (variance + epsilon).sqrt();
                    computed.statistics.push([mean, inverse]);
                    for at in (channel..x.len()).step_by(channels) {
                        z[at] = (x[at] - mean) * inverse * variables[next][channel]
                            + variables[next + 1][channel];
                    }
                }
                running.extend([(next + 2, means), (next + 3, spreads)]);
                next += 4;
            }
            Operator::Dropout { rate } => {
                computed.multipliers = multipliers(index, rate, mode, [images, length]);
                for ((z, x), times) in z.iter_mut().zip(x).zip(&computed.multipliers) {
                    *z = x * times;
                }
            }
            Operator::Activation(only) => {
                activation = only;
                z.copy_from_slice(x);
            }
            Operator::Dense {
                units,
                bias,
                activation: behind,
            } => {
                activation = behind;
                for (z, x) in z.chunks_mut(units).zip(x.chunks(inputs)) {
                    if bias {
                        z.copy_from_slice(&variables[next + 1]);
                    }
                    for (x, w) in x.iter().zip(variables[next].chunks(units)) {
                        for (z, w) in z.iter_mut().zip(w) {
                            *z += x * w;
                        }
                    }
                }
                next += 1 + usize::from(bias);
            }
            Operator::Add => {
                for input in &layer.inputs {
                    let x = match input {
                        Input::Pictures => &pictures,
                        Input::Layer(layer) => &outputs[*layer],
                    };
                    for (z, x) in z.iter_mut().zip(x) {
                        *z += x;
                    }
                }
            }
            Operator::Concatenate => {
                let mut first = 0;
                for input in &layer.inputs {
                    let (x, channels) = match input {
                        Input::Pictures => (&pictures, network.input[2]),
                        Input::Layer(layer) => (&outputs[*layer], shapes[*layer][2]),
                    };
                    for (z, x) in z.chunks_mut(depth).zip(x.chunks(channels)) {
                        z[first..first + channels].copy_from_slice(x);
                    }
                    first += channels;
                }
            }
        }
        let y = computed.z.iter().map(|z| activated(activation, *z).0);
        outputs.push(y.collect());
        all.push(computed);
    }

    let classes: usize = shapes.last().unwrap().iter().product();
    let mut gradients: Vec<_> = variables.iter().map(|w| vec![0.0; w.len()]).collect();
    let mut back: Vec<_> = outputs.iter().map(|y| vec![0.0; y.len()]).collect();
    let mut to_pictures = vec![0.0; pictures.len()];
    let mut loss = 0.0;
    let last = outputs.len() - 1;
    let logits = outputs[last].chunks(classes).zip(labels);
    for ((z, label), dz) in logits.zip(back[last].chunks_mut(classes)) {
        let largest = z.iter().copied().fold(f64::MIN, f64::max);
        let sum: f64 = z.iter().map(|z| (z - largest).exp()).sum();
        for (class, (z, dz)) in z.iter().zip(dz).enumerate() {
            let mut target = smoothing / classes as f64;
            if class == usize::from(*label) {
                target += 1.0 - smoothing;
            }
            loss -= target * (z - largest - sum.ln());
            *dz = ((z - largest).exp() / sum - target) / images as f64;
        }
    }

    for (index, layer) in network.layers.iter().enumerate().rev() {
        let (x, [height, width, channels]) = match layer.inputs[0] {
            Input::Pictures => (&pictures, network.input),
            Input::Layer(layer) => (&outputs[layer], shapes[layer]),
        };
        let [rows, columns, depth] = shapes[index];
        let inputs = height * width * channels;
        let computed = &all[index];
        let activation = match layer.operator {
            Operator::Convolution { activation, .. }
            | Operator::Dense { activation, .. }
            | Operator::Activation(activation) => activation,
            _ => Activation::None,
        };
        let dz = back[index].iter().zip(&computed.z);
        let dz: Vec<f64> = dz.map(|(dy, z)| dy * activated(activation, *z).1).collect();
        let mut dx = vec![0.0; x.len()];
        let variable = computed.variable;
        match layer.operator {
            Operator::Convolution {
                filters,
                window,
                groups,
                bias,
                ..
            } => {
                let (of_group, seen) = (filters / groups, channels / groups);
                for place in 0..images * rows * columns {
                    let (image, pixel) = (place / (rows * columns), place % (rows * columns));
                    let taps = taps(window, [height, width], pixel / columns, pixel % columns);
                    for filter in 0..filters {
                        let dz = dz[place * filters + filter];
                        if bias {
                            gradients[variable + 1][filter] += dz;
                        }
                        for (at, tap) in &taps {
                            for channel in 0..seen {
                                let from = filter / of_group * seen + channel;
                                let from = image * inputs + at * channels + from;
                                let at = (tap * seen + channel) * filters + filter;
                                gradients[variable][at] += dz * x[from];
                                dx[from] += dz * variables[variable][at];
                            }
                        }
                    }
                }
            }
            Operator::MaxPool { window } | Operator::AveragePool { window, .. } => {
                for place in 0..images * rows * columns {
                    let (image, pixel) = (place / (rows * columns), place % (rows * columns));
                    let taps = taps(window, [height, width], pixel / columns, pixel % columns);
                    for channel in 0..channels {
                        let dz = dz[place * channels + channel];
                        let at = |pixel: usize| image * inputs + pixel * channels + channel;
                        if let Operator::AveragePool { counts_padding, .. } = layer.operator {
                            for (pixel, _) in &taps {
                                dx[at(*pixel)] += dz / counted(window, taps.len(), counts_padding);
                            }
                        } else {
                            let largest = computed.z[place * channels + channel];
                            let (pixel, _) =
                                taps.iter().find(|tap| x[at(tap.0)] >= largest).unwrap();
                            dx[at(*pixel)] += dz;
                        }
                    }
                }
            }
            Operator::BatchNorm { .. } => {
                let count = (x.len() / channels) as f64;
                for (channel, [mean, inverse]) in computed.statistics.iter().enumerate() {
                    let places = || (channel..x.len()).step_by(channels);
                    let normal = |at: usize| (x[at] - mean) * inverse;
                    let beta: f64 = places().map(|at| dz[at]).sum();
                    let gamma: f64 = places().map(|at| dz[at] * normal(at)).sum();
                    gradients[variable][channel] = gamma;
                    gradients[variable + 1][channel] = beta;
                    let scale = inverse * variables[variable][channel];
                    for at in places() {
                        dx[at] = match mode {
                            Mode::Training { .. } => {
                                scale * (dz[at] - beta / count - normal(at) * gamma / count)
                            }
                            Mode::Testing => scale * dz[at],
                        };
                    }
                }
            }
            Operator::Dropout { .. } => {
                for ((dx, dz), times) in dx.iter_mut().zip(&dz).zip(&computed.multipliers) {
                    *dx = dz * times;
                }
            }
            Operator::Activation(_) => dx.copy_from_slice(&dz),
            Operator::Dense { units, bias, .. } => {
                let pictures = dz.chunks(units).zip(x.chunks(inputs));
                for ((dz, x), dx) in pictures.zip(dx.chunks_mut(inputs)) {
                    for (unit, dz) in dz.iter().enumerate() {
                        if bias {
                            gradients[variable + 1][unit] += dz;
                        }
                        for (i, x) in x.iter().enumerate() {
                            gradients[variable][i * units + unit] += x * dz;
                            dx[i] += variables[variable][i * units + unit] * dz;
                        }
                    }
                }
            }
            Operator::Add | Operator::Concatenate => {
                let mut first = 0;
                for input in &layer.inputs {
                    let (to, channels) = match *input {
                        Input::Pictures => (&mut to_pictures, network.input[2]),
                        Input::Layer(to) => (&mut back[to], shapes[to][2]),
                    };
                    let (row, count) = if layer.operator == Operator::Add {
                        (dz.len(), dz.len())
                    } else {
                        (depth, channels)
                    };
                    for (dx, dz) in to.chunks_mut(count).zip(dz.chunks(row)) {
                        for (dx, dz) in dx.iter_mut().zip(&dz[first..]) {
                            *dx += dz;
                        }
                    }
                    first += if layer.operator == Operator::Add {
                        0
                    } else {
                        count
                    };
                }
                continue;
            }
        }
        let to = match layer.inputs[0] {
            Input::Pictures => &mut to_pictures,
            Input::Layer(to) => &mut back[to],
        };
        for (sum, dx) in to.iter_mut().zip(&dx) {
            *sum += dx;
        }
    }
    Outcome {
        loss: loss / images as f64,
        outputs,
        pictures: to_pictures,
        gradients,
        running,
    }
}

/// What a mean divides by.
fn counted(window: Window, inside: usize, counts_padding: bool) -> f64 {
    if counts_padding {
        (window.size[0] * window.size[1]) as f64
    } else {
        inside as f64
    }
}
