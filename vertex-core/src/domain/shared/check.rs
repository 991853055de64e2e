//! Validation that names every bad field at once instead of stopping at the first.

use crate::domain::error::{Error, FieldError, Result};

/// A field of a request as it arrived: not yet checked against any rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Field<T> {
    /// The request does not mention it.
    #[default]
    Absent,
    /// The request says explicitly that there is none.
    Null,
    /// It has the wrong type; the text says why.
    Malformed(String),
    /// A value of the right type.
    Value(T),
}

impl<T> From<T> for Field<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T> From<Option<T>> for Field<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Value)
    }
}

/// What an update does to a field that may be empty.
#[derive(Clone, Debug, PartialEq)]
pub enum Change<T> {
    /// Leave it.
    Keep,
    /// Empty it.
    Clear,
    /// Replace it.
    Set(T),
}

impl<T> Change<T> {
    /// Carries the change out.
    pub fn apply(self, target: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *target = None,
            Self::Set(value) => *target = Some(value),
        }
    }
}

/// Collects the complaints about a request.
///
/// ```
/// use vertex_core::{check::{Check, Field}, text::{Email, Name}};
/// let mut check = Check::default();
/// let name = check.required("name", Field::from("  ".to_owned()), Name::parse);
/// let email = check.required("email", Field::from("nobody".to_owned()), Email::parse);
/// let error = check.all((name, email)).unwrap_err();
/// assert_eq!(error.to_string(), "name, email of the input are not valid");
/// ```
#[derive(Debug, Default)]
pub struct Check {
    errors: Vec<FieldError>,
}

impl Check {
    /// Records a complaint that no single parser can make.
    pub fn complain(&mut self, field: &str, message: impl Into<String>) {
        self.errors.push(FieldError::new(field, message));
    }

    /// A field that must be there.
    pub fn required<T, U>(
        &mut self,
        name: &str,
        field: Field<T>,
        parse: impl FnOnce(T) -> Result<U, String>,
    ) -> Option<U> {
        match field {
            Field::Absent | Field::Null => self.reject(name, "is required".to_owned()),
            Field::Malformed(why) => self.reject(name, why),
            Field::Value(value) => parse(value).map_or_else(|why| self.reject(name, why), Some),
        }
    }

    /// A field that may be left out.
    pub fn optional<T, U>(
        &mut self,
        name: &str,
        field: Field<T>,
        parse: impl FnOnce(T) -> Result<U, String>,
    ) -> Option<Option<U>> {
        match field {
            Field::Absent | Field::Null => Some(None),
            given => self.required(name, given, parse).map(Some),
        }
    }

    /// A field of an update that may be left alone, emptied or replaced.
    pub fn change<T, U>(
        &mut self,
        name: &str,
        field: Field<T>,
        parse: impl FnOnce(T) -> Result<U, String>,
    ) -> Option<Change<U>> {
        match field {
            Field::Absent => Some(Change::Keep),
            Field::Null => Some(Change::Clear),
            given => self.required(name, given, parse).map(Change::Set),
        }
    }

    /// One error with every complaint, if there is any.
    pub fn finish(self) -> Result<()> {
        if self.errors.is_empty() { Ok(()) } else { Err(Error::Invalid(self.errors)) }
    }

    /// The checked values, or one error with every complaint.
    pub fn all<V: Checked>(self, values: V) -> Result<V::Output> {
        match values.together() {
            Some(output) if self.errors.is_empty() => Ok(output),
            _ => Err(Error::Invalid(self.errors)),
        }
    }

    /// Every complaint.
    pub fn into_complaints(self) -> Vec<FieldError> {
        self.errors
    }

    fn reject<U>(&mut self, name: &str, why: String) -> Option<U> {
        self.complain(name, why);
        None
    }
}

/// Accepts any value of the right type.
pub fn any<T>(value: T) -> Result<T, String> {
    Ok(value)
}

/// Tuples of checked fields that can be taken out together.
pub trait Checked {
    /// The same tuple without the `Option`s.
    type Output;
    /// All values, if all are there.
    fn together(self) -> Option<Self::Output>;
}

macro_rules! checked_tuples {
    ($(($($name:ident),*))+) => {$(
        impl<$($name),*> Checked for ($(Option<$name>,)*) {
            type Output = ($($name,)*);
            #[expect(non_snake_case, reason = "one macro for every arity")]
            fn together(self) -> Option<Self::Output> {
                let ($($name,)*) = self;
                Some(($($name?,)*))
            }
        }
    )+};
}
checked_tuples! {
    (A)(A, B)(A, B, C)(A, B, C, D)(A, B, C, D, E)(A, B, C, D, E, F)(A, B, C, D, E, F, G)
    (A, B, C, D, E, F, G, H)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn even(value: i32) -> Result<i32, String> {
        if value % 2 == 0 { Ok(value) } else { Err("must be even".to_owned()) }
    }

    #[test]
    fn every_bad_field_is_named() {
        let mut check = Check::default();
        let a = check.required("a", Field::Value(1), even);
        let b = check.required("b", Field::<i32>::Absent, even);
        let c = check.optional("c", Field::Malformed("must be a number".into()), even);
        let d = check.change("d", Field::Value(2), even);
        let Err(Error::Invalid(errors)) = check.all((a, b, c, d)) else { panic!("accepted") };
        let named: Vec<_> = errors.iter().map(|e| (e.field.as_str(), e.message.as_str())).collect();
        assert_eq!(named, [("a", "must be even"), ("b", "is required"), ("c", "must be a number")]);
    }

    #[test]
    fn an_update_tells_keep_from_clear() {
        let mut check = Check::default();
        let keep = check.change("keep", Field::Absent, even);
        let clear = check.change("clear", Field::Null, even);
        assert_eq!(check.all((keep, clear)).unwrap(), (Change::Keep, Change::Clear));
    }
}
