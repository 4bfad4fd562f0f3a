//! The lines between nodes, and the kernels that stand on those of the node pointed at.

use super::columns::Places;
use crate::app::widgets::textures::{Textures, fill};
use crate::app::widgets::theme;
use convlens_core::explore::{KernelSlice, Overview, OverviewEdge};
use convlens_core::render::{ValueRange, heatmap};
use eframe::egui::epaint::CubicBezierShape;
use eframe::egui::{self, Color32, Id, Pos2, Rect, Stroke, StrokeKind, vec2};

/// Width of a line in points: of one that adds next to nothing, and of the strongest.
const THIN: f32 = 0.6;
const THICK: f32 = 4.0;

/// How visible lines are that have nothing to do with the node that stands out.
const FADED: f32 = 0.12;

/// Longer side of a kernel on a line.
const KERNEL: f32 = 22.0;

/// Where a line leaves a node and where it arrives.
fn ends(edge: &OverviewEdge, places: &Places, origin: Pos2) -> [Pos2; 2] {
    let from = places.nodes[edge.from.0][edge.from.1].right_center();
    let to = places.nodes[edge.to.0][edge.to.1].left_center();
    [from, to].map(|at| at + origin.to_vec2())
}

/// Every line; those of the node that stands out in full, the others faded then.
pub fn draw(
    ui: &egui::Ui,
    overview: &Overview,
    places: &Places,
    origin: Pos2,
    stands_out: Option<(usize, usize)>,
) {
    // Backward what counts is what is handed back, and to which column.
    let is_back = overview.gradient.is_some();
    let strength = |edge: &OverviewEdge| {
        if is_back {
            edge.handed_back
        } else {
            edge.contribution
        }
    };
    let to = |edge: &OverviewEdge| if is_back { edge.from.0 } else { edge.to.0 };
    // The strongest of each column is thickest.
    let mut most = vec![0.0_f32; overview.columns.len()];
    for edge in &overview.edges {
        let added = strength(edge).unwrap_or_default().abs();
        most[to(edge)] = most[to(edge)].max(added);
    }
    let own =
        |edge: &OverviewEdge| stands_out.is_none_or(|node| edge.from == node || edge.to == node);
    // What stands out lies above.
    for is_own in [false, true] {
        for edge in overview.edges.iter().filter(|edge| own(edge) == is_own) {
            let (width, colour) = match strength(edge) {
                Some(added) => {
                    let share = added.abs() / most[to(edge)].max(f32::MIN_POSITIVE);
                    let colour = theme::signed(ui, added < 0.0);
                    let visible = 0.15 + 0.85 * share;
                    (
                        THIN + (THICK - THIN) * share,
                        colour.gamma_multiply(visible),
                    )
                }
                None => (1.0, ui.visuals().weak_text_color().gamma_multiply(0.5)),
            };
            let colour = if is_own {
                colour
            } else {
                colour.gamma_multiply(FADED)
            };
            let [from, to] = ends(edge, places, origin);
            let bend = vec2((to.x - from.x) / 2.0, 0.0);
            let points = [from, from + bend, to - bend, to];
            let stroke = Stroke::new(width, colour);
            let line =
                CubicBezierShape::from_points_stroke(points, false, Color32::TRANSPARENT, stroke);
            ui.painter().add(line);
        }
    }
}

/// The slices of the kernel between a node and its inputs, or the gradients by them, each on its line.
pub fn kernels(
    ui: &egui::Ui,
    overview: &Overview,
    places: &Places,
    origin: Pos2,
    node: Option<(usize, usize)>,
    textures: &mut Textures,
    version: u64,
) {
    let Some(node) = node else { return };
    let edges = overview.edges.iter().filter(|edge| edge.to == node);
    let edges: Vec<_> = edges
        .filter_map(|edge| Some((edge, edge.kernel.as_ref()?)))
        .collect();
    let values = |kernel: &'_ KernelSlice| match overview.gradient {
        Some(_) => kernel.gradient.clone(),
        None => kernel.weights.clone(),
    };
    let all: Vec<f32> = edges
        .iter()
        .flat_map(|(_, kernel)| values(kernel))
        .collect();
    let range = ValueRange::of(&all).symmetric();
    for (index, (edge, kernel)) in edges.into_iter().enumerate() {
        let [rows, columns] = kernel.size;
        let longer = rows.max(columns) as f32;
        let size = vec2(columns as f32, rows as f32) * (KERNEL / longer);
        let [from, to] = ends(edge, places, origin);
        let rect = Rect::from_center_size(from.lerp(to, 0.5), size);
        let id = Id::unique(("kernel of overview", index));
        let colormap = theme::diverging(ui);
        let texture = textures.get(ui.ctx(), id, (version, edge.from, edge.to), || {
            heatmap(columns, rows, &values(kernel), range, colormap)
        });
        let painter = ui.painter();
        fill(painter, &texture, rect);
        let line = Stroke::new(1.0, ui.visuals().text_color());
        painter.rect_stroke(rect, 0.0, line, StrokeKind::Outside);
    }
}
