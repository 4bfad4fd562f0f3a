//! What the plots show, in words: for whoever does not see them.

use super::sentences::plural;
use super::{Language, Text};
use convlens_core::training::{EpochMetrics, SettingsChange};

impl Text {
    /// What was changed in mid-run: the new learning rate, and the optimizer with its settings where they are others.
    #[must_use]
    pub fn settings_changed(&self, before: &SettingsChange, change: &SettingsChange) -> String {
        let mut parts = Vec::new();
        if before.learning_rate.to_bits() != change.learning_rate.to_bits() {
            let rate = self.shortest(change.learning_rate, 6);
            parts.push(match self.language {
                Language::En => format!("rate {rate}"),
                Language::Es => format!("tasa {rate}"),
            });
        }
        if before.optimization != change.optimization {
            parts.push(change.optimization.to_string());
        }
        parts.join(", ")
    }

    /// A moment of a run in a word or two: the end of an epoch, or a batch.
    #[must_use]
    pub fn moment_in_short(&self, step: u64, epochs: usize) -> String {
        let steps = self.integer(step as usize);
        match (self.language, step, epochs) {
            (Language::En, 0, _) => "the start".into(),
            (Language::Es, 0, _) => "el inicio".into(),
            (Language::En, _, 0) => format!("batch {steps}"),
            (Language::Es, _, 0) => format!("el lote {steps}"),
            (Language::En, ..) => format!("epoch {epochs}"),
            (Language::Es, ..) => format!("la época {epochs}"),
        }
    }

    /// A slice of a filter.
    #[must_use]
    pub fn slice_name(&self, slice: usize) -> String {
        match self.language {
            Language::En => format!("slice {slice}"),
            Language::Es => format!("corte {slice}"),
        }
    }

    /// A moment of a run, by its batches.
    #[must_use]
    pub fn after_batches(&self, step: u64) -> String {
        let step = self.integer(step as usize);
        match self.language {
            Language::En => format!("after {step} batches"),
            Language::Es => format!("tras {step} lotes"),
        }
    }

    /// The curves of loss or accuracy: where each run has come to.
    #[must_use]
    pub fn curves_in_words<'a>(
        &self,
        axis: &str,
        is_share: bool,
        runs: impl IntoIterator<Item = (&'a str, Option<&'a EpochMetrics>)>,
    ) -> String {
        let title = if is_share {
            self.curves.accuracy
        } else {
            self.curves.loss
        };
        let title = match self.language {
            Language::En => format!("{title} by {axis}"),
            Language::Es => format!("{title} por {axis}"),
        };
        let runs: Vec<_> = runs
            .into_iter()
            .map(|(name, last)| match last {
                Some(epoch) => format!("{name}: {}", self.epoch_in_words(epoch, is_share)),
                None => match self.language {
                    Language::En => format!("{name}: no complete epoch yet"),
                    Language::Es => format!("{name}: todavía ninguna época completa"),
                },
            })
            .collect();
        if runs.is_empty() {
            return match self.language {
                Language::En => format!("{title}: no runs yet"),
                Language::Es => format!("{title}: todavía ningún entrenamiento"),
            };
        }
        format!("{title}. {}", runs.join("; "))
    }

    /// What is written at the ring around a run's lowest test loss.
    #[must_use]
    pub fn lowest_test_loss(&self, loss: f64, epoch: usize) -> String {
        let loss = self.loss(loss);
        match self.language {
            Language::En => format!("lowest test loss {loss}, epoch\u{a0}{epoch}"),
            Language::Es => format!("menor pérdida de prueba {loss}, época\u{a0}{epoch}"),
        }
    }

    /// A figure and the epoch at whose end it was measured.
    #[must_use]
    pub fn at_epoch(&self, figure: &str, epoch: usize) -> String {
        format!("{figure} ({} {epoch})", self.curves.epoch)
    }

    /// A difference of losses, with its sign.
    #[must_use]
    pub fn signed_loss(&self, difference: f64) -> String {
        let sign = if difference < 0.0 { "−" } else { "+" };
        format!("{sign}{}", self.loss(difference.abs()))
    }

    fn epoch_in_words(&self, epoch: &EpochMetrics, is_share: bool) -> String {
        let (training, test) = if is_share {
            let test = epoch.test_accuracy.map(|share| self.percent(share, 1));
            (self.percent(epoch.train_accuracy, 1), test)
        } else {
            let test = epoch.test_loss.map(|loss| self.loss(loss));
            (self.loss(epoch.train_loss), test)
        };
        match self.language {
            Language::En => {
                let epochs = plural(epoch.epoch, "epoch", "epochs");
                let test =
                    test.map_or(String::new(), |test| format!(" and {test} on the test set"));
                format!("{training} in training{test} after {epochs}")
            }
            Language::Es => {
                let epochs = plural(epoch.epoch, "época", "épocas");
                let test = test.map_or(String::new(), |test| format!(" y {test} en prueba"));
                format!("{training} en entrenamiento{test} tras {epochs}")
            }
        }
    }

    /// Runs by test accuracy and what that cost.
    #[must_use]
    pub fn costs_in_words<'a>(
        &self,
        axis: &str,
        runs: impl IntoIterator<Item = (&'a str, f64, String)>,
    ) -> String {
        let runs: Vec<_> = runs
            .into_iter()
            .map(|(name, accuracy, cost)| format!("{name}: {}, {cost}", self.percent(accuracy, 1)))
            .collect();
        let runs = runs.join("; ");
        match self.language {
            Language::En => format!("Test accuracy vs. {axis}. {runs}"),
            Language::Es => format!("Exactitud de prueba frente a {axis}. {runs}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_say_where_each_run_has_come_to() {
        let epoch = EpochMetrics {
            epoch: 3,
            images: 320,
            seconds: 1.0,
            images_per_second: 320.0,
            train_loss: 0.25,
            train_accuracy: 0.911,
            test_loss: Some(0.3125),
            test_accuracy: Some(0.9),
            validation_loss: None,
            validation_accuracy: None,
            seconds_evaluate: 0.1,
        };
        let (en, es) = (Language::En.text(), Language::Es.text());
        let runs = [("64-64", Some(&epoch)), ("1 conv", None)];
        let loss = en.curves_in_words(en.curves.epoch, false, runs);
        assert_eq!(
            loss,
            "Loss by epoch. 64-64: 0.2500 in training and 0.3125 on the test set after 3 epochs; 1 conv: no complete epoch yet"
        );
        let accuracy = es.curves_in_words(es.curves.batch, true, runs);
        assert_eq!(
            accuracy,
            "Exactitud por lote. 64-64: 91,1\u{a0}% en entrenamiento y 90,0\u{a0}% en prueba tras 3 épocas; 1 conv: todavía ninguna época completa"
        );
        let none = es.curves_in_words(es.curves.epoch, false, []);
        assert_eq!(none, "Pérdida por época: todavía ningún entrenamiento");
        let costs = es.costs_in_words("parámetros", [("a", 0.9, "5 parámetros".to_owned())]);
        assert_eq!(
            costs,
            "Exactitud de prueba frente a parámetros. a: 90,0\u{a0}%, 5 parámetros"
        );
    }
}
