//! Picture files to pixels, within bounds of bytes, pixels and memory.

use std::io::Cursor;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::imageops::{self, FilterType};
use image::{
    AnimationDecoder as _, DynamicImage, GrayImage, ImageBuffer, ImageDecoder as _, ImageError,
    ImageFormat, ImageReader, Limits, Luma, Pixel, Rgb, RgbImage, RgbaImage,
};

use super::error::{PictureError, PictureFault};
use super::limits::{MAX_FILE_BYTES, MAX_PIXELS, MAX_SIDE};
use crate::bounds;
use crate::dataset::Picture;

/// Most memory a decoder may ask for, in bytes: the largest picture with 16 bits a channel.
const MAX_DECODER_BYTES: u64 = 8 * MAX_PIXELS;

/// Pictures of more pixels are decoded one at a time: a data set's are read on all processors at
/// once, and the largest takes half a gigabyte.
const LARGE_PIXELS: u64 = 16_000_000;
static LARGE: Mutex<()> = Mutex::new(());

/// Longest side kept, 40 times what the network gets: reducing it again takes a millisecond, at
/// every click.
const KEPT_SIDE: u32 = 1120;

/// A picture as it was opened.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenedPicture {
    /// Its grey values (Rec. 709 luma of the sRGB values), upright, at most 1120 pixels a side.
    pub grey: GrayImage,
    /// The same in colour.
    pub colour: RgbImage,
    /// Width and height in the file.
    pub size: (u32, u32),
    /// Whether the file is animated; only its first picture was read.
    pub is_animated: bool,
    /// Whether parts of it are transparent: they became a background, white behind a dark content
    /// and black behind a light one.
    pub is_transparent: bool,
}

impl OpenedPicture {
    /// In colour or grey.
    #[must_use]
    pub fn picture(&self, is_colour: bool) -> Picture {
        if is_colour {
            Picture::from(&self.colour)
        } else {
            Picture::from(&self.grey)
        }
    }
}

impl std::fmt::Debug for OpenedPicture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OpenedPicture({}×{})", self.size.0, self.size.1)
    }
}

/// Endings of files that are taken for pictures.
pub const ENDINGS: [&str; 6] = ["png", "jpg", "jpeg", "webp", "gif", "bmp"];

/// Whether a file is a picture by its name.
#[must_use]
pub fn is_picture(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| {
        ENDINGS
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
    })
}

/// Reads a PNG, JPEG, WebP, GIF or BMP file. Any bit depth and color type is read, CMYK included; a
/// photograph is turned upright; of an animation the first picture is taken.
///
/// # Errors
/// The file, what is wrong with it, and what to do.
pub fn read_picture(path: &Path) -> Result<OpenedPicture, PictureError> {
    let read = || {
        let bytes = bounds::read(path, MAX_FILE_BYTES).map_err(PictureFault::Unreadable)?;
        decode_picture(&bytes.ok_or(PictureFault::TooManyBytes)?)
    };
    read().map_err(|fault| PictureError {
        path: path.to_owned(),
        fault,
    })
}

/// Whether it begins as files of the HEIF family with HEVC pictures do (ISO/IEC 23008-12): a box `ftyp` with one of their brands.
fn is_heic(bytes: &[u8]) -> bool {
    const BRANDS: [&[u8]; 6] = [b"heic", b"heix", b"heim", b"hevc", b"mif1", b"msf1"];
    bytes.get(4..8) == Some(b"ftyp")
        && bytes
            .get(8..12)
            .is_some_and(|brand| BRANDS.contains(&brand))
}

/// The same from the bytes of a file.
///
/// # Errors
/// What is wrong with them.
pub fn decode_picture(bytes: &[u8]) -> Result<OpenedPicture, PictureFault> {
    if bytes.is_empty() {
        return Err(PictureFault::Empty);
    }
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(PictureFault::TooManyBytes);
    }
    if is_heic(bytes) {
        return Err(PictureFault::Heic);
    }
    let format = image::guess_format(bytes).map_err(|_| PictureFault::Format)?;
    let known = [
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::WebP,
        ImageFormat::Gif,
        ImageFormat::Bmp,
    ];
    if !known.contains(&format) {
        return Err(PictureFault::Format);
    }
    if format == ImageFormat::Jpeg && !ends(bytes) {
        // The decoder would make up grey for what is missing.
        return Err(PictureFault::Damaged("its end is missing".to_owned()));
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits());
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    let is_large = u64::from(width) * u64::from(height) > LARGE_PIXELS;
    let _alone = is_large.then(|| LARGE.lock().unwrap_or_else(PoisonError::into_inner));
    let upright = decoder.orientation().map_err(damaged)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    image.apply_orientation(upright);
    let is_animated = is_animated(bytes, format);
    let is_transparent = image.color().has_alpha();
    let size = (image.width(), image.height());
    if is_transparent {
        let mut opened = onto_background(&image)?;
        opened.is_animated = is_animated;
        return Ok(opened);
    }
    Ok(OpenedPicture {
        grey: within(image.to_luma8(), KEPT_SIDE),
        colour: within(image.into_rgb8(), KEPT_SIDE),
        size,
        is_animated,
        is_transparent,
    })
}

/// Whether a JPEG has the mark of its end behind its last scan. A small picture of itself among what a camera says has such a mark, too.
fn ends(jpeg: &[u8]) -> bool {
    let last = |mark: [u8; 2]| jpeg.windows(2).rposition(|pair| pair == mark);
    let (scan, end) = (last([0xff, 0xda]), last([0xff, 0xd9]));
    scan.is_none() || end > scan
}

/// A picture from the clipboard: `4 × width × height` bytes, red, green, blue and alpha.
///
/// # Errors
/// No pixel, too many, or not as many bytes.
pub fn from_rgba(
    width: u32,
    height: u32,
    rgba: impl IntoIterator<Item = u8>,
) -> Result<OpenedPicture, PictureFault> {
    // Before anything is copied.
    check_size(width, height)?;
    let image = RgbaImage::from_raw(width, height, rgba.into_iter().collect())
        .ok_or_else(|| PictureFault::Damaged("not 4 bytes a pixel".into()))?;
    onto_background(&DynamicImage::ImageRgba8(image))
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    limits
}

fn check_size(width: u32, height: u32) -> Result<(), PictureFault> {
    if width == 0 || height == 0 {
        return Err(PictureFault::NoPixels { width, height });
    }
    let pixels = u64::from(width) * u64::from(height);
    if width > MAX_SIDE || height > MAX_SIDE || pixels > MAX_PIXELS {
        return Err(PictureFault::TooManyPixels { width, height });
    }
    Ok(())
}

fn damaged(error: ImageError) -> PictureFault {
    PictureFault::Damaged(match error {
        ImageError::Decoding(error) => bounds::brief(error),
        error => bounds::brief(error),
    })
}

/// Whether a file that was just decoded holds more than one picture.
fn is_animated(bytes: &[u8], format: ImageFormat) -> bool {
    let bytes = Cursor::new(bytes);
    match format {
        ImageFormat::Png => PngDecoder::with_limits(bytes, limits())
            .and_then(|decoder| decoder.is_apng())
            .unwrap_or(false),
        ImageFormat::WebP => WebPDecoder::new(bytes).is_ok_and(|decoder| decoder.has_animation()),
        // Only the second frame, which may have a size of its own: a damaged file's iterator yields
        // errors without end.
        ImageFormat::Gif => GifDecoder::new(bytes).is_ok_and(|mut decoder| {
            decoder.set_limits(limits()).is_ok()
                && decoder
                    .into_frames()
                    .nth(1)
                    .is_some_and(|frame| frame.is_ok())
        }),
        _ => false,
    }
}

/// Lays what is transparent onto a background that its content stands out from.
fn onto_background(image: &DynamicImage) -> Result<OpenedPicture, PictureFault> {
    let colour = image.to_rgba8();
    let image = image.to_luma_alpha8();
    let (mut light, mut opacity) = (0_u64, 0_u64);
    for pixel in image.pixels() {
        let [luma, alpha] = pixel.0.map(u64::from);
        light += luma * alpha;
        opacity += alpha;
    }
    if opacity == 0 {
        return Err(PictureFault::Transparent);
    }
    let background = if light / opacity > 127 { 0 } else { 255 };
    let laid =
        |value: u32, alpha: u32| ((value * alpha + background * (255 - alpha) + 127) / 255) as u8;
    let grey = GrayImage::from_fn(image.width(), image.height(), |x, y| {
        let [luma, alpha] = image.get_pixel(x, y).0.map(u32::from);
        Luma([laid(luma, alpha)])
    });
    let colour = RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [red, green, blue, alpha] = colour.get_pixel(x, y).0.map(u32::from);
        Rgb([red, green, blue].map(|value| laid(value, alpha)))
    });
    let pixels = u64::from(image.width()) * u64::from(image.height());
    Ok(OpenedPicture {
        grey: within(grey, KEPT_SIDE),
        colour: within(colour, KEPT_SIDE),
        size: image.dimensions(),
        is_animated: false,
        is_transparent: opacity < 255 * pixels,
    })
}

/// The picture, reduced if a side is longer than `most`.
fn within<P>(image: ImageBuffer<P, Vec<u8>>, most: u32) -> ImageBuffer<P, Vec<u8>>
where
    P: Pixel<Subpixel = u8> + 'static,
{
    if image.width() <= most && image.height() <= most {
        return image;
    }
    let (width, height) = fitting(image.dimensions(), (most, most));
    imageops::resize(&image, width, height, FilterType::Triangle)
}

/// The largest width and height of the same proportions within others; neither is 0.
pub(super) fn fitting((width, height): (u32, u32), most: (u32, u32)) -> (u32, u32) {
    let scale = |side: u32, most: u32| f64::from(most) / f64::from(side);
    let scale = scale(width, most.0).min(scale(height, most.1));
    let side = |side: u32, most: u32| ((f64::from(side) * scale).round() as u32).clamp(1, most);
    (side(width, most.0), side(height, most.1))
}
