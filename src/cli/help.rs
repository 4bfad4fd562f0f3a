//! The help in the system's language: clap's own, with every text replaced.

use clap::builder::StyledStr;
use clap::{Arg, Command};

use crate::text::{Language, help};

/// What clap writes around the help, in Spanish; `{usage}`, `{about}` and the like are clap's.
const TEMPLATE: &str = "{before-help}{about-with-newline}\nUso: {usage}\n\n{all-args}{after-help}";

/// The command with its help in a language.
#[must_use]
pub fn translated(command: Command, language: Language) -> Command {
    match language {
        Language::En => command,
        Language::Es => {
            let mut command = command;
            // clap's own arguments and commands are there only now.
            command.build();
            in_spanish(command)
        }
    }
}

fn in_spanish(mut command: Command) -> Command {
    if let Some(about) = command.get_about().map(spanish) {
        command = command.about(about);
    }
    if let Some(about) = command.get_long_about().map(spanish) {
        command = command.long_about(about);
    }
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim();
    command = command
        .override_usage(
            usage
                .replace("[OPTIONS]", "[OPCIONES]")
                .replace("<COMMAND>", "<ORDEN>")
                .replace("[COMMAND]", "[ORDEN]"),
        )
        .help_template(TEMPLATE)
        .subcommand_help_heading(Language::Es.text().commands.commands)
        .mut_args(argument);
    let names: Vec<String> = command
        .get_subcommands()
        .map(|subcommand| subcommand.get_name().to_owned())
        .collect();
    for name in names {
        command = command.mut_subcommand(name, in_spanish);
    }
    command
}

fn argument(argument: Arg) -> Arg {
    let words = &Language::Es.text().commands;
    let heading = if argument.is_positional() {
        words.arguments
    } else {
        words.options
    };
    let mut help = argument.get_help().map(spanish).unwrap_or_default();
    let defaults: Vec<_> = argument
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy())
        .collect();
    if !defaults.is_empty() && !argument.is_hide_default_value_set() && takes_value(&argument) {
        help = format!("{help} [{}: {}]", words.by_default, defaults.join(","));
    }
    let values: Vec<_> = argument
        .get_possible_values()
        .iter()
        .map(|value| value.get_name().to_owned())
        .collect();
    if !values.is_empty() && takes_value(&argument) {
        help = format!(
            "{help} [{}]",
            Language::Es.text().possible_values(&values.join(", "))
        );
    }
    argument
        .help(help)
        .help_heading(heading)
        .hide_default_value(true)
        .hide_possible_values(true)
}

fn takes_value(argument: &Arg) -> bool {
    argument.get_action().takes_values()
}

/// A text in Spanish; in English where nobody has translated it, which the tests do not let pass.
fn spanish(english: &StyledStr) -> String {
    let english = english.to_string();
    match help::spanish(&english) {
        Some(spanish) => spanish.to_owned(),
        None => english,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Arguments;

    /// Every text of the help of a command and of those below it.
    fn texts(command: &Command, found: &mut BTreeSet<String>) {
        let abouts = [command.get_about(), command.get_long_about()];
        let helps = command
            .get_arguments()
            .flat_map(|argument| [argument.get_help(), argument.get_long_help()]);
        let all = abouts.into_iter().chain(helps).flatten();
        found.extend(all.map(StyledStr::to_string));
        for subcommand in command.get_subcommands() {
            texts(subcommand, found);
        }
    }

    #[test]
    fn every_text_of_the_help_is_translated_and_none_is_left_over() {
        let mut command = Arguments::command();
        command.build();
        let mut said = BTreeSet::new();
        texts(&command, &mut said);
        let known: BTreeSet<_> = help::HELP
            .iter()
            .map(|(key, _)| (*key).to_owned())
            .collect();
        assert_eq!(known.len(), help::HELP.len(), "a key stands twice");
        let missing: Vec<_> = said.difference(&known).collect();
        assert!(missing.is_empty(), "without Spanish: {missing:#?}");
        let stale: Vec<_> = known.difference(&said).collect();
        assert!(stale.is_empty(), "said no more: {stale:#?}");
    }

    fn help_of(language: Language, path: &[&str]) -> String {
        let mut command = translated(Arguments::command(), language);
        command.build();
        let command = path.iter().fold(&mut command, |command, name| {
            command.find_subcommand_mut(name).unwrap()
        });
        command.render_long_help().to_string()
    }

    #[test]
    fn spanish_help_keeps_names_defaults_and_values() {
        let words = |help: &str| -> BTreeSet<String> {
            let words = help.split(|letter: char| !(letter.is_alphanumeric() || letter == '-'));
            words
                .filter(|word| word.starts_with("--"))
                .map(str::to_owned)
                .collect()
        };
        for path in [
            &[][..],
            &["train"],
            &["maps"],
            &["runs", "delete"],
            &["data", "download"],
        ] {
            let (english, spanish) = (help_of(Language::En, path), help_of(Language::Es, path));
            assert_eq!(words(&english), words(&spanish), "{path:?}");
            for left in [
                "Usage", "OPTIONS", "Options", "Commands", "COMMAND", "default", "possible",
            ] {
                assert!(!spanish.contains(left), "{path:?}: {spanish}");
            }
        }
        let maps = help_of(Language::Es, &["maps"]);
        assert!(maps.contains("[por omisión: 0,7,26]"), "{maps}");
        assert!(
            maps.contains("[valores: per-map, per-column, per-layer]"),
            "{maps}"
        );
    }

    #[test]
    fn arguments_are_understood_in_both_languages() {
        for language in [Language::En, Language::Es] {
            let command = translated(Arguments::command(), language);
            let matches = command.try_get_matches_from(["convlens", "train", "--epochs", "2"]);
            assert_eq!(matches.unwrap().subcommand_name(), Some("train"));
        }
    }
}
