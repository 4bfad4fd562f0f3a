//! A teacher's lesson in one file that another computer takes in.

use std::fs;
use std::path::Path;

use convlens::text::Language;
use convlens_core::lessons::{self, Keep, LessonFault};
use convlens_core::training::runs::lesson_files::LessonFiles;
use convlens_core::training::runs::{RunError, Store, package};
use eframe::egui::Key;
use egui_kittest::kittest::Queryable as _;
use serde_json::Value;
use zip::CompressionMethod;

use super::commands::{fault, output};
use super::file_menu::save;
use super::sent_runs::small_run;
use super::support::{write_zip, zip_entries};
use super::views::{
    click, drop_file, english, harness, options, press, settle, shows, text, wait_for,
};

/// A step that can be told from others.
fn step(title: &str) -> String {
    format!("+++\ntitle = \"{title}\"\nshow = [{{ images = [3, 8] }}]\n+++\n{title}, explained.\n")
}

/// A lesson of two steps in both languages, with a file that is no step.
fn write_lesson(folder: &Path) {
    for (language, titles) in [("en", ["Shoes", "Bags"]), ("es", ["Zapatos", "Bolsos"])] {
        let folder = folder.join(language);
        fs::create_dir_all(&folder).unwrap();
        for (number, title) in titles.into_iter().enumerate() {
            fs::write(folder.join(format!("0{number}-step.md")), step(title)).unwrap();
        }
    }
    fs::write(folder.join("README.md"), "For colleagues.").unwrap();
}

fn titles(folder: &Path) -> [Vec<String>; 2] {
    lessons::read_both(folder)
        .unwrap()
        .map(|lesson| lesson.steps.into_iter().map(|step| step.title).collect())
}

fn packed(folder: &Path, file: &Path) -> LessonFiles {
    let lesson = lessons::to_send(folder).unwrap();
    let store = Store::new(folder.join("no runs"));
    store
        .pack_lesson(&lesson, None, &Value::Null, file)
        .unwrap();
    lesson
}

#[test]
fn a_lesson_with_a_run_opens_elsewhere_in_both_languages() {
    let (folder, store, id) = small_run();
    let own = folder.path().join("Ropa: qué es");
    write_lesson(&own);
    let file = folder.path().join("lesson.convlens");
    let lesson = lessons::to_send(&own).unwrap();
    store
        .pack_lesson(&lesson, Some(id), &Value::Bool(true), &file)
        .unwrap();

    let contents = package::contents(&file).unwrap();
    assert!(contents.has_run);
    assert_eq!(contents.shown, Value::Bool(true));
    let sent = contents.lesson.unwrap();
    assert_eq!(sent, lesson);
    lessons::check(&sent, &file).unwrap();
    let elsewhere = folder.path().join("elsewhere");
    let kept = elsewhere.join("Ropa- qué es");
    let keep = |replaces| lessons::keep(&sent, &elsewhere, replaces).unwrap();
    assert_eq!(keep(false), Keep::Kept(kept.clone()));
    assert_eq!(titles(&kept), titles(&own));
    assert!(!kept.join("README.md").exists());
    let runs = Store::new(folder.path().join("their runs"));
    let (there, _) = runs.unpack(&file).unwrap();
    assert_eq!(
        runs.read(there).unwrap().curve,
        store.read(id).unwrap().curve
    );

    // The same once more is the same; another one asks before it is replaced.
    assert_eq!(keep(false), Keep::Kept(kept.clone()));
    fs::write(kept.join("en/02-mine.md"), step("Mine")).unwrap();
    assert_eq!(keep(false), Keep::Exists(kept.clone()));
    assert!(kept.join("en/02-mine.md").exists());
    assert_eq!(keep(true), Keep::Kept(kept.clone()));
    assert_eq!(titles(&kept), titles(&own));

    // Whatever else is in the way is not touched, asked or not.
    for other in ["photo.jpg", "es/notes.txt", "fr/01.md", ".git/config"] {
        let path = kept.join(other);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "precious").unwrap();
        let error = lessons::keep(&sent, &elsewhere, true).unwrap_err();
        assert!(matches!(error.fault, LessonFault::Occupied), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"precious");
        fs::remove_file(&path).unwrap();
        let _only_where_it_was_made = fs::remove_dir(path.parent().unwrap());
    }
    assert_eq!(
        fs::read_dir(&elsewhere).unwrap().count(),
        1,
        "nothing is left beside"
    );
}

#[test]
fn a_lesson_without_a_run_is_told_from_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let (own, file) = (folder.path().join("own"), folder.path().join("x.convlens"));
    write_lesson(&own);
    packed(&own, &file);
    assert!(!package::contents(&file).unwrap().has_run);
    let store = Store::new(folder.path().join("runs"));
    for error in [
        store.unpack(&file).unwrap_err(),
        package::newest(&file).unwrap_err(),
    ] {
        assert!(matches!(error, RunError::OnlyLesson(_)), "{error}");
        assert!(Language::Es.text().run_error(&error).contains("lección"));
    }
    assert!(!store.root().exists());
}

#[test]
fn lessons_that_would_write_elsewhere_or_grow_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (own, file) = (folder.path().join("own"), folder.path().join("x.convlens"));
    write_lesson(&own);
    packed(&own, &file);
    let good = zip_entries(&file);
    let refused = |entries: &[(String, Vec<u8>)]| {
        write_zip(&file, entries, CompressionMethod::Deflated);
        package::contents(&file).unwrap_err().to_string()
    };
    let with = |name: &str, content: Vec<u8>| {
        let mut entries = good.clone();
        entries.push((name.to_owned(), content));
        entries
    };
    for name in [
        "lesson/../../escaped.md",
        "lesson/en/../escaped.md",
        "lesson/fr/01.md",
        "lesson/en/run.sh",
        "lesson/C:escaped.md",
        "lesson/en\\..\\escaped.md",
        "lesson/en/",
    ] {
        let error = refused(&with(name, b"+++".to_vec()));
        assert!(
            error.contains("no part of a run or of a lesson"),
            "{name}: {error}"
        );
    }
    let error = refused(&with("lesson/en/99.md", vec![b' '; 64 * 1024 + 1]));
    assert!(error.contains("longer than"), "{error}");
    let error = refused(&with("lesson/en/00-STEP.md", Vec::new()));
    assert!(error.contains("the same name"), "{error}");
    let many = (0..193).map(|n| (format!("lesson/{n}.md"), Vec::new()));
    let error = refused(&[good.clone(), many.collect()].concat());
    assert!(error.contains("entries"), "{error}");
    for name in ["..", "../escaped", "a/b", "", ".ssh", "C:", "nul", "a\u{7}"] {
        let mut entries = good.clone();
        let package = serde_json::json!({ "format": 2, "lesson": name });
        entries[0].1 = package.to_string().into_bytes();
        let error = refused(&entries);
        assert!(
            error.contains("the name of the lesson"),
            "{name:?}: {error}"
        );
    }
    let mut nameless = good.clone();
    nameless[0].1 = br#"{"format": 2}"#.to_vec();
    assert!(refused(&nameless).contains("no name"));

    // Nor does one get through that was made in memory.
    let lesson = LessonFiles {
        name: "x".into(),
        files: vec![("../escaped.md".into(), step("x").into_bytes())],
    };
    lessons::keep(&lesson, &folder.path().join("kept"), false).unwrap_err();
    assert!(!folder.path().join("kept/escaped.md").exists());
    assert!(!folder.path().join("escaped.md").exists());
}

#[test]
fn a_broken_step_is_reported_with_its_line_and_nothing_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own");
    write_lesson(&own);
    let broken = step("x").replace("images", "imagse");
    fs::write(own.join("es/01-step.md"), &broken).unwrap();
    let error = lessons::to_send(&own).unwrap_err();
    assert_eq!(error.line, Some(3), "{error}");
    assert!(
        error.to_string().contains("es/01-step.md, line 3: "),
        "{error}"
    );

    fs::write(own.join("es/01-step.md"), step("x")).unwrap();
    let file = folder.path().join("x.convlens");
    packed(&own, &file);
    let mut entries = zip_entries(&file);
    let place = entries
        .iter_mut()
        .find(|(n, _)| n == "lesson/es/01-step.md");
    place.unwrap().1 = broken.into_bytes();
    write_zip(&file, &entries, CompressionMethod::Deflated);
    let path = file.display().to_string();
    let to = folder.path().join("kept").display().to_string();
    let line = fault(&["lesson", "open", &path, "--to", &to]);
    assert!(
        line.contains("x.convlens: es/01-step.md, line 3: "),
        "{line}"
    );
    assert!(!Path::new(&to).exists());
    let line = fault(&["lesson", "check", &path]);
    assert!(line.contains("line 3"), "{line}");

    // Names that another system would not take.
    fs::write(own.join("es/a:b.md"), step("x")).unwrap();
    let error = lessons::to_send(&own).unwrap_err();
    assert!(matches!(error.fault, LessonFault::BadName), "{error}");
}

#[test]
fn lessons_are_sent_and_taken_in_by_commands() {
    let (folder, store, id) = small_run();
    let own = folder.path().join("clothes");
    write_lesson(&own);
    let [own, file, to, runs] =
        ["clothes", "x.convlens", "to", "runs"].map(|name| folder.path().join(name));
    assert_eq!(store.root(), runs);
    let [own, file, to, runs] = [&own, &file, &to, &runs].map(|path| path.display().to_string());
    let run = id.to_string();
    let steps = output(&["lesson", "check", &own]);
    assert_eq!(steps.lines().count(), 4, "{steps}");
    let export = ["export", "--lesson", &own, "--out", &file];
    output(&[&export[..], &["--run", &run, "--runs", &runs]].concat());
    output(&["evaluate", &file, "--data", "synthetic"]);
    let kept = output(&["lesson", "open", &file, "--to", &to]);
    assert_eq!(titles(Path::new(kept.trim())), titles(Path::new(&own)));
    fs::write(Path::new(kept.trim()).join("en/00-step.md"), step("Mine")).unwrap();
    let line = fault(&["lesson", "open", &file, "--to", &to]);
    assert!(line.contains("--replace"), "{line}");
    output(&["lesson", "open", &file, "--to", &to, "--replace"]);
    assert_eq!(titles(Path::new(kept.trim())), titles(Path::new(&own)));

    let line = fault(&["export", "--lesson", &own, "--out", "x.keras"]);
    assert!(line.contains(".convlens"), "{line}");
    output(&["export", "--run", &run, "--runs", &runs, "--out", &file]);
    let line = fault(&["lesson", "open", &file, "--to", &to]);
    assert!(line.contains("without a lesson"), "{line}");
}

#[test]
fn a_lesson_goes_from_one_window_to_another() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("here/clothes");
    write_lesson(&own);
    let sent = folder.path().join("sent.convlens");
    let mut here = english();
    // A folder with a lesson is told from one with data.
    drop_file(&mut here, &own);
    wait_for(&mut here, "A lesson of 2 steps is open.");
    press(&mut here, Key::M);
    settle(&mut here);
    assert!(shows(&here, "conv1, channel 1, image 8: "));
    save(&mut here, text().export.lesson, &sent);
    wait_for(&mut here, "Saved as ");

    // Where a teacher has a lesson of her own, another comes next to it.
    let theirs = folder.path().join("there/mine");
    write_lesson(&theirs);
    let mut there = harness(options(Language::En), [1280.0, 720.0]);
    drop_file(&mut there, &theirs);
    wait_for(&mut there, "A lesson of 2 steps is open.");
    drop_file(&mut there, &sent);
    wait_for(&mut there, "The lesson is kept in ");
    settle(&mut there);
    assert!(
        shows(&there, "conv1, channel 1, image 8: "),
        "the same pictures"
    );
    there.get_by_label("Shoes, explained.");
    let kept = folder.path().join("there/clothes");
    assert_eq!(titles(&kept), titles(&own));

    fs::write(kept.join("en/00-step.md"), step("Changed")).unwrap();
    drop_file(&mut there, &sent);
    wait_for(&mut there, "There is another lesson in ");
    assert_eq!(titles(&kept)[0][0], "Changed");
    click(&mut there, text().export.replace);
    settle(&mut there);
    assert_eq!(titles(&kept), titles(&own));

    // A broken one is told with its line, and the lesson on screen stays.
    let mut entries = zip_entries(&sent);
    let step = entries
        .iter_mut()
        .find(|(n, _)| n == "lesson/en/01-step.md");
    step.unwrap().1 = b"+++\ntitle = 1\n+++\nx".to_vec();
    write_zip(&sent, &entries, CompressionMethod::Deflated);
    drop_file(&mut there, &sent);
    wait_for(&mut there, "en/01-step.md, line 2: ");
    there.get_by_label("Shoes, explained.");
}
