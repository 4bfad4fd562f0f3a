//! Runs on the command line.

use assert_cmd::Command;
use serde_json::Value;

use super::support::write_small_dataset;

/// A folder with pictures, and runs trained on them.
pub struct Folder(pub tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_small_dataset(folder.path());
        Self(folder)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::cargo_bin("convlens").expect("the program is built");
        command.env("CONVLENS_RUNS", self.0.path().join("runs"));
        command.args(arguments);
        command
    }

    /// Standard output of a command that must work.
    pub fn output(&self, arguments: &[&str]) -> String {
        let assert = self.command(arguments).assert().success();
        String::from_utf8(assert.get_output().stdout.clone()).unwrap()
    }

    /// Standard error of one that must fail.
    pub fn fault(&self, arguments: &[&str]) -> String {
        let assert = self.command(arguments).assert().failure();
        String::from_utf8(assert.get_output().stderr.clone()).unwrap()
    }

    pub fn lines(&self, arguments: &[&str]) -> Vec<Value> {
        let output = self.output(arguments);
        output
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    fn train(&self, arguments: &[&str]) -> Vec<Value> {
        let data = self.0.path().display().to_string();
        let first = ["train", "--data", &data, "--threads", "2", "--json"];
        self.lines(&[&first[..], arguments].concat())
    }

    fn weights(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }
}

#[test]
fn a_run_is_recorded_continued_listed_compared_and_thrown_away() {
    let folder = Folder::new();
    let (five, two) = (
        folder.weights("five.safetensors"),
        folder.weights("two.safetensors"),
    );
    let settings = ["--network", "16-16", "--validation", "10"];
    folder.train(&[&settings[..], &["--epochs", "5", "--out", &five]].concat());
    assert!(
        folder.lines(&["runs", "--json"]).is_empty(),
        "not recorded unless asked"
    );

    let lines = folder.train(&[&settings[..], &["--epochs", "3", "--name", "first"]].concat());
    assert_eq!(lines.len(), 3);
    assert!(lines[0]["validation_accuracy"].as_f64().is_some());
    assert!(lines[0]["test_accuracy"].as_f64().is_some());
    // The data set is found again by itself.
    let more = [
        "train",
        "--continue",
        "first",
        "--epochs",
        "2",
        "--json",
        "--out",
        &two,
    ];
    let lines = folder.lines(&more);
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["epoch"], 4);
    assert_eq!(std::fs::read(&two).unwrap(), std::fs::read(&five).unwrap());

    let runs = folder.lines(&["runs", "--json"]);
    assert_eq!(runs.len(), 1);
    assert_eq!(
        (&runs[0]["id"], &runs[0]["name"]),
        (&1.into(), &"first".into())
    );
    assert_eq!(runs[0]["status"], "finished");
    assert_eq!(runs[0]["epochs"].as_array().unwrap().len(), 5);
    assert_eq!(runs[0]["config"]["epochs"], 5);
    let weights = format!(
        "{}/checkpoints/0000000045.safetensors",
        runs[0]["folder"].as_str().unwrap()
    );
    assert_eq!(
        std::fs::read(weights).unwrap(),
        std::fs::read(&five).unwrap()
    );

    folder.train(&["--network", "dense", "--epochs", "1", "--record"]);
    folder.output(&["runs", "pin", "2"]);
    folder.output(&["runs", "rename", "2", "the baseline"]);
    let table = folder.output(&["runs"]);
    assert!(table.contains("2*  the baseline"), "{table}");
    let compared = folder.lines(&["compare", "first", "the baseline", "--json"]);
    assert_eq!(compared[0]["baseline"], 2);
    let csv = folder.output(&["compare", "1", "2", "--csv"]);
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    let headers = rows.headers().unwrap().clone();
    assert!(headers.iter().any(|h| h == "network") && headers.iter().all(|h| h != "seed"));
    let gain = headers.iter().position(|h| h == "gain").unwrap();
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(&rows[1][gain], "0");
    assert!(
        folder
            .output(&["compare", "1", "2"])
            .contains("the baseline")
    );

    folder.output(&["runs", "delete", "first"]);
    assert_eq!(folder.lines(&["runs", "--json"]).len(), 1);
    assert_eq!(folder.output(&["runs", "restore"]), "1\n");
    folder.output(&["runs", "restore", "1"]);
    assert_eq!(folder.lines(&["runs", "--json"]).len(), 2);
}

#[test]
fn a_sweep_trains_and_keeps_a_run_for_each_value() {
    let folder = Folder::new();
    let data = folder.0.path().display().to_string();
    let lines = folder.lines(&[
        "sweep",
        "--filters",
        "4,8",
        "--seeds",
        "1,2",
        "--network",
        "16-16",
        "--epochs",
        "1",
        "--data",
        &data,
        "--json",
    ]);
    assert_eq!(lines.len(), 4);
    let seen: Vec<_> = lines
        .iter()
        .map(|run| {
            let filters = &run["config"]["network"]["layers"][0]["filters"];
            (
                filters.as_u64().unwrap(),
                run["config"]["seed"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(seen, [(4, 1), (4, 2), (8, 1), (8, 2)]);
    assert!(lines.iter().all(|run| run["experiment"] == "sweep"));
    assert!(lines.iter().all(|run| run["test_accuracy"].is_number()));
    let names: Vec<_> = lines
        .iter()
        .map(|run| run["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "4-p-4-p-d128",
            "4-p-4-p-d128 (2)",
            "8-p-8-p-d128",
            "8-p-8-p-d128 (2)"
        ]
    );
}

#[test]
fn what_cannot_be_is_one_line_with_a_remedy() {
    let folder = Folder::new();
    folder.train(&["--network", "dense", "--epochs", "1", "--record"]);
    for (arguments, words) in [
        (
            vec!["train", "--continue", "7"],
            vec!["7", "no such run", "convlens runs"],
        ),
        (
            vec!["train", "--continue", "1"],
            vec!["all of its 1 epochs", "--epochs"],
        ),
        (
            vec!["train", "--continue", "1", "--epochs", "1000"],
            vec!["1001"],
        ),
        (
            vec![
                "train",
                "--continue",
                "1",
                "--epochs",
                "1",
                "--data",
                "synthetic",
            ],
            vec!["other data", "open that data set"],
        ),
        (
            vec!["train", "--validation", "51"],
            vec!["validation", "choose 0"],
        ),
        (
            vec!["sweep", "--filters", "16,600"],
            vec!["600 filters", "choose 1"],
        ),
        (vec!["compare", "1", "none"], vec!["none", "no such run"]),
        (vec!["runs", "restore", "1"], vec!["not in the trash"]),
    ] {
        let line = folder.fault(&arguments);
        assert_eq!(line.trim_end().lines().count(), 1, "{line}");
        for word in words {
            assert!(line.contains(word), "{arguments:?}: {line}");
        }
    }
    let clash = folder.fault(&["train", "--continue", "1", "--seed", "3"]);
    assert!(clash.contains("--seed"), "{clash}");
}

#[test]
fn a_run_finds_its_data_from_wherever_it_is_continued() {
    let folder = Folder::new();
    let train = [
        "train", "--data", ".", "--epochs", "1", "--images", "64", "--record",
    ];
    folder
        .command(&train)
        .current_dir(folder.0.path())
        .assert()
        .success();
    let run = &folder.lines(&["runs", "--json"])[0];
    let data = run["environment"]["data"]["folder"].as_str().unwrap();
    let here = std::fs::canonicalize(folder.0.path()).unwrap();
    assert!(std::path::Path::new(data).is_absolute(), "{data}");
    assert_eq!(std::fs::canonicalize(data).unwrap(), here);
    folder.output(&["train", "--continue", "1", "--epochs", "1"]);
}

/// macOS takes no such names.
#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_text_are_names_like_others() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let folder = tempfile::tempdir().unwrap();
    let odd = folder.path().join(OsStr::from_bytes(b"caf\xe9"));
    std::fs::create_dir(&odd).unwrap();
    write_small_dataset(&odd);
    let file = |name: &[u8]| odd.join(OsStr::from_bytes(name)).into_os_string();
    let network = file(b"red\xe9.toml");
    std::fs::write(&network, "layers = [{ type = \"dense\", units = 8 }]").unwrap();
    let run = |words: &str, more: &[&OsStr]| -> String {
        let mut command = Command::cargo_bin("convlens").expect("the program is built");
        command.env("CONVLENS_RUNS", odd.join("runs"));
        let assert = command.args(words.split(' ')).args(more).assert().success();
        String::from_utf8(assert.get_output().stdout.clone()).unwrap()
    };
    let weights = file(b"w\xe9.safetensors");
    run(
        "train --epochs 1 --images 64 --record --data",
        &[
            odd.as_os_str(),
            OsStr::new("--network"),
            &network,
            OsStr::new("--out"),
            &weights,
        ],
    );
    run("train --continue 1 --epochs 1", &[]);
    let listed: Value = serde_json::from_str(&run("runs --json", &[])).unwrap();
    assert_eq!(listed["epochs"].as_array().unwrap().len(), 2);
    let own = convlens_core::paths::from_text(listed["folder"].as_str().unwrap());
    assert_eq!(own, odd.join("runs/0001"));
    run("evaluate --data", &[odd.as_os_str(), &weights]);
    let keras = file(b"w\xe9.keras");
    run("export --out", &[&keras, &weights]);
    run("summary", &[&keras]);
    let sent = file(b"r\xe9.convlens");
    run("export --run 1 --out", &[&sent]);
    assert_eq!(run("runs open", &[&sent]), "2\n");
    let code = run("code pytorch --data", &[odd.as_os_str()]);
    assert!(code.contains(r"caf\udce9"), "{code}");
}

#[test]
fn a_run_that_patience_has_ended_is_kept_as_it_ended_and_goes_on() {
    let folder = Folder::new();
    let settings = [
        "--network",
        "dense",
        "--images",
        "300",
        "--learning-rate",
        "0.02",
        "--validation",
        "20",
        "--patience",
        "2",
        "--augment",
        "flip,shift=0.05",
        "--normalize",
    ];
    let name = ["--epochs", "60", "--name", "patient"];
    let trained = folder.train(&[&settings[..], &name].concat()).len();
    assert!(trained < 60, "{trained}");
    let kept = || folder.lines(&["runs", "--json"])[0].clone();
    let run = kept();
    assert_eq!(run["status"], "finished");
    assert_eq!(run["epochs"].as_array().unwrap().len(), trained);
    assert_eq!(run["config"]["epochs"], 60);
    assert_eq!(run["config"]["patience"], 2);
    assert_eq!(run["config"]["augmentation"]["flip"], true);
    let mean = &run["config"]["network"]["normalization"]["mean"][0];
    assert!((0.05..0.6).contains(&mean.as_f64().unwrap()), "{mean}");
    let over = folder.fault(&["train", "--continue", "patient"]);
    assert!(over.contains("patience ended run 1"), "{over}");
    let more = ["train", "--continue", "patient", "--json", "--epochs"];
    assert_eq!(folder.lines(&[&more[..], &["1"]].concat()).len(), 1);
    assert_eq!(kept()["epochs"].as_array().unwrap().len(), trained + 1);
    assert_eq!(kept()["config"]["epochs"], trained + 1);
}
