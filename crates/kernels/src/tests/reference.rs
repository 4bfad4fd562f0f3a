//! A network in float64, as the textbook has it: the loss of a batch and its gradients.

use super::*;

/// Layers on pictures of some size.
#[derive(Clone, Debug)]
pub struct Network {
    pub input: [usize; 3],
    pub layers: Vec<Layer>,
}

impl Network {
    /// A few layers that fit one behind the other.
    pub fn random(rng: &mut ChaCha8Rng) -> Self {
        let input = [
            rng.random_range(1..=13),
            rng.random_range(1..=13),
            [1, 1, 2, 3, 5][rng.random_range(0..5)],
        ];
        let [mut height, mut width, _] = input;
        let mut layers = Vec::new();
        for _ in 0..rng.random_range(0..=4) {
            let kernel = [1, 3, 3, 5, 7][rng.random_range(0..5)];
            let padding = [Padding::Same, Padding::Valid][rng.random_range(0..2)];
            let lost = if padding == Padding::Same {
                0
            } else {
                kernel - 1
            };
            if rng.random_range(0..3) == 0 {
                if height.min(width) >= 2 {
                    layers.push(Layer::MaxPool);
                    (height, width) = (height / 2, width / 2);
                }
            } else if height.min(width) > lost {
                layers.push(Layer::Convolution {
                    kernel,
                    filters: [1, 3, 8, 16, 17, 33][rng.random_range(0..6)],
                    padding,
                });
                (height, width) = (height - lost, width - lost);
            }
        }
        for _ in 0..rng.random_range(0..=2) {
            let units = [1, 5, 16, 33][rng.random_range(0..4)];
            layers.push(Layer::Dense { units, relu: true });
        }
        let units = [2, 10, 16][rng.random_range(0..3)];
        layers.push(Layer::Dense { units, relu: false });
        Self { input, layers }
    }

    pub fn pixels(&self) -> usize {
        self.input.iter().product()
    }

    pub fn classes(&self) -> usize {
        match self.layers.last() {
            Some(Layer::Dense { units, .. }) => *units,
            _ => 0,
        }
    }

    /// Random weights and biases, of about the size that Glorot gives.
    pub fn variables(&self, rng: &mut ChaCha8Rng) -> Vec<Var> {
        let mut shape = self.input.to_vec();
        let mut variables = Vec::new();
        let mut add = |rng: &mut ChaCha8Rng, weights: &[usize]| {
            let outputs = weights[weights.len() - 1];
            let inputs = weights.iter().product::<usize>() / outputs;
            let scale = (3.0 / inputs as f64).sqrt();
            for shape in [weights, &[outputs]] {
                let scaled = variable(rng, shape).affine(scale, 0.0).unwrap();
                variables.push(Var::from_tensor(&scaled).unwrap());
            }
        };
        for layer in &self.layers {
            match (*layer, &mut shape[..]) {
                (
                    Layer::Convolution {
                        kernel,
                        filters,
                        padding,
                    },
                    [height, width, channels],
                ) => {
                    add(rng, &[kernel, kernel, *channels, filters]);
                    let lost = if padding == Padding::Same {
                        0
                    } else {
                        kernel - 1
                    };
                    (*height, *width, *channels) = (*height - lost, *width - lost, filters);
                }
                (Layer::MaxPool, [height, width, _]) => {
                    (*height, *width) = (*height / 2, *width / 2);
                }
                (Layer::Dense { units, .. }, shape_before) => {
                    let inputs = shape_before.iter().product();
                    add(rng, &[inputs, units]);
                    shape = vec![units];
                }
                _ => unreachable!("a random network fits"),
            }
        }
        variables
    }

    /// The mean loss of some pictures, and the gradient of every variable.
    pub fn gradients(
        &self,
        variables: &[Vec<f64>],
        pictures: &[Vec<f64>],
        labels: &[u8],
    ) -> (f64, Vec<Vec<f64>>) {
        let mut gradients: Vec<_> = variables.iter().map(|w| vec![0.0; w.len()]).collect();
        let mut loss = 0.0;
        for (picture, label) in pictures.iter().zip(labels) {
            loss += self.one(variables, picture, *label, pictures.len(), &mut gradients);
        }
        (loss / pictures.len() as f64, gradients)
    }

    fn one(
        &self,
        variables: &[Vec<f64>],
        picture: &[f64],
        label: u8,
        images: usize,
        gradients: &mut [Vec<f64>],
    ) -> f64 {
        // Outputs of all layers, their sizes, and for a pooling where each comes from.
        let mut outputs = vec![picture.to_vec()];
        let mut sizes = vec![self.input];
        let mut from = vec![Vec::new()];
        let mut used = 0;
        for layer in &self.layers {
            let x = &outputs[outputs.len() - 1];
            let [height, width, channels] = sizes[sizes.len() - 1];
            let (y, size, best) = match *layer {
                Layer::MaxPool => {
                    let size = [height / 2, width / 2, channels];
                    let best: Vec<usize> = places(size)
                        .map(|[row, column, channel]| {
                            let window = [0, 1, 2, 3].map(|i| {
                                ((2 * row + i / 2) * width + 2 * column + i % 2) * channels
                                    + channel
                            });
                            let largest = window.iter().map(|at| x[*at]).fold(f64::MIN, f64::max);
                            *window.iter().find(|at| x[**at] >= largest).unwrap()
                        })
                        .collect();
                    (best.iter().map(|at| x[*at]).collect(), size, best)
                }
                Layer::Convolution { filters, .. } => {
                    let size = convolved(layer, sizes[sizes.len() - 1]);
                    let mut y: Vec<f64> = Vec::new();
                    for [row, column, filter] in places(size) {
                        let mut z = variables[used + 1][filter];
                        taps(
                            layer,
                            [height, width, channels],
                            row,
                            column,
                            |x_at, w_at| {
                                z += x[x_at] * variables[used][w_at * filters + filter];
                            },
                        );
                        y.push(z.max(0.0));
                    }
                    used += 2;
                    (y, size, Vec::new())
                }
                Layer::Dense { units, relu } => {
                    let mut y = variables[used + 1].clone();
                    for (x, w) in x.iter().zip(variables[used].chunks(units)) {
                        for (y, w) in y.iter_mut().zip(w) {
                            *y += x * w;
                        }
                    }
                    if relu {
                        for y in &mut y {
                            *y = y.max(0.0);
                        }
                    }
                    used += 2;
                    (y, [1, 1, units], Vec::new())
                }
            };
            outputs.push(y);
            sizes.push(size);
            from.push(best);
        }
        let z = &outputs[outputs.len() - 1];
        let largest = z.iter().copied().fold(f64::MIN, f64::max);
        let sum: f64 = z.iter().map(|z| (z - largest).exp()).sum();
        let mut dy: Vec<f64> = z
            .iter()
            .map(|z| (z - largest).exp() / sum / images as f64)
            .collect();
        dy[usize::from(label)] -= 1.0 / images as f64;
        let loss = sum.ln() + largest - z[usize::from(label)];
        for (index, layer) in self.layers.iter().enumerate().rev() {
            let (x, y, size) = (&outputs[index], &outputs[index + 1], sizes[index]);
            let mut dx = vec![0.0; x.len()];
            match *layer {
                Layer::MaxPool => {
                    for (at, dy) in from[index + 1].iter().zip(&dy) {
                        dx[*at] += dy;
                    }
                }
                Layer::Convolution { filters, .. } => {
                    used -= 2;
                    for (out, [row, column, filter]) in places(sizes[index + 1]).enumerate() {
                        if y[out] > 0.0 {
                            gradients[used + 1][filter] += dy[out];
                            taps(layer, size, row, column, |x_at, w_at| {
                                let w_at = w_at * filters + filter;
                                gradients[used][w_at] += x[x_at] * dy[out];
                                dx[x_at] += variables[used][w_at] * dy[out];
                            });
                        }
                    }
                }
                Layer::Dense { units, relu } => {
                    used -= 2;
                    for (unit, dy) in dy.iter().enumerate() {
                        if !relu || y[unit] > 0.0 {
                            gradients[used + 1][unit] += dy;
                            for (i, x) in x.iter().enumerate() {
                                gradients[used][i * units + unit] += x * dy;
                                dx[i] += variables[used][i * units + unit] * dy;
                            }
                        }
                    }
                }
            }
            dy = dx;
        }
        loss
    }
}

fn places([height, width, channels]: [usize; 3]) -> impl Iterator<Item = [usize; 3]> {
    (0..height * width * channels).map(move |place| {
        let (pixel, channel) = (place / channels, place % channels);
        [pixel / width, pixel % width, channel]
    })
}

fn convolved(layer: &Layer, [height, width, _]: [usize; 3]) -> [usize; 3] {
    match *layer {
        Layer::Convolution {
            kernel,
            filters,
            padding,
        } => {
            let lost = if padding == Padding::Same {
                0
            } else {
                kernel - 1
            };
            [height - lost, width - lost, filters]
        }
        _ => unreachable!("a convolution"),
    }
}

/// Calls `visit(index in x, index in (taps, channels))` for every input of an output.
fn taps(
    layer: &Layer,
    [height, width, channels]: [usize; 3],
    row: usize,
    column: usize,
    mut visit: impl FnMut(usize, usize),
) {
    let Layer::Convolution {
        kernel, padding, ..
    } = *layer
    else {
        unreachable!("a convolution")
    };
    let border = if padding == Padding::Same {
        kernel / 2
    } else {
        0
    };
    for tap in 0..kernel * kernel {
        let (y, x) = (row + tap / kernel, column + tap % kernel);
        let inside = |at: usize, side| (border..border + side).contains(&at);
        if inside(y, height) && inside(x, width) {
            let pixel = ((y - border) * width + x - border) * channels;
            for channel in 0..channels {
                visit(pixel + channel, tap * channels + channel);
            }
        }
    }
}
