//! Loss and hits of a whole set of pictures, forward only.
//!
//! No layer waits for another: a task is a few pictures that go through all layers in the buffers of one thread.
#![allow(unsafe_code)] // Lends weights to the team.

use super::super::kernel::with_activations;
use super::super::loss::{Target, cross_entropy};
use super::super::optimizer::Constants;
use super::super::pieces::{Pieces, Raw};
use super::super::simd::Buffer;
use super::super::team::Team;
use super::super::tensor::{product, with_floats};
use super::super::tile::ALL;
use super::super::unit::Unit;
use super::builder::Builder;
use super::ends::to_floats;
use super::forward::Layer;
use super::memory::{Memory, View};
use super::network::{Batch, Network, Normalization};
use super::node::{Context, Node};
use super::plan::{Kind, Operation, Operations, Source, plan};
use candle_core::{Result, Tensor, bail};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Pictures a task, at most: as many as keep the kernels busy, as few as stay near the processor.
const CHUNK: usize = 50;

/// Numbers between two layers, at most: of large pictures a task has fewer.
const NUMBERS: usize = 8 << 20;

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
    memory: Memory,
    pixels: usize,
    pass: Pass,
}

/// How a few pictures go through all layers.
struct Pass {
    normalization: Option<Normalization>,
    operations: Vec<Computed>,
    /// Buffers of a thread.
    buffers: usize,
    /// Which of them the pictures are in, and which the logits.
    pictures: usize,
    logits: usize,
    /// Pictures at a time.
    chunk: usize,
    classes: usize,
}

/// An operation.
struct Computed {
    /// In which buffer each input is, and what becomes of it.
    inputs: Vec<(usize, Layer)>,
    /// In which the output is to be.
    to: usize,
    /// Numbers of a picture.
    length: usize,
}

impl Evaluator {
    /// Compiles a network.
    ///
    /// # Errors
    /// As [`Step::new`](super::Step::new).
    pub fn new(network: &Network) -> Result<Self> {
        let unit = Unit::in_use();
        let pixels = product(&network.input);
        let small = plan(network, 1, unit.lanes(), &mut Memory::default())?;
        let lengths = small.all.iter().map(Operation::output_length);
        let chunk = NUMBERS / lengths.chain([pixels]).max().unwrap_or(1).max(1);
        let chunk = chunk.clamp(1, CHUNK);
        let mut memory = Memory::default();
        let operations = plan(network, chunk, unit.lanes(), &mut memory)?;
        let mut builder = Builder {
            images: chunk,
            lanes: unit.lanes(),
            memory: &mut memory,
            nodes: Vec::new(),
        };
        let layers: Vec<_> = (0..operations.all.len())
            .map(|index| builder.forward(&operations, index))
            .collect();
        let nodes = builder.nodes;
        let mut slots = Slots::new(&operations);
        let pictures = slots.pictures;
        let mut computed = Vec::new();
        for (index, layers) in layers.into_iter().enumerate() {
            let inputs: Vec<_> = (operations.all[index].sources.iter())
                .zip(layers)
                .map(|(source, layer)| (slots.of(*source), layer))
                .collect();
            let to = slots.output(&operations, index);
            if !inputs.is_empty() {
                computed.push(Computed {
                    inputs,
                    to,
                    length: operations.all[index].output_length(),
                });
            }
        }
        Ok(Self {
            unit,
            nodes,
            memory,
            pixels,
            pass: Pass {
                normalization: network.normalization.clone(),
                operations: computed,
                logits: slots.of(Source::Operation(operations.all.len() - 1)),
                buffers: slots.readers.len().max(2),
                pictures,
                chunk,
                classes: operations.classes(),
            },
        })
    }

    /// Loss and hits of all pictures, given up within a few of them once `is_unwanted` says so: `None` then. The variables of each layer
    /// that has some are read in order, as [`Step::new`](super::Step::new) says. The result does not depend on the number of threads.
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
            .find(|label| usize::from(**label) >= self.pass.classes)
        {
            bail!("evaluate: label {label} for {} classes", self.pass.classes);
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
                memory,
                pixels: length,
                pass,
            } = self;
            let has_diverged = AtomicBool::new(false);
            let context = Context {
                unit: *unit,
                images: pass.chunk,
                threads: team.size(),
                batch: Batch {
                    pixels,
                    labels,
                    rows: &[],
                },
                constants: Constants::default(),
                seed: 0,
                step: 0,
                view: memory.view(&variables),
                has_diverged: &has_diverged,
            };
            let chunk = pass.chunk;
            let results: Vec<(usize, OnceLock<Evaluated>)> = (0..labels.len().div_ceil(chunk))
                .map(|chunk| (chunk, OnceLock::new()))
                .collect();
            let (laid_out, next) = (AtomicUsize::new(0), AtomicUsize::new(0));
            team.run(2, &|stage, _| {
                if stage == 0 {
                    while let Some(node) = nodes.get(laid_out.fetch_add(1, Ordering::Relaxed)) {
                        for task in 0..node.tasks(chunk, context.threads) {
                            node.run(&context, task);
                        }
                    }
                    return;
                }
                while let Some((index, result)) = results.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    if is_unwanted() {
                        return;
                    }
                    let first = index * chunk;
                    let labels = &labels[first..labels.len().min(first + chunk)];
                    let pixels = &pixels[first * *length..][..labels.len() * *length];
                    result.get_or_init(|| pass.run(*unit, context.view, pixels, labels));
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

/// Which buffer each output is in: one that nobody needs any more, if there is one.
struct Slots {
    /// How many have still to read what is in each.
    readers: Vec<usize>,
    pictures: usize,
    outputs: Vec<usize>,
}

impl Slots {
    fn new(operations: &Operations) -> Self {
        let sources = operations.all.iter().flat_map(|all| &all.sources);
        let readers = sources
            .filter(|source| **source == Source::Pictures)
            .count();
        Self {
            readers: vec![readers],
            pictures: 0,
            outputs: Vec::new(),
        }
    }

    fn of(&self, source: Source) -> usize {
        match source {
            Source::Pictures => self.pictures,
            Source::Operation(index) => self.outputs[index],
        }
    }

    /// Where the output of the next operation goes, once its inputs are read.
    fn output(&mut self, operations: &Operations, index: usize) -> usize {
        let operation = &operations.all[index];
        let readers = operation.readers + usize::from(index + 1 == operations.all.len());
        let slot = if let Kind::Dropout { .. } = operation.kind {
            // It does nothing: its readers read its input.
            let slot = self.of(operation.sources[0]);
            self.readers[slot] += readers;
            slot
        } else {
            let free = self.readers.iter().position(|readers| *readers == 0);
            let slot = free.unwrap_or(self.readers.len());
            if free.is_none() {
                self.readers.push(0);
            }
            self.readers[slot] = readers;
            slot
        };
        for source in &operation.sources {
            let from = self.of(*source);
            self.readers[from] -= 1;
        }
        self.outputs.push(slot);
        slot
    }
}

impl Pass {
    /// Loss and hits of some pictures, no more than a chunk.
    fn run(&self, unit: Unit, view: View<'_>, pixels: &[u8], labels: &[u8]) -> Evaluated {
        let images = labels.len();
        with_activations(self.buffers, |buffers| {
            let pictures = buffers[self.pictures].take(pixels.len());
            to_floats(self.normalization.as_ref(), pixels, pictures);
            for operation in &self.operations {
                let mut to = std::mem::take(&mut buffers[operation.to]);
                let y = to.take(images * operation.length);
                for (from, layer) in &operation.inputs {
                    let x = buffers[*from].take(images * layer.inputs);
                    // SAFETY: nobody writes weights meanwhile; the activations are this thread's.
                    unsafe { layer.run(unit, view, x, Pieces::new(&mut *y), None, ALL) };
                }
                buffers[operation.to] = to;
            }
            self.losses(buffers, labels)
        })
    }

    fn losses(&self, buffers: &mut [Buffer], labels: &[u8]) -> Evaluated {
        let mut logits = std::mem::take(&mut buffers[self.logits]);
        let other = usize::from(self.logits == 0);
        let gradient = buffers[other].take(self.classes);
        let mut sum = Evaluated::default();
        let numbers = logits.take(labels.len() * self.classes);
        for (z, label) in numbers.chunks_exact(self.classes).zip(labels) {
            let label = Target::label(usize::from(*label));
            let (loss, hit) = cross_entropy(z, label, 1.0, gradient);
            sum.loss += f64::from(loss);
            sum.hits += usize::from(hit);
        }
        buffers[self.logits] = logits;
        sum
    }
}
