//! The program in Keras.

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
    let from_keras = is_fashion_mnist(origin);
    if !from_keras {
        add("import gzip\nimport os\n\nimport numpy as np");
    }
    add("import keras\nfrom keras import layers\n");
    if from_keras {
        add("(x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()");
    } else {
        for line in reader(text, origin) {
            add(&line);
        }
        for (name, file, header) in FILES {
            let shape = if name.starts_with('x') {
                ".reshape(-1, 28, 28)"
            } else {
                ""
            };
            add(&format!("{name} = read(\"{file}\", {header}){shape}"));
        }
    }
    for set in ["train", "test"] {
        add(&format!(
            "x_{set} = x_{set}[..., None].astype(\"float32\") / 255"
        ));
    }
    if let Some(images) = config.images {
        add(&format!(
            "x_train, y_train = x_train[:{images}], y_train[:{images}]"
        ));
    }
    add(&format!(
        "\nkeras.utils.set_random_seed({})\nmodel = keras.Sequential(\n    [\n        layers.Input((28, 28, 1)),",
        config.seed % (1 << 32)
    ));
    let mut is_flat = false;
    for layer in layers {
        let is_dense = matches!(layer.kind, LayerKind::Dense | LayerKind::Output);
        if is_dense && !is_flat {
            is_flat = true;
            add("        layers.Flatten(),");
        }
        add(&format!("        {},", line(layer)));
    }
    let (rate, batch, epochs) = (
        number(config.learning_rate),
        config.batch_size,
        config.epochs,
    );
    add(&format!(
        "    ]
)
model.summary()
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate={rate}),
    loss=\"sparse_categorical_crossentropy\",
    metrics=[\"accuracy\"],
)"
    ));
    let validation = match config.validation_percent {
        0 => String::new(),
        percent => format!(", validation_split={}", number(percent as f64 / 100.0)),
    };
    add(&format!(
        "model.fit(x_train, y_train, batch_size={batch}, epochs={epochs}{validation})
loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f\"test loss {{loss:.4f}}, test accuracy {{accuracy:.4f}}\")"
    ));
}

fn line(layer: &Layer) -> String {
    let (outputs, ..) = layer.output.extent();
    match layer.kind {
        LayerKind::Conv { kernel, padding } => {
            let padding = match padding {
                Padding::Valid => "",
                Padding::Same => ", padding=\"same\"",
            };
            format!("layers.Conv2D({outputs}, {kernel}{padding}, activation=\"relu\")")
        }
        LayerKind::MaxPool => "layers.MaxPooling2D(2)".to_owned(),
        LayerKind::Dense => format!("layers.Dense({outputs}, activation=\"relu\")"),
        LayerKind::Output => format!("layers.Dense({outputs}, activation=\"softmax\")"),
    }
}
