//! Random networks: chains of the fastest kinds, and series and branches of everything.

use super::*;

/// A few of the commonest layers that fit one behind the other.
pub fn chain(rng: &mut ChaCha8Rng) -> Network {
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
                layers.push(Operator::max_pool());
                (height, width) = (height / 2, width / 2);
            }
        } else if height.min(width) > lost {
            let filters = [1, 3, 8, 16, 17, 33][rng.random_range(0..6)];
            layers.push(Operator::convolution(kernel, filters, padding));
            (height, width) = (height - lost, width - lost);
        }
    }
    for _ in 0..rng.random_range(0..=2) {
        let units = [1, 5, 16, 33][rng.random_range(0..4)];
        layers.push(Operator::dense(units, Activation::Relu));
    }
    let units = [2, 10, 16][rng.random_range(0..3)];
    layers.push(Operator::dense(units, Activation::None));
    Network::chain(input, layers)
}

/// Every activation.
pub const ACTIVATIONS: [Activation; 14] = [
    Activation::None,
    Activation::Relu,
    Activation::LeakyRelu { slope: 0.3 },
    Activation::Relu6,
    Activation::Elu { alpha: 1.0 },
    Activation::Selu,
    Activation::Gelu,
    Activation::GeluTanh,
    Activation::Silu,
    Activation::Tanh,
    Activation::Sigmoid,
    Activation::HardSigmoid,
    Activation::HardSilu,
    Activation::HardTanh,
];

pub fn activation(rng: &mut ChaCha8Rng) -> Activation {
    if rng.random() {
        return [Activation::None, Activation::Relu][rng.random_range(0..2)];
    }
    ACTIVATIONS[rng.random_range(0..ACTIVATIONS.len())]
}

/// A window that has an output on maps of `[height, width]`.
pub fn window(rng: &mut ChaCha8Rng, map: [usize; 2]) -> Window {
    loop {
        let mut pair = |least: usize, most: usize| {
            let one = rng.random_range(least..=most);
            let other = rng.random_range(least..=most);
            if rng.random() {
                [one, one]
            } else {
                [one, other]
            }
        };
        let size = if pair(0, 9)[0] == 0 {
            pair(1, 11)
        } else {
            pair(1, 4)
        };
        let mut window = Window::new(size);
        window = window.strided([pair(1, 3), [1, 1]][pair(0, 1)[0]]);
        window = window.dilated([pair(1, 3), [1, 1], [1, 1]][pair(0, 2)[0]]);
        window = match pair(0, 3)[0] {
            0 => window,
            1 => window.same(map),
            2 => window.padded(pair(0, 2)),
            _ => Window {
                before: pair(0, 4),
                after: pair(0, 3),
                ..window
            },
        };
        if window.output(map).is_some() {
            return window;
        }
    }
}

/// A window of which no output lies in the padding alone.
pub fn pooling(rng: &mut ChaCha8Rng, map: [usize; 2]) -> Window {
    if rng.random_range(0..3) == 0 && map[0].min(map[1]) > 1 {
        return Window::tiles([2, 2]);
    }
    loop {
        let window = window(rng, map);
        if crate::slide::Slide::pooling("test", window, [map[0], map[1], 1]).is_ok() {
            return window;
        }
    }
}

/// Some groups that part channels and filters, and how many filters.
pub fn groups(rng: &mut ChaCha8Rng, channels: usize) -> (usize, usize) {
    match rng.random_range(0..5) {
        0 => (channels, channels * rng.random_range(1..=2)),
        1 => {
            let divisors: Vec<_> = (1..=channels)
                .filter(|groups| channels.is_multiple_of(*groups))
                .collect();
            let groups = divisors[rng.random_range(0..divisors.len())];
            (groups, groups * rng.random_range(1..=5))
        }
        _ => (1, [1, 3, 8, 16, 17, 33][rng.random_range(0..6)]),
    }
}

/// Grows a network layer by layer.
struct Grower<'a> {
    rng: &'a mut ChaCha8Rng,
    layers: Vec<Layer>,
    images: usize,
}

type At = (Input, [usize; 3]);

impl Grower<'_> {
    fn push(&mut self, operator: Operator, inputs: Vec<Input>, shape: [usize; 3]) -> At {
        self.layers.push(Layer::new(operator, inputs));
        (Input::Layer(self.layers.len() - 1), shape)
    }

    fn norm(&mut self, (from, shape): At) -> At {
        if self.images * shape[0] * shape[1] < 8 {
            return (from, shape);
        }
        let operator = Operator::BatchNorm {
            epsilon: [1e-3, 1e-2][self.rng.random_range(0..2)],
            momentum: 0.9,
            unbiased: self.rng.random(),
        };
        self.push(operator, vec![from], shape)
    }

    fn convolve(&mut self, (from, shape): At, window: Window, filters: Option<usize>) -> At {
        let [height, width, channels] = shape;
        let (groups, any) = groups(self.rng, channels);
        let (groups, filters) = filters.map_or((groups, any), |filters| (1, filters));
        let operator = Operator::Convolution {
            filters,
            window,
            groups,
            bias: self.rng.random(),
            activation: activation(self.rng),
        };
        let [rows, columns] = window.output([height, width]).unwrap();
        self.push(operator, vec![from], [rows, columns, filters])
    }

    /// One layer that keeps height and width.
    fn keep(&mut self, at: At, filters: Option<usize>) -> At {
        let (from, shape) = at;
        let [height, width, _] = shape;
        match self.rng.random_range(0..8) {
            0 if filters.is_none() => self.norm(at),
            1 if filters.is_none() => {
                let rate = [0.0, 0.2, 0.5][self.rng.random_range(0..3)];
                self.push(Operator::Dropout { rate }, vec![from], shape)
            }
            2 if filters.is_none() => {
                let activation = activation(self.rng);
                self.push(Operator::Activation(activation), vec![from], shape)
            }
            _ => {
                let side = self.rng.random_range(1..=3);
                let window = Window::square(side).same([height, width]);
                let at = self.convolve(at, window, filters);
                if self.rng.random() { self.norm(at) } else { at }
            }
        }
    }

    /// Branches that are added or joined.
    fn block(&mut self, at: At, depth: usize) -> At {
        let (_, [height, width, channels]) = at;
        let adds: bool = self.rng.random();
        let filters = if self.rng.random() {
            channels
        } else {
            [4, 16, 9][self.rng.random_range(0..3)]
        };
        let mut ends = Vec::new();
        for _ in 0..self.rng.random_range(2..=3) {
            let mut end = at;
            let can_be_short = !adds || filters == channels;
            if !can_be_short || self.rng.random_range(0..3) > 0 {
                for _ in 0..self.rng.random_range(0..=1) {
                    end = if depth > 0 && self.rng.random_range(0..3) == 0 {
                        self.block(end, depth - 1)
                    } else {
                        self.keep(end, None)
                    };
                }
                end = self.keep(end, Some(filters));
            }
            ends.push(end);
        }
        let inputs = ends.iter().map(|end| end.0).collect();
        let (operator, all) = if adds {
            (Operator::Add, filters)
        } else {
            let all = ends.iter().map(|end| end.1[2]).sum();
            (Operator::Concatenate, all)
        };
        let at = self.push(operator, inputs, [height, width, all]);
        if self.rng.random() {
            let activation = activation(self.rng);
            return self.push(Operator::Activation(activation), vec![at.0], at.1);
        }
        at
    }
}

/// Layers and branches of every kind, for batches of so many pictures.
pub fn graph(rng: &mut ChaCha8Rng, images: usize) -> Network {
    let input = [
        rng.random_range(3..=11),
        rng.random_range(3..=11),
        [1, 2, 3, 4][rng.random_range(0..4)],
    ];
    let count = rng.random_range(1..=5);
    let mut grower = Grower {
        rng,
        layers: Vec::new(),
        images,
    };
    let mut at = (Input::Pictures, input);
    for _ in 0..count {
        let (from, [height, width, channels]) = at;
        at = match grower.rng.random_range(0..8) {
            0 => {
                let window = pooling(grower.rng, [height, width]);
                let [rows, columns] = window.output([height, width]).unwrap();
                let operator = if grower.rng.random() {
                    Operator::MaxPool { window }
                } else {
                    let counts_padding = grower.rng.random();
                    Operator::AveragePool {
                        window,
                        counts_padding,
                    }
                };
                grower.push(operator, vec![from], [rows, columns, channels])
            }
            1 | 2 => grower.keep(at, None),
            3 | 4 => grower.block(at, 1),
            _ => {
                let window = window(grower.rng, [height, width]);
                grower.convolve(at, window, None)
            }
        };
    }
    let (from, [height, width, _]) = at;
    let classes = [2, 10, 16][grower.rng.random_range(0..3)];
    if grower.rng.random() {
        // Global pooling of a map for each class.
        let at = grower.convolve(at, Window::square(1), Some(classes));
        let window = Window::tiles([height, width]);
        let operator = Operator::AveragePool {
            window,
            counts_padding: false,
        };
        grower.push(operator, vec![at.0], [1, 1, classes]);
    } else {
        let mut inputs = vec![from];
        if grower.rng.random() {
            let hidden = Operator::Dense {
                units: [5, 16, 20][grower.rng.random_range(0..3)],
                bias: grower.rng.random(),
                activation: activation(grower.rng),
            };
            inputs = vec![grower.push(hidden, inputs, [1, 1, 1]).0];
        }
        let bias = grower.rng.random();
        let output = Operator::Dense {
            units: classes,
            bias,
            activation: Activation::None,
        };
        grower.push(output, inputs, [1, 1, classes]);
    }
    let layers = grower.layers;
    let normalization = rng.random::<bool>().then(|| Normalization {
        scale: random(rng, input[2]).iter().map(|n| n / 60.0).collect(),
        offset: random(rng, input[2]),
    });
    Network {
        input,
        normalization,
        layers,
    }
}
