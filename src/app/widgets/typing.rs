//! Whether keys are being typed into a text field, and so are no shortcuts.
//!
//! [`Context::text_edit_focused`] tells it of the present moment only. Enter and Escape take the keyboard away
//! from a field, and whatever was typed in the same frame would then also be a shortcut: a path that a program or a
//! quick hand types ends in Enter, and its letters would train, stop and change the view.

use eframe::egui::{Context, Id, Plugin, Popup, Ui};

/// Has keys belong to the field that had the keyboard when they were pressed, from now on.
pub fn install(ctx: &Context) {
    ctx.add_plugin(Typing);
}

/// Whether a text field has the keyboard, or had it when this frame's keys were pressed.
pub fn is_under_way(ctx: &Context) -> bool {
    // Outside of the closure, in which the context is locked.
    let key = key(ctx);
    let had = ctx.data(|data| data.get_temp(key).unwrap_or(false));
    had || ctx.text_edit_focused()
}

/// Whether a menu is open: letters are meant for what is in it, such as a field that has not the keyboard yet.
pub fn is_meant(ctx: &Context) -> bool {
    Popup::is_any_open(ctx)
}

/// By which egui knows the canvas of the Draw view.
pub fn canvas_id() -> Id {
    Id::unique("drawing pad")
}

/// Whether that canvas has the keyboard. Letters that do something elsewhere wait meanwhile, as in a text
/// field.
pub fn is_drawing(ctx: &Context) -> bool {
    ctx.memory(|memory| memory.has_focus(canvas_id()))
}

/// Each window of the system has a keyboard focus of its own.
fn key(ctx: &Context) -> Id {
    Id::unique(("typing", ctx.viewport_id()))
}

struct Typing;

impl Plugin for Typing {
    fn debug_name(&self) -> &'static str {
        "typing"
    }

    /// At the end: before the next frame begins, egui has already let Escape take the focus away.
    fn on_end_pass(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx();
        let (key, has) = (key(ctx), ctx.text_edit_focused());
        ctx.data_mut(|data| data.insert_temp(key, has));
    }
}
