//! Figures in columns.

/// A Markdown table, aligned, so that it reads well on a terminal and can be pasted.
pub fn aligned<const N: usize>(head: &[String; N], rows: &[[String; N]]) -> Vec<String> {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or(0).max(head[column].chars().count())
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let line = |row: &[String; N]| {
        let cells: Vec<String> = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        format!("| {} |", cells.join(" | "))
    };
    let rule: [String; N] = std::array::from_fn(|column| "-".repeat(widths[column]));
    let body = rows.iter().map(line);
    [line(head), line(&rule)].into_iter().chain(body).collect()
}

/// Three digits that matter, thousands apart.
pub fn number(value: f64) -> String {
    let digits = match value.abs() {
        small if small < 10.0 => 2,
        medium if medium < 100.0 => 1,
        _ => 0,
    };
    let text = format!("{value:.digits$}");
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let grouped: Vec<&str> = whole
        .as_bytes()
        .rchunks(3)
        .rev()
        .filter_map(|chunk| std::str::from_utf8(chunk).ok())
        .collect();
    grouped.join(",") + rest
}
