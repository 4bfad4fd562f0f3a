//! A graph of layers as a stack with blocks: what several read opens a block, and what reads several closes one.

/// A step of the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A node that reads one other.
    Node(usize),
    /// A block opens; its first branch follows.
    Split,
    /// The next branch.
    Branch,
    /// A node that reads several closes the block.
    Join(usize),
}

/// The nodes from the one that reads nothing to `output`, each once, in an order that works. `inputs` are what each node reads.
///
/// # Errors
/// A node at which the graph is no tree of blocks: it lies on a circle, is read from outside its block, or nothing leads to it.
pub(super) fn stack(inputs: &[Vec<usize>], output: usize) -> Result<Vec<Step>, usize> {
    let order = order(inputs, output)?;
    let Some(&source) = order.first() else {
        return Err(output);
    };
    let mut walk = Walk {
        inputs,
        dominators: Dominators::new(inputs, &order)?,
        visited: vec![false; inputs.len()],
        steps: Vec::new(),
    };
    walk.up(output, source, 0)?;
    walk.steps.push(Step::Node(source));
    walk.steps.reverse();
    Ok(walk.steps)
}

/// Whatever leads to `output`, each node behind what it reads.
fn order(inputs: &[Vec<usize>], output: usize) -> Result<Vec<usize>, usize> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut states = vec![State::New; inputs.len()];
    let mut order = Vec::new();
    // Nodes under way, and how many of their inputs are done. No recursion: a stack may be deep.
    let mut open = vec![(output, 0)];
    while let Some((node, done)) = open.last_mut() {
        let node = *node;
        let reads = inputs.get(node).ok_or(output)?;
        states[node] = State::Open;
        if let Some(&next) = reads.get(*done) {
            *done += 1;
            match states.get(next) {
                Some(State::New) => open.push((next, 0)),
                Some(State::Done) => {}
                Some(State::Open) | None => return Err(node),
            }
        } else {
            states[node] = State::Done;
            order.push(node);
            open.pop();
        }
    }
    Ok(order)
}

/// The last node before each through which every way to it leads (Cooper, Harvey and Kennedy 2001, "A simple, fast dominance algorithm").
struct Dominators {
    /// Places in an order that works.
    rank: Vec<usize>,
    /// Of the first node itself.
    of: Vec<usize>,
}

impl Dominators {
    fn new(inputs: &[Vec<usize>], order: &[usize]) -> Result<Self, usize> {
        let mut dominators = Self {
            rank: vec![0; inputs.len()],
            of: vec![0; inputs.len()],
        };
        for (number, &node) in order.iter().enumerate() {
            dominators.rank[node] = number;
            dominators.of[node] = match dominators.common(&inputs[node]) {
                Some(common) => common,
                None if number == 0 => node,
                // Only one reads nothing.
                None => return Err(node),
            };
        }
        Ok(dominators)
    }

    /// The last node through which every way to these leads, one of them perhaps.
    fn common(&self, nodes: &[usize]) -> Option<usize> {
        nodes.iter().copied().reduce(|mut one, mut other| {
            while one != other {
                if self.rank[one] > self.rank[other] {
                    one = self.of[one];
                } else {
                    other = self.of[other];
                }
            }
            one
        })
    }

    /// The first node behind `given` on every way to `node`; `None` for `given` itself.
    fn behind(&self, given: usize, mut node: usize) -> Option<usize> {
        while self.of[node] != given && self.rank[node] > self.rank[given] {
            node = self.of[node];
        }
        (node != given).then_some(node)
    }
}

/// Deepest blocks within blocks.
const MAX_DEPTH: usize = 64;

/// From the output up, so that steps are found in reverse.
struct Walk<'a> {
    inputs: &'a [Vec<usize>],
    dominators: Dominators,
    visited: Vec<bool>,
    steps: Vec<Step>,
}

impl Walk<'_> {
    /// From `node` up to `end`, which is left out.
    fn up(&mut self, mut node: usize, end: usize, depth: usize) -> Result<(), usize> {
        while node != end {
            if std::mem::replace(&mut self.visited[node], true) || depth > MAX_DEPTH {
                return Err(node);
            }
            match &self.inputs[node][..] {
                // The source, past the end.
                [] => return Err(node),
                [one] => {
                    self.steps.push(Step::Node(node));
                    node = *one;
                }
                branches => {
                    let given = self.dominators.of[node];
                    self.join(node, branches, given, depth)?;
                    node = given;
                }
            }
        }
        Ok(())
    }

    /// From a join up to what its block was given. Branches that part only later are a block within it, joined in the same way: exporters
    /// write the join of a join as one.
    fn join(
        &mut self,
        node: usize,
        ends: &[usize],
        given: usize,
        depth: usize,
    ) -> Result<(), usize> {
        if depth > MAX_DEPTH {
            return Err(node);
        }
        self.steps.push(Step::Join(node));
        let behind = |end: &usize| self.dominators.behind(given, *end);
        let together =
            |one: &usize, other: &usize| behind(one).is_some() && behind(one) == behind(other);
        let groups: Vec<&[usize]> = ends.chunk_by(together).collect();
        for (number, group) in groups.into_iter().enumerate().rev() {
            let parting = self.dominators.common(group).ok_or(node)?;
            if group.len() > 1 {
                self.join(node, group, parting, depth + 1)?;
            }
            self.up(parting, given, depth + 1)?;
            self.steps.push(match number {
                0 => Step::Split,
                _ => Step::Branch,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Step::{Branch, Join, Node, Split};

    #[test]
    fn a_residual_block_and_branches_within_branches_are_found() {
        let chain = [vec![], vec![0], vec![1]];
        assert_eq!(stack(&chain, 2), Ok(vec![Node(0), Node(1), Node(2)]));
        // 0 → 1 → 2 → +3, and 0 → +3.
        let residual = [vec![], vec![0], vec![1], vec![2, 0]];
        let steps = vec![Node(0), Split, Node(1), Node(2), Branch, Join(3)];
        assert_eq!(stack(&residual, 3), Ok(steps));
        // Of three branches the second is a block of its own.
        let nested = [
            vec![],
            vec![0],
            vec![0],
            vec![2],
            vec![2],
            vec![3, 4],
            vec![1, 5, 0],
        ];
        let steps = vec![
            Node(0),
            Split,
            Node(1),
            Branch,
            Node(2),
            Split,
            Node(3),
            Branch,
            Node(4),
            Join(5),
            Branch,
            Join(6),
        ];
        assert_eq!(stack(&nested, 6), Ok(steps));
        // 1, 3 and 2 are joined at once, of which 3 reads 2: a block within the block.
        let at_once = [vec![], vec![0], vec![0], vec![2], vec![1, 3, 2]];
        let steps = vec![
            Node(0),
            Split,
            Node(1),
            Branch,
            Node(2),
            Split,
            Node(3),
            Branch,
            Join(4),
            Join(4),
        ];
        assert_eq!(stack(&at_once, 4), Ok(steps));
        // The same twice, as in x + x.
        let twice = [vec![], vec![0, 0]];
        assert_eq!(stack(&twice, 1), Ok(vec![Node(0), Split, Branch, Join(1)]));
    }

    #[test]
    fn what_is_no_tree_of_blocks_is_named() {
        // Node 1 goes to the sum 4, and around its block to 5.
        let crossed = [vec![], vec![0], vec![0], vec![1], vec![3, 2], vec![4, 1]];
        assert!(stack(&crossed, 5).is_err());
        let circle = [vec![], vec![0, 2], vec![1]];
        assert!(stack(&circle, 2).is_err());
        let two_pictures = [vec![], vec![], vec![0, 1]];
        assert!(stack(&two_pictures, 2).is_err());
        let nowhere = [vec![], vec![7]];
        assert!(stack(&nowhere, 1).is_err());
        assert!(stack(&nowhere, 9).is_err());
    }
}
