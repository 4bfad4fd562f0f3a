//! The Channels view: all channels of a layer for one image. The one chosen is the convolution number of every view.

mod atlas;

use crate::app::model::action::Action;
use crate::app::model::channels::{filters_of, layer_shown};
use crate::app::model::data::PicturesKey;
use crate::app::model::maps::MapsAnswer;
use crate::app::model::state::State;
use crate::app::model::test_set::Kind;
use crate::app::views::ViewPanel;
use crate::app::views::channels::atlas::{Atlas, Content};
use crate::app::widgets;
use crate::app::widgets::keys::{self, Command, Way};
use crate::app::widgets::tab_order::{Region, region};
use crate::app::widgets::textures::Textures;
use crate::app::widgets::thumb::Thumbs;
use crate::text::Text;
use convlens_core::dataset::ImageId;
use convlens_core::explore::{ChannelFigure, channel_figures, ranked_channels};
use convlens_core::figures::MapsSettings;
use convlens_core::render::ValueRange;
use eframe::egui::{
    self, ComboBox, EventFilter, Rect, RichText, Role, ScrollArea, Sense, Slider, Stroke,
    StrokeKind, WidgetInfo, pos2, vec2,
};
use std::sync::Arc;

/// Sides of a map on screen.
const SIDES: std::ops::RangeInclusive<f32> = 28.0..=260.0;

const GAP: f32 = 6.0;

/// Room for number and figure below a map.
const CAPTION: f32 = 15.0;

/// The view with its choices.
pub struct ChannelsView {
    textures: Textures,
    thumbs: Thumbs,
    figure: ChannelFigure,
    /// Each map has a range of its own.
    per_map: bool,
    side: f32,
    ranking: Option<(Ranked, Arc<Ranking>)>,
    /// Scroll to the channel chosen, at the next frame.
    follow: bool,
}

/// Figures and order of the channels, and what they were made of.
type Ranked = (u64, PicturesKey, ImageId, usize, ChannelFigure);

struct Ranking {
    figures: Vec<Option<f64>>,
    order: Vec<usize>,
}

impl Default for ChannelsView {
    fn default() -> Self {
        Self {
            textures: Textures::default(),
            thumbs: Thumbs::default(),
            figure: ChannelFigure::Index,
            per_map: false,
            side: 72.0,
            ranking: None,
            follow: true,
        }
    }
}

impl ViewPanel for ChannelsView {
    fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        let Some(maps) = state.maps.answer().cloned() else {
            ui.centered_and_justified(|ui| ui.label(text.data.opening_data));
            return;
        };
        let layers = &maps.set.activations.layers;
        let layer = layer_shown(&maps, state.channels_layer.as_deref());
        let Some(shown) = layers.get(layer) else {
            ui.label(text.maps.no_maps);
            return;
        };
        let chosen = |image: ImageId| maps.set.images.iter().position(|&shown| shown == image);
        let row = chosen(state.image_at_hand()).unwrap_or(0);
        let selected = state.preferences.maps.convolution.min(shown.channels - 1);
        self.controls(ui, state, &maps, (layer, row), selected, actions);
        let before_relu = state.preferences.maps.before_relu;
        let mut content = Content {
            layer: shown,
            image: row,
            before_relu,
            range: None,
            diverging: widgets::theme::diverging(ui),
        };
        if !self.per_map {
            let ranges = (0..shown.channels).map(|channel| ValueRange::of(content.map(channel)));
            content.range = ranges.reduce(ValueRange::union);
        }
        let ranking = self.ranking(&maps, (layer, row));
        let version = (
            (
                maps.asked.whose.version,
                maps.asked.pictures,
                maps.set.images[row],
            ),
            (layer, before_relu, self.per_map, content.diverging),
        );
        let atlas = Atlas::get(&mut self.textures, ui.ctx(), version, content);
        let filters = filters_of(&maps, layer);
        let known = filters.and_then(|layer| state.excitations_beside(&maps.asked.whose, layer));
        let dead = |channel| known.is_some_and(|known| known.is_dead(channel));
        self.grid(
            ui, state, content, &ranking, &atlas, selected, &dead, actions,
        );
    }
}

impl ChannelsView {
    /// Image, layer, order, range, size.
    fn controls(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        maps: &MapsAnswer,
        (layer, row): (usize, usize),
        selected: usize,
        actions: &mut Vec<Action>,
    ) {
        let text = state.text();
        let layers = &maps.set.activations.layers;
        let image = maps.set.images[row];
        widgets::stage::for_room(ui, |ui| {
            let image = text.image_and_class(image, maps.set.gallery.label(image));
            ui.label(format!("{} · {image}", layers[layer].name));
        });
        let choices = |ui: &mut egui::Ui| {
            ui.label(text.channels.image);
            let at_hand = Some(image);
            if let Some(image) = widgets::picker::show(ui, state, &mut self.thumbs, at_hand) {
                actions.push(Action::SetImage(image));
            }
            let label = widgets::layout::label_before(ui, text.maps.layer, 64.0);
            let mut name = layers[layer].name.clone();
            ComboBox::from_id_salt("layer of channels")
                .selected_text(&name)
                .width(64.0)
                .show_ui(ui, |ui| {
                    for layer in layers {
                        ui.selectable_value(&mut name, layer.name.clone(), &layer.name);
                    }
                })
                .response
                .labelled_by(label.id);
            actions.push(Action::SetChannelsLayer(name));
            self.order_menu(ui, text, selected);
            let mut shared = !self.per_map;
            ui.checkbox(&mut shared, text.channels.shared_range)
                .on_hover_text(text.channels.shared_range_hint);
            self.per_map = !shared;
            let mut settings = state.preferences.maps.clone();
            ui.checkbox(&mut settings.before_relu, text.maps.before_relu)
                .on_hover_text(text.maps.before_relu_hint);
            if settings != state.preferences.maps {
                actions.push(Action::SetMaps(settings));
            }
        };
        widgets::stage::for_teacher(ui, |ui| {
            ui.horizontal_wrapped(choices);
        });
        let range = ValueRange::of(layers[layer].map(row, selected).unwrap_or_default());
        let channels = layers[layer].channels;
        let (number, range) = (text.of_channels(channels), text.range(range));
        let chosen = text.channel_chosen(selected, &number, &range);
        let size = |ui: &mut egui::Ui| {
            widgets::stage::for_teacher(ui, |ui| {
                let label = ui.label(text.channels.size);
                ui.spacing_mut().slider_width = 80.0;
                let slider = Slider::new(&mut self.side, SIDES).show_value(false);
                let slider = ui.add(slider).on_hover_text(text.channels.size_hint);
                slider.labelled_by(label.id);
            });
            ui.label(RichText::new(chosen).small().weak());
        };
        // How far it is known which filters are dead.
        let known = |ui: &mut egui::Ui| {
            if let Some(filters) = filters_of(maps, layer) {
                widgets::test_set_bar::brief(ui, state, Kind::Excitations(filters), actions);
            }
        };
        let row = egui::Sides::new().shrink_left().truncate();
        row.show(ui, size, known);
    }

    fn order_menu(&mut self, ui: &mut egui::Ui, text: &Text, selected: usize) {
        let label = widgets::layout::label_before(ui, text.channels.order, 120.0);
        ComboBox::from_id_salt("order of channels")
            .selected_text(figure_words(text, self.figure).0)
            .width(120.0)
            .show_ui(ui, |ui| {
                for figure in [
                    ChannelFigure::Index,
                    ChannelFigure::Mean,
                    ChannelFigure::Maximum,
                    ChannelFigure::LikenessTo(selected),
                ] {
                    let (name, hint) = figure_words(text, figure);
                    let choice = ui.selectable_value(&mut self.figure, figure, name);
                    if choice.on_hover_text(hint).clicked() {
                        self.follow = true;
                    }
                }
            })
            .response
            .labelled_by(label.id);
    }

    /// Worked out anew only for other maps or another order.
    fn ranking(&mut self, maps: &MapsAnswer, (layer, row): (usize, usize)) -> Arc<Ranking> {
        let asked = &maps.asked;
        let key = (
            asked.whose.version,
            asked.pictures,
            maps.set.images[row],
            layer,
            self.figure,
        );
        if let Some((made_of, ranking)) = &self.ranking
            && *made_of == key
        {
            return ranking.clone();
        }
        let figures = channel_figures(&maps.set.activations.layers[layer], row, self.figure);
        let order = ranked_channels(&figures, self.figure);
        let ranking = Arc::new(Ranking { figures, order });
        self.ranking = Some((key, ranking.clone()));
        ranking
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "place, content and context of one drawing"
    )]
    fn grid(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        content: Content<'_>,
        ranking: &Ranking,
        atlas: &Atlas,
        selected: usize,
        dead: &dyn Fn(usize) -> bool,
        actions: &mut Vec<Action>,
    ) {
        let text = state.text();
        let count = ranking.order.len();
        let room = ui.available_width() - ui.spacing().scroll.bar_width - 8.0;
        let step = vec2(self.side + GAP, self.side + CAPTION + GAP);
        let columns = ((room / step.x) as usize).clamp(1, count);
        let rows = count.div_ceil(columns);
        let selected_place = ranking
            .order
            .iter()
            .position(|&c| c == selected)
            .unwrap_or(0);
        let moved = self.keys(ui, selected_place, columns, count);
        let by_index = self.figure == ChannelFigure::Index;
        let mut choice = moved.map(|place| ranking.order[place]);
        ScrollArea::vertical()
            .auto_shrink(false)
            .show_viewport(ui, |ui, viewport| {
                region(ui, Region::Pictures);
                let size = vec2(columns as f32 * step.x, rows as f32 * step.y + 8.0);
                let (area, _) = ui.allocate_exact_size(size, Sense::hover());
                let corner = area.min + vec2(3.0, 3.0);
                let tile = |place: usize| {
                    let at = vec2(
                        (place % columns) as f32 * step.x,
                        (place / columns) as f32 * step.y,
                    );
                    Rect::from_min_size(corner + at, vec2(self.side, self.side))
                };
                if std::mem::take(&mut self.follow) {
                    ui.scroll_to_rect(tile(selected_place).expand(CAPTION + GAP), None);
                }
                let grid = ui.interact(
                    area,
                    grid_id(),
                    Sense::CLICK | Sense::focusable_noninteractive(),
                );
                let caption = |channel: usize| {
                    let figure = ranking.figures[channel].filter(|_| !by_index);
                    let caption = text.channel_caption(channel, figure);
                    if dead(channel) {
                        format!("{caption} {}", text.filters.dead)
                    } else {
                        caption
                    }
                };
                grid.widget_info(|| {
                    let words = text.channels_of(&content.layer.name, &caption(selected));
                    WidgetInfo::labeled(Role::ListBox, true, words)
                });
                let first = ((viewport.min.y / step.y).max(0.0) as usize).min(rows) * columns;
                let end = (((viewport.max.y / step.y) as usize + 1) * columns).min(count);
                let visible = first.min(end)..end;
                let tiles = visible
                    .clone()
                    .map(|place| (ranking.order[place], tile(place)));
                ui.painter().add(atlas.mesh(tiles));
                let small = egui::TextStyle::Small.resolve(ui.style());
                let weak = ui.visuals().weak_text_color();
                for place in visible {
                    let (channel, rect) = (ranking.order[place], tile(place));
                    let response = ui.interact(rect, grid_id().with(channel), Sense::CLICK);
                    let chosen = channel == selected;
                    let words = caption(channel);
                    let name = text.channel_name(&words);
                    response.widget_info(|| {
                        WidgetInfo::selected(Role::ListBoxOption, true, chosen, &name)
                    });
                    let line = if chosen {
                        Stroke::new(3.0, widgets::theme::accent(ui))
                    } else if response.hovered() {
                        Stroke::new(2.0, widgets::theme::pointed_at(ui))
                    } else {
                        ui.visuals().widgets.noninteractive.bg_stroke
                    };
                    ui.painter()
                        .rect_stroke(rect, 0.0, line, StrokeKind::Outside);
                    let below = pos2(rect.center().x, rect.max.y + 2.0);
                    let words = if self.side < 56.0 {
                        channel.to_string()
                    } else {
                        words
                    };
                    let ink = if dead(channel) {
                        widgets::theme::error_color(ui)
                    } else {
                        weak
                    };
                    ui.painter()
                        .text(below, egui::Align2::CENTER_TOP, words, small.clone(), ink);
                    if response.clicked() {
                        grid.request_focus();
                        choice = Some(channel);
                        if let ChannelFigure::LikenessTo(_) = self.figure {
                            self.figure = ChannelFigure::LikenessTo(channel);
                            self.follow = true;
                        }
                    }
                    let range = ValueRange::of(content.map(channel));
                    response.on_hover_text(format!("{name}\n{}", text.range(range)));
                }
                if grid.has_focus() {
                    let edge = Stroke::new(1.0, widgets::theme::accent(ui));
                    ui.painter()
                        .rect_stroke(area, 2.0, edge, StrokeKind::Inside);
                }
            });
        if let Some(channel) = choice.filter(|&channel| channel != selected) {
            self.follow |= moved.is_some();
            choose(state, channel, actions);
        }
    }

    /// Where the keys move the choice to; + and − change the size. The arrows are the grid's where nothing else has them.
    fn keys(&mut self, ui: &egui::Ui, place: usize, columns: usize, count: usize) -> Option<usize> {
        let focused = ui.ctx().memory(egui::Memory::focused);
        if focused.is_some_and(|id| id != grid_id()) {
            return None;
        }
        let arrows = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(grid_id(), arrows));
        let pressed = |command| keys::pressed(ui.ctx(), command);
        let zoom = |side: f32| side.clamp(*SIDES.start(), *SIDES.end());
        if pressed(Command::LargerMaps) {
            self.side = zoom(self.side * 1.25);
            self.follow = true;
        }
        if pressed(Command::SmallerMaps) {
            self.side = zoom(self.side / 1.25);
            self.follow = true;
        }
        if matches!(self.figure, ChannelFigure::LikenessTo(_)) && pressed(Command::LikeChosen) {
            let (_, ranking) = self.ranking.as_ref()?;
            self.figure = ChannelFigure::LikenessTo(ranking.order[place]);
            self.follow = true;
        }
        let last = count - 1;
        if pressed(Command::Go(Way::First)) {
            return Some(0);
        }
        if pressed(Command::Go(Way::Last)) {
            return Some(last);
        }
        let (down, right) = keys::walked(ui.ctx())?;
        // No further down or up than there are tiles in this column.
        let (above, below) = (place / columns, (last - place) / columns);
        let down = down.clamp(-(above as isize), below as isize);
        let to = place.saturating_add_signed(down * columns as isize + right);
        Some(to.min(last))
    }
}

/// Name of an order, and what it means.
fn figure_words(text: &Text, figure: ChannelFigure) -> (String, &'static str) {
    let words = &text.channels;
    match figure {
        ChannelFigure::Index => (words.index.to_owned(), words.index_hint),
        ChannelFigure::Mean => (words.mean.to_owned(), words.mean_hint),
        ChannelFigure::Maximum => (words.maximum.to_owned(), words.maximum_hint),
        ChannelFigure::LikenessTo(channel) => (text.likeness_to(channel), words.likeness_hint),
    }
}

fn grid_id() -> egui::Id {
    egui::Id::unique("grid of channels")
}

/// Makes a channel the convolution number of every view.
fn choose(state: &State, channel: usize, actions: &mut Vec<Action>) {
    let settings = MapsSettings {
        convolution: channel,
        ..state.preferences.maps.clone()
    };
    actions.push(Action::SetMaps(settings));
}
