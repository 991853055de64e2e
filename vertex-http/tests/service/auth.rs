//! Signing in, staying signed in, being locked out.

use futures::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use vertex_core::{password::Weakness, ports::Passwords};
use vertex_http::adapters::Argon2Passwords;

use crate::harness::{ADMIN_PASSWORD, Service, answer, start_refused, text};

async fn refresh(service: &Service, token: &str) -> (StatusCode, Value) {
    let body = json!({ "refresh_token": token });
    answer(service.request(Method::POST, "/api/auth/refresh").json(&body)).await
}

async fn me(service: &Service, token: &str) -> u16 {
    answer(service.get("/api/auth/me").bearer_auth(token)).await.0.as_u16()
}

#[tokio::test]
async fn tabs_that_refresh_at_once_get_the_same_tokens_from_any_process() {
    let service = Service::start().await;
    let sibling = service.sibling().await;
    let (_, first) = service.login("admin", ADMIN_PASSWORD).await;
    let token = text(&first["refresh_token"]);
    let tabs = (0..12).map(|tab| refresh(if tab % 2 == 0 { &service } else { &sibling }, token));
    let answers = join_all(tabs).await;
    let (_, second) = &answers[0];
    for (status, answer) in &answers {
        assert_eq!(*status, 200, "{answer}");
        assert_eq!(answer["refresh_token"], second["refresh_token"]);
        assert_eq!(answer["access_token"], second["access_token"]);
    }
    assert_eq!(me(&service, text(&second["access_token"])).await, 200);
    let (status, third) = refresh(&service, text(&second["refresh_token"])).await;
    assert_eq!(status, 200, "{third}");
    let (status, late) = refresh(&service, token).await;
    assert_eq!((status.as_u16(), &late["refresh_token"]), (200, &third["refresh_token"]));
}

#[tokio::test]
async fn a_refresh_token_that_comes_again_later_ends_the_session() {
    let service = Service::start().await;
    let (_, first) = service.login("admin", ADMIN_PASSWORD).await;
    let (_, second) = refresh(&service, text(&first["refresh_token"])).await;
    service.sql("UPDATE refresh_tokens SET used_at = '2026-01-01T00:00:00+00:00'").await;
    let (status, problem) = refresh(&service, text(&first["refresh_token"])).await;
    assert_eq!((status.as_u16(), text(&problem["code"])), (401, "unauthenticated"));
    assert_eq!(me(&service, text(&second["access_token"])).await, 401, "the thief's is over, too");
    assert_eq!(refresh(&service, text(&second["refresh_token"])).await.0, 401);
}

#[tokio::test]
async fn signing_out_ends_the_access_token() {
    let service = Service::start().await;
    let admin = service.admin().await;
    assert_eq!(admin.get("/api/auth/me").await.0, 200);
    assert_eq!(admin.post("/api/auth/logout", json!({})).await.0, 204);
    assert_eq!(admin.get("/api/auth/me").await.0, 401);
}

#[tokio::test]
async fn five_failures_lock_and_the_console_unlocks() {
    let service = Service::start().await;
    for _ in 0..5 {
        let (status, problem) = service.login("admin", "wrong password").await;
        assert_eq!((status.as_u16(), text(&problem["code"])), (401, "unauthenticated"));
    }
    let (status, problem) = service.login("admin", ADMIN_PASSWORD).await;
    assert_eq!((status.as_u16(), text(&problem["code"])), (423, "locked"));
    let output = service.command(&["user", "unlock", "admin"], "").await;
    assert!(output.status.success(), "{output:?}");
    service.admin().await;
}

#[tokio::test]
async fn a_new_password_signs_other_devices_out() {
    let service = Service::start().await;
    let (here, there) = (service.admin().await, service.admin().await);
    let change =
        |current: &str, new: &str| json!({"current_password": current, "new_password": new});
    let (status, problem) =
        here.post("/api/auth/change-password", change("wrong", "quiet copper teapot")).await;
    assert_eq!((status.as_u16(), text(&problem["errors"][0]["field"])), (422, "current_password"));
    let (status, _) =
        here.post("/api/auth/change-password", change(ADMIN_PASSWORD, "quiet copper teapot")).await;
    assert_eq!(status, 204);
    assert_eq!(here.get("/api/auth/me").await.0, 200);
    assert_eq!(there.get("/api/auth/me").await.0, 401);
    assert_eq!(service.login("admin", ADMIN_PASSWORD).await.0, 401);
    assert_eq!(service.login("admin", "quiet copper teapot").await.0, 200);
}

#[tokio::test]
async fn pages_sign_in_by_cookies_that_scripts_cannot_read() {
    let service = Service::start().await;
    let body = json!({"username": "admin", "password": ADMIN_PASSWORD});
    let login = service.request(Method::POST, "/api/auth/login").json(&body).send().await.unwrap();
    let cookies: Vec<String> = login
        .headers()
        .get_all("set-cookie")
        .iter()
        .map(|value| value.to_str().unwrap().to_owned())
        .collect();
    assert_eq!(cookies.len(), 2);
    for cookie in &cookies {
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    }
    let cookie =
        cookies.iter().map(|c| c.split(';').next().unwrap()).collect::<Vec<_>>().join("; ");
    let me = service.get("/api/auth/me").header("cookie", &cookie);
    assert_eq!(answer(me).await.0, 200);
    let refresh = service.request(Method::POST, "/api/auth/refresh").header("cookie", &cookie);
    let refresh = refresh.header("origin", service.url(""));
    assert_eq!(answer(refresh.json(&json!({}))).await.0, 200);
}

#[tokio::test]
async fn users_are_made_at_the_console() {
    let service = Service::start().await;
    let make = ["user", "create", "anna", "--role", "admin", "--email", "anna@example.org"];
    let output = service.command(&make, "walnut ferry compass").await;
    assert!(output.status.success(), "{output:?}");
    let anna = service.user("anna", "walnut ferry compass").await;
    let (_, me) = anna.get("/api/auth/me").await;
    assert_eq!((text(&me["role"]), text(&me["pending_email"])), ("admin", "anna@example.org"));
    let output = service.command(&make, "walnut ferry compass").await;
    assert!(!output.status.success());
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(complaint.contains("anna") && complaint.contains("taken"), "{complaint}");
    let wrong = ["user", "create", "b", "--role", "king"];
    let output = service.command(&wrong, "short").await;
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(complaint.contains("password has 5 characters"), "{complaint}");
    let output = service.command(&wrong, "walnut ferry compass").await;
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(["username", "role"].iter().all(|f| complaint.contains(f)), "{complaint}");
}

#[tokio::test]
async fn passwords_that_are_easy_to_guess_are_refused_wherever_they_are_set() {
    let service = Service::start_with(&[("VERTEX_REGISTRATION", "open")]).await;
    let admin = service.admin().await;
    let refused = |(status, problem): (StatusCode, Value), field: &str, code: &str| {
        assert_eq!(status, 422, "{problem}");
        let bad = &problem["errors"][0];
        assert_eq!((text(&bad["field"]), text(&bad["code"])), (field, code), "{problem}");
        assert!(text(&bad["message"]).contains("take several words"), "{problem}");
    };
    let user = |name: &str, password: &str| json!({"username": name, "password": password});
    let common = admin.post("/api/users", user("anna", "Password12345")).await;
    refused(common, "password", "password_common");
    let own_name = admin.post("/api/users", user("kovalyova", "Kovalyova99")).await;
    refused(own_name, "password", "password_personal");
    let (status, short) = admin.post("/api/users", user("anna", "Xk7#pQ2!z")).await;
    assert_eq!((status.as_u16(), &short["errors"][0]["code"]), (422, &Value::Null));
    assert!(text(&short["errors"][0]["message"]).contains("10 to 256"), "{short}");

    let change = json!({"current_password": ADMIN_PASSWORD, "new_password": "abcdefghijkl"});
    let change = admin.post("/api/auth/change-password", change).await;
    refused(change, "new_password", "password_sequence");
    let (_, anna) = admin.post("/api/users", user("anna", "violet kettle marmalade")).await;
    let reset = format!("/api/users/{}/reset-password", text(&anna["id"]));
    let named = admin.post(&reset, json!({"new_password": "aaaaaaaaaaaa"})).await;
    refused(named, "new_password", "password_repeats");

    let register =
        |body: Value| answer(service.request(Method::POST, "/api/auth/register").json(&body));
    let own_company = json!({
        "username": "boris", "password": "Zarnitsa2026", "company_name": "Zarnitsa",
    });
    refused(register(own_company).await, "password", "password_personal");
    let invite = json!({"email": "maria@example.org"});
    let (_, invitation) = admin.post("/api/users/invitations", invite).await;
    let invited = json!({
        "username": "m.k", "password": "maria@example.org", "invitation": invitation["token"],
    });
    refused(register(invited).await, "password", "password_personal");

    let output = service.command(&["user", "create", "olga"], "1234567890").await;
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(complaint.contains("password is one that many people have"), "{complaint}");
}

#[tokio::test]
async fn an_account_from_before_signs_in_with_the_password_it_has() {
    let service = Service::start().await;
    let hash = Argon2Passwords::new(1).hash("password".to_owned()).await.unwrap();
    let sql = format!("UPDATE users SET password_hash = '{hash}' WHERE username = 'admin'");
    service.sql(sql.leak()).await;
    assert_eq!(service.login("admin", "password").await.0, 200);
    let service = service.restart_with(&[("VERTEX_ADMIN_PASSWORD", "password")]).await;
    assert_eq!(service.login("admin", "password").await.0, 200);
}

#[tokio::test]
async fn an_installation_does_not_begin_with_a_password_that_is_easy_to_guess() {
    let data = tempfile::tempdir().unwrap();
    let complaint = start_refused(data.path(), &[("VERTEX_ADMIN_PASSWORD", "vertex2026")]).await;
    let says = "VERTEX_ADMIN_PASSWORD is made of your own name";
    assert!(complaint.contains(says) && !complaint.contains("vertex2026"), "{complaint}");
}

#[test]
fn the_panel_says_in_both_languages_why_a_password_is_refused() {
    let words = include_str!("../../web/src/admin/ui/form/refusals.ts");
    for weakness in Weakness::ALL {
        assert_eq!(words.matches(&format!("{}:", weakness.code())).count(), 2, "{weakness:?}");
    }
}
