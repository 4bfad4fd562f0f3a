//! What the class answers on the only screen is in sight before a key answers it.

use eframe::egui::style::ScrollAnimation;
use eframe::egui::{self, Align, Context, Id, Rect};

use crate::app::model::state::State;

/// What a question may be out of sight, in points: less than its margins.
const MARGIN: f32 = 8.0;

/// Has the question that is next brought into sight in the next frame.
pub fn bring(ctx: &Context) {
    ctx.data_mut(|data| data.insert_temp(wanted(), ()));
}

/// Forgets that, where nothing is left to be answered.
pub fn settle(ctx: &Context) {
    ctx.data_mut(|data| data.remove_temp::<()>(wanted()));
}

/// Whether a question has been in sight as a whole. Where the projector has it, it need not be.
pub fn is_seen(ctx: &Context, state: &State, question: &str) -> bool {
    let is_on_stage = state.preferences.display.presenter && !state.projects;
    !is_on_stage || ctx.data(|data| data.get_temp::<()>(seen(question)).is_some())
}

/// What is drawn from `top` to the cursor is the question with its choices.
pub fn keep(ui: &egui::Ui, state: &State, question: &str, top: f32) {
    let view = ui.clip_rect();
    let place = Rect::from_x_y_ranges(ui.max_rect().x_range(), top..=ui.cursor().min.y);
    let is_higher = place.height() > view.height();
    let is_wanted = ui.data_mut(|data| data.remove_temp::<()>(wanted()));
    if is_wanted.is_some() && state.preferences.display.presenter && !state.projects {
        // By no more than it takes, or to its beginning.
        let align = is_higher.then_some(Align::Min);
        ui.scroll_to_rect_animation(place, align, ScrollAnimation::none());
        ui.ctx().request_repaint();
    }
    let sight = view.y_range().expand(MARGIN);
    if sight.contains(place.min.y) && (is_higher || sight.contains(place.max.y)) {
        ui.data_mut(|data| data.insert_temp(seen(question), ()));
    }
}

fn wanted() -> Id {
    Id::unique("question wanted in sight")
}

fn seen(question: &str) -> Id {
    Id::unique(("question in sight", question))
}
