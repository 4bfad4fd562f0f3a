//! Models out: they come back with every weight, and Keras and PyTorch open them.

use std::path::Path;

use convlens_core::network::export::{self, WeightsFormat};
use convlens_core::network::import::{self, Format};
use convlens_core::network::{
    LayerSpec, NetworkSpec, Normalization, Padding, Preset, Real, weights,
};

use super::import::{agrees, models};
use super::layers::model;
use super::support::{python, run_python};

pub fn conv(filters: usize, kernel: usize, padding: Padding) -> LayerSpec {
    LayerSpec::conv(filters, kernel, padding)
}

/// The networks whose round trip through Keras and PyTorch is tested.
pub fn networks() -> Vec<(&'static str, NetworkSpec)> {
    let (pool, dense) = (LayerSpec::MAX_POOL, |units| LayerSpec::dense(units));
    let (valid, same) = (Padding::Valid, Padding::Same);
    let of = NetworkSpec::new;
    let two = |kernel, padding| {
        of(vec![
            conv(8, kernel, padding),
            pool,
            conv(12, kernel, padding),
            pool,
            dense(32),
        ])
    };
    vec![
        ("64-64", Preset::Conv64.spec()),
        ("16-16", Preset::Conv16.spec()),
        ("one-conv", Preset::OneConv.spec()),
        ("three-convs", Preset::ThreeConv.spec()),
        ("same", two(3, same)),
        ("5x5", two(5, valid)),
        (
            "two-dense",
            of(vec![conv(16, 3, valid), pool, dense(64), dense(32)]),
        ),
        ("dense", Preset::Dense.spec()),
    ]
}

/// What only whole files tell: tensors alone know nothing of pixels.
fn normalized() -> NetworkSpec {
    NetworkSpec {
        normalization: Some(Normalization {
            mean: vec![Real::new(0.286)],
            deviation: vec![Real::new(0.353)],
        }),
        ..Preset::Conv16.spec()
    }
}

#[test]
fn exported_models_come_back_with_every_weight() {
    let folder = tempfile::tempdir().unwrap();
    for (name, spec) in networks().into_iter().chain([("normalized", normalized())]) {
        let model = model(&spec);
        let bytes = weights::to_bytes(&model).unwrap();
        for format in WeightsFormat::ALL {
            let path = folder.path().join(format!("{name}.{}", format.ending()));
            assert_eq!(WeightsFormat::of(&path), Some(format));
            export::save(&model, format, &path).unwrap();
            // Weights alone may fit several networks.
            let opened = import::open_as(&path, Some(&spec)).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(opened.model.spec(), &spec, "{name} {format:?}");
            // What the file says of the network is the same, but for what acts in training only.
            let is_same = weights::to_bytes(&opened.model).unwrap() == bytes;
            assert!(is_same, "{name} {format:?}");
            let expected = match format {
                WeightsFormat::Safetensors => Format::Convlens,
                WeightsFormat::Keras => Format::Keras,
                WeightsFormat::KerasWeights => Format::KerasWeights,
                WeightsFormat::Onnx => Format::Onnx,
            };
            assert_eq!(opened.format, expected);
        }
    }
}

#[test]
fn keras_and_pytorch_open_exported_models_and_compute_the_same() {
    let test = "keras_and_pytorch_open_exported_models_and_compute_the_same";
    let Some(python) = python(test) else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = |kind: &str, name: &str, ending: &str| {
        folder.path().join(kind).join(format!("{name}.{ending}"))
    };
    for kind in ["keras", "torch"] {
        std::fs::create_dir(folder.path().join(kind)).unwrap();
        let of_kind = || {
            let own = (kind == "keras").then(|| ("normalized", normalized()));
            networks().into_iter().chain(own)
        };
        for (name, spec) in of_kind() {
            let model = model(&spec);
            let files = WeightsFormat::ALL.into_iter();
            for format in files.filter(|format| *format != WeightsFormat::Onnx) {
                let is_ours = format == WeightsFormat::Safetensors;
                if (kind == "torch") == is_ours {
                    export::save(&model, format, &at(kind, name, format.ending())).unwrap();
                }
            }
        }
        run_python(
            &python,
            &[&models().join("open.py"), &kind, &folder.path().join(kind)],
            folder.path(),
        );
        for (name, spec) in of_kind() {
            agrees(&model(&spec), &at(kind, name, "expected.safetensors"));
        }
    }
}

/// Linux has a device that is always full.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let model = weights::built_in().unwrap();
    for path in ["/dev/full/a.keras", "/proc/a.weights.h5"] {
        export::save(
            &model,
            WeightsFormat::of(Path::new(path)).unwrap(),
            Path::new(path),
        )
        .unwrap_err();
    }
}
