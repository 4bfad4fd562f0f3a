//! What several tests need.

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use convlens_core::dataset::{self, Dataset};
use convlens_core::network::{Activation, LayerSpec, NetworkSpec, Padding, Sides};
use convlens_core::training::RunConfig;
use eframe::egui::Key;
use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The keys that choose the views, in their order.
pub const VIEW_KEYS: [Key; 14] = [
    Key::Num1,
    Key::Num2,
    Key::Num3,
    Key::Num4,
    Key::Num5,
    Key::Num6,
    Key::Num7,
    Key::Num8,
    Key::Num9,
    Key::Num0,
    Key::O,
    Key::N,
    Key::C,
    Key::H,
];

/// Where Debian's package `dataset-fashion-mnist` puts the real data.
const DEBIAN: &str = "/usr/share/datasets/fashion-mnist";

/// Fashion-MNIST, or `None` with a loud word where the machine does not have it.
pub fn fashion_mnist(test: &str) -> Option<Dataset> {
    if !Path::new(DEBIAN).is_dir() {
        skipped(
            test,
            "Fashion-MNIST is not here; `apt-get install dataset-fashion-mnist`",
        );
        return None;
    }
    Some(dataset::load(Path::new(DEBIAN)).expect("Debian's files are good"))
}

/// Says that a test did not run, past the test runner's capture. Where `CI` is set, which has all it takes, the test fails.
pub fn skipped(test: &str, why: &str) {
    let in_ci = std::env::var_os("CI").is_some_and(|ci| !ci.is_empty());
    assert!(!in_ci, "{test} would be skipped: {why}");
    say_skipped(test, why);
}

fn say_skipped(test: &str, why: &str) {
    let line = format!("\n*** SKIPPED {test}: {why} ***\n");
    let written = std::fs::OpenOptions::new()
        .append(true)
        .open("/dev/stderr")
        .and_then(|mut stderr| stderr.write_all(line.as_bytes()));
    if written.is_err() {
        eprintln!("{line}");
    }
}

/// With `CONVLENS_PYTHON` unset, says that a test did not run.
pub fn python(test: &str) -> Option<OsString> {
    let python = std::env::var_os("CONVLENS_PYTHON").filter(|python| !python.is_empty());
    if python.is_none() {
        // Not everywhere can they be installed.
        say_skipped(
            test,
            "set CONVLENS_PYTHON to a Python with keras, h5py, torch and safetensors",
        );
    }
    // `tools/python.sh` tells where it is in the project; a mere name is looked for in `PATH`.
    python.map(|python| {
        if Path::new(&python).components().count() > 1 {
            root().join(python).into()
        } else {
            python
        }
    })
}

/// What a Python program prints, which must succeed.
pub fn run_python(python: &OsStr, arguments: &[&dyn AsRef<OsStr>], folder: &Path) -> String {
    let ran = Command::new(python)
        .args(arguments)
        .current_dir(folder)
        .env("KERAS_HOME", folder.join("keras-home"))
        .env("TF_CPP_MIN_LOG_LEVEL", "3")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{errors}");
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

/// The entries of an archive: name and content.
pub fn zip_entries(file: &Path) -> Vec<(String, Vec<u8>)> {
    super::readers::entries(&std::fs::read(file).unwrap())
}

/// Writes an archive of these entries.
pub fn write_zip(file: &Path, entries: &[(String, Vec<u8>)], method: CompressionMethod) {
    let mut writer = ZipWriter::new(std::fs::File::create(file).unwrap());
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, content) in entries {
        writer.start_file(name.as_str(), options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap();
}

/// The project's root.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A network that trains in no time.
pub fn small_network() -> NetworkSpec {
    NetworkSpec::new(vec![
        LayerSpec::conv(4, 3, Padding::Valid),
        LayerSpec::MAX_POOL,
        LayerSpec::dense(16),
    ])
}

/// Settings of a run that takes no time.
pub fn small_config() -> RunConfig {
    RunConfig {
        epochs: 2,
        threads: 2,
        seed: 7,
        ..RunConfig::new(small_network())
    }
}

/// A few synthetic garments.
pub fn small_dataset() -> Arc<Dataset> {
    Arc::new(dataset::synthetic(320, 100))
}

/// Any convolution with at most so many filters, or a pool.
pub fn map_layers(most_filters: usize) -> impl Strategy<Value = LayerSpec> {
    let kernels = prop::sample::select(convlens_core::network::KERNELS.to_vec());
    let conv = (1..=most_filters, kernels, any::<bool>());
    let conv = conv.prop_map(|(filters, kernel, same)| {
        let padding = if same { Padding::Same } else { Padding::Valid };
        LayerSpec::conv(filters, kernel, padding)
    });
    prop_oneof![3 => conv, 2 => Just(LayerSpec::MAX_POOL)]
}

/// Any activation.
pub fn any_activation() -> impl Strategy<Value = Activation> {
    prop::sample::select(Activation::ALL.to_vec())
}

/// Any layer that makes maps of maps, with any of its options.
pub fn any_map_layer() -> impl Strategy<Value = LayerSpec> {
    let sides = |most: usize| {
        let sides = (1..=most, 1..=most);
        sides.prop_map(|(height, width)| Sides { height, width })
    };
    let padding = || {
        prop_oneof![
            Just(Padding::Valid),
            Just(Padding::Same),
            (0..3_usize).prop_map(Padding::Pixels),
        ]
    };
    let conv = (
        prop::sample::select(vec![3, 4, 6, 8, 12, 16]),
        sides(5),
        sides(2),
        sides(2),
        prop::sample::select(vec![1, 1, 0, 2]),
        padding(),
        any::<bool>(),
        any_activation(),
    );
    let conv = conv.prop_map(
        |(filters, kernel, stride, dilation, groups, padding, bias, activation)| LayerSpec::Conv {
            filters,
            kernel,
            stride,
            dilation,
            groups,
            padding,
            bias,
            activation,
        },
    );
    let pool = (sides(3), prop::option::of(sides(3)), padding(), 0..3_usize);
    let pool = pool.prop_map(|(size, stride, padding, kind)| match kind {
        0 => LayerSpec::MaxPool {
            size,
            stride,
            padding,
        },
        counts => LayerSpec::AveragePool {
            size,
            stride,
            padding,
            counts_padding: counts == 2,
        },
    });
    let alone = any_activation().prop_map(|function| LayerSpec::Activation { function });
    prop_oneof![4 => conv, 2 => pool, 1 => Just(LayerSpec::BATCH_NORM), 1 => alone]
}

/// A convolution of four filters, and a block whose branches keep their maps' shape, with blocks within it.
pub fn block() -> impl Strategy<Value = Vec<LayerSpec>> {
    let conv = (prop::sample::select(vec![1, 3, 5]), any_activation());
    let conv = conv.prop_map(|(kernel, function)| {
        let mut layer = LayerSpec::conv(4, kernel, Padding::Same);
        if let LayerSpec::Conv { activation, .. } = &mut layer {
            *activation = function;
        }
        layer
    });
    let pool = LayerSpec::MaxPool {
        size: Sides::square(3),
        stride: Some(Sides::square(1)),
        padding: Padding::Same,
    };
    let alone = any_activation().prop_map(|function| LayerSpec::Activation { function });
    let layer =
        prop_oneof![4 => conv, 1 => Just(pool), 1 => Just(LayerSpec::BATCH_NORM), 1 => alone];
    let layer = layer.prop_map(|layer| vec![layer]);
    // Only sums stand in branches: they keep the number of maps.
    let inner = prop::collection::vec(layer.clone(), 0..2);
    let inner = prop::collection::vec(inner.prop_map(|branch| branch.concat()), 2..3);
    let inner = inner.prop_map(|branches| joined(&branches, LayerSpec::Add));
    let branch = prop::collection::vec(prop_oneof![4 => layer, 1 => inner], 0..3);
    let branches = prop::collection::vec(branch.prop_map(|parts| parts.concat()), 2..4);
    let join = prop::sample::select(vec![LayerSpec::Add, LayerSpec::Concatenate]);
    (branches, join).prop_map(|(branches, join)| {
        let first = LayerSpec::conv(4, 3, Padding::Same);
        [vec![first], joined(&branches, join)].concat()
    })
}

fn joined(branches: &[Vec<LayerSpec>], join: LayerSpec) -> Vec<LayerSpec> {
    let mut block = vec![LayerSpec::Split];
    block.extend(branches.join(&LayerSpec::Branch));
    block.push(join);
    block
}

/// Writes a few synthetic garments as a data set of four IDX files.
pub fn write_small_dataset(folder: &Path) {
    let dataset = small_dataset();
    for (name, pictures) in [("train", &dataset.train), ("t10k", &dataset.test)] {
        let count = (pictures.len() as u32).to_be_bytes();
        let side = 28_u32.to_be_bytes();
        let images = [
            &0x803_u32.to_be_bytes()[..],
            &count,
            &side,
            &side,
            pictures.pixels(),
        ];
        let labels = [&0x801_u32.to_be_bytes()[..], &count, pictures.labels()];
        let path = |kind: &str| folder.join(format!("{name}-{kind}-ubyte"));
        std::fs::write(path("images-idx3"), images.concat()).unwrap();
        std::fs::write(path("labels-idx1"), labels.concat()).unwrap();
    }
}
