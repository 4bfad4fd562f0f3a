//! Sentences about editing networks and about runs.

use std::collections::HashMap;
use std::path::Path;

use super::{Language, Text};
use convlens_core::harmless::clean;
use convlens_core::training::runs::{
    Column, DataIdentity, Distinction, RunError, RunId, RunStatus, RunSummary, SetAside, Value,
    distinctions,
};

impl Text {
    /// Takes a layer out of the stack.
    #[must_use]
    pub fn remove_layer(&self, layer: &str) -> String {
        match self.language {
            Language::En => format!("Remove {layer}"),
            Language::Es => format!("Quitar {layer}"),
        }
    }

    /// Deletes one of the user's networks.
    #[must_use]
    pub fn forget_network(&self, name: &str) -> String {
        match self.language {
            Language::En => format!("Delete the preset “{name}”"),
            Language::Es => format!("Borrar el preajuste «{name}»"),
        }
    }

    /// Products of a value and a weight, in short: `5.3 M mult-adds`.
    #[must_use]
    pub fn multiply_adds(&self, count: usize) -> String {
        let (size, unit) = match count {
            0..10_000 => (self.integer(count), ""),
            10_000..1_000_000 => (self.decimal(count as f64 / 1e3, 0), "\u{a0}k"),
            1_000_000..1_000_000_000 => (self.decimal(count as f64 / 1e6, 1), "\u{a0}M"),
            _ => (self.decimal(count as f64 / 1e9, 1), "\u{a0}G"),
        };
        match self.language {
            Language::En => format!("{size}{unit} mult-adds"),
            Language::Es => format!("{size}{unit} productos"),
        }
    }

    /// What a layer, or all of them, costs for one picture: its products, and the memory of the values that it puts out.
    #[must_use]
    pub fn layer_cost(&self, multiply_adds: usize, values: usize) -> String {
        let products = self.multiply_adds(multiply_adds);
        let memory = self.decimal(values as f64 * 4.0 / 1024.0, 1);
        match self.language {
            Language::En => {
                format!("for one image: {products} (multiply-adds), {memory} KiB of values")
            }
            Language::Es => {
                format!("por imagen: {products} de valor y peso, {memory} KiB de valores")
            }
        }
    }

    /// A number of parameters.
    #[must_use]
    pub fn parameters(&self, count: usize) -> String {
        format!("{} {}", self.integer(count), self.network.parameters)
    }
}

impl Text {
    /// Epochs to be added to a run.
    #[must_use]
    pub fn epochs_more(&self, count: usize) -> String {
        match (self.language, count) {
            (Language::En, 1) => "+ 1 epoch".into(),
            (Language::Es, 1) => "+ 1 época".into(),
            (Language::En, _) => format!("+ {count} epochs"),
            (Language::Es, _) => format!("+ {count} épocas"),
        }
    }

    /// Chooses a run for comparison.
    #[must_use]
    pub fn compare_run(&self, name: &str) -> String {
        match self.language {
            Language::En => format!("Draw and compare {name}"),
            Language::Es => format!("Dibujar y comparar {name}"),
        }
    }

    /// What else can be done with a run.
    #[must_use]
    pub fn menu_of_run(&self, name: &str) -> String {
        match self.language {
            Language::En => format!("More about {name}"),
            Language::Es => format!("Más sobre {name}"),
        }
    }

    /// Looks at a run.
    #[must_use]
    pub fn open_run_hint(&self, number: u32) -> String {
        match self.language {
            Language::En => format!("Run {number}: show its weights in every view"),
            Language::Es => {
                format!("Entrenamiento {number}: muestra sus pesos en todas las vistas")
            }
        }
    }

    /// The name of the run that others are compared with.
    #[must_use]
    pub fn baseline_name(&self, name: &str) -> String {
        format!("{name} ({})", self.runs.baseline)
    }

    /// What each run is called: the name that a person gave it, or else its network and what tells it from others of
    /// that network.
    #[must_use]
    pub fn run_names(&self, runs: &[RunSummary]) -> HashMap<RunId, String> {
        let distinctions = distinctions(runs);
        runs.iter()
            .map(|run| {
                let name = match distinctions.get(&run.id) {
                    None => run.name.clone(),
                    Some(distinction) => {
                        let mut parts = vec![self.network_name(&run.config.network.label())];
                        parts.extend(self.distinction(run.id, distinction));
                        parts.join(" · ")
                    }
                };
                (run.id, name)
            })
            .collect()
    }

    /// What a run trained on, in short.
    fn data_source<'a>(&self, source: &'a str) -> &'a str {
        match (self.language, source) {
            (_, DataIdentity::FASHION_MNIST) => "Fashion-MNIST",
            (_, DataIdentity::SYNTHETIC) => self.data.synthetic,
            (_, "emnist") => "EMNIST",
            (_, "cifar") => "CIFAR",
            (Language::En, "images") => "own pictures",
            (Language::Es, "images") => "imágenes propias",
            (Language::En, "folder") => "own data",
            (Language::Es, "folder") => "datos propios",
            (Language::En, "other") => "data of another program",
            (Language::Es, "other") => "datos de otro programa",
            (_, other) => other,
        }
    }

    /// What tells a run from others of its network, piece by piece.
    #[must_use]
    pub fn distinction(&self, run: RunId, distinction: &Distinction) -> Vec<String> {
        let settings = distinction.settings.iter();
        let mut parts: Vec<String> = settings
            .map(|(column, value)| self.setting(*column, value))
            .collect();
        if distinction.by_number {
            parts.push(self.run_number(run.number()));
        }
        parts
    }

    /// The number of a run, at the end of its name.
    #[must_use]
    pub fn run_number(&self, number: u32) -> String {
        match self.language {
            Language::En => format!("run {number}"),
            Language::Es => format!("n.º {number}"),
        }
    }

    /// A setting in the name of a run.
    fn setting(&self, column: Column, value: &Value) -> String {
        let words = self.run_value(column, value);
        match (self.language, column) {
            (Language::En, Column::Images) => format!("{words} images"),
            (Language::Es, Column::Images) => format!("{words} imágenes"),
            (Language::En, Column::Epochs) if words == "1" => "1 epoch".into(),
            (Language::Es, Column::Epochs) if words == "1" => "1 época".into(),
            (Language::En, Column::Epochs) => format!("{words} epochs"),
            (Language::Es, Column::Epochs) => format!("{words} épocas"),
            (Language::En, Column::BatchSize) => format!("batch {words}"),
            (Language::Es, Column::BatchSize) => format!("lote {words}"),
            (Language::En, Column::LearningRate) => format!("learning rate {words}"),
            (Language::Es, Column::LearningRate) => format!("tasa de aprendizaje {words}"),
            (Language::En, Column::ValidationPercent) => format!("validation {words}"),
            (Language::Es, Column::ValidationPercent) => format!("validación {words}"),
            (Language::En, Column::Augmentation) if *value == Value::Missing => {
                "no augmentation".into()
            }
            (Language::Es, Column::Augmentation) if *value == Value::Missing => {
                "sin aumento".into()
            }
            (Language::En, Column::Changes) if *value == Value::Missing => {
                "nothing changed in mid-run".into()
            }
            (Language::Es, Column::Changes) if *value == Value::Missing => {
                "sin cambios a mitad".into()
            }
            (Language::En, Column::BeganFrom) if *value == Value::Missing => {
                "from random weights".into()
            }
            (Language::Es, Column::BeganFrom) if *value == Value::Missing => {
                "desde pesos al azar".into()
            }
            (Language::En, Column::BeganFrom) => format!("from {words}"),
            (Language::Es, Column::BeganFrom) => format!("desde {words}"),
            (Language::En, Column::TrainedBy) if *value == Value::Missing => "by convlens".into(),
            (Language::Es, Column::TrainedBy) if *value == Value::Missing => "con convlens".into(),
            (Language::En, Column::TrainedBy) => format!("by {words}"),
            (Language::Es, Column::TrainedBy) => format!("con {words}"),
            (Language::En, Column::Patience) if *value == Value::Missing => "no patience".into(),
            (Language::Es, Column::Patience) if *value == Value::Missing => "sin paciencia".into(),
            (Language::En, Column::Patience) => format!("patience {words}"),
            (Language::Es, Column::Patience) => format!("paciencia {words}"),
            (Language::En, Column::Seed) => format!("seed {words}"),
            (Language::Es, Column::Seed) => format!("semilla {words}"),
            _ => words,
        }
    }

    /// How a run stands, how long it was trained, how large it is.
    #[must_use]
    pub fn run_in_short(&self, status: RunStatus, seconds: f64, parameters: usize) -> String {
        let status = self.kept_run_status(status);
        let (seconds, parameters) = (self.short_duration(seconds), self.integer(parameters));
        format!("{status} · {seconds} · {parameters} par.")
    }

    /// How a run on disk stands.
    #[must_use]
    pub fn kept_run_status(&self, status: RunStatus) -> &'static str {
        match (self.language, status) {
            (Language::En, RunStatus::Training) => "training",
            (Language::Es, RunStatus::Training) => "entrenando",
            (Language::En, RunStatus::Finished) => "finished",
            (Language::Es, RunStatus::Finished) => "terminado",
            (Language::En, RunStatus::Stopped) => "stopped",
            (Language::Es, RunStatus::Stopped) => "detenido",
            (Language::En, RunStatus::Failed) => "failed",
            (Language::Es, RunStatus::Failed) => "con error",
            (Language::En, RunStatus::Interrupted) => "interrupted",
            (Language::Es, RunStatus::Interrupted) => "interrumpido",
        }
    }

    /// A quick try: on how many images, and what it came to.
    #[must_use]
    pub fn draft(&self, images: usize, all: usize, accuracy: Option<f64>) -> String {
        let share = self.percent(images as f64 / all.max(1) as f64, 0);
        let (images, all) = (self.integer(images), self.integer(all));
        let words = match self.language {
            Language::En => format!("Draft: {images} of {all} images ({share})"),
            Language::Es => format!("Borrador: {images} de {all} imágenes ({share})"),
        };
        match (self.language, accuracy.map(|share| self.percent(share, 1))) {
            (_, None) => words,
            (Language::En, Some(accuracy)) => format!("{words}, test accuracy {accuracy}"),
            (Language::Es, Some(accuracy)) => format!("{words}, exactitud de prueba {accuracy}"),
        }
    }

    /// How long an epoch will take on this computer.
    #[must_use]
    pub fn predicted_time(&self, seconds: f64) -> String {
        let about = if seconds < 0.1 { "" } else { "≈ " };
        let time = format!("{about}{}", self.short_duration(seconds));
        match self.language {
            Language::En => format!("{time} an epoch"),
            Language::Es => format!("{time} por época"),
        }
    }

    /// How far to trust that.
    #[must_use]
    pub fn prediction_error(&self, measured: usize) -> String {
        let base = match (self.language, measured) {
            (Language::En, 0) => {
                "On a typical computer: no run was measured on this one yet.".into()
            }
            (Language::Es, 0) => {
                "En un equipo típico: en este aún no se ha medido ningún entrenamiento.".into()
            }
            (Language::En, 1) => "On this computer, from 1 run measured here.".into(),
            (Language::Es, 1) => "En este equipo, a partir de 1 entrenamiento medido aquí.".into(),
            (Language::En, _) => format!("On this computer, from {measured} runs measured here."),
            (Language::Es, _) => {
                format!("En este equipo, a partir de {measured} entrenamientos medidos aquí.")
            }
        };
        match self.language {
            Language::En => format!(
                "{base} For networks not measured before, half of such predictions were within 18 % of the truth, all within 55 %."
            ),
            Language::Es => format!(
                "{base} Para redes no medidas antes, la mitad de estas predicciones se desvió un 18 % o menos, y todas un 55 % o menos."
            ),
        }
    }

    /// A run under way that is no longer kept.
    #[must_use]
    pub fn run_not_kept(&self, error: &RunError) -> String {
        let error = self.run_error(error);
        match self.language {
            Language::En => format!("Training goes on, but the run is no longer saved: {error}"),
            Language::Es => {
                format!("El entrenamiento sigue, pero ya no se guarda: {error}")
            }
        }
    }

    /// A damaged run that was moved out of the way.
    #[must_use]
    pub fn run_set_aside(&self, set_aside: &SetAside) -> String {
        let SetAside { id, error, folder } = set_aside;
        let (error, folder) = (self.run_error(error), folder.display());
        clean(match self.language {
            Language::En => format!("Run {id} was moved to {folder}: {error}"),
            Language::Es => format!("El entrenamiento {id} se movió a {folder}: {error}"),
        })
    }

    /// Runs were deleted.
    #[must_use]
    pub fn runs_deleted(&self, runs: &[(RunId, String)]) -> String {
        match (self.language, runs) {
            (Language::En, [(_, name)]) => format!("Deleted {name}"),
            (Language::Es, [(_, name)]) => format!("Se borró {name}"),
            (Language::En, _) => format!("Deleted {} runs", runs.len()),
            (Language::Es, _) => format!("Se borraron {} entrenamientos", runs.len()),
        }
    }

    /// Deletes the runs that are ticked.
    #[must_use]
    pub fn delete_ticked(&self, count: usize) -> String {
        match (self.language, count) {
            (Language::En, 0) => "Delete the ticked runs".into(),
            (Language::Es, 0) => "Borrar los marcados".into(),
            (Language::En, 1) => "Delete the ticked run".into(),
            (Language::Es, 1) => "Borrar el marcado".into(),
            (Language::En, _) => format!("Delete the {count} ticked runs"),
            (Language::Es, _) => format!("Borrar los {count} marcados"),
        }
    }

    /// The name of an experiment over numbers of filters.
    #[must_use]
    pub fn sweep_name(&self, filters: &str) -> String {
        match self.language {
            Language::En => format!("filters {filters}"),
            Language::Es => format!("filtros {filters}"),
        }
    }

    /// Why an experiment cannot start.
    #[must_use]
    pub fn sweep_not(&self, most_filters: usize, most_runs: usize) -> String {
        match self.language {
            Language::En => format!(
                "Type at most {most_runs} numbers from 1 to {most_filters}, such as 16, 32, 64"
            ),
            Language::Es => format!(
                "Escribe como mucho {most_runs} números de 1 a {most_filters}, por ejemplo 16, 32, 64"
            ),
        }
    }

    /// How far an experiment is.
    #[must_use]
    pub fn sweep_progress(&self, begun: usize, planned: usize) -> String {
        match self.language {
            Language::En => format!("run {begun} of {planned}"),
            Language::Es => format!("entrenamiento {begun} de {planned}"),
        }
    }

    /// A film is on disk.
    #[must_use]
    pub fn film_saved(&self, path: &Path) -> String {
        clean(match self.language {
            Language::En => format!("Film saved as {}", path.display()),
            Language::Es => format!("Película guardada como {}", path.display()),
        })
    }

    /// A moment of a training.
    #[must_use]
    pub fn moment(
        &self,
        step: u64,
        epochs: usize,
        accuracy: Option<f64>,
        began_from: Option<&str>,
    ) -> String {
        if let (0, Some(name)) = (step, began_from) {
            return self.weights_of(name);
        }
        let batches = self.integer(step as usize);
        let accuracy = accuracy.map(|accuracy| self.percent(accuracy, 1));
        match (self.language, step, accuracy) {
            (Language::En, 0, _) => "random weights".into(),
            (Language::Es, 0, _) => "pesos al azar".into(),
            (Language::En, _, Some(accuracy)) => {
                format!("epoch {epochs}, test accuracy {accuracy}")
            }
            (Language::Es, _, Some(accuracy)) => {
                format!("época {epochs}, exactitud de prueba {accuracy}")
            }
            (Language::En, _, None) => format!("batch {batches}"),
            (Language::Es, _, None) => format!("lote {batches}"),
        }
    }

    /// The button that has a run under way train with the settings on screen.
    #[must_use]
    pub fn change_run(&self, run: &str, learning_rate: f64) -> String {
        let rate = self.shortest(learning_rate, 6);
        match self.language {
            Language::En => format!("{run}: use these settings from now on (rate {rate})"),
            Language::Es => format!("{run}: usar estos ajustes desde ahora (tasa {rate})"),
        }
    }

    /// The weights that a run began with, by their name.
    #[must_use]
    pub fn weights_of(&self, name: &str) -> String {
        match self.language {
            Language::En => format!("weights of {name}"),
            Language::Es => format!("pesos de {name}"),
        }
    }

    /// A mark of the timeline: the weights at the start, random or not, a batch, or the end of an epoch.
    #[must_use]
    pub fn moment_mark(
        &self,
        step: u64,
        epochs: usize,
        accuracy: Option<f64>,
        is_random: bool,
    ) -> String {
        let batches = self.integer(step as usize);
        let accuracy = accuracy.map(|accuracy| self.percent(accuracy, 1));
        match (self.language, step, accuracy) {
            (Language::En, 0, _) if is_random => "0 · random".into(),
            (Language::Es, 0, _) if is_random => "0 · al azar".into(),
            (Language::En, 0, _) => "0 · start".into(),
            (Language::Es, 0, _) => "0 · inicio".into(),
            (Language::En, _, Some(accuracy)) => format!("epoch {epochs} · {accuracy}"),
            (Language::Es, _, Some(accuracy)) => format!("época {epochs} · {accuracy}"),
            (Language::En, _, None) => format!("batch {batches}"),
            (Language::Es, _, None) => format!("lote {batches}"),
        }
    }

    /// Sorts the table.
    #[must_use]
    pub fn sort_by(&self, column: &str) -> String {
        match self.language {
            Language::En => format!("Sort by {column}"),
            Language::Es => format!("Ordenar por {column}"),
        }
    }

    /// A count on an axis, short: 1.2 M.
    #[must_use]
    pub fn axis_count(&self, value: f64, step: f64) -> String {
        for (unit, name) in [(1e6, "M"), (1e3, "k")] {
            if value.abs() >= unit {
                return format!(
                    "{}\u{a0}{name}",
                    self.axis_number(value / unit, step / unit)
                );
            }
        }
        self.axis_number(value, step)
    }

    /// Heading of a column of the table, and what it means.
    #[must_use]
    pub fn run_column(&self, column: Column) -> (&'static str, &'static str) {
        match self.language {
            Language::En => column_en(column),
            Language::Es => column_es(column),
        }
    }

    /// A cell of the table.
    #[must_use]
    pub fn run_value(&self, column: Column, value: &Value) -> String {
        match (column, value) {
            (_, Value::Missing) => "–".into(),
            (Column::Network, Value::Text(label)) => self.network_name(label),
            (Column::Data, Value::Text(source)) => self.data_source(source).to_owned(),
            (_, Value::Text(words)) => words.clone(),
            // A seed is a name, not a quantity.
            (Column::Seed, Value::Count(seed)) => seed.to_string(),
            (Column::ValidationPercent, Value::Count(share)) => format!("{share}\u{a0}%"),
            (_, Value::Count(count)) => self.integer(*count as usize),
            (Column::Gain, Value::Number(gain)) => {
                let points = self.decimal(gain * 100.0, 2);
                let sign = if *gain > 0.0 { "+" } else { "" };
                format!("{sign}{points}")
            }
            (
                Column::TrainAccuracy | Column::ValidationAccuracy | Column::TestAccuracy,
                Value::Number(share),
            ) => self.percent(*share, 2),
            (Column::Seconds, Value::Number(seconds)) => self.decimal(*seconds, 1),
            (Column::TrainLoss | Column::TestLoss, Value::Number(loss)) => self.loss(*loss),
            (Column::LearningRate, Value::Number(rate)) => self.shortest(*rate, 6),
            (Column::ImagesPerSecond, Value::Number(speed)) => self.integer(speed.round() as usize),
            (_, Value::Number(number)) => self.decimal(*number, 4),
        }
    }
}

fn column_en(column: Column) -> (&'static str, &'static str) {
    match column {
        Column::Network => ("network", "The layers in short"),
        Column::Parameters => ("parameters", "Trained values"),
        Column::Epochs => (
            "epochs planned",
            "Passes over the training images that were planned",
        ),
        Column::EpochsTrained => ("epochs", "Complete passes over the training images"),
        Column::BatchSize => ("batch", "Images a weight update"),
        Column::LearningRate => ("learning rate", "The optimizer's step size"),
        Column::Optimizer => ("optimizer", "How weights are moved"),
        Column::Changes => (
            "changed in mid-run",
            "After how many batches learning rate or optimizer were changed, and to what",
        ),
        Column::BeganFrom => (
            "began from",
            "The weights that it began with; without any, random ones",
        ),
        Column::TrainedBy => (
            "trained by",
            "The program that trained it, and with what; without any, convlens",
        ),
        Column::Augmentation => (
            "augmentation",
            "How training images are changed each time they are met",
        ),
        Column::Patience => (
            "patience",
            "Epochs on end without a smaller validation loss that end the run",
        ),
        Column::Seed => (
            "seed",
            "Decides the random weights and the order of the images",
        ),
        Column::Images => ("images", "Training images an epoch"),
        Column::ValidationPercent => (
            "validation split",
            "Share of the training images set aside for validation",
        ),
        Column::Threads => (
            "threads",
            "Threads that trained it: how fast, not what it learnt",
        ),
        Column::Data => ("data", "The data set"),
        Column::Simd => (
            "vector unit",
            "The processor's vector unit: another gives other last bits",
        ),
        Column::Processor => ("processor", "The processor"),
        Column::Version => ("version", "Version of convlens"),
        Column::TrainLoss => (
            "training loss",
            "Mean over the last epoch, while the weights changed",
        ),
        Column::TrainAccuracy => (
            "training acc.",
            "Mean over the last epoch, while the weights changed",
        ),
        Column::ValidationAccuracy => (
            "validation acc.",
            "On the training images set aside for validation",
        ),
        Column::TestLoss => ("test loss", "On the test set, after the last epoch"),
        Column::TestAccuracy => (
            "test accuracy",
            "Share of the test set classified correctly, after the last epoch",
        ),
        Column::Gain => (
            "gain",
            "Test accuracy minus the baseline's, in percentage points",
        ),
        Column::Seconds => (
            "seconds",
            "Time in the training loop, evaluation and pauses left out",
        ),
        Column::ImagesPerSecond => ("images/s", "Training images a second"),
    }
}

fn column_es(column: Column) -> (&'static str, &'static str) {
    match column {
        Column::Network => ("red", "Las capas en breve"),
        Column::Parameters => ("parámetros", "Valores entrenados"),
        Column::Epochs => (
            "épocas previstas",
            "Pasadas previstas por las imágenes de entrenamiento",
        ),
        Column::EpochsTrained => (
            "épocas",
            "Pasadas completas por las imágenes de entrenamiento",
        ),
        Column::BatchSize => ("lote", "Imágenes por cada cambio de los pesos"),
        Column::LearningRate => ("tasa de aprendizaje", "El tamaño del paso del optimizador"),
        Column::Optimizer => ("optimizador", "Cómo se mueven los pesos"),
        Column::Changes => (
            "cambios a mitad",
            "Tras cuántos lotes se cambió la tasa o el optimizador, y a qué",
        ),
        Column::BeganFrom => (
            "empezó desde",
            "Los pesos con los que empezó; si no dice nada, pesos al azar",
        ),
        Column::TrainedBy => (
            "entrenado con",
            "El programa que lo entrenó y con qué; si no dice nada, convlens",
        ),
        Column::Augmentation => (
            "aumento",
            "Cómo cambian las imágenes de entrenamiento cada vez que se usan",
        ),
        Column::Patience => (
            "paciencia",
            "Épocas seguidas sin bajar la pérdida de validación con las que acaba",
        ),
        Column::Seed => (
            "semilla",
            "Decide los pesos al azar y el orden de las imágenes",
        ),
        Column::Images => ("imágenes", "Imágenes de entrenamiento por época"),
        Column::ValidationPercent => (
            "validación",
            "Parte de las imágenes de entrenamiento que se reserva para validar",
        ),
        Column::Threads => (
            "hilos",
            "Hilos con los que se entrenó: deciden cuánto tarda, no lo que aprende",
        ),
        Column::Data => ("datos", "El conjunto de datos"),
        Column::Simd => (
            "unidad vectorial",
            "La unidad vectorial del procesador: con otra cambian los últimos bits",
        ),
        Column::Processor => ("procesador", "El procesador"),
        Column::Version => ("versión", "Versión de convlens"),
        Column::TrainLoss => (
            "pérdida de entren.",
            "Media de la última época, mientras cambiaban los pesos",
        ),
        Column::TrainAccuracy => (
            "exactitud de entren.",
            "Media de la última época, mientras cambiaban los pesos",
        ),
        Column::ValidationAccuracy => (
            "exactitud de valid.",
            "En las imágenes reservadas para validar",
        ),
        Column::TestLoss => (
            "pérdida de prueba",
            "En el conjunto de prueba, tras la última época",
        ),
        Column::TestAccuracy => (
            "exactitud de prueba",
            "Parte bien clasificada del conjunto de prueba, tras la última época",
        ),
        Column::Gain => (
            "mejora",
            "Exactitud de prueba menos la de la referencia, en puntos porcentuales",
        ),
        Column::Seconds => (
            "segundos",
            "Tiempo en el bucle de entrenamiento, sin evaluación ni pausas",
        ),
        Column::ImagesPerSecond => ("imágenes/s", "Imágenes de entrenamiento por segundo"),
    }
}
