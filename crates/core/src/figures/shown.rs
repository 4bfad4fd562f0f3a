//! What somebody looked at, so that a run that is sent elsewhere opens with the same pictures.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::settings::MapsSettings;
use crate::dataset::{IMAGE_PIXELS, ImageId};

/// What was shown of a run. Read from files of anyone: see [`Shown::from_json`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shown {
    /// The maps: images, convolution number, layer, range.
    pub maps: MapsSettings,
    /// Batches behind the moment looked at; `None` for the newest.
    pub step: Option<u64>,
    /// The user's own picture, 28×28 grey bytes, if it is among the images.
    pub drawing: Option<Vec<u8>>,
}

impl Shown {
    /// As files hold it.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// The same from a file; what makes no sense there is put back to the first start's.
    #[must_use]
    pub fn from_json(json: serde_json::Value) -> Self {
        let mut shown: Self = serde_json::from_value(json).unwrap_or_default();
        shown.maps = shown.maps.repaired();
        if shown.picture().is_none() {
            shown.drawing = None;
            shown.maps.images.retain(|&image| image != ImageId::Drawing);
            shown.maps = shown.maps.repaired();
        }
        shown
    }

    /// The user's own picture.
    #[must_use]
    pub fn picture(&self) -> Option<Arc<[u8; IMAGE_PIXELS]>> {
        let bytes = self.drawing.as_deref()?;
        <[u8; IMAGE_PIXELS]>::try_from(bytes).ok().map(Arc::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_shown_comes_back_and_nonsense_does_not() {
        let shown = Shown {
            maps: MapsSettings {
                images: vec![ImageId::Test(3), ImageId::Drawing],
                convolution: 5,
                ..MapsSettings::default()
            },
            step: Some(7),
            drawing: Some(vec![9; IMAGE_PIXELS]),
        };
        assert_eq!(Shown::from_json(shown.to_json()), shown);
        assert_eq!(Shown::from_json(serde_json::Value::Null), Shown::default());

        let cut = Shown {
            drawing: Some(vec![9; 5]),
            ..shown
        };
        let repaired = Shown::from_json(cut.to_json());
        assert_eq!(
            (&repaired.maps.images[..], repaired.drawing),
            (&[ImageId::Test(3)][..], None)
        );
    }
}
