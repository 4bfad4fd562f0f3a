//! Arguments that make no sense.

use super::say;
use crate::text::{Language, Text};

/// What is wrong with the arguments that the program was called with. Arguments and commands are
/// named as in the usage line.
pub enum Misuse<'a> {
    /// No such argument.
    Unknown(&'a str),
    /// An argument that may stand once.
    Repeated(&'a str),
    /// Arguments that exclude each other: one, and those it does not go with.
    Together(&'a str, &'a [&'a str]),
    /// An argument without its value.
    NoValue(&'a str),
    /// A value that is not taken, its argument, and why if that is known.
    Value(&'a str, &'a str, Option<&'a str>),
    /// Values more than the argument takes: the first of them, and the argument.
    TooMany(&'a str, &'a str),
    /// An argument, the values that it takes at least, and how many there are.
    TooFew(&'a str, usize, usize),
    /// Arguments that must be there.
    Missing(&'a [&'a str]),
    /// No such command.
    UnknownCommand(&'a str),
    /// A command that needs another after it, one of these.
    NoCommand(&'a str, &'a [&'a str]),
    /// Bytes that are no text.
    NotText,
    /// Whatever else; nobody knows what.
    Other,
}

impl Text {
    /// What is wrong with the arguments.
    #[must_use]
    pub fn misuse(&self, misuse: &Misuse<'_>) -> String {
        match *misuse {
            Misuse::Unknown(argument) => say!(
                self,
                "unexpected argument '{argument}' found",
                "no existe el argumento «{argument}»"
            ),
            Misuse::Repeated(argument) => say!(
                self,
                "the argument '{argument}' cannot be used multiple times",
                "el argumento «{argument}» solo puede darse una vez"
            ),
            Misuse::Together(argument, others) => {
                let others = self.quoted(others);
                say!(
                    self,
                    "the argument '{argument}' cannot be used with {others}",
                    "el argumento «{argument}» no puede usarse con {others}"
                )
            }
            Misuse::NoValue(argument) => say!(
                self,
                "a value is required for '{argument}' but none was supplied",
                "falta el valor de «{argument}»"
            ),
            Misuse::Value(value, argument, why) => {
                let why = why.map_or_else(String::new, |why| format!(": {why}"));
                say!(
                    self,
                    "invalid value '{value}' for '{argument}'{why}",
                    "«{value}» no vale para «{argument}»{why}"
                )
            }
            Misuse::TooMany(value, argument) => say!(
                self,
                "unexpected value '{value}' for '{argument}' found; no more were expected",
                "sobra el valor «{value}» de «{argument}»: no toma más"
            ),
            Misuse::TooFew(argument, least, found) => say!(
                self,
                "{least} values required by '{argument}'; only {found} given",
                "«{argument}» necesita {least} valores y solo hay {found}"
            ),
            Misuse::Missing(arguments) => {
                let arguments = self.quoted(arguments);
                match (self.language, arguments.len()) {
                    (Language::En, _) => format!("missing arguments: {arguments}"),
                    (Language::Es, _) => format!("faltan argumentos: {arguments}"),
                }
            }
            Misuse::UnknownCommand(command) => say!(
                self,
                "unrecognized subcommand '{command}'",
                "no existe la orden «{command}»"
            ),
            Misuse::NoCommand(command, commands) => {
                let commands = commands.join(", ");
                say!(
                    self,
                    "'{command}' requires a subcommand: {commands}",
                    "«{command}» necesita otra orden detrás: {commands}"
                )
            }
            Misuse::NotText => say!(
                self,
                "an argument is not valid UTF-8",
                "un argumento no es texto UTF-8"
            ),
            Misuse::Other => say!(
                self,
                "these arguments make no sense together",
                "estos argumentos no tienen sentido juntos"
            ),
        }
    }

    fn quoted(&self, words: &[&str]) -> String {
        let quoted: Vec<String> = words
            .iter()
            .map(|word| say!(self, "'{word}'", "«{word}»"))
            .collect();
        quoted.join(", ")
    }

    /// The values that an argument takes.
    #[must_use]
    pub fn possible_values(&self, values: &str) -> String {
        say!(self, "possible values: {values}", "valores: {values}")
    }

    /// A number beyond its bounds.
    #[must_use]
    pub fn choose_between(&self, least: &str, most: &str) -> String {
        say!(
            self,
            "choose {least} to {most}",
            "elige de {least} a {most}"
        )
    }

    /// Something of a similar name.
    #[must_use]
    pub fn did_you_mean(&self, similar: &[&str]) -> String {
        let similar = self.quoted(similar);
        say!(self, "did you mean {similar}?", "¿querías decir {similar}?")
    }

    /// How a value that looks like an argument is given.
    #[must_use]
    pub fn pass_as_value(&self, value: &str, escaped: &str) -> String {
        say!(
            self,
            "to pass '{value}' as a value, use '{escaped}'",
            "para dar «{value}» como valor, escribe «{escaped}»"
        )
    }
}
