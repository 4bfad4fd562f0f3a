//! A table for people: columns as wide as they need.

use convlens_core::harmless::clean;

/// The lines, the columns `left` to the left and all others to the right. Cells can hold any words.
pub fn aligned(lines: &[Vec<String>], left: &[usize]) -> String {
    let clean_line = |line: &Vec<String>| line.iter().map(clean).collect();
    let lines: Vec<Vec<String>> = lines.iter().map(clean_line).collect();
    let columns = lines.first().map_or(0, Vec::len);
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column));
        let widths = cells.map(|cell| cell.chars().count());
        widths.max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for line in &lines {
        let cells = line.iter().zip(&widths).enumerate();
        let padded = cells.map(|(column, (cell, width))| {
            if left.contains(&column) {
                format!("{cell:<width$}")
            } else {
                format!("{cell:>width$}")
            }
        });
        text.push_str(padded.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}
