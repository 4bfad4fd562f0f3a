//! Keras 3's files of weights alone. They call the groups of layers by class and count each class within its model, so that the order within a
//! class is known and how many pools there are, but not where they stand.

use super::array::{Layout, Pair, keras_dims};
use super::error::ImportFault;
use super::hdf5::Hdf5;
use super::infer::{self, Told};
use super::keras_groups::{LAYER_GROUPS, layer_group, pair};
use crate::network::{Layer, LayerKind, NetworkSpec, export, pytorch_layout};

/// Groups of weights, at most, and the longest path of one.
const MAX_GROUPS: usize = 256;
const MAX_PATH: usize = 1000;
/// Steps of a search for the order of models within models.
const MAX_STEPS: usize = 2_000;

/// What such a file says.
pub(super) struct Alone {
    pub pairs: Vec<Pair>,
    pub told: Told,
    pub rescaling: bool,
}

/// Keras's classes of what has weights: layers and, among those, models.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Conv,
    Depthwise,
    Norm,
    Dense,
    Sequential,
    Functional,
}

impl Class {
    /// By what a group is called.
    fn named(name: &str) -> Option<Self> {
        match name {
            "conv2d" => Some(Self::Conv),
            "depthwise_conv2d" => Some(Self::Depthwise),
            "batch_normalization" => Some(Self::Norm),
            "dense" => Some(Self::Dense),
            "sequential" => Some(Self::Sequential),
            "functional" => Some(Self::Functional),
            _ => None,
        }
    }

    fn of(layer: &Layer) -> Option<Self> {
        match layer.kind {
            LayerKind::Conv { groups, .. } if groups > 1 && groups == layer.input.channels() => {
                Some(Self::Depthwise)
            }
            LayerKind::Conv { .. } => Some(Self::Conv),
            LayerKind::BatchNorm { .. } => Some(Self::Norm),
            LayerKind::Dense { .. } | LayerKind::Output => Some(Self::Dense),
            LayerKind::Pool { .. }
            | LayerKind::GlobalPool { .. }
            | LayerKind::Dropout { .. }
            | LayerKind::Activation(_)
            | LayerKind::Branch
            | LayerKind::Join(_) => None,
        }
    }
}

/// A group of weights: the models that it is in and itself, each by class and number, the outermost first.
struct Group {
    place: Vec<(Class, usize)>,
    pair: Pair,
}

impl Group {
    fn class(&self) -> Option<Class> {
        self.place.last().map(|(class, _)| *class)
    }

    /// The model that it is in.
    fn model(&self) -> &[(Class, usize)] {
        let layers = self.place.len().saturating_sub(1);
        &self.place[..layers]
    }
}

/// What has been read of a file.
#[derive(Default)]
struct Found {
    weighted: Vec<Group>,
    norms: Vec<Group>,
    pools: usize,
    averages: usize,
    /// Layers without weights that are no pools.
    weightless: usize,
    has_means: bool,
    rescaling: bool,
    /// A model among the layers that has weights.
    nested: Option<String>,
}

/// Reads weights without description; a network that is asked for tells where the layers stand.
///
/// # Errors
/// Also layers whose settings would have to be told, and models among the layers whose place no shape tells.
pub(super) fn read(file: &mut Hdf5, asked: Option<&NetworkSpec>) -> Result<Alone, ImportFault> {
    let parent = layer_group(file)?;
    let mut found = Found::default();
    found.model(file, parent, &[], asked.is_some())?;
    // Which of them takes which is told nowhere.
    if (1..found.pools).contains(&found.averages) && asked.is_none() {
        return Err(ImportFault::Unsaid("average_pooling2d".to_owned()));
    }
    let told = Told {
        // A file that leaves out layers without weights says nothing about pools.
        pools: (found.pools + found.weightless > 0 || found.has_means).then_some(found.pools),
        averages: found.averages > 0,
        has_means: found.has_means,
    };
    let rescaling = found.rescaling;
    let (weighted, norms) = found.ordered(asked)?;
    let pairs = |groups: Vec<Group>| groups.into_iter().map(|group| group.pair).collect();
    Ok(Alone {
        pairs: infer::behind(pairs(weighted), pairs(norms), None, Layout::Keras)?,
        told,
        rescaling,
    })
}

impl Found {
    /// Takes in a model of this place, whose layers' groups are in `parent`.
    fn model(
        &mut self,
        file: &mut Hdf5,
        parent: &str,
        place: &[(Class, usize)],
        is_asked: bool,
    ) -> Result<(), ImportFault> {
        for name in file.groups(parent)? {
            let path = format!("{parent}/{name}");
            let (called, number) = numbered(&name);
            let class = Class::named(called);
            let place: Vec<_> = (place.iter().copied())
                .chain(class.map(|class| (class, number)))
                .collect();
            if let Some(Class::Sequential | Class::Functional) = class
                && path.len() < MAX_PATH
            {
                let inner = LAYER_GROUPS.map(|layers| format!("{path}/{layers}"));
                let has_layers = |inner: &&String| file.groups(inner).is_ok_and(|g| !g.is_empty());
                if let Some(inner) = inner.iter().find(has_layers) {
                    let before = self.len();
                    self.model(file, inner, &place, is_asked)?;
                    if self.len() > before {
                        self.nested.get_or_insert(name);
                    }
                    continue;
                }
            }
            match called {
                "batch_normalization" if !is_asked => {
                    let pair = pair(file, &path, name)?;
                    self.norms.push(Group { place, pair });
                }
                "conv2d" | "dense" => self.keep(file, place, &path, name)?,
                "depthwise_conv2d" | "batch_normalization" if is_asked => {
                    self.keep(file, place, &path, name)?;
                }
                "max_pooling2d" => self.pools += 1,
                "average_pooling2d" => {
                    self.pools += 1;
                    self.averages += 1;
                }
                "rescaling" => self.rescaling = true,
                "flatten" | "dropout" | "spatial_dropout2d" | "re_lu" | "activation"
                | "softmax" | "reshape" | "input_layer" => self.weightless += 1,
                "global_average_pooling2d" => self.has_means = true,
                // The others are without weights.
                _ if is_asked => self.weightless += 1,
                _ if file.groups(&format!("{path}/vars"))?.is_empty()
                    && file.array(&format!("{path}/vars/0"))?.is_none() =>
                {
                    return Err(ImportFault::Unsaid(name));
                }
                _ => {
                    return Err(ImportFault::Foreign {
                        tensor: path,
                        dims: Vec::new(),
                    });
                }
            }
            if self.len() > MAX_GROUPS {
                return Err(ImportFault::Hdf5(format!("more than {MAX_GROUPS} groups")));
            }
        }
        Ok(())
    }

    fn keep(
        &mut self,
        file: &mut Hdf5,
        place: Vec<(Class, usize)>,
        path: &str,
        name: String,
    ) -> Result<(), ImportFault> {
        let pair = pair(file, path, name)?;
        self.weighted.push(Group { place, pair });
        Ok(())
    }

    fn len(&self) -> usize {
        self.weighted.len() + self.norms.len()
    }

    /// The weights in the network's order, and the normalizations among themselves.
    fn ordered(
        mut self,
        asked: Option<&NetworkSpec>,
    ) -> Result<(Vec<Group>, Vec<Group>), ImportFault> {
        let by_place = |a: &Group, b: &Group| a.place.cmp(&b.place);
        self.weighted.sort_by(by_place);
        self.norms.sort_by(by_place);
        let layers = asked.map(NetworkSpec::plan).transpose();
        let layers = layers.map_err(ImportFault::Network)?;
        let asked = asked.zip(layers.as_deref());
        let Some(nested) = self.nested else {
            if let Some((network, layers)) = asked {
                self.weighted = as_asked(self.weighted, network, layers);
            }
            return Ok((self.weighted, self.norms));
        };
        let weighted = match asked {
            None => in_one_order(self.weighted, |before, group| {
                chains(before.last().map(|before| &before.pair), &group.pair)
            }),
            Some((_, layers)) => {
                // Keras counts the layers of branches in another order.
                let is_chain = layers.iter().all(|layer| layer.kind != LayerKind::Branch);
                let learnt = layers.iter().filter_map(|layer| {
                    let shapes = pytorch_layout::shapes(layer)?;
                    Some((Class::of(layer), keras_dims(&shapes.weight)))
                });
                let learnt: Vec<_> = learnt.collect();
                if learnt.len() != self.weighted.len() {
                    return Err(ImportFault::WeightCount {
                        found: self.weighted.len(),
                        expected: learnt.len(),
                    });
                }
                let values = |dims: &[usize]| dims.iter().product::<usize>();
                in_one_order(self.weighted, |before, group| {
                    let (class, dims) = &learnt[before.len()];
                    is_chain
                        && group.class() == *class
                        && values(&group.pair.weight.dims) == values(dims)
                })
            }
        };
        let weighted = weighted.ok_or_else(|| ImportFault::Unordered(nested.clone()))?;
        let norms = of_models(self.norms, &weighted);
        let norms = norms.ok_or(ImportFault::Unordered(nested))?;
        Ok((weighted, norms))
    }
}

/// The layers of each class in the order in which Keras counts those of a network.
fn as_asked(mut weighted: Vec<Group>, network: &NetworkSpec, layers: &[Layer]) -> Vec<Group> {
    // What Keras has no layers for was written layer by layer.
    let counted = export::weighted_in_keras_order(network, layers);
    let counted = counted.unwrap_or_else(|_| (0..layers.len()).collect());
    let mut found = Vec::new();
    for index in counted {
        let class = Class::of(&layers[index]);
        let next = weighted.iter().position(|group| group.class() == class);
        found.extend(next.map(|next| (index, weighted.remove(next))));
    }
    found.sort_by_key(|(index, _)| *index);
    let mut ordered: Vec<_> = found.into_iter().map(|(_, group)| group).collect();
    // What is too much is counted as such.
    ordered.append(&mut weighted);
    ordered
}

/// Whether a layer can take what the one before puts out.
fn chains(before: Option<&Pair>, layer: &Pair) -> bool {
    let (conv, dense) = (layer.conv(Layout::Keras), layer.dense(Layout::Keras));
    let Some(before) = before else {
        return conv.is_none_or(|kernel| [1, 3].contains(&kernel.inputs));
    };
    let outputs = before.outputs(Layout::Keras).unwrap_or_default();
    match (before.conv(Layout::Keras), conv, dense) {
        (Some(_), Some(kernel), _) => kernel.inputs == outputs,
        // As often as its maps have pixels.
        (Some(_), None, Some((inputs, _))) => outputs > 0 && inputs.is_multiple_of(outputs),
        (None, None, Some((inputs, _))) => inputs == outputs,
        (_, None, None) | (None, Some(_), _) => false,
    }
}

/// The only order in which the layers of each model follow one another, those of a class by number, and each fits behind those before it.
/// `None` where there is none or more than one.
fn in_one_order(
    groups: Vec<Group>,
    fits: impl Fn(&[&Group], &Group) -> bool,
) -> Option<Vec<Group>> {
    let mut search = Search {
        groups: &groups,
        fits: &fits,
        orders: Vec::new(),
        left: MAX_STEPS,
    };
    search.from(&mut Vec::new());
    let has_all = search.left > 0;
    let [order] = &search.orders[..] else {
        return None;
    };
    let mut places = vec![0; groups.len()];
    for (place, &group) in order.iter().enumerate() {
        places[group] = place;
    }
    let mut placed: Vec<_> = places.into_iter().zip(groups).collect();
    placed.sort_by_key(|(place, _)| *place);
    has_all.then(|| placed.into_iter().map(|(_, group)| group).collect())
}

struct Search<'a, F> {
    groups: &'a [Group],
    fits: &'a F,
    orders: Vec<Vec<usize>>,
    /// Steps that may still be taken.
    left: usize,
}

impl<F: Fn(&[&Group], &Group) -> bool> Search<'_, F> {
    /// Goes on from these until it has found two orders.
    fn from(&mut self, order: &mut Vec<usize>) {
        if order.len() == self.groups.len() {
            self.orders.push(order.clone());
        }
        for next in 0..self.groups.len() {
            if self.orders.len() > 1 || self.left == 0 {
                return;
            }
            if self.may_follow(order, next) {
                self.left -= 1;
                order.push(next);
                self.from(order);
                order.pop();
            }
        }
    }

    fn may_follow(&self, order: &[usize], next: usize) -> bool {
        let place = &self.groups[next].place;
        let is_left = |index: &usize| !order.contains(index);
        if !is_left(&next) {
            return false;
        }
        let last = order.last().map(|&last| self.groups[last].model());
        let left = (0..self.groups.len()).filter(is_left);
        let is_next = left.map(|other| &self.groups[other].place).all(|other| {
            let both = place.iter().zip(other).take_while(|(a, b)| a == b).count();
            // Of a class those of lower numbers come first.
            let waits = match (place.get(both), other.get(both)) {
                (Some((class, number)), Some((of, counted))) => class == of && counted < number,
                _ => false,
            };
            // A model that has begun is gone through to its end.
            let begun = last.map_or(0, |last| {
                last.iter().zip(other).take_while(|(a, b)| a == b).count()
            });
            !waits && both >= begun
        });
        let before: Vec<_> = order.iter().map(|&index| &self.groups[index]).collect();
        is_next && (self.fits)(&before, &self.groups[next])
    }
}

/// The normalizations in the order of the models that they are in, as their layers stand. `None` where that is not known.
fn of_models(norms: Vec<Group>, layers: &[Group]) -> Option<Vec<Group>> {
    let models: Vec<_> = norms.iter().map(|norm| norm.model().to_vec()).collect();
    // What stands behind which, in a model and in one within it, nothing tells.
    let within = |outer: &[_], inner: &[_]| inner.len() > outer.len() && inner.starts_with(outer);
    if models
        .iter()
        .any(|outer| models.iter().any(|inner| within(outer, inner)))
    {
        return None;
    }
    let first = |model: &[_]| layers.iter().position(|layer| layer.model() == model);
    let places: Option<Vec<usize>> = models.iter().map(|model| first(model)).collect();
    let mut placed: Vec<_> = places?.into_iter().zip(norms).collect();
    placed.sort_by_key(|(place, _)| *place);
    Some(placed.into_iter().map(|(_, norm)| norm).collect())
}

/// Class and number of a group's name: `conv2d_1`.
pub(super) fn numbered(name: &str) -> (&str, usize) {
    let parts = name.rsplit_once('_').filter(|(class, _)| !class.is_empty());
    match parts.and_then(|(class, number)| Some((class, number.parse().ok()?))) {
        Some(found) => found,
        None => (name, 0),
    }
}
