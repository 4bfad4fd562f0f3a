//! Sentences of the inspector and of the Channels view.

use super::{Language, Text};
use convlens_core::dataset::ImageId;
use convlens_core::explore::Handed;
use convlens_core::network::{Activation, Real};

impl Text {
    /// A number with its sign, for figures that add up.
    #[must_use]
    pub fn signed(&self, value: f64, decimals: usize) -> String {
        let digits = self.decimal(value, decimals);
        if value >= 0.0 {
            format!("+{digits}")
        } else {
            digits
        }
    }

    /// An activation's name.
    #[must_use]
    pub fn activation(&self, activation: Activation) -> &'static str {
        match (self.language, activation) {
            (Language::En, Activation::None) => "no activation",
            (Language::Es, Activation::None) => "sin activación",
            (Language::Es, Activation::Sigmoid) => "sigmoide",
            _ => activation.name(),
        }
    }

    /// The sum before an activation.
    #[must_use]
    pub fn before_activation(&self, activation: Activation) -> String {
        let name = self.activation(activation);
        match (self.language, activation) {
            (Language::En, Activation::None) => "sum".to_owned(),
            (Language::Es, Activation::None) => "suma".to_owned(),
            (Language::En, _) => format!("before {name}"),
            (Language::Es, _) => format!("antes de {name}"),
        }
    }

    /// Where a cell is.
    #[must_use]
    pub fn row_and_column(&self, row: usize, column: usize) -> String {
        match self.language {
            Language::En => format!("row {row}, column {column}"),
            Language::Es => format!("fila {row}, columna {column}"),
        }
    }

    /// Size of a receptive field on the picture.
    #[must_use]
    pub fn sees(&self, height: usize, width: usize) -> String {
        match self.language {
            Language::En => format!("sees {height}×{width} pixels"),
            Language::Es => format!("ve {height}×{width} píxeles"),
        }
    }

    /// The network lacks the pinned layer.
    #[must_use]
    pub fn no_layer(&self, layer: &str) -> String {
        match self.language {
            Language::En => format!("This network has no {layer}."),
            Language::Es => format!("Esta red no tiene {layer}."),
        }
    }

    /// An input channel and its part of the sum.
    #[must_use]
    pub fn channel_sum(&self, channel: usize, sum: f64) -> String {
        let sum = self.signed(sum, 4);
        match self.language {
            Language::En => format!("channel {channel}: {sum}"),
            Language::Es => format!("canal {channel}: {sum}"),
        }
    }

    /// The input channels that are drawn.
    #[must_use]
    pub fn channels_shown(&self, count: usize) -> String {
        match (self.language, count) {
            (Language::En, 1) => "this channel".into(),
            (Language::Es, 1) => "este canal".into(),
            (Language::En, _) => format!("these {count} channels"),
            (Language::Es, _) => format!("estos {count} canales"),
        }
    }

    /// The input channels that are not drawn.
    #[must_use]
    pub fn other_channels(&self, count: usize) -> String {
        match (self.language, count) {
            (Language::En, 1) => "the other channel".into(),
            (Language::Es, 1) => "el otro canal".into(),
            (Language::En, _) => format!("the other {count} channels"),
            (Language::Es, _) => format!("los otros {count} canales"),
        }
    }

    /// The inputs of a dense layer that are listed.
    #[must_use]
    pub fn inputs_shown(&self, count: usize) -> String {
        match self.language {
            Language::En => format!("{count} largest"),
            Language::Es => format!("{count} mayores"),
        }
    }

    /// The inputs of a dense layer that are not listed.
    #[must_use]
    pub fn other_inputs(&self, count: usize) -> String {
        let count = self.integer(count);
        match self.language {
            Language::En => format!("the other {count}"),
            Language::Es => format!("las otras {count}"),
        }
    }

    /// Where a branch's number comes from.
    #[must_use]
    pub fn handed(&self, branch: &Handed) -> String {
        let channel = branch.channel;
        match (self.language, &branch.from) {
            (Language::En, Some(layer)) => format!("{layer}, channel {channel}"),
            (Language::Es, Some(layer)) => format!("{layer}, canal {channel}"),
            (Language::En, None) => format!("the picture, channel {channel}"),
            (Language::Es, None) => format!("la imagen, canal {channel}"),
        }
    }

    /// The way to what a branch hands on.
    #[must_use]
    pub fn take_apart(&self, layer: &str) -> String {
        match self.language {
            Language::En => format!("Take {layer} apart"),
            Language::Es => format!("Descomponer {layer}"),
        }
    }

    /// What dropout does, and when.
    #[must_use]
    pub fn dropped(&self, rate: Real) -> String {
        let share = self.percent(f64::from(rate.get()), 0);
        let factor = self.decimal(1.0 / (1.0 - f64::from(rate.get())), 2);
        match self.language {
            Language::En => format!(
                "In testing dropout does nothing. In training {share} of the values become zero at random, and the others are multiplied by {factor}, so that their mean stays."
            ),
            Language::Es => format!(
                "Al probar, el dropout no hace nada. Al entrenar, el {share} de los valores pasa a cero al azar, y los demás se multiplican por {factor}, para que su media se conserve."
            ),
        }
    }

    /// Which value a pool passed on.
    #[must_use]
    pub fn pool_winner(&self, row: usize, column: usize, equals: usize) -> String {
        let at = self.row_and_column(row, column);
        match (self.language, equals) {
            (Language::En, 0 | 1) => format!("The largest is at {at}."),
            (Language::Es, 0 | 1) => format!("El mayor está en la {at}."),
            (Language::En, _) => format!("{equals} are equal; the first one counts, at {at}."),
            (Language::Es, _) => {
                format!("{equals} son iguales; cuenta el primero, en la {at}.")
            }
        }
    }

    /// A class score.
    #[must_use]
    pub fn class_score(&self, class: u8, image: ImageId) -> String {
        let image = self.image(image);
        let class = self.class_name(class);
        match self.language {
            Language::En => format!("Score of {class}, {image}"),
            Language::Es => format!("Puntuación de {class}, {image}"),
        }
    }

    /// A unit of a dense layer.
    #[must_use]
    pub fn unit_of(&self, layer: &str, unit: usize, image: ImageId) -> String {
        let image = self.image(image);
        match self.language {
            Language::En => format!("{layer}, unit {unit}, {image}"),
            Language::Es => format!("{layer}, unidad {unit}, {image}"),
        }
    }

    /// A unit of the layer before.
    #[must_use]
    pub fn unit_name(&self, unit: usize) -> String {
        match self.language {
            Language::En => format!("unit {unit}"),
            Language::Es => format!("unidad {unit}"),
        }
    }

    /// A cell of the layer before.
    #[must_use]
    pub fn cell_name(&self, channel: usize, row: usize, column: usize) -> String {
        match self.language {
            Language::En => format!("channel {channel} ({row}, {column})"),
            Language::Es => format!("canal {channel} ({row}, {column})"),
        }
    }

    /// A product.
    #[must_use]
    pub fn product(&self, value: f32, weight: f32, product: f64) -> String {
        let factor = |value: f32| self.decimal(f64::from(value), 2);
        let product = self.signed(product, 3);
        format!("{} × {} = {product}", factor(value), factor(weight))
    }

    /// The order by likeness to a channel.
    #[must_use]
    pub fn likeness_to(&self, channel: usize) -> String {
        match self.language {
            Language::En => format!("similarity to {channel}"),
            Language::Es => format!("parecido al {channel}"),
        }
    }

    /// Below a map: its channel, and the figure it is ranked by.
    #[must_use]
    pub fn channel_caption(&self, channel: usize, figure: Option<f64>) -> String {
        match figure {
            Some(figure) => format!("{channel} · {}", self.decimal(figure, 2)),
            None => channel.to_string(),
        }
    }

    /// A channel with its caption, by name.
    #[must_use]
    pub fn channel_name(&self, caption: &str) -> String {
        match self.language {
            Language::En => format!("channel {caption}"),
            Language::Es => format!("canal {caption}"),
        }
    }

    /// The grid of channels of a layer, and the chosen one's caption.
    #[must_use]
    pub fn channels_of(&self, layer: &str, chosen: &str) -> String {
        match self.language {
            Language::En => format!("Channels of {layer}, chosen: {chosen}"),
            Language::Es => format!("Canales de {layer}, elegido: {chosen}"),
        }
    }

    /// The channel chosen, among how many, and its lowest and highest value.
    #[must_use]
    pub fn channel_chosen(&self, channel: usize, of: &str, range: &str) -> String {
        match self.language {
            Language::En => {
                format!("Channel {channel} {of}, values {range}. Every view shows this channel.")
            }
            Language::Es => format!(
                "Canal {channel} {of}, valores {range}. Todas las vistas muestran este canal."
            ),
        }
    }
}
