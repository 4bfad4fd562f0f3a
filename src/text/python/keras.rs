//! The program in Keras.

use super::{
    Text, files, is_fashion_mnist, list, needs_math, number, reader, schedule, sides, way,
};
use convlens_core::dataset::Origin;
use convlens_core::network::{
    Activation, BlockPart, Join, Layer, LayerKind, Normalization, PoolKind, Real, Shape, Window,
};
use convlens_core::training::{Amount, Augmentation, Optimization, RunConfig};

/// What a stride and a dilation are called.
const WAY: [&str; 2] = ["strides", "dilation_rate"];

pub(super) fn program(
    lines: &mut Vec<String>,
    text: &Text,
    config: &RunConfig,
    origin: &Origin,
    layers: &[Layer],
) {
    let mut add = |line: &str| lines.push(line.to_owned());
    let size = config.network.input;
    let (height, width, channels) = (size.height, size.width, size.channels);
    let from_keras = is_fashion_mnist(origin, size);
    let math = needs_math(config);
    match (from_keras, math) {
        (true, false) => {}
        (true, true) => add("import math\n"),
        (false, false) => add("import gzip\nimport os\n\nimport numpy as np"),
        (false, true) => add("import gzip\nimport math\nimport os\n\nimport numpy as np"),
    }
    add("import keras\nfrom keras import layers\n");
    if from_keras {
        add("(x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()");
    } else {
        for line in reader(text, origin, size) {
            add(&line);
        }
        for (name, file, header) in files(size) {
            let shape = if name.starts_with('x') {
                if size.is_colour() {
                    format!(".reshape(-1, {height}, {width}, 3)")
                } else {
                    format!(".reshape(-1, {height}, {width})")
                }
            } else {
                String::new()
            };
            add(&format!("{name} = read(\"{file}\", {header}){shape}"));
        }
    }
    for set in ["train", "test"] {
        let channel = if size.is_colour() { "" } else { "[..., None]" };
        add(&format!(
            "x_{set} = x_{set}{channel}.astype(\"float32\") / 255"
        ));
    }
    if let Some(images) = config.images {
        add(&format!(
            "x_train, y_train = x_train[:{images}], y_train[:{images}]"
        ));
    }
    let augmentation = &config.augmentation;
    if augmentation.cutout.get() > 0.0 {
        let side = augmentation.cutout_side(size);
        let (above, below) = (side / 2, side - side / 2);
        add(&format!(
            "

class Cutout(layers.Layer):
    def call(self, images, training=False):
        if not training:
            return images
        count = keras.ops.shape(images)[0]
        top = keras.ops.floor({height} * keras.random.uniform((count, 1, 1, 1)))
        left = keras.ops.floor({width} * keras.random.uniform((count, 1, 1, 1)))
        down = keras.ops.arange({height}, dtype=\"float32\")[:, None, None] - top
        right = keras.ops.arange({width}, dtype=\"float32\")[:, None] - left
        hole = (down >= -{above}) & (down < {below}) & (right >= -{above}) & (right < {below})
        return keras.ops.where(hole, 0.0, images)
"
        ));
    }
    add(&format!(
        "\nkeras.utils.set_random_seed({})",
        config.seed % (1 << 32)
    ));
    let has_branches = layers.iter().any(|layer| layer.kind == LayerKind::Branch);
    let mut model = augmenting(augmentation);
    let normalization = config.network.normalization.as_ref();
    if let Some((scale, offset)) = normalization.and_then(Normalization::inverted) {
        model.push(format!("layers.Rescaling({scale}, offset={offset})"));
    } else if let Some(Normalization { mean, deviation }) = normalization {
        let squares = deviation.iter().map(|d| format!("{d} ** 2"));
        let (mean, variance) = (list(mean), squares.collect::<Vec<_>>().join(", "));
        model.push(format!(
            "layers.Normalization(mean=[{mean}], variance=[{variance}])"
        ));
    }
    let optimization = &config.optimization;
    let input = format!("layers.Input(({height}, {width}, {channels}))");
    if has_branches {
        add(&format!("inputs = {input}\nx = inputs"));
        for line in model {
            add(&format!("x = {line}(x)"));
        }
        for line in functional(config, layers) {
            add(&line);
        }
        add("model = keras.Model(inputs, x)");
    } else {
        for layer in layers {
            model.extend(parts(layer, optimization.l2));
        }
        add(&format!(
            "model = keras.Sequential(\n    [\n        {input},"
        ));
        for line in model {
            add(&format!("        {line},"));
        }
        add("    ]\n)");
    }
    let (rate, batch, epochs) = (
        number(config.learning_rate),
        config.batch_size,
        config.epochs,
    );
    add("model.summary()");
    let smoothing = optimization.label_smoothing;
    let loss = if smoothing.get() > 0.0 {
        let classes = config.network.classes;
        add(&format!(
            "y_train, y_test = (keras.utils.to_categorical(y, {classes}) for y in (y_train, y_test))"
        ));
        format!("keras.losses.CategoricalCrossentropy(label_smoothing={smoothing})")
    } else {
        "\"sparse_categorical_crossentropy\"".to_owned()
    };
    let scheduled = schedule(config);
    let mut callbacks = Vec::new();
    if let Some(patience) = config.patience {
        callbacks.push(format!(
            "keras.callbacks.EarlyStopping(patience={patience})"
        ));
    }
    let share = number(1.0 - config.validation_percent as f64 / 100.0);
    if let Some(factor) = scheduled {
        add(&format!(
            "steps = {epochs} * -(-int(len(x_train) * {share}) // {batch})


class Schedule(keras.callbacks.Callback):
    step = 0

    def on_train_batch_begin(self, batch, logs=None):
        step, done = self.step, self.step / steps
        self.model.optimizer.learning_rate = {rate} * ({factor})
        self.step += 1

"
        ));
        callbacks.push("Schedule()".to_owned());
    }
    add(&format!(
        "optimizer = keras.optimizers.{}
{}model.compile(
    optimizer=optimizer,
    loss={loss},
    metrics=[\"accuracy\"],
)",
        optimizer(optimization, &rate),
        // As convlens does it: weights shrink, what is added to them does not.
        if optimization.weight_decay.get() > 0.0 {
            "optimizer.exclude_from_weight_decay(var_names=[\"bias\", \"gamma\", \"beta\"])\n"
        } else {
            ""
        }
    ));
    let validation = match config.validation_percent {
        0 => String::new(),
        percent => format!(", validation_split={}", number(percent as f64 / 100.0)),
    };
    let callbacks = if callbacks.is_empty() {
        String::new()
    } else {
        format!(", callbacks=[{}]", callbacks.join(", "))
    };
    add(&format!(
        "model.fit(x_train, y_train, batch_size={batch}, epochs={epochs}{validation}{callbacks})
loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f\"test loss {{loss:.4f}}, test accuracy {{accuracy:.4f}}\")"
    ));
}

/// The layers one by one, each called with what it reads, which is `x` but for the ends of branches.
fn functional(config: &RunConfig, layers: &[Layer]) -> Vec<String> {
    let network = &config.network;
    let mut lines = Vec::new();
    // Numbers of the blocks that are open, the innermost last.
    let mut open: Vec<usize> = Vec::new();
    let mut blocks = 0;
    for (index, layer) in layers.iter().enumerate() {
        let block = open.last().copied().unwrap_or_default();
        let part = network
            .layers
            .get(index)
            .and_then(|layer| layer.block_part());
        match part {
            Some(BlockPart::Split) => {
                blocks += 1;
                open.push(blocks);
                lines.push(format!("block{blocks}, ends{blocks} = x, []"));
            }
            Some(BlockPart::Branch) => {
                lines.push(format!("ends{block}.append(x)\nx = block{block}"));
            }
            Some(BlockPart::Join(join)) => {
                open.pop();
                let class = match join {
                    Join::Add => "Add",
                    Join::Concatenate => "Concatenate",
                };
                lines.push(format!("x = layers.{class}()([*ends{block}, x])"));
            }
            None => {
                let parts = parts(layer, config.optimization.l2);
                lines.extend(parts.into_iter().map(|part| format!("x = {part}(x)")));
            }
        }
    }
    lines
}

/// The layers that change pictures in training.
fn augmenting(augmentation: &Augmentation) -> Vec<String> {
    let mut layers = Vec::new();
    if augmentation.flip {
        layers.push("layers.RandomFlip(\"horizontal\")".to_owned());
    }
    let edge = "fill_mode=\"nearest\"";
    for way in Amount::ALL {
        let value = augmentation.amount(way);
        if value.get() == 0.0 {
            continue;
        }
        layers.push(match way {
            Amount::Shift => format!("layers.RandomTranslation({value}, {value}, {edge})"),
            Amount::Turn => format!("layers.RandomRotation({value} / 360, {edge})"),
            Amount::Zoom => format!("layers.RandomZoom({value}, {edge})"),
            Amount::Brightness => {
                format!("layers.RandomBrightness({value}, value_range=(0, 1))")
            }
            Amount::Cutout => "Cutout()".to_owned(),
        });
    }
    layers
}

fn optimizer(optimization: &Optimization, rate: &str) -> String {
    let Optimization {
        optimizer,
        momentum,
        nesterov,
        weight_decay,
        ..
    } = optimization;
    let mut arguments = format!("learning_rate={rate}");
    if momentum.get() > 0.0 {
        arguments.push_str(&[", momentum=", &momentum.to_string()].concat());
    }
    if *nesterov {
        arguments += ", nesterov=True";
    }
    if weight_decay.get() > 0.0 {
        arguments.push_str(&[", weight_decay=", &weight_decay.to_string()].concat());
    }
    format!("{}({arguments})", optimizer.name())
}

/// The layers of Keras that make one of ours.
fn parts(layer: &Layer, l2: Real) -> Vec<String> {
    let (outputs, inputs) = (layer.output.channels(), layer.input.channels());
    let penalty = |argument: &str| match l2.get() {
        0.0 => String::new(),
        _ => format!(", {argument}=keras.regularizers.L2({l2})"),
    };
    let is_depthwise =
        matches!(layer.kind, LayerKind::Conv { groups, .. } if groups == inputs && groups > 1);
    let penalty = penalty(if is_depthwise {
        "depthwise_regularizer"
    } else {
        "kernel_regularizer"
    });
    match layer.kind {
        LayerKind::Conv {
            window,
            groups,
            bias,
            activation,
        } => {
            let (mut lines, border) = border(&window, layer.input);
            let way = way(&window, [1, 1], WAY)
                + border
                + if bias { "" } else { ", use_bias=False" }
                + &penalty;
            let size = sides(window.size);
            let own = own_activation(activation);
            let argument = if own.is_some() {
                String::new()
            } else {
                argument(activation)
            };
            lines.push(if is_depthwise {
                let each = match outputs / inputs {
                    1 => String::new(),
                    each => format!(", depth_multiplier={each}"),
                };
                format!("layers.DepthwiseConv2D({size}{each}{way}{argument})")
            } else {
                let groups = match groups {
                    1 => String::new(),
                    groups => format!(", groups={groups}"),
                };
                format!("layers.Conv2D({outputs}, {size}{groups}{way}{argument})")
            });
            lines.extend(own);
            lines
        }
        LayerKind::Pool { kind, window } => {
            let (mut lines, border) = border(&window, layer.input);
            let class = match kind {
                PoolKind::Max => "MaxPooling2D",
                PoolKind::Average { .. } => "AveragePooling2D",
            };
            let (size, way) = (sides(window.size), way(&window, window.size, WAY));
            lines.push(format!("layers.{class}({size}{way}{border})"));
            lines
        }
        LayerKind::GlobalPool {
            kind: PoolKind::Max,
        } => vec!["layers.GlobalMaxPooling2D()".to_owned()],
        LayerKind::GlobalPool { .. } => vec!["layers.GlobalAveragePooling2D()".to_owned()],
        LayerKind::BatchNorm {
            epsilon, momentum, ..
        } => {
            vec![format!(
                "layers.BatchNormalization(momentum={momentum}, epsilon={epsilon})"
            )]
        }
        LayerKind::Dropout { rate } => vec![format!("layers.Dropout({rate})")],
        LayerKind::Activation(activation) => vec![
            own_activation(activation)
                .unwrap_or_else(|| format!("layers.Activation(\"{}\")", name(activation))),
        ],
        LayerKind::Dense { bias, activation } => {
            let bias = if bias { "" } else { ", use_bias=False" };
            let own = own_activation(activation);
            let argument = if own.is_some() {
                String::new()
            } else {
                argument(activation)
            };
            let mut lines = flatten(layer);
            lines.push(format!("layers.Dense({outputs}{bias}{penalty}{argument})"));
            lines.extend(own);
            lines
        }
        LayerKind::Output => {
            let mut lines = flatten(layer);
            lines.push(format!(
                "layers.Dense({outputs}{penalty}, activation=\"softmax\")"
            ));
            lines
        }
        LayerKind::Branch | LayerKind::Join(_) => Vec::new(),
    }
}

/// What stands before a dense layer that reads maps.
fn flatten(layer: &Layer) -> Vec<String> {
    match layer.input {
        Shape::Maps { .. } => vec!["layers.Flatten()".to_owned()],
        Shape::Vector(_) => Vec::new(),
    }
}

/// A layer of zeros before, and an argument for the padding.
fn border(window: &Window, maps: Shape) -> (Vec<String>, &'static str) {
    let (_, height, width) = maps.extent();
    if window.before == [0, 0] && window.after == [0, 0] {
        (Vec::new(), "")
    } else if window.same([height, width]) == *window {
        (Vec::new(), ", padding=\"same\"")
    } else {
        let around = |axis: usize| format!("({}, {})", window.before[axis], window.after[axis]);
        let zeros = format!("layers.ZeroPadding2D(({}, {}))", around(0), around(1));
        (vec![zeros], "")
    }
}

fn argument(activation: Activation) -> String {
    match activation {
        Activation::None => String::new(),
        activation => format!(", activation=\"{}\"", name(activation)),
    }
}

/// Keras's name of an activation that has one.
fn name(activation: Activation) -> &'static str {
    match activation {
        Activation::None => "linear",
        Activation::Relu => "relu",
        Activation::LeakyRelu(_) => "leaky_relu",
        Activation::Elu(_) => "elu",
        Activation::Relu6 => "relu6",
        Activation::Selu => "selu",
        Activation::Gelu | Activation::GeluTanh => "gelu",
        Activation::Silu => "silu",
        Activation::Tanh => "tanh",
        Activation::Sigmoid => "sigmoid",
        Activation::HardSigmoid => "hard_sigmoid",
        Activation::HardSilu => "hard_silu",
        Activation::HardTanh => "hard_tanh",
    }
}

/// The layer that an activation takes which Keras does not know by name alone.
fn own_activation(activation: Activation) -> Option<String> {
    match activation {
        Activation::LeakyRelu(slope) => Some(format!("layers.LeakyReLU({slope})")),
        Activation::Elu(alpha) if alpha.get().to_bits() != 1.0_f32.to_bits() => {
            Some(format!("layers.ELU({alpha})"))
        }
        Activation::GeluTanh => Some(
            "layers.Activation(lambda x: keras.activations.gelu(x, approximate=True))".to_owned(),
        ),
        _ => None,
    }
}
