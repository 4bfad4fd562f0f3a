//! What was computed as tables for a spreadsheet.

use crate::csv_table::{self, csv};
use crate::explore::statistics::{QUANTILES, Statistics};
use crate::explore::{ConfusionMatrix, Kernels, LayerDifference, Overview, SimilarityMatrix, Way};

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

/// A number in full; nothing where there is none.
fn number(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn heading<const N: usize>(names: [&str; N]) -> impl Iterator<Item = Vec<String>> {
    std::iter::once(names.map(str::to_owned).to_vec())
}

/// The kernels of a layer: a line for each weight, and for each filter's bias one without a place.
#[must_use]
pub fn kernels_csv(kernels: &Kernels) -> String {
    let slice = kernels.slice_len().max(1);
    let lines = (0..kernels.filters).flat_map(|filter| {
        let weights = kernels.filter(filter).iter().enumerate();
        let weights = weights.map(move |(at, weight)| {
            let (channel, cell) = (at / slice, at % slice);
            let place = [channel, cell / kernels.width, cell % kernels.width];
            (place.map(|at| at.to_string()), *weight)
        });
        let bias = ([const { String::new() }; 3], kernels.biases[filter]);
        weights.chain([bias]).map(move |(place, value)| {
            let first = [csv_table::text(&kernels.name), filter.to_string()];
            let cells = first.into_iter().chain(place);
            cells.chain([value.to_string()]).collect()
        })
    });
    let names = ["layer", "filter", "channel", "row", "column", "weight"];
    csv(heading(names).chain(lines))
}

/// What each channel that is shown hands on to each of the next layers': see [`Overview`].
#[must_use]
pub fn overview_csv(overview: &Overview) -> String {
    let lines = overview.edges.iter().map(|edge| {
        let [from, to] = [edge.from, edge.to].map(|(column, node)| {
            let column = &overview.columns[column];
            [
                // The picture has no name.
                csv_table::text(column.layer.map_or("picture", |_| &column.name)),
                column.nodes[node].channel.to_string(),
            ]
        });
        let handed = [number(edge.contribution), number(edge.handed_back)];
        from.into_iter().chain(to).chain(handed).collect()
    });
    let names = [
        "from",
        "channel",
        "to",
        "to_channel",
        "contribution",
        "handed_back",
    ];
    csv(heading(names).chain(lines))
}

/// How the weights of two networks differ: a line for each filter, unit or channel, with what there is to say of its layer.
#[must_use]
pub fn differences_csv(differences: &[LayerDifference]) -> String {
    let lines = differences.iter().flat_map(|layer| {
        layer
            .outputs
            .iter()
            .enumerate()
            .map(|(output, difference)| {
                vec![
                    csv_table::text(&layer.name),
                    output.to_string(),
                    difference.to_string(),
                    number(layer.relative),
                    number(layer.cosine),
                    layer.largest.to_string(),
                ]
            })
    });
    let names = [
        "layer",
        "output",
        "difference",
        "layer_relative",
        "layer_cosine",
        "layer_largest",
    ];
    csv(heading(names).chain(lines))
}

/// A moment of a run: the batches and the complete epochs behind it, its statistics, and how far the weights of each layer have come a batch since the moment before.
pub type StatisticsMoment<'a> = ([usize; 2], &'a Statistics, &'a [Option<f64>]);

/// A line for each moment, layer and kind of number; nothing where there is no number.
#[must_use]
pub fn statistics_csv<'a>(moments: impl IntoIterator<Item = StatisticsMoment<'a>>) -> String {
    let quantiles = QUANTILES.map(|share| format!("q{}", 100.0 * share));
    let first = [
        "step",
        "epochs",
        "layer",
        "of",
        "count",
        "not_finite",
        "zeros",
        "rms",
    ];
    let last = ["units", "dead", "saturated", "update_ratio"];
    let names = first.map(str::to_owned).into_iter();
    let names = names.chain(quantiles).chain(last.map(str::to_owned));
    let lines = moments
        .into_iter()
        .flat_map(|([step, epochs], statistics, ratios)| {
            let layers = statistics.layers.iter().enumerate();
            layers.flat_map(move |(place, layer)| {
                let all = [
                    ("weights", Some(&layer.weights)),
                    ("activations", Some(&layer.activations)),
                    ("gradients", layer.gradients.as_ref()),
                ];
                let there = all
                    .into_iter()
                    .filter_map(|(of, spread)| Some((of, spread?)));
                there.map(move |(of, spread)| {
                    let first = [
                        step.to_string(),
                        epochs.to_string(),
                        csv_table::text(&layer.name),
                        of.to_owned(),
                        spread.count.to_string(),
                        spread.not_finite.to_string(),
                        spread.zeros.to_string(),
                        number(spread.rms),
                    ];
                    let quantiles = match spread.quantiles {
                        Some(all) => all.map(|value| value.to_string()),
                        None => [const { String::new() }; QUANTILES.len()],
                    };
                    let last = [
                        layer.units.to_string(),
                        number(layer.dead),
                        number(layer.saturated),
                        number(ratios.get(place).copied().flatten()),
                    ];
                    first
                        .into_iter()
                        .chain(quantiles)
                        .chain(last)
                        .collect::<Vec<_>>()
                })
            })
        });
    csv(std::iter::once(names.collect::<Vec<_>>()).chain(lines))
}

/// Accuracy on the test set for each of the [usual](Way::usual) amounts of a way to change its pictures, of a network and of one beside it.
#[must_use]
pub fn accuracies_csv(way: Way, network: &[f64], other: Option<&[f64]>) -> String {
    let amounts = way.usual().iter().zip(network).enumerate();
    let lines = amounts.map(|(place, (amount, accuracy))| {
        let beside = other.and_then(|other| other.get(place));
        let way = way.key().to_owned();
        vec![
            way,
            amount.to_string(),
            accuracy.to_string(),
            number(beside),
        ]
    });
    csv(heading(["way", "amount", "accuracy", "other_accuracy"]).chain(lines))
}

/// Values of a picture, a line for each pixel, and a column for each kind by its name.
#[must_use]
pub fn pixels_csv(width: usize, columns: &[(&str, &[f32])]) -> String {
    let names = columns.iter().map(|(name, _)| csv_table::text(name));
    let names = ["row", "column"]
        .map(str::to_owned)
        .into_iter()
        .chain(names);
    let count = columns.iter().map(|(_, values)| values.len()).max();
    let lines = (0..count.unwrap_or(0)).map(|pixel| {
        let place = [pixel / width.max(1), pixel % width.max(1)];
        let place = place.map(|at| at.to_string()).into_iter();
        let values = columns.iter().map(|(_, values)| number(values.get(pixel)));
        place.chain(values).collect::<Vec<_>>()
    });
    csv(std::iter::once(names.collect()).chain(lines))
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

    #[test]
    fn every_weight_and_bias_has_a_line() {
        let kernels = Kernels {
            name: "conv2".into(),
            filters: 2,
            channels: 2,
            height: 1,
            width: 2,
            weights: (0..8_u8).map(f32::from).collect(),
            biases: vec![0.5, -0.5],
        };
        let table = kernels_csv(&kernels);
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines.len(), 1 + 2 * 5);
        assert_eq!(lines[0], "layer,filter,channel,row,column,weight");
        assert_eq!(lines[4], "conv2,0,1,0,1,3");
        assert_eq!(lines[10], "conv2,1,,,,-0.5");
    }

    #[test]
    fn pixels_stand_in_rows_and_columns() {
        let table = pixels_csv(2, &[("a", &[1.0, 2.0, 3.0]), ("b", &[4.0])]);
        assert_eq!(table, "row,column,a,b\n0,0,1,4\n0,1,2,\n1,0,3,\n");
    }
}
