//! Reading TOML value by value, so that each fault has its line and can be said in any language;
//! serde's messages are English only.

use std::ops::RangeInclusive;

use toml::de::{DeTable, DeValue};

use super::error::{Expected, LessonFault};
use crate::bounds::brief;
use crate::harmless;

/// Largest index of a test image that is taken; the window leaves out what its data set lacks.
pub(super) const MAX_IMAGE: usize = 99_999;

/// A fault, and the byte of the source where it is.
pub struct Fault {
    pub at: usize,
    pub fault: LessonFault,
}

pub type Read<T> = Result<T, Fault>;

/// A value under a name.
pub struct Value<'a> {
    pub name: String,
    /// Byte of the source where it begins.
    pub at: usize,
    content: DeValue<'a>,
}

/// The fields of a table that have not been taken yet.
pub struct Fields<'a> {
    at: usize,
    left: Vec<Value<'a>>,
}

/// Parses a document.
pub fn document(source: &str) -> Read<Fields<'_>> {
    let table = DeTable::parse(source).map_err(|error| Fault {
        at: error.span().map_or(0, |span| span.start),
        // Without the source, which the error draws.
        fault: LessonFault::Syntax(brief(error.message())),
    })?;
    Ok(Fields::new(0, table.into_inner()))
}

impl<'a> Fields<'a> {
    fn new(at: usize, table: DeTable<'a>) -> Self {
        let left = table.into_iter().map(|(name, value)| Value {
            name: name.into_inner().into_owned(),
            at: value.span().start,
            content: value.into_inner(),
        });
        Self {
            at,
            left: left.collect(),
        }
    }

    /// Takes a field, if it is there.
    pub fn take(&mut self, name: &str) -> Option<Value<'a>> {
        let index = self.left.iter().position(|value| value.name == name)?;
        Some(self.left.swap_remove(index))
    }

    /// Takes a field that must be there.
    pub fn need(&mut self, name: &'static str) -> Read<Value<'a>> {
        let at = self.at;
        self.take(name).ok_or(Fault {
            at,
            fault: LessonFault::Missing(name),
        })
    }

    /// Takes the only field there may be.
    pub fn only(mut self) -> Read<Value<'a>> {
        match (self.left.pop(), self.left.is_empty()) {
            (Some(value), true) => Ok(value),
            _ => Err(Fault {
                at: self.at,
                fault: LessonFault::NotOneAction,
            }),
        }
    }

    /// Refuses what nobody took; `known` is what there could have been.
    pub fn finish(self, known: &'static [&'static str]) -> Read<()> {
        match self.left.into_iter().min_by_key(|value| value.at) {
            None => Ok(()),
            Some(value) => Err(Fault {
                at: value.at,
                fault: LessonFault::UnknownField {
                    name: brief(value.name),
                    known,
                },
            }),
        }
    }
}

impl<'a> Value<'a> {
    /// A fault of this value.
    pub fn fault(&self, fault: LessonFault) -> Fault {
        Fault { at: self.at, fault }
    }

    fn wrong_kind(&self, expected: Expected) -> Fault {
        self.fault(LessonFault::WrongKind {
            field: self.name.clone(),
            expected,
        })
    }

    /// Text that says something, without the blanks around it.
    pub fn text(&self) -> Read<String> {
        let text = self
            .content
            .as_str()
            .ok_or(self.wrong_kind(Expected::Text))?;
        if text.trim().is_empty() {
            return Err(self.fault(LessonFault::Empty(self.name.clone())));
        }
        Ok(harmless::lines(text.trim()))
    }

    /// Whether this is text at all.
    pub fn is_text(&self) -> bool {
        self.content.is_str()
    }

    /// One of the words, and what it stands for.
    pub fn word<T: Copy>(&self, words: &[(&'static str, T)]) -> Read<T> {
        let word = self.text()?;
        let found = words.iter().find(|(name, _)| *name == word);
        found.map(|(_, meaning)| *meaning).ok_or_else(|| {
            self.fault(LessonFault::UnknownWord {
                field: self.name.clone(),
                word: brief(word),
                known: words.iter().map(|(name, _)| *name).collect(),
            })
        })
    }

    /// A whole number in a range.
    pub fn whole(&self, range: RangeInclusive<usize>) -> Read<usize> {
        let number = self
            .content
            .as_integer()
            .ok_or(self.wrong_kind(Expected::Whole))?;
        // What does not even fit is out of every range.
        let number = usize::from_str_radix(number.as_str(), number.radix()).ok();
        number
            .filter(|number| range.contains(number))
            .ok_or_else(|| self.out_of_range(*range.start() as f64, *range.end() as f64))
    }

    /// One of a few whole numbers, smallest first.
    pub fn one_of(&self, numbers: &[usize]) -> Read<usize> {
        let (min, max) = match numbers {
            [first, .., last] => (*first, *last),
            _ => (0, 0),
        };
        let number = self.whole(min..=max)?;
        if numbers.contains(&number) {
            Ok(number)
        } else {
            Err(self.fault(LessonFault::NotOffered {
                field: self.name.clone(),
                known: numbers.to_vec(),
            }))
        }
    }

    /// A number, whole or not, in a range.
    pub fn number(&self, range: RangeInclusive<f64>) -> Read<f64> {
        let digits = match &self.content {
            DeValue::Float(number) => number.as_str(),
            DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
            _ => return Err(self.wrong_kind(Expected::Number)),
        };
        let number: Option<f64> = digits.parse().ok();
        number
            .filter(|number| range.contains(number))
            .ok_or_else(|| self.out_of_range(*range.start(), *range.end()))
    }

    fn out_of_range(&self, min: f64, max: f64) -> Fault {
        self.fault(LessonFault::OutOfRange {
            field: self.name.clone(),
            min,
            max,
        })
    }

    /// True or false.
    pub fn flag(&self) -> Read<bool> {
        self.content
            .as_bool()
            .ok_or(self.wrong_kind(Expected::Flag))
    }

    /// The values of a list, so many at least and at most, each under the list's name.
    pub fn list(self, count: RangeInclusive<usize>) -> Read<Vec<Value<'a>>> {
        let expected = Expected::List(*count.start(), *count.end());
        let wrong = self.wrong_kind(expected);
        let DeValue::Array(values) = self.content else {
            return Err(wrong);
        };
        if !count.contains(&values.len()) {
            return Err(wrong);
        }
        let values = values.into_iter().map(|value| Value {
            name: self.name.clone(),
            at: value.span().start,
            content: value.into_inner(),
        });
        Ok(values.collect())
    }

    /// The fields of a table.
    pub fn fields(self) -> Read<Fields<'a>> {
        let wrong = self.wrong_kind(Expected::Fields);
        match self.content {
            DeValue::Table(table) => Ok(Fields::new(self.at, table)),
            _ => Err(wrong),
        }
    }
}
