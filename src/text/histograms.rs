//! Sentences about how the numbers of a layer are spread.

use super::{Language, Text};
use convlens_core::explore::statistics::{Distribution, ProbeSet};

impl Text {
    /// A number of a distribution, to three digits; that there is none.
    #[must_use]
    pub fn figure(&self, value: Option<f64>) -> String {
        value.map_or("NaN".to_owned(), |value| self.value(value as f32))
    }

    /// The quantiles of some numbers of a layer.
    #[must_use]
    pub fn spread(&self, layer: &str, quantity: &str, spread: &Distribution) -> String {
        let of = format!("{layer}, {quantity}");
        let Some(quantiles) = spread.quantiles else {
            return format!("{of}: {}", self.histograms.nothing);
        };
        let [least, p1, _, p25, median, p75, _, p99, most] =
            quantiles.map(|x| self.value(x as f32));
        let mut words = match self.language {
            Language::En => format!(
                "{of}: median {median}; half from {p25} to {p75}, 98 % from {p1} to {p99}, all from {least} to {most}"
            ),
            Language::Es => format!(
                "{of}: mediana {median}; la mitad de {p25} a {p75}, el 98 % de {p1} a {p99}, todos de {least} a {most}"
            ),
        };
        if let Some(not_finite) = self.not_finite(spread) {
            words = format!("{words}; {not_finite}");
        }
        words
    }

    /// How many of the numbers are none.
    #[must_use]
    pub fn not_finite(&self, spread: &Distribution) -> Option<String> {
        let (count, all) = (self.integer(spread.not_finite), self.integer(spread.count));
        (spread.not_finite > 0).then(|| match self.language {
            Language::En => format!("{count} of {all} are not finite"),
            Language::Es => format!("{count} de {all} no son finitos"),
        })
    }

    /// How many are left out of the bars.
    #[must_use]
    pub fn zeros_left_out(&self, spread: &Distribution) -> Option<String> {
        let share = spread.zeros as f64 / spread.count.max(1) as f64;
        let share = self.percent(share, 1);
        (spread.zeros > 0).then(|| match self.language {
            Language::En => format!("{share} are 0"),
            Language::Es => format!("{share} son 0"),
        })
    }

    /// How many of a layer's units.
    #[must_use]
    pub fn units_of(&self, count: usize, units: usize) -> String {
        let share = self.percent(count as f64 / units.max(1) as f64, 0);
        let (count, units) = (self.integer(count), self.integer(units));
        match self.language {
            Language::En => format!("{count} of {units} ({share})"),
            Language::Es => format!("{count} de {units} ({share})"),
        }
    }

    /// A change a batch, and since when it is measured.
    #[must_use]
    pub fn changed_since(&self, since: u64) -> String {
        let since = self.integer(since as usize);
        match self.language {
            Language::En => format!("since batch {since}"),
            Language::Es => format!("desde el lote {since}"),
        }
    }

    /// Of which pictures activations and gradients are, and what the loss over them is.
    #[must_use]
    pub fn probe_in_words(&self, set: ProbeSet, images: usize, loss: Option<f64>) -> String {
        let images = self.integer(images);
        let words = match (self.language, set) {
            (Language::En, ProbeSet::Training) => format!("Probe: first {images} training images"),
            (Language::En, ProbeSet::Test) => format!("Probe: first {images} test images"),
            (Language::Es, ProbeSet::Training) => {
                format!("Sondeo: primeras {images} imágenes de entrenamiento")
            }
            (Language::Es, ProbeSet::Test) => {
                format!("Sondeo: primeras {images} imágenes de prueba")
            }
        };
        let Some(loss) = loss else {
            return words;
        };
        let loss = if loss.is_nan() {
            "NaN".to_owned()
        } else {
            self.loss(loss)
        };
        match self.language {
            Language::En => format!("{words}, loss {loss}"),
            Language::Es => format!("{words}, pérdida {loss}"),
        }
    }

    /// How they are measured.
    #[must_use]
    pub fn probe_hint(&self) -> &'static str {
        match self.language {
            Language::En => {
                "The same images at every moment, unchanged. The network computes as in testing: without dropout, with the running values of batch normalizations. The loss is the cross-entropy, without label smoothing and weight penalties."
            }
            Language::Es => {
                "Las mismas imágenes en cada momento, sin cambios. La red calcula como en la prueba: sin dropout, con los valores acumulados de las normalizaciones por lotes. La pérdida es la entropía cruzada, sin suavizado de etiquetas ni penalización de pesos."
            }
        }
    }

    /// The plot over the moments, for whoever does not see it.
    #[must_use]
    pub fn bands_in_words(&self, layer: &str, quantity: &str, moments: usize) -> String {
        let count = self.integer(moments);
        match (self.language, moments) {
            (Language::En, 1) => format!("{layer}, {quantity}, over the training: one moment"),
            (Language::Es, 1) => {
                format!("{layer}, {quantity}, durante el entrenamiento: un momento")
            }
            (Language::En, _) => format!("{layer}, {quantity}, over the training: {count} moments"),
            (Language::Es, _) => {
                format!("{layer}, {quantity}, durante el entrenamiento: {count} momentos")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_said() {
        let (en, es) = (Language::En.text(), Language::Es.text());
        let mut values: Vec<f32> = (0..=100).map(|i| i as f32 / 100.0).collect();
        values.push(f32::NAN);
        let spread = Distribution::of(values);
        assert_eq!(
            en.spread("conv1", "weights", &spread),
            "conv1, weights: median 0.5; half from 0.25 to 0.75, 98 % from 0.01 to 0.99, all from 0 to 1; 1 of 102 are not finite"
        );
        assert_eq!(
            es.spread("conv1", "pesos", &Distribution::of(vec![f32::NAN])),
            "conv1, pesos: Ningún valor es un número finito."
        );
        assert_eq!(en.zeros_left_out(&spread).unwrap(), "1.0\u{a0}% are 0");
        assert_eq!(es.units_of(12, 64), "12 de 64 (19\u{a0}%)");
        let loss = en.probe_in_words(ProbeSet::Test, 256, Some(f64::NAN));
        assert_eq!(loss, "Probe: first 256 test images, loss NaN");
    }
}
