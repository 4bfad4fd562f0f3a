//! The teacher's pointer on the projector's window: that takes it for its own, so that whatever answers to it is marked, outlined and
//! explained there too.

use eframe::egui::{
    Context, Event, Id, Modifiers, MouseWheelSource, MouseWheelUnit, Plugin, Pos2, RawInput, Rect,
    TouchPhase, ViewportId,
};

use super::parts::Parts;
use super::zoomed;
use crate::app::model::stage::Spot;

/// What is nearer to the view's edge, in points, is scrolled to.
const EDGE: f32 = 4.0;

/// How far into the view it is brought then.
const ROOM: f32 = 60.0;

/// Seconds for which what was scrolled to may move into sight.
const PATIENCE: f64 = 0.5;

/// From now on.
pub fn install(ctx: &Context) {
    ctx.add_plugin(Mirror::default());
}

fn key() -> Id {
    Id::unique("the teacher's pointer")
}

/// Where the pointer is in the view of the teacher's window, if it is.
pub fn set(ctx: &Context, spot: Option<Spot>) {
    ctx.data_mut(|data| data.insert_temp(key(), spot));
}

pub fn get(ctx: &Context) -> Option<Spot> {
    ctx.data(|data| data.get_temp::<Option<Spot>>(key()))
        .flatten()
}

/// The nearest place that is so far from the view's edge, or in a small view as far as there is room.
fn within(view: Rect, far: f32, at: Pos2) -> Pos2 {
    let far = far.min(view.size().min_elem() / 4.0);
    view.shrink(far).clamp(at)
}

#[derive(Default)]
struct Mirror {
    /// What the other window was last told.
    last: Option<Pos2>,
    /// When it last had to scroll.
    scrolled: f64,
}

impl Mirror {
    /// Has the other window scroll to what is pointed at, if that is out of its sight.
    fn scroll_to(&mut self, at: Pos2, view: Rect, input: &mut RawInput) {
        let inside = within(view, EDGE, at);
        let now = input.time.unwrap_or_default();
        if at.distance(inside) < 2.0 * EDGE || now < self.scrolled + PATIENCE {
            return;
        }
        self.scrolled = now;
        input.events.push(Event::PointerMoved(inside));
        input.events.push(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: within(view, ROOM, at) - at,
            phase: TouchPhase::Move,
            source: MouseWheelSource::Unknown,
            modifiers: Modifiers::NONE,
        });
    }
}

/// By what places in the projector's window are multiplied: its events came in with the zoom of the teacher's, the only one that egui knows
/// between frames.
pub fn set_scale(ctx: &Context, factor: f32) {
    ctx.data_mut(|data| data.insert_temp(scale(), factor));
}

fn scale() -> Id {
    Id::unique("scale of the projector's pointer")
}

fn rescale(events: &mut [Event], factor: f32) {
    for event in events {
        if let Event::PointerMoved(at)
        | Event::PointerButton { pos: at, .. }
        | Event::Touch { pos: at, .. } = event
        {
            *at = (at.to_vec2() * factor).to_pos2();
        }
    }
}

impl Plugin for Mirror {
    fn debug_name(&self) -> &'static str {
        "mirror"
    }

    fn input_hook(&mut self, ctx: &Context, input: &mut RawInput) {
        let window = input.viewport_id;
        if window == ViewportId::ROOT {
            return;
        }
        rescale(
            &mut input.events,
            ctx.data(|data| data.get_temp(scale())).unwrap_or(1.0),
        );
        let is_own = |event: &Event| {
            matches!(
                event,
                Event::PointerMoved(_) | Event::PointerButton { .. } | Event::Touch { .. }
            )
        };
        // Somebody uses the mouse there.
        if input.events.iter().any(is_own) {
            self.last = None;
            return;
        }
        let place = get(ctx).and_then(|spot| {
            let parts = Parts::of(ctx, window)?;
            // Rather nowhere than on something else.
            let here = parts.find(spot.anchor.as_ref(), spot.at)?;
            Some((zoomed(ctx, window) * here, parts.view))
        });
        let wanted = place.map(|(at, view)| {
            self.scroll_to(at, view, input);
            within(view, EDGE, at)
        });
        // Only what is new: an event has the window drawn again.
        let is_near = |last: Pos2| wanted.is_some_and(|at| last.distance(at) < 0.5);
        match (self.last, wanted) {
            (Some(last), _) if is_near(last) => {}
            (_, Some(at)) => {
                self.last = Some(at);
                input.events.push(Event::PointerMoved(at));
            }
            (Some(_), None) => {
                self.last = None;
                input.events.push(Event::PointerGone);
            }
            (None, None) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::{Modifiers, PointerButton, pos2};

    /// At the teacher's zoom a place is twice as far from the corner as at that of a projector of 1080 lines.
    #[test]
    fn places_in_the_projectors_window_are_of_its_own_zoom() {
        let button = |pos| Event::PointerButton {
            pos,
            button: PointerButton::Primary,
            pressed: true,
            modifiers: Modifiers::NONE,
        };
        let mut events = [
            Event::PointerMoved(pos2(600.0, 400.0)),
            button(pos2(20.0, 8.0)),
        ];
        rescale(&mut events, 0.5);
        let meant = [
            Event::PointerMoved(pos2(300.0, 200.0)),
            button(pos2(10.0, 4.0)),
        ];
        assert_eq!(events, meant);
    }
}
