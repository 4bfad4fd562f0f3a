//! Gradients of one backward pass, without candle's detours.
//!
//! Candle's autograd fills each gradient with zeros and adds to it: two more passes over memory, for tensors that are used once,
//! on a spinning pool of threads when they are large. The operators of this module are therefore also recorded in a chain that
//! [`backward`] follows by itself; wherever it meets another of candle's operators, it hands over to candle. docs/decisions has the
//! figures: 2.8 times the speed for the notebook's network, 8 % if candle's threads are switched off from outside.

use candle_core::{Result, Tensor, TensorId};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, Weak};

/// The gradient of one tensor.
#[derive(Clone)]
pub enum Gradient {
    /// Number by number.
    Whole(Tensor),
    /// `xᵀ · dz` of `x (images, …)` and `dz (images, outputs)`: a dense layer's weights can be millions, their gradient's factors are few,
    /// and an optimizer that multiplies them itself saves writing and reading the product.
    Product {
        /// The layer's input.
        x: Tensor,
        /// The gradient of its sums.
        dz: Tensor,
    },
}

impl Gradient {
    /// The numbers, multiplied out.
    pub fn tensor(&self) -> Result<Tensor> {
        match self {
            Self::Whole(tensor) => Ok(tensor.clone()),
            Self::Product { x, dz } => x.flatten_from(1)?.t()?.matmul(dz),
        }
    }
}

/// The gradients of a loss with respect to the variables that it depends on.
#[derive(Default)]
pub struct Gradients(HashMap<TensorId, Vec<Gradient>>);

impl Gradients {
    /// The gradient of `variable`, if the loss depends on it.
    ///
    /// # Errors
    /// If candle cannot add its parts.
    pub fn get(&self, variable: &Tensor) -> Result<Option<Tensor>> {
        let mut sum: Option<Tensor> = None;
        for part in self.parts(variable) {
            let part = part.tensor()?;
            sum = Some(match sum {
                Some(sum) => sum.add(&part)?,
                None => part,
            });
        }
        Ok(sum)
    }

    /// The gradients whose sum is that of `variable`.
    pub(super) fn parts(&self, variable: &Tensor) -> &[Gradient] {
        self.0.get(&variable.id()).map_or(&[], Vec::as_slice)
    }
}

/// An operator of this module in the graph of a loss.
pub trait Node {
    /// From its output `y` and the gradient of it to the inputs that need one and their gradients.
    fn backward(&self, y: &Tensor, dy: &Tensor) -> Result<Vec<(Tensor, Gradient)>>;
}

thread_local! {
    /// The operators that computed this thread's tensors, for as long as those live.
    static NODES: RefCell<HashMap<TensorId, Weak<dyn Node>>> = RefCell::default();
}

/// Remembers that `node` computed `output`. Candle's graph must keep the node alive as long as the output.
pub fn record(output: &Tensor, node: &Arc<impl Node + 'static>) {
    NODES.with_borrow_mut(|nodes| {
        if nodes.len() >= 256 {
            nodes.retain(|_, node| node.strong_count() > 0);
        }
        let node: Weak<dyn Node> = Arc::downgrade(node) as Weak<dyn Node>;
        nodes.insert(output.id(), node);
    });
}

/// Back-propagates `loss` (a scalar) on this thread: what `loss.backward()` computes, faster.
///
/// # Errors
/// What an operator's backward pass reports.
pub fn backward(loss: &Tensor) -> Result<Gradients> {
    let mut gradients = Gradients::default();
    let mut open = vec![(loss.clone(), Gradient::Whole(loss.ones_like()?))];
    while let Some((tensor, gradient)) = open.pop() {
        if tensor.is_variable() {
            gradients.0.entry(tensor.id()).or_default().push(gradient);
            continue;
        }
        let gradient = gradient.tensor()?;
        let node = NODES.with_borrow(|nodes| nodes.get(&tensor.id()).and_then(Weak::upgrade));
        if let Some(node) = node {
            open.extend(node.backward(&tensor, &gradient)?);
        } else {
            let store = (tensor * gradient)?.sum_all()?.backward()?;
            for id in store.get_ids() {
                let part = store.get_id(*id).cloned().map(Gradient::Whole);
                gradients.0.entry(*id).or_default().extend(part);
            }
        }
    }
    Ok(gradients)
}
