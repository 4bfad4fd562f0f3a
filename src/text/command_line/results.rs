//! Results that people read.

use super::say;
use crate::text::{Language, Text};
use convlens_core::dataset::Origin;
use convlens_core::explore::OcclusionPatch;
use convlens_core::training::EpochMetrics;
use convlens_core::training::runs::{Column, Value};

impl Text {
    /// A number in a terminal, with this many decimals and a hyphen as its minus.
    #[must_use]
    pub fn printed(&self, value: f64, decimals: usize) -> String {
        self.with_mark(format!("{value:.decimals$}"))
    }

    /// Digits with the language's decimal mark.
    fn with_mark(&self, digits: String) -> String {
        match self.language {
            Language::En => digits,
            Language::Es => digits.replace('.', ","),
        }
    }

    /// A rounding error: one digit and its power of ten.
    #[must_use]
    pub fn printed_exponent(&self, value: f64) -> String {
        self.with_mark(format!("{value:.1e}"))
    }

    /// A data set in a word.
    #[must_use]
    pub fn data_in_short(&self, origin: &Origin) -> &'static str {
        match origin {
            Origin::Folder { genuine: true, .. } => self.commands.fashion_mnist,
            Origin::Folder { .. } => self.commands.folder,
            Origin::Images { .. } => self.commands.images,
            Origin::Emnist { split, .. } => split.title(),
            Origin::Synthetic => self.commands.synthetic,
        }
    }

    /// What `evaluate` found.
    #[must_use]
    pub fn evaluated(&self, images: usize, seconds: f64, loss: f64, accuracy: f64) -> String {
        let (seconds, loss) = (self.printed(seconds, 2), self.printed(loss, 4));
        let accuracy = self.printed(accuracy, 4);
        say!(
            self,
            "{images} images in {seconds} s: loss {loss}, accuracy {accuracy}",
            "{images} imágenes en {seconds} s: pérdida {loss}, exactitud {accuracy}"
        )
    }

    /// What an epoch came to.
    #[must_use]
    pub fn epoch_trained(&self, metrics: &EpochMetrics) -> String {
        let number = |value: f64| self.printed(value, 4);
        let validated = metrics.validation_loss.zip(metrics.validation_accuracy);
        let validation = validated.map(|(loss, accuracy)| {
            let (loss, accuracy) = (number(loss), number(accuracy));
            say!(
                self,
                "validation loss {loss} accuracy {accuracy}, ",
                "validación: pérdida {loss} exactitud {accuracy}, "
            )
        });
        let validation = validation.unwrap_or_default();
        let epoch = metrics.epoch;
        let seconds = self.printed(metrics.seconds, 1);
        let speed = self.printed(metrics.images_per_second, 0);
        let (loss, accuracy) = (number(metrics.train_loss), number(metrics.train_accuracy));
        let (test_loss, test_accuracy) = (number(metrics.test_loss), number(metrics.test_accuracy));
        say!(
            self,
            "epoch {epoch}: {seconds} s, {speed} images/s, train loss {loss} accuracy {accuracy}, {validation}test loss {test_loss} accuracy {test_accuracy}",
            "época {epoch}: {seconds} s, {speed} imágenes/s, entrenamiento: pérdida {loss} exactitud {accuracy}, {validation}prueba: pérdida {test_loss} exactitud {test_accuracy}"
        )
    }

    /// The progress bar of an epoch, in indicatif's notation.
    #[must_use]
    pub fn epoch_bar(&self) -> &'static str {
        match self.language {
            Language::En => "epoch {prefix} [{bar:40}] {pos}/{len} {per_sec} {eta} left, {msg}",
            Language::Es => "época {prefix} [{bar:40}] {pos}/{len} {per_sec} quedan {eta}, {msg}",
        }
    }

    /// The loss of the last batch.
    #[must_use]
    pub fn loss_now(&self, loss: f32) -> String {
        let loss = self.printed(f64::from(loss), 3);
        say!(self, "loss {loss}", "pérdida {loss}")
    }

    /// Accuracy over the test set.
    #[must_use]
    pub fn images_and_accuracy(&self, images: usize, accuracy: f64) -> String {
        let accuracy = self.printed(accuracy, 4);
        say!(
            self,
            "{images} images: accuracy {accuracy}",
            "{images} imágenes: exactitud {accuracy}"
        )
    }

    /// The same before and after filters were switched off.
    #[must_use]
    pub fn accuracy_without(&self, images: usize, before: f64, after: f64) -> String {
        let (before, after) = (self.printed(before, 4), self.printed(after, 4));
        say!(
            self,
            "{images} images: accuracy {before} -> {after}",
            "{images} imágenes: exactitud {before} -> {after}"
        )
    }

    /// Filters that were switched off.
    #[must_use]
    pub fn switched_off(&self, layer: &str, filters: &str) -> String {
        say!(
            self,
            "off: {layer} {filters}",
            "apagados: {layer} {filters}"
        )
    }

    /// A test image and its class, above what is said of it.
    #[must_use]
    pub fn image_of_class(&self, image: usize, class: u8) -> String {
        say!(
            self,
            "image {image}, class {class}:",
            "imagen {image}, clase {class}:"
        )
    }

    /// A class's probability before and after filters were switched off.
    #[must_use]
    pub fn class_before_after(&self, class: usize, before: f32, after: f32) -> String {
        let number = |value: f32| self.printed(f64::from(value), 4);
        let (before, after) = (number(before), number(after));
        say!(
            self,
            "class {class}: {before} -> {after}",
            "clase {class}: {before} -> {after}"
        )
    }

    /// A test image taken for another class, or the right one.
    #[must_use]
    pub fn taken_for(&self, image: usize, classes: (u8, u8), probabilities: (f32, f32)) -> String {
        let (label, predicted) = classes;
        let number = |value: f32| self.printed(f64::from(value), 4);
        let (probability, of_label) = (number(probabilities.0), number(probabilities.1));
        say!(
            self,
            "image {image:>5}: class {label} taken for {predicted} with probability {probability} (true class {of_label})",
            "imagen {image:>5}: clase {label} tomada por {predicted} con probabilidad {probability} (clase real {of_label})"
        )
    }

    /// What a filter does over the test set.
    #[must_use]
    pub fn filter_over_test_set(
        &self,
        layer: &str,
        filter: usize,
        (alive, images): (usize, usize),
        (maximum, mean): (f32, f64),
    ) -> String {
        let (maximum, mean) = (self.printed(f64::from(maximum), 4), self.printed(mean, 4));
        let dead = match (self.language, alive) {
            (Language::En, 0) => "dead, ",
            (Language::Es, 0) => "muerto, ",
            _ => "",
        };
        say!(
            self,
            "{layer} filter {filter}: {dead}alive in {alive} of {images} images, maximum {maximum}, mean {mean}",
            "{layer} filtro {filter}: {dead}vivo en {alive} de {images} imágenes, máximo {maximum}, media {mean}"
        )
    }

    /// How strongly a test image excites a filter.
    #[must_use]
    pub fn excited_by(
        &self,
        (image, class): (usize, u8),
        (activation, before_relu): (f32, f32),
        (row, column): (usize, usize),
    ) -> String {
        let number = |value: f32| self.printed(f64::from(value), 4);
        let (activation, before) = (number(activation), number(before_relu));
        say!(
            self,
            "image {image:>5}, class {class}: {activation} (before ReLU {before}) at row {row}, column {column}",
            "imagen {image:>5}, clase {class}: {activation} (antes de ReLU {before}) en fila {row}, columna {column}"
        )
    }

    /// What the matrices of `compare-maps` are over.
    #[must_use]
    pub fn maps_compared(&self, layer: &str, filter: Option<usize>) -> String {
        match filter {
            Some(filter) => say!(self, "{layer}, filter {filter}", "{layer}, filtro {filter}"),
            None => format!("{layer}, {}", self.compare.all_channels),
        }
    }

    /// Mean likeness of the pairs of one class, or of two classes.
    #[must_use]
    pub fn mean_likeness(&self, within: bool, cosine: &str, pearson: &str, pairs: usize) -> String {
        let title = match (self.language, within) {
            (Language::En, true) => "mean within a class",
            (Language::En, false) => "mean between classes",
            (Language::Es, true) => "media dentro de una clase",
            (Language::Es, false) => "media entre clases",
        };
        let names = (self.compare.cosine, self.compare.pearson);
        let unit = match (self.language, pairs) {
            (Language::En, 1) => "pair",
            (Language::En, _) => "pairs",
            (Language::Es, 1) => "pareja",
            (Language::Es, _) => "parejas",
        };
        format!(
            "{title}: {} {cosine}, {} {pearson} ({pairs} {unit})",
            names.0, names.1
        )
    }

    /// The class that was asked about.
    #[must_use]
    pub fn class_explained(&self, class: usize, probability: f32, predicted: usize) -> String {
        let probability = self.printed(f64::from(probability), 4);
        say!(
            self,
            "class {class}: probability {probability} (predicted: class {predicted})",
            "clase {class}: probabilidad {probability} (predicha: clase {predicted})"
        )
    }

    /// Above the table of losses under a patch.
    #[must_use]
    pub fn occlusion_title(&self, patch: OcclusionPatch) -> String {
        let OcclusionPatch { size, stride, fill } = patch;
        say!(
            self,
            "probability lost under a {size}×{size} patch of grey {fill}, every {stride} pixels, in hundredths",
            "probabilidad perdida bajo un parche de {size}×{size} de gris {fill}, cada {stride} píxeles, en centésimas"
        )
    }

    /// Above the map of Grad-CAM.
    #[must_use]
    pub fn grad_cam_at(&self, layer: &str) -> String {
        say!(self, "Grad-CAM at {layer}", "Grad-CAM en {layer}")
    }

    /// A model that was imported.
    #[must_use]
    pub fn imported(&self, format: &str, network: &str, parameters: usize) -> String {
        say!(
            self,
            "{format}: network {network}, {parameters} parameters",
            "{format}: red {network}, {parameters} parámetros"
        )
    }

    /// How many pictures a data set has.
    #[must_use]
    pub fn data_counts(&self, train: usize, test: usize) -> String {
        say!(
            self,
            "{train} training images, {test} test images",
            "{train} imágenes de entrenamiento, {test} imágenes de prueba"
        )
    }

    /// A cell of the table of runs in a terminal: shares and points as fractions of 1.
    #[must_use]
    pub fn printed_run_value(&self, column: Column, value: &Value) -> String {
        match (column, value) {
            (_, Value::Missing) => "-".into(),
            (Column::Gain, Value::Number(gain)) => self.with_mark(format!("{gain:+.4}")),
            (Column::Seconds, Value::Number(seconds)) => self.printed(*seconds, 1),
            (Column::ImagesPerSecond, Value::Number(speed)) => self.printed(*speed, 0),
            (Column::LearningRate, Value::Number(_)) => self.with_mark(value.plain()),
            (_, Value::Number(number)) => self.printed(*number, 4),
            (_, value) => value.plain(),
        }
    }
}
