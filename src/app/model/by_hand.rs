//! The network's own kernels, for the demonstration by hand.

use crate::app::model::slot::Slot;
use crate::app::model::whose::Whose;
use convlens_core::explore::Kernels;

/// The kernels of the first convolution by whose they are; `None` if there is none on one channel.
pub type HandKernels = Slot<Whose, Option<Kernels>>;
