//! Numbers of a network's description.

use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

/// A finite number, which can be compared and hashed by its bits: two networks are the same if all their numbers are.
#[derive(Clone, Copy, Debug, Default, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f32", into = "f32")]
pub struct Real(f32);

impl Real {
    /// One that is known to be finite; anything else becomes 0.
    #[must_use]
    pub const fn new(value: f32) -> Self {
        // Zero has two signs, and one would do.
        Self(if value.is_finite() && value != 0.0 {
            value
        } else {
            0.0
        })
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> f32 {
        self.0
    }
}

impl PartialEq for Real {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Real {}

impl Hash for Real {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

impl fmt::Display for Real {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<f32> for Real {
    type Error = &'static str;

    fn try_from(value: f32) -> Result<Self, Self::Error> {
        if value.is_finite() {
            Ok(Self::new(value))
        } else {
            Err("not a finite number")
        }
    }
}

impl From<Real> for f32 {
    fn from(real: Real) -> Self {
        real.0
    }
}
