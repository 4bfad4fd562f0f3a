//! What a step is made of.

use super::show::{Experiment, Show};
use std::collections::BTreeSet;

/// Steps in their order; never empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    /// The steps.
    pub steps: Vec<Step>,
}

impl Lesson {
    /// The routes that its steps name, the shortest first.
    #[must_use]
    pub fn routes(&self) -> Vec<usize> {
        let named = self.steps.iter().flat_map(|step| &step.routes);
        named
            .copied()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    }

    /// The minutes of the steps of a route together, as far as they are given.
    #[must_use]
    pub fn minutes(&self, route: usize) -> usize {
        let steps = self.steps.iter().filter(|step| step.is_in(Some(route)));
        steps.filter_map(|step| step.minutes).sum()
    }
}

/// One step of a lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The file's name without its ending, by which the same step is found in another language.
    pub name: String,
    /// Its heading.
    pub title: String,
    /// Minutes a class takes for it, 1 to 120, where the author says so.
    pub minutes: Option<usize>,
    /// The routes through the lesson that lead past it, each called by how many minutes it takes; the whole lesson has every step.
    pub routes: Vec<usize>,
    /// What "show me" asks for, in this order.
    pub show: Vec<Show>,
    /// A question about what was read.
    pub check: Option<Check>,
    /// An experiment whose result is to be predicted.
    pub exercise: Option<Exercise>,
    /// Markdown for the teacher, empty if there is none.
    pub notes: String,
    /// Markdown for everybody.
    pub body: String,
}

impl Step {
    /// Whether a route leads past it; all of it, where none is taken.
    #[must_use]
    pub fn is_in(&self, route: Option<usize>) -> bool {
        route.is_none_or(|route| self.routes.contains(&route))
    }
}

/// A question with one right answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// What is asked.
    pub question: String,
    /// The answers to choose from: 2 to 6.
    pub choices: Vec<String>,
    /// Index of the right one.
    pub right: usize,
    /// Why it is right.
    pub why: String,
    /// What speaks against each of the others, in their order, where the author says so.
    pub hints: Vec<String>,
}

impl Check {
    /// What speaks against an answer; none against the right one.
    #[must_use]
    pub fn hint(&self, choice: usize) -> Option<&str> {
        let place = match choice.cmp(&self.right) {
            std::cmp::Ordering::Less => choice,
            std::cmp::Ordering::Equal => return None,
            std::cmp::Ordering::Greater => choice - 1,
        };
        self.hints.get(place).map(String::as_str)
    }
}

/// A network against a baseline: predicted, run, revealed.
#[derive(Clone, Debug, PartialEq)]
pub struct Exercise {
    /// What is asked.
    pub question: String,
    /// What is run: the baseline first, one other network, every seed.
    pub experiment: Experiment,
    /// Why it comes out as it does, in Markdown.
    pub why: String,
}
