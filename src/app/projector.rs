//! A second window for the projector: the view, and of an open lesson what the room is to see. The controls, answers and the
//! teacher's notes stay in the first one. Its letters are a share of its height, on any projector.

use crate::app::model::action::Action;
use crate::app::model::state::State;
use crate::app::widgets::keys::{self, Command};
use crate::app::{Content, middle};
use crate::app::{panels, widgets};
use eframe::egui::{self, CentralPanel, Id, ViewportBuilder, ViewportId};
use eframe::egui::{Color32, ColorImage, LayerId, Order, TextureHandle, TextureOptions};
use eframe::{egui_glow, epaint};
use std::cell::RefCell;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError};

/// Draws the second window if it is wanted and the platform has one. None floats in the first: the
/// same maps cannot stand twice in one window.
pub fn show(ctx: &egui::Context, content: &RefCell<Content>, actions: &mut Vec<Action>) {
    let title = {
        let state = &content.borrow().state;
        state.projects.then(|| state.text().display.projector)
    };
    let Some(title) = title.filter(|_| !ctx.embed_viewports()) else {
        return;
    };
    let builder = ViewportBuilder::default()
        .with_title(title)
        .with_app_id("convlens")
        .with_inner_size([1280.0, 720.0]);
    let id = ViewportId::from_hash_of("projector");
    // egui has one zoom for all windows, and takes it when each begins: this one's holds while it is drawn.
    let own = ctx.zoom_factor();
    let measured = Id::unique("projector's height");
    let height = ctx.data(|data| data.get_temp::<f32>(measured));
    let zoom = height.map_or(own, widgets::layout::stage_zoom);
    ctx.options_mut(|options| options.zoom_factor = zoom);
    widgets::stage::mirror::set_scale(ctx, own / zoom);
    let is_closed = ctx.show_viewport_immediate(id, builder, |ui, _| {
        let rect = ui.ctx().content_rect();
        ui.data_mut(|data| data.insert_temp(measured, rect.height() * zoom));
        let Content {
            state,
            middle,
            frozen,
            ..
        } = &mut *content.borrow_mut();
        let state = &*state;
        panels::presenter::shortcuts(ui, state, actions);
        if !frozen.show(ui, state) {
            CentralPanel::default()
                .frame(widgets::theme::center_frame(ui))
                .show(ui, |ui| {
                    let least = middle::least_width(ui, state);
                    panels::stage::show(ui, state, least, |ui| {
                        middle.show_alone(ui, state, actions);
                    });
                });
            if !state.stage.is_black {
                panels::display::pointer::emphasize(ui.ctx());
            }
            frozen.take(ui.ctx(), state);
        }
        if state.stage.is_black {
            panels::presenter::black(ui, state, actions);
        }
        // Whichever window has the keyboard, the keys do the same.
        panels::lesson::answers(ui, state, actions);
        middle::shortcuts(ui, state, actions);
        panels::training_controls::shortcuts(ui, state, actions);
        panels::lesson::shortcuts(ui, state, actions);
        if keys::pressed(ui.ctx(), Command::FullScreen) {
            panels::display::toggle_full_screen(ui.ctx());
        }
        let by_key = keys::pressed(ui.ctx(), Command::Projector);
        by_key || ui.input(|input| input.viewport().close_requested())
    });
    ctx.options_mut(|options| options.zoom_factor = own);
    if is_closed {
        actions.push(Action::SetProjects(false));
    }
}

/// The picture that the window keeps while the teacher goes on.
#[derive(Default)]
pub struct Frozen {
    /// It is read back from the graphics card once a frame is drawn.
    awaited: Option<Receiver<ColorImage>>,
    picture: Option<TextureHandle>,
}

impl Frozen {
    /// Shows it instead of the view, if there is one.
    fn show(&mut self, ui: &mut egui::Ui, state: &State) -> bool {
        if !state.stage.is_frozen {
            *self = Self::default();
            return false;
        }
        let taken = self.awaited.as_ref().and_then(|it| it.try_recv().ok());
        if let Some(picture) = taken {
            self.awaited = None;
            let options = TextureOptions::LINEAR;
            self.picture = Some(ui.ctx().load_texture("frozen", picture, options));
        }
        let Some(picture) = &self.picture else {
            return false;
        };
        let name = state.text().stage.frozen;
        let image = egui::Image::new(picture)
            .alt_text(name)
            .maintain_aspect_ratio(true)
            .fit_to_exact_size(ui.available_size());
        CentralPanel::default()
            .frame(egui::Frame::new().fill(Color32::BLACK))
            .show(ui, |ui| ui.centered_and_justified(|ui| ui.add(image)));
        true
    }

    /// Has this frame read back, above all that is drawn in it: eframe takes no screenshots of such a window.
    fn take(&mut self, ctx: &egui::Context, state: &State) {
        if !state.stage.is_frozen || self.awaited.is_some() {
            return;
        }
        let (sender, awaited) = mpsc::channel();
        self.awaited = Some(awaited);
        let sender = Mutex::new(sender);
        let again = ctx.clone();
        let read = egui_glow::CallbackFn::new(move |info, painter| {
            let picture = painter.read_screen_rgba(info.screen_size_px);
            let sender = sender.lock().unwrap_or_else(PoisonError::into_inner);
            let _no_longer_frozen = sender.send(picture);
            again.request_repaint();
        });
        let callback = epaint::PaintCallback {
            rect: ctx.content_rect(),
            callback: Arc::new(read),
        };
        let top = LayerId::new(Order::Debug, Id::unique("freeze"));
        ctx.layer_painter(top).add(callback);
    }
}
