//! A plot that stands still, and what is read on pointing at it its view's own affair.

use eframe::egui::{Rangef, Sense};
use egui_plot::{GridInput, Plot};
use std::fmt::Debug;
use std::hash::Hash;

/// Least room for a number of the vertical axis, in points: a line of it, or it is left out. Left to itself a plot fades numbers that
/// stand close, below what can be read.
pub const NUMBERS_APART: Rangef = Rangef {
    min: 17.0,
    max: 17.1,
};

/// Room between two lines for which egui plot asks.
const LINES_APART: f32 = 8.0;

/// Nothing of it is dragged, zoomed or scrolled.
pub fn still_plot<'a>(id: impl Hash + Debug) -> Plot<'a> {
    Plot::new(id)
        .allow_scroll(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .show_x(false)
        .show_y(false)
        .sense(Sense::hover())
}

/// The least power of ten whose marks can be told apart.
fn unit(grid: &GridInput) -> f64 {
    10.0_f64.powf(grid.base_step_size.log10().ceil())
}

/// Distances between marks: a power of ten that can be told apart, `between` of it, ten of it.
pub fn steps(grid: &GridInput, between: f64) -> [f64; 3] {
    let unit = unit(grid);
    [unit, between * unit, 10.0 * unit]
}

/// The same up a vertical axis, where each line has its number: in a low plot, too, there are as many as have room.
pub fn steps_up(grid: &GridInput) -> [f64; 3] {
    let apart = grid.base_step_size * f64::from(NUMBERS_APART.max / LINES_APART);
    let tenth = 10.0_f64.powf(apart.log10().floor());
    let all = [1.0, 2.0, 5.0].map(|times| times * tenth);
    let least = all.into_iter().find(|step| *step >= apart);
    let least = least.unwrap_or(10.0 * tenth);
    [least, 10.0 * least, 100.0 * least]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn also_a_low_plot_has_numbers_that_can_be_read() {
        // How much the axis spans, and how high it is.
        for (span, height) in [(0.27, 81.0), (0.97, 60.0), (0.65, 50.0), (2.4, 300.0)] {
            let a_point = span / height;
            let grid = GridInput {
                bounds: (0.0, span),
                base_step_size: a_point * f64::from(LINES_APART),
            };
            let [step, ..] = steps_up(&grid);
            assert!(
                step >= a_point * f64::from(NUMBERS_APART.max),
                "{span}: {step}"
            );
            assert!(step <= span, "{span}: {step} leaves one number");
        }
    }
}
