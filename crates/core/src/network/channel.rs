//! What a layer with weights sums up before its activation: all of its channels, or one alone, which takes a fraction of the time.

use candle_core::{Result, Tensor};

use super::{LayerKind, Model, Window};
use convlens_kernels as kernels;

/// One filter of a convolution, or one unit of a dense layer or of the output, apart from the others of its layer.
#[derive(Clone, Debug)]
pub struct Channel {
    /// A filter's `(rows, columns, in / groups, 1)`, a unit's `(in, 1)`.
    weight: Tensor,
    /// `(1)`
    bias: Tensor,
    /// Of a filter: where it looks, and the first and the number of the input's channels that it sees.
    filter: Option<(Window, usize, usize)>,
}

impl Channel {
    /// Its sums, of what its layer reads (see [`Model::input_of`]): of a filter `(images, rows, columns, 1)`, of a unit `(images, 1)`.
    /// Gradients pass through to `x`.
    ///
    /// # Errors
    /// An input of another shape.
    pub fn sums(&self, x: &Tensor) -> Result<Tensor> {
        let Some((window, first, count)) = &self.filter else {
            return kernels::dense(x, &self.weight, &self.bias);
        };
        let x = if x.dim(3)? == *count {
            x.clone()
        } else {
            x.narrow(3, *first, *count)?.contiguous()?
        };
        kernels::convolution(&x, &self.weight, Some(&self.bias), window, 1)
    }
}

impl Model {
    /// The sums of all channels of the convolution, the dense layer or the output layer at `index`, before its activation, of what it reads
    /// (see [`input_of`](Self::input_of)): `(images, rows, columns, filters)` or `(images, units)`.
    ///
    /// # Errors
    /// The layer is none of these; an input of another shape.
    pub fn sums(&self, index: usize, x: &Tensor) -> Result<Tensor> {
        let layer = &self.layers()[index];
        let Some(p) = self.parameters(index).filter(|_| layer.kind.is_dense()) else {
            return self.before_activation(index, x);
        };
        let units = layer.output.len();
        let bias = Tensor::from_vec(p.biases(units)?, units, x.device())?;
        kernels::dense(x, &p.weight, &bias)
    }

    /// One channel of the convolution, the dense layer or the output layer at `index`.
    ///
    /// # Errors
    /// The layer is none of these, or has fewer channels.
    pub fn channel(&self, index: usize, channel: usize) -> Result<Channel> {
        let layer = &self.layers()[index];
        let (LayerKind::Conv { .. } | LayerKind::Dense { .. } | LayerKind::Output, Some(p)) =
            (layer.kind, self.parameters(index))
        else {
            candle_core::bail!("{} has no sums", layer.name)
        };
        let channels = layer.output.channels();
        let last = p.weight.rank() - 1;
        let weight = p.weight.narrow(last, channel, 1)?.contiguous()?;
        let bias = Tensor::from_vec(p.biases(channels)?, channels, weight.device())?;
        let filter = if let LayerKind::Conv { window, groups, .. } = layer.kind {
            let seen = weight.dim(2)?;
            let group = channel / (channels / groups).max(1);
            Some((window, group * seen, seen))
        } else {
            None
        };
        Ok(Channel {
            weight,
            bias: bias.narrow(0, channel, 1)?.contiguous()?,
            filter,
        })
    }
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;
    use crate::network::{Activation, LayerSpec, NetworkSpec, Padding, Preset, Sides};

    #[test]
    fn a_channel_alone_sums_up_what_it_does_among_the_others() {
        let grouped = LayerSpec::Conv {
            filters: 6,
            kernel: Sides {
                height: 2,
                width: 3,
            },
            stride: Sides::square(2),
            dilation: Sides::square(1),
            groups: 3,
            padding: Padding::Same,
            bias: false,
            activation: Activation::Tanh,
        };
        let spec = NetworkSpec::new(vec![
            LayerSpec::conv(9, 3, Padding::Valid),
            grouped,
            LayerSpec::dense(5),
        ]);
        let model = Model::random(&spec, 2).unwrap();
        let pictures: Vec<u8> = (0..2 * 784).map(|i| (i * 31 % 256) as u8).collect();
        let pictures = model.input(pictures.chunks_exact(784)).unwrap();
        for index in [0, 1, 2, 3] {
            let x = model.input_of(index, &pictures).unwrap();
            let all = model.sums(index, &x).unwrap();
            let last = all.rank() - 1;
            for channel in 0..all.dim(last).unwrap() {
                let alone = model.channel(index, channel).unwrap().sums(&x).unwrap();
                let among = all.narrow(last, channel, 1).unwrap();
                assert_eq!(alone.dims(), among.dims());
                let error = (alone - among)
                    .unwrap()
                    .abs()
                    .unwrap()
                    .flatten_all()
                    .unwrap();
                let error = error.max(0).unwrap().to_scalar::<f32>().unwrap();
                assert!(error < 1e-5, "layer {index}, channel {channel}: {error}");
            }
        }
        let logits = model.logits(&pictures).unwrap().to_vec2::<f32>().unwrap();
        let last = model
            .sums(3, &model.input_of(3, &pictures).unwrap())
            .unwrap();
        assert_eq!(last.to_vec2::<f32>().unwrap(), logits);
    }

    #[test]
    fn a_layer_without_sums_and_a_channel_beyond_the_last_are_refused() {
        let model = Model::random(&Preset::Conv16.spec(), 2).unwrap();
        let maps = Tensor::zeros((1, 26, 26, 16), candle_core::DType::F32, &Device::Cpu).unwrap();
        assert!(model.sums(1, &maps).is_err() && model.channel(1, 0).is_err());
        assert!(model.channel(0, 16).is_err());
    }
}
