//! The program in PyTorch.

use super::{FILES, Text, is_fashion_mnist, number, reader};
use convlens_core::dataset::Origin;
use convlens_core::network::{Layer, LayerKind, Padding};
use convlens_core::training::RunConfig;

pub(super) fn program(
    lines: &mut Vec<String>,
    text: &Text,
    config: &RunConfig,
    origin: &Origin,
    layers: &[Layer],
) {
    let mut add = |line: &str| lines.push(line.to_owned());
    add("import gzip\nimport os");
    if is_fashion_mnist(origin) {
        add("import urllib.request");
    }
    add("\nimport numpy as np\nimport torch\nfrom torch import nn\n");
    for line in reader(text, origin) {
        add(&line);
    }
    for (name, file, header) in FILES {
        let tensor = if name.starts_with('x') {
            format!("torch.tensor(read(\"{file}\", {header}).reshape(-1, 1, 28, 28))")
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
    if config.validation_percent > 0 {
        let share = number(config.validation_percent as f64 / 100.0);
        add(&format!(
            "kept = round(len(x_train) * (1 - {share}))
x_validation, y_validation = x_train[kept:], y_train[kept:]
x_train, y_train = x_train[:kept], y_train[:kept]"
        ));
    }
    add(&format!(
        "\ntorch.manual_seed({})\nmodel = nn.Sequential(",
        config.seed
    ));
    let mut is_flat = false;
    for layer in layers {
        let is_dense = matches!(layer.kind, LayerKind::Dense | LayerKind::Output);
        if is_dense && !is_flat {
            is_flat = true;
            add("    nn.Flatten(),");
        }
        for line in parts(layer) {
            add(&format!("    {line},"));
        }
    }
    add(")
for layer in model:
    if hasattr(layer, \"weight\"):
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)
print(sum(values.numel() for values in model.parameters()), \"parameters\")


@torch.no_grad()
def evaluate(x, y):
    logits = torch.cat([model(images / 255) for images in x.split(500)])
    loss = nn.functional.cross_entropy(logits, y).item()
    return loss, (logits.argmax(1) == y).float().mean().item()

");
    let (rate, batch, epochs) = (
        number(config.learning_rate),
        config.batch_size,
        config.epochs,
    );
    add(&format!(
        "optimizer = torch.optim.Adam(model.parameters(), lr={rate}, eps=1e-7)
for epoch in range({epochs}):
    total, right = 0.0, 0
    for batch in torch.randperm(len(x_train)).split({batch}):
        logits = model(x_train[batch] / 255)
        loss = nn.functional.cross_entropy(logits, y_train[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
        right += (logits.argmax(1) == y_train[batch]).sum().item()
    print(f\"epoch {{epoch + 1}}: loss {{total / len(x_train):.4f}}, accuracy {{right / len(x_train):.4f}}\")"
    ));
    if config.validation_percent > 0 {
        add("    loss, accuracy = evaluate(x_validation, y_validation)
    print(f\"validation loss {loss:.4f}, validation accuracy {accuracy:.4f}\")");
    }
    add("loss, accuracy = evaluate(x_test, y_test)
print(f\"test loss {loss:.4f}, test accuracy {accuracy:.4f}\")");
}

fn parts(layer: &Layer) -> Vec<String> {
    let relu = || "nn.ReLU()".to_owned();
    match layer.kind {
        LayerKind::Conv { kernel, padding } => {
            let ((inputs, ..), (filters, ..)) = (layer.input.extent(), layer.output.extent());
            let padding = match padding {
                Padding::Valid => "",
                Padding::Same => ", padding=\"same\"",
            };
            vec![
                format!("nn.Conv2d({inputs}, {filters}, {kernel}{padding})"),
                relu(),
            ]
        }
        LayerKind::MaxPool => vec!["nn.MaxPool2d(2)".to_owned()],
        LayerKind::Dense => vec![
            format!("nn.Linear({}, {})", layer.input.len(), layer.output.len()),
            relu(),
        ],
        LayerKind::Output => vec![format!(
            "nn.Linear({}, {})",
            layer.input.len(),
            layer.output.len()
        )],
    }
}
