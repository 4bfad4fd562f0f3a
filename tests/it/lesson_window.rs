//! The lesson in the window, by keyboard, on a small subset.

use std::path::Path;

use convlens::app::App;
use convlens::text::Language;
use convlens_core::lessons::{self, Show, ShownView};
use eframe::egui::{self, Key};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::views::{click, harness, options, settle, shows, tab_to, wait_for, wait_until};

fn press(harness: &mut Harness<'_, App>, key: Key) {
    harness.key_press(key);
    harness.run_steps(3);
}

fn open(language: Language, size: [f32; 2]) -> Harness<'static, App> {
    let mut harness = harness(options(language), size);
    press(&mut harness, Key::L);
    harness
}

/// Turns the pages from the first step to the one of this name.
fn go_to(harness: &mut Harness<'_, App>, name: &str) {
    let steps = lessons::built_in("en").unwrap().steps;
    let place = steps.iter().position(|step| step.name == name).unwrap();
    for _ in 0..place {
        press(harness, Key::PageDown);
    }
    assert!(shows(harness, &steps[place].title));
}

/// What "show me" must have made visible.
fn is_shown(harness: &Harness<'_, App>, show: &Show) -> bool {
    let text = Language::En.text();
    match show {
        // The six of step 10 stand in Compare, whose matrix names them its own way.
        Show::Images(images) if images.len() <= 3 => images
            .iter()
            .all(|image| shows(harness, &format!("image {image}"))),
        Show::ByHand(_) => shows(harness, text.by_hand.output),
        Show::View(ShownView::Compare) => shows(harness, text.compare.cosine),
        Show::LookAt(_) | Show::View(ShownView::Filters) => shows(harness, "conv1, filter "),
        Show::Class(None) => shows(harness, "10,000 test images"),
        _ => true,
    }
}

#[test]
fn the_whole_lesson_goes_by_keyboard() {
    let mut harness = open(Language::En, [1280.0, 720.0]);
    let lesson = lessons::built_in("en").unwrap();
    for (number, step) in lesson.steps.iter().enumerate() {
        assert!(
            shows(&harness, &format!("Step {} of 22", number + 1)),
            "{}",
            step.name
        );
        assert!(shows(&harness, &step.title), "{}", step.title);
        press(&mut harness, Key::M);
        if step.show.iter().any(|show| matches!(show, Show::Train(_))) {
            // It trains; twenty epochs need not be waited for.
            wait_for(&mut harness, "after epoch ");
            press(&mut harness, Key::X);
        }
        settle(&mut harness);
        // These views show one of the pictures.
        let shows_one = [ShownView::Overview, ShownView::Transform]
            .iter()
            .any(|view| step.show.contains(&Show::View(*view)));
        let show = step.show.iter();
        for show in show.filter(|show| !(shows_one && matches!(show, Show::Images(_)))) {
            assert!(is_shown(&harness, show), "{}: {show:?}", step.name);
        }
        press(&mut harness, Key::U);
        settle(&mut harness);
        press(&mut harness, Key::PageDown);
    }
    assert!(shows(&harness, "Step 22 of 22"), "it ends with the last");
    press(&mut harness, Key::PageUp);
    assert!(shows(&harness, "Step 21 of 22"));
    press(&mut harness, Key::L);
    assert!(!shows(&harness, "Step 21 of 22"));
}

#[test]
fn show_me_changes_the_window_and_undo_puts_it_back() {
    let mut harness = open(Language::En, [1600.0, 1000.0]);
    go_to(&mut harness, "11-fewer-filters");
    assert!(shows(&harness, "243,786"));
    press(&mut harness, Key::M);
    settle(&mut harness);
    assert!(shows(&harness, "55,098"), "16-16 is set up");
    press(&mut harness, Key::U);
    settle(&mut harness);
    let total = harness
        .query_all_by_label_contains("55,098 parameters")
        .count();
    assert_eq!(total, 0, "and gone again");
}

/// A key or a button that says it shows a panel does, in a window with no room for it beside the lesson too, and the lesson comes back.
#[test]
fn a_panel_is_called_where_the_lesson_leaves_no_room_for_it() {
    let text = Language::En.text();
    for (size, is_beside) in [
        ([960.0, 600.0], false),
        ([1200.0, 800.0], false),
        ([1280.0, 720.0], true),
    ] {
        let mut harness = open(Language::En, size);
        let title = &lessons::built_in("en").unwrap().steps[0].title;
        let sides = |harness: &Harness<'_, App>| {
            [title, text.network.input, text.curves.loss].map(|words| shows(harness, words))
        };
        // In the widest the first step has the curves beside it.
        let at_first = [true, false, is_beside];
        assert_eq!(sides(&harness), at_first, "{size:?}");
        press(&mut harness, Key::F2);
        settle(&mut harness);
        assert_eq!(sides(&harness), [is_beside, true, false], "{size:?}");
        press(&mut harness, Key::F3);
        settle(&mut harness);
        assert_eq!(sides(&harness), [is_beside, false, true], "{size:?}");
        if !is_beside {
            press(&mut harness, Key::L);
            settle(&mut harness);
            assert_eq!(sides(&harness), at_first, "{size:?}");
            press(&mut harness, Key::F2);
        }
        press(&mut harness, Key::PageDown);
        press(&mut harness, Key::PageUp);
        settle(&mut harness);
        assert_eq!(sides(&harness), at_first, "{size:?}");
    }
}

/// Where a text's longest words are wider than the panel, they are written smaller: none is cut.
#[test]
fn a_table_of_the_lesson_fits_its_panel() {
    for (language, word) in [(Language::En, "parameters"), (Language::Es, "parámetros")] {
        for (key, size) in [(None, [960.0, 600.0]), (Some(Key::F5), [960.0, 600.0])] {
            let mut harness = open(language, size);
            let steps = lessons::built_in("en").unwrap().steps;
            let place = steps.iter().position(|step| step.name == "07-cnn").unwrap();
            for _ in 0..place {
                press(&mut harness, Key::PageDown);
            }
            if let Some(key) = key {
                press(&mut harness, key);
            }
            settle(&mut harness);
            let end = harness.get_by_label(word).rect().max.x;
            let close = harness.get_by_label(language.text().lesson.close).rect();
            assert!(end <= close.max.x + 1.0, "{word}: {end} {close}");
        }
    }
}

/// The classes at the end of the network are in sight, with both panels beside it and in the smallest window.
#[test]
fn the_whole_network_is_seen_at_a_glance() {
    for (size, presents) in [
        ([1600.0, 1000.0], false),
        ([960.0, 600.0], false),
        ([960.0, 600.0], true),
    ] {
        let mut harness = open(Language::En, size);
        go_to(&mut harness, "07b-overview");
        if presents {
            press(&mut harness, Key::F5);
        }
        press(&mut harness, Key::M);
        settle(&mut harness);
        let classes = harness.query_all_by_label_contains("Ankle boot ");
        let named = |label: Option<String>| label.is_some_and(|it| it.starts_with("Ankle boot "));
        let mut classes = classes.filter(|node| named(node.accesskit_node().label()));
        let class = classes.next().expect("the class").rect();
        let messages = Language::En.text().messages(0);
        let edge = harness.get_by_label_contains(&messages).rect().max.x;
        assert!(class.max.x <= edge + 1.0, "{class} in {edge} at {size:?}");
    }
}

/// Before a class with one screen, what is compared is seen with both its means.
#[test]
fn both_means_are_in_sight_before_a_class() {
    for language in [Language::En, Language::Es] {
        let text = language.text();
        let mut harness = open(language, [1280.0, 720.0]);
        for _ in 0..12 {
            press(&mut harness, Key::PageDown);
        }
        press(&mut harness, Key::F5);
        press(&mut harness, Key::M);
        settle(&mut harness);
        let below = harness.get_by_label(text.timeline.history).rect().min.y;
        for name in [text.compare.within, text.compare.between] {
            let mean = harness.get_by_label(name).rect();
            assert!(mean.max.y < below, "{name}: {mean} above {below}");
        }
    }
}

/// Before a class with one small screen, the whole of what a kernel makes of a picture is in sight.
#[test]
fn the_output_of_a_kernel_is_seen_as_a_whole() {
    for size in [[960.0, 600.0], [1280.0, 720.0]] {
        let mut harness = open(Language::Es, size);
        press(&mut harness, Key::F5);
        for _ in 0..3 {
            press(&mut harness, Key::PageDown);
        }
        press(&mut harness, Key::M);
        settle(&mut harness);
        let name = format!("{}: 26×26", Language::Es.text().by_hand.output);
        let output = harness.get_by_label(&name).rect();
        let messages = Language::Es.text().messages(0);
        let edge = harness.get_by_label_contains(&messages).rect().max.x;
        assert!(output.max.x + 1.0 <= edge, "{output} in {edge} at {size:?}");
    }
}

#[test]
fn a_check_tells_right_from_wrong() {
    let mut harness = open(Language::En, [1280.0, 1400.0]);
    assert!(!shows(&harness, "Not yet."));
    click(&mut harness, "0 %");
    assert!(shows(&harness, "Not yet."));
    assert!(
        shows(&harness, "count those in the test set"),
        "why it is wrong"
    );
    assert!(!shows(&harness, "one answer in ten"));
    click(&mut harness, "about 10 %");
    assert!(shows(&harness, "Right.") && shows(&harness, "one answer in ten"));
}

/// An exercise like those of the lesson, on networks that train in no time.
const EXERCISE: &str = r#"+++
title = "Mine"
[exercise]
question = "Eight units instead of four?"
baseline = [{ dense = 4 }]
changed = [{ dense = 8 }]
why = "There are more weights."
+++
Text."#;

/// Types the path of a teacher's folder and opens it.
fn open_folder(harness: &mut Harness<'_, App>, folder: &Path) {
    click(harness, "A folder of your own…");
    let field = egui::accesskit::Role::TextInput;
    harness.get_by_role_and_label(field, "Folder").focus();
    harness.run_steps(2);
    harness
        .get_by_role_and_label(field, "Folder")
        .type_text(&folder.display().to_string());
    harness.run_steps(2);
    click(harness, "Open");
}

#[test]
fn an_exercise_is_predicted_run_and_revealed() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("01.md"), EXERCISE).unwrap();
    let mut harness = open(Language::En, [1600.0, 1500.0]);
    open_folder(&mut harness, folder.path());
    wait_for(&mut harness, "Make both predictions");
    click(&mut harness, "Test accuracy: lower");
    click(&mut harness, "Training time: shorter");
    assert!(!shows(&harness, "Make both predictions"));
    assert!(!shows(&harness, "Prediction: "), "not before the runs");
    assert!(!shows(&harness, "There are more weights."));
    harness.get_by_label("Train both").click();
    harness.run_steps(3);
    wait_for(&mut harness, "Prediction: ");
    assert!(shows(&harness, "points)"), "the accuracies are there");
    assert!(shows(&harness, "There are more weights."), "and the reason");
    settle(&mut harness);
    harness.get_by_label("Two more seeds").click();
    harness.run_steps(3);
    wait_for(&mut harness, ", 3 seeds)");
    settle(&mut harness);
    assert!(shows(&harness, "Two more seeds"), "and more if wanted");
}

#[test]
fn a_result_before_a_class_does_not_widen_the_lesson() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("01.md"), EXERCISE).unwrap();
    let mut harness = open(Language::En, [1280.0, 1500.0]);
    open_folder(&mut harness, folder.path());
    harness.set_size([1280.0, 720.0].into());
    press(&mut harness, Key::F5);
    click(&mut harness, "Test accuracy: about the same");
    click(&mut harness, "Training time: about the same");
    let right = |harness: &Harness<'_, App>| {
        let close = harness.get_by_label(Language::En.text().lesson.close);
        close.rect().max.x
    };
    let before = right(&harness);
    harness.get_by_label("Train both").click();
    harness.run_steps(3);
    wait_for(&mut harness, "Prediction: ");
    settle(&mut harness);
    assert!((right(&harness) - before).abs() < 0.5);
}

#[test]
fn an_exercise_that_is_stopped_says_so() {
    let mut harness = open(Language::En, [1600.0, 1500.0]);
    go_to(&mut harness, "12-one-convolution");
    click(&mut harness, "Test accuracy: higher");
    click(&mut harness, "Training time: about the same");
    harness.get_by_label("Train both").click();
    harness.run_steps(3);
    press(&mut harness, Key::X);
    wait_for(&mut harness, "ended before they had a result");
    wait_until(&mut harness, App::is_settled);
}

#[test]
fn the_lesson_follows_the_language() {
    let mut harness = open(Language::Es, [1280.0, 720.0]);
    assert!(shows(&harness, "Paso 1 de 22"));
    assert!(shows(&harness, "Diez tipos de prendas"));
    press(&mut harness, Key::PageDown);
    click(&mut harness, "EN");
    assert!(shows(&harness, "Step 2 of 22"));
    assert!(shows(&harness, "The starting point: a dense network"));
}

#[test]
fn a_teachers_folder_is_opened_and_a_broken_one_told() {
    let folder = tempfile::tempdir().unwrap();
    let write = |text: &str| std::fs::write(folder.path().join("01.md"), text).unwrap();
    write("+++\ntitle = \"Mine\"\nshow = [{ view = \"nowhere\" }]\n+++\nHello.");
    let mut harness = open(Language::En, [1280.0, 1400.0]);
    open_folder(&mut harness, folder.path());
    wait_for(&mut harness, "01.md, line 3: `view` cannot be `nowhere`");
    assert!(shows(&harness, "Step 1 of 22"), "the lesson stays");
    write("+++\ntitle = \"Mine\"\n+++\nHello.");
    // The path is still in the field.
    click(&mut harness, "A folder of your own…");
    click(&mut harness, "Open");
    wait_for(&mut harness, "Mine");
    assert!(shows(&harness, "Step 1 of 1") && !shows(&harness, "Step 1 of 22"));
    assert!(shows(&harness, "Hello."));
    click(&mut harness, "A folder of your own…");
    click(&mut harness, "The built-in lesson");
    assert!(shows(&harness, "Step 1 of 22"));
}

#[test]
fn the_window_slides_by_hand() {
    let mut harness = open(Language::En, [1280.0, 720.0]);
    for _ in 0..2 {
        press(&mut harness, Key::PageDown);
    }
    press(&mut harness, Key::M);
    assert!(shows(&harness, "Position 1 of 9"));
    assert!(shows(&harness, "(5 + 2·0 − 3) / 1 + 1 = 3"));
    press(&mut harness, Key::ArrowRight);
    assert!(shows(&harness, "Position 2 of 9"));
    press(&mut harness, Key::End);
    assert!(shows(&harness, "Position 9 of 9"));
    press(&mut harness, Key::ArrowRight);
    assert!(shows(&harness, "Position 9 of 9"));
    click(&mut harness, "same");
    assert!(shows(&harness, "Position 1 of 25"));
    assert!(shows(&harness, "(5 + 2·1 − 3) / 1 + 1 = 5"));
    press(&mut harness, Key::Space);
    wait_for(&mut harness, "Position 3 of 25");
    press(&mut harness, Key::Space);
    click(&mut harness, "Pixel, row 0, column 0: 0");
    assert!(shows(&harness, "Pixel, row 0, column 0: 9"));
    click(&mut harness, "Max-pooling");
    assert!(shows(&harness, "Position 1 of 4"));
}

#[test]
fn presenter_mode_shows_the_notes_and_hides_the_network() {
    let mut harness = open(Language::En, [1600.0, 1000.0]);
    assert!(shows(&harness, "243,786"), "the network's parameters");
    assert!(!shows(&harness, "For the teacher"));
    press(&mut harness, Key::F5);
    settle(&mut harness);
    press(&mut harness, Key::F9);
    assert!(shows(&harness, "For the teacher"));
    assert!(!shows(&harness, "243,786"));
    assert!((harness.ctx.zoom_factor() - 1000.0 / 540.0).abs() < 1e-3);
    press(&mut harness, Key::F9);
    assert!(!shows(&harness, "For the teacher"));
}

#[test]
fn the_menu_of_the_display_opens_the_performance_overlay() {
    let mut harness = harness(options(Language::En), [1280.0, 720.0]);
    assert!(!shows(&harness, "Peak memory, MB"));
    click(&mut harness, "Display");
    click(&mut harness, "Performance");
    assert!(shows(&harness, "Peak memory, MB"));
    // Letters are no shortcuts while a menu is open.
    press(&mut harness, Key::Escape);
    press(&mut harness, Key::P);
    assert!(!shows(&harness, "Peak memory, MB"));
}

#[test]
fn with_a_projector_the_notes_stay_with_the_teacher() {
    let mut harness = open(Language::En, [1600.0, 1000.0]);
    assert!(!shows(&harness, "For the teacher"));
    press(&mut harness, Key::F8);
    assert!(shows(&harness, "For the teacher"));
    press(&mut harness, Key::F8);
    assert!(!shows(&harness, "For the teacher"));
}

/// Hands are typed in, shown when the teacher shows them, and forgotten for the next group; the notes are behind a key.
#[test]
fn the_class_shows_hands_and_the_next_group_begins_anew() {
    let mut harness = open(Language::En, [1600.0, 1000.0]);
    let text = Language::En.text();
    press(&mut harness, Key::F5);
    harness.run_steps(3);
    assert!(
        !shows(&harness, "For the teacher"),
        "the class would read them"
    );
    press(&mut harness, Key::F9);
    assert!(shows(&harness, "For the teacher"));
    press(&mut harness, Key::PageDown);
    assert!(
        !shows(&harness, "For the teacher"),
        "behind a key in every step"
    );
    press(&mut harness, Key::PageUp);
    for (choice, hands) in [("1", 3.0), ("2", 9.0)] {
        harness
            .get_by_role_and_label(egui::accesskit::Role::SpinButton, choice)
            .set_value_accesskit(hands);
        harness.run_steps(3);
    }
    assert!(!shows(&harness, "9 of 12 hands"), "not before it is shown");
    tab_to(&mut harness, text.lesson.show_hands);
    press(&mut harness, Key::Space);
    assert!(shows(&harness, "9 of 12 hands") && shows(&harness, "3 of 12 hands"));
    press(&mut harness, Key::PageDown);
    press(&mut harness, Key::PageUp);
    assert!(!shows(&harness, "9 of 12 hands"), "hidden again");
    tab_to(&mut harness, text.lesson.restart);
    press(&mut harness, Key::Enter);
    tab_to(&mut harness, text.lesson.show_hands);
    press(&mut harness, Key::Space);
    assert!(shows(&harness, "0 of 0 hands"), "forgotten");
}

#[test]
fn a_sheet_lists_the_keys_and_the_size_changes_by_key() {
    let mut harness = harness(options(Language::Es), [1280.0, 720.0]);
    harness.event(egui::Event::Text("?".into()));
    harness.run_steps(3);
    assert!(shows(&harness, "modo de presentación"));
    let end = harness.get_by_label("Close window").rect().max.x;
    let keys = &Language::Es.text().keys;
    for words in [keys.more_views_does, keys.pad_does] {
        let ends = harness.get_by_label(words).rect().max.x;
        assert!(ends <= end, "cut at {end}: {words} ends at {ends}");
    }
    let top = |harness: &Harness<'_, App>| harness.get_by_label(keys.presenter_does).rect().min.y;
    let before = top(&harness);
    press(&mut harness, Key::PageDown);
    harness.run_steps(20);
    assert!(top(&harness) < before, "the keys scroll it");
    press(&mut harness, Key::Escape);
    assert!(!shows(&harness, "modo de presentación"));
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::Plus);
    harness.run_steps(3);
    assert!((harness.ctx.zoom_factor() - 1.1).abs() < 1e-3);
    for _ in 0..4 {
        harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::Minus);
        harness.run_steps(2);
    }
    assert!((harness.ctx.zoom_factor() - 0.75).abs() < 1e-3);
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::Num0);
    harness.run_steps(3);
    assert!((harness.ctx.zoom_factor() - 1.0).abs() < 1e-3);
}

#[test]
fn the_welcome_is_ticked_off_by_doing() {
    let mut options = options(Language::En);
    options.welcome = true;
    let mut harness = harness(options, [1280.0, 720.0]);
    assert!(shows(&harness, "Three clicks to begin"));
    assert!(shows(&harness, "○ 2. another filter"));
    press(&mut harness, Key::ArrowRight);
    assert!(shows(&harness, "✓ 2. another filter"));
    click(&mut harness, "Remove image 7");
    assert!(shows(&harness, "✓ 1. another image"));
    press(&mut harness, Key::T);
    wait_for(&mut harness, "That is all it takes");
    settle(&mut harness);
    click(&mut harness, "Close");
    assert!(!shows(&harness, "That is all it takes"));
}
