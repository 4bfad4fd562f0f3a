//! Generated Python programs: they run, and name every setting.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use convlens::text::{Framework, Language};
use convlens_core::dataset::{self, Origin};
use convlens_core::harmless::is_harmful;
use convlens_core::network::{LayerSpec, NetworkSpec, Normalization, Padding, Real};
use convlens_core::training::{Augmentation, Optimization, OptimizerKind, RunConfig, Schedule};

use super::exports::conv;
use super::support::{
    fashion_mnist, python, run_python, skipped, small_config, small_dataset, small_network,
    write_small_dataset,
};
use super::training::run_by_hand;

/// The test accuracy in the last line of what a generated program printed.
fn accuracy(printed: &str) -> f64 {
    let last = printed.trim().lines().last().unwrap_or_default();
    let (_, number) = last.split_once("test accuracy ").expect(printed);
    number.parse().unwrap()
}

/// SGD with everything that it may have.
fn all_of_it() -> Optimization {
    Optimization {
        momentum: Real::new(0.9),
        nesterov: true,
        weight_decay: Real::new(0.01),
        l2: Real::new(0.001),
        label_smoothing: Real::new(0.1),
        schedule: Schedule::Cosine,
        ..Optimization::default().with(OptimizerKind::Sgd)
    }
}

/// The same for pixels of Fashion-MNIST's mean and deviation.
fn normalized(network: &NetworkSpec) -> NetworkSpec {
    NetworkSpec {
        normalization: Some(Normalization {
            mean: vec![Real::new(0.286)],
            deviation: vec![Real::new(0.353)],
        }),
        ..network.clone()
    }
}

/// Every way to change pictures, by little.
fn little_of_all() -> Augmentation {
    Augmentation {
        flip: true,
        shift: Real::new(0.04),
        turn: Real::new(5.0),
        zoom: Real::new(0.05),
        brightness: Real::new(0.1),
        cutout: Real::new(0.15),
    }
}

/// A sum within branches that are joined, and a sum of vectors.
fn branched() -> NetworkSpec {
    use LayerSpec::{Add, Branch, Concatenate, Split};
    let conv = |kernel| LayerSpec::conv(4, kernel, Padding::Same);
    NetworkSpec::new(vec![
        conv(3),
        LayerSpec::MAX_POOL,
        Split,
        conv(5),
        Branch,
        Split,
        conv(3),
        Branch,
        Add,
        Concatenate,
        LayerSpec::MAX_POOL,
        LayerSpec::dense(32),
        Split,
        LayerSpec::dense(32),
        Branch,
        Add,
    ])
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
    let sgd = RunConfig {
        learning_rate: 0.02,
        optimization: all_of_it(),
        augmentation: little_of_all(),
        patience: Some(8),
        network: normalized(&branched()),
        ..config.clone()
    };
    for (framework, language, config) in [
        (Framework::Keras, Language::En, &config),
        (Framework::PyTorch, Language::Es, &config),
        (Framework::Keras, Language::Es, &sgd),
        (Framework::PyTorch, Language::En, &sgd),
    ] {
        let ours = run_by_hand(config.clone()).1.last().unwrap().test_accuracy;
        let ours = ours.unwrap();
        let program = language.text().python(framework, config, &dataset.origin);
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
            LayerSpec::MAX_POOL,
            LayerSpec::dense(32),
        ]),
        epochs: 7,
        batch_size: 48,
        learning_rate: 0.0025,
        optimization: Optimization::default(),
        seed: 91,
        images: Some(1234),
        validation_percent: 20,
        ..RunConfig::default()
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
    let config = RunConfig {
        optimization: all_of_it(),
        augmentation: little_of_all(),
        patience: Some(4),
        network: normalized(&config.network),
        ..config
    };
    for (framework, parts) in [
        (
            Framework::Keras,
            &[
                "keras.optimizers.SGD(learning_rate=0.0025, momentum=0.9, nesterov=True, weight_decay=0.01)",
                "kernel_regularizer=keras.regularizers.L2(0.001)",
                "CategoricalCrossentropy(label_smoothing=0.1)",
                "layers.RandomFlip(\"horizontal\")",
                "layers.RandomTranslation(0.04, 0.04",
                "layers.RandomRotation(5 / 360",
                "layers.RandomZoom(0.05",
                "layers.RandomBrightness(0.1",
                "        Cutout(),",
                "layers.Normalization(mean=[0.286], variance=[0.353 ** 2])",
                "keras.callbacks.EarlyStopping(patience=4)",
                "math.cos(math.pi * done)",
            ][..],
        ),
        (
            Framework::PyTorch,
            &[
                "torch.optim.SGD(model.parameters(), lr=0.0025, momentum=0.9, nesterov=True)",
                "0.001 * sum(kernel.square().sum() for kernel in kernels)",
                "label_smoothing=0.1",
                "torch.rand(count) < 0.5",
                "2 * 0.04 *",
                "5 * (2 * torch",
                "1 + 0.05 *",
                "images + 0.1 *",
                "down < 2",
                "if since == 4:",
                "mean = torch.tensor([0.286])",
                "model((images / 255 - mean) / deviation)",
                "model((augment(x_train[batch] / 255) - mean) / deviation)",
                "math.cos(math.pi * done)",
            ],
        ),
    ] {
        let text = Language::En.text();
        let program = text.python(framework, &config, &Origin::Synthetic).unwrap();
        for part in parts {
            assert!(program.contains(part), "{part}\n{program}");
        }
    }
    let impossible = RunConfig::new(NetworkSpec::new(vec![LayerSpec::MAX_POOL; 9]));
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

/// What Python reads in the text after `FOLDER =`, as bytes of a path.
const READ_FOLDER: &str = "
import ast, os, sys
program = ast.parse(sys.stdin.buffer.read())
folder = next(line.value for line in program.body if isinstance(line, ast.Assign) and line.targets[0].id == 'FOLDER')
sys.stdout.buffer.write(os.fsencode(ast.literal_eval(folder)))
";

#[cfg(unix)]
#[test]
fn python_reads_every_folder_as_it_is_called() {
    use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};

    let test = "python_reads_every_folder_as_it_is_called";
    let python = |program: &str| {
        let python = Command::new("python3")
            .args(["-c", READ_FOLDER])
            .env("PYTHONUTF8", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut python = python.ok()?;
        let mut input = python.stdin.take()?;
        input.write_all(program.as_bytes()).unwrap();
        drop(input);
        let output = python.wait_with_output().unwrap();
        assert!(output.status.success(), "{program}");
        Some(output.stdout)
    };
    for name in [
        &b"data"[..],
        b"a'b\"c\\d\\",
        b"line\nline\r\ttab\x0b\x0c\x1b[2J\x7f",
        "\u{e9}\u{85}\u{9b}\u{202e}\u{2028}\u{e0041}\u{1f457}".as_bytes(),
        b"not\xffUTF\xed\xb3\xbf-8\xc3",
        b"\"\"\"; import os #{name}{{}}%s\\N{DIGIT ONE}\\x41",
    ] {
        let origin = Origin::Folder {
            path: std::ffi::OsString::from_vec(name.to_vec()).into(),
            genuine: false,
        };
        for framework in [Framework::Keras, Framework::PyTorch] {
            let text = Language::En.text();
            let config = RunConfig::new(small_network());
            let program = text.python(framework, &config, &origin).unwrap();
            let Some(read) = python(&program) else {
                return skipped(test, "there is no python3");
            };
            let (read, name) = (OsStr::from_bytes(&read), OsStr::from_bytes(name));
            assert_eq!(read, name, "{program}");
            assert!(
                !program.replace('\n', "").contains(is_harmful),
                "{program:?}"
            );
        }
    }
}

#[test]
fn a_folder_of_pictures_is_one_word_of_the_command_that_is_copied() {
    let config = RunConfig::new(small_network());
    let text = Language::En.text();
    for (folder, word) in [
        ("/data/ropa", "/data/ropa"),
        ("my data", "'my data'"),
        ("$(rm -r ~)", "'$(rm -r ~)'"),
        ("it's", r"'it'\''s'"),
        ("a\nimport os", r"'a\nimport os'"),
    ] {
        let origin = Origin::Images {
            path: folder.into(),
        };
        let program = text.python(Framework::Keras, &config, &origin).unwrap();
        let line = format!("four files: convlens data save --data {word} --to data\n");
        assert!(program.contains(&line), "{program}");
    }
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
