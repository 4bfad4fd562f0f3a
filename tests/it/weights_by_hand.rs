//! A hand on the weights: what is typed is computed with, has a name of its own, and is taken back.

use convlens::app::App;
use convlens_core::dataset;
use convlens_core::explore::{Kernels, Progress, activations, kernels, predictions};
use convlens_core::network::{ChangedTo, Model, Preset, WeightChange, weights};
use convlens_core::render::ValueRange;
use eframe::egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use super::views::{click, drop_file, english, press, settle, shows, tab_to, text, wait_for};

const FILTER: usize = 1;

fn change(to: ChangedTo) -> WeightChange {
    WeightChange {
        layer: 0,
        filter: FILTER,
        to,
    }
}

fn first(model: &Model) -> Kernels {
    kernels(model, 0).unwrap()
}

fn accuracy(model: &Model) -> String {
    let pool = rayon::ThreadPoolBuilder::new().build().unwrap();
    let test = dataset::synthetic(0, 10_000).test;
    let said = predictions(model, &test, &pool, &Progress::default()).unwrap();
    text().percent(said.accuracy(), 2)
}

/// Presses a button by keyboard, which scrolls to it.
fn take(window: &mut Harness<'_, App>, name: &str) {
    tab_to(window, name);
    press(window, Key::Enter);
}

#[test]
fn a_weight_is_typed_a_slice_replaced_and_both_are_taken_back() {
    let mut window = english();
    press(&mut window, Key::Num3);
    settle(&mut window);
    let model = weights::built_in().unwrap();
    let own = first(&model).filter(FILTER)[4];
    let typed = ChangedTo::Weight {
        channel: 0,
        tap: [1, 1],
        value: 1.25,
    };
    // Who only goes through the fields changes nothing.
    tab_to(&mut window, text().filters.all_zero);
    settle(&mut window);
    assert!(!shows(&window, "changed by hand"));
    let name = text().weight_at(0, 1, 1, own);
    let field = window.get_by_label(&name);
    field.set_value_accesskit(1.25);
    window.run_steps(4);
    wait_for(&mut window, "Model Built-in network, changed by hand");
    settle(&mut window);
    let once = model.changed(&[change(typed.clone())]).unwrap();
    assert!(shows(&window, &text().weight_at(0, 1, 1, 1.25)));
    assert!(shows(&window, &text().changes_by_hand(1)));
    assert!(shows(&window, &accuracy(&once)), "of the changed network");

    take(&mut window, text().filters.replace);
    click(&mut window, text().by_hand.sobel_x);
    settle(&mut window);
    let sobel = [-1.0, 0.0, 1.0, -2.0, 0.0, 2.0, -1.0, 0.0, 1.0];
    let replaced = ChangedTo::Slices {
        channel: Some(0),
        values: sobel.to_vec(),
    };
    let twice = model.changed(&[change(typed), change(replaced)]).unwrap();
    assert_eq!(first(&twice).filter(FILTER), sobel);
    assert!(shows(&window, &text().weight_at(0, 1, 2, 2.0)));
    // The maps are those of the changed weights.
    press(&mut window, Key::Num1);
    let picture = dataset::synthetic(0, 30).test.picture(0);
    let found = activations(&twice, [picture.bytes()]).unwrap();
    let range = ValueRange::of(found.layers[0].map(0, FILTER).unwrap());
    assert!(shows(&window, &text().range(range)));
    press(&mut window, Key::Num3);

    take(&mut window, text().filters.undo_change);
    settle(&mut window);
    assert!(shows(&window, &text().weight_at(0, 1, 1, 1.25)));
    take(&mut window, text().filters.redo_change);
    assert!(shows(&window, &text().weight_at(0, 1, 2, 2.0)));
    take(&mut window, text().filters.reset_changes);
    settle(&mut window);
    assert!(shows(&window, &text().weight_at(0, 1, 1, own)));
    assert!(shows(&window, &text().changes_by_hand(0)));
}

/// Kernels of 5×5, and a weight whose three digits are as wide as two others'.
#[test]
fn the_fields_of_a_large_kernel_keep_to_their_block() {
    let model = Model::random(&Preset::LeNet5.spec(), 1).unwrap();
    let small = change(ChangedTo::Weight {
        channel: 0,
        tap: [0, 0],
        value: -2.39e-4,
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lenet.safetensors");
    weights::save(&model.changed(&[small]).unwrap(), &path).unwrap();
    let mut window = english();
    drop_file(&mut window, &path);
    press(&mut window, Key::Num3);
    settle(&mut window);
    let fields = window.query_all_by_label_contains("input channel 0, row ");
    let rects: Vec<_> = fields.map(|field| field.rect()).collect();
    assert_eq!(rects.len(), 25);
    let (left, right) = (rects[0].min.x, rects[4].max.x);
    assert!(right - left <= 184.0, "{left} to {right}");
    for (place, one) in rects.iter().enumerate() {
        let overlaps = rects[..place]
            .iter()
            .any(|other| one.shrink(0.5).intersects(*other));
        assert!(!overlaps, "{one}");
    }
}
