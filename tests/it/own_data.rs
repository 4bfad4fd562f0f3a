//! Data sets of one's own: picture files in a folder for each class, IDX files with their names.

use std::path::Path;

use convlens::app::{DataSource, Options};
use convlens::text::Language;
use convlens_core::dataset::{self, Classes, DataError, Dataset, EmnistSplit, Origin};
use eframe::egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use image::{GrayImage, Luma};

use super::commands::{fault, json, output};
use super::support::{small_dataset, write_small_dataset};
use super::views::{harness, options, press, settle, shows};

/// Writes pictures of three classes, 28×28 as they are: bags, boots, trousers.
fn write_pictures(folder: &Path) -> Dataset {
    let garments = dataset::synthetic(0, 400).test;
    for (name, label) in [("boots", 9), ("Taschen, groß", 8), ("trousers", 1)] {
        let class = folder.join(name);
        std::fs::create_dir_all(&class).unwrap();
        let images = (0..garments.len()).filter(|&image| garments.label(image) == label);
        for (number, image) in images.take(30).enumerate() {
            let picture = garments.image(image).to_vec();
            let picture = GrayImage::from_raw(28, 28, picture).unwrap();
            picture
                .save(class.join(format!("{number:03}.png")))
                .unwrap();
        }
        std::fs::write(class.join("Thumbs.db"), "no picture").unwrap();
    }
    std::fs::create_dir(folder.join("notes")).unwrap();
    dataset::load(folder).unwrap()
}

fn names(dataset: &Dataset) -> Vec<String> {
    dataset.classes.names().unwrap().to_vec()
}

#[test]
fn a_folder_for_each_class_is_a_data_set() {
    let folder = tempfile::tempdir().unwrap();
    let dataset = write_pictures(folder.path());
    assert_eq!(names(&dataset), ["Taschen, groß", "boots", "trousers"]);
    let path = folder.path().to_owned();
    assert_eq!(dataset.origin, Origin::Images { path });
    assert_eq!((dataset.train.len(), dataset.test.len()), (72, 18));
    // The classes take turns.
    assert_eq!(dataset.train.labels(), [0, 1, 2].repeat(24));
    // The fifth boot is the first kept for testing; not a grey is changed.
    let boots = dataset::synthetic(0, 400).test;
    let fifth = (0..400)
        .filter(|&image| boots.label(image) == 9)
        .nth(4)
        .unwrap();
    assert_eq!(dataset.test.image(1), boots.image(fifth));

    // The same as IDX files.
    let files = tempfile::tempdir().unwrap();
    dataset.save(files.path()).unwrap();
    let again = dataset::load(files.path()).unwrap();
    assert_eq!((&again.train, &again.test), (&dataset.train, &dataset.test));
    assert_eq!(again.classes, dataset.classes);
}

#[test]
fn the_first_pictures_of_a_folder_are_some_of_every_class() {
    let folder = tempfile::tempdir().unwrap();
    let counts = [("few", 10_u8), ("many", 40)];
    for (class, count) in counts {
        let class = folder.path().join(class);
        std::fs::create_dir_all(&class).unwrap();
        for number in 0..count {
            let picture = GrayImage::from_pixel(28, 28, Luma([number]));
            picture
                .save(class.join(format!("{number:03}.png")))
                .unwrap();
        }
    }
    let train = dataset::load(folder.path()).unwrap().train;
    assert_eq!(train.labels(), [1, 1, 0, 1, 1].repeat(8));
    // Those of a class in the order of file names; every fifth is for testing.
    let few = (0..train.len()).filter(|&image| train.label(image) == 0);
    let shades: Vec<u8> = few.map(|image| train.image(image)[0]).collect();
    assert_eq!(shades, [0, 1, 2, 3, 5, 6, 7, 8]);
}

#[test]
fn large_pictures_on_light_ground_are_reduced_and_inverted() {
    let folder = tempfile::tempdir().unwrap();
    for set in ["train", "val"] {
        for class in ["a", "b"] {
            let class = folder.path().join(set).join(class);
            std::fs::create_dir_all(&class).unwrap();
            let ground = |x: u32, y: u32| (10..70).contains(&x) && (10..70).contains(&y);
            let dark_on_light =
                GrayImage::from_fn(80, 40, |x, y| Luma([if ground(x, y) { 0 } else { 255 }]));
            dark_on_light.save(class.join("1.PNG")).unwrap();
        }
    }
    let dataset = dataset::load(folder.path()).unwrap();
    assert_eq!((dataset.train.len(), dataset.test.len()), (2, 2));
    let picture = dataset.test.image(0);
    let at = |row: usize, column: usize| picture[row * 28 + column];
    assert_eq!((at(0, 14), at(14, 14), at(10, 1)), (0, 255, 0));
}

#[test]
fn idx_files_have_the_names_in_their_folder_or_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    write_small_dataset(path);
    assert_eq!(dataset::load(path).unwrap().classes, Classes::FashionMnist);
    relabel(path, |label| (label + 1) % 10);
    let digits: Vec<String> = (0..10).map(|digit: usize| digit.to_string()).collect();
    assert_eq!(names(&dataset::load(path).unwrap()), digits);

    let ten: Vec<String> = (0..10).map(|n| format!("kind {n}")).collect();
    std::fs::write(path.join("classes.txt"), ten.join("\r\n") + "\n\n").unwrap();
    let named = dataset::load(path).unwrap();
    assert_eq!(names(&named), ten);
    let text = Language::Es.text_for(&named.classes);
    assert_eq!(text.class_name(3), "kind 3");
    assert_eq!(text.training.train, Language::Es.text().training.train);
    let matrix = json(&output(&[
        "confusion",
        "--data",
        &path.display().to_string(),
        "--json",
    ]));
    assert_eq!(matrix["classes"][3]["name"], "kind 3");

    // Fewer names than labels.
    std::fs::write(path.join("classes.txt"), "one\ntwo\n").unwrap();
    let error = dataset::load(path).unwrap_err();
    assert!(matches!(error, DataError::Mismatched { .. }), "{error}");
    std::fs::write(path.join("classes.txt"), "one\n").unwrap();
    let error = dataset::load(path).unwrap_err();
    assert!(error.to_string().contains("names 1 class;"), "{error}");
    assert!(Language::Es.text().data_error(&error).contains("1 clase;"));

    // Digits are digits whatever their folder is called, and two classes are two.
    let fashion = path.join("fashion-mnist");
    std::fs::create_dir(&fashion).unwrap();
    write_small_dataset(&fashion);
    relabel(&fashion, |label| (label + 1) % 10);
    assert_eq!(names(&dataset::load(&fashion).unwrap()), digits);
    relabel(&fashion, |label| label % 2);
    assert_eq!(names(&dataset::load(&fashion).unwrap()), ["0", "1"]);
}

/// Changes the labels of both sets.
fn relabel(folder: &Path, change: impl Fn(u8) -> u8) {
    for set in ["train", "t10k"] {
        let path = folder.join(format!("{set}-labels-idx1-ubyte"));
        let mut bytes = std::fs::read(&path).unwrap();
        for label in &mut bytes[8..] {
            *label = change(*label);
        }
        std::fs::write(path, bytes).unwrap();
    }
}

#[test]
fn pictures_are_found_in_sets_of_any_name_and_what_is_none_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    for set in ["Training_Set", "Test-Images"] {
        write_pictures(&folder.path().join(set));
    }
    // As macOS and broken copies leave them.
    let boots = folder.path().join("Training_Set/boots");
    std::fs::write(boots.join("._000.png"), [0, 5, 22, 7, 0, 2]).unwrap();
    std::fs::write(boots.join("zz.png"), "").unwrap();
    let whole = std::fs::read(boots.join("000.png")).unwrap();
    std::fs::write(boots.join("zzz.png"), &whole[..whole.len() / 2]).unwrap();
    let dataset = dataset::load(folder.path()).unwrap();
    assert_eq!(names(&dataset), ["Taschen, groß", "boots", "trousers"]);
    assert_eq!((dataset.train.len(), dataset.test.len()), (90, 90));
    assert_eq!(dataset.left_out.count, 2);
    for language in [Language::En, Language::Es] {
        let said = language.text().left_out(&dataset.left_out).unwrap();
        assert!(
            said.contains("zz.png") && said.contains("zzz.png"),
            "{said}"
        );
    }
    let said = output(&["data", "--data", &folder.path().display().to_string()]);
    assert!(
        said.contains("3 classes: Taschen, groß, boots, trousers"),
        "{said}"
    );
    assert!(
        said.contains("90 training images, 90 test images"),
        "{said}"
    );
}

#[test]
fn folders_that_are_no_data_set_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let absent = dataset::load(path).unwrap_err();
    assert!(matches!(absent, DataError::Absent { .. }), "{absent}");
    let missing = dataset::load(&path.join("missing")).unwrap_err();
    assert!(matches!(missing, DataError::NoSuch { .. }), "{missing}");
    let picture = GrayImage::new(28, 28);
    std::fs::create_dir(path.join("alone")).unwrap();
    picture.save(path.join("alone/1.png")).unwrap();
    let one = dataset::load(path).unwrap_err();
    assert!(matches!(one, DataError::Classes { count: 1, .. }), "{one}");
    std::fs::create_dir(path.join("other")).unwrap();
    picture.save(path.join("other/1.png")).unwrap();
    let untested = dataset::load(path).unwrap_err();
    assert!(
        matches!(untested, DataError::Images { test: 0, .. }),
        "{untested}"
    );
    for number in 2..7 {
        std::fs::write(path.join(format!("other/{number}.png")), "no PNG").unwrap();
    }
    let damaged = dataset::load(path).unwrap_err();
    assert!(damaged.to_string().contains("other"), "{damaged}");
    // A file does not stand for the pictures near it.
    let file = path.join("notes.txt");
    std::fs::write(&file, "no data").unwrap();
    let other = dataset::load(&file).unwrap_err();
    assert!(matches!(other, DataError::NoData { .. }), "{other}");
    for error in [absent, missing, other, one, untested, damaged] {
        assert_ne!(Language::Es.text().data_error(&error), error.to_string());
    }
    let line = fault(&["evaluate", "--data", &path.display().to_string()]);
    assert!(line.contains("other"), "{line}");
}

#[test]
fn commands_train_and_judge_as_many_classes_as_there_are() {
    let folder = tempfile::tempdir().unwrap();
    write_pictures(folder.path());
    let data = folder.path().display().to_string();
    let weights = tempfile::tempdir().unwrap();
    let out = weights
        .path()
        .join("three.safetensors")
        .display()
        .to_string();
    let train = [
        "train",
        "--network",
        "16-16",
        "--epochs",
        "6",
        "--data",
        &data,
    ];
    let lines = output(&[&train[..], &["--out", &out, "--json"]].concat());
    let last = json(lines.lines().last().unwrap());
    assert_eq!(last["data"], "images");
    assert!(last["test_accuracy"].as_f64().unwrap() > 0.6, "{last}");
    let matrix = json(&output(&["confusion", &out, "--data", &data, "--json"]));
    assert_eq!(matrix["counts"].as_array().unwrap().len(), 3);
    assert_eq!(matrix["classes"][0]["name"], "Taschen, groß");
    let without = ["ablate", &out, "--data", &data, "--layer", "conv1"];
    let without = [&without[..], &["--filters", "0", "--images", "0"]].concat();
    let ablated = json(&output(&[&without[..], &["--json"]].concat()));
    for answer in [&matrix, &ablated] {
        let classes = answer["classes"].as_array().unwrap();
        let names: Vec<_> = classes.iter().map(|class| &class["name"]).collect();
        assert_eq!(names, ["Taschen, groß", "boots", "trousers"]);
    }
    for table in [
        output(&without),
        output(&["confusion", &out, "--data", &data]),
    ] {
        assert!(
            table.contains("boots") && !table.contains("Ankle"),
            "{table}"
        );
    }
    // A network for other classes is judged too: what it says is then wrong.
    let built_in = json(&output(&["confusion", "--data", &data, "--json"]));
    assert_eq!(built_in["counts"][0].as_array().unwrap().len(), 10);
    assert_eq!(built_in["outputs"][9], "Ankle boot");
    assert_eq!(built_in["classes"][1]["name"], "boots");
    assert_eq!(small_dataset().classes, Classes::FashionMnist);
}

#[test]
fn ready_made_sets_are_those_of_the_data_sets_own_classes() {
    let folder = tempfile::tempdir().unwrap();
    write_pictures(folder.path());
    let data = folder.path().display().to_string();
    let asked = ["compare-maps", "--data", &data, "--layer", "conv1"];
    let others = [
        &asked[..],
        &["--set", "other-classes", "--class", "1", "--json"],
    ]
    .concat();
    let labels = json(&output(&others))["labels"].clone();
    let mut labels: Vec<u64> = serde_json::from_value(labels).unwrap();
    labels.sort_unstable();
    assert_eq!(labels, [0, 2], "one of each other class");
    let boots = fault(&[&asked[..], &["--set", "ankle-boots"]].concat());
    assert!(boots.contains("same-class or other-classes"), "{boots}");
    let ninth = fault(&[&asked[..], &["--set", "same-class"]].concat());
    assert!(ninth.contains("--class 9: choose 0 to 2"), "{ninth}");

    let options = Options {
        data: Some(DataSource::Folder(folder.path().to_owned())),
        images: None,
        ..options(Language::En)
    };
    let mut harness = harness(options, [1280.0, 720.0]);
    press(&mut harness, eframe::egui::Key::Num4);
    let words = &Language::En.text().compare;
    assert!(shows(&harness, "#0 · Taschen, groß and #7 · boots: cosine"));
    let of_rows = harness.get_by_role_and_label(Role::ComboBox, words.images);
    of_rows.click();
    harness.run_steps(3);
    assert!(shows(&harness, words.other_classes));
    assert!(!shows(&harness, words.shoes_and_shirts));
    harness.get_by_label(words.same_class).click();
    harness.run_steps(3);
    settle(&mut harness);
    // Class 9 is not there: the last one is.
    assert!(shows(&harness, "· trousers and #"));
    assert!(!shows(&harness, words.too_few));
}

#[test]
fn the_window_speaks_of_the_data_sets_own_classes() {
    let folder = tempfile::tempdir().unwrap();
    write_pictures(folder.path());
    let data = Some(DataSource::Folder(folder.path().to_owned()));
    let options = Options {
        data,
        images: None,
        epochs: Some(6),
        ..options(Language::Es)
    };
    let mut harness = harness(options, [1280.0, 720.0]);
    assert!(shows(&harness, "Taschen, groß"));
    assert!(shows(&harness, "Imágenes de una carpeta"));
    // The built-in network knows other classes, which is said.
    assert!(shows(&harness, "⚠"));
    // The built-in lesson cannot.
    let other = Language::Es.text().lesson.other_data;
    assert!(!shows(&harness, other));
    press(&mut harness, eframe::egui::Key::L);
    assert!(shows(&harness, other));
    press(&mut harness, eframe::egui::Key::L);
    // A network for as many classes is trained.
    press(&mut harness, eframe::egui::Key::T);
    settle(&mut harness);
    assert!(shows(&harness, "boots"));
}

/// Writes a split of EMNIST: each picture column by column, the labels from `first` on.
fn write_emnist(folder: &Path, split: EmnistSplit, first: u8) {
    let source = dataset::synthetic(40, 20);
    let classes = split.classes().count();
    for (set, pictures) in [("train", &source.train), ("test", &source.test)] {
        let count = pictures.len();
        let mut images = [0x803_u32, count as u32, 28, 28]
            .map(u32::to_be_bytes)
            .concat();
        let mut labels = [0x801_u32, count as u32].map(u32::to_be_bytes).concat();
        for image in 0..count {
            let upright = pictures.image(image);
            images.extend((0..784).map(|at| upright[at % 28 * 28 + at / 28]));
            labels.push((image % classes) as u8 + first);
        }
        for (kind, content) in [("images-idx3", images), ("labels-idx1", labels)] {
            let name = format!("emnist-{}-{set}-{kind}-ubyte", split.name());
            std::fs::write(folder.join(name), content).unwrap();
        }
    }
}

#[test]
fn emnist_opens_by_name_and_stands_upright() {
    let folder = tempfile::tempdir().unwrap();
    let upright = dataset::synthetic(40, 20);
    write_emnist(folder.path(), EmnistSplit::Digits, 0);
    let digits = dataset::load(folder.path()).unwrap();
    assert!(digits.train.pixels() == upright.train.pixels());
    assert!(digits.test.pixels() == upright.test.pixels());
    assert_eq!(digits.test.labels()[9..12], [9, 0, 1]);
    assert_eq!(names(&digits)[..3], ["0", "1", "2"]);
    let path = folder.path().to_owned();
    let origin = Origin::Emnist {
        path,
        split: EmnistSplit::Digits,
    };
    assert_eq!(digits.origin, origin);
    assert!(
        Language::Es
            .text()
            .dataset(&digits)
            .starts_with("EMNIST digits")
    );

    // Letters count from 1 there, from 0 here.
    write_emnist(folder.path(), EmnistSplit::Letters, 1);
    let several = dataset::load(folder.path()).unwrap_err();
    assert!(
        matches!(several, DataError::SeveralSplits { .. }),
        "{several}"
    );
    assert!(several.to_string().contains("digits, letters"), "{several}");
    assert!(
        Language::Es
            .text()
            .data_error(&several)
            .contains("emnist-digits")
    );
    let letters = dataset::load(&folder.path().join("emnist-letters")).unwrap();
    assert_eq!((names(&letters).len(), &*names(&letters)[25]), (26, "Z"));
    assert_eq!(letters.train.labels()[25..28], [25, 0, 1]);
    let file = folder.path().join("emnist-letters-test-labels-idx1-ubyte");
    assert!(dataset::load(&file).unwrap().train == letters.train);

    // In the folder that NIST's archive unpacks to; a label too many is named.
    let outer = tempfile::tempdir().unwrap();
    let gzip = outer.path().join("gzip");
    std::fs::create_dir(&gzip).unwrap();
    write_emnist(&gzip, EmnistSplit::Balanced, 0);
    let balanced = dataset::load(outer.path()).unwrap();
    assert_eq!(names(&balanced)[45..], ["r", "t"]);
    write_emnist(&gzip, EmnistSplit::Balanced, 30);
    let line = fault(&["evaluate", "--data", &outer.path().display().to_string()]);
    assert!(line.contains("is not below 47"), "{line}");
    std::fs::remove_file(gzip.join("emnist-balanced-test-labels-idx1-ubyte")).unwrap();
    let line = fault(&["evaluate", "--data", &outer.path().display().to_string()]);
    assert!(
        line.contains("emnist-balanced-test-labels-idx1-ubyte"),
        "{line}"
    );
}

/// macOS takes no such names.
#[cfg(target_os = "linux")]
#[test]
fn a_class_whose_folder_is_no_text_is_a_class() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = tempfile::tempdir().unwrap();
    write_pictures(folder.path());
    let latin = std::ffi::OsStr::from_bytes(b"s\xfcss");
    std::fs::rename(folder.path().join("trousers"), folder.path().join(latin)).unwrap();
    let dataset = dataset::load(folder.path()).unwrap();
    assert_eq!(names(&dataset), ["Taschen, groß", "boots", "s\u{fffd}ss"]);
    assert_eq!((dataset.train.len(), dataset.test.len()), (72, 18));
}
