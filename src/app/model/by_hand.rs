//! The network's own kernels, for the demonstration by hand.

use crate::app::model::slot::Slot;
use convlens_core::explore::Kernels;

/// The kernels of the first convolution by version of the weights; `None` if there is none on one channel.
pub type HandKernels = Slot<u64, Option<Kernels>>;
