//! Two parts one above the other, with an edge between them to be pulled. It keeps a share of the height and not a
//! number of points, as egui's panels do: there the edge creeps each time the window is made smaller and larger again.

use eframe::egui::{self, CursorIcon, EventFilter, Rect, Role, Sense, Stroke, UiBuilder};

use super::keys::{self, Command, Way};
use super::theme;

/// Breadth of the edge.
const EDGE: f32 = 9.0;

/// Shares of the height that the lower part can have.
const SHARES: std::ops::RangeInclusive<f32> = 0.15..=0.6;

/// What a key moves the edge by.
const STEP: f32 = 0.02;

/// Where the edge is.
pub struct Split {
    /// The lower part's share of the height.
    share: f32,
}

impl Default for Split {
    fn default() -> Self {
        Self { share: 0.4 }
    }
}

impl Split {
    /// Both parts in all the room of `ui`; `name` is the edge's. The lower one has at least `least` points if there are.
    pub fn show(
        &mut self,
        ui: &mut egui::Ui,
        name: &str,
        least: f32,
        upper: impl FnOnce(&mut egui::Ui),
        lower: impl FnOnce(&mut egui::Ui),
    ) {
        let room = ui.available_rect_before_wrap();
        let height = room.height().max(1.0);
        let low = (self.share * height).max(least).min(0.6 * height);
        let middle = room.max.y - low - EDGE / 2.0;
        let edge = Rect::from_x_y_ranges(room.x_range(), middle - EDGE / 2.0..=middle + EDGE / 2.0);
        let id = ui.scope_id().with("edge");
        let response = ui.interact(edge, id, Sense::drag());
        theme::name_as(&response, Role::Splitter, name);
        let mut moved = response.drag_delta().y / height;
        if response.has_focus() {
            let arrows = EventFilter {
                vertical_arrows: true,
                ..EventFilter::default()
            };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(id, arrows));
            let go = Command::Go;
            moved += STEP * keys::steps(ui.ctx(), go(Way::Up), go(Way::Down)) as f32;
        }
        if moved != 0.0 {
            let share = low / height - moved;
            self.share = share.clamp(*SHARES.start(), *SHARES.end());
        }
        if response.hovered() || response.dragged() {
            ui.ctx().set_cursor_icon(CursorIcon::ResizeVertical);
        }
        let line = if response.has_focus() || response.dragged() {
            Stroke::new(2.0, theme::accent(ui))
        } else if response.hovered() {
            Stroke::new(1.0, theme::pointed_at(ui))
        } else {
            ui.visuals().widgets.noninteractive.bg_stroke
        };
        ui.painter().hline(room.x_range(), middle, line);
        let mut part = |rect: Rect, salt: &str, content: Box<dyn FnOnce(&mut egui::Ui) + '_>| {
            let mut part = ui.new_child(UiBuilder::new().max_rect(rect).id_salt(salt));
            part.set_clip_rect(part.clip_rect().intersect(rect.expand(2.0)));
            content(&mut part);
        };
        let above = room.with_max_y(edge.min.y);
        part(above, "upper", Box::new(upper));
        part(room.with_min_y(edge.max.y), "lower", Box::new(lower));
        ui.advance_cursor_after_rect(room);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the lower part begins in a window of this height.
    fn edge(split: &mut Split, ctx: &egui::Context, height: f32) -> f32 {
        let screen = Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(300.0, height));
        let input = egui::RawInput {
            screen_rect: Some(screen),
            ..Default::default()
        };
        let mut top = 0.0;
        let mut output = ctx.run_ui(input, |ui| {
            split.show(ui, "edge", 90.0, |_| {}, |ui| top = ui.max_rect().min.y);
        });
        output.textures_delta.clear();
        top
    }

    #[test]
    fn the_edge_is_where_it_was_when_the_window_is_as_it_was() {
        let ctx = egui::Context::default();
        let mut split = Split::default();
        let before = edge(&mut split, &ctx, 900.0);
        for height in [700.0, 400.0, 120.0, 300.0, 1400.0] {
            edge(&mut split, &ctx, height);
        }
        let after = edge(&mut split, &ctx, 900.0);
        assert!((before - after).abs() < 1e-3, "{before} {after}");
        // In a low window the lower part keeps what it needs.
        assert!(edge(&mut split, &ctx, 200.0) <= 110.0 + EDGE);
    }
}
