//! Where things stand in the view, in each window of the system: what is pointed at or drawn on in one is found in the other by them,
//! though that lays the view out in another way.

use std::sync::Arc;

use eframe::egui::{Context, Id, LayerId, Pos2, Rect, Ui, Vec2, ViewportId, vec2};

use crate::app::model::stage::{Anchor, Share, Spot};

/// Where parts stand that a window does not show.
pub const AWAY: Pos2 = Pos2::new(-1e5, -1e5);

/// So many parts more may one window have: bars, which stand behind what they scroll.
const BARS: usize = 2;

/// The view in one window.
#[derive(Clone)]
pub struct Parts {
    pub view: Rect,
    rects: Arc<[Rect]>,
}

#[derive(Clone, Copy)]
struct LeftOut;

/// Says that this container is in one of the windows only, while what is in it is in both.
pub fn leave_out(ui: &Ui) {
    let id = ui.unique_id();
    ui.ctx().data_mut(|data| data.insert_temp(id, LeftOut));
}

/// How many widgets a layer has so far.
pub fn count(ui: &Ui) -> usize {
    let layer = ui.layer_id();
    let ctx = ui.ctx();
    ctx.viewport(|viewport| viewport.this_pass.widgets.get_layer(layer).count())
}

/// Whatever was drawn in `view` since there were so many, containers too.
pub fn since(ctx: &Context, layer: LayerId, before: usize, view: Rect) -> Parts {
    let all: Vec<(Id, Rect)> = ctx.viewport(|viewport| {
        let all = viewport.this_pass.widgets.get_layer(layer);
        all.skip(before)
            .map(|widget| (widget.id, widget.rect))
            .collect()
    });
    // Not in there: the context is locked.
    let counts = |id: Id| ctx.data(|data| data.get_temp::<LeftOut>(id).is_none());
    let all = all.into_iter().filter(|(id, _)| counts(*id));
    let is_away = |rect: Rect| rect.min.x < AWAY.x / 2.0;
    let rects = all.map(|(_, rect)| if is_away(rect) { Rect::NOTHING } else { rect });
    let rects = rects.collect();
    Parts { view, rects }
}

fn key(window: ViewportId) -> Id {
    Id::unique(("parts of the view", window))
}

impl Parts {
    /// Keeps them for the next frame, and for the other window.
    pub fn keep(self, ctx: &Context) {
        let key = key(ctx.viewport_id());
        ctx.data_mut(|data| data.insert_temp(key, self));
    }

    /// Those of a window, as last drawn.
    pub fn of(ctx: &Context, window: ViewportId) -> Option<Self> {
        ctx.data(|data| data.get_temp(key(window)))
    }

    fn share(&self, at: Pos2) -> Share {
        ((at - self.view.min) / size(self.view)).into()
    }

    /// The place at a point, with the smallest part around it.
    pub fn spot(&self, at: Pos2) -> Spot {
        let around = self.rects.iter().enumerate();
        let around = around.filter(|(_, rect)| rect.contains(at) && rect.is_positive());
        let smallest = around.min_by(|(_, one), (_, other)| one.area().total_cmp(&other.area()));
        Spot {
            at: self.share(at),
            anchor: smallest.map(|(part, rect)| Anchor {
                part,
                of: self.rects.len(),
                min: self.share(rect.min),
                max: self.share(rect.max),
            }),
        }
    }

    /// Where a share of the view is here. With an anchor that is known here, by that.
    pub fn place(&self, anchor: Option<&Anchor>, at: Share) -> Pos2 {
        let share = || within(self.view, at);
        self.find(anchor, at).unwrap_or_else(share)
    }

    /// The same, if what it is on is shown here.
    pub fn find(&self, anchor: Option<&Anchor>, at: Share) -> Option<Pos2> {
        let Some(anchor) = anchor else {
            return Some(within(self.view, at));
        };
        if anchor.of.abs_diff(self.rects.len()) > BARS {
            return None;
        }
        let rect = self.rects.get(anchor.part);
        let rect = rect.filter(|rect| rect.is_positive())?;
        let was = Rect::from_min_max(anchor.min.into(), anchor.max.into());
        let at = (Pos2::from(at) - was.min) / size(was);
        Some(within(*rect, at.into()))
    }
}

fn within(rect: Rect, at: Share) -> Pos2 {
    rect.min + Vec2::from(at) * rect.size()
}

/// Never zero, to be divided by.
fn size(rect: Rect) -> Vec2 {
    rect.size().max(vec2(1e-6, 1e-6))
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::pos2;

    fn parts(view: Rect, rects: &[Rect]) -> Parts {
        Parts {
            view,
            rects: rects.into(),
        }
    }

    /// A row of two maps at the teacher's, one above the other on the stage.
    #[test]
    fn what_is_pointed_at_is_the_same_where_it_stands_elsewhere() {
        let rect = |x, y, w, h| Rect::from_min_size(pos2(x, y), vec2(w, h));
        let desk = parts(
            rect(100.0, 50.0, 400.0, 200.0),
            &[
                rect(100.0, 50.0, 400.0, 200.0),
                rect(110.0, 60.0, 100.0, 100.0),
                rect(300.0, 60.0, 100.0, 100.0),
            ],
        );
        let stage = parts(
            rect(0.0, 0.0, 800.0, 600.0),
            &[
                rect(0.0, 0.0, 800.0, 600.0),
                rect(10.0, 10.0, 200.0, 200.0),
                rect(10.0, 300.0, 200.0, 200.0),
            ],
        );
        let spot = desk.spot(pos2(325.0, 110.0));
        let there = stage.place(spot.anchor.as_ref(), spot.at);
        assert!((there - pos2(60.0, 400.0)).length() < 1e-2, "{there:?}");
        // And where the other has other parts, at the same share of the view.
        let other = parts(rect(0.0, 0.0, 800.0, 600.0), &[]);
        let there = other.place(spot.anchor.as_ref(), spot.at);
        assert!((there - pos2(450.0, 180.0)).length() < 1e-2, "{there:?}");
        // A bar more is no other part.
        let mut rects = stage.rects.to_vec();
        rects.push(rect(790.0, 0.0, 10.0, 600.0));
        let scrolled = parts(stage.view, &rects);
        let there = scrolled.place(spot.anchor.as_ref(), spot.at);
        assert!((there - pos2(60.0, 400.0)).length() < 1e-2, "{there:?}");
        // And so where it is not shown.
        let mut rects = stage.rects.to_vec();
        rects[2] = Rect::NOTHING;
        let hidden = parts(stage.view, &rects);
        let there = hidden.place(spot.anchor.as_ref(), spot.at);
        assert!((there - pos2(450.0, 180.0)).length() < 1e-2, "{there:?}");
        // But the pointer is on nothing there.
        for away in [other, hidden] {
            assert_eq!(away.find(spot.anchor.as_ref(), spot.at), None);
        }
    }
}
