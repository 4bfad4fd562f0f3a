//! How far a run is, and which of its moments is looked at.

use super::{Language, Text};

/// How a run stands, for [`Text::progress`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named like the run's own states")]
pub enum RunWords {
    Starting,
    Running,
    Paused,
    Finished,
    Stopped,
    Failed,
}

/// What the progress bar says.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are what their names say")]
pub struct ProgressWords {
    pub status: RunWords,
    pub epoch: usize,
    /// 0 where there is no room for it.
    pub epochs: usize,
    pub batch: usize,
    /// 0 while it is unknown, or where there is no room for it.
    pub batches: usize,
    pub images_per_second: Option<f64>,
    pub seconds_left: Option<f64>,
    /// Of the last epoch that is complete.
    pub test_accuracy: Option<f64>,
    pub measured_epoch: usize,
}

impl ProgressWords {
    /// The accuracy of a run that is over.
    #[must_use]
    pub fn accuracy_at_end(&self) -> Option<f64> {
        let is_over = matches!(self.status, RunWords::Finished | RunWords::Stopped);
        self.test_accuracy.filter(|_| is_over)
    }

    /// The epoch that the accuracy is of, where the run has gone on since.
    fn earlier_epoch(&self) -> Option<usize> {
        let has_gone_on = self.epoch > self.measured_epoch;
        Some(self.measured_epoch).filter(|_| has_gone_on)
    }
}

impl Text {
    /// The progress bar.
    #[must_use]
    pub fn progress(&self, words: &ProgressWords) -> String {
        let status = self.run_status(words.status);
        let mut parts = Vec::new();
        if !status.is_empty() {
            parts.push(status.to_owned());
        }
        let (epoch, batch) = match self.language {
            Language::En => ("epoch", "batch"),
            Language::Es => ("época", "lote"),
        };
        if words.epochs > 0 {
            parts.push(format!("{epoch} {} / {}", words.epoch, words.epochs));
        }
        if words.status != RunWords::Finished && words.batches > 0 {
            let (done, all) = (self.integer(words.batch), self.integer(words.batches));
            parts.push(format!("{batch} {done} / {all}"));
        }
        if let Some(speed) = words.images_per_second {
            let speed = self.integer(speed.round() as usize);
            parts.push(format!("{speed} img/s"));
        }
        if let Some(left) = words.seconds_left {
            let left = self.duration(left);
            parts.push(match self.language {
                Language::En => format!("{left} left"),
                Language::Es => format!("faltan {left}"),
            });
        }
        if let Some(accuracy) = words.accuracy_at_end() {
            parts.push(self.run_accuracy(accuracy, words));
        }
        parts.join(" · ")
    }

    /// How well a run does, and of which epoch that is if it has gone on.
    #[must_use]
    pub fn run_accuracy(&self, accuracy: f64, words: &ProgressWords) -> String {
        let accuracy = self.percent(accuracy, 2);
        match (self.language, words.earlier_epoch()) {
            (Language::En, None) => format!("test {accuracy}"),
            (Language::Es, None) => format!("prueba {accuracy}"),
            (Language::En, Some(epoch)) => format!("test {accuracy} after epoch {epoch}"),
            (Language::Es, Some(epoch)) => format!("prueba {accuracy} tras la época {epoch}"),
        }
    }

    /// The same where there is room for little.
    #[must_use]
    pub fn run_accuracy_in_short(&self, accuracy: f64, words: &ProgressWords) -> String {
        let accuracy = self.percent(accuracy, 2);
        match (self.language, words.earlier_epoch()) {
            (_, None) => accuracy,
            (Language::En, Some(epoch)) => format!("{accuracy}, ep. {epoch}"),
            (Language::Es, Some(epoch)) => format!("{accuracy}, ép. {epoch}"),
        }
    }

    /// How a run stands, in a word; nothing while it runs.
    fn run_status(&self, status: RunWords) -> &'static str {
        match (self.language, status) {
            (Language::En, RunWords::Starting) => "starting",
            (Language::Es, RunWords::Starting) => "empezando",
            (_, RunWords::Running) => "",
            (Language::En, RunWords::Paused) => "paused",
            (Language::Es, RunWords::Paused) => "en pausa",
            (Language::En, RunWords::Finished) => "finished",
            (Language::Es, RunWords::Finished) => "terminado",
            (Language::En, RunWords::Stopped) => "stopped",
            (Language::Es, RunWords::Stopped) => "detenido",
            (Language::En, RunWords::Failed) => "failed",
            (Language::Es, RunWords::Failed) => "con error",
        }
    }

    /// How far a run is, short enough for a window's title.
    #[must_use]
    pub fn run_title(&self, words: &ProgressWords) -> String {
        let epoch = match self.language {
            Language::En => "epoch",
            Language::Es => "época",
        };
        let mut parts = vec![format!("{epoch} {} / {}", words.epoch, words.epochs)];
        if words.status != RunWords::Running {
            parts.insert(0, self.run_status(words.status).to_owned());
        }
        if let Some(accuracy) = words.test_accuracy {
            let accuracy = self.percent(accuracy, 1);
            parts.push(match words.earlier_epoch() {
                Some(earlier) => format!("{accuracy} ({epoch} {earlier})"),
                None => accuracy,
            });
        }
        parts.join(" · ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_is_over_says_its_accuracy_without_its_epochs_too() {
        let mut words = ProgressWords {
            status: RunWords::Finished,
            epoch: 5,
            epochs: 5,
            batch: 0,
            batches: 0,
            images_per_second: None,
            seconds_left: None,
            test_accuracy: Some(0.8703),
            measured_epoch: 5,
        };
        let text = Language::Es.text();
        let whole = "terminado · época 5 / 5 · prueba 87,03\u{a0}%";
        assert_eq!(text.progress(&words), whole);
        words.epochs = 0;
        assert_eq!(text.progress(&words), "terminado · prueba 87,03\u{a0}%");
        // Stopped on the way, or before the test set was gone through.
        words.status = RunWords::Stopped;
        words.measured_epoch = 4;
        let accuracy = "prueba 87,03\u{a0}% tras la época 4";
        assert_eq!(text.progress(&words), format!("detenido · {accuracy}"));
        assert!(text.run_title(&words).ends_with("87,0\u{a0}% (época 4)"));
        words.status = RunWords::Running;
        assert_eq!(words.accuracy_at_end(), None);
    }
}
