//! Colours, fonts and spacing, dark and light.

use convlens_core::render::text::{REGULAR, SEMIBOLD};
use eframe::egui::{
    self, Button, Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Frame,
    Margin, Response, RichText, Role, Stroke, StrokeKind, TextStyle, WidgetInfo,
};
use std::sync::Arc;

/// Family of headings.
const STRONG: &str = "strong";

/// Fonts and text sizes: once, at the start.
pub fn install(ctx: &egui::Context) {
    let mut fonts = FontDefinitions::default();
    for (name, bytes) in [("Inter", REGULAR), ("Inter SemiBold", SEMIBOLD)] {
        let data = FontData::from_static(bytes);
        fonts.font_data.insert(name.into(), Arc::new(data));
    }
    // The default fonts stay behind ours for the symbols it lacks.
    let fallback = fonts
        .families
        .get(&FontFamily::Proportional)
        .cloned()
        .unwrap_or_default();
    let family = |first: &str| {
        let mut names = vec![first.to_owned()];
        names.extend(fallback.iter().cloned());
        names
    };
    fonts
        .families
        .insert(FontFamily::Proportional, family("Inter"));
    fonts
        .families
        .insert(FontFamily::Name(STRONG.into()), family("Inter SemiBold"));
    ctx.set_fonts(fonts);
    ctx.all_styles_mut(|style| {
        style.text_styles = [
            (TextStyle::Heading, 17.0),
            (TextStyle::Body, 13.5),
            (TextStyle::Button, 13.5),
            (TextStyle::Small, 11.5),
            (TextStyle::Monospace, 12.5),
        ]
        .map(|(style, size)| (style, FontId::proportional(size)))
        .into();
        style.spacing.item_spacing = egui::vec2(8.0, 6.0);
        style.spacing.button_padding = egui::vec2(9.0, 4.0);
        style.spacing.interact_size.y = 24.0;
    });
}

/// Switches every colour.
pub fn apply(ctx: &egui::Context, dark: bool) {
    ctx.set_theme(if dark {
        egui::Theme::Dark
    } else {
        egui::Theme::Light
    });
    let mut visuals = if dark {
        egui::Visuals::dark()
    } else {
        egui::Visuals::light()
    };
    let (center, side, extreme, text, weak, line) = if dark {
        (
            0x14_17_1b, 0x1c_20_27, 0x0e_10_13, 0xe6_e9_ee, 0x9a_a4_b2, 0x2e_35_3f,
        )
    } else {
        (
            0xff_ff_ff, 0xf3_f5_f8, 0xff_ff_ff, 0x1a_1f_27, 0x56_60_6e, 0xd0_d6_de,
        )
    };
    visuals.panel_fill = rgb(center);
    visuals.window_fill = rgb(side);
    visuals.faint_bg_color = rgb(side);
    visuals.extreme_bg_color = rgb(extreme);
    visuals.override_text_color = Some(rgb(text));
    visuals.weak_text_color = Some(rgb(weak));
    visuals.widgets.noninteractive.bg_stroke = Stroke::new(1.0, rgb(line));
    visuals.selection.bg_fill = rgb(if dark { 0x7a_4a_08 } else { 0xff_d9_9a });
    visuals.selection.stroke = Stroke::new(1.0, rgb(text));
    for widget in [
        &mut visuals.widgets.inactive,
        &mut visuals.widgets.hovered,
        &mut visuals.widgets.active,
        &mut visuals.widgets.open,
    ] {
        widget.corner_radius = CornerRadius::same(5);
    }
    let theme = if dark {
        egui::Theme::Dark
    } else {
        egui::Theme::Light
    };
    ctx.set_visuals_of(theme, visuals);
}

fn rgb(hex: u32) -> Color32 {
    let [_, r, g, b] = hex.to_be_bytes();
    Color32::from_rgb(r, g, b)
}

/// How wide a button of these words is.
pub fn button_width(ui: &egui::Ui, words: &str) -> f32 {
    let font = TextStyle::Button.resolve(ui.style());
    let words = ui.fonts_mut(|fonts| fonts.layout_no_wrap(words.to_owned(), font, Color32::WHITE));
    words.size().x + 2.0 * ui.spacing().button_padding.x
}

/// Bars stand beside what scrolls from here on, instead of appearing under the pointer: what goes on
/// out of sight is to be seen from afar.
pub fn show_scroll_bars(ui: &mut egui::Ui) {
    ui.spacing_mut().scroll = egui::style::ScrollStyle::thin();
}

/// The program's own colour, for what is chosen and for training curves.
pub fn accent(ui: &egui::Ui) -> Color32 {
    rgb(if ui.visuals().dark_mode {
        0xff_9f_1c
    } else {
        0xa8_56_00
    })
}

/// The second colour, for the test set; told from the first by brightness too.
pub fn second(ui: &egui::Ui) -> Color32 {
    rgb(if ui.visuals().dark_mode {
        0x6c_c4_ee
    } else {
        0x05_5a_8c
    })
}

/// The pinned cell and what it sees; bright in both themes, as maps and pictures are mostly dark.
pub const PIN_MARK: Color32 = Color32::from_rgb(0xff, 0x9f, 0x1c);

/// The cell pointed at and what it sees.
pub const POINTER_MARK: Color32 = Color32::from_rgb(0x6c, 0xc4, 0xee);

/// Black or white, whichever is read better on a colour.
pub fn ink_on(color: Color32) -> Color32 {
    let linear = egui::Rgba::from(color);
    let luminance = 0.2126 * linear.r() + 0.7152 * linear.g() + 0.0722 * linear.b();
    // At this luminance, as WCAG defines it, black and white are told equally well: 4.6 to 1.
    if luminance > 0.179 {
        Color32::BLACK
    } else {
        Color32::WHITE
    }
}

/// Fill and text of the one button that starts things.
pub fn primary() -> (Color32, Color32) {
    (rgb(0xbb_2a_50), Color32::WHITE)
}

/// Fill of the progress bar; the theme's text is read on it and beside it.
pub fn progress_fill(ui: &egui::Ui) -> Color32 {
    rgb(if ui.visuals().dark_mode {
        0x7a_1e_6e
    } else {
        0xee_b4_d6
    })
}

pub fn error_color(ui: &egui::Ui) -> Color32 {
    rgb(if ui.visuals().dark_mode {
        0xff_8a_80
    } else {
        0xb0_12_12
    })
}

pub fn good_color(ui: &egui::Ui) -> Color32 {
    rgb(if ui.visuals().dark_mode {
        0x8f_d9_7b
    } else {
        0x1b_6e_2a
    })
}

/// Outline of a place on a picture or map, over a darker line of its own.
pub fn mark() -> Color32 {
    rgb(0x4d_e0_ff)
}

/// Frame of the bars at the top and bottom.
pub fn bar_frame(ui: &egui::Ui) -> Frame {
    Frame::new()
        .fill(ui.visuals().faint_bg_color)
        .inner_margin(Margin::symmetric(12, 8))
}

/// Frame of a line that says what is unusual about the views below it.
pub fn banner_frame(ui: &egui::Ui) -> Frame {
    Frame::new()
        .fill(ui.visuals().selection.bg_fill)
        .inner_margin(Margin::symmetric(14, 4))
}

/// Frame of the panels at the sides.
pub fn side_frame(ui: &egui::Ui) -> Frame {
    Frame::new()
        .fill(ui.visuals().faint_bg_color)
        .inner_margin(Margin::symmetric(12, 10))
}

/// Frame of the middle.
pub fn center_frame(ui: &egui::Ui) -> Frame {
    Frame::new()
        .fill(ui.visuals().panel_fill)
        .inner_margin(Margin::symmetric(14, 10))
}

/// A card: a piece with a border of its own.
pub fn card_frame(ui: &egui::Ui) -> Frame {
    Frame::new()
        .fill(ui.visuals().extreme_bg_color)
        .stroke(ui.visuals().widgets.noninteractive.bg_stroke)
        .corner_radius(CornerRadius::same(5))
        .inner_margin(Margin::symmetric(9, 6))
}

/// Text in the heading weight.
pub fn strong(text: impl Into<String>) -> RichText {
    RichText::new(text).family(strong_family())
}

/// The family of the heading weight.
pub fn strong_family() -> FontFamily {
    FontFamily::Name(STRONG.into())
}

/// Heading of a section.
pub fn heading(text: impl Into<String>) -> RichText {
    strong(text).size(14.0)
}

/// A button without a frame, but for the one that shows that it has the keyboard.
pub fn bare_button(ui: &mut egui::Ui, button: Button<'_>) -> Response {
    let response = ui.add(button.frame(false));
    if response.has_focus() {
        let line = Stroke::new(1.5, accent(ui));
        let frame = response.rect.expand(1.0);
        ui.painter()
            .rect_stroke(frame, 3.0, line, StrokeKind::Outside);
    }
    response
}

/// Names a control for screen readers and tests where its label is only a symbol.
pub fn name(response: &Response, label: &str) {
    name_as(response, Role::Button, label);
}

/// Names the edge of a panel that can be pulled, which egui names in English, after the panel was shown in `ui`.
pub fn name_edge(ui: &egui::Ui, panel: &str, label: &str) {
    let edge = ui
        .scope_id()
        .with_salt(egui::IdSalt::new(panel))
        .with("__resize");
    if ui.ctx().has_accesskit_node(edge) {
        ui.ctx()
            .accesskit_node_builder(edge, |node| node.set_label(label));
    }
}

/// Names a control that is no button.
pub fn name_as(response: &Response, role: Role, label: &str) {
    let enabled = response.enabled();
    response.widget_info(|| WidgetInfo::labeled(role, enabled, label));
}
