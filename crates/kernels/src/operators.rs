//! Convolutions and poolings of any window, batch normalization and activations as candle sees them.

use super::activation::{self, Activation};
use super::forward::Whole;
use super::general::{
    self, DepthwiseInput, DepthwiseWeights, Interleaved, LayOutColumns, LayOutInterleaved, Sizes,
};
use super::geometry::Geometry;
use super::kernel;
use super::layer::{self, Layer};
use super::norm;
use super::pieces::Pieces;
use super::pools::{self, Kind};
use super::slide::{Slide, Window};
use super::tensor::{Parts, addressable, floats, with_floats};
use super::tile::ALL;
use super::unit::Unit;
use candle_core::{CpuStorage, CustomOp1, Device, Layout, Result, Shape, Tensor, bail};

/// Convolution of any kind: `x (images, height, width, channels)` → `(images, height', width', filters)`, of weights
/// `w (rows, columns, channels / groups, filters)` whose rows and columns are the window's size, and a bias `(filters,)` if there is one.
/// Candle's `backward` passes through to all three, for questions about a network; weights are trained by [`Step`](crate::Step).
///
/// # Errors
/// If a tensor is not contiguous f32 on the CPU, or shapes do not fit.
pub fn convolution(
    x: &Tensor,
    w: &Tensor,
    bias: Option<&Tensor>,
    window: &Window,
    groups: usize,
) -> Result<Tensor> {
    let operator = Convolution {
        window: *window,
        groups,
    };
    if let Some(bias) = bias {
        return layer::apply(operator, x, w, bias);
    }
    let (.., filters) = Parts::four("convolution", w.shape())?;
    let zeros = Tensor::zeros(filters, x.dtype(), x.device())?;
    layer::apply(operator, x, w, &zeros)
}

struct Convolution {
    window: Window,
    groups: usize,
}

impl Convolution {
    /// And how many pictures.
    fn sizes(&self, x: &Shape, w: &Shape) -> Result<(Sizes, usize)> {
        let name = self.name();
        let (images, height, width, channels) = Parts::four(name, x)?;
        let (rows, columns, inputs, filters) = Parts::four(name, w)?;
        let map = [height, width, channels];
        let sizes = Sizes::new(name, map, self.window, filters, self.groups)?;
        if [rows, columns] != self.window.size || inputs != sizes.inputs() {
            let window = self.window;
            bail!("{name}: weights {w:?} do not fit a window of {window:?} on {x:?}");
        }
        if !addressable(&[images, sizes.pixels(), filters]) {
            bail!("{name}: the input {x:?} or the weights {w:?} are too large");
        }
        Ok((sizes, images))
    }
}

impl Layer for Convolution {
    fn name(&self) -> &'static str {
        "convolution"
    }

    fn forward(
        &self,
        [x, w, b]: [&[f32]; 3],
        [x_shape, w_shape, b_shape]: [&Shape; 3],
    ) -> Result<(Vec<f32>, Shape)> {
        let (sizes, images) = self.sizes(x_shape, w_shape)?;
        if b_shape.dims() != [sizes.filters] {
            let filters = sizes.filters;
            bail!("{}: a bias {b_shape:?} for {filters} filters", self.name());
        }
        let y = if sizes.is_depthwise() {
            let mut out = vec![0.0; images * sizes.output_length()];
            kernel::run(general::Depthwise {
                sizes,
                relu: false,
                x,
                w,
                bias: Some(b),
                out: &mut out,
            });
            out
        } else {
            convolve(&sizes, sizes.geometry(images), x, w, Some(b))
        };
        let Slide { rows, columns, .. } = sizes.slide;
        Ok((y, Shape::from((images, rows, columns, sizes.filters))))
    }

    fn input_gradient(
        &self,
        x: &Tensor,
        w: &Tensor,
        _: &Tensor,
        dy: &Tensor,
    ) -> Result<Option<Tensor>> {
        input_gradient(self.window, self.groups, [x, w], dy).map(Some)
    }

    fn weight_gradients(
        &self,
        x: &Tensor,
        w: &Tensor,
        _: &Tensor,
        dy: &Tensor,
    ) -> Result<Option<[Tensor; 2]>> {
        weight_gradients(self.window, self.groups, [x, w], dy).map(Some)
    }
}

/// The gradient of a convolution's input `x` from the gradient `dz` of its sums.
pub fn input_gradient(
    window: Window,
    groups: usize,
    [x, w]: [&Tensor; 2],
    dz: &Tensor,
) -> Result<Tensor> {
    let convolution = Convolution { window, groups };
    let (sizes, images) = convolution.sizes(x.shape(), w.shape())?;
    let dx = with_floats(convolution.name(), [w, dz], |values| {
        let &[w, dz] = values else {
            unreachable!("as many slices as tensors")
        };
        convolve_back(&sizes, images, w, dz)
    })?;
    Tensor::from_vec(dx, x.shape(), &Device::Cpu)
}

/// The gradients of a convolution's weights `w` and bias from its input `x` and the gradient `dz` of its sums.
pub fn weight_gradients(
    window: Window,
    groups: usize,
    [x, w]: [&Tensor; 2],
    dz: &Tensor,
) -> Result<[Tensor; 2]> {
    let convolution = Convolution { window, groups };
    let (sizes, _) = convolution.sizes(x.shape(), w.shape())?;
    let (mut dw, mut db) = (vec![0.0; w.elem_count()], vec![0.0; sizes.filters]);
    with_floats(convolution.name(), [x, dz], |values| {
        let &[x, dz] = values else {
            unreachable!("as many slices as tensors")
        };
        if sizes.is_depthwise() {
            kernel::run(DepthwiseWeights {
                sizes,
                x,
                dz,
                dw: &mut dw,
                db: Some(&mut db),
            });
        } else {
            kernel::run(general::WeightGradient {
                sizes,
                x,
                dz,
                blocks: ALL,
                dw: Pieces::new(&mut dw),
                db: Some(Pieces::new(&mut db)),
            });
        }
    })?;
    Ok([
        Tensor::from_vec(dw, w.shape(), &Device::Cpu)?,
        Tensor::from_vec(db, sizes.filters, &Device::Cpu)?,
    ])
}

/// By the faster ways if the convolution has their form.
fn convolve(
    sizes: &Sizes,
    geometry: Option<Geometry>,
    x: &[f32],
    w: &[f32],
    bias: Option<&[f32]>,
) -> Vec<f32> {
    let images = x.len() / sizes.input_length();
    let mut out = vec![0.0; images * sizes.output_length()];
    if images == 0 {
        return out;
    }
    if let Some(geometry) = geometry {
        kernel::run(Whole {
            geometry,
            relu: false,
            x,
            w,
            b: bias.unwrap_or(&vec![0.0; sizes.filters]),
            out: &mut out,
        });
        return out;
    }
    let lanes = Unit::in_use().lanes();
    let mut weights = vec![0.0; general::LayOut::length(sizes, lanes)];
    for part in 0..general::LayOut::parts(sizes, lanes) {
        let place = general::LayOut::place(sizes, lanes, part);
        kernel::run(general::LayOut {
            sizes: *sizes,
            w,
            part,
            out: &mut weights[place],
        });
    }
    kernel::run(general::Forward {
        sizes: *sizes,
        relu: false,
        zeros_stay: true,
        x,
        weights: &weights,
        bias,
        blocks: ALL,
        out: Pieces::new(&mut out),
    });
    out
}

fn convolve_back(sizes: &Sizes, images: usize, w: &[f32], dz: &[f32]) -> Vec<f32> {
    let turned = general::turned(sizes);
    let lanes = Unit::in_use().lanes();
    let by_columns = sizes.is_depthwise() || sizes.prefers_columns(lanes);
    if let (Some(turned), false) = (turned, by_columns) {
        let mut weights = vec![0.0; w.len()];
        let length = sizes.outputs() * sizes.slide.channels;
        for (tap, out) in weights.chunks_exact_mut(length).enumerate() {
            general::turn(sizes, w, tap, out);
        }
        let geometry = sizes.geometry(images);
        let geometry = geometry.map(|geometry| geometry.turned());
        return convolve(&turned, geometry, dz, &weights, None);
    }
    let mut dx = vec![0.0; images * sizes.input_length()];
    if sizes.is_depthwise() {
        kernel::run(DepthwiseInput {
            sizes: *sizes,
            turned,
            dz,
            w,
            dx: &mut dx,
        });
        return dx;
    }
    kernel::run(general::Input {
        sizes: *sizes,
        dz,
        weights: &laid_out_for_input(sizes, lanes, w),
        dx: &mut dx,
    });
    dx
}

/// Weights as [`general::Input`] reads them.
fn laid_out_for_input(sizes: &Sizes, lanes: usize, w: &[f32]) -> Vec<f32> {
    if let Some(interleaved) = Interleaved::new(sizes, lanes) {
        return laid_out_for_phases(interleaved, lanes, w);
    }
    let length = LayOutColumns::length(sizes, lanes);
    let mut weights = vec![0.0; sizes.groups * length];
    for (group, out) in weights.chunks_exact_mut(length).enumerate() {
        let lay_out = LayOutColumns {
            sizes: *sizes,
            w,
            group,
            out,
        };
        lay_out.run(lanes);
    }
    weights
}

fn laid_out_for_phases(interleaved: Interleaved, lanes: usize, w: &[f32]) -> Vec<f32> {
    let mut turned = vec![0.0; interleaved.taps() * interleaved.of_tap()];
    let taps = turned.chunks_exact_mut(interleaved.of_tap()).enumerate();
    taps.for_each(|(tap, out)| interleaved.turn(w, tap, out));
    let mut weights = vec![0.0; interleaved.length(lanes)];
    for part in 0..interleaved.parts(lanes) {
        kernel::run(LayOutInterleaved {
            interleaved,
            turned: &turned,
            part,
            out: &mut weights[interleaved.place(lanes, part)],
        });
    }
    weights
}

fn apply<O: CustomOp1 + Send + Sync + 'static>(operator: O, x: &Tensor) -> Result<Tensor> {
    if x.track_op() {
        x.apply_op1(operator)
    } else {
        x.apply_op1_no_bwd(&operator)
    }
}

/// The largest number of each window of `x (images, height, width, channels)`; the gradient goes to the first of equals.
///
/// # Errors
/// If `x` is not a contiguous f32 tensor on the CPU with four dimensions, or a window has nothing of the map.
pub fn max_pool_of(x: &Tensor, window: &Window) -> Result<Tensor> {
    apply(
        Pool {
            window: *window,
            kind: Kind::Max,
        },
        x,
    )
}

/// The mean of each window of `x (images, height, width, channels)`: of what lies in the map, or with the zeros of the padding if those
/// count.
///
/// # Errors
/// As [`max_pool_of`].
pub fn average_pool(x: &Tensor, window: &Window, counts_padding: bool) -> Result<Tensor> {
    apply(
        Pool {
            window: *window,
            kind: Kind::Average { counts_padding },
        },
        x,
    )
}

struct Pool {
    window: Window,
    kind: Kind,
}

impl Pool {
    /// And how many pictures.
    fn slide(&self, x: &Shape) -> Result<(Slide, usize)> {
        let (images, height, width, channels) = Parts::four(self.name(), x)?;
        let slide = Slide::pooling(self.name(), self.window, [height, width, channels])?;
        if !addressable(&[images, slide.output_length()]) {
            bail!("{}: the input {x:?} is too large", self.name());
        }
        Ok((slide, images))
    }
}

impl CustomOp1 for Pool {
    fn name(&self) -> &'static str {
        match self.kind {
            Kind::Max => "max_pool_of",
            Kind::Average { .. } => "average_pool",
        }
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (slide, images) = self.slide(layout.shape())?;
        let x = floats(self.name(), storage, layout)?;
        let mut y = vec![0.0; images * slide.output_length()];
        kernel::run(pools::Forward {
            slide,
            kind: self.kind,
            x,
            y: &mut y,
        });
        let shape = Shape::from((images, slide.rows, slide.columns, slide.channels));
        Ok((CpuStorage::F32(y), shape))
    }

    fn bwd(&self, x: &Tensor, y: &Tensor, dy: &Tensor) -> Result<Option<Tensor>> {
        let (slide, _) = self.slide(x.shape())?;
        let mut dx = vec![0.0; x.elem_count()];
        with_floats(self.name(), [x, y, dy], |values| {
            let &[x, y, dy] = values else {
                unreachable!("as many slices as tensors")
            };
            kernel::run(pools::Backward {
                slide,
                kind: self.kind,
                x,
                y,
                dy,
                dx: &mut dx,
            });
        })?;
        Tensor::from_vec(dx, x.shape(), &Device::Cpu).map(Some)
    }
}

/// Batch normalization of `x (…, channels)` with given statistics, as in testing: `(x − mean) / √(variance + ε) · γ + β`, of
/// `[γ, β, mean, variance]`, a number a channel each. Candle's `backward` passes through to `x`, γ and β.
///
/// # Errors
/// If a tensor is not contiguous f32 on the CPU, or shapes do not fit.
pub fn batch_norm(x: &Tensor, parameters: [&Tensor; 4], epsilon: f64) -> Result<Tensor> {
    let name = "batch_norm";
    let channels = x.dims().last().copied().unwrap_or(0);
    if channels == 0 || parameters.iter().any(|all| all.dims() != [channels]) {
        bail!("{name}: parameters do not fit the input {:?}", x.shape());
    }
    let [gamma, beta, mean, variance] = parameters;
    if gamma.track_op() || beta.track_op() {
        // Scale and shift by candle's own operators, which know their gradients.
        let (ones, zeros) = (gamma.ones_like()?, beta.zeros_like()?);
        let standard = batch_norm(x, [&ones, &zeros, mean, variance], epsilon)?;
        return standard.broadcast_mul(gamma)?.broadcast_add(beta);
    }
    let parameters = with_floats(name, parameters, |values| {
        [0, 1, 2, 3].map(|index: usize| values[index].to_vec())
    })?;
    apply(
        Norm {
            parameters,
            epsilon,
        },
        x,
    )
}

struct Norm {
    parameters: [Vec<f32>; 4],
    epsilon: f64,
}

impl CustomOp1 for Norm {
    fn name(&self) -> &'static str {
        "batch_norm"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let x = floats(self.name(), storage, layout)?;
        let mut y = vec![0.0; x.len()];
        kernel::run(norm::Given {
            x,
            parameters: self.parameters.each_ref().map(Vec::as_slice),
            epsilon: self.epsilon,
            bend: activation::STRAIGHT,
            y: &mut y,
        });
        Ok((CpuStorage::F32(y), layout.shape().clone()))
    }

    fn bwd(&self, x: &Tensor, _: &Tensor, dy: &Tensor) -> Result<Option<Tensor>> {
        let [gamma, _, _, variance] = &self.parameters;
        let mut scale = vec![0.0; gamma.len()];
        norm::scale(gamma, variance, self.epsilon, &mut scale);
        let dx = with_floats(self.name(), [dy], |values| {
            let rows = values[0].chunks_exact(scale.len());
            let dx = rows.flat_map(|dy| dy.iter().zip(&scale).map(|(dy, scale)| dy * scale));
            dx.collect::<Vec<f32>>()
        })?;
        Tensor::from_vec(dx, x.shape(), &Device::Cpu).map(Some)
    }
}

/// An activation of every number of `x`. Its gradient at a kink is that of the lower side, as `relu'(0)` is 0.
///
/// # Errors
/// If `x` is not a contiguous f32 tensor on the CPU.
pub fn activate(x: &Tensor, activation: Activation) -> Result<Tensor> {
    apply(Activate(activation), x)
}

struct Activate(Activation);

impl CustomOp1 for Activate {
    fn name(&self) -> &'static str {
        "activate"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let z = floats(self.name(), storage, layout)?;
        let mut y = vec![0.0; z.len()];
        kernel::run(activation::ActivateTo {
            activation: self.0,
            z,
            y: &mut y,
        });
        Ok((CpuStorage::F32(y), layout.shape().clone()))
    }

    fn bwd(&self, x: &Tensor, y: &Tensor, dy: &Tensor) -> Result<Option<Tensor>> {
        let at = if self.0.is_known_by_output() { y } else { x };
        let mut dz = vec![0.0; x.elem_count()];
        with_floats(self.name(), [at, dy], |values| {
            kernel::run(activation::Gradient {
                activation: self.0,
                at: values[0],
                dy: Some(values[1]),
                dz: &mut dz,
            });
        })?;
        Tensor::from_vec(dz, x.shape(), &Device::Cpu).map(Some)
    }
}
