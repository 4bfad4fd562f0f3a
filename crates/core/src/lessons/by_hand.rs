//! How the demonstration "Convolution by hand" is set up.

use serde::{Deserialize, Serialize};

use super::error::LessonFault;
use super::read::{MAX_IMAGE, Read, Value};
use crate::dataset::PictureSize;
use crate::explore::by_hand::{
    Kernel, NamedKernel, Operation, Picture, SIDES, SMALL_SIDE, STRIDES, Sliding, SmallPicture,
};
use crate::network::{MAX_FILTERS, Padding};

/// Everything that is chosen in the demonstration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ByHand {
    /// What the window slides over.
    pub picture: HandPicture,
    /// What it does.
    pub operation: HandOperation,
    /// With which kernel, if it convolves.
    pub kernel: HandKernel,
    /// Side of a kernel that has a name: 3 or 5.
    pub side: usize,
    /// Zeros around the picture.
    pub padding: Padding,
    /// Pixels a step: 1 or 2.
    pub stride: usize,
}

/// A picture of the demonstration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandPicture {
    /// One of the 5×5.
    Small(SmallPicture),
    /// A 5×5 with values of one's own, row by row.
    Own(Vec<f64>),
    /// A test image.
    Test(usize),
}

/// What the window does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandOperation {
    /// Multiplies and adds.
    Convolution,
    /// Keeps the largest.
    MaxPool,
}

/// A kernel of the demonstration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandKernel {
    /// A classic.
    Named(NamedKernel),
    /// One's own.
    Own(Kernel),
    /// A filter of the network's first convolution.
    Filter(usize),
}

impl Default for ByHand {
    fn default() -> Self {
        Self {
            picture: HandPicture::Small(SmallPicture::Edge),
            operation: HandOperation::Convolution,
            kernel: HandKernel::Named(NamedKernel::SobelX),
            side: 3,
            padding: Padding::Valid,
            stride: 1,
        }
    }
}

const KNOWN: &[&str] = &[
    "picture",
    "operation",
    "kernel",
    "values",
    "filter",
    "side",
    "padding",
    "stride",
];
/// Largest value of a pixel of one's own.
const MAX_PIXEL: f64 = 9.0;

impl ByHand {
    /// The same with everything impossible put back.
    #[must_use]
    pub fn repaired(mut self) -> Self {
        let fresh = Self::default();
        if !SIDES.contains(&self.side) {
            self.side = fresh.side;
        }
        if !STRIDES.contains(&self.stride) {
            self.stride = fresh.stride;
        }
        if let HandPicture::Own(values) = &mut self.picture {
            values.resize(SMALL_SIDE * SMALL_SIDE, 0.0);
            for value in values {
                *value = if value.is_finite() {
                    value.clamp(0.0, MAX_PIXEL)
                } else {
                    0.0
                };
            }
        }
        self
    }

    /// The small picture that is chosen, to be shown and edited; `None` for a test image.
    #[must_use]
    pub fn small_picture(&self) -> Option<Picture> {
        let values = match &self.picture {
            HandPicture::Small(small) => small.values().to_vec(),
            HandPicture::Own(values) => values.clone(),
            HandPicture::Test(_) => return None,
        };
        let values: [f64; SMALL_SIDE * SMALL_SIDE] = values.try_into().ok()?;
        Some(Picture::small(&values))
    }

    /// The sliding window; `filter` is the network's kernel, for [`HandKernel::Filter`]. `None` as
    /// long as that is not there.
    #[must_use]
    pub fn sliding(&self, filter: Option<&Kernel>) -> Option<Sliding> {
        let operation = match (self.operation, &self.kernel) {
            (HandOperation::MaxPool, _) => Operation::MaxPool,
            (HandOperation::Convolution, HandKernel::Named(named)) => {
                Operation::Convolution(named.kernel(self.side))
            }
            (HandOperation::Convolution, HandKernel::Own(kernel)) => {
                Operation::Convolution(kernel.clone())
            }
            (HandOperation::Convolution, HandKernel::Filter(_)) => {
                Operation::Convolution(filter?.clone())
            }
        };
        Some(Sliding {
            operation,
            padding: self.padding,
            stride: self.stride,
        })
    }

    /// Reads a setup; what is not said is as at the start.
    pub(super) fn read(value: Value<'_>) -> Read<Self> {
        let mut fields = value.fields()?;
        let mut setup = Self::default();
        if let Some(picture) = fields.take("picture") {
            setup.picture = if picture.is_text() {
                HandPicture::Small(picture.word(&SmallPicture::ALL)?)
            } else {
                HandPicture::Test(picture.whole(0..=MAX_IMAGE)?)
            };
        }
        if let Some(operation) = fields.take("operation") {
            setup.operation = operation.word(&[
                ("convolution", HandOperation::Convolution),
                ("max-pool", HandOperation::MaxPool),
            ])?;
            if setup.operation == HandOperation::MaxPool {
                // As in the network, unless something else is said.
                setup.stride = 2;
            }
        }
        if let Some(kernel) = fields.take("kernel") {
            setup.kernel = HandKernel::Named(kernel.word(&NamedKernel::ALL)?);
        }
        if let Some(filter) = fields.take("filter") {
            setup.kernel = HandKernel::Filter(filter.whole(0..=MAX_FILTERS - 1)?);
        }
        if let Some(values) = fields.take("values") {
            setup.kernel = HandKernel::Own(own_kernel(values)?);
        }
        if let Some(side) = fields.take("side") {
            setup.side = side.one_of(&SIDES)?;
        }
        if let Some(padding) = fields.take("padding") {
            setup.padding = padding.word(&[("none", Padding::Valid), ("same", Padding::Same)])?;
        }
        if let Some(stride) = fields.take("stride") {
            setup.stride = stride.one_of(&STRIDES)?;
        }
        fields.finish(KNOWN)?;
        Ok(setup)
    }
}

/// Rows of numbers, as many as columns.
fn own_kernel(values: Value<'_>) -> Read<Kernel> {
    let at = values.at;
    let rows = values.list(SIDES[0]..=SIDES[1])?;
    let side = rows.len();
    let wrong = || super::read::Fault {
        at,
        fault: LessonFault::KernelValues(side),
    };
    let mut weights = Vec::with_capacity(side * side);
    for row in rows {
        for weight in row.list(side..=side).map_err(|_| wrong())? {
            weights.push(weight.number(-Kernel::MAX..=Kernel::MAX)?);
        }
    }
    Kernel::new(weights).ok_or_else(wrong)
}

const _: () = assert!(
    PictureSize::SHORTEST >= SIDES[1],
    "every kernel fits on a picture"
);
