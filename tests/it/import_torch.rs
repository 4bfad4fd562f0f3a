//! Files of `torch.save` and TorchScript: `tests/models/make.py torch saved` made them, of one network.

use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;

use convlens_core::network::import::{self, Format, ImportFault, Note};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::import::{agrees, models, refused};

#[test]
fn whatever_pytorch_saves_opens_as_the_network_whose_weights_it_holds() {
    for file in [
        "torch.pt",
        "torch-legacy.pth",
        "torch-module.pt",
        "torch-script.pt",
        "torch-checkpoint.pth",
        "torch-views.pt",
    ] {
        let opened = import::open(&models().join(file)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(opened.format, Format::TorchSave, "{file}");
        assert!(
            matches!(opened.notes[..], [Note::Inferred { .. }]),
            "{file}: {:?}",
            opened.notes
        );
        agrees(&opened.model, &models().join("torch.expected.safetensors"));
    }
}

/// A file of PyTorch with one of its entries changed.
fn changed(name: &str, entry: &str, change: impl Fn(&mut Vec<u8>), path: &Path) {
    let bytes = std::fs::read(models().join(name)).unwrap();
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut writer = ZipWriter::new(std::fs::File::create(path).unwrap());
    let mut found = false;
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        if name.ends_with(entry) {
            change(&mut content);
            found = true;
        }
        writer
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(&content).unwrap();
    }
    assert!(found, "{entry}");
    writer.finish().unwrap();
}

fn replace(content: &mut Vec<u8>, old: &[u8], new: &[u8]) {
    let at = content.windows(old.len()).position(|part| part == old);
    let at = at.unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(old)));
    content.splice(at..at + old.len(), new.iter().copied());
}

#[test]
fn damaged_files_of_pytorch_say_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.pt");
    let fault = |entry: &str, change: &dyn Fn(&mut Vec<u8>)| {
        changed("torch.pt", entry, change, &path);
        refused(&path)
    };
    let short = fault("/data/0", &|content| content.truncate(8));
    assert!(
        short
            .to_string()
            .contains("`0.weight` reaches beyond its numbers"),
        "{short}"
    );
    let cut = fault("data.pkl", &|content| content.truncate(content.len() / 2));
    assert!(matches!(cut, ImportFault::Torch(_)), "{cut}");
    let turned = fault("byteorder", &|content| *content = b"big".to_vec());
    assert!(
        turned.to_string().contains("highest byte first"),
        "{turned}"
    );
    // Whatever else a pickle would call is a value like any other, and no tensor.
    let called = fault("data.pkl", &|content| {
        *content = b"\x80\x02cposix\nsystem\nX\x04\x00\x00\x00true\x85R.".to_vec();
    });
    assert!(matches!(called, ImportFault::NoWeights), "{called}");
    let of_integers = fault("data.pkl", &|content| {
        replace(content, b"FloatStorage", b"IntStorage");
    });
    assert!(
        matches!(of_integers, ImportFault::Type { .. }),
        "{of_integers}"
    );

    let mut legacy = std::fs::read(models().join("torch-legacy.pth")).unwrap();
    legacy.truncate(legacy.len() - 1);
    std::fs::write(&path, &legacy).unwrap();
    let cut = refused(&path);
    assert!(cut.to_string().contains("break off"), "{cut}");
}

#[test]
fn what_lies_in_a_model_s_place_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content, says) in [
        ("empty.keras", &b""[..], "the file is empty"),
        (
            "pointer.onnx",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614\nsize 1234\n",
            "git lfs pull",
        ),
        ("page.pt", b"<!DOCTYPE html>\n<html><head>", "a web page"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let fault = refused(&path);
        assert!(fault.to_string().contains(says), "{name}: {fault}");
    }
    let saved = folder.path().join("saved");
    std::fs::create_dir(&saved).unwrap();
    assert!(refused(&saved).to_string().contains("a folder"));
    std::fs::write(saved.join("saved_model.pb"), "").unwrap();
    assert!(refused(&saved).to_string().contains("SavedModel"));

    // The same of data.
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    super::support::write_small_dataset(&data);
    std::fs::write(data.join("train-images-idx3-ubyte"), "<html>").unwrap();
    let error = convlens_core::dataset::load(&data).unwrap_err().to_string();
    assert!(error.contains("a web page"), "{error}");
}
