//! Whose figures are on screen: in every view and every frame they are of the network, run, moment, data and filters that
//! the status line names.

use std::path::Path;
use std::time::{Duration, Instant};

use convlens::app::App;
use convlens::text::Language;
use convlens_core::dataset::{self, Classes, Dataset, Origin, PictureSize, Pictures};
use convlens_core::explore::{Progress, ablated, predictions};
use convlens_core::network::{Model, weights};
use eframe::egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::support::VIEW_KEYS;
use super::views::{
    click, harness, let_fall, options, press, settle, shows, tab_to, text, wait_for,
};
use super::views_follow::{Bench, VIEWS};

const PATIENCE: Duration = Duration::from_mins(2);

/// What the status line begins with.
const BEGINNINGS: [&str; 5] = [
    "Earlier answer: ",
    "Run ",
    "New run",
    "Built-in network",
    "Model ",
];

/// Whether this is a status line.
pub fn is_line(words: &str) -> bool {
    words.contains(" · ") && BEGINNINGS.iter().any(|b| words.starts_with(b))
}

/// The status line.
fn line(window: &Harness<'_, App>) -> String {
    let all = window.query_all_by(|node| node.value().is_some());
    let mut lines = all.filter_map(|node| node.accesskit_node().value());
    lines.find(|words| is_line(words)).expect("a status line")
}

/// What a view says on one side of a change, and how the status line names that side.
struct Side<'a> {
    name: &'a str,
    words: Vec<String>,
}

/// Whether the view has these words, and not only as a part of a longer number.
fn has_words(window: &Harness<'_, App>, words: &str) -> bool {
    let mut all = window.query_all_by_label_contains(words);
    all.any(|node| {
        // In the view: every run has its accuracy on the shelf, the current one also in the bar at the top.
        let rect = node.rect();
        if rect.min.x < 245.0 || rect.max.x > 985.0 || rect.min.y < 80.0 {
            return false;
        }
        let node = node.accesskit_node();
        let whole = node.label().or_else(|| node.value()).unwrap_or_default();
        says(&whole, words)
    })
}

/// Whether a text has these words, and not only as a part of a longer number.
pub fn says(whole: &str, words: &str) -> bool {
    let is_number = |c: char| c.is_ascii_digit() || c == '.' || c == ',';
    whole.split_once(words).is_some_and(|(before, after)| {
        !before.ends_with(is_number) && !after.starts_with(is_number)
    })
}

/// In this frame each side's own words stand only below its name, and the old ones are named as such.
fn check(window: &Harness<'_, App>, view: &str, old: &Side<'_>, new: &Side<'_>) {
    let line = line(window);
    let own = |side: &Side<'_>, other: &Side<'_>| -> Vec<String> {
        let own = side
            .words
            .iter()
            .filter(|words| !other.words.contains(words));
        own.filter(|words| has_words(window, words))
            .cloned()
            .collect()
    };
    let (olds, news) = (own(old, new), own(new, old));
    assert!(
        olds.is_empty() || line.contains(old.name),
        "{view}: {olds:?} below “{line}”"
    );
    let is_new = line.contains(new.name) && !line.starts_with("Earlier answer: ");
    assert!(news.is_empty() || is_new, "{view}: {news:?} below “{line}”");
}

/// Steps until the window is at rest, and checks every frame of it.
fn watch(window: &mut Harness<'_, App>, mut check: impl FnMut(&Harness<'_, App>)) {
    let started = Instant::now();
    let mut rest = 0;
    while rest < 6 {
        window.step();
        check(window);
        rest = if window.state().is_settled() {
            rest + 1
        } else {
            0
        };
        assert!(started.elapsed() < PATIENCE, "still waiting");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// In each view: from one side to the other by `change`, every frame checked, and back by `undo`.
fn walk(
    bench: &mut Bench,
    (old_side, new_side): ((&str, &Model, &Pictures), (&str, &Model, &Pictures)),
    change: impl Fn(&mut Bench),
    undo: impl Fn(&mut Bench),
) {
    for (view, key, says) in VIEWS {
        press(&mut bench.window, Key::Escape);
        press(&mut bench.window, key);
        let old = Side {
            name: old_side.0,
            words: says(old_side.1, old_side.2),
        };
        let new = Side {
            name: new_side.0,
            words: says(new_side.1, new_side.2),
        };
        if old.words == new.words {
            // What is drawn, or set pixel by pixel, is of no data set.
            assert!(
                ["Draw", "By hand"].contains(&view) && std::ptr::eq(old_side.1, new_side.1),
                "{view}: not a test"
            );
            continue;
        }
        for words in &old.words {
            assert!(shows(&bench.window, words), "{view}, before: {words}");
        }
        change(bench);
        watch(&mut bench.window, |window| check(window, view, &old, &new));
        for words in &new.words {
            assert!(shows(&bench.window, words), "{view}, after: {words}");
        }
        undo(bench);
        watch(&mut bench.window, |window| check(window, view, &new, &old));
    }
}

/// A bench with two runs; the second is looked at.
fn two_runs() -> Bench {
    let mut bench = Bench::new(1);
    press(&mut bench.window, Key::T);
    let seed = bench.window.get_by_label(text().training.seed);
    seed.set_value_accesskit(7.0);
    bench.window.run_steps(3);
    press(&mut bench.window, Key::T);
    bench
}

#[test]
fn every_view_names_whose_figures_it_shows_in_one_place() {
    let mut bench = two_runs();
    let mut places = Vec::new();
    for key in VIEW_KEYS {
        press(&mut bench.window, Key::Escape);
        press(&mut bench.window, key);
        let words = line(&bench.window);
        // What is drawn is no picture of the data set.
        let pictures = if key == Key::Num6 {
            "trained on Synthetic garments · your drawing"
        } else {
            "Synthetic garments"
        };
        let ends = ["Run 2, 16-16 · ", &format!(" · after epoch 1 · {pictures}")];
        assert!(
            words.starts_with(ends[0]) && words.ends_with(ends[1]),
            "{key:?}: {words}"
        );
        places.push(bench.window.get_by_label(&words).rect().min);
    }
    assert!(places.iter().all(|place| *place == places[0]), "{places:?}");
}

#[test]
fn no_view_shows_figures_of_another_run() {
    let mut bench = two_runs();
    let (first, second) = (bench.weights(1, -1), bench.weights(2, -1));
    let test = bench.test.clone();
    walk(
        &mut bench,
        (("Run 2, ", &second, &test), ("Run 1, ", &first, &test)),
        Bench::press_oldest,
        |bench| {
            bench
                .window
                .get_by_label(text().timeline.back_to_live)
                .click();
        },
    );
}

#[test]
fn no_view_shows_figures_of_another_moment() {
    let mut bench = two_runs();
    let (random, now) = (bench.weights(2, 0), bench.weights(2, -1));
    let test = bench.test.clone();
    let go = |bench: &mut Bench, key: Key| {
        bench
            .window
            .get_by_label_contains("Training history: ")
            .focus();
        bench.window.step();
        bench.window.key_press(key);
    };
    walk(
        &mut bench,
        (
            ("after epoch 1", &now, &test),
            ("random weights", &random, &test),
        ),
        |bench| go(bench, Key::Home),
        |bench| go(bench, Key::End),
    );
}

/// Until the new run's first weights are there, what the views show is the last one's.
#[test]
fn no_view_shows_the_last_runs_figures_as_those_of_a_run_just_begun() {
    let mut bench = Bench::new(1);
    press(&mut bench.window, Key::T);
    for (last, (view, key, says)) in (1..).zip(VIEWS) {
        press(&mut bench.window, Key::Escape);
        press(&mut bench.window, key);
        let weights = bench.weights(last, -1);
        let old = Side {
            name: &format!("Run {last}, "),
            words: says(&weights, &bench.test),
        };
        let seed = bench.window.get_by_label(text().training.seed);
        seed.set_value_accesskit(f64::from(last) + 20.0);
        bench.window.run_steps(3);
        bench.window.key_press(Key::T);
        watch(&mut bench.window, |window| {
            let line = line(window);
            let olds = old.words.iter().filter(|words| has_words(window, words));
            let olds: Vec<_> = olds.collect();
            let is_named = line.contains(old.name);
            // A class that two runs are as sure of is no figure of the old one.
            assert!(
                olds.len() < old.words.len() || is_named,
                "{view}: {olds:?} below “{line}”"
            );
        });
    }
}

/// The shares that are said in the table of runs and on the shelf, in their order.
fn shares(window: &Harness<'_, App>) -> [Vec<String>; 2] {
    let mut found = [Vec::new(), Vec::new()];
    for node in window.query_all_by(|node| node.value().is_some()) {
        let (rect, words) = (node.rect(), node.accesskit_node().value().unwrap());
        let side = usize::from(rect.min.x > 985.0);
        if words.ends_with("\u{a0}%") && rect.min.x > 245.0 && rect.min.y > 80.0 {
            found[side].push((rect.min.x, words));
        }
    }
    found.map(|mut all| {
        all.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        all.into_iter().map(|(_, words)| words).collect()
    })
}

/// The disk, which the table was made from, is a moment behind the run that trains.
#[test]
fn the_table_of_runs_says_of_a_run_what_the_shelf_says() {
    let mut bench = Bench::new(30);
    press(&mut bench.window, Key::Num8);
    bench.window.key_press(Key::T);
    let mut said = Vec::new();
    watch(&mut bench.window, |window| {
        let [table, shelf] = shares(window);
        // Until the disk has listed the run the table has no row of it.
        if said.is_empty() && table.is_empty() {
            return;
        }
        // The test accuracy comes first.
        assert_eq!(table.first(), shelf.first());
        said.extend(shelf);
    });
    said.dedup();
    assert!(said.len() > 5, "not a test: {said:?}");
}

/// Other garments than the synthetic test set's first ones.
fn other_garments(folder: &Path) -> Pictures {
    let Dataset { train, test, .. } = dataset::synthetic(1000, 200);
    // Of the same classes in the same order, by which Fashion-MNIST is known.
    let mut next = [0; 10];
    let rows = test.labels().iter().map(|&label| {
        let from = &mut next[usize::from(label)];
        let found = (*from..train.len()).find(|&row| train.label(row) == label);
        *from = found.unwrap() + 1;
        found.unwrap() as u32
    });
    let rows: Vec<u32> = rows.collect();
    let test = train.subset(&rows);
    let garments = Dataset::new(
        Origin::Synthetic,
        train,
        test.clone(),
        Classes::FashionMnist,
    );
    garments.save(folder).unwrap();
    test
}

#[test]
fn no_view_shows_figures_of_other_data() {
    let mut bench = two_runs();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("fashion-mnist");
    let others = other_garments(&folder);
    let model = bench.weights(2, -1);
    let test = bench.test.clone();
    walk(
        &mut bench,
        (
            ("after epoch 1 · Synthetic garments", &model, &test),
            (
                "trained on Synthetic garments, looks at Data from fashion-mnist",
                &model,
                &others,
            ),
        ),
        |bench| let_fall(&mut bench.window, &folder),
        |bench| {
            let window = &mut bench.window;
            let menu = window.get_by_label_contains("Data from a folder");
            menu.click();
            window.run_steps(2);
            let garments = text().size_and_colour(PictureSize::FASHION_MNIST);
            window.get_by_label(&garments).click();
        },
    );
}

#[test]
fn no_accuracy_is_shown_of_other_filters_than_those_that_are_off() {
    let mut window = harness(options(Language::En), [1280.0, 720.0]);
    press(&mut window, Key::Num3);
    let model = weights::built_in().unwrap();
    let test = dataset::synthetic(0, 10_000).test;
    let pool = rayon::ThreadPoolBuilder::new().build().unwrap();
    let accuracy = |model: &Model| {
        let said = predictions(model, &test, &pool, &Progress::default());
        said.unwrap().accuracy()
    };
    let whole = accuracy(&model);
    let mut off = Vec::new();
    let mut earlier = vec![text().percent(whole, 2)];
    for filter in [1, 2, 3] {
        off.push((0, filter));
        let without = ablated(&model, &off.iter().copied().collect()).unwrap();
        let now = text().before_after(whole, accuracy(&without), 2);
        window.key_press(Key::F);
        window.step();
        watch(&mut window, |window| {
            for words in &earlier {
                let is_there = window.query_all_by_label(words).next().is_some();
                assert!(!is_there, "{words}, {} filters off", off.len());
            }
        });
        assert!(shows(&window, &now), "{now}");
        earlier.push(now);
        press(&mut window, Key::ArrowRight);
    }
}

/// Three shapes, each a class.
fn shapes(folder: &Path) {
    let picture = |class: u8, number: usize| -> Vec<u8> {
        let inside = move |y: usize, x: usize| {
            let (y, x) = (y as isize - 14, x as isize - 14 - (number % 5) as isize);
            match class {
                0 => y * y + x * x < 81,
                1 => y.abs() < 8 && x.abs() < 8,
                _ => y.abs() < 8 && x.abs() * 2 < y + 8,
            }
        };
        let pixels = (0..28).flat_map(|y| (0..28).map(move |x| (y, x)));
        pixels.map(|(y, x)| u8::from(inside(y, x)) * 255).collect()
    };
    let pictures = |count: usize| {
        let classes: Vec<u8> = (0..3).cycle().take(count).collect();
        let all = classes.iter().enumerate();
        let pixels = all
            .flat_map(|(number, &class)| picture(class, number))
            .collect();
        Pictures::new(PictureSize::FASHION_MNIST, pixels, classes, 3).unwrap()
    };
    let names = Classes::named(["circle", "square", "triangle"].into_iter());
    let shapes = Dataset::new(Origin::Synthetic, pictures(320), pictures(100), names);
    shapes.save(folder).unwrap();
}

/// Opens the shapes, or synthetic garments again.
fn open_shapes(window: &mut Harness<'_, App>, folder: &Path) {
    let_fall(window, folder);
    window.run_steps(3);
    wait_for(window, "Data from shapes");
    settle(window);
}

/// Predictions are called as the network learnt them, pictures by their own classes, and there is no right and wrong
/// between the two.
#[test]
fn classes_of_a_network_and_of_other_pictures_are_not_mixed() {
    let mut window = harness(options(Language::En), [1280.0, 720.0]);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("shapes");
    shapes(&folder);
    open_shapes(&mut window, &folder);

    // The built-in network, which knows garments, before shapes.
    let names_garments = |window: &Harness<'_, App>, view: &str, looks_at: &str| {
        let name = text().class_name(9);
        assert!(shows(window, name), "{view}: {name}");
        let line = line(window);
        assert!(line.contains(looks_at), "{view}: {line}");
    };
    press(&mut window, Key::Num6);
    let drawing = "trained on Fashion-MNIST · your drawing";
    names_garments(&window, "Draw", drawing);
    assert!(!shows(&window, "circle"), "Draw");
    press(&mut window, Key::Num5);
    names_garments(&window, "Errors", "looks at Data from shapes");
    assert!(shows(&window, "circle predicted as Sandal"));
    assert!(!shows(&window, "of 100 test images") && !shows(&window, " recognised: "));
    press(&mut window, Key::Num1);
    assert!(shows(&window, "circle") && !shows(&window, "✓") && !shows(&window, "✗"));

    // A run on shapes before garments.
    click(&mut window, "16-16");
    press(&mut window, Key::T);
    assert!(
        line(&window).ends_with("after epoch 1 · Data from shapes"),
        "{}",
        line(&window)
    );
    window.get_by_label_contains("Data from a folder").click();
    window.run_steps(2);
    let garments = text().size_and_colour(PictureSize::FASHION_MNIST);
    click(&mut window, &garments);
    settle(&mut window);
    let other = "trained on Data from shapes, looks at Synthetic garments";
    let drawing = "trained on Data from shapes · your drawing";
    for (view, key, said) in [
        ("Draw", Key::Num6, drawing),
        ("Filters", Key::Num3, other),
        ("Why?", Key::Num7, other),
    ] {
        press(&mut window, key);
        assert!(line(&window).contains(said), "{view}: {}", line(&window));
        let outputs = ["circle", "square", "triangle"];
        assert!(outputs.iter().any(|name| shows(&window, name)), "{view}");
    }
    press(&mut window, Key::Num6);
    assert!(
        !shows(&window, text().class_name(1)),
        "Draw names no garment"
    );
    press(&mut window, Key::Num5);
    assert!(shows(&window, "Trouser predicted as square"));
    assert!(!shows(&window, "Trouser recognised") && !shows(&window, "10,000 test images"));
}

#[test]
fn data_that_change_under_a_run_in_training_are_told() {
    let mut bench = Bench::new(500);
    bench.window.key_press(Key::T);
    wait_for(&mut bench.window, "Run 1, 16-16 · ");
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("fashion-mnist");
    other_garments(&folder);
    let_fall(&mut bench.window, &folder);
    wait_for(
        &mut bench.window,
        "The run goes on with Synthetic garments.",
    );
    wait_for(
        &mut bench.window,
        "trained on Synthetic garments, looks at Data from fashion-mnist",
    );
    press(&mut bench.window, Key::X);
}

#[test]
fn a_network_that_is_not_trained_is_marked_beside_anothers_maps() {
    let mut window = harness(options(Language::En), [1280.0, 720.0]);
    assert!(shows(&window, text().status.as_shown));
    let place = window.get_by_label("64-64").rect();
    click(&mut window, "16-16");
    assert!(shows(&window, text().status.not_trained));
    assert!(line(&window).starts_with("Built-in network · 64-64"));
    assert_eq!(window.get_by_label("64-64").rect(), place, "nothing moves");
    press(&mut window, Key::T);
    assert!(shows(&window, text().status.as_shown));
}

#[test]
fn space_acts_on_the_view_after_a_shortcut() {
    let mut window = harness(options(Language::En), [1280.0, 720.0]);
    tab_to(&mut window, text().training.train);
    press(&mut window, Key::Num9);
    window.key_press(Key::Space);
    window.run_steps(3);
    assert!(shows(&window, text().by_hand.hold), "the view plays");
    assert!(!shows(&window, "Run 1"), "and nothing is trained");
}

/// Whoever types means a field, though it has not the keyboard yet, or loses it in this very frame.
#[test]
fn what_is_typed_while_a_menu_is_open_trains_nothing() {
    let mut window = harness(options(Language::En), [1280.0, 720.0]);
    press(&mut window, Key::Num6);
    window.get_by_label(text().draw.open).click();
    window.step();
    // The field has the keyboard as soon as it is there.
    let typed = "/nowhere/set.png";
    let key = |key| Event::Key {
        key,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    let keys = [Key::T, Key::E, Key::Num1, Key::Enter].map(key);
    let events = [Event::Text(typed.to_owned())].into_iter().chain(keys);
    window.input_mut().events.extend(events);
    window.step();
    settle(&mut window);
    wait_for(&mut window, "/nowhere/set.png");
    assert!(shows(&window, text().draw.brush), "the view is the same");
    assert!(!shows(&window, "Run 1"), "nothing is trained");
    // A menu whose field has not the keyboard.
    press(&mut window, Key::Num1);
    window.get_by_label(text().display.display).click();
    window.run_steps(2);
    press(&mut window, Key::T);
    press(&mut window, Key::E);
    assert!(!shows(&window, "Run 1"), "nothing is trained");
}

#[test]
fn a_network_without_convolutions_shows_its_templates() {
    let mut window = harness(options(Language::En), [1280.0, 720.0]);
    click(&mut window, "dense");
    press(&mut window, Key::T);
    press(&mut window, Key::Num3);
    assert!(shows(&window, text().filters.templates));
    assert!(shows(&window, "dense1 · unit 1 · 28×28 weights"));
    press(&mut window, Key::F);
    press(&mut window, Key::ArrowRight);
    assert!(shows(&window, "dense1 · unit 2 · 28×28 weights"));
    assert!(
        !shows(&window, "filter is off") && !shows(&window, "⚠"),
        "nothing to complain of"
    );
}

/// A message neither moves what is below it nor is lost when it goes.
#[test]
fn messages_lie_over_a_corner_and_can_be_read_again() {
    let mut window = harness(options(Language::En), [1280.0, 720.0]);
    let places = |window: &Harness<'_, App>| {
        let all = window.query_all_by(|node| node.label().is_some());
        let named = all.map(|node| (node.accesskit_node().label(), node.rect()));
        named.collect::<Vec<_>>()
    };
    let before = places(&window);
    let_fall(&mut window, Path::new("/nowhere/x.keras"));
    wait_for(&mut window, "/nowhere/x.keras");
    let list = text().messages(1);
    let after = places(&window);
    let moved = before.iter().filter(|place| !after.contains(place));
    let moved: Vec<_> = moved
        .filter(|(name, _)| *name != Some(text().messages(0)))
        .collect();
    assert!(moved.is_empty(), "{moved:?}");
    // By keyboard: next to the top bar.
    tab_to(&mut window, text().window.dismiss);
    press(&mut window, Key::Enter);
    assert!(!shows(&window, "/nowhere/x.keras"));
    tab_to(&mut window, &list);
    press(&mut window, Key::Enter);
    assert!(shows(&window, "/nowhere/x.keras"));
    click(&mut window, text().status.forget);
    assert!(!shows(&window, "/nowhere/x.keras"));
}
