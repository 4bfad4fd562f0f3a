//! What the window remembers between two starts.

use crate::app::Options;
use crate::app::model::compare::CompareSettings;
use crate::app::model::curves::{CurveAxis, LossScale};
use crate::app::model::data::DataSource;
use crate::app::model::display::Display;
use crate::app::model::lesson::Place;
use crate::app::model::own_networks::OwnNetworks;
use crate::app::model::view::{View, ViewGroup};
use crate::text::Language;
use convlens_core::dataset::PictureSize;
use convlens_core::figures::MapsSettings;
use convlens_core::lessons::ByHand;
use convlens_core::paths;
use convlens_core::training::RunConfig;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    pub data: DataSource,
    /// The network and settings that Train will use.
    pub config: RunConfig,
    /// Retrain while the network is edited.
    pub retrains: bool,
    /// Networks that the user saved.
    pub networks: OwnNetworks,
    /// The view in the middle.
    pub view: View,
    /// The view of each group that was there last.
    pub last_views: BTreeMap<ViewGroup, View>,
    /// What the curves are drawn over.
    pub curve_axis: CurveAxis,
    /// What the loss is drawn on.
    pub loss_scale: LossScale,
    /// What the Maps view shows.
    pub maps: MapsSettings,
    /// What the Compare view compares, and how.
    pub compare: CompareSettings,
    /// The layer whose filters are shown; where there is none of this name, the first convolution.
    pub filters_layer: String,
    /// The bytes of the drawing; empty for none.
    pub drawing: Vec<u8>,
    /// Its size.
    pub drawing_size: PictureSize,
    /// Only this class in the strip of test images.
    pub strip_class: Option<u8>,
    /// How the demonstration by hand is set up.
    pub by_hand: ByHand,
    /// Size, presenter mode.
    pub display: Display,
    /// Where the reader of the lesson is.
    pub lesson: Place,
    /// Whether the welcome was seen.
    pub welcomed: bool,
    /// Folder of the last figure saved.
    #[serde(with = "paths::optional")]
    pub figure_folder: Option<std::path::PathBuf>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            language: Language::of_system(),
            dark: true,
            data: DataSource::default(),
            config: RunConfig::default(),
            retrains: false,
            networks: OwnNetworks::default(),
            view: View::default(),
            last_views: BTreeMap::new(),
            curve_axis: CurveAxis::default(),
            loss_scale: LossScale::default(),
            maps: MapsSettings::default(),
            compare: CompareSettings::default(),
            filters_layer: "conv1".into(),
            drawing: Vec::new(),
            drawing_size: PictureSize::default(),
            strip_class: None,
            by_hand: ByHand::default(),
            display: Display::default(),
            lesson: Place::default(),
            welcomed: false,
            figure_folder: None,
        }
    }
}

impl Preferences {
    /// These with the actions of a command line, which hold for this window only.
    #[must_use]
    pub fn with(mut self, options: &Options) -> Self {
        if let Some(language) = options.language {
            self.language = language;
        }
        if let Some(data) = &options.data {
            self.data = data.clone();
        }
        if options.images.is_some() {
            self.config.images = options.images;
        }
        if let Some(epochs) = options.epochs {
            self.config.epochs = epochs;
        }
        self
    }

    /// What to remember of these, which began as `remembered` [`with`](Self::with) `options`: where
    /// a action of the command line still stands, what was remembered before it.
    #[must_use]
    pub fn without(&self, options: &Options, remembered: &Self) -> Self {
        let mut kept = self.clone();
        if options.language == Some(self.language) {
            kept.language = remembered.language;
        }
        if options.data.as_ref() == Some(&self.data) {
            kept.data = remembered.data.clone();
        }
        if options.images.is_some() && options.images == self.config.images {
            kept.config.images = remembered.config.images;
        }
        if options.epochs == Some(self.config.epochs) {
            kept.config.epochs = remembered.config.epochs;
        }
        kept
    }

    /// The same with everything that makes no sense put back to what a first start has.
    #[must_use]
    pub fn repaired(mut self) -> Self {
        self.last_views.retain(|group, view| view.group() == *group);
        // The machine may have changed under the preferences.
        self.config.threads = RunConfig::default().threads;
        if self.config.validate().is_err() {
            self.config = RunConfig::default();
        }
        if !self.drawing_size.is_allowed() || self.drawing.len() != self.drawing_size.len() {
            self.drawing = Vec::new();
            self.drawing_size = PictureSize::default();
        }
        self.networks = self.networks.repaired();
        self.maps = self.maps.repaired();
        self.compare = self.compare.repaired();
        self.by_hand = self.by_hand.repaired();
        self.display = self.display.repaired();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::model::compare::Other;
    use convlens_core::network::LayerSpec;

    #[test]
    fn impossible_settings_are_replaced() {
        let mut preferences = Preferences::default();
        preferences.config.network.layers = vec![LayerSpec::MAX_POOL; 9];
        preferences.maps.images = (0..5000)
            .map(convlens_core::dataset::ImageId::Test)
            .collect();
        let repaired = preferences.repaired();
        assert_eq!(repaired.config, RunConfig::default());
        assert_eq!(repaired.maps.images, [0, 7, 26]);
    }

    #[test]
    fn a_command_line_is_not_remembered_but_what_is_chosen_after_it_is() {
        let remembered = Preferences::default();
        let options = Options {
            data: Some(DataSource::Synthetic),
            images: Some(320),
            epochs: Some(1),
            ..Options::default()
        };
        let mut now = remembered.clone().with(&options);
        assert_eq!(now.config.images, Some(320));
        assert_eq!(now.without(&options, &remembered), remembered);
        now.config.epochs = 9;
        now.data = DataSource::Usual;
        let kept = now.without(&options, &remembered);
        assert_eq!((kept.config.epochs, kept.config.images), (9, None));
        assert_eq!(kept.data, DataSource::Usual);
    }

    #[cfg(unix)]
    #[test]
    fn folders_that_are_no_text_are_remembered() {
        use std::os::unix::ffi::OsStringExt as _;
        let folder = std::ffi::OsString::from_vec(b"/caf\xe9".to_vec());
        let mut preferences = Preferences {
            data: DataSource::Folder(folder.clone().into()),
            figure_folder: Some(folder.clone().into()),
            ..Preferences::default()
        };
        preferences.lesson.folder = Some(folder.into());
        let written = ron::to_string(&preferences).unwrap();
        let read: Preferences = ron::from_str(&written).unwrap();
        assert_eq!(read, preferences);
    }

    #[test]
    fn what_an_older_version_wrote_is_completed() {
        let old: Preferences = serde_json::from_str(r#"{"dark": false}"#).unwrap();
        assert!(!old.dark);
        assert_eq!(old.maps, MapsSettings::default());
        assert_eq!(old.compare.other, Other::None);
    }

    #[test]
    fn the_second_network_of_compare_is_remembered() {
        let run = r#"{"compare": {"other": {"run": 3}}}"#;
        let before: Preferences = serde_json::from_str(run).unwrap();
        assert!(matches!(before.compare.other, Other::Run(_)));
        let written = serde_json::to_string(&before).unwrap();
        assert!(written.contains(r#""other":{"run":3}"#), "{written}");
        let after: Preferences = serde_json::from_str(&written).unwrap();
        assert_eq!(after.compare.other, before.compare.other);
    }
}
