//! Two walks over every operation of the API document: as an administrator of another company, for whom
//! nothing of this one exists, and as every role, which may do what the table says and no more.

use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::{Method, multipart};
use serde_json::{Value, json};
use vertex_core::{access::Action, user::Role};

use crate::harness::{Service, User, answer, clip, is_ready, part, picture, text};

/// A company with one row of everything.
struct Rows {
    content: Value,
    ids: Vec<(&'static str, String)>,
}

impl Rows {
    async fn make(root: &User<'_>, boss: &User<'_>) -> Self {
        let made = async |path: &str, body: Value| {
            let (status, row) = boss.post(path, body).await;
            assert!(status.is_success(), "{path}: {row}");
            row
        };
        let id = |row: &Value| text(&row["id"]).to_owned();
        let project = made("/api/projects", json!({"name": "Autumn"})).await;
        let folder = json!({"name": "Posters", "project_id": project["id"]});
        let folder = made("/api/folders", folder).await;
        let client = made("/api/clients", json!({"name": "Anna", "phone": "+79123456789"})).await;
        let order = made("/api/orders", json!({"client_id": client["id"]})).await;
        let content = boss.upload_picture("Poster").await;
        let content = boss.content_when(text(&content["id"]), is_ready).await;
        let video = boss.upload_video(&content, "clip.mp4").await;
        boss.when(&format!("/api/videos/{}", text(&video["id"])), |v| !v["preview_url"].is_null())
            .await;
        let user = json!({"username": "target", "password": "violet kettle marmalade"});
        let user = made("/api/users", user).await;
        let invited = made("/api/users/invitations", json!({"email": "new@example.org"})).await;
        let batch = made("/api/admin/markers/generate", json!({"content_ids": []})).await;
        assert_eq!(root.get("/api/companies").await.0, 200);
        let metadata =
            ["kind dmlkZW8=".to_owned(), format!("content_id {}", base64(&id(&content)))];
        let begun = boss.request(Method::POST, "/api/uploads").header("tus-resumable", "1.0.0");
        let begun = begun.header("upload-length", 10).header("upload-metadata", metadata.join(","));
        let begun = begun.send().await.unwrap();
        assert_eq!(begun.status(), 201);
        let upload = begun.headers()["location"].to_str().unwrap().rsplit('/').next().unwrap();
        let ids = vec![
            ("/api/ar-content/", id(&content)),
            ("/api/portraits/", id(&content)),
            ("/api/analytics/content/", id(&content)),
            ("/api/videos/", id(&video)),
            ("/api/uploads/", upload.to_owned()),
            ("/api/projects/", id(&project)),
            ("/api/folders/", id(&folder)),
            ("/api/clients/", id(&client)),
            ("/api/orders/", id(&order)),
            ("/api/users/invitations/", id(&invited)),
            ("/api/users/", id(&user)),
            ("/api/companies/", text(&content["company_id"]).to_owned()),
            ("/api/admin/markers/generate/", id(&batch)),
            ("/api/notifications/dead-letters/", uuid::Uuid::from_u128(8).to_string()),
            ("/api/notifications/", uuid::Uuid::from_u128(7).to_string()),
        ];
        Self { content, ids }
    }

    fn id(&self, prefix: &str) -> &str {
        let found = self.ids.iter().find(|(of, _)| *of == prefix);
        &found.unwrap_or_else(|| panic!("no row for {prefix}: teach the walk")).1
    }

    /// The path of an operation with the id of this company's row in it.
    fn path(&self, template: &str) -> String {
        let Some((prefix, rest)) = template.split_once('{') else { return template.to_owned() };
        let (_, rest) = rest.split_once('}').unwrap();
        assert!(!rest.contains('{'), "{template} has several parameters: teach the walk");
        format!("{prefix}{}{rest}", self.id(prefix))
    }
}

/// An operation of the API document.
struct Operation {
    method: Method,
    path: String,
    name: String,
    is_signed_in: bool,
    has_form: bool,
}

async fn operations(service: &Service) -> Vec<Operation> {
    let (_, document) = answer(service.get("/openapi.json")).await;
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
            let forms = &operation["requestBody"]["content"];
            found.push(Operation {
                method,
                path: path.clone(),
                name: text(&operation["operationId"]).to_owned(),
                is_signed_in: operation["security"].as_array().is_some_and(|s| !s.is_empty()),
                has_form: forms.get("multipart/form-data").is_some(),
            });
        }
    }
    found
}

fn call(user: &User<'_>, operation: &Operation, path: &str) -> reqwest::RequestBuilder {
    let request = user.request(operation.method.clone(), path);
    let request = match path.starts_with("/api/uploads") {
        true => request.header("tus-resumable", "1.0.0"),
        false => request,
    };
    if operation.has_form {
        let form = match operation.name.contains("Video") {
            true => multipart::Form::new().part("video", part(clip("clip.webm"), "clip.webm")),
            false => multipart::Form::new().part("image", picture()),
        };
        return request.multipart(form);
    }
    match operation.method {
        Method::GET | Method::DELETE => request,
        _ if operation.name == "putRotationRule" => request.json(&json!({"rotation_type": "none"})),
        _ => request.json(&json!({})),
    }
}

fn base64(text: &str) -> String {
    BASE64_STANDARD.encode(text)
}

async fn company<'a>(service: &'a Service, root: &User<'_>, name: &str) -> User<'a> {
    let (status, company) = root.post("/api/companies", json!({"name": name})).await;
    assert_eq!(status, 201, "{company}");
    let username = format!("{}-boss", name.to_lowercase());
    let boss = json!({
        "username": username, "password": "violet kettle marmalade", "role": "admin",
        "company_id": company["id"],
    });
    assert_eq!(root.post("/api/users", boss).await.0, 201);
    service.user(&username, "violet kettle marmalade").await
}

#[tokio::test]
async fn nothing_of_another_company_exists() {
    let service = Service::start().await;
    let root = service.admin().await;
    let (acme, globex) =
        (company(&service, &root, "Acme").await, company(&service, &root, "Globex").await);
    let rows = Rows::make(&root, &acme).await;

    for operation in operations(&service).await {
        let named = operation.path.contains('{') && operation.is_signed_in;
        if !named {
            continue;
        }
        let path = rows.path(&operation.path);
        let (status, answered) = answer(call(&globex, &operation, &path)).await;
        assert_eq!(status, 404, "{} {path}: {answered}", operation.method);
    }

    for list in [
        "ar-content",
        "portraits",
        "projects",
        "folders",
        "clients",
        "orders",
        "users",
        "users/stats",
        "users/invitations",
        "admin/stats",
        "admin/dashboard",
        "admin/audit",
    ] {
        let company = rows.id("/api/companies/");
        let (status, answered) = globex.get(&format!("/api/{list}?company_id={company}")).await;
        assert_eq!(status, 404, "{list}: {answered}");
    }
    for (list, filter, prefix) in [
        ("ar-content", "project_id", "/api/projects/"),
        ("ar-content", "folder_id", "/api/folders/"),
        ("ar-content", "client_id", "/api/clients/"),
        ("portraits", "client_id", "/api/clients/"),
        ("portraits", "folder_id", "/api/folders/"),
        ("folders", "project_id", "/api/projects/"),
        ("orders", "client_id", "/api/clients/"),
    ] {
        let path = format!("/api/{list}?{filter}={}", rows.id(prefix));
        assert_eq!(globex.get(&path).await.0, 404, "{path}");
    }

    let content = globex.upload_picture("Theirs").await;
    let own = format!("/api/ar-content/{}", text(&content["id"]));
    let id = |prefix| json!(rows.id(prefix));
    for (method, path, body) in [
        (Method::POST, "/api/projects", json!({"name": "x", "company_id": id("/api/companies/")})),
        (Method::POST, "/api/folders", json!({"name": "x", "project_id": id("/api/projects/")})),
        (Method::POST, "/api/orders", json!({"client_id": id("/api/clients/")})),
        (
            Method::POST,
            "/api/clients",
            json!({
                "name": "x", "phone": "+79123456789", "company_id": id("/api/companies/"),
            }),
        ),
        (
            Method::POST,
            "/api/users",
            json!({
                "username": "spy", "password": "violet kettle marmalade", "company_id": id("/api/companies/"),
            }),
        ),
        (
            Method::POST,
            "/api/users/invitations",
            json!({
                "email": "spy@example.org", "company_id": id("/api/companies/"),
            }),
        ),
        (
            Method::POST,
            "/api/admin/markers/generate",
            json!({
                "content_ids": [id("/api/ar-content/")],
            }),
        ),
        (Method::POST, "/api/admin/markers/generate", json!({"company_id": id("/api/companies/")})),
        (Method::PUT, own.as_str(), json!({"client_id": id("/api/clients/")})),
        (Method::PUT, own.as_str(), json!({"folder_id": id("/api/folders/")})),
        (Method::PUT, own.as_str(), json!({"project_ids": [id("/api/projects/")]})),
    ] {
        let (status, answered) = answer(globex.request(method, path).json(&body)).await;
        assert_eq!(status, 404, "{path} {body}: {answered}");
    }
    let form = |file: &'static str, field: &'static str, prefix: &str| {
        let file = match file {
            "image" => picture(),
            _ => part(clip("clip.webm"), "clip.webm"),
        };
        multipart::Form::new()
            .text(field, rows.id(prefix).to_owned())
            .part(if field == "portrait_id" { "video" } else { "image" }, file)
    };
    for (path, form) in [
        ("/api/portraits", form("image", "client_id", "/api/clients/")),
        ("/api/videos", form("video", "portrait_id", "/api/portraits/")),
        ("/api/ar-content", form("image", "folder_id", "/api/folders/").text("title", "x")),
        ("/api/ar-content", form("image", "client_id", "/api/clients/").text("title", "x")),
    ] {
        let (status, answered) = globex.form(path, form).await;
        assert_eq!(status, 404, "{path}: {answered}");
    }

    let (_, totals) = globex.get("/api/admin/stats").await;
    assert_eq!((&totals["contents"], &totals["clients"]), (&json!(1), &json!(0)), "{totals}");
    let (_, log) = globex.get("/api/admin/audit?per_page=100").await;
    for entry in log["items"].as_array().unwrap() {
        assert_ne!(entry["company_id"], rows.content["company_id"], "{entry}");
    }
    let (status, content) = acme.get(&rows.path("/api/ar-content/{id}")).await;
    assert_eq!(
        (status.as_u16(), &content["title"]),
        (200, &json!("Poster")),
        "nothing was changed"
    );
}

#[tokio::test]
async fn every_role_may_do_what_the_table_says() {
    let service = Service::start().await;
    let root = service.admin().await;
    let boss = company(&service, &root, "Acme").await;
    let rows = Rows::make(&root, &boss).await;
    let worker = json!({"username": "worker", "password": "violet kettle marmalade"});
    assert_eq!(boss.post("/api/users", worker).await.0, 201);
    let worker = service.user("worker", "violet kettle marmalade").await;
    let operations = operations(&service).await;
    for action in Action::ALL {
        let known = operations.iter().any(|operation| operation.name == action.name());
        assert!(known, "{} is no operation", action.name());
    }

    for (role, user) in [(Role::User, &worker), (Role::Admin, &boss), (Role::Superadmin, &root)] {
        for operation in operations.iter().filter(|operation| operation.is_signed_in) {
            if operation.name == "logout" {
                continue;
            }
            let action = Action::ALL.iter().find(|action| action.name() == operation.name);
            let least = action.map_or(Role::User, |action| action.least_role());
            let path = rows.path(&operation.path);
            let response = call(user, operation, &path).send().await.unwrap();
            let status = response.status();
            let said = format!("{role}: {} {path}: {status}", operation.method);
            assert_eq!(status == 403, role < least, "{said}");
            assert!(status != 401 && !status.is_server_error(), "{said}");
        }
    }
    for operation in operations.iter().filter(|operation| operation.is_signed_in) {
        let nobody = service.request(operation.method.clone(), &rows.path(&operation.path));
        assert_eq!(answer(nobody).await.0, 401, "{}", operation.name);
    }
}

#[test]
fn the_documents_show_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/roles.md");
    let shown = std::fs::read_to_string(path).unwrap_or_default();
    for action in Action::ALL {
        let line = format!("| `{}` | {} |", action.name(), action.least_role());
        assert!(shown.contains(&line), "docs/roles.md lacks: {line}");
    }
    assert_eq!(shown.matches("\n| `").count(), Action::ALL.len(), "docs/roles.md has others");
}
