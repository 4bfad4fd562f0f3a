//! Python's pickles as plain values. A pickle is a small program whose instructions may name any function of Python to be
//! called; here a call is only written down, as the name and its arguments, and nothing is run.
//!
//! The instructions are those of the protocols 2 to 5, as Python's `pickletools` describes them. Values lie in one list and
//! name each other by their places in it, so that what contains itself is no trouble, and a value that is used a million
//! times is there once.

use std::collections::HashMap;

/// Most values of a pickle: a network has some hundred, a long history of losses some ten thousand.
const MAX_VALUES: usize = 1 << 20;

/// Place of a value in its [`Pickle`].
pub(super) type Id = u32;

/// A value of Python's.
#[derive(Debug)]
pub(super) enum Value {
    /// `None`, and whatever is of no use here: booleans, floats, bytes, sets.
    Other,
    Int(i64),
    Text(String),
    /// A class or function, `module.name`.
    Global(String),
    Tuple(Vec<Id>),
    List(Vec<Id>),
    /// In the order in which the entries were put in. `OrderedDict` and `defaultdict` are told as this, too.
    Dict(Vec<(Id, Id)>),
    /// What a call would make.
    Object(Object),
    /// Something beside the pickle, by what names it.
    Persistent(Id),
}

/// What a call of `callable` with `arguments` would make, and what would be put into it afterwards.
#[derive(Debug)]
pub(super) struct Object {
    pub callable: Id,
    pub arguments: Id,
    /// What the object would be set up with; its attributes by name, as a rule.
    pub state: Option<Id>,
}

/// The values of a pickle.
#[derive(Debug)]
pub(super) struct Pickle {
    values: Vec<Value>,
    root: Id,
}

/// What is wrong with a pickle.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum PickleFault {
    #[error("it breaks off")]
    CutOff,
    #[error("an instruction {0:#04x} that no protocol from 2 to 5 has")]
    Unknown(u8),
    #[error("an instruction without what it works on")]
    Empty,
    #[error("more than {MAX_VALUES} values")]
    TooMany,
    #[error("a text that is none")]
    Text,
}

impl Pickle {
    /// Reads a pickle at the beginning of `bytes`, and leaves what is behind it.
    pub fn read(bytes: &mut &[u8]) -> Result<Self, PickleFault> {
        let mut machine = Machine {
            rest: bytes,
            values: Vec::new(),
            stack: Vec::new(),
            marks: Vec::new(),
            memo: HashMap::new(),
        };
        let root = machine.run()?;
        *bytes = machine.rest;
        let values = machine.values;
        Ok(Self { values, root })
    }

    /// What the pickle is of.
    pub fn root(&self) -> Id {
        self.root
    }

    /// All of its values.
    pub fn ids(&self) -> impl Iterator<Item = Id> {
        0..self.values.len() as Id
    }

    pub fn get(&self, id: Id) -> &Value {
        &self.values[id as usize]
    }

    pub fn text(&self, id: Id) -> Option<&str> {
        match self.get(id) {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A whole number from 0 on.
    pub fn count(&self, id: Id) -> Option<usize> {
        match self.get(id) {
            Value::Int(value) => usize::try_from(*value).ok(),
            _ => None,
        }
    }

    pub fn tuple(&self, id: Id) -> Option<&[Id]> {
        match self.get(id) {
            Value::Tuple(ids) => Some(ids),
            _ => None,
        }
    }

    /// The numbers of a tuple.
    pub fn counts(&self, id: Id) -> Option<Vec<usize>> {
        self.tuple(id)?.iter().map(|id| self.count(*id)).collect()
    }

    pub fn global(&self, id: Id) -> Option<&str> {
        match self.get(id) {
            Value::Global(name) => Some(name),
            _ => None,
        }
    }

    /// The entry of a dictionary with this key.
    pub fn entry(&self, dict: Id, key: &str) -> Option<Id> {
        let Value::Dict(entries) = self.get(dict) else {
            return None;
        };
        let found = entries.iter().find(|(k, _)| self.text(*k) == Some(key));
        found.map(|(_, value)| *value)
    }
}

/// Python's pickle machine: a stack, marks on it, and a memo of what is used again.
struct Machine<'a> {
    rest: &'a [u8],
    values: Vec<Value>,
    stack: Vec<Id>,
    /// Heights of the stack.
    marks: Vec<usize>,
    memo: HashMap<u32, Id>,
}

impl<'a> Machine<'a> {
    fn run(&mut self) -> Result<Id, PickleFault> {
        loop {
            match self.byte()? {
                // PROTO, FRAME
                0x80 => _ = self.byte()?,
                0x95 => _ = self.take(8)?,
                // STOP
                b'.' => return self.pop(),
                // MARK, POP, DUP
                b'(' => self.marks.push(self.stack.len()),
                b'0' => _ = self.pop()?,
                b'2' => {
                    let top = self.top()?;
                    self.stack.push(top);
                }
                // NONE, NEWTRUE, NEWFALSE, EMPTY_SET
                b'N' | 0x88 | 0x89 | 0x8f => self.push(Value::Other)?,
                // BINFLOAT
                b'G' => {
                    self.take(8)?;
                    self.push(Value::Other)?;
                }
                // BININT1, BININT2, BININT, LONG1, LONG4
                b'K' => self.integer(1, false)?,
                b'M' => self.integer(2, false)?,
                b'J' => self.integer(4, true)?,
                0x8a => {
                    let length = self.length(1)?;
                    self.integer(length, true)?;
                }
                0x8b => {
                    let length = self.length(4)?;
                    self.integer(length, true)?;
                }
                // BINUNICODE, SHORT_BINUNICODE, BINUNICODE8
                b'X' => self.string(4)?,
                0x8c => self.string(1)?,
                0x8d => self.string(8)?,
                // BINSTRING, SHORT_BINSTRING, BINBYTES, SHORT_BINBYTES, BINBYTES8, BYTEARRAY8
                b'T' | b'B' => self.bytes(4)?,
                b'U' | b'C' => self.bytes(1)?,
                0x8e | 0x96 => self.bytes(8)?,
                // EMPTY_TUPLE, TUPLE1, TUPLE2, TUPLE3, TUPLE
                b')' => self.push(Value::Tuple(Vec::new()))?,
                0x85 => self.tuple(1)?,
                0x86 => self.tuple(2)?,
                0x87 => self.tuple(3)?,
                b't' => {
                    let items = self.pop_mark()?;
                    self.push(Value::Tuple(items))?;
                }
                // EMPTY_LIST, LIST, APPEND, APPENDS
                b']' => self.push(Value::List(Vec::new()))?,
                b'l' => {
                    let items = self.pop_mark()?;
                    self.push(Value::List(items))?;
                }
                b'a' => {
                    let item = self.pop()?;
                    self.append(&[item])?;
                }
                b'e' => {
                    let items = self.pop_mark()?;
                    self.append(&items)?;
                }
                // EMPTY_DICT, DICT, SETITEM, SETITEMS
                b'}' => self.push(Value::Dict(Vec::new()))?,
                b'd' => {
                    let items = self.pop_mark()?;
                    self.push(Value::Dict(Vec::new()))?;
                    self.set_items(&items)?;
                }
                b's' => {
                    let value = self.pop()?;
                    let key = self.pop()?;
                    self.set_items(&[key, value])?;
                }
                b'u' => {
                    let items = self.pop_mark()?;
                    self.set_items(&items)?;
                }
                // POP_MARK; ADDITEMS to a set, whose items are not kept; FROZENSET
                b'1' | 0x90 => _ = self.pop_mark()?,
                0x91 => {
                    self.pop_mark()?;
                    self.push(Value::Other)?;
                }
                // GLOBAL, STACK_GLOBAL
                b'c' => {
                    let (module, name) = (self.line()?, self.line()?);
                    self.push(Value::Global(format!("{module}.{name}")))?;
                }
                0x93 => {
                    let (name, module) = (self.pop()?, self.pop()?);
                    let name = match (self.value(module), self.value(name)) {
                        (Value::Text(module), Value::Text(name)) => format!("{module}.{name}"),
                        _ => return Err(PickleFault::Text),
                    };
                    self.push(Value::Global(name))?;
                }
                // REDUCE, NEWOBJ
                b'R' | 0x81 => {
                    let (arguments, callable) = (self.pop()?, self.pop()?);
                    self.call(callable, arguments)?;
                }
                // NEWOBJ_EX, whose last argument is a dictionary of named ones
                0x92 => {
                    let (_named, arguments, callable) = (self.pop()?, self.pop()?, self.pop()?);
                    self.call(callable, arguments)?;
                }
                // BUILD
                b'b' => {
                    let (state, object) = (self.pop()?, self.top()?);
                    if let Value::Object(object) = self.value_mut(object) {
                        object.state = Some(state);
                    }
                }
                // BINPERSID
                b'Q' => {
                    let name = self.pop()?;
                    self.push(Value::Persistent(name))?;
                }
                // BINPUT, LONG_BINPUT, MEMOIZE
                b'q' => self.put(1)?,
                b'r' => self.put(4)?,
                0x94 => {
                    let place = u32::try_from(self.memo.len()).map_err(|_| PickleFault::TooMany)?;
                    let top = self.top()?;
                    self.memo.insert(place, top);
                }
                // BINGET, LONG_BINGET
                b'h' => self.recall(1)?,
                b'j' => self.recall(4)?,
                other => return Err(PickleFault::Unknown(other)),
            }
        }
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], PickleFault> {
        let (taken, rest) = self
            .rest
            .split_at_checked(count)
            .ok_or(PickleFault::CutOff)?;
        self.rest = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, PickleFault> {
        Ok(self.take(1)?[0])
    }

    /// Text to the end of a line.
    fn line(&mut self) -> Result<&'a str, PickleFault> {
        let end = self.rest.iter().position(|byte| *byte == b'\n');
        let line = self.take(end.ok_or(PickleFault::CutOff)?)?;
        self.take(1)?;
        std::str::from_utf8(line).map_err(|_| PickleFault::Text)
    }

    /// A length in so many bytes, the least first.
    fn length(&mut self, bytes: usize) -> Result<usize, PickleFault> {
        let bytes = self.take(bytes)?.iter().rev();
        let length = bytes.fold(0_u64, |length, byte| length << 8 | u64::from(*byte));
        usize::try_from(length).map_err(|_| PickleFault::CutOff)
    }

    /// A whole number in so many bytes, the least first. One of more than eight has no use here.
    fn integer(&mut self, bytes: usize, is_signed: bool) -> Result<(), PickleFault> {
        let bytes = self.take(bytes)?;
        let mut wide = [0; 8];
        let value = match wide.get_mut(..bytes.len()) {
            None => Value::Other,
            Some(low) => {
                low.copy_from_slice(bytes);
                if is_signed && bytes.last().is_some_and(|byte| byte & 0x80 != 0) {
                    wide[bytes.len()..].fill(0xff);
                }
                Value::Int(i64::from_le_bytes(wide))
            }
        };
        self.push(value)
    }

    fn string(&mut self, length_bytes: usize) -> Result<(), PickleFault> {
        let length = self.length(length_bytes)?;
        let text = String::from_utf8(self.take(length)?.to_vec());
        self.push(Value::Text(text.map_err(|_| PickleFault::Text)?))
    }

    fn bytes(&mut self, length_bytes: usize) -> Result<(), PickleFault> {
        let length = self.length(length_bytes)?;
        self.take(length)?;
        self.push(Value::Other)
    }

    fn push(&mut self, value: Value) -> Result<(), PickleFault> {
        if self.values.len() >= MAX_VALUES {
            return Err(PickleFault::TooMany);
        }
        self.stack.push(self.values.len() as Id);
        self.values.push(value);
        Ok(())
    }

    fn pop(&mut self) -> Result<Id, PickleFault> {
        // What is under a mark belongs to somebody else.
        if self
            .marks
            .last()
            .is_some_and(|mark| self.stack.len() <= *mark)
        {
            return Err(PickleFault::Empty);
        }
        self.stack.pop().ok_or(PickleFault::Empty)
    }

    /// Everything above the last mark, and the mark.
    fn pop_mark(&mut self) -> Result<Vec<Id>, PickleFault> {
        let mark = self.marks.pop().ok_or(PickleFault::Empty)?;
        Ok(self.stack.split_off(mark))
    }

    fn top(&self) -> Result<Id, PickleFault> {
        self.stack.last().copied().ok_or(PickleFault::Empty)
    }

    fn value(&self, id: Id) -> &Value {
        &self.values[id as usize]
    }

    fn value_mut(&mut self, id: Id) -> &mut Value {
        &mut self.values[id as usize]
    }

    fn tuple(&mut self, count: usize) -> Result<(), PickleFault> {
        let mut items = Vec::with_capacity(count);
        for _ in 0..count {
            items.push(self.pop()?);
        }
        items.reverse();
        self.push(Value::Tuple(items))
    }

    /// Appends to the list on top; to anything else it has no effect that matters here.
    fn append(&mut self, items: &[Id]) -> Result<(), PickleFault> {
        let top = self.top()?;
        if let Value::List(list) = self.value_mut(top) {
            list.extend_from_slice(items);
        }
        Ok(())
    }

    fn set_items(&mut self, items: &[Id]) -> Result<(), PickleFault> {
        let top = self.top()?;
        if let Value::Dict(entries) = self.value_mut(top) {
            let pairs = items.chunks_exact(2);
            if !pairs.remainder().is_empty() {
                return Err(PickleFault::Empty);
            }
            entries.extend(pairs.map(|pair| (pair[0], pair[1])));
        }
        Ok(())
    }

    fn call(&mut self, callable: Id, arguments: Id) -> Result<(), PickleFault> {
        let is_dict = matches!(
            self.value(callable),
            Value::Global(name) if name == "collections.OrderedDict" || name == "collections.defaultdict"
        );
        self.push(if is_dict {
            Value::Dict(Vec::new())
        } else {
            Value::Object(Object {
                callable,
                arguments,
                state: None,
            })
        })
    }

    fn put(&mut self, bytes: usize) -> Result<(), PickleFault> {
        let place = self.length(bytes)? as u32;
        let top = self.top()?;
        self.memo.insert(place, top);
        Ok(())
    }

    fn recall(&mut self, bytes: usize) -> Result<(), PickleFault> {
        let place = self.length(bytes)? as u32;
        let id = *self.memo.get(&place).ok_or(PickleFault::Empty)?;
        // A stack that grows without values growing is bounded by the bytes of the pickle.
        self.stack.push(id);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(mut bytes: &[u8]) -> Result<Pickle, PickleFault> {
        Pickle::read(&mut bytes)
    }

    #[test]
    fn plain_values_are_those_that_python_wrote() {
        // pickle.dumps({"a": (1, -2, 300), "b": [70000, 2**40]}, protocol=p), Python 3.11
        for bytes in [
            &b"\x80\x02}q\x00(X\x01\x00\x00\x00aq\x01K\x01J\xfe\xff\xff\xffM,\x01\x87q\x02X\x01\x00\x00\x00bq\x03]q\x04(Jp\x11\x01\x00\x8a\x06\x00\x00\x00\x00\x00\x01eu."[..],
            b"\x80\x04\x95(\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x01a\x94K\x01J\xfe\xff\xff\xffM,\x01\x87\x94\x8c\x01b\x94]\x94(Jp\x11\x01\x00\x8a\x06\x00\x00\x00\x00\x00\x01eu.",
        ] {
            let pickle = read(bytes).unwrap();
            let a = pickle.entry(pickle.root(), "a").unwrap();
            let numbers = pickle.tuple(a).unwrap().iter();
            let numbers = numbers.map(|id| match pickle.get(*id) {
                Value::Int(value) => *value,
                other => panic!("{other:?}"),
            });
            assert_eq!(numbers.collect::<Vec<_>>(), [1, -2, 300]);
            let b = pickle.entry(pickle.root(), "b").unwrap();
            let Value::List(list) = pickle.get(b) else {
                panic!("no list")
            };
            assert_eq!(pickle.count(list[0]), Some(70_000));
            assert_eq!(pickle.count(list[1]), Some(1 << 40));
        }
    }

    #[test]
    fn a_call_is_written_down_and_not_made() {
        // os.system("true") by __reduce__
        let pickle = read(b"\x80\x02cposix\nsystem\nX\x04\x00\x00\x00true\x85R.").unwrap();
        let Value::Object(object) = pickle.get(pickle.root()) else {
            panic!("no object")
        };
        assert_eq!(pickle.global(object.callable), Some("posix.system"));
        let arguments = pickle.tuple(object.arguments).unwrap();
        assert_eq!(pickle.text(arguments[0]), Some("true"));
    }

    #[test]
    fn damaged_ones_are_refused_and_small_ones_stay_small() {
        for (bytes, fault) in [
            (&b"\x80\x02}"[..], PickleFault::CutOff),
            (b"\x80\x02.", PickleFault::Empty),
            (b"\x80\x02(.", PickleFault::Empty),
            (b"\x80\x02Xaaaaaa.", PickleFault::CutOff),
            (b"\x80\x02h\x07.", PickleFault::Empty),
            (b"\x80\x02I1\n.", PickleFault::Unknown(b'I')),
            (b"\x80\x02}K\x01su.", PickleFault::Empty),
            (b"\x80\x02K\x01(K\x02R.", PickleFault::Empty),
        ] {
            assert_eq!(read(bytes).unwrap_err(), fault, "{bytes:?}");
        }
        // A list in a list in a list …, each there twice: 2^60 numbers, and a hundred values here.
        let mut bytes = b"\x80\x02]q\x00".to_vec();
        for depth in 0..60 {
            bytes.extend([b']', b'q', depth + 1, b'(', b'h', depth, b'h', depth, b'e']);
        }
        bytes.push(b'.');
        assert!(read(&bytes).unwrap().values.len() < 100);
    }
}
