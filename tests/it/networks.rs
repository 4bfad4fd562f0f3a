//! Two networks, or two moments of one, weight by weight: the view and `convlens diff`.

use convlens::text::Language;
use convlens_core::explore::{LayerDifference, weight_differences};
use convlens_core::network::{LayerSpec, Model, NetworkSpec, Preset, weights};
use convlens_core::training::runs::{CheckpointCache, Store};
use eframe::egui::Key;
use eframe::egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;

use super::commands::{fault, json, output};
use super::every_view::with_runs_in;
use super::views::{click, press, runs_folder, settle, shows, text};

#[test]
fn a_run_is_compared_with_its_own_start_weight_by_weight() {
    let folder = runs_folder();
    let mut window = with_runs_in(Language::En, folder.clone());
    press(&mut window, Key::Num4);
    settle(&mut window);
    click(&mut window, text().compare.networks);
    settle(&mut window);
    let first = "6-p-6-p-d12";
    let store = Store::new(folder);
    let runs = store.list().unwrap().runs;
    let run = runs.iter().find(|run| run.name == first).unwrap();
    let moments = store.read(run.id).unwrap().checkpoints;
    let cache = CheckpointCache::default();
    let at = |moment: usize| {
        let snapshot = store.checkpoint(run.id, moments[moment], &cache);
        snapshot.unwrap().model.clone()
    };
    let said = |window: &_, differences: &[LayerDifference]| {
        differences.iter().all(|layer| {
            shows(window, &text().percent(layer.relative.unwrap(), 1))
                && shows(window, &text().value(layer.largest))
        })
    };
    let newest = at(moments.len() - 1);
    // Where nobody has chosen, a run stands beside its own start.
    let differences = weight_differences(&newest, &at(0)).unwrap();
    assert!(said(&window, &differences));
    let go_to = |window: &mut egui_kittest::Harness<'_, convlens::app::App>, moment: usize| {
        let slider = window.get_by_role_and_label(Role::SpinButton, text().compare.moment);
        slider.set_value_accesskit(moment as f64);
        window.run_steps(4);
        settle(window);
    };
    go_to(&mut window, moments.len() - 1);
    // Its newest weights are those on screen.
    let none = weight_differences(&newest, &newest).unwrap();
    assert!(said(&window, &none) && !said(&window, &differences));
    go_to(&mut window, 0);
    // The filter that differs most stands first, and is chosen by a click.
    let most = differences[0].most_different()[0];
    click(&mut window, &text().channel_name(&most.to_string()));
    settle(&mut window);
    press(&mut window, Key::Num3);
    settle(&mut window);
    let name = text().filter_name("conv1", most, false, false);
    assert!(shows(&window, &name), "{name}");
}

#[test]
fn the_command_says_what_differs_most() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let spec = Preset::Conv16.spec();
    let models = [1, 2].map(|seed| Model::random(&spec, seed).unwrap());
    let files = [file("a.safetensors"), file("b.safetensors")];
    for (model, file) in models.iter().zip(&files) {
        weights::save(model, file.as_ref()).unwrap();
    }
    let answer = json(&output(&["diff", &files[0], &files[1], "--json"]));
    let expected = weight_differences(&models[0], &models[1]).unwrap();
    let layers = answer["layers"].as_array().unwrap();
    assert_eq!(layers.len(), expected.len());
    for (layer, expected) in layers.iter().zip(&expected) {
        assert_eq!(layer["layer"], expected.name);
        let share = layer["relative"].as_f64().unwrap();
        assert!((share - expected.relative.unwrap()).abs() < 1e-12);
        let first = &layer["outputs"][0];
        assert_eq!(first["number"], expected.most_different()[0]);
    }
    let table = output(&["diff", &files[0], &files[1]]);
    assert!(table.contains("conv2"), "{table}");
    let dense = file("dense.safetensors");
    let other = NetworkSpec::new(vec![LayerSpec::dense(7)]);
    weights::save(&Model::random(&other, 1).unwrap(), dense.as_ref()).unwrap();
    let refused = fault(&["diff", &files[0], &dense]);
    assert!(refused.contains("no layer of the same name"), "{refused}");
}
