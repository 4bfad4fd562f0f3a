//! Layers in short, as runs are called by them.

use super::layer_spec::{BlockPart, LayerSpec};
use super::{Activation, Padding, Sides};

/// Layers in short.
pub(super) fn in_short(layers: &[LayerSpec]) -> String {
    let mut label = String::new();
    for layer in layers {
        let begins = label.is_empty() || label.ends_with(['(', ',']);
        let part = layer.block_part();
        let closes = part.is_some_and(|part| part != BlockPart::Split);
        if closes && begins {
            label += "id";
        } else if !closes && !begins {
            label.push('-');
        }
        label += &word(*layer);
    }
    label
}

/// One layer in short.
fn word(layer: LayerSpec) -> String {
    let sides = |letter: char, sides: Sides, usual: usize| match sides.side() {
        Some(side) if side == usual => String::new(),
        Some(side) => format!("{letter}{side}"),
        None => format!("{letter}{}x{}", sides.height, sides.width),
    };
    let border = |padding: Padding| match padding {
        Padding::Valid => String::new(),
        Padding::Same => "same".to_owned(),
        Padding::Pixels(pixels) => format!("pad{pixels}"),
    };
    let behind = |bias: bool, activation: Activation| {
        let bias = if bias { "" } else { "nobias" };
        match activation {
            Activation::Relu => bias.to_owned(),
            other => format!("{bias}{}", other.label()),
        }
    };
    let pool = |letter: char, size: Sides, stride: Option<Sides>, padding: Padding| {
        let size = match size.side() {
            Some(2) => letter.to_string(),
            Some(side) => format!("{letter}{side}"),
            None => format!("{letter}{}x{}", size.height, size.width),
        };
        let stride = stride.map_or_else(String::new, |stride| sides('s', stride, 0));
        format!("{size}{stride}{}", border(padding))
    };
    match layer {
        LayerSpec::Conv {
            filters,
            kernel,
            stride,
            dilation,
            groups,
            padding,
            bias,
            activation,
        } => {
            let groups = match groups {
                1 => String::new(),
                0 => "depthwise".to_owned(),
                groups => format!("g{groups}"),
            };
            format!(
                "{filters}{}{}{}{groups}{}{}",
                sides('k', kernel, 3),
                sides('s', stride, 1),
                sides('r', dilation, 1),
                border(padding),
                behind(bias, activation)
            )
        }
        LayerSpec::MaxPool {
            size,
            stride,
            padding,
        } => pool('p', size, stride, padding),
        LayerSpec::AveragePool {
            size,
            stride,
            padding,
            ..
        } => pool('a', size, stride, padding),
        LayerSpec::GlobalAveragePool => "gap".to_owned(),
        LayerSpec::GlobalMaxPool => "gmp".to_owned(),
        LayerSpec::BatchNorm { .. } => "bn".to_owned(),
        LayerSpec::Dropout { rate } => format!("do{rate}"),
        LayerSpec::Activation { function } => function.label(),
        LayerSpec::Dense {
            units,
            bias,
            activation,
        } => format!("d{units}{}", behind(bias, activation)),
        LayerSpec::Split => "(".to_owned(),
        LayerSpec::Branch => ",".to_owned(),
        LayerSpec::Add => ")+".to_owned(),
        LayerSpec::Concatenate => ")".to_owned(),
    }
}
