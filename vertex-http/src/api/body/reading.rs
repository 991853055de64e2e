//! Reading JSON, with every field that is there more than once.

use std::{cell::RefCell, fmt};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::{Complaints, element_of, field_of};

/// UTF-8's mark of the order of bytes, which JSON has no use for (RFC 8259, section 8.1).
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The value that bytes stand for, if they do, and what is wrong with them.
pub(super) fn read(bytes: &[u8]) -> (Option<Value>, Complaints) {
    let complaints = RefCell::new(Complaints::default());
    let text = bytes.strip_prefix(BYTE_ORDER_MARK);
    if text.is_some() {
        complaints.borrow_mut().add("", "begins with a byte order mark: leave it out");
    }
    let text = text.unwrap_or(bytes);
    if text.trim_ascii().is_empty() {
        complaints.borrow_mut().add("", "is empty: it must be JSON");
        return (None, complaints.into_inner());
    }
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let reader = Reader { path: String::new(), complaints: &complaints };
    let value = reader.deserialize(&mut deserializer);
    let value = value.and_then(|value| deserializer.end().map(|()| value));
    match value {
        Ok(value) => (Some(value), complaints.into_inner()),
        Err(error) => {
            complaints.borrow_mut().add("", format!("is not JSON: {error}"));
            (None, complaints.into_inner())
        }
    }
}

/// Reads the value at a path.
struct Reader<'a> {
    path: String,
    complaints: &'a RefCell<Complaints>,
}

impl Reader<'_> {
    fn at(&self, path: String) -> Reader<'_> {
        Reader { path, complaints: self.complaints }
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) =
            list.next_element_seed(self.at(element_of(&self.path, elements.len())))?
        {
            elements.push(element);
        }
        Ok(elements.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            let path = field_of(&self.path, &name);
            if object.contains_key(&name) {
                self.complaints.borrow_mut().add(&path, "is there more than once");
            }
            object.insert(name, fields.next_value_seed(self.at(path))?);
        }
        Ok(object.into())
    }
}
