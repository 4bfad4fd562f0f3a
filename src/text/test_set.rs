//! Sentences about the whole test set: which classes are predicted as which, what a filter does.

use super::sentences::plural;
use super::{Language, Text};
use convlens_core::explore::Kernels;

impl Text {
    /// A question about the test set failed.
    #[must_use]
    pub fn not_judged(&self, error: &dyn std::fmt::Display) -> String {
        match self.language {
            Language::En => format!("The test set could not be evaluated: {error}"),
            Language::Es => format!("No se pudo evaluar el conjunto de prueba: {error}"),
        }
    }

    /// Accuracy over the test set.
    #[must_use]
    pub fn test_accuracy_of(&self, share: f64, images: usize) -> String {
        let (share, images) = (self.percent(share, 2), self.integer(images));
        match self.language {
            Language::En => format!("{share} of {images} test images"),
            Language::Es => format!("{share} de {images} imágenes de prueba"),
        }
    }

    /// A cell of the confusion matrix, of a true and a predicted class; the latter is called as in `outputs`.
    /// `rate` is the share of the true class's images.
    #[must_use]
    pub fn confusion_cell(
        &self,
        outputs: &Text,
        (label, predicted): (u8, u8),
        count: usize,
        rate: Option<f64>,
    ) -> String {
        let count = self.integer(count);
        let rate = rate.map_or_else(String::new, |rate| format!(" ({})", self.percent(rate, 1)));
        let (label, other) = (self.class_name(label), outputs.class_name(predicted));
        let is_right = label == other && self.classes == outputs.classes;
        match (self.language, is_right) {
            (Language::En, true) => format!("{label} recognised: {count}{rate}"),
            (Language::Es, true) => format!("{label}, reconocidas: {count}{rate}"),
            (Language::En, false) => format!("{label} predicted as {other}: {count}{rate}"),
            (Language::Es, false) => format!("{label}, clasificadas como {other}: {count}{rate}"),
        }
    }

    /// One test image and what it is predicted as.
    #[must_use]
    pub fn judged_image(
        &self,
        outputs: &Text,
        image: usize,
        (label, predicted): (u8, u8),
        probability: f64,
    ) -> String {
        let probability = self.percent(probability, 1);
        let (label, other) = (self.class_name(label), outputs.class_name(predicted));
        match self.language {
            Language::En => {
                format!("Open image {image} in Maps: {label}, predicted {other} {probability}")
            }
            Language::Es => format!(
                "Abrir la imagen {image} en Mapas: {label}, predicción {other} {probability}"
            ),
        }
    }

    /// Size of a filter: as deep as its input has maps.
    #[must_use]
    pub fn filter_title(&self, layer: &str, filter: usize, kernels: &Kernels) -> String {
        let Kernels {
            height,
            width,
            channels,
            ..
        } = kernels;
        match self.language {
            Language::En => format!("{layer} · filter {filter} · {height}×{width}×{channels}"),
            Language::Es => format!("{layer} · filtro {filter} · {height}×{width}×{channels}"),
        }
    }

    /// A unit of a dense layer over the picture.
    #[must_use]
    pub fn template_title(&self, layer: &str, unit: usize, kernels: &Kernels) -> String {
        let size = kernel_size(kernels);
        match self.language {
            Language::En => format!("{layer} · unit {unit} · {size} weights"),
            Language::Es => format!("{layer} · unidad {unit} · {size} pesos"),
        }
    }

    /// Bias of a filter.
    #[must_use]
    pub fn bias_of(&self, bias: f32) -> String {
        let bias = self.value(bias);
        match self.language {
            Language::En => format!("bias {bias}"),
            Language::Es => format!("sesgo {bias}"),
        }
    }

    /// What a filter does over the test set.
    #[must_use]
    pub fn filter_statistics(
        &self,
        maximum: f32,
        mean: f64,
        alive: usize,
        images: usize,
    ) -> String {
        let (maximum, mean) = (self.value(maximum), self.value(mean as f32));
        let (alive, images) = (self.integer(alive), self.integer(images));
        match self.language {
            Language::En => format!(
                "above zero in {alive} of {images} test images · maximum {maximum} · mean {mean}"
            ),
            Language::Es => format!(
                "sobre cero en {alive} de {images} imágenes de prueba · máximo {maximum} · media {mean}"
            ),
        }
    }

    /// The largest value of a filter's map for a picture made for it, and for the strongest test image where that is known.
    #[must_use]
    pub fn preferred_reaches(&self, reached: f32, strongest: Option<f32>) -> String {
        let reached = self.value(reached);
        let strongest = strongest.map_or_else(|| "…".to_owned(), |value| self.value(value));
        match self.language {
            Language::En => format!("reaches {reached}; strongest test image {strongest}"),
            Language::Es => {
                format!("alcanza {reached}; imagen de prueba más fuerte: {strongest}")
            }
        }
    }

    /// A filter without any answer.
    #[must_use]
    pub fn dead_filter(&self, images: usize) -> String {
        let images = self.integer(images);
        match self.language {
            Language::En => format!("dead: zero everywhere, for all {images} test images"),
            Language::Es => {
                format!("muerto: cero en todas partes, en las {images} imágenes de prueba")
            }
        }
    }

    /// One filter in the grid of all.
    #[must_use]
    pub fn filter_name(&self, layer: &str, filter: usize, is_dead: bool, is_off: bool) -> String {
        let mut words = match self.language {
            Language::En => format!("{layer}, filter {filter}"),
            Language::Es => format!("{layer}, filtro {filter}"),
        };
        for (holds, word) in [(is_dead, self.filters.dead), (is_off, self.filters.off)] {
            if holds {
                words = format!("{words}, {word}");
            }
        }
        words
    }

    /// One weight of a kernel.
    #[must_use]
    pub fn weight_at(&self, channel: usize, row: usize, column: usize, value: f32) -> String {
        let value = self.value(value);
        match self.language {
            Language::En => format!("input channel {channel}, row {row}, column {column}: {value}"),
            Language::Es => {
                format!("canal de entrada {channel}, fila {row}, columna {column}: {value}")
            }
        }
    }

    /// What weights are called that were changed by hand, and whose they were.
    #[must_use]
    pub fn changed_by_hand(&self, from: &str) -> String {
        match self.language {
            Language::En => format!("{from}, changed by hand"),
            Language::Es => format!("{from}, cambiada a mano"),
        }
    }

    /// The picture that the network takes for a class most.
    #[must_use]
    pub fn preferred_of_class(&self, class: &str) -> String {
        match self.language {
            Language::En => {
                format!("Made by gradient ascent: what raises the score of {class} most")
            }
            Language::Es => {
                format!("Hecha por ascenso de gradiente: lo que más sube la puntuación de {class}")
            }
        }
    }

    /// The sheet of preferred inputs, as far as it has come.
    #[must_use]
    pub fn preferred_of_all(&self, known: usize, all: usize) -> String {
        let name = self.filters.preferred_of_all;
        format!("{name}: {known} / {all}")
    }

    /// How many changes were made to weights by hand.
    #[must_use]
    pub fn changes_by_hand(&self, count: usize) -> String {
        match self.language {
            Language::En => plural(count, "change", "changes"),
            Language::Es => plural(count, "cambio", "cambios"),
        }
    }

    /// The weights of a filter over a picture in colour, at one place.
    #[must_use]
    pub fn colour_weights_at(&self, row: usize, column: usize, values: [f32; 3]) -> String {
        let [red, green, blue] = values.map(|value| self.value(value));
        match self.language {
            Language::En => {
                format!("row {row}, column {column}: red {red}, green {green}, blue {blue}")
            }
            Language::Es => {
                format!("fila {row}, columna {column}: rojo {red}, verde {green}, azul {blue}")
            }
        }
    }

    /// What the kernel picture shows.
    #[must_use]
    pub fn kernel_slices(&self, kernels: &Kernels) -> String {
        let Kernels {
            height,
            width,
            channels,
            ..
        } = kernels;
        match (self.language, channels) {
            (Language::En, 1) => format!("{height}×{width} weights"),
            (Language::Es, 1) => format!("{height}×{width} pesos"),
            (Language::En, _) => {
                format!("{channels} slices of {height}×{width}, one for each input channel")
            }
            (Language::Es, _) => {
                format!("{channels} cortes de {height}×{width}, uno por canal de entrada")
            }
        }
    }

    /// How many filters are off.
    #[must_use]
    pub fn filters_off(&self, count: usize) -> String {
        match (self.language, count) {
            (Language::En, 1) => "1 filter is off.".to_owned(),
            (Language::Es, 1) => "1 filtro está apagado.".to_owned(),
            (Language::En, _) => format!("{count} filters are off."),
            (Language::Es, _) => format!("{count} filtros están apagados."),
        }
    }

    /// A share before and after filters were switched off.
    #[must_use]
    pub fn before_after(&self, before: f64, after: f64, decimals: usize) -> String {
        let (before, after) = (
            self.percent(before, decimals),
            self.percent(after, decimals),
        );
        format!("{before} → {after}")
    }

    /// How strongly a filter responds to an image, and where.
    #[must_use]
    pub fn excitation(
        &self,
        image: usize,
        label: u8,
        before_relu: f32,
        row: usize,
        column: usize,
    ) -> String {
        let (value, label) = (self.value(before_relu), self.class_name(label));
        match self.language {
            Language::En => format!(
                "Open image {image} in Maps: {label}, {value} before the activation at row {row}, column {column}"
            ),
            Language::Es => format!(
                "Abrir la imagen {image} en Mapas: {label}, {value} antes de la activación en la fila {row}, columna {column}"
            ),
        }
    }
}

/// Rows, columns and, of several, channels.
fn kernel_size(kernels: &Kernels) -> String {
    let Kernels {
        height,
        width,
        channels,
        ..
    } = kernels;
    match channels {
        1 => format!("{height}×{width}"),
        _ => format!("{height}×{width}×{channels}"),
    }
}
