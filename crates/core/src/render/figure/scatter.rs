//! Points in a plane, with a mark for each group, and the names of the groups beside it.

use crate::render::{
    DecimalMark, Pixels, ValueRange,
    canvas::Canvas,
    format_value,
    marks::{draw_mark, series_colour},
    paragraph::{Align, Paragraph},
    pixels::Area,
    svg::Svg,
};

use super::{FigureOptions, Theme, colorbar::round_numbers, look::Look};

/// Side of the plane, in pixels.
const SIDE: usize = 1800;
/// Radius of a mark where there are a few thousand; fewer are larger.
const RADIUS: f32 = 9.0;
/// Share of the plane that is left free at its edges.
const AIR: f32 = 0.04;

/// What a scatter plot shows. Every text comes already translated.
#[derive(Clone, Debug, Default)]
pub struct Scatter {
    /// In large letters at the top left.
    pub title: String,
    /// Below the title.
    pub subtitle: String,
    /// What the axes are, the horizontal one first; `None` where places have no meaning but by their neighbours: then there
    /// are no numbers.
    pub axes: Option<[String; 2]>,
    /// Places to the right and up, in the same unit.
    pub points: Vec<[f32; 2]>,
    /// The group of each point, from 0.
    pub groups: Vec<u8>,
    /// What the groups are called. Those that have a point are listed.
    pub names: Vec<String>,
    /// In small letters at the bottom left.
    pub footer: String,
}

/// Draws a scatter plot, white, for paper.
#[must_use]
pub fn draw_scatter(scatter: &Scatter, mark: DecimalMark) -> Pixels {
    let page = Page::new(scatter, mark);
    let mut pixels = Pixels::new(page.width, page.height, page.look.paper);
    page.draw(&mut pixels);
    pixels
}

/// The same as an SVG document that prints at `dpi` pixels an inch.
#[must_use]
pub fn draw_scatter_svg(scatter: &Scatter, mark: DecimalMark, dpi: u32) -> String {
    let page = Page::new(scatter, mark);
    let mut svg = Svg::new(page.width, page.height, page.look.paper);
    page.draw(&mut svg);
    svg.finish(dpi, &scatter.title)
}

/// Where everything stands, in pixels from the top left.
struct Page<'a> {
    scatter: &'a Scatter,
    mark: DecimalMark,
    look: Look,
    title: Paragraph,
    subtitle: Paragraph,
    footer: Paragraph,
    /// What is called above the plane, and below it.
    axes: Option<[Paragraph; 2]>,
    /// Values at the edges of the plane.
    ranges: [ValueRange; 2],
    /// Its corner.
    left: usize,
    top: usize,
    names: Vec<Name>,
    width: usize,
    height: usize,
}

/// A group's name, with the corner of its line.
struct Name {
    group: usize,
    words: Paragraph,
    x: usize,
    y: usize,
}

impl<'a> Page<'a> {
    fn new(scatter: &'a Scatter, mark: DecimalMark) -> Self {
        let look = Look::new(FigureOptions::default().cell_pixels, Theme::Light);
        let Look {
            margin,
            gap,
            near,
            note,
            ..
        } = look;
        let ranges = ranges(&scatter.points);
        let numbers = ticks(ranges[1], mark).into_iter();
        let numbers = numbers
            .map(|(_, number)| note.width(&number).ceil() as usize)
            .max();
        let has_axes = scatter.axes.is_some();
        let numbers = if has_axes {
            numbers.unwrap_or(0) + 2 * near
        } else {
            0
        };
        let left = margin + numbers;
        let (names, right) = names(scatter, &look, left + SIDE + gap);
        let width = right + margin;
        let content = width - 2 * margin;
        let title = Paragraph::new(&scatter.title, look.title, content);
        let subtitle = Paragraph::new(&scatter.subtitle, note, content);
        let footer = Paragraph::new(&scatter.footer, look.footer, content);
        let axes = scatter.axes.as_ref().map(|axes| {
            let [across, up] = axes
                .each_ref()
                .map(|words| Paragraph::new(words, note, SIDE));
            [up, across]
        });
        let above = axes.as_ref().map_or(0, |[up, _]| up.height() + near);
        let line = note.line_height().ceil() as usize;
        let below = axes
            .as_ref()
            .map_or(0, |[_, across]| near + line + across.height());
        let top = margin + title.height() + subtitle.height() + gap + above;
        Self {
            height: top + SIDE + below + gap + footer.height() + margin,
            names: names
                .into_iter()
                .map(|name| Name {
                    y: top + name.y,
                    ..name
                })
                .collect(),
            scatter,
            mark,
            look,
            title,
            subtitle,
            footer,
            axes,
            ranges,
            left,
            top,
            width,
        }
    }

    fn draw(&self, canvas: &mut impl Canvas) {
        let Look {
            margin,
            near,
            note,
            paper,
            ..
        } = self.look;
        self.title.draw(canvas, margin, margin, Align::Left);
        self.subtitle
            .draw(canvas, margin, margin + self.title.height(), Align::Left);
        self.draw_frame(canvas);
        if let Some([up, across]) = &self.axes {
            up.draw(
                canvas,
                self.left,
                self.top - up.height() - near,
                Align::Left,
            );
            let y = self.height - margin - self.footer.height() - self.look.gap - across.height();
            across.draw(canvas, self.left, y, Align::Center);
            self.draw_ticks(canvas);
        }
        let radius = RADIUS
            * (2000.0 / self.scatter.points.len().max(1) as f32)
                .sqrt()
                .clamp(0.6, 2.0);
        for (point, &group) in self.scatter.points.iter().zip(&self.scatter.groups) {
            let place = |axis: usize| self.ranges[axis].position(point[axis]) * SIDE as f32;
            let at = [
                self.left as f32 + place(0),
                (self.top + SIDE) as f32 - place(1),
            ];
            if at.iter().all(|x| x.is_finite()) {
                let colour = series_colour(Theme::Light, group.into());
                draw_mark(canvas, group.into(), at, radius, colour, paper);
            }
        }
        for name in &self.names {
            let middle = name.y as f32 + 0.5 * note.line_height();
            let at = [name.x as f32 + 0.5 * note.size, middle];
            let colour = series_colour(Theme::Light, name.group);
            draw_mark(canvas, name.group, at, 0.36 * note.size, colour, paper);
            name.words.draw(
                canvas,
                name.x + (1.4 * note.size) as usize,
                name.y,
                Align::Left,
            );
        }
        let y = self.height - margin - self.footer.height();
        self.footer.draw(canvas, margin, y, Align::Left);
    }

    fn draw_frame(&self, canvas: &mut impl Canvas) {
        let Look {
            frame, frame_width, ..
        } = self.look;
        let (left, top) = (self.left - frame_width, self.top - frame_width);
        let length = SIDE + 2 * frame_width;
        let bar = |x, y, width, height| Area {
            x,
            y,
            width,
            height,
        };
        for area in [
            bar(left, top, length, frame_width),
            bar(left, self.top + SIDE, length, frame_width),
            bar(left, top, frame_width, length),
            bar(self.left + SIDE, top, frame_width, length),
        ] {
            canvas.fill(area, frame);
        }
    }

    fn draw_ticks(&self, canvas: &mut impl Canvas) {
        let Look {
            near,
            note,
            frame,
            frame_width,
            ..
        } = self.look;
        let tick = |x, y, width, height| Area {
            x,
            y,
            width,
            height,
        };
        for (position, number) in ticks(self.ranges[0], self.mark) {
            let x = self.left + (position * SIDE as f32) as usize;
            canvas.fill(tick(x, self.top + SIDE, frame_width, near), frame);
            let x = x as f32 - 0.5 * note.width(&number);
            canvas.text(note, &number, x, (self.top + SIDE + near) as f32);
        }
        for (position, number) in ticks(self.ranges[1], self.mark) {
            let y = self.top + SIDE - (position * SIDE as f32) as usize;
            canvas.fill(tick(self.left - near, y, near, frame_width), frame);
            let x = (self.left - near) as f32 - note.width(&number) - 0.5 * near as f32;
            canvas.text(note, &number, x, y as f32 - 0.5 * note.line_height());
        }
    }
}

/// Equally long ranges about the middle of both coordinates, so that a distance is as long in any direction.
fn ranges(points: &[[f32; 2]]) -> [ValueRange; 2] {
    let ends = [0, 1].map(|axis| {
        let finite = points
            .iter()
            .map(|point| point[axis])
            .filter(|x| x.is_finite());
        let ends = finite.fold([f32::INFINITY, f32::NEG_INFINITY], |[low, high], x| {
            [low.min(x), high.max(x)]
        });
        if ends[0] <= ends[1] { ends } else { [0.0; 2] }
    });
    let longest = ends
        .iter()
        .map(|[low, high]| high - low)
        .fold(0.0, f32::max);
    let half = if longest > 0.0 {
        (0.5 + AIR) * longest
    } else {
        1.0
    };
    ends.map(|[low, high]| {
        let middle = 0.5 * (low + high);
        ValueRange::new(middle - half, middle + half)
    })
}

/// Round numbers on an axis, with their place from 0 to 1.
fn ticks(range: ValueRange, mark: DecimalMark) -> Vec<(f32, String)> {
    let numbers = round_numbers(range, 6).into_iter();
    numbers
        .map(|value| (range.position(value), format_value(value, mark)))
        .collect()
}

/// The names of the groups that have points, in as many columns as they need, and where these end. The first begins at 0 from the top.
fn names(scatter: &Scatter, look: &Look, left: usize) -> (Vec<Name>, usize) {
    let style = look.note;
    let indent = (1.4 * style.size) as usize;
    let has_points = |group: &usize| scatter.groups.iter().any(|&of| usize::from(of) == *group);
    let (mut names, mut x, mut y, mut widest) = (Vec::new(), left, 0, 0);
    for group in (0..scatter.names.len()).filter(has_points) {
        let words = Paragraph::new(&scatter.names[group], style, look.max_head_width);
        let height = words.height().max(style.line_height() as usize);
        if y + height > SIDE && y > 0 {
            (x, y, widest) = (x + indent + widest + look.gap, 0, 0);
        }
        widest = widest.max(words.longest_line());
        names.push(Name { group, words, x, y });
        y += height + look.near / 2;
    }
    (names, x + indent + widest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scatter(groups: usize) -> Scatter {
        let points: Vec<[f32; 2]> = (0..4 * groups)
            .map(|i| [(i as f32).sin(), 3.0 * (i as f32).cos()])
            .collect();
        Scatter {
            title: "PCA".into(),
            axes: Some(["component 1".into(), "component 2".into()]),
            groups: (0..points.len()).map(|i| (i % groups) as u8).collect(),
            points,
            names: (0..groups)
                .map(|group| format!("a class with a rather long name, {group}"))
                .collect(),
            footer: "data".into(),
            ..Scatter::default()
        }
    }

    #[test]
    fn no_name_lies_on_another_or_on_the_plane() {
        for groups in [1, 10, 100, 256] {
            let scatter = scatter(groups);
            let page = Page::new(&scatter, DecimalMark::Point);
            assert_eq!(page.names.len(), groups);
            let area = |name: &Name| {
                let width = (1.4 * page.look.note.size) as usize + name.words.longest_line();
                (name.x, name.y, name.x + width, name.y + name.words.height())
            };
            for (i, name) in page.names.iter().enumerate() {
                let (left, top, right, bottom) = area(name);
                assert!(
                    left > page.left + SIDE && right <= page.width - page.look.margin,
                    "{groups}: {i}"
                );
                assert!(
                    top >= page.top && bottom <= page.top + SIDE,
                    "{groups}: {i}"
                );
                for other in &page.names[i + 1..] {
                    let (l, t, r, b) = area(other);
                    assert!(
                        right <= l || r <= left || bottom <= t || b <= top,
                        "{groups}: {i}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_point_is_drawn_in_its_place_and_colour() {
        let scatter = Scatter {
            points: vec![[0.0, 0.0], [10.0, 5.0], [f32::NAN, 1.0]],
            groups: vec![0, 1, 2],
            names: vec!["a".into(), "b".into(), "c".into()],
            ..Scatter::default()
        };
        let page = Page::new(&scatter, DecimalMark::Point);
        let pixels = draw_scatter(&scatter, DecimalMark::Point);
        // The longer side has 0.54 of its length about its middle: from −0.4 to 10.4; the other as much, from −2.9 to 7.9.
        let at = |x: f32, y: f32| {
            let (x, y) = ((x + 0.4) / 10.8 * 1800.0, (y + 2.9) / 10.8 * 1800.0);
            pixels.get(page.left + x as usize, page.top + SIDE - y as usize)
        };
        assert_eq!(at(0.0, 0.0), Some(series_colour(Theme::Light, 0)));
        assert_eq!(at(10.0, 5.0), Some(series_colour(Theme::Light, 1)));
        assert_eq!(at(5.0, 2.5), Some([255; 3]));
        let svg = draw_scatter_svg(&scatter, DecimalMark::Point, 300);
        assert_eq!(
            svg.matches("<polygon").count(),
            2 + 3,
            "two points and three names"
        );
    }

    #[test]
    fn numbers_stand_only_where_axes_mean_something() {
        let with = draw_scatter_svg(&scatter(3), DecimalMark::Comma, 300);
        assert!(
            with.contains("component 2") && (with.contains(">-2<") || with.contains(">−2<")),
            "{with}"
        );
        let without = Scatter {
            axes: None,
            ..scatter(3)
        };
        let without = draw_scatter_svg(&without, DecimalMark::Comma, 300);
        assert!(!without.contains(">0<") && without.contains("a class with"));
    }
}
