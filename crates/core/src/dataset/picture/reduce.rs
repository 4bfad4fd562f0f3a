//! A picture of any size to the one that a network gets.
//!
//! Fashion-MNIST was made from shop photographs in these steps (Xiao, Rasul and Vollgraf 2017,
//! section 2): trim the edges, make the longer side 28 pixels, put it in the middle, turn dark on
//! light into light on dark. Here each pixel of the small picture is a weighted mean of those it
//! stands for, where the data set's makers left rows and columns out.

use image::imageops::{self, FilterType};
use image::{DynamicImage, GrayImage, ImageBuffer, Luma, Pixel};
use serde::{Deserialize, Serialize};

use super::ground;
use super::read::fitting;
use crate::dataset::{Picture, PictureSize};

/// Values up to this one are background: what a JPEG's compression leaves of black.
const BACKGROUND: u8 = 32;

/// Which steps to take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each step is taken or not")]
pub struct Reduction {
    /// Take the ground away that a photograph has behind its thing; what is left is light on dark. In grey only.
    pub ground: bool,
    /// Turn dark on light into light on dark, which is what Fashion-MNIST has.
    pub invert: bool,
    /// Cut away rows and columns at the edges that are background only.
    pub crop: bool,
    /// Move what is not background to the middle.
    pub center: bool,
}

impl Reduction {
    /// What suits a picture that was just opened. For a network of grey pictures the background is made dark and cut away, as in
    /// Fashion-MNIST; photographs in colour stay as they are.
    #[must_use]
    pub fn suggested(grey: &GrayImage, size: PictureSize) -> Self {
        if size.is_colour() {
            return Self::default();
        }
        // What lies on it is light on dark once that is gone.
        let ground = ground::needs_removal(grey);
        Self {
            ground,
            invert: !ground && background_is_light(grey),
            crop: true,
            center: true,
        }
    }
}

/// Levels of brightness between the lightest and the darkest place of a picture on which something is to be seen.
const SEEN: u16 = 48;

/// The picture after each step; a step not taken repeats the one before.
#[derive(Clone, PartialEq, Eq)]
pub struct Steps {
    /// Without the ground behind the thing.
    pub alone: Picture,
    /// Light on dark.
    pub inverted: Picture,
    /// Without its empty edges.
    pub cropped: Picture,
    /// As large as fits.
    pub reduced: Picture,
    /// In the middle of the size wanted: what the network gets.
    pub picture: Picture,
    /// Whether most of what could be seen before is gone at the size wanted, as fine lines of a large picture are.
    pub has_faded: bool,
    /// Whether the ground was too uneven to be told from the thing.
    pub is_unclear: bool,
}

/// Takes the steps, to a picture of `size`; in colour if that is.
#[must_use]
pub fn reduce(picture: &Picture, how: Reduction, size: PictureSize) -> Steps {
    let as_wanted = PictureSize {
        channels: size.channels,
        ..picture.size()
    };
    let mut is_unclear = false;
    let [alone, inverted, cropped, reduced, picture] = match picture.to_size(as_wanted).image() {
        DynamicImage::ImageRgb8(image) => {
            steps(image, how, size).map(|image| Picture::from(&image))
        }
        image => {
            let mut grey = image.into_luma8();
            if how.ground {
                (grey, is_unclear) = ground::without(&grey);
            }
            steps(grey, how, size).map(|image| Picture::from(&image))
        }
    };
    let before = contrast(&cropped);
    Steps {
        has_faded: before >= SEEN && 3 * contrast(&picture) < before,
        is_unclear,
        alone,
        inverted,
        cropped,
        reduced,
        picture,
    }
}

/// From the darkest to the lightest value.
fn contrast(picture: &Picture) -> u16 {
    let values = picture.bytes().iter();
    let ends = values.fold((u8::MAX, 0), |(least, most), &v| {
        (least.min(v), most.max(v))
    });
    ends.1.saturating_sub(ends.0).into()
}

fn steps<P>(
    picture: ImageBuffer<P, Vec<u8>>,
    how: Reduction,
    size: PictureSize,
) -> [ImageBuffer<P, Vec<u8>>; 5]
where
    P: Pixel<Subpixel = u8> + 'static,
{
    let mut inverted = picture.clone();
    if how.invert {
        imageops::invert(&mut inverted);
    }
    let cropped = match content(&inverted) {
        Some([left, top, width, height]) if how.crop => {
            imageops::crop_imm(&inverted, left, top, width, height).to_image()
        }
        _ => inverted.clone(),
    };
    let most = (size.width as u32, size.height as u32);
    let (width, height) = fitting(cropped.dimensions(), most);
    let reduced = if (width, height) == cropped.dimensions() {
        cropped.clone()
    } else {
        imageops::resize(&cropped, width, height, FilterType::Triangle)
    };
    let mut placed = ImageBuffer::new(most.0, most.1);
    let (x, y) = ((most.0 - width) / 2, (most.1 - height) / 2);
    imageops::replace(&mut placed, &reduced, x.into(), y.into());
    if how.center {
        placed = centered(&placed);
    }
    [picture, inverted, cropped, reduced, placed]
}

/// Whether the frame of the picture, a 14th of the shorter side wide, is lighter than middle grey
/// for the most part: a photograph on paper, a pencil drawing.
#[must_use]
pub fn background_is_light(picture: &GrayImage) -> bool {
    let (width, height) = picture.dimensions();
    let edge = (width.min(height) / 14).max(1);
    let (mut light, mut all) = (0_u64, 0_u64);
    for (x, y, Luma([grey])) in picture.enumerate_pixels() {
        let inside = x >= edge && y >= edge && x + edge < width && y + edge < height;
        if !inside {
            all += 1;
            light += u64::from(*grey > 127);
        }
    }
    2 * light > all
}

/// Left, top, width and height of what is not background, if anything.
fn content<P: Pixel<Subpixel = u8>>(picture: &ImageBuffer<P, Vec<u8>>) -> Option<[u32; 4]> {
    let mut ends: Option<[u32; 4]> = None;
    for (x, y, pixel) in picture.enumerate_pixels() {
        if pixel.channels().iter().any(|value| *value > BACKGROUND) {
            let [left, top, right, bottom] = ends.unwrap_or([x, y, x, y]);
            ends = Some([left.min(x), top.min(y), right.max(x), bottom.max(y)]);
        }
    }
    let [left, top, right, bottom] = ends?;
    Some([left, top, right - left + 1, bottom - top + 1])
}

/// The same with its content in the middle. What lies outside the content, background by
/// definition, is dropped.
fn centered<P>(picture: &ImageBuffer<P, Vec<u8>>) -> ImageBuffer<P, Vec<u8>>
where
    P: Pixel<Subpixel = u8> + 'static,
{
    let Some([left, top, width, height]) = content(picture) else {
        return picture.clone();
    };
    let content = imageops::crop_imm(picture, left, top, width, height).to_image();
    let mut moved = ImageBuffer::new(picture.width(), picture.height());
    let (x, y) = (
        (picture.width() - width) / 2,
        (picture.height() - height) / 2,
    );
    imageops::replace(&mut moved, &content, x.into(), y.into());
    moved
}
