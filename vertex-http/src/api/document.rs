//! What the API document says beyond what each handler says of itself: every answer an operation can
//! give, who may call it, an example of every object, and the rules that texts have to keep.

use std::collections::HashMap;

use poem::{endpoint::BoxEndpoint, http::Method};
use poem_openapi::{
    ApiResponse, OpenApi,
    registry::{
        MetaApi, MetaHeader, MetaOperation, MetaPath, MetaResponse, MetaSchema, MetaSchemaRef,
        Registry,
    },
    types::Type,
};
use serde_json::{Value, json};
use vertex_core::{access::Action, page::MAX_SEARCH};

use super::{Problem, methods, query};

/// Operations, completed.
pub struct Documented<A>(pub A);

impl<A: OpenApi> OpenApi for Documented<A> {
    fn meta() -> Vec<MetaApi> {
        let mut apis = A::meta();
        for path in apis.iter_mut().flat_map(|api| &mut api.paths) {
            complete(path);
        }
        apis
    }

    fn register(registry: &mut Registry) {
        A::register(registry);
        for (name, schema) in &mut registry.schemas {
            let required = schema.required.clone();
            for (property, of) in &mut schema.properties {
                if !required.contains(property) {
                    allow_null(of);
                }
                if let MetaSchemaRef::Inline(of) = of {
                    constrain(name, property, of);
                }
            }
        }
        let names: Vec<String> = registry.schemas.keys().cloned().collect();
        for name in names {
            let example = example_of(registry, &name, 0);
            if let Some(schema) = registry.schemas.get_mut(&name)
                && schema.ty == "object"
                && schema.example.is_none()
            {
                schema.example = Some(example);
            }
        }
    }

    fn add_routes(self, routes: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {
        self.0.add_routes(routes);
        let mut registry = Registry::new();
        A::register(&mut registry);
        query::check_all(A::meta(), &registry, routes);
        routes.values_mut().for_each(methods::complete);
    }
}

/// What need not be there may be null: answers say so where they have nothing, and requests may.
fn allow_null(of: &mut MetaSchemaRef) {
    match of {
        MetaSchemaRef::Inline(schema) => {
            schema.nullable = true;
            if !schema.enum_items.is_empty() && !schema.enum_items.contains(&Value::Null) {
                schema.enum_items.push(Value::Null);
            }
        }
        MetaSchemaRef::Reference(name) => {
            let reference = MetaSchemaRef::Reference(std::mem::take(name));
            let schema = MetaSchema { nullable: true, all_of: vec![reference], ..MetaSchema::ANY };
            *of = MetaSchemaRef::Inline(Box::new(schema));
        }
    }
}

/// Errors an operation can answer with, and when.
const ERRORS: [(u16, &str); 17] = [
    (
        400,
        "The path is none: it climbs (`..`), or has an escaped slash, a control character or half an escape.",
    ),
    (401, "Nobody is signed in, or the proof of it does not hold."),
    (403, "Your role does not allow this."),
    (404, "There is no such row, or it is another company's."),
    (405, "This path has no such method."),
    (408, "The body came too slowly: send it again, a file in parts by `/api/uploads`."),
    (409, "This contradicts what is stored: the detail says what."),
    (412, "The row was changed after you read it: read it again."),
    (413, "More bytes than the limit."),
    (415, "A file or body of a kind that is not read here."),
    (422, "The input breaks a rule: every bad field is named."),
    (423, "The account is locked, or `Retry-After` says when the next password may be tried."),
    (
        429,
        "Too many requests, or too much of yours at once: `Retry-After` says when to come again.",
    ),
    (460, "The bytes are not those of `Upload-Checksum`: they have been dropped."),
    (500, "A fault of this system; the log names it by `request_id`."),
    (503, "Something this system depends on does not answer: try again."),
    (507, "The company's quota has no room for it: `quota` has the numbers."),
];

/// Operations whose input can contradict what is stored, apart from those that change rows.
const CONFLICTING_READS: [&str; 7] = [
    "getMarker",
    "getPreview",
    "getQuality",
    "getQualityOverlay",
    "getPortraitPreview",
    "getVideoPreview",
    "getPublishedMarker",
];

/// Operations that take files in.
const UPLOADING: [&str; 7] = [
    "createContent",
    "replaceContentImage",
    "createPortrait",
    "createVideo",
    "createPortraitVideo",
    "beginUpload",
    "appendUpload",
];

/// Operations that have to be asked in tus' way.
const TUS: [&str; 4] = ["beginUpload", "appendUpload", "getUploadOffset", "deleteUpload"];

fn complete(path: &mut MetaPath) {
    let names_a_row = path.path.contains('{') || path.path.contains(':');
    for operation in &mut path.operations {
        for param in &mut operation.params {
            if let MetaSchemaRef::Inline(schema) = &mut param.schema {
                limit(&operation.operation_id, &param.name, schema);
            }
        }
        let answers = &mut operation.responses.responses;
        let has_problems = answers.iter().any(|answer| answer.status.is_none());
        answers.retain(|answer| answer.status.is_some());
        if has_problems {
            for (status, description) in ERRORS {
                if can_answer(operation, status, names_a_row) {
                    operation.responses.responses.push(problem(status, description));
                }
            }
        }
        if let Some(action) = action(operation) {
            let role = action.least_role();
            let text = operation.description.unwrap_or_default();
            let text = format!("{text}\n\nTakes the role `{role}`.");
            // A document is made a handful of times in the life of a process.
            operation.description = Some(Box::leak(text.trim_start().to_owned().into_boxed_str()));
        }
        if takes_a_version(operation) && operation.method != Method::DELETE {
            let answers = operation.responses.responses.iter_mut();
            for answer in answers.filter(|answer| matches!(answer.status, Some(200 | 201))) {
                answer.headers.push(etag());
            }
        }
    }
}

/// The least and the greatest number that a parameter takes, and the longest text.
fn limit(operation: &Option<&str>, param: &str, schema: &mut MetaSchema) {
    if param == "search" || *operation == Some("searchClients") && schema.ty == "string" {
        schema.max_length = Some(MAX_SEARCH);
    }
    let (least, most) = match param {
        "days" => (1.0, 366.0),
        "viewing_distance" => (0.05, 1000.0),
        _ if schema.format == Some("uint32") => (0.0, f64::from(u32::MAX)),
        _ => return,
    };
    (schema.minimum, schema.maximum) = (Some(least), Some(most));
}

fn action(operation: &MetaOperation) -> Option<Action> {
    let name = operation.operation_id?;
    Action::ALL.iter().copied().find(|action| action.name() == name)
}

fn takes_a_version(operation: &MetaOperation) -> bool {
    operation.params.iter().any(|param| param.name.eq_ignore_ascii_case("if-match"))
}

fn can_answer(operation: &MetaOperation, status: u16, names_a_row: bool) -> bool {
    let name = operation.operation_id.unwrap_or_default();
    let signs_in = !operation.security.is_empty();
    let changes = operation.method != Method::GET && operation.method != Method::HEAD;
    let has_body = operation.request.is_some();
    let names_rows = has_body || operation.params.iter().any(|param| param.name.ends_with("_id"));
    let is_file = name.ends_with("File");
    match status {
        400 => names_a_row,
        401 => signs_in || ["login", "refresh"].contains(&name),
        403 => {
            let may_be_refused = ["register", "finishYandexDisk"].contains(&name);
            action(operation).is_some() || is_file || may_be_refused
        }
        404 => names_a_row || (signs_in && names_rows),
        405 => false,
        408 => has_body,
        409 => {
            (changes && (signs_in || ["register", "confirmEmail"].contains(&name)))
                || CONFLICTING_READS.contains(&name)
        }
        412 => takes_a_version(operation) || TUS.contains(&name),
        413 | 415 => has_body || name == "getUploadOffset",
        422 => has_body || !operation.params.is_empty(),
        423 => ["login", "changePassword"].contains(&name),
        429 | 500 => true,
        460 => has_body && TUS.contains(&name),
        507 => UPLOADING.contains(&name),
        503 => !name.eq("health"),
        _ => false,
    }
}

fn problem(status: u16, description: &'static str) -> MetaResponse {
    let mut answers = Problem::meta().responses;
    let content = answers.pop().map(|answer| answer.content).unwrap_or_default();
    MetaResponse {
        description,
        status: Some(status),
        status_range: None,
        content,
        headers: Vec::new(),
    }
}

fn etag() -> MetaHeader {
    MetaHeader {
        name: "ETag".to_owned(),
        description: Some("The version of the row, for `If-Match`.".to_owned()),
        required: false,
        deprecated: false,
        schema: String::schema_ref(),
    }
}

/// What a text of that name has to be like: least and most characters, a pattern.
const TEXTS: [(&str, usize, usize, Option<&str>); 13] = [
    ("name", 1, 200, Some(r"^[^\s\x00-\x1f\x7f]")),
    ("title", 1, 200, Some(r"^[^\s\x00-\x1f\x7f]")),
    ("full_name", 1, 200, Some(r"^[^\s\x00-\x1f\x7f]")),
    ("company_name", 1, 200, Some(r"^[^\s\x00-\x1f\x7f]")),
    ("browser", 1, 200, None),
    ("description", 0, 4000, None),
    ("notes", 0, 4000, None),
    ("username", 3, 64, Some("^[a-z0-9._-]{3,64}$")),
    ("slug", 1, 63, Some("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")),
    ("password", 10, 256, None),
    ("new_password", 10, 256, None),
    ("current_password", 1, 256, None),
    ("phone", 3, 40, Some(r"^[0-9+() ./-]+$")),
];

/// Names of which a request takes a few only, by the object they are a field of.
const NAMES: [(&str, &str, &[&str]); 12] = [
    ("NewOrder", "status", &["new", "in_progress", "completed", "cancelled"]),
    ("OrderChanges", "status", &["new", "in_progress", "completed", "cancelled"]),
    ("VideoChanges", "status", &["active", "inactive", "archived"]),
    ("NewBatch", "marker_status", &["pending", "processing", "ready", "failed"]),
    ("NewUser", "role", &["user", "admin", "superadmin"]),
    ("UserChanges", "role", &["user", "admin", "superadmin"]),
    ("NewInvitation", "role", &["user", "admin", "superadmin"]),
    ("NewSession", "device_type", &["mobile", "tablet", "desktop"]),
    ("Preferences", "language", &["en", "ru"]),
    ("ProfileChanges", "language", &["en", "ru"]),
    ("NewUser", "language", &["en", "ru"]),
    (
        "NewRule",
        "rotation_type",
        &["daily_cycle", "none", "sequential", "cyclic", "date_specific", "random_daily"],
    ),
];

fn constrain(object: &str, property: &str, schema: &mut MetaSchema) {
    if schema.ty != "string" {
        return;
    }
    let text = TEXTS.iter().find(|(name, ..)| *name == property);
    if let Some((_, least, most, pattern)) = text {
        // Rules are for new passwords; whoever has one from before signs in with it.
        let least = if (object, property) == ("Login", "password") { 1 } else { *least };
        schema.min_length = Some(least).filter(|least| *least > 0);
        schema.max_length = Some(*most);
        schema.pattern = pattern.map(str::to_owned);
    }
    let is_no_row = ["request_id", "unique_id", "telegram_chat_id"].contains(&property);
    if property.ends_with("_id") && schema.format.is_none() && !is_no_row {
        schema.format = Some("uuid");
    }
    match property {
        "email" | "pending_email" | "contact_email" => schema.format = Some("email"),
        "expiry_date" | "start_date" if schema.format.is_none() => schema.format = Some("date"),
        "starts_at" | "ends_at" if schema.format.is_none() => schema.format = Some("date-time"),
        _ => {}
    }
    let names = NAMES.iter().find(|(of, name, _)| *of == object && *name == property);
    if let Some((_, _, names)) = names {
        schema.enum_items = names.iter().map(|name| json!(name)).collect();
        if schema.nullable {
            schema.enum_items.push(Value::Null);
        }
    }
}

/// What a property of that name looks like.
fn example_of_property(property: &str) -> Option<Value> {
    let id = "0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b";
    Some(match property {
        "id" | "company_id" | "user_id" | "client_id" | "folder_id" | "project_id"
        | "content_id" | "video_id" | "portrait_id" | "entity_id" | "invited_by"
        | "default_video_id" => json!(id),
        "project_ids" | "content_ids" => json!([id]),
        "name" | "company_name" => json!("Ателье Анна"),
        "title" => json!("Свадьба Анны и Петра"),
        "full_name" => json!("Анна Ковалёва"),
        "username" | "performed_by" => json!("anna.k"),
        "email" | "pending_email" | "contact_email" => json!("anna@example.org"),
        "phone" => json!("+79123456789"),
        "slug" => json!("atelier-anna"),
        "timezone" => json!("Europe/Moscow"),
        "description" | "notes" => json!("Портрет 30x40, матовая бумага"),
        "password" | "new_password" | "current_password" => json!("correct horse battery"),
        "role" => json!("user"),
        "unique_id" => json!("4KqFzR7mNpT"),
        "permanent_link" => json!(format!("portrait_{id}")),
        "marker_status" | "state" => json!("ready"),
        "expiry_date" | "start_date" => json!("2027-01-31"),
        "date" | "day" => json!("2026-11-21"),
        "created_at" | "updated_at" | "at" | "performed_at" | "marker_updated_at" => {
            json!("2026-11-21T09:30:00+00:00")
        }
        "starts_at" | "from" => json!("2026-12-01T00:00:00+00:00"),
        "ends_at" | "until" | "expires_at" => json!("2026-12-31T00:00:00+00:00"),
        "status" => json!("active"),
        "rotation_type" => json!("daily_cycle"),
        "schedule_config" => json!({ "video_sequence": [id] }),
        "device_type" => json!("mobile"),
        "browser" => json!("Chrome 156"),
        "media_type" => json!("video/mp4"),
        "codec" => json!("avc1.64001f"),
        "action" => json!("updated"),
        "entity" => json!("project"),
        "label" => json!("Осень"),
        "address" => json!("192.0.2.7"),
        "width" => json!(1200),
        "height" => json!(800),
        "bytes" => json!(1_258_291),
        "file_size_mb" => json!(1.2),
        "total" | "page" | "count" => json!(1),
        "per_page" => json!(20),
        "deleted_at" | "completed_at" | "marker_error" => Value::Null,
        _ => return None,
    })
}

/// An example of a registered object, its properties' examples put together.
fn example_of(registry: &Registry, name: &str, depth: usize) -> Value {
    let Some(schema) = registry.schemas.get(name).filter(|_| depth < 6) else {
        return Value::Null;
    };
    example_of_schema(registry, schema, depth)
}

fn example_of_schema(registry: &Registry, schema: &MetaSchema, depth: usize) -> Value {
    if let Some(example) = &schema.example {
        return example.clone();
    }
    if let Some(first) = schema.enum_items.first() {
        return first.clone();
    }
    if let Some(first) = schema.all_of.first() {
        return example_of_reference(registry, first, depth);
    }
    match schema.ty {
        "object" => {
            let pairs = schema.properties.iter().map(|(property, of)| {
                let value = match (of, example_of_property(property)) {
                    (MetaSchemaRef::Inline(of), Some(_)) if !of.enum_items.is_empty() => {
                        of.enum_items[0].clone()
                    }
                    (MetaSchemaRef::Inline(_), Some(example)) => example,
                    _ => example_of_reference(registry, of, depth + 1),
                };
                ((*property).to_owned(), value)
            });
            Value::Object(pairs.collect())
        }
        "array" => match &schema.items {
            Some(items) => json!([example_of_reference(registry, items, depth + 1)]),
            None => json!([]),
        },
        "string" if schema.format == Some("uuid") => {
            json!("0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b")
        }
        "string" if schema.format == Some("date-time") => json!("2026-11-21T09:30:00+00:00"),
        "string" if schema.format == Some("date") => json!("2026-11-21"),
        "string" => json!("…"),
        "integer" => json!(1),
        "number" => json!(1.5),
        "boolean" => json!(true),
        _ => Value::Null,
    }
}

fn example_of_reference(registry: &Registry, of: &MetaSchemaRef, depth: usize) -> Value {
    match of {
        MetaSchemaRef::Inline(schema) => example_of_schema(registry, schema, depth),
        MetaSchemaRef::Reference(name) => example_of(registry, name, depth),
    }
}
