//! The pictures that can be looked at: the test set's, and one that the user drew or opened.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Dataset, Picture};

/// Which picture. In files it is a number: an index, or −1 for the drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "i64", try_from = "i64")]
pub enum ImageId {
    /// One of the test set, by its index.
    Test(usize),
    /// What the user drew or opened.
    Drawing,
}

/// The number that stands for the drawing in files.
const DRAWING: i64 = -1;

impl From<usize> for ImageId {
    fn from(index: usize) -> Self {
        Self::Test(index)
    }
}

impl From<ImageId> for i64 {
    fn from(id: ImageId) -> Self {
        match id {
            ImageId::Test(index) => index as Self,
            ImageId::Drawing => DRAWING,
        }
    }
}

impl TryFrom<i64> for ImageId {
    type Error = std::num::TryFromIntError;

    fn try_from(number: i64) -> Result<Self, Self::Error> {
        match number {
            DRAWING => Ok(Self::Drawing),
            index => usize::try_from(index).map(Self::Test),
        }
    }
}

impl PartialEq<usize> for ImageId {
    fn eq(&self, index: &usize) -> bool {
        *self == Self::Test(*index)
    }
}

/// Test pictures and the drawing, to be looked up by [`ImageId`]. Cloning shares them.
#[derive(Clone, Debug)]
pub struct Gallery {
    /// The data set.
    pub dataset: Arc<Dataset>,
    /// The drawing, if there is one, in the size of the data set's pictures.
    pub drawing: Option<Picture>,
}

impl Gallery {
    /// A data set without a drawing.
    #[must_use]
    pub fn new(dataset: Arc<Dataset>) -> Self {
        Self {
            dataset,
            drawing: None,
        }
    }

    /// The bytes of a picture; `None` where there is no such picture.
    #[must_use]
    pub fn pixels(&self, id: ImageId) -> Option<&[u8]> {
        let test = &self.dataset.test;
        match id {
            ImageId::Test(index) => (index < test.len()).then(|| test.image(index)),
            ImageId::Drawing => self.drawing.as_ref().map(Picture::bytes),
        }
    }

    /// A picture by itself; `None` where there is no such picture.
    #[must_use]
    pub fn picture(&self, id: ImageId) -> Option<Picture> {
        let test = &self.dataset.test;
        match id {
            ImageId::Test(index) => (index < test.len()).then(|| test.picture(index)),
            ImageId::Drawing => self.drawing.clone(),
        }
    }

    /// The true class of a picture; of the drawing it is not known.
    #[must_use]
    pub fn label(&self, id: ImageId) -> Option<u8> {
        let test = &self.dataset.test;
        match id {
            ImageId::Test(index) => (index < test.len()).then(|| test.label(index)),
            ImageId::Drawing => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_files_a_picture_is_a_number_as_it_always_was() {
        let ids = [ImageId::Test(7), ImageId::Drawing];
        let text = serde_json::to_string(&ids).unwrap();
        assert_eq!(text, "[7,-1]");
        assert_eq!(serde_json::from_str::<[ImageId; 2]>(&text).unwrap(), ids);
        assert!(serde_json::from_str::<ImageId>("-2").is_err());
    }

    #[test]
    fn pictures_are_found_where_they_are() {
        let mut gallery = Gallery::new(Arc::new(crate::dataset::synthetic(0, 3)));
        assert_eq!(
            gallery.pixels(2.into()),
            Some(gallery.dataset.test.image(2))
        );
        assert_eq!(
            (gallery.label(0.into()), gallery.label(3.into())),
            (Some(9), None)
        );
        assert_eq!(gallery.pixels(3.into()), None);
        assert_eq!(gallery.pixels(ImageId::Drawing), None);
        let drawing = Picture::blank(gallery.dataset.size());
        gallery.drawing = Some(drawing.clone());
        assert_eq!(gallery.pixels(ImageId::Drawing), Some(drawing.bytes()));
        assert_eq!(gallery.picture(ImageId::Drawing), Some(drawing));
        assert_eq!(gallery.label(ImageId::Drawing), None);
    }
}
