//! Grids of numbers on colours: picture, kernel, products, output.

use crate::app::views::by_hand::Shown;
use crate::app::widgets;
use crate::app::widgets::keys::{self, Command};
use crate::text::Text;
use convlens_core::explore::by_hand::{Kernel, Picture, Position, SMALL_SIDE};
use convlens_core::lessons::{ByHand, HandKernel, HandPicture};
use convlens_core::render::{Colormap, ValueRange};
use eframe::egui::{
    self, Align2, Color32, DragValue, FontId, Grid, Mesh, Pos2, Rect, Response, Role, Sense,
    Stroke, StrokeKind, WidgetInfo, pos2, vec2,
};

/// Brightest pixel of a small picture.
const BRIGHTEST: f64 = 9.0;

/// A cell smaller than this has no room for its number.
const ROOM_FOR_NUMBER: f32 = 22.0;

/// Size of a weight on screen, and how much larger the room sees those of a kernel of a side up to three.
const WEIGHT: egui::Vec2 = vec2(46.0, 26.0);
const LARGER: f32 = 1.35;

/// Largest letters of the numbers, and for the room.
const LETTERS: f32 = 15.0;
const LETTERS_FOR_ROOM: f32 = 22.0;

/// What a value looks like.
#[derive(Clone, Copy)]
pub struct Colours {
    map: Option<Colormap>,
    range: ValueRange,
}

impl Colours {
    /// Blue below zero, red above.
    pub fn diverging(ui: &egui::Ui, values: &[f64]) -> Self {
        let values: Vec<f32> = values.iter().map(|value| *value as f32).collect();
        Self {
            map: Some(widgets::theme::diverging(ui)),
            range: ValueRange::of(&values),
        }
    }

    /// Black at zero, white at the brightest.
    pub fn grey(values: &[f64]) -> Self {
        let most = values.iter().copied().fold(0.0, f64::max);
        // A small picture's white is 9, a garment's 1, whatever it happens to hold.
        let most = if most > 1.0 { BRIGHTEST } else { 1.0 };
        Self {
            map: None,
            range: ValueRange::new(0.0, most as f32),
        }
    }

    fn of(self, value: f64) -> Color32 {
        if let Some(map) = self.map {
            let [r, g, b] = map.color(value as f32, self.range);
            return Color32::from_rgb(r, g, b);
        }
        let level = self.range.position(value as f32) * 255.0;
        Color32::from_gray(level.round() as u8)
    }
}

/// A picture as cells.
pub struct Cells<'a> {
    pub name: &'a str,
    pub picture: &'a Picture,
    /// Cells of padding on each side.
    pub border: usize,
    pub colours: Colours,
    /// Side of a cell in points.
    pub cell: f32,
    /// Only so many are known yet, row by row.
    pub shown: usize,
}

impl Cells<'_> {
    /// Draws them; where, and what the pointer does there.
    pub fn show(&self, ui: &mut egui::Ui, text: &Text) -> (Rect, Response) {
        let (picture, border) = (self.picture, self.border);
        let (rows, columns) = (picture.height + 2 * border, picture.width + 2 * border);
        let size = vec2(columns as f32, rows as f32) * self.cell;
        let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
        response.widget_info(|| {
            let values = picture.values.iter().take(self.shown);
            let values: Vec<String> = values.map(|value| text.shortest(*value, 2)).collect();
            // A garment's 784 numbers are no help read aloud.
            let words = if picture.width <= SMALL_SIDE {
                format!("{}: {}", self.name, values.join(" "))
            } else {
                format!("{}: {}×{}", self.name, picture.height, picture.width)
            };
            WidgetInfo::labeled(Role::Image, true, words)
        });
        let mut mesh = Mesh::default();
        let ground = ui.visuals().extreme_bg_color;
        mesh.add_colored_rect(rect, ground);
        for index in 0..picture.values.len().min(self.shown) {
            mesh.add_colored_rect(
                self.place(rect, index),
                self.colours.of(picture.values[index]),
            );
        }
        let painter = ui.painter();
        painter.add(mesh);
        let line = ui.visuals().widgets.noninteractive.bg_stroke;
        painter.rect_stroke(rect, 0.0, line, StrokeKind::Outside);
        if border > 0 {
            let inner = rect.shrink(border as f32 * self.cell);
            painter.rect_stroke(inner, 0.0, line, StrokeKind::Outside);
        }
        if self.cell >= ROOM_FOR_NUMBER {
            self.numbers(ui, text, rect);
        }
        (rect, response)
    }

    fn numbers(&self, ui: &egui::Ui, text: &Text, rect: Rect) {
        let largest = if widgets::stage::is_for_room(ui.ctx()) {
            LETTERS_FOR_ROOM
        } else {
            LETTERS
        };
        let font = FontId::proportional((self.cell * 0.45).clamp(9.0, largest));
        let weak = ui.visuals().weak_text_color();
        for index in 0..self.picture.values.len() {
            if index >= self.shown {
                break;
            }
            let value = self.picture.values[index];
            let ink = widgets::theme::ink_on(self.colours.of(value));
            let at = self.place(rect, index).center();
            // As exactly as there is room for.
            let mut galleys = [1, 0].into_iter().map(|decimals| {
                let words = text.shortest(value, decimals);
                ui.painter().layout_no_wrap(words, font.clone(), ink)
            });
            let fits = galleys.find(|galley| galley.size().x <= self.cell);
            if let Some(galley) = fits {
                let corner = at - galley.size() / 2.0;
                ui.painter().galley(corner, galley, ink);
            }
        }
        let (border, side) = (self.border, self.picture.width + 2 * self.border);
        let inside = border..side - border;
        for row in 0..side {
            for column in 0..side {
                if inside.contains(&row) && inside.contains(&column) {
                    continue;
                }
                let at = rect.min + vec2(column as f32 + 0.5, row as f32 + 0.5) * self.cell;
                ui.painter()
                    .text(at, Align2::CENTER_CENTER, "0", font.clone(), weak);
            }
        }
    }

    fn place(&self, rect: Rect, index: usize) -> Rect {
        let (row, column) = (index / self.picture.width, index % self.picture.width);
        let corner = vec2((column + self.border) as f32, (row + self.border) as f32);
        Rect::from_min_size(rect.min + corner * self.cell, vec2(self.cell, self.cell))
    }

    /// Row and column under a point, the nearest where it is outside.
    pub fn at(&self, rect: Rect, at: Pos2) -> (usize, usize) {
        let within = |offset: f32, count: usize| {
            let cell = (offset / self.cell).floor() as isize - self.border as isize;
            cell.clamp(0, count as isize - 1) as usize
        };
        (
            within(at.y - rect.min.y, self.picture.height),
            within(at.x - rect.min.x, self.picture.width),
        )
    }

    /// Outlines a square of cells.
    pub fn frame(&self, ui: &egui::Ui, rect: Rect, corner: (isize, isize), side: usize) {
        let offset = |place: isize| (place + self.border as isize) as f32 * self.cell;
        let corner = pos2(rect.min.x + offset(corner.1), rect.min.y + offset(corner.0));
        let square = Rect::from_min_size(corner, vec2(1.0, 1.0) * (side as f32 * self.cell));
        let painter = ui.painter();
        painter.rect_stroke(
            square,
            0.0,
            Stroke::new(5.0, Color32::BLACK),
            StrokeKind::Middle,
        );
        painter.rect_stroke(
            square,
            0.0,
            Stroke::new(2.5, widgets::theme::mark()),
            StrokeKind::Middle,
        );
    }
}

/// The picture with the window on it. Dragging moves the window, to the place in the output that is returned; a click on a
/// pixel of a small picture turns it on or off, a digit sets the one that has the keys, which is said below where there is room.
pub fn picture(
    ui: &mut egui::Ui,
    text: &Text,
    shown: &Shown<'_>,
    (cell, says_how): (f32, bool),
    setup: &mut ByHand,
) -> Option<usize> {
    let cells = Cells {
        name: text.by_hand.picture,
        picture: &shown.picture,
        border: shown.sliding.border(),
        colours: Colours::grey(&shown.picture.values),
        cell,
        shown: shown.picture.values.len(),
    };
    let (rect, response) = cells.show(ui, text);
    let mut pointer = response.dragged().then(|| response.interact_pointer_pos());
    if shown.setup.small_picture().is_some() {
        widgets::stage::visible_if(ui, says_how, |ui| {
            ui.small(text.by_hand.edit_picture);
        });
        if let Some(dragged) = edit(ui, text, &cells, rect, setup) {
            pointer = Some(Some(dragged));
        }
    } else if response.clicked() {
        pointer = Some(response.interact_pointer_pos());
    }
    let position = &shown.position;
    cells.frame(ui, rect, position.corner, position.side);
    if let Some(winner) = position.winner {
        let (row, column) = (winner / position.side, winner % position.side);
        let at = (
            position.corner.0 + row as isize,
            position.corner.1 + column as isize,
        );
        let index = at.0 as usize * shown.picture.width + at.1 as usize;
        let mark = Stroke::new(3.0, widgets::theme::accent(ui));
        let place = cells.place(rect, index).shrink(2.0);
        ui.painter()
            .rect_stroke(place, 0.0, mark, StrokeKind::Inside);
    }
    let at = pointer.flatten()?;
    Some(place_under(shown, &cells, rect, at))
}

/// The place in the output whose window has this point nearest its middle.
fn place_under(shown: &Shown<'_>, cells: &Cells<'_>, rect: Rect, at: Pos2) -> usize {
    let half = shown.position.side as f32 / 2.0;
    let nearest = |offset: f32, count: usize| {
        let corner = offset / cells.cell - half;
        let place = (corner / shown.sliding.stride as f32).round().max(0.0) as usize;
        place.min(count - 1)
    };
    let row = nearest(at.y - rect.min.y, shown.output.height);
    let column = nearest(at.x - rect.min.x, shown.output.width);
    row * shown.output.width + column
}

/// A small picture's pixels as controls; where one is dragged, the pointer.
fn edit(
    ui: &mut egui::Ui,
    text: &Text,
    cells: &Cells<'_>,
    rect: Rect,
    setup: &mut ByHand,
) -> Option<Pos2> {
    let mut values = cells.picture.values.clone();
    let mut dragged = None;
    for index in 0..values.len() {
        let place = cells.place(rect, index);
        let id = ui.scope_id().with(("pixel", index));
        let pixel = ui.interact(place, id, Sense::click_and_drag());
        let (row, column) = (index / SMALL_SIDE, index % SMALL_SIDE);
        let value = text.shortest(values[index], 1);
        let words = format!("{}: {value}", text.pixel_name(row, column));
        pixel.widget_info(|| WidgetInfo::labeled(Role::Button, true, &words));
        if pixel.clicked() {
            values[index] = if values[index] > 0.0 { 0.0 } else { BRIGHTEST };
        }
        if pixel.dragged() {
            dragged = pixel.interact_pointer_pos();
        }
        if pixel.has_focus() {
            let mark = Stroke::new(2.0, widgets::theme::accent(ui));
            ui.painter()
                .rect_stroke(place, 0.0, mark, StrokeKind::Inside);
            if let Some(digit) = typed_digit(ui) {
                values[index] = f64::from(digit);
            }
        }
    }
    if values != cells.picture.values {
        setup.picture = HandPicture::Own(values);
    }
    dragged
}

fn typed_digit(ui: &egui::Ui) -> Option<u8> {
    let digit = (0..10).find(|&digit| keys::pressed(ui.ctx(), Command::Digit(digit)))?;
    Some(digit as u8)
}

/// Size of a weight of a kernel of this side.
fn weight_size(ui: &egui::Ui, side: usize) -> egui::Vec2 {
    let is_large = widgets::stage::is_for_room(ui.ctx()) && side <= 3;
    WEIGHT * if is_large { LARGER } else { 1.0 }
}

/// Room that a kernel of this side takes.
pub fn kernel_size(ui: &egui::Ui, side: usize) -> egui::Vec2 {
    (weight_size(ui, side) + vec2(3.0, 3.0)) * side as f32
}

/// The kernel's weights, to be changed one by one.
pub fn kernel(ui: &mut egui::Ui, text: &Text, kernel: &Kernel, setup: &mut ByHand) {
    let colours = Colours::diverging(ui, kernel.values());
    let side = kernel.side();
    let size = weight_size(ui, side);
    Grid::new("kernel").spacing([3.0, 3.0]).show(ui, |ui| {
        for (index, weight) in kernel.values().iter().enumerate() {
            let mut changed = *weight;
            let colour = colours.of(*weight);
            let ink = widgets::theme::ink_on(colour);
            let visuals = &mut ui.visuals_mut().widgets;
            for widget in [
                &mut visuals.inactive,
                &mut visuals.hovered,
                &mut visuals.active,
            ] {
                widget.weak_bg_fill = colour;
                widget.bg_fill = colour;
            }
            ui.visuals_mut().override_text_color = Some(ink);
            let field = DragValue::new(&mut changed)
                .range(-Kernel::MAX..=Kernel::MAX)
                .speed(0.1)
                .custom_formatter(|value, _| text.shortest(value, 2))
                .custom_parser(|typed| text.typed_number(typed));
            let field = ui.add_sized(size, field);
            let words = text.weight_name(index / side, index % side);
            widgets::theme::name_as(&field, Role::SpinButton, &words);
            if field.changed() {
                setup.kernel = HandKernel::Own(kernel.clone().with(index, changed));
            }
            if index % side == side - 1 {
                ui.end_row();
            }
        }
    });
}

/// The products, value by value.
pub fn products(ui: &mut egui::Ui, text: &Text, position: &Position) {
    let colours = Colours::diverging(ui, &position.products);
    numbers(
        ui,
        text,
        text.by_hand.products,
        position.side,
        &position.products,
        colours,
        None,
    );
}

/// The values that max-pooling chooses from, and which it takes.
pub fn candidates(ui: &mut egui::Ui, text: &Text, position: &Position) {
    let values: Vec<f64> = position.patch.iter().map(|v| v.unwrap_or(0.0)).collect();
    let colours = Colours::grey(&values);
    let winner = position.winner;
    numbers(
        ui,
        text,
        text.by_hand.window,
        position.side,
        &values,
        colours,
        winner,
    );
}

fn numbers(
    ui: &mut egui::Ui,
    text: &Text,
    name: &str,
    side: usize,
    values: &[f64],
    colours: Colours,
    marked: Option<usize>,
) {
    let size = weight_size(ui, side);
    let step = size + vec2(3.0, 3.0);
    let (rect, response) = ui.allocate_exact_size(step * side as f32, Sense::hover());
    response.widget_info(|| {
        let words: Vec<String> = values.iter().map(|v| text.shortest(*v, 3)).collect();
        WidgetInfo::labeled(Role::Image, true, format!("{name}: {}", words.join(" ")))
    });
    let font = egui::TextStyle::Body.resolve(ui.style());
    for (index, value) in values.iter().enumerate() {
        let offset = vec2(
            (index % side) as f32 * step.x,
            (index / side) as f32 * step.y,
        );
        let cell = Rect::from_min_size(rect.min + offset, size);
        let colour = colours.of(*value);
        let painter = ui.painter();
        // One of the ground's colour has an edge all the same.
        let edge = ui.visuals().widgets.noninteractive.bg_stroke;
        painter.rect(cell, 3.0, colour, edge, StrokeKind::Inside);
        // Adding 0 takes the sign from −0.
        let words = text.shortest(*value + 0.0, 2);
        let ink = widgets::theme::ink_on(colour);
        painter.text(
            cell.center(),
            Align2::CENTER_CENTER,
            words,
            font.clone(),
            ink,
        );
        if marked == Some(index) {
            let mark = Stroke::new(3.0, widgets::theme::accent(ui));
            painter.rect_stroke(cell, 3.0, mark, StrokeKind::Inside);
        }
    }
}
