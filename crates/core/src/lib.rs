//! Small convolutional networks on small pictures: train one in seconds on a processor, and look inside it.
//!
//! Fashion-MNIST is the usual data set, or any other of its shape; where there is none on disk, garments are drawn. Everything runs
//! offline, and a run depends on its settings and data alone: the same give the same weights, bit for bit.
//!
//! # Train, and look at a feature map
//!
//! ```
//! use std::sync::Arc;
//!
//! use convlens_core::dataset::synthetic;
//! use convlens_core::explore::activations;
//! use convlens_core::network::{LayerSpec, NetworkSpec, Padding};
//! use convlens_core::training::{RunConfig, Session};
//!
//! // 320 garments to learn from, 20 to test on. `dataset::find()` looks for Fashion-MNIST instead.
//! let garments = Arc::new(synthetic(320, 20));
//!
//! // Layers from the picture upwards; the output layer, one unit a class, follows by itself.
//! let network = NetworkSpec::new(vec![
//!     LayerSpec::conv(8, 3, Padding::Valid),
//!     LayerSpec::MAX_POOL,
//!     LayerSpec::dense(16),
//! ]);
//! let mut session = Session::new(RunConfig::new(network), garments.clone())?;
//!
//! let first = session.train_batch()?; // 32 pictures: forward, loss, backward, one step of Adam
//! while !session.epoch_is_complete() {
//!     session.train_batch()?;
//! }
//! let epoch = session.end_epoch()?; // measures the test set
//! assert!(epoch.train_loss < first.loss.into());
//!
//! // What the network makes of the first test picture.
//! let model = session.snapshot()?;
//! let seen = activations(&model, [garments.test.image(0)])?;
//! let conv1 = &seen.layers[0];
//! assert_eq!((conv1.channels, conv1.height, conv1.width), (8, 26, 26));
//! let map = conv1.map(0, 5).expect("picture 0, filter 5"); // 26 × 26 values after ReLU, row by row
//! assert_eq!(map.len(), 26 * 26);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`training::train_to_end`] runs every planned epoch and reports to an [`Observer`](training::Observer);
//! [`training::Trainer`] does so on a thread of its own, with pause and stop; [`training::runs`] keeps runs on disk and goes on with them.
//!
//! # Open a network, and predict
//!
//! [`network::import::open`] reads weights saved by this library and models of Keras, PyTorch and ONNX, and says what it
//! had to assume.
//!
//! ```
//! use convlens_core::dataset::synthetic;
//! use convlens_core::explore::activations;
//! use convlens_core::explore::most_likely;
//! use convlens_core::network::{import, weights};
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("cnn.safetensors");
//! weights::save(&weights::built_in()?, &path)?; // a network that was trained on Fashion-MNIST
//!
//! let opened = import::open(&path)?;
//! assert_eq!(opened.model.spec().label(), "64-64");
//! assert!(opened.notes.is_empty()); // nothing had to be assumed
//!
//! let garments = synthetic(0, 20);
//! let seen = activations(&opened.model, [garments.test.image(0)])?;
//! let predicted = most_likely(&seen.probabilities[0]);
//! assert_eq!(predicted, 9); // an ankle boot
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Draw the notebook's figure
//!
//! A few test pictures down the side, every layer across the top. The figure decides where each word stands, its caller which it is:
//! [`figures::FigureWords`].
//!
//! ```
//! use std::sync::Arc;
//!
//! use convlens_core::dataset::{Dataset, Gallery, ImageId, synthetic};
//! use convlens_core::figures::{self, FigureWords, MapsSettings};
//! use convlens_core::network::{Model, Preset};
//! use convlens_core::render::{DecimalMark, RangeMode, ValueRange};
//!
//! struct English;
//! impl FigureWords for English {
//!     fn decimal_mark(&self) -> DecimalMark { DecimalMark::Point }
//!     fn title(&self) -> String { "Feature maps".into() }
//!     fn convolution(&self, number: usize) -> String { format!("convolution {number}") }
//!     fn footer(&self, _: &Dataset, _: RangeMode) -> String { "random weights".into() }
//!     fn image(&self, image: ImageId) -> String { format!("{image:?}") }
//!     fn class(&self, class: u8) -> String { format!("class {class}") }
//!     fn prediction(&self, class: u8, probability: f64) -> String { format!("{class}: {:.0} %", 100.0 * probability) }
//!     fn range(&self, range: ValueRange) -> String { format!("{:.2} … {:.2}", range.min, range.max) }
//!     fn all_zero(&self) -> String { "all zero".into() }
//!     fn value(&self) -> String { "value".into() }
//!     fn range_mode(&self, _: RangeMode) -> String { "a range for each map".into() }
//!     fn ends(&self) -> [String; 2] { ["lowest".into(), "highest".into()] }
//! }
//!
//! let garments = Arc::new(synthetic(0, 30));
//! let model = Model::random(&Preset::Conv16.spec(), 42)?;
//! let settings = MapsSettings::default(); // test pictures 0, 7 and 26, convolution number 1
//! let maps = figures::map_set(&model, &Gallery::new(garments.clone()), &settings.images)?;
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("figure.svg");
//! figures::save(&maps, &garments, &settings, &English, &path)?; // .svg, or .png at 300 dpi
//! # assert!(std::fs::read_to_string(path)?.contains("conv2"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where to look
//!
//! | module | |
//! |---|---|
//! | [`dataset`] | pictures and labels: read, downloaded, drawn |
//! | [`network`] | what a network is made of, its weights, its files and those of Keras, PyTorch and ONNX |
//! | [`training`] | settings of a run, its loop, what it measures, runs on disk |
//! | [`explore`] | pure functions of a network and some pictures: maps, one value's arithmetic, likeness, occlusion, Grad-CAM, confusion |
//! | [`render`] | numbers to pixels: ranges, colour maps, pages as PNG and SVG |
//! | [`figures`] | the notebook's figure, an animation of it, the same as numbers |
//! | [`lessons`] | steps of a lesson, read from Markdown |
//! | [`files`], [`bounds`], [`archive`], [`memory`] | files replaced whole; files from elsewhere read within bounds; zip archives; memory held |
//!
//! The arithmetic is in [`convlens_kernels`]. Tensors are candle's.

pub mod archive;
pub mod bounds;
mod csv_table;
pub mod dataset;
pub mod explore;
pub mod figures;
pub mod files;
pub mod harmless;
pub mod lessons;
pub mod memory;
pub mod network;
pub mod paths;
pub mod processor;
pub mod render;
pub mod stand_in;
pub mod training;
pub mod worker;
