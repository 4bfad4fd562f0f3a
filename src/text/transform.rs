//! Sentences about pictures changed by hand.

use super::{Language, Text};
use convlens_core::explore::{Apart, Way};

impl Text {
    /// A way to change pictures, and what it means.
    #[must_use]
    pub fn way(&self, way: Way) -> [&'static str; 2] {
        let words = &self.transform;
        match way {
            Way::Shift => [words.shift, words.shift_hint],
            Way::Turn => [words.turn, words.turn_hint],
            Way::Zoom => [words.zoom, words.zoom_hint],
            Way::Light => [words.light, words.light_hint],
            Way::Noise => [words.noise, words.noise_hint],
            Way::Cover => [words.cover, words.cover_hint],
        }
    }

    /// How much of it: `2 px`, `30°`, `×1.3`, `20 %`.
    #[must_use]
    pub fn way_amount(&self, way: Way, amount: f64) -> String {
        match way {
            Way::Shift => format!("{}\u{a0}px", self.shortest(amount, 1)),
            Way::Turn => format!("{}°", self.shortest(amount, 1)),
            Way::Zoom => format!("×{}", self.shortest(amount, 2)),
            Way::Light | Way::Noise | Way::Cover => self.percent(amount, 0),
        }
    }

    /// The likeliest class of a picture.
    #[must_use]
    pub fn said_of_picture(&self, class: u8, probability: f32) -> String {
        let share = self.percent(f64::from(probability), 1);
        format!("{} {share}", self.class_name(class))
    }

    /// How far the moved maps of a layer, all channels of it, are from those of the changed picture.
    #[must_use]
    pub fn moved_apart(&self, layer: &str, apart: Apart) -> String {
        let share = self.percent(f64::from(apart.share), 1);
        match self.language {
            Language::En if apart.cells == 0 => {
                format!("{layer}: nothing of the moved maps is left to compare.")
            }
            Language::Es if apart.cells == 0 => {
                format!("{layer}: no queda nada de los mapas movidos que comparar.")
            }
            Language::En if apart.share < 5e-4 => {
                format!(
                    "{layer}, all channels: the moved maps are the maps of the changed picture."
                )
            }
            Language::Es if apart.share < 5e-4 => format!(
                "{layer}, todos los canales: los mapas movidos son los mapas de la imagen cambiada."
            ),
            Language::En if !apart.share.is_finite() => format!(
                "{layer}, all channels: the maps of the changed picture are not the moved ones, which are all zero."
            ),
            Language::Es if !apart.share.is_finite() => format!(
                "{layer}, todos los canales: los mapas de la imagen cambiada no son los movidos, que son todo ceros."
            ),
            Language::En => format!(
                "{layer}, all channels: the maps of the changed picture differ from the moved ones by {share} of their values."
            ),
            Language::Es => format!(
                "{layer}, todos los canales: los mapas de la imagen cambiada difieren de los movidos en un {share} de sus valores."
            ),
        }
    }

    /// Accuracies of a network at each amount, for a screen reader and under the pointer.
    #[must_use]
    pub fn accuracies_in_words(
        &self,
        way: Way,
        network: &str,
        accuracies: impl Iterator<Item = (f64, f64)>,
    ) -> String {
        let each = accuracies.map(|(amount, accuracy)| {
            format!(
                "{}: {}",
                self.way_amount(way, amount),
                self.percent(accuracy, 1)
            )
        });
        format!("{network}: {}", each.collect::<Vec<_>>().join(", "))
    }
}
