//! Questions about a network and some pictures: pure functions of both, and the thread that
//! answers them for the window ([`Explorer`]).

mod activations;
mod explorer;

pub use activations::{Activations, LayerMaps, activations};
pub use explorer::{Explorer, Job};
