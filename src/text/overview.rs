//! Sentences about the network at a glance.

use super::{Language, Text};

impl Text {
    /// A channel or unit of a layer; of the picture its channel.
    #[must_use]
    pub fn node_name(&self, layer: &str, channel: usize) -> String {
        let layer = if layer.is_empty() {
            self.overview.picture
        } else {
            layer
        };
        format!("{layer} · {channel}")
    }

    /// What a channel adds, with its sign.
    #[must_use]
    pub fn contribution(&self, value: f32) -> String {
        let sign = if value >= 0.0 { "+" } else { "" };
        format!("{sign}{}", self.value(value))
    }

    /// A node for a screen reader and under the pointer: its name, its mean, and what adds most to it.
    #[must_use]
    pub fn node_in_words(&self, name: &str, mean: f32, inputs: &[(String, f32)]) -> String {
        let mean = self.value(mean);
        let inputs = inputs
            .iter()
            .map(|(name, added)| format!("{name} {}", self.contribution(*added)));
        let inputs = inputs.collect::<Vec<_>>().join(", ");
        match (self.language, inputs.is_empty()) {
            (Language::En, true) => format!("{name}: mean {mean}"),
            (Language::Es, true) => format!("{name}: media {mean}"),
            (Language::En, false) => format!("{name}: mean {mean}; from {inputs}"),
            (Language::Es, false) => format!("{name}: media {mean}; de {inputs}"),
        }
    }
}
