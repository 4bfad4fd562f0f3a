//! A run as a Python program: the same network, settings and data in Keras or PyTorch, to be copied
//! into a notebook.

mod keras;
mod pytorch;

use std::fmt::Write as _;
use std::path::Path;

use super::{Language, Text};
use convlens_core::dataset::{Origin, PictureSize};
use convlens_core::harmless::{clean, is_harmful};
use convlens_core::network::{Real, SpecError, Window};
use convlens_core::training::{RunConfig, Schedule};

/// The library that the program uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Framework {
    /// Keras 3, with any backend.
    Keras,
    /// PyTorch.
    PyTorch,
}

impl Framework {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Keras => "Keras",
            Self::PyTorch => "PyTorch",
        }
    }
}

/// What the learning rate is multiplied by, as an expression of `step`, `steps` and `done`, the share of them; `None` if it stays.
fn schedule(config: &RunConfig) -> Option<String> {
    Some(match config.optimization.schedule {
        Schedule::Constant => return None,
        Schedule::WarmUp => format!("min(1, (step + 1) * {} / steps)", config.epochs),
        Schedule::Step => "0.01 if done >= 0.75 else 0.1 if done >= 0.5 else 1".to_owned(),
        Schedule::Cosine => "(1 + math.cos(math.pi * done)) / 2".to_owned(),
        Schedule::OneCycle => {
            "(1 + 24 * done / 0.3) / 25 if done < 0.3 else (1 + math.cos(math.pi * (done - 0.3) / 0.7)) / 2"
                .to_owned()
        }
    })
}

/// Numbers with commas between them.
fn list(numbers: &[Real]) -> String {
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    numbers.join(", ")
}

/// One number where both are the same.
fn sides([height, width]: [usize; 2]) -> String {
    if height == width {
        height.to_string()
    } else {
        format!("({height}, {width})")
    }
}

/// Stride and dilation, under the framework's names, where they are not what the layer has anyway.
fn way(window: &Window, stride: [usize; 2], [stride_name, dilation_name]: [&str; 2]) -> String {
    let own = |name: &str, value: [usize; 2], usual: [usize; 2]| {
        if value == usual {
            String::new()
        } else {
            format!(", {name}={}", sides(value))
        }
    };
    own(stride_name, window.stride, stride) + &own(dilation_name, window.dilation, [1, 1])
}

/// Whether that needs Python's `math`.
fn needs_math(config: &RunConfig) -> bool {
    let schedule = config.optimization.schedule;
    matches!(schedule, Schedule::Cosine | Schedule::OneCycle)
}

impl Text {
    /// The program; its comments are in this language.
    ///
    /// It trains with the same numbers of everything, and with Keras's defaults where convlens has
    /// them too, but draws other random numbers: accuracies agree, weights do not.
    ///
    /// # Errors
    /// The network is impossible.
    pub fn python(
        &self,
        framework: Framework,
        config: &RunConfig,
        origin: &Origin,
    ) -> Result<String, SpecError> {
        let layers = config.network.plan()?;
        let mut lines = self.python_head(framework, config, origin);
        match framework {
            Framework::Keras => keras::program(&mut lines, self, config, origin, &layers),
            Framework::PyTorch => pytorch::program(&mut lines, self, config, origin, &layers),
        }
        Ok(lines.join("\n") + "\n")
    }

    fn python_head(
        &self,
        framework: Framework,
        config: &RunConfig,
        origin: &Origin,
    ) -> Vec<String> {
        let (label, name) = (config.network.label(), framework.name());
        let mut lines = match self.language {
            Language::En => vec![
                format!("# Network {label} of convlens, trained in {name}: the same layers, settings and data."),
                "# The random numbers are others, so accuracies agree within their spread, weights do not.".to_owned(),
            ],
            Language::Es => vec![
                format!("# Red {label} de convlens entrenada en {name}: las mismas capas, ajustes y datos."),
                "# Los números al azar son otros: las exactitudes coinciden dentro de su dispersión; los pesos, no.".to_owned(),
            ],
        };
        if *origin == Origin::Synthetic && config.network.input.is_default() {
            lines.push(
                match self.language {
                    Language::En => "# convlens trained on synthetic garments, which it draws itself; this trains on Fashion-MNIST.",
                    Language::Es => "# convlens entrenó con prendas sintéticas, que dibuja él mismo; esto entrena con Fashion-MNIST.",
                }
                .to_owned(),
            );
        }
        let kept_otherwise = match origin {
            Origin::Images { path } | Origin::Cifar { path, .. } => Some(path.clone()),
            Origin::Emnist { path, split } => Some(path.join(format!("emnist-{}", split.name()))),
            Origin::Synthetic if !config.network.input.is_default() => Some("synthetic".into()),
            Origin::Folder { .. } | Origin::Synthetic => None,
        };
        if let Some(path) = kept_otherwise {
            let path = shell_quoted(&path.display().to_string());
            let size = config.network.input;
            let size = if size.is_default() {
                String::new()
            } else {
                format!(
                    " --picture-size {}x{}x{}",
                    size.height, size.width, size.channels
                )
            };
            let command = clean(format!("convlens data save --data {path}{size} --to data"));
            lines.push(match self.language {
                Language::En => format!("# First write the pictures as four files: {command}"),
                Language::Es => {
                    format!("# Antes escribe las imágenes en cuatro archivos: {command}")
                }
            });
        }
        if config.validation_percent > 0 {
            lines.push(
                match self.language {
                    Language::En => "# Held out for validation are the last training images here, random ones in convlens.",
                    Language::Es => "# Para validar se apartan aquí las últimas imágenes de entrenamiento; en convlens, unas al azar.",
                }
                .to_owned(),
            );
        }
        lines
    }
}

/// Where the four files are, for programs that read them; `None` where a download fetches them.
fn folder(origin: &Origin) -> Option<&Path> {
    match origin {
        Origin::Folder { path, .. } => Some(path),
        Origin::Images { .. }
        | Origin::Emnist { .. }
        | Origin::Cifar { .. }
        | Origin::Synthetic => None,
    }
}

/// Whether the pictures are Fashion-MNIST's, or are to be.
fn is_fashion_mnist(origin: &Origin, size: PictureSize) -> bool {
    size.is_default()
        && match origin {
            Origin::Folder { genuine, .. } => *genuine,
            Origin::Images { .. } | Origin::Emnist { .. } | Origin::Cifar { .. } => false,
            Origin::Synthetic => true,
        }
}

/// A path as one word of a POSIX shell, for a command that is copied from its comment.
fn shell_quoted(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+:@%,".contains(c);
    if path.chars().all(plain) && !path.is_empty() {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

/// A path as a text of Python that opens it. Bytes that are no UTF-8 stand as in Python's own paths,
/// as halves of surrogate pairs (`surrogateescape`).
fn quoted(path: &Path) -> String {
    let mut quoted = String::from("\"");
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '"' | '\\' => quoted.extend(['\\', character]),
                '\n' => quoted.push_str("\\n"),
                _ if is_harmful(character) => {
                    let _written = write!(quoted, "\\U{:08x}", u32::from(character));
                }
                _ => quoted.push(character),
            }
        }
        for byte in chunk.invalid() {
            let _written = write!(quoted, "\\udc{byte:02x}");
        }
    }
    quoted.push('"');
    quoted
}

/// A number as Python reads it back exactly.
fn number(value: f64) -> String {
    format!("{value:?}")
}

/// Lines that define `read`, which gives the content of one of the four files as an array of bytes.
fn reader(text: &Text, origin: &Origin, size: PictureSize) -> Vec<String> {
    let folder = folder(origin).unwrap_or(Path::new("data"));
    let mut lines = vec![format!("FOLDER = {}", quoted(folder))];
    let missing = if is_fashion_mnist(origin, size) {
        lines[0] += match text.language {
            Language::En => "  # missing files are downloaded to it",
            Language::Es => "  # los archivos que falten se descargan aquí",
        };
        lines.push(
            "SOURCE = \"https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/\""
                .to_owned(),
        );
        [
            "        os.makedirs(FOLDER, exist_ok=True)",
            "        path = os.path.join(FOLDER, name + \".gz\")",
            "        urllib.request.urlretrieve(SOURCE + name + \".gz\", path)",
        ]
        .join("\n")
    } else {
        "        raise FileNotFoundError(os.path.join(FOLDER, name))".to_owned()
    };
    lines.push(format!(
        "\n
def read(name, header):
    for path in (os.path.join(FOLDER, name + \".gz\"), os.path.join(FOLDER, name)):
        if os.path.exists(path):
            break
    else:
{missing}
    with (gzip.open if path.endswith(\".gz\") else open)(path, \"rb\") as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)

"
    ));
    lines
}

/// The four files and their headers' lengths, as Python reads them.
fn files(size: PictureSize) -> [(&'static str, &'static str, usize); 4] {
    let header = if size.is_colour() { 20 } else { 16 };
    [
        ("x_train", "train-images-idx3-ubyte", header),
        ("y_train", "train-labels-idx1-ubyte", 8),
        ("x_test", "t10k-images-idx3-ubyte", header),
        ("y_test", "t10k-labels-idx1-ubyte", 8),
    ]
}
