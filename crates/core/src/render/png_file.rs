//! Pictures to PNG files.

use std::{
    io::{self, Write},
    path::Path,
};

use super::{Pixels, RenderError};
use crate::files;

/// Writes a picture as an RGB PNG that prints at `dpi` pixels an inch.
pub fn write_png(pixels: &Pixels, dpi: u32, output: impl Write) -> io::Result<()> {
    let side = |pixels: usize| u32::try_from(pixels).map_err(io::Error::other);
    let mut encoder = png::Encoder::new(output, side(pixels.width)?, side(pixels.height)?);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_source_srgb(png::SrgbRenderingIntent::RelativeColorimetric);
    let per_metre = (f64::from(dpi) / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: png::Unit::Meter,
    }));
    encoder.add_text_chunk(
        "Software".to_owned(),
        concat!("convlens ", env!("CARGO_PKG_VERSION")).to_owned(),
    )?;
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels.as_bytes())?;
    Ok(writer.finish()?)
}

/// Saves a picture as `path`, whole or not at all: it is written beside it first and then takes its place.
///
/// # Errors
/// [`RenderError::Save`] when the folder is missing or the file cannot be written; an older file stays as it was.
pub fn save_png(pixels: &Pixels, dpi: u32, path: &Path) -> Result<(), RenderError> {
    files::replace(path, |file| write_png(pixels, dpi, file)).map_err(|source| RenderError::Save {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn picture() -> Pixels {
        Pixels {
            width: 7,
            height: 5,
            rgb: (0..35).map(|i| [i, 7 * i, 255 - i]).collect(),
        }
    }

    #[test]
    fn a_saved_picture_comes_back_the_same_with_its_print_size() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("figure.png");
        save_png(&picture(), 300, &path).expect("saved");

        let image = image::open(&path).expect("an image").into_rgb8();
        assert_eq!(image.dimensions(), (7, 5));
        assert_eq!(image.as_raw().as_slice(), picture().as_bytes());

        let file = io::BufReader::new(fs::File::open(&path).expect("the file"));
        let reader = png::Decoder::new(file).read_info().expect("a PNG");
        let size = reader.info().pixel_dims.expect("a pHYs chunk");
        assert_eq!((size.xppu, size.yppu), (11811, 11811));
        assert!(matches!(size.unit, png::Unit::Meter));
    }

    #[test]
    fn saving_replaces_an_older_file() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("figure.png");
        fs::write(&path, "old").expect("written");
        save_png(&picture(), 96, &path).expect("saved");
        assert!(fs::read(&path).expect("read").starts_with(b"\x89PNG"));
        assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 1);
    }

    #[test]
    fn a_failed_save_names_the_file_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let occupied = folder.path().join("occupied.png");
        fs::create_dir(&occupied).expect("created");
        // A picture without pixels fails while encoding, a folder in the way while taking its place.
        let empty = Pixels::new(0, 0, [0; 3]);
        for (pixels, path) in [
            (picture(), folder.path().join("missing/figure.png")),
            (picture(), occupied.clone()),
            (empty, folder.path().join("empty.png")),
        ] {
            let error = save_png(&pixels, 300, &path)
                .expect_err("it cannot be saved")
                .to_string();
            assert!(
                error.contains(&path.display().to_string()) && !error.contains('\n'),
                "{error}"
            );
        }
        let left: Vec<_> = fs::read_dir(folder.path())
            .expect("listed")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        assert_eq!(left, [occupied]);
    }
}
