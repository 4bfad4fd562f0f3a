//! Colours, fonts and spacing, dark and light.

use convlens_core::render::Colormap;
use convlens_core::render::text::{REGULAR, SEMIBOLD};
use eframe::egui::{
    self, Button, Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Frame,
    Margin, Response, RichText, Role, Stroke, StrokeKind, TextStyle, WidgetInfo, WidgetText,
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
    visuals.selection.bg_fill = rgb(if dark { 0x4b_3d_8f } else { 0xdd_d5_ff });
    visuals.selection.stroke = Stroke::new(1.0, rgb(text));
    // An edge and a face of its own: what can be pressed is seen to be.
    let (edge, faces) = if dark {
        (0x4a_54_63, [0x2b_32_3d, 0x38_41_4e, 0x46_51_61])
    } else {
        (0xb4_bd_c9, [0xea_ed_f2, 0xdd_e3_eb, 0xcd_d5_df])
    };
    let widgets = &mut visuals.widgets;
    for (widget, face) in [
        (&mut widgets.inactive, faces[0]),
        (&mut widgets.hovered, faces[1]),
        (&mut widgets.active, faces[2]),
        (&mut widgets.open, faces[1]),
    ] {
        widget.corner_radius = CornerRadius::same(5);
        widget.weak_bg_fill = rgb(face);
        widget.bg_stroke = Stroke::new(1.0, rgb(edge));
    }
    widgets.hovered.bg_stroke.color = rgb(weak);
    // Rails and empty boxes.
    widgets.inactive.bg_fill = rgb(if dark { 0x3a_43_50 } else { 0xcd_d4_dd });
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
    width(ui, &TextStyle::Button, words) + 2.0 * ui.spacing().button_padding.x
}

/// How wide words are in one line.
pub fn width(ui: &egui::Ui, style: &TextStyle, words: &str) -> f32 {
    width_in(ui.ctx(), &style.resolve(ui.style()), words)
}

/// Width of these words in this font: that of its letters, which may stand a little closer. Laying words out only to measure them would
/// cost a frame more than drawing them, as numbers change all the time.
pub fn width_in(ctx: &egui::Context, font: &egui::FontId, words: &str) -> f32 {
    ctx.fonts_mut(|fonts| words.chars().map(|c| fonts.glyph_width(font, c)).sum())
}

/// Bars stand beside what scrolls from here on, instead of appearing under the pointer: what goes on
/// out of sight is to be seen from afar.
pub fn show_scroll_bars(ui: &mut egui::Ui) {
    ui.spacing_mut().scroll = egui::style::ScrollStyle::thin();
}

/// What is chosen, and what has the keyboard. Each of the colours from here on has one meaning.
pub fn accent(ui: &egui::Ui) -> Color32 {
    rgb(if ui.visuals().dark_mode {
        0xb9_a5_ff
    } else {
        0x5a_3e_c8
    })
}

/// What the pointer is on.
pub fn pointed_at(ui: &egui::Ui) -> Color32 {
    ui.visuals().text_color()
}

/// Curves and points of the training images.
pub fn training(ui: &egui::Ui) -> Color32 {
    rgb(if ui.visuals().dark_mode {
        0xff_9f_1c
    } else {
        0xa8_56_00
    })
}

/// The same of the test set; told from the first by brightness too.
pub fn second(ui: &egui::Ui) -> Color32 {
    rgb(if ui.visuals().dark_mode {
        0x6c_c4_ee
    } else {
        0x05_5a_8c
    })
}

/// How much there is of something: bars of shares, likeness, strength.
pub fn amount(ui: &egui::Ui) -> Color32 {
    rgb(if ui.visuals().dark_mode {
        0x3d_c2_a9
    } else {
        0x00_70_5f
    })
}

/// What is not as one might think.
pub fn warning(ui: &egui::Ui) -> Color32 {
    rgb(if ui.visuals().dark_mode {
        0xf2_d2_4a
    } else {
        0x70_58_00
    })
}

/// The colours of weights and of values before `ReLU`: zero has the colour of the window's ground.
pub fn diverging(ui: &egui::Ui) -> Colormap {
    if ui.visuals().dark_mode {
        Colormap::DivergingDark
    } else {
        Colormap::Diverging
    }
}

/// A colour map as this theme shows it.
pub fn shown_colormap(ui: &egui::Ui, colormap: Colormap) -> Colormap {
    match colormap {
        Colormap::Diverging | Colormap::DivergingDark => diverging(ui),
        Colormap::Inferno | Colormap::Grey => colormap,
    }
}

/// A bar of something with a sign: the colour maps' blue below zero, their red above.
pub fn signed(ui: &egui::Ui, is_negative: bool) -> Color32 {
    let position = if is_negative { 0.15 } else { 0.85 };
    let [r, g, b] = diverging(ui).at(position);
    Color32::from_rgb(r, g, b)
}

/// The pinned cell and what it sees: the colour of what is chosen, as bright as maps and pictures are mostly dark.
pub const PIN_MARK: Color32 = Color32::from_rgb(0xc9, 0xb8, 0xff);

/// The cell pointed at and what it sees.
pub const POINTER_MARK: Color32 = Color32::WHITE;

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

/// Fill of the progress bar, of the button's hue; the theme's text is read on it and beside it.
pub fn progress_fill(ui: &egui::Ui) -> Color32 {
    rgb(if ui.visuals().dark_mode {
        0x82_20_3e
    } else {
        0xf4_bc_ca
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
    let fill = rgb(if ui.visuals().dark_mode {
        0x44_3b_12
    } else {
        0xff_f0_b8
    });
    Frame::new()
        .fill(fill)
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

/// One of several to choose from: with a frame also where it is not the one, to be seen as a button.
pub fn choice(ui: &mut egui::Ui, is_chosen: bool, words: impl Into<WidgetText>) -> Response {
    ui.add(Button::new(words.into()).selected(is_chosen))
}

/// The same for a value: a click makes it this `option`.
pub fn choose<T: PartialEq>(
    ui: &mut egui::Ui,
    value: &mut T,
    option: T,
    words: impl Into<WidgetText>,
) -> Response {
    let mut response = choice(ui, *value == option, words);
    if response.clicked() && *value != option {
        *value = option;
        response.mark_changed();
    }
    response
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
