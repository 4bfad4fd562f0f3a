//! All classes with their probabilities, as bars.

use crate::app::widgets::{stage, theme};
use crate::text::Text;
use convlens_core::explore::most_likely;
use eframe::egui::{self, Align2, Rect, Role, Sense, TextStyle, WidgetInfo, pos2, vec2};

/// Room for a class's name, its bar and its probability.
const NAME: f32 = 92.0;

const BAR: f32 = 150.0;

const BAR_FOR_ROOM: f32 = 400.0;

const SHORTEST_BAR: f32 = 30.0;

const SHARE: f32 = 56.0;

const ROW: f32 = 19.0;

/// The likeliest stands out.
pub fn show(ui: &mut egui::Ui, text: &Text, probabilities: &[f32]) {
    let best = most_likely(probabilities);
    let font = TextStyle::Body.resolve(ui.style());
    ui.spacing_mut().item_spacing.y = 1.0;
    let longest = if stage::is_for_room(ui.ctx()) {
        BAR_FOR_ROOM
    } else {
        BAR
    };
    let bar_width = (ui.available_width() - NAME - SHARE).clamp(SHORTEST_BAR, longest);
    for (class, &probability) in probabilities.iter().enumerate() {
        let size = vec2(NAME + bar_width + SHARE, ROW);
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        let share = text.percent(f64::from(probability), 1);
        let name = text.class_name(class as u8);
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{name} {share}")));
        let ink = if class == best {
            theme::amount(ui)
        } else {
            ui.visuals().text_color()
        };
        let painter = ui.painter();
        let middle = rect.center().y;
        let at = pos2(rect.min.x + NAME - 8.0, middle);
        painter.text(at, Align2::RIGHT_CENTER, name, font.clone(), ink);
        let bar = Rect::from_min_size(pos2(rect.min.x + NAME, middle - 5.0), vec2(bar_width, 10.0));
        painter.rect_filled(
            bar,
            2.0,
            ui.visuals().widgets.noninteractive.bg_stroke.color,
        );
        let mut full = bar;
        full.set_width(bar_width * probability);
        let fill = theme::amount(ui);
        let fill = if class == best {
            fill
        } else {
            fill.lerp_to_gamma(ui.visuals().panel_fill, 0.4)
        };
        painter.rect_filled(full, 2.0, fill);
        let at = pos2(bar.max.x + 8.0, middle);
        painter.text(at, Align2::LEFT_CENTER, share, font.clone(), ink);
    }
}
