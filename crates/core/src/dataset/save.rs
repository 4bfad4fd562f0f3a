//! A data set as the four IDX files, for programs that read those.

use std::io::{self, Write as _};
use std::path::Path;

use super::checksum::OFFICIAL;
use super::classes::NAMES_FILE;
use super::{Dataset, Pictures, idx};
use crate::files;

impl Dataset {
    /// The four files and, of a data set with names of its own, `classes.txt`: name and content.
    fn to_files(&self) -> Vec<(&'static str, Vec<u8>)> {
        let [train_images, train_labels, test_images, test_labels] = OFFICIAL;
        let mut files = vec![
            (train_images.name, images(&self.train)),
            (train_labels.name, labels(&self.train)),
            (test_images.name, images(&self.test)),
            (test_labels.name, labels(&self.test)),
        ];
        if let Some(names) = self.classes.names() {
            files.push((NAMES_FILE, (names.join("\n") + "\n").into_bytes()));
        }
        files
    }

    /// Writes the four files and, of a data set with names of its own, `classes.txt` into a folder,
    /// which is made if it is not there; files of these names are replaced.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn save(&self, folder: &Path) -> io::Result<()> {
        std::fs::create_dir_all(folder)?;
        for (name, content) in self.to_files() {
            files::replace(&folder.join(name), |file| file.write_all(&content))?;
        }
        Ok(())
    }
}

fn header(fields: &[usize]) -> Vec<u8> {
    let fields = fields.iter().map(|&field| field as u32);
    fields.flat_map(u32::to_be_bytes).collect()
}

fn images(pictures: &Pictures) -> Vec<u8> {
    let size = pictures.size();
    let fields = [pictures.len(), size.height, size.width, size.channels];
    let header = if size.is_colour() {
        [header(&[idx::COLOUR_MAGIC as usize]), header(&fields)]
    } else {
        [header(&[idx::IMAGES_MAGIC as usize]), header(&fields[..3])]
    };
    [&header.concat(), pictures.pixels()].concat()
}

fn labels(pictures: &Pictures) -> Vec<u8> {
    let fields = [idx::LABELS_MAGIC as usize, pictures.len()];
    [&header(&fields), pictures.labels()].concat()
}
