//! Runs in the window, without a display: the shelf, the table, the timeline, going on.

use convlens::app::{App, Options};
use convlens::text::Language;
use eframe::egui::{self, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::views::{click, english, harness, options, press, settle, shows, wait_for};

const SIZE: [f32; 2] = [1280.0, 720.0];

/// Trains a preset to its end.
fn train(harness: &mut Harness<'_, App>, preset: &str) {
    click(harness, preset);
    click(harness, "Train");
    settle(harness);
}

/// Chooses an entry of a run's menu.
fn choose(harness: &mut Harness<'_, App>, run: &str, entry: &str) {
    click(harness, &format!("More about {run}"));
    click(harness, entry);
}

#[test]
fn a_run_is_kept_opened_pinned_renamed_deleted_and_brought_back() {
    let mut harness = english();
    train(&mut harness, "dense");
    train(&mut harness, "16-16");
    assert!(shows(&harness, "finished"));
    assert!(
        shows(&harness, "55,098 par."),
        "what it has is on the shelf"
    );

    harness.get_by_label("Draw and compare dense").click();
    harness.run_steps(3);
    choose(&mut harness, "dense", "Rename");
    let field = harness.get_by_label("Name of the run");
    field.type_text(" layer");
    harness.run_steps(2);
    press(&mut harness, Key::Enter);
    assert!(shows(&harness, "More about dense layer"));

    choose(&mut harness, "dense layer", "Pin as baseline");
    assert!(shows(&harness, "dense layer (baseline)"));
    click(&mut harness, "dense layer (baseline)");
    assert!(shows(&harness, "Run 1, dense layer · "));
    assert!(shows(&harness, " · after epoch 1 · "));
    click(&mut harness, "Back to the current run");
    assert!(!shows(&harness, "Run 1, "));

    choose(&mut harness, "dense layer", "Use its settings");
    assert!(shows(&harness, "101,770"), "its network is at the left");

    choose(&mut harness, "dense layer", "Delete");
    assert!(!shows(&harness, "More about dense layer"));
    assert!(shows(&harness, "Deleted dense layer"));
    undo_in_corner(&harness).click();
    harness.run_steps(2);
    settle(&mut harness);
    assert!(shows(&harness, "More about dense layer"));
    assert!(shows(&harness, "dense layer (baseline)"));
}

/// The button of the message in the corner; the other one of that name takes back the change of the network.
fn undo_in_corner<'a>(harness: &'a Harness<'_, App>) -> egui_kittest::Node<'a> {
    let mut undo = harness.get_all_by_label("Undo");
    undo.find(|node| node.rect().min.x > 900.0).unwrap()
}

#[test]
fn a_deleted_run_is_not_looked_at_any_more() {
    let mut harness = english();
    train(&mut harness, "16-16");
    assert!(shows(&harness, " · after epoch 1 · "));
    choose(&mut harness, "16-16", "Delete");
    assert!(shows(&harness, "Built-in network · "));
    undo_in_corner(&harness).click();
    harness.run_steps(2);
    settle(&mut harness);
    let on_shelf = harness.get_all_by_label("16-16").last().unwrap();
    on_shelf.click();
    harness.run_steps(3);
    settle(&mut harness);
    assert!(shows(&harness, " · after epoch 1 · "));
}

#[test]
fn several_runs_are_ticked_deleted_and_brought_back() {
    // With room for all of them on the shelf.
    let mut harness = harness(options(Language::En), [1600.0, 1000.0]);
    for preset in ["dense", "16-16", "32-32", "1 conv"] {
        train(&mut harness, preset);
    }
    let more = |harness: &Harness<'_, App>| {
        let menus = harness.query_all_by_label_contains("More about");
        menus
            .filter_map(|node| node.accesskit_node().label())
            .collect::<Vec<_>>()
    };
    let all = more(&harness);
    assert_eq!(all.len(), 4);
    // The first three, by two clicks.
    click(&mut harness, "Draw and compare dense");
    let last = harness.get_by_label("Draw and compare 32-32");
    last.click_modifiers(Modifiers::SHIFT);
    harness.run_steps(4);
    click(&mut harness, "Several runs");
    click(&mut harness, "Delete the 3 ticked runs");
    assert_eq!(more(&harness), all[..1]);
    assert!(shows(&harness, "Deleted 3 runs"));
    let undo = harness.get_all_by_label("Undo").last().unwrap();
    undo.click();
    harness.run_steps(2);
    settle(&mut harness);
    assert_eq!(more(&harness), all);
}

/// Points at the middle of a plot.
fn point_at(harness: &mut Harness<'_, App>, plot: &str) {
    let middle = harness.get_by_label_contains(plot).rect().center();
    harness.hover_at(middle);
    harness.run_steps(3);
}

#[test]
fn pointing_at_the_curves_reads_them_by_name() {
    let mut harness = english();
    assert!(shows(&harness, "Loss by epoch: no runs yet"));
    train(&mut harness, "dense");
    point_at(&mut harness, "Loss by epoch. dense");
    assert!(shows(&harness, "dense, training"));
    assert!(shows(&harness, "dense, test, epoch 1"));
    point_at(&mut harness, "Accuracy by epoch. dense");
    assert!(shows(&harness, "dense, training, epoch 1"));

    train(&mut harness, "16-16");
    click(&mut harness, "Draw and compare dense");
    point_at(&mut harness, "Loss by epoch. ");
    assert!(shows(&harness, "dense, training") && shows(&harness, "16-16, training"));
    click(&mut harness, "log");
    point_at(&mut harness, "Loss by epoch. ");
    assert!(shows(&harness, "16-16, test, epoch 1"));
}

#[test]
fn the_table_shows_what_differs_and_sorts() {
    let mut harness = english();
    train(&mut harness, "dense");
    train(&mut harness, "16-16");
    click(&mut harness, "Compare runs");
    for column in ["network", "parameters", "test accuracy", "gain", "seconds"] {
        assert!(shows(&harness, &format!("Sort by {column}")), "{column}");
    }
    assert!(!shows(&harness, "Sort by seed"), "they have the same");
    assert!(!shows(&harness, "Sort by batch"));
    let order = |harness: &Harness<'_, App>| {
        let place = |run: &str| {
            let rows = harness.get_all_by_label(run);
            // The shelf and the presets have these names too.
            rows.map(|node| node.rect())
                .filter(|rect| rect.min.x > 260.0 && rect.max.x < 960.0)
                .map(|rect| rect.min.y)
                .fold(0.0, f32::max)
        };
        place("dense") < place("16-16")
    };
    click(&mut harness, "Sort by parameters");
    assert!(order(&harness), "the largest first");
    click(&mut harness, "Sort by parameters");
    assert!(!order(&harness), "the smallest first");
}

/// Digits stand below digits: the numbers of a column end at one place, as does its heading.
#[test]
fn the_numbers_of_a_column_stand_below_one_another() {
    let mut harness = super::every_view::with_runs(Language::En);
    press(&mut harness, Key::Num8);
    // Of 66.00 % and 89.00 %, 2332 and 1530 parameters, 0.9067 and 0.3854; the last figures have other lengths.
    let text = Language::En.text();
    for (column, numbers) in [
        ("test accuracy", ["66.00\u{a0}%", "89.00\u{a0}%"]),
        ("gain", [text.runs.baseline, "+23.00"]),
        ("parameters", ["2332", "1530"]),
        ("test loss", ["0.9067", "0.3854"]),
    ] {
        let heading = harness.get_by_label(&text.sort_by(column)).rect();
        let ends: Vec<f32> = numbers
            .iter()
            .map(|number| {
                let all = harness.query_all_by(|node| node.value().as_deref() == Some(number));
                let mut cells = all.map(|node| node.rect());
                let is_below = |cell: &egui::Rect| {
                    cell.min.y > heading.max.y && cell.intersects(heading.with_max_y(f32::MAX))
                };
                cells
                    .find(is_below)
                    .unwrap_or_else(|| panic!("{number} below {column}"))
                    .max
                    .x
            })
            .collect();
        assert!((ends[0] - ends[1]).abs() < 0.5, "{column}: {ends:?}");
        assert!(
            (ends[0] - heading.max.x).abs() < 12.0,
            "{column}: {ends:?} below {heading}"
        );
    }
}

#[test]
fn the_timeline_goes_from_random_weights_to_now_by_keyboard() {
    let mut harness = english();
    train(&mut harness, "16-16");
    let random = " · random weights · ";
    let now = " · after epoch 1 · ";
    assert!(shows(&harness, now));
    harness
        .get_by_label_contains("Training history: epoch 1")
        .focus();
    harness.run_steps(2);
    press(&mut harness, Key::Home);
    assert!(shows(&harness, random));
    assert!(shows(&harness, "Training history: random weights"));
    assert!(shows(&harness, "Run 1, 16-16 · random weights"));
    press(&mut harness, Key::ArrowRight);
    assert!(shows(&harness, "during epoch 1, batch 1 of 10"));
    assert!(shows(&harness, "of 0–15"), "the arrows were the timeline's");
    press(&mut harness, Key::ArrowLeft);
    assert!(shows(&harness, random));
    press(&mut harness, Key::End);
    assert!(shows(&harness, now));
    assert!(
        !shows(&harness, Language::En.text().timeline.back_to_live),
        "this is live again"
    );
}

#[test]
fn scrubbing_does_not_wait_for_the_disk() {
    let options = options(Language::En);
    let folder = options.runs.clone().unwrap();
    let mut harness = harness(options, SIZE);
    train(&mut harness, "16-16");
    harness
        .get_by_label_contains("Training history: epoch 1")
        .focus();
    harness.run_steps(2);
    press(&mut harness, Key::Home);
    // The moments around were read meanwhile: their files are not needed any more.
    let run = std::fs::read_dir(folder).unwrap().flatten();
    let run = run.map(|entry| entry.path().join("checkpoints"));
    let checkpoints: Vec<_> = run.filter(|path| path.is_dir()).collect();
    assert_eq!(checkpoints.len(), 1);
    std::fs::remove_dir_all(&checkpoints[0]).unwrap();
    for moment in [
        "during epoch 1, batch 1 of 10",
        "during epoch 1, batch 2 of 10",
        "during epoch 1, batch 4 of 10",
    ] {
        press(&mut harness, Key::ArrowRight);
        assert!(shows(&harness, moment), "{moment}");
    }
    assert!(!shows(&harness, "checkpoints"), "no file is missed");
}

/// Types a path into the menu of a button that saves, and waits until the file is there.
fn save_as(harness: &mut Harness<'_, App>, button: &str, path: &std::path::Path) {
    click(harness, button);
    let field = harness.get_by_label(Language::En.text().maps.figure_path);
    field.set_text_value_accesskit(&path.display().to_string());
    harness.run_steps(2);
    click(harness, Language::En.text().maps.save);
    wait_for(harness, &path.display().to_string());
}

#[test]
fn the_table_and_the_film_are_saved_from_the_window() {
    let options = options(Language::En);
    let runs = options.runs.clone().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut harness = harness(options, SIZE);
    train(&mut harness, "dense");
    train(&mut harness, "16-16");
    click(&mut harness, "Compare runs");
    let table = folder.path().join("table.csv");
    save_as(&mut harness, Language::En.text().export.runs, &table);
    let store = convlens_core::training::runs::Store::new(runs);
    let runs = store.list().unwrap().runs;
    let expected = convlens_core::training::runs::compare(&runs, None).csv();
    assert_eq!(std::fs::read_to_string(table).unwrap(), expected);

    let film = folder.path().join("film.gif");
    save_as(&mut harness, Language::En.text().export.film, &film);
    let file = std::io::BufReader::new(std::fs::File::open(film).unwrap());
    let frames = image::codecs::gif::GifDecoder::new(file).unwrap();
    let frames = image::AnimationDecoder::into_frames(frames);
    let frames = frames.collect_frames().unwrap();
    let moments = store.read(runs[1].id).unwrap().checkpoints.len();
    assert_eq!(
        frames.len(),
        moments,
        "a frame for each moment that is kept"
    );
    assert_ne!(frames[0].buffer(), frames[moments - 1].buffer());
}

#[test]
fn the_training_is_played() {
    let mut harness = english();
    train(&mut harness, "16-16");
    harness.get_by_label("Play the training").click();
    wait_for(&mut harness, " · random weights · ");
    wait_for(&mut harness, "Pause");
    wait_for(&mut harness, "Play the training");
    settle(&mut harness);
    let now = " · after epoch 1 · ";
    assert!(shows(&harness, now));
}

#[test]
fn a_finished_run_goes_on_and_so_does_one_found_on_disk() {
    let options = options(Language::En);
    let mut harness = harness(options.clone(), SIZE);
    train(&mut harness, "16-16");
    click(&mut harness, "+ epochs");
    click(&mut harness, "+ 1 epoch");
    wait_for(&mut harness, "after epoch 2");
    settle(&mut harness);
    drop(harness);

    let mut harness = super::views::harness(
        Options {
            epochs: Some(7),
            ..options
        },
        SIZE,
    );
    assert!(shows(&harness, "More about 16-16"), "it is found again");
    choose(&mut harness, "16-16", "+ 1 epoch");
    wait_for(&mut harness, "after epoch 3");
    settle(&mut harness);
    assert_eq!(
        harness.query_all_by_label_contains("More about").count(),
        1,
        "it is the same run"
    );
}

#[test]
fn one_epoch_at_a_time() {
    let mut harness = english();
    click(&mut harness, "16-16");
    click(&mut harness, "One epoch");
    wait_for(&mut harness, "after epoch 1");
}

#[test]
fn an_experiment_trains_every_number_of_filters() {
    let mut harness = english();
    press(&mut harness, eframe::egui::Key::Num8);
    let field = harness.get_by_label("Filters of each convolution");
    field.set_text_value_accesskit("4, 8");
    harness.run_steps(3);
    click(&mut harness, "Train all");
    settle(&mut harness);
    for run in ["4-4", "8-8"] {
        assert!(shows(&harness, &format!("More about {run}")), "{run}");
    }
    assert!(shows(&harness, "Accuracy vs. cost"));
}

#[test]
fn a_change_is_tried_at_once_and_trained_in_full_by_one_click() {
    let mut harness = harness(options(Language::En), [1600.0, 1000.0]);
    click(&mut harness, "16-16");
    click(&mut harness, "Retrain as I edit");
    assert!(shows(&harness, "Draft: 320 of 320 images"));
    assert!(shows(&harness, "of 0–15"), "the maps are the draft's");
    harness
        .get_by_label("conv1: filters")
        .set_value_accesskit(5.0);
    harness.run_steps(3);
    settle(&mut harness);
    assert!(shows(&harness, "5×26×26"), "the maps follow the change");
    assert!(shows(&harness, "images (100\u{a0}%), test accuracy"));
    assert!(!shows(&harness, "More about"), "a draft is not kept");
    click(&mut harness, "Train fully");
    assert_eq!(harness.query_all_by_label_contains("More about").count(), 1);
}

#[test]
fn an_epoch_is_predicted_before_it_is_trained() {
    let mut harness = english();
    assert!(shows(&harness, "s an epoch"));
    let seconds = |harness: &Harness<'_, App>| -> f64 {
        let label = harness.get_by_label_contains("s an epoch");
        let words = label.accesskit_node().value().unwrap();
        let digits = words.trim_start_matches("≈ ").split('\u{a0}').next();
        digits.unwrap().parse().unwrap()
    };
    harness
        .get_by_label("Training images")
        .set_value_accesskit(20_000.0);
    harness.run_steps(3);
    let large = seconds(&harness);
    click(&mut harness, "16-16");
    assert!(seconds(&harness) < large, "a quarter of the filters");
}
