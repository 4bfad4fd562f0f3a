//! What the attributes of an ONNX node say, and whether convlens has layers like that.

use super::error::LayerReason;
use super::onnx_proto::{AttributeProto, NodeProto};
use crate::network::Padding;
use crate::network::normalization::Rescaling;

/// Where the attribute `auto_pad` leaves `pads` to decide.
const NO_AUTO_PAD: &[u8] = b"NOTSET";

/// Whether a `Gemm` takes its weights as (units, inputs).
pub(super) fn gemm(node: &NodeProto) -> Result<bool, LayerReason> {
    for (option, allowed) in [("alpha", "1"), ("beta", "1")] {
        let found = attribute(node, option).map_or(1.0, |attribute| attribute.float);
        if (found - 1.0).abs() > f32::EPSILON {
            let found = found.to_string();
            return Err(LayerReason::Setting {
                option,
                found,
                allowed,
            });
        }
    }
    match int(node, "transA", 0) {
        0 => Ok(int(node, "transB", 0) != 0),
        found => Err(LayerReason::Setting {
            option: "transA",
            found: found.to_string(),
            allowed: "0",
        }),
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

/// Refuses groups and dilations.
pub(super) fn plain(node: &NodeProto) -> Result<(), LayerReason> {
    let dilations = ints(node, "dilations");
    if dilations.iter().any(|&dilation| dilation != 1) {
        return Err(LayerReason::Setting {
            option: "dilations",
            found: format!("{dilations:?}"),
            allowed: "[1, 1]",
        });
    }
    match int(node, "group", 1) {
        1 => Ok(()),
        group => Err(LayerReason::Setting {
            option: "group",
            found: group.to_string(),
            allowed: "1",
        }),
    }
}

/// The padding of a kernel of this side.
pub(super) fn padding(node: &NodeProto, kernel: usize) -> Result<Padding, LayerReason> {
    let auto = attribute(node, "auto_pad").map_or(NO_AUTO_PAD, |attribute| &attribute.text);
    let (pads, half) = (ints(node, "pads"), (kernel / 2) as i64);
    let all = |wanted: i64| pads.iter().all(|&pad| pad == wanted);
    match auto {
        b"VALID" => Ok(Padding::Valid),
        b"SAME_UPPER" | b"SAME_LOWER" if kernel % 2 == 1 => Ok(Padding::Same),
        NO_AUTO_PAD | b"" if all(0) => Ok(Padding::Valid),
        NO_AUTO_PAD | b"" if pads.len() == 4 && all(half) => Ok(Padding::Same),
        NO_AUTO_PAD | b"" => Err(LayerReason::Setting {
            option: "pads",
            found: format!("{pads:?}"),
            allowed: "none, or half the kernel on every side",
        }),
        other => Err(LayerReason::Setting {
            option: "auto_pad",
            found: String::from_utf8_lossy(&other[..other.len().min(40)]).into_owned(),
            allowed: "NOTSET, VALID, SAME_UPPER, SAME_LOWER",
        }),
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

/// Whole numbers; none where the attribute is missing.
pub(super) fn ints(node: &NodeProto, name: &str) -> Vec<i64> {
    attribute(node, name).map_or(Vec::new(), |attribute| attribute.ints.clone())
}
