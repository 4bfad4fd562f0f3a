//! Sentences about data sets, pictures, presets and curves.

use std::sync::LazyLock;

use super::{Language, Text};
use convlens_core::dataset::download::{Fetched, Progress};
use convlens_core::dataset::{Dataset, ImageId, Origin, PictureSize};
use convlens_core::harmless::clean;
use convlens_core::network::Preset;

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

    /// The data set in the top bar, with how many images it trains and tests with.
    #[must_use]
    pub fn dataset(&self, dataset: &Dataset) -> String {
        let name = self.dataset_name(dataset);
        let (train, test) = (dataset.train.len(), dataset.test.len());
        format!("{name} · {} / {}", self.integer(train), self.integer(test))
    }

    /// The same in short.
    #[must_use]
    pub fn dataset_name(&self, dataset: &Dataset) -> String {
        self.with_size(self.origin_name(&dataset.origin), dataset.size())
    }

    /// A data set's name with the size of its pictures, where that is not Fashion-MNIST's.
    pub(super) fn with_size(&self, name: &str, size: PictureSize) -> String {
        if size.is_default() {
            name.to_owned()
        } else {
            format!("{name} {}", self.size_and_colour(size))
        }
    }

    /// What pixels are normalized by, a number a channel.
    #[must_use]
    pub fn mean_and_deviation(&self, mean: &str, deviation: &str) -> String {
        match self.language {
            Language::En => format!("mean {mean}, deviation {deviation}"),
            Language::Es => format!("media {mean}, desviación {deviation}"),
        }
    }

    /// The field beside a box that is ticked: how much of it.
    #[must_use]
    pub fn amount_of(&self, name: &str) -> String {
        match self.language {
            Language::En => format!("{name}: how much"),
            Language::Es => format!("{name}: cuánto"),
        }
    }

    /// The size of pictures, and whether they are in colour.
    #[must_use]
    pub fn size_and_colour(&self, size: PictureSize) -> String {
        let PictureSize { height, width, .. } = size;
        let colour = match (self.language, size.is_colour()) {
            (Language::En, false) => "grey",
            (Language::En, true) => "colour",
            (Language::Es, false) => "gris",
            (Language::Es, true) => "color",
        };
        format!("{height}×{width} {colour}")
    }

    /// While a download is on its way and nothing has arrived yet.
    #[must_use]
    pub fn downloading(&self, what: Fetched) -> String {
        let name = match what {
            Fetched::FashionMnist => "Fashion-MNIST",
            Fetched::Cifar10 => "CIFAR-10",
        };
        match self.language {
            Language::En => format!("Downloading {name}…"),
            Language::Es => format!("Descargando {name}…"),
        }
    }

    pub(super) fn origin_name(&self, origin: &Origin) -> &'static str {
        match (self.language, origin) {
            (_, Origin::Folder { genuine: true, .. }) => "Fashion-MNIST",
            (Language::En, Origin::Folder { .. }) => "Data from a folder",
            (Language::Es, Origin::Folder { .. }) => "Datos de una carpeta",
            (Language::En, Origin::Images { .. }) => "Pictures from a folder",
            (Language::Es, Origin::Images { .. }) => "Imágenes de una carpeta",
            (_, Origin::Emnist { split, .. }) => split.title(),
            (_, Origin::Cifar { cifar, .. }) => cifar.name(),
            (Language::En, Origin::Synthetic) => "Synthetic garments",
            (Language::Es, Origin::Synthetic) => "Prendas sintéticas",
        }
    }

    /// Where the data set comes from.
    #[must_use]
    pub fn origin(&self, origin: &Origin) -> String {
        clean(match (self.language, origin) {
            (Language::En, Origin::Folder { path, genuine: true }) => {
                format!("Fashion-MNIST, checksums verified, from {}", path.display())
            }
            (Language::Es, Origin::Folder { path, genuine: true }) => {
                format!("Fashion-MNIST, con sumas de verificación correctas, de {}", path.display())
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
            (Language::En, Origin::Cifar { path, cifar }) => {
                format!("{}, from {}", cifar.name(), path.display())
            }
            (Language::Es, Origin::Cifar { path, cifar }) => {
                format!("{}, de {}", cifar.name(), path.display())
            }
            (Language::En, Origin::Emnist { path, split }) => {
                format!("EMNIST, split {}, from {}", split.name(), path.display())
            }
            (Language::Es, Origin::Emnist { path, split }) => {
                format!("EMNIST, división {}, de {}", split.name(), path.display())
            }
            (Language::En, Origin::Synthetic) => {
                "Synthetic garments, drawn by this program: not photographs, and easier than Fashion-MNIST".into()
            }
            (Language::Es, Origin::Synthetic) => {
                "Prendas sintéticas, dibujadas por este programa: no son fotos y resultan más fáciles que Fashion-MNIST".into()
            }
        })
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
            (_, Preset::LeNet5) => "LeNet-5",
            (_, Preset::VggSmall) => "VGG",
            (_, Preset::ResNetSmall) => "ResNet",
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
            (Language::En, Preset::LeNet5) => {
                "The network that read handwritten digits in 1998: tanh and average pools"
            }
            (Language::Es, Preset::LeNet5) => {
                "La red que leía cifras escritas a mano en 1998: tanh y agrupación por la media"
            }
            (Language::En, Preset::VggSmall) => {
                "A small VGG: two convolutions before each pool, with batch normalization and dropout"
            }
            (Language::Es, Preset::VggSmall) => {
                "Una VGG pequeña: dos convoluciones antes de cada agrupación, con normalización por lotes y dropout"
            }
            (Language::En, Preset::ResNetSmall) => {
                "A small ResNet of three residual blocks: what each adds to what it was given. Made for colour pictures of 32×32"
            }
            (Language::Es, Preset::ResNetSmall) => {
                "Una ResNet pequeña de tres bloques residuales: lo que cada uno suma a lo que recibe. Hecha para imágenes en color de 32×32"
            }
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

    /// Title of the strip of images that are changed for training.
    #[must_use]
    pub fn training_images_in(&self, count: usize, epoch: usize) -> String {
        let count = self.integer(count);
        match self.language {
            Language::En => format!("{count} training images in epoch {epoch}"),
            Language::Es => format!("{count} imágenes de entrenamiento en la época {epoch}"),
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

    /// A number on an axis.
    #[must_use]
    pub fn axis_number(&self, value: f64, step: f64) -> String {
        let decimals = (-step.log10()).ceil().clamp(0.0, 6.0) as usize;
        self.decimal(value, decimals)
    }

    /// Where one points at the curves.
    #[must_use]
    pub fn curve_place(&self, axis: &str, place: f64) -> String {
        format!("{axis} {}", self.decimal(place, 2))
    }

    /// A curve at that place: whose it is, what it is of, and of which epoch's end.
    #[must_use]
    pub fn curve_name(&self, run: &str, of: &str, epoch: Option<usize>) -> String {
        match (self.language, epoch) {
            (_, None) => format!("{run}, {of}"),
            (Language::En, Some(epoch)) => format!("{run}, {of}, epoch {epoch}"),
            (Language::Es, Some(epoch)) => format!("{run}, {of}, época {epoch}"),
        }
    }

    /// Runs whose curves the key does not name.
    #[must_use]
    pub fn more_curves(&self, count: usize) -> String {
        match self.language {
            Language::En => format!("and {count} more"),
            Language::Es => format!("y {count} más"),
        }
    }

    /// The largest loss, where the axis ends below it.
    #[must_use]
    pub fn loss_above(&self, largest: f64) -> String {
        let largest = self.loss(largest);
        match self.language {
            Language::En => format!("↑ up to {largest}"),
            Language::Es => format!("↑ hasta {largest}"),
        }
    }

    /// A mark of a logarithmic axis, given its power of ten.
    #[must_use]
    pub fn power(&self, power: f64) -> String {
        let value = 10.0_f64.powf(power);
        if power.abs() < 3.5 {
            return self.shortest(value, 4);
        }
        let written = self.power_of_ten(value, 0);
        let is_whole = (power - power.round()).abs() < 1e-9;
        match written.rsplit_once('\u{a0}') {
            Some((_, power)) if is_whole => power.to_owned(),
            _ => written,
        }
    }

    /// What dropping the file over the window will do.
    #[must_use]
    pub fn drop_to_open(&self, name: &str) -> String {
        clean(match self.language {
            Language::En => format!("Drop to open {name}"),
            Language::Es => format!("Suelta para abrir {name}"),
        })
    }
}

/// A count with its noun.
pub(super) fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
