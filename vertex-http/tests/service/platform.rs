//! Every endpoint that people sign in for, on both databases: what goes in comes out, totals are right,
//! and what may not be done is refused with a reason.

use std::path::PathBuf;

use reqwest::{Method, StatusCode, multipart};
use serde_json::{Value, json};

use crate::harness::{
    Service, User, answer, clip, is_ready, part, picture, portrait, postgres_database, text,
};

#[tokio::test]
async fn the_platform_works_on_sqlite() {
    walk(Service::start().await).await;
}

#[tokio::test]
async fn the_platform_works_on_postgres() {
    let Some(url) = postgres_database().await else { return };
    walk(Service::start_with(&[("DATABASE_URL", &url)]).await).await;
}

async fn walk(service: Service) {
    let root = service.admin().await;
    companies(&root).await;
    people(&service, &root).await;
    let boss = service.user("boss", "violet kettle marmalade").await;
    projects_and_folders(&boss).await;
    let client = clients(&boss).await;
    orders(&boss, &client).await;
    let portrait = portraits(&boss, &client).await;
    contents(&boss, &portrait).await;
    videos(&boss, &portrait).await;
    markers(&boss, &portrait).await;
    overview(&boss).await;
    audit(&boss, &root).await;
    companies_go_and_come_back(&service, &root, &boss).await;
    assert!(service.stop().await.success());
}

fn made((status, value): (StatusCode, Value)) -> Value {
    assert_eq!(status, 201, "{value}");
    value
}

fn ok((status, value): (StatusCode, Value)) -> Value {
    assert_eq!(status, 200, "{value}");
    value
}

#[track_caller]
fn refused((status, problem): (StatusCode, Value), wanted: u16) -> String {
    assert_eq!(status, wanted, "{problem}");
    assert_eq!(problem["status"], wanted, "{problem}");
    text(&problem["detail"]).to_owned()
}

fn names<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    list["items"].as_array().unwrap().iter().map(|item| text(&item[field])).collect()
}

async fn companies(root: &User<'_>) {
    let acme = json!({"name": "Ателье Анна", "slug": "atelier", "timezone": "Europe/Moscow"});
    let acme = made(root.post("/api/companies", acme).await);
    assert_eq!(acme["timezone"], "Europe/Moscow");
    let list =
        ok(root.get("/api/companies?search=%D0%B0%D0%BD%D0%BD%D0%B0&sort=-created_at").await);
    assert_eq!((&list["total"], names(&list, "slug")), (&json!(1), vec!["atelier"]));
    let path = format!("/api/companies/{}", text(&acme["id"]));
    let changed = root.put(&path, json!({"contact_email": "Anna@Example.org"})).await;
    assert_eq!(ok(changed)["contact_email"], "anna@example.org");
    assert_eq!(ok(root.get(&path).await)["name"], "Ателье Анна");
    let taken = root.post("/api/companies", json!({"name": "Other", "slug": "atelier"})).await;
    assert!(refused(taken, 409).contains("atelier"));
}

async fn people(service: &Service, root: &User<'_>) {
    let list = ok(root.get("/api/companies?search=atelier").await);
    let company = text(&list["items"][0]["id"]);
    let boss = json!({
        "username": "boss", "password": "violet kettle marmalade", "role": "admin",
        "company_id": company, "full_name": "Анна Ковалёва", "email": "boss@example.org",
    });
    let boss = made(root.post("/api/users", boss).await);
    assert_eq!((&boss["role"], &boss["company_id"]), (&json!("admin"), &json!(company)));
    let boss = service.user("boss", "violet kettle marmalade").await;

    let above =
        json!({"username": "evil", "password": "violet kettle marmalade", "role": "superadmin"});
    let (status, problem) = boss.post("/api/users", above).await;
    assert_eq!((status.as_u16(), &problem["errors"][0]["field"]), (422, &json!("role")));
    let invitation = json!({"email": "Maria@Example.org"});
    let invitation = made(boss.post("/api/users/invitations", invitation).await);
    let open = ok(boss.get("/api/users/invitations").await);
    assert_eq!((&open["total"], &open["items"][0]["token"]), (&json!(1), &Value::Null));
    let register = async |body: Value| {
        answer(service.request(Method::POST, "/api/auth/register").json(&body)).await
    };
    let maria = |invitation: &Value| {
        json!({
            "username": "Maria", "password": "amber lantern thimble", "invitation": invitation,
            "full_name": "Мария",
        })
    };
    refused(register(maria(&Value::Null)).await, 403);
    refused(register(maria(&json!("nonsense"))).await, 422);
    let mut other = maria(&invitation["token"]);
    other["email"] = json!("somebody@else.org");
    refused(register(other).await, 422);
    let maria_row = made(register(maria(&invitation["token"])).await);
    assert_eq!(
        (&maria_row["role"], &maria_row["pending_email"], &maria_row["company_id"]),
        (&json!("user"), &json!("maria@example.org"), &json!(company))
    );
    refused(register(maria(&invitation["token"])).await, 422);
    let unwanted = made(boss.post("/api/users/invitations", json!({"email": "a@b.org"})).await);
    let path = format!("/api/users/invitations/{}", text(&unwanted["id"]));
    assert_eq!(boss.delete(&path).await.0, 204);
    assert_eq!(boss.delete(&path).await.0, 404);

    let maria = service.user("maria", "amber lantern thimble").await;
    assert_eq!(ok(maria.get("/api/auth/profile").await), ok(maria.get("/api/auth/me").await));
    let confirmed = service.command(&["user", "confirm-email", "boss"], "").await;
    assert!(confirmed.status.success(), "{confirmed:?}");
    let profile = json!({"full_name": "Мария Иванова", "email": "boss@example.org"});
    assert!(refused(maria.put("/api/auth/profile", profile).await, 409).contains("boss@"));
    let profile = json!({"full_name": "Мария Иванова", "email": null});
    let profile = ok(maria.put("/api/auth/profile", profile).await);
    assert_eq!(
        (&profile["full_name"], &profile["pending_email"]),
        (&json!("Мария Иванова"), &Value::Null)
    );

    let list = ok(boss.get("/api/users?search=%D0%98%D0%92%D0%90%D0%9D&role=user").await);
    assert_eq!((&list["total"], names(&list, "username")), (&json!(1), vec!["maria"]));
    let path = format!("/api/users/{}", text(&maria_row["id"]));
    assert_eq!(ok(boss.get(&path).await)["full_name"], "Мария Иванова");
    let locked = ok(boss.post(&format!("{path}/lock"), json!({})).await);
    assert_eq!(locked["is_locked"], true);
    assert_eq!(maria.get("/api/auth/me").await.0, 401, "locking signs out");
    assert_eq!(service.login("maria", "amber lantern thimble").await.0, 423);
    let stats = ok(boss.get("/api/users/stats").await);
    assert_eq!(
        (&stats["total"], &stats["locked"], &stats["admins"]),
        (&json!(2), &json!(1), &json!(1))
    );
    assert_eq!(ok(boss.post(&format!("{path}/unlock"), json!({})).await)["is_locked"], false);
    let reset = ok(boss.post(&format!("{path}/reset-password"), json!({})).await);
    assert_eq!(service.login("maria", "amber lantern thimble").await.0, 401);
    let maria = service.user("maria", text(&reset["temporary_password"])).await;
    assert_eq!(maria.get("/api/users").await.0, 403);
    ok(boss.put(&path, json!({"role": "admin", "is_active": true})).await);
    assert_eq!(ok(maria.get("/api/users").await)["total"], 2, "a new role holds at once");
    ok(boss.put(&path, json!({"is_active": false})).await);
    assert_eq!(maria.get("/api/auth/me").await.0, 401);
    let me = ok(boss.get("/api/auth/me").await);
    let own = format!("/api/users/{}", text(&me["id"]));
    refused(boss.put(&own, json!({"role": "user"})).await, 409);
    refused(boss.delete(&own).await, 409);
    assert_eq!(boss.delete(&path).await.0, 204);
    assert_eq!(boss.get(&path).await.0, 404);
}

async fn projects_and_folders(boss: &User<'_>) {
    let project = made(boss.post("/api/projects", json!({"name": "Осень"})).await);
    let path = format!("/api/projects/{}", text(&project["id"]));
    let folder = json!({"name": "Плакаты", "project_id": project["id"], "description": "A0"});
    let folder = made(boss.post("/api/folders/", folder).await);
    let folder_path = format!("/api/folders/{}", text(&folder["id"]));
    assert_eq!(ok(boss.get(&folder_path).await)["description"], "A0");
    let list = format!("/api/folders?project_id={}&search=%D0%BF%D0%BB", text(&project["id"]));
    assert_eq!(ok(boss.get(&list).await)["total"], 1);
    assert_eq!(refused(boss.delete(&path).await, 409), "1 folder depends on this project");
    let changed = ok(boss.put(&folder_path, json!({"name": "Афиши"})).await);
    assert_eq!((&changed["name"], &changed["description"]), (&json!("Афиши"), &json!("A0")));

    let read = boss.request(Method::GET, &path).send().await.unwrap();
    let version = read.headers()["etag"].to_str().unwrap().to_owned();
    let change = async |name: &str| {
        let request = boss.request(Method::PUT, &path).header("if-match", &version);
        answer(request.json(&json!({"name": name}))).await
    };
    assert_eq!(ok(change("Зима").await)["name"], "Зима");
    refused(change("Весна").await, 412);
    let stale = boss.request(Method::DELETE, &path).header("if-match", &version);
    refused(answer(stale).await, 412);
    assert_eq!(ok(boss.get(&path).await)["name"], "Зима");
    assert_eq!(boss.delete(&format!("{path}?force=true")).await.0, 204);
    assert_eq!(boss.get(&folder_path).await.0, 404);
}

async fn clients(boss: &User<'_>) -> Value {
    let anna = json!({"name": "Анна", "phone": "8 (912) 345-67-89", "email": "anna@example.org"});
    let anna = made(boss.post("/api/clients", anna).await);
    assert_eq!(anna["phone"], "+79123456789");
    made(boss.post("/api/clients", json!({"name": "Bert", "phone": "+49 30 901820"})).await);
    let (status, problem) = boss.post("/api/clients", json!({"phone": "12", "colour": 1})).await;
    assert_eq!(status, 422, "{problem}");
    let (_, problem) = boss.post("/api/clients", json!({"phone": "12", "email": "x"})).await;
    let fields: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|e| text(&e["field"])).collect();
    assert_eq!(fields, ["name", "phone", "email"]);

    for (search, found) in [
        ("phone=345-67-89", vec!["Анна"]),
        ("phone=%2B4930", vec!["Bert"]),
        ("email=ANNA@", vec!["Анна"]),
        ("name=ber", vec!["Bert"]),
        ("query=89123456789", vec!["Анна"]),
        ("name=ber&phone=345", vec![]),
        ("", vec!["Bert", "Анна"]),
    ] {
        let list = ok(boss.get(&format!("/api/clients/search?{search}")).await);
        assert_eq!(names(&list, "name"), found, "{search}");
        assert_eq!(list["total"], found.len(), "{search}");
    }
    let list = ok(boss.get("/api/clients?sort=-name&per_page=1&page=2").await);
    assert_eq!((&list["total"], names(&list, "name")), (&json!(2), vec!["Bert"]));
    let path = format!("/api/clients/{}", text(&anna["id"]));
    let changed = ok(boss.put(&path, json!({"name": "Анна К.", "email": null})).await);
    assert_eq!((&changed["email"], &changed["phone"]), (&Value::Null, &json!("+79123456789")));
    let changed = ok(boss.get(&path).await);
    assert_eq!(changed["name"], "Анна К.");
    changed
}

async fn orders(boss: &User<'_>, client: &Value) {
    let order = json!({"client_id": client["id"], "notes": "Портрет 30x40"});
    let order = made(boss.post("/api/orders", order).await);
    assert_eq!((&order["status"], &order["completed_at"]), (&json!("new"), &Value::Null));
    let path = format!("/api/orders/{}", text(&order["id"]));
    let turn = async |status: &str| boss.put(&path, json!({"status": status})).await;
    ok(turn("in_progress").await);
    let done = ok(turn("completed").await);
    assert_eq!(done["completed_at"], done["updated_at"]);
    assert!(refused(turn("cancelled").await, 409).contains("only in_progress"));
    refused(turn("lost").await, 422);
    assert_eq!(ok(turn("in_progress").await)["completed_at"], Value::Null);
    ok(turn("completed").await);
    let list = format!("/api/orders?client_id={}&status=completed", text(&client["id"]));
    assert_eq!(ok(boss.get(&list).await)["items"][0]["id"], order["id"]);
    let found = ok(boss.get("/api/orders?search=%D0%9F%D0%9E%D0%A0%D0%A2%D0%A0%D0%95%D0%A2").await);
    assert_eq!(found["total"], 1);
    assert_eq!(ok(boss.get("/api/orders?status=new").await)["total"], 0);
    let client_path = format!("/api/clients/{}", text(&client["id"]));
    let why = refused(boss.delete(&client_path).await, 409);
    assert_eq!(why, "1 order depends on this client");
    let spare = made(boss.post("/api/orders", json!({"client_id": client["id"]})).await);
    let spare = format!("/api/orders/{}", text(&spare["id"]));
    assert_eq!(boss.delete(&spare).await.0, 204);
    assert_eq!(boss.get(&spare).await.0, 404);
    assert_eq!(ok(boss.get(&path).await)["notes"], "Портрет 30x40");
}

async fn portraits(boss: &User<'_>, client: &Value) -> Value {
    let form = multipart::Form::new()
        .part("image", picture())
        .text("client_id", text(&client["id"]).to_owned());
    let made_portrait = made(boss.form("/api/portraits/", form).await);
    assert_eq!(made_portrait["marker_status"], "ready", "the answer comes with its markers");
    assert_eq!(
        (&made_portrait["client_id"], &made_portrait["title"]),
        (&client["id"], &client["name"])
    );
    let path = format!("/api/portraits/{}", text(&made_portrait["id"]));
    let read = ok(boss.get(&path).await);
    assert_eq!(read["qr_code_base64"], made_portrait["qr_code_base64"]);
    let listed = ok(boss.get(&format!("/api/clients/{}/portraits", text(&client["id"]))).await);
    assert_eq!((&listed["total"], &listed["items"][0]["id"]), (&json!(1), &read["id"]));
    let listed = ok(boss.get(&format!("/api/portraits?client_id={}", text(&client["id"]))).await);
    assert_eq!(listed["items"][0]["permanent_link"], read["permanent_link"]);

    let changed =
        ok(boss.put(&path, json!({"title": "Свадьба", "expiry_date": "2031-01-31"})).await);
    assert_eq!(
        (&changed["title"], &changed["expiry_date"]),
        (&json!("Свадьба"), &json!("2031-01-31"))
    );
    let measured = |analysis: &Value| analysis["trackability"].is_number();
    let analysis = boss.when(&format!("{path}/analyze"), measured).await;
    assert_eq!((&analysis["width"], &analysis["quality"]), (&json!(512), &json!("good")));
    assert!(analysis["trackability"].as_u64().unwrap() > 0, "{analysis}");
    let preview = boss.request(Method::GET, &format!("{path}/preview")).send().await.unwrap();
    assert_eq!(preview.headers()["content-type"], "image/webp");

    let form = |client: &str| {
        multipart::Form::new().part("image", picture()).text("client_id", client.to_owned())
    };
    let (status, problem) = boss.form("/api/portraits", form("nobody")).await;
    assert_eq!((status.as_u16(), &problem["errors"][0]["field"]), (422, &json!("client_id")));
    let nobody = uuid::Uuid::from_u128(1).to_string();
    assert_eq!(boss.form("/api/portraits", form(&nobody)).await.0, 404);
    let spare = made(boss.form("/api/portraits", form(text(&client["id"]))).await);
    let spare = format!("/api/portraits/{}", text(&spare["id"]));
    assert_eq!(boss.delete(&spare).await.0, 204);
    assert_eq!(boss.get(&spare).await.0, 404);
    read
}

async fn contents(boss: &User<'_>, portrait: &Value) {
    let project = made(boss.post("/api/projects", json!({"name": "Весна"})).await);
    let folder = json!({"name": "Афиши", "project_id": project["id"]});
    let folder = made(boss.post("/api/folders", folder).await);
    let form = multipart::Form::new()
        .part("image", picture())
        .text("title", "Афиша")
        .text("folder_id", text(&folder["id"]).to_owned());
    let content = made(boss.form("/api/ar-content", form).await);
    assert_eq!(content["project_ids"], json!([project["id"]]));
    let path = format!("/api/ar-content/{}", text(&content["id"]));
    boss.content_when(text(&content["id"]), is_ready).await;
    let listed = async |filter: String| ok(boss.get(&format!("/api/ar-content?{filter}")).await);
    let by_folder = listed(format!("folder_id={}", text(&folder["id"]))).await;
    assert_eq!(names(&by_folder, "title"), ["Афиша"]);
    let by_project = listed(format!("project_id={}&is_active=true", text(&project["id"]))).await;
    assert_eq!(by_project["total"], 1);
    let by_title = listed("sort=title&marker_status=ready".to_owned()).await;
    assert_eq!(names(&by_title, "title"), ["Афиша", "Свадьба"]);
    assert_eq!(listed("search=%D0%B0%D0%A4%D0%B8".to_owned()).await["total"], 1);

    let change = json!({"client_id": portrait["client_id"], "folder_id": null, "project_ids": []});
    let changed = ok(boss.put(&path, change).await);
    assert_eq!(
        (&changed["client_id"], &changed["folder_id"], &changed["project_ids"]),
        (&portrait["client_id"], &Value::Null, &json!([]))
    );
    let why =
        refused(boss.delete(&format!("/api/clients/{}", text(&portrait["client_id"]))).await, 409);
    assert!(why.contains("portraits and 1 order depend on this client"), "{why}");

    assert_eq!(boss.delete(&path).await.0, 204);
    assert_eq!(boss.get(&path).await.0, 404);
    assert_eq!(listed("deleted=true&search=%D0%B0%D1%84".to_owned()).await["total"], 1);
    assert_eq!(answer(boss.service.get(&public(&content))).await.0, 404);
    assert_eq!(ok(boss.post(&format!("{path}/restore"), json!({})).await)["title"], "Афиша");
    assert_eq!(answer(boss.service.get(&public(&content))).await.0, 200);
    assert_eq!(boss.post(&format!("{path}/restore"), json!({})).await.0, 404);
}

fn public(content: &Value) -> String {
    format!("/api/ar/{}", text(&content["unique_id"]))
}

async fn videos(boss: &User<'_>, portrait: &Value) {
    let send = async |file: &str, active: &str| {
        let form = multipart::Form::new()
            .part("video", part(clip(file), file))
            .text("portrait_id", text(&portrait["id"]).to_owned())
            .text("is_active", active.to_owned())
            .text("description", "Первый танец");
        made(boss.form("/api/videos", form).await)
    };
    let first = send("clip.mp4", "true").await;
    assert_eq!(
        (&first["portrait_id"], &first["is_active"], &first["description"]),
        (&portrait["id"], &json!(true), &json!("Первый танец"))
    );
    let poster = boss.service.get(text(&first["preview_url"])).send().await.unwrap();
    assert_eq!(poster.status(), 200, "the answer comes with its preview");
    let megabytes = clip("clip.mp4").len() as f64 / (1024.0 * 1024.0);
    assert!((first["file_size_mb"].as_f64().unwrap() - megabytes).abs() < 0.01, "{first}");
    let file = boss.service.http.get(text(&first["video_url"]).replace("localhost", "127.0.0.1"));
    assert_eq!(file.send().await.unwrap().bytes().await.unwrap(), clip("clip.mp4"));

    let second = send("clip.webm", "true").await;
    let path = format!("/api/videos/{}", text(&first["id"]));
    let second_path = format!("/api/videos/{}", text(&second["id"]));
    assert_eq!(ok(boss.get(&path).await)["status"], "inactive", "one is active at a time");
    ok(boss.put(&format!("{path}/active"), json!({})).await);
    let preview = boss.request(Method::GET, &format!("{path}/preview")).send().await.unwrap();
    assert_eq!(preview.headers()["content-type"], "image/webp");
    let window =
        json!({"starts_at": "2040-01-01T00:00:00Z", "ends_at": "2040-02-01T00:00:00+03:00"});
    let scheduled = ok(boss.put(&format!("{path}/schedule"), window).await);
    assert_eq!(scheduled["ends_at"], "2040-01-31T21:00:00+00:00");
    let wrong = json!({"starts_at": "2050-01-01T00:00:00Z"});
    refused(boss.put(&format!("{path}/schedule"), wrong).await, 422);
    let (_, playing) =
        answer(boss.service.get(&format!("{}/active-video", public(portrait)))).await;
    assert_eq!(playing["video"]["id"], second["id"], "outside its window a video does not play");
    ok(boss.put(&format!("{path}/schedule"), json!({"starts_at": null, "ends_at": null})).await);

    let content = format!("/api/ar-content/{}", text(&portrait["id"]));
    let rule = json!({
        "rotation_type": "daily_cycle", "start_date": "2026-01-01",
        "schedule_config": {"video_sequence": [first["id"], second["id"]]},
    });
    ok(boss.put(&format!("{content}/rotation-rule"), rule).await);
    let plan = ok(boss.get(&format!("{content}/rotation-rule/preview")).await);
    let days = plan["days"].as_array().unwrap();
    assert_eq!(days.len(), 30);
    for pair in days.windows(2) {
        assert_eq!(pair[0]["spans"].as_array().unwrap().len(), 1, "{pair:?}");
        assert_eq!(pair[0]["spans"][0]["until"], pair[1]["spans"][0]["from"]);
        assert_ne!(pair[0]["spans"][0]["video_id"], pair[1]["spans"][0]["video_id"]);
    }
    let (_, playing) =
        answer(boss.service.get(&format!("{}/active-video", public(portrait)))).await;
    assert_eq!(playing["video"]["id"], days[0]["spans"][0]["video_id"], "today as it was foretold");
    refused(boss.get(&format!("{content}/rotation-rule/preview?days=0")).await, 422);

    let history = ok(boss.get(&format!("{path}/schedule/history")).await);
    assert_eq!(
        names(&history, "action"),
        ["added_to_rule", "unscheduled", "scheduled", "activated", "deactivated", "activated"]
    );
    assert!(names(&history, "performed_by").iter().all(|by| *by == "boss"), "{history}");
    assert_eq!(
        refused(boss.delete(&second_path).await, 409),
        "1 rotation rule depends on this video"
    );
    assert_eq!(boss.delete(&format!("{second_path}?force=true")).await.0, 204);
    assert_eq!(ok(boss.get(&format!("{content}/videos")).await)["total"], 1);
    let changed = ok(boss.put(&path, json!({"title": "Танец", "status": "archived"})).await);
    assert_eq!((&changed["title"], &changed["status"]), (&json!("Танец"), &json!("archived")));

    let form = multipart::Form::new().text("is_active", "true");
    let (status, problem) = boss.form("/api/videos", form).await;
    assert_eq!((status.as_u16(), problem["errors"].as_array().unwrap().len()), (422, 2));
    // Copies of the video that is left may still be made.
    let is_original = |path: &&PathBuf| path.iter().any(|part| part == "videos");
    let has_one = |files: &[PathBuf]| files.iter().filter(is_original).count() == 1;
    boss.service.stored_when(has_one).await;
    let nobody = uuid::Uuid::from_u128(1).to_string();
    let form = multipart::Form::new()
        .part("video", part(clip("clip.webm"), "v"))
        .text("portrait_id", nobody);
    assert_eq!(boss.form("/api/videos", form).await.0, 404);
    assert!(has_one(&boss.service.stored()), "a refused video was kept");
}

async fn markers(boss: &User<'_>, portrait: &Value) {
    let again = format!("/api/portraits/{}/regenerate-marker", text(&portrait["id"]));
    let request = boss.request(Method::POST, &again).header("accept-language", "ru-RU,ru;q=0.9");
    let done = ok(answer(request).await);
    assert_eq!(done["status"], "success");
    assert!(text(&done["marker_sizes"]["mind"]).ends_with("КБ"), "{done}");
    assert!(done["marker_updated_at"].as_str() > portrait["marker_updated_at"].as_str(), "{done}");

    let batch = json!({"content_ids": [portrait["id"]]});
    let (status, batch) = boss.post("/api/admin/markers/generate", batch).await;
    assert_eq!((status.as_u16(), &batch["total"]), (202, &json!(1)), "{batch}");
    let path = format!("/api/admin/markers/generate/{}", text(&batch["id"]));
    let batch = boss.when(&path, |batch| batch["status"] == "done").await;
    assert_eq!((&batch["ready"], &batch["progress"]), (&json!(1), &json!(100)), "{batch}");
    let (_, all) =
        boss.post("/api/admin/markers/generate", json!({"marker_status": "failed"})).await;
    assert_eq!((&all["total"], &all["status"]), (&json!(0), &json!("done")), "{all}");
    let nobody = json!({"content_ids": [uuid::Uuid::from_u128(1)]});
    assert_eq!(boss.post("/api/admin/markers/generate", nobody).await.0, 404);
}

async fn overview(boss: &User<'_>) {
    let stats = ok(boss.get("/api/admin/stats").await);
    assert_eq!(
        (&stats["contents"], &stats["clients"], &stats["videos"], &stats["users"]),
        (&json!(2), &json!(2), &json!(1), &json!(1)),
        "{stats}"
    );
    let stored = clip("clip.mp4").len() + 3 * portrait().len();
    assert_eq!(stats["stored_bytes"], stored, "{stats}");
    let dashboard = ok(boss.get("/api/admin/dashboard").await);
    assert_eq!(dashboard["stats"]["orders_by_status"], json!([{"name": "completed", "count": 1}]));
    assert_eq!(dashboard["latest_contents"][0]["title"], "Афиша");
    assert_eq!(dashboard["new_orders"], json!([]));
    for part in ["", "/db", "/storage", "/status"] {
        let health = ok(answer(boss.service.get(&format!("/api/health{part}"))).await);
        assert_eq!(health["status"], "ok", "{part}");
    }
}

async fn audit(boss: &User<'_>, root: &User<'_>) {
    let log = ok(boss.get("/api/admin/audit?entity=order&per_page=100").await);
    let labels = names(&log, "action");
    assert_eq!(labels.iter().filter(|action| **action == "created").count(), 2, "{log}");
    assert_eq!(labels.iter().filter(|action| **action == "deleted").count(), 1, "{log}");
    let entry = &log["items"][0];
    assert_eq!((&entry["username"], &entry["address"]), (&json!("boss"), &json!("127.0.0.1")));
    let everything = ok(boss.get("/api/admin/audit").await);
    assert!(everything["total"].as_u64().unwrap() > 40, "{}", everything["total"]);
    let strangers = ok(root.get("/api/admin/audit?entity=company&action=created").await);
    assert_eq!(strangers["items"][0]["label"], "Ателье Анна");
    let later = ok(boss.get("/api/admin/audit?from=2090-01-01T00:00:00Z").await);
    assert_eq!(later["total"], 0);
}

async fn companies_go_and_come_back(service: &Service, root: &User<'_>, boss: &User<'_>) {
    let me = ok(boss.get("/api/auth/me").await);
    let path = format!("/api/companies/{}", text(&me["company_id"]));
    refused(boss.delete(&path).await, 403);
    assert_eq!(root.delete(&path).await.0, 204);
    assert_eq!(boss.get("/api/auth/me").await.0, 401);
    assert_eq!(service.login("boss", "violet kettle marmalade").await.0, 401);
    assert_eq!(ok(root.get("/api/companies?search=atelier").await)["total"], 0);
    let back = ok(root.put(&path, json!({"is_active": true})).await);
    assert_eq!(back["deleted_at"], Value::Null);
    assert_eq!(service.login("boss", "violet kettle marmalade").await.0, 200);
    let home =
        format!("/api/companies/{}", text(&ok(root.get("/api/auth/me").await)["company_id"]));
    refused(root.delete(&home).await, 409);
}

#[tokio::test]
async fn anybody_may_register_where_that_is_open() {
    let service = Service::start_with(&[("VERTEX_REGISTRATION", "open")]).await;
    let register = async |name: &str, company: Value| {
        let body = json!({"username": name, "password": "violet kettle marmalade", "company_name": company});
        answer(service.request(Method::POST, "/api/auth/register").json(&body)).await
    };
    assert_eq!(register("anna", Value::Null).await.0, 422);
    let anna = made(register("anna", json!("Студия")).await);
    let bert = made(register("bert", json!("Студия")).await);
    assert_eq!(anna["role"], "admin");
    assert_ne!(anna["company_id"], bert["company_id"], "a company of their own");
    assert_eq!(register("anna", json!("Again")).await.0, 409);
    let anna = service.user("anna", "violet kettle marmalade").await;
    assert_eq!(ok(anna.get("/api/companies").await)["total"], 1);
}

#[tokio::test]
async fn a_deleted_company_is_removed_with_its_files() {
    let service = Service::start_with(&[("VERTEX_PURGE_DAYS", "0")]).await;
    let root = service.admin().await;
    let company = made(root.post("/api/companies", json!({"name": "Acme"})).await);
    let boss = json!({
        "username": "boss", "password": "violet kettle marmalade", "role": "admin",
        "company_id": company["id"],
    });
    made(root.post("/api/users", boss).await);
    let boss = service.user("boss", "violet kettle marmalade").await;
    let content = boss.upload_picture("Poster").await;
    boss.content_when(text(&content["id"]), is_ready).await;
    boss.upload_video(&content, "clip.mp4").await;
    let path = format!("/api/companies/{}", text(&company["id"]));
    assert_eq!(root.delete(&path).await.0, 204);
    root.gone(&path).await;
    service.stored_when(<[_]>::is_empty).await;
    let log = ok(root.get("/api/admin/audit?entity=company&action=deleted").await);
    assert_eq!(log["items"][0]["label"], "Acme", "the audit log outlives it");
}
