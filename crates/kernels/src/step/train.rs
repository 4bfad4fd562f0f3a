//! A compiled step, and a batch that goes through it.

use super::super::optimizer::{Lent, Optimizer};
use super::super::team::Team;
use super::super::unit::Unit;
use super::compile::{self, Plan};
use super::memory::Memory;
use super::network::{Batch, Network, Trained, Training};
use super::node::{Context, Node};
use super::run::{Claims, Records};
use super::schedule;
use candle_core::{Result, bail};
use std::sync::atomic::{AtomicBool, Ordering};

/// A compiled training step.
pub struct Step {
    nodes: Vec<Box<dyn Node>>,
    /// Nodes of each stage.
    stages: Vec<Vec<usize>>,
    memory: Memory,
    plan: Plan,
    training: Training,
    unit: Unit,
    claims: Claims,
    lent: Vec<Lent>,
}

impl Step {
    /// For batches of at most `images`. The variables of the optimizer are to be those of each layer that has some, in order: weights and,
    /// if there is one, bias; γ, β, running mean and running variance of a batch normalization.
    ///
    /// # Errors
    /// Layers that do not fit one behind the other; sizes that memory cannot hold.
    pub fn new(network: &Network, images: usize, training: Training) -> Result<Self> {
        let unit = Unit::in_use();
        let smoothing = training.label_smoothing;
        if !(0.0..1.0).contains(&smoothing) {
            bail!("step: a label smoothing of {smoothing} is none");
        }
        let mut memory = Memory::default();
        let (nodes, plan) =
            compile::training(network, images, smoothing, unit.lanes(), &mut memory)?;
        let stages = schedule::stages(&nodes);
        memory.share(&schedule::used(&nodes, &stages));
        Ok(Self {
            stages,
            claims: Claims::default(),
            lent: Vec::with_capacity(plan.variables),
            nodes,
            memory,
            plan,
            training,
            unit,
        })
    }

    /// Bytes that were set aside for it.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.memory.size()
    }

    /// Forward, loss, backward, and one step of the optimizer. Where the loss is not finite, the weights stay as they are.
    ///
    /// # Errors
    /// A batch that is empty, larger than planned, or has rows or labels that there are not; variables of another network.
    pub fn train(
        &mut self,
        team: &mut Team,
        optimizer: &mut Optimizer,
        batch: Batch<'_>,
    ) -> Result<Trained> {
        let threads = team.size();
        self.train_for(threads, team, optimizer, batch, None)
    }

    /// The same, with tasks cut as for so many threads, and measured.
    pub(super) fn train_for(
        &mut self,
        threads: usize,
        team: &mut Team,
        optimizer: &mut Optimizer,
        batch: Batch<'_>,
        records: Option<&Records>,
    ) -> Result<Trained> {
        self.check(optimizer, batch)?;
        let has_diverged = AtomicBool::new(false);
        let constants = optimizer.begin();
        let steps = optimizer.state().steps;
        let Self {
            nodes,
            stages,
            memory,
            plan,
            training,
            unit,
            claims,
            lent,
        } = self;
        let mut trained = None;
        lent.clear();
        optimizer.lend(lent, &mut |variables| {
            let view = memory.view(variables);
            let context = Context {
                unit: *unit,
                images: batch.rows.len(),
                threads,
                batch,
                constants,
                seed: training.seed,
                step: steps,
                view,
                has_diverged: &has_diverged,
            };
            claims.run(team, nodes, stages, &context, records);
            trained = Some(plan.trained(&context));
        })?;
        if has_diverged.load(Ordering::Relaxed) {
            optimizer.abandon();
        }
        match trained {
            Some(trained) => Ok(trained),
            None => bail!("step: it was not run"),
        }
    }

    pub(super) fn nodes(&self) -> &[Box<dyn Node>] {
        &self.nodes
    }

    fn check(&self, optimizer: &Optimizer, batch: Batch<'_>) -> Result<()> {
        let Batch {
            pixels,
            labels,
            rows,
        } = batch;
        let sizes = optimizer
            .variables()
            .iter()
            .map(|variable| variable.elem_count());
        if !self.memory.fits(sizes) {
            bail!("step: the optimizer's variables are of another network");
        }
        if rows.is_empty() || rows.len() > self.plan.images {
            bail!(
                "step: a batch of {} where 1 to {} were planned",
                rows.len(),
                self.plan.images
            );
        }
        let pictures = labels.len().min(pixels.len() / self.plan.pixels);
        if let Some(row) = rows.iter().find(|row| **row as usize >= pictures) {
            bail!("step: picture {row} of {pictures}");
        }
        let labels = rows.iter().map(|row| labels[*row as usize]);
        if let Some(label) = labels
            .into_iter()
            .find(|label| usize::from(*label) >= self.plan.classes)
        {
            bail!("step: label {label} for {} classes", self.plan.classes);
        }
        Ok(())
    }
}
