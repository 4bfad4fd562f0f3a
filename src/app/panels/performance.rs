//! The figures, in a corner above everything else.

use crate::app::model::performance::spread::Spread;
use crate::app::model::performance::{Frame, Performance};
use crate::app::model::state::State;
use crate::app::widgets;
use crate::text::Text;
use eframe::egui::{self, Align2, RichText};

/// Draws the overlay if it is open.
pub fn show(ctx: &egui::Context, state: &State) {
    if !state.performance.is_shown {
        return;
    }
    let text = state.text();
    egui::Window::new(widgets::theme::strong(text.performance.title))
        .id(egui::Id::unique("performance"))
        .anchor(Align2::RIGHT_BOTTOM, egui::vec2(-16.0, -16.0))
        .resizable(false)
        .collapsible(false)
        .show(ctx, |ui| {
            let grid = egui::Grid::new("performance figures").num_columns(3);
            grid.spacing([14.0, 3.0])
                .show(ui, |ui| rows(ui, state, text));
        });
}

fn rows(ui: &mut egui::Ui, state: &State, text: &Text) {
    let words = &text.performance;
    let performance = &state.performance;
    ui.label("");
    ui.label(RichText::new(words.median).small().weak());
    ui.label(RichText::new(words.slowest).small().weak());
    ui.end_row();

    let frames = |figure: fn(&Frame) -> f64| Spread::of(performance.frames.iter().map(figure));
    let maps = Spread::of(performance.maps.iter().map(|(_, took)| *took));
    let scrubs = Spread::of(performance.scrubs.iter().map(|(_, took)| *took));
    spread(
        ui,
        text,
        words.own_work,
        words.own_work_hint,
        frames(|f| f.own_ms),
    );
    spread(
        ui,
        text,
        words.whole_frame,
        words.whole_frame_hint,
        frames(|f| f.whole_ms),
    );
    spread(ui, text, words.maps_latency, words.maps_latency_hint, maps);
    spread(ui, text, words.timeline, words.timeline_hint, scrubs);

    let speed = state
        .run
        .as_ref()
        .and_then(crate::app::model::run::Run::images_per_second);
    let memory = performance.peak_memory.map(|bytes| bytes as f64 / 1e6);
    single(
        ui,
        text,
        words.frames_a_second,
        performance.frames_per_second(),
        0,
    );
    single(ui, text, words.training_speed, speed, 0);
    single(ui, text, words.peak_memory, memory, 0);
    single(ui, text, words.first_maps, performance.first_maps_secs(), 2);
}

fn spread(ui: &mut egui::Ui, text: &Text, name: &str, hint: &str, spread: Option<Spread>) {
    ui.label(name).on_hover_text(hint);
    ui.label(figure(text, spread.map(|spread| spread.p50), 1));
    ui.label(figure(text, spread.map(|spread| spread.p99), 1));
    ui.end_row();
}

fn single(ui: &mut egui::Ui, text: &Text, name: &str, value: Option<f64>, decimals: usize) {
    ui.label(name);
    ui.label(figure(text, value, decimals));
    ui.end_row();
}

fn figure(text: &Text, value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(
        || text.performance.not_yet.to_owned(),
        |value| match decimals {
            0 => text.integer(value.round() as usize),
            _ => text.decimal(value, decimals),
        },
    )
}

impl Performance {
    /// Over the last seconds that had frames.
    fn frames_per_second(&self) -> Option<f64> {
        let (first, last) = (self.frames.front()?, self.frames.back()?);
        let seconds = last.began.duration_since(first.began).as_secs_f64();
        (seconds > 0.0).then(|| (self.frames.len() - 1) as f64 / seconds)
    }
}
