//! What the packages ship: pages for each command, data for the desktop, licences, and the sheet that shows them.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use convlens::about::{ICON, LICENCES, VERSION};
use convlens::text::Language;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use toml::Table;

use super::commands::output;
use super::support::root;
use super::views::{focused, harness, options, press, shows, tab_to};

#[path = "../../packaging/manual.rs"]
#[expect(dead_code, reason = "its `main` is the example's")]
mod manual;

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn manifest(file: &str) -> Table {
    read(file).parse().unwrap()
}

/// What cargo says, without the network.
fn cargo(arguments: &[&str]) -> String {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let said = Command::new(cargo)
        .args(arguments)
        .arg("--offline")
        .current_dir(root())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(said.stdout).unwrap()
}

#[test]
fn the_program_names_version_and_commit() {
    assert_eq!(output(&["--version"]), format!("convlens {VERSION}\n"));
    let rest = VERSION.strip_prefix(env!("CARGO_PKG_VERSION")).unwrap();
    let given = env::var_os("CONVLENS_COMMIT").is_some();
    // Git may know none: of sources that were unpacked, or whose folder it does not trust.
    let mut git = Command::new("git");
    git.args(["log", "-1", "--format=%h"]).current_dir(root());
    let knows = git.output().is_ok_and(|said| said.status.success());
    if given || !knows || !root().join(".git").exists() {
        return;
    }
    let commit = rest.strip_prefix(" (").and_then(|c| c.strip_suffix(')'));
    let (hash, day) = commit.unwrap().split_once(", ").unwrap();
    assert!(hash.len() >= 7 && hash.chars().all(|c| c.is_ascii_hexdigit()));
    assert!(day.len() == 10 && day.starts_with("20"), "{day}");
}

/// The commands below one, each with its page's name.
fn pages(command: &clap::Command, page: &str) -> Vec<(String, clap::Command)> {
    let below = command.get_subcommands().filter(|c| c.get_name() != "help");
    let mut all = vec![(page.to_owned(), command.clone())];
    all.extend(below.flat_map(|c| pages(c, &format!("{page}-{}", c.get_name()))));
    all
}

#[test]
fn every_command_and_option_has_its_page_and_is_completed() {
    let folder = tempfile::tempdir().unwrap();
    manual::write(folder.path()).unwrap();
    let made = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let completions = ["convlens.bash", "_convlens", "convlens.fish"].map(made);
    let all = pages(&convlens::cli::command(), "convlens");
    assert!(all.len() > 25, "{}", all.len());
    for (page, command) in all {
        let text = made(&format!("{page}.1")).replace("\\-", "-");
        assert!(text.contains(".SH SYNOPSIS"), "{page}");
        for option in command.get_arguments().filter_map(clap::Arg::get_long) {
            assert!(text.contains(&format!("--{option}")), "{page}: {option}");
        }
        for completion in &completions {
            assert!(completion.contains(command.get_name()), "{page}");
        }
    }
}

/// The values of a key in a desktop entry, and of the same in Spanish.
fn entry(desktop: &str, key: &str) -> Option<String> {
    let mut lines = desktop.lines();
    lines.find_map(|line| Some(line.strip_prefix(key)?.strip_prefix('=')?.to_owned()))
}

#[test]
fn the_desktop_is_told_what_is_there() {
    let desktop = read("packaging/convlens.desktop");
    let metainfo = read("packaging/io.github.convlens.convlens.metainfo.xml");
    let mime = read("packaging/convlens.xml");
    let get = |key: &str| entry(&desktop, key).unwrap_or_else(|| panic!("no {key}"));

    // By this name, which is also the entry's, a desktop knows the window: `with_app_id`.
    let id = read("src/app/mod.rs");
    assert!(id.contains("const APP_ID: &str = \"convlens\";"));
    assert_eq!(get("StartupWMClass"), "convlens");
    assert!(metainfo.contains(">convlens.desktop</launchable>"));
    assert_eq!(get("Exec"), "convlens %f");
    assert!(metainfo.contains("<binary>convlens</binary>"));
    let kind = get("MimeType");
    let kind = kind.trim_end_matches(';');
    assert!(mime.contains(&format!("type=\"{kind}\"")), "{kind}");
    assert!(metainfo.contains(&format!("<mediatype>{kind}<")), "{kind}");
    let version = format!("<release version=\"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(metainfo.contains(&version), "add {version} to the metainfo");
    for key in ["GenericName", "Comment", "Keywords"] {
        assert_ne!(get(key), get(&format!("{key}[es]")));
    }
    for tag in ["name", "summary", "p", "caption"] {
        let count = |tag: &str| metainfo.matches(tag).count();
        let (all, spanish) = (format!("<{tag}>"), format!("<{tag} xml:lang=\"es\">"));
        // The program's own name is the same in both.
        let own = usize::from(tag == "name");
        assert_eq!(count(&all), count(&spanish) + own, "{tag}");
    }
}

#[test]
fn the_packages_take_what_is_there() {
    let cargo = manifest("Cargo.toml");
    let package = &cargo["package"];
    let deb = &package["metadata"]["deb"];
    let (mut made, mut kept) = (0, 0);
    for asset in deb["assets"].as_array().unwrap() {
        let source = asset[0].as_str().unwrap();
        if source.starts_with("target/") {
            made += 1;
        } else {
            assert!(root().join(source).is_file(), "{source}");
            kept += 1;
        }
    }
    assert!(made >= 5 && kept >= 5, "{made}, {kept}");
    let icon = format!(
        "{}.svg",
        entry(&read("packaging/convlens.desktop"), "Icon").unwrap()
    );
    assert!(deb["assets"].to_string().contains(&icon), "{icon}");

    let python = manifest("pyproject.toml");
    let project = &python["project"];
    for key in ["name", "description", "readme"] {
        assert_eq!(project[key], package[key], "{key}");
    }
    let workspace = &cargo["workspace"]["package"];
    assert_eq!(project["license"], workspace["license"]);
    assert_eq!(project["urls"]["Homepage"], workspace["homepage"]);
    // maturin takes it from Cargo.toml.
    assert_eq!(project["dynamic"].to_string(), "[\"version\"]");
    for file in project["license-files"].as_array().unwrap() {
        assert!(root().join(file.as_str().unwrap()).is_file(), "{file}");
    }
}

#[test]
fn published_crates_hold_no_tests_and_no_pictures() {
    for name in ["convlens-kernels", "convlens-core", "convlens"] {
        let listed = cargo(&["package", "--list", "--allow-dirty", "-p", name]);
        for file in listed.lines() {
            let path = Path::new(file);
            let is_picture = path.extension().is_some_and(|e| e == "png" || e == "svg");
            assert!(!is_picture || path.ends_with("icon.png"), "{name}: {file}");
            let aside = ["tests", "benches", "docs", "fuzz", "data", "packaging"];
            // A program of the manifest's, without which cargo does not take the crate.
            let is_aside = aside.iter().any(|folder| path.starts_with(folder));
            assert!(!is_aside || file == "packaging/manual.rs", "{name}: {file}");
        }
        for file in ["LICENSE-MIT", "LICENSE-APACHE", "README.md"] {
            assert!(listed.lines().any(|line| line == file), "{name}: {file}");
        }
    }
}

#[test]
fn the_licences_name_every_crate_of_the_program() {
    let remedy = "run `sh packaging/licences.sh` and commit assets/licences.txt";
    let named: BTreeSet<(&str, &str)> = LICENCES
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split_once(' '))
        .map(|(name, rest)| (name, rest.split(' ').next().unwrap_or_default()))
        .collect();
    let tree = [
        "tree", "--locked", "-p", "convlens", "-e", "normal", "--prefix", "none",
    ];
    let tree = cargo(&tree);
    let mut count = 0;
    for line in tree.lines().filter(|line| !line.is_empty()) {
        let mut words = line.split(' ');
        let name = words.next().unwrap();
        let version = words.next().unwrap().trim_start_matches('v');
        assert!(
            named.contains(&(name, version)),
            "{name} {version}: {remedy}"
        );
        count += 1;
    }
    assert!(count > 300, "{count}");

    // Nor one that is no more, on any system.
    let lock = manifest("Cargo.lock");
    let locked = lock["package"].as_array().unwrap().iter();
    let locked = locked.map(|p| (p["name"].as_str().unwrap(), p["version"].as_str().unwrap()));
    let locked: BTreeSet<_> = locked.collect();
    for (name, version) in named {
        let is_crate = version.split('.').count() > 2 && !name.is_empty();
        assert!(
            !is_crate || locked.contains(&(name, version)),
            "{name} {version}: {remedy}"
        );
    }
    for font in [
        "The font Inter",
        "Ubuntu Font Licence",
        "SIL OPEN FONT LICENSE",
    ] {
        assert!(LICENCES.contains(font), "{font}");
    }
}

#[test]
fn the_icon_opens_and_is_the_drawing() {
    let icon = eframe::icon_data::from_png_bytes(ICON).unwrap();
    assert_eq!((icon.width, icon.height), (256, 256));
    // Its corners are round; in the middle is the brightest cell.
    let pixel = |x: usize, y: usize| &icon.rgba[4 * (256 * y + x)..][..4];
    assert_eq!(pixel(0, 0)[3], 0);
    assert_eq!(pixel(120, 120), [0xfc, 0xff, 0xa4, 0xff]);
    assert!(read("assets/icon.svg").contains("fill=\"#fcffa4\" d=\"M6 6h3v3H6z\""));
}

#[test]
fn the_window_shows_version_and_licences_by_keyboard() {
    for language in [Language::En, Language::Es] {
        let text = language.text();
        let words = &text.about;
        let mut harness = harness(options(language), [1280.0, 720.0]);
        tab_to(&mut harness, text.display.display);
        press(&mut harness, Key::Enter);
        tab_to(&mut harness, words.title);
        press(&mut harness, Key::Enter);
        assert!(shows(&harness, &format!("convlens {VERSION}")));
        assert!(shows(&harness, words.licence));

        // The licences have the keyboard: they are read on, to the end and back.
        assert_eq!(focused(&harness).as_deref(), Some(words.others_name));
        let first = LICENCES.lines().next().unwrap();
        assert!(shows(&harness, first));
        press(&mut harness, Key::ArrowDown);
        assert!(!shows(&harness, first));
        press(&mut harness, Key::End);
        let last = LICENCES.lines().next_back().unwrap();
        assert!(shows(&harness, last), "{last}");
        press(&mut harness, Key::Home);
        assert!(shows(&harness, first));
        press(&mut harness, Key::ArrowRight);
        assert!(!shows(&harness, first));

        // Tab leaves them, for the button that closes the sheet.
        harness.key_press_modifiers(Modifiers::NONE, Key::Tab);
        harness.run_steps(2);
        assert_ne!(focused(&harness).as_deref(), Some(words.others_name));
        press(&mut harness, Key::Escape);
        assert!(harness.query_by_label(words.licence).is_none());
    }
}
