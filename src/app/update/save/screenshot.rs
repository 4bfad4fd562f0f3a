//! The middle of the window as a picture: the window is drawn once more, without the menu it was
//! asked from, and read back.

use crate::app::model::save::{Screenshot, Stage};
use crate::app::model::state::State;
use crate::app::threads::Threads;
use crate::app::update::save::content::Content;
use crate::app::update::save::run;
use convlens_core::render::Pixels;
use eframe::egui::{self, ColorImage, Rect};
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
        Stage::Waiting(0) => {
            let (sender, pictures) = mpsc::channel();
            let again = ctx.clone();
            ctx.request_screenshot(move |picture| {
                let _window_closed = sender.send(picture);
                again.request_repaint();
            });
            wanted.stage = Stage::Taken(pictures, rect);
        }
        Stage::Waiting(frames) => *frames -= 1,
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
