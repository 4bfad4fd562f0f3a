//! Where columns and nodes stand, and their pictures.

use crate::app::model::overview::Overlooked;
use crate::app::model::state::State;
use crate::app::widgets;
use crate::app::widgets::textures::{Textures, fill};
use crate::app::widgets::theme;
use convlens_core::explore::{Overview, OverviewColumn, OverviewNode};
use convlens_core::render::{Colormap, ValueRange, heatmap};
use eframe::egui::{
    self, Align2, Id, Pos2, Rect, Role, Sense, Stroke, StrokeKind, TextStyle, Vec2, WidgetInfo,
    pos2, vec2,
};

/// Room for a column's name and shape.
const HEAD: f32 = 36.0;

/// Side of a map on screen.
const SMALLEST: f32 = 24.0;
const LARGEST: f32 = 84.0;

/// Width of a unit.
const UNIT: f32 = 22.0;

/// Room for a class's name and its bar.
const CLASS: f32 = 156.0;

/// Between two nodes of a column.
const BETWEEN: f32 = 6.0;

/// Before a column whose channels are handed on as they are, and before one with lines to see.
const NARROW: f32 = 14.0;
const WIDE: f32 = 38.0;

/// The least of the latter, where there is less room than all needs.
const LEAST_WIDE: f32 = 20.0;

/// Room at both sides for the frame of what stands out.
const EDGE: f32 = 3.0;

/// A column's name may be wider than its maps.
const LEAST_COLUMN: f32 = 44.0;

/// Inputs that are named under the pointer.
const NAMED: usize = 4;

/// Where everything stands.
pub struct Places {
    /// Of each node, column by column, from the picture's corner.
    pub nodes: Vec<Vec<Rect>>,
    /// Of all.
    pub size: Vec2,
}

impl Places {
    /// As large as fits into a room of this size, wide gaps taking what is left.
    pub fn new(overview: &Overview, room: Vec2) -> Self {
        let columns = &overview.columns;
        let rows = columns.iter().map(|column| column.nodes.len()).max();
        let rows = rows.unwrap_or(1).max(1) as f32;
        let last = columns.len().saturating_sub(1);
        let is_wide = |place: usize| {
            let mut edges = overview.edges.iter();
            edges.any(|edge| edge.to.0 == place && edge.contribution.is_some())
        };
        let gap = |place: usize| if is_wide(place) { WIDE } else { NARROW };
        let node_width = |place: usize, side: f32| match columns[place].shape.is_maps() {
            _ if place == last => CLASS,
            true => side,
            false => UNIT,
        };
        let width = |place: usize, side: f32| node_width(place, side).max(LEAST_COLUMN);
        let all_of = |side: f32| -> f32 {
            let gaps: f32 = (1..columns.len()).map(gap).sum();
            let columns = (0..columns.len()).map(|place| width(place, side));
            columns.sum::<f32>() + gaps + 2.0 * EDGE
        };
        let wide_gaps = (1..columns.len()).filter(|place| is_wide(*place)).count();
        let wide_gaps = wide_gaps.max(1) as f32;
        let maps = (0..last).filter(|place| columns[*place].shape.is_maps());
        let maps = maps.count().max(1) as f32;
        // As large as the height allows, and the width, in which the classes at the end are to be: at worst with gaps as narrow as they may
        // be. A network that is longer than that scrolls anyway.
        let sides = [0.0, WIDE - LEAST_WIDE].map(|narrower| {
            let lacks = all_of(LARGEST) - narrower * wide_gaps - room.x;
            LARGEST - lacks.max(0.0) / maps
        });
        let wide = sides.into_iter().find(|side| *side >= LEAST_COLUMN);
        let high = (room.y - HEAD - 8.0) / rows - BETWEEN;
        let height = high.min(wide.unwrap_or(LARGEST)).clamp(SMALLEST, LARGEST);
        let more = ((room.x - all_of(height)) / wide_gaps).clamp(LEAST_WIDE - WIDE, 3.0 * WIDE);
        let mut x = EDGE;
        let mut nodes = Vec::new();
        for (place, column) in columns.iter().enumerate() {
            if place > 0 {
                x += gap(place) + if is_wide(place) { more } else { 0.0 };
            }
            let node_width = node_width(place, height);
            let left = x + (width(place, height) - node_width) / 2.0;
            // In the middle of the height, so that lines go to both sides alike.
            let used = column.nodes.len() as f32 * (height + BETWEEN) - BETWEEN;
            let top = HEAD + (rows * (height + BETWEEN) - BETWEEN - used) / 2.0;
            let rects = (0..column.nodes.len()).map(|node| {
                let y = top + node as f32 * (height + BETWEEN);
                Rect::from_min_size(pos2(left, y), vec2(node_width, height))
            });
            nodes.push(rects.collect());
            x += width(place, height);
        }
        let size = vec2(x + EDGE / 2.0, HEAD + rows * (height + BETWEEN));
        Self { nodes, size }
    }
}

/// What is drawn, and where.
pub struct Drawn<'a> {
    pub state: &'a State,
    pub answer: &'a Overlooked,
    pub places: &'a Places,
    pub origin: Pos2,
    pub version: u64,
    /// The node that stands out.
    pub stands_out: Option<(usize, usize)>,
}

/// The number with one digit that counts.
fn to_one_digit(value: f32) -> f32 {
    let digit = 10_f32.powf(value.abs().log10().floor());
    if digit.is_normal() {
        (value / digit).round() * digit
    } else {
        value
    }
}

/// A node by column and place.
type Node = Option<(usize, usize)>;

impl Drawn<'_> {
    /// Draws heads and nodes; the one pointed at or with the keyboard, and the one clicked.
    pub fn show(&self, ui: &mut egui::Ui, textures: &mut Textures) -> (Node, Node) {
        let (mut pointed, mut clicked) = (None, None);
        let columns = &self.answer.overview.columns;
        for (place, column) in columns.iter().enumerate() {
            self.head(ui, place, column);
            for (index, node) in column.nodes.iter().enumerate() {
                let rect = self.places.nodes[place][index].translate(self.origin.to_vec2());
                let id = Id::unique(("overview", place, index));
                let response = ui.interact(rect, id, Sense::click());
                if ui.is_rect_visible(rect) {
                    self.node(ui, (place, index), column, node, rect, textures);
                }
                if response.hovered() || response.has_focus() {
                    pointed = Some((place, index));
                }
                if response.clicked() {
                    clicked = Some((place, index));
                }
                let words = self.words((place, index), column, node);
                response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &words));
                if response.has_focus() {
                    response.scroll_to_me(None);
                }
                response.on_hover_text(words);
            }
        }
        (pointed, clicked)
    }

    fn head(&self, ui: &egui::Ui, place: usize, column: &OverviewColumn) {
        let Some(first) = self.places.nodes[place].first() else {
            return;
        };
        let text = self.state.text();
        let middle = self.origin.x + first.center().x;
        let name = if column.name.is_empty() {
            text.overview.picture
        } else {
            &column.name
        };
        let painter = ui.painter();
        let ink = ui.visuals().text_color();
        let small = TextStyle::Small.resolve(ui.style());
        let at = pos2(middle, self.origin.y + 2.0);
        painter.text(at, Align2::CENTER_TOP, name, small.clone(), ink);
        let shown = column.nodes.len();
        let all = column.shape.channels();
        let count = if self.is_back() {
            let most = largest_gradient(column);
            let ways = [most, to_one_digit(most)].map(|most| format!("±{}", text.value(most)));
            let ways = ways.into_iter().chain([String::new()]).collect();
            widgets::layout::fitting(ui, &TextStyle::Small, ways, self.room_of_head(place))
        } else if shown < all {
            format!("{shown} / {all}")
        } else {
            all.to_string()
        };
        let weak = ui.visuals().weak_text_color();
        let count = painter.layout_no_wrap(count, small, weak);
        let left = (middle - count.size().x / 2.0).max(self.origin.x);
        painter.galley(pos2(left, self.origin.y + 17.0), count, weak);
    }

    /// How wide a column's head may be without coming upon another.
    fn room_of_head(&self, place: usize) -> f32 {
        let middle = |place: usize| Some(self.places.nodes.get(place)?.first()?.center().x);
        let beside = [place.checked_sub(1), Some(place + 1)]
            .into_iter()
            .flatten();
        let here = middle(place).unwrap_or_default();
        let rooms = beside.filter_map(|other| Some((middle(other)? - here).abs() - 4.0));
        rooms.fold(f32::INFINITY, f32::min)
    }

    fn node(
        &self,
        ui: &egui::Ui,
        at: (usize, usize),
        column: &OverviewColumn,
        node: &OverviewNode,
        rect: Rect,
        textures: &mut Textures,
    ) {
        let overview = &self.answer.overview;
        let painter = ui.painter();
        let stands_out = self.stands_out == Some(at);
        let edge = if stands_out {
            Stroke::new(2.5, theme::accent(ui))
        } else {
            ui.visuals().widgets.noninteractive.bg_stroke
        };
        if at.0 + 1 == overview.columns.len() {
            self.class(ui, node, rect, edge);
            return;
        }
        let (_, height, width) = column.shape.extent();
        let values = if self.is_back() {
            &node.gradient
        } else {
            &node.values
        };
        let range = ValueRange::of(values);
        // Zero is black, as in Maps; a unit is as bright as it is among those shown.
        let range = if self.is_back() {
            let most = largest_gradient(column);
            ValueRange::new(-most, most)
        } else if column.shape.is_maps() {
            ValueRange::new(range.min.min(0.0), range.max)
        } else {
            let values = column.nodes.iter().flat_map(|node| &node.values);
            let most = values.fold(0.0_f32, |most, value| most.max(value.abs()));
            ValueRange::new(0.0, most)
        };
        let id = Id::unique(("map of overview", at));
        let version = (self.version, node.channel);
        let colormap = if self.is_back() {
            theme::diverging(ui)
        } else if column.layer.is_some() {
            theme::shown_colormap(ui, Colormap::Inferno)
        } else {
            Colormap::Grey
        };
        let texture = textures.get(ui.ctx(), id, version, || {
            heatmap(width, height, values, range, colormap)
        });
        fill(painter, &texture, rect);
        painter.rect_stroke(rect, 0.0, edge, StrokeKind::Outside);
    }

    /// A class by name, its bar behind it.
    fn class(&self, ui: &egui::Ui, node: &OverviewNode, rect: Rect, edge: Stroke) {
        let outputs = self.state.outputs_of(&self.answer.asked.whose);
        let probability = self.answer.overview.probabilities.get(node.channel);
        let probability = probability.copied().unwrap_or_default();
        let painter = ui.painter();
        let ground = ui.visuals().extreme_bg_color;
        painter.rect_filled(rect, 3.0, ground);
        let gradient = self.is_back().then(|| node.mean_gradient());
        let (share, colour, words) = if let Some(value) = gradient {
            let classes = self.answer.overview.columns.last();
            let most = classes.map_or(0.0, largest_gradient);
            let share = value.abs() / most.max(f32::MIN_POSITIVE);
            let words = self.state.text().contribution(value);
            (share, theme::signed(ui, value < 0.0), words)
        } else {
            let words = outputs.percent(f64::from(probability), 1);
            (probability, theme::amount(ui), words)
        };
        let mut bar = rect;
        bar.set_width(rect.width() * share.min(1.0));
        painter.rect_filled(bar, 3.0, colour.gamma_multiply(0.5));
        painter.rect_stroke(rect, 3.0, edge, StrokeKind::Outside);
        let ink = ui.visuals().text_color();
        let font = TextStyle::Small.resolve(ui.style());
        let name = outputs.class_name(node.channel as u8);
        let middle = rect.center().y;
        let at = pos2(rect.min.x + 6.0, middle);
        painter.text(at, Align2::LEFT_CENTER, name, font.clone(), ink);
        let at = pos2(rect.max.x - 6.0, middle);
        painter.text(at, Align2::RIGHT_CENTER, words, font, ink);
    }

    /// What a node is, and what adds most to it.
    fn words(&self, at: (usize, usize), column: &OverviewColumn, node: &OverviewNode) -> String {
        let text = self.state.text();
        let overview = &self.answer.overview;
        let name_of = |(column, place): (usize, usize)| {
            let column = &overview.columns[column];
            text.node_name(&column.name, column.nodes[place].channel)
        };
        if self.is_back() {
            let edges = overview.edges.iter().filter(|edge| edge.from == at);
            let readers = edges.filter_map(|edge| Some((name_of(edge.to), edge.handed_back?)));
            let readers = strongest(readers.collect());
            return text.gradient_in_words(&name_of(at), node.mean_gradient(), &readers);
        }
        if at.0 + 1 == overview.columns.len() {
            let outputs = self.state.outputs_of(&self.answer.asked.whose);
            let probability = overview.probabilities.get(node.channel).copied();
            return outputs.said_of_picture(node.channel as u8, probability.unwrap_or_default());
        }
        let edges = overview.edges.iter().filter(|edge| edge.to == at);
        let inputs = edges.filter_map(|edge| Some((name_of(edge.from), edge.contribution?)));
        let inputs = strongest(inputs.collect());
        let name = text.node_name(&column.name, node.channel);
        text.node_in_words(&name, node.mean(), &inputs)
    }

    fn is_back(&self) -> bool {
        self.answer.overview.gradient.is_some()
    }
}

/// The largest gradient of a column in either direction.
fn largest_gradient(column: &OverviewColumn) -> f32 {
    let values = column.nodes.iter().flat_map(|node| &node.gradient);
    values.fold(0.0, |most, value| most.max(value.abs()))
}

/// The few with the largest amounts, which are named.
fn strongest(mut parts: Vec<(String, f32)>) -> Vec<(String, f32)> {
    parts.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    parts.truncate(NAMED);
    parts
}
