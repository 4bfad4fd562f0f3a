//! The order in which Tab goes through the window: as it is read, not as it is laid out.
//!
//! egui visits controls as they were made, and panels are made from the edges inwards: the curves before
//! the tabs, the strip of images before the maps above it, what stands at the right of a bar backwards.
//! Here Tab is taken away before egui sees it, and the next control is asked to have the keyboard.

use crate::app::widgets;
use eframe::egui::accesskit::{self, ActionRequest, TreeId};
use eframe::egui::{
    self, Context, Event, Id, Key, LayerId, Modifiers, Order, Plugin, RawInput, Rect, Stroke,
    StrokeKind, Ui, ViewportId, WidgetRect, WidgetRects,
};
use std::collections::HashMap;

/// A part of the window, in the order in which they are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Region {
    TopBar,
    /// What a teacher does for the class.
    Presenter,
    Notices,
    Welcome,
    Lesson,
    Network,
    Middle,
    /// What the view shows, below its tabs and settings.
    Pictures,
    Inspector,
    Strip,
    Curves,
    Shelf,
    Timeline,
    /// What stands in none of them: the edges to be pulled.
    #[default]
    Elsewhere,
}

/// Says that everything in `ui` belongs to this part.
pub fn region(ui: &Ui, region: Region) {
    let id = ui.unique_id();
    let layer = ui.layer_id();
    ui.ctx().data_mut(|data| {
        data.insert_temp(id, region);
        // Something that lies over a view.
        if layer.order != Order::Background {
            data.insert_temp(layer.id, region);
        }
    });
}

/// Says that what `ui` scrolls to is made only then: Tab passes by what is out of sight, or it would go
/// through ten thousand images before it goes on. The arrows go there.
pub fn only_in_sight(ui: &Ui) {
    let id = ui.unique_id();
    ui.ctx().data_mut(|data| data.insert_temp(id, OnlyInSight));
}

#[derive(Clone, Copy)]
struct OnlyInSight;

/// Has Tab follow the order of reading, from now on.
pub fn install(ctx: &Context) {
    ctx.add_plugin(TabOrder::default());
}

/// Gives the keyboard to the first control of the next part of the window that has one, or of the part before.
pub fn go_to_part(ctx: &Context, forwards: bool) {
    // A copy: the context is locked while its viewport is read.
    let widgets = ctx.viewport(|viewport| viewport.this_pass.widgets.clone());
    let all = in_order(ctx, &widgets);
    let mut parts: Vec<(Region, WidgetRect)> = Vec::new();
    let focused = ctx.memory(egui::Memory::focused);
    let mut here = None;
    for widget in all {
        let region = region_of(ctx, &widgets, &widget);
        if Some(widget.id) == focused {
            here = Some(region);
        }
        // The edges to be pulled are no part.
        let is_known =
            region == Region::Elsewhere || parts.iter().any(|(known, _)| *known == region);
        if !is_known {
            parts.push((region, widget));
        }
    }
    let count = parts.len();
    let here = here.and_then(|here| parts.iter().position(|(region, _)| *region == here));
    let next = match (here, forwards) {
        (Some(here), true) => (here + 1) % count,
        (Some(here), false) => (here + count - 1) % count,
        (None, true) => 0,
        (None, false) => count.saturating_sub(1),
    };
    if let Some((_, first)) = parts.get(next) {
        ctx.memory_mut(|memory| memory.request_focus(first.id));
        if !is_in_sight(first) {
            scroll_to(ctx, first);
        }
    }
}

/// The part of the window that has the keyboard.
pub fn region_at_hand(ctx: &Context) -> Option<Region> {
    let focused = ctx.memory(egui::Memory::focused)?;
    // A copy: the context is locked while its viewport is read.
    let widgets = ctx.viewport(|viewport| viewport.this_pass.widgets.clone());
    let widget = widgets.get(focused)?;
    Some(region_of(ctx, &widgets, widget))
}

/// Where the keyboard is.
#[derive(Clone, Copy)]
struct Place {
    id: Id,
    layer: LayerId,
    rect: Rect,
}

/// The keyboard's way through one window of the system.
#[derive(Default)]
struct Way {
    /// Where it was last, though that may be gone.
    last: Option<Place>,
    /// Where it was before it went into a menu.
    before_menu: Option<Id>,
}

#[derive(Default)]
struct TabOrder {
    /// The way that Tab was pressed to go in this pass: forwards or back.
    pressed: Option<bool>,
    /// Whether the last thing done was done by keyboard.
    by_keys: bool,
    ways: HashMap<ViewportId, Way>,
}

impl Plugin for TabOrder {
    fn debug_name(&self) -> &'static str {
        "tab order"
    }

    fn input_hook(&mut self, _: &Context, input: &mut RawInput) {
        self.pressed = None;
        input.events.retain(|event| match event {
            Event::PointerButton { .. } => {
                self.by_keys = false;
                true
            }
            Event::Key {
                key,
                pressed: true,
                modifiers,
                ..
            } => {
                self.by_keys = true;
                let moves =
                    *key == Key::Tab && (modifiers.is_none() || *modifiers == Modifiers::SHIFT);
                if moves {
                    self.pressed = Some(modifiers.is_none());
                }
                !moves
            }
            _ => true,
        });
    }

    fn on_begin_pass(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx();
        let way = self.ways.entry(ctx.viewport_id()).or_default();
        let focused = ctx.memory(egui::Memory::focused);
        let here = focused
            .and_then(|id| ctx.viewport(|viewport| viewport.prev_pass.widgets.get(id).copied()));
        if let Some(here) = here {
            let by_arrow = self.by_keys && way.last.is_none_or(|last| last.id != here.id);
            if by_arrow && !is_in_sight(&here) {
                scroll_to(ctx, &here);
            }
            way.is_at(&here);
        }
        let Some(forwards) = self.pressed.take() else {
            if focused.is_none() && self.by_keys {
                way.leave_menu(ctx);
            }
            return;
        };
        // A copy: the context is locked while its viewport is read.
        let widgets = ctx.viewport(|viewport| viewport.prev_pass.widgets.clone());
        let all = in_order(ctx, &widgets);
        let Some(next) = next(&all, way.last, focused.is_some(), forwards) else {
            return;
        };
        ctx.memory_mut(|memory| memory.request_focus(next.id));
        if !is_in_sight(&next) {
            scroll_to(ctx, &next);
        }
        way.is_at(&next);
    }

    /// In menus egui frames nothing: what has the keyboard would hardly be seen.
    fn on_end_pass(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx();
        let Some(id) = ctx.memory(egui::Memory::focused).filter(|_| self.by_keys) else {
            return;
        };
        let here = ctx.viewport(|viewport| viewport.this_pass.widgets.get(id).copied());
        if let Some(here) = here.filter(|here| is_menu(here.layer_id)) {
            let frame = here
                .rect
                .expand(1.0)
                .intersect(here.interact_rect.expand(1.0));
            let line = Stroke::new(1.5, widgets::theme::accent(ui));
            let painter = ctx.layer_painter(here.layer_id);
            painter.rect_stroke(frame, 4.0, line, StrokeKind::Middle);
        }
    }
}

/// Has what is around a control scroll to where it can be seen.
fn scroll_to(ctx: &Context, widget: &WidgetRect) {
    let request = ActionRequest {
        action: accesskit::Action::ScrollIntoView,
        target_tree: TreeId::ROOT,
        target_node: widget.id.accesskit_id(),
        data: None,
    };
    let event = Event::AccessKitActionRequest(request);
    ctx.input_mut(|input| input.events.push(event));
}

impl Way {
    fn is_at(&mut self, here: &WidgetRect) {
        if !is_menu(here.layer_id) {
            self.before_menu = Some(here.id);
        }
        self.last = Some(Place {
            id: here.id,
            layer: here.layer_id,
            rect: here.rect,
        });
    }

    /// A menu that is closed gives the keyboard back to what opened it.
    fn leave_menu(&mut self, ctx: &Context) {
        let Some(last) = self.last.filter(|last| is_menu(last.layer)) else {
            return;
        };
        let (is_gone, opener) = ctx.viewport(|viewport| {
            let widgets = &viewport.prev_pass.widgets;
            let opener = self.before_menu.filter(|id| widgets.contains(*id));
            (!widgets.contains(last.id), opener)
        });
        if is_gone {
            self.last = None;
            if let Some(opener) = opener {
                ctx.memory_mut(|memory| memory.request_focus(opener));
            }
        }
    }
}

/// Menus and lists that fold out.
fn is_menu(layer: LayerId) -> bool {
    layer.order == Order::Foreground
}

/// Windows within the window, such as the sheet of keys, which belong to no part of it.
fn is_window(ctx: &Context, layer: LayerId) -> bool {
    layer.order != Order::Background && ctx.data(|data| data.get_temp::<Region>(layer.id)).is_none()
}

/// Every control that may have the keyboard. While a menu is open, there is nothing else.
fn in_order(ctx: &Context, widgets: &WidgetRects) -> Vec<WidgetRect> {
    let mut layers: Vec<_> = widgets.layer_ids().collect();
    layers.sort_by_key(|layer| (layer.order, layer.id.value()));
    let of = |layers: &[LayerId]| -> Vec<WidgetRect> {
        let all = layers.iter().flat_map(|layer| widgets.get_layer(*layer));
        all.filter(|widget| widget.enabled && widget.sense.is_focusable())
            .filter(|widget| is_in_sight(widget) || !is_made_in_sight(ctx, widgets, widget))
            .copied()
            .collect()
    };
    let (menus, others): (Vec<_>, Vec<_>) = layers.into_iter().partition(|layer| is_menu(*layer));
    let mut all = of(&menus);
    if all.is_empty() {
        all = of(&others);
    }
    let region = |widget: &WidgetRect| region_of(ctx, widgets, widget);
    // What lies over a view, as the inspector does, is read in its place.
    all.sort_by_cached_key(|widget| (is_window(ctx, widget.layer_id), region(widget)));
    turn_round(&mut all);
    all
}

/// Whether most of a control can be seen.
fn is_in_sight(widget: &WidgetRect) -> bool {
    widget.interact_rect.contains(widget.rect.center())
}

fn is_made_in_sight(ctx: &Context, widgets: &WidgetRects, widget: &WidgetRect) -> bool {
    let mut around = containers(widgets, widget);
    around.any(|id| ctx.data(|data| data.get_temp::<OnlyInSight>(id).is_some()))
}

/// The part of the window that the nearest container around a control belongs to.
fn region_of(ctx: &Context, widgets: &WidgetRects, widget: &WidgetRect) -> Region {
    let mut around = containers(widgets, widget);
    let region = around.find_map(|id| ctx.data(|data| data.get_temp::<Region>(id)));
    region.unwrap_or_default()
}

/// What a control stands in, from the inside outwards.
fn containers(widgets: &WidgetRects, widget: &WidgetRect) -> impl Iterator<Item = Id> {
    std::iter::successors(Some(widget.parent_id), |id| {
        let around = widgets.get(*id)?.parent_id;
        (around != *id).then_some(around)
    })
}

/// What was laid out from right to left is read from left to right.
fn turn_round(all: &mut [WidgetRect]) {
    let mut start = 0;
    for end in 1..=all.len() {
        let goes_on = all.get(end).is_some_and(|next| {
            let before = &all[end - 1];
            let is_beside = next.rect.y_range().contains(before.rect.center().y);
            next.parent_id == before.parent_id && is_beside && next.rect.max.x <= before.rect.min.x
        });
        if !goes_on {
            all[start..end].reverse();
            start = end;
        }
    }
}

/// The control to go to from the last one: if that is gone, the one nearest to where it was.
fn next(
    all: &[WidgetRect],
    last: Option<Place>,
    is_there: bool,
    forwards: bool,
) -> Option<WidgetRect> {
    let count = all.len();
    let ends = if forwards { all.first() } else { all.last() };
    let Some(last) = last else {
        return ends.copied();
    };
    if let Some(here) = all.iter().position(|widget| widget.id == last.id) {
        let step = if forwards { 1 } else { count - 1 };
        return Some(all[(here + step) % count]);
    }
    // Into a menu that has just been opened.
    if is_there || all.iter().all(|widget| widget.layer_id != last.layer) {
        return ends.copied();
    }
    let far = |widget: &&WidgetRect| widget.rect.distance_sq_to_pos(last.rect.center());
    let nearest = all.iter().filter(|widget| widget.layer_id == last.layer);
    nearest
        .min_by(|one, two| far(one).total_cmp(&far(two)))
        .copied()
}
