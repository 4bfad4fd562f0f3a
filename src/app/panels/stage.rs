//! What the room sees of the lesson on the projector's window: the step's title, its question with the choices, and the network or the
//! curves where the step speaks of them. Answers, notes and controls stay with the teacher.

use crate::app::model::curves::LossScale;
use crate::app::model::lesson::ExerciseRuns;
use crate::app::model::lesson_steps::{runs_of_exercise, step};
use crate::app::model::state::State;
use crate::app::model::view::View;
use crate::app::panels;
use crate::app::widgets::curves::key;
use crate::app::widgets::curves::plot::Chart;
use crate::app::widgets::curves::series;
use crate::app::widgets::layout::shows_sides;
use crate::app::widgets::markdown::untorn;
use crate::app::widgets::tab_order::{Region, region};
use crate::app::widgets::theme;
use crate::text::Text;
use convlens_core::lessons::{Check, Exercise, Guess, Outcome, Predicted, Show, Step, Trend};
use eframe::egui::{
    self, Align2, Label, Panel, Rect, RichText, Sense, TextStyle, UiBuilder, pos2, vec2,
};

/// Share of the room that the curves have.
const CURVES: f32 = 0.34;

/// Least width of the curves in points.
const LEAST_CURVES: f32 = 200.0;

/// Share of the height that they have below a view that needs the width.
const CURVES_BELOW: f32 = 0.38;

/// Room for the hands of a choice: a bar, and how many.
const TALLY: f32 = 170.0;

/// Width of the network's layers in points.
const NETWORK: f32 = 240.0;

/// Draws it around the view, which needs this width and which `middle` draws into what is left.
pub fn show(ui: &mut egui::Ui, state: &State, least: f32, middle: impl FnOnce(&mut egui::Ui)) {
    let open = step(state).filter(|_| state.preferences.lesson.is_open);
    if let Some(step) = open {
        Panel::top("stage title")
            .frame(theme::bar_frame(ui))
            .show(ui, |ui| title(ui, state, step));
    }
    if needs_curves(state) {
        curves(ui, state, least);
    } else if state.preferences.view == View::Maps && ui.available_width() >= least + NETWORK {
        Panel::right("stage network")
            .frame(theme::side_frame(ui))
            .resizable(false)
            .exact_size(NETWORK)
            .show(ui, |ui| panels::network::shown(ui, state));
    }
    // A panel at the right takes from the room, and not from the `ui`, in which a view would be as wide as before.
    let room = UiBuilder::new().max_rect(ui.available_rect_before_wrap());
    ui.scope_builder(room, middle);
}

/// The step's title, the network that it sets up, and what it asks.
fn title(ui: &mut egui::Ui, state: &State, step: &Step) {
    ui.add(Label::new(theme::strong(&step.title).size(20.0)).wrap());
    let own = step.show.iter().find_map(|it| match it {
        Show::Network(network) => Some(network),
        _ => None,
    });
    if let Some(own) = own.filter(|_| needs_curves(state)) {
        // An exercise trains another one first: what is said is of the maps and curves below.
        let live = state.live_run().map(|run| &run.config);
        let measured = || state.runs.summary(runs_of_exercise(state)[0]?);
        let trained = live.or_else(|| Some(&measured()?.config));
        let text = state.text();
        // Until then maps and curves are those of another one.
        let name = if trained.is_none() && step.exercise.is_some() {
            text.lesson.to_be_trained
        } else {
            text.network.network
        };
        let outline = trained.map_or(own, |config| &config.network).outline();
        let layers = outline.layers.iter();
        let layers = layers.map(|layer| format!("{} {}", layer.name, layer.output));
        let layers: Vec<String> = layers.collect();
        let words = format!("{name}: {}", layers.join(" → "));
        ui.add(Label::new(words).wrap());
    }
    let answer = state.lesson.answers.get(&step.name);
    match (&step.check, &step.exercise) {
        // What is asked first is done with, and the prediction is next.
        (Some(check), Some(exercise)) if answer == Some(&check.right) => {
            prediction(ui, state, step, exercise);
        }
        (Some(check), _) => question(ui, state, step, check),
        (None, Some(exercise)) => prediction(ui, state, step, exercise),
        (None, None) => {}
    }
}

/// Whether the open step has the class look at a training, and the view is not the curves themselves.
pub fn needs_curves(state: &State) -> bool {
    let trains = |show: &Show| matches!(show, Show::Train(_) | Show::Runs(_));
    let speaks = |step: &Step| step.exercise.is_some() || step.show.iter().any(trains);
    state.preferences.lesson.is_open
        && state.preferences.view != View::Curves
        && step(state).is_some_and(speaks)
}

/// Whether they have a place on the only screen, as a class looks at this very window; they may have been sent away from it.
pub fn is_on_this_screen(state: &State, ctx: &egui::Context) -> bool {
    let [_, shows_curves] = shows_sides(state, ctx);
    let presenter = state.preferences.display.presenter;
    presenter && !state.projects && !shows_curves && needs_curves(state)
}

/// The curves beside the view, or below it where that needs the width.
pub fn curves(ui: &mut egui::Ui, state: &State, least: f32) {
    let room = ui.available_size();
    let width = (room.x * CURVES).max(LEAST_CURVES);
    let panel = if width + least <= room.x {
        Panel::right("stage curves").exact_size(width)
    } else {
        Panel::bottom("stage curves below").exact_size(room.y * CURVES_BELOW)
    };
    panel
        .frame(theme::side_frame(ui))
        .resizable(false)
        .show(ui, |ui| {
            region(ui, Region::Curves);
            both(ui, state);
        });
}

/// Loss and accuracy, as large as there is room: one above the other, or side by side.
fn both(ui: &mut egui::Ui, state: &State) {
    let text = state.text();
    let series = series::all(state);
    // Of several runs the key says whose a curve is. Of a single one number and name stand above: the maps may be another's of the same name.
    if let [only] = series.as_slice() {
        let network = only.config.network.label();
        ui.add(Label::new(state.name_of_owner(&only.owner, &network)).wrap());
    }
    let gap = ui.spacing().item_spacing.y;
    let chart = |height: f32| Chart {
        series: &series,
        axis: state.preferences.curve_axis,
        text,
        height: height.max(60.0),
        is_large: false,
        leaves_out_fall: true,
    };
    let is_log = state.preferences.loss_scale == LossScale::Log;
    // How high it is what stands above a plot, and its part that serves both plots.
    let above_loss = |ui: &mut egui::Ui| {
        let top = ui.cursor().min.y;
        ui.label(theme::heading(text.curves.loss));
        let shared = key::losses(ui, &series, text);
        (ui.cursor().min.y - top, shared)
    };
    let above_accuracy = |ui: &mut egui::Ui| {
        ui.label(theme::heading(text.curves.accuracy));
        key::accuracies(ui, &series, text);
    };
    let room = ui.available_size();
    if room.x > room.y {
        ui.columns(2, |sides| {
            let (above, shared) = above_loss(&mut sides[0]);
            let height = room.y - above;
            chart(height).loss(&mut sides[0], is_log);
            above_accuracy(&mut sides[1]);
            sides[1].add_space(shared);
            chart(height).accuracy(&mut sides[1]);
        });
    } else {
        let (above, shared) = above_loss(ui);
        let height = (room.y - 2.0 * above + shared - gap) / 2.0;
        chart(height).loss(ui, is_log);
        above_accuracy(ui);
        chart(height).accuracy(ui);
    }
}

/// The question with its numbered choices, and how many hands each had once that is shown.
fn question(ui: &mut egui::Ui, state: &State, step: &Step, check: &Check) {
    let text = state.text();
    ui.add(Label::new(untorn(&check.question)).wrap());
    let hands = state.preferences.lesson.hands.get(&step.name);
    let is_shown = state.lesson.shows_hands;
    let hands = hands.filter(|_| is_shown);
    let all: u32 = hands.map_or(0, |hands| hands.iter().sum());
    // Side by side, so that the view keeps its room; each stays on its line with its hands.
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        for (index, choice) in check.choices.iter().enumerate() {
            let count = hands.and_then(|hands| hands.get(index)).copied();
            // The number goes to the next line with what it is of, and its hands with it.
            let hands = if count.is_some() { TALLY } else { 0.0 };
            if ui.available_size_before_wrap().x < theme::button_width(ui, choice) + hands {
                ui.end_row();
            }
            ui.label(theme::strong((index + 1).to_string()));
            ui.add(Label::new(choice).extend());
            if let Some(count) = count {
                tally(ui, text, count, all);
            }
            ui.add_space(18.0);
        }
    });
}

/// The exercise's question with what can be predicted, and what was measured once that is known.
fn prediction(ui: &mut egui::Ui, state: &State, step: &Step, exercise: &Exercise) {
    let text = state.text();
    ui.add(Label::new(untorn(&exercise.question)).wrap());
    let runs = state.lesson.exercises.get(&step.name);
    let guess = runs.map(|runs| runs.guess).unwrap_or_default();
    let outcome = runs.and_then(ExerciseRuns::outcome);
    if let Some(outcome) = outcome {
        for predicted in Predicted::ALL {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = 18.0;
                ui.label(theme::strong(text.measured(predicted, &outcome)));
                if let Some(caution) = text.caution_in_short(predicted, &outcome) {
                    let caution = RichText::new(format!("⚠ {caution}"));
                    ui.label(caution.color(theme::warning(ui)));
                }
                if let Some(judged) = judged(ui, text, guess, predicted, &outcome) {
                    ui.label(judged);
                }
            });
        }
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        for predicted in Predicted::ALL {
            ui.label(text.predicted(predicted));
            for (place, trend) in Trend::ALL.into_iter().enumerate() {
                ui.add_space(12.0);
                ui.label(theme::strong((place + 1).to_string()));
                let words = text.trend(predicted, trend);
                let words = if guess.of(predicted) == Some(trend) {
                    theme::strong(words).underline()
                } else {
                    RichText::new(words)
                };
                ui.add(Label::new(words).extend());
            }
            ui.add_space(30.0);
        }
    });
}

/// What was predicted, and whether rightly.
pub fn judged(
    ui: &egui::Ui,
    text: &Text,
    guess: Guess,
    predicted: Predicted,
    outcome: &Outcome,
) -> Option<RichText> {
    let guessed = guess.of(predicted)?;
    let (mark, ink) = if guessed == outcome.trend(predicted) {
        ("✓", theme::good_color(ui))
    } else {
        ("✗", theme::error_color(ui))
    };
    let (name, guessed) = (text.lesson.prediction, text.trend(predicted, guessed));
    Some(RichText::new(format!("{name}: {guessed} {mark}")).color(ink))
}

/// A bar of the hands that a choice had, of all.
pub fn tally(ui: &mut egui::Ui, text: &Text, count: u32, all: u32) {
    let size = vec2(120.0, 16.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let words = text.hands(count, all);
    theme::name_as(&response, egui::Role::Meter, &words);
    let share = count as f32 / all.max(1) as f32;
    let bar = Rect::from_min_size(rect.min, vec2(rect.width() * share, rect.height()));
    let painter = ui.painter();
    painter.rect_filled(rect, 3.0, ui.visuals().extreme_bg_color);
    painter.rect_filled(bar, 3.0, theme::amount(ui));
    let at = pos2(rect.max.x + 6.0, rect.center().y);
    let font = TextStyle::Body.resolve(ui.style());
    let ink = ui.visuals().text_color();
    painter.text(at, Align2::LEFT_CENTER, count.to_string(), font, ink);
    ui.add_space(30.0);
}
