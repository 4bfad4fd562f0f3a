//! What can be taken away: models that Keras and PyTorch open, programs that they run, runs that
//! another computer takes in, figures and tables.

use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use candle_core::{Device, Tensor};
use convlens::dataset::{self, Gallery, ImageId, Origin};
use convlens::figures::{self, MapsSettings, Shown, map_set};
use convlens::network::export::{self, WeightsFormat};
use convlens::network::import::{self, Format};
use convlens::network::{LayerSpec, Model, NetworkSpec, Padding, Parameters, Preset, weights};
use convlens::render::RangeMode;
use convlens::text::{Framework, Language};
use convlens::training::runs::{CheckpointCache, NewRun, RunError, RunId, Store, package};
use convlens::training::{Command as Tell, Event, RunConfig, Start, Trainer};
use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::commands::{fault, output};
use super::import::{agrees, models};
use super::support::{skipped, small_config, small_dataset, small_network, write_small_dataset};

fn conv(filters: usize, kernel: usize, padding: Padding) -> LayerSpec {
    LayerSpec::Conv {
        filters,
        kernel,
        padding,
    }
}

/// The networks whose round trip through Keras and PyTorch is tested.
fn networks() -> Vec<(&'static str, NetworkSpec)> {
    let (pool, dense) = (LayerSpec::MaxPool, |units| LayerSpec::Dense { units });
    let (valid, same) = (Padding::Valid, Padding::Same);
    let of = NetworkSpec::new;
    vec![
        ("64-64", Preset::Conv64.spec()),
        ("16-16", Preset::Conv16.spec()),
        ("one-conv", Preset::OneConv.spec()),
        ("three-convs", Preset::ThreeConv.spec()),
        (
            "same",
            of(vec![
                conv(8, 3, same),
                pool,
                conv(12, 3, same),
                pool,
                dense(32),
            ]),
        ),
        (
            "5x5",
            of(vec![
                conv(8, 5, valid),
                pool,
                conv(12, 5, valid),
                pool,
                dense(32),
            ]),
        ),
        (
            "two-dense",
            of(vec![conv(16, 3, valid), pool, dense(64), dense(32)]),
        ),
        ("dense", Preset::Dense.spec()),
    ]
}

/// Random weights, and biases that are not zero, so that one in the wrong place is seen.
fn model(spec: &NetworkSpec) -> Model {
    let random = Model::random(spec, 5).unwrap();
    let parameters = (0..random.layers().len()).filter_map(|index| random.parameters(index));
    let parameters = parameters.map(|p| {
        let count = p.bias.elem_count();
        let bias: Vec<f32> = (0..count).map(|i| 0.1 - 0.03 * (i % 7) as f32).collect();
        Parameters {
            weight: p.weight.clone(),
            bias: Tensor::from_vec(bias, count, &Device::Cpu).unwrap(),
        }
    });
    Model::from_parameters(spec, parameters.collect()).unwrap()
}

/// With `CONVLENS_PYTHON` unset, says that a test did not run.
fn python(test: &str) -> Option<std::ffi::OsString> {
    let python = std::env::var_os("CONVLENS_PYTHON").filter(|python| !python.is_empty());
    if python.is_none() {
        skipped(
            test,
            "set CONVLENS_PYTHON to a Python with keras, h5py, torch and safetensors",
        );
    }
    python
}

#[test]
fn exported_models_come_back_with_every_weight() {
    let folder = tempfile::tempdir().unwrap();
    for (name, spec) in networks() {
        let model = model(&spec);
        let bytes = weights::to_bytes(&model).unwrap();
        for format in WeightsFormat::ALL {
            let path = folder.path().join(format!("{name}.{}", format.ending()));
            assert_eq!(WeightsFormat::of(&path), Some(format));
            export::save(&model, format, &path).unwrap();
            // Weights alone may fit several networks.
            let opened = import::open_as(&path, Some(&spec)).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(opened.model.spec(), &spec, "{name} {format:?}");
            assert!(
                weights::to_bytes(&opened.model).unwrap() == bytes,
                "{name} {format:?}"
            );
            let expected = match format {
                WeightsFormat::Safetensors => Format::Convlens,
                WeightsFormat::Keras => Format::Keras,
                WeightsFormat::KerasWeights => Format::KerasWeights,
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
        for (name, spec) in networks() {
            let model = model(&spec);
            for format in WeightsFormat::ALL {
                let is_ours = format == WeightsFormat::Safetensors;
                if (kind == "torch") == is_ours {
                    export::save(&model, format, &at(kind, name, format.ending())).unwrap();
                }
            }
        }
        run(
            &python,
            &[
                models().join("open.py").display().to_string(),
                kind.to_owned(),
                folder.path().join(kind).display().to_string(),
            ],
            folder.path(),
        );
        for (name, spec) in networks() {
            let own = folder.path().join("own.safetensors");
            export::save(&model(&spec), WeightsFormat::Safetensors, &own).unwrap();
            let opened = import::open(&own).unwrap();
            agrees(&opened, &at(kind, name, "expected.safetensors"));
        }
    }
}

/// What a Python program prints, which must succeed.
fn run(python: &std::ffi::OsStr, arguments: &[String], folder: &Path) -> String {
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

/// The test accuracy in the last line of what a generated program printed.
fn accuracy(printed: &str) -> f64 {
    let last = printed.trim().lines().last().unwrap_or_default();
    let (_, number) = last.split_once("test accuracy ").expect(printed);
    number.parse().unwrap()
}

#[test]
fn generated_programs_run_and_come_to_the_accuracy_of_the_run() {
    let test = "generated_programs_run_and_come_to_the_accuracy_of_the_run";
    let Some(python) = python(test) else { return };
    let folder = tempfile::tempdir().unwrap();
    write_small_dataset(folder.path());
    let dataset = Arc::new(dataset::load(folder.path()).unwrap());
    let config = RunConfig {
        epochs: 12,
        validation_percent: 10,
        ..small_config()
    };
    let ours = train(config.clone(), &dataset).2;
    for (framework, language) in [
        (Framework::Keras, Language::En),
        (Framework::PyTorch, Language::Es),
    ] {
        let program = language.text().python(framework, &config, &dataset.origin);
        let printed = run(&python, &["-c".into(), program.unwrap()], folder.path());
        let theirs = accuracy(&printed);
        assert!(
            (ours - theirs).abs() < 0.15 && theirs > 0.5,
            "{framework:?}: {theirs}, here {ours}\n{printed}"
        );
        let parameters = config.network.plan().unwrap();
        let parameters = convlens::network::parameter_count(&parameters).to_string();
        let digits: String = printed.chars().filter(|c| *c != ',').collect();
        assert!(digits.contains(&parameters), "{parameters}\n{printed}");
    }
}

#[test]
fn a_program_for_fashion_mnist_reads_the_real_data() {
    let test = "a_program_for_fashion_mnist_reads_the_real_data";
    let Some(python) = python(test) else { return };
    let Some(data) = super::support::fashion_mnist(test) else {
        return;
    };
    let Origin::Folder { path, .. } = &data.origin else {
        panic!("{:?}", data.origin)
    };
    let folder = tempfile::tempdir().unwrap();
    // As Keras keeps them after a download.
    let cache = folder.path().join("keras-home/datasets/fashion-mnist");
    std::fs::create_dir_all(&cache).unwrap();
    for file in std::fs::read_dir(path).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), cache.join(file.file_name())).unwrap();
    }
    let config = RunConfig {
        images: Some(2000),
        epochs: 2,
        ..RunConfig::new(small_network())
    };
    for framework in [Framework::Keras, Framework::PyTorch] {
        let text = Language::En.text();
        let program = text.python(framework, &config, &data.origin).unwrap();
        let accuracy = accuracy(&run(&python, &["-c".into(), program], folder.path()));
        assert!(accuracy > 0.5, "{framework:?}: {accuracy}");
    }
}

#[test]
fn programs_name_every_setting_and_refuse_an_impossible_network() {
    let config = RunConfig {
        network: NetworkSpec::new(vec![
            conv(8, 5, Padding::Same),
            LayerSpec::MaxPool,
            LayerSpec::Dense { units: 32 },
        ]),
        epochs: 7,
        batch_size: 48,
        learning_rate: 0.0025,
        seed: 91,
        images: Some(1234),
        validation_percent: 20,
        threads: 1,
    };
    for language in [Language::En, Language::Es] {
        let keras = language
            .text()
            .python(Framework::Keras, &config, &Origin::Synthetic)
            .unwrap();
        for part in [
            "layers.Conv2D(8, 5, padding=\"same\", activation=\"relu\")",
            "layers.Dense(32, activation=\"relu\")",
            "layers.Dense(10, activation=\"softmax\")",
            "learning_rate=0.0025",
            "set_random_seed(91)",
            "batch_size=48, epochs=7, validation_split=0.2",
            "x_train[:1234]",
        ] {
            assert!(keras.contains(part), "{part}\n{keras}");
        }
        let torch = language
            .text()
            .python(Framework::PyTorch, &config, &Origin::Synthetic)
            .unwrap();
        for part in [
            "nn.Conv2d(1, 8, 5, padding=\"same\")",
            "nn.Linear(1568, 32)",
            "nn.Linear(32, 10)",
            "lr=0.0025, eps=1e-7",
            "range(7)",
            ".split(48)",
            "x_train[:1234]",
        ] {
            assert!(torch.contains(part), "{part}\n{torch}");
        }
    }
    let impossible = RunConfig::new(NetworkSpec::new(vec![LayerSpec::MaxPool; 9]));
    let text = Language::En.text();
    for framework in [Framework::Keras, Framework::PyTorch] {
        let program = text.python(framework, &impossible, &Origin::Synthetic);
        assert!(program.is_err());
    }
    // A folder's name cannot end the text it is in.
    let origin = Origin::Folder {
        path: PathBuf::from("a\"\\\nimport os"),
        genuine: false,
    };
    let program = text.python(Framework::PyTorch, &config, &origin).unwrap();
    assert!(
        program.contains(r#"FOLDER = "a\"\\\nimport os""#),
        "{program}"
    );
}

/// Trains and keeps a run: its folder of runs, its number, its test accuracy.
fn train(config: RunConfig, dataset: &Arc<dataset::Dataset>) -> (tempfile::TempDir, RunId, f64) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("runs"));
    let (recorder, recording) = store.recorder(NewRun {
        name: Some("to be sent".into()),
        experiment: None,
    });
    let start = Start {
        config,
        dataset: dataset.clone(),
        state: None,
        observer: Box::new(Some(recorder)),
        after: None,
    };
    let trainer = Trainer::launch_with(start, None::<Tell>, Arc::new(|| {})).unwrap();
    let mut accuracy = 0.0;
    loop {
        match trainer.try_event() {
            Some(Event::EpochEnded(metrics)) => accuracy = metrics.test_accuracy,
            Some(Event::Finished) => break,
            Some(Event::Failed(error)) => panic!("{error}"),
            _ => std::thread::sleep(std::time::Duration::from_millis(5)),
        }
    }
    // Its thread ends once all is on disk.
    drop(trainer);
    let id = recording.id().unwrap();
    (folder, id, accuracy)
}

fn small_run() -> (tempfile::TempDir, Store, RunId) {
    let (folder, id, _) = train(small_config(), &small_dataset());
    let store = Store::new(folder.path().join("runs"));
    (folder, store, id)
}

#[test]
fn a_run_sent_as_one_file_opens_elsewhere_with_the_same_pictures_and_goes_on() {
    let (folder, store, id) = small_run();
    let shown = Shown {
        maps: MapsSettings {
            images: [3, 8].map(ImageId::Test).to_vec(),
            convolution: 2,
            range: RangeMode::PerColumn,
            ..MapsSettings::default()
        },
        step: Some(4),
        drawing: None,
    };
    let file = folder.path().join("sent.convlens");
    store.pack(id, &shown.to_json(), &file).unwrap();

    let elsewhere = Store::new(folder.path().join("elsewhere"));
    let (there, json) = elsewhere.unpack(&file).unwrap();
    assert_eq!(Shown::from_json(json), shown);
    let (sent, found) = (store.read(id).unwrap(), elsewhere.read(there).unwrap());
    assert_eq!(found.summary.name, "to be sent");
    assert_eq!(found.summary.config, sent.summary.config);
    assert_eq!(found.summary.epochs, sent.summary.epochs);
    assert_eq!(found.summary.status, sent.summary.status);
    assert_eq!(found.curve, sent.curve);
    assert_eq!(found.checkpoints, sent.checkpoints);

    // The same pictures, to the byte, at every moment.
    let gallery = Gallery::new(small_dataset());
    let cache = CheckpointCache::default();
    for checkpoint in sent.checkpoints {
        let png = |store: &Store, id| {
            let snapshot = store.checkpoint(id, checkpoint, &cache).unwrap();
            let maps = map_set(&snapshot.model, &gallery, &shown.maps.images).unwrap();
            let text = Language::Es.text();
            figures::draw(&maps, &gallery.dataset, &shown.maps, text).unwrap()
        };
        assert!(png(&store, id) == png(&elsewhere, there));
    }

    // It is continued to the bit, as if it had never been sent.
    let states = [(&store, id), (&elsewhere, there)].map(|(store, id)| {
        let state = store.continue_run(id, &small_dataset(), 1).unwrap().state;
        weights::to_bytes(&state.unwrap().model).unwrap()
    });
    assert!(states[0] == states[1]);

    // Once more: another run, under another name.
    let (again, _) = elsewhere.unpack(&file).unwrap();
    assert_ne!(again, there);
    assert_eq!(elsewhere.summary(again).unwrap().name, "to be sent (2)");
}

/// The entries of a packed run.
fn entries(file: &Path) -> Vec<(String, Vec<u8>)> {
    let bytes = std::fs::read(file).unwrap();
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut entry = archive.by_index(index).unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            (entry.name().unwrap().to_string(), content)
        })
        .collect()
}

fn write_entries(file: &Path, entries: &[(String, Vec<u8>)]) {
    let mut writer = ZipWriter::new(std::fs::File::create(file).unwrap());
    let deflated = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in entries {
        writer.start_file(name.as_str(), deflated).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap();
}

#[test]
fn files_that_are_no_run_are_refused_and_leave_nothing() {
    let (folder, store, id) = small_run();
    let file = folder.path().join("sent.convlens");
    store.pack(id, &serde_json::Value::Null, &file).unwrap();
    let good = entries(&file);
    let elsewhere = Store::new(folder.path().join("elsewhere"));
    let changed = folder.path().join("changed.convlens");
    let refused = |entries: &[(String, Vec<u8>)]| {
        write_entries(&changed, entries);
        let error = elsewhere.unpack(&changed).unwrap_err();
        assert!(!Language::Es.text().run_error(&error).is_empty());
        assert!(elsewhere.list().unwrap().runs.is_empty());
        let left = std::fs::read_dir(elsewhere.root()).map_or(0, Iterator::count);
        assert_eq!(left, 0, "{error}");
        error.to_string()
    };
    let with = |name: &str, content: &[u8]| {
        let mut entries = good.clone();
        entries.push((name.to_owned(), content.to_vec()));
        entries
    };
    let replaced = |name: &str, content: Vec<u8>| {
        let mut entries = good.clone();
        entries.iter_mut().find(|(n, _)| n == name).unwrap().1 = content;
        entries
    };

    // Out of the folder, by every way.
    let outside = folder.path().join("escaped");
    for name in [
        "../escaped",
        "../../escaped",
        "checkpoints/../../../escaped",
        &outside.display().to_string(),
        "..\\escaped",
        "run.json/",
    ] {
        let error = refused(&with(name, b"out"));
        assert!(error.contains("no part of a run"), "{name}: {error}");
        assert!(!outside.exists() && !folder.path().join("elsewhere/escaped").exists());
    }
    // A bomb: 600 MB of zeros in half a megabyte.
    for name in ["curve.bin", "state.safetensors", "run.json", "notes.json"] {
        let error = refused(&replaced(name, vec![0; 20 << 20]));
        assert!(error.contains("is longer than"), "{name}: {error}");
    }
    let many: Vec<_> = (0..100)
        .map(|n| (format!("checkpoints/{n:010}.safetensors"), vec![]))
        .collect();
    let error = refused(&many);
    assert!(error.contains("100 entries"), "{error}");
    // Damage, each in its part.
    for (name, content) in [
        ("run.json", b"[".repeat(100_000)),
        ("run.json", b"{}".to_vec()),
        ("curve.bin", b"CLcurve1 and more that is no curve".to_vec()),
        ("state.safetensors", b"no state".to_vec()),
        ("checkpoints/0000000000.safetensors", b"no weights".to_vec()),
        ("convlens.json", b"not json".to_vec()),
    ] {
        let error = refused(&replaced(name, content));
        assert!(
            error.contains("not a readable .convlens file"),
            "{name}: {error}"
        );
    }
    // Weights of another network.
    let other = weights::to_bytes(&Model::random(&Preset::Dense.spec(), 1).unwrap()).unwrap();
    let error = refused(&replaced("checkpoints/0000000000.safetensors", other));
    assert!(
        error.contains("longer than") || error.contains("of another network"),
        "{error}"
    );
    let newer = refused(&replaced("convlens.json", br#"{"format": 99}"#.to_vec()));
    assert!(newer.contains("newer convlens"), "{newer}");
    let missing: Vec<_> = good
        .iter()
        .filter(|(name, _)| name != "curve.bin")
        .cloned()
        .collect();
    assert!(refused(&missing).contains("`curve.bin` is missing"));

    // And the good one, packed anew, opens.
    write_entries(&changed, &good);
    elsewhere.unpack(&changed).unwrap();
}

#[test]
fn a_run_that_cannot_be_written_leaves_the_old_file() {
    let (folder, store, id) = small_run();
    let file = folder.path().join("sent.convlens");
    std::fs::write(&file, "old").unwrap();
    // A damaged run.
    let curve = store.folder(id).join("curve.bin");
    let kept = std::fs::read(&curve).unwrap();
    std::fs::remove_file(&curve).unwrap();
    let error = store.pack(id, &serde_json::Value::Null, &file).unwrap_err();
    assert!(matches!(error, RunError::Io { .. }), "{error}");
    assert_eq!(std::fs::read(&file).unwrap(), b"old");
    std::fs::write(&curve, kept).unwrap();
    // A folder that went away.
    let gone = folder.path().join("stick/sent.convlens");
    let error = store.pack(id, &serde_json::Value::Null, &gone).unwrap_err();
    assert!(error.to_string().contains("sent.convlens"), "{error}");
    let names = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names, 2);
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
        batches.starts_with("batch,epochs,loss,accuracy\n1,0.1,"),
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

/// A `.keras` file that somebody packed again.
#[test]
fn a_compressed_keras_file_opens() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("packed.keras");
    write_entries(&file, &entries(&models().join("keras.keras")));
    let opened = import::open(&file).unwrap();
    agrees(&opened, &models().join("keras.expected.safetensors"));
    // Half a megabyte that unpacks to half a gigabyte of a description.
    let mut bomb = entries(&models().join("keras.keras"));
    for (name, content) in &mut bomb {
        if name == "config.json" {
            *content = vec![b' '; 64 << 20];
        }
    }
    write_entries(&file, &bomb);
    let error = import::open(&file).unwrap_err().to_string();
    assert!(
        error.contains("`config.json` in the archive is larger"),
        "{error}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever happens to a file on its way: an error or a run, never a panic.
    #[test]
    fn damaged_runs_give_an_error_or_a_run(
        cut in proptest::option::of(0.0..1.0_f64),
        flips in prop::collection::vec((0.0..1.0_f64, any::<u8>()), 0..12),
    ) {
        use std::sync::OnceLock;
        static GOOD: OnceLock<Vec<u8>> = OnceLock::new();
        let good = GOOD.get_or_init(|| {
            let (folder, store, id) = small_run();
            let file = folder.path().join("good.convlens");
            store.pack(id, &Shown::default().to_json(), &file).unwrap();
            std::fs::read(file).unwrap()
        });
        let mut bytes = good.clone();
        for (place, value) in flips {
            let at = (place * bytes.len() as f64) as usize;
            bytes[at] ^= value;
        }
        if let Some(share) = cut {
            bytes.truncate((share * bytes.len() as f64) as usize);
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("damaged.convlens");
        std::fs::write(&file, bytes).unwrap();
        let store = Store::new(folder.path().join("runs"));
        match store.unpack(&file) {
            Ok((id, shown)) => {
                store.read(id).unwrap();
                let _repaired = Shown::from_json(shown);
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
        let _error_or_weights = package::newest(&file);
    }
}
