//! The maps at several moments of a training as an animated GIF.

use std::io::{self, Write};

use image::codecs::gif::{GifEncoder, Repeat};
use image::{Delay, Frame, RgbaImage};

use super::grid::MapSet;
use super::printed;
use super::settings::MapsSettings;
use super::words::FigureWords;
use crate::dataset::Dataset;
use crate::render::{self, FigureOptions, Pixels, RenderError};

/// Milliseconds that a moment is shown.
const MOMENT_MS: u32 = 400;
/// The last one is looked at longer before the film begins again.
const LAST_MS: u32 = 2000;
/// Sides of a map, in pixels: for a screen.
const CELL_PIXELS: usize = 112;
/// Of 1, the slowest and best choice of colours, to 30: inferno on black needs no better.
const GIF_SPEED: i32 = 20;

/// Writes a film, one frame for each of the `moments`: a caption and its maps, which are
/// asked for one at a time. All frames have one size, and every map keeps its place.
///
/// # Errors
/// Those of `moments`, of the drawing, and of the writer.
pub fn write<E: From<RenderError> + From<io::Error>>(
    writer: impl Write,
    moments: impl ExactSizeIterator<Item = Result<(String, MapSet), E>>,
    dataset: &Dataset,
    settings: &MapsSettings,
    words: &dyn FigureWords,
) -> Result<(), E> {
    // Only what is shown of each moment is kept, until it is known how much room all of them need.
    let figures = moments.map(|moment| -> Result<_, E> {
        let (caption, maps) = moment?;
        Ok(render::Figure {
            title: caption,
            colorbar: None,
            ..printed::figure(&maps, dataset, settings, words)
        })
    });
    let figures = figures.collect::<Result<Vec<_>, E>>()?;
    let options = FigureOptions {
        cell_pixels: CELL_PIXELS,
        decimal_mark: words.decimal_mark(),
        ..FigureOptions::default()
    };
    let mut encoder = GifEncoder::new_with_speed(writer, GIF_SPEED);
    let to_io = |error: image::ImageError| io::Error::other(error);
    encoder.set_repeat(Repeat::Infinite).map_err(to_io)?;
    let last = figures.len().saturating_sub(1);
    for (index, pixels) in render::draw_alike(&figures, options)?.enumerate() {
        let shown_ms = if index == last { LAST_MS } else { MOMENT_MS };
        let rgba = rgba(&pixels?);
        let delay = Delay::from_numer_denom_ms(shown_ms, 1);
        encoder
            .encode_frame(Frame::from_parts(rgba, 0, 0, delay))
            .map_err(to_io)?;
    }
    Ok(())
}

/// The picture as the encoder wants it: with an alpha channel, all opaque.
fn rgba(pixels: &Pixels) -> RgbaImage {
    RgbaImage::from_fn(pixels.width as u32, pixels.height as u32, |x, y| {
        let [r, g, b] = pixels.rgb[y as usize * pixels.width + x as usize];
        image::Rgba([r, g, b, 255])
    })
}
