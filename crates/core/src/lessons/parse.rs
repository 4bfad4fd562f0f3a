//! A step's file: fields between two lines `+++`, Markdown below.

use super::error::{LessonError, LessonFault};
use super::read::{Fault, Fields, Read, Value, document};
use super::show::{self, Experiment};
use super::step::{Check, Exercise, Step};
use crate::harmless;

/// What a step may say between the lines `+++`.
const STEP: &[&str] = &[
    "title", "minutes", "routes", "notes", "show", "check", "exercise",
];
const CHECK: &[&str] = &["question", "choices", "right", "why", "hints"];
const EXERCISE: &[&str] = &[
    "question",
    "why",
    "baseline",
    "changed",
    "seeds",
    "epochs",
    "images",
    "learning_rate",
];
/// Most routes past one step, and the longest in minutes.
const MAX_ROUTES: usize = 6;
const MAX_ROUTE: usize = 600;
/// Most actions of one step.
const MAX_ACTIONS: usize = 24;

/// Reads a step from its file's text. `file` is for errors; `name` becomes [`Step::name`].
///
/// # Errors
/// The first fault, with its line.
pub fn parse_step(file: &str, name: &str, source: &str) -> Result<Step, LessonError> {
    let error = |line, fault| LessonError {
        file: file.to_owned(),
        line,
        fault,
    };
    let (front, body) = split(source).map_err(|fault| error(Some(1), fault))?;
    let step = read_step(name, front, body).map_err(|Fault { at, fault }| {
        // The first line of the file is `+++`.
        let line = 2 + front.bytes().take(at).filter(|&byte| byte == b'\n').count();
        error(Some(line), fault)
    })?;
    if step.body.is_empty() {
        let line = source.lines().count();
        return Err(error(Some(line), LessonFault::Empty("+++ … +++".into())));
    }
    Ok(step)
}

/// The text between the lines `+++`, and the text below.
fn split(source: &str) -> Result<(&str, &str), LessonFault> {
    // Windows' editors like to begin a file with a mark of its encoding.
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let (first, rest) = source.split_once('\n').ok_or(LessonFault::NoFrontMatter)?;
    if first.trim_end() != "+++" {
        return Err(LessonFault::NoFrontMatter);
    }
    let mut start = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == "+++" {
            return Ok((&rest[..start], &rest[start + line.len()..]));
        }
        start += line.len();
    }
    Err(LessonFault::Unclosed)
}

fn read_step(name: &str, front: &str, body: &str) -> Read<Step> {
    let mut fields = document(front)?;
    let step = Step {
        name: name.to_owned(),
        title: fields.need("title")?.text()?,
        minutes: optional(fields.take("minutes"), |value| value.whole(1..=120))?,
        routes: optional(fields.take("routes"), |value| {
            let routes = value.list(1..=MAX_ROUTES)?;
            let routes = routes.iter().map(|route| route.whole(1..=MAX_ROUTE));
            routes.collect()
        })?
        .unwrap_or_default(),
        notes: optional(fields.take("notes"), |value| value.text())?.unwrap_or_default(),
        show: optional(fields.take("show"), |value| {
            let actions = value.list(1..=MAX_ACTIONS)?;
            actions.into_iter().map(show::read).collect()
        })?
        .unwrap_or_default(),
        check: optional(fields.take("check"), |value| check(value.fields()?))?,
        exercise: optional(fields.take("exercise"), |value| exercise(value.fields()?))?,
        body: harmless::lines(body.trim()),
    };
    fields.finish(STEP)?;
    Ok(step)
}

fn optional<'a, T>(
    value: Option<Value<'a>>,
    read: impl FnOnce(Value<'a>) -> Read<T>,
) -> Read<Option<T>> {
    value.map(read).transpose()
}

fn check(mut fields: Fields<'_>) -> Read<Check> {
    let question = fields.need("question")?.text()?;
    let choices = fields.need("choices")?.list(2..=6)?;
    let choices = choices.iter().map(Value::text).collect::<Read<Vec<_>>>()?;
    // Authors count from one.
    let right = fields.need("right")?.whole(1..=choices.len())? - 1;
    let why = fields.need("why")?.text()?;
    let wrong = choices.len() - 1;
    let hints = optional(fields.take("hints"), |value| {
        let hints = value.list(wrong..=wrong)?;
        hints.iter().map(Value::text).collect::<Read<Vec<_>>>()
    })?;
    fields.finish(CHECK)?;
    Ok(Check {
        question,
        choices,
        right,
        why,
        hints: hints.unwrap_or_default(),
    })
}

fn exercise(mut fields: Fields<'_>) -> Read<Exercise> {
    let question = fields.need("question")?.text()?;
    let why = fields.need("why")?.text()?;
    let networks = ["baseline", "changed"]
        .into_iter()
        .map(|name| show::network(fields.need(name)?))
        .collect::<Read<Vec<_>>>()?;
    let experiment = Experiment::of(networks, &mut fields)?;
    fields.finish(EXERCISE)?;
    Ok(Exercise {
        question,
        experiment,
        why,
    })
}
