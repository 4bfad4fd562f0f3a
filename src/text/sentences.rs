//! Sentences with names and numbers in them.

use std::path::Path;
use std::sync::LazyLock;

use super::{Language, Text};
use crate::dataset::download::Progress;
use crate::dataset::{ImageId, Origin};
use crate::network::Preset;
use crate::render::{RangeMode, ValueRange};

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
    pub epochs: usize,
    pub batch: usize,
    /// 0 while it is unknown, or where there is no room for it.
    pub batches: usize,
    pub images_per_second: Option<f64>,
    pub seconds_left: Option<f64>,
    pub test_accuracy: Option<f64>,
}

impl Text {
    /// Name of a class of the data set.
    #[must_use]
    pub fn class_name(&self, class: u8) -> &'static str {
        // A network may tell more classes apart than the data set has.
        static NUMBERS: LazyLock<Vec<String>> =
            LazyLock::new(|| (0..=u8::MAX).map(|class| class.to_string()).collect());
        let class = usize::from(class);
        self.classes.get(class).copied().unwrap_or(&NUMBERS[class])
    }

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
        parts.push(format!("{epoch} {} / {}", words.epoch, words.epochs));
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
        if let (RunWords::Finished | RunWords::Stopped, Some(accuracy)) =
            (words.status, words.test_accuracy)
        {
            let accuracy = self.percent(accuracy, 2);
            parts.push(match self.language {
                Language::En => format!("test {accuracy}"),
                Language::Es => format!("prueba {accuracy}"),
            });
        }
        parts.join(" · ")
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
            parts.push(self.percent(accuracy, 1));
        }
        parts.join(" · ")
    }

    /// The data set in the top bar.
    #[must_use]
    pub fn dataset(&self, origin: &Origin, train: usize, test: usize) -> String {
        let name = match (self.language, origin) {
            (_, Origin::Folder { genuine: true, .. }) => "Fashion-MNIST",
            (Language::En, Origin::Folder { .. }) => "Data from a folder",
            (Language::Es, Origin::Folder { .. }) => "Datos de una carpeta",
            (Language::En, Origin::Images { .. }) => "Pictures from a folder",
            (Language::Es, Origin::Images { .. }) => "Imágenes de una carpeta",
            (Language::En, Origin::Synthetic) => "Synthetic garments",
            (Language::Es, Origin::Synthetic) => "Prendas sintéticas",
        };
        format!("{name} · {} / {}", self.integer(train), self.integer(test))
    }

    /// Where the data set comes from.
    #[must_use]
    pub fn origin(&self, origin: &Origin) -> String {
        match (self.language, origin) {
            (Language::En, Origin::Folder { path, genuine: true }) => {
                format!("Fashion-MNIST, checksums verified, from {}", path.display())
            }
            (Language::Es, Origin::Folder { path, genuine: true }) => {
                format!("Fashion-MNIST, sumas verificadas, de {}", path.display())
            }
            (Language::En, Origin::Folder { path, .. }) => {
                format!("Files from {}; not the official Fashion-MNIST", path.display())
            }
            (Language::Es, Origin::Folder { path, .. }) => {
                format!("Archivos de {}; no son el Fashion-MNIST oficial", path.display())
            }
            (Language::En, Origin::Images { path }) => {
                format!("Picture files from {}, a folder for each class", path.display())
            }
            (Language::Es, Origin::Images { path }) => {
                format!("Archivos de imagen de {}, una carpeta por clase", path.display())
            }
            (Language::En, Origin::Synthetic) => {
                "Synthetic garments, drawn by this program: not photographs, and easier than Fashion-MNIST".into()
            }
            (Language::Es, Origin::Synthetic) => {
                "Prendas sintéticas, dibujadas por este programa: no son fotos y resultan más fáciles que Fashion-MNIST".into()
            }
        }
    }

    /// How far a download is.
    #[must_use]
    pub fn download_progress(&self, progress: &Progress) -> String {
        let mb = |bytes: u64| self.decimal(bytes as f64 / 1e6, 1);
        let of = progress
            .total
            .map_or_else(String::new, |total| format!(" / {}", mb(total)));
        format!(
            "{}/{} · {}{of} MB",
            progress.file_index + 1,
            progress.file_count,
            mb(progress.received)
        )
    }

    /// Short name of a preset.
    #[must_use]
    pub fn preset(&self, preset: Preset) -> &'static str {
        match (self.language, preset) {
            (_, Preset::Conv64) => "64-64",
            (_, Preset::Conv32) => "32-32",
            (_, Preset::Conv16) => "16-16",
            (_, Preset::OneConv) => "1 conv",
            (_, Preset::ThreeConv) => "3 conv",
            (Language::En, Preset::Dense) => "dense",
            (Language::Es, Preset::Dense) => "densa",
        }
    }

    /// What a preset is for.
    #[must_use]
    pub fn preset_hint(&self, preset: Preset) -> &'static str {
        match (self.language, preset) {
            (Language::En, Preset::Conv64) => "The notebook's CNN: two blocks of 64 filters",
            (Language::Es, Preset::Conv64) => "La red del cuaderno: dos bloques de 64 filtros",
            (Language::En, Preset::Conv32) => "Two blocks of 32 filters: about as good?",
            (Language::Es, Preset::Conv32) => "Dos bloques de 32 filtros: ¿casi igual de buena?",
            (Language::En, Preset::Conv16) => "Two blocks of 16 filters: smaller and faster",
            (Language::Es, Preset::Conv16) => "Dos bloques de 16 filtros: más pequeña y rápida",
            (Language::En, Preset::OneConv) => {
                "Without the second block. The maps stay large, so the dense layer grows: more parameters, not fewer"
            }
            (Language::Es, Preset::OneConv) => {
                "Sin el segundo bloque. Los mapas quedan grandes y la capa densa crece: más parámetros, no menos"
            }
            (Language::En, Preset::ThreeConv) => "A third block: the maps shrink to a single cell",
            (Language::Es, Preset::ThreeConv) => {
                "Con un tercer bloque: los mapas se reducen a una sola celda"
            }
            (Language::En, Preset::Dense) => "No convolution: the notebook's baseline",
            (Language::Es, Preset::Dense) => "Sin convoluciones: el punto de partida del cuaderno",
        }
    }

    /// Heading of the strip of test images.
    #[must_use]
    pub fn test_images(&self, count: usize) -> String {
        let count = self.integer(count);
        match self.language {
            Language::En => format!("{count} test images"),
            Language::Es => format!("{count} imágenes de prueba"),
        }
    }

    /// One test image and its true class.
    #[must_use]
    pub fn test_image(&self, index: usize, label: u8) -> String {
        format!("#{index} · {}", self.class_name(label))
    }

    /// Takes a row away.
    #[must_use]
    pub fn remove_image(&self, image: ImageId) -> String {
        match (self.language, image) {
            (Language::En, ImageId::Test(index)) => format!("Remove image {index}"),
            (Language::Es, ImageId::Test(index)) => format!("Quitar la imagen {index}"),
            (Language::En, ImageId::Drawing) => "Remove the drawing".to_owned(),
            (Language::Es, ImageId::Drawing) => "Quitar el dibujo".to_owned(),
        }
    }

    /// A picture in a few letters.
    #[must_use]
    pub fn image_number(&self, image: ImageId) -> String {
        match (self.language, image) {
            (_, ImageId::Test(index)) => format!("#{index}"),
            (Language::En, ImageId::Drawing) => "drawing".to_owned(),
            (Language::Es, ImageId::Drawing) => "dibujo".to_owned(),
        }
    }

    /// A picture in the middle of a sentence.
    #[must_use]
    pub fn image(&self, image: ImageId) -> String {
        match (self.language, image) {
            (Language::En, ImageId::Test(index)) => format!("image {index}"),
            (Language::Es, ImageId::Test(index)) => format!("imagen {index}"),
            (_, ImageId::Drawing) => self.image_number(image),
        }
    }

    /// A picture and its true class, if that is known.
    #[must_use]
    pub fn image_and_class(&self, image: ImageId, label: Option<u8>) -> String {
        let number = self.image_number(image);
        match label {
            Some(label) => format!("{number} · {}", self.class_name(label)),
            None => number,
        }
    }

    /// What the network says, and how sure it is.
    #[must_use]
    pub fn prediction(&self, class: u8, probability: f64) -> String {
        format!(
            "{} {}",
            self.class_name(class),
            self.percent(probability, 1)
        )
    }

    /// A convolution number in words: number 1 is the second.
    #[must_use]
    pub fn nth_of(&self, number: usize, count: usize) -> String {
        let place = self.ordinal(number + 1);
        match self.language {
            Language::En => format!("({place} of {count})"),
            Language::Es => format!("({place} de {count})"),
        }
    }

    /// The convolution number below a figure's title.
    #[must_use]
    pub fn nth_of_words(&self, number: usize) -> String {
        let place = self.ordinal(number + 1);
        match self.language {
            Language::En => {
                format!("Convolution number {number}, counted from 0: the {place} filter")
            }
            Language::Es => {
                format!("Convolución número {number}, contando desde 0: el {place} filtro")
            }
        }
    }

    fn ordinal(&self, n: usize) -> String {
        match self.language {
            Language::En => {
                let ending = match (n % 10, n % 100) {
                    (1, teen) if teen != 11 => "st",
                    (2, teen) if teen != 12 => "nd",
                    (3, teen) if teen != 13 => "rd",
                    _ => "th",
                };
                format!("{n}{ending}")
            }
            Language::Es => format!("{n}.º"),
        }
    }

    /// The layer has fewer channels than the number chosen.
    #[must_use]
    pub fn clamped(&self, shown: usize, channels: usize) -> String {
        match self.language {
            Language::En => format!("only {channels} channels: showing {shown}"),
            Language::Es => format!("solo {channels} canales: se ve el {shown}"),
        }
    }

    /// Lowest and highest value.
    #[must_use]
    pub fn range(&self, range: ValueRange) -> String {
        format!("{} … {}", self.value(range.min), self.value(range.max))
    }

    /// Name of a range mode.
    #[must_use]
    pub fn range_mode(&self, mode: RangeMode) -> &'static str {
        match (self.language, mode) {
            (Language::En, RangeMode::PerMap) => "per map",
            (Language::Es, RangeMode::PerMap) => "por mapa",
            (Language::En, RangeMode::PerColumn) => "per column",
            (Language::Es, RangeMode::PerColumn) => "por columna",
            (Language::En, RangeMode::PerLayer) => "per layer",
            (Language::Es, RangeMode::PerLayer) => "por capa",
            (Language::En, RangeMode::Fixed(_)) => "fixed",
            (Language::Es, RangeMode::Fixed(_)) => "fija",
        }
    }

    /// What a range mode means.
    #[must_use]
    pub fn range_mode_hint(&self, mode: RangeMode) -> &'static str {
        match (self.language, mode) {
            (Language::En, RangeMode::PerMap) => {
                "Each map from its own minimum to its own maximum, as matplotlib does: shapes show well, brightness cannot be compared between maps"
            }
            (Language::Es, RangeMode::PerMap) => {
                "Cada mapa entre su propio mínimo y máximo, como hace matplotlib: se ven bien las formas, pero no se puede comparar el brillo entre mapas"
            }
            (Language::En, RangeMode::PerColumn) => {
                "One range for each column: the images can be compared"
            }
            (Language::Es, RangeMode::PerColumn) => {
                "La misma escala en cada columna: se pueden comparar las imágenes"
            }
            (Language::En, RangeMode::PerLayer) => {
                "One range over all channels of a layer: channels can be compared too"
            }
            (Language::Es, RangeMode::PerLayer) => {
                "La misma escala para todos los canales de una capa: también se pueden comparar los canales"
            }
            (Language::En, RangeMode::Fixed(_)) => "The range you set, for every map",
            (Language::Es, RangeMode::Fixed(_)) => "La escala que tú fijas, para todos los mapas",
        }
    }

    /// Name of one map.
    #[must_use]
    pub fn map_name(&self, layer: &str, channel: usize, image: ImageId) -> String {
        let image = self.image(image);
        match self.language {
            Language::En => format!("{layer}, channel {channel}, {image}"),
            Language::Es => format!("{layer}, canal {channel}, {image}"),
        }
    }

    /// One value of a map.
    #[must_use]
    pub fn map_value(&self, map: &str, row: usize, column: usize, value: f32) -> String {
        let value = self.value(value);
        match self.language {
            Language::En => format!("{map}\nrow {row}, column {column}: {value}"),
            Language::Es => format!("{map}\nfila {row}, columna {column}: {value}"),
        }
    }

    /// Which moment of the training the maps show.
    #[must_use]
    pub fn weights_of(&self, epochs: usize, step: u64) -> String {
        let batches = self.integer(step as usize);
        match (self.language, step) {
            (Language::En, 0) => "These maps come from random weights, before any training.".into(),
            (Language::Es, 0) => "Estos mapas son de pesos al azar, antes de entrenar.".into(),
            (Language::En, _) => {
                let batches = if step == 1 {
                    "1 batch".into()
                } else {
                    format!("{batches} batches")
                };
                let epochs = plural(epochs, "complete epoch", "complete epochs");
                format!("These maps come from the weights after {batches}, {epochs}.")
            }
            (Language::Es, _) => {
                let batches = if step == 1 {
                    "1 lote".into()
                } else {
                    format!("{batches} lotes")
                };
                let epochs = plural(epochs, "época completa", "épocas completas");
                format!("Estos mapas son de los pesos tras {batches}, {epochs}.")
            }
        }
    }

    /// A number on an axis.
    #[must_use]
    pub fn axis_number(&self, value: f64, step: f64) -> String {
        let decimals = (-step.log10()).ceil().clamp(0.0, 6.0) as usize;
        self.decimal(value, decimals)
    }

    /// A point of a curve.
    #[must_use]
    pub fn curve_point(&self, axis: &str, place: f64, value: f64, is_share: bool) -> String {
        let value = if is_share {
            self.percent(value, 2)
        } else {
            self.decimal(value, 4)
        };
        format!("{axis} {}\n{value}", self.decimal(place, 2))
    }

    /// A figure is on disk.
    #[must_use]
    pub fn figure_saved(&self, path: &Path) -> String {
        match self.language {
            Language::En => format!("Figure saved as {}", path.display()),
            Language::Es => format!("Figura guardada como {}", path.display()),
        }
    }
}

/// A count with its noun.
pub(super) fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_one_is_the_second() {
        assert_eq!(Language::En.text().nth_of(1, 64), "(2nd of 64)");
        assert_eq!(Language::Es.text().nth_of(1, 64), "(2.º de 64)");
        let english = Language::En.text();
        let ordinals: Vec<_> = [1, 3, 11, 12, 13, 21, 112]
            .map(|n| english.ordinal(n))
            .into();
        assert_eq!(
            ordinals,
            ["1st", "3rd", "11th", "12th", "13th", "21st", "112th"]
        );
    }

    #[test]
    fn plurals_agree() {
        assert!(
            Language::En
                .text()
                .weights_of(1, 9)
                .ends_with("1 complete epoch.")
        );
        assert!(
            Language::Es
                .text()
                .weights_of(2, 9)
                .ends_with("2 épocas completas.")
        );
    }
}
