//! What a teacher does for the class: answers by keys, the clock, marks, zoom and black screen, a report of the runs.

use convlens::app::App;
use convlens::text::Language;
use eframe::egui::{self, Event, Key, PointerButton, Pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::file_menu::save;
use super::runs_commands::Folder;
use super::views::{
    click, harness, options, options_of, settle, shows, tab_to, text, wait_for, wait_until,
};

/// Presses a key; in presenter mode nothing is waited for.
fn press(harness: &mut Harness<'_, App>, key: Key) {
    harness.key_press(key);
    harness.run_steps(4);
}

fn lesson(size: [f32; 2]) -> Harness<'static, App> {
    let mut harness = harness(options(Language::En), size);
    press(&mut harness, Key::L);
    harness
}

fn is_disabled(harness: &Harness<'_, App>, name: &str) -> bool {
    harness.get_by_label(name).accesskit_node().is_disabled()
}

#[test]
fn digits_answer_until_the_answer_is_right_and_then_choose_views() {
    let mut harness = lesson([1600.0, 1000.0]);
    press(&mut harness, Key::Num2);
    settle(&mut harness);
    assert!(!shows(&harness, "Right."), "a view was chosen");
    assert!(shows(&harness, text().channels.order));
    // With the keyboard in the lesson.
    tab_to(&mut harness, "0 %");
    press(&mut harness, Key::Num1);
    assert!(shows(&harness, "Not yet."));
    press(&mut harness, Key::Num2);
    assert!(shows(&harness, "Right."));
    press(&mut harness, Key::Num1);
    settle(&mut harness);
    assert!(shows(&harness, "Right."), "answered");
    assert!(shows(&harness, "conv1, channel 1, image 0: "), "Maps");
    // While a class looks on, wherever the keyboard is; with Alt it is a view.
    press(&mut harness, Key::PageDown);
    press(&mut harness, Key::F5);
    settle(&mut harness);
    press(&mut harness, Key::Num1);
    assert!(shows(&harness, "Not yet.") || shows(&harness, "Right."));
}

/// The class reads a text from the back row at any size of the window, and whoever wants it larger still gets it so.
#[test]
fn before_a_class_letters_are_a_fortieth_of_the_windows_height() {
    for size in [
        [960.0, 600.0],
        [1280.0, 720.0],
        [1600.0, 1000.0],
        [1920.0, 1080.0],
        [3840.0, 2160.0],
    ] {
        let mut harness = lesson(size);
        let share = |harness: &Harness<'_, App>| {
            let body = egui::TextStyle::Body.resolve(&harness.ctx.global_style());
            body.size * harness.ctx.pixels_per_point() / size[1]
        };
        assert!(share(&harness) < 0.0226, "at the desk");
        press(&mut harness, Key::F5);
        assert!(share(&harness) > 0.02499, "{} at {size:?}", share(&harness));
        harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::Plus);
        harness.run_steps(3);
        assert!(share(&harness) > 0.0274, "larger at {size:?}");
    }
}

#[test]
fn the_clock_stands_on_the_teachers_window_while_a_class_looks_on() {
    let mut harness = lesson([1600.0, 1000.0]);
    assert!(!shows(&harness, "of 5\u{a0}min"));
    press(&mut harness, Key::F5);
    settle(&mut harness);
    assert!(shows(&harness, "· step 0:"), "it began with the lesson");
    assert!(shows(&harness, " of 5\u{a0}min"));
    press(&mut harness, Key::PageDown);
    assert!(shows(&harness, " of 10\u{a0}min"), "of the next step");
    click(&mut harness, text().stage.hold_clock);
    assert!(shows(&harness, text().stage.run_clock));
    tab_to(&mut harness, text().lesson.restart);
    press(&mut harness, Key::Enter);
    assert!(shows(&harness, "Lesson 0:00 · step 0:00 of 5\u{a0}min"));
}

#[test]
fn a_route_leads_past_the_other_steps_and_the_clock_counts_it() {
    let mut harness = lesson([1600.0, 1000.0]);
    press(&mut harness, Key::F5);
    settle(&mut harness);
    assert!(!shows(&harness, "of 50\u{a0}min"), "the whole lesson");
    tab_to(&mut harness, "Step 1 of 22");
    press(&mut harness, Key::Enter);
    click(&mut harness, "50\u{a0}min route");
    assert!(shows(&harness, "of 50\u{a0}min · step"));
    press(&mut harness, Key::PageDown);
    assert!(shows(&harness, "Step 3 of 22"));
    press(&mut harness, Key::PageUp);
    assert!(shows(&harness, "Step 1 of 22"));
}

#[test]
fn an_exercise_is_predicted_by_digits_and_begun_by_enter() {
    let mut harness = lesson([1280.0, 720.0]);
    press(&mut harness, Key::F5);
    assert!(!shows(&harness, text().curves.loss));
    press(&mut harness, Key::PageDown);
    assert!(
        shows(&harness, text().curves.loss),
        "curves, of which the step speaks"
    );
    for is_there in [false, true] {
        press(&mut harness, Key::F3);
        assert_eq!(shows(&harness, text().curves.loss), is_there);
    }
    for _ in 2..16 {
        press(&mut harness, Key::PageDown);
    }
    assert!(shows(&harness, "Make both predictions"));
    let is_lower = |harness: &Harness<'_, App>| {
        let lower = harness.get_by_label("Test accuracy: lower");
        lower.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True)
    };
    press(&mut harness, Key::Num1);
    assert!(!is_lower(&harness), "first the question comes into sight");
    let question = harness.get_by_label_contains("What becomes of the test accuracy");
    assert!(question.rect().max.y < 720.0);
    press(&mut harness, Key::Num1);
    assert!(is_lower(&harness));
    press(&mut harness, Key::Num2);
    assert!(!shows(&harness, "Make both predictions"));
    press(&mut harness, Key::Num2);
    assert!(shows(&harness, "Make both predictions"), "it begins anew");
    assert!(!is_lower(&harness));
    press(&mut harness, Key::Num2);
    press(&mut harness, Key::Enter);
    assert!(shows(&harness, "Run 1 of 2…"));
    press(&mut harness, Key::X);
    wait_until(&mut harness, App::is_settled);
}

fn pointer(harness: &mut Harness<'_, App>, event: Event) {
    harness.event(event);
    harness.run_steps(2);
}

/// Draws a line over the view with the mouse.
fn draw(harness: &mut Harness<'_, App>, from: Pos2, to: Pos2) {
    let button = |pos, pressed| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: egui::Modifiers::NONE,
    };
    pointer(harness, Event::PointerMoved(from));
    pointer(harness, button(from, true));
    pointer(harness, Event::PointerMoved(from.lerp(to, 0.5)));
    pointer(harness, Event::PointerMoved(to));
    pointer(harness, button(to, false));
}

#[test]
fn marks_are_drawn_undone_and_cleared() {
    let mut harness = harness(options(Language::En), [1600.0, 1000.0]);
    assert!(!shows(&harness, text().stage.pen), "no class looks on");
    press(&mut harness, Key::F5);
    settle(&mut harness);
    assert!(is_disabled(&harness, text().stage.undo));
    let map = |harness: &Harness<'_, App>| {
        let maps = harness.query_all_by_label_contains("conv1, channel 1, image 0: ");
        maps.map(|map| map.rect()).next().unwrap()
    };
    let place = map(&harness);
    press(&mut harness, Key::W);
    draw(
        &mut harness,
        place.left_top() - egui::vec2(0.0, 12.0),
        place.center(),
    );
    assert!(!is_disabled(&harness, text().stage.undo), "a mark");
    assert!(!shows(&harness, "kernel"), "and no pin was set");
    press(&mut harness, Key::G);
    draw(&mut harness, place.center(), place.right_bottom());
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::Z);
    harness.run_steps(3);
    assert!(
        !is_disabled(&harness, text().stage.clear),
        "the pen's is left"
    );
    press(&mut harness, Key::Delete);
    assert!(is_disabled(&harness, text().stage.clear));
    // Laid down, the mouse is the view's again.
    press(&mut harness, Key::Escape);
    // On the only screen the zoom shows the view itself larger, around the pointer.
    pointer(&mut harness, Event::PointerMoved(place.center()));
    press(&mut harness, Key::Z);
    harness.run_steps(3);
    let ratio = map(&harness).width() / place.width();
    assert!(
        (ratio - 2.0).abs() < 0.05 || (ratio - 1.0).abs() < 0.05,
        "{ratio}"
    );
    press(&mut harness, Key::Escape);
    harness.run_steps(3);
    assert!((map(&harness).width() - place.width()).abs() < 1.0);
}

#[test]
fn the_screen_goes_black_and_comes_back() {
    let mut harness = harness(options(Language::En), [1280.0, 720.0]);
    press(&mut harness, Key::Period);
    assert!(!shows(&harness, text().stage.back), "no class looks on");
    press(&mut harness, Key::F5);
    settle(&mut harness);
    for back in [Key::Period, Key::Escape] {
        press(&mut harness, Key::Period);
        assert!(shows(&harness, text().stage.back));
        press(&mut harness, back);
        assert!(!shows(&harness, text().stage.back));
    }
    press(&mut harness, Key::I);
    settle(&mut harness);
    press(&mut harness, Key::I);
}

#[test]
fn runs_are_reported_as_a_page() {
    let folder = Folder::new();
    let data = folder.0.path().display().to_string();
    for (seed, name) in [("1", "one & only"), ("2", "other")] {
        let train = [
            "train",
            "--data",
            &data,
            "--threads",
            "2",
            "--network",
            "16-16",
        ];
        let settings = ["--epochs", "2", "--seed", seed, "--name", name];
        folder.output(&[&train[..], &settings].concat());
    }
    let file = folder.0.path().join("report.html").display().to_string();
    let report = ["runs", "report", "--out", &file, "--data", &data];
    folder.output(&report);
    let page = std::fs::read_to_string(&file).unwrap();
    assert!(page.contains("one &amp; only") && page.contains("other"));
    assert!(
        page.contains("<th>seed</th><td>1</td><td>2</td>"),
        "what differs"
    );
    assert!(page.contains("conv1") && page.contains("test accuracy"));
    // Two charts a run, and the maps.
    assert_eq!(page.matches("<svg").count(), 5);
    for outside in ["http:", "https:", "src=", "href=", "<script", "url("] {
        let page = page.replace("http://www.w3.org/2000/svg", "");
        assert!(!page.contains(outside), "{outside}");
    }
    folder.output(&[&report[..], &["other", "--language", "es"]].concat());
    let page = std::fs::read_to_string(&file).unwrap();
    assert!(page.contains("Informe de experimentos") && !page.contains("one &amp; only"));
    let fault = folder.fault(&[&report[..], &["9"]].concat());
    assert!(fault.contains('9'), "{fault}");

    let mut harness = harness(options_of(folder.0.path()), [1600.0, 1000.0]);
    wait_for(&mut harness, "one & only");
    let saved = folder.0.path().join("saved.html");
    save(&mut harness, text().report.label, &saved);
    wait_for(&mut harness, "Saved as ");
    let page = std::fs::read_to_string(&saved).unwrap();
    assert!(page.contains("one &amp; only") && page.contains("test accuracy"));
}

/// Beside what a class looks at, a panel stands only if it is called.
#[test]
fn network_and_curves_are_called_before_a_class() {
    let mut harness = lesson([1280.0, 720.0]);
    press(&mut harness, Key::F5);
    settle(&mut harness);
    let all = [text().network.input, text().curves.loss];
    let shown = |harness: &Harness<'_, App>| all.map(|words| shows(harness, words));
    assert_eq!(shown(&harness), [false, false]);
    for (key, expected) in [
        (Key::F2, [true, false]),
        (Key::F3, [false, true]),
        (Key::F3, [false, false]),
        (Key::F2, [true, false]),
        (Key::F2, [false, false]),
    ] {
        press(&mut harness, key);
        settle(&mut harness);
        assert_eq!(shown(&harness), expected, "{key:?}");
    }
}
