//! The shape of what flows between layers.

use crate::dataset::PictureSize;

/// The shape of one picture's data between two layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Feature maps.
    Maps {
        /// Number of maps.
        channels: usize,
        /// Rows of one map.
        height: usize,
        /// Columns of one map.
        width: usize,
    },
    /// A vector.
    Vector(usize),
}

impl Shape {
    /// A picture, the input of a network.
    #[must_use]
    pub fn picture(size: PictureSize) -> Self {
        Self::Maps {
            channels: size.channels,
            height: size.height,
            width: size.width,
        }
    }

    /// Number of values.
    #[must_use]
    pub fn len(self) -> usize {
        match self {
            Self::Maps {
                channels,
                height,
                width,
            } => channels * height * width,
            Self::Vector(len) => len,
        }
    }

    /// Channels, height and width; of a vector its length, 1 and 1.
    #[must_use]
    pub fn extent(self) -> (usize, usize, usize) {
        match self {
            Self::Maps {
                channels,
                height,
                width,
            } => (channels, height, width),
            Self::Vector(units) => (units, 1, 1),
        }
    }

    /// Whether they are maps, and no vector.
    #[must_use]
    pub fn is_maps(self) -> bool {
        matches!(self, Self::Maps { .. })
    }

    /// Number of channels, or of units.
    #[must_use]
    pub fn channels(self) -> usize {
        let (channels, ..) = self.extent();
        channels
    }

    /// Whether there is no value at all; never so in a valid network.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

impl std::fmt::Display for Shape {
    /// Channels × height × width, or the number of units.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Maps {
                channels,
                height,
                width,
            } => write!(f, "{channels}×{height}×{width}"),
            Self::Vector(units) => write!(f, "{units}"),
        }
    }
}

/// A [`Shape`] in little room, as errors are handed through everything that can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BriefShape {
    channels: u32,
    /// Of maps.
    sides: Option<(u16, u16)>,
}

impl From<Shape> for BriefShape {
    fn from(shape: Shape) -> Self {
        let side = |side: usize| u16::try_from(side).unwrap_or(u16::MAX);
        Self {
            channels: u32::try_from(shape.channels()).unwrap_or(u32::MAX),
            sides: match shape {
                Shape::Maps { height, width, .. } => Some((side(height), side(width))),
                Shape::Vector(_) => None,
            },
        }
    }
}

impl std::fmt::Display for BriefShape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let channels = self.channels;
        match self.sides {
            Some((height, width)) => write!(f, "{channels}×{height}×{width}"),
            None => write!(f, "{channels}"),
        }
    }
}
