//! Sentences about pictures of the user's own, and about comparing and explaining pictures.

use super::{Language, Text};
use convlens_core::dataset::{ImageId, PictureSize};
use convlens_core::explore::{SaliencyMethod, SmallestChange};

impl Text {
    /// Little is left of a picture at the size that a network takes.
    #[must_use]
    pub fn has_faded(&self, size: PictureSize) -> String {
        match self.language {
            Language::En => format!(
                "little of it is left at {size}: its lines are too fine; draw thicker ones, or cut out what matters"
            ),
            Language::Es => format!(
                "queda poco a {size}: las líneas son demasiado finas; hazlas más gruesas o recorta lo que importa"
            ),
        }
    }

    /// The drawing pad for a screen reader: the cell of the keyboard and what is drawn there, 0 to
    /// 255.
    #[must_use]
    pub fn pad_name(&self, row: usize, column: usize, ink: &[u8]) -> String {
        let ink: Vec<String> = ink.iter().map(u8::to_string).collect();
        let ink = ink.join(" ");
        match self.language {
            Language::En => format!("Drawing pad, row {row}, column {column}: {ink}"),
            Language::Es => format!("Lienzo, fila {row}, columna {column}: {ink}"),
        }
    }

    /// Width and height of an opened picture.
    #[must_use]
    pub fn picture_size(&self, (width, height): (u32, u32)) -> String {
        match self.language {
            Language::En => format!("Opened: {width}×{height} pixels"),
            Language::Es => format!("Abierta: {width}×{height} píxeles"),
        }
    }

    /// How the score of a class is asked about; `None`: Grad-CAM.
    #[must_use]
    pub fn saliency(&self, method: Option<SaliencyMethod>) -> &'static str {
        let words = &self.explain;
        match method {
            None => words.grad_cam,
            Some(SaliencyMethod::Gradient) => words.gradient,
            Some(SaliencyMethod::SmoothGrad) => words.smooth,
            Some(SaliencyMethod::Integrated) => words.integrated,
        }
    }

    /// What integrated gradients add up to: from the score of a black picture to that of this one.
    #[must_use]
    pub fn adds_up(&self, [picture, black]: [f32; 2]) -> String {
        let [picture, black] = [picture, black].map(|score| self.value(score));
        match self.language {
            Language::En => format!("together from {black} (black) to {picture}"),
            Language::Es => format!("juntos, de {black} (negro) a {picture}"),
        }
    }

    /// What a small change makes of a picture; `classes` names the network's classes.
    #[must_use]
    pub fn changed_to(&self, classes: &Self, change: &SmallestChange) -> String {
        let [from, to] = change.classes.map(|class| classes.class_name(class as u8));
        let [_, after] = change.way.last().copied().unwrap_or_default();
        let (after, largest) = (self.percent(f64::from(after), 1), change.largest);
        match self.language {
            Language::En => format!(
                "No longer {from} but {to}, with {after}: no number of the picture changed by more than {largest} of 255."
            ),
            Language::Es => format!(
                "Ya no {from} sino {to}, con {after}: ningún número de la imagen cambió más de {largest} de 255."
            ),
        }
    }

    /// How the probabilities of both classes go, at some places of the way.
    #[must_use]
    pub fn on_the_way(&self, classes: &Self, change: &SmallestChange) -> String {
        let [from, to] = change.classes.map(|class| classes.class_name(class as u8));
        let last = change.way.len().saturating_sub(1).max(1);
        let places = change
            .way
            .iter()
            .enumerate()
            .filter(|(place, _)| place % 2 == 0);
        let steps = places.map(|(place, shares)| {
            let [one, other] = shares.map(|share| self.percent(f64::from(share), 0));
            format!(
                "{}: {one}, {other}",
                self.percent(place as f64 / last as f64, 0)
            )
        });
        let steps = steps.collect::<Vec<_>>().join(" · ");
        match self.language {
            Language::En => format!("On the way, {from} and {to}: {steps}"),
            Language::Es => format!("Por el camino, {from} y {to}: {steps}"),
        }
    }

    /// A similarity from −1 to 1; a dash where there is none.
    #[must_use]
    pub fn similarity(&self, value: Option<f64>, decimals: usize) -> String {
        value.map_or_else(|| "–".to_owned(), |value| self.decimal(value, decimals))
    }

    /// One cell of a similarity matrix.
    #[must_use]
    pub fn similarity_cell(
        &self,
        [a, b]: [&str; 2],
        cosine: Option<f64>,
        r: Option<f64>,
    ) -> String {
        let (cosine, r) = (self.similarity(cosine, 3), self.similarity(r, 3));
        match self.language {
            Language::En => format!("{a} and {b}: cosine {cosine}, Pearson r {r}"),
            Language::Es => format!("{a} y {b}: coseno {cosine}, r de Pearson {r}"),
        }
    }

    /// A mean over pairs.
    #[must_use]
    pub fn mean_of_pairs(&self, mean: Option<f64>, pairs: usize) -> String {
        let mean = self.similarity(mean, 3);
        match (self.language, pairs) {
            (Language::En, 1) => format!("{mean} (1 pair)"),
            (Language::En, _) => format!("{mean} ({pairs} pairs)"),
            (Language::Es, 1) => format!("{mean} (1 pareja)"),
            (Language::Es, _) => format!("{mean} ({pairs} parejas)"),
        }
    }

    /// What the images 23 to 28 are, which the notebook calls shoes; `classes` are theirs.
    #[must_use]
    pub fn notebook_shoes(&self, classes: &[u8]) -> String {
        let names: Vec<String> = (23..)
            .zip(classes)
            .map(|(image, &class)| format!("{image} {}", self.class_name(class)))
            .collect();
        let names = names.join(", ");
        match self.language {
            Language::En => {
                format!("The notebook speaks of shoes from 23 to 28. They are: {names}.")
            }
            Language::Es => format!("El cuaderno habla de zapatos del 23 al 28. Son: {names}."),
        }
    }

    /// A map, in the middle of a comparison of two networks.
    #[must_use]
    pub fn in_network(&self, image: ImageId, network: &str) -> String {
        format!("{} · {network}", self.image_number(image))
    }

    /// The patch that covers a picture: side and step in pixels, grey from 0 to 255.
    #[must_use]
    pub fn patch(&self, size: usize, stride: usize, fill: u8) -> String {
        match self.language {
            Language::En => format!(
                "A {size}×{size} patch of grey {fill} (0 is black, 255 white), every {stride} pixels"
            ),
            Language::Es => format!(
                "Un parche de {size}×{size} de gris {fill} (0 es negro; 255, blanco), cada {stride} píxeles"
            ),
        }
    }

    /// Largest gain and loss of probability under the patch, 0 to 1.
    #[must_use]
    pub fn largest_drop(&self, largest: f32, smallest: f32) -> String {
        let points = |share: f32| self.decimal(100.0 * f64::from(share), 1);
        let (largest, smallest) = (points(largest), points(smallest));
        match self.language {
            Language::En => format!("Probability lost: {smallest} to {largest} percentage points"),
            Language::Es => {
                format!("Probabilidad perdida: de {smallest} a {largest} puntos porcentuales")
            }
        }
    }

    /// The question why a test image is taken for a class, and not for its own.
    #[must_use]
    pub fn why_image(&self, image: usize, predicted: u8, label: Option<u8>) -> String {
        let predicted = self.class_name(predicted);
        let label = label.map(|label| self.class_name(label));
        match (self.language, label) {
            (Language::En, Some(label)) => format!("#{image}: why {predicted} and not {label}?"),
            (Language::En, None) => format!("#{image}: why {predicted}?"),
            (Language::Es, Some(label)) => {
                format!("#{image}: ¿por qué {predicted} y no {label}?")
            }
            (Language::Es, None) => format!("#{image}: ¿por qué {predicted}?"),
        }
    }

    /// How much of its lead over another class a covered place costs.
    #[must_use]
    pub fn largest_lead_lost(&self, largest: f32, smallest: f32) -> String {
        let points = |share: f32| self.decimal(100.0 * f64::from(share), 1);
        let (largest, smallest) = (points(largest), points(smallest));
        match self.language {
            Language::En => format!("Lead lost: {smallest} to {largest} percentage points"),
            Language::Es => {
                format!("Ventaja perdida: de {smallest} a {largest} puntos porcentuales")
            }
        }
    }

    /// Why one class and not another, with both probabilities.
    #[must_use]
    pub fn class_against(
        &self,
        (class, of_class): (u8, f64),
        (other, of_other): (u8, f64),
    ) -> String {
        let class = self.prediction(class, of_class);
        let other = self.prediction(other, of_other);
        match self.language {
            Language::En => format!("{class} and not {other}"),
            Language::Es => format!("{class} y no {other}"),
        }
    }

    /// The class asked about, its probability, and the class predicted if that is another.
    #[must_use]
    pub fn asked_class(&self, class: u8, probability: f64, predicted: u8) -> String {
        let asked = self.prediction(class, probability);
        if class == predicted {
            return asked;
        }
        let predicted = self.class_name(predicted);
        match self.language {
            Language::En => format!("{asked} · the network says {predicted}"),
            Language::Es => format!("{asked} · la red dice {predicted}"),
        }
    }
}
