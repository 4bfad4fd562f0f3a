//! How cost grows with filters, images and layers, as an SVG picture of three diagrams.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Result, ensure};

use crate::columns::number;
use crate::options::Axis;
use crate::points::Point;
use crate::report::Report;

/// Pixels of one diagram's frame, and the room around it.
const WIDTH: f64 = 250.0;
const HEIGHT: f64 = 190.0;
const LEFT: f64 = 52.0;
const TOP: f64 = 44.0;
const RIGHT: f64 = 18.0;
const BOTTOM: f64 = 76.0;

/// Colour and dashes of a curve: told apart without colour, too.
const OURS: (&str, &str) = ("#0b63c5", "");
const PEER: (&str, &str) = ("#b4480f", "6 4");

struct Diagram<'a> {
    title: &'a str,
    x_label: &'a str,
    y_label: &'a str,
    logarithmic: bool,
    curves: Vec<Curve>,
}

struct Curve {
    name: &'static str,
    look: (&'static str, &'static str),
    points: Vec<(f64, f64)>,
}

/// Draws the points of the most threads measured.
pub fn write(report: &Report, path: &Path) -> Result<()> {
    let threads = report.points.iter().map(|point| point.threads).max();
    let of = |axis| -> Vec<&Point> {
        let points = report.points.iter();
        points
            .filter(|point| point.sweep == axis && Some(point.threads) == threads)
            .collect()
    };
    let diagram = |axis, title, x_label, y_label, logarithmic| Diagram {
        title,
        x_label,
        y_label,
        logarithmic,
        curves: curves(&of(axis)),
    };
    let per_10_000 = "seconds for 10,000 images";
    let diagrams = [
        diagram(
            Axis::Filters,
            "Filters of both convolutions",
            "filters (log)",
            "seconds for 10,000 images (log)",
            true,
        ),
        diagram(
            Axis::Images,
            "Training images, notebook's CNN",
            "images",
            "seconds",
            false,
        ),
        diagram(
            Axis::Layers,
            "Convolutions of 32 filters",
            "convolutions",
            per_10_000,
            false,
        ),
    ];
    ensure!(
        diagrams
            .iter()
            .all(|diagram| diagram.curves.iter().any(|curve| curve.points.len() > 1)),
        "nothing to draw: the sweeps filters, images and layers are needed"
    );
    let width = diagrams.len() as f64 * (LEFT + WIDTH + RIGHT);
    let height = TOP + HEIGHT + BOTTOM;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"Helvetica, Arial, sans-serif\" font-size=\"12\" fill=\"#1a1f27\">\n\
         <title>Time to train, by filters, images and layers</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
    );
    for (index, diagram) in diagrams.iter().enumerate() {
        let x = index as f64 * (LEFT + WIDTH + RIGHT) + LEFT;
        writeln!(svg, "<g transform=\"translate({x} {TOP})\">")?;
        draw(&mut svg, diagram)?;
        writeln!(svg, "</g>")?;
    }
    legend(&mut svg, &diagrams, height)?;
    let machine = &report.machine;
    writeln!(
        svg,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"#56606e\">{}, {} threads, {}</text>\n</svg>",
        width - RIGHT,
        height - 12.0,
        machine.processor,
        threads.unwrap_or(1),
        machine.vector_unit
    )?;
    std::fs::write(path, svg)?;
    Ok(())
}

fn curves(points: &[&Point]) -> Vec<Curve> {
    let scaled = |speed: f64, point: &Point| point.seconds * point.images_per_second / speed;
    let ours = points
        .iter()
        .map(|point| (point.x as f64, point.seconds))
        .collect();
    let peer: Vec<(f64, f64)> = points
        .iter()
        .filter_map(|point| {
            let faster = point.torch?.max(point.torch_channels_last?);
            Some((point.x as f64, scaled(faster, point)))
        })
        .collect();
    vec![
        Curve {
            name: "convlens",
            look: OURS,
            points: ours,
        },
        Curve {
            name: "PyTorch, the faster of eager and channels_last",
            look: PEER,
            points: peer,
        },
    ]
}

fn draw(svg: &mut String, diagram: &Diagram<'_>) -> Result<()> {
    let all = || diagram.curves.iter().flat_map(|curve| &curve.points);
    let (xs, ys): (Vec<f64>, Vec<f64>) = all().copied().unzip();
    let (x_scale, y_scale) = (
        Scale::over(&xs, diagram.logarithmic, WIDTH),
        Scale::over(&ys, diagram.logarithmic, HEIGHT),
    );
    writeln!(
        svg,
        "<text x=\"{}\" y=\"-24\" text-anchor=\"middle\" font-weight=\"bold\" font-size=\"13\">{}</text>\
         <text x=\"{}\" y=\"-8\" fill=\"#56606e\">{}</text>\
         <text x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"#56606e\">{}</text>",
        WIDTH / 2.0,
        diagram.title,
        -LEFT + 16.0,
        diagram.y_label,
        WIDTH / 2.0,
        HEIGHT + 34.0,
        diagram.x_label
    )?;
    for tick in y_scale.ticks() {
        let y = HEIGHT - y_scale.place(tick);
        writeln!(
            svg,
            "<path d=\"M0 {y:.1}H{WIDTH}\" stroke=\"#e3e7ec\"/><text x=\"-6\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            y + 4.0,
            number(tick)
        )?;
    }
    for tick in x_scale.ticks() {
        let x = x_scale.place(tick);
        writeln!(
            svg,
            "<path d=\"M{x:.1} {HEIGHT}v4\" stroke=\"#1a1f27\"/><text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            HEIGHT + 17.0,
            number(tick)
        )?;
    }
    writeln!(
        svg,
        "<path d=\"M0 0V{HEIGHT}H{WIDTH}\" fill=\"none\" stroke=\"#1a1f27\"/>"
    )?;
    for Curve {
        look: (color, dashes),
        points,
        ..
    } in &diagram.curves
    {
        let places = points
            .iter()
            .map(|&(x, y)| (x_scale.place(x), HEIGHT - y_scale.place(y)));
        let mut path = String::new();
        for (x, y) in places {
            write!(
                path,
                "{}{x:.1} {y:.1}",
                if path.is_empty() { "M" } else { "L" }
            )?;
            writeln!(
                svg,
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{color}\"/>"
            )?;
        }
        writeln!(
            svg,
            "<path d=\"{path}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\" stroke-dasharray=\"{dashes}\"/>"
        )?;
    }
    Ok(())
}

fn legend(svg: &mut String, diagrams: &[Diagram<'_>], height: f64) -> Result<()> {
    let mut x = LEFT;
    let y = height - 16.0;
    for curve in &diagrams[0].curves {
        if curve.points.is_empty() {
            continue;
        }
        let (color, dashes) = curve.look;
        writeln!(
            svg,
            "<path d=\"M{x} {y}h28\" stroke=\"{color}\" stroke-width=\"2\" stroke-dasharray=\"{dashes}\"/>\
             <text x=\"{}\" y=\"{}\">{}</text>",
            x + 34.0,
            y + 4.0,
            curve.name
        )?;
        x += 120.0;
    }
    Ok(())
}

/// From values to pixels.
struct Scale {
    low: f64,
    high: f64,
    logarithmic: bool,
    pixels: f64,
}

impl Scale {
    fn over(values: &[f64], logarithmic: bool, pixels: f64) -> Self {
        let high = values.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let low = values.iter().copied().fold(high, f64::min);
        // Linear scales start at 0, so that proportional growth looks it.
        let (low, high) = if logarithmic {
            (low / 1.25, high * 1.25)
        } else {
            (0.0, high * 1.08)
        };
        Self {
            low,
            high,
            logarithmic,
            pixels,
        }
    }

    fn place(&self, value: f64) -> f64 {
        let share = if self.logarithmic {
            (value / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        };
        share * self.pixels
    }

    /// Round values: 1, 2 and 5 times powers of ten, or powers of two where they are wanted for filters.
    fn ticks(&self) -> Vec<f64> {
        if self.logarithmic {
            let base = if self.high > 40.0 && self.low > 4.0 {
                2.0_f64
            } else {
                10.0
            };
            let steps: &[f64] = if base > 2.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
            let first = self.low.log(base).floor() as i32;
            let last = self.high.log(base).ceil() as i32;
            let all = (first..=last)
                .flat_map(|power| steps.iter().map(move |step| step * base.powi(power)));
            return all
                .filter(|tick| (self.low..=self.high).contains(tick))
                .collect();
        }
        let rough = self.high / 5.0;
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0]
            .map(|factor| factor * power)
            .into_iter()
            .find(|step| *step >= rough);
        let step = step.unwrap_or(rough);
        (0..=(self.high / step) as usize)
            .map(|index| index as f64 * step)
            .collect()
    }
}
