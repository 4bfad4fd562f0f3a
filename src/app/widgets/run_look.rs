//! The colour and the mark of a run, by which its curve and its name are told from those of others.

use convlens_core::render::{SERIES, Theme, series_colour};
use eframe::egui::{self, Color32, Stroke, Vec2};
use egui_plot::{MarkerShape, PlotUi, Points};

/// Runs that are told apart; the next begin anew.
pub const COUNT: usize = SERIES;

/// The shapes of the marks, and whether they are filled.
const MARKS: [(MarkerShape, bool); COUNT] = [
    (MarkerShape::Circle, true),
    (MarkerShape::Square, true),
    (MarkerShape::Up, true),
    (MarkerShape::Down, true),
    (MarkerShape::Plus, true),
    (MarkerShape::Left, true),
    (MarkerShape::Right, true),
    (MarkerShape::Cross, true),
    (MarkerShape::Circle, false),
    (MarkerShape::Square, false),
    (MarkerShape::Asterisk, true),
    (MarkerShape::Up, false),
];

/// How large the hole of a mark in a plot is that is not filled.
const HOLE: f32 = 0.55;

/// Size of a mark beside a name.
const RADIUS: f32 = 4.5;

/// The colour of a run.
pub fn colour(ui: &egui::Ui, index: u8) -> Color32 {
    let theme = if ui.visuals().dark_mode {
        Theme::Dark
    } else {
        Theme::Light
    };
    let [r, g, b] = series_colour(theme, index.into());
    Color32::from_rgb(r, g, b)
}

/// A mark, so that colour is not all that tells a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    pub shape: MarkerShape,
    pub is_filled: bool,
}

impl Mark {
    /// A filled one.
    pub const fn filled(shape: MarkerShape) -> Self {
        Self {
            shape,
            is_filled: true,
        }
    }

    /// That of a run: a diamond for the baseline.
    pub fn of(index: u8, is_baseline: bool) -> Self {
        if is_baseline {
            return Self::filled(MarkerShape::Diamond);
        }
        let (shape, is_filled) = MARKS[usize::from(index) % COUNT];
        Self { shape, is_filled }
    }

    /// Marks points of a plot, on a ground of this colour.
    pub fn plot(
        self,
        plot: &mut PlotUi<'_>,
        points: &[[f64; 2]],
        radius: f32,
        colour: Color32,
        ground: Color32,
    ) {
        let marks = |radius: f32, colour: Color32| {
            let points = Points::new("", points.to_vec()).shape(self.shape);
            points.color(colour).radius(radius).allow_hover(false)
        };
        plot.points(marks(radius, colour));
        if !self.is_filled {
            plot.points(marks(radius * HOLE, ground));
        }
    }

    /// Paints it beside a name.
    pub fn show(self, ui: &mut egui::Ui, colour: Color32) {
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(11.0), egui::Sense::hover());
        let painter = ui.painter();
        let at = |x: f32, y: f32| rect.center() + RADIUS * egui::vec2(x, y);
        let line = Stroke::new(2.0, colour);
        let (fill, edge) = if self.is_filled {
            (colour, Stroke::NONE)
        } else {
            (Color32::TRANSPARENT, line)
        };
        let filled = |corners: &[(f32, f32)]| {
            let corners = corners.iter().map(|&(x, y)| at(x, y)).collect();
            painter.add(egui::Shape::convex_polygon(corners, fill, edge));
        };
        let lines = |ends: &[(f32, f32)]| {
            for &(x, y) in ends {
                painter.line_segment([at(-x, -y), at(x, y)], line);
            }
        };
        match self.shape {
            MarkerShape::Diamond => filled(&[(0.0, -1.2), (1.2, 0.0), (0.0, 1.2), (-1.2, 0.0)]),
            MarkerShape::Square => filled(&[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]),
            MarkerShape::Up => filled(&[(0.0, -1.1), (1.1, 0.9), (-1.1, 0.9)]),
            MarkerShape::Down => filled(&[(-1.1, -0.9), (1.1, -0.9), (0.0, 1.1)]),
            MarkerShape::Left => filled(&[(-1.1, 0.0), (0.9, -1.1), (0.9, 1.1)]),
            MarkerShape::Right => filled(&[(-0.9, -1.1), (1.1, 0.0), (-0.9, 1.1)]),
            MarkerShape::Plus => lines(&[(1.1, 0.0), (0.0, 1.1)]),
            MarkerShape::Cross => lines(&[(0.9, 0.9), (0.9, -0.9)]),
            MarkerShape::Asterisk => lines(&[(0.0, 1.1), (0.95, 0.55), (0.95, -0.55)]),
            MarkerShape::Circle => {
                painter.circle(rect.center(), RADIUS - edge.width / 2.0, fill, edge);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How a colour looks, in Oklab (Ottosson 2020): to the eye as it is, and to eyes without one of the three kinds of
    /// cones (Machado, Oliveira and Fernandes 2009, severity 1).
    fn looks(colour: u32) -> [[f64; 3]; 4] {
        const NONE: [[f64; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        const PROTAN: [[f64; 3]; 3] = [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ];
        const DEUTAN: [[f64; 3]; 3] = [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ];
        const TRITAN: [[f64; 3]; 3] = [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ];
        let product = |matrix: [[f64; 3]; 3], with: [f64; 3]| {
            matrix.map(|row| row[0] * with[0] + row[1] * with[1] + row[2] * with[2])
        };
        [NONE, PROTAN, DEUTAN, TRITAN].map(|vision| {
            let rgb = product(vision, linear(colour)).map(|part| part.clamp(0.0, 1.0));
            let cones = product(
                [
                    [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
                    [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
                    [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
                ],
                rgb,
            );
            product(
                [
                    [0.210_454_255_3, 0.793_617_785_0, -0.004_072_046_8],
                    [1.977_998_495_1, -2.428_592_205_0, 0.450_593_709_9],
                    [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766_0],
                ],
                cones.map(f64::cbrt),
            )
        })
    }

    fn linear(colour: u32) -> [f64; 3] {
        let [_, r, g, b] = colour.to_be_bytes();
        [r, g, b].map(|byte| {
            let share = f64::from(byte) / 255.0;
            if share <= 0.04045 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        })
    }

    fn colours(theme: Theme) -> [u32; COUNT] {
        std::array::from_fn(|index| {
            let [r, g, b] = series_colour(theme, index);
            u32::from_be_bytes([0, r, g, b])
        })
    }

    #[test]
    fn twelve_runs_are_told_apart_by_any_eye() {
        for colours in [Theme::Dark, Theme::Light].map(colours) {
            for (index, one) in colours.iter().enumerate() {
                for (before, other) in colours[..index].iter().enumerate() {
                    let both = looks(*one).into_iter().zip(looks(*other));
                    let least = both
                        .map(|(a, b)| {
                            let squares = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b));
                            squares.sum::<f64>().sqrt()
                        })
                        .fold(f64::INFINITY, f64::min);
                    // Three times what is just noticed; twice that where a class compares two runs, one after the other.
                    let enough = if before + 1 == index { 0.12 } else { 0.06 };
                    assert!(least > enough, "{one:06x} and {other:06x}: {least:.3}");
                }
            }
        }
    }

    #[test]
    fn every_colour_is_seen_on_every_ground() {
        let luminance = |colour: u32| {
            let [r, g, b] = linear(colour);
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        for dark in [true, false] {
            let ctx = egui::Context::default();
            crate::app::widgets::theme::apply(&ctx, dark);
            let style = ctx.style_of(if dark {
                egui::Theme::Dark
            } else {
                egui::Theme::Light
            });
            let visuals = &style.visuals;
            for ground in [
                visuals.panel_fill,
                visuals.faint_bg_color,
                visuals.extreme_bg_color,
            ] {
                let ground = u32::from_be_bytes([0, ground.r(), ground.g(), ground.b()]);
                let theme = if dark { Theme::Dark } else { Theme::Light };
                for colour in colours(theme) {
                    let (a, b) = (luminance(ground), luminance(colour));
                    let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                    // Of what is no text: WCAG 2.1, success criterion 1.4.11.
                    assert!(contrast >= 3.0, "{colour:06x}, dark {dark}: {contrast:.2}");
                }
            }
        }
    }

    #[test]
    fn twelve_runs_and_the_baseline_are_told_apart_without_colour() {
        let mut marks: Vec<_> = (0..COUNT as u8)
            .map(|index| Mark::of(index, false))
            .collect();
        marks.push(Mark::of(0, true));
        for (index, mark) in marks.iter().enumerate() {
            assert!(!marks[..index].contains(mark), "{mark:?} is there twice");
        }
    }
}
