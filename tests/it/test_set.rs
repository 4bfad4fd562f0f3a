//! What is asked of a whole test set, against stock candle and plain loops: what excites a filter,
//! what a network is without it, which classes are taken for which.

use candle_core::{Device, Tensor};
use convlens_core::dataset::{Dataset, Pictures};
use convlens_core::explore::{
    Ablation, Excitation, Progress, TestSetError, ablated, activations, conv_layer, excitations,
    kernels, predictions,
};
use convlens_core::network::{LayerKind, LayerSpec, Model, NetworkSpec, Padding, Preset, weights};
use convlens_core::training::{Team, evaluate};

use super::independent::{PARTS, difference, relu, stock, stock_layer};
use super::support::{fashion_mnist, small_dataset};

fn pool(threads: usize) -> rayon::ThreadPool {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    pool.build().unwrap()
}

/// Two convolutions of different kind, with biases of both signs; filter 2 of the second is dead.
fn network() -> Model {
    let spec = NetworkSpec::new(vec![
        LayerSpec::conv(5, 5, Padding::Same),
        LayerSpec::MAX_POOL,
        LayerSpec::conv(7, 3, Padding::Valid),
        LayerSpec::MAX_POOL,
        LayerSpec::dense(12),
    ]);
    let model = Model::random(&spec, 11).unwrap();
    let (_, variables) = model.trainable().unwrap();
    let tensors = variables.iter().enumerate().map(|(place, variable)| {
        if variable.rank() > 1 {
            return variable.as_tensor().clone();
        }
        let bias = |i: usize| match (place, i) {
            (3, 2) => -100.0,
            _ => (i * 7 % 5) as f32 * 0.04 - 0.08,
        };
        let biases: Vec<f32> = (0..variable.elem_count()).map(bias).collect();
        Tensor::new(biases, &Device::Cpu).unwrap()
    });
    model.with_tensors(tensors).unwrap()
}

fn pixels(pictures: &Pictures) -> Tensor {
    let values = pictures
        .pixels()
        .iter()
        .map(|&byte| f32::from(byte) / 255.0);
    let shape = (pictures.len(), 1, 28, 28);
    Tensor::from_vec(values.collect(), shape, &Device::Cpu).unwrap()
}

/// The layer's maps before ReLU by stock candle, `(images, channels, places)`.
fn stock_before_relu(model: &Model, layer: usize, pictures: &Pictures) -> Vec<Vec<Vec<f32>>> {
    let (outputs, _) = stock(model, &pixels(pictures)).unwrap();
    let input = match layer {
        0 => pixels(pictures),
        _ => outputs[layer - 1].clone(),
    };
    let file = weights::to_bytes(model).unwrap();
    let file = candle_core::safetensors::load_buffer(&file, &Device::Cpu).unwrap();
    let name = &model.layers()[layer].name;
    let LayerKind::Conv { window, .. } = model.layers()[layer].kind else {
        panic!("{name} is no convolution")
    };
    let maps = input.conv2d(&file[&format!("{name}.weight")], window.before[0], 1, 1, 1);
    let bias = file[&format!("{name}.bias")]
        .reshape((1, (), 1, 1))
        .unwrap();
    let maps = maps.unwrap().broadcast_add(&bias).unwrap();
    maps.flatten_from(2).unwrap().to_vec3().unwrap()
}

fn close(a: f32, b: f32) -> bool {
    (a - b).abs() <= 1e-4 * (1.0 + a.abs())
}

#[test]
fn what_excites_a_filter_is_what_a_full_sort_finds() {
    let (model, data) = (network(), small_dataset());
    let test = &data.test;
    for layer in [0, 2] {
        let found = excitations(&model, layer, test, &pool(2), &Progress::default()).unwrap();
        let maps = stock_before_relu(&model, layer, test);
        let places = maps[0][0].len();
        assert_eq!(found.height * found.width, places);
        for filter in 0..found.filters.len() {
            let largest = |image: &Vec<Vec<f32>>| {
                let values = image[filter].iter().copied();
                values.fold(f32::NEG_INFINITY, f32::max)
            };
            let mut sorted: Vec<(usize, f32)> = maps.iter().map(largest).enumerate().collect();
            sorted.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            let check = |ours: &[Excitation], theirs: &[(usize, f32)]| {
                assert_eq!(ours.len(), theirs.len());
                for (ours, theirs) in ours.iter().zip(theirs) {
                    // Near equals may change places, but nothing weaker may stand here …
                    assert!(close(ours.before_relu, theirs.1), "{ours:?} {theirs:?}");
                    // … and image and place must be where the value is.
                    let place = ours.row * found.width + ours.column;
                    let there = maps[ours.image][filter][place];
                    assert!(close(ours.before_relu, there), "{ours:?} {there}");
                }
            };
            check(&found.most(filter, 9), &sorted[..9]);
            check(&found.most(filter, 1000), &sorted);
            sorted.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
            check(&found.least(filter, 9), &sorted[..9]);

            let all = maps.iter().flat_map(|image| &image[filter]);
            let sum: f64 = all.map(|&v| f64::from(v.max(0.0))).sum();
            let statistics = found.filters[filter];
            let mean = sum / (places * test.len()) as f64;
            assert!((statistics.mean - mean).abs() < 1e-5 * (1.0 + mean));
            assert!(close(
                statistics.maximum,
                sorted[sorted.len() - 1].1.max(0.0)
            ));
            let alive = sorted.iter().filter(|(_, v)| *v > 0.0).count();
            assert!(statistics.alive.abs_diff(alive) <= 1, "rounding at zero");
            let dead = (layer, filter) == (2, 2);
            assert_eq!(statistics.is_dead(), dead, "layer {layer} filter {filter}");
        }
    }
}

#[test]
fn equals_stand_in_index_order() {
    let data = small_dataset();
    let copies = data.test.image(3).repeat(40);
    let copies = Pictures::new(data.test.size(), copies, vec![0; 40], 10).unwrap();
    let found = excitations(&network(), 0, &copies, &pool(2), &Progress::default()).unwrap();
    let indices = |list: Vec<Excitation>| list.iter().map(|e| e.image).collect::<Vec<_>>();
    assert_eq!(indices(found.most(1, 9)), (0..9).collect::<Vec<_>>());
    assert_eq!(indices(found.least(1, 9)), (0..9).collect::<Vec<_>>());
}

#[test]
fn nothing_depends_on_the_number_of_threads() {
    let (model, data) = (network(), small_dataset());
    let on = |threads| {
        let (pool, progress) = (pool(threads), Progress::default());
        let found = excitations(&model, 2, &data.test, &pool, &progress).unwrap();
        let said = predictions(&model, &data.test, &pool, &progress).unwrap();
        assert!((progress.share() - 1.0).abs() < 1e-6);
        (found.filters.clone(), found.most(3, 100), said)
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn a_cancelled_computation_ends_without_an_answer() {
    let (model, data, progress) = (network(), small_dataset(), Progress::default());
    progress.cancel();
    let ended = predictions(&model, &data.test, &pool(2), &progress);
    assert!(matches!(ended, Err(TestSetError::Cancelled)));
    let ended = excitations(&model, 0, &data.test, &pool(2), &progress);
    assert!(matches!(ended, Err(TestSetError::Cancelled)));
}

#[test]
fn an_ablated_filter_is_one_whose_weights_and_bias_are_zero() {
    let (model, data) = (network(), small_dataset());
    let stored = weights::to_bytes(&model).unwrap();
    let off = [(0, 1), (0, 4), (2, 0), (2, 6)];
    let without = ablated(&model, &off.into_iter().collect()).unwrap();
    assert_eq!(
        weights::to_bytes(&model).unwrap(),
        stored,
        "the stored weights are untouched"
    );

    // Zeros in the file, in PyTorch's layout: (filters, channels, kernel, kernel).
    let mut file = candle_core::safetensors::load_buffer(&stored, &Device::Cpu).unwrap();
    for (layer, filter) in off {
        for part in ["weight", "bias"] {
            let tensor = file
                .get_mut(&format!("{}.{part}", model.layers()[layer].name))
                .unwrap();
            let mut mask = vec![1f32; tensor.dims()[0]];
            mask[filter] = 0.0;
            let shape: Vec<usize> = (0..tensor.rank())
                .map(|d| if d == 0 { mask.len() } else { 1 })
                .collect();
            let mask = Tensor::from_vec(mask, shape, &Device::Cpu).unwrap();
            *tensor = tensor.broadcast_mul(&mask).unwrap();
        }
    }
    let saved = weights::to_bytes(&without).unwrap();
    let saved = candle_core::safetensors::load_buffer(&saved, &Device::Cpu).unwrap();
    for (name, tensor) in &file {
        assert!(difference(&saved[name], tensor) == 0.0, "{name}");
    }

    // The intact network by stock candle, with the maps set to zero after ReLU.
    let test = &data.test;
    let intact = candle_core::safetensors::load_buffer(&stored, &Device::Cpu).unwrap();
    let mut x = pixels(test);
    for (index, layer) in model.layers().iter().enumerate() {
        let own = PARTS.iter();
        let own = own.filter_map(|part| intact.get(&format!("{}.{part}", layer.name)).cloned());
        x = stock_layer(layer.kind, &x, &own.collect::<Vec<_>>(), false).unwrap();
        if matches!(layer.kind, LayerKind::Conv { .. }) {
            let (_, channels, _, _) = x.dims4().unwrap();
            let on = |c| f32::from(u8::from(!off.contains(&(index, c))));
            let mask: Vec<f32> = (0..channels).map(on).collect();
            let mask = Tensor::from_vec(mask, (1, channels, 1, 1), &Device::Cpu).unwrap();
            x = relu(&x).unwrap().broadcast_mul(&mask).unwrap();
        }
    }
    let all = (0..test.len()).map(|i| test.image(i));
    let logits = without.logits(&without.input(all).unwrap()).unwrap();
    assert!(difference(&logits, &x) < 2e-4);

    let maps = activations(&without, [test.image(0)]).unwrap();
    assert!(maps.layers[1].map(0, 4).unwrap().iter().all(|&v| v == 0.0));
    let classes = x.argmax(1).unwrap().to_vec1::<u32>().unwrap();
    let right = classes.iter().zip(test.labels());
    let right = right.filter(|(c, l)| **c == u32::from(**l)).count();
    let said = predictions(&without, test, &pool(2), &Progress::default()).unwrap();
    assert!((said.accuracy() - right as f64 / test.len() as f64).abs() < 1e-9);
}

#[test]
fn an_ablation_names_filters_that_are_there() {
    let model = network();
    let fault = |layer, filter| {
        let off: Ablation = [(layer, filter)].into_iter().collect();
        ablated(&model, &off).unwrap_err().to_string()
    };
    assert_eq!(fault(0, 5), "filter 5: conv1 has 5; choose 0 to 4");
    assert!(fault(1, 0).contains("choose one of conv1, conv2"));
    assert!(fault(99, 0).contains("choose one of conv1, conv2"));
    assert!(conv_layer(&model, "pool1").is_err());
    assert_eq!(conv_layer(&model, "conv2").unwrap(), 2);

    let mut off: Ablation = [(0, 5), (0, 4), (7, 1)].into_iter().collect();
    off.keep_within(&model);
    assert_eq!(off.of_layer(0).collect::<Vec<_>>(), [4]);
    assert_eq!(off.len(), 1);
    off.set(0, 4, false);
    assert!(off.is_empty());
}

#[test]
fn the_confusion_matrix_is_what_a_plain_loop_counts() {
    let data = fashion_mnist("the_confusion_matrix_is_what_a_plain_loop_counts");
    let data = data.unwrap_or_else(|| Dataset::clone(&small_dataset()));
    let model = weights::built_in().unwrap();
    let test = Pictures::new(
        data.test.size(),
        data.test.pixels()[..784 * 100.min(data.test.len())].to_vec(),
        data.test.labels()[..100.min(data.test.len())].to_vec(),
        10,
    )
    .unwrap();
    let said = predictions(&model, &test, &pool(2), &Progress::default()).unwrap();

    let (outputs, _) = stock(&model, &pixels(&test)).unwrap();
    let logits = outputs.last().unwrap().to_vec2::<f32>().unwrap();
    let mut counts = vec![vec![0; 10]; 10];
    let mut mistakes = Vec::new();
    for (image, row) in logits.iter().enumerate() {
        let sum: f64 = row.iter().map(|v| f64::from(*v).exp()).sum();
        let p: Vec<f64> = row.iter().map(|v| f64::from(*v).exp() / sum).collect();
        let best = (0..10).max_by(|&a, &b| p[a].total_cmp(&p[b])).unwrap();
        let label = usize::from(test.label(image));
        counts[label][best] += 1;
        let ours = said.all[image];
        assert_eq!(usize::from(ours.predicted), best);
        assert!((f64::from(ours.probability) - p[best]).abs() < 1e-4);
        assert!((f64::from(ours.label_probability) - p[label]).abs() < 1e-4);
        if best != label {
            mistakes.push((image, p[best]));
        }
    }
    let matrix = said.confusion();
    assert_eq!(matrix.counts, counts);
    for class in 0..10 {
        let score = matrix.class(class);
        let images: usize = counts[class].iter().sum();
        let taken: usize = counts.iter().map(|row| row[class]).sum();
        assert_eq!((score.images, score.predicted), (images, taken));
        let rate = counts[class][class] as f64 / images as f64;
        assert!((score.accuracy().unwrap() - rate).abs() < 1e-12);
    }
    assert!(!mistakes.is_empty(), "or nothing is tested");
    mistakes.sort_by(|a, b| b.1.total_cmp(&a.1));
    let found = said.mistakes();
    assert_eq!(found.len(), mistakes.len());
    for (ours, theirs) in found.iter().zip(&mistakes) {
        assert!((f64::from(said.all[*ours].probability) - theirs.1).abs() < 1e-4);
    }
    let (worst, _) = mistakes[0];
    let (label, predicted) = (said.all[worst].label, said.all[worst].predicted);
    let cell = said.cell(label, predicted);
    assert!(cell.contains(&worst));
    assert_eq!(cell.len(), matrix.count(label.into(), predicted.into()));

    let evaluated = evaluate(&model, &test, &mut Team::new(2, "test").unwrap()).unwrap();
    assert!((evaluated.accuracy - said.accuracy()).abs() < 1e-12);
}

#[test]
fn kernels_are_those_of_the_file() {
    let model = network();
    let file = weights::to_bytes(&model).unwrap();
    let file = candle_core::safetensors::load_buffer(&file, &Device::Cpu).unwrap();
    for (layer, name) in [(0, "conv1"), (2, "conv2")] {
        let found = kernels(&model, layer).unwrap();
        let weight = &file[&format!("{name}.weight")]; // (filters, channels, side, side)
        let shape = [found.filters, found.channels, found.height, found.width];
        assert_eq!(weight.dims(), shape);
        for filter in 0..found.filters {
            let slices = weight.get(filter).unwrap().flatten_all().unwrap();
            assert_eq!(found.filter(filter), slices.to_vec1::<f32>().unwrap());
        }
        let biases = file[&format!("{name}.bias")].to_vec1::<f32>().unwrap();
        assert_eq!(found.biases, biases);
    }
    assert!(kernels(&model, 1).is_err());

    // The first dense layer weighs pixels; any other weighs what the one before makes of them.
    let model = Model::random(&Preset::Dense.spec(), 3).unwrap();
    let templates = kernels(&model, 0).unwrap();
    let (weight, _) = model.parameters(0).map(|p| (&p.weight, &p.bias)).unwrap();
    assert_eq!(weight.dims(), [28 * 28, templates.filters]);
    assert_eq!(
        (templates.channels, templates.height, templates.width),
        (1, 28, 28)
    );
    let unit = weight.get_on_dim(1, 5).unwrap().to_vec1::<f32>().unwrap();
    assert_eq!(templates.filter(5), unit);
    assert!(kernels(&model, 1).is_err());
}
