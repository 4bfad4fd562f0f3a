//! Pictures on the graphics card, uploaded only when their content has changed.

use convlens_core::render::Pixels;
use eframe::egui::{
    self, Color32, ColorImage, Id, Painter, Rect, TextureHandle, TextureId, TextureOptions, pos2,
};
use std::collections::HashMap;
use std::hash::DefaultHasher;
use std::hash::Hasher as _;
use std::sync::{Arc, Mutex, PoisonError};

/// What the textures of a frame show, for whoever writes the frame as a file; egui keeps no copy.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<HashMap<TextureId, Pixels>>>);

fn kept() -> Id {
    Id::unique("what textures show")
}

/// From here on what textures show is kept, until it is [taken](take_kept).
pub fn keep(ctx: &egui::Context) {
    ctx.data_mut(|data| data.insert_temp(kept(), Kept::default()));
}

/// What the textures show that were drawn since [`keep`].
pub fn take_kept(ctx: &egui::Context) -> HashMap<TextureId, Pixels> {
    let all = ctx.data_mut(|data| data.remove_temp::<Kept>(kept()));
    let all = all.unwrap_or_default();
    let mut all = all.0.lock().unwrap_or_else(PoisonError::into_inner);
    std::mem::take(&mut *all)
}

/// Textures by place on screen.
#[derive(Default)]
pub struct Textures {
    by_place: HashMap<egui::Id, (u64, TextureHandle)>,
}

impl Textures {
    /// The texture at a place. `version` tells contents apart; `paint` is called only for a new
    /// one. Drawn with nearest-neighbour sampling: nothing is invented between two values.
    pub fn get(
        &mut self,
        ctx: &egui::Context,
        place: egui::Id,
        version: impl std::hash::Hash,
        paint: impl FnOnce() -> Pixels,
    ) -> TextureHandle {
        let mut hasher = DefaultHasher::new();
        version.hash(&mut hasher);
        let version = hasher.finish();
        let entry = self.by_place.entry(place);
        let entry = entry.or_insert_with(|| {
            let blank = ColorImage::filled([1, 1], Color32::TRANSPARENT);
            let texture = ctx.load_texture("map", blank, TextureOptions::NEAREST);
            (!version, texture)
        });
        let keeps = ctx.data(|data| data.get_temp::<Kept>(kept()));
        if entry.0 != version || keeps.is_some() {
            let pixels = paint();
            if entry.0 != version {
                entry.0 = version;
                entry.1.set(to_image(&pixels), TextureOptions::NEAREST);
            }
            if let Some(Kept(all)) = keeps {
                let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
                all.insert(entry.1.id(), pixels);
            }
        }
        entry.1.clone()
    }

    /// Frees every texture once there are more than `most`: for places that come and go.
    pub fn bound(&mut self, most: usize) {
        if self.by_place.len() > most {
            self.by_place.clear();
        }
    }
}

/// A place filled with a texture.
pub fn fill(painter: &Painter, texture: &TextureHandle, place: Rect) {
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    painter.image(texture.id(), place, whole, Color32::WHITE);
}

fn to_image(pixels: &Pixels) -> ColorImage {
    ColorImage::from_rgb([pixels.width, pixels.height], pixels.as_bytes())
}
