//! The lines between nodes, and the kernels that stand on those of the node pointed at.

use super::columns::Places;
use crate::app::widgets::textures::Textures;
use crate::app::widgets::theme;
use convlens_core::explore::{Overview, OverviewEdge};
use convlens_core::render::{ValueRange, heatmap};
use eframe::egui::epaint::CubicBezierShape;
use eframe::egui::{self, Color32, Id, Pos2, Rect, Stroke, StrokeKind, Vec2, pos2, vec2};

/// Width of a line in points: of one that adds next to nothing, and of the strongest.
const THIN: f32 = 0.6;
const THICK: f32 = 4.0;

/// How visible lines are that have nothing to do with the node that stands out.
const FADED: f32 = 0.12;

/// Side of a kernel on a line.
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
    // The strongest of each column is thickest.
    let mut most = vec![0.0_f32; overview.columns.len()];
    for edge in &overview.edges {
        let added = edge.contribution.unwrap_or_default().abs();
        most[edge.to.0] = most[edge.to.0].max(added);
    }
    let own =
        |edge: &OverviewEdge| stands_out.is_none_or(|node| edge.from == node || edge.to == node);
    // What stands out lies above.
    for is_own in [false, true] {
        for edge in overview.edges.iter().filter(|edge| own(edge) == is_own) {
            let (width, colour) = match edge.contribution {
                Some(added) => {
                    let share = added.abs() / most[edge.to.0].max(f32::MIN_POSITIVE);
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

/// The slices of the kernel between a node and its inputs, each on its line.
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
    let edges = overview
        .edges
        .iter()
        .filter(|edge| edge.to == node && !edge.kernel.is_empty());
    let edges: Vec<_> = edges.collect();
    let values = edges.iter().flat_map(|edge| edge.kernel.iter().copied());
    let range = ValueRange::of(&values.collect::<Vec<f32>>()).symmetric();
    for (index, edge) in edges.iter().enumerate() {
        let side = edge.kernel.len().isqrt();
        let columns = if side * side == edge.kernel.len() {
            side
        } else {
            edge.kernel.len()
        };
        let rows = edge.kernel.len() / columns.max(1);
        let [from, to] = ends(edge, places, origin);
        let rect = Rect::from_center_size(from.lerp(to, 0.5), Vec2::splat(KERNEL));
        let id = Id::unique(("kernel of overview", index));
        let colormap = theme::diverging(ui);
        let texture = textures.get(ui.ctx(), id, (version, edge.from, edge.to), || {
            heatmap(columns, rows, &edge.kernel, range, colormap)
        });
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        let painter = ui.painter();
        painter.image(texture.id(), rect, whole, Color32::WHITE);
        let line = Stroke::new(1.0, ui.visuals().text_color());
        painter.rect_stroke(rect, 0.0, line, StrokeKind::Outside);
    }
}
