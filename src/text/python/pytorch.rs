//! The program in PyTorch.

use super::{
    Text, files, is_fashion_mnist, list, needs_math, number, reader, schedule, sides, way,
};
use convlens_core::dataset::{Origin, PictureSize};
use convlens_core::network::{
    Activation, BlockPart, Join, Layer, LayerKind, Normalization, PoolKind, Shape, Window,
};
use convlens_core::training::{Amount, Augmentation, Optimization, OptimizerKind, RunConfig};

/// What a stride and a dilation are called.
const WAY: [&str; 2] = ["stride", "dilation"];

pub(super) fn program(
    lines: &mut Vec<String>,
    text: &Text,
    config: &RunConfig,
    origin: &Origin,
    layers: &[Layer],
) {
    let mut add = |line: &str| lines.push(line.to_owned());
    let size = config.network.input;
    let (height, width) = (size.height, size.width);
    add("import gzip");
    if needs_math(config) {
        add("import math");
    }
    add("import os");
    if is_fashion_mnist(origin, size) {
        add("import urllib.request");
    }
    add("\nimport numpy as np\nimport torch\nfrom torch import nn\n");
    for line in reader(text, origin, size) {
        add(&line);
    }
    for (name, file, header) in files(size) {
        let tensor = if name.starts_with('x') {
            let shape = if size.is_colour() {
                format!("reshape(-1, {height}, {width}, 3).transpose(0, 3, 1, 2)")
            } else {
                format!("reshape(-1, 1, {height}, {width})")
            };
            format!("torch.tensor(read(\"{file}\", {header}).{shape})")
        } else {
            format!("torch.tensor(read(\"{file}\", {header})).long()")
        };
        add(&format!("{name} = {tensor}"));
    }
    if let Some(images) = config.images {
        add(&format!(
            "x_train, y_train = x_train[:{images}], y_train[:{images}]"
        ));
    }
    if let Some(Normalization { mean, deviation }) = &config.network.normalization {
        add(&format!(
            "mean = torch.tensor([{}]).reshape(-1, 1, 1)
deviation = torch.tensor([{}]).reshape(-1, 1, 1)",
            list(mean),
            list(deviation)
        ));
    }
    if config.validation_percent > 0 {
        let share = number(config.validation_percent as f64 / 100.0);
        add(&format!(
            "kept = round(len(x_train) * (1 - {share}))
x_validation, y_validation = x_train[kept:], y_train[kept:]
x_train, y_train = x_train[:kept], y_train[:kept]"
        ));
    }
    if layers.iter().any(|layer| layer.kind == LayerKind::Branch) {
        add("

class Branches(nn.Module):
    def __init__(self, join, *branches):
        super().__init__()
        self.join, self.branches = join, nn.ModuleList(branches)

    def forward(self, x):
        outputs = [branch(x) for branch in self.branches]
        return sum(outputs) if self.join == \"add\" else torch.cat(outputs, 1)
");
    }
    add(&format!(
        "\ntorch.manual_seed({})\nmodel = nn.Sequential(",
        config.seed
    ));
    for line in modules(config, layers) {
        add(&line);
    }
    let pixels = match config.network.normalization {
        Some(_) => "(images / 255 - mean) / deviation",
        None => "images / 255",
    };
    add(&format!(
        ")
for layer in model.modules():
    if isinstance(layer, (nn.Conv2d, nn.Linear)):
        nn.init.xavier_uniform_(layer.weight)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
print(sum(values.numel() for values in model.parameters()), \"parameters\")


@torch.no_grad()
def evaluate(x, y):
    model.eval()
    logits = torch.cat([model({pixels}) for images in x.split(500)])
    loss = nn.functional.cross_entropy(logits, y).item()
    return loss, (logits.argmax(1) == y).float().mean().item()

"
    ));
    let augmentation = &config.augmentation;
    let mut images = "x_train[batch] / 255".to_owned();
    if !augmentation.is_none() {
        images = format!("augment({images})");
        for line in augment(augmentation, size) {
            add(&line);
        }
    }
    if config.network.normalization.is_some() {
        images = format!("({images} - mean) / deviation");
    }
    let (rate, batch, epochs) = (
        number(config.learning_rate),
        config.batch_size,
        config.epochs,
    );
    let optimization = &config.optimization;
    let scheduled = schedule(config);
    if let Some(factor) = &scheduled {
        add(&format!(
            "steps = {epochs} * -(-len(x_train) // {batch})


def learning_rate(step):
    done = step / steps
    return {rate} * ({factor})

"
        ));
    }
    let (l2, decay) = (optimization.l2, optimization.weight_decay);
    if l2.get() > 0.0 || decay.get() > 0.0 {
        add(
            "kernels = [layer.weight for layer in model.modules() if isinstance(layer, (nn.Conv2d, nn.Linear))]",
        );
    }
    let smoothing = match optimization.label_smoothing {
        none if none.get() == 0.0 => String::new(),
        share => format!(", label_smoothing={share}"),
    };
    // What happens before and within a step.
    let set_rate = match scheduled {
        Some(_) => {
            "        for group in optimizer.param_groups:
            group[\"lr\"] = learning_rate(step)
        step += 1
"
        }
        None => "",
    };
    let penalty = match l2.get() {
        0.0 => String::new(),
        _ => format!("        penalty = {l2} * sum(kernel.square().sum() for kernel in kernels)\n"),
    };
    let summed = if penalty.is_empty() {
        "loss"
    } else {
        "(loss + penalty)"
    };
    let shrink = if decay.get() == 0.0 {
        String::new()
    } else {
        let rate = if scheduled.is_some() {
            "optimizer.param_groups[0][\"lr\"]"
        } else {
            &rate
        };
        format!(
            "        with torch.no_grad():
            for kernel in kernels:
                kernel.mul_(1 - {rate} * {decay})
"
        )
    };
    let step = if scheduled.is_some() {
        "step = 0\n"
    } else {
        ""
    };
    let start = match config.patience {
        Some(_) => format!("{step}best, since = float(\"inf\"), 0\n"),
        None => step.to_owned(),
    };
    let optimizer = optimizer(optimization, &rate);
    add(&format!(
        "optimizer = torch.optim.{optimizer}
{start}for epoch in range({epochs}):
    model.train()
    total, right = 0.0, 0
    for batch in torch.randperm(len(x_train)).split({batch}):
{set_rate}        logits = model({images})
        loss = nn.functional.cross_entropy(logits, y_train[batch]{smoothing})
{penalty}        optimizer.zero_grad()
        {summed}.backward()
{shrink}        optimizer.step()
        total += loss.item() * len(batch)
        right += (logits.argmax(1) == y_train[batch]).sum().item()
    print(f\"epoch {{epoch + 1}}: loss {{total / len(x_train):.4f}}, accuracy {{right / len(x_train):.4f}}\")"
    ));
    if config.validation_percent > 0 {
        add("    loss, accuracy = evaluate(x_validation, y_validation)
    print(f\"validation loss {loss:.4f}, validation accuracy {accuracy:.4f}\")");
    }
    if let Some(patience) = config.patience {
        add(&format!(
            "    if loss < best:
        best, since = loss, 0
    else:
        since += 1
    if since == {patience}:
        break"
        ));
    }
    add("loss, accuracy = evaluate(x_test, y_test)
print(f\"test loss {loss:.4f}, test accuracy {accuracy:.4f}\")");
}

/// A function that changes pictures of values from 0 to 1 as convlens does.
fn augment(augmentation: &Augmentation, size: PictureSize) -> Vec<String> {
    let PictureSize { height, width, .. } = size;
    let by = |way: Amount| augmentation.amount(way);
    let has = |way: Amount| by(way).get() > 0.0;
    let mut lines: Vec<String> = Vec::new();
    let mut add = |line: String| lines.push(line);
    add("def augment(images):\n    count = len(images)".to_owned());
    let moves = [Amount::Shift, Amount::Turn, Amount::Zoom];
    if augmentation.flip || moves.into_iter().any(has) {
        let between = |way: Amount| format!("{} * (2 * torch.rand(count) - 1)", by(way));
        let angle = if has(Amount::Turn) {
            format!("torch.deg2rad({})", between(Amount::Turn))
        } else {
            "torch.zeros(count)".to_owned()
        };
        let flip = if augmentation.flip {
            "torch.where(torch.rand(count) < 0.5, -1.0, 1.0)"
        } else {
            "1"
        };
        let zoom = if has(Amount::Zoom) {
            format!("1 + {}", between(Amount::Zoom))
        } else {
            "1".to_owned()
        };
        // Sides reach from -1 to 1 there.
        let shift = if has(Amount::Shift) {
            let most = by(Amount::Shift);
            format!("2 * {most} * (2 * torch.rand(count, 2, 1) - 1)")
        } else {
            "torch.zeros(count, 2, 1)".to_owned()
        };
        add(format!(
            "    angle, flip, zoom = {angle}, {flip}, {zoom}
    sine, cosine = angle.sin() / zoom, angle.cos() / zoom
    across = torch.stack((flip * cosine, -sine * {height} / {width}), 1)
    down = torch.stack((flip * sine * {width} / {height}, cosine), 1)
    matrix = torch.cat((torch.stack((across, down), 1), {shift}), 2)
    grid = nn.functional.affine_grid(matrix, images.shape, align_corners=False)
    images = nn.functional.grid_sample(images, grid, padding_mode=\"border\", align_corners=False)"
        ));
    }
    if has(Amount::Brightness) {
        let most = by(Amount::Brightness);
        add(format!(
            "    images = (images + {most} * (2 * torch.rand(count, 1, 1, 1) - 1)).clamp(0, 1)"
        ));
    }
    if has(Amount::Cutout) {
        let side = augmentation.cutout_side(size);
        let (above, below) = (side / 2, side - side / 2);
        add(format!(
            "    down = torch.arange({height})[:, None] - ({height} * torch.rand(count, 1, 1, 1)).floor()
    right = torch.arange({width}) - ({width} * torch.rand(count, 1, 1, 1)).floor()
    hole = (down >= -{above}) & (down < {below}) & (right >= -{above}) & (right < {below})
    images = images.masked_fill(hole, 0)"
        ));
    }
    add("    return images\n\n".to_owned());
    lines
}

fn optimizer(optimization: &Optimization, rate: &str) -> String {
    let momentum = match optimization.momentum {
        none if none.get() == 0.0 => String::new(),
        share => format!(", momentum={share}"),
    };
    let arguments = match optimization.optimizer {
        // Weights shrink in a line of their own below, since PyTorch's would also shrink biases.
        OptimizerKind::Adam | OptimizerKind::AdamW => {
            return format!("Adam(model.parameters(), lr={rate}, eps=1e-7)");
        }
        OptimizerKind::Sgd if optimization.nesterov => momentum + ", nesterov=True",
        OptimizerKind::Sgd => momentum,
        OptimizerKind::RmsProp => format!(", alpha=0.9, eps=1e-7{momentum}"),
    };
    let name = optimization.optimizer.name();
    format!("{name}(model.parameters(), lr={rate}{arguments})")
}

/// The lines within `nn.Sequential(` and `)`, those of branches further in.
fn modules(config: &RunConfig, layers: &[Layer]) -> Vec<String> {
    let network = &config.network;
    let mut lines = Vec::new();
    let mut depth = 1;
    for (index, layer) in layers.iter().enumerate() {
        let line = |depth: usize, text: &str| "    ".repeat(depth) + text;
        let part = |index: usize| {
            network
                .layers
                .get(index)
                .and_then(|layer| layer.block_part())
        };
        match part(index) {
            Some(BlockPart::Split) => {
                let block = network.block(index).unwrap_or_default();
                let join = match block.last().and_then(|join| part(*join)) {
                    Some(BlockPart::Join(Join::Add)) => "Branches(\"add\",",
                    _ => "Branches(\"concatenate\",",
                };
                lines.extend([line(depth, join), line(depth + 1, "nn.Sequential(")]);
                depth += 2;
            }
            Some(BlockPart::Branch) => {
                lines.extend([line(depth - 1, "),"), line(depth - 1, "nn.Sequential(")]);
            }
            Some(BlockPart::Join(_)) => {
                depth -= 2;
                lines.extend([line(depth + 1, "),"), line(depth, "),")]);
            }
            None => {
                let parts = parts(layer).into_iter();
                lines.extend(parts.map(|part| line(depth, &(part + ","))));
            }
        }
    }
    lines
}

fn parts(layer: &Layer) -> Vec<String> {
    let (inputs, outputs) = (layer.input.channels(), layer.output.channels());
    match layer.kind {
        LayerKind::Conv {
            window,
            groups,
            bias,
            activation,
        } => {
            let (mut lines, mut padding) = border(&window, "nn.ZeroPad2d", "");
            // PyTorch knows "same" of convolutions only, and only without a stride.
            let (_, height, width) = layer.input.extent();
            let has_border = (window.before, window.after) != ([0, 0], [0, 0]);
            if has_border && window.stride == [1, 1] && window.same([height, width]) == window {
                (lines, padding) = (Vec::new(), ", padding=\"same\"".to_owned());
            }
            let groups = match groups {
                1 => String::new(),
                groups => format!(", groups={groups}"),
            };
            let bias = if bias { "" } else { ", bias=False" };
            lines.push(format!(
                "nn.Conv2d({inputs}, {outputs}, {}{}{padding}{groups}{bias})",
                sides(window.size),
                way(&window, [1, 1], WAY)
            ));
            lines.extend(function(activation));
            lines
        }
        LayerKind::Pool { kind, window } => {
            let (zeros, value) = match kind {
                // What is padded is never the largest.
                PoolKind::Max => ("nn.ConstantPad2d", ", -float(\"inf\")"),
                PoolKind::Average { .. } => ("nn.ZeroPad2d", ""),
            };
            let (mut lines, mut padding) = border(&window, zeros, value);
            let class = match kind {
                PoolKind::Max => "MaxPool2d",
                PoolKind::Average { counts_padding } => {
                    if !counts_padding && !padding.is_empty() {
                        padding += ", count_include_pad=False";
                    }
                    "AvgPool2d"
                }
            };
            let (size, way) = (sides(window.size), way(&window, window.size, WAY));
            lines.push(format!("nn.{class}({size}{way}{padding})"));
            lines
        }
        LayerKind::GlobalPool { kind } => {
            let class = match kind {
                PoolKind::Max => "AdaptiveMaxPool2d",
                PoolKind::Average { .. } => "AdaptiveAvgPool2d",
            };
            vec![format!("nn.{class}(1)"), "nn.Flatten()".to_owned()]
        }
        LayerKind::BatchNorm {
            epsilon, momentum, ..
        } => {
            let class = match layer.output {
                Shape::Maps { .. } => "BatchNorm2d",
                Shape::Vector(_) => "BatchNorm1d",
            };
            let new = number(1.0 - f64::from(momentum.get()));
            vec![format!(
                "nn.{class}({outputs}, eps={epsilon}, momentum={new})"
            )]
        }
        LayerKind::Dropout { rate } => vec![format!("nn.Dropout({rate})")],
        LayerKind::Activation(activation) => function(activation).into_iter().collect(),
        LayerKind::Dense { bias, activation } => {
            let bias = if bias { "" } else { ", bias=False" };
            let mut lines = flatten(layer);
            let inputs = layer.input.len();
            lines.push(format!("nn.Linear({inputs}, {outputs}{bias})"));
            lines.extend(function(activation));
            lines
        }
        LayerKind::Output => {
            let mut lines = flatten(layer);
            lines.push(format!("nn.Linear({}, {outputs})", layer.input.len()));
            lines
        }
        LayerKind::Branch | LayerKind::Join(_) => Vec::new(),
    }
}

/// What stands before a dense layer that reads maps.
fn flatten(layer: &Layer) -> Vec<String> {
    match layer.input {
        Shape::Maps { .. } => vec!["nn.Flatten()".to_owned()],
        Shape::Vector(_) => Vec::new(),
    }
}

/// A layer of padding before, where it is not the same on both sides, or else an argument.
fn border(window: &Window, class: &str, value: &str) -> (Vec<String>, String) {
    if window.before == window.after {
        let padding = match window.before {
            [0, 0] => String::new(),
            border => format!(", padding={}", sides(border)),
        };
        return (Vec::new(), padding);
    }
    let ([top, left], [bottom, right]) = (window.before, window.after);
    let layer = format!("{class}(({left}, {right}, {top}, {bottom}){value})");
    (vec![layer], String::new())
}

/// The layer of an activation.
fn function(activation: Activation) -> Option<String> {
    Some(match activation {
        Activation::None => return None,
        Activation::Relu => "nn.ReLU()".to_owned(),
        Activation::LeakyRelu(slope) => format!("nn.LeakyReLU({slope})"),
        Activation::Elu(alpha) => format!("nn.ELU({alpha})"),
        Activation::Relu6 => "nn.ReLU6()".to_owned(),
        Activation::Selu => "nn.SELU()".to_owned(),
        Activation::Gelu => "nn.GELU()".to_owned(),
        Activation::GeluTanh => "nn.GELU(approximate=\"tanh\")".to_owned(),
        Activation::Silu => "nn.SiLU()".to_owned(),
        Activation::Tanh => "nn.Tanh()".to_owned(),
        Activation::Sigmoid => "nn.Sigmoid()".to_owned(),
        Activation::HardSigmoid => "nn.Hardsigmoid()".to_owned(),
        Activation::HardSilu => "nn.Hardswish()".to_owned(),
        Activation::HardTanh => "nn.Hardtanh()".to_owned(),
    })
}
