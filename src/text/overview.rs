//! Sentences about the network at a glance.

use super::{Language, Text};
use convlens_core::explore::{GradientOf, WeightGradient, WeightTerm};

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

    /// The same for the gradient, and what hands most of it back.
    #[must_use]
    pub fn gradient_in_words(&self, name: &str, mean: f32, readers: &[(String, f32)]) -> String {
        let mean = self.value(mean);
        let readers = readers
            .iter()
            .map(|(name, back)| format!("{name} {}", self.contribution(*back)));
        let readers = readers.collect::<Vec<_>>().join(", ");
        match (self.language, readers.is_empty()) {
            (Language::En, true) => format!("{name}: mean gradient {mean}"),
            (Language::Es, true) => format!("{name}: gradiente medio {mean}"),
            (Language::En, false) => format!("{name}: mean gradient {mean}; back from {readers}"),
            (Language::Es, false) => {
                format!("{name}: gradiente medio {mean}; vuelve de {readers}")
            }
        }
    }

    /// Of what the gradient is, with its value; `classes` names the network's classes.
    #[must_use]
    pub fn gradient_of(&self, classes: &Self, of: GradientOf, value: f32) -> String {
        let value = self.value(value);
        match (self.language, of) {
            (Language::En, GradientOf::Loss(class)) => {
                let class = classes.class_name(class as u8);
                format!("Gradient of the loss: {value}, −ln of the probability of {class}")
            }
            (Language::Es, GradientOf::Loss(class)) => {
                let class = classes.class_name(class as u8);
                format!("Gradiente de la pérdida: {value}, −ln de la probabilidad de {class}")
            }
            (Language::En, GradientOf::Score(class)) => {
                let class = classes.class_name(class as u8);
                format!("Gradient of the score of {class}: {value}, before softmax")
            }
            (Language::Es, GradientOf::Score(class)) => {
                let class = classes.class_name(class as u8);
                format!("Gradiente de la puntuación de {class}: {value}, antes de softmax")
            }
        }
    }

    /// A weight of a kernel and the gradient by it.
    #[must_use]
    pub fn weight_and_gradient(&self, [row, column]: [usize; 2], weight: f32, by: f32) -> String {
        let (weight, by) = (self.value(weight), self.value(by));
        match self.language {
            Language::En => format!("row {row}, column {column}: weight {weight}, gradient {by}"),
            Language::Es => format!("fila {row}, columna {column}: peso {weight}, gradiente {by}"),
        }
    }

    /// The sum of the chain rule at a weight: its largest products, how many more there are and what these come to, and the whole.
    #[must_use]
    pub fn chain_rule(&self, found: &WeightGradient, shown: usize) -> String {
        let shown = &found.terms[..shown.min(found.terms.len())];
        let product = |term: &WeightTerm| {
            let [input, of_sum] = [term.input, term.of_sum].map(|value| {
                let words = self.value(value);
                if value < 0.0 {
                    format!("({words})")
                } else {
                    words
                }
            });
            format!("{input} × {of_sum}")
        };
        let mut sum: Vec<String> = shown.iter().map(product).collect();
        let more = found.terms.len() - shown.len();
        if more > 0 {
            let own: f32 = shown.iter().map(|term| term.input * term.of_sum).sum();
            let rest = self.value(found.gradient - own);
            sum.push(match self.language {
                Language::En => format!("{more} more: {rest}"),
                Language::Es => format!("{more} más: {rest}"),
            });
        }
        if sum.is_empty() {
            sum.push("0".to_owned());
        }
        format!("{} = {}", sum.join(" + "), self.value(found.gradient))
    }

    /// What gradient descent on this picture alone would make of a weight.
    #[must_use]
    pub fn descent(&self, weight: f32, gradient: f32, rate: f64) -> String {
        let to = (f64::from(weight) - rate * f64::from(gradient)) as f32;
        let [from, to] = [weight, to].map(|value| self.decimal(f64::from(value), 6));
        let rate = self.shortest(rate, 6);
        match self.language {
            Language::En => format!(
                "One step of gradient descent on this picture alone, rate {rate}: {from} → {to}"
            ),
            Language::Es => format!(
                "Un paso de descenso de gradiente solo con esta imagen, tasa {rate}: {from} → {to}"
            ),
        }
    }
}
