//! Several runs as one experiment: the same settings but for what is varied.

use super::config::RunConfig;
use crate::network::{LayerSpec, NetworkSpec};

/// What is varied, and around what. An empty list leaves the setting as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sweep {
    /// Filters of every convolution.
    pub filters: Vec<usize>,
    /// Pictures a batch.
    pub batch_sizes: Vec<usize>,
    /// Adam's step sizes.
    pub learning_rates: Vec<f64>,
    /// Seeds.
    pub seeds: Vec<u64>,
}

impl Sweep {
    /// Every combination, each once, the last list varying fastest. They are not validated.
    #[must_use]
    pub fn configs(&self, base: &RunConfig) -> Vec<RunConfig> {
        let mut configs = vec![base.clone()];
        vary(&mut configs, &self.filters, |config, filters| {
            config.network = with_filters(&config.network, *filters);
        });
        vary(&mut configs, &self.batch_sizes, |config, size| {
            config.batch_size = *size;
        });
        vary(&mut configs, &self.learning_rates, |config, rate| {
            config.learning_rate = *rate;
        });
        vary(&mut configs, &self.seeds, |config, seed| {
            config.seed = *seed;
        });
        let mut unique: Vec<RunConfig> = Vec::with_capacity(configs.len());
        for config in configs {
            if !unique.contains(&config) {
                unique.push(config);
            }
        }
        unique
    }
}

/// Replaces every configuration by one for each value.
fn vary<T>(configs: &mut Vec<RunConfig>, values: &[T], set: impl Fn(&mut RunConfig, &T)) {
    if values.is_empty() {
        return;
    }
    let varied = configs.iter().flat_map(|config| {
        values.iter().map(|value| {
            let mut config = config.clone();
            set(&mut config, value);
            config
        })
    });
    *configs = varied.collect();
}

/// The same network with as many filters in every convolution.
fn with_filters(network: &NetworkSpec, count: usize) -> NetworkSpec {
    let mut network = network.clone();
    for layer in &mut network.layers {
        if let LayerSpec::Conv { filters, .. } = layer {
            *filters = count;
        }
    }
    network
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Preset;

    #[test]
    fn every_combination_comes_once_in_order() {
        let base = RunConfig::default();
        let sweep = Sweep {
            filters: vec![16, 32],
            seeds: vec![1, 2, 1],
            ..Sweep::default()
        };
        let seen: Vec<_> = sweep
            .configs(&base)
            .into_iter()
            .map(|config| (config.network.label(), config.seed))
            .collect();
        let label = |name: &str, seed| (name.to_owned(), seed);
        assert_eq!(
            seen,
            [
                label("16-16", 1),
                label("16-16", 2),
                label("32-32", 1),
                label("32-32", 2)
            ]
        );
        assert_eq!(Sweep::default().configs(&base), std::slice::from_ref(&base));
        // A network without convolutions has no filters to vary.
        let dense = RunConfig::new(Preset::Dense.spec());
        assert_eq!(sweep.configs(&dense).len(), 2);
    }
}
