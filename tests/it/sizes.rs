//! Pictures of other sizes than Fashion-MNIST's, and in colour, from the data set to the screen.

use candle_core::{Device, Tensor};
use std::path::Path;
use std::sync::Arc;

use convlens::app::{App, DataSource, Options};
use convlens::text::Language;
use convlens_core::dataset::{
    self, Classes, Dataset, Gallery, ImageId, Origin, PictureSize, Pictures,
};
use convlens_core::explore::{Arithmetic, Place, inspect, kernels};
use convlens_core::figures::{MapsSettings, map_set, save_arrays};
use convlens_core::network::import;
use convlens_core::network::{LayerSpec, Model, NetworkSpec, Normalization, Padding, weights};
use convlens_core::training::{RunConfig, Session, Team, TrainingError, evaluate};
use eframe::egui::Key;
use eframe::egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use super::commands::{fault, output};
use super::views::{click, harness, options, press, settle, shows, text, wait_until};

fn colour_network() -> NetworkSpec {
    NetworkSpec {
        input: PictureSize::CIFAR,
        ..NetworkSpec::new(vec![
            LayerSpec::conv(4, 3, Padding::Same),
            LayerSpec::MAX_POOL,
            LayerSpec::dense(8),
        ])
    }
}

#[test]
fn a_network_and_data_of_different_sizes_are_told_apart() {
    let garments = Arc::new(dataset::synthetic(40, 10));
    let config = RunConfig::new(colour_network());
    let error = Session::new(config.clone(), garments.clone())
        .err()
        .unwrap();
    assert!(matches!(error, TrainingError::Pictures { .. }), "{error}");
    assert!(error.to_string().contains("32×32×3"), "{error}");
    let model = Model::random(&config.network, 1).unwrap();
    let gallery = Gallery::new(garments.clone());
    let error = map_set(&model, &gallery, &[ImageId::Test(0)])
        .err()
        .unwrap();
    assert!(error.to_string().contains("32×32×3"), "{error}");
    // Made of the same size they fit.
    let coloured = Arc::new(garments.to_size(PictureSize::CIFAR).unwrap());
    assert!(Session::new(config, coloured).is_ok());
}

#[test]
fn the_commands_train_and_look_at_pictures_in_colour() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (weights, maps) = (file("w.safetensors"), file("maps.npz"));
    let data = ["--data", "synthetic", "--picture-size", "24x40x3"];
    let train = [
        "train",
        "--network",
        "16-16",
        "--epochs",
        "1",
        "--images",
        "64",
        "--out",
        &weights,
    ];
    output(&[&train[..], &data].concat());
    let summary = output(&["summary", &weights]);
    assert!(summary.contains("16×22×38"), "{summary}");
    output(
        &[
            &["maps", &weights, "--images", "0,1", "--out", &maps][..],
            &data,
        ]
        .concat(),
    );
    let arrays = candle_core::Tensor::read_npz(&maps).unwrap();
    let dims = |name: &str| {
        let (_, tensor) = arrays.iter().find(|(found, _)| found == name).unwrap();
        tensor.dims().to_vec()
    };
    assert_eq!(dims("pixels"), [2, 24, 40, 3]);
    assert_eq!(dims("conv1"), [2, 16, 22, 38]);
    let figure = file("figure.png");
    output(&[&["maps", &weights, "--out", &figure][..], &data].concat());
    assert!(
        image::open(&figure)
            .unwrap()
            .to_rgb8()
            .pixels()
            .any(|p| p.0[0].abs_diff(p.0[1]) > 60)
    );
    let error = fault(&["evaluate", &weights, "--data", "synthetic"]);
    assert!(error.contains("--picture-size 24x40x3"), "{error}");
    let error = fault(&["evaluate", "--data", "synthetic", "--picture-size", "9"]);
    assert!(error.contains("no built-in network"), "{error}");
    for (size, word) in [
        ("7", "8 to 256"),
        ("32x32x2", "1 or 3"),
        ("x", "write a side"),
    ] {
        let error = convlens_fault(&["data", "--data", "synthetic", "--picture-size", size]);
        assert!(error.contains(word), "{size}: {error}");
    }
    // Of one's own the network gets what it takes.
    let picture = file("red.png");
    image::RgbImage::from_pixel(50, 30, image::Rgb([255, 0, 0]))
        .save(&picture)
        .unwrap();
    let explained = output(&["explain", &weights, "--picture", &picture, "--json"]);
    assert!(explained.contains("\"columns\":[0,2,4"), "{explained}");
}

/// What is said about arguments that make no command.
fn convlens_fault(arguments: &[&str]) -> String {
    let mut command = assert_cmd::Command::cargo_bin("convlens").unwrap();
    let ran = command.args(arguments).assert().failure();
    String::from_utf8(ran.get_output().stderr.clone()).unwrap()
}

#[test]
fn the_built_in_network_for_colour_knows_coloured_garments() {
    let model = weights::built_in_for(PictureSize::CIFAR).unwrap().unwrap();
    assert_eq!(model.spec().input, PictureSize::CIFAR);
    assert!(
        weights::built_in_for(PictureSize::grey(33))
            .unwrap()
            .is_none()
    );
    let printed = output(&[
        "evaluate",
        "--data",
        "synthetic",
        "--picture-size",
        "32x32x3",
        "--json",
    ]);
    let accuracy = serde_json::from_str::<serde_json::Value>(&printed).unwrap()["accuracy"]
        .as_f64()
        .unwrap();
    assert!(accuracy > 0.9, "{accuracy}");
}

#[test]
fn a_value_over_three_channels_is_the_sum_of_its_products() {
    let data = dataset::synthetic_sized(PictureSize::CIFAR, 0, 3);
    let model = Model::random(&colour_network(), 3).unwrap();
    let place = Place {
        layer: 0,
        channel: 2,
        row: 7,
        column: 30,
    };
    let inspection = inspect(&model, data.test.image(1), place).unwrap();
    assert!(inspection.difference().abs() < 1e-5);
    let Arithmetic::Conv(sum) = &inspection.arithmetic else {
        panic!("a convolution");
    };
    assert_eq!(sum.channels.len(), 3);
    let kernels = kernels(&model, 0).unwrap();
    assert_eq!((kernels.channels, kernels.height, kernels.width), (3, 3, 3));
    // By plain loops, from the picture's bytes and the filter's slices.
    let picture = data.test.image(1);
    let mut total = f64::from(sum.bias);
    for channel in 0..3 {
        for row in 0..3_usize {
            for column in 0..3_usize {
                let (y, x) = (7 + row - 1, 30 + column - 1);
                let byte = picture[(y * 32 + x) * 3 + channel];
                let weight = kernels.filter(2)[(channel * 3 + row) * 3 + column];
                total += f64::from(byte) / 255.0 * f64::from(weight);
            }
        }
    }
    assert!(
        (total - sum.before_relu).abs() < 1e-5,
        "{total} {}",
        sum.before_relu
    );
}

#[test]
fn a_data_set_of_any_size_is_written_and_read_again() {
    let folder = tempfile::tempdir().unwrap();
    for size in [
        PictureSize::CIFAR,
        PictureSize::grey(12),
        PictureSize {
            height: 20,
            width: 9,
            channels: 3,
        },
    ] {
        let data = dataset::synthetic_sized(size, 20, 10);
        data.save(folder.path()).unwrap();
        let read = dataset::load(folder.path()).unwrap();
        assert_eq!(read.size(), size);
        assert!(read.train == data.train && read.test == data.test, "{size}");
    }
}

#[test]
fn models_of_other_sizes_come_back_from_keras_s_files() {
    let folder = tempfile::tempdir().unwrap();
    let model = Model::random(&colour_network(), 5).unwrap();
    let data = dataset::synthetic_sized(PictureSize::CIFAR, 0, 4);
    let x = model
        .input((0..4).map(|index| data.test.image(index)))
        .unwrap();
    for name in ["m.keras", "m.safetensors"] {
        let path = folder.path().join(name);
        let format = convlens_core::network::export::WeightsFormat::of(&path).unwrap();
        convlens_core::network::export::save(&model, format, &path).unwrap();
        let opened = import::open(&path).unwrap().model;
        assert_eq!(opened.spec(), model.spec(), "{name}");
        let apart = (opened.logits(&x).unwrap() - model.logits(&x).unwrap()).unwrap();
        let apart = apart
            .abs()
            .unwrap()
            .max_all()
            .unwrap()
            .to_scalar::<f32>()
            .unwrap();
        assert!(apart < 1e-6, "{name}: {apart}");
    }
}

/// A window with pictures in colour.
fn in_colour(language: Language) -> Harness<'static, App> {
    let data = DataSource::Synthetic.sized(Some(PictureSize::CIFAR));
    let options = Options {
        data: Some(data),
        ..options(language)
    };
    harness(options, [1280.0, 720.0])
}

#[test]
fn every_view_shows_pictures_in_colour() {
    for language in [Language::En, Language::Es] {
        let mut window = in_colour(language);
        let text = language.text();
        assert!(
            shows(&window, text.status.built_in),
            "the built-in network for colour"
        );
        for key in super::support::VIEW_KEYS {
            press(&mut window, key);
            settle(&mut window);
        }
        press(&mut window, Key::Num3);
        assert!(shows(&window, text.filters.in_colour));
        // The red slice is no filter in colour.
        window.set_size([1600.0, 1000.0].into());
        settle(&mut window);
        let page = window.render().unwrap();
        let cells = |name: &str| {
            let mut images = window.query_all_by(|node| {
                let is_named = node.label().is_some_and(|label| label.starts_with(name));
                is_named && node.role() == Role::Image
            });
            let rect = images.next().unwrap().rect();
            let middles = [1, 3, 5].map(|sixth| sixth as f32 / 6.0);
            let middles = middles.map(|y| middles.map(|x| rect.lerp_inside([x, y])));
            middles.map(|row| row.map(|at| *page.get_pixel(at.x as u32, at.y as u32)))
        };
        let red = cells(&text.channel_name("0"));
        assert_ne!(cells("conv1 · "), red);
        press(&mut window, Key::Num6);
        let red = text.draw.colours.split(' ').nth(1).unwrap();
        click(&mut window, red);
        press(&mut window, Key::Num1);
        press(&mut window, Key::T);
        settle(&mut window);
        assert!(
            !shows(&window, text.status.built_in),
            "its own run is shown"
        );
    }
}

#[test]
fn a_network_for_other_pictures_is_offered_pictures_of_its_size() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("grey.safetensors");
    weights::save(&weights::built_in().unwrap(), &path).unwrap();
    let data = DataSource::Synthetic.sized(Some(PictureSize::CIFAR));
    let mut window = harness(
        Options {
            data: Some(data),
            open: Some(path),
            ..options(Language::En)
        },
        [1280.0, 720.0],
    );
    let grey = text().make_pictures(PictureSize::FASHION_MNIST);
    assert!(shows(&window, &grey));
    click(&mut window, &grey);
    wait_until(&mut window, App::is_settled);
    assert!(!shows(&window, &grey));
    assert!(
        shows(&window, "28×28"),
        "its maps' sizes or the network's input"
    );
}

#[test]
fn without_a_built_in_network_random_weights_are_shown_as_such() {
    let data = DataSource::Synthetic.sized(Some(PictureSize::grey(40)));
    let window = harness(
        Options {
            data: Some(data),
            ..options(Language::En)
        },
        [1280.0, 720.0],
    );
    assert!(shows(&window, text().status.random));
}

#[test]
fn settings_for_a_figure_do_not_depend_on_the_size() {
    let size = PictureSize {
        height: 8,
        width: 200,
        channels: 1,
    };
    let pixels = vec![9; size.len()];
    let pictures = Pictures::new(size, pixels, vec![1], 2).unwrap();
    let classes = Classes::numbered(2);
    let data = Arc::new(Dataset::new(
        Origin::Synthetic,
        pictures.clone(),
        pictures,
        classes,
    ));
    let spec = NetworkSpec::new(vec![LayerSpec::MAX_POOL]).for_data(&data);
    let model = Model::random(&spec, 1).unwrap();
    let maps = map_set(&model, &Gallery::new(data), &[ImageId::Test(0)]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path: &Path = &folder.path().join("maps.npz");
    save_arrays(&maps, path).unwrap();
    let settings = MapsSettings::default();
    let columns = convlens_core::figures::columns(&maps, &settings);
    let cell = convlens_core::figures::cell(&maps, &settings, columns[0], 0).unwrap();
    assert_eq!((cell.height, cell.width), (4, 100));
}

/// A network that normalizes is one that does not, on pixels normalized by hand; in training, in measuring and in looking.
#[test]
fn pixels_are_normalized_alike_everywhere() {
    let plain = colour_network();
    let data = dataset::synthetic_sized(PictureSize::CIFAR, 60, 20);
    let found = Normalization::of(&data.train);
    let spec = NetworkSpec {
        normalization: Some(found.clone()),
        ..plain.clone()
    };
    let model = Model::random(&spec, 3).unwrap();
    let twin = Model::random(&plain, 3).unwrap();
    let images: Vec<&[u8]> = (0..20).map(|index| data.test.image(index)).collect();
    let by_hand: Vec<f32> = images
        .iter()
        .flat_map(|image| image.iter().enumerate())
        .map(|(place, byte)| {
            let (mean, deviation) = (
                found.mean[place % 3].get(),
                found.deviation[place % 3].get(),
            );
            (f32::from(*byte) / 255.0 - mean) / deviation
        })
        .collect();
    let mean: f32 = by_hand.iter().sum::<f32>() / by_hand.len() as f32;
    assert!(mean.abs() < 0.5, "about 0: {mean}");
    let x = Tensor::from_vec(by_hand, (20, 32, 32, 3), &Device::Cpu).unwrap();
    let logits = twin.logits(&x).unwrap();
    let ours = model.logits(&model.input(images).unwrap()).unwrap();
    let apart = (logits - &ours).unwrap().abs().unwrap().max_all().unwrap();
    assert!(apart.to_scalar::<f32>().unwrap() < 1e-4, "{apart}");

    // The compiled network says the same.
    let mut team = Team::new(2, "test").unwrap();
    let measured = evaluate(&model, &data.test, &mut team).unwrap();
    let answers = ours.argmax(1).unwrap().to_vec1::<u32>().unwrap();
    let labels = data.test.labels().iter();
    let right = answers
        .iter()
        .zip(labels)
        .filter(|(a, l)| **a == u32::from(**l));
    assert!((measured.accuracy - right.count() as f64 / 20.0).abs() < 1e-9);
    let labels = Tensor::from_iter(
        data.test.labels().iter().map(|l| u32::from(*l)),
        &Device::Cpu,
    );
    let loss = candle_nn::loss::cross_entropy(&ours, &labels.unwrap()).unwrap();
    assert!((measured.loss - f64::from(loss.to_scalar::<f32>().unwrap())).abs() < 1e-4);
    let config = RunConfig {
        batch_size: 60,
        threads: 2,
        ..RunConfig::new(spec.clone())
    };
    let random = Model::random(&spec, config.seed).unwrap();
    let train = (0..60).map(|index| data.train.image(index));
    let logits = random.logits(&random.input(train).unwrap()).unwrap();
    let labels = Tensor::from_iter(
        data.train.labels().iter().map(|l| u32::from(*l)),
        &Device::Cpu,
    );
    let loss = candle_nn::loss::cross_entropy(&logits, &labels.unwrap()).unwrap();
    let mut session = Session::new(config, Arc::new(data)).unwrap();
    let trained = session.train_batch().unwrap().loss;
    assert!((trained - loss.to_scalar::<f32>().unwrap()).abs() < 1e-4);

    // It is kept with the weights, and a mean too many is a fault.
    let bytes = weights::to_bytes(&model).unwrap();
    let kept = weights::from_bytes(&bytes, Path::new("here")).unwrap();
    assert_eq!(kept.spec(), &spec);
    assert_eq!(spec.label(), format!("{} norm", plain.label()));
    let grey = NetworkSpec {
        input: PictureSize::grey(32),
        ..spec
    };
    let fault = grey.plan().unwrap_err().to_string();
    assert!(fault.contains("a mean and a deviation"), "{fault}");
}
