//! Networks of which files hold the weights alone: which one is taken, which others fit, and what they compute.

use std::path::Path;

use convlens_core::network::export::{self, WeightsFormat};
use convlens_core::network::import::{self, ImportError, ImportFault, Note, Scaling};
use convlens_core::network::{Model, NetworkSpec, Preset};

use super::import::{models, refused, state_dict};
use super::independent::pictures;
use super::support::{python, run_python};

fn labels(networks: &[NetworkSpec]) -> Vec<String> {
    networks.iter().map(NetworkSpec::label_and_input).collect()
}

/// The network that these weights are opened as, and the others that fit.
fn inferred(shapes: &[(&str, &[usize])]) -> (String, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let opened = import::open(&state_dict(folder.path(), shapes)).unwrap();
    let others = opened.notes.iter().find_map(|note| match note {
        Note::Inferred { others, .. } => Some(labels(others)),
        _ => None,
    });
    (opened.model.spec().label_and_input(), others.unwrap())
}

#[test]
fn a_network_is_called_the_only_one_only_if_it_is() {
    // Of pictures of 28×28 with a pool, or of 32×32 with two.
    let lenet: [(&str, &[usize]); 3] = [
        ("0.weight", &[6, 1, 5, 5]),
        ("1.weight", &[16, 6, 5, 5]),
        ("2.weight", &[10, 16 * 8 * 8]),
    ];
    let (taken, others) = inferred(&lenet);
    assert_eq!(taken, "6k5-p-16k5");
    let of_32 = others.iter().any(|other| other.ends_with("32×32"));
    assert!(of_32, "{others:?}");

    // Without a convolution or a pool there is nothing but the activation that shapes leave open.
    let (taken, others) = inferred(&[("a.weight", &[16, 784]), ("b.weight", &[10, 16])]);
    assert_eq!(taken, "d16");
    assert_eq!(others, ["d16tanh"]);
}

#[test]
fn networks_that_fit_as_well_as_each_other_are_all_named_and_open_as_named() {
    let folder = tempfile::tempdir().unwrap();
    // Two pools behind the convolution, or one before it and one behind.
    let shapes: [(&str, &[usize]); 2] = [("0.weight", &[10, 1, 3, 3]), ("1.weight", &[10, 490])];
    let path = state_dict(folder.path(), &shapes);
    let ImportFault::Several { candidates, .. } = refused(&path) else {
        panic!()
    };
    let named = labels(&candidates);
    for label in ["10same-p-p", "p-10same-p"] {
        assert!(named.contains(&label.to_owned()), "{named:?}");
    }
    for network in &candidates {
        let opened = import::open_as(&path, Some(network)).unwrap();
        assert_eq!(opened.model.spec(), network);
    }
}

/// The shapes of a normalization's four tensors.
fn norm(name: &str, channels: usize) -> Vec<(String, Vec<usize>)> {
    ["weight", "bias", "running_mean", "running_var"]
        .map(|part| (format!("{name}.{part}"), vec![channels]))
        .to_vec()
}

/// What convolutions of these names and a normalization are opened as, or why not: 28×28, without padding and pools.
fn with_norm(convs: [&str; 2], norm_name: &str, dense: &str) -> Result<String, ImportFault> {
    let folder = tempfile::tempdir().unwrap();
    let mut shapes = vec![
        (format!("{}.weight", convs[0]), vec![32, 1, 3, 3]),
        (format!("{}.weight", convs[1]), vec![32, 32, 3, 3]),
        (format!("{dense}.weight"), vec![10, 32 * 24 * 24]),
    ];
    shapes.extend(norm(norm_name, 32));
    let shapes: Vec<_> = (shapes.iter())
        .map(|(name, dims)| (name.as_str(), dims.as_slice()))
        .collect();
    match import::open(&state_dict(folder.path(), &shapes)) {
        Ok(opened) => Ok(opened.model.spec().label()),
        Err(ImportError::File { fault, .. }) => Err(fault),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_norm_stands_behind_the_layer_that_its_name_says() {
    let second = "32-32nobiasnone-bn-relu";
    let first = "32nobiasnone-bn-relu-32";
    // Of one block, of one number, one behind the other in a `Sequential`: sorted by name none of them is.
    for (convs, norm, dense, expected) in [
        (["0", "2.conv"], "2.bn", "5", second),
        (["conv1", "conv2"], "bn2", "fc", second),
        (["conv1", "conv2"], "bn1", "fc", first),
        (
            ["features.0", "features.3"],
            "features.4",
            "classifier",
            second,
        ),
        (
            ["features.0", "features.3"],
            "features.1",
            "classifier",
            first,
        ),
    ] {
        let opened = with_norm(convs, norm, dense);
        assert_eq!(opened.unwrap(), expected, "{norm}");
    }
    let unknown = with_norm(["a", "b"], "n", "z").unwrap_err();
    assert!(
        matches!(unknown, ImportFault::SeveralOrders(_)),
        "{unknown}"
    );
}

#[test]
fn pixels_that_are_turned_round_come_back_from_keras() {
    let folder = tempfile::tempdir().unwrap();
    let spec = NetworkSpec {
        normalization: Scaling::Inverted.normalization(1),
        ..Preset::Conv16.spec()
    };
    let model = Model::random(&spec, 3).unwrap();
    let path = folder.path().join("inverted.keras");
    export::save(&model, WeightsFormat::Keras, &path).unwrap();
    let opened = import::open(&path).unwrap();
    assert!(opened.says_pixels);
    assert_eq!(opened.model.spec(), &spec);
}

#[test]
fn norms_that_belong_to_no_layer_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = state_dict(
        folder.path(),
        &[
            ("0.weight", &[4, 1, 3, 3]),
            ("1.running_mean", &[5]),
            ("1.running_var", &[5]),
            ("2.weight", &[10, 676]),
        ],
    );
    assert!(matches!(refused(&path), ImportFault::NoOrder(names) if names == ["1"]));
}

fn logits(model: &Model) -> Vec<f32> {
    let test = pictures(2);
    let pixels = model.input((0..2).map(|index| test.image(index))).unwrap();
    model
        .logits(&pixels)
        .unwrap()
        .flatten_all()
        .unwrap()
        .to_vec1()
        .unwrap()
}

/// The one of the networks that its weights fit which computes this.
fn opened_as_it_was(path: &Path, expected: &[f32]) -> String {
    let (first, others) = match import::open(path) {
        Ok(opened) => {
            let note = opened.notes.into_iter().find_map(|note| match note {
                Note::Inferred { network, others } => Some((network, others)),
                _ => None,
            });
            note.unwrap()
        }
        Err(ImportError::File {
            fault: ImportFault::Several { mut candidates, .. },
            ..
        }) => (candidates.remove(0), candidates),
        Err(error) => panic!("{error}"),
    };
    let computes = |network: &&NetworkSpec| {
        if !network.input.is_default() {
            return false;
        }
        let model = import::open_as(path, Some(network)).unwrap().model;
        let apart = logits(&model).into_iter().zip(expected);
        apart.fold(0.0_f32, |most, (ours, theirs)| {
            most.max((ours - theirs).abs())
        }) < 1e-4
    };
    let all = || [&first].into_iter().chain(&others);
    let found = all().find(computes);
    let all: Vec<String> = all().map(NetworkSpec::label).collect();
    found
        .unwrap_or_else(|| panic!("{}: none of {all:?}", path.display()))
        .label()
}

fn floats(path: &Path) -> Vec<f32> {
    let bytes = std::fs::read(path).unwrap();
    let floats = bytes.chunks_exact(4);
    floats
        .map(|b| f32::from_le_bytes(b.try_into().unwrap()))
        .collect()
}

/// What a model computes is what the file of its `name` says.
fn computes(model: &Model, folder: &Path, name: &str) {
    let expected = floats(&folder.join(format!("{name}.logits")));
    let ours = logits(model);
    assert_eq!(ours.len(), expected.len(), "{name}");
    for (ours, theirs) in ours.iter().zip(&expected) {
        assert!((ours - theirs).abs() < 1e-4, "{name}: {ours} {theirs}");
    }
}

/// With `CONVLENS_PYTHON` naming a Python that has keras.
#[test]
fn what_keras_has_adapted_to_its_pictures_is_the_networks_normalization() {
    let test = "what_keras_has_adapted_to_its_pictures_is_the_networks_normalization";
    let Some(python) = python(test) else { return };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("pictures.bin"), pictures(2).pixels()).unwrap();
    run_python(&python, &[&models().join("adapted.py"), &folder], folder);
    for name in ["sequential", "functional"] {
        for ending in ["keras", "h5"] {
            let opened = import::open(&folder.join(format!("{name}.{ending}"))).unwrap();
            assert!(opened.says_pixels && opened.model.spec().normalization.is_some());
            computes(&opened.model, folder, name);
        }
    }
}

/// With `CONVLENS_PYTHON` naming a Python that has keras.
#[test]
fn models_among_the_layers_of_a_keras_model_are_part_of_it() {
    let test = "models_among_the_layers_of_a_keras_model_are_part_of_it";
    let Some(python) = python(test) else { return };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("pictures.bin"), pictures(2).pixels()).unwrap();
    run_python(&python, &[&models().join("nested.py"), &folder], folder);
    for name in ["augmented", "base"] {
        let path = |ending: &str| folder.join(format!("{name}.{ending}"));
        let whole = import::open(&path("keras")).unwrap().model;
        computes(&whole, folder, name);
        computes(&import::open(&path("h5")).unwrap().model, folder, name);
        let alone = import::open_as(&path("weights.h5"), Some(whole.spec())).unwrap();
        computes(&alone.model, folder, name);
    }
}

/// With `CONVLENS_PYTHON` naming a Python that has torch and safetensors.
#[test]
fn state_dicts_of_pytorch_with_norms_strides_and_groups_open_as_what_they_are() {
    let test = "state_dicts_of_pytorch_with_norms_strides_and_groups_open_as_what_they_are";
    let Some(python) = python(test) else { return };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("pictures.bin"), pictures(2).pixels()).unwrap();
    let script = models().join("inferred.py");
    run_python(&python, &[&script, &folder], folder);
    for name in ["norms", "apart", "depthwise", "oblong", "strides", "means"] {
        let expected = floats(&folder.join(format!("{name}.logits")));
        assert_eq!(expected.len(), 20);
        let endings = ["pt", "safetensors"];
        let [saved, plain] = endings.map(|ending| {
            let path = folder.join(format!("{name}.{ending}"));
            opened_as_it_was(&path, &expected)
        });
        assert_eq!(saved, plain, "{name}");
    }
}
