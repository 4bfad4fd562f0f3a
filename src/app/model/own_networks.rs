//! The user's own networks, kept by name among the preferences.

use convlens_core::network::NetworkSpec;
use serde::{Deserialize, Serialize};

/// Networks by name, in the order they were saved.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OwnNetworks(Vec<OwnNetwork>);

/// A network with the name its user gave it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnNetwork {
    pub name: String,
    pub network: NetworkSpec,
}

impl OwnNetworks {
    /// Most of them: more than fit on the screen as buttons.
    pub const MOST: usize = 24;
    /// Longest name, in characters.
    pub const MAX_NAME: usize = 24;

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &OwnNetwork> {
        self.0.iter()
    }

    /// Whether no more can be saved.
    pub fn is_full(&self) -> bool {
        self.0.len() >= Self::MOST
    }

    /// Keeps a network, in place of one that has the name. Nothing happens without a name, or
    /// when there are [`MOST`](Self::MOST) others.
    pub fn save(&mut self, name: &str, network: NetworkSpec) {
        let Some(name) = tidy(name) else { return };
        if let Some(known) = self.0.iter_mut().find(|known| known.name == name) {
            known.network = network;
        } else if !self.is_full() {
            self.0.push(OwnNetwork { name, network });
        }
    }

    /// Forgets the network of that name.
    pub fn forget(&mut self, name: &str) {
        self.0.retain(|known| known.name != name);
    }

    /// The same, read from a file that anything may have written to: possible networks with names
    /// of their own, not too many.
    #[must_use]
    pub fn repaired(self) -> Self {
        let mut kept = Self::default();
        for OwnNetwork { name, network } in self.0 {
            let is_new = kept.0.iter().all(|known| known.name != name);
            if is_new && network.plan().is_ok() {
                kept.save(&name, network);
            }
        }
        kept
    }
}

/// A name on one line, of bounded length; `None` if nothing is left of it.
fn tidy(name: &str) -> Option<String> {
    let printable = name.trim().chars().filter(|c| !c.is_control());
    let name: String = printable.take(OwnNetworks::MAX_NAME).collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use convlens_core::network::{LayerSpec, Preset};

    fn names(networks: &OwnNetworks) -> Vec<&str> {
        networks.iter().map(|own| own.name.as_str()).collect()
    }

    #[test]
    fn a_name_stands_for_one_network() {
        let mut networks = OwnNetworks::default();
        networks.save(" mine ", Preset::Dense.spec());
        networks.save("other", Preset::Conv16.spec());
        networks.save("mine", Preset::Conv32.spec());
        networks.save("  ", Preset::Conv32.spec());
        assert_eq!(names(&networks), ["mine", "other"]);
        assert_eq!(networks.0[0].network, Preset::Conv32.spec());
        networks.forget("mine");
        assert_eq!(names(&networks), ["other"]);
    }

    #[test]
    fn what_a_file_says_is_checked() {
        let own = |name: &str, network| OwnNetwork {
            name: name.into(),
            network,
        };
        let impossible = NetworkSpec::new(vec![LayerSpec::MAX_POOL; 9]);
        let mut written = vec![
            own("a\nb", Preset::Dense.spec()),
            own("impossible", impossible),
            own(&"long".repeat(50), Preset::Dense.spec()),
            own("", Preset::Dense.spec()),
        ];
        written.extend((0..100).map(|i| own(&i.to_string(), Preset::Dense.spec())));
        let repaired = OwnNetworks(written).repaired();
        assert_eq!(repaired.0.len(), OwnNetworks::MOST);
        assert_eq!(names(&repaired)[..2], ["ab", &"long".repeat(6)]);
    }
}
