//! How large a picture is, and a picture of one's own.

use std::fmt;
use std::sync::Arc;

use image::imageops::{self, FilterType};
use image::{DynamicImage, GrayImage, RgbImage};
use serde::{Deserialize, Serialize};

/// Rows, columns and channels of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PictureSize {
    /// Rows, in pixels.
    pub height: usize,
    /// Columns, in pixels.
    pub width: usize,
    /// Numbers of a pixel: 1 for grey, 3 for red, green and blue.
    pub channels: usize,
}

impl Default for PictureSize {
    fn default() -> Self {
        Self::FASHION_MNIST
    }
}

impl PictureSize {
    /// 28×28, grey.
    pub const FASHION_MNIST: Self = Self::grey(28);
    /// 32×32, in colour.
    pub const CIFAR: Self = Self::colour(32);
    /// Shortest side of a picture that a network is trained on.
    pub const SHORTEST: usize = 8;
    /// Longest side of a picture that a network is trained on.
    pub const LONGEST: usize = 256;

    /// A grey square.
    #[must_use]
    pub const fn grey(side: usize) -> Self {
        Self {
            height: side,
            width: side,
            channels: 1,
        }
    }

    /// A square in colour.
    #[must_use]
    pub const fn colour(side: usize) -> Self {
        Self {
            height: side,
            width: side,
            channels: 3,
        }
    }

    /// Height times width.
    #[must_use]
    pub const fn pixels(self) -> usize {
        self.height * self.width
    }

    /// Bytes of a picture: height × width × channels.
    #[must_use]
    pub const fn len(self) -> usize {
        self.pixels() * self.channels
    }

    /// Whether there is no byte in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether it is that of Fashion-MNIST's pictures, which files leave out.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::FASHION_MNIST
    }

    /// Whether it is red, green and blue.
    #[must_use]
    pub const fn is_colour(self) -> bool {
        self.channels == 3
    }

    /// Whether networks can be trained on pictures of this size: [`SHORTEST`](Self::SHORTEST) to
    /// [`LONGEST`](Self::LONGEST) a side, grey or in colour.
    #[must_use]
    pub fn is_allowed(self) -> bool {
        let sides = Self::SHORTEST..=Self::LONGEST;
        sides.contains(&self.height)
            && sides.contains(&self.width)
            && (self.channels == 1 || self.channels == 3)
    }
}

/// As the field writes it: `28×28`, `32×32×3`.
impl fmt::Display for PictureSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            height,
            width,
            channels,
        } = self;
        match channels {
            1 => write!(f, "{height}×{width}"),
            _ => write!(f, "{height}×{width}×{channels}"),
        }
    }
}

/// One picture, in bytes: row by row, the channels of a pixel beside each other. Cloning shares them.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "Stored", try_from = "Stored")]
pub struct Picture {
    size: PictureSize,
    bytes: Arc<[u8]>,
}

impl Picture {
    /// `None` where there are not as many bytes as the size says, or neither one nor three channels.
    #[must_use]
    pub fn new(size: PictureSize, bytes: impl Into<Arc<[u8]>>) -> Option<Self> {
        let bytes = bytes.into();
        let fits = bytes.len() == size.len() && matches!(size.channels, 1 | 3);
        fits.then_some(Self { size, bytes })
    }

    /// A black one; of another number of channels than one or three, grey.
    #[must_use]
    pub fn blank(size: PictureSize) -> Self {
        let size = PictureSize {
            channels: if size.is_colour() { 3 } else { 1 },
            ..size
        };
        Self {
            size,
            bytes: vec![0; size.len()].into(),
        }
    }

    /// Its size.
    #[must_use]
    pub fn size(&self) -> PictureSize {
        self.size
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes, to be changed; copied if they are shared.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        Arc::make_mut(&mut self.bytes)
    }

    /// Whether it is black.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.bytes.iter().all(|byte| *byte == 0)
    }

    /// The same in another size: stretched by linear interpolation, over an area where it becomes smaller; grey by Rec. 709 luma.
    #[must_use]
    pub fn to_size(&self, size: PictureSize) -> Self {
        if self.size == size {
            return self.clone();
        }
        let (width, height) = (size.width.max(1) as u32, size.height.max(1) as u32);
        let scaled = if (size.height, size.width) == (self.size.height, self.size.width) {
            self.image()
        } else {
            match self.image() {
                DynamicImage::ImageLuma8(image) => {
                    imageops::resize(&image, width, height, FilterType::Triangle).into()
                }
                image => {
                    imageops::resize(&image.into_rgb8(), width, height, FilterType::Triangle).into()
                }
            }
        };
        if size.is_colour() {
            Self::from(&scaled.into_rgb8())
        } else {
            Self::from(&scaled.into_luma8())
        }
    }

    /// The same as an image of the `image` crate.
    #[must_use]
    pub fn image(&self) -> DynamicImage {
        let (width, height) = (self.size.width as u32, self.size.height as u32);
        let bytes = self.bytes.to_vec();
        let image = if self.size.is_colour() {
            RgbImage::from_raw(width, height, bytes).map(DynamicImage::from)
        } else {
            GrayImage::from_raw(width, height, bytes).map(DynamicImage::from)
        };
        image.expect("as many bytes as its size says")
    }
}

/// As files hold it: one of 28×28 in grey as its bytes alone, as before there were others.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Stored {
    Grey28(Vec<u8>),
    Sized { size: PictureSize, bytes: Vec<u8> },
}

impl From<Picture> for Stored {
    fn from(Picture { size, bytes }: Picture) -> Self {
        let bytes = bytes.to_vec();
        if size == PictureSize::FASHION_MNIST {
            Self::Grey28(bytes)
        } else {
            Self::Sized { size, bytes }
        }
    }
}

impl TryFrom<Stored> for Picture {
    type Error = &'static str;

    fn try_from(stored: Stored) -> Result<Self, Self::Error> {
        let (size, bytes) = match stored {
            Stored::Grey28(bytes) => (PictureSize::FASHION_MNIST, bytes),
            Stored::Sized { size, bytes } => (size, bytes),
        };
        if !size.is_allowed() {
            return Err("a picture of a size that no network takes");
        }
        Self::new(size, bytes).ok_or("not as many bytes as the picture's size says")
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({})", self.size)
    }
}

impl From<&GrayImage> for Picture {
    fn from(image: &GrayImage) -> Self {
        let size = PictureSize {
            height: image.height() as usize,
            width: image.width() as usize,
            channels: 1,
        };
        Self {
            size,
            bytes: image.as_raw().as_slice().into(),
        }
    }
}

impl From<&RgbImage> for Picture {
    fn from(image: &RgbImage) -> Self {
        let size = PictureSize {
            height: image.height() as usize,
            width: image.width() as usize,
            channels: 3,
        };
        Self {
            size,
            bytes: image.as_raw().as_slice().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_as_many_bytes_as_its_size_says() {
        assert!(Picture::new(PictureSize::grey(2), vec![1, 2, 3, 4]).is_some());
        assert!(Picture::new(PictureSize::grey(2), vec![1, 2, 3]).is_none());
        let two = PictureSize {
            channels: 2,
            ..PictureSize::grey(1)
        };
        assert!(Picture::new(two, vec![1, 2]).is_none());
        assert_eq!(PictureSize::CIFAR.len(), 3072);
        assert_eq!(PictureSize::CIFAR.to_string(), "32×32×3");
        assert_eq!(PictureSize::FASHION_MNIST.to_string(), "28×28");
    }

    #[test]
    fn another_size_keeps_what_is_seen() {
        let left = |column: usize| if column < 4 { 200 } else { 0 };
        let bytes: Vec<u8> = (0..64).map(|at| left(at % 8)).collect();
        let picture = Picture::new(PictureSize::grey(8), bytes).unwrap();
        assert_eq!(picture.to_size(PictureSize::grey(8)), picture);
        let small = picture.to_size(PictureSize::grey(4));
        assert_eq!(small.bytes()[0], 200);
        assert_eq!(small.bytes()[3], 0);
        let colour = picture.to_size(PictureSize::colour(8));
        assert_eq!(colour.bytes()[..3], [200, 200, 200]);
        // Rec. 709: 0.2126 of red.
        let red = Picture::new(PictureSize::colour(1), vec![200, 0, 0]).unwrap();
        let grey = red.to_size(PictureSize::grey(1));
        assert!(grey.bytes()[0].abs_diff(43) <= 1);
    }
}
