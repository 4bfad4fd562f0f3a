//! A page as SVG: everything is a shape or a text, so that it prints sharp at any size, no program
//! smooths a map's pixels, and words can be searched and edited.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::canvas::Canvas;
use super::pixels::{Area, Pixels};
use super::text::{TextStyle, Weight};

/// Fonts asked for, the first that is there: the program's own, then ones of about its width.
pub const SVG_FONTS: &str = "Inter, Helvetica, Arial, sans-serif";

/// A page that grows part by part.
pub(super) struct Svg {
    width: usize,
    height: usize,
    body: String,
}

impl Svg {
    /// A page of one colour, with lengths in pixels.
    pub fn new(width: usize, height: usize, paper: [u8; 3]) -> Self {
        let mut page = Self {
            width,
            height,
            body: String::new(),
        };
        let all = Area {
            x: 0,
            y: 0,
            width,
            height,
        };
        page.fill(all, paper);
        page
    }

    /// The file's content, of the size that the page's pixels have at `dpi` pixels an inch.
    pub fn finish(self, dpi: u32, title: &str) -> String {
        let millimetres = |pixels: usize| pixels as f64 * 25.4 / f64::from(dpi.max(1));
        let Self {
            width,
            height,
            body,
        } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{:.2}mm\" height=\"{:.2}mm\" \
             viewBox=\"0 0 {width} {height}\">\n<title>{}</title>\n<desc>convlens {}</desc>\n{body}</svg>\n",
            millimetres(width),
            millimetres(height),
            escaped(title),
            env!("CARGO_PKG_VERSION"),
        )
    }

    fn push(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _written = self.body.write_fmt(element);
    }
}

impl Canvas for Svg {
    fn fill(&mut self, area: Area, color: [u8; 3]) {
        let Area {
            x,
            y,
            width,
            height,
        } = area;
        let fill = hex(color);
        // Without it the rows of a colour bar would be parted by hairs.
        self.push(format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\" \
             shape-rendering=\"crispEdges\"/>\n"
        ));
    }

    fn polygon(&mut self, corners: &[[f32; 2]], color: [u8; 3]) {
        let places = corners.iter().map(|[x, y]| format!("{x:.1},{y:.1}"));
        let places = places.collect::<Vec<_>>().join(" ");
        self.push(format_args!(
            "<polygon points=\"{places}\" fill=\"{}\"/>\n",
            hex(color)
        ));
    }

    fn picture(&mut self, picture: &Pixels, x: usize, y: usize, factor: usize) {
        self.push(format_args!(
            "<g transform=\"translate({x} {y}) scale({factor})\" shape-rendering=\"crispEdges\">\n{}</g>\n",
            svg_paths(picture)
        ));
    }

    /// The width that the program's own font has is asked for, so that another does not run into
    /// what stands beside it.
    fn text(&mut self, style: TextStyle, text: &str, x: f32, y: f32) {
        let width = style.width(text);
        if width <= 0.0 {
            return;
        }
        let weight = match style.weight {
            Weight::Regular => 400,
            Weight::SemiBold => 600,
        };
        let (baseline, size, fill) = (style.baseline(y), style.size, hex(style.color));
        let text = escaped(text);
        self.push(format_args!(
            "<text x=\"{x:.1}\" y=\"{baseline:.1}\" font-family=\"{SVG_FONTS}\" font-size=\"{size:.1}\" \
             font-weight=\"{weight}\" fill=\"{fill}\" textLength=\"{width:.1}\" \
             lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\">{text}</text>\n"
        ));
    }
}

/// A picture as elements of an SVG file, each pixel a square of one unit that no program smooths: one path for each colour, of runs of pixels
/// in a row.
#[must_use]
pub fn svg_paths(picture: &Pixels) -> String {
    let mut paths: BTreeMap<[u8; 3], String> = BTreeMap::new();
    for (row, colors) in picture.rgb.chunks_exact(picture.width.max(1)).enumerate() {
        let mut column = 0;
        for run in colors.chunk_by(|a, b| a == b) {
            let path = paths.entry(run[0]).or_default();
            let length = run.len();
            let _written = write!(path, "M{column} {row}h{length}v1h-{length}z");
            column += length;
        }
    }
    let paths = paths.into_iter();
    let paths = paths.map(|(color, path)| {
        let fill = hex(color);
        format!("<path fill=\"{fill}\" d=\"{path}\"/>\n")
    });
    let paths: String = paths.collect();
    // Programs that show what is printed let hairs of what is below through between two pixels: of white paper they would be a grid.
    let (width, height) = (picture.width, picture.height);
    let below = hex(mean(&picture.rgb));
    format!("<path fill=\"{below}\" d=\"M0 0h{width}v{height}h-{width}z\"/>\n{paths}")
}

fn mean(colors: &[[u8; 3]]) -> [u8; 3] {
    let count = colors.len().max(1);
    [0, 1, 2].map(|part| {
        let sum: usize = colors.iter().map(|color| usize::from(color[part])).sum();
        (sum / count) as u8
    })
}

fn hex([r, g, b]: [u8; 3]) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// A text as XML holds it: without markup and without control characters, which it has none of.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => {}
            character if character.is_control() => escaped.push(' '),
            character => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_one_colour_are_one_rectangle_each() {
        let mut page = Svg::new(10, 10, [255; 3]);
        let picture = Pixels {
            width: 3,
            height: 2,
            rgb: vec![[0; 3], [0; 3], [9; 3], [9; 3], [0; 3], [0; 3]],
        };
        page.picture(&picture, 1, 2, 4);
        let svg = page.finish(300, "");
        assert!(svg.contains("translate(1 2) scale(4)"), "{svg}");
        assert!(svg.contains("fill=\"#030303\" d=\"M0 0h3v2h-3z\""), "{svg}");
        assert!(
            svg.contains("fill=\"#000000\" d=\"M0 0h2v1h-2zM1 1h2v1h-2z\""),
            "{svg}"
        );
        assert!(
            svg.contains("fill=\"#090909\" d=\"M2 0h1v1h-1zM0 1h1v1h-1z\""),
            "{svg}"
        );
    }

    #[test]
    fn the_page_has_its_size_on_paper_and_no_text_breaks_the_file() {
        let mut page = Svg::new(3000, 1500, [255; 3]);
        let style = TextStyle {
            weight: Weight::Regular,
            size: 20.0,
            color: [0; 3],
        };
        page.text(style, "a < b & \"c\"\u{1}\u{ffff}", 0.0, 0.0);
        let svg = page.finish(300, "<title>");
        assert!(
            svg.contains("width=\"254.00mm\" height=\"127.00mm\""),
            "{svg}"
        );
        assert!(
            svg.contains("a &lt; b &amp; &quot;c&quot; </text>"),
            "{svg}"
        );
        assert!(svg.contains("<title>&lt;title&gt;</title>"), "{svg}");
    }
}
