//! What stands over the view while a class looks on: marks, spotlight and zoom, on the teacher's window and the projector's.

pub mod mirror;
mod paint;
mod parts;

use eframe::egui::emath::TSTransform;
use eframe::egui::{self, Context, Id, LayerId, Rect, Sense, UiBuilder, ViewportId};

use crate::app::model::action::{Action, StageAction};
use crate::app::model::stage::{Share, Spot, Tool, ZOOM};
use crate::app::model::state::State;
use crate::app::widgets;
use parts::Parts;

/// Points that the pen moves before another is kept, as a share of the view.
const STEP: f32 = 0.002;

/// Draws the view, and over it what the class is to see. Actions go to `actions`.
pub fn over(
    ui: &mut egui::Ui,
    state: &State,
    actions: &mut Vec<Action>,
    view: impl FnOnce(&mut egui::Ui, &mut Vec<Action>),
) {
    // What stands above and is too wide for a narrow view widens it, beyond the panel that it is in.
    let rect = ui.available_rect_before_wrap().intersect(ui.clip_rect());
    // A window may be so small that nothing is left.
    if !state.presents() || !rect.is_positive() {
        view(ui, actions);
        return;
    }
    let ctx = ui.ctx().clone();
    let transform = transform(&ctx, state, rect);
    // Outside of the closure, in which the context is locked.
    let key = zoom_key(ctx.viewport_id());
    ctx.data_mut(|data| data.insert_temp(key, transform));
    if transform == TSTransform::IDENTITY {
        content(ui, state, rect, actions, view);
        return;
    }
    // A layer of its own, that is shown larger.
    let layer = LayerId::new(ui.layer_id().order, Id::unique(("zoom", ctx.viewport_id())));
    ctx.set_sublayer(ui.layer_id(), layer);
    let builder = UiBuilder::new().layer_id(layer).max_rect(rect);
    let mut inner = ui.new_child(builder);
    inner.set_clip_rect(transform.inverse() * rect);
    content(&mut inner, state, rect, actions, view);
    ctx.set_transform_layer(layer, transform);
    ui.advance_cursor_after_rect(rect);
}

/// Whether this is the projector's window: made for the room, it has the pictures, and the teacher's window the controls.
pub fn is_for_room(ctx: &Context) -> bool {
    ctx.viewport_id() != ViewportId::ROOT
}

/// Draws something, or has it out of sight and without room: so both windows have the same parts, by which one finds in the other what is
/// pointed at or drawn on.
pub fn visible_if(ui: &mut egui::Ui, is_visible: bool, content: impl FnOnce(&mut egui::Ui)) {
    if is_visible {
        content(ui);
        return;
    }
    let size = ui.max_rect().size();
    let builder = UiBuilder::new().max_rect(Rect::from_min_size(parts::AWAY, size));
    let mut hidden = ui.new_child(builder.id_salt("hidden").invisible());
    parts::leave_out(&hidden);
    content(&mut hidden);
}

/// What stands in the teacher's window alone.
pub fn for_teacher(ui: &mut egui::Ui, content: impl FnOnce(&mut egui::Ui)) {
    let is_visible = !is_for_room(ui.ctx());
    visible_if(ui, is_visible, content);
}

/// What stands in the projector's window alone.
pub fn for_room(ui: &mut egui::Ui, content: impl FnOnce(&mut egui::Ui)) {
    let is_visible = is_for_room(ui.ctx());
    visible_if(ui, is_visible, content);
}

/// Where the teacher's pointer is in the view of the window that has the keys, or else the view's middle.
pub fn pointed_at(ctx: &Context) -> Spot {
    let middle = Spot {
        at: [0.5, 0.5],
        anchor: None,
    };
    own_spot(ctx).or_else(|| mirror::get(ctx)).unwrap_or(middle)
}

fn zoom_key(window: ViewportId) -> Id {
    Id::unique(("zoom of the view", window))
}

/// How the view is shown larger in a window.
fn zoomed(ctx: &Context, window: ViewportId) -> TSTransform {
    ctx.data(|data| data.get_temp(zoom_key(window)).unwrap_or_default())
}

/// The zoom shows the class something: it is in the projector's window, or in the only one.
fn transform(ctx: &Context, state: &State, rect: Rect) -> TSTransform {
    let is_shown = !state.projects || ctx.viewport_id() != ViewportId::ROOT;
    let around = state.stage.zoom.filter(|_| is_shown);
    let Some((spot, parts)) = around.zip(Parts::of(ctx, ctx.viewport_id())) else {
        return TSTransform::IDENTITY;
    };
    let half = rect.size() / (2.0 * ZOOM);
    let center = parts.place(spot.anchor.as_ref(), spot.at);
    let center = center.clamp(rect.min + half, rect.max - half);
    let offset = rect.center() - ZOOM * center;
    TSTransform::new(egui::vec2(offset.x, offset.y), ZOOM)
}

/// Where this window's own pointer is in the view.
fn own_spot(ctx: &Context) -> Option<Spot> {
    let window = ctx.viewport_id();
    let parts = Parts::of(ctx, window)?;
    let at = ctx.pointer_hover_pos()?;
    let is_inside = parts.view.contains(at);
    is_inside.then(|| parts.spot(zoomed(ctx, window).inverse() * at))
}

fn content(
    ui: &mut egui::Ui,
    state: &State,
    rect: Rect,
    actions: &mut Vec<Action>,
    view: impl FnOnce(&mut egui::Ui, &mut Vec<Action>),
) {
    let ctx = ui.ctx().clone();
    let before = parts::count(ui);
    view(ui, actions);
    let parts = parts::since(&ctx, ui.layer_id(), before, rect);
    parts.clone().keep(&ctx);
    if let Some(tool) = state.stage.tool {
        take_input(ui, state, tool, rect, &parts, actions);
    }
    let painter = ui.painter_at(rect);
    paint::marks(&painter, state, &parts);
    if ctx.viewport_id() == ViewportId::ROOT {
        mirror::set(&ctx, own_spot(&ctx).filter(|_| state.projects));
    }
    let spot = pointed_at(&ctx);
    let at = parts.place(spot.anchor.as_ref(), spot.at);
    if state.stage.has_spotlight {
        paint::spotlight(&painter, rect, at);
        ctx.request_repaint_after(std::time::Duration::from_millis(100));
    }
    let is_desk = state.projects && ctx.viewport_id() == ViewportId::ROOT;
    if let Some(spot) = state.stage.zoom.filter(|_| is_desk) {
        let center = parts.place(spot.anchor.as_ref(), spot.at);
        paint::zoomed(&painter, rect, center);
    }
}

/// The mouse draws, and does nothing else in the view meanwhile.
fn take_input(
    ui: &egui::Ui,
    state: &State,
    tool: Tool,
    rect: Rect,
    parts: &Parts,
    actions: &mut Vec<Action>,
) {
    let response = ui.interact(
        rect,
        Id::unique(("marks", ui.ctx().viewport_id())),
        // Both, or words below it would be selected.
        Sense::click_and_drag(),
    );
    widgets::theme::name_as(&response, egui::Role::Canvas, state.text().stage.pad);
    let response = response.on_hover_cursor(egui::CursorIcon::Crosshair);
    let held = response.is_pointer_button_down_on();
    let Some(at) = response.interact_pointer_pos().filter(|_| held) else {
        return;
    };
    let spot = parts.spot(at);
    if ui.input(|input| input.pointer.any_pressed()) {
        actions.push(Action::Stage(match tool {
            Tool::Pen | Tool::Highlighter => StageAction::Begin(spot),
            Tool::Zoom => StageAction::Zoom(Some(spot)),
        }));
    } else if tool != Tool::Zoom {
        let last = state.stage.marks.last().and_then(|mark| mark.points.last());
        let far = |last: &Share| {
            let [x, y] = [spot.at[0] - last[0], spot.at[1] - last[1]];
            x.hypot(y) >= STEP
        };
        if last.is_some_and(far) {
            actions.push(Action::Stage(StageAction::GoOn(spot.at)));
        }
    }
}
