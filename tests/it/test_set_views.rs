//! The Filters and Errors views, by keyboard alone, and their numbers against the functions'.

use convlens::text::Language;
use convlens_core::dataset;
use convlens_core::explore::{FilterStatistics, Progress, ablated, excitations, predictions};
use convlens_core::network::weights;
use eframe::egui::Key;
use egui_kittest::SnapshotResults;
use egui_kittest::kittest::Queryable as _;

use super::views::{
    click, english, focused, harness, open, options, press, settle, shows, tab_to, text, tolerance,
    wait_for,
};

#[test]
fn filters_are_chosen_switched_off_and_on_again() {
    let mut harness = english();
    open(&mut harness, text().views.filters);
    assert!(shows(&harness, "conv1 · filter 1 · 3×3×1"));
    press(&mut harness, Key::ArrowRight);
    assert!(shows(&harness, "conv1 · filter 2 · 3×3×1"));
    assert!(shows(&harness, "of 10,000 test images"), "what it does");
    tab_to(&mut harness, "Layer conv2");
    press(&mut harness, Key::Space);
    assert!(shows(&harness, "conv2 · filter 2 · 3×3×64"));
    tab_to(&mut harness, "conv2, filter 5");
    press(&mut harness, Key::Enter);
    assert!(shows(&harness, "conv2 · filter 5 · 3×3×64"));
    press(&mut harness, Key::Escape);

    press(&mut harness, Key::F);
    assert!(shows(&harness, "1 filter is off."));
    assert!(shows(&harness, text().filters.only_here));
    press(&mut harness, Key::ArrowRight);
    tab_to(&mut harness, text().filters.on);
    press(&mut harness, Key::Space);
    assert!(shows(&harness, "2 filters are off."));
    assert!(shows(&harness, "conv2, filter 6, off"));

    let model = weights::built_in().unwrap();
    let test = dataset::synthetic(0, 10_000).test;
    let pool = rayon::ThreadPoolBuilder::new().build().unwrap();
    let without = ablated(&model, &[(2, 5), (2, 6)].into_iter().collect()).unwrap();
    let accuracy = |model| predictions(model, &test, &pool, &Progress::default());
    let before = accuracy(&model).unwrap().accuracy();
    let after = accuracy(&without).unwrap().accuracy();
    assert!(shows(&harness, &text().before_after(before, after, 2)));

    tab_to(&mut harness, text().filters.all_on);
    press(&mut harness, Key::Enter);
    assert!(!shows(&harness, "filters are off."));
    assert!(shows(&harness, &text().percent(before, 2)));
}

#[test]
fn an_exciting_image_opens_in_maps_with_its_filter() {
    let mut harness = english();
    open(&mut harness, text().views.filters);
    let name = tab_to(&mut harness, "Open image ");
    let image = name.split(' ').nth(2).unwrap().to_owned();
    press(&mut harness, Key::Enter);
    assert!(shows(
        &harness,
        &format!("conv1, channel 1, image {image}: ")
    ));
}

#[test]
fn a_cell_of_the_confusion_matrix_leads_to_its_images_and_these_to_maps() {
    let mut harness = english();
    open(&mut harness, text().views.errors);
    let model = weights::built_in().unwrap();
    let test = dataset::synthetic(0, 10_000).test;
    let pool = rayon::ThreadPoolBuilder::new().build().unwrap();
    let said = predictions(&model, &test, &pool, &Progress::default()).unwrap();
    assert!(shows(
        &harness,
        &text().test_accuracy_of(said.accuracy(), 10_000)
    ));
    let matrix = said.confusion();
    for (label, predicted) in (0..10).flat_map(|l| (0..10).map(move |p| (l, p))) {
        let (l, p) = (usize::from(label), usize::from(predicted));
        let words = text().confusion_cell(
            text(),
            (label, predicted),
            matrix.count(l, p),
            matrix.rate(l, p),
        );
        assert!(harness.query_by_label(&words).is_some(), "{words}");
    }

    tab_to(&mut harness, "Coat recognised");
    harness.key_press(Key::ArrowRight);
    harness.run_steps(3);
    assert!(
        focused(&harness)
            .unwrap()
            .starts_with("Coat predicted as Sandal")
    );
    harness.key_press(Key::ArrowLeft);
    harness.run_steps(3);
    press(&mut harness, Key::Enter);
    let first = said.cell(4, 4)[0];
    let name = tab_to(&mut harness, "Open image ");
    assert!(name.starts_with(&format!("Open image {first} ")), "{name}");
    press(&mut harness, Key::Enter);
    assert!(shows(
        &harness,
        &format!("conv1, channel 1, image {first}: ")
    ));
}

#[test]
fn a_computation_is_cancelled_and_taken_up_again() {
    for size in [[1280.0, 720.0], [1600.0, 1000.0]] {
        cancel_and_take_up(size);
    }
}

fn cancel_and_take_up(size: [f32; 2]) {
    let mut harness = harness(options(Language::En), size);
    harness.key_press(Key::Num5);
    wait_for(&mut harness, text().test_set.computing);
    harness.get_by_label(text().test_set.cancel).click();
    harness.run_steps(2);
    settle(&mut harness);
    // Where there is room for the words beside the button.
    assert_eq!(shows(&harness, text().test_set.given_up), size[0] > 1300.0);
    harness.get_by_label(text().test_set.compute).click();
    harness.run_steps(3);
    settle(&mut harness);
    assert!(shows(&harness, text().status.built_in));
    assert!(shows(
        &harness,
        "trained on Fashion-MNIST, looks at Synthetic garments"
    ));
    assert!(shows(&harness, "of 10,000 test images"));
}

#[test]
fn the_matrix_follows_a_run_and_ablation_ends_with_it() {
    let mut harness = english();
    open(&mut harness, text().views.filters);
    press(&mut harness, Key::F);
    assert!(shows(&harness, "1 filter is off."));
    open(&mut harness, text().views.errors);
    harness.key_press(Key::T);
    wait_for(&mut harness, "after epoch 1");
    settle(&mut harness);
    open(&mut harness, text().views.filters);
    assert!(!shows(&harness, "filter is off."));
}

#[test]
fn pictures_of_filters_and_errors() {
    let tolerance = tolerance();
    let mut results = SnapshotResults::new();
    let mut dark = english();
    open(&mut dark, text().views.errors);
    dark.remove_cursor();
    dark.run_steps(3);
    results.add(dark.try_snapshot_options("errors-en-dark-1280", &tolerance));

    let spanish = Language::Es.text();
    let mut light = harness(options(Language::Es), [1600.0, 1000.0]);
    click(&mut light, spanish.window.light);
    open(&mut light, spanish.views.filters);
    tab_to(&mut light, "Capa conv2");
    press(&mut light, Key::Space);
    press(&mut light, Key::Escape);
    press(&mut light, Key::F);
    light.remove_cursor();
    light.run_steps(3);
    results.add(light.try_snapshot_options("filters-es-light-1600", &tolerance));
}

/// Channels marks the filters that the function finds dead over the whole test set, and no other.
#[test]
fn dead_filters_are_marked_among_the_channels() {
    let mut harness = english();
    open(&mut harness, text().views.channels);
    let pictures = dataset::synthetic(0, 10_000).test;
    let pool = rayon::ThreadPoolBuilder::new().build().unwrap();
    let model = weights::built_in().unwrap();
    let found = excitations(&model, 0, &pictures, &pool, &Progress::default()).unwrap();
    let dead: Vec<bool> = found
        .filters
        .iter()
        .map(FilterStatistics::is_dead)
        .collect();
    assert!(dead.contains(&true) && dead.contains(&false), "both kinds");
    let mut seen = 0;
    for (channel, is_dead) in dead.iter().enumerate() {
        if harness
            .query_by_label(&format!("channel {channel}"))
            .is_some()
        {
            assert!(!is_dead, "channel {channel} is not marked");
        }
        let marked = format!("channel {channel} {}", text().filters.dead);
        if harness.query_by_label(&marked).is_some() {
            assert!(is_dead, "channel {channel} is marked");
            seen += 1;
        }
    }
    assert!(seen > 0, "some dead channel is in view");
}

#[test]
fn which_channels_are_dead_is_waited_for_or_not() {
    let mut harness = english();
    harness.key_press(Key::Num2);
    wait_for(&mut harness, text().test_set.cancel);
    harness.get_by_label(text().test_set.cancel).click();
    harness.run_steps(2);
    settle(&mut harness);
    assert!(!shows(&harness, text().filters.dead));
    harness.get_by_label(text().test_set.compute).click();
    harness.run_steps(3);
    settle(&mut harness);
    assert!(shows(&harness, text().filters.dead));
    assert!(!shows(&harness, text().test_set.compute));
}
