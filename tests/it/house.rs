//! The rule of the house: the rooms below `app` know nothing of the window and say nothing.

use std::fs;
use std::path::Path;

use super::support::root;

/// Rooms and what each may import of the others.
const ROOMS: [(&str, &[&str]); 10] = [
    ("dataset", &[]),
    ("network", &["dataset", "files"]),
    ("training", &["dataset", "network", "files"]),
    ("explore", &["dataset", "network"]),
    ("render", &["files"]),
    (
        "lessons",
        &["dataset", "network", "training", "explore", "render"],
    ),
    (
        "text",
        &[
            "dataset", "network", "training", "explore", "render", "lessons",
        ],
    ),
    (
        "figures",
        &["dataset", "network", "explore", "render", "text"],
    ),
    (
        "app",
        &[
            "dataset", "network", "training", "explore", "render", "lessons", "text", "figures",
            "files",
        ],
    ),
    (
        "cli",
        &[
            "dataset", "network", "training", "explore", "render", "lessons", "text", "figures",
            "files", "app",
        ],
    ),
];

fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            let name = path.display().to_string();
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
    assert!(!found.is_empty(), "{}", folder.display());
    found
}

/// The code of a file without comments, which may mention anything.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
}

#[test]
fn only_the_window_knows_egui_and_only_it_and_the_command_line_speak() {
    let window = ["egui::", "eframe", "egui_plot", "rfd::"];
    let voices = ["println!", "eprintln!", "print!", "dbg!"];
    for (room, _) in ROOMS
        .iter()
        .filter(|(room, _)| !["app", "cli"].contains(room))
    {
        for (file, text) in sources(&root().join("src").join(room)) {
            // What tests print is for the person who runs them.
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            if file.ends_with("tests.rs") {
                continue;
            }
            for line in code(text) {
                for word in window.iter().chain(&voices) {
                    assert!(!line.contains(word), "{file} uses {word}: {line}");
                }
            }
        }
    }
}

#[test]
fn imports_run_downwards() {
    for (room, below) in ROOMS {
        for (file, text) in sources(&root().join("src").join(room)) {
            for line in code(&text) {
                for (other, _) in ROOMS {
                    let imported = line.contains(&format!("crate::{other}::"))
                        || line.trim() == format!("use crate::{other};");
                    let allowed = other == room || below.contains(&other);
                    assert!(
                        !imported || allowed,
                        "{file}: {room} imports {other}: {line}"
                    );
                }
            }
        }
    }
}

#[test]
fn every_room_is_listed() {
    for entry in fs::read_dir(root().join("src")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let known = ROOMS.iter().any(|(room, _)| *room == name);
        assert!(
            !path.is_dir() || known,
            "src/{name} has no rule in this test"
        );
    }
}

/// A button without a frame shows nothing when Tab comes to it; `theme::bare_button` does.
#[test]
fn whatever_has_the_keyboard_shows_it() {
    for (file, text) in sources(&root().join("src/app")) {
        let bare = code(&text).any(|line| line.contains("frame(false)"));
        assert!(
            !bare || file.ends_with("theme.rs"),
            "{file}: use theme::bare_button"
        );
    }
}
