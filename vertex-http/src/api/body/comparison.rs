//! Comparing a value with the schema that the document promises.

use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use serde_json::{Map, Value};

use super::{super::input::wrong_type, Complaints, element_of, field_of};

/// What a comparison has found.
pub(super) struct Compared {
    /// Unknown fields, fields that are missing, values of the wrong type.
    pub(super) complaints: Complaints,
    /// Whether anything of it is such that the rules of the request do not tell of it by themselves: they look at the
    /// types of the outermost fields, and at which of them are there.
    pub(super) is_refused: bool,
}

/// Compares a whole body.
pub(super) fn compare(registry: &Registry, schema: &MetaSchemaRef, value: &Value) -> Compared {
    let compared = Compared { complaints: Complaints::default(), is_refused: false };
    let mut comparison = Comparison { registry, compared };
    comparison.value("", 0, schema, value);
    comparison.compared
}

struct Comparison<'a> {
    registry: &'a Registry,
    compared: Compared,
}

impl Comparison<'_> {
    fn value(&mut self, path: &str, depth: usize, schema: &MetaSchemaRef, value: &Value) {
        let registry = self.registry;
        let schema = match schema {
            MetaSchemaRef::Inline(schema) => schema.as_ref(),
            MetaSchemaRef::Reference(name) => match registry.schemas.get(name) {
                Some(schema) => schema,
                None => return,
            },
        };
        for part in &schema.all_of {
            self.value(path, depth, part, value);
        }
        if let Some(why) = wrong_type(schema.ty, value).filter(|_| !value.is_null() || depth == 0) {
            self.complain(path, why, depth != 1);
            return;
        }
        match value {
            Value::Object(object) => self.object(path, depth, schema, object),
            Value::Array(elements) => {
                let Some(of) = &schema.items else { return };
                for (index, element) in elements.iter().enumerate() {
                    self.value(&element_of(path, index), depth + 1, of, element);
                }
            }
            _ => {}
        }
    }

    fn object(
        &mut self,
        path: &str,
        depth: usize,
        schema: &MetaSchema,
        object: &Map<String, Value>,
    ) {
        if schema.properties.is_empty() {
            return;
        }
        for (name, value) in object {
            let path = field_of(path, name);
            let known = schema.properties.iter().find(|(property, _)| *property == name.as_str());
            match (known, &schema.additional_properties) {
                (Some((_, of)), _) => self.value(&path, depth + 1, of, value),
                (None, Some(of)) => self.value(&path, depth + 1, of, value),
                (None, None) => self.complain(&path, "is not a field of this request", true),
            }
        }
        for name in &schema.required {
            if object.get(*name).is_none_or(Value::is_null) {
                self.complain(&field_of(path, name), "is required", depth > 0);
            }
        }
    }

    fn complain(&mut self, path: &str, message: impl Into<String>, is_refused: bool) {
        self.compared.complaints.add(path, message);
        self.compared.is_refused |= is_refused;
    }
}
