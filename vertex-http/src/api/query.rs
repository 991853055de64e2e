//! Queries of requests. Whatever is wrong with the form of one is named at once.

use std::collections::{BTreeSet, HashMap};

use poem::{
    Endpoint, Request, Response,
    endpoint::{BoxEndpoint, EndpointExt},
    http::Method,
};
use poem_openapi::registry::{MetaApi, MetaOperation, MetaParamIn, MetaSchemaRef, Registry};
use url::form_urlencoded;
use uuid::Uuid;
use vertex_core::{Error, error::FieldError};

use super::Problem;

/// Most complaints about one query, and characters of a name in one.
const MOST: usize = 100;
const LONGEST_NAME: usize = 100;

/// What is wrong with the query of a request, in its data: told to nobody who has to sign in first.
#[derive(Clone, Debug)]
pub struct BadQuery(Vec<FieldError>);

impl BadQuery {
    /// Refuses a request that has one.
    ///
    /// # Errors
    /// `Invalid` with every parameter that is wrong.
    pub fn refuse(request: &Request) -> Result<(), Error> {
        match request.data::<Self>() {
            Some(Self(complaints)) => Err(Error::Invalid(complaints.clone())),
            None => Ok(()),
        }
    }
}

/// Has the queries of all operations looked at before these are.
pub fn check_all(
    apis: Vec<MetaApi>,
    registry: &Registry,
    routes: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>,
) {
    for path in apis.into_iter().flat_map(|api| api.paths) {
        let Some(methods) = routes.get_mut(&route(&path.path)) else { continue };
        for operation in path.operations {
            let Some(inner) = methods.remove(&operation.method) else { continue };
            let method = operation.method.clone();
            let checked = Checked { takes: Takes::of(&operation, registry), inner };
            methods.insert(method, checked.boxed());
        }
    }
}

/// The route of a path: parameters of the document have their own names, those of routes are counted.
fn route(path: &str) -> String {
    let mut number = 0;
    let parts = path.split('/').map(|part| match part.starts_with('{') {
        true => {
            number += 1;
            format!(":param{}", number - 1)
        }
        false => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

struct Checked {
    takes: Takes,
    inner: BoxEndpoint<'static>,
}

impl Endpoint for Checked {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let complaints = self.takes.complaints(request.uri().query().unwrap_or_default());
        if !complaints.is_empty() {
            if !self.takes.signs_in {
                return Err(Problem::from(Error::Invalid(complaints)).into());
            }
            request.set_data(BadQuery(complaints));
        }
        self.inner.call(request).await
    }
}

/// What an operation takes in its query.
struct Takes {
    parameters: Vec<Parameter>,
    /// Whether somebody has to sign in for it. To links that everybody may follow, others add parameters of their own.
    signs_in: bool,
}

struct Parameter {
    name: String,
    kind: Kind,
    is_list: bool,
}

impl Takes {
    fn of(operation: &MetaOperation, registry: &Registry) -> Self {
        let parameters =
            operation.params.iter().filter(|param| param.in_type == MetaParamIn::Query);
        let parameter = |param: &poem_openapi::registry::MetaOperationParam| Parameter {
            name: param.name.clone(),
            kind: Kind::of(&param.schema, registry),
            is_list: param.schema.is_array(),
        };
        Self {
            parameters: parameters.map(parameter).collect(),
            signs_in: !operation.security.is_empty(),
        }
    }

    fn complaints(&self, query: &str) -> Vec<FieldError> {
        let mut complaints = Vec::new();
        let mut seen = BTreeSet::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if complaints.len() == MOST {
                break;
            }
            let parameter = self.parameters.iter().find(|parameter| parameter.name == name);
            let is_first = seen.insert(name.clone());
            let complaint = match parameter {
                None if self.signs_in && is_first => Some(self.unknown()),
                None => None,
                Some(parameter) if !is_first && !parameter.is_list => {
                    Some("is there more than once".to_owned())
                }
                Some(parameter) => parameter.kind.complaint(&value),
            };
            if let Some(complaint) = complaint {
                let name: String = name.chars().take(LONGEST_NAME).collect();
                complaints.push(FieldError::new(name, complaint));
            }
        }
        complaints
    }

    fn unknown(&self) -> String {
        let names: Vec<&str> =
            self.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
        match names.as_slice() {
            [] => "is no parameter: this operation takes none".to_owned(),
            names => format!("is no parameter of this operation, which takes {}", names.join(", ")),
        }
    }
}

/// What a parameter may be.
enum Kind {
    Integer { least: i128, most: i128 },
    Number,
    Flag,
    Id,
    Words(Vec<String>),
    Any,
}

impl Kind {
    fn of(schema: &MetaSchemaRef, registry: &Registry) -> Self {
        let schema = match schema {
            MetaSchemaRef::Inline(schema) => schema.as_ref(),
            MetaSchemaRef::Reference(name) => match registry.schemas.get(name) {
                Some(schema) => schema,
                None => return Self::Any,
            },
        };
        if let [of] = schema.all_of.as_slice() {
            return Self::of(of, registry);
        }
        if !schema.enum_items.is_empty() {
            let words = schema.enum_items.iter().filter_map(|word| word.as_str());
            return Self::Words(words.map(str::to_owned).collect());
        }
        match (schema.ty, schema.format) {
            ("integer", Some("uint32")) => Self::Integer { least: 0, most: u32::MAX.into() },
            ("integer", Some("uint64")) => Self::Integer { least: 0, most: u64::MAX.into() },
            ("integer", Some("int32")) => {
                Self::Integer { least: i32::MIN.into(), most: i32::MAX.into() }
            }
            ("integer", _) => Self::Integer { least: i64::MIN.into(), most: i64::MAX.into() },
            ("number", _) => Self::Number,
            ("boolean", _) => Self::Flag,
            ("string", Some("uuid")) => Self::Id,
            _ => Self::Any,
        }
    }

    fn complaint(&self, value: &str) -> Option<String> {
        match self {
            Self::Integer { least, most } => {
                let fits =
                    value.parse::<i128>().is_ok_and(|number| (*least..=*most).contains(&number));
                (!fits).then(|| format!("must be a whole number from {least} to {most}"))
            }
            Self::Number => {
                let fits = value.parse::<f64>().is_ok_and(f64::is_finite);
                (!fits).then(|| "must be a number".to_owned())
            }
            Self::Flag => {
                (!["true", "false"].contains(&value)).then(|| "must be true or false".to_owned())
            }
            Self::Id => value.parse::<Uuid>().is_err().then(|| "must be an id (a UUID)".to_owned()),
            Self::Words(words) => (!words.iter().any(|word| word == value))
                .then(|| format!("must be one of {}", words.join(", "))),
            Self::Any => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn takes(signs_in: bool) -> Takes {
        let parameter =
            |name: &str, kind| Parameter { name: name.to_owned(), kind, is_list: false };
        Takes {
            parameters: vec![
                parameter("page", Kind::Integer { least: 0, most: 10 }),
                parameter("search", Kind::Any),
                parameter("deleted", Kind::Flag),
                parameter("client_id", Kind::Id),
                parameter("sort", Kind::Words(vec!["name".to_owned(), "-name".to_owned()])),
            ],
            signs_in,
        }
    }

    fn named(takes: &Takes, query: &str) -> Vec<String> {
        takes.complaints(query).into_iter().map(|complaint| complaint.field).collect()
    }

    #[test]
    fn every_wrong_parameter_is_named_at_once() {
        let id = Uuid::nil();
        for (query, expected) in [
            ("", &[][..]),
            ("page=1&search=%D1%8F+x&deleted=true&sort=-name", &[]),
            (&format!("client_id={id}"), &[]),
            ("pge=1&page=first&deleted=maybe", &["pge", "page", "deleted"]),
            ("page=11&client_id=7&sort=colour", &["page", "client_id", "sort"]),
            ("page=1&page=2", &["page"]),
            ("x=1&x=2&y", &["x", "y"]),
            ("page=", &["page"]),
        ] {
            assert_eq!(named(&takes(true), query), expected, "{query}");
        }
    }

    #[test]
    fn links_for_everybody_may_carry_what_others_add() {
        assert_eq!(named(&takes(false), "utm_source=x&page=first"), ["page"]);
    }

    #[test]
    fn a_route_counts_its_parameters() {
        assert_eq!(route("/api/a/{id}/b/{name}"), "/api/a/:param0/b/:param1");
        assert_eq!(route("/api/a"), "/api/a");
    }

    proptest! {
        #[test]
        fn no_query_is_too_strange(query in ".{0,80}") {
            let _ = takes(true).complaints(&query);
        }
    }
}
