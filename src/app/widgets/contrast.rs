//! Every text colour against every ground it stands on: at least 4.5 to 1, in both themes (WCAG 2.1,
//! success criterion 1.4.3).

use crate::app::widgets;
use eframe::egui::{self, Color32};

/// Least contrast of text.
const LEAST: f64 = 4.5;

/// Relative luminance of a colour, as WCAG defines it.
fn luminance(color: Color32) -> f64 {
    let [r, g, b] = [color.r(), color.g(), color.b()].map(|byte| {
        let share = f64::from(byte) / 255.0;
        if share <= 0.04045 {
            share / 12.92
        } else {
            ((share + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(a: Color32, b: Color32) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn contrast_is_that_of_the_standard() {
    assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 1e-9);
    let grey = Color32::from_rgb(0x77, 0x77, 0x77);
    assert!((contrast(grey, Color32::WHITE) - 4.48).abs() < 0.01);
}

#[test]
fn every_text_is_told_from_its_ground() {
    for dark in [true, false] {
        let ctx = egui::Context::default();
        widgets::theme::install(&ctx);
        widgets::theme::apply(&ctx, dark);
        let mut pairs: Vec<(String, Color32, Color32)> = Vec::new();
        let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
            let visuals = ui.visuals();
            let grounds = [
                ("panel", visuals.panel_fill),
                ("bar", visuals.faint_bg_color),
                ("window", visuals.window_fill),
                ("card", visuals.extreme_bg_color),
            ];
            let inks = [
                ("text", visuals.text_color()),
                ("weak text", visuals.weak_text_color()),
                ("strong text", visuals.strong_text_color()),
                ("accent", widgets::theme::accent(ui)),
                ("training", widgets::theme::training(ui)),
                ("second", widgets::theme::second(ui)),
                ("amount", widgets::theme::amount(ui)),
                ("warning", widgets::theme::warning(ui)),
                ("error", widgets::theme::error_color(ui)),
                ("good", widgets::theme::good_color(ui)),
            ];
            for (ink, color) in inks {
                for (ground, fill) in grounds {
                    pairs.push((format!("{ink} on {ground}"), color, fill));
                }
            }
            let buttons = [
                ("button", visuals.widgets.inactive.weak_bg_fill),
                (
                    "button under the pointer",
                    visuals.widgets.hovered.weak_bg_fill,
                ),
                ("button pressed", visuals.widgets.active.weak_bg_fill),
                ("menu open", visuals.widgets.open.weak_bg_fill),
                ("chosen", visuals.selection.bg_fill),
                ("banner", widgets::theme::banner_frame(ui).fill),
            ];
            for (ground, fill) in buttons {
                pairs.push((format!("text on {ground}"), visuals.text_color(), fill));
            }
            let (fill, ink) = widgets::theme::primary();
            pairs.push(("the button that starts".into(), ink, fill));
            let progress = widgets::theme::progress_fill(ui);
            pairs.push(("text on progress".into(), visuals.text_color(), progress));
        });
        output.textures_delta.clear();
        assert!(pairs.len() > 30);
        for (what, ink, ground) in pairs {
            let contrast = contrast(ink, ground);
            assert!(
                contrast >= LEAST,
                "{what}, dark {dark}: {contrast:.2} ({ink:?} on {ground:?})"
            );
        }
    }
}

#[test]
fn numbers_are_told_from_any_colour_they_stand_on() {
    for level in 0..=u8::MAX {
        for color in [
            Color32::from_gray(level),
            Color32::from_rgb(level, 30, 200),
            Color32::from_rgb(200, level, 30),
        ] {
            let contrast = contrast(widgets::theme::ink_on(color), color);
            assert!(contrast >= LEAST, "on {color:?}: {contrast:.2}");
        }
    }
}
