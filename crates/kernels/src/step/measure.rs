//! How long the tasks of a step take, and what that would be on more processors.

use super::super::optimizer::Optimizer;
use super::super::team::Team;
use super::network::Batch;
use super::run::Records;
use super::train::Step;
use candle_core::Result;
use std::collections::BTreeMap;
use std::time::Duration;

/// What one kernel of a step takes.
#[derive(Clone, Debug)]
pub struct Kernel {
    /// What it does.
    pub name: String,
    /// The stage in which it runs, from 0.
    pub stage: usize,
    /// The median of each of its tasks.
    pub tasks: Vec<Duration>,
}

impl Kernel {
    /// Time of all tasks together.
    #[must_use]
    pub fn busy(&self) -> Duration {
        self.tasks.iter().sum()
    }
}

/// What some steps took: medians over them.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Every kernel, in the order of the stages.
    pub kernels: Vec<Kernel>,
    /// Threads that the tasks were cut for.
    pub threads: usize,
    /// From the first task to the last, on the team that ran them.
    pub elapsed: Duration,
    /// What all its members together waited, in meetings and for the last task of a stage.
    pub waited: Duration,
}

impl Profile {
    /// How many times the members meet.
    #[must_use]
    pub fn stages(&self) -> usize {
        self.kernels.last().map_or(0, |kernel| kernel.stage + 1)
    }

    /// Time of all tasks together.
    #[must_use]
    pub fn busy(&self) -> Duration {
        self.kernels.iter().map(Kernel::busy).sum()
    }

    /// What a step would take on so many processors that nobody else uses: stage by stage the time of the one that has most to do, if the
    /// longest tasks are dealt first; and a meeting each.
    #[must_use]
    pub fn forecast(&self, processors: usize, meeting: Duration) -> Duration {
        let stage = |stage: usize| {
            let kernels = self.kernels.iter().filter(|kernel| kernel.stage == stage);
            let mut tasks: Vec<_> = kernels.flat_map(|kernel| kernel.tasks.iter()).collect();
            tasks.sort_unstable_by(|a, b| b.cmp(a));
            let mut shares = vec![Duration::ZERO; processors.max(1)];
            for task in tasks {
                if let Some(share) = shares.iter_mut().min() {
                    *share += *task;
                }
            }
            shares.into_iter().max().unwrap_or_default() + meeting
        };
        (0..self.stages()).map(stage).sum()
    }
}

impl Step {
    /// Trains some batches and measures each task, cut as for so many `threads`, on however many the team has.
    ///
    /// # Errors
    /// Those of [`Step::train`].
    pub fn measure<'a>(
        &mut self,
        threads: usize,
        team: &mut Team,
        optimizer: &mut Optimizer,
        batches: impl IntoIterator<Item = Batch<'a>>,
    ) -> Result<Profile> {
        let members = team.size();
        let mut records = Records::new(members);
        let mut tasks: BTreeMap<(usize, usize, usize), Vec<Duration>> = BTreeMap::new();
        let (mut elapsed, mut waited) = (Vec::new(), Vec::new());
        for batch in batches {
            self.train_for(threads, team, optimizer, batch, Some(&records))?;
            let all = records.drain();
            let started = all.iter().map(|record| record.started).min();
            let ended = all.iter().map(|record| record.ended).max();
            let took = started.zip(ended).map(|(started, ended)| ended - started);
            let took = took.unwrap_or_default();
            let busy: Duration = all.iter().map(|record| record.ended - record.started).sum();
            elapsed.push(took);
            waited.push((took * members as u32).saturating_sub(busy));
            for record in all {
                let key = (record.stage, record.node, record.task);
                tasks
                    .entry(key)
                    .or_default()
                    .push(record.ended - record.started);
            }
        }
        let mut kernels: Vec<Kernel> = Vec::new();
        let mut last = None;
        for ((stage, node, _), took) in tasks {
            if last.replace(node) != Some(node) {
                kernels.push(Kernel {
                    name: self.nodes()[node].name(),
                    stage,
                    tasks: Vec::new(),
                });
            }
            if let Some(kernel) = kernels.last_mut() {
                kernel.tasks.push(median(took));
            }
        }
        Ok(Profile {
            kernels,
            threads,
            elapsed: median(elapsed),
            waited: median(waited),
        })
    }
}

fn median(mut took: Vec<Duration>) -> Duration {
    took.sort_unstable();
    took.get(took.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forecast_is_the_sum_of_the_largest_shares() {
        let micros = |all: &[u64]| all.iter().copied().map(Duration::from_micros).collect();
        let kernel = |stage, tasks: &[u64]| Kernel {
            name: "k".into(),
            stage,
            tasks: micros(tasks),
        };
        let profile = Profile {
            kernels: vec![kernel(0, &[3, 3]), kernel(0, &[4]), kernel(1, &[5])],
            threads: 2,
            elapsed: Duration::ZERO,
            waited: Duration::ZERO,
        };
        assert_eq!(profile.stages(), 2);
        for (processors, micros) in [(1, 15), (2, 11), (3, 9), (8, 9)] {
            let forecast = profile.forecast(processors, Duration::ZERO);
            assert_eq!(forecast, Duration::from_micros(micros), "{processors}");
        }
        let meetings = profile.forecast(3, Duration::from_micros(1));
        assert_eq!(meetings, Duration::from_micros(11));
    }
}
