//! The shapes that JSON brings along: texts, numbers, lists, and what may be absent.

use serde_json::Value;

use super::{Object, Shape};
use crate::outbound::problem::{Pointer, Problems, code};

impl Shape for String {
    fn read(value: &Value, at: &Pointer<'_>, problems: &mut Problems) -> Option<Self> {
        let text = value.as_str();
        problems.unless(text.is_some(), at, code::WRONG_TYPE, "must be a string");
        let text = text?;
        // PostgreSQL stores no such text, and WhatsApp shows none.
        let storable = !text.contains('\0');
        problems.unless(
            storable,
            at,
            code::WRONG_FORMAT,
            "must not hold the character U+0000",
        );
        storable.then(|| text.to_owned())
    }

    fn write(&self) -> Value {
        self.as_str().into()
    }
}

impl Shape for bool {
    fn read(value: &Value, at: &Pointer<'_>, problems: &mut Problems) -> Option<Self> {
        let flag = value.as_bool();
        problems.unless(flag.is_some(), at, code::WRONG_TYPE, "must be true or false");
        flag
    }

    fn write(&self) -> Value {
        (*self).into()
    }
}

impl Shape for i64 {
    fn read(value: &Value, at: &Pointer<'_>, problems: &mut Problems) -> Option<Self> {
        let number = value.as_i64();
        problems.unless(number.is_some(), at, code::WRONG_TYPE, "must be a whole number");
        number
    }

    fn write(&self) -> Value {
        (*self).into()
    }
}

impl Shape for f64 {
    fn read(value: &Value, at: &Pointer<'_>, problems: &mut Problems) -> Option<Self> {
        let number = value.as_f64();
        problems.unless(number.is_some(), at, code::WRONG_TYPE, "must be a number");
        number
    }

    fn write(&self) -> Value {
        (*self).into()
    }
}

/// An object whose properties are the sender's own.
impl Shape for Object {
    fn read(value: &Value, at: &Pointer<'_>, problems: &mut Problems) -> Option<Self> {
        super::object_of(value, at, problems).cloned()
    }

    fn write(&self) -> Value {
        Value::Object(self.clone())
    }
}

impl<T: Shape> Shape for Vec<T> {
    fn read(value: &Value, at: &Pointer<'_>, problems: &mut Problems) -> Option<Self> {
        let list = value.as_array();
        problems.unless(list.is_some(), at, code::WRONG_TYPE, "must be a list");
        // Every element is read, so that every problem is told.
        let elements: Vec<Option<T>> = list?
            .iter()
            .enumerate()
            .map(|(index, element)| T::read(element, &at.index(index), problems))
            .collect();
        elements.into_iter().collect()
    }

    fn write(&self) -> Value {
        self.iter().map(T::write).collect()
    }
}

impl<T: Shape> Shape for Option<T> {
    fn read(value: &Value, at: &Pointer<'_>, problems: &mut Problems) -> Option<Self> {
        T::read(value, at, problems).map(Some)
    }

    fn write(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::write)
    }

    fn take(object: &Object, name: &str, at: &Pointer<'_>, problems: &mut Problems) -> Option<Self> {
        if object.contains_key(name) {
            T::take(object, name, at, problems).map(Some)
        } else {
            Some(None)
        }
    }

    fn put(&self, name: &str, object: &mut Object) {
        if let Some(value) = self {
            value.put(name, object);
        }
    }
}
