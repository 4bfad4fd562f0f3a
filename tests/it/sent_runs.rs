//! Runs in one file that another computer takes in.

use convlens::text::Language;
use convlens_core::dataset::{Gallery, ImageId};
use convlens_core::figures::{self, MapsSettings, Shown, map_set};
use convlens_core::network::{Model, Preset, weights};
use convlens_core::render::RangeMode;
use convlens_core::training::runs::{
    CheckpointCache, PackageFault, RunError, RunId, RunStatus, Store,
};
use convlens_core::training::{Session, train_to_end};
use zip::CompressionMethod;

use super::runs::{record, store};
use super::support::{small_config, small_dataset, write_zip, zip_entries};

pub fn small_run() -> (tempfile::TempDir, Store, RunId) {
    let (folder, store) = store();
    let id = record(&store, small_config(), "to be sent");
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
        let from = store.continue_run(id, &small_dataset(), 1).unwrap().from;
        weights::to_bytes(&from.state().unwrap().model).unwrap()
    });
    assert!(states[0] == states[1]);

    // Once more: another run, under another name.
    let (again, _) = elsewhere.unpack(&file).unwrap();
    assert_ne!(again, there);
    assert_eq!(elsewhere.summary(again).unwrap().name, "to be sent (2)");
}

#[test]
fn files_that_are_no_run_are_refused_and_leave_nothing() {
    let (folder, store, id) = small_run();
    let file = folder.path().join("sent.convlens");
    store.pack(id, &serde_json::Value::Null, &file).unwrap();
    let good = zip_entries(&file);
    let elsewhere = Store::new(folder.path().join("elsewhere"));
    let changed = folder.path().join("changed.convlens");
    let refused = |entries: &[(String, Vec<u8>)]| {
        write_zip(&changed, entries, CompressionMethod::Deflated);
        let error = elsewhere.unpack(&changed).unwrap_err();
        let spanish = Language::Es.text().run_error(&error);
        match &error {
            RunError::Package { fault, .. } if !matches!(fault, PackageFault::Damaged(_)) => {
                assert!(!spanish.contains(&fault.to_string()), "{spanish}");
            }
            _ => assert!(!spanish.is_empty()),
        }
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
    for name in ["curve.csv", "state.safetensors", "run.json", "notes.json"] {
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
        (
            "curve.csv",
            b"batch,loss,accuracy\nand more that is no curve\n".to_vec(),
        ),
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
        .filter(|(name, _)| name != "curve.csv")
        .cloned()
        .collect();
    assert!(refused(&missing).contains("`curve.csv` is missing"));

    // And the good one, packed anew, opens.
    write_zip(&changed, &good, CompressionMethod::Deflated);
    elsewhere.unpack(&changed).unwrap();
}

#[test]
fn a_run_that_cannot_be_written_leaves_the_old_file() {
    let (folder, store, id) = small_run();
    let file = folder.path().join("sent.convlens");
    std::fs::write(&file, "old").unwrap();
    // A damaged run.
    let curve = store.folder(id).join("curve.csv");
    let kept = std::fs::read(&curve).unwrap();
    std::fs::write(&curve, "no curve\n").unwrap();
    let error = store.pack(id, &serde_json::Value::Null, &file).unwrap_err();
    assert!(matches!(error, RunError::Damaged { .. }), "{error}");
    assert_eq!(std::fs::read(&file).unwrap(), b"old");
    std::fs::write(&curve, kept).unwrap();
    // A folder that went away.
    let gone = folder.path().join("stick/sent.convlens");
    let error = store.pack(id, &serde_json::Value::Null, &gone).unwrap_err();
    assert!(error.to_string().contains("sent.convlens"), "{error}");
    let names = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names, 2);
}

/// A copy of an archive's entries with one of them changed.
fn changed(
    entries: &[(String, Vec<u8>)],
    name: &str,
    change: impl FnOnce(&mut Vec<u8>),
) -> Vec<(String, Vec<u8>)> {
    let mut entries = entries.to_vec();
    change(&mut entries.iter_mut().find(|(n, _)| n == name).unwrap().1);
    entries
}

#[test]
fn what_is_taken_in_can_be_trained_further_and_kept() {
    let (folder, store, id) = small_run();
    let file = folder.path().join("sent.convlens");
    store.pack(id, &serde_json::Value::Null, &file).unwrap();
    let good = zip_entries(&file);
    let late = |missing: usize| {
        changed(&good, "curve.csv", |curve| {
            let lines = String::from_utf8(curve.clone()).unwrap();
            let mut lines: Vec<&str> = lines.split_inclusive('\n').collect();
            // Behind its head.
            lines.drain(1..=missing);
            *curve = lines.concat().into_bytes();
        })
    };
    let (_, whole) = good.iter().find(|(name, _)| name == "curve.csv").unwrap();
    let points = String::from_utf8_lossy(whole).lines().count() - 1;
    // A curve that begins with the second, third, … batch, one that has only the last, and an empty one.
    for missing in [1, 2, 3, points - 1, points] {
        write_zip(&file, &late(missing), CompressionMethod::Deflated);
        let (there, _) = store.unpack(&file).unwrap();
        let more = store.continue_run(there, &small_dataset(), 1).unwrap();
        let mut recorder = more.recorder;
        let mut session = Session::begin(more.config, small_dataset(), more.from).unwrap();
        train_to_end(&mut session, &mut recorder).unwrap();
        drop(recorder);
        let fault = more.recording.take_fault();
        assert!(fault.is_none(), "{missing}: {fault:?}");
        let listing = store.list().unwrap();
        assert!(listing.set_aside.is_empty(), "{:?}", listing.set_aside);
        let run = store.read(there).unwrap();
        assert_eq!(run.summary.status, RunStatus::Finished);
        assert_eq!(
            run.curve.len(),
            points - missing + session.batches_per_epoch()
        );
    }
}

#[test]
fn a_state_ahead_of_what_is_known_of_its_run_is_refused() {
    let (folder, store, id) = small_run();
    let file = folder.path().join("sent.convlens");
    store.pack(id, &serde_json::Value::Null, &file).unwrap();
    let short = |manifest: &mut Vec<u8>| {
        let mut value: serde_json::Value = serde_json::from_slice(manifest).unwrap();
        value["epochs"].as_array_mut().unwrap().clear();
        value["step"] = 0.into();
        *manifest = serde_json::to_vec(&value).unwrap();
    };
    let ahead = changed(&zip_entries(&file), "run.json", short);
    write_zip(&file, &ahead, CompressionMethod::Deflated);
    let error = store.unpack(&file).unwrap_err().to_string();
    assert!(error.contains("`state.safetensors`"), "{error}");
    assert_eq!(store.list().unwrap().runs.len(), 1);

    // The same in a folder.
    let manifest = store.folder(id).join("run.json");
    let mut bytes = std::fs::read(&manifest).unwrap();
    short(&mut bytes);
    std::fs::write(&manifest, bytes).unwrap();
    let refused = store.continue_run(id, &small_dataset(), 1).err().unwrap();
    assert!(matches!(refused, RunError::Damaged { .. }), "{refused}");
}
