//! Pictures of every kind that a user may open, and those that must be refused.

use std::io::Cursor;
use std::path::Path;

use image::{DynamicImage, GrayImage, ImageBuffer, ImageFormat, Luma, LumaA, Rgb, Rgba, RgbaImage};
use proptest::prelude::*;

use super::limits::MAX_FILE_BYTES;
use super::*;
use crate::dataset::{Picture, PictureSize};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/pictures/");

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// 40×60 pixels, `ground` with a block of `ink`, 20×30 pixels from (10, 15).
fn block(ground: u8, ink: u8) -> GrayImage {
    GrayImage::from_fn(40, 60, |x, y| {
        let inside = (10..30).contains(&x) && (15..45).contains(&y);
        Luma([if inside { ink } else { ground }])
    })
}

fn fixture(name: &str) -> OpenedPicture {
    read_picture(&Path::new(FIXTURES).join(name)).unwrap()
}

/// The grey of the ground and of the block, checked to be the same throughout within `tolerance`.
fn greys(picture: &OpenedPicture, tolerance: u8) -> (u8, u8) {
    assert_eq!(picture.grey.dimensions(), (40, 60));
    let at = |x, y| picture.grey.get_pixel(x, y).0[0];
    let (ground, ink) = (at(2, 2), at(20, 30));
    for (x, y, expected) in [
        (38, 2, ground),
        (20, 8, ground),
        (12, 42, ink),
        (27, 18, ink),
    ] {
        assert!(at(x, y).abs_diff(expected) <= tolerance, "at {x}, {y}");
    }
    (ground, ink)
}

#[test]
fn every_color_type_and_depth_becomes_the_same_grey() {
    let grey = block(20, 200);
    let deep = |value: u8| u16::from(value) * 257;
    let images = [
        DynamicImage::ImageLuma8(grey.clone()),
        DynamicImage::ImageRgb8(ImageBuffer::from_fn(40, 60, |x, y| {
            Rgb([grey.get_pixel(x, y).0[0]; 3])
        })),
        DynamicImage::ImageLuma16(ImageBuffer::from_fn(40, 60, |x, y| {
            Luma([deep(grey.get_pixel(x, y).0[0])])
        })),
        DynamicImage::ImageRgb16(ImageBuffer::from_fn(40, 60, |x, y| {
            Rgb([deep(grey.get_pixel(x, y).0[0]); 3])
        })),
        DynamicImage::ImageLumaA16(ImageBuffer::from_fn(40, 60, |x, y| {
            LumaA([deep(grey.get_pixel(x, y).0[0]), u16::MAX])
        })),
    ];
    for image in images {
        let opened = decode_picture(&encoded(&image, ImageFormat::Png)).unwrap();
        assert_eq!(greys(&opened, 0), (20, 200), "{:?}", image.color());
        assert!(!opened.is_transparent && !opened.is_animated);
        assert_eq!(opened.size, (40, 60));
    }
    let colors = DynamicImage::ImageRgb8(ImageBuffer::from_pixel(4, 4, Rgb([200, 0, 0])));
    for format in [ImageFormat::WebP, ImageFormat::Bmp] {
        let red = decode_picture(&encoded(&colors, format)).unwrap();
        // Rec. 709: 0.2126 of red.
        assert!(red.grey.get_pixel(1, 1).0[0].abs_diff(43) <= 1);
    }
}

#[test]
fn cmyk_animations_and_turned_photographs_are_read() {
    let (ground, ink) = greys(&fixture("cmyk.jpg"), 12);
    assert!(ground > 240 && ink < 60, "{ground}, {ink}");
    for name in ["animated.webp", "animated.gif"] {
        let first = fixture(name);
        assert!(first.is_animated, "{name}");
        assert_eq!(greys(&first, 0), (0, 200), "{name}: the first picture");
    }
    let lossy = fixture("lossy.webp");
    assert!(!lossy.is_animated);
    let (ground, ink) = greys(&lossy, 12);
    assert!(ground > 240 && ink < 60, "{ground}, {ink}");
    let turned = fixture("turned.jpg");
    assert_eq!(
        (turned.size, turned.grey.dimensions()),
        ((60, 40), (60, 40))
    );
    assert!(turned.grey.get_pixel(30, 20).0[0] > 180);
}

#[test]
fn what_is_transparent_becomes_a_background_that_the_content_stands_out_from() {
    for (ink, background) in [(10, 255), (240, 0)] {
        let image = RgbaImage::from_fn(40, 60, |x, y| {
            let inside = (10..30).contains(&x) && (15..45).contains(&y);
            Rgba([ink, ink, ink, if inside { 255 } else { 0 }])
        });
        let png = encoded(&DynamicImage::ImageRgba8(image.clone()), ImageFormat::Png);
        for opened in [
            decode_picture(&png).unwrap(),
            from_rgba(40, 60, image.into_raw()).unwrap(),
        ] {
            assert!(opened.is_transparent);
            assert_eq!(greys(&opened, 0), (background, ink));
            assert_eq!(background_is_light(&opened.grey), background == 255);
        }
    }
    let nothing = DynamicImage::ImageRgba8(RgbaImage::new(5, 5));
    let fault = decode_picture(&encoded(&nothing, ImageFormat::Png)).unwrap_err();
    assert!(matches!(fault, PictureFault::Transparent));
}

/// A PNG header that announces a size, with a right checksum and no content.
fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    let mut chunk = b"IHDR".to_vec();
    chunk.extend(width.to_be_bytes());
    chunk.extend(height.to_be_bytes());
    chunk.extend([8, 0, 0, 0, 0]);
    let mut checksum = flate2::Crc::new();
    checksum.update(&chunk);
    bytes.extend(&chunk);
    bytes.extend(checksum.sum().to_be_bytes());
    bytes.extend(b"\0\0\0\0IDAT");
    bytes
}

#[test]
fn what_cannot_be_read_is_refused_with_its_reason() {
    let fault = |bytes: &[u8]| decode_picture(bytes).unwrap_err();
    assert!(matches!(fault(&[]), PictureFault::Empty));
    assert!(matches!(fault(b"%PDF-1.7 and so on"), PictureFault::Format));
    // TIFF.
    assert!(matches!(
        fault(b"II*\0\x08\0\0\0\0\0"),
        PictureFault::Format
    ));
    let no_more = b"BM6\0\0\0\0\0\0\0";
    assert!(matches!(fault(no_more), PictureFault::Damaged(_)));
    let bomb = png_header(1_000_000, 1_000_000);
    assert!(matches!(
        fault(&bomb),
        PictureFault::TooManyPixels {
            width: 1_000_000,
            height: 1_000_000
        }
    ));
    assert!(matches!(
        fault(&png_header(10_000, 10_000)),
        PictureFault::TooManyPixels { .. }
    ));
    assert!(decode_picture(&png_header(0, 7)).is_err());
    let whole = encoded(&DynamicImage::ImageLuma8(block(0, 255)), ImageFormat::Png);
    assert!(matches!(fault(&whole[..60]), PictureFault::Damaged(_)));
    let whole = encoded(&DynamicImage::ImageLuma8(block(0, 255)), ImageFormat::Jpeg);
    let cut = &whole[..whole.len() - 20];
    assert!(matches!(fault(cut), PictureFault::Damaged(why) if why == "its end is missing"));
    assert!(matches!(
        from_rgba(0, 4, vec![]),
        Err(PictureFault::NoPixels { .. })
    ));
    // One that would never end is not begun.
    assert!(matches!(
        from_rgba(30_000, 30_000, std::iter::repeat(0)),
        Err(PictureFault::TooManyPixels { .. })
    ));
    assert!(matches!(
        from_rgba(2, 2, vec![0; 3]),
        Err(PictureFault::Damaged(_))
    ));
}

#[test]
fn a_file_is_named_and_one_too_large_is_not_read_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let missing = read_picture(&folder.path().join("missing.png")).unwrap_err();
    assert!(matches!(missing.fault, PictureFault::Unreadable(_)));
    assert!(missing.to_string().contains("missing.png"));
    let large = folder.path().join("large.png");
    let file = std::fs::File::create(&large).unwrap();
    file.set_len(40 * MAX_FILE_BYTES).unwrap();
    let fault = read_picture(&large).unwrap_err().fault;
    assert!(matches!(fault, PictureFault::TooManyBytes));
    assert!(read_picture(folder.path()).is_err(), "a folder");
}

#[test]
fn a_dark_garment_on_paper_fills_the_network_s_picture_light_on_dark() {
    let size = PictureSize::FASHION_MNIST;
    let picture = Picture::from(&block(250, 30));
    let steps = reduce(&picture, Reduction::suggested(&block(250, 30), size), size);
    let wide_and_high = |picture: &Picture| (picture.size().width, picture.size().height);
    assert_eq!(steps.inverted.bytes()[30 * 40 + 20], 225);
    assert_eq!(wide_and_high(&steps.cropped), (20, 30));
    assert_eq!(wide_and_high(&steps.reduced), (19, 28));
    let at = |x: usize, y: usize| steps.picture.bytes()[y * 28 + x];
    // 19 of 28 columns from the fourth.
    assert_eq!(
        [at(3, 14), at(4, 14), at(22, 14), at(23, 14)],
        [0, 225, 225, 0]
    );
    assert_eq!([at(14, 0), at(14, 27)], [225, 225]);
    // Nothing taken: the whole picture, its longer side 28 pixels, its ground light.
    let plain = reduce(&picture, Reduction::default(), size);
    assert_eq!(wide_and_high(&plain.reduced), (19, 28));
    assert_eq!(plain.picture.bytes()[14 * 28 + 5], 250);
    // In colour, wider than high: as high as the picture, in its middle.
    let size = PictureSize {
        height: 32,
        width: 64,
        channels: 3,
    };
    let how = Reduction::suggested(&block(250, 30), size);
    assert_eq!(how, Reduction::default());
    let colour = reduce(&picture, how, size);
    assert_eq!(wide_and_high(&colour.reduced), (21, 32));
    assert_eq!(colour.picture.size(), size);
    assert_eq!(colour.picture.bytes()[3 * (16 * 64 + 22)..][..3], [250; 3]);
}

#[test]
fn a_picture_that_is_already_right_stays_as_it_is() {
    let boot = &crate::dataset::synthetic(1, 1).test;
    let image = GrayImage::from_raw(28, 28, boot.image(0).to_vec()).unwrap();
    assert!(!background_is_light(&image));
    let size = PictureSize::FASHION_MNIST;
    let steps = reduce(&Picture::from(&image), Reduction::default(), size);
    assert_eq!(steps.picture.bytes(), boot.image(0));
}

#[test]
fn a_large_picture_is_kept_at_a_size_that_reduces_fast() {
    let large = DynamicImage::ImageLuma8(GrayImage::from_pixel(3000, 700, Luma([90])));
    let opened = decode_picture(&encoded(&large, ImageFormat::Png)).unwrap();
    assert_eq!(opened.size, (3000, 700));
    assert_eq!(opened.grey.dimensions(), (1120, 261));
    assert!(opened.grey.pixels().all(|pixel| pixel.0 == [90]));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(
        mut bytes in prop::collection::vec(any::<u8>(), 0..400),
        kind in 0_usize..6,
        kept in 0_usize..400,
    ) {
        // The start of a true file, so that every decoder is reached, with noise behind it.
        let picture = DynamicImage::ImageLuma8(block(0, 255));
        let genuine = match kind {
            0 => Vec::new(),
            1 => encoded(&picture, ImageFormat::Png),
            2 => encoded(&picture.to_rgb8().into(), ImageFormat::WebP),
            3 => encoded(&picture.to_rgb8().into(), ImageFormat::Gif),
            4 => encoded(&picture, ImageFormat::Bmp),
            _ => encoded(&picture, ImageFormat::Jpeg),
        };
        let kept = kept.min(genuine.len());
        bytes.splice(0..0, genuine[..kept].iter().copied());
        if let Ok(opened) = decode_picture(&bytes) {
            prop_assert!(opened.grey.width() > 0 && opened.grey.height() > 0);
        }
    }

    #[test]
    fn any_picture_becomes_28_by_28_and_lies_in_the_middle(
        width in 1_u32..90,
        height in 1_u32..90,
        ink in 40_u8..=255,
        how in any::<(bool, bool, bool)>(),
    ) {
        let image = GrayImage::from_pixel(width, height, Luma([ink]));
        let (invert, crop, center) = how;
        let how = Reduction { ground: false, invert, crop, center };
        let steps = reduce(&Picture::from(&image), how, PictureSize::FASHION_MNIST);
        let grey = if invert { 255 - ink } else { ink };
        let PictureSize { width, height, .. } = steps.reduced.size();
        prop_assert_eq!(width.max(height), 28);
        let corner = (28 - height) / 2 * 28 + (28 - width) / 2;
        prop_assert_eq!(steps.picture.bytes()[corner], grey);
        prop_assert!(steps.picture.bytes().iter().all(|pixel| [0, grey].contains(pixel)));
    }

    #[test]
    fn centering_moves_content_wherever_it_was(left in 0_u32..20, top in 0_u32..20) {
        let image = GrayImage::from_fn(28, 28, |x, y| {
            let inside = (left..left + 8).contains(&x) && (top..top + 6).contains(&y);
            Luma([if inside { 200 } else { 0 }])
        });
        let how = Reduction { center: true, ..Reduction::default() };
        let steps = reduce(&Picture::from(&image), how, PictureSize::FASHION_MNIST);
        for (index, &pixel) in steps.picture.bytes().iter().enumerate() {
            let (x, y) = (index % 28, index / 28);
            let inside = (10..18).contains(&x) && (11..17).contains(&y);
            prop_assert_eq!(pixel, if inside { 200 } else { 0 });
        }
    }
}

#[test]
fn fine_lines_of_a_large_picture_are_said_to_fade() {
    let with_line = |width: u32| {
        let picture = GrayImage::from_fn(600, 600, |x, _| Luma([if x < width { 255 } else { 0 }]));
        let picture = Picture::from(&picture);
        let how = Reduction::default();
        reduce(&picture, how, PictureSize::default()).has_faded
    };
    assert!(with_line(2));
    assert!(!with_line(40));
    assert!(!with_line(0));
}

#[test]
fn a_phones_own_format_is_told_with_the_way_out() {
    let mut file = vec![0, 0, 0, 24];
    file.extend(b"ftypheic");
    file.extend([0; 40]);
    let fault = decode_picture(&file).err().unwrap();
    assert!(matches!(fault, PictureFault::Heic));
    assert!(fault.to_string().contains("JPEG"), "{fault}");
}
