//! What is done to every number that a layer puts out.

use convlens_kernels as kernels;
use serde::{Deserialize, Serialize};

use super::Real;

/// An activation, as Keras 3 defines it. In files it is its name, or its name with its number: `"relu"`, `{ leaky_relu = 0.3 }`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// max(0, z).
    #[default]
    Relu,
    /// Nothing: z.
    None,
    /// z, and this times z where it is negative. Keras 0.3 as a layer and 0.2 as a function, PyTorch 0.01.
    LeakyRelu(Real),
    /// min(max(0, z), 6).
    Relu6,
    /// z, and this times eᶻ − 1 where it is negative; usually 1.
    Elu(Real),
    /// ELU of 1.67326…, times 1.05070….
    Selu,
    /// z · Φ(z), with the error function.
    Gelu,
    /// ½ z (1 + tanh(√(2/π) (z + 0.044715 z³))).
    GeluTanh,
    /// z · sigmoid(z), also called swish.
    Silu,
    /// tanh z.
    Tanh,
    /// 1 / (1 + e⁻ᶻ).
    Sigmoid,
    /// ReLU6(z + 3) / 6.
    HardSigmoid,
    /// z · hard sigmoid(z).
    HardSilu,
    /// z, no less than −1 and no more than 1.
    HardTanh,
}

impl Activation {
    /// All, with the numbers that Keras takes, in the order they are offered.
    pub const ALL: [Self; 14] = [
        Self::Relu,
        Self::None,
        Self::LeakyRelu(Real::new(0.2)),
        Self::Elu(Real::new(1.0)),
        Self::Gelu,
        Self::Silu,
        Self::Tanh,
        Self::Sigmoid,
        Self::Relu6,
        Self::Selu,
        Self::GeluTanh,
        Self::HardSigmoid,
        Self::HardSilu,
        Self::HardTanh,
    ];

    /// Its name as the field writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Relu => "ReLU",
            Self::None => "none",
            Self::LeakyRelu(_) => "leaky ReLU",
            Self::Relu6 => "ReLU6",
            Self::Elu(_) => "ELU",
            Self::Selu => "SELU",
            Self::Gelu => "GELU",
            Self::GeluTanh => "GELU (tanh)",
            Self::Silu => "SiLU",
            Self::Tanh => "tanh",
            Self::Sigmoid => "sigmoid",
            Self::HardSigmoid => "hard sigmoid",
            Self::HardSilu => "hard SiLU",
            Self::HardTanh => "hard tanh",
        }
    }

    /// Its name without spaces, as a network's short name has it.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::LeakyRelu(slope) => format!("leaky{slope}"),
            Self::Elu(alpha) => format!("elu{alpha}"),
            Self::GeluTanh => "gelutanh".to_owned(),
            other => other.name().to_lowercase().replace(' ', ""),
        }
    }

    /// The number that it has, if it has one.
    pub fn number(&mut self) -> Option<&mut Real> {
        match self {
            Self::LeakyRelu(number) | Self::Elu(number) => Some(number),
            _ => None,
        }
    }

    /// Whether both are of one kind, whatever their numbers.
    #[must_use]
    pub fn is_kind(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }

    /// What it makes of a number, in double precision.
    #[must_use]
    pub fn apply(self, z: f64) -> f64 {
        let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());
        let clamp = |z: f64, low: f64, high: f64| if z.is_nan() { z } else { z.clamp(low, high) };
        let elu = |z: f64, alpha: f64| if z < 0.0 { alpha * z.exp_m1() } else { z };
        match self {
            Self::None => z,
            // Not `max`, which makes a number of NaN.
            Self::Relu => {
                if z < 0.0 {
                    0.0
                } else {
                    z
                }
            }
            Self::LeakyRelu(slope) => {
                if z < 0.0 {
                    f64::from(slope.get()) * z
                } else {
                    z
                }
            }
            Self::Relu6 => clamp(z, 0.0, 6.0),
            Self::Elu(alpha) => elu(z, f64::from(alpha.get())),
            Self::Selu => 1.050_700_987_355_480_5 * elu(z, 1.673_263_242_354_377_2),
            Self::Gelu => 0.5 * z * (1.0 + libm::erf(z / std::f64::consts::SQRT_2)),
            Self::GeluTanh => {
                let inner = (2.0 / std::f64::consts::PI).sqrt() * (z + 0.044_715 * z.powi(3));
                0.5 * z * (1.0 + inner.tanh())
            }
            Self::Silu => z * sigmoid(z),
            Self::Tanh => z.tanh(),
            Self::Sigmoid => sigmoid(z),
            Self::HardSigmoid => clamp(z + 3.0, 0.0, 6.0) / 6.0,
            Self::HardSilu => z * clamp(z + 3.0, 0.0, 6.0) / 6.0,
            Self::HardTanh => clamp(z, -1.0, 1.0),
        }
    }
}

impl From<Activation> for kernels::Activation {
    fn from(activation: Activation) -> Self {
        match activation {
            Activation::None => Self::None,
            Activation::Relu => Self::Relu,
            Activation::LeakyRelu(slope) => Self::LeakyRelu { slope: slope.get() },
            Activation::Relu6 => Self::Relu6,
            Activation::Elu(alpha) => Self::Elu { alpha: alpha.get() },
            Activation::Selu => Self::Selu,
            Activation::Gelu => Self::Gelu,
            Activation::GeluTanh => Self::GeluTanh,
            Activation::Silu => Self::Silu,
            Activation::Tanh => Self::Tanh,
            Activation::Sigmoid => Self::Sigmoid,
            Activation::HardSigmoid => Self::HardSigmoid,
            Activation::HardSilu => Self::HardSilu,
            Activation::HardTanh => Self::HardTanh,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{Device, Tensor};

    #[test]
    fn double_precision_says_what_the_operator_does() {
        let z: Vec<f32> = (-40..=40).map(|step| step as f32 / 8.0).collect();
        let x = Tensor::from_slice(&z, (1, z.len()), &Device::Cpu).unwrap();
        for activation in Activation::ALL {
            let y = kernels::activate(&x, activation.into()).unwrap();
            let y = y.flatten_all().unwrap().to_vec1::<f32>().unwrap();
            for (z, y) in z.iter().zip(y) {
                let expected = activation.apply(f64::from(*z));
                assert!(
                    (f64::from(y) - expected).abs() < 2e-6,
                    "{activation:?} {z}: {y} {expected}"
                );
            }
        }
    }

    #[test]
    fn in_files_it_is_its_name_or_its_name_with_its_number() {
        for activation in Activation::ALL {
            let json = serde_json::to_string(&activation).unwrap();
            assert_eq!(
                serde_json::from_str::<Activation>(&json).unwrap(),
                activation
            );
        }
        assert_eq!(
            serde_json::to_string(&Activation::HardSilu).unwrap(),
            "\"hard_silu\""
        );
        let leaky = serde_json::to_string(&Activation::LeakyRelu(Real::new(0.3))).unwrap();
        assert_eq!(leaky, r#"{"leaky_relu":0.3}"#);
    }
}
