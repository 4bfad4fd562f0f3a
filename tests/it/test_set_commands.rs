//! The commands that judge a network and its filters over the whole test set.

use serde_json::Value;

use super::commands::{fault, json, output};

const DATA: [&str; 3] = ["--data", "synthetic", "--json"];

fn answer(arguments: &[&str]) -> Value {
    json(&output(&[arguments, &DATA].concat()))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value}"))
}

#[test]
fn confusion_counts_every_image_once() {
    let answer = answer(&["confusion", "--mistakes", "4"]);
    assert_eq!(answer["images"], 10_000);
    let counts = answer["counts"].as_array().unwrap();
    let mut right = 0;
    for (label, row) in counts.iter().enumerate() {
        let row: Vec<u64> = row
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c.as_u64().unwrap())
            .collect();
        let images: u64 = row.iter().sum();
        let class = &answer["classes"][label];
        assert_eq!(class["images"], images);
        assert!((number(&class["accuracy"]) * images as f64 - row[label] as f64).abs() < 1e-6);
        let rates = answer["rates"][label].as_array().unwrap();
        assert!((rates.iter().map(number).sum::<f64>() - 1.0).abs() < 1e-9);
        right += row[label];
    }
    assert!((number(&answer["accuracy"]) - right as f64 / 10_000.0).abs() < 1e-9);
    let evaluated = self::answer(&["evaluate"]);
    assert_eq!(evaluated["accuracy"], answer["accuracy"]);
    let listed = answer["listed"].as_array().unwrap();
    assert_eq!(listed.len(), 4);
    assert!(listed.iter().all(|m| m["label"] != m["predicted"]));
    let sure = |i: usize| number(&listed[i]["probability"]);
    assert!(sure(0) >= sure(1) && sure(1) >= sure(2) && sure(2) >= sure(3));

    let cell = format!("{},{}", listed[0]["label"], listed[0]["predicted"]);
    let of_cell = self::answer(&["confusion", "--cell", &cell]);
    let images = of_cell["listed"].as_array().unwrap();
    assert_eq!(images[0], listed[0], "the surest first");
    let at = |key: &str| listed[0][key].as_u64().unwrap() as usize;
    assert_eq!(counts[at("label")][at("predicted")], images.len());
}

#[test]
fn top_ranks_the_images_and_an_ablated_filter_excites_none() {
    let answer = answer(&["top", "--layer", "conv2", "--filter", "1"]);
    assert_eq!(
        (&answer["layer"], &answer["filter"]),
        (&"conv2".into(), &1.into())
    );
    let list = |name: &str| answer[name].as_array().unwrap().clone();
    let value = |image: &Value| number(&image["before_relu"]);
    let (most, least) = (list("most"), list("least"));
    assert_eq!((most.len(), least.len()), (9, 9));
    assert!(
        most.windows(2)
            .all(|pair| value(&pair[0]) >= value(&pair[1]))
    );
    assert!(
        least
            .windows(2)
            .all(|pair| value(&pair[0]) <= value(&pair[1]))
    );
    assert_eq!(most[0]["activation"], answer["maximum"]);
    for image in most.iter().chain(&least) {
        assert!(number(&image["row"]) < 11.0 && number(&image["column"]) < 11.0);
        // Three rows of pool1 are six of conv1, which see eight of the picture.
        let field = &image["receptive_field"];
        assert!((number(&field["row"]) - 2.0 * number(&image["row"])).abs() < 1e-9);
        assert!((number(&field["column"]) - 2.0 * number(&image["column"])).abs() < 1e-9);
        assert_eq!((&field["height"], &field["width"]), (&8.into(), &8.into()));
    }
}

#[test]
fn ablate_takes_filters_of_several_layers() {
    let answer = answer(&[
        "ablate",
        "--layer",
        "conv2",
        "--filters",
        "1,5",
        "--layer",
        "conv1",
        "--filters",
        "0",
        "--images",
        "0,7",
    ]);
    let off = serde_json::json!([
        {"layer": "conv1", "filters": [0]},
        {"layer": "conv2", "filters": [1, 5]},
    ]);
    assert_eq!(answer["off"], off);
    let confusion = self::answer(&["confusion"]);
    assert_eq!(answer["accuracy_before"], confusion["accuracy"]);
    for (class, score) in confusion["classes"].as_array().unwrap().iter().enumerate() {
        assert_eq!(
            answer["classes"][class]["accuracy_before"],
            score["accuracy"]
        );
    }
    let pictures = answer["pictures"].as_array().unwrap();
    assert_eq!(pictures.len(), 2);
    for picture in pictures {
        let (before, after) = (
            &picture["probabilities_before"],
            &picture["probabilities_after"],
        );
        assert_ne!(before, after);
        let sum: f64 = after.as_array().unwrap().iter().map(number).sum();
        assert!((sum - 1.0).abs() < 1e-5);
    }
}

#[test]
fn without_any_filter_only_the_biases_behind_decide() {
    let all: Vec<String> = (0..64).map(|f| f.to_string()).collect();
    let answer = answer(&["ablate", "--layer", "conv2", "--filters", &all.join(",")]);
    let pictures = answer["pictures"].as_array().unwrap();
    let after = |i: usize| &pictures[i]["probabilities_after"];
    assert!(after(0) == after(1) && after(1) == after(2));
    let accuracy = number(&answer["accuracy_after"]);
    assert!(
        (accuracy - 0.1).abs() < 0.03,
        "one class for all: {accuracy}"
    );
}

#[test]
fn faults_name_what_would_do() {
    for (arguments, words) in [
        (
            vec!["top", "--layer", "pool1", "--filter", "0"],
            ["pool1", "conv1, conv2"],
        ),
        (
            vec!["top", "--layer", "conv1", "--filter", "64"],
            ["filter 64", "choose 0 to 63"],
        ),
        (
            vec!["ablate", "--layer", "conv2", "--filters", "1,99"],
            ["filter 99", "choose 0 to 63"],
        ),
        (
            vec![
                "ablate",
                "--layer",
                "conv2",
                "--filters",
                "1",
                "--filters",
                "2",
            ],
            ["--layer", "one --filters after each"],
        ),
        (
            vec![
                "ablate",
                "--layer",
                "conv2",
                "--filters",
                "1",
                "--images",
                "10000",
                "--data",
                "synthetic",
            ],
            ["10000", "choose 0 to 9999"],
        ),
        (vec!["confusion", "--cell", "10,0"], ["cell 10,0", "0 to 9"]),
    ] {
        let line = fault(&arguments);
        for word in words {
            assert!(line.contains(word), "{arguments:?}: {line}");
        }
    }
}
