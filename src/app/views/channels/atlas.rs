//! All maps of a layer for one picture as a single texture: 256 maps are one upload and one mesh.

use crate::app::widgets::textures::Textures;
use convlens_core::explore::LayerMaps;
use convlens_core::render::{Colormap, Pixels, ValueRange, heatmap};
use eframe::egui::{self, Color32, Mesh, Rect, TextureHandle, pos2, vec2};

/// Where each map is in the texture.
pub struct Atlas {
    texture: TextureHandle,
    columns: usize,
    rows: usize,
}

/// What is painted.
#[derive(Clone, Copy)]
pub struct Content<'a> {
    pub layer: &'a LayerMaps,
    pub image: usize,
    pub before_relu: bool,
    /// One range for all; without one each map has its own.
    pub range: Option<ValueRange>,
    /// How values before `ReLU` are coloured.
    pub diverging: Colormap,
}

impl<'a> Content<'a> {
    /// The values of a channel; before ReLU where that is asked for and there is one.
    pub fn map(&self, channel: usize) -> &'a [f32] {
        let before = self.layer.map_before_relu(self.image, channel);
        before
            .filter(|_| self.before_relu)
            .or_else(|| self.layer.map(self.image, channel))
            .unwrap_or_default()
    }

    fn colormap(&self) -> Colormap {
        if self.before_relu && self.layer.before_relu.is_some() {
            self.diverging
        } else {
            Colormap::Inferno
        }
    }
}

impl Atlas {
    /// The texture, painted anew only for another `version`.
    pub fn get(
        textures: &mut Textures,
        ctx: &egui::Context,
        version: impl std::hash::Hash,
        content: Content<'_>,
    ) -> Self {
        let count = content.layer.channels.max(1);
        let columns = count.isqrt() + usize::from(count.isqrt().pow(2) < count);
        let rows = count.div_ceil(columns);
        let texture = textures.get(ctx, egui::Id::unique("channels"), version, || {
            paint(content, columns, rows)
        });
        Self {
            texture,
            columns,
            rows,
        }
    }

    /// A mesh that draws channels of the atlas.
    pub fn mesh(&self, tiles: impl Iterator<Item = (usize, Rect)>) -> Mesh {
        let mut mesh = Mesh::with_texture(self.texture.id());
        let size = vec2(1.0 / self.columns as f32, 1.0 / self.rows as f32);
        for (channel, rect) in tiles {
            let (row, column) = (channel / self.columns, channel % self.columns);
            let corner = pos2(column as f32 * size.x, row as f32 * size.y);
            mesh.add_rect_with_uv(rect, Rect::from_min_size(corner, size), Color32::WHITE);
        }
        mesh
    }
}

fn paint(content: Content<'_>, columns: usize, rows: usize) -> Pixels {
    let (width, height) = (content.layer.width, content.layer.height);
    let mut pixels = Pixels::new(columns * width, rows * height, [0; 3]);
    for channel in 0..content.layer.channels {
        let values = content.map(channel);
        let range = content.range.unwrap_or_else(|| ValueRange::of(values));
        let map = heatmap(width, height, values, range, content.colormap());
        let (x, y) = (channel % columns * width, channel / columns * height);
        pixels.draw_enlarged(&map, x, y, 1);
    }
    pixels
}
