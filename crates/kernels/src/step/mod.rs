//! The training step, compiled once: a list of kernels over buffers that are set aside once, run by a team of threads.
//!
//! [`plan`] makes operations of a network and [`compile`] nodes of these, [`schedule`] finds which of them can run at the same time, and [`run`] has the team run stage after
//! stage, each node cut into tasks. What is computed does not depend on the number of threads, to the bit: a task writes memory of its
//! own, and sums that several tasks contribute to are cut the same way whatever the threads, and added up in order. `docs/step.md` has
//! the mathematics.

mod backward;
mod bias;
mod builder;
mod compile;
mod convolution;
mod dense;
mod ends;
mod evaluate;
mod forward;
mod general;
mod lay_out;
mod measure;
mod memory;
mod network;
mod node;
mod norm;
mod partials;
mod plan;
mod pools;
mod run;
mod schedule;
mod simple;
mod sum;
mod train;

pub use evaluate::{Evaluated, Evaluator};
pub use measure::{Kernel, Profile};
pub use network::{Batch, Input, Layer, Network, Normalization, Operator, Trained, Training};
pub use train::Step;
