//! The whole network against stock candle operators, an independent implementation: logits,
//! gradients of every weight, feature maps.

use candle_core::{Device, Result, Tensor, Var};
use std::sync::Arc;

use convlens_core::dataset::{Classes, Dataset, Origin, Pictures};
use convlens_core::explore::activations;
use convlens_core::network::{
    LayerKind, LayerSpec, Model, NetworkSpec, Padding, pictures_to_tensor, weights,
};
use convlens_core::training::{RunConfig, Session};
use proptest::prelude::*;

use super::support::map_layers;

/// One layer's output, `(images, channels, height, width)` or `(images, units)`.
pub fn stock_layer(
    kind: LayerKind,
    x: &Tensor,
    weight: Option<(&Tensor, &Tensor)>,
) -> Result<Tensor> {
    match (kind, weight) {
        (LayerKind::Conv { kernel, padding }, Some((w, b))) => {
            let border = if padding == Padding::Same {
                kernel / 2
            } else {
                0
            };
            let bias = b.reshape((1, (), 1, 1))?;
            relu(&x.conv2d(w, border, 1, 1, 1)?.broadcast_add(&bias)?)
        }
        (LayerKind::MaxPool, _) => {
            // Not candle's `max_pool2d`, whose gradient is wrong.
            let (n, c, h, w) = x.dims4()?;
            let even = x.narrow(2, 0, h / 2 * 2)?.narrow(3, 0, w / 2 * 2)?;
            even.contiguous()?
                .reshape((n, c, h / 2, 2, w / 2, 2))?
                .max(5)?
                .max(3)
        }
        (kind, Some((w, b))) => {
            let y = x.flatten_from(1)?.matmul(&w.t()?)?.broadcast_add(b)?;
            if kind == LayerKind::Dense {
                relu(&y)
            } else {
                Ok(y)
            }
        }
        (kind, None) => panic!("{kind:?} without weights"),
    }
}

/// ReLU with the derivative 0 at 0, as in Keras and PyTorch; candle's own has 1 there.
pub fn relu(x: &Tensor) -> Result<Tensor> {
    x.mul(&x.gt(0.0)?.to_dtype(x.dtype())?)
}

/// The network rebuilt from its saved file: the outputs of every layer, and its weights as
/// variables.
pub fn stock(model: &Model, pixels: &Tensor) -> Result<(Vec<Tensor>, Vec<Var>)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("network.safetensors");
    weights::save(model, &path).unwrap();
    let file = candle_core::safetensors::load(&path, &Device::Cpu)?;
    let mut x = pixels.clone();
    let (mut outputs, mut variables) = (Vec::new(), Vec::new());
    for layer in model.layers() {
        let name = |part| format!("{}.{part}", layer.name);
        let pair = file.get(&name("weight")).zip(file.get(&name("bias")));
        let pair = pair.map(|(w, b)| (Var::from_tensor(w).unwrap(), Var::from_tensor(b).unwrap()));
        x = stock_layer(
            layer.kind,
            &x,
            pair.as_ref().map(|(w, b)| (w.as_tensor(), b.as_tensor())),
        )?;
        outputs.push(x.clone());
        variables.extend(pair.into_iter().flat_map(|(w, b)| [w, b]));
    }
    Ok((outputs, variables))
}

/// Largest difference, relative to the largest value.
pub fn difference(a: &Tensor, b: &Tensor) -> f32 {
    let flat = |t: &Tensor| t.flatten_all().unwrap().to_vec1::<f32>().unwrap();
    let (a, b) = (flat(a), flat(b));
    assert_eq!(a.len(), b.len());
    let largest = b.iter().fold(1e-6_f32, |m, v| m.max(v.abs()));
    let apart = a
        .iter()
        .zip(&b)
        .fold(0.0_f32, |m, (x, y)| m.max((x - y).abs()));
    apart / largest
}

/// Pictures without two equal neighbours: candle's `max` gives a tie's gradient to every one of
/// the equals, pooling to the first, and both are right.
pub fn pictures(count: usize) -> Pictures {
    let pixel = |place: usize| {
        let (image, y, x) = (place / 784, place / 28 % 28, place % 28);
        ((x * 7 + y * 37 + image * 11) % 251) as u8
    };
    let labels = (0..count).map(|image| (image * 3 % 10) as u8).collect();
    Pictures::new((0..count * 784).map(pixel).collect(), labels).unwrap()
}

pub fn networks() -> impl Strategy<Value = NetworkSpec> {
    let maps = prop::collection::vec(map_layers(20), 0..5);
    let dense = prop::collection::vec(
        (1..=40_usize).prop_map(|units| LayerSpec::Dense { units }),
        0..3,
    );
    (maps, dense)
        .prop_map(|(maps, dense)| NetworkSpec::new([maps, dense].concat()))
        .prop_filter("possible", |spec| spec.plan().is_ok())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn random_networks_compute_and_differentiate_like_stock_candle(
        spec in networks(),
        seed in 0..1000_u64,
        images in 1..5_usize,
    ) {
        let test = pictures(images);
        let labels = test.labels();
        let x = pictures_to_tensor((0..images).map(|i| test.image(i))).unwrap();
        let pixels = x.reshape((images, 1, 28, 28)).unwrap();
        let model = Model::random(&spec, seed).unwrap();
        let (outputs, stock_variables) = stock(&model, &pixels).unwrap();

        let logits = model.logits(&x).unwrap();
        let stock_logits = outputs.last().unwrap();
        prop_assert!(difference(&logits, stock_logits) < 2e-4);

        let maps = activations(&model, (0..images).map(|i| test.image(i))).unwrap();
        for layer in &maps.layers {
            let shape = (images, layer.channels, layer.height, layer.width);
            let ours = Tensor::from_vec(layer.values.clone(), shape, &Device::Cpu).unwrap();
            prop_assert_eq!(ours.dims(), outputs[layer.layer].dims());
            prop_assert!(difference(&ours, &outputs[layer.layer]) < 2e-4, "{}", &layer.name);
        }

        // One step of a run: the first mean of the gradients is a tenth of them.
        let mut session = Session::new(
            RunConfig { batch_size: images, seed, threads: 2, ..RunConfig::new(spec.clone()) },
            Arc::new(Dataset::new(Origin::Synthetic, test.clone(), test.clone(), Classes::FashionMnist)),
        ).unwrap();
        let loss = session.train_batch().unwrap().loss;
        let moments = session.state().unwrap().optimizer.moments;
        let targets: Vec<u32> = labels.iter().map(|&l| u32::from(l)).collect();
        let targets = Tensor::new(targets, &Device::Cpu).unwrap();
        let stock_loss = candle_nn::loss::cross_entropy(stock_logits, &targets).unwrap();
        prop_assert!((loss - stock_loss.to_scalar::<f32>().unwrap()).abs() < 2e-4 * loss.max(1.0));
        let stock = stock_loss.backward().unwrap();
        let gradients = model.tensors().into_iter().zip(&moments).map(|(weights, moments)| {
            let gradient = moments.mean.iter().map(|mean| mean / (1.0 - 0.9_f32)).collect::<Vec<_>>();
            Tensor::from_vec(gradient, weights.shape(), &Device::Cpu).unwrap()
        });
        let gradient_model = model.with_tensors(gradients.collect::<Vec<_>>()).unwrap();
        let file = weights::to_bytes(&gradient_model).unwrap();
        let file = candle_core::safetensors::load_buffer(&file, &Device::Cpu).unwrap();
        let names = model.layers().iter().enumerate().filter(|(i, _)| model.parameters(*i).is_some())
            .flat_map(|(_, l)| [format!("{}.weight", l.name), format!("{}.bias", l.name)]);
        for (name, variable) in names.zip(&stock_variables) {
            if let Some(gradient) = stock.get(variable) {
                prop_assert!(difference(&file[&name], gradient) < 2e-3, "{}: {}", name, difference(&file[&name], gradient));
            }
        }
    }
}
