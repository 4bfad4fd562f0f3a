//! Loss and hits of a whole set of pictures, forward only.
//!
//! No layer waits for another: a task is a few pictures that go through all layers in the buffers of one thread.
#![allow(unsafe_code)] // Lends weights to the team.

use super::super::adam::Constants;
use super::super::kernel::with_activations;
use super::super::loss::cross_entropy;
use super::super::pieces::{Pieces, Raw};
use super::super::team::Team;
use super::super::tensor::with_floats;
use super::super::tile::ALL;
use super::super::unit::Unit;
use super::compile::{forward, plan};
use super::ends::to_floats;
use super::forward::Layer as Forward;
use super::memory::{Memory, View};
use super::network::{Batch, Layer};
use super::node::{Context, Node};
use candle_core::{Result, Tensor, bail};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Pictures a task: as many as keep the kernels busy, as few as stay near the processor.
const CHUNK: usize = 50;

/// What a set of pictures came to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evaluated {
    /// Sum of the cross-entropies, in nats.
    pub loss: f64,
    /// Pictures whose largest logit (the first of equals) was the label's.
    pub hits: usize,
}

/// A network compiled for evaluation.
pub struct Evaluator {
    unit: Unit,
    /// They lay out the weights.
    nodes: Vec<Box<dyn Node>>,
    layers: Vec<Forward>,
    memory: Memory,
    pixels: usize,
    classes: usize,
}

impl Evaluator {
    /// For pictures of `(height, width, channels)`.
    ///
    /// # Errors
    /// As [`Step::new`](super::Step::new).
    pub fn new(input: [usize; 3], layers: &[Layer]) -> Result<Self> {
        let unit = Unit::in_use();
        let mut memory = Memory::default();
        let mut nodes = Vec::new();
        let planned = plan(input, layers, CHUNK, &mut memory)?;
        let layers: Vec<_> = planned
            .iter()
            .map(|planned| forward(planned, unit.lanes(), &mut memory, &mut nodes))
            .collect();
        Ok(Self {
            unit,
            nodes,
            classes: layers.last().map_or(0, Forward::output_length),
            layers,
            memory,
            pixels: input.iter().product(),
        })
    }

    /// Loss and hits of all pictures, given up within a few of them once `is_unwanted` says so: `None` then. Weights and bias of each layer
    /// that has some are read in order. The result does not depend on the number of threads.
    ///
    /// # Errors
    /// Weights of another network; pictures of another size; labels that the network does not have.
    pub fn run(
        &mut self,
        team: &mut Team,
        weights: &[&Tensor],
        (pixels, labels): (&[u8], &[u8]),
        is_unwanted: impl Fn() -> bool + Sync,
    ) -> Result<Option<Evaluated>> {
        if pixels.len() != labels.len() * self.pixels {
            bail!(
                "evaluate: {} bytes for {} pictures",
                pixels.len(),
                labels.len()
            );
        }
        if let Some(label) = labels
            .iter()
            .find(|label| usize::from(**label) >= self.classes)
        {
            bail!("evaluate: label {label} for {} classes", self.classes);
        }
        if !self
            .memory
            .fits(weights.iter().map(|tensor| tensor.elem_count()))
        {
            bail!("evaluate: the weights are of another network");
        }
        with_floats("evaluate", weights.iter().copied(), |slices| {
            let none = Raw::of(&[]);
            let variables: Vec<_> = slices.iter().map(|w| [Raw::of(w), none, none]).collect();
            let Self {
                unit,
                nodes,
                layers,
                memory,
                ..
            } = self;
            let has_diverged = AtomicBool::new(false);
            let context = Context {
                unit: *unit,
                images: CHUNK,
                threads: team.size(),
                batch: Batch {
                    pixels,
                    labels,
                    rows: &[],
                },
                adam: Constants::default(),
                view: memory.view(&variables),
                has_diverged: &has_diverged,
            };
            let chunks = Chunks {
                layers,
                pixels,
                labels,
            };
            let results: Vec<(usize, OnceLock<Evaluated>)> = (0..labels.len().div_ceil(CHUNK))
                .map(|chunk| (chunk, OnceLock::new()))
                .collect();
            let (laid_out, next) = (AtomicUsize::new(0), AtomicUsize::new(0));
            team.run(2, &|stage, _| {
                if stage == 0 {
                    while let Some(node) = nodes.get(laid_out.fetch_add(1, Ordering::Relaxed)) {
                        for task in 0..node.tasks(CHUNK, context.threads) {
                            node.run(&context, task);
                        }
                    }
                    return;
                }
                while let Some((chunk, result)) = results.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    if is_unwanted() {
                        return;
                    }
                    result.get_or_init(|| chunks.evaluate(*unit, context.view, *chunk));
                }
            });
            let mut sum = Evaluated::default();
            for (_, result) in &results {
                let Evaluated { loss, hits } = result.get()?;
                sum.loss += loss;
                sum.hits += hits;
            }
            Some(sum)
        })
    }
}

/// The pictures, chunk by chunk.
struct Chunks<'a> {
    layers: &'a [Forward],
    pixels: &'a [u8],
    labels: &'a [u8],
}

impl Chunks<'_> {
    fn evaluate(&self, unit: Unit, view: View<'_>, chunk: usize) -> Evaluated {
        let (Some(first), Some(last)) = (self.layers.first(), self.layers.last()) else {
            return Evaluated::default();
        };
        let labels = &self.labels[chunk * CHUNK..];
        let labels = &labels[..CHUNK.min(labels.len())];
        with_activations(|[mut x, mut y]| {
            let length = labels.len() * first.input_length();
            let bytes = &self.pixels[chunk * CHUNK * first.input_length()..][..length];
            to_floats(bytes, x.take(length));
            for layer in self.layers {
                let input = x.take(labels.len() * layer.input_length());
                let output = Pieces::new(y.take(labels.len() * layer.output_length()));
                // SAFETY: nobody writes weights meanwhile; the activations are this thread's.
                unsafe { layer.run(unit, view, input, output, None, ALL) };
                std::mem::swap(&mut x, &mut y);
            }
            let classes = last.output_length();
            let logits = x.take(labels.len() * classes);
            let gradient = y.take(classes);
            let mut sum = Evaluated::default();
            for (logits, label) in logits.chunks_exact(classes).zip(labels) {
                let (loss, hit) = cross_entropy(logits, usize::from(*label), 1.0, gradient);
                sum.loss += f64::from(loss);
                sum.hits += usize::from(hit);
            }
            sum
        })
    }
}
