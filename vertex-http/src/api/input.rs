//! Fields of request bodies that are checked together, so that every bad one is named.

use std::borrow::Cow;

use poem_openapi::{
    registry::{MetaSchemaRef, Registry},
    types::{ParseFromJSON, ParseResult, ToJSON, Type},
};
use serde_json::Value;
use vertex_core::check::Field;

/// A field that keeps a wrong type as a complaint instead of refusing the whole body.
#[derive(Clone, Debug)]
pub struct Input<T, const REQUIRED: bool>(pub Field<T>);

/// A field that must be there.
pub type Required<T> = Input<T, true>;

/// A field that may be left out.
pub type Optional<T> = Input<T, false>;

impl<T: Type, const REQUIRED: bool> Type for Input<T, REQUIRED> {
    const IS_REQUIRED: bool = REQUIRED;

    type RawValueType = T::RawValueType;

    type RawElementValueType = T::RawElementValueType;

    fn name() -> Cow<'static, str> {
        T::name()
    }

    fn schema_ref() -> MetaSchemaRef {
        match T::schema_ref() {
            // What may be left out may be null, too.
            MetaSchemaRef::Inline(mut schema) if !REQUIRED => {
                schema.nullable = true;
                MetaSchemaRef::Inline(schema)
            }
            schema => schema,
        }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn as_raw_value(&self) -> Option<&Self::RawValueType> {
        match &self.0 {
            Field::Value(value) => value.as_raw_value(),
            _ => None,
        }
    }

    fn raw_element_iter<'a>(
        &'a self,
    ) -> Box<dyn Iterator<Item = &'a Self::RawElementValueType> + 'a> {
        match &self.0 {
            Field::Value(value) => value.raw_element_iter(),
            _ => Box::new(std::iter::empty()),
        }
    }
}

impl<T: ParseFromJSON, const REQUIRED: bool> ParseFromJSON for Input<T, REQUIRED> {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        Ok(Self(match value {
            None => Field::Absent,
            Some(Value::Null) => Field::Null,
            Some(value) => match wrong_type_of::<T>(&value) {
                Some(why) => Field::Malformed(why),
                None => T::parse_from_json(Some(value))
                    .map_or_else(|error| Field::Malformed(error.into_message()), Field::Value),
            },
        }))
    }
}

impl<T: ToJSON, const REQUIRED: bool> ToJSON for Input<T, REQUIRED> {
    fn to_json(&self) -> Option<Value> {
        match &self.0 {
            Field::Value(value) => value.to_json(),
            _ => None,
        }
    }
}

/// Why a value is not of the JSON type that the document promises for `T`. The framework's own parsers
/// take a number for a text.
fn wrong_type_of<T: Type>(value: &Value) -> Option<String> {
    let MetaSchemaRef::Inline(schema) = T::schema_ref() else { return None };
    wrong_type(schema.ty, value)
}

/// Characters of a value that a complaint repeats.
const SHOWN: usize = 40;

/// Why a value is not of this JSON type; any value is where the type has no name.
pub(super) fn wrong_type(ty: &str, value: &Value) -> Option<String> {
    let fits = match ty {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        _ => true,
    };
    if fits {
        return None;
    }
    let article = if ty.starts_with(['a', 'i', 'o']) { "an" } else { "a" };
    let found = match value {
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        short if short.to_string().chars().count() <= SHOWN => short.to_string(),
        _ => "a long text".to_owned(),
    };
    Some(format!("must be {article} {ty}, not {found}"))
}
