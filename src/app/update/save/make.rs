//! Making what is saved: the state is read here, on the window's thread; the work is done by the
//! functions that are returned, elsewhere.

use crate::app::model::lesson_steps::{lesson, route};
use crate::app::model::maps::MapsAnswer;
use crate::app::model::save::SaveAs;
use crate::app::model::saving::Numbers;
use crate::app::model::state::State;
use crate::app::model::weights_of::WeightsOf;
use crate::app::threads::Threads;
use crate::app::update::save::content::Content;
use crate::paper::{self, maps_figure};
use crate::report::{self, Hands};
use crate::text::{NetworkFigure, Text};
use convlens_core::dataset::ImageId;
use convlens_core::figures::{
    self, Embedded, MapsSettings, accuracies_csv, confusion_csv, differences_csv, embedding_csv,
    kernels_csv, overview_csv, pixels_csv, similarity_csv, statistics_csv,
};
use convlens_core::lessons;
use convlens_core::network::export;
use convlens_core::training::runs::{RunId, RunRecord, RunSummary};
use std::sync::Arc;

type Make = Box<dyn FnOnce() -> Result<Content, String> + Send>;

/// What makes it; `None` where there is nothing to make.
pub fn make(state: &State, threads: &mut Threads, what: SaveAs) -> Option<Make> {
    match what {
        SaveAs::FigurePng | SaveAs::FigureSvg => figure(state, what),
        SaveAs::Activations => {
            let maps = state.beside(&state.maps, &state.whose)?.clone();
            Some(Box::new(move || Ok(Content::Arrays(maps))))
        }
        SaveAs::Epochs => curve(state, threads, RunRecord::epochs_csv),
        SaveAs::Batches => curve(state, threads, RunRecord::batches_csv),
        SaveAs::Confusion => {
            let verdict = state.verdict_beside(&state.whose)?.clone();
            let (labels, outputs) = (state.text(), state.outputs_of(&verdict.judged.whose));
            Some(Box::new(move || {
                let named = |text: &Text, class| text.class_name(class as u8).to_owned();
                let csv = confusion_csv(
                    &verdict.confusion,
                    |class| named(labels, class),
                    |class| named(outputs, class),
                );
                Ok(Content::Text(csv))
            }))
        }
        SaveAs::Similarity => {
            let compared = state.beside(&state.compared, &state.whose)?.clone();
            Some(Box::new(move || {
                let gallery = &compared.maps.gallery;
                let images = compared.maps.images.iter();
                let named: Vec<_> = images
                    .map(|&image| (image.into(), gallery.label(image)))
                    .collect();
                let csv = compared.matrix.as_ref().map(|m| similarity_csv(m, &named));
                Ok(Content::Text(csv.unwrap_or_default()))
            }))
        }
        SaveAs::Points => {
            let embedded = &state.test_set.embedded;
            let known = embedded.whose()?;
            let points = embedded.answer()?.clone();
            let is_shown = state.may_stand_beside(known, &state.whose);
            let labels = state.text();
            is_shown.then(|| -> Make {
                Box::new(move || {
                    let embedded = Embedded {
                        images: &points.images,
                        labels: &points.labels,
                        plane: &points.plane,
                        pca: &points.pca,
                    };
                    let csv = embedding_csv(&embedded, |label| labels.class_name(label).to_owned());
                    Ok(Content::Text(csv))
                })
            })
        }
        SaveAs::Shown => numbers(state, threads),
        SaveAs::Table => {
            let csv = state.runs.comparison(state.run.as_ref()).csv();
            Some(Box::new(move || Ok(Content::Text(csv))))
        }
        SaveAs::Weights(format) => {
            let snapshot = state.snapshot.clone();
            Some(Box::new(move || {
                let bytes = export::to_bytes(&snapshot.model, format);
                bytes.map(Content::Bytes).map_err(|error| error.to_string())
            }))
        }
        SaveAs::Run => {
            let (store, run) = (threads.runs.store().clone(), state.run_looked_at()?);
            let shown = shown(state, Some(run)).to_json();
            Some(Box::new(move || Ok(Content::Run(store, run, shown))))
        }
        SaveAs::Lesson => {
            let folder = state.preferences.lesson.folder.clone()?;
            let (store, run, text) = (
                threads.runs.store().clone(),
                state.run_looked_at(),
                state.text(),
            );
            let shown = shown(state, run).to_json();
            Some(Box::new(move || {
                let lesson =
                    lessons::to_send(&folder).map_err(|error| text.lesson_error(&error))?;
                Ok(Content::Lesson(lesson, store, run, shown))
            }))
        }
        SaveAs::Paper(paper) => {
            let (lesson, text) = (lesson(state).clone(), state.text());
            let route = route(state);
            let dataset = state.dataset.clone();
            Some(Box::new(move || {
                let figure = |step: &lessons::Step| maps_figure(step, dataset.as_ref()?, text);
                Ok(Content::Text(paper::page(
                    &lesson, route, paper, text, &figure,
                )))
            }))
        }
        SaveAs::Report => Some(report(state, threads)),
        SaveAs::Code(framework) => {
            let (config, text) = (state.preferences.config.clone(), state.text());
            let origin = state.dataset.as_ref()?.origin.clone();
            Some(Box::new(move || {
                let program = text.python(framework, &config, &origin);
                program
                    .map(Content::Text)
                    .map_err(|error| text.spec_error(&error))
            }))
        }
        // The window draws it, and another thread the film.
        SaveAs::View | SaveAs::ViewSvg | SaveAs::Animation => None,
    }
}

/// The numbers that the view on screen draws.
fn numbers(state: &State, threads: &mut Threads) -> Option<Make> {
    let numbers = state.numbers_of_view()?;
    if let Numbers::Also(what) = numbers {
        return make(state, threads, what);
    }
    Some(Box::new(move || {
        let table = match numbers {
            Numbers::Overview(answer) => overview_csv(&answer.overview),
            Numbers::Kernels(answer) => kernels_csv(&answer.kernels),
            Numbers::Networks(compared) => {
                let other = compared.other.as_ref();
                differences_csv(other.map_or(&[][..], |other| &other.differences))
            }
            Numbers::Explained(answer) => {
                let mut columns = vec![("occlusion", &answer.drops[..])];
                if let Some(found) = &answer.saliency {
                    columns.push(("saliency", &found.values[..]));
                }
                pixels_csv(answer.picture.size().width, &columns)
            }
            Numbers::Moments(moments) => {
                let moments = moments.iter().map(|moment| {
                    let ratios = moment.updates.as_ref().map(|updates| &updates.ratios[..]);
                    let at = [moment.whose.step as usize, moment.whose.epochs];
                    (at, &moment.statistics, ratios.unwrap_or_default())
                });
                statistics_csv(moments)
            }
            Numbers::Accuracies(way, this, other) => {
                accuracies_csv(way, &this, other.as_ref().map(|other| &other[..]))
            }
            Numbers::Also(_) => String::new(),
        };
        Ok(Content::Text(table))
    }))
}

/// What a figure of the maps shown is drawn from.
struct Drawn {
    maps: Arc<MapsAnswer>,
    settings: MapsSettings,
    text: &'static Text,
    words: NetworkFigure<'static>,
}

fn drawn(state: &State) -> Option<Drawn> {
    let maps = state.beside(&state.maps, &state.whose)?.clone();
    let dataset = &maps.set.gallery.dataset;
    let text = state.preferences.language.text_for(&dataset.classes);
    let whose = &maps.asked.whose;
    let words = text.of_network(state.outputs_of(whose), state.whose_drawn(whose));
    Some(Drawn {
        settings: state.preferences.maps.clone(),
        text,
        words,
        maps,
    })
}

fn figure(state: &State, what: SaveAs) -> Option<Make> {
    let Drawn {
        maps,
        settings,
        text,
        words,
    } = drawn(state)?;
    Some(Box::new(move || {
        // Another data set may have been opened where no maps are shown.
        let (set, dataset) = (&maps.set, &maps.set.gallery.dataset);
        let made = if what == SaveAs::FigurePng {
            let pixels = figures::draw(set, dataset, &settings, &words);
            pixels.map(|pixels| Content::Picture(pixels, figures::DPI))
        } else {
            let svg = figures::draw_svg(set, dataset, &settings, &words);
            svg.map(Content::Text)
        };
        made.map_err(|error| text.render_error(&error))
    }))
}

/// The compared runs, the maps shown and the shows of hands.
fn report(state: &State, threads: &Threads) -> Make {
    let (store, text) = (threads.runs.store().clone(), state.text());
    let runs = state.runs.compared(state.run.as_ref());
    let baseline = state.runs.baseline().cloned();
    let has_maps = SaveAs::FigureSvg.why_not(state).is_none();
    let maps = has_maps.then(|| drawn(state)).flatten();
    let steps = lesson(state).steps.iter();
    let hands: Vec<Hands> = steps
        .filter_map(|step| {
            let check = step.check.as_ref()?;
            let counts = state.preferences.lesson.hands.get(&step.name)?;
            let counts = counts.iter().copied().chain(std::iter::repeat(0));
            Some(Hands {
                question: check.question.clone(),
                choices: check.choices.iter().cloned().zip(counts).collect(),
                right: check.right,
            })
        })
        .collect();
    Box::new(move || {
        let read = |run: RunSummary| {
            let record = store.read(run.id).map_err(|error| text.run_error(&error))?;
            // Of its own run the window knows more.
            Ok(RunRecord {
                summary: run,
                ..record
            })
        };
        let runs = runs
            .into_iter()
            .map(read)
            .collect::<Result<Vec<_>, String>>()?;
        let maps = maps.map_or(Ok(Vec::new()), |it| {
            let dataset = &it.maps.set.gallery.dataset;
            report::maps(&it.maps.set, dataset, &it.settings, &it.words)
                .map_err(|error| text.render_error(&error))
        })?;
        let page = report::page(&runs, baseline.as_ref(), &maps, &hands, text);
        Ok(Content::Text(page))
    })
}

/// A table of the run looked at.
fn curve(
    state: &State,
    threads: &mut Threads,
    table: impl Fn(&RunRecord) -> String + Send + 'static,
) -> Option<Make> {
    let (store, run, text) = (
        threads.runs.store().clone(),
        state.run_looked_at()?,
        state.text(),
    );
    Some(Box::new(move || {
        let record = store.read(run).map_err(|error| text.run_error(&error))?;
        Ok(Content::Text(table(&record)))
    }))
}

/// What is looked at, of a run if there is one.
fn shown(state: &State, run: Option<RunId>) -> figures::Shown {
    let maps = state.preferences.maps.clone();
    let drawing = maps.images.contains(&ImageId::Drawing);
    let step = match state.runs.weights_of {
        WeightsOf::Kept { run: kept, step } if Some(kept) == run => step,
        _ => None,
    };
    figures::Shown {
        step,
        drawing: drawing.then(|| state.canvas.picture()),
        maps,
    }
}
