//! Arguments that make no sense, in the system's language: what clap found, in our words.

use std::error::Error as _;
use std::fmt::Write as _;
use std::num::{IntErrorKind, ParseFloatError, ParseIntError};

use clap::builder::{StyledStr, Styles};
use clap::error::{ContextKind, ContextValue, ErrorFormatter, ErrorKind};

use crate::text::{Misuse, Text};

/// Says an error of the arguments in the system's language.
pub struct InWords;

type Error = clap::error::Error<InWords>;

impl ErrorFormatter for InWords {
    fn format_error(error: &Error) -> StyledStr {
        in_words(error, super::text())
    }
}

/// The error, what may have been meant, the usage.
fn in_words(error: &Error, text: &Text) -> StyledStr {
    let styles = Styles::styled();
    let (red, green) = (styles.get_error(), styles.get_valid());
    let commands = &text.commands;
    let mut said = StyledStr::new();
    // Writing to a string does not fail.
    let _written = write!(
        said,
        "{red}{}{red:#} {}",
        commands.error,
        fault(error, text)
    );
    let values = strings(error, ContextKind::ValidValue);
    if !values.is_empty() {
        let values = text.possible_values(&values.join(", "));
        let _written = write!(said, "\n  [{values}]");
    }
    let tips = tips(error, text);
    for (place, tip) in tips.iter().enumerate() {
        let gap = if place == 0 { "\n\n" } else { "\n" };
        let _written = write!(said, "{gap}  {green}{}{green:#} {tip}", commands.tip);
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        let usage = usage.to_string();
        let usage = usage.trim_start_matches("Usage:").trim();
        let _written = write!(said, "\n\n{} {usage}", commands.usage);
    }
    let _written = write!(said, "\n\n{}\n", commands.try_help);
    said
}

fn fault(error: &Error, text: &Text) -> String {
    let argument = strings(error, ContextKind::InvalidArg);
    let name = argument.first().copied().unwrap_or_default();
    let value = string(error, ContextKind::InvalidValue);
    let command = string(error, ContextKind::InvalidSubcommand);
    let why = reason(error, text);
    let prior = strings(error, ContextKind::PriorArg);
    let commands = strings(error, ContextKind::ValidSubcommand);
    let misuse = match error.kind() {
        ErrorKind::UnknownArgument => Misuse::Unknown(name),
        ErrorKind::ArgumentConflict if prior == [name] => Misuse::Repeated(name),
        ErrorKind::ArgumentConflict if name.is_empty() => Misuse::Together(command, &prior),
        ErrorKind::ArgumentConflict => Misuse::Together(name, &prior),
        ErrorKind::InvalidValue | ErrorKind::NoEquals if value.is_empty() => Misuse::NoValue(name),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            Misuse::Value(value, name, why.as_deref())
        }
        ErrorKind::TooManyValues => Misuse::TooMany(value, name),
        ErrorKind::TooFewValues => Misuse::TooFew(
            name,
            number(error, ContextKind::MinValues),
            number(error, ContextKind::ActualNumValues),
        ),
        ErrorKind::WrongNumberOfValues => Misuse::TooFew(
            name,
            number(error, ContextKind::ExpectedNumValues),
            number(error, ContextKind::ActualNumValues),
        ),
        ErrorKind::MissingRequiredArgument => Misuse::Missing(&argument),
        ErrorKind::InvalidSubcommand => Misuse::UnknownCommand(command),
        ErrorKind::MissingSubcommand => Misuse::NoCommand(command, &commands),
        ErrorKind::InvalidUtf8 => Misuse::NotText,
        _ => Misuse::Other,
    };
    text.misuse(&misuse)
}

/// Why a value is not taken. Our own parsers say it in the right language, Rust's and clap's in English.
fn reason(error: &Error, text: &Text) -> Option<String> {
    let source = error.source()?;
    if let Some(error) = source.downcast_ref::<ParseIntError>() {
        let is_large = *error.kind() == IntErrorKind::PosOverflow;
        let words = if is_large {
            text.commands.beyond_range
        } else {
            text.commands.not_whole
        };
        return Some(words.to_owned());
    }
    if source.is::<ParseFloatError>() {
        return Some(text.commands.not_number.to_owned());
    }
    let said = source.to_string();
    // clap has the bounds in this sentence only.
    let bounds = said.split_once(" is not in ").map(|(_, bounds)| bounds);
    match bounds.and_then(|bounds| bounds.split_once("..=")) {
        Some((least, most)) => Some(text.choose_between(least, most)),
        None => Some(said),
    }
}

/// What may have been meant.
fn tips(error: &Error, text: &Text) -> Vec<String> {
    let kinds = [
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
    ];
    let similar = kinds.map(|kind| strings(error, kind));
    let similar = similar.iter().filter(|similar| !similar.is_empty());
    let mut tips: Vec<String> = similar.map(|similar| text.did_you_mean(similar)).collect();
    if let Some(ContextValue::StyledStrs(sentences)) = error.get(ContextKind::Suggested) {
        for sentence in sentences {
            // What it is about stands between quotes: 'x' exists; to pass 'x' as a value, use '-- x'.
            let sentence = sentence.to_string();
            let quoted: Vec<&str> = sentence.split('\'').skip(1).step_by(2).collect();
            match quoted[..] {
                [value, escaped] if escaped.contains("-- ") => {
                    tips.push(text.pass_as_value(value, escaped));
                }
                [exists, ..] => tips.push(text.did_you_mean(&[exists])),
                [] => {}
            }
        }
    }
    tips
}

fn strings(error: &Error, kind: ContextKind) -> Vec<&str> {
    match error.get(kind) {
        Some(ContextValue::String(word)) => vec![word],
        Some(ContextValue::Strings(words)) => words.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    }
}

fn string(error: &Error, kind: ContextKind) -> &str {
    strings(error, kind).first().copied().unwrap_or_default()
}

fn number(error: &Error, kind: ContextKind) -> usize {
    match error.get(kind) {
        Some(ContextValue::Number(number)) => usize::try_from(*number).unwrap_or_default(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::{Arguments, help};
    use crate::text::Language;

    fn said(language: Language, arguments: &[&str]) -> String {
        let command = help::translated(Arguments::command(), language);
        let arguments = [&["convlens"], arguments].concat();
        let error = command.try_get_matches_from(arguments).unwrap_err();
        in_words(&error.apply(), language.text()).to_string()
    }

    #[test]
    fn what_clap_finds_is_said_in_both_languages() {
        let cases: [(&[&str], &str, &str); 14] = [
            (
                &["--nope"],
                "unexpected argument '--nope'",
                "no existe el argumento «--nope»",
            ),
            (
                &["train", "--epoch", "3"],
                "did you mean '--epochs'?",
                "¿querías decir «--epochs»?",
            ),
            (
                &["train", "--epochs"],
                "a value is required for '--epochs",
                "falta el valor de «--epochs",
            ),
            (
                &["train", "--epochs", "x"],
                "not a whole number",
                "no es un número entero",
            ),
            (
                &["train", "--epochs", "99999999999999999999"],
                "too large",
                "demasiado grande",
            ),
            (
                &["train", "--learning-rate", "x"],
                "not a number",
                "no es un número",
            ),
            (
                &["evaluate", "--threads", "65"],
                "choose 1 to 64",
                "elige de 1 a 64",
            ),
            (
                &["explain", "--fill", "256"],
                "choose 0 to 255",
                "elige de 0 a 255",
            ),
            (
                &["maps", "--range", "per-lyer", "--out", "m.png"],
                "did you mean 'per-layer'?",
                "¿querías decir «per-layer»?",
            ),
            (
                &["train", "--seed", "1", "--seed", "2"],
                "cannot be used multiple times",
                "solo puede darse una vez",
            ),
            (
                &["compare", "1", "2", "--csv", "--json"],
                "cannot be used with '--json'",
                "no puede usarse con «--json»",
            ),
            (
                &["compare", "1"],
                "2 values required",
                "necesita 2 valores y solo hay 1",
            ),
            (
                &["maps"],
                "missing arguments: '--out",
                "faltan argumentos: «--out",
            ),
            (&["runs", "delet"], "'delete'", "«delete»"),
        ];
        for (arguments, english, spanish) in cases {
            let en = said(Language::En, arguments);
            assert!(en.contains(english), "{arguments:?}: {en}");
            let es = said(Language::Es, arguments);
            assert!(es.contains(spanish), "{arguments:?}: {es}");
            for left in [
                "Usage", "OPTIONS", "COMMAND", "tip:", " the ", " value", "For more",
            ] {
                assert!(!es.contains(left), "{arguments:?}: {es}");
            }
        }
    }
}
