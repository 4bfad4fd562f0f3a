//! The grid of maps: what stands where, and from which value to which its colours go.

use std::sync::Arc;

use convlens::text::Language;
use convlens_core::dataset::{self, Gallery, ImageId};
use convlens_core::figures::{MapSet, MapsSettings, animation, cell, columns, map_set};
use convlens_core::network::{Model, Preset, weights};
use convlens_core::render::{Colormap, RangeMode, RenderError, ValueRange};

fn maps() -> MapSet {
    let gallery = Gallery::new(Arc::new(dataset::synthetic(0, 30)));
    let images = [0, 7, 26].map(ImageId::Test);
    map_set(&weights::built_in().unwrap(), &gallery, &images).unwrap()
}

fn ranges(maps: &MapSet, range: RangeMode, column: usize) -> Vec<ValueRange> {
    let settings = MapsSettings {
        range,
        ..MapsSettings::default()
    };
    let columns = columns(maps, &settings);
    (0..3)
        .map(|row| cell(maps, &settings, columns[column], row).unwrap().range)
        .collect()
}

#[test]
fn columns_are_all_layers_or_one_side_by_side() {
    let maps = maps();
    let all = columns(&maps, &MapsSettings::default());
    let names: Vec<_> = all
        .iter()
        .map(|column| maps.activations.layers[column.layer].name.as_str())
        .collect();
    assert_eq!(names, ["conv1", "pool1", "conv2", "pool2"]);
    assert!(
        all.iter()
            .all(|column| column.channel == 1 && !column.clamped)
    );

    let alone = MapsSettings {
        layer: Some("conv2".into()),
        convolution: 62,
        ..MapsSettings::default()
    };
    let channels: Vec<_> = columns(&maps, &alone).iter().map(|c| c.channel).collect();
    assert_eq!(channels, [62, 63]);

    let beyond = MapsSettings {
        convolution: 200,
        ..MapsSettings::default()
    };
    assert!(
        columns(&maps, &beyond)
            .iter()
            .all(|c| c.channel == 63 && c.clamped)
    );
}

#[test]
fn ranges_are_shared_as_chosen() {
    let maps = maps();
    let own = ranges(&maps, RangeMode::PerMap, 0);
    let column = ranges(&maps, RangeMode::PerColumn, 0);
    let layer = ranges(&maps, RangeMode::PerLayer, 0);
    let widest = own.iter().copied().reduce(ValueRange::union).unwrap();
    assert_eq!(column, [widest; 3]);
    assert_eq!(
        layer,
        [ValueRange::of(&maps.activations.layers[0].values); 3]
    );
    assert!(layer[0].max >= widest.max && layer[0].min <= widest.min);
    let fixed = ValueRange {
        min: -1.0,
        max: 2.0,
    };
    assert_eq!(ranges(&maps, RangeMode::Fixed(fixed), 2), [fixed; 3]);
}

#[test]
fn before_relu_changes_convolutions_only() {
    let maps = maps();
    let settings = MapsSettings {
        before_relu: true,
        ..MapsSettings::default()
    };
    let columns = columns(&maps, &settings);
    let conv = cell(&maps, &settings, columns[0], 0).unwrap();
    let pool = cell(&maps, &settings, columns[1], 0).unwrap();
    assert_eq!(
        (conv.colormap, pool.colormap),
        (Colormap::Diverging, Colormap::Inferno)
    );
    let after = maps.activations.layers[0].map(0, 1).unwrap();
    assert!(conv.values.iter().any(|value| *value < 0.0));
    for (before, after) in conv.values.iter().zip(after) {
        assert!((before.max(0.0) - after).abs() < 1e-6);
    }
}

#[test]
fn images_beyond_the_set_are_left_out() {
    let gallery = Gallery::new(Arc::new(dataset::synthetic(0, 5)));
    let images = [0.into(), 9.into(), ImageId::Drawing, 4.into()];
    let maps = map_set(&weights::built_in().unwrap(), &gallery, &images).unwrap();
    assert_eq!(maps.images, [0, 4]);
    assert_eq!(maps.activations.images, 2);
}

/// The maps of another moment: of random weights.
fn other_moment() -> MapSet {
    let gallery = Gallery::new(Arc::new(dataset::synthetic(0, 5)));
    let model = Model::random(&Preset::Conv64.spec(), 3).unwrap();
    map_set(&model, &gallery, &[0, 1, 2].map(ImageId::Test)).unwrap()
}

#[test]
fn frozen_ranges_are_those_of_the_other_moment() {
    let gallery = Gallery::new(Arc::new(dataset::synthetic(0, 5)));
    let model = weights::built_in().unwrap();
    let of = |images: [usize; 3]| map_set(&model, &gallery, &images.map(ImageId::Test)).unwrap();
    let now = Arc::new(of([0, 1, 2]));
    let modes = [RangeMode::PerMap, RangeMode::PerColumn, RangeMode::PerLayer];
    for mode in modes {
        let free = ranges(&other_moment(), mode, 0);
        let frozen = MapSet {
            frozen: Some(now.clone()),
            ..other_moment()
        };
        assert_eq!(ranges(&frozen, mode, 0), ranges(&now, mode, 0), "{mode:?}");
        assert_ne!(ranges(&frozen, mode, 0), free, "{mode:?}");
    }
    // Of other images it counts for nothing.
    let others = Arc::new(of([3, 4, 0]));
    let frozen = MapSet {
        frozen: Some(others),
        ..other_moment()
    };
    let own = ranges(&other_moment(), RangeMode::PerMap, 0);
    assert_eq!(ranges(&frozen, RangeMode::PerMap, 0), own);
}

/// Size of the page of a GIF, and left, top, width and height of each frame, read from its blocks: a decoder puts every frame on
/// the page and so hides what is smaller.
fn frames_of_gif(bytes: &[u8]) -> ([u16; 2], Vec<[u16; 4]>) {
    let word = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
    let table = |flags: u8| {
        if flags & 0x80 == 0 {
            0
        } else {
            3 << ((flags & 7) + 1)
        }
    };
    assert_eq!(&bytes[..6], b"GIF89a");
    let page = [word(6), word(8)];
    let mut at = 13 + table(bytes[10]);
    let mut frames = Vec::new();
    loop {
        let blocks = match bytes[at] {
            0x3b => return (page, frames),
            0x21 => at + 2,
            0x2c => {
                frames.push([word(at + 1), word(at + 3), word(at + 5), word(at + 7)]);
                at + 10 + table(bytes[at + 9]) + 1
            }
            other => panic!("block {other:#x} at {at}"),
        };
        at = blocks;
        while bytes[at] != 0 {
            at += usize::from(bytes[at]) + 1;
        }
        at += 1;
    }
}

#[test]
fn a_film_has_a_frame_of_one_size_for_each_moment() {
    use image::AnimationDecoder as _;
    let dataset = dataset::synthetic(0, 5);
    // Two networks, which predict other classes with other probabilities.
    let gallery = Gallery::new(Arc::new(dataset::synthetic(0, 5)));
    let images = [0, 1, 2].map(ImageId::Test);
    let trained = map_set(&weights::built_in().unwrap(), &gallery, &images).unwrap();
    let long = "a caption that is much longer than the page is wide, so that it takes a second line or a wider page";
    let moments = [
        ("random weights", other_moment()),
        ("epoch 1, test accuracy 80 %", trained),
        (long, other_moment()),
    ]
    .map(|(caption, maps)| Ok::<_, FilmError>((caption.to_owned(), maps)));
    let mut bytes = Vec::new();
    let (settings, text) = (MapsSettings::default(), Language::En.text());
    animation::write(&mut bytes, moments.into_iter(), &dataset, &settings, text).unwrap();
    let (page, blocks) = frames_of_gif(&bytes);
    let whole = [0, 0, page[0], page[1]];
    assert_eq!(blocks, [whole; 3]);
    let decoder = image::codecs::gif::GifDecoder::new(std::io::Cursor::new(bytes)).unwrap();
    let frames = decoder.into_frames().collect_frames().unwrap();
    assert_eq!(frames.len(), 3);
    let (width, height) = frames[0].buffer().dimensions();
    assert_eq!([width, height], page.map(u32::from));
    assert!(width > 300 && height > 300, "{page:?}");
    let shown = |frame: &image::Frame| frame.delay().numer_denom_ms();
    assert!(
        shown(&frames[0]).0 < shown(&frames[2]).0,
        "the last stays longer"
    );
}

/// What may go wrong with a film of the test's own.
#[derive(Debug)]
struct FilmError;

impl From<RenderError> for FilmError {
    fn from(_: RenderError) -> Self {
        Self
    }
}

impl From<std::io::Error> for FilmError {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}
