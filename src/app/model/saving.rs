//! What of the present state can be saved, and under which name.

use std::path::PathBuf;

use super::save::SaveAs;
use super::state::State;
use super::whose::Whose;

impl SaveAs {
    /// Its file name with the ending; of what a run's weights give it has the run's number.
    pub fn file_name(self, state: &State) -> String {
        let text = state.text();
        let [.., name] = self.words(text);
        let run = match self {
            Self::View | Self::Table | Self::Lesson | Self::Code(_) => None,
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
            Self::Table => (state.runs.list.is_empty(), text.no_run),
            Self::Code(_) => (state.outline.error.is_some(), text.impossible_network),
            Self::View | Self::Weights(_) => (false, ""),
        };
        is_missing.then_some(why)
    }
}

impl State {
    /// The folder that a path is proposed in.
    pub fn folder_to_save_in(&self) -> PathBuf {
        let last = self.preferences.figure_folder.clone();
        last.or_else(|| etcetera::home_dir().ok())
            .unwrap_or_default()
    }
}
