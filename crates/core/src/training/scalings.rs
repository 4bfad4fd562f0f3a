//! How pixels were scaled where a network was trained, tried on pictures with known classes.

use std::path::Path;

use convlens_kernels::Team;

use super::evaluate::{Evaluation, evaluate};
use crate::dataset::Pictures;
use crate::network::import::{self, Imported, Note, Scaled, Scaling, scaled};
use crate::network::{Layer, Model, NetworkSpec};

/// Most pictures that a scaling is tried on, and the fewest that say something.
const TRIED_ON: std::ops::RangeInclusive<usize> = 100..=1000;

/// Multiply-adds that a try may take: some tenths of a second.
const PRODUCTS: usize = 15_000_000_000;

/// So much more of the pictures a scaling has to get right to be taken in place of the usual one.
const CLEARLY: f64 = 0.05;

/// So many times as much as one who guesses.
const MORE_THAN_CHANCE: f64 = 3.0;

/// Tries the scalings on pictures with known classes, at most so many as tell them apart. Nothing where the model takes other pictures or tells
/// other classes.
#[must_use]
pub fn measure_scalings(model: &Model, pictures: &Pictures, team: &mut Team) -> Vec<Scaled> {
    let size = model.spec().input;
    let fits = size == pictures.size() && model.spec().classes == pictures.classes();
    let products: usize = model.layers().iter().map(Layer::multiply_adds).sum();
    let affordable = PRODUCTS / products.max(1);
    let count = pictures.len().min(affordable.min(*TRIED_ON.end()));
    if !fits || count < pictures.len().min(*TRIED_ON.start()) || count == 0 {
        return Vec::new();
    }
    let pixels = pictures.pixels()[..count * size.len()].to_vec();
    let labels = pictures.labels()[..count].to_vec();
    let Ok(few) = Pictures::new(size, pixels, labels, pictures.classes()) else {
        return Vec::new();
    };
    let suiting = Scaling::ALL.into_iter();
    let suiting = suiting.filter(|scaling| scaling.suits(size.channels));
    let tried = suiting.filter_map(|scaling| {
        let Evaluation { accuracy, .. } = evaluate(&scaled(model, scaling)?, &few, team).ok()?;
        Some(Scaled { scaling, accuracy })
    });
    tried.collect()
}

/// The most that it gets right with any of them.
fn most(tried: &[Scaled]) -> Option<Scaled> {
    let usual = tried.first().copied()?;
    let best = tried.iter().fold(usual, |best, next| {
        if next.accuracy > best.accuracy {
            *next
        } else {
            best
        }
    });
    Some(best)
}

/// The share of pictures that weights get right as this network, with the scaling that they do best with; `None` where they do not fit it, or
/// it does not fit the pictures.
#[must_use]
pub fn accuracy_as(
    path: &Path,
    network: &NetworkSpec,
    pictures: &Pictures,
    team: &mut Team,
) -> Option<f64> {
    let opened = import::open_as(path, Some(network)).ok()?;
    Some(most(&measure_scalings(&opened.model, pictures, team))?.accuracy)
}

/// Takes the scaling of pixels that the model does clearly best with, unless its file says one, and notes what was found.
pub fn find_scaling(imported: &mut Imported, pictures: &Pictures, team: &mut Team) {
    if imported.says_pixels {
        return;
    }
    let tried = measure_scalings(&imported.model, pictures, team);
    let (Some(usual), Some(best)) = (tried.first().copied(), most(&tried)) else {
        return;
    };
    // Pictures of another kind than it learnt are guessed whatever the scaling.
    let is_guessed = best.accuracy < MORE_THAN_CHANCE / pictures.classes() as f64;
    if is_guessed || best.accuracy < usual.accuracy + CLEARLY {
        return;
    }
    if let Some(model) = scaled(&imported.model, best.scaling) {
        imported.model = model;
        imported.notes.push(Note::Scaling { best, tried });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset;
    use crate::network::import::Format;
    use crate::network::weights;

    #[test]
    fn the_scaling_that_a_network_learnt_with_is_found_again() {
        let trained = weights::built_in().unwrap();
        let data = dataset::synthetic(0, 400);
        let mut team = Team::new(1, "test").unwrap();
        // A network that learnt pixels from −1 to 1, made of one that learnt them from 0 to 1: its first weights halved,
        // and their sums added to the bias.
        let mut parameters: Vec<_> = (0..trained.layers().len())
            .filter_map(|index| trained.parameters(index).cloned())
            .collect();
        let first = &mut parameters[0];
        let sums = (first.weight.sum((0, 1, 2)).unwrap() * 0.5).unwrap();
        first.bias = Some((first.bias.as_ref().unwrap() + sums).unwrap());
        first.weight = (&first.weight * 0.5).unwrap();
        let model = Model::from_parameters(trained.spec(), parameters).unwrap();
        let mut imported = Imported {
            model: model.clone(),
            format: Format::PyTorch,
            notes: Vec::new(),
            says_pixels: true,
        };
        find_scaling(&mut imported, &data.test, &mut team);
        assert!(imported.notes.is_empty(), "what a file says stands");
        imported.says_pixels = false;
        find_scaling(&mut imported, &data.test, &mut team);
        let [Note::Scaling { best, tried }] = &imported.notes[..] else {
            panic!("{:?}", imported.notes)
        };
        assert_eq!(best.scaling, Scaling::Centred);
        let usual = tried[0];
        assert_eq!(usual.scaling, Scaling::Unit);
        let by_hand = evaluate(&trained, &data.test, &mut team).unwrap();
        assert!((best.accuracy - by_hand.accuracy).abs() < 0.01);
        assert!(best.accuracy > usual.accuracy + 0.05);

        // One that learnt as usual stays as it is.
        let mut imported = Imported {
            model: trained,
            notes: Vec::new(),
            ..imported
        };
        find_scaling(&mut imported, &data.test, &mut team);
        assert!(imported.notes.is_empty(), "{:?}", imported.notes);
        assert_eq!(imported.model.spec().normalization, None);
    }

    #[test]
    fn other_pictures_and_other_classes_tell_nothing() {
        let model = weights::built_in().unwrap();
        let mut team = Team::new(1, "test").unwrap();
        let few = |classes| Pictures::new(model.spec().input, vec![0; 784], vec![0], classes);
        assert!(measure_scalings(&model, &few(2).unwrap(), &mut team).is_empty());
        assert_eq!(
            measure_scalings(&model, &few(10).unwrap(), &mut team).len(),
            6
        );
    }
}
