//! Sentences of the lesson.

use std::path::Path;

use super::{Language, Text};
use convlens_core::harmless::clean;
use convlens_core::lessons::{Caution, Outcome, Predicted, Spread, Trend};

impl Text {
    /// How many hands a choice had, of all.
    #[must_use]
    pub fn hands(&self, count: u32, all: u32) -> String {
        match self.language {
            Language::En => format!("{count} of {all} hands"),
            Language::Es => format!("{count} de {all} manos"),
        }
    }

    /// Where a step stands.
    #[must_use]
    pub fn step_of(&self, number: usize, count: usize) -> String {
        match self.language {
            Language::En => format!("Step {number} of {count}"),
            Language::Es => format!("Paso {number} de {count}"),
        }
    }

    /// How long a step takes a class.
    #[must_use]
    pub fn minutes(&self, minutes: usize) -> String {
        match self.language {
            Language::En => format!("about {minutes}\u{a0}min"),
            Language::Es => format!("unos {minutes}\u{a0}min"),
        }
    }

    /// A route through the lesson.
    #[must_use]
    pub fn route(&self, minutes: usize) -> String {
        match self.language {
            Language::En => format!("{minutes}\u{a0}min route"),
            Language::Es => format!("ruta de {minutes}\u{a0}min"),
        }
    }

    /// The teacher's clock: how long the lesson has gone on, and this step of its minutes; in figures alone where there is little room.
    #[must_use]
    pub fn clock(
        &self,
        (lesson_secs, in_all): (f64, Option<usize>),
        (step_secs, planned): (f64, Option<usize>),
        in_short: bool,
    ) -> String {
        let time = |secs: f64| {
            let secs = secs.max(0.0) as u64;
            format!("{}:{:02}", secs / 60, secs % 60)
        };
        let (lesson, step) = (time(lesson_secs), time(step_secs));
        if in_short {
            let of = |planned: Option<usize>| {
                let planned = planned.map(|minutes| format!(" / {minutes}\u{a0}min"));
                planned.unwrap_or_default()
            };
            return format!("{lesson}{} · {step}{}", of(in_all), of(planned));
        }
        let of = |planned: Option<usize>| {
            let planned = planned.map(|minutes| match self.language {
                Language::En => format!(" of {minutes}\u{a0}min"),
                Language::Es => format!(" de {minutes}\u{a0}min"),
            });
            planned.unwrap_or_default()
        };
        let (all, planned) = (of(in_all), of(planned));
        match self.language {
            Language::En => format!("Lesson {lesson}{all} · step {step}{planned}"),
            Language::Es => format!("Lección {lesson}{all} · paso {step}{planned}"),
        }
    }

    /// Runs of an exercise that are still to come.
    #[must_use]
    pub fn runs_left(&self, left: usize, all: usize) -> String {
        let now = all.saturating_sub(left) + 1;
        match self.language {
            Language::En => format!("Run {} of {all}…", now.min(all)),
            Language::Es => format!("Entrenamiento {} de {all}…", now.min(all)),
        }
    }

    /// What is predicted.
    #[must_use]
    pub const fn predicted(&self, predicted: Predicted) -> &'static str {
        match predicted {
            Predicted::Accuracy => self.lesson.accuracy_asked,
            Predicted::Time => self.lesson.time_asked,
        }
    }

    /// What becomes of it, in words.
    #[must_use]
    pub const fn trend(&self, predicted: Predicted, trend: Trend) -> &'static str {
        let words = &self.lesson;
        match (predicted, trend) {
            (Predicted::Accuracy, Trend::Lower) => words.less_accurate,
            (Predicted::Accuracy, Trend::Same) => words.same_accuracy,
            (Predicted::Accuracy, Trend::Higher) => words.more_accurate,
            (Predicted::Time, Trend::Lower) => words.faster,
            (Predicted::Time, Trend::Same) => words.same_time,
            (Predicted::Time, Trend::Higher) => words.slower,
        }
    }

    /// What it was, what became of it, and what was measured.
    #[must_use]
    pub fn measured(&self, predicted: Predicted, outcome: &Outcome) -> String {
        let measured = match predicted {
            Predicted::Accuracy => self.measured_accuracy(outcome),
            Predicted::Time => self.measured_time(outcome),
        };
        let trend = self.trend(predicted, outcome.trend(predicted));
        format!("{}: {trend}, {measured}", self.predicted(predicted))
    }

    /// How far what was measured can be trusted, where there is room for little.
    #[must_use]
    pub fn caution_in_short(
        &self,
        predicted: Predicted,
        outcome: &Outcome,
    ) -> Option<&'static str> {
        let words = &self.lesson;
        Some(match predicted {
            Predicted::Accuracy => match outcome.caution? {
                Caution::OneSeed => words.one_seed,
                Caution::SeedsDisagree => words.seeds_disagree,
            },
            Predicted::Time => match outcome.time_caution? {
                Caution::OneSeed => words.measured_once,
                Caution::SeedsDisagree => words.times_disagree,
            },
        })
    }

    /// Which networks an exercise trains, with how many training images, epochs and seeds.
    #[must_use]
    pub fn exercise_runs(
        &self,
        networks: impl Iterator<Item = String>,
        images: Option<usize>,
        epochs: usize,
        seeds: usize,
    ) -> String {
        let networks: Vec<String> = networks.map(|label| self.network_name(&label)).collect();
        let networks = networks.join("; ");
        let plural = |count: usize, one: &str, many: &str| {
            format!(
                "{} {}",
                self.integer(count),
                if count == 1 { one } else { many }
            )
        };
        match self.language {
            Language::En => {
                let images = images.map_or("all training images".into(), |count| {
                    plural(count, "training image", "training images")
                });
                let (epochs, seeds) = (
                    plural(epochs, "epoch", "epochs"),
                    plural(seeds, "seed", "seeds"),
                );
                format!("{networks}: {images}, {epochs}, {seeds}")
            }
            Language::Es => {
                let images = images.map_or("todas las imágenes de entrenamiento".into(), |count| {
                    plural(
                        count,
                        "imagen de entrenamiento",
                        "imágenes de entrenamiento",
                    )
                });
                let (epochs, seeds) = (
                    plural(epochs, "época", "épocas"),
                    plural(seeds, "semilla", "semillas"),
                );
                format!("{networks}: {images}, {epochs}, {seeds}")
            }
        }
    }

    /// The accuracies that were measured.
    fn measured_accuracy(&self, outcome: &Outcome) -> String {
        let (before, after) = (
            self.spread_percent(outcome.baseline, outcome.seeds),
            self.spread_percent(outcome.changed, outcome.seeds),
        );
        let points = self.signed_points(outcome.difference.mean);
        let seeds = match (self.language, outcome.seeds) {
            (_, ..=1) => String::new(),
            (Language::En, seeds) => format!(", {seeds} seeds"),
            (Language::Es, seeds) => format!(", {seeds} semillas"),
        };
        match self.language {
            Language::En => format!("{before} → {after} ({points} points{seeds})"),
            Language::Es => format!("{before} → {after} ({points} puntos{seeds})"),
        }
    }

    /// The size of the difference that was predicted.
    #[must_use]
    pub fn points_guessed(&self, points: f64) -> String {
        let points = self.decimal(points, 1);
        match self.language {
            Language::En => format!("You predicted a difference of {points} points."),
            Language::Es => format!("Predijiste una diferencia de {points} puntos."),
        }
    }

    /// The times that were measured.
    fn measured_time(&self, outcome: &Outcome) -> String {
        let factor = |value: f64| self.decimal(value, 2);
        let Spread { mean, min, max } = outcome.time_factor;
        let spread = if outcome.seeds > 1 {
            format!(" ({} … {})", factor(min), factor(max))
        } else {
            String::new()
        };
        format!("×\u{a0}{}{spread}", factor(mean))
    }

    /// How far a difference of accuracies can be trusted.
    #[must_use]
    pub fn caution(&self, outcome: &Outcome) -> Option<String> {
        let Spread { min, max, .. } = outcome.difference;
        let (min, max) = (self.signed_points(min), self.signed_points(max));
        Some(match (self.language, outcome.caution?) {
            (Language::En, Caution::OneSeed) => {
                "One seed only: another could reverse a difference of this size. Repeat with more seeds.".into()
            }
            (Language::Es, Caution::OneSeed) => {
                "Es una sola semilla: otra podría invertir una diferencia tan pequeña. Repite con más semillas.".into()
            }
            (Language::En, Caution::SeedsDisagree) => format!(
                "The seeds disagree: from {min} to {max} points. No difference is proved."
            ),
            (Language::Es, Caution::SeedsDisagree) => format!(
                "Las semillas no coinciden: de {min} a {max} puntos. No queda demostrada ninguna diferencia."
            ),
        })
    }

    /// How far a difference of times can be trusted.
    #[must_use]
    pub fn time_caution(&self, outcome: &Outcome) -> Option<String> {
        let Spread { min, max, .. } = outcome.time_factor;
        let (min, max) = (self.decimal(min, 2), self.decimal(max, 2));
        Some(match (self.language, outcome.time_caution?) {
            (Language::En, Caution::OneSeed) => {
                "The time was measured once: other programs running meanwhile change it as much. Repeat with more seeds.".into()
            }
            (Language::Es, Caution::OneSeed) => {
                "El tiempo se midió una sola vez: otros programas en marcha lo cambian tanto como esto. Repite con más semillas.".into()
            }
            (Language::En, Caution::SeedsDisagree) => {
                format!("The times disagree: from ×\u{a0}{min} to ×\u{a0}{max}. No difference is proved.")
            }
            (Language::Es, Caution::SeedsDisagree) => format!(
                "Los tiempos no coinciden: de ×\u{a0}{min} a ×\u{a0}{max}. No queda demostrada ninguna diferencia."
            ),
        })
    }

    /// Mean, and lowest and highest where there are several.
    fn spread_percent(&self, spread: Spread, seeds: usize) -> String {
        let mean = self.percent(spread.mean, 1);
        if seeds < 2 {
            return mean;
        }
        let (min, max) = (
            self.decimal(spread.min * 100.0, 1),
            self.decimal(spread.max * 100.0, 1),
        );
        format!("{mean} ({min} … {max})")
    }

    fn signed_points(&self, share: f64) -> String {
        self.signed(share * 100.0, 1)
    }

    /// A lesson from a file was put into this folder.
    #[must_use]
    pub fn lesson_kept(&self, folder: &Path) -> String {
        clean(match self.language {
            Language::En => format!("The lesson is kept in {}", folder.display()),
            Language::Es => format!("La lección se guarda en {}", folder.display()),
        })
    }

    /// Another lesson has the place of one that is opened.
    #[must_use]
    pub fn replaces_lesson(&self, folder: &Path) -> String {
        clean(match self.language {
            Language::En => format!(
                "There is another lesson in {}. Replace it?",
                folder.display()
            ),
            Language::Es => format!("Hay otra lección en {}. ¿Reemplazarla?", folder.display()),
        })
    }

    /// The teacher's lesson is on screen.
    #[must_use]
    pub fn lesson_opened(&self, steps: usize) -> String {
        match self.language {
            Language::En if steps == 1 => "A lesson of 1 step is open.".into(),
            Language::En => format!("A lesson of {steps} steps is open."),
            Language::Es if steps == 1 => "Se abrió una lección de 1 paso.".into(),
            Language::Es => format!("Se abrió una lección de {steps} pasos."),
        }
    }
}
