//! Weights changed by hand: whose they were, and the changes so far.

use super::whose::{Owner, Weights};
use convlens_core::network::{ChangedTo, WeightChange};

/// A network whose weights are being changed.
pub struct Edited {
    /// What it was before.
    pub base: Weights,
    /// What it is called; the same from the first change on.
    pub owner: Owner,
    /// One after another.
    changes: Vec<WeightChange>,
    /// Taken back, the last first.
    undone: Vec<WeightChange>,
}

/// What can be done to the weights.
#[derive(Clone, Debug)]
pub enum HandAction {
    Change(WeightChange),
    Undo,
    Redo,
    /// Back to the weights as they were.
    Reset,
}

impl Edited {
    pub fn new(base: Weights, owner: Owner) -> Self {
        Self {
            base,
            owner,
            changes: Vec::new(),
            undone: Vec::new(),
        }
    }

    /// All changes that hold.
    pub fn changes(&self) -> &[WeightChange] {
        &self.changes
    }

    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// Makes a change. One of the same weight takes the last one's place, so that a value that is dragged is taken back at once.
    pub fn change(&mut self, change: WeightChange) {
        self.undone.clear();
        if self
            .changes
            .last()
            .is_some_and(|last| is_of_same(last, &change))
        {
            self.changes.pop();
        }
        self.changes.push(change);
    }

    pub fn undo(&mut self) {
        self.undone.extend(self.changes.pop());
    }

    pub fn redo(&mut self) {
        self.changes.extend(self.undone.pop());
    }
}

fn is_of_same(one: &WeightChange, other: &WeightChange) -> bool {
    (one.layer, one.filter) == (other.layer, other.filter)
        && match (&one.to, &other.to) {
            (
                ChangedTo::Weight { channel, tap, .. },
                ChangedTo::Weight {
                    channel: other,
                    tap: other_tap,
                    ..
                },
            ) => (channel, tap) == (other, other_tap),
            (ChangedTo::Bias(_), ChangedTo::Bias(_)) => true,
            (ChangedTo::Weight { .. } | ChangedTo::Slices { .. } | ChangedTo::Bias(_), _) => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::model::preferences::Preferences;
    use crate::app::model::state::State;

    fn weight(value: f32, row: usize) -> WeightChange {
        WeightChange {
            layer: 0,
            filter: 2,
            to: ChangedTo::Weight {
                channel: 0,
                tap: [row, 0],
                value,
            },
        }
    }

    #[test]
    fn a_value_that_is_dragged_is_one_change_to_take_back() {
        let state = State::new(Preferences::default()).unwrap();
        let mut edited = Edited::new(state.weights(), Owner::Random);
        for value in [0.1, 0.2, 0.3] {
            edited.change(weight(value, 0));
        }
        edited.change(weight(0.5, 1));
        assert_eq!(edited.changes(), [weight(0.3, 0), weight(0.5, 1)]);
        edited.undo();
        assert_eq!(edited.changes(), [weight(0.3, 0)]);
        assert!(edited.can_redo());
        edited.redo();
        assert_eq!(edited.changes().len(), 2);
        edited.undo();
        edited.change(weight(0.9, 2));
        assert!(!edited.can_redo(), "what was taken back is gone");
    }
}
