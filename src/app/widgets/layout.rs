//! How large everything is, and what there is room for.

use eframe::egui;
use eframe::egui::style::ScrollAnimation;

use crate::app::model::display::{Beside, Display, Foldable};
use crate::app::model::lesson_steps::step;
use crate::app::model::state::State;
use crate::app::widgets::theme;
use crate::text::Text;
use convlens_core::lessons::Show;

/// Height in points of what a class looks at, whatever its pixels: at this the letters of a text are a fortieth of it.
const STAGE: f32 = 540.0;

/// Below this width in points the panel at the right gives way to the presenter's pictures.
const ROOM_FOR_CURVES: f32 = 1150.0;

/// Below this width in points, the network or the curves give way to the lesson.
const ROOM_FOR_ALL: f32 = 1500.0;

/// Below this width both give way: with one of them the view would be narrower than what stands at its sides.
const ROOM_FOR_ONE: f32 = 1260.0;

/// Below this width in points the rarer buttons of the top bar give way; their keys remain.
const ROOM_FOR_ALL_BUTTONS: f32 = 1240.0;

/// Below this height of the middle, in points, not everything fits at once.
const LOW_MIDDLE: f32 = 700.0;

/// Below this height of the middle, in points, a view needs all of it.
const LOWEST_MIDDLE: f32 = 420.0;

/// Below this width in points there is room for one panel beside the middle, and none for tabs: with both, the
/// middle would be narrower than they are together.
const NARROW_WINDOW: f32 = 1100.0;

/// Below this height in points the presenter's pictures need the rows of the tabs.
const LOW_WINDOW: f32 = 640.0;

/// Below this height in points what only a run needs has no room before there is one.
const LOWEST_WINDOW: f32 = 420.0;

/// The zoom with which a window this high, in points without any, is as high as a stage.
pub fn stage_zoom(height: f32) -> f32 {
    (height / STAGE).clamp(0.5, 8.0)
}

/// The widest that a panel at a side may be, of which `most` is more than enough: two of them leave half of the
/// window to the middle, and one in a narrow window two thirds.
pub fn widest_side(ctx: &egui::Context, most: f32) -> f32 {
    let share = if is_narrow(ctx) { 3.0 } else { 4.0 };
    (ctx.content_rect().width() / share).clamp(220.0, most)
}

/// What a panel is called whose width a person chooses: in narrow windows it has one of its own, which the room there forces on it.
pub fn side_name(ctx: &egui::Context, [wide, narrow]: [&'static str; 2]) -> &'static str {
    if is_narrow(ctx) { narrow } else { wide }
}

/// The first of several ways to say something that there is room for, or else the last.
pub fn fitting(ui: &egui::Ui, style: &egui::TextStyle, ways: Vec<String>, room: f32) -> String {
    fitting_in(ui.ctx(), &style.resolve(ui.style()), ways, room)
}

/// These words, or as many of their letters as there is room for, and "…".
pub fn cut(ui: &egui::Ui, style: &egui::TextStyle, words: &str, room: f32) -> String {
    let font = style.resolve(ui.style());
    let width = |words: &str| theme::width_in(ui.ctx(), &font, words);
    if width(words) <= room {
        return words.to_owned();
    }
    let ends = words.char_indices().map(|(end, _)| &words[..end]);
    let fits = |words: &&str| width(words) + width("…") <= room;
    format!("{}…", ends.take_while(fits).last().unwrap_or_default())
}

fn fitting_in(
    ctx: &egui::Context,
    font: &egui::FontId,
    mut ways: Vec<String>,
    room: f32,
) -> String {
    let shortest = ways.pop().unwrap_or_default();
    let fits = |words: &String| theme::width_in(ctx, font, words) <= room;
    ways.into_iter().find(fits).unwrap_or(shortest)
}

/// How weights are written in this much room, as exactly as it lets them: in three digits, or four decimals, or fewer.
pub fn written(
    ui: &egui::Ui,
    style: &egui::TextStyle,
    text: &'static Text,
    room: f32,
) -> impl Fn(f32) -> String + use<> {
    let (ctx, font) = (ui.ctx().clone(), style.resolve(ui.style()));
    move |value| {
        let decimals = |decimals| text.decimal(value.into(), decimals);
        let ways = vec![text.value(value), decimals(4), decimals(3), decimals(2)];
        fitting_in(&ctx, &font, ways, room)
    }
}

/// A label that goes to the next line of a wrapped row together with the control of this width that it names.
pub fn label_before(ui: &mut egui::Ui, words: &str, control: f32) -> egui::Response {
    let label = theme::button_width(ui, words);
    let needed = label + ui.spacing().item_spacing.x + control;
    if ui.layout().main_wrap && ui.available_size_before_wrap().x < needed {
        ui.end_row();
        // As high as what it names, or it would stand above its middle.
        ui.set_row_height(ui.spacing().interact_size.y);
    }
    ui.label(words)
}

/// Whether the window has no room for panels at both sides.
pub fn is_narrow(ctx: &egui::Context) -> bool {
    ctx.content_rect().width() < NARROW_WINDOW
}

/// Whether the window has no room for what only a run needs, until there is one.
pub fn is_low(ctx: &egui::Context) -> bool {
    ctx.content_rect().height() < LOWEST_WINDOW
}

/// Says where the middle of this window ends: what lies over a view may reach beyond it, over the strip of images.
pub fn remember_bottom(ui: &egui::Ui) {
    let (id, bottom) = (bottom_id(ui.ctx()), ui.max_rect().max.y);
    ui.data_mut(|data| data.insert_temp(id, bottom));
}

/// Where that is; where the view ends in a window that has nothing else.
pub fn bottom(ui: &egui::Ui) -> f32 {
    let id = bottom_id(ui.ctx());
    ui.data(|data| data.get_temp(id))
        .unwrap_or(ui.max_rect().max.y)
}

fn bottom_id(ctx: &egui::Context) -> egui::Id {
    egui::Id::unique(("bottom of the middle", ctx.viewport_id()))
}

/// Whether the lesson leaves no room for the network beside it, and whether none for the curves: in a window that is not wide a step has
/// beside it what it is about. Before a class either is called.
pub fn lesson_hides(state: &State, ctx: &egui::Context) -> [bool; 2] {
    let width = ctx.content_rect().width();
    let is_beside = state.preferences.lesson.is_open && !state.preferences.display.presenter;
    if !is_beside || width >= ROOM_FOR_ALL {
        return [false; 2];
    }
    if width < ROOM_FOR_ONE {
        return [true; 2];
    }
    let does =
        |is_it: fn(&Show) -> bool| step(state).is_some_and(|step| step.show.iter().any(is_it));
    let edits = does(|show| matches!(show, Show::Network(_)));
    let trains = does(|show| matches!(show, Show::Train(_) | Show::Weights(_)));
    // What was trained for an exercise is compared by its curves.
    let has_run = step(state).is_some_and(|step| {
        let runs = state.lesson.exercises.get(&step.name);
        runs.is_some_and(|runs| runs.planned > 0)
    });
    let is_about_network = edits && !trains && !has_run;
    [!is_about_network, is_about_network]
}

/// Whether the lesson is on screen: where it leaves room for neither of them, the one that is called takes its place until the next step.
pub fn shows_lesson(state: &State, ctx: &egui::Context) -> bool {
    let gives_way = state.preferences.display.beside != Beside::Nothing
        && lesson_hides(state, ctx) == [true; 2];
    state.preferences.lesson.is_open && !gives_way
}

/// Whether a panel stands beside the middle only if it is called, for want of room: in a narrow window, beside a lesson, and before a
/// class, which looks at the middle. One that is called in spite of the lesson takes the other's place.
pub fn is_called(state: &State, ctx: &egui::Context, panel: Foldable) -> bool {
    let Display {
        presenter, beside, ..
    } = state.preferences.display;
    let [hides_network, hides_curves] = lesson_hides(state, ctx);
    let takes_place =
        hides_network && beside == Beside::Network || hides_curves && beside == Beside::Curves;
    match panel {
        Foldable::Network => is_narrow(ctx) || presenter || hides_network || takes_place,
        Foldable::Curves => {
            let has_room = ctx.content_rect().width() >= ROOM_FOR_CURVES;
            is_narrow(ctx) || presenter && !has_room || hides_curves || takes_place
        }
        Foldable::History | Foldable::Images => false,
    }
}

/// Whether network and curves stand beside the middle, folded or not.
pub fn shows_sides(state: &State, ctx: &egui::Context) -> [bool; 2] {
    let beside = state.preferences.display.beside;
    [
        (Foldable::Network, Beside::Network),
        (Foldable::Curves, Beside::Curves),
    ]
    .map(|(panel, side)| !is_called(state, ctx, panel) || beside == side)
}

impl Display {
    /// Whether there is room for buttons that are seldom pressed.
    pub fn shows_all_buttons(self, ctx: &egui::Context) -> bool {
        !self.presenter && ctx.content_rect().width() >= ROOM_FOR_ALL_BUTTONS
    }

    /// Whether the views are chosen from a menu in the top bar, as there is no room for tabs.
    pub fn folds_tabs(self, ctx: &egui::Context) -> bool {
        is_narrow(ctx) || self.needs_height(ctx)
    }

    /// Whether everything that is not looked at from afar gives way to the presenter's pictures.
    pub fn needs_height(self, ctx: &egui::Context) -> bool {
        self.presenter && ctx.content_rect().height() < LOW_WINDOW
    }

    /// Whether the strip of test images gives way to what is above it, in a middle of this height:
    /// where that needs the room, and where it is to be seen from afar.
    pub fn hides_strip(self, height: f32) -> bool {
        height < LOWEST_MIDDLE || self.presenter && height < LOW_MIDDLE
    }

    /// How large everything is: before a class a share of the window's height, on top of the chosen size.
    pub fn zoom(self, ctx: &egui::Context) -> f32 {
        if !self.presenter {
            return self.scale;
        }
        // There is none before the first frame.
        let Some(native) = ctx.native_pixels_per_point() else {
            return self.scale;
        };
        // Whole pixels: what rounding leaves would be another zoom in every frame.
        let pixels = (ctx.viewport_rect().height() * ctx.pixels_per_point()).round();
        self.scale * stage_zoom(pixels / native)
    }

    /// Makes egui show it so. `is_slow`: a frame costs too much for one to be drawn for every step of a fade.
    pub fn apply(self, ctx: &egui::Context, is_slow: bool) {
        // egui's own keys go from 0.2 to 5, where nothing can be read or found.
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        let animation_secs = if self.reduced_motion || is_slow {
            0.0
        } else {
            egui::Style::default().animation_time
        };
        let scrolling = if self.reduced_motion {
            ScrollAnimation::none()
        } else {
            ScrollAnimation::default()
        };
        ctx.all_styles_mut(|style| {
            style.animation_time = animation_secs;
            style.scroll_animation = scrolling;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Letters are at least a fortieth of the height, on every projector and screen.
    #[test]
    fn letters_are_a_share_of_the_height() {
        let display = Display {
            presenter: true,
            ..Display::default()
        };
        for (pixels, native) in [
            (600.0, 1.0),
            (720.0, 1.0),
            (1000.0, 1.25),
            (1080.0, 1.0),
            (2160.0, 1.0),
            (2160.0, 2.0),
        ] {
            let ctx = egui::Context::default();
            crate::app::widgets::theme::install(&ctx);
            let mut zoom = 0.0;
            for _ in 0..3 {
                let size = egui::vec2(2.0, 1.0) * pixels / native / ctx.zoom_factor();
                let mut input = egui::RawInput {
                    screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, size)),
                    ..Default::default()
                };
                let window = input.viewports.get_mut(&input.viewport_id).unwrap();
                window.native_pixels_per_point = Some(native);
                let _drawn = ctx.run_ui(input, |ui| {
                    zoom = display.zoom(ui.ctx());
                    ui.ctx().set_zoom_factor(zoom);
                });
            }
            let body = egui::TextStyle::Body.resolve(&ctx.global_style()).size;
            let share = body * zoom * native / pixels;
            assert!(
                (share - 0.025).abs() < 1e-6,
                "{share} of {pixels}, {native}"
            );
        }
    }

    #[test]
    fn with_reduced_motion_nothing_fades_or_glides() {
        let ctx = egui::Context::default();
        let moves = |reduced_motion| {
            let display = Display {
                reduced_motion,
                ..Display::default()
            };
            display.apply(&ctx, false);
            let style = ctx.global_style();
            let glides = style.scroll_animation.duration.max > 0.0;
            (style.animation_time > 0.0, glides)
        };
        assert_eq!(moves(false), (true, true));
        assert_eq!(moves(true), (false, false));
    }
}
