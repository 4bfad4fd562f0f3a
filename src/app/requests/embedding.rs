//! What the view of pictures as points asks of the test set's threads.

use crate::app::model::embedding::{
    EmbeddingAsked, LayersApart, LayersAsked, Layout, Points, PointsOf,
};
use crate::app::model::state::State;
use crate::app::model::test_set::Kind;
use crate::app::requests::test_set;
use crate::app::threads::Threads;
use convlens_core::dataset::Pictures;
use convlens_core::explore::embedding::{
    EmbeddingError, Pca, Separation, Subject, TsneSettings, computes, drawn, pca, separation, tsne,
};
use convlens_core::explore::{Progress, TestSetError};
use convlens_core::network::{Input, Model};
use rayon::ThreadPool;
use std::sync::Arc;

/// Which pictures are drawn: the same each time, so that moments and layers can be compared.
const SEED: u64 = 1;

/// Asks for what is on screen unless it is there or on its way.
pub fn request(state: &mut State, threads: &mut Threads) {
    let Some((judged, weights, dataset)) = test_set::subject(state) else {
        return;
    };
    let settings = state.embedding.clone();
    let wanted = EmbeddingAsked {
        judged: judged.clone(),
        of: settings.of.clone(),
        layout: settings.layout,
        count: settings.count,
        axes: settings.axes.as_ref().map(|axes| axes.version),
    };
    let axes = settings.axes.map(|axes| (axes.layer, axes.pca));
    let (snapshot, pictures) = (weights.clone(), dataset.clone());
    let (of, layout, count) = (wanted.of.clone(), wanted.layout, wanted.count);
    let compute = move |pool: &ThreadPool, progress: &Progress| {
        let source = source(&snapshot.model, &of);
        let way = (source, layout, count);
        points(&snapshot.model, &pictures.test, way, axes, (pool, progress)).map_err(in_short)
    };
    test_set::ask(
        state,
        threads,
        Kind::Embedding,
        wanted,
        |test_set| &mut test_set.embedded,
        compute,
    );
    if !settings.measures_all {
        return;
    }
    let count = settings.count;
    let compute = move |pool: &ThreadPool, progress: &Progress| {
        let layers = layers_apart(&weights.model, &dataset.test, count, (pool, progress));
        layers.map_err(in_short)
    };
    test_set::ask(
        state,
        threads,
        Kind::LayersApart,
        LayersAsked { judged, count },
        |test_set| &mut test_set.layers_apart,
        compute,
    );
}

fn in_short(error: EmbeddingError) -> TestSetError {
    match error {
        EmbeddingError::Cancelled => TestSetError::Cancelled,
        EmbeddingError::Tensor(error) => TestSetError::Tensor(error),
        error => TestSetError::Tensor(candle_core::Error::wrap(error)),
    }
}

/// Where the points come from in a network.
fn source(model: &Model, of: &PointsOf) -> Input {
    let layers = model.layers();
    let named = match of {
        PointsOf::Pixels => return Input::Pictures,
        PointsOf::BeforeClasses => None,
        PointsOf::Layer(name) => layers.iter().position(|layer| layer.name == *name),
    };
    let before = layers.last().and_then(|classes| classes.inputs.first());
    named.map_or_else(|| before.copied().unwrap_or(Input::Pictures), Input::Layer)
}

fn name(model: &Model, source: Input) -> String {
    match source {
        Input::Pictures => String::new(),
        Input::Layer(index) => model.layers()[index].name.clone(),
    }
}

/// The pictures that points stand for.
struct Drawn<'a> {
    pictures: &'a Pictures,
    images: Vec<usize>,
    labels: Vec<u8>,
}

impl<'a> Drawn<'a> {
    fn new(pictures: &'a Pictures, count: usize) -> Self {
        let images = drawn(pictures.len(), count, SEED);
        let labels = images.iter().map(|&image| pictures.label(image)).collect();
        Self {
            pictures,
            images,
            labels,
        }
    }

    fn subject<'s>(&'s self, model: &'s Model, source: Input) -> Subject<'s> {
        Subject {
            model,
            source,
            pictures: self.pictures,
            images: &self.images,
        }
    }

    /// Their axes, and how well the classes part.
    fn parted(
        &self,
        subject: Subject<'_>,
        (pool, progress): (&ThreadPool, &Progress),
    ) -> Result<(Pca, Separation), EmbeddingError> {
        let found = pca(subject, pool, progress)?;
        let parted = separation(found.points(), &self.labels, pool, progress)?;
        Ok((found, parted))
    }
}

fn points(
    model: &Model,
    pictures: &Pictures,
    (source, layout, count): (Input, Layout, usize),
    axes: Option<(String, Arc<Pca>)>,
    (pool, progress): (&ThreadPool, &Progress),
) -> Result<Points, EmbeddingError> {
    let drawn = Drawn::new(pictures, count);
    let subject = drawn.subject(model, source);
    let (found, separation) = drawn.parted(subject, (pool, progress))?;
    // Of another layer there are no such axes.
    let axes = axes.filter(|(layer, _)| *layer == name(model, source));
    let axes = axes
        .map(|(_, axes)| axes)
        .filter(|axes| axes.width() == subject.width());
    let plane = match (layout, &axes) {
        (Layout::Tsne, _) => tsne(found.points(), TsneSettings::default(), pool, progress)?.plane,
        (Layout::Pca, Some(axes)) => axes.project(subject, pool, progress)?,
        (Layout::Pca, None) => found.plane(),
    };
    let shares = found.shares();
    let own = layout == Layout::Pca && axes.is_none();
    let shares = own.then(|| [0, 1].map(|axis| shares.get(axis).copied().unwrap_or_default()));
    Ok(Points {
        layer: name(model, source),
        width: subject.width(),
        plane,
        layout,
        shares,
        separation,
        pca: Arc::new(found),
        labels: drawn.labels,
        images: drawn.images,
    })
}

fn layers_apart(
    model: &Model,
    pictures: &Pictures,
    count: usize,
    (pool, progress): (&ThreadPool, &Progress),
) -> Result<LayersApart, EmbeddingError> {
    let drawn = Drawn::new(pictures, count);
    let layers = model.layers().iter().enumerate();
    let layers = layers.filter(|(_, layer)| computes(layer));
    let sources = [Input::Pictures].into_iter();
    let sources = sources.chain(layers.map(|(index, _)| Input::Layer(index)));
    let apart = sources.map(|source| {
        let subject = drawn.subject(model, source);
        let (_, parted) = drawn.parted(subject, (pool, progress))?;
        Ok((name(model, source), parted))
    });
    apart.collect()
}
