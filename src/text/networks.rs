//! What networks are called on screen. Files and commands have their short name, which is made of signs; a class reads words.

use super::{Language, Text};
use convlens_core::network::{Activation, Preset};

impl Text {
    /// A network by its short name: a preset as it is called beside the stack, another by the numbers of its filters, and in words what is
    /// special about all of it. Two networks that differ are called differently.
    pub(super) fn network_name(&self, label: &str) -> String {
        // Branches stand in brackets; what is the same in all of them is not looked for.
        if label.contains('(') {
            return label.to_owned();
        }
        let es = self.language == Language::Es;
        let (layers, is_normalized) = match label.strip_suffix(" norm") {
            Some(layers) => (layers, true),
            None => (label, false),
        };
        let preset = Preset::from_name(layers).map(|preset| self.preset(preset));
        if let Some(preset) = preset.filter(|_| !is_normalized) {
            return preset.to_owned();
        }
        let layers = layers.strip_prefix("conv ").unwrap_or(layers);
        let mut layers: Vec<&str> = layers.split('-').collect();
        let mut special = Vec::new();
        let all = shared_activation(&layers);
        if let Some((activation, ending)) = &all {
            for layer in &mut layers {
                if has_weights(layer) {
                    *layer = layer.strip_suffix(ending.as_str()).unwrap_or(layer);
                }
            }
            let name = self.activation(*activation);
            special.push(match activation {
                Activation::None if es => "sin activación".to_owned(),
                Activation::None => "without activation".to_owned(),
                _ if es => format!("con {name}"),
                _ => format!("with {name}"),
            });
        }
        if is_normalized_throughout(&layers) {
            layers.retain(|layer| *layer != "bn");
            let words = self.editing.add_norm;
            special.push(if es {
                format!("con {words}")
            } else {
                format!("with {words}")
            });
        }
        if let [before @ .., last] = layers.as_slice()
            && let Some(rate) = dropout(last)
            && !before.is_empty()
            && before.iter().all(|layer| dropout(layer).is_none())
        {
            let rate = self.shortest(rate, 4);
            special.push(if es {
                format!("con dropout {rate}")
            } else {
                format!("with dropout {rate}")
            });
            layers.pop();
        }
        let rest = layers.join("-");
        let preset = preset.or_else(|| Preset::of_short(&rest).map(|it| self.preset(it)));
        let name = if let Some(preset) = preset {
            preset.to_owned()
        } else if let Some(filters) = filters_of_blocks(&layers) {
            filters
        } else if layers.iter().all(|layer| is_convolution(layer)) {
            let words = if es {
                "solo convoluciones"
            } else {
                "convolutions only"
            };
            special.push(words.to_owned());
            rest
        } else {
            let layers: Vec<String> = layers.iter().map(|layer| self.layer(layer)).collect();
            layers.join(" → ")
        };
        if is_normalized {
            let words = if es {
                "píxeles normalizados"
            } else {
                "normalized pixels"
            };
            special.push(words.to_owned());
        }
        if special.is_empty() {
            return name;
        }
        format!("{name} {}", special.join(", "))
    }

    /// A layer of a short name.
    fn layer(&self, short: &str) -> String {
        let words = &self.editing;
        match short {
            "linear" if self.language == Language::Es => "lineal".to_owned(),
            "p" => "pool".to_owned(),
            "a" => words.add_average.to_owned(),
            "gap" => words.add_global_average.to_owned(),
            "gmp" => words.add_global_max.to_owned(),
            "bn" => words.norm_details.to_owned(),
            _ if has_weights(short) && !is_convolution(short) => {
                format!("{} {}", self.preset(Preset::Dense), &short[1..])
            }
            _ => match dropout(short) {
                Some(rate) => format!("dropout {}", self.shortest(rate, 4)),
                None => short.to_owned(),
            },
        }
    }
}

fn is_convolution(layer: &str) -> bool {
    layer.starts_with(|first: char| first.is_ascii_digit())
}

/// A convolution, or a dense layer: `16same`, `d64`.
fn has_weights(layer: &str) -> bool {
    is_convolution(layer.strip_prefix('d').unwrap_or(layer))
}

fn dropout(layer: &str) -> Option<f64> {
    layer.strip_prefix("do")?.parse().ok()
}

/// The numbers of filters of a network that is built as the notebook's: blocks of a convolution and its pool, and the same dense layer.
fn filters_of_blocks(layers: &[&str]) -> Option<String> {
    let (last, blocks) = layers.split_last()?;
    let filters = blocks.chunks(2).map(|block| match block {
        [filters, "p"] if filters.bytes().all(|digit| digit.is_ascii_digit()) => Some(*filters),
        _ => None,
    });
    let filters: Vec<&str> = filters.collect::<Option<_>>()?;
    (*last == "d128" && filters.len() > 1).then(|| filters.join("-"))
}

/// Another activation than ReLU that all layers with weights have, and how their short names end by it.
fn shared_activation(layers: &[&str]) -> Option<(Activation, String)> {
    let weighted = || layers.iter().filter(|layer| has_weights(layer));
    weighted().next()?;
    let endings = Activation::ALL.map(|it| (it, it.label()));
    let shared = endings.into_iter().filter(|(_, ending)| {
        let mut all = weighted();
        all.all(|layer| layer.ends_with(ending.as_str()))
    });
    // "hardtanh" ends as "tanh" does.
    shared.max_by_key(|(_, ending)| ending.len())
}

/// Whether a batch normalization stands behind every layer with weights, and nowhere else.
fn is_normalized_throughout(layers: &[&str]) -> bool {
    let behind = |index: usize| index.checked_sub(1).is_some_and(|i| has_weights(layers[i]));
    let norms = |index: usize| layers.get(index) == Some(&"bn");
    (0..layers.len()).any(norms)
        && (0..layers.len()).all(|index| {
            (!has_weights(layers[index]) || norms(index + 1)) && (!norms(index) || behind(index))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_called_by_its_filters_and_by_words() {
        for (label, english, spanish) in [
            ("64-64", "64-64", "64-64"),
            ("dense", "dense", "densa"),
            ("linear", "linear", "lineal"),
            (
                "conv 16-16",
                "16-16 convolutions only",
                "16-16 solo convoluciones",
            ),
            (
                "16none-16none",
                "16-16 without activation, convolutions only",
                "16-16 sin activación, solo convoluciones",
            ),
            (
                "64none-p-64none-p-d128none",
                "64-64 without activation",
                "64-64 sin activación",
            ),
            (
                "16hardtanh-p-16hardtanh-p-d128hardtanh",
                "16-16 with hard tanh",
                "16-16 con hard tanh",
            ),
            ("8-p-4-p-d128", "8-4", "8-4"),
            ("8-p-d128", "8 → pool → dense 128", "8 → pool → densa 128"),
            (
                "64-p-64-p-d128-do0.5",
                "64-64 with dropout 0.5",
                "64-64 con dropout 0,5",
            ),
            (
                "16-bn-p-16-bn-p-d128-bn",
                "16-16 with batch normalization",
                "16-16 con normalización por lotes",
            ),
            (
                "16-bn-p-16-p-d64",
                "16 → batch norm → pool → 16 → pool → dense 64",
                "16 → norm. por lotes → pool → 16 → pool → densa 64",
            ),
            (
                "64-64 norm",
                "64-64 normalized pixels",
                "64-64 píxeles normalizados",
            ),
            (
                "16-(16-16none,id)+",
                "16-(16-16none,id)+",
                "16-(16-16none,id)+",
            ),
        ] {
            assert_eq!(Language::En.text().network_name(label), english);
            assert_eq!(Language::Es.text().network_name(label), spanish);
        }
    }
}
