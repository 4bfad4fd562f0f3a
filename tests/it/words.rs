//! No word on screen comes from outside the tables of texts.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use convlens::text::Language;
use eframe::egui::Key;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::support::{VIEW_KEYS, root};
use super::views::{harness, options, press};

/// What takes words that are shown or read aloud.
const SAYS: [&str; 32] = [
    "label(",
    "button(",
    "small_button(",
    "heading(",
    "strong(",
    "small(",
    "RichText::new(",
    "Button::new(",
    "Label::new(",
    "Window::new(",
    "on_hover_text(",
    "on_disabled_hover_text(",
    "on_hover_text_at_pointer(",
    "selectable_label(",
    "selectable_value(",
    "radio(",
    "checkbox(",
    "selected_text(",
    "hint_text(",
    "Notice::error(",
    "Notice::done(",
    "format!(",
    "println!(",
    "print!(",
    "write!(out, ",
    "writeln!(out, ",
    "bail!(",
    "anyhow!(",
    "remark(",
    "context(",
    "ok_or(",
    "Err(",
];
/// Words that are names, the same in every language.
const NAMES: [&str; 4] = ["convlens", "max", "png", "relu"];

/// String literals of a source with what stands before each, comments and tests left out.
fn literals(source: &str) -> Vec<(String, String)> {
    let source = source.split("#[cfg(test)]\nmod tests").next().unwrap();
    let code: String = source
        .lines()
        .map(|line| {
            let is_comment = line.trim_start().starts_with("//");
            let log = ["log::", "expect(", "reason ="];
            if is_comment || log.iter().any(|word| line.contains(word)) {
                ""
            } else {
                line.trim()
            }
        })
        .collect();
    let mut found = Vec::new();
    let mut rest = code.as_str();
    let mut before = String::new();
    while let Some(start) = rest.find('"') {
        before.push_str(&rest[..start]);
        let mut end = start + 1;
        let bytes = rest.as_bytes();
        while end < bytes.len() && bytes[end] != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        let literal = rest[start + 1..end.min(rest.len())].to_owned();
        found.push((before.clone(), literal));
        rest = rest.get(end + 1..).unwrap_or_default();
        before.clear();
    }
    found
}

/// The words of a literal, placeholders left out.
fn words(literal: &str) -> Vec<String> {
    let mut plain = String::new();
    let mut depth = 0;
    for letter in literal.replace("\\u{a0}", " ").replace("\\n", " ").chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ if depth == 0 => plain.push(letter),
            _ => {}
        }
    }
    plain
        .split(|letter: char| !letter.is_alphabetic())
        .filter(|word| word.chars().count() > 1)
        .map(str::to_lowercase)
        .collect()
}

fn check(folder: &Path, seen: &mut usize) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            check(&path, seen);
            continue;
        }
        // Nobody sees what tests say.
        if path.ends_with("contrast.rs") || path.ends_with("tests.rs") {
            continue;
        }
        for (before, literal) in literals(&fs::read_to_string(&path).unwrap()) {
            let is_thread = literal.starts_with("convlens-");
            let is_shown = SAYS.iter().any(|says| before.ends_with(says));
            let is_list_of_endings = literal.split(' ').all(|word| word.starts_with('.'));
            if is_thread || is_list_of_endings || !is_shown {
                continue;
            }
            *seen += 1;
            let foreign: Vec<_> = words(&literal)
                .into_iter()
                .filter(|word| !NAMES.contains(&word.as_str()))
                .collect();
            assert!(
                foreign.is_empty(),
                "{}: \"{literal}\" is said and is in no table of texts",
                path.display()
            );
        }
    }
}

#[test]
fn every_literal_that_is_shown_is_without_words() {
    assert_eq!(words("{x} of {y:.1}\\u{a0}images"), ["of", "images"]);
    let source = "ui.label(\"Hello there\"); // label(\"no\")";
    assert_eq!(literals(source)[0].1, "Hello there");
    let mut seen = 0;
    check(&root().join("src/app"), &mut seen);
    check(&root().join("crates/core/src/figures"), &mut seen);
    assert!(seen > 20, "{seen} literals were found");
}

/// Every name and text that a screen reader finds, in all views.
fn everything_said(language: Language) -> BTreeSet<String> {
    let mut harness = harness(options(language), [1900.0, 1100.0]);
    let mut said = BTreeSet::new();
    press(&mut harness, Key::L);
    for view in VIEW_KEYS {
        press(&mut harness, view);
        press(&mut harness, Key::PageDown);
        let nodes = harness.query_all_by(|node| node.label().is_some());
        said.extend(nodes.filter_map(|node| node.accesskit_node().label()));
    }
    press(&mut harness, Key::F5);
    let nodes = harness.query_all_by(|node| node.label().is_some());
    said.extend(nodes.filter_map(|node| node.accesskit_node().label()));
    said
}

#[test]
fn nothing_is_said_alike_in_both_languages_but_names() {
    let (english, spanish) = (everything_said(Language::En), everything_said(Language::Es));
    assert!(english.len() > 200, "{} texts", english.len());
    // The field's own names, and words that both languages share.
    let shared = [
        "convlens", "conv", "pool", "dense", "kernel", "kernels", "sobel", "same", "max",
        "pooling", "relu", "softmax", "adam", "diagonal", "english", "español", "fashion", "mnist",
        "img", "normal", "error", "total", "valid", "input", "light", "log", "lenet", "vgg",
        "grad", "cam", "pca", "sne", "resnet",
    ];
    let untranslated: Vec<_> = english
        .intersection(&spanish)
        .filter(|text| {
            let words = text.split(|letter: char| !letter.is_alphabetic());
            let words = words.filter(|word| word.chars().count() > 2);
            let mut words = words.map(str::to_lowercase);
            words.any(|word| !shared.contains(&word.as_str()))
        })
        .collect();
    assert!(untranslated.is_empty(), "{untranslated:#?}");
}
