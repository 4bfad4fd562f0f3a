//! One layer: its name, what can be edited about it, its output shape, its parameters, and what is
//! wrong with it.

use crate::app::panels::network::fields;
use crate::app::widgets;
use crate::text::Text;
use convlens_core::network::{LayerSpec, Shape};
use eframe::egui::{self, Button, Frame, RichText, Stroke};

/// Room for the button that removes a layer, which cards without one keep: figures stand below one another.
const REMOVE: f32 = 14.0;

/// Narrower than this, fields stand closer and nothing is kept free below the button that removes.
const NARROW: f32 = 230.0;

/// What a card shows besides its controls.
pub struct CardWords<'a> {
    pub name: &'a str,
    /// Below an impossible layer there is none.
    pub output: Option<Shape>,
    pub parameters: usize,
    /// Products of a value and a weight for one picture.
    pub multiply_adds: usize,
    /// Why the stack breaks here.
    pub fault: Option<&'a str>,
}

impl CardWords<'_> {
    /// The whole card as one sentence, for screen readers.
    pub fn spoken(&self, text: &Text) -> String {
        let mut parts = vec![self.name.to_owned()];
        if let Some(output) = self.output {
            parts.push(output.to_string());
        }
        if self.parameters > 0 {
            parts.push(text.parameters(self.parameters));
        }
        parts.extend(self.fault.map(str::to_owned));
        parts.join(", ")
    }
}

/// The frame of a card; marked when it breaks the stack or is chosen.
pub fn frame(ui: &egui::Ui, is_faulty: bool, is_chosen: bool) -> Frame {
    // Closer than other cards: a whole network is to fit beside its maps.
    let frame = widgets::theme::card_frame(ui).inner_margin(egui::Margin::symmetric(8, 3));
    if is_faulty {
        frame.stroke(Stroke::new(1.5, widgets::theme::error_color(ui)))
    } else if is_chosen {
        frame.stroke(Stroke::new(1.5, widgets::theme::accent(ui)))
    } else {
        frame
    }
}

/// A card that nothing can be edited about.
pub fn fixed(ui: &mut egui::Ui, text: &Text, words: &CardWords<'_>, details: &str) {
    fixed_with(ui, text, words, details, |_| ());
}

/// The same with something more behind the details.
pub fn fixed_with(
    ui: &mut egui::Ui,
    text: &Text,
    words: &CardWords<'_>,
    details: &str,
    more: impl FnOnce(&mut egui::Ui),
) {
    frame(ui, words.fault.is_some(), false).show(ui, |ui| {
        ui.set_width(ui.available_width());
        // Nothing in it is pressed.
        ui.spacing_mut().interact_size.y = 17.0;
        sides().show(
            ui,
            |ui| {
                ui.label(widgets::theme::strong(words.name));
                ui.label(RichText::new(details).small().weak());
                more(ui);
            },
            |ui| {
                ui.add_space(REMOVE);
                figures(ui, text, words);
            },
        );
        fault(ui, words);
    });
}

/// A row whose right end comes first: what the left has no room for is cut off with "…".
fn sides() -> egui::Sides {
    egui::Sides::new().shrink_left().truncate().spacing(4.0)
}

/// What was asked of a card.
pub enum CardAction {
    Change(LayerSpec, egui::Id),
    Remove,
}

/// The inside of an editable card. `ui` has an id of its own for each place in the stack.
pub fn editable(
    ui: &mut egui::Ui,
    text: &Text,
    words: &CardWords<'_>,
    layer: LayerSpec,
) -> Option<CardAction> {
    ui.set_width(ui.available_width());
    let spacing = ui.spacing_mut();
    spacing.item_spacing = egui::vec2(5.0, 3.0);
    spacing.interact_size = egui::vec2(30.0, 20.0);
    spacing.button_padding.x = 6.0;
    let mut edited = layer;
    let mut field = None;
    let left = |ui: &mut egui::Ui| {
        ui.label(widgets::theme::strong(words.name));
        fields::first_row(ui, text, words.name, &mut edited, &mut field);
    };
    let right = |ui: &mut egui::Ui| {
        let remove = Button::new("×").min_size(egui::vec2(REMOVE - 4.0, 0.0));
        ui.spacing_mut().button_padding.x = 0.0;
        ui.spacing_mut().item_spacing.x = 4.0;
        let remove = widgets::theme::bare_button(ui, remove);
        let hint = text.remove_layer(words.name);
        widgets::theme::name(&remove, &hint);
        match layer {
            LayerSpec::Conv { .. } | LayerSpec::Dense { .. } => shape(ui, text, words),
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
            | LayerSpec::Concatenate => figures(ui, text, words),
        }
        remove.on_hover_text(hint).clicked()
    };
    let ((), removed) = sides().show(ui, left, right);
    if let LayerSpec::Conv { .. } | LayerSpec::Dense { .. } = &edited {
        let is_narrow = ui.available_width() < NARROW;
        if is_narrow {
            ui.spacing_mut().item_spacing.x = 3.0;
        }
        let left = |ui: &mut egui::Ui| {
            fields::second_row(ui, text, words.name, &mut edited, &mut field);
        };
        // A count without its first figures would be another: it gives way, as nothing else here can.
        let sides = egui::Sides::new().shrink_right().truncate().spacing(4.0);
        sides.show(ui, left, |ui| {
            if !is_narrow {
                ui.add_space(REMOVE);
            }
            parameters(ui, text, words);
        });
    }
    fault(ui, words);
    if removed {
        return Some(CardAction::Remove);
    }
    let field = field.unwrap_or_else(|| ui.scope_id().with("choice"));
    (edited != layer).then_some(CardAction::Change(edited, field))
}

/// From right to left: shape, then parameters, where there is one line for both.
fn figures(ui: &mut egui::Ui, text: &Text, words: &CardWords<'_>) {
    if matches!(words.output, Some(Shape::Vector(_))) && words.parameters > 0 {
        parameters(ui, text, words);
    } else {
        shape(ui, text, words);
    }
}

fn shape(ui: &mut egui::Ui, text: &Text, words: &CardWords<'_>) {
    match words.output {
        Some(output) => {
            let cost = text.layer_cost(words.multiply_adds, output.len());
            ui.label(output.to_string()).on_hover_text(cost)
        }
        None => ui.label(RichText::new("–").weak()),
    };
}

fn parameters(ui: &mut egui::Ui, text: &Text, words: &CardWords<'_>) {
    if words.output.is_some() {
        let count = RichText::new(text.integer(words.parameters)).small();
        let count = ui.label(count.weak());
        let output = words.output.map_or(0, Shape::len);
        let cost = text.layer_cost(words.multiply_adds, output);
        let parameters = text.parameters(words.parameters);
        count.on_hover_text(format!("{parameters}\n{cost}"));
    }
}

fn fault(ui: &mut egui::Ui, words: &CardWords<'_>) {
    if let Some(fault) = words.fault {
        let label = RichText::new(fault)
            .small()
            .color(widgets::theme::error_color(ui));
        ui.add(egui::Label::new(label).wrap());
    }
}
