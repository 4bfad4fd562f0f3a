//! On what a run was trained: program, computer, pictures.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::dataset::{CLASS_COUNT, Classes, Dataset, MAX_CLASSES, Origin, PictureSize};
use crate::harmless;
use crate::paths;
use convlens_kernels::vector_unit;

/// Longest text of an environment that is read, in bytes.
const MAX_TEXT: usize = 4096;
/// What [`DataIdentity::sha256`] is of Fashion-MNIST, whose files are checked before they are called that.
pub(super) const FASHION_MNIST_SHA256: &str =
    "a79e51784fbeb87bd3a9af71b511d8e20dc01c75ec95f4bf1e02e24ff6968595";
/// Pictures in it.
const FASHION_MNIST_COUNTS: (usize, usize) = (60_000, 10_000);
/// What is said of a longer one.
const ENDLESS: &str = "an environment of endless words";

/// Where a run was trained; of a run of another program, words are empty and counts 0 where it does not say. Together with its settings it decides the weights to the bit; of the
/// computer only the vector unit matters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Version of convlens.
    pub version: String,
    /// Operating system and processor family, such as `linux x86_64`.
    pub system: String,
    /// The processor's name, where the system tells.
    #[serde(default)]
    pub processor: Option<String>,
    /// The vector unit in use: `AVX-512`, `AVX2`, `SSE4.2`, `NEON` or `plain`.
    pub simd: String,
    /// Processors that the program may run on.
    pub processors: usize,
    /// The pictures.
    pub data: DataIdentity,
}

/// Who trained a run, if it was not convlens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainedBy {
    /// The program and its version, on one line of at most 120 characters.
    pub program: String,
    /// What it trained with, in its own words: optimizer, learning rate …; may be empty.
    #[serde(default)]
    pub settings: String,
}

/// Which pictures a run was trained on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataIdentity {
    /// `fashion-mnist` (checksums verified), `folder`, `images`, `emnist`, `cifar`, `synthetic`, or `other`: those of another
    /// program.
    pub source: String,
    /// The folder they were read from, if any, for [`paths::from_text`].
    #[serde(default)]
    pub folder: Option<String>,
    /// Training pictures in it.
    pub train: usize,
    /// Test pictures in it.
    pub test: usize,
    /// SHA-256 over all pixels and labels, training set first, as 64 hexadecimal digits; empty where it is not known.
    pub sha256: String,
    /// The size of its pictures; left out where they are 28×28 in grey.
    #[serde(default, skip_serializing_if = "PictureSize::is_default")]
    pub pictures: PictureSize,
    /// Names of its classes; none where they are Fashion-MNIST's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<Vec<String>>,
}

impl Environment {
    /// This program on this computer, with these pictures. Hashes them: about a tenth of a second
    /// for 70,000.
    #[must_use]
    pub fn here(dataset: &Dataset) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").into(),
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            processor: processor().map(Into::into),
            simd: vector_unit().into(),
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            data: DataIdentity::of(dataset),
        }
    }

    pub(super) fn check(&mut self) -> Result<(), String> {
        let data = &mut self.data;
        let texts = [
            &mut self.version,
            &mut self.system,
            &mut self.simd,
            &mut data.source,
            &mut data.sha256,
        ];
        for text in texts.into_iter().chain(&mut self.processor) {
            if text.len() > MAX_TEXT {
                return Err(ENDLESS.into());
            }
            *text = harmless::name(text, MAX_TEXT);
        }
        if let Some(names) = &mut data.classes {
            if !(2..=MAX_CLASSES).contains(&names.len()) {
                return Err(format!("{} classes", names.len()));
            }
            *names = Classes::named(names.iter())
                .names()
                .unwrap_or_default()
                .to_vec();
        }
        // A path stays as it is, so that it can be opened.
        match &data.folder {
            Some(folder) if folder.len() > MAX_TEXT => Err(ENDLESS.into()),
            _ => Ok(()),
        }
    }

    /// Whether times measured there tell how long training takes here.
    #[must_use]
    pub fn is_this_computer(&self) -> bool {
        self.system == format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)
            && self.processor.as_deref() == processor()
            && self.simd == vector_unit()
    }
}

impl DataIdentity {
    /// The source of the official files, checksums verified.
    pub const FASHION_MNIST: &str = "fashion-mnist";
    /// The source of garments that the program draws.
    pub const SYNTHETIC: &str = "synthetic";

    /// Of these pictures, which are hashed unless they are known: the window waits for it at its start.
    #[must_use]
    pub fn of(dataset: &Dataset) -> Self {
        let (source, folder) = match &dataset.origin {
            Origin::Folder { path, genuine } => {
                let source = if *genuine {
                    Self::FASHION_MNIST
                } else {
                    "folder"
                };
                (source, Some(path))
            }
            Origin::Images { path } => ("images", Some(path)),
            Origin::Emnist { path, .. } => ("emnist", Some(path)),
            Origin::Cifar { path, .. } => ("cifar", Some(path)),
            Origin::Synthetic => (Self::SYNTHETIC, None),
        };
        let folder = folder.map(|path| paths::to_text(&paths::absolute(path)));
        let counts = (dataset.train.len(), dataset.test.len());
        let sha256 = if source == Self::FASHION_MNIST && counts == FASHION_MNIST_COUNTS {
            FASHION_MNIST_SHA256.to_owned()
        } else {
            dataset.sha256()
        };
        Self {
            source: source.into(),
            // A longer one would make the run one that is not read.
            folder: folder.filter(|folder| folder.len() <= MAX_TEXT),
            train: dataset.train.len(),
            test: dataset.test.len(),
            sha256,
            pictures: dataset.size(),
            classes: dataset.classes.names().map(<[String]>::to_vec),
        }
    }

    /// What a network trained on them calls its outputs, of which there are `count`.
    #[must_use]
    pub fn classes(&self, count: usize) -> Classes {
        match &self.classes {
            Some(names) if names.len() == count => Classes::named(names.iter()),
            None if count == CLASS_COUNT => Classes::FashionMnist,
            _ => Classes::numbered(count),
        }
    }

    /// Whether both are the same pictures, wherever they were read from; of pictures that another program has not hashed,
    /// whether they are from the same folder.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        if self.sha256.is_empty() || other.sha256.is_empty() {
            return self.folder.is_some() && self.folder == other.folder;
        }
        self.sha256 == other.sha256
    }
}

/// The processor's name, where the system tells.
fn processor() -> Option<&'static str> {
    static NAME: OnceLock<Option<String>> = OnceLock::new();
    let name = NAME.get_or_init(|| {
        let info = std::fs::read_to_string("/proc/cpuinfo").ok()?;
        let line = info.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    });
    name.as_deref()
}
