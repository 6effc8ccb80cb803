//! A place in a JSON document: knows its pointer, gathers faults instead of stopping at the first.

use std::cell::RefCell;

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::limits;
use crate::calendar::{first_day, last_day, read_day};
use crate::language::{Bilingual, Language};
use crate::text::{too_long, unfit};

/// What is wrong with one place of a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.told(Language::English))]
pub struct Fault {
    /// JSON pointer (RFC 6901); empty for the whole document.
    pub pointer: String,
    pub message: Bilingual,
}

impl Fault {
    /// A fault in the words of both languages.
    pub fn new(pointer: impl Into<String>, message: impl Into<Bilingual>) -> Fault {
        Fault { pointer: pointer.into(), message: message.into() }
    }

    /// The fault with its place, for whoever reads the document itself.
    #[must_use]
    pub fn told(&self, language: Language) -> String {
        let (pointer, message) = (&self.pointer, self.message.get(language));
        let pointer = if pointer.is_empty() { "/" } else { pointer };
        match language {
            Language::Chinese => format!("{pointer}：{message}"),
            Language::English => format!("{pointer}: {message}"),
        }
    }
}

/// A value with its place; faults go to the list that all nodes of a document share.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    value: &'a Value,
    parent: Option<&'a Node<'a>>,
    key: Key<'a>,
    faults: &'a RefCell<Vec<Fault>>,
}

#[derive(Clone, Copy)]
enum Key<'a> {
    Root,
    Name(&'a str),
    Index(usize),
}

static NULL: Value = Value::Null;

impl<'a> Node<'a> {
    pub(super) fn root(value: &'a Value, faults: &'a RefCell<Vec<Fault>>) -> Node<'a> {
        Node { value, parent: None, key: Key::Root, faults }
    }

    pub(super) fn fault(&self, message: impl Into<Bilingual>) {
        self.faults.borrow_mut().push(Fault::new(self.pointer(), message));
    }

    /// Reports and gives nothing, for the end of a chain.
    pub(super) fn refuse<T>(&self, message: impl Into<Bilingual>) -> Option<T> {
        self.fault(message);
        None
    }

    fn pointer(&self) -> String {
        let mut pointer = self.parent.map(Node::pointer).unwrap_or_default();
        match self.key {
            Key::Root => {}
            Key::Name(name) => {
                pointer.push('/');
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
            }
            Key::Index(index) => {
                pointer.push('/');
                pointer.push_str(&index.to_string());
            }
        }
        pointer
    }

    /// The object here, if it is one and holds no key but `known`.
    pub(super) fn object(&'a self, known: &[&str]) -> Option<Object<'a>> {
        let Value::Object(map) = self.value else {
            return self.refuse(("这里应当是一个对象", "an object is expected here"));
        };
        let object = Object { node: self, map };
        for key in map.keys().filter(|key| !known.contains(&key.as_str())) {
            let place = Node { value: &NULL, parent: Some(self), key: Key::Name(key), faults: self.faults };
            place.fault((
                format!("没有这一项，可填的有：{}", known.join("、")),
                format!("this key is unknown; known are {}", known.join(", ")),
            ));
        }
        Some(object)
    }

    /// Every member of the object here with its key, for maps whose keys are data.
    pub(super) fn members(&'a self) -> Option<impl Iterator<Item = (&'a str, Node<'a>)>> {
        let Value::Object(map) = self.value else {
            return self.refuse(("这里应当是一个对象", "an object is expected here"));
        };
        let member = move |(key, value): (&'a String, &'a Value)| {
            (key.as_str(), Node { value, parent: Some(self), key: Key::Name(key), faults: self.faults })
        };
        Some(map.iter().map(member))
    }

    /// The elements of the array here; at most `most`.
    pub(super) fn elements(&'a self, most: usize) -> Option<impl Iterator<Item = Node<'a>>> {
        let Value::Array(values) = self.value else {
            return self.refuse(("这里应当是一个列表", "an array is expected here"));
        };
        if values.len() > most {
            return self.refuse((format!("最多 {most} 项"), format!("at most {most} entries are read")));
        }
        let element = move |(index, value)| Node {
            value,
            parent: Some(self),
            key: Key::Index(index),
            faults: self.faults,
        };
        Some(values.iter().enumerate().map(element))
    }

    /// This node, or nothing where it is null.
    pub(super) fn given(self) -> Option<Node<'a>> {
        (!self.value.is_null()).then_some(self)
    }

    pub(super) fn text(&self) -> Option<&'a str> {
        let Value::String(text) = self.value else {
            return self.refuse(("这里应当是文字", "a text is expected here"));
        };
        if text.chars().count() > limits::CHARACTERS {
            return self.refuse(too_long());
        }
        if let Some(unfit) = unfit(text) {
            return self.refuse(unfit.both());
        }
        Some(text)
    }

    /// A text that is not blank.
    pub(super) fn name(&self) -> Option<String> {
        let text = self.text()?;
        if text.trim().is_empty() {
            return self.refuse(("不能为空", "the text must not be blank"));
        }
        Some(text.to_owned())
    }

    /// A text made into a value by a parser whose error explains itself.
    pub(super) fn parsed<T, E: Into<Bilingual>>(&self, parse: fn(&str) -> Result<T, E>) -> Option<T> {
        parse(self.text()?).map_err(|error| self.fault(error)).ok()
    }

    /// One of a closed list of words.
    pub(super) fn word<T: Copy>(&self, of: fn(&str) -> Option<T>, words: &[&str]) -> Option<T> {
        let text = self.text()?;
        of(text).or_else(|| {
            self.refuse((
                format!("“{text}”不在可选值之内：{}", words.join("、")),
                format!("`{text}` is none of {}", words.join(", ")),
            ))
        })
    }

    pub(super) fn flag(&self) -> Option<bool> {
        let said = || self.refuse(("这里应当是 true 或 false", "true or false is expected here"));
        self.value.as_bool().or_else(said)
    }

    /// A whole number from `least` to `most`.
    pub(super) fn whole(&self, least: i64, most: i64) -> Option<i64> {
        let number = self.value.as_i64().filter(|_| self.value.is_i64() || self.value.is_u64());
        number.filter(|number| (least..=most).contains(number)).or_else(|| {
            self.refuse((
                format!("应为 {least} 至 {most} 的整数"),
                format!("a whole number from {least} to {most} is expected here"),
            ))
        })
    }

    /// A date `YYYY-MM-DD` that a calendar can count.
    pub(super) fn date(&self) -> Option<NaiveDate> {
        let text = self.text()?;
        read_day(text).filter(|date| (first_day()..=last_day()).contains(date)).or_else(|| {
            self.refuse((
                format!("“{text}”不是 2000 至 2099 年的日期，应如 2026-05-06"),
                format!("`{text}` is no date such as `2026-05-06` from 2000 to 2099"),
            ))
        })
    }
}

/// An object whose keys have been checked.
pub(super) struct Object<'a> {
    node: &'a Node<'a>,
    map: &'a Map<String, Value>,
}

impl<'a> Object<'a> {
    /// The member of that name; null where it is absent.
    pub(super) fn get(&self, name: &'static str) -> Node<'a> {
        let value = self.map.get(name).unwrap_or(&NULL);
        Node { value, parent: Some(self.node), key: Key::Name(name), faults: self.node.faults }
    }

    /// The member of that name, unless it is absent or null.
    pub(super) fn given(&self, name: &'static str) -> Option<Node<'a>> {
        self.get(name).given()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.map.contains_key(name)
    }
}
