//! Which member of the team runs which task.

use super::super::team::Team;
use super::node::{Context, Node, part};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Which tasks are taken. Each member has a part of every node's tasks, the same pictures in every stage so that they stay in its cache,
/// and helps the others once it is done with them.
#[derive(Default)]
pub struct Claims(Vec<Claim>);

/// The first task of a part that nobody has taken; on a line of the cache of its own.
#[derive(Default)]
#[repr(align(128))]
struct Claim(AtomicUsize);

impl Claims {
    /// Runs all tasks of all nodes, stage by stage.
    pub fn run(
        &mut self,
        team: &mut Team,
        nodes: &[Box<dyn Node>],
        stages: &[Vec<usize>],
        context: &Context<'_>,
        records: Option<&Records>,
    ) {
        let members = team.size();
        self.0.resize_with(nodes.len() * members, Claim::default);
        for claim in &mut self.0 {
            *claim.0.get_mut() = 0;
        }
        team.run(stages.len(), &|stage, member| {
            // Behind a loss that is no number the weights stay as they are.
            if context.has_diverged.load(Ordering::Relaxed) {
                return;
            }
            for offset in 0..members {
                let other = (member + offset) % members;
                for node in &stages[stage] {
                    let claim = &self.0[node * members + other].0;
                    let tasks = nodes[*node].tasks(context.images, context.threads);
                    while let Some(task) = take(claim, &part(tasks, members, other)) {
                        let Some(records) = records else {
                            nodes[*node].run(context, task);
                            continue;
                        };
                        let started = Instant::now();
                        nodes[*node].run(context, task);
                        let ended = Instant::now();
                        records.add(
                            member,
                            Record {
                                stage,
                                node: *node,
                                task,
                                started,
                                ended,
                            },
                        );
                    }
                }
            }
        });
    }
}

/// The next task of a part, if there is one left.
fn take(claim: &AtomicUsize, tasks: &Range<usize>) -> Option<usize> {
    if claim.load(Ordering::Relaxed) >= tasks.len() {
        return None;
    }
    let task = tasks.start + claim.fetch_add(1, Ordering::Relaxed);
    (task < tasks.end).then_some(task)
}

/// One task that ran.
pub struct Record {
    pub stage: usize,
    pub node: usize,
    pub task: usize,
    pub started: Instant,
    pub ended: Instant,
}

/// What ran, by the members of the team.
pub struct Records(Vec<Mutex<Vec<Record>>>);

impl Records {
    pub fn new(members: usize) -> Self {
        Self((0..members).map(|_| Mutex::default()).collect())
    }

    pub fn add(&self, member: usize, record: Record) {
        let records = self.0[member].lock();
        records.unwrap_or_else(PoisonError::into_inner).push(record);
    }

    pub fn drain(&mut self) -> Vec<Record> {
        let members = self.0.iter_mut();
        let records =
            members.map(|records| records.get_mut().unwrap_or_else(PoisonError::into_inner));
        records.flat_map(std::mem::take).collect()
    }
}
