//! Sentences of the status line: whose weights, of which moment, on which pictures.

use std::path::Path;

use super::{Language, Text};
use convlens_core::dataset::{Origin, PictureSize};
use convlens_core::harmless::clean;
use convlens_core::training::runs::DataIdentity;

impl Text {
    /// A data set in a few words, with the name of its folder where others could be meant.
    #[must_use]
    pub fn data_name(&self, data: &DataIdentity) -> String {
        let folder = data.folder.as_deref().map(Path::new);
        let folder = folder.and_then(Path::file_name).unwrap_or_default();
        let folder = folder.to_string_lossy();
        let name = match (self.language, &*data.source) {
            (_, DataIdentity::FASHION_MNIST) => "Fashion-MNIST".to_owned(),
            (_, DataIdentity::SYNTHETIC) => self.origin_name(&Origin::Synthetic).to_owned(),
            (_, "emnist") => format!("EMNIST ({folder})"),
            (_, "cifar") => format!("CIFAR ({folder})"),
            (Language::En, "images") => format!("Pictures from {folder}"),
            (Language::Es, "images") => format!("Imágenes de {folder}"),
            (Language::En, _) if folder.is_empty() => "data of another program".into(),
            (Language::Es, _) if folder.is_empty() => "datos de otro programa".into(),
            (Language::En, _) => format!("Data from {folder}"),
            (Language::Es, _) => format!("Datos de {folder}"),
        };
        clean(self.with_size(&name, data.pictures))
    }

    /// The data set that the built-in network for such pictures was trained on.
    #[must_use]
    pub fn built_in_data(&self, input: PictureSize) -> String {
        if input.is_default() {
            return "Fashion-MNIST".to_owned();
        }
        self.with_size(self.origin_name(&Origin::Synthetic), input)
    }

    /// What a network looks at that is drawn, and what it was trained on, if that is known.
    #[must_use]
    pub fn drawing_after(&self, trained_on: Option<&str>) -> String {
        let drawing = self.status.drawing;
        match (self.language, trained_on) {
            (_, None) => drawing.to_owned(),
            (Language::En, Some(data)) => format!("trained on {data} · {drawing}"),
            (Language::Es, Some(data)) => format!("entrenada con {data} · {drawing}"),
        }
    }

    /// A network that does not take the pictures of the data set.
    #[must_use]
    pub fn does_not_take(
        &self,
        network: &str,
        takes: PictureSize,
        pictures: PictureSize,
    ) -> String {
        let (takes, pictures) = (self.size_and_colour(takes), self.size_and_colour(pictures));
        match self.language {
            Language::En => format!(
                "{network} takes pictures of {takes}; the data set has pictures of {pictures}."
            ),
            Language::Es => format!(
                "{network} toma imágenes de {takes}; las del conjunto de datos son de {pictures}."
            ),
        }
    }

    /// The button that makes the pictures fit the network.
    #[must_use]
    pub fn make_pictures(&self, size: PictureSize) -> String {
        let size = self.size_and_colour(size);
        match self.language {
            Language::En => format!("Make the pictures {size}"),
            Language::Es => format!("Pasar las imágenes a {size}"),
        }
    }

    /// A network that was trained on other pictures than those on screen.
    #[must_use]
    pub fn other_data(&self, trained_on: &str, pictures: &str) -> String {
        let trained = self.trained_on_other(trained_on, pictures);
        match self.language {
            Language::En => format!("⚠ {trained}, looks at {pictures}"),
            Language::Es => format!("⚠ {trained}, mira {pictures}"),
        }
    }

    /// What it was trained on, where the pictures are named anyway.
    #[must_use]
    pub fn trained_on_other(&self, trained_on: &str, pictures: &str) -> String {
        match self.language {
            // Two sets may be called the same.
            Language::En if trained_on == pictures => "trained on other pictures".to_owned(),
            Language::Es if trained_on == pictures => "entrenada con otras imágenes".to_owned(),
            Language::En => format!("trained on {trained_on}"),
            Language::Es => format!("entrenada con {trained_on}"),
        }
    }

    /// Another data set was opened under a run in training.
    #[must_use]
    pub fn trains_on(&self, trained_on: &str, pictures: &str) -> String {
        match self.language {
            Language::En => format!(
                "The run goes on with {trained_on}. The views show {pictures}; the next run trains on these."
            ),
            Language::Es => format!(
                "El entrenamiento sigue con {trained_on}. Las vistas muestran {pictures}; con estas entrenará el próximo."
            ),
        }
    }

    /// Something with its network in short, unless its name says that already.
    #[must_use]
    pub fn named_network(&self, name: &str, network: &str) -> String {
        let network = self.network_name(network);
        if name.contains(&network) {
            name.to_owned()
        } else {
            format!("{name} · {network}")
        }
    }

    /// A run by number.
    #[must_use]
    pub fn run_in_a_word(&self, number: u32) -> String {
        match self.language {
            Language::En => format!("Run {number}"),
            Language::Es => format!("Entrenamiento {number}"),
        }
    }

    /// A run by number and name.
    #[must_use]
    pub fn run_shown(&self, number: u32, name: &str, network: &str) -> String {
        let run = self.run_in_a_word(number);
        // What tells two runs apart may be the number.
        let by_number = format!(" · {}", self.run_number(number));
        let name = name.strip_suffix(&*by_number).unwrap_or(name);
        if name.is_empty() {
            return self.named_network(&run, network);
        }
        self.named_network(&format!("{run}, {name}"), network)
    }

    /// A moment of a training with so many batches an epoch, 0 where that is unknown.
    #[must_use]
    pub fn moment_shown(&self, step: u64, epochs: usize, per_epoch: u64) -> String {
        let epoch = self.epoch_shown(step, epochs, per_epoch);
        let begun = step.saturating_sub(epochs as u64 * per_epoch);
        if begun == 0 || per_epoch == 0 {
            return epoch;
        }
        let [done, all] = [begun, per_epoch].map(|batches| self.integer(batches as usize));
        match self.language {
            Language::En => format!("{epoch}, batch {done} of {all}"),
            Language::Es => format!("{epoch}, lote {done} de {all}"),
        }
    }

    /// The same without how far the epoch is.
    #[must_use]
    pub fn epoch_shown(&self, step: u64, epochs: usize, per_epoch: u64) -> String {
        let batch = |step: u64| self.integer(step as usize);
        let begun = step.saturating_sub(epochs as u64 * per_epoch);
        match (self.language, step, begun) {
            (Language::En, 0, _) => "random weights".to_owned(),
            (Language::Es, 0, _) => "pesos al azar".to_owned(),
            (Language::En, _, _) if per_epoch == 0 => format!("after batch {}", batch(step)),
            (Language::Es, _, _) if per_epoch == 0 => format!("tras el lote {}", batch(step)),
            (Language::En, _, 0) => format!("after epoch {epochs}"),
            (Language::Es, _, 0) => format!("tras la época {epochs}"),
            (Language::En, _, _) => format!("during epoch {}", epochs + 1),
            (Language::Es, _, _) => format!("en la época {}", epochs + 1),
        }
    }

    /// An answer about others' weights, which is greyed until the one asked for is there.
    #[must_use]
    pub fn still_shown(&self, line: &str) -> String {
        match self.language {
            Language::En => format!("Earlier answer: {line}"),
            Language::Es => format!("Respuesta anterior: {line}"),
        }
    }

    /// Beside a network that is not trained: what the views show instead.
    #[must_use]
    pub fn views_show(&self, name: &str) -> String {
        match self.language {
            Language::En => format!("The views show: {name}"),
            Language::Es => format!("Las vistas muestran: {name}"),
        }
    }

    /// How many messages there are to read again.
    #[must_use]
    pub fn messages(&self, count: usize) -> String {
        match count {
            0 => self.status.messages.to_owned(),
            _ => format!("{} ({count})", self.status.messages),
        }
    }

    /// Of which moment figures over the test set are.
    #[must_use]
    pub fn test_set_of(&self, moment: &str) -> String {
        match self.language {
            Language::En => format!("Test set: {moment}"),
            Language::Es => format!("Conjunto de prueba: {moment}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_says_which_epoch_it_is_in_or_after() {
        let text = Language::En.text();
        let moment = |step, epochs| text.moment_shown(step, epochs, 10);
        assert_eq!(moment(0, 0), "random weights");
        assert_eq!(moment(4, 0), "during epoch 1, batch 4 of 10");
        // Its test set is not measured yet.
        assert_eq!(moment(10, 0), "during epoch 1, batch 10 of 10");
        assert_eq!(moment(10, 1), "after epoch 1");
        assert_eq!(moment(25, 2), "during epoch 3, batch 5 of 10");
        assert_eq!(text.epoch_shown(25, 2, 10), "during epoch 3");
        assert_eq!(text.moment_shown(25, 2, 0), "after batch 25");
    }

    #[test]
    fn a_network_is_not_said_twice() {
        let text = Language::En.text();
        assert_eq!(text.run_shown(2, "64-64 (2)", "64-64"), "Run 2, 64-64 (2)");
        assert_eq!(text.run_shown(2, "mine", "64-64"), "Run 2, mine · 64-64");
    }
}
