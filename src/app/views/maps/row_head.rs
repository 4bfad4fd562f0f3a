//! The head of a row: picture, index, class and prediction.

use crate::app::model::action::Action;
use crate::app::model::maps::MapsAnswer;
use crate::app::model::pin::Pin;
use crate::app::model::state::State;
use crate::app::widgets;
use crate::app::widgets::textures::{Textures, fill};
use crate::app::widgets::thumb::fitted;
use convlens_core::dataset::ImageId;
use convlens_core::explore::most_likely;
use convlens_core::figures::picture_pixels;
use eframe::egui::{self, Button, ProgressBar, Rect, RichText, pos2, vec2};

/// How wide the head of a row is, and how high at least.
pub const WIDE: (f32, f32) = (204.0, 76.0);

/// The same where width is scarce: the prediction stands below the picture, and the class is said by whether it is right.
pub const NARROW: (f32, f32) = (112.0, 84.0);

/// Side of the picture in a head, and in a narrow one, where below a smaller one there is room for two lines.
pub const PICTURE: f32 = 56.0;
pub const NARROW_PICTURE: f32 = 42.0;

/// One head to draw.
pub struct RowHead<'a> {
    pub row: usize,
    pub is_narrow: bool,
    /// Side of the picture.
    pub side: f32,
    pub rect: Rect,
    pub textures: &'a mut Textures,
}

impl RowHead<'_> {
    /// Draws it; where the picture is. A click on the prediction takes its score apart.
    pub fn show(
        self,
        ui: &mut egui::Ui,
        state: &State,
        maps: &MapsAnswer,
        actions: &mut Vec<Action>,
    ) -> Rect {
        let Self {
            row,
            is_narrow,
            side,
            rect,
            textures,
        } = self;
        let text = state.text();
        let image = maps.set.images[row];
        // Room for an outline at its edge.
        let thumb = Rect::from_min_size(rect.min + vec2(3.0, 0.0), vec2(side, side));
        let Some(picture) = maps.set.gallery.picture(image) else {
            return thumb;
        };
        let painted = fitted(thumb, picture.size());
        let Some(probabilities) = maps.set.activations.probabilities.get(row) else {
            return painted;
        };
        let predicted = most_likely(probabilities);
        let label = maps.set.gallery.label(image);
        let id = egui::Id::unique(("picture", row));
        let version = (maps.asked.pictures, image);
        let texture = textures.get(ui.ctx(), id, version, || picture_pixels(&picture));
        fill(ui.painter(), &texture, painted);
        let corner = if is_narrow {
            pos2(rect.min.x, thumb.max.y + 2.0)
        } else {
            pos2(thumb.max.x + 8.0, rect.min.y)
        };
        let words = Rect::from_min_max(corner, rect.max);
        let mut head = ui.new_child(egui::UiBuilder::new().max_rect(words).id_salt(row));
        head.spacing_mut().item_spacing.y = 2.0;
        if !is_narrow {
            number_and_class(&mut head, state, maps, image, actions);
        }
        let whose = &maps.asked.whose;
        let (mark, color) = match label.filter(|_| state.tells_its_classes(whose)) {
            Some(label) if predicted == usize::from(label) => {
                ("✓ ", widgets::theme::good_color(&head))
            }
            Some(_) => ("✗ ", widgets::theme::error_color(&head)),
            None => ("", widgets::theme::second(&head)),
        };
        let probability = probabilities[predicted];
        let words = state
            .outputs_of(whose)
            .prediction(predicted as u8, f64::from(probability));
        let words = RichText::new(format!("{mark}{words}")).small().color(color);
        let score = widgets::theme::bare_button(&mut head, Button::new(words).wrap());
        if score.on_hover_text(text.inspector.score_hint).clicked()
            && let Some(output) = maps.snapshot.model.layers().last()
        {
            actions.push(Action::SetPin(Some(Pin {
                image,
                layer: output.name.clone(),
                channel: predicted,
                row: 0,
                column: 0,
            })));
        }
        head.add(
            ProgressBar::new(probability)
                .desired_height(5.0)
                .fill(color),
        );
        painted
    }
}

/// The image's number with the way to take it out, and its class.
fn number_and_class(
    ui: &mut egui::Ui,
    state: &State,
    maps: &MapsAnswer,
    image: ImageId,
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    ui.horizontal(|ui| {
        ui.label(widgets::theme::strong(text.image_number(image)));
        if maps.set.images.len() > 1 {
            widgets::stage::for_teacher(ui, |ui| {
                let close = widgets::theme::bare_button(ui, Button::new("×"));
                widgets::theme::name(&close, &text.remove_image(image));
                if close.on_hover_text(text.remove_image(image)).clicked() {
                    let mut settings = state.preferences.maps.clone();
                    settings.toggle(image);
                    actions.push(Action::SetMaps(settings));
                }
            });
        }
    });
    if let Some(label) = maps.set.gallery.label(image) {
        ui.label(text.class_name(label));
    }
}
