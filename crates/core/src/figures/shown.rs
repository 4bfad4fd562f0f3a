//! What somebody looked at, so that a run that is sent elsewhere opens with the same pictures.

use serde::{Deserialize, Serialize};

use super::settings::MapsSettings;
use crate::dataset::{ImageId, Picture};

/// What was shown of a run. Read from files of anyone: see [`Shown::from_json`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shown {
    /// The maps: images, convolution number, layer, range.
    pub maps: MapsSettings,
    /// Batches behind the moment looked at; `None` for the newest.
    pub step: Option<u64>,
    /// The user's own picture, if it is among the images.
    pub drawing: Option<Picture>,
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
        let mut shown = Self::parse(json);
        shown.maps = shown.maps.repaired();
        if shown.drawing.is_none() {
            shown.maps.images.retain(|&image| image != ImageId::Drawing);
            shown.maps = shown.maps.repaired();
        }
        shown
    }

    /// A damaged picture costs no more than the picture.
    fn parse(mut json: serde_json::Value) -> Self {
        if let Ok(shown) = serde_json::from_value(json.clone()) {
            return shown;
        }
        if let Some(entries) = json.as_object_mut() {
            entries.remove("drawing");
        }
        serde_json::from_value(json).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::PictureSize;

    #[test]
    fn what_was_shown_comes_back_and_nonsense_does_not() {
        let shown = Shown {
            maps: MapsSettings {
                images: vec![ImageId::Test(3), ImageId::Drawing],
                convolution: 5,
                ..MapsSettings::default()
            },
            step: Some(7),
            drawing: Some(Picture::blank(PictureSize::FASHION_MNIST)),
        };
        let json = shown.to_json();
        assert_eq!(
            json["drawing"].as_array().map(Vec::len),
            Some(784),
            "as it always was"
        );
        assert_eq!(Shown::from_json(shown.to_json()), shown);
        assert_eq!(Shown::from_json(serde_json::Value::Null), Shown::default());

        let colour = Shown {
            drawing: Some(Picture::blank(PictureSize::CIFAR)),
            ..shown.clone()
        };
        assert_eq!(Shown::from_json(colour.to_json()), colour);
        let mut cut = json;
        cut["drawing"] = vec![9; 5].into();
        let repaired = Shown::from_json(cut);
        assert_eq!(
            (&repaired.maps.images[..], repaired.drawing),
            (&[ImageId::Test(3)][..], None)
        );
    }
}
