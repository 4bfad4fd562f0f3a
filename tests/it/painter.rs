//! Draws egui's triangles on the processor, for pictures that are the same on every machine: no graphics card, no
//! driver, and forty crates less to build than with one.

#![expect(
    clippy::float_cmp,
    reason = "an edge is level, and a pixel on it, or not"
)]

use std::collections::HashMap;

use eframe::egui::epaint::{Primitive, Vertex};
use eframe::egui::{
    ColorImage, Context, FullOutput, ImageData, Pos2, Rect, TextureFilter, TextureId,
    TexturesDelta, pos2, vec2,
};
use egui_kittest::TestRenderer;
use image::RgbaImage;

/// A texture, and whether its pixels stay squares where it is enlarged.
struct Texture {
    image: ColorImage,
    is_smooth: bool,
}

/// The textures that egui has handed over.
#[derive(Default)]
pub struct Painter {
    textures: HashMap<TextureId, Texture>,
}

impl TestRenderer for Painter {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        let changes = delta.set.drain();
        for (id, change) in changes.flat_map(|(id, all)| all.into_iter().map(move |one| (id, one)))
        {
            let ImageData::Color(image) = change.image;
            if let Some([left, top]) = change.pos {
                let whole = &mut self.textures.get_mut(&id).expect("made before").image;
                for row in 0..image.size[1] {
                    let from = row * image.size[0];
                    let to = (top + row) * whole.size[0] + left;
                    whole.pixels[to..to + image.size[0]]
                        .copy_from_slice(&image.pixels[from..from + image.size[0]]);
                }
            } else {
                let texture = Texture {
                    image: (*image).clone(),
                    is_smooth: change.options.magnification == TextureFilter::Linear,
                };
                self.textures.insert(id, texture);
            }
        }
        for id in delta.free.drain() {
            self.textures.remove(&id);
        }
    }

    fn render(&mut self, ctx: &Context, output: &FullOutput) -> Result<RgbaImage, String> {
        let scale = output.pixels_per_point;
        let size = ctx.content_rect().size() * scale;
        let mut page = Page::new(size.x.round() as usize, size.y.round() as usize);
        for shape in ctx.tessellate(output.shapes.clone(), scale) {
            let Primitive::Mesh(mesh) = shape.primitive else {
                return Err("a callback that only a graphics card could draw".into());
            };
            let texture = self.textures.get(&mesh.texture_id);
            let texture = texture.ok_or("a texture that was never made")?;
            let clip = shape.clip_rect * scale;
            for corners in mesh.indices.chunks_exact(3) {
                let corners = [0, 1, 2].map(|corner| {
                    let vertex = mesh.vertices[corners[corner] as usize];
                    Vertex {
                        pos: pos2(vertex.pos.x * scale, vertex.pos.y * scale),
                        ..vertex
                    }
                });
                page.triangle(corners, texture, clip);
            }
        }
        Ok(page.image())
    }
}

/// Premultiplied colours in gamma space, as egui blends them.
type Colour = [f32; 4];

struct Page {
    width: usize,
    height: usize,
    pixels: Vec<Colour>,
}

impl Page {
    fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            pixels: vec![[0.0; 4]; width * height],
        }
    }

    /// Blends a triangle in. A pixel belongs to it if its centre does; of two triangles with an edge in common, one has it.
    fn triangle(&mut self, mut corners: [Vertex; 3], texture: &Texture, clip: Rect) {
        let area =
            |a: Pos2, b: Pos2, c: Pos2| (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
        let mut whole = area(corners[0].pos, corners[1].pos, corners[2].pos);
        if whole == 0.0 {
            return;
        }
        if whole < 0.0 {
            corners.swap(1, 2);
            whole = -whole;
        }
        let positions = corners.map(|corner| corner.pos);
        let bounds = Rect::from_points(&positions).intersect(clip);
        let first = |from: f32| (from - 0.5).ceil().max(0.0) as usize;
        let end = |to: f32, most: usize| ((to - 0.5).ceil().max(0.0) as usize).min(most);
        let (top, bottom) = (first(bounds.min.y), end(bounds.max.y, self.height));
        let (left, right) = (first(bounds.min.x), end(bounds.max.x, self.width));
        // An edge takes the pixels on it if it is a left or an upper one.
        let takes_edge = [1, 2, 0].map(|from| {
            let (from, to) = (positions[from], positions[(from + 1) % 3]);
            to.y < from.y || (to.y == from.y && to.x > from.x)
        });
        for y in top..bottom {
            for x in left..right {
                let centre = pos2(x as f32 + 0.5, y as f32 + 0.5);
                let shares =
                    [1, 2, 0].map(|from| area(positions[from], positions[(from + 1) % 3], centre));
                let is_inside = shares
                    .iter()
                    .zip(takes_edge)
                    .all(|(&share, takes)| share > 0.0 || (share == 0.0 && takes));
                if !is_inside {
                    continue;
                }
                let shares = shares.map(|share| share / whole);
                let mut colour = [0.0; 4];
                let mut at = vec2(0.0, 0.0);
                for (corner, share) in corners.iter().zip(shares) {
                    at += corner.uv.to_vec2() * share;
                    for (sum, part) in colour.iter_mut().zip(corner.color.to_array()) {
                        *sum += f32::from(part) * share / 255.0;
                    }
                }
                let texel = texture.at(at.x, at.y);
                let source = [0, 1, 2, 3].map(|channel| colour[channel] * texel[channel]);
                let below = &mut self.pixels[y * self.width + x];
                for channel in 0..4 {
                    below[channel] = source[channel] + below[channel] * (1.0 - source[3]);
                }
            }
        }
    }

    fn image(&self) -> RgbaImage {
        let byte = |value: f32| (value * 255.0).round().clamp(0.0, 255.0) as u8;
        RgbaImage::from_fn(self.width as u32, self.height as u32, |x, y| {
            image::Rgba(self.pixels[y as usize * self.width + x as usize].map(byte))
        })
    }
}

impl Texture {
    /// The colour at a place from (0, 0) to (1, 1).
    fn at(&self, u: f32, v: f32) -> Colour {
        let [width, height] = self.image.size;
        let texel = |x: f32, y: f32| -> Colour {
            let x = (x.max(0.0) as usize).min(width - 1);
            let y = (y.max(0.0) as usize).min(height - 1);
            let colour = self.image.pixels[y * width + x].to_array();
            colour.map(|part| f32::from(part) / 255.0)
        };
        let (x, y) = (u * width as f32, v * height as f32);
        if !self.is_smooth {
            return texel(x, y);
        }
        let (left, top) = ((x - 0.5).floor(), (y - 0.5).floor());
        let (right_share, lower_share) = (x - 0.5 - left, y - 0.5 - top);
        let mut mixed = [0.0; 4];
        for (x, y, share) in [
            (left, top, (1.0 - right_share) * (1.0 - lower_share)),
            (left + 1.0, top, right_share * (1.0 - lower_share)),
            (left, top + 1.0, (1.0 - right_share) * lower_share),
            (left + 1.0, top + 1.0, right_share * lower_share),
        ] {
            for (sum, part) in mixed.iter_mut().zip(texel(x, y)) {
                *sum += part * share;
            }
        }
        mixed
    }
}

/// The painter itself, against what can be said of it without it.
#[test]
fn triangles_are_filled_once_and_blended() {
    let white = Texture {
        image: ColorImage::filled([1, 1], eframe::egui::Color32::WHITE),
        is_smooth: true,
    };
    let colour = eframe::egui::Color32::from_rgba_premultiplied(128, 0, 0, 128);
    let vertex = |x: f32, y: f32| Vertex {
        pos: pos2(x, y),
        uv: pos2(0.0, 0.0),
        color: colour,
    };
    let mut page = Page::new(4, 4);
    let all = Rect::from_min_size(Pos2::ZERO, vec2(3.0, 4.0));
    // Two triangles make a square; what lies right of the clip stays empty, and the diagonal is drawn once.
    let [a, b, c, d] = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)].map(|(x, y)| vertex(x, y));
    page.triangle([a, b, c], &white, all);
    page.triangle([a, c, d], &white, all);
    let image = page.image();
    for (x, _, pixel) in image.enumerate_pixels() {
        let expected = if x < 3 { [128, 0, 0, 128] } else { [0; 4] };
        assert_eq!(pixel.0, expected);
    }
}
