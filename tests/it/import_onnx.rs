//! ONNX models: those of `tests/models`, and the same changed by hand.

use std::fs;
use std::path::{Path, PathBuf};

use convlens::text::Language;
use convlens_core::explore::activations;
use convlens_core::network::import::{self, Format, ImportError, ImportFault, LayerReason};
use convlens_core::network::{LayerKind, Normalization, Real};

use super::commands::{json, output};
use super::import::{agrees, models};

#[test]
fn onnx_of_pytorch_and_keras_computes_here_what_it_computes_there() {
    for (file, expected) in [
        // Some weights are in torch.onnx.data.
        ("torch.onnx", "torch"),
        ("torch-script.onnx", "torch"),
        // With transposes, and the arithmetic of a shape.
        ("keras.onnx", "keras"),
    ] {
        let opened = import::open(&models().join(file)).unwrap();
        assert_eq!(opened.format, Format::Onnx, "{file}");
        assert_eq!(opened.model.spec().label(), "2-p-3k5same-p-d5", "{file}");
        assert_eq!(opened.notes, [], "{file}");
        let expected = models().join(format!("{expected}.expected.safetensors"));
        agrees(&opened.model, &expected);
    }
    let file = models().join("keras.onnx").display().to_string();
    let keras = models().join("keras.keras").display().to_string();
    // The exporter leaves out dropout, which has no weights.
    let total = |file: &str| json(&output(&["summary", file, "--json"]))["total"].clone();
    assert_eq!(total(&file), total(&keras));
}

/// What `make.py` normalized.
#[test]
fn what_is_done_to_pixels_before_the_first_layer_becomes_the_networks_normalization() {
    let opened = import::open(&models().join("torch-normalized.onnx")).unwrap();
    let real = |numbers: [f32; 3]| numbers.map(Real::new).to_vec();
    let normalization = Normalization {
        mean: real([0.3, 0.4, 0.5]),
        deviation: real([0.2, 0.25, 0.3]),
    };
    assert_eq!(opened.model.spec().normalization, Some(normalization));
    let bytes: Vec<u8> = (0..8 * 8 * 3_u32).map(|i| (i * 37 % 251) as u8).collect();
    let x = opened.model.input([bytes.as_slice()]).unwrap();
    let logits = opened.model.logits(&x).unwrap();
    let logits = logits.flatten_all().unwrap().to_vec1::<f32>().unwrap();
    // By PyTorch.
    for (ours, theirs) in logits.iter().zip([-0.389_103_23, 0.108_454_12]) {
        assert!((ours - theirs).abs() < 1e-5, "{ours}, there {theirs}");
    }
}

/// As tf2onnx writes them, a number a channel at a time; made by `tf2onnx.py`.
#[test]
fn batch_normalizations_of_tf2onnx_are_read_from_their_products_and_sums() {
    let opened = import::open(&models().join("tf2onnx.onnx")).unwrap();
    let layers = opened.model.layers().iter();
    let norms: Vec<&str> = layers
        .filter(|layer| matches!(layer.kind, LayerKind::BatchNorm { .. }))
        .map(|layer| layer.name.as_str())
        .collect();
    assert_eq!(norms, ["norm1", "norm2", "norm3"]);
    let picture: Vec<u8> = (0..784_u32).map(|i| (i * 37 % 251) as u8).collect();
    let said = activations(&opened.model, [picture.as_slice()]).unwrap();
    // By Keras.
    let expected = [
        0.078_919_515,
        0.069_308_98,
        0.363_204_03,
        0.030_451_111,
        0.035_374_71,
        0.047_992_118,
        0.160_580_11,
        0.089_583_26,
        0.069_675_855,
        0.054_910_403,
    ];
    for (ours, theirs) in said.probabilities[0].iter().zip(expected) {
        assert!((ours - theirs).abs() < 1e-5, "{ours}, there {theirs}");
    }
}

/// The content of a model with one text in place of another of the same length.
pub fn replaced(file: &str, from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let bytes = fs::read(models().join(file)).unwrap();
    let mut changed = bytes.clone();
    let places =
        (0..bytes.len() - from.len()).filter(|&at| bytes[at..].starts_with(from.as_bytes()));
    let mut count = 0;
    for at in places {
        changed[at..at + to.len()].copy_from_slice(to.as_bytes());
        count += 1;
    }
    assert!(count > 0, "{from}");
    changed
}

fn written(folder: &Path, bytes: &[u8]) -> PathBuf {
    let path = folder.join("torch.onnx");
    fs::write(&path, bytes).unwrap();
    path
}

fn fault(path: &Path) -> ImportFault {
    let error = import::open(path).unwrap_err();
    let spanish = Language::Es.text().import_error(&error);
    assert_ne!(spanish, error.to_string());
    match error {
        ImportError::File { fault, .. } => fault,
        ImportError::Own(error) => panic!("{error}"),
    }
}

#[test]
fn what_convlens_lacks_is_named_node_by_node() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |from: &str, to: &str| {
        fault(&written(
            folder.path(),
            &replaced("torch-script.onnx", from, to),
        ))
    };
    let ImportFault::Layers(faults) = refused("Relu", "Sinh") else {
        panic!()
    };
    let sinh = faults.iter().filter(|fault| fault.class == "Sinh");
    let sinh: Vec<_> = sinh
        .map(|fault| (fault.number, fault.reason.clone()))
        .collect();
    let class = LayerReason::Class;
    assert_eq!(sinh, [(2, class.clone()), (5, class.clone()), (9, class)]);

    let branched = refused("/3/Conv_output_0", "/0/Conv_output_0");
    assert!(matches!(branched, ImportFault::Tangled(_)), "{branched}");
    let sizes = refused("kernel_shape", "kernel_sides");
    assert!(
        matches!(&sizes, ImportFault::Layers(faults)
        if matches!(faults[0].reason, LayerReason::Setting { option: "kernel_shape", .. })),
        "{sizes}"
    );
}

#[test]
fn weights_beside_a_model_are_read_from_there_and_from_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(
        folder.path(),
        &fs::read(models().join("torch.onnx")).unwrap(),
    );
    let missing = fault(&path);
    assert!(
        matches!(missing, ImportFault::WeightsBeside { .. }),
        "{missing}"
    );
    let data = folder.path().join("torch.onnx.data");
    let good = fs::read(models().join("torch.onnx.data")).unwrap();
    fs::write(&data, &good[..good.len() - 1]).unwrap();
    let short = fault(&path);
    assert!(
        matches!(short, ImportFault::WeightsBeside { .. }),
        "{short}"
    );
    fs::write(&data, &good).unwrap();
    import::open(&path).unwrap();

    // The file is there, by another way than its name.
    fs::create_dir(folder.path().join("sub")).unwrap();
    fs::write(folder.path().join("sub/onnx.data12"), &good).unwrap();
    for location in [
        "sub/onnx.data12",
        "./sub/onnx.dat",
        "../../etc/hosts",
        "C:\\onnx.data123",
    ] {
        let location = format!("{location:<15.15}");
        let path = written(
            folder.path(),
            &replaced("torch.onnx", "torch.onnx.data", &location),
        );
        let elsewhere = fault(&path);
        assert!(
            matches!(elsewhere, ImportFault::WeightsElsewhere(_)),
            "{location}: {elsewhere}"
        );
    }
    #[cfg(unix)]
    {
        // A folder, not a file.
        let path = written(
            folder.path(),
            &replaced("torch.onnx", "torch.onnx.data", "torch.onnx.dir!"),
        );
        fs::create_dir(folder.path().join("torch.onnx.dir!")).unwrap();
        let not_a_file = fault(&path);
        assert!(
            matches!(not_a_file, ImportFault::WeightsBeside { .. }),
            "{not_a_file}"
        );
    }
}

/// A field of a message of ONNX.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![number << 3 | 2];
    let mut length = content.len();
    while length > 127 {
        bytes.push(length as u8 | 128);
        length >>= 7;
    }
    bytes.push(length as u8);
    bytes.extend(content);
    bytes
}

#[test]
fn weights_that_many_nodes_name_are_read_within_one_bound() {
    let folder = tempfile::tempdir().unwrap();
    // 1024×1024 values.
    let dims = [0x0a, 0x04, 0x80, 0x08, 0x80, 0x08];
    let tensor = [
        &dims[..],
        &[0x10, 1],
        &field(8, b"w"),
        &field(9, &vec![0; 4 << 20]),
    ]
    .concat();
    let model = |nodes: usize| {
        let name = |node: usize| format!("x{node}").into_bytes();
        let nodes = (0..nodes).flat_map(|node| {
            let names = [
                field(1, &name(node)),
                field(1, b"w"),
                field(2, &name(node + 1)),
            ];
            field(1, &[names.concat(), field(4, b"MatMul")].concat())
        });
        let nodes: Vec<u8> = nodes.collect();
        let ends = [field(11, &field(1, b"x0")), field(12, &field(1, b"x26"))];
        let graph = [nodes, field(5, &tensor), ends.concat()].concat();
        [vec![0x08, 10], field(7, &graph)].concat()
    };
    let within = fault(&written(folder.path(), &model(20)));
    assert!(
        !matches!(within, ImportFault::TooManyWeights(_)),
        "{within}"
    );
    let beyond = fault(&written(folder.path(), &model(26)));
    assert!(matches!(beyond, ImportFault::TooManyWeights(_)), "{beyond}");
}

#[test]
fn lengths_and_counts_are_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    // A graph said to be of 4·10¹⁸ bytes.
    let long = [
        0x08, 10, 0x3a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x38,
    ];
    let fault_of = |bytes: &[u8]| fault(&written(folder.path(), bytes));
    assert!(matches!(fault_of(&long), ImportFault::Onnx(_)));
    // Ten thousand empty nodes.
    let nodes = [0x0a, 0].repeat(10_000);
    let many = [&[0x08, 10, 0x3a, 0xa0, 0x9c, 0x01][..], &nodes].concat();
    let many = fault_of(&many);
    assert!(many.to_string().contains("10000 nodes"), "{many}");
    // A tensor of 2⁴⁰ values in a file of a few bytes, and graphs in graphs.
    let dims = [0x0a, 0x06, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20];
    let tensor = [&dims[..], &[0x10, 1, 0x42, 1, b'w']].concat();
    let node = [
        &[0x0a, 1, b'x', 0x0a, 1, b'w', 0x12, 1, b'y', 0x22, 4][..],
        b"Conv",
    ]
    .concat();
    let input = [0x0a, 1, b'x'];
    let output = [0x0a, 1, b'y'];
    let graph = [
        field(1, &node),
        field(5, &tensor),
        field(11, &input),
        field(12, &output),
    ]
    .concat();
    let model = [vec![0x08, 10], field(7, &graph)].concat();
    let huge = fault_of(&model);
    assert!(matches!(huge, ImportFault::TooManyWeights(_)), "{huge}");
}
