//! Where normalizations stand whose weights were kept beside those of the layers.

use super::super::array::{Layout, Pair};
use super::super::error::ImportFault;
use std::collections::VecDeque;

/// Puts each normalization behind a layer: behind the one that is called its owner or, where nothing says whose they are, where they can stand
/// in their order behind layers of as many channels.
///
/// # Errors
/// [`ImportFault::NoOrder`] where there is no such place, [`ImportFault::SeveralOrders`] where there are several.
pub fn behind(
    layers: Vec<Pair>,
    norms: Vec<Pair>,
    owners: Option<Vec<String>>,
    layout: Layout,
) -> Result<Vec<Pair>, ImportFault> {
    let names = norms.iter().map(|norm| norm.name.clone()).collect();
    let fits =
        |layer: &Pair, norm: &Pair| layer.outputs(layout) == norm.weight.dims.first().copied();
    if owners.is_none() {
        // In how many ways the first norms can be given to the layers so far.
        let mut ways = vec![0_u64; norms.len() + 1];
        ways[0] = 1;
        for layer in &layers {
            for (place, norm) in norms.iter().enumerate().rev() {
                if fits(layer, norm) {
                    ways[place + 1] = ways[place + 1].saturating_add(ways[place]);
                }
            }
        }
        match ways.last() {
            Some(0) => return Err(ImportFault::NoOrder(names)),
            Some(1) | None => {}
            Some(_) => {
                let all = layers.iter().chain(&norms).map(|pair| pair.name.clone());
                return Err(ImportFault::SeveralOrders(all.collect()));
            }
        }
    }
    let mut norms: VecDeque<(Option<String>, Pair)> = match owners {
        Some(owners) => owners.into_iter().map(Some).zip(norms).collect(),
        None => norms.into_iter().map(|norm| (None, norm)).collect(),
    };
    // The layers may stand in another order than they were defined in.
    let place = |name: &String| layers.iter().position(|layer| layer.name == *name);
    (norms.make_contiguous()).sort_by_key(|(owner, _)| owner.as_ref().and_then(place));
    let mut ordered = Vec::with_capacity(layers.len() + norms.len());
    for layer in layers {
        let is_its = norms.front().is_some_and(|(owner, norm)| match owner {
            Some(owner) => *owner == layer.name,
            None => fits(&layer, norm),
        });
        ordered.push(layer);
        if is_its {
            ordered.extend(norms.pop_front().map(|(_, norm)| norm));
        }
    }
    if norms.is_empty() {
        Ok(ordered)
    } else {
        Err(ImportFault::NoOrder(names))
    }
}
