//! The rules of the house: imports run one way, no circle, what is below the window knows nothing of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::support::root;

/// Rooms of a crate and what each may import of the others; those of `TOP` may import all.
struct Storey {
    /// The crate's sources.
    folder: &'static str,
    /// How its files name it, before a room's name.
    path: &'static str,
    rooms: &'static [(&'static str, &'static [&'static str])],
    /// Files and folders that know every room.
    top: &'static [&'static str],
}

const STOREYS: [Storey; 3] = [
    Storey {
        folder: "crates/core/src",
        path: "crate",
        rooms: &[
            ("harmless", &[]),
            ("memory", &[]),
            ("processor", &[]),
            ("paths", &[]),
            ("stand_in", &[]),
            ("worker", &[]),
            ("files", &[]),
            ("bounds", &["files", "harmless"]),
            ("archive", &["bounds"]),
            ("csv_table", &["harmless"]),
            (
                "dataset",
                &["bounds", "files", "harmless", "paths", "stand_in"],
            ),
            (
                "network",
                &[
                    "archive", "bounds", "dataset", "files", "harmless", "stand_in",
                ],
            ),
            (
                "training",
                &[
                    "archive",
                    "bounds",
                    "csv_table",
                    "dataset",
                    "network",
                    "files",
                    "harmless",
                    "paths",
                ],
            ),
            ("explore", &["dataset", "network"]),
            ("render", &["files"]),
            (
                "figures",
                &[
                    "csv_table",
                    "dataset",
                    "network",
                    "explore",
                    "render",
                    "files",
                ],
            ),
            (
                "lessons",
                &[
                    "bounds", "dataset", "network", "training", "explore", "render", "files",
                    "harmless",
                ],
            ),
        ],
        top: &["lib.rs"],
    },
    Storey {
        folder: "src",
        path: "crate",
        rooms: &[
            ("about", &[]),
            ("signals", &[]),
            ("text", &[]),
            ("paper", &["text"]),
            ("report", &["text", "paper"]),
            ("app", &["about", "signals", "text", "paper", "report"]),
            (
                "cli",
                &["about", "signals", "text", "paper", "report", "app"],
            ),
        ],
        top: &["lib.rs", "main.rs"],
    },
    Storey {
        folder: "src/app",
        path: "crate::app",
        rooms: &[
            ("model", &[]),
            ("threads", &["model"]),
            ("requests", &["threads", "model"]),
            ("update", &["requests", "threads", "model"]),
            ("widgets", &["model"]),
            ("panels", &["widgets", "model"]),
            ("views", &["widgets", "model"]),
        ],
        top: &[
            "mod.rs",
            "closing.rs",
            "middle.rs",
            "room.rs",
            "view_table.rs",
            "projector.rs",
            "preferences_file.rs",
            "screenshot.rs",
            "vector.rs",
        ],
    },
];

/// Every Rust file below a folder, with its text.
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

/// The code of a file without comments, which may mention anything, and without its tests.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// The paths that code names from `crate` or `super` on, those of `use a::{b, c}` one by one.
fn paths(code: &str) -> BTreeSet<Vec<String>> {
    let mut found = BTreeSet::new();
    let mut rest = code;
    while let Some(at) = ["crate::", "super::", "self::"]
        .iter()
        .filter_map(|start| rest.find(start))
        .min()
    {
        let before = rest[..at].chars().next_back();
        let inside = before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':');
        let start = &rest[at..];
        let read = if inside {
            7
        } else {
            tree(start, &mut Vec::new(), &mut found)
        };
        rest = &start[read.max(7)..];
    }
    found
}

/// The paths that code names from a module on which it has imported by its name, as in `use crate::app::update;` and
/// `update::data::open()`.
fn below(code: &str, name: &str, before: &[String]) -> BTreeSet<Vec<String>> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices(&format!("{name}::")) {
        let is_longer = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        if !code[..at].ends_with(is_longer) {
            tree(&code[at..], &mut before.to_vec(), &mut found);
        }
    }
    found
}

/// Reads one path or a tree of them, as `before` leads to it; how much of the text it took.
fn tree(text: &str, before: &mut Vec<String>, found: &mut BTreeSet<Vec<String>>) -> usize {
    let (depth, mut at) = (before.len(), 0);
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        let name: String = text[at..]
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        at += name.len();
        if text[at..].starts_with('{') && name.is_empty() {
            at += 1;
            while !text[at..].trim_start().starts_with('}') && at < text.len() {
                at += tree(&text[at..], before, found);
                at += text[at..].find([',', '}']).unwrap_or(text.len() - at);
                if text[at..].starts_with(',') {
                    at += 1;
                }
            }
            at += text[at..].find('}').map_or(0, |end| end + 1);
            break;
        }
        before.push(name);
        if text[at..].starts_with("::") {
            at += 2;
            continue;
        }
        found.insert(before.clone());
        break;
    }
    before.truncate(depth);
    at
}

/// A file's module, from its folder on: `views/maps/mod.rs` is `views::maps`.
fn module(file: &str) -> Vec<String> {
    let name = file.strip_suffix(".rs").unwrap();
    let mut parts: Vec<String> = name.split('/').map(str::to_owned).collect();
    if matches!(
        parts.last().map(String::as_str),
        Some("mod" | "lib" | "main")
    ) {
        parts.pop();
    }
    parts
}

/// Which files of a folder import which others of it, by their modules.
fn imports(folder: &str, crate_path: &str) -> BTreeMap<Vec<String>, BTreeSet<Vec<String>>> {
    let base = root().join(folder);
    let prefix = format!("{}/", base.display());
    let files: Vec<(Vec<String>, String)> = sources(&base)
        .into_iter()
        .map(|(name, text)| (module(name.strip_prefix(&prefix).unwrap()), text))
        .filter(|(module, _)| module.last().is_none_or(|name| name != "tests"))
        .collect();
    let modules: BTreeSet<Vec<String>> = files.iter().map(|(module, _)| module.clone()).collect();
    let outer: Vec<&str> = crate_path.split("::").collect();
    let resolve = |from: &[String], path: &[String]| -> Option<Vec<String>> {
        let mut here = from.to_vec();
        let mut names = path.iter();
        match path[0].as_str() {
            "crate" => {
                here.clear();
                for expected in &outer {
                    names.next().filter(|name| name == expected)?;
                }
            }
            "self" => {
                names.next();
            }
            _ => {
                while names.as_slice().first().is_some_and(|n| n == "super") {
                    names.next();
                    here.pop()?;
                }
            }
        }
        for name in names {
            here.push(name.clone());
            if !modules.contains(&here) {
                here.pop();
                break;
            }
        }
        Some(here)
    };
    files
        .iter()
        .map(|(from, text)| {
            let text = code(text);
            let mut found = paths(&text);
            let rooms: Vec<Vec<String>> = found
                .iter()
                .filter(|path| resolve(from, path).is_some_and(|to| to.last() == path.last()))
                .cloned()
                .collect();
            for mut room in rooms {
                let Some(name) = room.pop() else { continue };
                found.extend(below(&text, &name, &room));
            }
            let to = found.iter().filter_map(|path| resolve(from, path));
            // A file belongs to the folder whose `mod.rs` it is in: naming that is no import of a file.
            let is_other = |to: &Vec<String>| to != from && !from.starts_with(to);
            (from.clone(), to.filter(is_other).collect())
        })
        .collect()
}

#[test]
fn imports_run_downwards() {
    for storey in &STOREYS {
        for (from, to) in imports(storey.folder, storey.path) {
            let Some(room) = from.first() else { continue };
            if storey.top.iter().any(|top| *top == format!("{room}.rs")) {
                continue;
            }
            let rule = storey.rooms.iter().find(|(name, _)| name == room);
            let (_, below) = rule.unwrap_or_else(|| {
                panic!("{}/{room} has no rule in this test", storey.folder);
            });
            for other in to.iter().filter_map(|to| to.first()) {
                assert!(
                    other == room || below.contains(&other.as_str()),
                    "{}: {} imports {other}",
                    storey.folder,
                    from.join("::")
                );
            }
        }
    }
}

/// A circle among these files, if there is one.
fn circle(imports: &BTreeMap<Vec<String>, BTreeSet<Vec<String>>>) -> Option<Vec<String>> {
    fn visit(
        at: &Vec<String>,
        imports: &BTreeMap<Vec<String>, BTreeSet<Vec<String>>>,
        way: &mut Vec<Vec<String>>,
        done: &mut BTreeSet<Vec<String>>,
    ) -> Option<Vec<String>> {
        if let Some(start) = way.iter().position(|step| step == at) {
            let mut names: Vec<String> = way[start..].iter().map(|step| step.join("::")).collect();
            names.push(at.join("::"));
            return Some(names);
        }
        if !done.insert(at.clone()) {
            return None;
        }
        way.push(at.clone());
        let found = imports[at]
            .iter()
            .filter(|to| imports.contains_key(*to))
            .find_map(|to| visit(to, imports, way, done));
        way.pop();
        found
    }
    let mut done = BTreeSet::new();
    imports
        .keys()
        .find_map(|start| visit(start, imports, &mut Vec::new(), &mut done))
}

/// A file can be read, and moved, without all the others of its circle. Children know their parent's `mod.rs`.
#[test]
fn no_files_import_each_other_in_a_circle() {
    let storeys = STOREYS.iter().map(|storey| (storey.folder, storey.path));
    for (folder, path) in storeys.chain([("crates/kernels/src", "crate")]) {
        let imports = imports(folder, path);
        assert!(imports.len() > 20, "{folder}: {}", imports.len());
        assert_eq!(circle(&imports), None, "{folder}");
    }
}

#[test]
fn the_reader_of_imports_sees_trees_and_circles() {
    let code =
        "use crate::app::{model::{state::State, view}, widgets};\nfn f() { super::super::x::y(1) }";
    let found: Vec<String> = paths(code).iter().map(|path| path.join("::")).collect();
    assert_eq!(
        found,
        [
            "crate::app::model::state::State",
            "crate::app::model::view",
            "crate::app::widgets",
            "super::super::x::y",
        ]
    );
    let code =
        "use crate::app::update;\nfn f() { update::data::open(); no_update::x(); y::update::z() }";
    let app = ["crate".to_owned(), "app".to_owned()];
    let found = below(code, "update", &app);
    let found: Vec<String> = found.iter().map(|path| path.join("::")).collect();
    assert_eq!(found, ["crate::app::update::data::open"]);
    let name = |name: &str| vec![name.to_owned()];
    let arrow = |from: &str, to: &[&str]| (name(from), to.iter().map(|to| name(to)).collect());
    let mut graph = BTreeMap::from([arrow("a", &["b", "c"]), arrow("b", &["c"]), arrow("c", &[])]);
    assert_eq!(circle(&graph), None);
    graph.insert(name("c"), BTreeSet::from([name("a")]));
    assert_eq!(circle(&graph).unwrap(), ["a", "b", "c", "a"]);
}

#[test]
fn only_the_window_knows_egui_and_only_it_and_the_command_line_speak() {
    let window = ["egui::", "eframe", "egui_plot", "rfd::"];
    let voices = ["println!", "eprintln!", "print!", "dbg!"];
    for room in ["crates/kernels/src", "crates/core/src", "src/text"] {
        for (file, text) in sources(&root().join(room)) {
            // What tests print is for the person who runs them.
            if file.ends_with("tests.rs") || file.contains("/tests/") {
                continue;
            }
            for line in code(&text).lines() {
                for word in window.iter().chain(&voices) {
                    assert!(!line.contains(word), "{file} uses {word}: {line}");
                }
            }
        }
    }
}

/// The model is plain data: what draws, computes or waits is elsewhere.
#[test]
fn the_model_holds_no_threads_and_draws_nothing() {
    let foreign = [
        "egui::Ui",
        "Painter",
        "thread::",
        "JoinHandle",
        "Worker",
        "Trainer",
    ];
    for (file, text) in sources(&root().join("src/app/model")) {
        for line in code(&text).lines() {
            for word in foreign {
                assert!(!line.contains(word), "{file} uses {word}: {line}");
            }
        }
    }
}

/// One map of keys: see `widgets/keys.rs`. What ends the typing in a field is the field's.
#[test]
fn keys_are_bound_in_one_place() {
    for (file, text) in sources(&root().join("src/app")) {
        if file.ends_with("widgets/keys.rs") || file.ends_with("widgets/tab_order.rs") {
            continue;
        }
        for line in code(&text).lines() {
            let ends_typing = ["key_pressed(Key::E", "key_pressed(egui::Key::E"];
            let is_field = ends_typing.iter().any(|end| line.contains(end));
            let names_key = line.contains("Key::") || line.contains("consume_");
            assert!(
                is_field || !names_key,
                "{file}: bind it in widgets/keys.rs: {line}"
            );
        }
    }
}

/// A layer of a new kind is not taken for one of the old ones: what is done with it is for the compiler to ask.
#[test]
fn no_match_on_layers_has_an_arm_for_the_rest() {
    for folder in ["src", "crates/core/src"] {
        for (file, text) in sources(&root().join(folder)) {
            let text = code(&text);
            let lines: Vec<&str> = text.lines().collect();
            if let Some(number) = rest_of_layers(&lines) {
                panic!("{file}:{}: list the layers: {}", number + 1, lines[number]);
            }
        }
    }
}

/// The first arm for the rest in a match whose patterns name layers. As rustfmt leaves a file, the arms of a match are
/// indented alike, and a pattern of several lines is a bracket with them.
fn rest_of_layers(lines: &[&str]) -> Option<usize> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let rests = ["_ =>", "_ if", "(_, ", "Some(_) =>", "_,"];
    (0..lines.len()).find(|&number| {
        let rest = lines[number].trim_start();
        if !rests.iter().any(|start| rest.starts_with(start)) {
            return false;
        }
        let depth = indent(lines[number]) - if rest.starts_with("_,") { 4 } else { 0 };
        let mut arms = lines[..number]
            .iter()
            .rev()
            .take_while(|line| line.trim().is_empty() || indent(line) >= depth)
            .filter(|line| (depth..=depth + 4).contains(&indent(line)));
        arms.any(|line| {
            let pattern = line.split("=>").next().unwrap_or_default();
            let is_pattern = indent(line) == depth || line.trim_end().ends_with([',', '{']);
            is_pattern && (pattern.contains("LayerKind::") || pattern.contains("LayerSpec::"))
        })
    })
}

#[test]
fn an_arm_for_the_rest_of_layers_is_found() {
    let found = |text: &str| rest_of_layers(&text.lines().collect::<Vec<_>>());
    let one =
        "match kind {\n    LayerKind::Conv { .. } => {\n        a();\n    }\n    _ => b(),\n}";
    assert_eq!(found(one), Some(4));
    let pair = "match (kind, x) {\n    (\n        LayerKind::Dense,\n        Some(p),\n    ) => a(),\n    (\n        _,\n        None,\n    ) => b(),\n}";
    assert_eq!(found(pair), Some(6));
    let word = "match word {\n    \"pool\" => LayerSpec::MAX_POOL,\n    _ => return None,\n}";
    assert_eq!(found(word), None);
}

/// Where something is in memory says nothing once it is gone: what takes its place has the same address.
/// Versions and [`convlens_core::dataset::DatasetId`] tell things apart.
#[test]
fn nothing_is_told_apart_by_its_address() {
    let addresses = [
        "as_ptr(",
        "::as_ptr",
        "ptr_eq",
        "ptr::from_ref",
        "*const",
        ".addr()",
    ];
    for folder in ["src", "crates/core/src"] {
        for (file, text) in sources(&root().join(folder)) {
            for line in code(&text).lines() {
                for word in addresses {
                    assert!(!line.contains(word), "{file} uses {word}: {line}");
                }
            }
        }
    }
}

/// A button without a frame shows nothing when Tab comes to it; `theme::bare_button` does.
#[test]
fn whatever_has_the_keyboard_shows_it() {
    for (file, text) in sources(&root().join("src/app")) {
        let bare = code(&text).contains("frame(false)");
        assert!(
            !bare || file.ends_with("theme.rs"),
            "{file}: use theme::bare_button"
        );
    }
}

/// The catalogue of files: each says in its first line what it is for.
#[test]
fn every_file_says_what_it_is_for() {
    let own = [
        "src",
        "tests/it",
        "benches/speed",
        "fuzz/src",
        "fuzz/fuzz_targets",
    ];
    let mut folders: Vec<_> = own.iter().map(|folder| root().join(folder)).collect();
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        folders.push(entry.unwrap().path().join("src"));
    }
    for (file, text) in folders.iter().flat_map(|folder| sources(folder)) {
        assert!(
            text.starts_with("//! "),
            "{file}: begin with a line `//! …` that says what the file is for"
        );
    }
}
