//! A small line chart as SVG, dark on white: lines differ by width and dash as well, for printers without colours.

use std::fmt::Write as _;

use crate::text::Text;
use convlens_core::render::escaped;

/// Size in units of the SVG, and the room for words at the left, at the right, above and below.
const SIZE: [f64; 2] = [340.0, 190.0];
const LEFT: f64 = 42.0;
const RIGHT: f64 = 10.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 30.0;

/// Most points of a line that is drawn: more than there are dots on paper.
const MOST_POINTS: usize = 600;

/// How a line looks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// What is measured at the end of every epoch: strong, with dots.
    Test,
    Training,
    Validation,
}

/// A line of the chart.
pub struct Line {
    pub name: &'static str,
    pub look: Look,
    /// Epochs, and the value there.
    pub points: Vec<[f64; 2]>,
}

/// A chart over epochs; `range` is that of the values, which charts side by side share.
pub struct Chart<'a> {
    pub title: &'a str,
    pub lines: Vec<Line>,
    pub epochs: f64,
    pub range: [f64; 2],
    pub is_share: bool,
}

impl Chart<'_> {
    /// The picture; an empty text where no line has a point.
    pub fn svg(&self, text: &Text) -> String {
        if self.lines.iter().all(|line| line.points.is_empty()) {
            return String::new();
        }
        let [width, height] = SIZE;
        let title = escaped(self.title);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>{title}</title>\n\
             <text x=\"0\" y=\"12\" class=\"title\">{title}</text>\n"
        );
        self.axes(&mut svg, text);
        let mut x = width - RIGHT;
        for line in self
            .lines
            .iter()
            .rev()
            .filter(|line| !line.points.is_empty())
        {
            self.line(&mut svg, line);
            let (stroke, _) = style(line.look);
            // From the right, as long as the words are about that wide.
            x -= 6.0 * line.name.chars().count() as f64;
            push(
                &mut svg,
                format_args!(
                    "<text x=\"{x:.0}\" y=\"12\">{}</text>\n",
                    escaped(line.name)
                ),
            );
            push(
                &mut svg,
                format_args!(
                    "<line x1=\"{:.0}\" y1=\"8\" x2=\"{:.0}\" y2=\"8\" {stroke}/>\n",
                    x - 22.0,
                    x - 4.0
                ),
            );
            x -= 30.0;
        }
        svg.push_str("</svg>\n");
        svg
    }

    fn place(&self, [epoch, value]: [f64; 2]) -> [f64; 2] {
        let [low, high] = self.range;
        let [width, height] = SIZE;
        let across = epoch / self.epochs.max(1e-9);
        let up = (value - low) / (high - low).max(1e-9);
        [
            LEFT + across * (width - LEFT - RIGHT),
            height - BOTTOM - up * (height - TOP - BOTTOM),
        ]
    }

    fn axes(&self, svg: &mut String, text: &Text) {
        let [low, high] = self.range;
        let step = step(high - low);
        let mut value = (low / step).ceil() * step;
        while value <= high + 1e-9 {
            let [x, y] = self.place([0.0, value]);
            let words = if self.is_share {
                text.percent(value, usize::from(step < 0.01))
            } else {
                text.shortest(value, 3)
            };
            push(
                svg,
                format_args!(
                    "<line x1=\"{x:.1}\" y1=\"{y:.1}\" x2=\"{:.1}\" y2=\"{y:.1}\" stroke=\"#ccc\"/>\n\
                     <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{words}</text>\n",
                    SIZE[0] - RIGHT,
                    x - 4.0,
                    y + 3.5
                ),
            );
            value += step;
        }
        let step = self::step(self.epochs).max(1.0);
        let mut epoch = 0.0;
        while epoch <= self.epochs + 1e-9 {
            let [x, _] = self.place([epoch, low]);
            let (line, words) = (SIZE[1] - BOTTOM, SIZE[1] - BOTTOM + 13.0);
            push(
                svg,
                format_args!(
                    "<line x1=\"{x:.1}\" y1=\"{line}\" x2=\"{x:.1}\" y2=\"{:.1}\" stroke=\"#111\"/>\n\
                     <text x=\"{x:.1}\" y=\"{words}\" text-anchor=\"middle\">{epoch:.0}</text>\n",
                    line + 3.0
                ),
            );
            epoch += step;
        }
        let [x, y] = [(SIZE[0] + LEFT - RIGHT) / 2.0, SIZE[1] - 4.0];
        let words = text.curves.epoch;
        push(
            svg,
            format_args!("<text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{words}</text>\n"),
        );
    }

    fn line(&self, svg: &mut String, line: &Line) {
        let every = line.points.len().div_ceil(MOST_POINTS).max(1);
        let last = line.points.len().saturating_sub(1);
        let kept = line.points.iter().enumerate();
        let kept = kept.filter(|(index, _)| index % every == 0 || *index == last);
        let kept = kept.filter(|(_, point)| point[1] <= self.range[1]);
        let places: Vec<[f64; 2]> = kept.map(|(_, point)| self.place(*point)).collect();
        let points: Vec<String> = places
            .iter()
            .map(|[x, y]| format!("{x:.1},{y:.1}"))
            .collect();
        let (stroke, has_dots) = style(line.look);
        push(
            svg,
            format_args!(
                "<polyline points=\"{}\" fill=\"none\" {stroke}/>\n",
                points.join(" ")
            ),
        );
        if has_dots {
            for [x, y] in places {
                push(
                    svg,
                    format_args!(
                        "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.2\" fill=\"#0b4f8a\"/>\n"
                    ),
                );
            }
        }
    }
}

fn style(look: Look) -> (&'static str, bool) {
    match look {
        Look::Test => ("stroke=\"#0b4f8a\" stroke-width=\"1.8\"", true),
        Look::Training => ("stroke=\"#b5521b\" stroke-width=\"1.1\"", false),
        Look::Validation => (
            "stroke=\"#555\" stroke-width=\"1.4\" stroke-dasharray=\"5 3\"",
            false,
        ),
    }
}

fn push(svg: &mut String, element: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _written = svg.write_fmt(element);
}

/// Distance of about five marks on so long an axis: 1, 2 or 5 times a power of ten.
fn step(length: f64) -> f64 {
    let rough = (length / 5.0).max(1e-9);
    let power = 10f64.powf(rough.log10().floor());
    let digit = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .find(|digit| rough <= digit * power * 1.0001);
    digit.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_above_the_axis_is_not_drawn() {
        let chart = Chart {
            title: "Loss",
            lines: vec![Line {
                name: "training",
                look: Look::Training,
                points: vec![[0.0, 9.0], [1.0, 1.0], [2.0, 0.5]],
            }],
            epochs: 2.0,
            range: [0.0, 1.0],
            is_share: false,
        };
        let svg = chart.svg(crate::text::Language::En.text());
        let points = svg.split("points=\"").nth(1).unwrap();
        let points = points.split('"').next().unwrap();
        assert_eq!(points.split(' ').count(), 2, "{points}");
        assert!(!points.contains('-'), "{points}");
    }

    #[test]
    fn axes_have_round_numbers() {
        for (length, wanted) in [
            (5.0, 1.0),
            (0.32, 0.1),
            (2.3, 0.5),
            (20.0, 5.0),
            (12.0, 5.0),
        ] {
            let found = step(length);
            assert!((found - wanted).abs() < 1e-9, "{length}: {found}");
        }
    }
}
