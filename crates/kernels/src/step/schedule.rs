//! From a list of nodes in an order that works to stages whose nodes can all run at the same time.

use super::memory::Id;
use super::node::Node;
use std::collections::HashMap;
use std::ops::Range;

/// The nodes of each stage. Of two nodes that exclude each other the earlier one is in an earlier stage; otherwise each is as early as
/// that allows, so that little work waits for a meeting of its own.
pub fn stages(nodes: &[Box<dyn Node>]) -> Vec<Vec<usize>> {
    let access: Vec<_> = nodes.iter().map(|node| node.access()).collect();
    let mut stage_of: Vec<usize> = Vec::with_capacity(nodes.len());
    let mut stages: Vec<Vec<usize>> = Vec::new();
    for node in 0..nodes.len() {
        let before = (0..node).filter(|earlier| access[*earlier].excludes(&access[node]));
        let stage = before
            .map(|earlier| stage_of[earlier] + 1)
            .max()
            .unwrap_or(0);
        stage_of.push(stage);
        if stages.len() <= stage {
            stages.resize_with(stage + 1, Vec::new);
        }
        stages[stage].push(node);
    }
    stages
}

/// From the first stage that touches a buffer to the last.
pub fn used(nodes: &[Box<dyn Node>], stages: &[Vec<usize>]) -> HashMap<Id, Range<usize>> {
    let mut used: HashMap<Id, Range<usize>> = HashMap::new();
    for (stage, together) in stages.iter().enumerate() {
        for node in together {
            let access = nodes[*node].access();
            for id in access.reads.into_iter().chain(access.writes) {
                used.entry(id).or_insert(stage..stage + 1).end = stage + 1;
            }
        }
    }
    used
}
