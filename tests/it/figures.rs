//! The grid of maps: what stands where, and from which value to which its colours go.

use convlens::dataset;
use convlens::figures::{MapSet, MapsSettings, cell, columns, map_set};
use convlens::network::weights;
use convlens::render::{Colormap, RangeMode, ValueRange};

fn maps() -> MapSet {
    let test = dataset::synthetic(0, 30).test;
    map_set(&weights::built_in().unwrap(), &test, &[0, 7, 26]).unwrap()
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
    let test = dataset::synthetic(0, 5).test;
    let maps = map_set(&weights::built_in().unwrap(), &test, &[0, 9, 4]).unwrap();
    assert_eq!(maps.images, [0, 4]);
    assert_eq!(maps.activations.images, 2);
}
