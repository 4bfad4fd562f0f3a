//! A map with its name above and its range below.

use crate::app::widgets::textures::{Textures, fill};
use crate::text::Text;
use convlens_core::render::{Colormap, ValueRange, heatmap};
use eframe::egui::{
    self, Align, Id, Layout, RichText, Role, Sense, StrokeKind, TextStyle, WidgetInfo, vec2,
};
use std::hash::Hash;

/// Room for what is written above and below a map.
pub const WORDS: f32 = 40.0;

/// One map of a row.
pub struct MapPicture<'a> {
    /// Row and place in it, which tell it from others.
    pub place: (&'static str, &'static str),
    pub title: &'a str,
    /// Height of the titles of its row: [`title_height`].
    pub above: f32,
    pub values: &'a [f32],
    /// Columns and rows.
    pub size: (usize, usize),
    pub range: ValueRange,
    pub colormap: Colormap,
    /// What stands where there is no value; that of not a number where nothing is said.
    pub missing: Option<[u8; 3]>,
}

impl MapPicture<'_> {
    /// Draws it, its side and the width of its column as said. `version` tells what it shows from what it showed before.
    pub fn show(
        &self,
        ui: &mut egui::Ui,
        text: &Text,
        textures: &mut Textures,
        (side, column): (f32, f32),
        version: impl Hash,
    ) -> egui::Response {
        let layout = Layout::top_down(Align::Center);
        let size = vec2(column, side + WORDS);
        ui.allocate_ui_with_layout(size, layout, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let above = vec2(column, self.above);
            ui.allocate_ui_with_layout(above, Layout::bottom_up(Align::Center), |ui| {
                ui.set_min_height(self.above);
                ui.label(RichText::new(self.title).small());
            });
            let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::hover());
            let range = text.range(self.range);
            let words = format!("{}: {range}", self.title);
            response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
            let (width, height) = self.size;
            let id = Id::unique(("map picture", self.place));
            let bits = (self.range.min.to_bits(), self.range.max.to_bits());
            let content = (version, bits, self.size, self.title, self.colormap);
            let texture = textures.get(ui.ctx(), id, content, || {
                let mut map = heatmap(width, height, self.values, self.range, self.colormap);
                if let Some(missing) = self.missing {
                    let nothing = |pixel: &&mut [u8; 3]| **pixel == Colormap::NOT_A_NUMBER;
                    map.rgb
                        .iter_mut()
                        .filter(nothing)
                        .for_each(|pixel| *pixel = missing);
                }
                map
            });
            fill(ui.painter(), &texture, rect);
            let line = ui.visuals().widgets.noninteractive.bg_stroke;
            ui.painter()
                .rect_stroke(rect, 0.0, line, StrokeKind::Outside);
            ui.label(RichText::new(range).small().weak());
            response
        })
        .inner
    }
}

/// Room that the titles of a row take, in columns of this width: all its maps stand below the longest.
pub fn title_height<'a>(
    ui: &egui::Ui,
    titles: impl IntoIterator<Item = &'a str>,
    column: f32,
) -> f32 {
    let font = TextStyle::Small.resolve(ui.style());
    let height = |title: &str| {
        let ink = egui::Color32::WHITE;
        let galley =
            ui.fonts_mut(|fonts| fonts.layout(title.to_owned(), font.clone(), ink, column));
        galley.size().y
    };
    titles.into_iter().map(height).fold(0.0, f32::max)
}
