//! `convlens embed`: what it prints and saves, and its numbers against NumPy's.

use serde_json::Value;

use super::commands::{fault, json, output};
use super::support::{python, root, run_python};

const DATA: [&str; 4] = ["--data", "synthetic", "--images", "400"];

fn answer(arguments: &[&str]) -> Value {
    json(&output(&[&["embed", "--json"], arguments, &DATA].concat()))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value}"))
}

#[test]
fn a_layer_is_laid_out_in_every_kind_of_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let csv = file("points.csv");
    let pca = answer(&["--layer", "pool2", "--out", &csv, "--threads", "1"]);
    assert_eq!(
        (&pca["values"], &pca["images"]),
        (&1600.into(), &400.into())
    );
    let shares = pca["explained"].as_array().unwrap();
    assert_eq!(shares.len(), 50);
    let shares: Vec<f64> = shares.iter().map(number).collect();
    assert!(shares.is_sorted_by(|a, b| a >= b) && shares.iter().sum::<f64>() < 1.0);
    let points = pca["points"].as_array().unwrap();
    let table = std::fs::read_to_string(&csv).unwrap();
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!((lines[0], lines.len()), ("image,label,name,x,y", 401));
    let first: Vec<&str> = lines[1].split(',').collect();
    let point = &points[0];
    assert_eq!(first[0], point["image"].to_string());
    assert_eq!(first[1], point["label"].to_string());
    let apart = number(&point["x"]) - first[3].parse::<f64>().unwrap();
    assert!(apart.abs() < 1e-4, "{apart}");

    let again = answer(&["--layer", "pool2", "--threads", "3"]);
    assert_eq!(pca["points"], again["points"], "threads do not matter");
    let others = answer(&["--layer", "pool2", "--seed", "2"]);
    assert_ne!(pca["points"], others["points"]);

    let svg = file("figure.svg");
    let tsne = [
        "--layer",
        "pool2",
        "--method",
        "tsne",
        "--perplexity",
        "20",
        "--language",
        "es",
    ];
    let tsne = answer(&[&tsne[..], &["--out", &svg]].concat());
    assert_eq!(
        (&tsne["perplexity"], tsne["method"].as_str()),
        (&20.0.into(), Some("tsne"))
    );
    assert!(number(&tsne["divergence"]) > 0.0);
    let figure = std::fs::read_to_string(&svg).unwrap();
    for words in [
        "t-SNE · pool2",
        "400 imágenes de prueba",
        "Red preentrenada",
        "sintéticas",
        "perplejidad 20",
        "Botín",
    ] {
        assert!(figure.contains(words), "{words}");
    }
    assert!(!figure.contains("componente 1"));
    let png = file("figure.png");
    let words = output(&[&["embed", "--layer", "dense2", "--out", &png], &DATA[..]].concat());
    assert!(
        words.contains("dense2: 10 values") && words.contains("nearest neighbours"),
        "{words}"
    );
    let size = image::image_dimensions(&png).unwrap();
    assert!(size.0 > 1800 && size.1 > 1800, "{size:?}");
}

#[test]
fn without_a_layer_all_layers_are_compared() {
    let table = answer(&[]);
    let layers = table["layers"].as_array().unwrap();
    let names: Vec<&str> = layers
        .iter()
        .map(|layer| layer["layer"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "pixels", "conv1", "pool1", "conv2", "pool2", "dense1", "dense2"
        ]
    );
    for layer in layers {
        assert!(
            (0.5..=1.0).contains(&number(&layer["neighbour_accuracy"])),
            "{layer}"
        );
        assert!(
            (-1.0..=1.0).contains(&number(&layer["silhouette"])),
            "{layer}"
        );
        assert!(
            (0.0..=1.000_001).contains(&number(&layer["explained"])),
            "{layer}"
        );
    }
    // A network that was trained parts the classes: behind it they are farther apart than on the pictures.
    assert!(
        number(&layers[6]["silhouette"]) > number(&layers[0]["silhouette"]) + 0.1,
        "{table}"
    );
    assert_eq!(layers[6]["components"], 10);
    let words = output(&[&["embed"], &DATA[..]].concat());
    assert!(
        words.contains("neighbour accuracy") && words.contains("dense2"),
        "{words}"
    );
}

#[test]
fn faults_say_what_would_do() {
    for (arguments, words) in [
        (
            vec!["--layer", "conv9"],
            ["layer conv9", "pixels, conv1, pool1"],
        ),
        (
            vec!["--layer", "conv1", "--images", "2"],
            ["2 pictures", "choose 3 to 20000"],
        ),
        (
            vec!["--layer", "dense2", "--images", "60", "--method", "tsne"],
            ["perplexity 30", "choose 1 to 19"],
        ),
        (
            vec!["--layer", "dense2", "--out", "points.txt"],
            ["points.txt", ".csv, .npz, .png or .svg"],
        ),
        (
            vec!["--layer", "dense2", "--out", "none/points.csv"],
            ["none", "create it first"],
        ),
    ] {
        let line = fault(&[&["embed", "--data", "synthetic"], &arguments[..]].concat());
        for word in words {
            assert!(line.contains(word), "{arguments:?}: {line}");
        }
    }
}

/// With `CONVLENS_PYTHON` naming a Python that has numpy; scikit-learn is asked too if it is there.
#[test]
fn numbers_are_those_of_numpy() {
    let test = "embed_command::numbers_are_those_of_numpy";
    let Some(python) = python(test) else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    // All maps of these are saved too: of more that takes half a minute.
    let data = ["--data", "synthetic", "--images", "150"];
    let save = |name: &str, arguments: &[&str]| {
        let out = file(&format!("{name}.npz"));
        let all = [&["embed", "--json"], arguments, &["--out", &out], &data];
        let answer = json(&output(&all.concat()));
        std::fs::write(file(&format!("{name}.json")), answer.to_string()).unwrap();
        answer
    };
    let pool2 = save("pool2", &["--layer", "pool2"]);
    save("pixels", &["--layer", "pixels"]);
    save("tsne", &["--layer", "pool2", "--method", "tsne"]);
    let images = pool2["points"]
        .as_array()
        .unwrap()
        .iter()
        .map(|point| point["image"].to_string());
    let images = images.collect::<Vec<_>>().join(",");
    output(&[
        "maps",
        "--data",
        "synthetic",
        "--images",
        &images,
        "--out",
        &file("maps.npz"),
    ]);
    let script = root().join("tests/it/embed_command.py");
    let said = run_python(&python, &[&script, &folder.path()], folder.path());
    assert!(said.contains("as NumPy has it"), "{said}");
    println!("{said}");
}
