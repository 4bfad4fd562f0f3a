//! What the program says of itself: version, commit, and the licences of all that it is made of.

use eframe::egui::{
    self, Align2, ColorImage, EventFilter, Role, ScrollArea, Sense, Stroke, StrokeKind,
    TextureHandle, TextureOptions, Window, vec2,
};

use crate::about::{ICON, LICENCES, VERSION};
use crate::app::model::state::State;
use crate::app::widgets::keys::{self, Command, Way};
use crate::app::widgets::theme;

/// Side of the icon in points.
const ICON_SIDE: f32 = 64.0;

/// Size that the licences take where there is room, and height of what stands around them.
const LICENCES_SIZE: [f32; 2] = [700.0, 480.0];
const AROUND: f32 = 220.0;

/// Lines that an arrow scrolls by.
const STEP: f32 = 3.0;

/// The sheet, opened by the Display menu.
#[derive(Default)]
pub struct About {
    is_open: bool,
    was_open: bool,
    icon: Option<TextureHandle>,
    /// The lines of all licences: thousands, of which those in sight are drawn.
    lines: Vec<&'static str>,
    /// How far they are scrolled, in points.
    offset: f32,
}

impl About {
    pub fn open(&mut self) {
        self.is_open = true;
    }

    pub fn show(&mut self, ui: &egui::Ui, state: &State) {
        let opens = self.is_open && !self.was_open;
        self.was_open = self.is_open;
        if !self.is_open {
            return;
        }
        if keys::pressed(ui.ctx(), Command::Close) {
            self.is_open = false;
        }
        if self.lines.is_empty() {
            self.lines = LICENCES.lines().collect();
        }
        let words = &state.text().about;
        let mut is_open = self.is_open;
        Window::new(words.title)
            .id(egui::Id::unique("about"))
            .open(&mut is_open)
            .collapsible(false)
            .resizable(false)
            .anchor(Align2::CENTER_CENTER, egui::Vec2::ZERO)
            .show(ui.ctx(), |ui| {
                ui.horizontal(|ui| {
                    let icon = (self.icon(ui.ctx()).id(), vec2(ICON_SIDE, ICON_SIDE));
                    ui.add(egui::Image::new(icon).alt_text(words.icon));
                    ui.vertical(|ui| {
                        ui.label(theme::heading(format!("convlens {VERSION}")));
                        ui.label(words.what);
                        ui.label(words.licence);
                    });
                });
                ui.separator();
                ui.label(words.others);
                self.licences(ui, words.others_name, opens);
            });
        self.is_open &= is_open;
    }

    /// The licences, scrolled by wheel, bar and keys. They have the keyboard once the sheet `opens`.
    fn licences(&mut self, ui: &mut egui::Ui, name: &str, opens: bool) {
        let room = ui.ctx().content_rect().size() - vec2(60.0, AROUND);
        let size = room.min(LICENCES_SIZE.into()).max(vec2(200.0, 40.0));
        let (place, list) = ui.allocate_exact_size(size, Sense::click());
        theme::name_as(&list, Role::Document, name);
        if opens || list.clicked() {
            list.request_focus();
        }
        let row = ui.text_style_height(&egui::TextStyle::Small);
        let mut area = ScrollArea::both().auto_shrink(false);
        if list.has_focus() {
            let wanted = self.scrolled(ui, &list, row, place.height());
            area = area.vertical_scroll_offset(wanted);
            let line = Stroke::new(1.5, theme::accent(ui));
            let frame = place.expand(2.0);
            ui.painter()
                .rect_stroke(frame, 3.0, line, StrokeKind::Outside);
        }
        let mut inside = ui.new_child(egui::UiBuilder::new().max_rect(place));
        inside.spacing_mut().item_spacing.y = 0.0;
        inside.style_mut().wrap_mode = Some(egui::TextWrapMode::Extend);
        theme::show_scroll_bars(&mut inside);
        let shown = area.show_rows(&mut inside, row, self.lines.len(), |ui, rows| {
            for line in &self.lines[rows] {
                ui.small(*line);
            }
        });
        self.offset = shown.state.clamped_offset().y;
    }

    /// Where the keys scroll to.
    fn scrolled(&self, ui: &egui::Ui, list: &egui::Response, row: f32, page: f32) -> f32 {
        let arrows = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(list.id, arrows));
        let most = (row * self.lines.len() as f32 - page).max(0.0);
        let pressed = |way| keys::pressed(ui.ctx(), Command::Go(way));
        if pressed(Way::First) {
            return 0.0;
        }
        if pressed(Way::Last) {
            return most;
        }
        let (down, right) = keys::walked(ui.ctx()).unwrap_or_default();
        let by = down as f32 * STEP * row + right as f32 * page;
        (self.offset + by).clamp(0.0, most)
    }

    fn icon(&mut self, ctx: &egui::Context) -> &TextureHandle {
        self.icon.get_or_insert_with(|| {
            let icon = eframe::icon_data::from_png_bytes(ICON).expect("a test opens it");
            let size = [icon.width as usize, icon.height as usize];
            let image = ColorImage::from_rgba_unmultiplied(size, &icon.rgba);
            ctx.load_texture("icon", image, TextureOptions::LINEAR)
        })
    }
}
