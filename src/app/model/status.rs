//! What the status line says: whose weights a view shows, at which moment, trained and shown on which pictures.

use super::slot::Slot;
use super::state::State;
use super::test_set::{Preferred, Verdict};
use super::view::View;
use super::weights_of::WeightsOf;
use super::whose::{Asked, Owner, Shown, Whose};
use crate::app::model::compare::Other;
use crate::app::model::run::Run;
use crate::text::Text;
use convlens_core::dataset::Classes;
use convlens_core::explore::{Excitations, Target};
use convlens_core::training::runs::DataIdentity;
use std::sync::Arc;

impl State {
    /// Whose weights the second network has, as far as is known before they are read.
    pub fn second_network(&self, other: Other) -> Option<Whose> {
        let (owner, step) = match other {
            Other::None => return None,
            Other::BuiltIn => (Owner::BuiltIn, 0),
            Other::Run(run) => (Owner::Run(run), self.runs.summary(run)?.step),
        };
        Some(Whose {
            owner,
            step,
            version: 0,
            epochs: 0,
            ..self.whose.clone()
        })
    }

    /// The second network that is chosen, but none where it is a run that is not there, or not yet, or the very weights looked at.
    /// `has_moments`: a run may stand beside another moment of its own.
    pub fn other_beside(&self, other: Other, has_moments: bool) -> Other {
        let is_nothing_else = match other {
            Other::None => true,
            Other::BuiltIn => self.whose.owner == Owner::BuiltIn,
            Other::Run(run) => match self.runs.summary(run) {
                Some(_) if has_moments || self.whose.owner != Owner::Run(run) => false,
                Some(newest) => {
                    self.runs.weights_of == WeightsOf::Live || self.whose.step == newest.step
                }
                None => true,
            },
        };
        if is_nothing_else { Other::None } else { other }
    }

    /// Whose weights are to be looked at; they may not be there yet.
    fn wanted_owner(&self) -> Owner {
        match self.runs.weights_of {
            WeightsOf::Kept { run, .. } => Owner::Run(run),
            WeightsOf::Live => match self.live_run() {
                Some(run) => run.owner(),
                None => self.runs.live.whose.owner.clone(),
            },
            WeightsOf::BuiltIn | WeightsOf::File => self.whose.owner.clone(),
        }
    }

    /// Whether an answer is about others' weights than those to be looked at.
    pub fn is_anothers(&self, whose: &Whose) -> bool {
        whose.owner != self.wanted_owner()
    }

    /// What an answer on screen is about.
    pub fn shown<K: Asked, A>(&self, slot: &Slot<K, A>) -> Option<Shown> {
        let whose = slot.whose()?;
        Some(Shown {
            is_old: self.is_anothers(whose),
            whose: whose.clone(),
        })
    }

    /// Whether what is known of some weights may stand beside others: they are the same, or earlier ones of a run
    /// that trains on, whose test set is only gone through at the end of an epoch.
    pub fn may_stand_beside(&self, known: &Whose, shown: &Whose) -> bool {
        let trains_on = self.runs.weights_of == WeightsOf::Live && self.is_training();
        known == shown || (known.owner == shown.owner && trains_on)
    }

    /// An answer, if it may stand beside figures of these weights.
    pub fn beside<'a, K: Asked, A>(
        &self,
        slot: &'a Slot<K, A>,
        shown: &Whose,
    ) -> Option<&'a Arc<A>> {
        let known = slot.whose()?;
        slot.answer()
            .filter(|_| self.may_stand_beside(known, shown))
    }

    /// The moment of what is known, where it is another than that of the weights beside which it stands: to be said with it.
    pub fn other_moment<K: Asked, A>(&self, slot: &Slot<K, A>, shown: &Whose) -> Option<String> {
        let known = slot.whose()?;
        let is_same = (&known.owner, known.step) == (&shown.owner, shown.step);
        self.moment_of(known).filter(|_| !is_same)
    }

    /// What these weights say about the test set, as far as it is known.
    pub fn verdict_beside(&self, shown: &Whose) -> Option<&Arc<Verdict>> {
        self.beside(&self.test_set.verdict, shown)
    }

    /// What excites the filters of a layer of these weights, as far as it is known.
    pub fn excitations_beside(&self, shown: &Whose, layer: usize) -> Option<&Arc<Excitations>> {
        self.beside(self.test_set.excitations.get(&layer)?, shown)
    }

    /// The pictures that a filter of these weights answers to most, once they are found.
    pub fn preferred_beside(&self, shown: &Whose, target: Target) -> Option<&Arc<Preferred>> {
        self.beside(self.test_set.preferred.get(&target)?, shown)
    }

    /// The window's own run, if it is this one.
    fn own_run(&self, owner: &Owner) -> Option<&Run> {
        self.run
            .as_ref()
            .filter(|run| run.owner() == *owner || *owner == Owner::Unkept(run.number))
    }

    /// What the weights are called that a run began with; none for random ones.
    fn began_from(&self, owner: &Owner) -> Option<&str> {
        if let Some(run) = self.own_run(owner) {
            return run.began_from.as_deref();
        }
        match owner {
            Owner::Run(id) => self.runs.summary(*id)?.began_from.as_deref(),
            Owner::BuiltIn | Owner::Random | Owner::Unkept(_) | Owner::File(..) => None,
        }
    }

    /// What a run's weights were trained on.
    fn trained_on(&self, owner: &Owner) -> Option<&DataIdentity> {
        let own = self.own_run(owner).map(|run| &*run.data);
        own.or_else(|| match owner {
            Owner::Run(id) => Some(&self.runs.summary(*id)?.environment.data),
            Owner::BuiltIn | Owner::Random | Owner::Unkept(_) | Owner::File(..) => None,
        })
    }

    /// The rate that these weights learn with: their run's, or that of the settings. None where another program trains them.
    pub fn learning_rate_of(&self, whose: &Whose) -> Option<f64> {
        let own = self.own_run(&whose.owner).map(|run| &run.config);
        let kept = match &whose.owner {
            Owner::Run(id) => self.runs.summary(*id),
            Owner::BuiltIn | Owner::Random | Owner::Unkept(_) | Owner::File(..) => None,
        };
        if own.is_none() && kept.is_some_and(|run| run.trained_by.is_some()) {
            return None;
        }
        let config = own.or(kept.map(|run| &run.config));
        Some(config.unwrap_or(&self.preferences.config).learning_rate)
    }

    /// The texts with what these weights call their outputs. Of a file that is not known: as many classes as the
    /// data set has are taken for these.
    pub fn outputs_of(&self, whose: &Whose) -> &'static Text {
        let language = self.preferences.language;
        match &whose.owner {
            Owner::BuiltIn => language.text(),
            // Nothing learnt yet: the data set's classes, in their order.
            Owner::Random => self.text(),
            Owner::File(..) if whose.outputs == self.text().classes.len() => self.text(),
            Owner::File(..) => language.text_for(&Classes::numbered(whose.outputs)),
            Owner::Run(_) | Owner::Unkept(_) => match self.trained_on(&whose.owner) {
                Some(data) => language.text_for(&data.classes(whose.outputs)),
                None => self.text(),
            },
        }
    }

    /// Whether these weights tell the classes of the data set apart, so that they can be right about its pictures.
    pub fn tells_its_classes(&self, whose: &Whose) -> bool {
        self.outputs_of(whose).classes == self.text().classes
    }

    /// Whether these weights were trained on other pictures than those of the data set.
    pub fn is_of_other_data(&self, owner: &Owner) -> bool {
        let Some(data) = &self.data else {
            return false;
        };
        match owner {
            Owner::BuiltIn => {
                let trained_on = if data.pictures.is_default() {
                    DataIdentity::FASHION_MNIST
                } else {
                    DataIdentity::SYNTHETIC
                };
                data.source != trained_on
            }
            Owner::Random | Owner::File(..) => false,
            Owner::Run(_) | Owner::Unkept(_) => {
                self.trained_on(owner).is_some_and(|of| !of.is_same(data))
            }
        }
    }

    /// Whose weights: network and run.
    pub fn name_of(&self, whose: &Whose) -> String {
        self.name_of_owner(&whose.owner, &whose.network)
    }

    /// The same of the window's own run.
    pub fn name_of_run(&self, run: &Run) -> String {
        self.name_of_owner(&run.owner(), &run.config.network.label())
    }

    /// The same by the owner and the network in short.
    pub fn name_of_owner(&self, owner: &Owner, network: &str) -> String {
        let text = self.text();
        match owner {
            Owner::BuiltIn => text.named_network(text.status.built_in, network),
            Owner::Random => text.named_network(text.status.random, network),
            Owner::Run(id) => {
                let name = self.runs.summary(*id).map_or("", |run| self.runs.name(run));
                text.run_shown(id.number(), name, network)
            }
            Owner::Unkept(_) => text.named_network(self.unkept(owner), network),
            Owner::File(_, name) => text.named_network(&text.model_shown(name), network),
        }
    }

    /// Whose weights at which moment, without the network.
    pub fn name_in_short(&self, whose: &Whose) -> String {
        let text = self.text();
        let name = match &whose.owner {
            Owner::BuiltIn => text.status.built_in.to_owned(),
            Owner::Random => text.status.random.to_owned(),
            Owner::Run(id) => text.run_in_a_word(id.number()),
            Owner::Unkept(_) => self.unkept(&whose.owner).to_owned(),
            Owner::File(_, name) => name.to_string(),
        };
        match self.moment_of(whose) {
            Some(moment) => format!("{name}, {moment}"),
            None => name,
        }
    }

    /// What a run without a number is.
    fn unkept(&self, owner: &Owner) -> &'static str {
        let text = self.text();
        if self.own_run(owner).is_none_or(Run::is_draft) {
            text.status.draft
        } else {
            text.status.new_run
        }
    }

    /// The window's own run in a word or two.
    pub fn run_in_a_word(&self, run: &Run) -> String {
        match run.id() {
            Some(id) => self.text().run_in_a_word(id.number()),
            None => self.unkept(&run.owner()).to_owned(),
        }
    }

    /// The moment of a run; nothing for what was not trained here.
    pub fn moment_of(&self, whose: &Whose) -> Option<String> {
        self.said_moment(whose, Text::moment_shown)
    }

    /// The same, said in this way by batches, epochs, and batches of an epoch.
    fn said_moment(
        &self,
        whose: &Whose,
        say: fn(&Text, u64, usize, u64) -> String,
    ) -> Option<String> {
        let per_epoch = match &whose.owner {
            Owner::BuiltIn | Owner::Random | Owner::File(..) => return None,
            owner @ (Owner::Run(_) | Owner::Unkept(_)) => {
                let own = self.own_run(owner).map(|run| run.batches_per_epoch);
                let kept = || match owner {
                    Owner::Run(id) => Some(self.runs.summary(*id)?.batches_per_epoch),
                    _ => None,
                };
                own.or_else(kept)
            }
        };
        if let (0, Some(name)) = (whose.step, self.began_from(&whose.owner)) {
            return Some(self.text().weights_of(name));
        }
        let per_epoch = per_epoch.unwrap_or_default() as u64;
        Some(say(self.text(), whose.step, whose.epochs, per_epoch))
    }

    /// Network, run, moment and data: all that there is to know before a figure is believed.
    pub fn status_of(&self, shown: &Shown) -> String {
        let [whole, ..] = self.status_ways(shown);
        whole
    }

    /// The same of a figure, which names its pictures itself: what the weights were trained on is said where it is something else.
    pub fn whose_drawn(&self, whose: &Whose) -> String {
        let of_other = self.trained_on_other(whose);
        let trained = of_other.map(|[on, pictures]| self.text().trained_on_other(&on, &pictures));
        let parts = [Some(self.name_of(whose)), self.moment_of(whose), trained];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        parts.join(" · ")
    }

    /// What these weights were trained on and what the pictures shown are, where that is not the same.
    fn trained_on_other(&self, whose: &Whose) -> Option<[String; 2]> {
        let text = self.text();
        let pictures = text.data_name(self.data.as_ref()?);
        let trained_on = match self.trained_on(&whose.owner) {
            Some(data) => text.data_name(data),
            None => text.built_in_data(whose.input),
        };
        let is_other = self.is_of_other_data(&whose.owner);
        is_other.then_some([trained_on, pictures])
    }

    /// The same in ever fewer words: first the network and what is said of two data sets, then how far an epoch is.
    pub fn status_ways(&self, shown: &Shown) -> [String; 4] {
        let text = self.text();
        let whose = &shown.whose;
        let name = self.name_of(whose);
        let short_name = match &whose.owner {
            Owner::Run(id) => text.run_in_a_word(id.number()),
            Owner::BuiltIn => text.status.built_in.to_owned(),
            Owner::Random | Owner::Unkept(_) | Owner::File(..) => name.clone(),
        };
        let (mut data, mut short_data) = (None, None);
        if self.preferences.view == View::Draw {
            // No picture of the data set is looked at.
            let trained_on = match &whose.owner {
                Owner::BuiltIn => Some(text.built_in_data(whose.input)),
                owner => self.trained_on(owner).map(|data| text.data_name(data)),
            };
            let drawing = text.drawing_after(trained_on.as_deref());
            (data, short_data) = (Some(drawing), Some(text.status.drawing.to_owned()));
        } else if let Some(own) = &self.data {
            if let Some([trained_on, pictures]) = self.trained_on_other(whose) {
                data = Some(text.other_data(&trained_on, &pictures));
                // Two sets may be called the same.
                short_data = if trained_on == pictures {
                    data.clone()
                } else {
                    Some(format!("⚠ {trained_on} → {pictures}"))
                };
            } else {
                let pictures = text.data_name(own);
                (data, short_data) = (Some(pictures.clone()), Some(pictures));
            }
        }
        let moment = self.moment_of(whose);
        let in_short = self.said_moment(whose, Text::epoch_shown);
        [
            (&name, &moment, &data),
            (&short_name, &moment, &data),
            (&short_name, &moment, &short_data),
            (&short_name, &in_short, &short_data),
        ]
        .map(|(name, moment, data)| {
            let parts = [Some(name), moment.as_ref(), data.as_ref()];
            let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
            let line = parts.join(" · ");
            if shown.is_old {
                text.still_shown(&line)
            } else {
                line
            }
        })
    }
}
