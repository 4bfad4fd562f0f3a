//! Files that anybody may have made, at every reader. The good ones here are what fuzzing begins
//! with: `CONVLENS_SEEDS=fuzz/corpus cargo test --test it untrusted::seeds` writes them.

use std::collections::HashMap;
use std::io::{Cursor, Write as _};
use std::path::Path;

use convlens::app::Preferences;
use convlens_core::network::import;
use convlens_core::network::{Model, Preset, weights};
use convlens_core::training::runs::Store;
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use safetensors::Dtype;
use safetensors::tensor::TensorView;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::damage::damage;
use super::import_tfjs::{self, Rounded};
use super::readers::{self, DATASET, MODEL, RUN, TORCH};
use super::support::root;

/// A reader and good files for it.
type Seeds = (fn(&[u8]) -> bool, Vec<(String, Vec<u8>)>);

/// The first byte, then the content.
fn marked(first: usize, content: &[u8]) -> Vec<u8> {
    [&[first as u8], content].concat()
}

fn file(path: &str) -> Vec<u8> {
    std::fs::read(root().join(path)).unwrap()
}

fn folder(path: &str) -> impl Iterator<Item = (String, Vec<u8>)> {
    let mut names: Vec<_> = std::fs::read_dir(root().join(path))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "README.md")
        .collect();
    names.sort();
    let path = path.to_owned();
    let content = move |name: String| (name.clone(), file(&format!("{path}/{name}")));
    names.into_iter().map(content)
}

/// Entries of a good archive, behind the numbers by which the readers know them.
fn marked_entries<'a>(
    names: &'a [&str],
    archive: &[u8],
) -> impl Iterator<Item = (String, Vec<u8>)> + 'a {
    let entries = readers::entries(archive).into_iter();
    entries.filter_map(|(name, content)| {
        let at = names.iter().position(|known| *known == name)?;
        Some((name.replace('/', "-"), marked(at + 1, &content)))
    })
}

fn dataset() -> Seeds {
    let mut seeds: Vec<_> = DATASET
        .into_iter()
        .zip(readers::small_files())
        .enumerate()
        .map(|(at, (name, content))| (name.to_owned(), marked(at, &content)))
        .collect();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&readers::small_files()[0]).unwrap();
    seeds.push(("images.gz".into(), marked(0, &gzip.finish().unwrap())));
    let [archive, batch] = readers::CIFAR.map(usize::from);
    let records = [&[3], &[200; 3072][..], &[8], &[0; 3072][..]].concat();
    let mut packed = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::best()));
    let numbered = (1..=5).map(|number| format!("data_batch_{number}.bin"));
    for name in numbered.chain(["test_batch.bin".to_owned()]) {
        let mut header = tar::Header::new_gnu();
        header.set_size(records.len() as u64);
        packed.append_data(&mut header, name, &records[..]).unwrap();
    }
    let packed = packed.into_inner().unwrap().finish().unwrap();
    seeds.push(("cifar.tar.gz".into(), marked(archive, &packed)));
    seeds.push(("test_batch.bin".into(), marked(batch, &records)));
    (readers::dataset, seeds)
}

fn safetensors() -> Seeds {
    let own = |network| weights::to_bytes(&Model::random(network, 1).unwrap()).unwrap();
    let seeds = vec![
        ("torch".into(), file("tests/models/torch.safetensors")),
        ("own".into(), own(&readers::tiny_network())),
    ];
    (readers::safetensors, seeds)
}

fn keras() -> Seeds {
    let whole = ["keras.keras", "keras.h5", "keras.weights.h5"];
    let whole = whole.map(|name| {
        let content = file(&format!("tests/models/{name}"));
        (name.to_owned(), marked(0, &content))
    });
    let archive = file("tests/models/keras.keras");
    let seeds = whole.into_iter().chain(marked_entries(&MODEL, &archive));
    (readers::keras, seeds.collect())
}

fn torch() -> Seeds {
    let whole = [
        "torch.pt",
        "torch-legacy.pth",
        "torch-script.pt",
        "torch-checkpoint.pth",
    ];
    let whole = whole.map(|name| {
        let content = file(&format!("tests/models/{name}"));
        (name.to_owned(), marked(0, &content))
    });
    let archive = file("tests/models/torch.pt");
    let seeds = whole.into_iter().chain(marked_entries(&TORCH, &archive));
    (readers::torch, seeds.collect())
}

fn tfjs() -> Seeds {
    let folder = tempfile::tempdir().unwrap();
    let ways = [
        ("whole", Rounded::No),
        ("half", Rounded::Half),
        ("steps", Rounded::Steps(255)),
    ];
    let seeds = ways.map(|(name, rounded)| {
        let path = import_tfjs::written(folder.path(), rounded, |json| {
            json["weightsManifest"][0]["paths"] = serde_json::json!(["weights.bin"]);
        });
        let shards = ["group1-shard1of2.bin", "group1-shard2of2.bin"];
        let weights = shards.map(|name| std::fs::read(folder.path().join(name)).unwrap());
        let json = std::fs::read(path).unwrap();
        (name.to_owned(), [json, vec![0], weights.concat()].concat())
    });
    (readers::tfjs, seeds.into())
}

fn onnx() -> Seeds {
    let seeds = ["keras.onnx", "torch-script.onnx"];
    let seeds = seeds.map(|name| (name.to_owned(), file(&format!("tests/models/{name}"))));
    (readers::onnx, seeds.into())
}

fn pictures() -> Seeds {
    let grey = image::GrayImage::from_fn(9, 5, |x, y| image::Luma([(20 * x + y) as u8]));
    let png = |image: image::DynamicImage| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        marked(0, &bytes.into_inner())
    };
    let files = folder("tests/pictures").map(|(name, content)| (name, marked(0, &content)));
    let mut seeds: Vec<_> = files.collect();
    let grey = image::DynamicImage::from(grey);
    seeds.push(("grey.png".into(), png(grey.clone())));
    seeds.push(("deep.png".into(), png(grey.to_rgba16().into())));
    let pasted = [&[9, 0, 5, 0][..], &grey.to_rgba8()].concat();
    seeds.push(("pasted".into(), marked(1, &pasted)));
    (readers::pictures, seeds)
}

fn runs() -> Seeds {
    let run = readers::small_run();
    let whole = ("whole.convlens".to_owned(), marked(0, &run));
    let seeds = std::iter::once(whole).chain(marked_entries(&RUN, &run));
    let mut seeds: Vec<_> = seeds.collect();
    // The same as another program tells it.
    let own = readers::entries(&run).into_iter();
    let (_, own) = own.into_iter().find(|(name, _)| name == RUN[1]).unwrap();
    let own: serde_json::Value = serde_json::from_slice(&own).unwrap();
    let config = &own["config"];
    let other = serde_json::json!({
        "format": 2,
        "trained_by": { "program": "Keras", "settings": "Adam" },
        "config": {
            "network": config["network"], "epochs": config["epochs"], "batch_size": config["batch_size"],
        },
        "images_per_epoch": own["images_per_epoch"],
        "status": "stopped",
        "data": { "train": 5, "test": 2, "classes": ["a", "b"] },
        "epochs": own["epochs"],
    });
    seeds.push(("other.json".into(), marked(2, other.to_string().as_bytes())));
    (readers::runs, seeds)
}

fn texts() -> Seeds {
    let steps =
        folder("crates/core/assets/lessons/es").map(|(name, content)| (name, marked(0, &content)));
    let mut seeds: Vec<_> = steps.collect();
    for preset in [Preset::Conv64, Preset::ThreeConv, Preset::Dense] {
        let toml = toml::to_string(&preset.spec()).unwrap();
        seeds.push((
            format!("{}.toml", preset.name()),
            marked(1, toml.as_bytes()),
        ));
    }
    (readers::texts, seeds)
}

fn preferences() -> Seeds {
    let mut changed = Preferences {
        drawing: vec![9; 784],
        strip_class: Some(3),
        ..Preferences::default()
    };
    changed.networks.save("mine", Preset::ThreeConv.spec());
    let seeds = [("first", Preferences::default()), ("changed", changed)];
    let file = |preferences: Preferences| {
        let kept = HashMap::from([
            (eframe::APP_KEY, ron::to_string(&preferences).unwrap()),
            ("window", "(fullscreen: false)".to_owned()),
        ]);
        ron::to_string(&kept).unwrap().into_bytes()
    };
    let seeds = seeds.map(|(name, preferences)| (name.to_owned(), file(preferences)));
    (readers::preferences, seeds.into())
}

/// All of them, by the names of the fuzz targets.
fn all() -> [(&'static str, Seeds); 10] {
    [
        ("dataset", dataset()),
        ("safetensors", safetensors()),
        ("keras", keras()),
        ("torch", torch()),
        ("onnx", onnx()),
        ("tfjs", tfjs()),
        ("pictures", pictures()),
        ("runs", runs()),
        ("texts", texts()),
        ("preferences", preferences()),
    ]
}

#[test]
fn seeds_are_good_files_and_each_has_its_fuzz_target() {
    let folder = std::env::var_os("CONVLENS_SEEDS").filter(|folder| !folder.is_empty());
    for (target, (reader, seeds)) in all() {
        let program = format!("fuzz/fuzz_targets/{target}.rs");
        assert!(root().join(&program).is_file(), "{program} is missing");
        assert!(!seeds.is_empty());
        for (name, bytes) in seeds {
            assert!(reader(&bytes), "{target}: {name} is not accepted");
            if let Some(folder) = &folder {
                let folder = root().join(Path::new(folder)).join(target);
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(folder.join(name), bytes).unwrap();
            }
        }
    }
}

/// What is said of a file of this content.
fn error_of(name: &str, content: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    if name.ends_with(".convlens") {
        let store = Store::new(folder.path().join("runs"));
        store.unpack(&path).unwrap_err().to_string()
    } else {
        import::open(&path).unwrap_err().to_string()
    }
}

/// An archive of these entries.
fn archive(entries: impl IntoIterator<Item = (String, Vec<u8>)>) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(&content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_list_of_entries_without_end_is_not_read_to_its_end() {
    let name = |n: usize| (format!("{n:0100}"), Vec::new());
    let bomb = archive((0..20_000).map(name));
    for file in ["bomb.keras", "bomb.convlens"] {
        let error = error_of(file, &bomb);
        assert!(error.contains("its list of entries is too long"), "{error}");
    }
}

#[test]
fn checkpoints_that_would_fill_the_disk_are_refused() {
    let mut entries = readers::entries(&readers::small_run());
    entries.retain(|(name, _)| !name.starts_with("checkpoints/"));
    let (_, manifest) = entries.iter_mut().find(|(n, _)| n == "run.json").unwrap();
    let mut run: serde_json::Value = serde_json::from_slice(manifest).unwrap();
    run["config"]["network"]["layers"] = serde_json::json!([{ "type": "dense", "units": 4000 }]);
    *manifest = serde_json::to_vec(&run).unwrap();
    let checkpoint = |n| (format!("checkpoints/{n:010}.safetensors"), Vec::new());
    entries.extend((0..10).map(checkpoint));
    let error = error_of("large.convlens", &archive(entries));
    assert!(error.contains("10 checkpoints, of at most 6"), "{error}");
}

/// A file of 130 kB with an array of 16 values, in a chunk that unpacks to 134 MB.
#[test]
fn a_chunk_much_larger_than_its_array_is_not_unpacked() {
    let mut file = hdf5_pure::FileBuilder::new();
    let mut layers = file.create_group("layers");
    let mut layer = layers.create_group("dense");
    let mut vars = layer.create_group("vars");
    vars.create_dataset("0")
        .with_f32_data(&[0.5; 16])
        .with_shape(&[4, 4])
        .with_maxshape(&[hdf5_pure::MaxExtent::Fixed(8192); 2])
        .with_chunks(&[8192, 4096])
        .with_deflate(9);
    layer.add_group(vars.finish());
    layers.add_group(layer.finish());
    file.add_group(layers.finish());
    let error = error_of("bomb.weights.h5", &file.finish().unwrap());
    assert!(error.contains("too many for a network"), "{error}");
}

/// The second picture of an animation says that it has 65,535×65,535 pixels, for which 17 GB would be
/// asked for; the program gets 8.
#[test]
#[cfg(target_os = "linux")]
fn no_room_is_made_for_a_picture_much_larger_than_its_animation() {
    let mut gif = file("tests/pictures/animated.gif");
    let size = [0x2c, 0, 0, 0, 0, 40, 0, 60, 0];
    let second = gif.windows(size.len()).rposition(|bytes| bytes == size);
    gif[second.unwrap() + 5..][..4].fill(0xff);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.gif");
    std::fs::write(&path, gif).unwrap();
    let program = std::process::Command::new("sh")
        .args([
            "-c",
            "ulimit -v 8000000 && exec \"$0\" explain --picture \"$1\"",
        ])
        .arg(assert_cmd::cargo::cargo_bin("convlens"))
        .arg(&path)
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&program.stderr);
    assert!(program.status.success(), "{stderr}");
}

#[test]
fn what_a_message_quotes_is_short() {
    let long = "x".repeat(100_000);
    let tensor = |name: &str| {
        let view = TensorView::new(Dtype::F32, vec![1], &[0; 4]).unwrap();
        safetensors::serialize([(name, view)], None).unwrap()
    };
    let error = error_of("long.safetensors", &tensor(&long));
    assert!(error.contains("belongs to no convolution"), "{error}");
    assert!(error.len() < 1000, "{}", error.len());
    let network = format!("{{\"layers\": [], \"{long}\": 1}}");
    let view = TensorView::new(Dtype::F32, vec![1], &[0; 4]).unwrap();
    let metadata = HashMap::from([(weights::NETWORK_KEY.to_owned(), network)]);
    let own = safetensors::serialize([("w", view)], Some(metadata)).unwrap();
    let error = error_of("own.safetensors", &own);
    assert!(error.contains("unknown field `xxx"), "{error}");
    assert!(error.len() < 1000, "{}", error.len());
}

/// Damages good files in one to three places.
fn survives((reader, seeds): Seeds, cases: u32) {
    let mut runner = TestRunner::new(Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    });
    let files: Vec<_> = seeds.into_iter().map(|(_, bytes)| bytes).collect();
    let within = prop_oneof![Just(512_usize), Just(usize::MAX)];
    let strategy = (
        prop::sample::select(files),
        prop::collection::vec((damage(), within), 1..4),
    );
    let outcome = runner.run(&strategy, |(mut bytes, damages)| {
        // The first byte only says which file it is.
        let first = bytes.remove(0);
        for (damage, within) in damages {
            damage.apply(&mut bytes, within);
        }
        bytes.insert(0, first);
        reader(&bytes);
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn no_damage_breaks_the_reader_of_data_sets() {
    survives(dataset(), 400);
}

#[test]
fn no_damage_breaks_the_reader_of_safetensors() {
    survives(safetensors(), 400);
}

#[test]
fn no_damage_breaks_the_reader_of_keras_s_files() {
    survives(keras(), 400);
}

#[test]
fn no_damage_breaks_the_reader_of_pytorch_s_files() {
    survives(torch(), 400);
}

#[test]
fn no_damage_breaks_the_reader_of_tensorflow_js() {
    survives(tfjs(), 400);
}

#[test]
fn no_damage_breaks_the_reader_of_onnx() {
    survives(onnx(), 400);
}

#[test]
fn no_damage_breaks_the_reader_of_pictures() {
    survives(pictures(), 400);
}

#[test]
fn no_damage_breaks_the_reader_of_runs_sent() {
    survives(runs(), 150);
}

#[test]
fn no_damage_breaks_the_reader_of_texts() {
    survives(texts(), 400);
}

#[test]
fn no_damage_breaks_the_reader_of_preferences() {
    survives(preferences(), 400);
}
