//! The middle of the window as a picture: the window is drawn once more, without the menu it was
//! asked from, and its pixels are read back, or its shapes kept.

use crate::app::model::save::{Screenshot, Stage};
use crate::app::model::state::State;
use crate::app::model::whose::Shown;
use crate::app::threads::Threads;
use crate::app::update::save::content::Content;
use crate::app::update::save::run;
use crate::app::vector;
use crate::app::widgets::textures;
use convlens_core::render::Pixels;
use eframe::egui::epaint::ClippedShape;
use eframe::egui::{self, ColorImage, LayerId, Order, Rect};
use std::sync::mpsc::{self};

/// Pixels an inch of a screenshot: what a screen is taken to have.
const DPI: f32 = 96.0;

/// Once a frame: has the screenshot taken when the menu is gone, and saves the part of it in `rect`
/// once it is there.
pub fn taken(state: &mut State, threads: &mut Threads, ctx: &egui::Context, rect: Rect) {
    let Some(wanted) = &mut state.screenshot else {
        return;
    };
    match &mut wanted.stage {
        Stage::Waiting(0) if wanted.as_shapes => {
            if let Some(Screenshot { target, .. }) = state.screenshot.take() {
                let shapes = shapes(ctx);
                let textures = textures::take_kept(ctx);
                let ground = ctx.global_style().visuals.panel_fill;
                let title = state.status_of(&Shown {
                    whose: state.whose.clone(),
                    is_old: false,
                });
                let make = move || {
                    let page = vector::svg(&shapes, &textures, rect, (ground, &title));
                    Ok(Content::Text(page))
                };
                run(state, threads, make, target);
            }
            return;
        }
        Stage::Waiting(0) => {
            let (sender, pictures) = mpsc::channel();
            let again = ctx.clone();
            ctx.request_screenshot(move |picture| {
                let _window_closed = sender.send(picture);
                again.request_repaint();
            });
            wanted.stage = Stage::Taken(pictures, rect);
        }
        Stage::Waiting(frames) => {
            *frames -= 1;
            if *frames == 0 && wanted.as_shapes {
                // The next frame tells what its textures show.
                textures::keep(ctx);
            }
        }
        Stage::Taken(pictures, rect) => {
            if let Ok(picture) = pictures.try_recv() {
                let (rect, scale) = (*rect, ctx.pixels_per_point());
                if let Some(Screenshot { target, .. }) = state.screenshot.take() {
                    run(
                        state,
                        threads,
                        move || Ok(part(&picture, rect, scale)),
                        target,
                    );
                }
                return;
            }
        }
    }
    ctx.request_repaint();
}

/// What was drawn in this frame, without menus and what is said under the pointer.
fn shapes(ctx: &egui::Context) -> Vec<ClippedShape> {
    let areas = ctx.memory(|memory| memory.layer_ids().collect::<Vec<_>>());
    let is_of_window = |layer: &LayerId| matches!(layer.order, Order::Background | Order::Middle);
    let background = [LayerId::background()].into_iter();
    let middle = areas.into_iter().filter(is_of_window);
    let mut layers: Vec<LayerId> = background.chain(middle).collect();
    layers.dedup();
    ctx.graphics(|graphics| {
        let painted = layers.iter().filter_map(|layer| graphics.get(*layer));
        painted
            .flat_map(|painted| painted.all_entries().cloned())
            .collect()
    })
}

/// The part of a picture in a rectangle of points.
fn part(picture: &ColorImage, rect: Rect, pixels_per_point: f32) -> Content {
    let [width, height] = picture.size;
    let window = egui::vec2(width as f32, height as f32) / pixels_per_point;
    let rect = rect.intersect(Rect::from_min_size(egui::Pos2::ZERO, window));
    let part = picture.region(&rect, Some(pixels_per_point));
    let rgb = part.pixels.iter().map(|color| {
        let [r, g, b, _] = color.to_array();
        [r, g, b]
    });
    let [width, height] = part.size;
    let pixels = Pixels {
        width,
        height,
        rgb: rgb.collect(),
    };
    Content::Picture(pixels, (DPI * pixels_per_point) as u32)
}
