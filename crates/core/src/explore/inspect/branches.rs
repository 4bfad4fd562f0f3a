//! Where the branches of a block begin and come together.

use super::Place;
use crate::network::{Input, Join, Layer, LayerKind, LayerOutput, origin};
use candle_core::{Result, Tensor};

/// A number that a layer hands on as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Handed {
    /// The layer that it comes from; `None` for the picture.
    pub from: Option<String>,
    /// The channel there.
    pub channel: usize,
    /// The number.
    pub value: f32,
}

/// What each branch hands to a join of the value at `place`: all of them for a sum, one where channels stand behind one another.
///
/// # Errors
/// Only those of candle.
pub(super) fn handed(
    layers: &[Layer],
    place: Place,
    picture: &Tensor,
    outputs: &[LayerOutput],
) -> Result<Vec<Handed>> {
    let layer = &layers[place.layer];
    let mut handed = Vec::with_capacity(layer.inputs.len());
    let mut first = 0;
    for input in &layer.inputs {
        let (value, shape) = match input {
            Input::Pictures => (picture, layers[0].input),
            Input::Layer(before) => (&outputs[*before].value, layers[*before].output),
        };
        let start = first;
        first += shape.channels();
        let channel = if layer.kind == LayerKind::Join(Join::Concatenate) {
            match place.channel.checked_sub(start) {
                Some(channel) if place.channel < first => channel,
                Some(_) | None => continue,
            }
        } else {
            place.channel
        };
        let place = Place { channel, ..place };
        handed.push(Handed {
            from: origin(layers, *input).map(|layer| layers[layer].name.clone()),
            channel,
            value: super::number(value, shape.is_maps(), place)?,
        });
    }
    Ok(handed)
}
