//! Changing a stack of layers one step at a time. Every function answers with a new stack and
//! leaves the old one alone; whether the new one is possible is for
//! [`outline`](NetworkSpec::outline) to say, so that a person may pass through an impossible stack
//! on the way to a good one.

use super::blocks::{block_of, depths};
use super::layer_spec::LayerSpec;
use super::spec::{MAX_LAYERS, NetworkSpec};

impl NetworkSpec {
    /// With `layer` at place `index`, counted from 0; at the end where there are fewer. The same
    /// stack if it has [`MAX_LAYERS`] already.
    #[must_use]
    pub fn insert(&self, index: usize, layer: LayerSpec) -> Self {
        self.insert_all(index, &[layer])
    }

    /// With several layers from place `index` on, as [`insert`](Self::insert) puts one.
    #[must_use]
    pub fn insert_all(&self, index: usize, layers: &[LayerSpec]) -> Self {
        let mut spec = self.clone();
        if spec.layers.len() + layers.len() <= MAX_LAYERS {
            let index = index.min(spec.layers.len());
            spec.layers.splice(index..index, layers.iter().copied());
        }
        spec
    }

    /// Without the layer at `index`; the same where there is none. With a split or a join its whole block goes, and with a branch what
    /// is in it; where only one is left, it is no block any more.
    #[must_use]
    pub fn remove(&self, index: usize) -> Self {
        let mut spec = self.clone();
        let Some(layer) = spec.layers.get(index).copied() else {
            return spec;
        };
        match block_of(&spec.layers, index).as_deref() {
            Some(&[split, branch, join]) if layer == LayerSpec::Branch => {
                spec.layers.drain(branch..=join);
                spec.layers.remove(split);
            }
            Some(block) if layer == LayerSpec::Branch => {
                let end = block.iter().find(|place| **place > index);
                let end = end.copied().unwrap_or(spec.layers.len());
                spec.layers.drain(index..end);
            }
            Some(&[split, .., last]) if spec.layers[last] != LayerSpec::Branch => {
                spec.layers.drain(split..=last);
            }
            Some(_) | None => {
                spec.layers.remove(index);
            }
        }
        spec
    }

    /// The block that the layer at `index` opens, divides or closes: the places of its split, its branches and its join, in order. The
    /// last is missing where it is not closed. `None` for other layers, and where there is no such block.
    #[must_use]
    pub fn block(&self, index: usize) -> Option<Vec<usize>> {
        block_of(&self.layers, index)
    }

    /// How many blocks each layer lies in; a split, a branch or a join lies outside its own.
    #[must_use]
    pub fn depths(&self) -> Vec<usize> {
        depths(&self.layers)
    }

    /// With the layer at `from` taken out and put where it then is number `to`. The same where
    /// there is no layer at `from`; the end where `to` is past it.
    #[must_use]
    pub fn move_layer(&self, from: usize, to: usize) -> Self {
        let mut spec = self.clone();
        if from < spec.layers.len() {
            let layer = spec.layers.remove(from);
            spec.layers.insert(to.min(spec.layers.len()), layer);
        }
        spec
    }

    /// With another layer at `index`; the same where there is none.
    #[must_use]
    pub fn replace(&self, index: usize, layer: LayerSpec) -> Self {
        let mut spec = self.clone();
        if let Some(place) = spec.layers.get_mut(index) {
            *place = layer;
        }
        spec
    }

    /// Where a new `layer` makes sense: after layer `selected`, or after the last of its kind;
    /// in any case convolutions and pools below the first dense layer, dense layers above every
    /// map. What suits both, such as dropout, goes where it is wanted.
    #[must_use]
    pub fn place_for(&self, layer: LayerSpec, selected: Option<usize>) -> usize {
        let count = self.layers.len();
        let wanted = selected.map_or(count, |index| index + 1).min(count);
        let makes_vector = |layer: &LayerSpec| !layer.keeps_maps();
        if layer.needs_maps() {
            let first_vector = self.layers.iter().position(makes_vector);
            wanted.min(first_vector.unwrap_or(count))
        } else if makes_vector(&layer) {
            let last_map = self.layers.iter().rposition(|layer| layer.needs_maps());
            wanted.max(last_map.map_or(0, |index| index + 1))
        } else {
            wanted
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Padding, Preset, SpecFault};

    /// A block whose only branch is left is none.
    #[test]
    fn a_block_goes_as_a_whole_and_a_branch_with_what_is_in_it() {
        use LayerSpec::{Add, Branch, Split};
        let inner = [Split, CONV, Branch, Add];
        let layers = [
            &[CONV, Split][..],
            &inner,
            &[Branch, POOL, Branch, Add, DENSE],
        ];
        let spec = NetworkSpec::new(layers.concat());
        assert_eq!(spec.depths(), [0, 0, 1, 2, 1, 1, 0, 1, 0, 0, 0]);
        for of_all in [1, 9] {
            assert_eq!(spec.remove(of_all).layers, [CONV, DENSE]);
        }
        let without_pool = [&[CONV, Split][..], &inner, &[Branch, Add, DENSE]].concat();
        assert_eq!(spec.remove(6).layers, without_pool);
        let without_inner = [CONV, Split, Branch, POOL, Branch, Add, DENSE];
        for of_inner in [2, 5] {
            assert_eq!(spec.remove(of_inner).layers, without_inner);
        }
        let without_skip = [CONV, Split, CONV, Branch, POOL, Branch, Add, DENSE];
        assert_eq!(spec.remove(4).layers, without_skip);
        assert_eq!(spec.insert_all(2, &inner).remove(2), spec);
        for loose in [Split, Branch, Add] {
            let spec = NetworkSpec::new(vec![CONV, loose]);
            assert_eq!(spec.remove(1).layers, [CONV]);
            assert!(spec.plan().is_err());
        }
    }

    const POOL: LayerSpec = LayerSpec::MAX_POOL;
    const DENSE: LayerSpec = LayerSpec::dense(16);
    const CONV: LayerSpec = LayerSpec::conv(8, 3, Padding::Valid);

    #[test]
    fn each_edit_does_one_thing_and_its_inverse_undoes_it() {
        let spec = NetworkSpec::new(vec![CONV, POOL, DENSE]);
        let more = spec.insert(1, CONV);
        assert_eq!(more.layers, [CONV, CONV, POOL, DENSE]);
        assert_eq!(more.remove(1), spec);
        let moved = spec.move_layer(0, 2);
        assert_eq!(moved.layers, [POOL, DENSE, CONV]);
        assert_eq!(moved.move_layer(2, 0), spec);
        let replaced = spec.replace(2, POOL);
        assert_eq!(replaced.layers, [CONV, POOL, POOL]);
        assert_eq!(replaced.replace(2, DENSE), spec);
    }

    #[test]
    fn places_that_do_not_exist_change_nothing_or_mean_the_end() {
        let spec = NetworkSpec::new(vec![CONV, DENSE]);
        assert_eq!(spec.remove(2), spec);
        assert_eq!(spec.move_layer(5, 0), spec);
        assert_eq!(spec.replace(9, POOL), spec);
        assert_eq!(spec.insert(99, DENSE).layers, [CONV, DENSE, DENSE]);
        assert_eq!(spec.move_layer(0, 99).layers, [DENSE, CONV]);
        let full = NetworkSpec::new(vec![DENSE; MAX_LAYERS]);
        assert_eq!(full.insert(0, DENSE), full);
    }

    #[test]
    fn a_new_layer_goes_where_it_makes_sense() {
        let spec = NetworkSpec::new(vec![CONV, POOL, DENSE]);
        assert_eq!(spec.place_for(CONV, None), 2);
        assert_eq!(spec.place_for(CONV, Some(0)), 1);
        assert_eq!(spec.place_for(POOL, Some(2)), 2, "not after a dense layer");
        assert_eq!(spec.place_for(DENSE, None), 3);
        assert_eq!(spec.place_for(DENSE, Some(0)), 2, "not before a pool");
        assert_eq!(NetworkSpec::new(Vec::new()).place_for(CONV, Some(7)), 0);
        for both in [LayerSpec::DROPOUT, LayerSpec::BATCH_NORM] {
            assert_eq!(spec.place_for(both, Some(0)), 1);
            assert_eq!(spec.place_for(both, None), 3);
        }
        for preset in Preset::ALL {
            for layer in [CONV, DENSE] {
                let spec = preset.spec();
                let more = spec.insert(spec.place_for(layer, None), layer);
                let fault = more.outline().error.map(|error| error.fault);
                assert_ne!(fault, Some(SpecFault::AfterDense), "{preset:?}, {layer:?}");
            }
        }
    }
}
