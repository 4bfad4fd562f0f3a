//! A small grid of numbers, each on its colour.

use crate::app::widgets;
use crate::text::Text;
use convlens_core::render::{Colormap, ValueRange};
use eframe::egui::{
    self, Align2, Color32, FontId, Rect, Role, Sense, Stroke, StrokeKind, WidgetInfo, vec2,
};

/// Room for the name above the numbers.
const NAME_HEIGHT: f32 = 16.0;

/// How a grid looks.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    pub name: &'a str,
    /// Numbers in a row.
    pub columns: usize,
    pub range: ValueRange,
    pub colormap: Colormap,
    /// This cell is framed.
    pub marked: Option<usize>,
    /// Room for more digits.
    pub is_wide: bool,
    /// These cells are no part of the map but padding.
    pub is_padding: &'a dyn Fn(usize) -> bool,
}

/// Size of a cell: smaller for larger kernels.
fn cell_size(columns: usize, is_wide: bool) -> egui::Vec2 {
    match columns {
        0..=3 if is_wide => vec2(42.0, 20.0),
        0..=3 => vec2(33.0, 18.0),
        4..=5 => vec2(31.0, 16.0),
        _ => vec2(30.0, 14.5),
    }
}

/// Size of a grid of `columns × columns` numbers with its name.
pub fn size(columns: usize) -> egui::Vec2 {
    cell_size(columns, false) * columns as f32 + vec2(0.0, NAME_HEIGHT)
}

/// Draws the numbers row by row.
pub fn show(ui: &mut egui::Ui, text: &Text, values: &[f32], look: Look<'_>) {
    let cell = cell_size(look.columns, look.is_wide);
    let rows = values.len().div_ceil(look.columns);
    let grid = vec2(cell.x * look.columns as f32, cell.y * rows as f32);
    let small = egui::TextStyle::Small.resolve(ui.style());
    let weak = ui.visuals().weak_text_color();
    let name = ui
        .painter()
        .layout_no_wrap(look.name.to_owned(), small, weak);
    let room = vec2(grid.x.max(name.size().x), grid.y + NAME_HEIGHT);
    let (area, response) = ui.allocate_exact_size(room, Sense::hover());
    response.widget_info(|| {
        let numbers: Vec<String> = values.iter().map(|v| number(text, *v, look)).collect();
        let words = format!("{}: {}", look.name, numbers.join(" "));
        WidgetInfo::labeled(Role::Image, true, words)
    });
    let painter = ui.painter();
    let colormap = widgets::theme::shown_colormap(ui, look.colormap);
    painter.galley(area.left_top(), name, weak);
    let font = FontId::proportional((cell.y - 7.0).clamp(9.0, 10.5));
    let corner = area.left_top() + vec2(0.0, NAME_HEIGHT);
    let place = |index: usize| {
        let (row, column) = (index / look.columns, index % look.columns);
        let at = corner + vec2(column as f32 * cell.x, row as f32 * cell.y);
        Rect::from_min_size(at, cell)
    };
    for (index, &value) in values.iter().enumerate() {
        let rect = place(index);
        if (look.is_padding)(index) {
            painter.rect_filled(rect, 0.0, ui.visuals().extreme_bg_color);
            painter.text(
                rect.center(),
                Align2::CENTER_CENTER,
                "0",
                font.clone(),
                weak,
            );
            continue;
        }
        let [r, g, b] = colormap.color(value, look.range);
        let color = Color32::from_rgb(r, g, b);
        painter.rect_filled(rect, 0.0, color);
        let ink = widgets::theme::ink_on(color);
        let words = number(text, value, look);
        painter.text(
            rect.center(),
            Align2::CENTER_CENTER,
            words,
            font.clone(),
            ink,
        );
    }
    let line = ui.visuals().widgets.noninteractive.bg_stroke;
    let whole = Rect::from_min_size(corner, grid);
    painter.rect_stroke(whole, 0.0, line, StrokeKind::Outside);
    if let Some(marked) = look.marked {
        let mark = Stroke::new(2.5, widgets::theme::accent(ui));
        painter.rect_stroke(place(marked), 0.0, mark, StrokeKind::Middle);
    }
    if let Some(at) = response.hover_pos() {
        let values = values.iter().enumerate();
        let pointed_at = values
            .into_iter()
            .find(|(index, _)| place(*index).contains(at));
        if let Some((index, value)) = pointed_at {
            let words = if (look.is_padding)(index) {
                text.inspector.padding.to_owned()
            } else {
                text.decimal(f64::from(*value), 6)
            };
            response.on_hover_text_at_pointer(words);
        }
    }
}

/// With a sign where the colours have one; what rounds to zero has none.
fn number(text: &Text, value: f32, look: Look<'_>) -> String {
    if value.abs() < 0.005 {
        return "0".to_owned();
    }
    if look.colormap == Colormap::Diverging {
        text.signed(f64::from(value), 2)
    } else {
        text.decimal(f64::from(value), 2)
    }
}
