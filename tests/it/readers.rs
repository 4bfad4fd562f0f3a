//! Every reader of files from outside, fed with bytes that anybody may have made: it answers with a
//! value or an error, and neither panics nor takes memory or time without bound. What it
//! accepts can be worked with. The fuzz targets in `fuzz/` and the property tests call these
//! functions, which tell whether the bytes were accepted.
//!
//! Where several files or entries belong together, the first byte says which of them the others
//! are; the rest of them are good ones.

use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use convlens::text::Language;
use convlens_core::dataset::picture::{self, Reduction, reduce};
use convlens_core::dataset::{self, Dataset, PictureSize};
use convlens_core::figures::Shown;
use convlens_core::harmless::is_harmful;
use convlens_core::network::import;
use convlens_core::network::{LayerSpec, Model, NetworkSpec, Padding};
use convlens_core::training::runs::lesson_files::LessonFiles;
use convlens_core::training::runs::{CheckpointCache, NewRun, Store, package};
use convlens_core::training::{RunConfig, Session, train_to_end};
use convlens_core::{lessons, network};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// A model that Keras made.
const KERAS: &[u8] = include_bytes!("../models/keras.keras");
const PYTORCH: &[u8] = include_bytes!("../models/torch.pt");

/// Files of a data set; the last names its classes.
pub const DATASET: [&str; 5] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
    "classes.txt",
];

/// Entries of a `.convlens` file.
pub const RUN: [&str; 8] = [
    "convlens.json",
    "run.json",
    "notes.json",
    "curve.csv",
    "curve.bin",
    "state.safetensors",
    "checkpoints/0000000000.safetensors",
    "lesson/1-step.md",
];

/// Entries of a `.keras` file.
pub const MODEL: [&str; 2] = ["config.json", "model.weights.h5"];
/// Entries of a file of `torch.save`.
pub const TORCH: [&str; 2] = ["torch/data.pkl", "torch/data/0"];

/// First byte of an archive of CIFAR, and of one of its files.
pub const CIFAR: [u8; 2] = [255, 254];

/// One of a data set's files (see [`DATASET`]), gzipped or not, or of CIFAR (see [`CIFAR`]).
pub fn dataset(bytes: &[u8]) -> bool {
    let Some((which, bytes)) = bytes.split_first() else {
        return false;
    };
    let folder = tempfile::tempdir().unwrap();
    if *which == CIFAR[0] {
        let archive = folder.path().join("cifar-10-binary.tar.gz");
        std::fs::write(&archive, bytes).unwrap();
        return read(&archive);
    }
    if *which == CIFAR[1] {
        let batch = [&[1], &[9; 3072][..]].concat();
        for number in 1..=5 {
            let name = format!("data_batch_{number}.bin");
            std::fs::write(folder.path().join(name), &batch).unwrap();
        }
        std::fs::write(folder.path().join("test_batch.bin"), bytes).unwrap();
        return read(folder.path());
    }
    for (name, content) in DATASET.into_iter().zip(small_files()) {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let name = DATASET[usize::from(*which) % DATASET.len()];
    std::fs::write(folder.path().join(name), bytes).unwrap();
    read(folder.path())
}

fn read(path: &Path) -> bool {
    match dataset::load(path) {
        Ok(read) => {
            for pictures in [&read.train, &read.test] {
                let bytes = pictures.size().len();
                assert_eq!(pictures.pixels().len(), bytes * pictures.len());
                let classes = read.classes.count();
                let most = pictures.labels().iter().max();
                assert!(most.is_none_or(|most| usize::from(*most) < classes));
            }
            true
        }
        Err(error) => refused(&Language::Es.text().data_error(&error)),
    }
}

/// The files of [`DATASET`], of three pictures to learn from and two to test with.
pub fn small_files() -> [Vec<u8>; 5] {
    static DATA: OnceLock<Dataset> = OnceLock::new();
    let data = DATA.get_or_init(|| dataset::synthetic(3, 2));
    let images = |pictures: &dataset::Pictures| {
        let count = pictures.len() as u32;
        let header = [0x803, count, 28, 28].map(u32::to_be_bytes).concat();
        [&header, pictures.pixels()].concat()
    };
    let labels = |pictures: &dataset::Pictures| {
        let header = [0x801, pictures.len() as u32]
            .map(u32::to_be_bytes)
            .concat();
        [&header, pictures.labels()].concat()
    };
    let names: Vec<_> = (0..10).map(|class| format!("class {class}\n")).collect();
    [
        images(&data.train),
        labels(&data.train),
        images(&data.test),
        labels(&data.test),
        names.concat().into(),
    ]
}

/// Safetensors: convlens's own, or of PyTorch.
pub fn safetensors(bytes: &[u8]) -> bool {
    in_file("model.safetensors", bytes, open)
}

/// An ONNX model, with no weights beside it.
pub fn onnx(bytes: &[u8]) -> bool {
    in_file("model.onnx", bytes, open)
}

/// A `model.json` of TensorFlow.js, and behind a zero its file of weights.
pub fn tfjs(bytes: &[u8]) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    let (json, weights) = (parts.next().unwrap_or_default(), parts.next());
    let path = folder.path().join("model.json");
    std::fs::write(&path, json).unwrap();
    std::fs::write(
        folder.path().join("weights.bin"),
        weights.unwrap_or_default(),
    )
    .unwrap();
    open(&path)
}

/// A file of Keras: whole, or one entry of a `.keras` file (see [`MODEL`]).
pub fn keras(bytes: &[u8]) -> bool {
    static GOOD: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    let good = GOOD.get_or_init(|| entries(KERAS));
    whole_or_entry("model.keras", bytes, &MODEL, good, open)
}

/// A file of `torch.save`: whole, or one entry of an archive (see [`TORCH`]).
pub fn torch(bytes: &[u8]) -> bool {
    static GOOD: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    let good = GOOD.get_or_init(|| entries(PYTORCH));
    whole_or_entry("model.pt", bytes, &TORCH, good, open)
}

/// A picture in a file, or pasted: then width and height, 16 bits each, precede the pixels.
pub fn pictures(bytes: &[u8]) -> bool {
    let opened = match bytes {
        [0, file @ ..] => in_file("picture.png", file, |path| {
            let opened = picture::read_picture(path);
            opened.map_err(|error| refused(&Language::Es.text().picture_error(&error)))
        }),
        [_, w0, w1, h0, h1, rgba @ ..] => {
            let side = |low: &u8, high: &u8| u32::from(u16::from_le_bytes([*low, *high]));
            let opened = picture::from_rgba(side(w0, w1), side(h0, h1), rgba.to_vec());
            opened.map_err(|fault| refused(&fault.to_string()))
        }
        _ => return false,
    };
    match opened {
        Ok(opened) => {
            let sizes = [PictureSize::FASHION_MNIST, PictureSize::CIFAR];
            sizes.into_iter().all(|size| {
                let how = Reduction::suggested(&opened.grey, size);
                let steps = reduce(&opened.picture(size.is_colour()), how, size);
                let reduced = steps.reduced.size();
                reduced.width.max(reduced.height) == size.height
            })
        }
        Err(refused) => refused,
    }
}

/// A `.convlens` file: whole, or one of its entries (see [`RUN`]).
pub fn runs(bytes: &[u8]) -> bool {
    static GOOD: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    let good = GOOD.get_or_init(|| entries(&small_run()));
    whole_or_entry("run.convlens", bytes, &RUN, good, |path| {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().join("runs"));
        let accepted = match store.unpack(path) {
            Ok((id, shown)) => {
                let _repaired = Shown::from_json(shown);
                let record = store.read(id).unwrap();
                for checkpoint in record.checkpoints {
                    let cache = CheckpointCache::new(0);
                    computes(&store.checkpoint(id, checkpoint, &cache).unwrap().model);
                }
                if let Ok(next) = store.continue_run(id, &small_data(), 1)
                    && next.config.threads < 3
                    && let Err(error) = Session::begin(next.config, small_data(), next.from)
                {
                    refused(&error.to_string());
                }
                true
            }
            Err(error) => {
                assert!(store.list().unwrap().runs.is_empty());
                refused(&Language::Es.text().run_error(&error))
            }
        };
        if let Ok(model) = package::newest(path) {
            computes(&model);
        }
        match package::contents(path).map(|contents| contents.lesson) {
            Ok(Some(lesson)) => {
                let kept = lessons::check(&lesson, path)
                    .and_then(|()| lessons::keep(&lesson, folder.path(), true));
                if let Err(error) = kept {
                    refused(&Language::Es.text().lesson_error(&error));
                }
            }
            Ok(None) => {}
            Err(error) => {
                refused(&Language::Es.text().run_error(&error));
            }
        }
        accepted
    })
}

/// A run of one batch and a lesson of one step, as a `.convlens` file.
pub fn small_run() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("runs"));
    let config = RunConfig {
        epochs: 1,
        images: Some(32),
        threads: 1,
        ..RunConfig::new(tiny_network())
    };
    let (mut recorder, recording) = store.recorder(NewRun::default());
    let mut session = Session::new(config, small_data()).unwrap();
    train_to_end(&mut session, &mut recorder).unwrap();
    drop(recorder);
    let id = recording.id().unwrap();
    let file = folder.path().join("run.convlens");
    let step = b"+++\ntitle = \"Shoes\"\nshow = [{ images = [0, 7] }]\n+++\nLook.\n";
    let lesson = LessonFiles {
        name: "shoes".into(),
        files: vec![("1-step.md".into(), step.to_vec())],
    };
    let shown = Shown::default().to_json();
    store.pack_lesson(&lesson, Some(id), &shown, &file).unwrap();
    std::fs::read(file).unwrap()
}

/// A network of which files are small.
pub fn tiny_network() -> NetworkSpec {
    let conv = LayerSpec::conv(2, 3, Padding::Valid);
    NetworkSpec::new(vec![conv, LayerSpec::MAX_POOL, LayerSpec::MAX_POOL])
}

fn small_data() -> Arc<Dataset> {
    static DATA: OnceLock<Arc<Dataset>> = OnceLock::new();
    DATA.get_or_init(|| Arc::new(dataset::synthetic(32, 10)))
        .clone()
}

/// A step of a lesson, or else a network in TOML.
pub fn texts(bytes: &[u8]) -> bool {
    match bytes {
        [0, step @ ..] => in_file("1-step.md", step, |path| {
            let folder = path.parent().unwrap();
            match lessons::read_folder(folder, "en") {
                Ok(lesson) => lesson.steps.len() == 1,
                Err(error) => refused(&Language::Es.text().lesson_error(&error)),
            }
        }),
        [_, toml @ ..] => in_file("network.toml", toml, |path| {
            match network::read_toml(path) {
                Ok(spec) => spec.plan().is_ok(),
                Err(error) => refused(&error.to_string()),
            }
        }),
        [] => false,
    }
}

/// The file of the window's preferences.
#[cfg(feature = "window")]
pub fn preferences(bytes: &[u8]) -> bool {
    match convlens::app::parse_preferences(bytes) {
        Ok(preferences) => preferences.config.validate().is_ok(),
        Err(fault) => refused(&fault.to_string()),
    }
}

/// A file was refused with a message that can be shown. Keras's may name some seventy layers.
fn refused(message: &str) -> bool {
    assert!(!message.is_empty());
    assert!(!message.contains(is_harmful), "{message:?}");
    assert!(message.len() < 30_000, "{} bytes", message.len());
    false
}

fn open(path: &Path) -> bool {
    match import::open(path) {
        Ok(imported) => {
            computes(&imported.model);
            true
        }
        Err(error) => refused(&Language::Es.text().import_error(&error)),
    }
}

/// A model gives a number for each class, if it does so quickly.
fn computes(model: &Model) {
    if model.parameter_count() < 20_000 {
        let x = model
            .input([&vec![0_u8; model.spec().input.len()][..]])
            .unwrap();
        let logits = model.logits(&x).unwrap();
        assert_eq!(logits.dims(), [1, model.spec().classes]);
    }
}

/// With a first byte of 0 a file of the bytes behind it, else an archive of `good` entries in which
/// these bytes are another content of one of the `names`.
fn whole_or_entry(
    file: &str,
    bytes: &[u8],
    names: &[&str],
    good: &[(String, Vec<u8>)],
    read: impl FnOnce(&Path) -> bool,
) -> bool {
    match bytes {
        [0, whole @ ..] => in_file(file, whole, read),
        [which, content @ ..] => {
            let changed = names[usize::from(*which - 1) % names.len()];
            let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
            let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
            for (name, good) in good {
                archive.start_file(name.as_str(), stored).unwrap();
                let content = if name == changed { content } else { good };
                archive.write_all(content).unwrap();
            }
            in_file(file, &archive.finish().unwrap().into_inner(), read)
        }
        [] => false,
    }
}

fn in_file<T>(name: &str, bytes: &[u8], read: impl FnOnce(&Path) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    read(&path)
}

/// Names and contents of an archive's entries.
pub fn entries(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(archive)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut entry = archive.by_index(index).unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            (entry.name().unwrap().to_string(), content)
        })
        .collect()
}
