//! What the class answers on the only screen is in sight before a key answers it.

use eframe::egui::style::ScrollAnimation;
use eframe::egui::{self, Align, Context, Id, Rect};

use crate::app::model::state::State;

/// What a question may be out of sight, in points: less than its margins.
const MARGIN: f32 = 8.0;

/// Frames in which what is around the question may still move: the step asks before it ends a training.
const FRAMES: u8 = 4;

/// Has the question that is next brought into sight in the next frames.
pub fn bring(ctx: &Context) {
    ctx.data_mut(|data| data.insert_temp(wanted(), FRAMES));
}

/// A frame in which it is brought there is over, also where nothing is left to be answered.
pub fn end_frame(ctx: &Context) {
    let left = ctx.data(|data| data.get_temp::<u8>(wanted()));
    let Some(left) = left.filter(|left| *left > 0) else {
        return;
    };
    ctx.data_mut(|data| data.insert_temp(wanted(), left - 1));
    ctx.request_repaint();
}

/// Whether a question has been in sight as a whole. Where the projector has it, it need not be.
pub fn is_seen(ctx: &Context, state: &State, question: &str) -> bool {
    !is_on_stage(state) || ctx.data(|data| data.get_temp::<()>(seen(question)).is_some())
}

/// What is drawn from `top` to the cursor is the question with its choices.
pub fn keep(ui: &egui::Ui, state: &State, question: &str, top: f32) {
    let view = ui.clip_rect();
    let place = Rect::from_x_y_ranges(ui.max_rect().x_range(), top..=ui.cursor().min.y);
    let is_higher = place.height() > view.height();
    let left = ui.data(|data| data.get_temp::<u8>(wanted()));
    if left.is_some_and(|left| left > 0) && is_on_stage(state) {
        // By no more than it takes, or to its beginning.
        let align = is_higher.then_some(Align::Min);
        ui.scroll_to_rect_animation(place, align, ScrollAnimation::none());
    }
    let sight = view.y_range().expand(MARGIN);
    if sight.contains(place.min.y) && (is_higher || sight.contains(place.max.y)) {
        ui.data_mut(|data| data.insert_temp(seen(question), ()));
    }
}

/// Whether a class reads this very window.
fn is_on_stage(state: &State) -> bool {
    state.preferences.display.presenter && !state.projects
}

fn wanted() -> Id {
    Id::unique("question wanted in sight")
}

fn seen(question: &str) -> Id {
    Id::unique(("question in sight", question))
}
