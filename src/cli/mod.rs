//! The command line: the same functions as the window's, for scripts and for servers without a
//! display. Results go to stdout, progress and remarks to stderr, errors become one line and a
//! non-zero exit status.

#[macro_use]
mod output;

mod ablate;
mod code;
mod compare;
mod compare_maps;
mod confusion;
mod data;
mod diff;
mod embed;
mod evaluate;
mod explain;
mod export;
mod faults;
mod histograms;
mod import;
mod inspect;
mod lesson;
mod maps;
mod options;
mod overview;
mod runs;
mod source;
mod summary;
mod sweep;
mod table;
mod test_set;
mod top;
mod train;
mod transform;
mod visualize;
#[cfg_attr(not(feature = "window"), path = "no_window.rs")]
mod window;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Command, CommandFactory as _, Parser, Subcommand};
use serde::Serialize;

use crate::about::VERSION;
use crate::signals;
use crate::text::{Language, Text};
use convlens_core::harmless::is_harmful;

use faults::in_words;
use output::remark;

/// See what a convolutional network does. Without a command: the window.
#[derive(Debug, Parser)]
#[command(
    name = "convlens",
    version = VERSION,
    about,
    args_conflicts_with_subcommands = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<CommandLine>,
    #[command(flatten)]
    window: window::WindowArguments,
}

#[derive(Debug, Subcommand)]
enum CommandLine {
    /// Train a network; one result line an epoch
    Train(train::Arguments),
    /// Train several networks, one after another, as one experiment
    Sweep(sweep::Arguments),
    /// The runs that were kept
    Runs(runs::Arguments),
    /// Runs side by side: the settings that differ, and the results
    Compare(compare::Arguments),
    /// How weights, activations and gradients of a run's layers change while they are learnt
    Histograms(histograms::Arguments),
    /// Loss and accuracy of a network on the test set
    Evaluate(evaluate::Arguments),
    /// Layers, output shapes and parameters of a network
    Summary(summary::Arguments),
    /// Feature maps of test images, as the notebook's figure or as arrays
    Maps(maps::Arguments),
    /// How alike the maps of test images are, within a class and between classes
    CompareMaps(compare_maps::Arguments),
    /// Two networks, or two moments of one, weight by weight: what differs most
    Diff(diff::Arguments),
    /// The whole network on one picture: what each channel hands on to the next layer's
    Overview(overview::Arguments),
    /// Which parts of a picture support a class: occlusion map and Grad-CAM
    Explain(explain::Arguments),
    /// Test images as points, by what a layer makes of them: where the classes part
    Embed(embed::Arguments),
    /// Which classes are predicted as which, over the test set
    Confusion(confusion::Arguments),
    /// The test images that a filter responds to most and least
    Top(top::Arguments),
    /// The picture that a filter, a unit or a class answers to most, found by gradient ascent
    Visualize(visualize::Arguments),
    /// Accuracy and probabilities with some filters switched off
    Ablate(ablate::Arguments),
    /// Accuracy on the test set when its images are shifted, turned, zoomed, brightened, noisy or covered
    Transform(transform::Arguments),
    /// One value of a map, a unit or a class score, with all its arithmetic
    Inspect(inspect::Arguments),
    /// A model of Keras or PyTorch as convlens's own weights
    Import(import::Arguments),
    /// A network, or a kept run, as files for other programs and other computers
    Export(export::Arguments),
    /// A lesson of your own: check it, or open one from a .convlens file
    Lesson(lesson::Arguments),
    /// A run as a program for Keras or PyTorch
    Code(code::Arguments),
    /// The data set in use and where it was found, or its download
    Data(data::Arguments),
}

/// The arguments as clap knows them, for `examples/manual.rs`.
#[must_use]
pub fn command() -> Command {
    Arguments::command()
}

/// The words that the commands share with the window. Theirs are English, wherever they run.
fn text() -> &'static Text {
    Language::En.text()
}

/// A value as JSON on one line, of ASCII where a terminal would obey or hide something else.
fn json(value: &impl Serialize) -> Result<String> {
    let json = serde_json::to_string(value)?;
    let mut said = String::with_capacity(json.len());
    let mut units = [0; 2];
    for character in json.chars() {
        if is_harmful(character) {
            let units = character.encode_utf16(&mut units).iter();
            said.extend(units.map(|unit| format!("\\u{unit:04x}")));
        } else {
            said.push(character);
        }
    }
    Ok(said)
}

/// Runs what the program's arguments ask for.
#[must_use]
pub fn run() -> ExitCode {
    let done = match Arguments::try_parse() {
        Ok(arguments) => run_command(arguments).and_then(|()| Ok(output::finish()?)),
        Err(usage) => match output::print_usage(&usage) {
            Ok(()) => return u8::try_from(usage.exit_code()).map_or(ExitCode::FAILURE, Into::into),
            Err(error) => Err(error.into()),
        },
    };
    let Err(error) = done else {
        return ExitCode::SUCCESS;
    };
    remark(&in_words(&error));
    signals::received().map_or(ExitCode::FAILURE, |signal| {
        signals::exit_status(signal).into()
    })
}

fn run_command(arguments: Arguments) -> Result<()> {
    match arguments.command {
        None => window::run(arguments.window),
        Some(CommandLine::Train(arguments)) => train::run(&arguments),
        Some(CommandLine::Sweep(arguments)) => sweep::run(&arguments),
        Some(CommandLine::Runs(arguments)) => runs::run(&arguments),
        Some(CommandLine::Compare(arguments)) => compare::run(&arguments),
        Some(CommandLine::Histograms(arguments)) => histograms::run(&arguments),
        Some(CommandLine::Evaluate(arguments)) => evaluate::run(&arguments),
        Some(CommandLine::Summary(arguments)) => summary::run(&arguments),
        Some(CommandLine::Maps(arguments)) => maps::run(&arguments),
        Some(CommandLine::CompareMaps(arguments)) => compare_maps::run(&arguments),
        Some(CommandLine::Diff(arguments)) => diff::run(&arguments),
        Some(CommandLine::Overview(arguments)) => overview::run(&arguments),
        Some(CommandLine::Explain(arguments)) => explain::run(&arguments),
        Some(CommandLine::Embed(arguments)) => embed::run(&arguments),
        Some(CommandLine::Confusion(arguments)) => confusion::run(&arguments),
        Some(CommandLine::Top(arguments)) => top::run(&arguments),
        Some(CommandLine::Visualize(arguments)) => visualize::run(&arguments),
        Some(CommandLine::Ablate(arguments)) => ablate::run(&arguments),
        Some(CommandLine::Transform(arguments)) => transform::run(&arguments),
        Some(CommandLine::Inspect(arguments)) => inspect::run(&arguments),
        Some(CommandLine::Import(arguments)) => import::run(&arguments),
        Some(CommandLine::Export(arguments)) => export::run(&arguments),
        Some(CommandLine::Lesson(arguments)) => lesson::run(&arguments),
        Some(CommandLine::Code(arguments)) => code::run(&arguments),
        Some(CommandLine::Data(arguments)) => data::run(&arguments),
    }
}

#[cfg(test)]
mod tests {
    use super::command;

    #[test]
    fn the_arguments_fit_together() {
        command().debug_assert();
    }
}
