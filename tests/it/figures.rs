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

#[test]
fn a_film_has_a_frame_for_each_moment() {
    use image::AnimationDecoder as _;
    let dataset = dataset::synthetic(0, 5);
    let moments = ["random weights", "epoch 1, test accuracy 80 %"]
        .map(|caption| Ok::<_, FilmError>((caption.to_owned(), other_moment())));
    let mut bytes = Vec::new();
    let (settings, text) = (MapsSettings::default(), Language::En.text());
    animation::write(&mut bytes, moments.into_iter(), &dataset, &settings, text).unwrap();
    let decoder = image::codecs::gif::GifDecoder::new(std::io::Cursor::new(bytes)).unwrap();
    let frames = decoder.into_frames().collect_frames().unwrap();
    assert_eq!(frames.len(), 2);
    let sizes: Vec<_> = frames.iter().map(|f| f.buffer().dimensions()).collect();
    assert_eq!(sizes[0], sizes[1]);
    assert!(sizes[0].0 > 300 && sizes[0].1 > 300, "{sizes:?}");
    let shown = |frame: &image::Frame| frame.delay().numer_denom_ms();
    assert!(
        shown(&frames[0]).0 < shown(&frames[1]).0,
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
