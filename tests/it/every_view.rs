//! Pictures of every view in three sizes, dark or light, of one small network that was trained the same way each time.
//!
//! After a change that is meant to be seen, `UPDATE_SNAPSHOTS=1 cargo test --test it every_view` renews them in
//! `tests/snapshots/views`. They are half as large as the window, in few colours: enough to see what moved, is cut or changed its
//! colour, and small enough to keep.

use std::path::{Path, PathBuf};

use convlens::app::{App, Options};
use convlens::text::Language;
use convlens_core::network::{LayerSpec, NetworkSpec, Padding, Preset};
use convlens_core::training::runs::{NewRun, Store};
use convlens_core::training::{RunConfig, Session, train_to_end};
use eframe::egui::vec2;
use egui_kittest::Harness;
use image::{RgbImage, RgbaImage};

use super::support::{VIEW_KEYS, root, skipped, small_dataset};
use super::views::{click, harness, options, press, runs_folder, settle};

const SIZES: [[f32; 2]; 3] = [[960.0, 600.0], [1280.0, 720.0], [1600.0, 1000.0]];

/// Pixels that differ this much in a channel are another colour.
const ANOTHER: u8 = 64;

/// Most pixels of a picture that may be: not every processor rounds alike.
const MOST: usize = 300;

/// A folder with two finished runs whose times are always the same.
fn runs(folder: &Path) {
    let store = Store::new(folder.into());
    let conv = |filters| LayerSpec::conv(filters, 3, Padding::Valid);
    for (seed, filters) in [(1, 6), (2, 4)] {
        let layers = vec![
            conv(filters),
            LayerSpec::MAX_POOL,
            conv(filters),
            LayerSpec::MAX_POOL,
            LayerSpec::dense(12),
        ];
        let config = RunConfig {
            epochs: 4,
            threads: 2,
            seed,
            learning_rate: 0.01,
            ..RunConfig::new(NetworkSpec::new(layers))
        };
        let (mut recorder, recording) = store.recorder(NewRun::default());
        let mut session = Session::new(config, small_dataset()).unwrap();
        train_to_end(&mut session, &mut recorder).unwrap();
        drop(recorder);
        let manifest = store.folder(recording.id().unwrap()).join("run.json");
        let text = std::fs::read_to_string(&manifest).unwrap();
        let mut run: serde_json::Value = serde_json::from_str(&text).unwrap();
        run["seconds"] = 8.0.into();
        for epoch in run["epochs"].as_array_mut().unwrap() {
            epoch["seconds"] = 2.0.into();
            epoch["images_per_second"] = 160.0.into();
            epoch["seconds_evaluate"] = 0.25.into();
        }
        std::fs::write(manifest, run.to_string()).unwrap();
    }
}

/// The window with the first of these runs in every view, both ticked.
pub fn with_runs(language: Language) -> Harness<'static, App> {
    with_runs_in(language, runs_folder())
}

/// The same with the runs in this folder.
pub fn with_runs_in(language: Language, folder: PathBuf) -> Harness<'static, App> {
    runs(&folder);
    let options = Options {
        epochs: Some(4),
        runs: Some(folder),
        ..options(language)
    };
    let mut harness = harness(options, SIZES[2]);
    let text = language.text();
    let dense = text.preset(Preset::Dense);
    let called = |filters: usize| format!("{filters} → pool → {filters} → pool → {dense} 12");
    click(&mut harness, &called(6));
    for filters in [6, 4] {
        click(&mut harness, &text.compare_run(&called(filters)));
    }
    harness
}

#[test]
fn every_view_looks_as_it_did() {
    let folder = root().join("tests/snapshots/views");
    let renews = std::env::var_os("UPDATE_SNAPSHOTS").is_some_and(|set| !set.is_empty());
    if renews {
        std::fs::create_dir_all(&folder).unwrap();
    } else if !folder.is_dir() {
        skipped(
            "every_view_looks_as_it_did",
            "there are no pictures yet; `UPDATE_SNAPSHOTS=1 cargo test --test it every_view`",
        );
        return;
    }
    let mut harness = with_runs(Language::En);
    let mut faults = Vec::new();
    for (theme, sizes) in [("dark", &SIZES[..2]), ("light", &SIZES[1..])] {
        if theme == "light" {
            click(&mut harness, Language::En.text().window.light);
        }
        for size in sizes {
            harness.set_size(vec2(size[0], size[1]));
            for (place, key) in VIEW_KEYS.into_iter().enumerate() {
                press(&mut harness, key);
                harness.remove_cursor();
                harness.run_steps(2);
                settle(&mut harness);
                let page = harness.render().unwrap();
                let name = format!("{}-{}-{theme}", place + 1, size[0]);
                let path = folder.join(format!("{name}.png"));
                if renews {
                    write(&reduced(&page), &path);
                } else if let Err(fault) = compare(&reduced(&page), &path) {
                    faults.push(format!("{name}: {fault}"));
                }
            }
        }
    }
    let how =
        "look at the .new.png beside each, and renew them if that is how they are meant to be";
    assert!(faults.is_empty(), "{}\n{how}", faults.join("\n"));
}

/// Half as large, in the colours of [`palette`].
fn reduced(page: &RgbaImage) -> RgbImage {
    let palette = palette();
    RgbImage::from_fn(page.width() / 2, page.height() / 2, |x, y| {
        let corners = [(0, 0), (1, 0), (0, 1), (1, 1)];
        let corners = corners.map(|(right, down)| page.get_pixel(2 * x + right, 2 * y + down).0);
        let mean = [0, 1, 2].map(|channel| {
            let sum: u16 = corners.iter().map(|pixel| u16::from(pixel[channel])).sum();
            (sum / 4) as u8
        });
        image::Rgb(palette[index(mean)])
    })
}

/// 216 colours, and 40 greys, which most of the window is.
fn palette() -> Vec<[u8; 3]> {
    let cube =
        (0..216_u8).map(|index| [index / 36, index / 6 % 6, index % 6].map(|level| level * 51));
    let greys = (0..40_u16).map(|level| [(level * 255 / 39) as u8; 3]);
    cube.chain(greys).collect()
}

/// The place of a colour in the palette.
fn index(colour: [u8; 3]) -> usize {
    let [low, high] =
        [colour.iter().min(), colour.iter().max()].map(|end| usize::from(*end.unwrap()));
    if high - low < 20 {
        return 216 + (usize::midpoint(low, high) * 39 + 127) / 255;
    }
    let [r, g, b] = colour.map(|level| (usize::from(level) + 25) / 51);
    36 * r + 6 * g + b
}

/// Writes a picture in the palette's colours as PNG with one byte a pixel.
fn write(picture: &RgbImage, path: &Path) {
    let file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    let mut encoder = png::Encoder::new(file, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette().concat());
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::NoFilter);
    let pixels: Vec<u8> = picture.pixels().map(|pixel| index(pixel.0) as u8).collect();
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&pixels).unwrap();
}

/// Compares a picture with the one that is kept; what was drawn is put beside it if they differ.
fn compare(picture: &RgbImage, path: &Path) -> Result<(), String> {
    let new = path.with_extension("new.png");
    let _before = std::fs::remove_file(&new);
    let kept = image::open(path).map_err(|error| error.to_string());
    let differ = kept.and_then(|kept| {
        let kept = kept.into_rgb8();
        if kept.dimensions() != picture.dimensions() {
            return Err("of another size".to_owned());
        }
        let pairs = kept.pixels().zip(picture.pixels());
        let differ = pairs.filter(|(a, b)| {
            let mut channels = a.0.iter().zip(b.0);
            channels.any(|(a, b)| a.abs_diff(b) >= ANOTHER)
        });
        Ok(differ.count())
    });
    let fault = match differ {
        Ok(..=MOST) => return Ok(()),
        Ok(count) => format!("{count} pixels differ"),
        Err(fault) => fault,
    };
    write(picture, &new);
    Err(fault)
}

#[test]
fn a_picture_in_few_colours_is_read_back_as_it_was_written() {
    for (place, colour) in palette().into_iter().enumerate() {
        // A grey of the cube is the nearest of the greys.
        let back = palette()[index(colour)];
        let far = back.iter().zip(colour).map(|(a, b)| a.abs_diff(b)).max();
        assert!(far <= Some(3), "{place}: {colour:?} {back:?}");
    }
    let page = RgbaImage::from_fn(512, 64, |x, y| {
        image::Rgba([(x / 2) as u8, (y * 4) as u8, 255 - (x / 2) as u8, 255])
    });
    let picture = reduced(&page);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.png");
    write(&picture, &path);
    assert_eq!(image::open(&path).unwrap().into_rgb8(), picture);
    assert_eq!(compare(&picture, &path), Ok(()));
    // Something as large as a button moved.
    let mut moved = picture.clone();
    for (x, y) in (0..40).flat_map(|x| (0..12).map(move |y| (x, y))) {
        moved.put_pixel(x, y, image::Rgb([255, 255, 255]));
    }
    assert!(compare(&moved, &path).is_err());
    assert!(path.with_extension("new.png").exists());
}
