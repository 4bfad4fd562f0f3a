//! The channels of a layer, ranked by one figure of their maps.

use super::LayerMaps;
use super::similarity::{cosine, mean};

/// A figure of a channel's map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChannelFigure {
    /// The channel's number.
    Index,
    /// Mean activation, after ReLU.
    Mean,
    /// Largest activation, after ReLU.
    Maximum,
    /// Cosine of the angle between the map and that of this channel, both as vectors: 1 where one is a multiple of the
    /// other, 0 where they light up in different places. After ReLU it is never negative.
    LikenessTo(usize),
}

/// That figure of every channel for one picture; `None` for the likeness of a map of zeros, which has no direction.
#[must_use]
pub fn channel_figures(layer: &LayerMaps, image: usize, figure: ChannelFigure) -> Vec<Option<f64>> {
    let maps = (0..layer.channels).map(|channel| layer.map(image, channel).unwrap_or_default());
    match figure {
        ChannelFigure::Index => (0..layer.channels).map(|c| Some(c as f64)).collect(),
        ChannelFigure::Mean => maps
            .map(|map| (!map.is_empty()).then(|| mean(map)))
            .collect(),
        ChannelFigure::Maximum => maps
            .map(|map| map.iter().copied().reduce(f32::max).map(f64::from))
            .collect(),
        ChannelFigure::LikenessTo(channel) => {
            let to = layer.map(image, channel).unwrap_or_default();
            maps.map(|map| cosine(map, to)).collect()
        }
    }
}

/// The channels in the order of a figure: by number for the index, else the largest first; of equals the lower number
/// first, those without a figure last.
#[must_use]
pub fn ranked_channels(figures: &[Option<f64>], figure: ChannelFigure) -> Vec<usize> {
    let mut order: Vec<usize> = (0..figures.len()).collect();
    if figure != ChannelFigure::Index {
        let rank = |channel: usize| figures[channel].unwrap_or(f64::NEG_INFINITY);
        order.sort_by(|&a, &b| rank(b).total_cmp(&rank(a)));
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four channels of 1×2, two pictures; only the second is asked about.
    fn layer() -> LayerMaps {
        let second = [3.0, 4.0, 0.0, 0.0, 6.0, 8.0, 0.0, 7.0];
        LayerMaps {
            name: "conv1".into(),
            layer: 0,
            channels: 4,
            height: 1,
            width: 2,
            values: [vec![9.0; 8], second.to_vec()].concat(),
            before_relu: None,
        }
    }

    fn figures(figure: ChannelFigure) -> Vec<Option<f64>> {
        channel_figures(&layer(), 1, figure)
    }

    #[test]
    fn figures_are_those_of_the_picture_asked_about() {
        let some = |values: [f64; 4]| values.map(Some).to_vec();
        assert_eq!(figures(ChannelFigure::Index), some([0.0, 1.0, 2.0, 3.0]));
        assert_eq!(figures(ChannelFigure::Mean), some([3.5, 0.0, 7.0, 3.5]));
        assert_eq!(figures(ChannelFigure::Maximum), some([4.0, 0.0, 8.0, 7.0]));
        let likeness = figures(ChannelFigure::LikenessTo(2));
        assert_eq!(likeness, [Some(1.0), None, Some(1.0), Some(0.8)]);
        assert_eq!(figures(ChannelFigure::LikenessTo(1)), [None; 4]);
    }

    #[test]
    fn the_largest_comes_first_and_what_has_no_figure_last() {
        let order = |figure| ranked_channels(&figures(figure), figure);
        assert_eq!(order(ChannelFigure::Index), [0, 1, 2, 3]);
        assert_eq!(order(ChannelFigure::Mean), [2, 0, 3, 1]);
        assert_eq!(order(ChannelFigure::Maximum), [2, 3, 0, 1]);
        assert_eq!(order(ChannelFigure::LikenessTo(2)), [0, 2, 3, 1]);
    }
}
