//! Every view, a row each. To add one: its file in `views`, its name in [`View`], a row here.

use super::model::compare::Compare;
use super::model::histograms::Subject;
use super::model::state::State;
use super::model::view::View;
use super::model::whose::Shown;
use super::requests;
use super::threads::Threads;
use super::views::{
    ViewPanel, by_hand::ByHandView, channels::ChannelsView, compare::CompareView,
    curves::CurvesView, draw::DrawView, embedding::EmbeddingView, errors::ErrorsView,
    explain::ExplainView, filters::FiltersView, histograms::HistogramsView, maps::MapsView,
    overview::OverviewView, runs::RunsView, transform::TransformView,
};
use super::widgets::tabs::Tab;
use crate::text::Text;
use convlens_core::lessons::HandKernel;

/// What there is to know of a view.
pub struct Row {
    /// By which it is remembered.
    pub view: View,
    /// Its name, and what it is for.
    words: fn(&Text) -> (&'static str, &'static str),
    /// Whether it has the network look at the data set's pictures, so that there is nothing to show where it does not take them.
    pub needs_pictures: bool,
    /// Whether it shows chosen test images, so that the strip to choose them belongs below.
    pub has_images: fn(&State) -> bool,
    /// Room that it needs side by side, in points; in less it scrolls.
    pub least_width: f32,
    /// Asks for what it shows; once a frame while it is on screen.
    pub request: fn(&mut State, &mut Threads),
    /// Whose weights its figures are of, once there are any.
    pub shows: fn(&State) -> Option<Shown>,
    /// Makes it.
    pub make: fn() -> Box<dyn ViewPanel>,
}

/// Room for a row of controls and some maps or filters, in points.
const NARROW: f32 = 400.0;

/// In the order of the tabs of each group.
pub const VIEWS: [Row; 14] = [
    Row {
        view: View::Overview,
        words: |text| (text.views.overview, text.views.overview_hint),
        needs_pictures: true,
        has_images: |_| true,
        least_width: NARROW,
        request: requests::overview::request,
        shows: |state| state.shown(&state.overlooked),
        make: || Box::<OverviewView>::default(),
    },
    Row {
        view: View::Maps,
        words: |text| (text.views.maps, text.views.maps_hint),
        needs_pictures: true,
        has_images: |_| true,
        least_width: NARROW,
        request: requests::maps::request,
        shows: |state| state.shown(&state.maps),
        make: || Box::<MapsView>::default(),
    },
    Row {
        view: View::Channels,
        words: |text| (text.views.channels, text.views.channels_hint),
        needs_pictures: true,
        has_images: |_| true,
        least_width: NARROW,
        request: requests::channels::request,
        shows: |state| state.shown(&state.maps),
        make: || Box::<ChannelsView>::default(),
    },
    Row {
        view: View::Filters,
        words: |text| (text.views.filters, text.views.filters_hint),
        needs_pictures: false,
        has_images: |_| false,
        least_width: NARROW,
        request: requests::filters::request,
        shows: |state| state.shown(&state.filters.kernels),
        make: || Box::<FiltersView>::default(),
    },
    Row {
        view: View::Compare,
        words: |text| (text.views.compare, text.views.compare_hint),
        needs_pictures: true,
        // A ready-made set has its images.
        has_images: |state| state.preferences.compare.images == Compare::Rows,
        least_width: 560.0,
        request: requests::compare::request,
        shows: |state| state.shown(&state.compared),
        make: || Box::<CompareView>::default(),
    },
    Row {
        view: View::Errors,
        words: |text| (text.views.errors, text.views.errors_hint),
        needs_pictures: true,
        has_images: |_| false,
        least_width: NARROW,
        request: requests::test_set::request_errors,
        shows: verdict,
        make: || Box::<ErrorsView>::default(),
    },
    Row {
        view: View::Embedding,
        words: |text| (text.views.embedding, text.views.embedding_hint),
        needs_pictures: true,
        has_images: |_| false,
        least_width: 560.0,
        request: requests::embedding::request,
        shows: embedded,
        make: || Box::<EmbeddingView>::default(),
    },
    Row {
        view: View::Draw,
        words: |text| (text.views.draw, text.views.draw_hint),
        needs_pictures: true,
        has_images: |_| false,
        least_width: 580.0,
        request: requests::draw::request,
        shows: |state| state.shown(&state.drawn),
        make: || Box::<DrawView>::default(),
    },
    Row {
        view: View::Explain,
        words: |text| (text.views.explain, text.views.explain_hint),
        needs_pictures: true,
        has_images: |_| true,
        least_width: 500.0,
        request: requests::explain::request,
        shows: |state| state.shown(&state.explained),
        make: || Box::<ExplainView>::default(),
    },
    Row {
        view: View::Curves,
        words: |text| (text.views.curves, text.views.curves_hint),
        needs_pictures: false,
        has_images: |_| false,
        least_width: NARROW,
        request: |_, _| {},
        // Each curve is named by its run.
        shows: |_| None,
        make: || Box::<CurvesView>::default(),
    },
    Row {
        view: View::Runs,
        words: |text| (text.views.runs, text.views.runs_hint),
        needs_pictures: false,
        has_images: |_| false,
        least_width: NARROW,
        request: |_, _| {},
        shows: |_| None,
        make: || Box::<RunsView>::default(),
    },
    Row {
        view: View::Histograms,
        words: |text| (text.views.histograms, text.views.histograms_hint),
        needs_pictures: true,
        has_images: |_| false,
        least_width: 560.0,
        request: requests::histograms::request,
        shows: histograms,
        make: || Box::<HistogramsView>::default(),
    },
    Row {
        view: View::ByHand,
        words: |text| (text.views.by_hand, text.views.by_hand_hint),
        needs_pictures: false,
        has_images: |_| false,
        least_width: 560.0,
        request: requests::by_hand::request,
        shows: by_hand,
        make: || Box::<ByHandView>::default(),
    },
    Row {
        view: View::Transform,
        words: |text| (text.views.transform, text.views.transform_hint),
        needs_pictures: true,
        has_images: |_| true,
        least_width: 616.0,
        request: requests::transform::request,
        shows: |state| state.shown(&state.moved),
        make: || Box::<TransformView>::default(),
    },
];

/// What Errors shows. The test set takes a while: figures of an earlier moment stay until it is gone through.
fn verdict(state: &State) -> Option<Shown> {
    let shown = state.shown(&state.test_set.verdict)?;
    let is_old = shown.is_old || state.test_set.is_old(&shown.whose);
    Some(Shown { is_old, ..shown })
}

/// What the points are of, likewise.
fn embedded(state: &State) -> Option<Shown> {
    let shown = state.shown(&state.test_set.embedded)?;
    let is_old = shown.is_old || state.test_set.is_old(&shown.whose);
    Some(Shown { is_old, ..shown })
}

/// What the histograms are of: a moment whose weights are kept.
fn histograms(state: &State) -> Option<Shown> {
    let whose = &state.histograms.shown(&Subject::of(state)?)?.whose;
    Some(Shown {
        is_old: state.is_anothers(whose),
        whose: whose.clone(),
    })
}

/// What By hand shows of a network, if it does.
fn by_hand(state: &State) -> Option<Shown> {
    let is_lent = matches!(state.preferences.by_hand.kernel, HandKernel::Filter(_));
    is_lent.then(|| state.shown(&state.hand_kernels))?
}

/// The tabs of all views.
pub fn tabs(text: &Text) -> Vec<Tab> {
    let tabs = VIEWS.iter().map(|row| {
        let (name, hint) = (row.words)(text);
        let view = row.view;
        Tab { view, name, hint }
    });
    tabs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::widgets::keys::{Command, shown};

    #[test]
    fn each_view_stands_once_and_has_a_key() {
        for (place, row) in VIEWS.iter().enumerate() {
            let first = VIEWS.iter().position(|other| other.view == row.view);
            assert_eq!(first, Some(place), "{:?}", row.view);
            assert!(shown(Command::View(row.view)).is_some(), "{:?}", row.view);
        }
    }
}
