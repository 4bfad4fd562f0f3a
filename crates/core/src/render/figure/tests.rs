//! What every figure holds to.

use super::*;

const OPTIONS: FigureOptions = FigureOptions {
    cell_pixels: 60,
    theme: Theme::Light,
    decimal_mark: DecimalMark::Point,
};

fn cell(width: usize, height: usize) -> FigureCell {
    let values: Vec<f32> = (0..width * height).map(|i| i as f32).collect();
    FigureCell {
        width,
        height,
        range: ValueRange::of(&values),
        values,
        caption: "0 … 1".into(),
        ..FigureCell::default()
    }
}

fn figure(rows: usize, sides: &[usize]) -> Figure {
    let row = |index: usize| FigureRow {
        thumbnail: Some(Pixels::new(28, 28, [index as u8; 3])),
        lines: vec![
            format!("#{index}"),
            "Botín".into(),
            "predicción: botín 99,7 %".into(),
        ],
        cells: sides.iter().map(|&side| cell(side, side)).collect(),
    };
    Figure {
        title: "Mapas de características".into(),
        columns: vec![
            FigureColumn {
                title: "Conv 1".into(),
                subtitle: "26×26".into()
            };
            sides.len()
        ],
        rows: (0..rows).map(row).collect(),
        colorbar: Some(ColorBar {
            label: "activación".into(),
            range: ValueRange::new(0.0, 1.0),
            ..ColorBar::default()
        }),
        ..Figure::default()
    }
}

#[test]
fn a_wide_figure_comes_in_parts_that_leave_nothing_out() {
    let sides: Vec<usize> = (1..=9).collect();
    let parts = figure(2, &sides).in_parts(4);
    let columns: Vec<usize> = parts.iter().map(|part| part.columns.len()).collect();
    assert_eq!(columns, [3, 3, 3], "alike, not 4, 4 and 1");
    for row in 0..2 {
        let shown = parts.iter().flat_map(|part| &part.rows[row].cells);
        let shown: Vec<usize> = shown.map(|cell| cell.width).collect();
        assert_eq!(shown, sides);
    }
    assert!(!parts[0].title.is_empty() && parts[1].title.is_empty());
    assert_eq!(figure(2, &[]).in_parts(4).len(), 1);
}

#[test]
fn the_same_figure_gives_the_same_pixels() {
    let figure = figure(3, &[26, 13, 11, 5]);
    let page = draw(&figure, OPTIONS).expect("drawn");
    assert_eq!(page.rgb.len(), page.width * page.height);
    assert_eq!(page, draw(&figure, OPTIONS).expect("drawn again"));
}

#[test]
fn the_notebooks_figure_is_a_printed_page_wide() {
    let page = draw(&figure(3, &[26, 13, 11, 5]), FigureOptions::default()).expect("drawn");
    assert!((2800..3400).contains(&page.width), "{page:?}");
}

/// The corner and size of the one area that has exactly this color.
fn extent(page: &Pixels, color: [u8; 3]) -> (usize, usize, usize, usize) {
    let places: Vec<usize> = (0..page.rgb.len())
        .filter(|&i| page.rgb[i] == color)
        .collect();
    let (xs, ys) = (|i: &usize| i % page.width, |i: &usize| i / page.width);
    let (left, top) = (
        places.iter().map(xs).min().expect("drawn"),
        places.iter().map(ys).min().expect("drawn"),
    );
    let (right, bottom) = (
        places.iter().map(xs).max().expect("drawn"),
        places.iter().map(ys).max().expect("drawn"),
    );
    assert_eq!(
        places.len(),
        (right - left + 1) * (bottom - top + 1),
        "not one full rectangle"
    );
    (left, top, right - left + 1, bottom - top + 1)
}

#[test]
fn each_map_is_whole_squares_in_the_middle_of_its_cell() {
    // Two maps of NaN, whose color stands nowhere else, in cells of 60: 11 pixels of 5, and 5 pixels of 12.
    let lone = |side: usize| FigureCell {
        width: side,
        height: side,
        values: vec![f32::NAN; side * side],
        ..FigureCell::default()
    };
    let page = |side| {
        let row = FigureRow {
            cells: vec![lone(side)],
            ..FigureRow::default()
        };
        draw(
            &Figure {
                rows: vec![row],
                ..Figure::default()
            },
            OPTIONS,
        )
        .expect("drawn")
    };
    let (left, top, width, height) = extent(&page(5), Colormap::NOT_A_NUMBER);
    assert_eq!((width, height), (60, 60));
    assert_eq!(
        extent(&page(11), Colormap::NOT_A_NUMBER),
        (left + 2, top + 2, 55, 55)
    );
    // A map with more pixels than the cell makes the cell larger.
    assert_eq!(
        extent(&page(100), Colormap::NOT_A_NUMBER),
        (left, top, 100, 100)
    );
}

#[test]
fn nothing_is_drawn_over_the_margin() {
    for theme in [Theme::Light, Theme::Dark] {
        let mut figure = figure(2, &[26, 5]);
        figure.title = "Extraordinariamente ".repeat(30);
        figure.rows[0].lines[1] = "Zapatillasdeportivasextraordinariamentelargas".repeat(3);
        figure.rows[1].cells[0].caption = "−3,4×10³⁸ … 3,4×10³⁸ ".repeat(4);
        figure.rows[1].cells[1].badge = Some("todos los valores son cero".into());
        let page = draw(&figure, FigureOptions { theme, ..OPTIONS }).expect("drawn");
        let paper = page.rgb[0];
        for (x, y) in (0..page.width).flat_map(|x| (0..page.height).map(move |y| (x, y))) {
            let inside = (6..page.width - 6).contains(&x) && (6..page.height - 6).contains(&y);
            assert!(
                inside || page.get(x, y) == Some(paper),
                "something at {x}, {y} of {page:?}"
            );
        }
    }
}

#[test]
fn poor_figures_are_drawn_as_far_as_they_go() {
    let ragged = Figure {
        rows: vec![
            FigureRow {
                cells: vec![cell(1, 1), cell(3, 2), cell(0, 7)],
                ..FigureRow::default()
            },
            FigureRow::default(),
        ],
        ..figure(0, &[5])
    };
    let words = Figure {
        title: "\n\u{301}\u{0}🙂".into(),
        footer: "x".repeat(5000),
        ..Figure::default()
    };
    for figure in [
        Figure::default(),
        figure(0, &[]),
        figure(2, &[]),
        figure(0, &[5, 5]),
        ragged,
        words,
    ] {
        for cell_pixels in [0, 1, 7, 300] {
            let page = draw(
                &figure,
                FigureOptions {
                    cell_pixels,
                    ..OPTIONS
                },
            )
            .expect("drawn");
            assert!(page.width > 0 && page.height > 0);
        }
    }
}

#[test]
fn a_map_of_the_wrong_length_is_named() {
    let mut figure = figure(2, &[5, 3]);
    figure.rows[1].cells[0].values.pop();
    let error = draw(&figure, OPTIONS).expect_err("24 values are not 5×5");
    assert!(
        error.to_string().contains("row 2, column 1") && error.to_string().contains("24"),
        "{error}"
    );
    figure.rows[1].cells[0] = FigureCell {
        width: usize::MAX,
        height: 2,
        ..cell(1, 1)
    };
    assert!(matches!(
        draw(&figure, OPTIONS),
        Err(RenderError::MapSize {
            row: 2,
            column: 1,
            ..
        })
    ));
}

#[test]
fn a_page_beyond_memory_is_refused() {
    let vast = Figure {
        rows: vec![FigureRow::default(); 10],
        columns: vec![FigureColumn::default(); 100_000],
        ..Figure::default()
    };
    assert!(matches!(
        draw(&vast, OPTIONS),
        Err(RenderError::TooLarge { .. })
    ));
    let large = FigureOptions {
        cell_pixels: usize::MAX,
        ..OPTIONS
    };
    assert!(matches!(
        draw(&figure(3, &[5; 4]), large),
        Err(RenderError::TooLarge { .. })
    ));
    let endless = FigureCell {
        width: usize::MAX,
        height: 0,
        ..FigureCell::default()
    };
    let row = FigureRow {
        cells: vec![endless],
        ..FigureRow::default()
    };
    assert!(
        draw(
            &Figure {
                rows: vec![row],
                ..Figure::default()
            },
            OPTIONS
        )
        .is_ok()
    );
}

#[test]
fn a_vector_figure_has_the_size_the_words_and_the_maps_of_the_pixels() {
    let figure = figure(2, &[5, 3]);
    let svg = draw_svg(&figure, OPTIONS, 300).expect("drawn");
    let page = draw(&figure, OPTIONS).expect("drawn");
    let view = format!("viewBox=\"0 0 {} {}\"", page.width, page.height);
    assert!(svg.contains(&view), "{view}");
    for word in ["Mapas de", "Conv 1", "#1", "0 … 1", "activación"] {
        assert!(svg.contains(word), "{word}");
    }
    // Two thumbnails and four maps, each of the latter with a path for each of its colours.
    assert_eq!(svg.matches("<g ").count(), 2 + 4);
    let cell = &figure.rows[0].cells[0];
    for &value in &cell.values {
        let [r, g, b] = cell.colormap.color(value, cell.range);
        assert!(svg.contains(&format!("<path fill=\"#{r:02x}{g:02x}{b:02x}\"")));
    }
}

/// The smallest area that holds all pixels of a colour: left, top, right, bottom.
fn area_of(page: &Pixels, colour: [u8; 3]) -> Option<[usize; 4]> {
    let places = page.rgb.iter().enumerate();
    let places = places.filter(|(_, pixel)| **pixel == colour);
    let places = places.map(|(index, _)| (index % page.width, index / page.width));
    places.fold(None, |area, (x, y)| {
        let [left, top, right, bottom] = area.unwrap_or([x, y, x, y]);
        Some([left.min(x), top.min(y), right.max(x), bottom.max(y)])
    })
}

#[test]
fn frames_of_a_film_are_of_one_size_and_their_maps_do_not_move() {
    let with = |prediction: &str, title: &str, badge: Option<&str>| {
        let mut figure = figure(2, &[5, 5]);
        figure.title = title.into();
        for row in &mut figure.rows {
            row.lines[2] = prediction.into();
            for cell in &mut row.cells {
                cell.values.fill(1.0);
                cell.badge = badge.map(str::to_owned);
            }
        }
        figure
    };
    let long = "un abrigo con un nombre que no cabe en una sola línea 99,9 %";
    let figures = [
        with("Bolso 9 %", "0", None),
        with(
            long,
            "época 12, exactitud de prueba 90,1 %",
            Some("todo cero"),
        ),
        with("Camiseta 10,1 %", long, None),
    ];
    let pages = draw_alike(&figures, OPTIONS).expect("measured");
    let pages: Vec<_> = pages.map(|page| page.expect("drawn")).collect();
    let brightest = Colormap::Inferno.at(1.0);
    let first = area_of(&pages[0], brightest).expect("the maps are there");
    for page in &pages {
        assert_eq!((page.width, page.height), (pages[0].width, pages[0].height));
        assert_eq!(area_of(page, brightest), Some(first));
        // Nothing is cut: the margin is free.
        let paper = page.rgb[0];
        let edge = (0..page.height).map(|y| page.rgb[y * page.width + page.width - 1]);
        assert!(edge.into_iter().all(|pixel| pixel == paper));
    }
    // Each by itself is of its own size: otherwise this shows nothing.
    let alone = figures.map(|figure| draw(&figure, OPTIONS).expect("drawn"));
    assert_ne!(alone[0].width, alone[1].width);
    assert_ne!(area_of(&alone[0], brightest), area_of(&alone[1], brightest));
}
