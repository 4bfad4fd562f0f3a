//! The words of a figure in which each picture is a point.

use super::sentences::plural;
use super::{Language, Text};
use convlens_core::dataset::{Dataset, Origin};
use convlens_core::explore::embedding::Separation;

impl Text {
    /// Whose numbers are points, and how many each has.
    #[must_use]
    pub fn points_of(&self, layer: &str, width: usize, images: usize) -> String {
        let layer = if layer.is_empty() {
            self.embedding.pixels
        } else {
            layer
        };
        let (width, images) = (self.integer(width), self.integer(images));
        match self.language {
            Language::En => format!("{layer}: {images} images of {width} numbers each"),
            Language::Es => format!("{layer}: {images} imágenes de {width} números cada una"),
        }
    }

    /// Points that a line was drawn around: how many, and of which classes most.
    #[must_use]
    pub fn points_chosen(&self, count: usize, classes: &[(u8, usize)]) -> String {
        let classes = classes
            .iter()
            .map(|(class, count)| format!("{count} {}", self.class_name(*class)));
        let classes = classes.collect::<Vec<_>>().join(", ");
        match self.language {
            Language::En => format!("{}: {classes}", plural(count, "image", "images")),
            Language::Es => format!("{}: {classes}", plural(count, "imagen", "imágenes")),
        }
    }

    /// A button that opens Compare with some of these.
    #[must_use]
    pub fn compare_so_many(&self, count: usize) -> String {
        match self.language {
            Language::En => format!("Compare {count} of them"),
            Language::Es => format!("Comparar {count}"),
        }
    }

    /// How well the classes part.
    #[must_use]
    pub fn parted(&self, separation: &Separation) -> String {
        let share = self.percent(separation.neighbour_accuracy, 1);
        let silhouette = separation.silhouette;
        let silhouette = silhouette.map(|value| self.decimal(value, 2));
        match (self.language, silhouette) {
            (Language::En, Some(value)) => {
                format!("{share} among their own class; silhouette {value}")
            }
            (Language::Es, Some(value)) => {
                format!("{share} entre los de su clase; silueta {value}")
            }
            (Language::En, None) => format!("{share} among their own class"),
            (Language::Es, None) => format!("{share} entre los de su clase"),
        }
    }

    /// How much of the variance the two axes have.
    #[must_use]
    pub fn variance_shown(&self, [first, second]: [f64; 2]) -> String {
        let (first, second) = (self.percent(first, 0), self.percent(second, 0));
        match self.language {
            Language::En => format!("axes: {first} and {second} of the variance"),
            Language::Es => format!("ejes: {first} y {second} de la varianza"),
        }
    }

    /// What the figure is: how a layer's values were laid out. Without a layer, the pixels.
    #[must_use]
    pub fn embedding_title(&self, method: &str, layer: Option<&str>) -> String {
        match (self.language, layer) {
            (_, Some(layer)) => format!("{method} · {layer}"),
            (Language::En, None) => format!("{method} · pixels"),
            (Language::Es, None) => format!("{method} · píxeles"),
        }
    }

    /// How many test images are points, and how many of them have neighbours of their own class.
    #[must_use]
    pub fn embedding_subtitle(&self, images: usize, neighbours: usize, accuracy: f64) -> String {
        let (images, accuracy) = (self.integer(images), self.percent(accuracy, 1));
        match self.language {
            Language::En => {
                format!("{images} test images · {neighbours}-nearest-neighbour accuracy {accuracy}")
            }
            Language::Es => {
                format!(
                    "{images} imágenes de prueba · exactitud de los {neighbours} vecinos más próximos: {accuracy}"
                )
            }
        }
    }

    /// A principal component, counted from 1, with its share of the variance.
    #[must_use]
    pub fn component(&self, number: usize, share: f64) -> String {
        let share = self.percent(share, 1);
        match self.language {
            Language::En => format!("component {number} ({share} of the variance)"),
            Language::Es => format!("componente {number} ({share} de la varianza)"),
        }
    }

    /// Where network and pictures are from, and what is to be known of the places.
    #[must_use]
    pub fn embedding_footer(
        &self,
        whose: &str,
        dataset: &Dataset,
        perplexity: Option<f64>,
    ) -> String {
        let data = match dataset.origin {
            Origin::Synthetic => self.data.synthetic.to_owned(),
            Origin::Folder { .. }
            | Origin::Images { .. }
            | Origin::Emnist { .. }
            | Origin::Cifar { .. } => self.origin(&dataset.origin),
        };
        let Some(perplexity) = perplexity else {
            return format!("{whose} · {data}");
        };
        let decimals = usize::from(perplexity.fract() != 0.0);
        let perplexity = self.decimal(perplexity, decimals);
        match self.language {
            Language::En => format!(
                "{whose} · {data} · perplexity {perplexity}; distances between groups, and their sizes, mean little"
            ),
            Language::Es => format!(
                "{whose} · {data} · perplejidad {perplexity}; las distancias entre grupos y sus tamaños significan poco"
            ),
        }
    }
}
