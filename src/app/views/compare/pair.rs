//! Two maps and their difference: of two images, or of one image in two networks.

use crate::app::model::compare::Compared;
use crate::app::model::state::State;
use crate::app::widgets;
use crate::app::widgets::map_picture::{MapPicture, WORDS, title_height};
use crate::app::widgets::textures::Textures;
use crate::text::Text;
use convlens_core::explore::{LayerMaps, difference, likeness};
use convlens_core::render::{Colormap, ValueRange};
use eframe::egui::{self, RichText, vec2};

/// Side of a map on screen.
const SMALLEST: f32 = 84.0;

const LARGEST: f32 = 320.0;

/// Least side where a class is to see all three: nobody there can scroll.
const FOR_A_CLASS: f32 = 44.0;

/// Least room for a map and its words.
pub const COLUMN: f32 = 126.0;

/// Room between two maps.
const GAP: f32 = 14.0;

/// Room for the heading above the maps, and also for how alike they are, below them.
const HEADING: f32 = 26.0;
const AROUND: f32 = 54.0;

/// The panel; it owns its textures.
#[derive(Default)]
pub struct PairPanel {
    textures: Textures,
    /// Side of a map: three of them fit, below or beside one another.
    side: f32,
}

/// The largest side with which three maps and their words fill this room, however many stand in a row.
fn side(room: egui::Vec2, smallest: f32) -> f32 {
    let in_rows_of = |columns: f32| {
        let rows = (3.0 / columns).ceil();
        let wide = room.x / columns - GAP;
        // A row of more than one needs as much for the words of each.
        let wide = if wide < COLUMN && columns > 1.0 {
            0.0
        } else {
            wide
        };
        wide.min(room.y / rows - WORDS - GAP)
    };
    let sides = [1.0, 2.0, 3.0].map(in_rows_of);
    let largest = sides.into_iter().fold(0.0, f32::max);
    largest.clamp(smallest, LARGEST).floor()
}

impl PairPanel {
    /// The pair at row and column `chosen`; below it, the first of them in the two networks named.
    pub fn show(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        compared: &Compared,
        chosen: (usize, usize),
        networks: &[String; 2],
    ) {
        let (text, number) = (state.text(), state.compared.version());
        let groups = if compared.other.is_some() { 2.0 } else { 1.0 };
        let is_for_class = state.preferences.display.needs_height(ui.ctx());
        let (around, smallest) = if is_for_class {
            (HEADING, FOR_A_CLASS)
        } else {
            (AROUND, SMALLEST)
        };
        let room = vec2(
            ui.available_width(),
            ui.clip_rect().height() / groups - around,
        );
        self.side = side(room, smallest);
        let layer = &compared.maps.activations.layers[compared.layer];
        let channel = compared.shown_channel(state.preferences.maps.convolution);
        let name = text.channel_name(&channel.to_string());
        ui.label(widgets::theme::heading(format!("{} · {name}", layer.name)));
        let maps = [chosen.0, chosen.1].map(|row| layer.map(row, channel));
        let titles = [chosen.0, chosen.1].map(|row| {
            let image = compared.maps.images[row];
            text.image_and_class(image, compared.maps.gallery.label(image))
        });
        if let [Some(a), Some(b)] = maps {
            self.two(
                ui,
                state,
                (layer, &name),
                [a, b],
                &titles,
                ("images", number, chosen),
            );
        }
        let Some(other) = &compared.other else {
            return;
        };
        ui.add_space(8.0);
        ui.label(widgets::theme::heading(text.compare.other_network));
        let other = &other.maps;
        let theirs = other.activations.layers.iter().find(|theirs| {
            theirs.name == layer.name
                && (theirs.height, theirs.width) == (layer.height, layer.width)
        });
        let image = compared.maps.images[chosen.0];
        let row = other.images.iter().position(|&id| id == image);
        let pair = theirs.zip(row).and_then(|(theirs, row)| {
            Some([layer.map(chosen.0, channel)?, theirs.map(row, channel)?])
        });
        match pair {
            Some(pair) => {
                let titles = [0, 1].map(|n| text.in_network(image, &networks[n]));
                self.two(
                    ui,
                    state,
                    (layer, &name),
                    pair,
                    &titles,
                    ("networks", number, chosen),
                );
                crate::app::views::compare::note(ui, text.compare.number_warning);
            }
            None => {
                ui.label(text.compare.no_such_layer);
            }
        }
    }

    /// Two maps in one range, and the first minus the second.
    fn two(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        (layer, channel): (&LayerMaps, &str),
        [a, b]: [&[f32]; 2],
        titles: &[String; 2],
        version: (&'static str, u64, (usize, usize)),
    ) {
        let text = state.text();
        let range = ValueRange::of(a).union(ValueRange::of(b));
        let minus = difference(a, b);
        let size = (layer.width, layer.height);
        let alike = likeness(a, b);
        let difference_title = text.compare.difference;
        let all = [titles[0].as_str(), titles[1].as_str(), difference_title];
        let above = title_height(ui, all, self.side.max(COLUMN));
        ui.horizontal_wrapped(|ui| {
            for (place, title, values) in [("first", &titles[0], a), ("second", &titles[1], b)] {
                let drawn = MapPicture {
                    place: (version.0, place),
                    title,
                    above,
                    values,
                    size,
                    range,
                    colormap: Colormap::Inferno,
                    missing: None,
                };
                self.map(ui, text, &drawn, version);
            }
            let drawn = MapPicture {
                place: (version.0, "difference"),
                title: difference_title,
                above,
                values: &minus,
                size,
                range: ValueRange::of(&minus).symmetric(),
                colormap: widgets::theme::diverging(ui),
                missing: None,
            };
            self.map(ui, text, &drawn, version)
                .on_hover_text(text.compare.difference_hint);
        });
        let words = text.similarity_cell([&titles[0], &titles[1]], alike.cosine, alike.pearson);
        // The matrix may be of all channels.
        let words = format!("{channel}: {words}");
        ui.set_max_width(ui.available_width().max(COLUMN));
        let words = RichText::new(words).small().weak();
        widgets::whole::for_class(ui, state, words);
    }

    fn map(
        &mut self,
        ui: &mut egui::Ui,
        text: &Text,
        drawn: &MapPicture<'_>,
        version: (&'static str, u64, (usize, usize)),
    ) -> egui::Response {
        let size = (self.side, self.side.max(COLUMN));
        drawn.show(ui, text, &mut self.textures, size, version)
    }
}
