//! What layers are called.

use super::layer_spec::LayerSpec;

/// Counts the layers of each kind.
#[derive(Default)]
pub struct Names {
    conv: usize,
    pool: usize,
    norm: usize,
    dropout: usize,
    activation: usize,
    dense: usize,
    split: usize,
    branch: usize,
    add: usize,
    concat: usize,
}

impl Names {
    /// The name of the next layer.
    pub fn next(&mut self, spec: &LayerSpec) -> String {
        let (stem, count) = match spec {
            LayerSpec::Conv { .. } => ("conv", &mut self.conv),
            LayerSpec::MaxPool { .. }
            | LayerSpec::AveragePool { .. }
            | LayerSpec::GlobalAveragePool
            | LayerSpec::GlobalMaxPool => ("pool", &mut self.pool),
            LayerSpec::BatchNorm { .. } => ("norm", &mut self.norm),
            LayerSpec::Dropout { .. } => ("dropout", &mut self.dropout),
            LayerSpec::Activation { .. } => ("act", &mut self.activation),
            LayerSpec::Dense { .. } => ("dense", &mut self.dense),
            LayerSpec::Split => ("split", &mut self.split),
            LayerSpec::Branch => ("branch", &mut self.branch),
            LayerSpec::Add => ("add", &mut self.add),
            LayerSpec::Concatenate => ("concat", &mut self.concat),
        };
        *count += 1;
        format!("{stem}{count}")
    }
}

/// What Keras 3 calls the next layer of a class, of which there are `before` already: `conv2d`, `conv2d_1`, …
pub fn keras_name(class: &str, before: usize) -> String {
    match before {
        0 => class.to_owned(),
        number => format!("{class}_{number}"),
    }
}
