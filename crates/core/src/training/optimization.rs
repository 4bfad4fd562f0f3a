//! How weights are moved, how fast when, and what is asked of them besides a small loss.

use std::fmt;

use convlens_kernels::{OptimizerConfig, Rule};
use serde::{Deserialize, Serialize};

use crate::network::Real;

/// Which way weights follow their gradients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OptimizerKind {
    /// Adam (Kingma and Ba 2015) with Keras's numbers.
    #[default]
    Adam,
    /// Adam whose weights shrink by themselves (Loshchilov and Hutter 2019).
    AdamW,
    /// Stochastic gradient descent, with momentum if one likes.
    Sgd,
    /// `RMSprop` with Keras's numbers.
    RmsProp,
}

impl OptimizerKind {
    /// All, in the order they are offered.
    pub const ALL: [Self; 4] = [Self::Adam, Self::AdamW, Self::Sgd, Self::RmsProp];

    /// As the command line and files write it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Adam => "adam",
            Self::AdamW => "adamw",
            Self::Sgd => "sgd",
            Self::RmsProp => "rmsprop",
        }
    }

    /// As the field writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Adam => "Adam",
            Self::AdamW => "AdamW",
            Self::Sgd => "SGD",
            Self::RmsProp => "RMSprop",
        }
    }

    /// Whether it may have momentum.
    #[must_use]
    pub fn takes_momentum(self) -> bool {
        matches!(self, Self::Sgd | Self::RmsProp)
    }
}

/// How the learning rate goes over a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// The same at every step.
    #[default]
    Constant,
    /// Up to it in a straight line over the first epoch, and the same from there on.
    WarmUp,
    /// A tenth of it from half of the run on, a hundredth from three quarters on (He et al. 2016).
    Step,
    /// Down to 0 along half a cosine (Loshchilov and Hutter 2017, without restarts).
    Cosine,
    /// Up from a 25th in the first 30 %, then down to 0 along half a cosine (Smith 2018).
    OneCycle,
}

impl Schedule {
    /// All, in the order they are offered.
    pub const ALL: [Self; 5] = [
        Self::Constant,
        Self::WarmUp,
        Self::Step,
        Self::Cosine,
        Self::OneCycle,
    ];

    /// As the command line and files write it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::WarmUp => "warm-up",
            Self::Step => "step",
            Self::Cosine => "cosine",
            Self::OneCycle => "one-cycle",
        }
    }

    /// What the learning rate is multiplied by in a step, counted from 0, of `epochs` times `per_epoch` steps; in what comes behind
    /// these as in the last of them.
    #[must_use]
    pub fn factor(self, step: u64, per_epoch: usize, epochs: usize) -> f64 {
        let steps = (per_epoch * epochs).max(1) as f64;
        let step = (step as f64).min(steps - 1.0);
        let done = step / steps;
        // Of libm, so that it is the same on every system.
        let down = |share: f64| 0.5 * (1.0 + libm::cos(std::f64::consts::PI * share));
        match self {
            Self::Constant => 1.0,
            Self::WarmUp => ((step + 1.0) / per_epoch.max(1) as f64).min(1.0),
            Self::Step if done < 0.5 => 1.0,
            Self::Step if done < 0.75 => 0.1,
            Self::Step => 0.01,
            Self::Cosine => down(done),
            Self::OneCycle if done < 0.3 => (1.0 + 24.0 * done / 0.3) / 25.0,
            Self::OneCycle => down((done - 0.3) / 0.7),
        }
    }
}

/// All of it; the default is the notebook's: Adam at a constant rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Optimization {
    /// Which way weights follow their gradients.
    pub optimizer: OptimizerKind,
    /// Share of the last step that the next one keeps, of SGD and `RMSprop`: 0 to below 1.
    pub momentum: Real,
    /// Whether SGD with momentum looks ahead (Nesterov 1983).
    pub nesterov: bool,
    /// Share by which the weights of convolutions and dense layers shrink in a step, times the learning rate: 0 to 1.
    pub weight_decay: Real,
    /// λ of a penalty λ Σ w² on these weights, as Keras's `L2`: 0 to 1. The loss shown is without it.
    pub l2: Real,
    /// Share of the truth that goes to all classes alike (Szegedy et al. 2016): 0 to below 1.
    pub label_smoothing: Real,
    /// How the learning rate goes over the run.
    pub schedule: Schedule,
}

impl Optimization {
    /// The weight decay of `AdamW` where nothing is said: Keras's.
    pub const ADAMW_DECAY: Real = Real::new(0.004);

    /// Whether it is the notebook's.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a run can be made of it.
    ///
    /// # Errors
    /// The first setting that is out of its range or of another optimizer.
    pub fn validate(&self) -> Result<(), OptimizationFault> {
        let below_one = |name, value: Real| {
            if (0.0..1.0).contains(&value.get()) {
                Ok(())
            } else {
                Err(OptimizationFault::OutOfRange { name, value })
            }
        };
        below_one("momentum", self.momentum)?;
        below_one("weight decay", self.weight_decay)?;
        below_one("L2", self.l2)?;
        below_one("label smoothing", self.label_smoothing)?;
        let has_momentum = self.momentum.get() > 0.0;
        if has_momentum && !self.optimizer.takes_momentum() {
            return Err(OptimizationFault::Momentum(self.optimizer));
        }
        if self.nesterov && !(has_momentum && self.optimizer == OptimizerKind::Sgd) {
            return Err(OptimizationFault::Nesterov);
        }
        if self.optimizer == OptimizerKind::AdamW && self.weight_decay.get() == 0.0 {
            return Err(OptimizationFault::NoDecay);
        }
        Ok(())
    }

    /// The same for another optimizer: what that one does not take is dropped, and `AdamW` gets a weight decay.
    #[must_use]
    pub fn with(mut self, optimizer: OptimizerKind) -> Self {
        if self.optimizer == OptimizerKind::AdamW && self.weight_decay == Self::ADAMW_DECAY {
            self.weight_decay = Real::default();
        }
        self.optimizer = optimizer;
        if !optimizer.takes_momentum() {
            self.momentum = Real::default();
        }
        self.nesterov &= optimizer == OptimizerKind::Sgd;
        if optimizer == OptimizerKind::AdamW && self.weight_decay.get() == 0.0 {
            self.weight_decay = Self::ADAMW_DECAY;
        }
        self
    }

    /// As the arithmetic takes it.
    pub(super) fn config(&self, learning_rate: f64) -> OptimizerConfig {
        let momentum = f64::from(self.momentum.get());
        let config = match self.optimizer {
            OptimizerKind::Adam | OptimizerKind::AdamW => OptimizerConfig {
                learning_rate,
                ..OptimizerConfig::default()
            },
            OptimizerKind::Sgd => OptimizerConfig::sgd(learning_rate, momentum, self.nesterov),
            OptimizerKind::RmsProp => OptimizerConfig {
                rule: Rule::RmsProp {
                    rho: 0.9,
                    momentum,
                    epsilon: 1e-7,
                },
                learning_rate,
                ..OptimizerConfig::default()
            },
        };
        OptimizerConfig {
            l2: self.l2.get().into(),
            decay: self.weight_decay.get().into(),
            ..config
        }
    }
}

/// In short, the same in every language: `Adam`, `SGD 0.9 Nesterov, decay 0.001, cosine`.
impl fmt::Display for Optimization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.optimizer.name())?;
        if self.momentum.get() > 0.0 {
            write!(f, " {}", self.momentum)?;
        }
        if self.nesterov {
            f.write_str(" Nesterov")?;
        }
        for (word, value) in [
            ("decay", self.weight_decay),
            ("L2", self.l2),
            ("smoothing", self.label_smoothing),
        ] {
            if value.get() > 0.0 {
                write!(f, ", {word} {value}")?;
            }
        }
        if self.schedule != Schedule::Constant {
            write!(f, ", {}", self.schedule.key())?;
        }
        Ok(())
    }
}

/// A setting that no run can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptimizationFault {
    /// No number from 0 to below 1.
    #[error("{name}: {value} is out of range; choose a number from 0 to below 1")]
    OutOfRange {
        /// Which setting.
        name: &'static str,
        /// Its value.
        value: Real,
    },
    /// Adam has its own.
    #[error("momentum: {} has its own; choose sgd or rmsprop, or a momentum of 0", .0.name())]
    Momentum(OptimizerKind),
    /// There is nothing to look ahead along.
    #[error("Nesterov: it needs sgd with a momentum, such as 0.9")]
    Nesterov,
    /// Without it it would be Adam.
    #[error("AdamW: without a weight decay it is Adam; choose one, such as 0.004")]
    NoDecay,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-12, "{a}, not {b}");
    }

    #[test]
    fn schedules_go_where_they_are_said_to_go() {
        let (per_epoch, epochs) = (100, 10);
        let at = |schedule: Schedule, step| schedule.factor(step, per_epoch, epochs);
        for step in [0, 500, 999, 5000] {
            near(at(Schedule::Constant, step), 1.0);
        }
        near(at(Schedule::WarmUp, 0), 0.01);
        near(at(Schedule::WarmUp, 49), 0.5);
        near(at(Schedule::WarmUp, 99), 1.0);
        near(at(Schedule::WarmUp, 700), 1.0);
        near(at(Schedule::Step, 499), 1.0);
        near(at(Schedule::Step, 500), 0.1);
        near(at(Schedule::Step, 750), 0.01);
        near(at(Schedule::Cosine, 0), 1.0);
        near(at(Schedule::Cosine, 500), 0.5);
        near(at(Schedule::OneCycle, 0), 0.04);
        near(at(Schedule::OneCycle, 150), 0.52);
        near(at(Schedule::OneCycle, 300), 1.0);
        near(at(Schedule::OneCycle, 650), 0.5);
        for schedule in Schedule::ALL {
            let last = at(schedule, 999);
            assert!(last > 0.0 && last <= 1.0);
            near(at(schedule, u64::MAX), last);
            assert!(schedule.factor(0, 0, 0).is_finite());
        }
    }

    #[test]
    fn what_does_not_go_together_is_refused_and_changing_the_optimizer_drops_it() {
        let of = |optimizer| Optimization {
            optimizer,
            ..Optimization::default()
        };
        assert!(of(OptimizerKind::Adam).validate().is_ok());
        assert_eq!(
            of(OptimizerKind::AdamW).validate(),
            Err(OptimizationFault::NoDecay)
        );
        let moved = Optimization {
            momentum: Real::new(0.9),
            nesterov: true,
            ..of(OptimizerKind::Sgd)
        };
        assert!(moved.validate().is_ok());
        let adam = Optimization {
            optimizer: OptimizerKind::Adam,
            ..moved
        };
        assert_eq!(
            adam.validate(),
            Err(OptimizationFault::Momentum(OptimizerKind::Adam))
        );
        let rms = Optimization {
            optimizer: OptimizerKind::RmsProp,
            ..moved
        };
        assert_eq!(rms.validate(), Err(OptimizationFault::Nesterov));
        for from in [moved, of(OptimizerKind::Adam).with(OptimizerKind::AdamW)] {
            for kind in OptimizerKind::ALL {
                assert!(from.with(kind).validate().is_ok(), "{from} with {kind:?}");
            }
        }
        let back = of(OptimizerKind::Adam)
            .with(OptimizerKind::AdamW)
            .with(OptimizerKind::Adam);
        assert!(back.is_default());
        let too_much = Optimization {
            label_smoothing: Real::new(1.0),
            ..Optimization::default()
        };
        assert!(too_much.validate().is_err());
        assert_eq!(moved.to_string(), "SGD 0.9 Nesterov");
    }
}
