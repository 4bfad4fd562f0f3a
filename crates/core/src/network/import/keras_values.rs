//! Values as Keras writes them into a description, and what is wrong with others.

use super::error::LayerReason;
use super::input::picture_size;
use crate::dataset::PictureSize;
use crate::network::{Activation, Real, Sides};
use serde_json::Value;

/// The activation of a name in Keras; `None` for softmax, which only a dense layer has.
pub(super) fn activation(name: &str, is_dense: bool) -> Result<Option<Activation>, LayerReason> {
    Ok(Some(match name {
        "softmax" => return Ok(None),
        "linear" => Activation::None,
        "relu" => Activation::Relu,
        "leaky_relu" | "leakyrelu" => Activation::LeakyRelu(Real::new(0.2)),
        "relu6" => Activation::Relu6,
        "elu" => Activation::Elu(Real::new(1.0)),
        "selu" => Activation::Selu,
        "gelu" => Activation::Gelu,
        "silu" | "swish" => Activation::Silu,
        "tanh" => Activation::Tanh,
        "sigmoid" => Activation::Sigmoid,
        "hard_sigmoid" => Activation::HardSigmoid,
        "hard_silu" | "hard_swish" => Activation::HardSilu,
        "hard_tanh" => Activation::HardTanh,
        other => {
            return Err(LayerReason::Setting {
                option: "activation",
                found: other.chars().take(60).collect(),
                allowed: if is_dense {
                    "relu, tanh, sigmoid, elu, gelu, silu, softmax, linear and the like"
                } else {
                    "relu, tanh, sigmoid, elu, gelu, silu, linear and the like"
                },
            });
        }
    }))
}

/// The pictures that a shape means, if one is named.
pub(super) fn input(shape: &Value) -> Result<Option<PictureSize>, LayerReason> {
    let Some(shape) = shape.as_array() else {
        return Ok(None);
    };
    let sides = shape
        .iter()
        .skip(1)
        .map(|side| side.as_u64().map(|side| side as usize));
    let sides: Option<Vec<usize>> = sides.collect();
    match sides.and_then(|sides| picture_size(&sides, true)) {
        Some(size) => Ok(Some(size)),
        None => Err(LayerReason::Input(shown(&Value::from(shape.clone())))),
    }
}

/// The sizes that a reshape of so many pixels asks for, the one that is left open (−1) among them worked out.
pub(super) fn resolved(target: &[i64], pixels: usize) -> Option<Vec<usize>> {
    let mut known: usize = 1;
    for &size in target.iter().filter(|&&size| size != -1) {
        known = known.checked_mul(usize::try_from(size).ok()?)?;
    }
    let open = pixels.checked_div(known)?;
    let sizes = target.iter().map(|&size| {
        if size == -1 {
            Some(open)
        } else {
            usize::try_from(size).ok()
        }
    });
    sizes.collect()
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or("?").chars().take(60).collect()
}

/// A value as an error shows it.
pub(super) fn shown(value: &Value) -> String {
    value.to_string().chars().take(60).collect()
}

pub(super) fn setting(option: &'static str, found: &Value, allowed: &'static str) -> LayerReason {
    LayerReason::Setting {
        option,
        found: shown(found),
        allowed,
    }
}

pub(super) fn plain(
    config: &Value,
    option: &'static str,
    fits: impl Fn(&Value) -> bool,
    allowed: &'static str,
) -> Result<(), LayerReason> {
    if fits(&config[option]) {
        return Ok(());
    }
    Err(setting(option, &config[option], allowed))
}

pub(super) fn channels_last(config: &Value) -> Result<(), LayerReason> {
    let fits = |value: &Value| value.is_null() || value.as_str() == Some("channels_last");
    plain(config, "data_format", fits, "channels_last")
}

/// Two numbers, or one for both.
pub(super) fn pair(config: &Value, option: &'static str) -> Result<Sides, LayerReason> {
    let number = |value: &Value| value.as_u64().and_then(|n| usize::try_from(n).ok());
    let value = &config[option];
    let found = match value.as_array().map(Vec::as_slice) {
        Some([a, b]) => number(a).zip(number(b)),
        Some(_) => None,
        None => number(value).map(|n| (n, n)),
    };
    let (height, width) = found.ok_or(LayerReason::Damaged(option))?;
    Ok(Sides { height, width })
}

/// The same; 1 where nothing is said.
pub(super) fn pair_or_one(config: &Value, option: &'static str) -> Result<Sides, LayerReason> {
    match &config[option] {
        Value::Null => Ok(Sides::square(1)),
        _ => pair(config, option),
    }
}

pub(super) fn real(config: &Value, option: &'static str) -> Result<Real, LayerReason> {
    let number = config[option].as_f64().filter(|number| number.is_finite());
    let number = number.ok_or(LayerReason::Damaged(option))?;
    Ok(Real::new(number as f32))
}

pub(super) fn whole(config: &Value, option: &'static str) -> Result<usize, LayerReason> {
    let number = config[option].as_u64();
    number
        .and_then(|n| usize::try_from(n).ok())
        .ok_or(LayerReason::Damaged(option))
}
