//! Generated Python programs: they run, and name every setting.

use std::path::PathBuf;

use convlens::text::{Framework, Language};
use convlens_core::dataset::{self, Origin};
use convlens_core::network::{LayerSpec, NetworkSpec, Padding};
use convlens_core::training::RunConfig;

use super::exports::conv;
use super::support::{
    fashion_mnist, python, run_python, small_config, small_dataset, small_network,
    write_small_dataset,
};
use super::training::run_by_hand;

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
    let dataset = dataset::load(folder.path()).unwrap();
    // The program reads what the run here is trained on.
    let small = small_dataset();
    assert!(dataset.train == small.train && dataset.test == small.test);
    let config = RunConfig {
        epochs: 12,
        validation_percent: 10,
        ..small_config()
    };
    let ours = run_by_hand(config.clone()).1.last().unwrap().test_accuracy;
    for (framework, language) in [
        (Framework::Keras, Language::En),
        (Framework::PyTorch, Language::Es),
    ] {
        let program = language.text().python(framework, &config, &dataset.origin);
        let printed = run_python(&python, &[&"-c", &program.unwrap()], folder.path());
        let theirs = accuracy(&printed);
        assert!(
            (ours - theirs).abs() < 0.15 && theirs > 0.5,
            "{framework:?}: {theirs}, here {ours}\n{printed}"
        );
        let parameters = config.network.plan().unwrap();
        let parameters = convlens_core::network::parameter_count(&parameters).to_string();
        let digits: String = printed.chars().filter(|c| *c != ',').collect();
        assert!(digits.contains(&parameters), "{parameters}\n{printed}");
    }
}

#[test]
fn a_program_for_fashion_mnist_reads_the_real_data() {
    let test = "a_program_for_fashion_mnist_reads_the_real_data";
    let Some(python) = python(test) else { return };
    let Some(data) = fashion_mnist(test) else {
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
        let accuracy = accuracy(&run_python(&python, &[&"-c", &program], folder.path()));
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
    for (framework, parts) in [
        (
            Framework::Keras,
            [
                "layers.Conv2D(8, 5, padding=\"same\", activation=\"relu\")",
                "layers.Dense(32, activation=\"relu\")",
                "layers.Dense(10, activation=\"softmax\")",
                "learning_rate=0.0025",
                "set_random_seed(91)",
                "batch_size=48, epochs=7, validation_split=0.2",
                "x_train[:1234]",
            ],
        ),
        (
            Framework::PyTorch,
            [
                "nn.Conv2d(1, 8, 5, padding=\"same\")",
                "nn.Linear(1568, 32)",
                "nn.Linear(32, 10)",
                "lr=0.0025, eps=1e-7",
                "range(7)",
                ".split(48)",
                "x_train[:1234]",
            ],
        ),
    ] {
        for language in [Language::En, Language::Es] {
            let program = language
                .text()
                .python(framework, &config, &Origin::Synthetic)
                .unwrap();
            for part in parts {
                assert!(program.contains(part), "{part}\n{program}");
            }
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

/// As Python's style guide, PEP 8, asks for: students read these programs.
#[test]
fn functions_in_programs_stand_between_two_blank_lines() {
    let origin = Origin::Folder {
        path: PathBuf::from("data"),
        genuine: false,
    };
    for framework in [Framework::Keras, Framework::PyTorch] {
        let config = RunConfig::new(small_network());
        let text = Language::En.text();
        let program = text.python(framework, &config, &origin).unwrap();
        let (mut is_function, mut blank, mut functions) = (false, 0, 0);
        for line in program.lines() {
            let begins = line.starts_with("def ") || line.starts_with('@');
            if line.is_empty() {
                blank += 1;
                continue;
            }
            if begins && !is_function || is_function && !begins && !line.starts_with(' ') {
                assert_eq!(blank, 2, "before {line:?}\n{program}");
                is_function = begins;
                functions += usize::from(begins);
            }
            blank = 0;
        }
        assert!(functions > 0, "{program}");
    }
}
