//! The data set in use, and the menu to change it.

use crate::app::model::action::Action;
use crate::app::model::data::{DataSource, Loading};
use crate::app::model::state::State;
use crate::app::widgets;
use crate::app::widgets::path_menu::path_field;
use convlens_core::dataset::Origin;
use eframe::egui::{self, Button, Popup, PopupCloseBehavior, ProgressBar, RichText};

/// Width of a window, in points, from which the top bar says how many images there are.
const ROOM_FOR_FIGURES: f32 = 1400.0;

/// The menu; it owns the folder being typed.
#[derive(Default)]
pub struct DataMenu {
    folder: String,
}

impl DataMenu {
    /// The button with the data set's name, `short` without its size, and its menu.
    pub fn show(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        short: bool,
        actions: &mut Vec<Action>,
    ) {
        let text = state.text();
        let label = match (&state.loading, &state.dataset) {
            (Loading::Downloading(Some(progress)), _) => format!(
                "{} {}",
                text.data.downloading_now,
                text.download_progress(progress)
            ),
            (Loading::Downloading(None), _) => text.data.downloading.to_owned(),
            (Loading::Opening, None) => text.data.opening_data.to_owned(),
            (_, Some(dataset)) if short => text.dataset_name(&dataset.origin).to_owned(),
            (_, Some(dataset)) => {
                text.dataset(&dataset.origin, dataset.train.len(), dataset.test.len())
            }
            (Loading::Idle, None) => text.data.no_data_yet.to_owned(),
        };
        let synthetic = state
            .dataset
            .as_ref()
            .is_some_and(|dataset| dataset.origin == Origin::Synthetic);
        // A narrow window has no room for the figures besides the progress; the menu has them.
        let is_narrow = ui.ctx().content_rect().width() < ROOM_FOR_FIGURES;
        let short = match (&state.loading, &state.dataset) {
            (Loading::Opening | Loading::Idle, Some(dataset)) if is_narrow => {
                text.dataset_name(&dataset.origin)
            }
            _ => &label,
        };
        let mut shown = RichText::new(format!("{short} ▼"));
        if synthetic {
            shown = shown.color(widgets::theme::warning(ui));
        }
        let button = ui
            .add(Button::new(shown).min_size(egui::vec2(0.0, 28.0)))
            .on_hover_text(text.data.data_hint);
        widgets::theme::name(&button, &label);
        Popup::menu(&button)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| {
                // A menu justifies its widgets, and with them the words of a long label.
                ui.vertical(|ui| {
                    ui.set_width(360.0);
                    self.content(ui, state, actions);
                });
            });
    }

    fn content(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        if let Some(dataset) = &state.dataset {
            ui.label(widgets::theme::heading(text.data.data_in_use));
            let (train, test) = (dataset.train.len(), dataset.test.len());
            ui.label(text.dataset(&dataset.origin, train, test));
            ui.add(egui::Label::new(text.origin(&dataset.origin)).wrap());
            ui.separator();
        }
        ui.label(widgets::theme::heading(text.data.other_data));
        let words = (text.data.folder, text.data.open);
        if let Some(folder) = path_field(ui, words, 180.0, &mut self.folder) {
            actions.push(Action::OpenData(DataSource::Folder(folder)));
            ui.close();
        }
        if ui.button(text.data.choose_data_folder).clicked() {
            actions.push(Action::ChooseDataFolder);
            ui.close();
        }
        if let Loading::Downloading(progress) = &state.loading {
            let share = progress.as_ref().and_then(|p| {
                let total = p.total?.max(1);
                Some(p.received as f32 / total as f32)
            });
            let words = progress.as_ref().map_or_else(
                || text.data.downloading.to_owned(),
                |p| text.download_progress(p),
            );
            ui.add(
                ProgressBar::new(share.unwrap_or(0.0))
                    .fill(widgets::theme::progress_fill(ui))
                    .text(words),
            );
            if ui.button(text.data.cancel).clicked() {
                actions.push(Action::CancelDownload);
            }
        } else if ui
            .button(text.data.download)
            .on_hover_text(text.data.download_hint)
            .clicked()
        {
            actions.push(Action::Download);
        }
        let synthetic = ui
            .button(text.data.use_synthetic)
            .on_hover_text(text.data.synthetic_hint);
        if synthetic.clicked() {
            actions.push(Action::OpenData(DataSource::Synthetic));
            ui.close();
        }
        if ui
            .button(text.data.search_again)
            .on_hover_text(text.data.search_hint)
            .clicked()
        {
            actions.push(Action::OpenData(DataSource::Usual));
            ui.close();
        }
    }
}
