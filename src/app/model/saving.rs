//! What of the present state can be saved, and under which name.

use convlens_core::explore::Way;
use std::path::PathBuf;
use std::sync::Arc;

use super::compare::Compared;
use super::explain::Explained;
use super::filters::KernelsAnswer;
use super::histograms::{Moment, Subject};
use super::overview::Overlooked;
use super::save::SaveAs;
use super::state::State;
use super::transform::Accuracies;
use super::view::View;
use super::whose::Whose;

/// The numbers that a view draws.
pub enum Numbers {
    Overview(Arc<Overlooked>),
    Kernels(Arc<KernelsAnswer>),
    Networks(Arc<Compared>),
    Explained(Arc<Explained>),
    Moments(Vec<Arc<Moment>>),
    /// Against a way to change pictures: of the network looked at, and of the one beside it.
    Accuracies(Way, Arc<Accuracies>, Option<Arc<Accuracies>>),
    /// They have an entry of their own.
    Also(SaveAs),
}

impl SaveAs {
    /// Its file name with the ending; of what a run's weights give it has the run's number.
    pub fn file_name(self, state: &State) -> String {
        let text = state.text();
        let [.., name] = self.words(text);
        let run = match self {
            Self::View
            | Self::ViewSvg
            | Self::Table
            | Self::Lesson
            | Self::Code(_)
            | Self::Report
            | Self::Paper(_) => None,
            _ => state.run_looked_at(),
        };
        let name = run.map_or_else(
            || name.to_owned(),
            |run| {
                let number = format!("{}-{}", text.export.run_file, run.number());
                match self {
                    Self::Run => number,
                    _ => format!("{number}-{name}"),
                }
            },
        );
        self.with_ending(name.into()).display().to_string()
    }

    /// Why there is nothing to save, if so.
    pub fn why_not(self, state: &State) -> Option<&'static str> {
        let text = &state.text().export;
        let no_maps = || {
            let maps = state.beside(&state.maps, &state.whose);
            maps.is_none_or(|maps| maps.set.activations.layers.is_empty())
        };
        let no_answer = |known: Option<&Whose>| {
            known.is_none_or(|known| !state.may_stand_beside(known, &state.whose))
        };
        let (is_missing, why) = match self {
            Self::FigurePng | Self::FigureSvg => (no_maps(), text.no_maps),
            Self::Activations => (no_answer(state.maps.whose()), text.no_maps),
            Self::Epochs | Self::Batches | Self::Run | Self::Animation => {
                (state.run_looked_at().is_none(), text.no_run)
            }
            Self::Confusion => (no_answer(state.test_set.verdict.whose()), text.no_confusion),
            Self::Similarity => {
                let compared = state.beside(&state.compared, &state.whose);
                (
                    compared.is_none_or(|compared| compared.matrix.is_none()),
                    text.no_similarity,
                )
            }
            Self::Points => (no_answer(state.test_set.embedded.whose()), text.no_points),
            Self::Lesson => (state.preferences.lesson.folder.is_none(), text.no_lesson),
            Self::Table | Self::Report => (state.runs.list.is_empty(), text.no_run),
            Self::Code(_) => (state.outline.error.is_some(), text.impossible_network),
            Self::Shown => (state.numbers_of_view().is_none(), text.no_numbers),
            Self::View | Self::ViewSvg | Self::Weights(_) | Self::Paper(_) => (false, ""),
        };
        is_missing.then_some(why)
    }
}

impl State {
    /// The numbers that the view on screen draws, once it does: of some views they are those that can be saved from any.
    pub fn numbers_of_view(&self) -> Option<Numbers> {
        let whose = &self.whose;
        let also = |what: SaveAs| what.why_not(self).is_none().then_some(Numbers::Also(what));
        match self.preferences.view {
            View::Overview => Some(Numbers::Overview(
                self.beside(&self.overlooked, whose)?.clone(),
            )),
            View::Filters => Some(Numbers::Kernels(
                self.beside(&self.filters.kernels, whose)?.clone(),
            )),
            View::Compare if self.preferences.compare.networks => {
                let compared = self.beside(&self.compared, whose)?.clone();
                compared
                    .other
                    .is_some()
                    .then_some(Numbers::Networks(compared))
            }
            View::Compare => also(SaveAs::Similarity),
            View::Explain => Some(Numbers::Explained(
                self.beside(&self.explained, whose)?.clone(),
            )),
            View::Histograms => {
                let subject = Subject::of(self)?;
                let known = self.histograms.known(&subject)?;
                (!known.is_empty()).then(|| Numbers::Moments(known.values().cloned().collect()))
            }
            View::Errors => also(SaveAs::Confusion),
            View::Embedding => also(SaveAs::Points),
            View::Curves => also(SaveAs::Batches),
            View::Runs => also(SaveAs::Table),
            View::Transform => {
                let way = self.transform.way;
                let this = self.test_set.changed.get(&way)?;
                let this = self.beside(this, whose)?.clone();
                let other = self.test_set.other_changed.get(&way);
                let other = other.and_then(|slot| slot.answer()).cloned();
                Some(Numbers::Accuracies(way, this, other))
            }
            View::Maps | View::Channels | View::Draw | View::ByHand => None,
        }
    }

    /// The folder that a path is proposed in.
    pub fn folder_to_save_in(&self) -> PathBuf {
        let last = self.preferences.figure_folder.clone();
        last.or_else(|| etcetera::home_dir().ok())
            .unwrap_or_default()
    }
}
