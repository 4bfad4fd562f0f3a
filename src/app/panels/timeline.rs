//! The history of a run at the bottom of the window: a scrubber over the moments whose weights are
//! kept, from random weights to now.

use crate::app::model::action::{Action, RunAction};
use crate::app::model::display::Foldable;
use crate::app::model::moments::Moments;
use crate::app::model::save::SaveAs;
use crate::app::model::state::State;
use crate::app::widgets;
use crate::app::widgets::fold;
use crate::app::widgets::keys::{self, Command, Way};
use crate::app::widgets::path_menu::PathMenu;
use crate::text::Text;
use convlens_core::training::runs::Checkpoint;
use eframe::egui::{
    self, Align, Align2, Button, EventFilter, Frame, Layout, Margin, Pos2, Rect, RichText, Sense,
    Stroke, WidgetInfo, vec2,
};

/// Seconds that each moment is shown while playing.
const STEP_SECS: f64 = 0.35;

/// Epochs to come that are drawn; more would leave no room for what is there.
const MOST_TO_COME: usize = 12;

/// Room that a label takes.
const LABEL_WIDTH: f32 = 104.0;

/// Height of what the bar holds, with and without a run: nothing above it moves when one begins.
const HEIGHT: f32 = 36.0;

/// Room above and below it; the marks have some of their own.
const MARGIN: i8 = 2;

/// Whether there is a history to walk through.
pub fn has_moments(state: &State) -> bool {
    Moments::of(state).is_some_and(|moments| !moments.checkpoints.is_empty())
}

/// The timeline.
#[derive(Default)]
pub struct Timeline {
    /// When the next moment is due, while playing.
    next: Option<f64>,
    save: PathMenu,
}

/// The frame of the bar.
pub fn frame(ui: &egui::Ui) -> Frame {
    let frame = widgets::theme::bar_frame(ui);
    let sides = frame.inner_margin.left;
    frame.inner_margin(Margin::symmetric(sides, MARGIN))
}

impl Timeline {
    pub fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        let moments = Moments::of(state).filter(|moments| !moments.checkpoints.is_empty());
        let size = vec2(ui.available_width(), HEIGHT);
        let row = Layout::left_to_right(Align::Center);
        ui.allocate_ui_with_layout(size, row, |ui| {
            ui.set_min_height(HEIGHT);
            fold::button(ui, state, Foldable::History, actions);
            ui.label(widgets::theme::heading(text.timeline.history))
                .on_hover_text(text.timeline.history_hint);
            let Some(moments) = moments else {
                self.next = None;
                let words = RichText::new(text.timeline.nothing_yet).weak();
                ui.add(egui::Label::new(words).truncate());
                return;
            };
            self.play_button(ui, text, &moments, actions);
            let [film, ..] = SaveAs::Animation.words(text);
            let beside = [text.timeline.now, &format!("{film} ▼")];
            let beside = beside
                .map(|words| widgets::theme::button_width(ui, words) + ui.spacing().item_spacing.x);
            let right: f32 = beside.iter().sum();
            let width = (ui.available_width() - right).max(100.0);
            track(ui, text, &moments, width, actions);
            let is_now = moments.now.is_none();
            let now = ui.add_enabled(!is_now, Button::new(text.timeline.now));
            if now.on_hover_text(text.timeline.now_hint).clicked() {
                actions.push(go_to(&moments, moments.checkpoints.len() - 1));
            }
            self.save.show(ui, state, SaveAs::Animation, actions);
        });
    }

    /// Play and hold; while playing, the next moment when it is due.
    fn play_button(
        &mut self,
        ui: &mut egui::Ui,
        text: &Text,
        moments: &Moments,
        actions: &mut Vec<Action>,
    ) {
        let last = moments.checkpoints.len() - 1;
        let time = ui.input(|input| input.time);
        let (symbol, name) = if self.next.is_some() {
            ("■", text.timeline.hold)
        } else {
            ("▶", text.timeline.play)
        };
        let button = ui.add_enabled(last > 0, Button::new(symbol).min_size(vec2(30.0, 26.0)));
        widgets::theme::name(&button, name);
        if button.on_hover_text(name).clicked() {
            let starts = self.next.is_none();
            self.next = starts.then_some(time + STEP_SECS);
            if starts {
                // From the beginning, unless it was held on the way.
                let index = moments.index();
                actions.push(go_to(moments, if index == last { 0 } else { index }));
            }
            ui.ctx().request_repaint();
            return;
        }
        if let Some(due) = self.next {
            if time >= due {
                let index = (moments.index() + 1).min(last);
                actions.push(go_to(moments, index));
                self.next = (index < last).then_some(time + STEP_SECS);
            }
            let wait = (due - time).clamp(0.0, STEP_SECS);
            ui.ctx()
                .request_repaint_after(std::time::Duration::from_secs_f64(wait));
        }
    }
}

/// What looks at the checkpoint number `index`; the last one of the run under way is now.
fn go_to(moments: &Moments, index: usize) -> Action {
    let is_last = index + 1 == moments.checkpoints.len();
    Action::Runs(if is_last && moments.is_live {
        RunAction::BackToLive
    } else if is_last {
        RunAction::Open(moments.run)
    } else {
        RunAction::Scrub(moments.run, moments.checkpoints[index])
    })
}

/// The line with its marks, to be dragged, clicked, and moved along by keys.
fn track(ui: &mut egui::Ui, text: &Text, moments: &Moments, width: f32, actions: &mut Vec<Action>) {
    let count = moments.checkpoints.len();
    let (area, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::click_and_drag());
    let now = moments.index();
    let epochs = moments.epochs.len();
    let to_come = if moments.is_live {
        moments.planned.saturating_sub(epochs).min(MOST_TO_COME)
    } else {
        0
    };
    let line = Rect::from_min_max(area.min + vec2(10.0, 0.0), area.max - vec2(10.0, 0.0));
    let slots = (count - 1 + to_come).max(1) as f32;
    let at = |index: usize| -> Pos2 {
        let share = index as f32 / slots;
        egui::pos2(line.min.x + share * line.width(), line.min.y + 12.0)
    };

    let mut wanted = None;
    if let Some(pointer) = response.interact_pointer_pos() {
        let share = (pointer.x - line.min.x) / line.width();
        wanted = Some(((share * slots).round().max(0.0) as usize).min(count - 1));
        response.request_focus();
    }
    if response.has_focus() {
        let filter = EventFilter {
            horizontal_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let go = Command::Go;
        let steps = keys::steps(ui.ctx(), go(Way::Left), go(Way::Right));
        if steps != 0 {
            wanted = Some(now.saturating_add_signed(steps).min(count - 1));
        }
        for (way, index) in [(Way::First, 0), (Way::Last, count - 1)] {
            if keys::pressed(ui.ctx(), go(way)) {
                wanted = Some(index);
            }
        }
    }
    if let Some(index) = wanted
        && index != now
    {
        actions.push(go_to(moments, index));
    }
    let words = moment_words(text, moments, now);
    response.widget_info(|| {
        WidgetInfo::slider(
            true,
            now as f64,
            format!("{}: {words}", text.timeline.history),
        )
    });
    draw(ui, text, moments, &response, &at, to_come);
    let hovered = response.hover_pos().map(|pointer| {
        let share = (pointer.x - line.min.x) / line.width();
        ((share * slots).round().max(0.0) as usize).min(count - 1)
    });
    if let Some(index) = hovered {
        response.on_hover_text_at_pointer(moment_words(text, moments, index));
    }
}

/// One moment in words.
fn moment_words(text: &Text, moments: &Moments, index: usize) -> String {
    let checkpoint = moments.checkpoints[index];
    let accuracy = moments.accuracy_at(index);
    let began_from = moments.began_from.as_deref();
    text.moment(checkpoint.step, checkpoint.epochs, accuracy, began_from)
}

fn draw(
    ui: &egui::Ui,
    text: &Text,
    moments: &Moments,
    response: &egui::Response,
    at: &dyn Fn(usize) -> Pos2,
    to_come: usize,
) {
    let count = moments.checkpoints.len();
    let now = moments.index();
    let painter = ui.painter();
    let visuals = ui.visuals();
    let weak = visuals.weak_text_color();
    let rail = visuals.widgets.inactive.bg_fill;
    let last = count - 1;
    painter.line_segment([at(0), at(last + to_come)], Stroke::new(4.0, rail));
    painter.line_segment(
        [at(0), at(now)],
        Stroke::new(4.0, widgets::theme::accent(ui)),
    );
    let font = egui::TextStyle::Small.resolve(ui.style());
    let mut taken: Vec<f32> = Vec::new();
    let mut label = |place: Pos2, words: String, colour| {
        let edge = response.rect;
        let half = LABEL_WIDTH / 2.0;
        let room = edge.min.x + half - 14.0..=(edge.max.x - half).max(edge.min.x + half);
        let x = place.x.clamp(*room.start(), *room.end());
        if taken.iter().all(|other| (other - x).abs() >= LABEL_WIDTH) {
            let below = egui::pos2(x, place.y + 9.0);
            painter.text(below, Align2::CENTER_TOP, words, font.clone(), colour);
            taken.push(x);
        }
    };
    let is_random = moments.began_from.is_none();
    let Checkpoint { step, epochs } = moments.checkpoints[now];
    let words = text.moment_mark(step, epochs, moments.accuracy_at(now), is_random);
    label(at(now), words, visuals.text_color());
    for index in 0..count {
        let accuracy = moments.accuracy_at(index);
        let is_mark = index == 0 || accuracy.is_some();
        let radius = if is_mark { 5.5 } else { 3.0 };
        let colour = if index <= now {
            widgets::theme::accent(ui)
        } else {
            weak
        };
        painter.circle_filled(at(index), radius, colour);
        if is_mark && index != now {
            let Checkpoint { step, epochs } = moments.checkpoints[index];
            let words = text.moment_mark(step, epochs, accuracy, is_random);
            label(at(index), words, weak);
        }
    }
    for epoch in 1..=to_come {
        painter.circle_stroke(at(last + epoch), 4.0, Stroke::new(1.0, weak));
    }
    let stroke = if response.has_focus() {
        Stroke::new(2.0, visuals.strong_text_color())
    } else {
        Stroke::NONE
    };
    painter.circle(at(now), 8.0, widgets::theme::accent(ui), stroke);
}
