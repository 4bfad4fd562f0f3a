//! What can be edited about a layer on its card: the usual in sight, the rest behind a button that says what of it is unusual.

use crate::app::widgets;
use crate::text::Text;
use convlens_core::network::{
    Activation, KERNELS, LayerSpec, MAX_FILTERS, MAX_KERNEL, MAX_PADDING, MAX_POOL, MAX_STRIDE,
    MAX_UNITS, Padding, Real, Sides,
};
use eframe::egui::{self, Button, ComboBox, DragValue, Id, Popup, PopupCloseBehavior, RichText};

/// Beside the name.
pub fn first_row(
    ui: &mut egui::Ui,
    text: &Text,
    layer: &str,
    edited: &mut LayerSpec,
    field: &mut Option<Id>,
) {
    let words = &text.editing;
    let details = |ui: &mut egui::Ui, details: &str| {
        ui.label(RichText::new(details).small().weak());
    };
    match edited {
        LayerSpec::Conv { activation, .. } | LayerSpec::Dense { activation, .. } => {
            activation_menu(ui, text, layer, activation, field);
        }
        LayerSpec::MaxPool { .. } | LayerSpec::AveragePool { .. } => {
            let is_mean = matches!(edited, LayerSpec::AveragePool { .. });
            more(ui, text, layer, edited, field);
            details(ui, if is_mean { words.mean } else { words.maximum });
        }
        LayerSpec::GlobalAveragePool => details(ui, words.global_mean),
        LayerSpec::GlobalMaxPool => details(ui, words.global_maximum),
        LayerSpec::BatchNorm { .. } => {
            more(ui, text, layer, edited, field);
            details(ui, words.norm_details);
        }
        LayerSpec::Dropout { rate } => {
            *field = real(ui, text, rate, 0.0..=0.95, 0.01, (layer, words.rate)).or(*field);
            details(ui, words.dropout_details);
        }
        LayerSpec::Activation { function } => activation_menu(ui, text, layer, function, field),
        LayerSpec::Split => details(ui, words.split_details),
        LayerSpec::Branch => details(ui, words.branch_details),
        LayerSpec::Add | LayerSpec::Concatenate => {
            let (label, other) = if *edited == LayerSpec::Add {
                (words.added, LayerSpec::Concatenate)
            } else {
                (words.joined, LayerSpec::Add)
            };
            let button = ui.small_button(label);
            widgets::theme::name(&button, &format!("{layer}: {label}"));
            if button.on_hover_text(words.join_hint).clicked() {
                *edited = other;
            }
        }
    }
}

/// Below it, of a layer with weights.
pub fn second_row(
    ui: &mut egui::Ui,
    text: &Text,
    layer: &str,
    edited: &mut LayerSpec,
    field: &mut Option<Id>,
) {
    match edited {
        LayerSpec::Conv {
            filters,
            kernel,
            padding,
            ..
        } => {
            let filters = DragValue::new(filters).range(1..=MAX_FILTERS).speed(0.2);
            *field = number(ui, filters, layer, text.editing.filters).or(*field);
            kernel_menu(ui, text, layer, kernel);
            padding_switch(ui, text, layer, padding);
        }
        LayerSpec::Dense { units, .. } => {
            let units = DragValue::new(units).range(1..=MAX_UNITS).speed(0.5);
            *field = number(ui, units, layer, text.editing.units).or(*field);
        }
        LayerSpec::MaxPool { .. }
        | LayerSpec::AveragePool { .. }
        | LayerSpec::GlobalAveragePool
        | LayerSpec::GlobalMaxPool
        | LayerSpec::BatchNorm { .. }
        | LayerSpec::Dropout { .. }
        | LayerSpec::Activation { .. }
        | LayerSpec::Split
        | LayerSpec::Branch
        | LayerSpec::Add
        | LayerSpec::Concatenate => return,
    }
    more(ui, text, layer, edited, field);
}

/// What is rarely changed, in a menu; the button says what of it is not as usual.
fn more(
    ui: &mut egui::Ui,
    text: &Text,
    layer: &str,
    edited: &mut LayerSpec,
    field: &mut Option<Id>,
) {
    let words = &text.editing;
    let unusual = unusual(edited);
    let label = if unusual.is_empty() { "…" } else { &unusual };
    ui.spacing_mut().button_padding.x = 4.0;
    let button = ui.add(Button::new(RichText::new(label).small()));
    let name = format!("{layer}: {}", words.more);
    widgets::theme::name(&button, &name);
    let button = button.on_hover_text(words.more);
    Popup::from_toggle_button_response(&button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            ui.set_min_width(190.0);
            ui.spacing_mut().item_spacing.y = 4.0;
            menu(ui, text, layer, edited, field);
        });
}

/// What differs from a layer that nobody has changed, in short.
fn unusual(layer: &LayerSpec) -> String {
    let mut parts = Vec::new();
    let sides = |letter: &str, sides: Sides| match sides.side() {
        Some(side) => format!("{letter}{side}"),
        None => format!("{letter}{sides}"),
    };
    match *layer {
        LayerSpec::Conv {
            stride,
            dilation,
            groups,
            bias,
            ..
        } => {
            if stride != Sides::square(1) {
                parts.push(sides("s", stride));
            }
            if dilation != Sides::square(1) {
                parts.push(sides("d", dilation));
            }
            match groups {
                1 => {}
                0 => parts.push("dw".to_owned()),
                groups => parts.push(format!("g{groups}")),
            }
            if !bias {
                parts.push("−b".to_owned());
            }
        }
        LayerSpec::MaxPool {
            size,
            stride,
            padding,
        }
        | LayerSpec::AveragePool {
            size,
            stride,
            padding,
            ..
        } => {
            parts.push(size.to_string());
            parts.extend(
                stride
                    .filter(|stride| *stride != size)
                    .map(|stride| sides("s", stride)),
            );
            if padding != Padding::Valid {
                parts.push(padding.to_string());
            }
        }
        LayerSpec::Dense { bias: false, .. } => parts.push("−b".to_owned()),
        LayerSpec::BatchNorm { .. }
        | LayerSpec::Dense { .. }
        | LayerSpec::GlobalAveragePool
        | LayerSpec::GlobalMaxPool
        | LayerSpec::Dropout { .. }
        | LayerSpec::Activation { .. }
        | LayerSpec::Split
        | LayerSpec::Branch
        | LayerSpec::Add
        | LayerSpec::Concatenate => {}
    }
    parts.join(" ")
}

fn menu(
    ui: &mut egui::Ui,
    text: &Text,
    layer: &str,
    edited: &mut LayerSpec,
    field: &mut Option<Id>,
) {
    let words = &text.editing;
    match edited {
        LayerSpec::Conv {
            kernel,
            stride,
            dilation,
            groups,
            padding,
            bias,
            ..
        } => {
            pair(ui, kernel, MAX_KERNEL, (layer, words.kernel), field);
            pair(ui, stride, MAX_STRIDE, (layer, words.stride), field);
            pair(ui, dilation, MAX_STRIDE, (layer, words.dilation), field);
            paddings(ui, text, layer, padding, field);
            ui.horizontal(|ui| {
                ui.label(words.groups).on_hover_text(words.groups_hint);
                let mut is_depthwise = *groups == 0;
                if ui.checkbox(&mut is_depthwise, words.depthwise).changed() {
                    *groups = usize::from(!is_depthwise);
                }
                if !is_depthwise {
                    let number_of = DragValue::new(groups).range(1..=MAX_FILTERS).speed(0.1);
                    *field = number(ui, number_of, layer, words.groups).or(*field);
                }
            });
            ui.checkbox(bias, words.bias).on_hover_text(words.bias_hint);
        }
        LayerSpec::MaxPool {
            size,
            stride,
            padding,
        } => pooling(ui, text, layer, (size, stride, padding), field),
        LayerSpec::AveragePool {
            size,
            stride,
            padding,
            counts_padding,
        } => {
            pooling(ui, text, layer, (size, stride, padding), field);
            ui.checkbox(counts_padding, words.counts_padding)
                .on_hover_text(words.counts_padding_hint);
        }
        LayerSpec::BatchNorm {
            epsilon,
            momentum,
            unbiased,
        } => {
            for (name, value, range, speed) in [
                (words.epsilon, epsilon, 1e-6..=1.0, 1e-4),
                (words.momentum, momentum, 0.0..=0.999, 0.001),
            ] {
                ui.horizontal(|ui| {
                    ui.label(name);
                    *field = real(ui, text, value, range, speed, (layer, name)).or(*field);
                });
            }
            ui.checkbox(unbiased, words.unbiased)
                .on_hover_text(words.unbiased_hint);
        }
        LayerSpec::Dense { bias, .. } => {
            ui.checkbox(bias, words.bias).on_hover_text(words.bias_hint);
        }
        LayerSpec::GlobalAveragePool
        | LayerSpec::GlobalMaxPool
        | LayerSpec::Dropout { .. }
        | LayerSpec::Activation { .. }
        | LayerSpec::Split
        | LayerSpec::Branch
        | LayerSpec::Add
        | LayerSpec::Concatenate => {}
    }
}

fn pooling(
    ui: &mut egui::Ui,
    text: &Text,
    layer: &str,
    (size, stride, padding): (&mut Sides, &mut Option<Sides>, &mut Padding),
    field: &mut Option<Id>,
) {
    let words = &text.editing;
    pair(ui, size, MAX_POOL, (layer, words.window), field);
    let mut shown = stride.unwrap_or(*size);
    let before = shown;
    pair(ui, &mut shown, MAX_POOL, (layer, words.stride), field);
    if shown != before {
        *stride = (shown != *size).then_some(shown);
    }
    paddings(ui, text, layer, padding, field);
}

/// Rows and columns of a window.
fn pair(
    ui: &mut egui::Ui,
    sides: &mut Sides,
    most: usize,
    (layer, name): (&str, &str),
    field: &mut Option<Id>,
) {
    ui.horizontal(|ui| {
        ui.label(name);
        let height = DragValue::new(&mut sides.height).range(1..=most).speed(0.1);
        let changed = number(ui, height, layer, name);
        // Together, unless the columns are set apart.
        if changed.is_some() && ui.input(|input| !input.modifiers.shift) {
            sides.width = sides.height;
        }
        *field = changed.or(*field);
        ui.label("×");
        let width = DragValue::new(&mut sides.width).range(1..=most).speed(0.1);
        *field = number(ui, width, layer, name).or(*field);
    });
}

fn paddings(
    ui: &mut egui::Ui,
    text: &Text,
    layer: &str,
    padding: &mut Padding,
    field: &mut Option<Id>,
) {
    let words = &text.editing;
    ui.horizontal(|ui| {
        ui.label(words.padding);
        for (kind, hint) in [
            (Padding::Valid, words.valid_is),
            (Padding::Same, words.same_is),
        ] {
            widgets::theme::choose(ui, padding, kind, kind.to_string()).on_hover_text(hint);
        }
        let mut pixels = match padding {
            Padding::Pixels(pixels) => *pixels,
            Padding::Valid | Padding::Same => 0,
        };
        let shown = DragValue::new(&mut pixels)
            .range(0..=MAX_PADDING)
            .speed(0.05);
        let changed = number(ui, shown, layer, words.padding_pixels);
        if changed.is_some() {
            *padding = match pixels {
                0 => Padding::Valid,
                pixels => Padding::Pixels(pixels),
            };
        }
        *field = changed.or(*field);
    });
}

/// A number of the layer; its id if it was changed.
fn number(ui: &mut egui::Ui, field: DragValue<'_>, layer: &str, name: &str) -> Option<Id> {
    let response = ui.add(field).accessible_name(format!("{layer}: {name}"));
    response.changed().then_some(response.id)
}

fn real(
    ui: &mut egui::Ui,
    text: &Text,
    value: &mut Real,
    range: std::ops::RangeInclusive<f32>,
    speed: f64,
    (layer, name): (&str, &str),
) -> Option<Id> {
    let mut shown = value.get();
    let field = DragValue::new(&mut shown)
        .range(range)
        .speed(speed)
        .custom_formatter(|value, _| text.shortest(value, 6))
        .custom_parser(|typed| text.typed_number(typed));
    let changed = number(ui, field, layer, name);
    if changed.is_some() {
        *value = Real::new(shown);
    }
    changed
}

fn activation_menu(
    ui: &mut egui::Ui,
    text: &Text,
    layer: &str,
    activation: &mut Activation,
    field: &mut Option<Id>,
) {
    let menu = ComboBox::from_id_salt("activation")
        .selected_text(text.activation(*activation))
        .width(62.0)
        .height(320.0)
        .show_ui(ui, |ui| {
            for offered in Activation::ALL {
                let is_chosen = activation.is_kind(offered);
                if ui
                    .selectable_label(is_chosen, text.activation(offered))
                    .clicked()
                    && !is_chosen
                {
                    *activation = offered;
                }
            }
        });
    let name = format!("{layer}: {}", text.editing.activation);
    menu.response
        .accessible_name(name)
        .on_hover_text(text.editing.activation_hint);
    let mut with_number = *activation;
    if let Some(slope) = with_number.number() {
        let changed = real(
            ui,
            text,
            slope,
            0.0..=2.0,
            0.01,
            (layer, text.editing.slope),
        );
        if changed.is_some() {
            *activation = with_number;
            *field = changed;
        }
    }
}

fn kernel_menu(ui: &mut egui::Ui, text: &Text, layer: &str, kernel: &mut Sides) {
    let menu = ComboBox::from_id_salt("kernel")
        .selected_text(kernel.to_string())
        .width(44.0)
        .show_ui(ui, |ui| {
            for offered in KERNELS.map(Sides::square) {
                ui.selectable_value(kernel, offered, offered.to_string());
            }
        });
    let name = format!("{layer}: {}", text.editing.kernel);
    menu.response
        .accessible_name(name)
        .on_hover_text(text.editing.kernel_hint);
}

/// A button that says which padding is in use, and takes the other one.
fn padding_switch(ui: &mut egui::Ui, text: &Text, layer: &str, padding: &mut Padding) {
    let hint = match padding {
        Padding::Valid => text.editing.valid_hint,
        Padding::Same => text.editing.same_hint,
        Padding::Pixels(_) => text.editing.pixels_hint,
    };
    let button = ui.button(padding.to_string());
    let name = format!("{layer}: {} {padding}", text.editing.padding);
    widgets::theme::name(&button, &name);
    if button.on_hover_text(hint).clicked() {
        *padding = match padding {
            Padding::Valid => Padding::Same,
            Padding::Same | Padding::Pixels(_) => Padding::Valid,
        };
    }
}
