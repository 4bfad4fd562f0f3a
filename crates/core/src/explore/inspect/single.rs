//! Layers that make of one number another: batch normalization, activation, dropout.

use crate::network::{Activation, Real};

/// What a batch normalization does to a number, in testing: `(value − mean) / √(variance + ε) · γ + β`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NormSum {
    /// The number.
    pub value: f32,
    /// The channel's running mean.
    pub mean: f32,
    /// Its running variance.
    pub variance: f32,
    /// Added to the variance.
    pub epsilon: f64,
    /// γ.
    pub gamma: f32,
    /// β.
    pub beta: f32,
}

impl NormSum {
    /// `(value − mean) / √(variance + ε)`.
    #[must_use]
    pub fn normalized(&self) -> f64 {
        let deviation = (f64::from(self.variance) + self.epsilon).sqrt();
        (f64::from(self.value) - f64::from(self.mean)) / deviation
    }

    /// The result.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.normalized() * f64::from(self.gamma) + f64::from(self.beta)
    }
}

/// A number and the activation that it goes through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Activated {
    /// The number.
    pub value: f32,
    /// The activation.
    pub activation: Activation,
}

/// A number that dropout lets pass, as it does with all in testing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Passed {
    /// The number.
    pub value: f32,
    /// Share that becomes zero in training; the others are then divided by one less this.
    pub rate: Real,
}
