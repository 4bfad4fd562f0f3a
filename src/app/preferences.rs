//! What the window remembers between two starts.

use serde::{Deserialize, Serialize};

use super::loader::DataWish;
use crate::figures::MapsSettings;
use crate::text::Language;
use crate::training::RunConfig;

/// Choices of the user. Read back from a file that anything may have written to: see
/// [`Preferences::repaired`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Language of every text.
    pub language: Language,
    /// Dark or light.
    pub dark: bool,
    /// Which data set to open.
    pub data: DataWish,
    /// The network and settings that Train will use.
    pub config: RunConfig,
    /// What the Maps view shows.
    pub maps: MapsSettings,
    /// Only this class in the strip of test images.
    pub strip_class: Option<u8>,
    /// Folder of the last figure saved.
    pub figure_folder: Option<std::path::PathBuf>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            language: Language::of_system(),
            dark: true,
            data: DataWish::default(),
            config: RunConfig::default(),
            maps: MapsSettings::default(),
            strip_class: None,
            figure_folder: None,
        }
    }
}

impl Preferences {
    /// The same with everything that makes no sense put back to what a first start has.
    #[must_use]
    pub fn repaired(mut self) -> Self {
        // The machine may have changed under the preferences.
        self.config.threads = RunConfig::default().threads;
        if self.config.validate().is_err() {
            self.config = RunConfig::default();
        }
        self.maps = self.maps.repaired();
        let classes = crate::dataset::CLASS_COUNT;
        self.strip_class = self
            .strip_class
            .filter(|&class| usize::from(class) < classes);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::LayerSpec;

    #[test]
    fn impossible_settings_are_replaced() {
        let mut preferences = Preferences::default();
        preferences.config.network.layers = vec![LayerSpec::MaxPool; 9];
        preferences.maps.images = (0..5000).collect();
        let repaired = preferences.repaired();
        assert_eq!(repaired.config, RunConfig::default());
        assert_eq!(repaired.maps.images, [0, 7, 26]);
    }

    #[test]
    fn what_an_older_version_wrote_is_completed() {
        let old: Preferences = serde_json::from_str(r#"{"dark": false}"#).unwrap();
        assert!(!old.dark);
        assert_eq!(old.maps, MapsSettings::default());
    }
}
