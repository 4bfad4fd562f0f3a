//! What egui has drawn as SVG: words as words, maps as squares that no program smooths, all else as shapes.

use convlens_core::render::{Pixels, SVG_FONTS, escaped, svg_paths};
use eframe::egui::epaint::{
    ClippedShape, ColorMode, CornerRadius, Mesh, PathStroke, RectShape, TextShape, Vertex,
};
use eframe::egui::{Color32, Pos2, Rect, Shape, Stroke, StrokeKind, TextureId, pos2};
use std::collections::HashMap;
use std::fmt::Write as _;

/// Points an inch: what a screen is taken to have.
const POINTS: f32 = 96.0;

/// Writes the part in `rect` of what was drawn. `textures` is what they show; those of letters are not asked for.
pub fn svg(
    shapes: &[ClippedShape],
    textures: &HashMap<TextureId, Pixels>,
    rect: Rect,
    (ground, title): (Color32, &str),
) -> String {
    let mut page = Page {
        body: String::new(),
        textures,
        clips: Vec::new(),
    };
    page.polygon(&corners(rect), ground, "");
    for ClippedShape {
        clip_rect, shape, ..
    } in shapes
    {
        let clip = clip_rect.intersect(rect);
        if !clip.is_positive() {
            continue;
        }
        let clip = page.clip(clip);
        let before = page.body.len();
        page.push(format_args!("<g clip-path=\"url(#c{clip})\">"));
        let opened = page.body.len();
        page.shape(shape);
        if page.body.len() == opened {
            page.body.truncate(before);
        } else {
            page.push(format_args!("</g>\n"));
        }
    }
    let Rect { min, .. } = rect;
    let size = rect.size();
    let inches = size / POINTS;
    let mut file = String::new();
    // Writing to a string does not fail.
    let _written = writeln!(
        file,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{:.3}in\" height=\"{:.3}in\" \
         viewBox=\"{:.1} {:.1} {:.1} {:.1}\">\n<title>{}</title>\n<desc>convlens {}</desc>\n<defs>",
        inches.x,
        inches.y,
        min.x,
        min.y,
        size.x,
        size.y,
        escaped(title),
        env!("CARGO_PKG_VERSION"),
    );
    for (index, clip) in page.clips.iter().enumerate() {
        let (at, size) = (clip.min, clip.size());
        let _written = writeln!(
            file,
            "<clipPath id=\"c{index}\"><rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"/></clipPath>",
            at.x, at.y, size.x, size.y
        );
    }
    let _written = writeln!(file, "</defs>\n{}</svg>", page.body);
    file
}

struct Page<'a> {
    body: String,
    textures: &'a HashMap<TextureId, Pixels>,
    clips: Vec<Rect>,
}

impl Page<'_> {
    fn push(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _written = self.body.write_fmt(element);
    }

    /// The number of a clip, the last ones looked at first.
    fn clip(&mut self, clip: Rect) -> usize {
        if let Some(known) = self.clips.iter().rposition(|known| *known == clip) {
            return known;
        }
        self.clips.push(clip);
        self.clips.len() - 1
    }

    fn shape(&mut self, shape: &Shape) {
        match shape {
            // A callback draws on the graphics card, and there is none in this window.
            Shape::Noop | Shape::Callback(_) => {}
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| self.shape(shape)),
            Shape::Circle(circle) => {
                let (x, y, radius) = (circle.center.x, circle.center.y, circle.radius);
                let paint = paint(circle.fill, circle.stroke);
                self.push(format_args!(
                    "<circle cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"{radius:.2}\"{paint}/>"
                ));
            }
            Shape::Ellipse(ellipse) => {
                let (at, radius) = (ellipse.center, ellipse.radius);
                let paint = paint(ellipse.fill, ellipse.stroke);
                self.push(format_args!(
                    "<ellipse cx=\"{:.2}\" cy=\"{:.2}\" rx=\"{:.2}\" ry=\"{:.2}\"{paint}/>",
                    at.x, at.y, radius.x, radius.y
                ));
            }
            Shape::LineSegment { points, stroke } => {
                let paint = paint(Color32::TRANSPARENT, *stroke);
                self.points("polyline", points, &paint);
            }
            Shape::Path(path) => {
                let kind = if path.closed { "polygon" } else { "polyline" };
                let paint = paint(path.fill, of_path(&path.stroke));
                self.points(kind, &path.points, &paint);
            }
            Shape::Band(band) => {
                let above = band.points.iter().map(|at| pos2(at.x, at.y.min));
                let below = band.points.iter().rev().map(|at| pos2(at.x, at.y.max));
                let around: Vec<Pos2> = above.chain(below).collect();
                self.polygon(&around, band.fill, "");
            }
            Shape::QuadraticBezier(curve) => {
                let paint = paint(curve.fill, of_path(&curve.stroke));
                self.points("polyline", &curve.flatten(Some(0.1)), &paint);
            }
            Shape::CubicBezier(curve) => {
                let paint = paint(curve.fill, of_path(&curve.stroke));
                self.points("polyline", &curve.flatten(Some(0.1)), &paint);
            }
            Shape::Rect(rect) => self.rect(rect),
            Shape::Text(text) => self.text(text),
            Shape::Mesh(mesh) => self.mesh(mesh),
        }
    }

    fn points(&mut self, kind: &str, points: &[Pos2], paint: &str) {
        let points = points.iter().map(|at| format!("{:.2},{:.2}", at.x, at.y));
        let points = points.collect::<Vec<_>>().join(" ");
        self.push(format_args!("<{kind} points=\"{points}\"{paint}/>"));
    }

    fn polygon(&mut self, corners: &[Pos2], fill: Color32, more: &str) {
        let paint = paint(fill, Stroke::NONE);
        self.points("polygon", corners, &format!("{paint}{more}"));
    }

    fn rect(&mut self, shape: &RectShape) {
        let stroke = shape.stroke;
        let out = match shape.stroke_kind {
            StrokeKind::Inside => -stroke.width / 2.0,
            StrokeKind::Middle => 0.0,
            StrokeKind::Outside => stroke.width / 2.0,
        };
        let place = shape.rect.expand(out);
        let CornerRadius { nw, .. } = shape.corner_radius;
        let (at, size) = (place.min, place.size());
        // A shadow is soft, which a file need not show.
        if shape.blur_width > 0.0 {
            return;
        }
        if let Some(brush) = &shape.brush {
            self.picture(brush.fill_texture_id, shape.rect, shape.fill);
        }
        let fill = if shape.brush.is_some() {
            Color32::TRANSPARENT
        } else {
            shape.fill
        };
        let paint = paint(fill, stroke);
        if paint.contains("fill=\"none\"") && !paint.contains("stroke") {
            return;
        }
        self.push(format_args!(
            "<rect x=\"{:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{:.2}\" rx=\"{nw}\"{paint}/>",
            at.x,
            at.y,
            size.x.max(0.0),
            size.y.max(0.0)
        ));
    }

    /// A picture in all of its place; its colours are dimmed as `tint` is.
    fn picture(&mut self, texture: TextureId, place: Rect, tint: Color32) {
        let Some(pixels) = self.textures.get(&texture) else {
            return;
        };
        let (x, y) = (place.min.x, place.min.y);
        let wide = place.width() / pixels.width.max(1) as f32;
        let high = place.height() / pixels.height.max(1) as f32;
        let seen = f32::from(tint.a()) / 255.0;
        let paths = svg_paths(pixels);
        self.push(format_args!(
            "<g transform=\"translate({x:.2} {y:.2}) scale({wide:.4} {high:.4})\" opacity=\"{seen:.3}\" \
             shape-rendering=\"crispEdges\">\n{paths}</g>"
        ));
    }

    fn mesh(&mut self, mesh: &Mesh) {
        if self.textures.contains_key(&mesh.texture_id) {
            let tint = mesh.vertices.first().map_or(Color32::WHITE, |v| v.color);
            let places = mesh.vertices.iter().map(|vertex| vertex.pos);
            let places: Vec<Pos2> = places.collect();
            self.picture(mesh.texture_id, Rect::from_points(&places), tint);
            return;
        }
        let vertex = |index: u32| mesh.vertices.get(index as usize);
        // Two triangles of one colour that share an edge are a square of a map.
        let mut rest = &mesh.indices[..];
        while let Some((triangle, behind)) = rest.split_at_checked(3) {
            let of = |indices: &[u32]| -> Option<Vec<Vertex>> {
                indices
                    .iter()
                    .map(|index| vertex(*index).copied())
                    .collect()
            };
            let (Some(first), second) = (of(triangle), behind.get(..3).and_then(of)) else {
                return;
            };
            rest = behind;
            let is_one =
                |vertices: &[Vertex]| vertices.iter().all(|vertex| vertex.color == first[0].color);
            let all: Vec<Pos2> = first.iter().map(|vertex| vertex.pos).collect();
            if let Some(second) = second.filter(|second| is_one(&first) && is_one(second)) {
                let both = all.iter().copied().chain(second.iter().map(|v| v.pos));
                let whole = Rect::from_points(&both.collect::<Vec<_>>());
                let is_corner = |vertex: &Vertex| corners(whole).contains(&vertex.pos);
                if first.iter().chain(&second).all(is_corner) {
                    let crisp = " shape-rendering=\"crispEdges\"";
                    self.polygon(&corners(whole), first[0].color, crisp);
                    rest = &rest[3..];
                    continue;
                }
            }
            self.polygon(&all, mean(&first), "");
        }
    }

    fn text(&mut self, shape: &TextShape) {
        let sections = &shape.galley.job.sections;
        let Some(format) = sections.first().map(|section| &section.format) else {
            return;
        };
        let weight = match &format.font_id.family {
            eframe::egui::FontFamily::Name(_) => 600,
            _ => 400,
        };
        let size = format.font_id.size;
        for placed in &shape.galley.rows {
            // Words of one colour and size stand together.
            for run in placed.glyphs.chunk_by(|a, b| {
                let color = |glyph: u32| color_of(shape, placed, glyph);
                color(a.first_vertex) == color(b.first_vertex)
            }) {
                let Some((first, last)) = run.first().zip(run.last()) else {
                    continue;
                };
                let words: String = run.iter().map(|glyph| glyph.chr).collect();
                let color = color_of(shape, placed, first.first_vertex);
                if words.trim().is_empty() || color.a() == 0 {
                    continue;
                }
                let at = placed.pos + first.pos.to_vec2();
                let width = last.max_x() - first.pos.x;
                let (fill, seen) = colour(color);
                let words = escaped(&words);
                let (x, y) = (shape.pos.x, shape.pos.y);
                let mut turn = String::new();
                if shape.angle.abs() > 0.0 {
                    let angle = shape.angle.to_degrees();
                    let _written = write!(turn, " transform=\"rotate({angle:.2} {x:.2} {y:.2})\"");
                }
                self.push(format_args!(
                    "<text x=\"{:.2}\" y=\"{:.2}\" font-family=\"{SVG_FONTS}\" font-size=\"{size}\" font-weight=\"{weight}\" \
                     fill=\"{fill}\" fill-opacity=\"{seen:.3}\" textLength=\"{width:.2}\" lengthAdjust=\"spacingAndGlyphs\" \
                     xml:space=\"preserve\"{turn}>{words}</text>",
                    x + at.x,
                    y + at.y
                ));
            }
        }
    }
}

/// The colour of a letter, which its first corner has.
fn color_of(
    shape: &TextShape,
    row: &eframe::egui::epaint::text::PlacedRow,
    first_vertex: u32,
) -> Color32 {
    let own = row.visuals.mesh.vertices.get(first_vertex as usize);
    let own = own.map_or(Color32::PLACEHOLDER, |vertex| vertex.color);
    let color = shape.override_text_color.unwrap_or(own);
    let color = if color == Color32::PLACEHOLDER {
        shape.fallback_color
    } else {
        color
    };
    color.gamma_multiply(shape.opacity_factor)
}

fn corners(rect: Rect) -> [Pos2; 4] {
    [
        rect.left_top(),
        rect.right_top(),
        rect.right_bottom(),
        rect.left_bottom(),
    ]
}

/// The mean colour of a triangle's corners.
fn mean(corners: &[Vertex]) -> Color32 {
    let channel = |channel: usize| {
        let sum = corners
            .iter()
            .map(|vertex| u32::from(vertex.color[channel]));
        (sum.sum::<u32>() / corners.len().max(1) as u32) as u8
    };
    Color32::from_rgba_premultiplied(channel(0), channel(1), channel(2), channel(3))
}

fn of_path(stroke: &PathStroke) -> Stroke {
    let color = match &stroke.color {
        ColorMode::Solid(color) => *color,
        ColorMode::UV(color) => color(Rect::ZERO, Pos2::ZERO),
    };
    Stroke::new(stroke.width, color)
}

fn colour(color: Color32) -> (String, f32) {
    let [r, g, b, a] = color.to_srgba_unmultiplied();
    (format!("#{r:02x}{g:02x}{b:02x}"), f32::from(a) / 255.0)
}

/// Fill and outline as attributes.
fn paint(fill: Color32, stroke: Stroke) -> String {
    let mut paint = String::new();
    if fill.a() > 0 {
        let (fill, seen) = colour(fill);
        let _written = write!(paint, " fill=\"{fill}\" fill-opacity=\"{seen:.3}\"");
    } else {
        paint.push_str(" fill=\"none\"");
    }
    if stroke.width > 0.0 && stroke.color.a() > 0 {
        let (color, seen) = colour(stroke.color);
        let width = stroke.width;
        let _written = write!(
            paint,
            " stroke=\"{color}\" stroke-opacity=\"{seen:.3}\" stroke-width=\"{width:.2}\""
        );
    }
    paint
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::{self, vec2};

    /// What is drawn in a window of 200 by 100 points.
    fn drawn(draw: impl Fn(&egui::Painter)) -> Vec<ClippedShape> {
        let ctx = egui::Context::default();
        let input = egui::RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(200.0, 100.0))),
            ..egui::RawInput::default()
        };
        let output = ctx.run_ui(input, |ui| draw(ui.painter()));
        output.shapes
    }

    #[test]
    fn words_pictures_and_shapes_are_what_they_are() {
        let texture = TextureId::User(7);
        let shapes = drawn(|painter| {
            let font = egui::FontId::proportional(12.0);
            let ink = Color32::from_rgb(10, 20, 30);
            painter.text(pos2(20.0, 20.0), egui::Align2::LEFT_TOP, "a < b", font, ink);
            painter.circle_filled(pos2(50.0, 50.0), 4.0, Color32::RED);
            let place = Rect::from_min_size(pos2(60.0, 10.0), vec2(20.0, 40.0));
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            painter.image(texture, place, whole, Color32::from_white_alpha(51));
            let mut mesh = Mesh::default();
            mesh.add_colored_rect(place, Color32::BLUE);
            painter.add(mesh);
        });
        let pixels = Pixels {
            width: 2,
            height: 1,
            rgb: vec![[1, 2, 3], [4, 5, 6]],
        };
        let textures = HashMap::from([(texture, pixels)]);
        let rect = Rect::from_min_size(Pos2::ZERO, vec2(192.0, 96.0));
        let svg = svg(&shapes, &textures, rect, (Color32::BLACK, "<whose>"));
        for part in [
            "width=\"2.000in\" height=\"1.000in\" viewBox=\"0.0 0.0 192.0 96.0\"",
            "<title>&lt;whose&gt;</title>",
            ">a &lt; b</text>",
            "fill=\"#0a141e\"",
            "<circle cx=\"50.00\" cy=\"50.00\" r=\"4.00\" fill=\"#ff0000\"",
            "scale(10.0000 40.0000)\" opacity=\"0.200\"",
            "<path fill=\"#040506\" d=\"M1 0h1v1h-1z\"/>",
            "<polygon points=\"60.00,10.00 80.00,10.00 80.00,50.00 60.00,50.00\" fill=\"#0000ff\"",
        ] {
            assert!(svg.contains(part), "{part} in {svg}");
        }
        // Well formed: every group is closed.
        assert_eq!(svg.matches("<g").count(), svg.matches("</g>").count());
    }
}
