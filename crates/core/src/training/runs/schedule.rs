//! Which moments of a run are kept: many early, where most changes, then the ends of epochs,
//! thinned as the run grows.

/// Bytes that the checkpoints of a run may take, where that allows at least [`FEWEST`].
pub const MAX_CHECKPOINT_BYTES: u64 = 64 << 20;
/// Checkpoints kept even of a network so large that they take more.
pub const FEWEST: usize = 6;
/// Most checkpoints of one run.
pub const MOST: usize = 48;

/// The rule. It needs nothing but the sizes of the run, so that a continued run keeps to it.
#[derive(Clone, Debug)]
pub struct Schedule {
    batches_per_epoch: u64,
    /// Steps below the first epoch's end, ascending, beginning with 0.
    early: Vec<u64>,
    /// How many ends of epochs may be kept.
    epochs: usize,
}

impl Schedule {
    /// For epochs of so many batches and checkpoints of so many bytes: a third of them in the
    /// first epoch (steps 0, 1, 2, 4, 8, … and its quarters), the others at the ends of epochs.
    #[must_use]
    pub fn new(batches_per_epoch: u64, checkpoint_bytes: u64) -> Self {
        let batches_per_epoch = batches_per_epoch.max(1);
        let count = usize::try_from(MAX_CHECKPOINT_BYTES / checkpoint_bytes.max(1));
        // One is left for the newest.
        let count = count.unwrap_or(MOST).clamp(FEWEST, MOST) - 1;
        let powers = (0..u64::BITS).map(|bit| 1 << bit);
        let quarters = (1..4).map(|part| batches_per_epoch * part / 4);
        let mut early: Vec<u64> = [0]
            .into_iter()
            .chain(powers.take_while(|step| *step < batches_per_epoch))
            .chain(quarters)
            .collect();
        early.sort_unstable();
        early.dedup();
        let most = count / 3;
        let every = early.len().div_ceil(most.max(1));
        let early: Vec<u64> = early.into_iter().step_by(every).collect();
        Self {
            batches_per_epoch,
            epochs: count - early.len(),
            early,
        }
    }

    /// Whether to keep `step`, of a run that has come to `newest`: an early step, or the end of
    /// every k-th epoch, k being the smallest power of two for which these are not too many. The
    /// newest step is kept besides.
    #[must_use]
    pub fn keeps(&self, step: u64, newest: u64) -> bool {
        if step == newest {
            return true;
        }
        if step < self.batches_per_epoch {
            return self.early.binary_search(&step).is_ok();
        }
        let epochs = newest / self.batches_per_epoch;
        let every = epochs
            .div_ceil(self.epochs as u64)
            .max(1)
            .next_power_of_two();
        step.is_multiple_of(self.batches_per_epoch * every)
    }

    /// Whether to keep the weights of a run that is just now at `step` for longer than until the
    /// next are kept.
    #[must_use]
    pub fn is_due(&self, step: u64) -> bool {
        self.keeps(step, step.saturating_add(1))
    }

    /// Most checkpoints this rule keeps at a time.
    #[must_use]
    pub fn most(&self) -> usize {
        self.early.len() + self.epochs + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(schedule: &Schedule, newest: u64) -> Vec<u64> {
        (0..=newest)
            .filter(|&s| schedule.keeps(s, newest))
            .collect()
    }

    #[test]
    fn the_notebooks_run_keeps_its_beginning_and_every_epoch() {
        let schedule = Schedule::new(1875, 975_000);
        let steps = kept(&schedule, 5 * 1875);
        let early = [
            0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 468, 512, 937, 1024, 1406,
        ];
        let epochs = [1875, 3750, 5625, 7500, 9375];
        assert_eq!(steps, [&early[..], &epochs[..]].concat());
    }

    #[test]
    fn however_long_the_run_and_large_the_network_the_bound_holds() {
        for (batches, bytes) in [
            (1, 1),
            (3, 1 << 20),
            (58, 100_000_000),
            (1875, 975_000),
            (60_000, 5_000_000),
        ] {
            let schedule = Schedule::new(batches, bytes);
            assert!(schedule.most() <= MOST);
            let within = schedule.most() as u64 * bytes <= MAX_CHECKPOINT_BYTES;
            assert!(within || schedule.most() == FEWEST, "{batches} {bytes}");
            // As a run does it: each step is offered once, and those no longer kept are dropped.
            let mut kept: Vec<u64> = vec![0];
            for epoch in 0..1000 {
                for step in [1, 2, batches / 2, batches - 1, batches] {
                    let newest = epoch * batches + step;
                    if kept.last().is_none_or(|last| *last < newest) {
                        kept.push(newest);
                        kept.retain(|&step| schedule.keeps(step, newest));
                        assert!(kept.len() <= schedule.most(), "{batches} {bytes}: {kept:?}");
                        assert!(kept.contains(&0) && kept.contains(&newest));
                    }
                }
            }
            // What is left is spread over the run.
            assert!(batches == 1 || kept.iter().any(|s| (400..600).contains(&(s / batches))));
        }
    }
}
