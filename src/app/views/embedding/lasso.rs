//! Points chosen by a line drawn around them.

use crate::app::model::action::Action;
use crate::app::model::compare::Compare;
use crate::app::model::embedding::Points;
use crate::app::model::state::State;
use crate::app::model::view::View;
use crate::app::widgets::theme;
use convlens_core::dataset::ImageId;
use convlens_core::figures::MAX_IMAGES;
use eframe::egui::{self, Label, Pos2, Response, Stroke};
use egui_plot::{PlotPoint, PlotTransform};

/// Classes that are counted by name; the others are too few to matter.
const NAMED: usize = 4;

/// The line, and what it went around.
#[derive(Default)]
pub struct Lasso {
    /// In the plane's own units, so that it stays where it is if the window changes.
    line: Vec<[f64; 2]>,
    /// Places in the list of points, and which answer's points these are.
    chosen: Option<(u64, Vec<usize>)>,
}

impl Lasso {
    /// Follows the pointer; `places` are the points that are shown, each with its place in the list.
    pub fn follow(
        &mut self,
        ui: &egui::Ui,
        response: &Response,
        transform: &PlotTransform,
        version: u64,
        places: impl Iterator<Item = (usize, [f64; 2])>,
    ) {
        if response.drag_started() {
            self.line.clear();
            self.chosen = None;
        }
        if response.dragged()
            && let Some(at) = response.interact_pointer_pos()
        {
            let at = transform.value_from_position(at);
            self.line.push([at.x, at.y]);
        }
        let screen = |at: [f64; 2]| transform.position_from_point(&PlotPoint::new(at[0], at[1]));
        let mut line: Vec<Pos2> = self.line.iter().map(|at| screen(*at)).collect();
        if response.drag_stopped() {
            let inside = places.filter(|(_, place)| is_inside(*place, &self.line));
            let inside: Vec<usize> = inside.map(|(index, _)| index).collect();
            self.chosen = (!inside.is_empty()).then_some((version, inside));
            self.line.clear();
            line.clear();
        }
        let stroke = Stroke::new(2.0, theme::accent(ui));
        ui.painter_at(response.rect).line(line, stroke);
    }

    /// Which points are chosen.
    pub fn chosen(&self, version: u64) -> &[usize] {
        match &self.chosen {
            Some((of, chosen)) if *of == version => chosen,
            _ => &[],
        }
    }

    /// How many of which class, and the way to Compare.
    pub fn show(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        points: &Points,
        version: u64,
        actions: &mut Vec<Action>,
    ) {
        let text = state.text();
        let chosen = self.chosen(version);
        if chosen.is_empty() {
            return;
        }
        let mut counts = [0_usize; 256];
        for place in chosen {
            counts[usize::from(points.labels[*place])] += 1;
        }
        let mut classes: Vec<(u8, usize)> = (0..=u8::MAX).zip(counts).collect();
        classes.retain(|(_, count)| *count > 0);
        classes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        classes.truncate(NAMED);
        let words = text.points_chosen(chosen.len(), &classes);
        ui.add(Label::new(theme::strong(words)).wrap());
        let images: Vec<ImageId> = chosen
            .iter()
            .take(MAX_IMAGES)
            .map(|place| ImageId::Test(points.images[*place]))
            .collect();
        let mut clears = false;
        ui.horizontal_wrapped(|ui| {
            let compare = ui.button(text.compare_so_many(images.len()));
            if compare.clicked() {
                let mut maps = state.preferences.maps.clone();
                maps.images = images;
                let mut settings = state.preferences.compare.clone();
                settings.images = Compare::Rows;
                actions.push(Action::SetMaps(maps));
                actions.push(Action::SetCompare(settings));
                actions.push(Action::SetView(View::Compare));
            }
            clears = ui.button(text.embedding.clear).clicked();
        });
        if clears {
            self.chosen = None;
        }
        ui.add_space(6.0);
    }
}

/// Whether a point is inside of a line that is closed from its end to its start: a ray to the right crosses it an odd number of times.
fn is_inside([x, y]: [f64; 2], line: &[[f64; 2]]) -> bool {
    let next = line.iter().cycle().skip(1);
    let crossings = line.iter().zip(next).filter(|(from, to)| {
        let spans = (from[1] > y) != (to[1] > y);
        spans && x < from[0] + (y - from[1]) / (to[1] - from[1]) * (to[0] - from[0])
    });
    crossings.count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_line_goes_around_is_inside() {
        // An L, open at the upper right.
        let line = [
            [0.0, 0.0],
            [4.0, 0.0],
            [4.0, 1.0],
            [1.0, 1.0],
            [1.0, 4.0],
            [0.0, 4.0],
        ];
        for (place, inside) in [
            ([0.5, 0.5], true),
            ([3.5, 0.5], true),
            ([0.5, 3.5], true),
            ([2.0, 2.0], false),
            ([-0.5, 0.5], false),
            ([4.5, 0.5], false),
        ] {
            assert_eq!(is_inside(place, &line), inside, "{place:?}");
        }
        assert!(!is_inside([0.0, 0.0], &[]));
    }
}
