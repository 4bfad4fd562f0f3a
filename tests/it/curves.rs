//! The view of the curves: what it says of a run is what the run measured.

use convlens_core::training::runs::Store;
use eframe::egui::Key;
use egui_kittest::kittest::Queryable as _;

use super::every_view::with_runs_in;
use super::views::{press, runs_folder, settle, shows};
use convlens::text::Language;

#[test]
fn the_curves_say_where_the_test_loss_is_lowest_and_how_far_training_is_ahead() {
    let folder = runs_folder();
    let mut window = with_runs_in(Language::En, folder.clone());
    press(&mut window, Key::C);
    settle(&mut window);
    let text = Language::En.text();
    assert!(shows(&window, text.curves.gap));
    for run in Store::new(folder).list().unwrap().runs {
        let lowest = run.epochs.iter().reduce(|best, next| {
            if next.test_loss < best.test_loss {
                next
            } else {
                best
            }
        });
        let lowest = lowest.unwrap();
        let words = text.at_epoch(&text.loss(lowest.test_loss.unwrap()), lowest.epoch);
        assert!(shows(&window, &words), "{words}");
        let best = run.epochs.iter().reduce(|best, next| {
            if next.test_accuracy > best.test_accuracy {
                next
            } else {
                best
            }
        });
        let best = best.unwrap();
        let words = text.at_epoch(&text.percent(best.test_accuracy.unwrap(), 2), best.epoch);
        assert!(shows(&window, &words), "{words}");
    }
    assert!(window.query_all_by_label("Run").next().is_some());
}
