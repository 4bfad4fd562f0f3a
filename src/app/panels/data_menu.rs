//! The data set in use, and the menu to change it.

use crate::app::model::action::Action;
use crate::app::model::data::{DataSource, Loading};
use crate::app::model::state::State;
use crate::app::widgets;
use crate::app::widgets::path_menu::path_field;
use convlens_core::dataset::download::Fetched;
use convlens_core::dataset::{self, Origin, PictureSize};
use eframe::egui::{
    self, Button, DragValue, Popup, PopupCloseBehavior, ProgressBar, RichText, Role,
};

/// Width of a window, in points, from which the top bar says how many images there are.
const ROOM_FOR_FIGURES: f32 = 1400.0;

/// Width of the button, in points, with the data set's name, and with its figures.
const NAME: f32 = 176.0;
const NAME_AND_FIGURES: f32 = 320.0;

/// The menu; it owns the folder being typed.
#[derive(Default)]
pub struct DataMenu {
    folder: String,
    /// The size being chosen; that of the pictures before any is.
    size: Option<PictureSize>,
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
            (Loading::Downloading(_, Some(progress)), _) => format!(
                "{} {}",
                text.data.downloading_now,
                text.download_progress(progress)
            ),
            (Loading::Downloading(what, None), _) => text.downloading(*what),
            (Loading::Opening, None) => text.data.opening_data.to_owned(),
            (_, Some(dataset)) if short => text.dataset_name(dataset),
            (_, Some(dataset)) => text.dataset(dataset),
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
                text.dataset_name(dataset)
            }
            _ => label.clone(),
        };
        let mut shown = RichText::new(format!("{short} ▼"));
        if synthetic {
            shown = shown.color(widgets::theme::warning(ui));
        }
        // As wide whatever the data set is called: what stands beside it does not move.
        let room = egui::vec2(if is_narrow { NAME } else { NAME_AND_FIGURES }, 28.0);
        let button = ui.add_sized(room, Button::new(shown).truncate());
        let button = button.on_hover_text(format!("{label}\n{}", text.data.data_hint));
        widgets::theme::name(&button, &label);
        if !Popup::is_id_open(ui.ctx(), Popup::default_response_id(&button)) {
            self.size = None;
        }
        Popup::menu(&button)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| {
                // A menu justifies its widgets, and with them the words of a long label.
                ui.vertical(|ui| {
                    ui.set_width(400.0);
                    self.content(ui, state, actions);
                });
            });
    }

    /// The size of the pictures, to be chosen.
    fn size(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        let (source, asked) = state.preferences.data.clone().parts();
        let now = state
            .dataset
            .as_ref()
            .map_or(PictureSize::default(), |dataset| dataset.size());
        let size = self.size.get_or_insert(now);
        let sides = PictureSize::SHORTEST..=PictureSize::LONGEST;
        ui.horizontal_wrapped(|ui| {
            ui.label(text.data.picture_size)
                .on_hover_text(text.data.picture_size_hint);
            let height = ui.add(DragValue::new(&mut size.height).range(sides.clone()));
            widgets::theme::name_as(&height, Role::SpinButton, text.data.height);
            ui.label("×");
            let width = ui.add(DragValue::new(&mut size.width).range(sides));
            widgets::theme::name_as(&width, Role::SpinButton, text.data.width);
            widgets::theme::choose(ui, &mut size.channels, 1, text.data.grey);
            widgets::theme::choose(ui, &mut size.channels, 3, text.data.colour);
            let is_other = *size != now;
            if ui
                .add_enabled(is_other, Button::new(text.data.resize))
                .clicked()
            {
                actions.push(Action::OpenData(source.clone().sized(Some(*size))));
                ui.close();
            }
            if asked.is_some() && ui.button(text.data.own_size).clicked() {
                actions.push(Action::OpenData(source.clone()));
                ui.close();
            }
        });
    }

    /// Garments of several sizes, in grey and in colour.
    fn synthetic(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        ui.horizontal_wrapped(|ui| {
            ui.label(text.data.use_synthetic)
                .on_hover_text(text.data.synthetic_hint);
            for size in [
                PictureSize::FASHION_MNIST,
                PictureSize::CIFAR,
                PictureSize::colour(64),
            ] {
                if ui.button(text.size_and_colour(size)).clicked() {
                    let sized = (!size.is_default()).then_some(size);
                    actions.push(Action::OpenData(DataSource::Synthetic.sized(sized)));
                    ui.close();
                }
            }
        });
    }

    fn content(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        if let Some(dataset) = &state.dataset {
            ui.label(widgets::theme::heading(text.data.data_in_use));
            ui.label(text.dataset(dataset));
            ui.add(egui::Label::new(text.origin(&dataset.origin)).wrap());
            self.size(ui, state, actions);
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
        if let Loading::Downloading(what, progress) = &state.loading {
            let share = progress.as_ref().and_then(|p| {
                let total = p.total?.max(1);
                Some(p.received as f32 / total as f32)
            });
            let words = progress
                .as_ref()
                .map_or_else(|| text.downloading(*what), |p| text.download_progress(p));
            ui.add(
                ProgressBar::new(share.unwrap_or(0.0))
                    .fill(widgets::theme::progress_fill(ui))
                    .text(words),
            );
            if ui.button(text.data.cancel).clicked() {
                actions.push(Action::CancelDownload);
            }
        } else {
            for (words, what) in [
                (text.data.download, Fetched::FashionMnist),
                (text.data.download_cifar, Fetched::Cifar10),
            ] {
                let button = ui.button(words).on_hover_text(text.data.download_hint);
                if button.clicked() {
                    actions.push(Action::Download(what));
                }
            }
        }
        Self::synthetic(ui, state, actions);
        if dataset::cifar_folder().is_dir() && ui.button(text.data.open_cifar).clicked() {
            actions.push(Action::OpenData(DataSource::Cifar10));
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
