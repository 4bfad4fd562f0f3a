//! Markdown on screen: what a lesson's text needs of it. A paragraph is one label, so that a
//! screen reader reads it as one; links and pictures are shown as their words.

use crate::app::widgets;
use eframe::egui::text::LayoutJob;
use eframe::egui::{self, FontFamily, FontId, Grid, ScrollArea, TextFormat, TextStyle};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Indentation of a list's items, in points.
const INDENT: f32 = 14.0;

/// Points between the columns of a table.
const COLUMN_SPACING: f32 = 10.0;

/// Height of a line, of its letters' size.
const LINE: f32 = 1.4;

/// Size of a table's text, of the text around it.
const TABLE_SIZE: f32 = 0.9;

/// How much smaller its letters may be for its longest words to have room, and room that rounding takes in each column, in points.
const LEAST_OF_SIZE: f32 = 0.7;
const ROUNDING: f32 = 3.0;

/// Draws a text in the width there is.
pub fn show(ui: &mut egui::Ui, salt: &str, source: &str) {
    let mut page = Page::new(salt);
    for event in Parser::new_ext(source, Options::ENABLE_TABLES) {
        page.take(ui, event);
    }
    page.end_paragraph(ui);
}

/// The same with sizes such as 28 × 28 on one line.
pub fn untorn(words: &str) -> String {
    words.replace(" × ", "\u{a0}×\u{a0}")
}

/// What has been read and not drawn yet.
struct Page<'a> {
    salt: &'a str,
    job: LayoutJob,
    strong: usize,
    emphasis: usize,
    is_heading: bool,
    /// For each list around: the number of its next item, if it counts.
    lists: Vec<Option<u64>>,
    /// Rows of cells of the table being read.
    table: Option<Vec<Vec<LayoutJob>>>,
    tables: usize,
}

impl<'a> Page<'a> {
    fn new(salt: &'a str) -> Self {
        Self {
            salt,
            job: LayoutJob::default(),
            strong: 0,
            emphasis: 0,
            is_heading: false,
            lists: Vec::new(),
            table: None,
            tables: 0,
        }
    }

    fn take(&mut self, ui: &mut egui::Ui, event: Event<'_>) {
        match event {
            // Nothing of a lesson is run or fetched: HTML is only text.
            Event::Text(words) | Event::Html(words) | Event::InlineHtml(words) => {
                self.write(ui, &words, false);
            }
            Event::Code(words) => self.write(ui, &words, true),
            Event::SoftBreak => self.write(ui, " ", false),
            Event::HardBreak => self.write(ui, "\n", false),
            Event::Rule => {
                self.end_paragraph(ui);
                ui.separator();
            }
            Event::Start(tag) => self.start(ui, &tag),
            Event::End(tag) => self.end(ui, tag),
            _ => {}
        }
    }

    fn start(&mut self, ui: &mut egui::Ui, tag: &Tag<'_>) {
        match tag {
            Tag::Strong => self.strong += 1,
            Tag::Emphasis => self.emphasis += 1,
            Tag::Heading { .. } => {
                self.end_paragraph(ui);
                self.is_heading = true;
            }
            Tag::List(first) => {
                self.end_paragraph(ui);
                self.lists.push(*first);
            }
            Tag::Item => self.end_paragraph(ui),
            Tag::Table(_) => {
                self.end_paragraph(ui);
                self.table = Some(Vec::new());
            }
            Tag::TableHead | Tag::TableRow => {
                if let Some(rows) = &mut self.table {
                    rows.push(Vec::new());
                }
                if matches!(tag, Tag::TableHead) {
                    self.strong += 1;
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, ui: &mut egui::Ui, tag: TagEnd) {
        match tag {
            TagEnd::Strong | TagEnd::TableHead => self.strong = self.strong.saturating_sub(1),
            TagEnd::Emphasis => self.emphasis = self.emphasis.saturating_sub(1),
            TagEnd::Paragraph | TagEnd::CodeBlock => self.end_paragraph(ui),
            TagEnd::Heading(_) => {
                self.end_paragraph(ui);
                self.is_heading = false;
            }
            TagEnd::Item => {
                self.end_paragraph(ui);
                if let Some(Some(number)) = self.lists.last_mut() {
                    *number += 1;
                }
            }
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.job);
                if let Some(row) = self.table.as_mut().and_then(|rows| rows.last_mut()) {
                    row.push(cell);
                }
            }
            TagEnd::Table => self.end_table(ui),
            _ => {}
        }
    }

    fn write(&mut self, ui: &egui::Ui, words: &str, is_code: bool) {
        let body = TextStyle::Body.resolve(ui.style());
        let size = if self.is_heading {
            body.size * 1.15
        } else if self.table.is_some() {
            body.size * TABLE_SIZE
        } else {
            body.size
        };
        let visuals = ui.visuals();
        let mut format = TextFormat {
            font_id: FontId::new(size, FontFamily::Proportional),
            color: visuals.text_color(),
            italics: self.emphasis > 0,
            line_height: Some(size * LINE),
            ..TextFormat::default()
        };
        if self.strong > 0 || self.is_heading {
            format.font_id.family = widgets::theme::strong_family();
        }
        if is_code {
            format.background = visuals.extreme_bg_color;
        }
        let words = untorn(words);
        // A column of ranges would be too wide.
        let words = if self.table.is_some() {
            words
        } else {
            words.replace(" … ", "\u{a0}…\u{a0}")
        };
        self.job.append(&words, 0.0, format);
    }

    fn end_paragraph(&mut self, ui: &mut egui::Ui) {
        let job = std::mem::take(&mut self.job);
        if job.text.trim().is_empty() {
            return;
        }
        let Some(list) = self.lists.last() else {
            ui.label(job);
            ui.add_space(2.0);
            return;
        };
        let mark = list.map_or("•".to_owned(), |number| format!("{number}."));
        let depth = self.lists.len() as f32;
        ui.horizontal_top(|ui| {
            ui.add_space(INDENT * (depth - 1.0));
            ui.label(mark);
            ui.vertical(|ui| ui.label(job));
        });
    }

    fn end_table(&mut self, ui: &mut egui::Ui) {
        let Some(mut rows) = self.table.take() else {
            return;
        };
        self.tables += 1;
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let room = ui.available_width() - COLUMN_SPACING * columns as f32;
        let mut widths = column_widths(ui, &rows, columns, room);
        let needed: f32 = widths.iter().sum();
        if needed > room {
            let by = (room - ROUNDING * columns as f32) / needed;
            let cells = rows.iter_mut().flatten();
            for section in cells.flat_map(|cell| &mut cell.sections) {
                let format = &mut section.format;
                format.font_id.size *= by.max(LEAST_OF_SIZE);
                format.line_height = Some(format.font_id.size * LINE);
            }
            widths = column_widths(ui, &rows, columns, room);
        }
        let salt = (self.salt, self.tables);
        // A table that is wider than its panel must not widen it: all beside it would move.
        ScrollArea::horizontal().id_salt(salt).show(ui, |ui| {
            Grid::new(salt)
                .striped(true)
                .spacing([COLUMN_SPACING, 3.0])
                .min_col_width(0.0)
                .show(ui, |ui| {
                    for row in rows {
                        for (cell, width) in row.into_iter().zip(&widths) {
                            ui.vertical(|ui| {
                                ui.set_width(*width);
                                ui.label(cell);
                            });
                        }
                        ui.end_row();
                    }
                });
        });
        ui.add_space(4.0);
    }
}

/// As wide as what stands in each column; where that is too wide, at least as its longest word.
fn column_widths(ui: &egui::Ui, rows: &[Vec<LayoutJob>], columns: usize, room: f32) -> Vec<f32> {
    let width = |job: LayoutJob| ui.painter().layout_job(job).size().x.ceil();
    let mut wanted = vec![0.0_f32; columns];
    let mut least = vec![0.0_f32; columns];
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            wanted[column] = wanted[column].max(width(cell.clone()));
            let Some(section) = cell.sections.first() else {
                continue;
            };
            for word in cell.text.split(' ') {
                let word = LayoutJob::single_section(word.to_owned(), section.format.clone());
                least[column] = least[column].max(width(word));
            }
        }
    }
    let (all, needed): (f32, f32) = (wanted.iter().sum(), least.iter().sum());
    let share = ((room - needed) / (all - needed).max(1.0)).clamp(0.0, 1.0);
    let widths = wanted.iter().zip(&least);
    widths
        .map(|(wanted, least)| least + share * (wanted - least).max(0.0) + 1.0)
        .collect()
}
