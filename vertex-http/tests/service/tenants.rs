//! A company sees its own rows and no others.

use reqwest::{Method, multipart};
use serde_json::json;

use crate::harness::{Service, answer, picture, text};

#[tokio::test]
async fn another_companys_rows_do_not_exist() {
    let service = Service::start().await;
    let root = service.admin().await;
    for name in ["Acme", "Globex"] {
        let (status, company) =
            root.post("/api/companies", json!({"name": name, "timezone": "Europe/Berlin"})).await;
        assert_eq!(status, 201, "{company}");
        let slug = name.to_lowercase();
        let user = format!("{slug}-admin");
        let make = ["user", "create", &user, "--role", "admin", "--company", &slug];
        assert!(service.command(&make, "violet kettle marmalade").await.status.success());
    }
    let acme = service.user("acme-admin", "violet kettle marmalade").await;
    let globex = service.user("globex-admin", "violet kettle marmalade").await;

    let content = acme.upload_picture("Acme's poster").await;
    let video = acme.upload_video(&content, "clip.mp4").await;
    let (_, project) = acme.post("/api/projects", json!({"name": "Autumn"})).await;
    let id = text(&content["id"]);
    let company = text(&content["company_id"]);

    let hidden = [
        (Method::GET, format!("/api/ar-content/{id}")),
        (Method::PUT, format!("/api/ar-content/{id}")),
        (Method::POST, format!("/api/ar-content/{id}/generate-marker")),
        (Method::GET, format!("/api/ar-content/{id}/marker")),
        (Method::GET, format!("/api/ar-content/{id}/preview")),
        (Method::GET, format!("/api/ar-content/{id}/quality")),
        (Method::GET, format!("/api/ar-content/{id}/quality/overlay")),
        (Method::GET, format!("/api/ar-content/{id}/qr")),
        (Method::GET, format!("/api/ar-content/{id}/videos")),
        (Method::GET, format!("/api/ar-content/{id}/rotation-rule")),
        (Method::PUT, format!("/api/ar-content/{id}/rotation-rule")),
        (Method::DELETE, format!("/api/ar-content/{id}")),
        (Method::GET, format!("/api/videos/{}", text(&video["id"]))),
        (Method::PUT, format!("/api/videos/{}", text(&video["id"]))),
        (Method::PUT, format!("/api/videos/{}/active", text(&video["id"]))),
        (Method::DELETE, format!("/api/videos/{}", text(&video["id"]))),
        (Method::GET, format!("/api/projects/{}", text(&project["id"]))),
        (Method::PUT, format!("/api/projects/{}", text(&project["id"]))),
        (Method::DELETE, format!("/api/projects/{}", text(&project["id"]))),
        (Method::GET, format!("/api/companies/{company}")),
        (Method::PUT, format!("/api/companies/{company}")),
        (Method::DELETE, format!("/api/companies/{company}")),
        (Method::GET, format!("/api/ar-content?company_id={company}")),
        (Method::GET, format!("/api/projects?company_id={company}")),
    ];
    for (method, path) in hidden {
        let request = globex.request(method.clone(), &path).json(&json!({"rotation_type": "none"}));
        let request = if path.ends_with("rotation-rule") || method != Method::PUT {
            request
        } else {
            globex.request(method.clone(), &path).json(&json!({}))
        };
        let (status, problem) = answer(request).await;
        assert_eq!(status, 404, "{method} {path}: {problem}");
    }
    let form = multipart::Form::new()
        .text("title", "In their name")
        .text("company_id", company.to_owned())
        .part("image", picture());
    assert_eq!(globex.form("/api/ar-content", form).await.0, 404);
    let form = multipart::Form::new()
        .text("title", "In their project")
        .text("project_id", text(&project["id"]).to_owned())
        .part("image", picture());
    assert_eq!(globex.form("/api/ar-content", form).await.0, 404);

    for (user, contents, companies) in [(&acme, 1, 1), (&globex, 0, 1), (&root, 1, 3)] {
        assert_eq!(user.get("/api/ar-content").await.1["total"], contents);
        assert_eq!(user.get("/api/companies").await.1["total"], companies);
    }
    assert_eq!(acme.get(&format!("/api/ar-content/{id}")).await.0, 200, "and nothing was changed");
    let (status, _) = acme.post("/api/companies", json!({"name": "Mine"})).await;
    assert_eq!(status, 403, "only superadmins make companies");
}
