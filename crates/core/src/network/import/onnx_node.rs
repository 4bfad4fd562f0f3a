//! What the attributes of an ONNX node say, and whether convlens has layers like that.

use super::error::LayerReason;
use crate::network::normalization::Rescaling;
use crate::network::onnx_proto::{AttributeProto, NodeProto};
use crate::network::{Activation, Padding, Real, Sides};

/// Where the attribute `auto_pad` leaves `pads` to decide.
const NO_AUTO_PAD: &[u8] = b"NOTSET";

/// Whether a `Gemm` takes its weights as (units, inputs).
pub(super) fn gemm(node: &NodeProto) -> Result<bool, LayerReason> {
    for (option, allowed) in [("alpha", "1"), ("beta", "1")] {
        let found = float(node, option, 1.0);
        if (found - 1.0).abs() > f32::EPSILON {
            return Err(setting(option, found, allowed));
        }
    }
    match int(node, "transA", 0) {
        0 => Ok(int(node, "transB", 0) != 0),
        found => Err(setting("transA", found, "0")),
    }
}

/// What is done to the pictures before the first layer.
pub(super) fn rescaling(
    op: &str,
    constant: &[f32],
    before: &mut Rescaling,
) -> Result<(), LayerReason> {
    // As many as there are channels, or one.
    if ![1, 3].contains(&constant.len()) {
        return Err(LayerReason::Class);
    }
    let numbers = constant.iter().map(|number| f64::from(*number));
    let (scale, offset): (Vec<f64>, Vec<f64>) = numbers
        .map(|number| match op {
            "Mul" => (number, 0.0),
            "Div" => (1.0 / number, 0.0),
            "Add" => (1.0, number),
            _ => (1.0, -number),
        })
        .unzip();
    let done = before.then(&scale, &offset);
    done.ok_or(LayerReason::Rescaling {
        scale: scale[0],
        offset: offset[0],
    })
}

/// An activation that is a node of its own; `None` for any other node.
pub(super) fn activation(node: &NodeProto) -> Result<Option<Activation>, LayerReason> {
    let number = |name: &str, default: f32| Real::new(float(node, name, default));
    Ok(Some(match node.op.as_str() {
        "Relu" => Activation::Relu,
        "LeakyRelu" => Activation::LeakyRelu(number("alpha", 0.01)),
        "Elu" => Activation::Elu(number("alpha", 1.0)),
        "Selu" => Activation::Selu,
        "Sigmoid" => Activation::Sigmoid,
        "Tanh" => Activation::Tanh,
        "HardSwish" => Activation::HardSilu,
        "HardSigmoid" => {
            let (alpha, beta) = (float(node, "alpha", 0.2), float(node, "beta", 0.5));
            if (alpha - 1.0 / 6.0).abs() > 1e-6 || (beta - 0.5).abs() > 1e-6 {
                return Err(setting("alpha", alpha, "1/6, with beta 0.5"));
            }
            Activation::HardSigmoid
        }
        "Gelu" => match attribute(node, "approximate").map(|found| &found.text[..]) {
            Some(b"tanh") => Activation::GeluTanh,
            _ => Activation::Gelu,
        },
        _ => return Ok(None),
    }))
}

/// What cutting numbers off below and above does.
pub(super) fn clip(least: Option<f32>, most: Option<f32>) -> Result<Activation, LayerReason> {
    let is =
        |found: Option<f32>, wanted: f32| found.is_some_and(|found| (found - wanted).abs() < 1e-6);
    if is(least, 0.0) && is(most, 6.0) {
        Ok(Activation::Relu6)
    } else if is(least, -1.0) && is(most, 1.0) {
        Ok(Activation::HardTanh)
    } else if is(least, 0.0) && most.is_none() {
        Ok(Activation::Relu)
    } else {
        let found = format!("{least:?}, {most:?}");
        Err(LayerReason::Setting {
            option: "min",
            found,
            allowed: "0 to 6, -1 to 1, or 0 and above",
        })
    }
}

/// A window as a node has it, without its padding.
pub(super) struct Slide {
    pub size: Sides,
    pub stride: Sides,
    pub dilation: Sides,
}

/// The window of a node; `weight` has its sides where the node may leave them out.
pub(super) fn slide(node: &NodeProto, weight: Option<[usize; 2]>) -> Result<Slide, LayerReason> {
    let sides = |option: &'static str, default: Option<[usize; 2]>| {
        let found = ints(node, option);
        let whole = |number: &i64| usize::try_from(*number).ok();
        let pair = match &found[..] {
            [] => default,
            [height, width] => whole(height).zip(whole(width)).map(|(h, w)| [h, w]),
            _ => None,
        };
        let [height, width] =
            pair.ok_or_else(|| setting(option, format!("{found:?}"), "two numbers"))?;
        Ok(Sides { height, width })
    };
    let size = sides("kernel_shape", weight)?;
    if let Some([height, width]) = weight
        && size != (Sides { height, width })
    {
        return Err(LayerReason::Damaged("kernel_shape"));
    }
    Ok(Slide {
        size,
        stride: sides("strides", Some([1, 1]))?,
        dilation: sides("dilations", Some([1, 1]))?,
    })
}

/// The padding of a window over maps of this height and width, `more` pixels of it from a node before.
pub(super) fn padding(
    node: &NodeProto,
    slide: &Slide,
    map: (usize, usize),
    more: [usize; 4],
) -> Result<Padding, LayerReason> {
    let auto = attribute(node, "auto_pad").map_or(NO_AUTO_PAD, |attribute| &attribute.text);
    let Slide {
        size,
        stride,
        dilation,
    } = *slide;
    let is_possible = [size, stride, dilation]
        .into_iter()
        .all(|sides| sides.are_within(1..=1 << 16));
    if !is_possible {
        return Err(setting("kernel_shape", size, "sides of a few pixels"));
    }
    let same = Padding::Same.window(size, stride, dilation, map);
    let same = [same.before, same.after];
    let none = more == [0; 4];
    match auto {
        b"VALID" if none => return Ok(Padding::Valid),
        b"SAME_UPPER" if none => return Ok(Padding::Same),
        b"SAME_LOWER" if none && same[0] == same[1] => return Ok(Padding::Same),
        NO_AUTO_PAD | b"" => {}
        other => {
            let found = String::from_utf8_lossy(&other[..other.len().min(40)]).into_owned();
            return Err(setting("auto_pad", found, "NOTSET, VALID, SAME_UPPER"));
        }
    }
    let pads = ints(node, "pads");
    let refused = || {
        setting(
            "pads",
            format!("{pads:?}"),
            "the same on all sides, or as `same` has it",
        )
    };
    let own = if pads.is_empty() {
        vec![0; 4]
    } else {
        pads.clone()
    };
    let own: Option<Vec<usize>> = own.iter().map(|&pad| usize::try_from(pad).ok()).collect();
    let Some(&[top, left, bottom, right]) = own.as_deref() else {
        return Err(refused());
    };
    let sum = |own: usize, more: usize| own.saturating_add(more);
    let before = [sum(top, more[0]), sum(left, more[1])];
    let after = [sum(bottom, more[2]), sum(right, more[3])];
    let all = [before[0], before[1], after[0], after[1]];
    if all == [0; 4] {
        Ok(Padding::Valid)
    } else if [before, after] == same {
        Ok(Padding::Same)
    } else if all.iter().all(|pixels| *pixels == all[0]) {
        Ok(Padding::Pixels(all[0]))
    } else {
        Err(refused())
    }
}

pub(super) fn setting(
    option: &'static str,
    found: impl std::fmt::Display,
    allowed: &'static str,
) -> LayerReason {
    LayerReason::Setting {
        option,
        found: found.to_string(),
        allowed,
    }
}

/// The attribute of this name.
pub(super) fn attribute<'a>(node: &'a NodeProto, name: &str) -> Option<&'a AttributeProto> {
    node.attributes
        .iter()
        .find(|attribute| attribute.name == name)
}

/// A whole number, or what ONNX takes where there is none.
pub(super) fn int(node: &NodeProto, name: &str, default: i64) -> i64 {
    attribute(node, name).map_or(default, |attribute| attribute.int)
}

/// A number, or what ONNX takes where there is none.
pub(super) fn float(node: &NodeProto, name: &str, default: f32) -> f32 {
    attribute(node, name).map_or(default, |attribute| attribute.float)
}

/// Whole numbers; none where the attribute is missing.
pub(super) fn ints(node: &NodeProto, name: &str) -> Vec<i64> {
    attribute(node, name).map_or(Vec::new(), |attribute| attribute.ints.clone())
}
