//! The arithmetic of one value, as `inspect` prints it.

use super::say;
use crate::text::{Language, Text};
use convlens_core::explore::{InspectError, Place, Region};

impl Text {
    /// Which value is taken apart.
    #[must_use]
    pub fn inspected(&self, image: usize, layer: &str, place: Place, has_maps: bool) -> String {
        let channel = place.channel;
        if !has_maps {
            return say!(
                self,
                "image {image}, {layer}, unit {channel}",
                "imagen {image}, {layer}, unidad {channel}"
            );
        }
        let at = self.row_and_column(place.row, place.column);
        say!(
            self,
            "image {image}, {layer}, channel {channel}, {at}",
            "imagen {image}, {layer}, canal {channel}, {at}"
        )
    }

    /// What the value sees of the picture, or else of the layer before.
    #[must_use]
    pub fn sees_region(&self, of_picture: bool, region: Region) -> String {
        let (rows, columns) = (region.rows(), region.columns());
        let (top, bottom) = (rows.start, rows.end.saturating_sub(1));
        let (left, right) = (columns.start, columns.end.saturating_sub(1));
        let what = match (self.language, of_picture) {
            (Language::En, true) => "the picture",
            (Language::En, false) => "the layer before",
            (Language::Es, true) => "la imagen",
            (Language::Es, false) => "la capa anterior",
        };
        say!(
            self,
            "sees of {what}: rows {top} to {bottom}, columns {left} to {right}",
            "ve de {what}: filas {top} a {bottom}, columnas {left} a {right}"
        )
    }

    /// Above the products of an input channel.
    #[must_use]
    pub fn channel_products(&self, channel: usize) -> String {
        say!(
            self,
            "input channel {channel}: patch × kernel",
            "canal de entrada {channel}: parche × kernel"
        )
    }

    /// Channels that are not printed.
    #[must_use]
    pub fn more_channels(&self, count: usize) -> String {
        match (self.language, count) {
            (Language::En, 1) => "1 other channel".into(),
            (Language::Es, 1) => "otro canal".into(),
            (Language::En, _) => format!("{count} other channels"),
            (Language::Es, _) => format!("otros {count} canales"),
        }
    }

    /// Inputs that are not printed.
    #[must_use]
    pub fn more_inputs(&self, count: usize) -> String {
        match (self.language, count) {
            (Language::En, 1) => "1 other input".into(),
            (Language::Es, 1) => "otra entrada".into(),
            (Language::En, _) => format!("{count} other inputs"),
            (Language::Es, _) => format!("otras {count} entradas"),
        }
    }

    /// The probability of a class.
    #[must_use]
    pub fn softmax_of(&self, class: usize) -> String {
        say!(
            self,
            "softmax of class {class}",
            "softmax de la clase {class}"
        )
    }

    /// There is no such value.
    #[must_use]
    pub fn inspect_error(&self, error: &InspectError) -> String {
        if self.language == Language::En {
            return error.to_string();
        }
        match error {
            InspectError::Layer(layer, count) => {
                format!("capa {layer}: la red tiene {count} capas")
            }
            InspectError::Channel {
                layer,
                channel,
                count,
            } => format!(
                "canal {channel}: {layer} tiene {count}; elige de 0 a {}",
                count.saturating_sub(1)
            ),
            InspectError::Cell {
                layer,
                row,
                column,
                height,
                width,
            } => format!(
                "fila {row}, columna {column}: los mapas de {layer} son de {height}×{width}; elige filas de 0 a {} y columnas de 0 a {}",
                height.saturating_sub(1),
                width.saturating_sub(1)
            ),
            InspectError::Network(source) => source.to_string(),
        }
    }
}
