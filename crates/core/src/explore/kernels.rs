//! The kernels of a convolution, filter by filter.

use super::test_set::{TestSetError, is_conv, not_a_convolution};
use crate::network::{Model, Shape};

/// The kernels of one convolution. A filter is `channels × height × width` weights and a bias: as deep as
/// its input has maps.
#[derive(Clone, Debug, PartialEq)]
pub struct Kernels {
    /// The layer's name.
    pub name: String,
    /// Number of filters.
    pub filters: usize,
    /// Slices of a filter: maps of the layer's input, or of a group of them.
    pub channels: usize,
    /// Rows of a slice.
    pub height: usize,
    /// Columns of a slice.
    pub width: usize,
    /// `(filters, channels, height, width)`, row-major.
    pub weights: Vec<f32>,
    /// One a filter.
    pub biases: Vec<f32>,
}

impl Kernels {
    /// Weights of a slice.
    #[must_use]
    pub fn slice_len(&self) -> usize {
        self.height * self.width
    }

    /// All weights of a filter, `(channels, height, width)`; empty where there is no such filter.
    #[must_use]
    pub fn filter(&self, filter: usize) -> &[f32] {
        let len = self.channels * self.slice_len();
        self.weights
            .get(filter * len..(filter + 1) * len)
            .unwrap_or_default()
    }

    /// Whether one filter's largest weight is so far above the others' that on a common scale most would look alike: more than three
    /// times the median of all filters' largest weights.
    #[must_use]
    pub fn one_outshines_the_others(&self) -> bool {
        let largest = |filter| {
            let weights = self.filter(filter).iter();
            weights.fold(0.0_f32, |most, weight| most.max(weight.abs()))
        };
        let mut all: Vec<f32> = (0..self.filters).map(largest).collect();
        all.sort_by(f32::total_cmp);
        let median = all.get(all.len() / 2).copied().unwrap_or_default();
        all.last().is_some_and(|most| *most > 3.0 * median)
    }

    /// How strong each slice of a filter is: the length of the vector of its weights. One an input channel.
    #[must_use]
    pub fn strengths(&self, filter: usize) -> Vec<f32> {
        let slices = self.filter(filter).chunks_exact(self.slice_len().max(1));
        let length = |slice: &[f32]| slice.iter().map(|w| w * w).sum::<f32>().sqrt();
        slices.map(length).collect()
    }

    /// The input channels of the strongest slices of a filter, at most `most`, the strongest first.
    #[must_use]
    pub fn strongest(&self, filter: usize, most: usize) -> Vec<usize> {
        let strengths = self.strengths(filter);
        let mut channels: Vec<usize> = (0..strengths.len()).collect();
        channels.sort_by(|&a, &b| strengths[b].total_cmp(&strengths[a]));
        channels.truncate(most);
        channels
    }

    /// The weights of these slices of a filter, one after another.
    #[must_use]
    pub fn slices(&self, filter: usize, channels: &[usize]) -> Vec<f32> {
        let (all, len) = (self.filter(filter), self.slice_len());
        let slices = channels
            .iter()
            .filter_map(|channel| all.get(channel * len..(channel + 1) * len));
        slices.flatten().copied().collect()
    }
}

/// Whether a layer is dense and weighs the pixels of the picture itself, so that the weights of each unit make a picture: a
/// template that the picture is compared with. No layer but the first one can be.
#[must_use]
pub fn has_templates(model: &Model, layer: usize) -> bool {
    layer == 0 && model.layers()[0].kind.is_dense()
}

/// The kernels of the convolution at `layer`, or the templates of a dense layer that has some: see [`has_templates`].
///
/// # Errors
/// The layer is neither.
pub fn kernels(model: &Model, layer: usize) -> Result<Kernels, TestSetError> {
    let found = model.layers().get(layer);
    let found = found.filter(|l| is_conv(l) || has_templates(model, layer));
    let Some((found, parameters)) = found.zip(model.parameters(layer)) else {
        return Err(not_a_convolution(model, &(layer + 1).to_string()));
    };
    let filters = found.output.channels();
    let (weights, channels, height, width) = match found.input {
        Shape::Maps { .. } if is_conv(found) => {
            // Of a grouped convolution each filter has slices for the channels of its group alone.
            let (height, width, channels, _) = parameters.weight.dims4()?;
            (parameters.weight.clone(), channels, height, width)
        }
        input => {
            let (channels, height, width) = input.extent();
            let shape = (height, width, channels, filters);
            (parameters.weight.reshape(shape)?, channels, height, width)
        }
    };
    // (height, width, channels, filters)
    let weights = weights.permute((3, 2, 0, 1))?;
    let biases = parameters.biases(filters)?;
    Ok(Kernels {
        name: found.name.clone(),
        filters,
        channels,
        height,
        width,
        weights: weights.flatten_all()?.to_vec1()?,
        biases,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{ChangedTo, Preset, WeightChange};

    #[test]
    fn a_filter_that_blanks_the_others_is_noticed() {
        let model = Model::random(&Preset::Conv16.spec(), 4).unwrap();
        assert!(!kernels(&model, 0).unwrap().one_outshines_the_others());
        let strong = ChangedTo::Slices {
            channel: None,
            values: vec![8.0; 9],
        };
        let model = model.changed(&[change(0, 3, strong)]).unwrap();
        assert!(kernels(&model, 0).unwrap().one_outshines_the_others());
    }

    #[test]
    fn only_a_dense_layer_on_the_picture_has_templates() {
        use crate::network::{LayerSpec, NetworkSpec};
        let has = |spec: &NetworkSpec| has_templates(&Model::random(spec, 0).unwrap(), 0);
        assert!(has(&Preset::Dense.spec()));
        for first in [
            LayerSpec::GlobalMaxPool,
            LayerSpec::MAX_POOL,
            LayerSpec::DROPOUT,
        ] {
            assert!(!has(&NetworkSpec::new(vec![first])), "{first:?}");
        }
        let branches = [
            LayerSpec::Split,
            LayerSpec::dense(4),
            LayerSpec::Branch,
            LayerSpec::dense(4),
        ];
        let branches = [&branches[..], &[LayerSpec::Add]].concat();
        assert!(!has(&NetworkSpec::new(branches)));
    }

    #[test]
    fn the_strongest_slices_come_first() {
        let kernels = Kernels {
            name: "conv2".into(),
            filters: 2,
            channels: 3,
            height: 1,
            width: 1,
            weights: vec![0.0, 0.0, 0.0, 0.5, -2.0, 1.0],
            biases: vec![0.0; 2],
        };
        assert_eq!(kernels.strengths(1), [0.5, 2.0, 1.0]);
        assert_eq!(kernels.strongest(1, 2), [1, 2]);
        assert_eq!(kernels.slices(1, &[1, 2]), [-2.0, 1.0]);
        assert!(kernels.slices(1, &[3]).is_empty());
        assert!(kernels.strengths(7).is_empty());
    }

    fn change(layer: usize, filter: usize, to: ChangedTo) -> WeightChange {
        WeightChange { layer, filter, to }
    }

    #[test]
    fn only_what_is_changed_is_another() {
        let model = Model::random(&Preset::Conv16.spec(), 4).unwrap();
        let slices = ChangedTo::Slices {
            channel: Some(5),
            values: (0..9_u8).map(f32::from).collect(),
        };
        let weight = ChangedTo::Weight {
            channel: 0,
            tap: [2, 1],
            value: -7.0,
        };
        let changes = [
            change(2, 3, slices),
            change(0, 1, weight),
            change(0, 1, ChangedTo::Bias(0.5)),
        ];
        let other = model.changed(&changes).unwrap();
        for layer in [0, 2] {
            let mut expected = kernels(&model, layer).unwrap();
            if layer == 0 {
                expected.weights[9 + 7] = -7.0;
                expected.biases[1] = 0.5;
            } else {
                let first = (3 * expected.channels + 5) * 9;
                for place in 0..9_u8 {
                    expected.weights[first + usize::from(place)] = f32::from(place);
                }
            }
            assert_eq!(kernels(&other, layer).unwrap(), expected);
        }
        // The network itself stays as it was.
        let again = Model::random(&Preset::Conv16.spec(), 4).unwrap();
        assert_eq!(kernels(&model, 0).unwrap(), kernels(&again, 0).unwrap());
    }

    #[test]
    fn a_place_that_is_not_there_is_refused() {
        let model = Model::random(&Preset::Conv16.spec(), 4).unwrap();
        let weight = |channel, tap| ChangedTo::Weight {
            channel,
            tap,
            value: 1.0,
        };
        for change in [
            change(1, 0, ChangedTo::Bias(0.0)),
            change(9, 0, ChangedTo::Bias(0.0)),
            change(0, 16, ChangedTo::Bias(0.0)),
            change(0, 0, weight(1, [0, 0])),
            change(0, 0, weight(0, [3, 0])),
            change(
                0,
                0,
                ChangedTo::Slices {
                    channel: None,
                    values: vec![0.0; 8],
                },
            ),
        ] {
            assert!(
                model.changed(std::slice::from_ref(&change)).is_err(),
                "{change:?}"
            );
        }
    }
}
