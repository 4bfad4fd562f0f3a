//! A term of a sum: a map, the kernel that it goes through, and what comes of it.

use crate::app::widgets::little::Little;
use crate::app::widgets::textures::Textures;
use crate::app::widgets::theme;
use crate::text::Text;
use eframe::egui::{self, Label, RichText, Vec2};

/// What is shown.
pub struct Term<'a> {
    pub map: Little<'a>,
    pub kernel: Option<Little<'a>>,
    /// What it adds, or hands back.
    pub comes_to: Option<f32>,
}

impl Term<'_> {
    /// Draws it under the name of its map. `version` tells what it shows from what it showed before.
    pub fn show(
        &self,
        ui: &mut egui::Ui,
        text: &Text,
        textures: &mut Textures,
        version: (u64, (usize, usize)),
    ) {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing = Vec2::splat(3.0);
            ui.add(Label::new(RichText::new(self.map.words).small()).extend());
            ui.horizontal(|ui| {
                self.map.show(ui, textures, version);
                if let Some(kernel) = &self.kernel {
                    ui.label("×");
                    kernel.show(ui, textures, version);
                }
            });
            if let Some(comes_to) = self.comes_to {
                let ink = theme::signed(ui, comes_to < 0.0);
                ui.label(theme::strong(text.contribution(comes_to)).color(ink));
            }
        });
        ui.add_space(6.0);
    }
}
