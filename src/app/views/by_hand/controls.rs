//! What slides over what, and how.

use super::filters::filters;
use crate::app::model::state::State;
use crate::app::widgets;
use crate::app::widgets::thumb::Thumbs;
use crate::text::Text;
use convlens_core::dataset::ImageId;
use convlens_core::explore::by_hand::{NamedKernel, SIDES, STRIDES, SmallPicture};
use convlens_core::lessons::{ByHand, HandKernel, HandOperation, HandPicture};
use convlens_core::network::Padding;
use eframe::egui::{self, ComboBox, DragValue};

pub fn show(ui: &mut egui::Ui, state: &State, setup: &mut ByHand, thumbs: &mut Thumbs) {
    let text = state.text();
    ui.horizontal_wrapped(|ui| {
        for (operation, words) in [
            (HandOperation::Convolution, text.by_hand.convolution),
            (HandOperation::MaxPool, text.by_hand.max_pool),
        ] {
            let chosen = setup.operation == operation;
            if widgets::theme::choice(ui, chosen, words).clicked() && !chosen {
                setup.operation = operation;
                // As in the network.
                setup.stride = match operation {
                    HandOperation::Convolution => 1,
                    HandOperation::MaxPool => 2,
                };
            }
        }
        ui.separator();
        picture(ui, state, setup, thumbs);
    });
    ui.horizontal_wrapped(|ui| {
        if setup.operation == HandOperation::Convolution {
            kernel(ui, state, setup);
            if let HandKernel::Named(_) = setup.kernel {
                ui.label(text.by_hand.side);
                for side in SIDES {
                    let words = format!("{side}×{side}");
                    widgets::theme::choose(ui, &mut setup.side, side, words);
                }
            }
            let ways = [text.by_hand.none, text.by_hand.same];
            widgets::layout::label_before(ui, text.by_hand.padding, choices(ui, &ways));
            widgets::theme::choose(ui, &mut setup.padding, Padding::Valid, text.by_hand.none)
                .on_hover_text(text.by_hand.none_hint);
            widgets::theme::choose(ui, &mut setup.padding, Padding::Same, text.by_hand.same)
                .on_hover_text(text.by_hand.same_hint);
        }
        widgets::layout::label_before(ui, text.by_hand.stride, choices(ui, &["1", "2"]));
        for stride in STRIDES {
            let button = widgets::theme::choice(ui, setup.stride == stride, stride.to_string());
            let words = format!("{} {stride}", text.by_hand.stride);
            widgets::theme::name(&button, &words);
            if button.clicked() {
                setup.stride = stride;
            }
        }
    });
}

/// Width of some choices side by side: they go to the next line together.
fn choices(ui: &egui::Ui, names: &[&str]) -> f32 {
    let gap = ui.spacing().item_spacing.x;
    let widths = names.iter();
    let widths = widths.map(|name| widgets::theme::button_width(ui, name) + gap);
    widths.sum::<f32>() - gap
}

fn picture(ui: &mut egui::Ui, state: &State, setup: &mut ByHand, thumbs: &mut Thumbs) {
    let text = state.text();
    let words = match &setup.picture {
        HandPicture::Small(small) => text.small_picture(*small),
        HandPicture::Own(_) => text.by_hand.own_picture,
        HandPicture::Test(_) => text.by_hand.test_image,
    };
    ui.label(text.by_hand.picture);
    let list = ComboBox::from_id_salt("hand picture")
        .selected_text(words)
        .show_ui(ui, |ui| {
            for (_, small) in SmallPicture::ALL {
                let picture = HandPicture::Small(small);
                ui.selectable_value(&mut setup.picture, picture, text.small_picture(small));
            }
            let is_test = matches!(setup.picture, HandPicture::Test(_));
            if ui
                .selectable_label(is_test, text.by_hand.test_image)
                .clicked()
                && !is_test
            {
                let mut images = state.preferences.maps.images.iter();
                let first = images.find_map(|image| match image {
                    ImageId::Test(index) => Some(*index),
                    ImageId::Drawing => None,
                });
                setup.picture = HandPicture::Test(first.unwrap_or(0));
            }
        });
    name(&list.response, text.by_hand.picture, words);
    if let HandPicture::Test(index) = &mut setup.picture {
        let last = state.dataset.as_ref().map_or(0, |data| data.test.len());
        let field = DragValue::new(index).range(0..=last.saturating_sub(1));
        let field = ui.add(field);
        widgets::theme::name_as(&field, egui::Role::SpinButton, text.by_hand.test_image);
        let chosen = Some(ImageId::Test(*index));
        if let Some(ImageId::Test(row)) = widgets::picker::show(ui, state, thumbs, chosen) {
            *index = row;
        }
    }
}

fn kernel(ui: &mut egui::Ui, state: &State, setup: &mut ByHand) {
    let text = state.text();
    let words = kernel_name(text, &setup.kernel);
    ui.label(text.by_hand.kernel);
    let list = ComboBox::from_id_salt("hand kernel")
        .selected_text(words)
        .show_ui(ui, |ui| {
            for (_, named) in NamedKernel::ALL {
                let kernel = HandKernel::Named(named);
                ui.selectable_value(&mut setup.kernel, kernel, text.named_kernel(named));
            }
            let is_filter = matches!(setup.kernel, HandKernel::Filter(_));
            let of_network = ui.selectable_label(is_filter, text.by_hand.filter);
            if of_network.clicked() && !is_filter {
                setup.kernel = HandKernel::Filter(state.preferences.maps.convolution);
            }
        });
    name(&list.response, text.by_hand.kernel, words);
    if let HandKernel::Filter(number) = &mut setup.kernel {
        let last = filters(state).saturating_sub(1);
        *number = (*number).min(last);
        let field = ui.add(DragValue::new(number).range(0..=last).speed(0.2));
        widgets::theme::name_as(&field, egui::Role::SpinButton, text.by_hand.filter);
    }
}

fn name(list: &egui::Response, what: &str, chosen: &str) {
    widgets::theme::name_as(list, egui::Role::ComboBox, &format!("{what}: {chosen}"));
}

fn kernel_name(text: &Text, kernel: &HandKernel) -> &'static str {
    match kernel {
        HandKernel::Named(named) => text.named_kernel(*named),
        HandKernel::Own(_) => text.by_hand.own_kernel,
        HandKernel::Filter(_) => text.by_hand.filter,
    }
}
