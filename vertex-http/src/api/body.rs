//! JSON bodies of requests. Whatever is wrong with the form of one is named at once, each part by its path.

mod comparison;
mod reading;

use std::{
    any::type_name,
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use poem::{FromRequest, Request, RequestBody};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    error::ContentTypeError,
    payload::{Json, Payload},
    registry::{MetaMediaType, MetaRequest, Registry},
    types::ParseFromJSON,
};
use vertex_core::{Error, error::FieldError};

use super::Problem;

/// The body of a request: an object whose every field is known.
///
/// Fields of the wrong type that the rules of the request can tell of by themselves are left to them, so that they
/// come together with what else the rules refuse.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: ParseFromJSON> Body<T> {
    fn parse(bytes: &[u8]) -> Result<T, Error> {
        let (read, mut complaints) = reading::read(bytes);
        let Some(value) = read else { return Err(Error::Invalid(complaints.into_fields())) };
        let compared = comparison::compare(&schemas_of::<T>(), &T::schema_ref(), &value);
        let parsed = T::parse_from_json(Some(value));
        if complaints.is_empty() && !compared.is_refused {
            match parsed {
                Ok(body) => return Ok(body),
                Err(why) if compared.complaints.is_empty() => {
                    return Err(Error::field("body", why.into_message()));
                }
                Err(_) => {}
            }
        }
        complaints.append(compared.complaints);
        Err(Error::Invalid(complaints.into_fields()))
    }
}

/// The schemas of a body, made when the first one comes.
fn schemas_of<T: ParseFromJSON>() -> Arc<Registry> {
    static KNOWN: Mutex<BTreeMap<&'static str, Arc<Registry>>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let make = || {
        let mut registry = Registry::new();
        T::register(&mut registry);
        Arc::new(registry)
    };
    known.entry(type_name::<T>()).or_insert_with(make).clone()
}

impl<'a, T: ParseFromJSON> ApiExtractor<'a> for Body<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        let content_type = <Json<T> as Payload>::CONTENT_TYPE;
        let content = vec![MetaMediaType { content_type, schema: T::schema_ref() }];
        Some(MetaRequest { description: None, content, required: T::IS_REQUIRED })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let content_type = request.content_type().ok_or(ContentTypeError::ExpectContentType)?;
        if !<Json<T> as Payload>::check_content_type(content_type) {
            let content_type = content_type.to_owned();
            return Err(ContentTypeError::NotSupported { content_type }.into());
        }
        let bytes = <Vec<u8> as FromRequest>::from_request(request, body).await?;
        Self::parse(&bytes).map(Self).map_err(|error| Problem::from(error).into())
    }
}

/// Complaints about a body: as many as a person reads, each short.
#[derive(Debug, Default)]
struct Complaints(Vec<FieldError>);

impl Complaints {
    const MOST: usize = 100;
    const LONGEST_PATH: usize = 200;

    fn add(&mut self, path: &str, message: impl Into<String>) {
        if self.0.len() < Self::MOST {
            let path = if path.is_empty() { "body" } else { path };
            let path: String = path.chars().take(Self::LONGEST_PATH).collect();
            self.0.push(FieldError::new(path, message));
        }
    }

    fn append(&mut self, others: Self) {
        for other in others.0 {
            self.add(&other.field, other.message);
        }
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn into_fields(self) -> Vec<FieldError> {
        self.0
    }
}

/// The path of a field of an object.
fn field_of(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The path of an element of a list.
fn element_of(path: &str, index: usize) -> String {
    format!("{path}[{index}]")
}

#[cfg(test)]
mod tests {
    use poem_openapi::Object;
    use proptest::prelude::*;
    use serde_json::json;

    use super::{
        super::input::{Optional, Required},
        *,
    };

    #[derive(Debug, Object)]
    #[oai(deny_unknown_fields)]
    struct Rule {
        video_id: String,
        days: Option<u32>,
    }

    #[derive(Debug, Object)]
    #[oai(deny_unknown_fields)]
    struct Plan {
        name: Required<String>,
        is_active: Optional<bool>,
        rules: Option<Vec<Rule>>,
    }

    fn named(bytes: &[u8]) -> Vec<String> {
        match Body::<Plan>::parse(bytes) {
            Ok(_) => Vec::new(),
            Err(error) => {
                let complaint = |field: FieldError| format!("{} {}", field.field, field.message);
                error.bad_fields().into_iter().map(complaint).collect()
            }
        }
    }

    #[test]
    fn everything_is_named_at_once_by_its_path() {
        for (body, complaints) in [
            (r#"{"name": "A", "rules": [{"video_id": "x", "days": 1}]}"#, &[][..]),
            (
                r#"{"name": "A", "colour": 1, "size": 2, "rules": [{"video_id": "x"}, {"video_id": "y", "til": 3}]}"#,
                &[
                    "colour is not a field of this request",
                    "size is not a field of this request",
                    "rules[1].til is not a field of this request",
                ],
            ),
            (
                r#"{"rules": [{"video_id": 7}, {"days": "x"}, 5], "is_active": "no"}"#,
                &[
                    "name is required",
                    "rules[0].video_id must be a string, not 7",
                    "rules[1].video_id is required",
                    r#"rules[1].days must be an integer, not "x""#,
                    "rules[2] must be an object, not 5",
                    r#"is_active must be a boolean, not "no""#,
                ],
            ),
            (
                r#"{"name": "A", "name": "B", "rules": [{"video_id": "x", "video_id": "x"}]}"#,
                &["name is there more than once", "rules[0].video_id is there more than once"],
            ),
            ("[]", &["body must be an object, not a list"]),
            ("", &["body is empty: it must be JSON"]),
            ("\u{feff}{\"name\": \"A\"}", &["body begins with a byte order mark: leave it out"]),
            (
                "\u{feff}{\"nam\": 1}",
                &[
                    "body begins with a byte order mark: leave it out",
                    "nam is not a field of this request",
                    "name is required",
                ],
            ),
        ] {
            let mut named = named(body.as_bytes());
            let mut expected: Vec<String> = complaints.iter().map(ToString::to_string).collect();
            named.sort();
            expected.sort();
            assert_eq!(named, expected, "{body}");
        }
        for broken in ["{\"name\": ", "{\"name\": \"A\"} x", "{'name': 1}", "NaN"] {
            let named = named(broken.as_bytes());
            assert!(named.len() == 1 && named[0].starts_with("body is not JSON: "), "{named:?}");
        }
    }

    #[test]
    fn what_the_rules_can_tell_is_left_to_them() {
        let body = json!({"name": 7, "is_active": "no"}).to_string();
        let plan = Body::<Plan>::parse(body.as_bytes()).unwrap();
        assert!(matches!(plan.name.0, vertex_core::check::Field::Malformed(_)));
    }

    #[test]
    fn complaints_have_bounds() {
        let many: Vec<String> =
            (0..1000).map(|n| format!("\"{}{n}\": 1", "x".repeat(500))).collect();
        let named = named(format!("{{{}}}", many.join(",")).as_bytes());
        assert_eq!(named.len(), Complaints::MOST);
        assert!(named.iter().all(|complaint| complaint.len() < 300));
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(Body::<Plan>::parse(deep.as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn each_unknown_field_is_named(names in proptest::collection::btree_set("[a-z]{9,12}", 0..9)) {
            let mut body = json!({"name": "A"});
            for name in &names {
                body[name] = json!(1);
            }
            let expected: Vec<String> =
                names.iter().map(|name| format!("{name} is not a field of this request")).collect();
            prop_assert_eq!(named(body.to_string().as_bytes()), expected);
        }

        #[test]
        fn no_body_is_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = named(&bytes);
        }
    }
}
