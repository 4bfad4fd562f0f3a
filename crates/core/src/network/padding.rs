//! What a window does at the border of a map.

use std::fmt;

use convlens_kernels::Window;
use serde::{Deserialize, Serialize};

use super::Sides;

/// What happens at the border. In files `"valid"`, `"same"` or a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Padding {
    /// Only whole windows.
    #[default]
    Valid,
    /// As much around the map as keeps its size; with a stride an output for every stride begun, and of an odd number of pixels one more
    /// at the end, as Keras has it.
    Same,
    /// So many pixels on every side, as PyTorch has it.
    Pixels(usize),
}

impl Padding {
    /// A window of this size and way, with the padding that it has on maps of `(height, width)`.
    #[must_use]
    pub fn window(
        self,
        size: Sides,
        stride: Sides,
        dilation: Sides,
        map: (usize, usize),
    ) -> Window {
        let window = Window::new(size.both())
            .strided(stride.both())
            .dilated(dilation.both());
        match self {
            Self::Valid => window,
            Self::Same => window.same([map.0, map.1]),
            Self::Pixels(pixels) => window.padded([pixels; 2]),
        }
    }
}

/// As the field writes it.
impl fmt::Display for Padding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Valid => f.write_str("valid"),
            Self::Same => f.write_str("same"),
            Self::Pixels(pixels) => pixels.fmt(f),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Pixels(usize),
    Name(String),
}

impl From<Padding> for Written {
    fn from(padding: Padding) -> Self {
        match padding {
            Padding::Pixels(pixels) => Self::Pixels(pixels),
            name => Self::Name(name.to_string()),
        }
    }
}

impl TryFrom<Written> for Padding {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        match written {
            Written::Pixels(pixels) => Ok(Self::Pixels(pixels)),
            Written::Name(name) if name == "valid" => Ok(Self::Valid),
            Written::Name(name) if name == "same" => Ok(Self::Same),
            Written::Name(_) => Err("padding is \"valid\", \"same\" or a number of pixels"),
        }
    }
}
