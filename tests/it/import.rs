//! Models of Keras and PyTorch: what is opened here computes what they compute there. The files in
//! `tests/models` were made by `tests/models/make.py`.

use std::path::{Path, PathBuf};

use candle_core::Tensor;
use convlens::text::Language;
use convlens_core::network::import::{self, Format, ImportError, ImportFault, Note};
use convlens_core::network::{LayerKind, Model, NetworkSpec, weights};
use safetensors::SafeTensors;

use super::commands::{fault, json, output};
use super::exports::networks;
use super::support::{python, root, run_python, write_small_dataset};

/// How far a value may be from theirs: float32 sums in another order.
const TOLERANCE: f32 = 1e-4;

pub fn models() -> PathBuf {
    root().join("tests/models")
}

/// Checks weights, every layer's output and the probabilities of a model against those that
/// Keras or PyTorch wrote down.
pub fn agrees(model: &Model, expected: &Path) {
    let bytes = std::fs::read(expected).unwrap();
    let expected = SafeTensors::deserialize(&bytes).unwrap();
    let floats = |name: &str| -> Vec<f32> {
        let view = expected.tensor(name).unwrap();
        let values = view.data().chunks_exact(4);
        values
            .map(|b| f32::from_le_bytes(b.try_into().unwrap()))
            .collect()
    };
    let close = |name: &str, ours: Vec<f32>| {
        let theirs = floats(name);
        assert_eq!(ours.len(), theirs.len(), "{name}");
        let pairs = ours.iter().zip(&theirs);
        let far = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(far <= TOLERANCE, "{name}: {far}");
    };
    // Weights as this program saves them, which is PyTorch's layout.
    let saved = weights::to_bytes(model).unwrap();
    let saved = SafeTensors::deserialize(&saved).unwrap();
    for (name, view) in saved.tensors() {
        let values = view.data().chunks_exact(4);
        close(
            &name,
            values
                .map(|b| f32::from_le_bytes(b.try_into().unwrap()))
                .collect(),
        );
    }
    let pictures = expected.tensor("pictures").unwrap();
    let x = model.input(pictures.data().chunks_exact(784)).unwrap();
    let outputs = model.activations(&x).unwrap();
    let mut compared = 0;
    for (layer, output) in model.layers().iter().zip(outputs) {
        let value = match output.value.rank() {
            4 => output.value.permute((0, 3, 1, 2)).unwrap(),
            _ => output.value,
        };
        if layer.kind == LayerKind::Output {
            close(
                "probabilities",
                flat(&candle_nn::ops::softmax(&value, 1).unwrap()),
            );
        } else if !matches!(layer.kind, LayerKind::Dropout { .. }) {
            close(&layer.name, flat(&value));
            compared += 1;
        }
    }
    let theirs = expected.names().into_iter();
    let theirs =
        theirs.filter(|name| !name.contains('.') && !["pictures", "probabilities"].contains(name));
    assert_eq!(theirs.count(), compared);
}

fn flat(tensor: &Tensor) -> Vec<f32> {
    tensor
        .contiguous()
        .unwrap()
        .flatten_all()
        .unwrap()
        .to_vec1()
        .unwrap()
}

#[test]
fn models_of_keras_and_pytorch_compute_here_what_they_compute_there() {
    for (file, format, expected) in [
        ("keras.keras", Format::Keras, "keras"),
        ("keras.h5", Format::KerasH5, "keras"),
        ("keras.weights.h5", Format::KerasWeights, "keras"),
        ("torch.safetensors", Format::PyTorch, "torch"),
    ] {
        let opened = import::open(&models().join(file)).unwrap();
        assert_eq!(opened.format, format, "{file}");
        // Weights alone say nothing about dropout.
        let label = match format {
            Format::Keras | Format::KerasH5 => "2-do0.2-p-3k5same-do0.2-p-d5-do0.2",
            _ => "2-p-3k5same-p-d5",
        };
        assert_eq!(opened.model.spec().label(), label, "{file}");
        let inferred = opened
            .notes
            .iter()
            .any(|note| matches!(note, Note::Inferred { .. }));
        let alone = matches!(format, Format::KerasWeights | Format::PyTorch);
        assert_eq!(inferred, alone, "{file}: {:?}", opened.notes);
        agrees(
            &opened.model,
            &models().join(format!("{expected}.expected.safetensors")),
        );
    }
}

/// With `CONVLENS_PYTHON` naming a Python that has keras, h5py, torch and safetensors.
#[test]
fn models_trained_just_now_by_keras_and_pytorch_agree_in_every_map() {
    let test = "models_trained_just_now_by_keras_and_pytorch_agree_in_every_map";
    let Some(python) = python(test) else { return };
    let folder = tempfile::tempdir().unwrap();
    write_small_dataset(folder.path());
    for (kind, endings) in [
        ("keras", &["keras", "h5", "weights.h5"][..]),
        ("torch", &["safetensors", "pt"]),
    ] {
        let out = folder.path().join(kind);
        run_python(
            &python,
            &[
                &models().join("make.py"),
                &kind,
                &"all",
                &out,
                &folder.path().join("train-images-idx3-ubyte"),
                &folder.path().join("train-labels-idx1-ubyte"),
            ],
            folder.path(),
        );
        for (name, _) in networks() {
            for ending in endings {
                let file = out.join(format!("{name}.{ending}"));
                let opened = import::open(&file).unwrap_or_else(|error| panic!("{error}"));
                agrees(
                    &opened.model,
                    &out.join(format!("{name}.expected.safetensors")),
                );
            }
        }
    }
}

#[test]
fn commands_take_models_of_keras_and_pytorch_and_import_saves_them_as_our_own() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("own.safetensors").display().to_string();
    let keras = models().join("keras.keras").display().to_string();
    let line = json(&output(&["import", &keras, "--out", &out, "--json"]));
    assert_eq!(line["format"], "Keras (.keras)");
    assert_eq!(line["parameters"], 778);
    let (theirs, ours) = (output(&["summary", &keras]), output(&["summary", &out]));
    assert_eq!(theirs, ours);
    let inspect =
        |file: &str| output(&["inspect", file, "--layer", "dense2", "--data", "synthetic"]);
    assert_eq!(inspect(&keras), inspect(&out));
    let again = import::open(Path::new(&out)).unwrap();
    assert_eq!(again.format, Format::Convlens);
    agrees(&again.model, &models().join("keras.expected.safetensors"));

    let line = fault(&["import", &keras, "--out", &out, "--network", "64-64"]);
    assert!(
        line.contains("holds the network 2-do0.2-p-3k5same-do0.2-p-d5-do0.2, not 64-64"),
        "{line}"
    );
    let garbage = folder.path().join("notes.txt");
    std::fs::write(&garbage, "these are no weights").unwrap();
    let line = fault(&[
        "evaluate",
        &garbage.display().to_string(),
        "--data",
        "synthetic",
    ]);
    assert!(line.contains("notes.txt: not a model"), "{line}");
}

/// Weights of a PyTorch module with these shapes, and no more.
pub fn state_dict(folder: &Path, tensors: &[(&str, &[usize])]) -> PathBuf {
    let values: Vec<(String, Vec<usize>, Vec<u8>)> = tensors
        .iter()
        .map(|(name, dims)| {
            (
                (*name).to_owned(),
                dims.to_vec(),
                vec![0; 4 * dims.iter().product::<usize>()],
            )
        })
        .collect();
    let views = values.iter().map(|(name, dims, bytes)| {
        let view =
            safetensors::tensor::TensorView::new(safetensors::Dtype::F32, dims.clone(), bytes);
        (name.as_str(), view.unwrap())
    });
    let path = folder.join("state.safetensors");
    std::fs::write(&path, safetensors::serialize(views, None).unwrap()).unwrap();
    path
}

/// Why a file is not opened, which both languages say beginning with its name.
pub fn refused(path: &Path) -> ImportFault {
    match import::open(path) {
        Err(error @ ImportError::File { .. }) => {
            let line = error.to_string();
            assert!(line.starts_with(&path.display().to_string()), "{line}");
            let spanish = Language::Es.text().import_error(&error);
            assert!(
                spanish.starts_with(&path.display().to_string()) && spanish != line,
                "{spanish}"
            );
            let ImportError::File { fault, .. } = error else {
                unreachable!()
            };
            fault
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn weights_that_fit_several_networks_ask_for_one() {
    let folder = tempfile::tempdir().unwrap();
    // Conv, conv, pool or conv, pool, conv with same padding: 14×14 maps either way.
    let shapes: [(&str, &[usize]); 3] = [
        ("0.weight", &[4, 1, 3, 3]),
        ("2.weight", &[4, 4, 3, 3]),
        ("6.weight", &[10, 784]),
    ];
    let path = state_dict(folder.path(), &shapes);
    let ImportFault::Several { candidates, more } = refused(&path) else {
        panic!()
    };
    let labels: Vec<_> = candidates.iter().map(NetworkSpec::label).collect();
    assert_eq!(labels, ["4same-4same-p", "4same-p-4same"]);
    assert!(!more);
    let opened = import::open_as(&path, Some(&candidates[1])).unwrap();
    assert_eq!(opened.model.spec(), &candidates[1]);
    assert!(
        opened.notes.contains(&Note::NoBias("0".into())),
        "{:?}",
        opened.notes
    );
}

#[test]
fn layers_are_put_in_order_by_shapes_then_by_numbers() {
    let folder = tempfile::tempdir().unwrap();
    // By name `head` would come first and `out` before `body`.
    let by_shape: [(&str, &[usize]); 3] = [
        ("body.weight", &[16, 4 * 13 * 13]),
        ("head.weight", &[10, 16]),
        ("stem.weight", &[4, 1, 3, 3]),
    ];
    let opened = import::open(&state_dict(folder.path(), &by_shape)).unwrap();
    assert_eq!(opened.model.spec().label(), "4-p-d16");
    let numbered: [(&str, &[usize]); 4] = [
        ("net.10.weight", &[16, 16]),
        ("net.12.weight", &[10, 16]),
        ("net.6.weight", &[16, 784]),
        ("net.8.weight", &[16, 16]),
    ];
    let opened = import::open(&state_dict(folder.path(), &numbered)).unwrap();
    assert_eq!(opened.model.spec().label(), "d16-d16-d16");
    let named: [(&str, &[usize]); 4] = [
        ("a.weight", &[16, 16]),
        ("b.weight", &[16, 16]),
        ("in.weight", &[16, 784]),
        ("out.weight", &[10, 16]),
    ];
    let path = state_dict(folder.path(), &named);
    assert!(matches!(refused(&path), ImportFault::SeveralOrders(_)));
}

#[test]
fn what_convlens_lacks_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let open = |shapes: &[(&str, &[usize])]| refused(&state_dict(folder.path(), shapes));
    let norm = open(&[
        ("0.weight", &[4, 1, 3, 3]),
        ("1.running_mean", &[4]),
        ("4.weight", &[10, 676]),
    ]);
    assert!(
        matches!(&norm, ImportFault::Foreign { tensor, .. } if tensor == "1.running_mean"),
        "{norm}"
    );
    // One of two tensors that do not fit, and always the same.
    for _ in 0..8 {
        let foreign = open(&[
            ("0.weight", &[4, 1, 3, 3]),
            ("1.alpha", &[4]),
            ("2.beta", &[4]),
        ]);
        assert!(foreign.to_string().contains("`1.alpha` [4]"), "{foreign}");
    }
    let four = open(&[("0.weight", &[6, 4, 3, 3]), ("4.weight", &[10, 1014])]);
    assert!(matches!(four, ImportFault::Channels(4)), "{four}");
    let deeper = open(&[
        ("a.weight", &[6, 4, 3, 3]),
        ("b.weight", &[4, 5, 3, 3]),
        ("c.weight", &[10, 600]),
    ]);
    assert!(matches!(deeper, ImportFault::Channels(5)), "{deeper}");
    let apart = open(&[
        ("a.weight", &[6, 1, 3, 3]),
        ("b.weight", &[4, 5, 3, 3]),
        ("c.weight", &[10, 400]),
    ]);
    assert!(matches!(apart, ImportFault::NoOrder(_)), "{apart}");
    let other_size = open(&[("0.weight", &[4, 1, 3, 3]), ("4.weight", &[10, 1156])]);
    assert!(
        matches!(other_size, ImportFault::NoneFits(1156)),
        "{other_size}"
    );
    let kernel = open(&[("0.weight", &[4, 1, 12, 12]), ("4.weight", &[10, 256])]);
    assert!(
        matches!(
            kernel,
            ImportFault::Network(_) | ImportFault::Several { .. }
        ),
        "{kernel}"
    );

    let pickle = folder.path().join("model.pt");
    std::fs::write(&pickle, [0x80, 2, b'}', b'q']).unwrap();
    assert!(matches!(refused(&pickle), ImportFault::Pickle));
    let absent = folder.path().join("absent.keras");
    assert!(matches!(refused(&absent), ImportFault::Unreadable(_)));
}
