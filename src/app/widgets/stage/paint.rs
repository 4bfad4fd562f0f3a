//! Marks, spotlight and the frame of the zoom, drawn.

use eframe::egui::epaint::{Mesh, PathShape, PathStroke};
use eframe::egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2};

use super::parts::Parts;
use crate::app::model::stage::{Mark, ZOOM};
use crate::app::model::state::State;
use crate::app::widgets::theme;

/// The pen's line, and the highlighter's, as shares of the view's height.
const PEN: f32 = 0.007;
const HIGHLIGHTER: f32 = 0.045;

/// Radius of the spotlight, as a share of the view's height.
const SPOTLIGHT: f32 = 0.2;

/// Sides of the spotlight's circle.
const SIDES: u32 = 64;

/// Cyan: inferno, the maps' colours, has none, nor have the views' other colours of this brightness.
const INK: Color32 = Color32::from_rgb(0, 229, 255);

pub fn marks(painter: &Painter, state: &State, parts: &Parts) {
    for mark in state.stage.marks(state.preferences.view) {
        line(painter, mark, parts);
    }
}

fn line(painter: &Painter, mark: &Mark, parts: &Parts) {
    let at = mark.points.iter();
    let points: Vec<Pos2> = at
        .map(|at| parts.place(mark.anchor.as_ref(), *at))
        .collect();
    let height = parts.view.height();
    if mark.is_wide {
        stroke(
            painter,
            points,
            height * HIGHLIGHTER,
            INK.gamma_multiply(0.4),
        );
    } else {
        let width = (height * PEN).max(2.5);
        // Dark around bright, to be seen on any picture and in both themes.
        stroke(
            painter,
            points.clone(),
            width + 2.5,
            Color32::from_black_alpha(200),
        );
        stroke(painter, points, width, INK);
    }
}

fn stroke(painter: &Painter, points: Vec<Pos2>, width: f32, color: Color32) {
    if let [only] = points.as_slice() {
        painter.circle_filled(*only, width / 2.0, color);
    } else {
        let path = PathShape::line(points, PathStroke::new(width, color));
        painter.add(Shape::Path(path));
    }
}

/// Dims the view but for a circle.
pub fn spotlight(painter: &Painter, view: Rect, at: Pos2) {
    let radius = view.height() * SPOTLIGHT;
    let outside = view.size().length() + radius;
    let mut mesh = Mesh::default();
    let dim = Color32::from_black_alpha(205);
    for side in 0..SIDES {
        let angle = std::f32::consts::TAU * side as f32 / SIDES as f32;
        mesh.colored_vertex(at + radius * Vec2::angled(angle), dim);
        mesh.colored_vertex(at + outside * Vec2::angled(angle), dim);
        let (here, next) = (2 * side, 2 * ((side + 1) % SIDES));
        mesh.add_triangle(here, here + 1, next);
        mesh.add_triangle(here + 1, next + 1, next);
    }
    painter.add(Shape::mesh(mesh));
}

/// What of the view the class sees larger.
pub fn zoomed(painter: &Painter, view: Rect, center: Pos2) {
    let half = view.size() / (2.0 * ZOOM);
    let center = center.clamp(view.min + half, view.max - half);
    let region = Rect::from_center_size(center, 2.0 * half);
    let line = Stroke::new(2.0, theme::mark());
    painter.rect_stroke(region, 2.0, line, StrokeKind::Inside);
}
