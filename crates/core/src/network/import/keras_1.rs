//! Keras 1's descriptions and names of weights, as Keras 2 would write them.

use std::borrow::Cow;

use serde_json::{Value, json};

/// The layer as Keras 2 describes it; itself, if Keras 1 did not write it.
pub(super) fn modern(layer: &Value) -> Cow<'_, Value> {
    // What it was called, and what it is called now.
    let renamed: &[(&str, &str)] = match layer["class_name"].as_str() {
        Some("Convolution2D") => &[
            ("nb_filter", "filters"),
            ("subsample", "strides"),
            ("border_mode", "padding"),
            ("bias", "use_bias"),
        ],
        Some("MaxPooling2D" | "AveragePooling2D") => &[("border_mode", "padding")],
        Some("Dense") => &[("output_dim", "units"), ("bias", "use_bias")],
        Some("Dropout") => &[("p", "rate")],
        _ => &[],
    };
    let old = &layer["config"];
    let is_old =
        old.get("dim_ordering").is_some() || renamed.iter().any(|(was, _)| old.get(was).is_some());
    if !is_old || !old.is_object() {
        return Cow::Borrowed(layer);
    }
    let mut layer = layer.clone();
    let config = &mut layer["config"];
    for (was, is) in renamed {
        if let Some(value) = config.get(was).cloned() {
            config[is] = value;
        }
    }
    match config["dim_ordering"].as_str() {
        Some("tf") => config["data_format"] = json!("channels_last"),
        Some("th") => config["data_format"] = json!("channels_first"),
        _ => {}
    }
    if layer["class_name"] == "Convolution2D" {
        let config = &mut layer["config"];
        config["kernel_size"] = json!([config["nb_row"], config["nb_col"]]);
        layer["class_name"] = json!("Conv2D");
    }
    Cow::Owned(layer)
}

/// A variable of a layer as Keras 2 calls it: `kernel` for `convolution2d_1_W`.
pub(super) fn variable<'a>(layer: &str, name: &'a str) -> &'a str {
    let own = name
        .strip_prefix(layer)
        .and_then(|rest| rest.strip_prefix('_'));
    match own {
        Some("W") => "kernel",
        Some("b") => "bias",
        Some("gamma") => "gamma",
        Some("beta") => "beta",
        Some("running_mean") => "moving_mean",
        // Of the variance, whatever its name says.
        Some("running_std") => "moving_variance",
        _ => name,
    }
}
