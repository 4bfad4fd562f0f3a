//! `convlens lesson`

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use clap::Subcommand;

use convlens_core::lessons::{self, Keep};
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
        What::Open { file, to, replace } => open(file, to.as_deref(), *replace),
    }
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
