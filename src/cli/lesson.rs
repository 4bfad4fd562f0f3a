//! `convlens lesson`

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, anyhow, bail};
use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::source::{self, DataArgument};
use crate::paper::{self, Paper, maps_figure};
use crate::text::Language;
use convlens_core::files;
use convlens_core::lessons::{self, Keep, Step};
use convlens_core::training::runs::package;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Check every step of a lesson in a folder or a .convlens file
    Check {
        /// A folder with a lesson, or a .convlens file
        lesson: PathBuf,
    },
    /// A lesson as one page of HTML, to read, print and hand out
    Page {
        /// Handout (without answers), worksheet (to be filled in) or solutions (with the teacher's notes)
        #[arg(value_parser = paper())]
        paper: Paper,
        /// Where to write it
        #[arg(long, value_name = "FILE.html")]
        out: PathBuf,
        /// A lesson's folder [default: the built-in lesson]
        #[arg(long, value_name = "FOLDER")]
        lesson: Option<PathBuf>,
        /// Only the steps of the route of so many minutes [default: every step]
        #[arg(long, value_name = "MINUTES")]
        route: Option<usize>,
        /// Its language: en or es
        #[arg(long, default_value = "en", value_parser = super::source::parse_language)]
        language: Language,
        #[command(flatten)]
        data: DataArgument,
    },
    /// Write the built-in lesson into a new folder, to be changed
    Copy {
        /// The folder, which must not exist yet
        folder: PathBuf,
    },
    /// Take in a lesson that was exported as one file; prints its folder
    Open {
        /// A .convlens file
        file: PathBuf,
        /// Put it below this folder [default: $CONVLENS_LESSONS, or else convlens/lessons in the user's data folder]
        #[arg(long, value_name = "DIR")]
        to: Option<PathBuf>,
        /// Replace another lesson of the same name
        #[arg(long)]
        replace: bool,
    },
}

pub fn run(arguments: &Arguments) -> Result<()> {
    match &arguments.what {
        What::Check { lesson } => check(lesson),
        What::Page {
            paper,
            out,
            lesson,
            route,
            language,
            data,
        } => {
            let which = (lesson.as_deref(), *route);
            page(*paper, out, which, *language, data)
        }
        What::Copy { folder } => lessons::copy_built_in(folder).map_err(|error| {
            anyhow!(
                "{}: {error}; name a folder that does not exist yet, where you may write",
                folder.display()
            )
        }),
        What::Open { file, to, replace } => open(file, to.as_deref(), *replace),
    }
}

fn paper() -> impl TypedValueParser<Value = Paper> {
    PossibleValuesParser::new(Paper::ALL.map(Paper::key)).map(|name| {
        let mut named = Paper::ALL.into_iter().filter(|paper| paper.key() == name);
        named.next().unwrap_or(Paper::Handout)
    })
}

fn page(
    paper: Paper,
    out: &Path,
    (folder, route): (Option<&Path>, Option<usize>),
    language: Language,
    data: &DataArgument,
) -> Result<()> {
    source::writable(out)?;
    let lesson = match folder {
        Some(folder) => lessons::read_folder(folder, language.code())?,
        None => lessons::built_in(language.code())?,
    };
    if let Some(route) = route
        && !lesson.routes().contains(&route)
    {
        let known = lesson
            .routes()
            .iter()
            .map(usize::to_string)
            .collect::<Vec<_>>();
        bail!(
            "the lesson has no route of {route} minutes; it has: {}",
            if known.is_empty() {
                "none".into()
            } else {
                known.join(", ")
            }
        );
    }
    // Pictures are on the page that the class reads alone.
    let dataset = match paper {
        Paper::Handout => Some(Arc::new(data.dataset_of((1, source::SYNTHETIC.1))?)),
        Paper::Worksheet | Paper::Solutions => None,
    };
    let text = language.text();
    let figure = |step: &Step| maps_figure(step, dataset.as_ref()?, text);
    let page = paper::page(&lesson, route, paper, text, &figure);
    files::replace(out, |file| file.write_all(page.as_bytes()))
        .map_err(|error| source::not_written(out, &error))
}

fn check(lesson: &Path) -> Result<()> {
    let lesson = if package::is_package(lesson) {
        packaged(lesson)?
    } else {
        lessons::to_send(lesson)?
    };
    for (path, _) in &lesson.files {
        println!("{path}");
    }
    Ok(())
}

fn open(file: &Path, to: Option<&Path>, replace: bool) -> Result<()> {
    let lesson = packaged(file)?;
    let to = to.map_or_else(lessons::default_folder, Path::to_path_buf);
    match lessons::keep(&lesson, &to, replace)? {
        Keep::Kept(folder) => println!("{}", folder.display()),
        Keep::Exists(folder) => bail!(
            "{}: another lesson is there already; use --replace, or --to another folder",
            folder.display()
        ),
    }
    Ok(())
}

/// The lesson of a `.convlens` file, with every step checked.
fn packaged(file: &Path) -> Result<convlens_core::training::runs::lesson_files::LessonFiles> {
    let lesson = package::contents(file)?.lesson;
    let lesson = lesson.ok_or_else(|| {
        anyhow!(
            "{}: a run without a lesson; `convlens runs open` takes it in",
            file.display()
        )
    })?;
    lessons::check(&lesson, file)?;
    Ok(lesson)
}
