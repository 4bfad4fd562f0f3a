//! What was measured, printed.

use anyhow::Result;
use serde::Serialize;

use crate::columns::{aligned, number};
use crate::machine::Machine;
use crate::points::Point;
use crate::step::StepTable;

/// Everything.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    pub machine: Machine,
    pub rows: Vec<Row>,
    pub points: Vec<Point>,
    pub steps: Vec<StepTable>,
}

/// What is asked of a figure now, and where it should go.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Goal {
    pub asked: Option<f64>,
    pub aim: Option<f64>,
    pub more_is_better: bool,
}

impl Goal {
    pub fn at_least(asked: f64, aim: f64) -> Self {
        Self {
            asked: Some(asked),
            aim: Some(aim),
            more_is_better: true,
        }
    }

    pub fn at_most(asked: f64, aim: f64) -> Self {
        Self {
            asked: Some(asked),
            aim: Some(aim),
            more_is_better: false,
        }
    }

    pub fn none() -> Self {
        Self::default()
    }

    fn text(self, limit: Option<f64>, unit: &str) -> String {
        let sign = if self.more_is_better { "≥" } else { "≤" };
        limit.map_or_else(String::new, |limit| {
            format!("{sign} {} {unit}", number(limit))
        })
    }

    fn verdict(self, value: f64) -> &'static str {
        let reached = |limit: f64| {
            if self.more_is_better {
                value >= limit
            } else {
                value <= limit
            }
        };
        match (self.asked, self.aim) {
            (_, Some(aim)) if reached(aim) => "aim reached",
            (Some(asked), _) if reached(asked) => "as asked",
            (Some(_), _) => "short",
            _ => "",
        }
    }
}

/// One line of the table.
#[derive(Debug, Serialize)]
pub struct Row {
    pub what: String,
    pub unit: &'static str,
    pub goal: Goal,
    /// `None`: not measured here.
    pub value: Option<f64>,
    pub details: String,
}

impl Row {
    /// A figure, if there is one, and what is asked of it.
    pub fn of(what: &str, goal: Goal, unit: &'static str, found: Option<(f64, String)>) -> Self {
        let (value, details) =
            found.map_or((None, String::new()), |(value, text)| (Some(value), text));
        Self {
            what: what.to_owned(),
            unit,
            goal,
            value,
            details,
        }
    }

    /// A figure of which nothing is asked.
    pub fn plain(what: &str, value: f64, unit: &'static str) -> Self {
        Self::of(what, Goal::none(), unit, Some((value, String::new())))
    }
}

impl Report {
    /// Prints the table, or JSON.
    pub fn print(&self, json: bool) -> Result<()> {
        if json {
            println!("{}", serde_json::to_string_pretty(self)?);
            return Ok(());
        }
        let machine = &self.machine;
        let peaks: Vec<String> = machine
            .gemm_gflops
            .iter()
            .map(|(threads, gflops)| format!("{threads}: {gflops:.0}"))
            .collect();
        let busy = machine.busy_percent.map_or_else(String::new, |busy| {
            format!("; {busy:.0} % busy with other programs at the start")
        });
        println!(
            "{}, {} processors, {}; {}; float32 matrix product, GFLOP/s by threads: {}{busy}\n",
            machine.processor,
            machine.processors,
            machine.vector_unit,
            machine.data,
            peaks.join(", ")
        );
        if !self.points.is_empty() {
            println!("{POINT_HEAD}");
            for point in &self.points {
                println!("{}", point_line(point));
            }
            println!(
                "\nGFLOP/s: twice the multiply-adds of the forward pass and of both products going back, as if dense.\n\
                 of peak: share of the matrix product's; beyond 100 % where arithmetic is left out.\n"
            );
        }
        for step in &self.steps {
            step.print();
        }
        let cells: Vec<[String; 6]> = self.rows.iter().map(row_cells).collect();
        let head = ["what", "measured", "asked", "aim", "", "details"].map(str::to_owned);
        for line in aligned(&head, &cells) {
            println!("{line}");
        }
        Ok(())
    }
}

fn row_cells(row: &Row) -> [String; 6] {
    let measured = row.value.map_or_else(
        || "not measured".to_owned(),
        |value| format!("{} {}", number(value), row.unit),
    );
    [
        row.what.clone(),
        measured,
        row.goal.text(row.goal.asked, row.unit),
        row.goal.text(row.goal.aim, row.unit),
        row.value
            .map_or("", |value| row.goal.verdict(value))
            .to_owned(),
        row.details.clone(),
    ]
}

const POINT_HEAD: &str = "sweep            x batch threads  images/s GFLOP/s  of peak    torch chan.last   ratio bfloat16   to it  cliff  network";

/// A point as one line under [`POINT_HEAD`].
pub fn point_line(point: &Point) -> String {
    let sweep = serde_json::to_value(point.sweep).unwrap_or_default();
    let or_blank = |value: Option<f64>, digits: usize, unit: &str| {
        value.map_or_else(String::new, |value| format!("{value:.digits$}{unit}"))
    };
    format!(
        "{:11} {:>6} {:>5} {:>7} {:>9.0} {:>7.0} {:>8} {:>8} {:>9} {:>7} {:>8} {:>7} {:>6}  {}",
        sweep.as_str().unwrap_or_default(),
        point.x,
        point.batch,
        point.threads,
        point.images_per_second,
        point.gflops,
        or_blank(point.share_of_peak.map(|share| share * 100.0), 0, " %"),
        or_blank(point.torch, 0, ""),
        or_blank(point.torch_channels_last, 0, ""),
        or_blank(point.ratio, 2, "×"),
        or_blank(point.torch_bfloat16, 0, ""),
        or_blank(point.ratio_bfloat16, 2, "×"),
        or_blank(point.cliff, 1, "×"),
        point.network,
    )
}
