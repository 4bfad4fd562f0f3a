//! What was computed as tables for a spreadsheet.

use crate::csv_table::{self, csv};
use crate::explore::{ConfusionMatrix, SimilarityMatrix};

/// The confusion matrix: a line for each true class with its number and name, a column for each
/// predicted one, and the number of images in each cell. The network may call its classes otherwise than
/// the pictures' labels.
#[must_use]
pub fn confusion_csv(
    matrix: &ConfusionMatrix,
    label_name: impl Fn(usize) -> String,
    output_name: impl Fn(usize) -> String,
) -> String {
    let columns = matrix.counts.first().map_or(0, Vec::len);
    let heads = ["true".to_owned(), "name".to_owned()].into_iter();
    let heading = heads.chain(
        (0..columns).map(|class| csv_table::text(&format!("{class} {}", output_name(class)))),
    );
    let lines = matrix.counts.iter().enumerate().map(|(class, counts)| {
        let head = [class.to_string(), csv_table::text(&label_name(class))].into_iter();
        head.chain(counts.iter().map(ToString::to_string))
            .collect::<Vec<_>>()
    });
    csv(std::iter::once(heading.collect()).chain(lines))
}

/// Pictures of a similarity matrix: their number as in files, and their class where it is known.
pub type Named = (i64, Option<u8>);

/// Each pair of pictures once: numbers, true classes, cosine similarity and Pearson's r. An unknown
/// class, and a measure that a map of zeros has not, are empty.
#[must_use]
pub fn similarity_csv(matrix: &SimilarityMatrix, pictures: &[Named]) -> String {
    let heading = [
        "image",
        "label",
        "other_image",
        "other_label",
        "cosine",
        "pearson",
    ];
    let count = pictures.len().min(matrix.images);
    let places = (0..count).flat_map(|a| (a + 1..count).map(move |b| (a, b)));
    let label = |label: Option<u8>| label.map_or_else(String::new, |label| label.to_string());
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    let lines = places.map(|(a, b)| {
        let pair = matrix.at(a, b);
        vec![
            pictures[a].0.to_string(),
            label(pictures[a].1),
            pictures[b].0.to_string(),
            label(pictures[b].1),
            number(pair.cosine),
            number(pair.pearson),
        ]
    });
    csv(std::iter::once(heading.map(str::to_owned).to_vec()).chain(lines))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::Likeness;

    #[test]
    fn names_with_commas_stay_in_their_column() {
        let matrix = ConfusionMatrix::of(2, 2, [(0, 0), (0, 1), (1, 1)]);
        let csv = confusion_csv(
            &matrix,
            |class| format!("a, \"{class}\""),
            |class| format!("a, \"{class}\""),
        );
        let mut lines = csv.lines();
        assert_eq!(lines.next(), Some(r#"true,name,"0 a, ""0""","1 a, ""1""""#));
        assert_eq!(lines.next(), Some(r#"0,"a, ""0""",1,1"#));
        assert_eq!(lines.next(), Some(r#"1,"a, ""1""",0,1"#));
    }

    #[test]
    fn a_class_that_is_called_like_a_formula_is_none() {
        let matrix = ConfusionMatrix::of(2, 2, [(0, 0), (1, 1)]);
        let csv = confusion_csv(
            &matrix,
            |_| "=HYPERLINK(\"http://x\")".to_owned(),
            |_| "=HYPERLINK(\"http://x\")".to_owned(),
        );
        let records = csv::ReaderBuilder::new()
            .from_reader(csv.as_bytes())
            .into_records()
            .map(|record| record.unwrap()[1].to_owned())
            .collect::<Vec<_>>();
        assert_eq!(records, ["'=HYPERLINK(\"http://x\")"; 2]);
    }

    #[test]
    fn each_pair_is_there_once() {
        let pair = |cosine| Likeness {
            cosine,
            pearson: None,
        };
        let matrix = SimilarityMatrix {
            images: 2,
            pairs: vec![
                pair(Some(1.0)),
                pair(Some(0.25)),
                pair(Some(0.25)),
                pair(Some(1.0)),
            ],
        };
        let csv = similarity_csv(&matrix, &[(7, Some(6)), (-1, None)]);
        let expected = "image,label,other_image,other_label,cosine,pearson\n7,6,-1,,0.25,\n";
        assert_eq!(csv, expected);
    }
}
