//! The confusion matrix and what is read from it.

/// How many pictures of each class a network takes for which: a row for each true class of the
/// data set, a column for each class of the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfusionMatrix {
    /// `counts[label][predicted]`.
    pub counts: Vec<Vec<usize>>,
}

/// How a network does on one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassTally {
    /// Pictures of the class.
    pub images: usize,
    /// Pictures taken for the class, rightly or not.
    pub predicted: usize,
    /// Pictures of the class taken for it.
    pub right: usize,
}

impl ClassTally {
    /// Share of the class's pictures that are recognised, also called recall; `None` without pictures.
    #[must_use]
    pub fn accuracy(&self) -> Option<f64> {
        share(self.right, self.images)
    }

    /// Share of the pictures taken for the class that are of it; `None` where none is.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        share(self.right, self.predicted)
    }
}

impl ConfusionMatrix {
    /// Counts pairs of true and predicted class, of so many `labels` and predicted `classes`; those outside the matrix are left out.
    #[must_use]
    pub fn of(labels: usize, classes: usize, pairs: impl IntoIterator<Item = (u8, u8)>) -> Self {
        let mut counts = vec![vec![0; classes]; labels];
        for (label, predicted) in pairs {
            let row = counts.get_mut(usize::from(label));
            if let Some(count) = row.and_then(|row| row.get_mut(usize::from(predicted))) {
                *count += 1;
            }
        }
        Self { counts }
    }

    /// Pictures of class `label` taken for `predicted`; 0 outside the matrix.
    #[must_use]
    pub fn count(&self, label: usize, predicted: usize) -> usize {
        let row = self.counts.get(label);
        row.and_then(|row| row.get(predicted)).copied().unwrap_or(0)
    }

    /// The same as a share of the pictures of class `label`; `None` without pictures.
    #[must_use]
    pub fn rate(&self, label: usize, predicted: usize) -> Option<f64> {
        let images = self.counts.get(label)?.iter().sum();
        share(self.count(label, predicted), images)
    }

    /// How the network does on one class.
    #[must_use]
    pub fn class(&self, class: usize) -> ClassTally {
        ClassTally {
            images: self.counts.get(class).map_or(0, |row| row.iter().sum()),
            predicted: self.counts.iter().filter_map(|row| row.get(class)).sum(),
            right: self.count(class, class),
        }
    }
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
