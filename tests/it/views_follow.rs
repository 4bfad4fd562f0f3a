//! Every view shows the numbers of the weights that are looked at, whichever run and moment they are
//! of, and those of a run that trains. What is expected is computed by the functions from the run's
//! files.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use convlens::app::{App, Options};
use convlens::text::Language;
use convlens_core::dataset::picture::Transform;
use convlens_core::dataset::{self, ImageId, Pictures};
use convlens_core::explore::by_hand::{Kernel, Operation, Picture, Sliding, SmallPicture};
use convlens_core::explore::embedding::{self, Subject};
use convlens_core::explore::most_likely;
use convlens_core::explore::statistics::{PROBE_IMAGES, statistics};
use convlens_core::explore::{
    self, ImageSet, LayerMaps, OcclusionPatch, OverviewOptions, Progress, activations, kernels,
    moved, occlusion, predictions, similarity,
};
use convlens_core::network::{Model, Padding};
use convlens_core::render::ValueRange;
use convlens_core::training::runs::{CheckpointCache, RunId, Store};
use eframe::egui::{Key, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::views::{click, harness, options, press, settle, shows, text, wait_for};

/// The convolution number on screen.
const CHANNEL: usize = 1;

/// 320 training images in batches of 32.
const BATCHES_AN_EPOCH: u64 = 10;

const PATIENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(5);

/// What a view says of a network, given the test set.
pub type Says = fn(&Model, &Pictures) -> Vec<String>;

/// The views that show a network, the keys that choose them, and what each says.
pub const VIEWS: [(&str, Key, Says); 12] = [
    ("Maps", Key::Num1, maps),
    ("Channels", Key::Num2, channels),
    ("Filters", Key::Num3, filters),
    ("Compare", Key::Num4, compare),
    ("Errors", Key::Num5, errors),
    ("Draw", Key::Num6, drawing),
    ("Why?", Key::Num7, explanation),
    ("By hand", Key::Num9, by_hand),
    ("Transform", Key::Num0, transform),
    ("Overview", Key::O, overview),
    ("Points", Key::N, points),
    ("Histograms", Key::H, histograms),
];

fn range_of(layer: &LayerMaps, image: usize) -> ValueRange {
    ValueRange::of(layer.map(image, CHANNEL).unwrap())
}

fn maps(model: &Model, test: &Pictures) -> Vec<String> {
    let images = [0, 7, 26];
    let found = activations(model, images.map(|image| test.image(image))).unwrap();
    let mut words = Vec::new();
    for layer in &found.layers {
        for (place, image) in images.into_iter().enumerate() {
            let name = text().map_name(&layer.name, CHANNEL, ImageId::Test(image));
            let range = range_of(layer, place);
            let range = if range == ValueRange::default() {
                text().maps.all_zero.to_owned()
            } else {
                text().range(range)
            };
            words.push(format!("{name}: {range}"));
        }
    }
    words
}

fn channels(model: &Model, test: &Pictures) -> Vec<String> {
    let found = activations(model, [test.image(0)]).unwrap();
    let layer = &found.layers[0];
    let nth = text().of_channels(layer.channels);
    let range = text().range(range_of(layer, 0));
    vec![text().channel_chosen(CHANNEL, &nth, &range)]
}

/// Of the layer before the classes, as the view begins.
fn points(model: &Model, test: &Pictures) -> Vec<String> {
    let layers = model.layers();
    let source = layers.last().unwrap().inputs[0];
    let images = embedding::drawn(test.len(), 1000, 1);
    let labels: Vec<u8> = images.iter().map(|&image| test.label(image)).collect();
    let pool = rayon::ThreadPoolBuilder::new().build().unwrap();
    let progress = Progress::default();
    let subject = Subject {
        model,
        source,
        pictures: test,
        images: &images,
    };
    let found = embedding::pca(subject, &pool, &progress).unwrap();
    let parted = embedding::separation(found.points(), &labels, &pool, &progress).unwrap();
    vec![text().parted(&parted)]
}

/// Of the weights, as the view begins, and of the gradients: over training images, or where the run was trained on others over test images.
pub fn histograms(model: &Model, test: &Pictures) -> Vec<String> {
    let own = dataset::synthetic(PROBE_IMAGES, 1);
    let probe = if own.test.image(0) == test.image(0) {
        own.train
    } else {
        let rows: Vec<u32> = (0..test.len().min(PROBE_IMAGES) as u32).collect();
        test.subset(&rows)
    };
    let pool = rayon::ThreadPoolBuilder::new().build().unwrap();
    let found = statistics(model, &probe, &pool, &Progress::default()).unwrap();
    let gradients = found.layers.iter();
    let gradients = gradients.map(|layer| text().figure(layer.gradients.as_ref().unwrap().rms));
    let first = &found.layers[0];
    let spread = text().spread(&first.name, text().histograms.weights, &first.weights);
    gradients.chain([spread]).collect()
}

fn overview(model: &Model, test: &Pictures) -> Vec<String> {
    let found = explore::overview(
        model,
        &test.picture(0),
        &OverviewOptions::forward(6, CHANNEL),
    )
    .unwrap();
    let column = &found.columns[1];
    let place = column.nodes.iter().position(|node| node.channel == CHANNEL);
    let node = &column.nodes[place.unwrap()];
    let of_node = |edge: &&explore::OverviewEdge| edge.to == (1, place.unwrap());
    let edge = found.edges.iter().find(of_node).unwrap();
    let input = (text().node_name("", 0), edge.contribution.unwrap());
    let name = text().node_name(&column.name, CHANNEL);
    let class = most_likely(&found.probabilities);
    vec![
        text().node_in_words(&name, node.mean(), &[input]),
        text().said_of_picture(class as u8, found.probabilities[class]),
    ]
}

/// Of a picture moved by four pixels to the right, as the view begins.
fn transform(model: &Model, test: &Pictures) -> Vec<String> {
    let transform = Transform {
        shift: [0.0, 4.0],
        ..Transform::default()
    };
    let found = moved(model, &test.picture(0), &transform, 0).unwrap();
    let said = &found.activations.probabilities[1];
    let class = most_likely(said);
    let changed = text().said_of_picture(class as u8, said[class]);
    vec![format!("{}: {changed}", text().transform.changed)]
}

fn accuracy(model: &Model, test: &Pictures) -> convlens_core::explore::Predictions {
    let pool = rayon::ThreadPoolBuilder::new().build().unwrap();
    predictions(model, test, &pool, &Progress::default()).unwrap()
}

fn filters(model: &Model, test: &Pictures) -> Vec<String> {
    let bias = kernels(model, 0).unwrap().biases[CHANNEL];
    let said = &activations(model, [test.image(0)]).unwrap().probabilities[0];
    let class = most_likely(said);
    vec![
        text().bias_of(bias),
        text().percent(accuracy(model, test).accuracy(), 2),
        text().prediction(class as u8, f64::from(said[class])),
    ]
}

fn compare(model: &Model, test: &Pictures) -> Vec<String> {
    let images = ImageSet::ShoesAndShirts.images(test.labels(), 9, 1);
    let pictures = images.iter().map(|&image| test.image(image));
    let found = activations(model, pictures).unwrap();
    let matrix = similarity(&found.layers[0], images.len(), Some(CHANNEL)).unwrap();
    let name = |place: usize| {
        let image = images[place];
        text().image_and_class(ImageId::Test(image), Some(test.label(image)))
    };
    let cell = |(row, column)| {
        let pair = matrix.at(row, column);
        text().similarity_cell([&name(row), &name(column)], pair.cosine, pair.pearson)
    };
    [(0, 1), (7, 2), (3, 6)].map(cell).to_vec()
}

fn errors(model: &Model, test: &Pictures) -> Vec<String> {
    let said = accuracy(model, test);
    let matrix = said.confusion();
    let mut words = vec![text().test_accuracy_of(said.accuracy(), test.len())];
    words.extend((0..10).map(|class: u8| {
        let c = usize::from(class);
        text().confusion_cell(
            text(),
            (class, class),
            matrix.count(c, c),
            matrix.rate(c, c),
        )
    }));
    words
}

fn drawing(model: &Model, _: &Pictures) -> Vec<String> {
    let blank = [0; 784];
    let said = &activations(model, [&blank[..]]).unwrap().probabilities[0];
    let words = (0_u8..).zip(said).map(|(class, &share)| {
        let share = text().percent(f64::from(share), 1);
        format!("{} {share}", text().class_name(class))
    });
    words.collect()
}

fn explanation(model: &Model, test: &Pictures) -> Vec<String> {
    let said = &activations(model, [test.image(0)]).unwrap().probabilities[0];
    let class = most_likely(said);
    let map = occlusion(model, test.image(0), class, OcclusionPatch::default()).unwrap();
    let drops = ValueRange::of(&map.per_pixel());
    vec![
        text().asked_class(class as u8, f64::from(map.probability), class as u8),
        text().largest_drop(drops.max, drops.min),
    ]
}

/// The first products of the network's own kernel with the picture that the view begins with.
fn by_hand(model: &Model, _: &Pictures) -> Vec<String> {
    let found = kernels(model, 0).unwrap();
    let filter = found.filter(CHANNEL).iter().copied().map(f64::from);
    let kernel = Kernel::new(filter.collect()).unwrap();
    let sliding = Sliding {
        operation: Operation::Convolution(kernel.clone()),
        padding: Padding::Valid,
        stride: 1,
    };
    let picture = Picture::small(&SmallPicture::Edge.values());
    let first = sliding.at(&picture, 0, 0);
    let terms = first.patch.iter().zip(kernel.values());
    let terms = terms.map(|(value, weight)| {
        let [value, words] = [value.unwrap(), weight + 0.0].map(|v| text().shortest(v, 3));
        if *weight < 0.0 {
            format!("{value} × ({words})")
        } else {
            format!("{value} × {words}")
        }
    });
    vec![format!("{} = ", terms.collect::<Vec<_>>().join(" + "))]
}

/// A window, the folder of its runs, and the test set it judges by.
pub struct Bench {
    pub window: Harness<'static, App>,
    pub runs: PathBuf,
    pub test: Pictures,
}

impl Bench {
    pub fn new(epochs: usize) -> Self {
        let options = Options {
            epochs: Some(epochs),
            ..options(Language::En)
        };
        let runs = options.runs.clone().unwrap();
        let mut window = harness(options, [1280.0, 720.0]);
        let preset = window.get_by_label("16-16");
        preset.click();
        window.run_steps(3);
        // By hand begins with a kernel that no network has learnt.
        press(&mut window, Key::Num9);
        let words = &text().by_hand;
        click(&mut window, &format!("{}: {}", words.kernel, words.sobel_x));
        click(&mut window, words.filter);
        press(&mut window, Key::Num1);
        let test = dataset::synthetic(0, 10_000).test;
        Self { window, runs, test }
    }

    /// The weights of a run at one of its moments, counted from the first or, below 0, from the last.
    pub fn weights(&self, run: u32, moment: isize) -> Model {
        let moments = store(&self.runs)
            .read(id(&self.runs, run))
            .unwrap()
            .checkpoints;
        let place = moments.len().saturating_add_signed(moment) % moments.len();
        let cache = CheckpointCache::default();
        let of = id(&self.runs, run);
        let snapshot = store(&self.runs).checkpoint(of, moments[place], &cache);
        snapshot.unwrap().model.clone()
    }

    /// Goes through all views, which show what these weights say and not only what the others do.
    fn all_views_show(&mut self, weights: &Model, others: &Model, what: &str) {
        for (view, key, says) in VIEWS {
            press(&mut self.window, Key::Escape);
            press(&mut self.window, key);
            let words = says(weights, &self.test);
            assert_ne!(words, says(others, &self.test), "{view}: not a test");
            for words in words {
                assert!(shows(&self.window, &words), "{what}, {view}: {words}");
            }
        }
    }

    /// Presses the oldest run of the shelf, and waits.
    fn open_oldest(&mut self) {
        self.press_oldest();
        self.window.run_steps(3);
        settle(&mut self.window);
    }

    /// Presses the oldest run of the shelf.
    pub fn press_oldest(&mut self) {
        // Named by what differs: "16-16 · seed 7".
        let on_shelf = self.window.get_all_by_label_contains("16-16");
        let on_shelf = on_shelf.filter(|node| {
            let label = node.accesskit_node().label();
            node.rect().min.x > 960.0 && label.is_some_and(|label| label.starts_with("16-16"))
        });
        let oldest = on_shelf.max_by(|a, b| a.rect().min.y.total_cmp(&b.rect().min.y));
        oldest.unwrap().click();
    }
}

fn store(runs: &Path) -> Store {
    Store::new(runs.to_owned())
}

fn id(runs: &Path, number: u32) -> RunId {
    store(runs).find(&number.to_string()).unwrap()
}

#[test]
fn every_view_shows_either_run_and_any_moment() {
    let mut bench = Bench::new(1);
    press(&mut bench.window, Key::T);
    let seed = bench.window.get_by_label(text().training.seed);
    seed.set_value_accesskit(7.0);
    bench.window.run_steps(3);
    press(&mut bench.window, Key::T);
    let (first, second) = (bench.weights(1, -1), bench.weights(2, -1));
    bench.all_views_show(&second, &first, "the newest run");
    bench.open_oldest();
    assert!(shows(&bench.window, "Run 1, 16-16 · "));
    bench.all_views_show(&first, &second, "the other run");
    let history = bench.window.get_by_label_contains("Training history: ");
    history.focus();
    bench.window.run_steps(2);
    press(&mut bench.window, Key::Home);
    press(&mut bench.window, Key::ArrowRight);
    let early = bench.weights(1, 1);
    bench.all_views_show(&early, &first, "an early moment of the other run");
}

#[test]
fn the_maps_follow_the_pointer_along_the_timeline() {
    let mut bench = Bench::new(1);
    press(&mut bench.window, Key::T);
    let history = "Training history: ";
    let rail = bench
        .window
        .get_by_label_contains(history)
        .rect()
        .shrink2(vec2(10.0, 0.0));
    let moments = store(&bench.runs)
        .read(id(&bench.runs, 1))
        .unwrap()
        .checkpoints
        .len();
    let at = |moment: usize| {
        let share = moment as f32 / (moments - 1) as f32;
        pos2(rail.min.x + share * rail.width(), rail.center().y)
    };
    bench.window.drag_at(at(moments - 1));
    bench.window.run_steps(2);
    for moment in [0, moments / 2, 1, moments - 2] {
        bench.window.hover_at(at(moment));
        bench.window.run_steps(2);
        settle(&mut bench.window);
        let weights = bench.weights(1, moment as isize);
        for words in maps(&weights, &bench.test) {
            assert!(shows(&bench.window, &words), "moment {moment}: {words}");
        }
    }
    for _ in 0..60 {
        std::thread::sleep(PAUSE);
        bench.window.step();
    }
    // By now the maps of all moments are there: the frame that sees the pointer shows them.
    for moment in [2, moments - 3, 0] {
        bench.window.hover_at(at(moment));
        bench.window.step();
        let weights = bench.weights(1, moment as isize);
        for words in maps(&weights, &bench.test) {
            assert!(
                shows(&bench.window, &words),
                "at once, moment {moment}: {words}"
            );
        }
    }
    bench.window.drop_at(at(moments - 1));
    bench.window.run_steps(2);
}

/// What a view says in numbers, in the middle of the window.
fn numbers(window: &Harness<'_, App>) -> Vec<String> {
    // What is said is the value of a label, the name of anything else.
    let all = window.query_all_by(|node| node.label().is_some() || node.value().is_some());
    let middle = all.filter(|node| {
        let rect = node.rect();
        rect.min.x > 250.0 && rect.max.x < 980.0 && rect.min.y > 90.0 && rect.max.y < 640.0
    });
    let words = middle.filter_map(|node| {
        let node = node.accesskit_node();
        node.label().or_else(|| node.value())
    });
    let is_figure = |words: &String| {
        words.contains(|c: char| c.is_ascii_digit()) && !words.contains(text().test_set.computing)
    };
    words.filter(is_figure).collect()
}

#[test]
fn every_view_follows_a_run_that_trains() {
    let mut bench = Bench::new(500);
    bench.window.key_press(Key::T);
    wait_for(&mut bench.window, " · after epoch ");
    for (view, key, _) in VIEWS {
        bench.window.key_press(Key::Escape);
        bench.window.key_press(key);
        bench.window.run_steps(3);
        // Its first numbers may be those of the last time it was open.
        for _ in 0..2 {
            let window = &mut bench.window;
            let before = numbers(window);
            let started = Instant::now();
            while numbers(window) == before {
                assert!(started.elapsed() < PATIENCE, "{view} stands still");
                std::thread::sleep(PAUSE);
                window.step();
            }
        }
    }
    // Held, each shows the weights at this very batch.
    bench.window.key_press(Key::T);
    wait_for(&mut bench.window, text().training.resume);
    settle(&mut bench.window);
    press(&mut bench.window, Key::Num1);
    // "during epoch 3, batch 4 of 10", or, held between two epochs, "after epoch 2".
    let line_with = |words| bench.window.query_by_label_contains(words);
    let (line, words) = [" · during epoch ", " · after epoch "]
        .into_iter()
        .find_map(|words| Some((line_with(words)?, words)))
        .expect("the moment that is shown");
    let line = line.accesskit_node().value().unwrap();
    let (_, moment) = line.split_once(words).unwrap();
    let numbers = moment.split(|c: char| !c.is_ascii_digit());
    let numbers: Vec<u64> = numbers.filter_map(|word| word.parse().ok()).collect();
    let step = if words.contains("during") {
        (numbers[0] - 1) * numbers[2] + numbers[1]
    } else {
        numbers[0] * BATCHES_AN_EPOCH
    };
    // Its files are written on a thread of their own.
    let written = |bench: &Bench| {
        let moments = store(&bench.runs)
            .read(id(&bench.runs, 1))
            .unwrap()
            .checkpoints;
        moments.last().is_some_and(|moment| moment.step == step)
    };
    let asked = Instant::now();
    while !written(&bench) {
        assert!(asked.elapsed() < PATIENCE, "no weights of batch {step}");
        std::thread::sleep(PAUSE);
    }
    let (held, random) = (bench.weights(1, -1), bench.weights(1, 0));
    bench.all_views_show(&held, &random, "a run that holds");
}
