//! Figures, tables, models and runs, saved by commands.

use super::commands::{fault, output};
use super::sent_runs::small_run;

#[test]
fn figures_tables_models_and_runs_are_written_by_commands() {
    let (folder, store, id) = small_run();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let runs = store.root().display().to_string();
    let id = id.to_string();
    let text = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();

    let svg = path("figure.svg");
    let maps = [
        "maps",
        "--data",
        "synthetic",
        "--language",
        "es",
        "--range",
        "per-layer",
    ];
    output(&[&maps[..], &["--out", &svg]].concat());
    let figure = text("figure.svg");
    for word in [
        "Mapas de características",
        "Botín",
        "mínimo",
        "máximo",
        "por capa",
        "conv2 · 1",
    ] {
        assert!(figure.contains(word), "{word}");
    }

    let export = |name: &str, more: &[&str]| {
        let out = path(name);
        let arguments = ["export", "--run", &id, "--runs", &runs, "--out", &out];
        output(&[&arguments[..], more].concat());
    };
    export("run.convlens", &[]);
    export("run.keras", &[]);
    export("batches.csv", &[]);
    export("epochs.csv", &["--epochs"]);
    let batches = text("batches.csv");
    assert!(
        batches.starts_with("batch,epochs,loss,accuracy,smoothed_loss\n1,0.1,"),
        "{batches}"
    );
    assert_eq!(batches.lines().count(), 21);
    assert_eq!(text("epochs.csv").lines().count(), 3);

    // The newest weights, from each.
    let summary = |file: &str| output(&["evaluate", &path(file), "--data", "synthetic", "--json"]);
    let accuracy = |file: &str| {
        let value: serde_json::Value = serde_json::from_str(&summary(file)).unwrap();
        value["accuracy"].as_f64().unwrap()
    };
    assert!((accuracy("run.keras") - accuracy("run.convlens")).abs() < 1e-9);

    // What is known of a run's network is its newest weights, for `import` too.
    output(&[
        "import",
        &path("run.convlens"),
        "--out",
        &path("own.safetensors"),
    ]);
    assert!((accuracy("own.safetensors") - accuracy("run.convlens")).abs() < 1e-9);

    let elsewhere = path("elsewhere");
    let number = output(&["runs", "open", &path("run.convlens"), "--runs", &elsewhere]);
    assert_eq!(number.trim(), "1");
    let code = [
        "code",
        "keras",
        "--run",
        "1",
        "--runs",
        &elsewhere,
        "--data",
        "synthetic",
    ];
    assert!(output(&code).contains("keras.Sequential"));

    let csv = output(&["confusion", "--data", "synthetic", "--csv"]);
    assert!(
        csv.starts_with("true,name,0 T-shirt/top,1 Trouser"),
        "{csv}"
    );
    assert_eq!(csv.lines().count(), 11);
    let pairs = [
        "compare-maps",
        "--images",
        "0,7,26",
        "--layer",
        "conv1",
        "--csv",
    ];
    let csv = output(&[&pairs[..], &["--data", "synthetic"]].concat());
    assert_eq!(csv.lines().count(), 4, "{csv}");

    let line = fault(&["export", "--out", &path("x.csv")]);
    assert!(line.contains("name a file ending in"), "{line}");
    let line = fault(&[
        "export",
        "--run",
        &id,
        "--runs",
        &runs,
        "--out",
        &path("x.txt"),
    ]);
    assert!(line.contains("name a file ending in"), "{line}");
}
