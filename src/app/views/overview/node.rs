//! One channel of a column, as the panels below the picture look at it.

use crate::app::model::overview::Overlooked;
use crate::text::Text;
use convlens_core::explore::{OverviewColumn, OverviewEdge, OverviewNode};

/// A node of the picture that was answered last.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    pub answer: &'a Overlooked,
    /// Its column, and its place in it.
    pub place: (usize, usize),
    pub column: &'a OverviewColumn,
    pub shown: &'a OverviewNode,
}

impl<'a> Node<'a> {
    pub fn new(answer: &'a Overlooked, place: (usize, usize)) -> Self {
        let column = &answer.overview.columns[place.0];
        Self {
            answer,
            place,
            column,
            shown: &column.nodes[place.1],
        }
    }

    /// Another of the same picture.
    pub fn other(self, place: (usize, usize)) -> Self {
        Self::new(self.answer, place)
    }

    /// Layer and channel.
    pub fn name(self, text: &Text) -> String {
        text.node_name(&self.column.name, self.shown.channel)
    }

    /// Height and width of its map; 1 of a unit.
    pub fn size(self) -> (usize, usize) {
        let (_, height, width) = self.column.shape.extent();
        (height, width)
    }

    /// What hands on to it, what adds most, or takes most away, first.
    pub fn inputs(self) -> Vec<&'a OverviewEdge> {
        let edges = self.answer.overview.edges.iter();
        sorted(edges.filter(|edge| edge.to == self.place), |edge| {
            edge.contribution
        })
    }

    /// What it hands on to, what hands most of the gradient back first.
    pub fn readers(self) -> Vec<&'a OverviewEdge> {
        let edges = self.answer.overview.edges.iter();
        sorted(edges.filter(|edge| edge.from == self.place), |edge| {
            edge.handed_back
        })
    }
}

/// The largest first, whatever its sign.
fn sorted<'a>(
    edges: impl Iterator<Item = &'a OverviewEdge>,
    by: impl Fn(&OverviewEdge) -> Option<f32>,
) -> Vec<&'a OverviewEdge> {
    let size = |edge: &OverviewEdge| by(edge).unwrap_or_default().abs();
    let mut edges: Vec<_> = edges.collect();
    edges.sort_by(|a, b| size(b).total_cmp(&size(a)));
    edges
}
