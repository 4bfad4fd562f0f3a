//! The histogram of a layer's numbers at a moment.

use crate::app::widgets::still_plot::still_plot;
use crate::app::widgets::theme;
use crate::text::Text;
use convlens_core::explore::statistics::Distribution;
use eframe::egui::{self, Role, Stroke, Tooltip, WidgetInfo};
use egui_plot::{AxisHints, Bar, BarChart};

/// The plot; what it shows in words names it.
pub fn show(
    ui: &mut egui::Ui,
    text: &'static Text,
    spread: &Distribution,
    (words, height): (&str, f32),
) {
    let histogram = &spread.histogram;
    if histogram.counts.is_empty() {
        let words = if spread.zeros > 0 {
            text.histograms.all_zero
        } else {
            text.histograms.nothing
        };
        ui.allocate_ui(egui::vec2(ui.available_width(), height), |ui| {
            ui.set_min_height(height);
            ui.add(egui::Label::new(words).wrap());
        });
        return;
    }
    let share = |count: usize| count as f64 / spread.count.max(1) as f64;
    let colour = theme::amount(ui);
    let bars = histogram.counts.iter().enumerate().map(|(index, &count)| {
        let [from, to] = histogram.bin(index);
        let bar = Bar::new(f64::midpoint(from, to), share(count)).width((to - from) * 0.92);
        bar.fill(colour).stroke(Stroke::NONE)
    });
    let bars: Vec<Bar> = bars.collect();
    let hints = AxisHints::new_x()
        .label(text.histograms.value)
        .label_spacing(58.0..=58.1);
    let up = AxisHints::new_y()
        .min_thickness(38.0)
        .formatter(|mark, _| text.percent(mark.value, usize::from(mark.step_size < 0.01)))
        .label_spacing(18.0..=18.1);
    let plot = still_plot("histogram")
        .height(height)
        .custom_x_axes(vec![hints])
        .custom_y_axes(vec![up])
        .x_axis_formatter(|mark, _| text.value(mark.value as f32))
        .show(ui, |plot| {
            let most = histogram
                .counts
                .iter()
                .copied()
                .map(share)
                .fold(0.0, f64::max);
            let room = (histogram.high - histogram.low) * 0.03;
            plot.set_plot_bounds_x(histogram.low - room..=histogram.high + room);
            plot.set_plot_bounds_y(0.0..=most * 1.08);
            plot.bar_chart(BarChart::new("", bars).allow_hover(false));
        });
    plot.response
        .widget_info(|| WidgetInfo::labeled(Role::Image, true, words));
    let Some(pointer) = plot.response.hover_pos() else {
        return;
    };
    let at = plot.transform.value_from_position(pointer).x;
    let is_in = |index: &usize| {
        let [from, to] = histogram.bin(*index);
        (from..to).contains(&at)
    };
    if let Some(index) = (0..histogram.counts.len()).find(is_in) {
        let [from, to] = histogram.bin(index).map(|edge| text.value(edge as f32));
        let share = text.percent(share(histogram.counts[index]), 2);
        let tooltip = Tooltip::for_widget(&plot.response).at_pointer();
        tooltip
            .gap(12.0)
            .show(|ui| ui.label(format!("{from} … {to}: {share}")));
    }
}
