//! Whoever guesses passwords is slowed down, and keeps nobody out.

use futures::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{ADMIN_PASSWORD, Service, answer, text};

/// Tries a password from an address, which the proxy on this machine tells.
async fn try_from(
    service: &Service,
    address: &str,
    username: &str,
    password: &str,
) -> (StatusCode, Value) {
    let body = json!({ "username": username, "password": password });
    let login = service.request(Method::POST, "/api/auth/login").json(&body);
    answer(login.header("x-forwarded-for", address)).await
}

#[tokio::test]
async fn five_wrong_passwords_block_where_they_came_from_and_nowhere_else() {
    let service = Service::start().await;
    let (_, live) = try_from(&service, "198.51.100.1", "admin", ADMIN_PASSWORD).await;
    for _ in 0..5 {
        let (status, problem) = try_from(&service, "203.0.113.9", "admin", "a wrong one").await;
        assert_eq!((status.as_u16(), text(&problem["code"])), (401, "unauthenticated"));
    }
    let (status, problem) = try_from(&service, "203.0.113.9", "admin", ADMIN_PASSWORD).await;
    assert_eq!((status.as_u16(), text(&problem["code"])), (423, "locked"));

    let token = text(&live["access_token"]);
    let (status, me) = answer(service.get("/api/auth/me").bearer_auth(token)).await;
    assert_eq!(status, 200, "a live session does not notice: {me}");
    assert_eq!((&me["is_locked"], &me["failed_attempts"]), (&json!(false), &json!(5)));
    assert!(me["blocked_until"].is_string(), "{me}");
    let refresh = json!({ "refresh_token": live["refresh_token"] });
    let refresh = service.request(Method::POST, "/api/auth/refresh").json(&refresh);
    assert_eq!(answer(refresh).await.0, 200);
    for elsewhere in ["198.51.100.1", "192.0.2.44"] {
        assert_eq!(try_from(&service, elsewhere, "admin", ADMIN_PASSWORD).await.0, 200);
    }
    assert_eq!(try_from(&service, "203.0.113.9", "admin", ADMIN_PASSWORD).await.0, 423);
}

#[tokio::test]
async fn of_eighty_guesses_at_once_five_are_looked_at() {
    let service = Service::start().await;
    let sibling = service.sibling().await;
    let guesses = (0..80).map(|n| {
        let service = if n % 2 == 0 { &service } else { &sibling };
        let guess = if n == 79 { ADMIN_PASSWORD.to_owned() } else { format!("wrong one {n}") };
        async move { service.login("admin", &guess).await.0.as_u16() }
    });
    let statuses = join_all(guesses).await;
    // 503 is for those whom the pool of passwords has no room for.
    let looked_at = statuses.iter().filter(|status| matches!(status, 200 | 401)).count();
    assert!(looked_at <= 5, "{statuses:?}");
}

#[tokio::test]
async fn many_right_passwords_at_once_are_no_guesses() {
    let service = Service::start().await;
    let statuses = join_all((0..12).map(|_| service.login("admin", ADMIN_PASSWORD))).await;
    assert!(statuses.iter().all(|(status, _)| *status == 200), "{statuses:?}");
}

#[tokio::test]
async fn guesses_from_many_addresses_are_slowed_and_the_owner_gets_in() {
    let service = Service::start().await;
    assert_eq!(try_from(&service, "198.51.100.1", "admin", ADMIN_PASSWORD).await.0, 200);
    let addresses: Vec<String> = (0..70).map(|n| format!("203.0.113.{n}")).collect();
    let mut answers = Vec::new();
    // Fewer at once than the pool of passwords has room for.
    for some in addresses.chunks(10) {
        let guesses = some.iter().map(|a| try_from(&service, a, "admin", "a wrong one"));
        answers.extend(join_all(guesses).await);
    }
    let looked_at = answers.iter().filter(|(status, _)| *status == 401).count();
    // The owner's own was the first of fifty; one more every twenty seconds, if this takes that long.
    assert!((49..60).contains(&looked_at), "{looked_at}");
    assert_eq!(try_from(&service, "198.51.100.1", "admin", ADMIN_PASSWORD).await.0, 200);
    let unlocked = service.command(&["user", "unlock", "admin"], "").await;
    assert!(unlocked.status.success(), "{unlocked:?}");
    assert_eq!(try_from(&service, "203.0.113.200", "admin", ADMIN_PASSWORD).await.0, 200);
}

#[tokio::test]
async fn a_name_that_nobody_has_is_answered_like_one_that_somebody_has() {
    let service = Service::start().await;
    let mut answers = Vec::new();
    for name in ["admin", "nobody", "not a name at all", "'; --"] {
        let mut these = Vec::new();
        for _ in 0..6 {
            let body = json!({ "username": name, "password": "a wrong one" });
            let login = service.request(Method::POST, "/api/auth/login").json(&body);
            let response = login.send().await.unwrap();
            let waits = response.headers().contains_key("retry-after");
            let mut problem: Value = response.json().await.unwrap();
            problem.as_object_mut().unwrap().remove("request_id");
            // How many seconds are left may differ by one.
            let detail = text(&problem["detail"]).replace(|c: char| c.is_ascii_digit(), "");
            problem["detail"] = json!(detail);
            these.push((waits, problem));
        }
        answers.push(these);
    }
    let statuses: Vec<_> =
        answers[0].iter().map(|(waits, p)| (p["status"].clone(), *waits)).collect();
    assert_eq!(statuses[..5], vec![(json!(401), false); 5]);
    assert_eq!(statuses[5], (json!(423), true));
    for other in &answers[1..] {
        assert_eq!(*other, answers[0]);
    }
}

#[tokio::test]
async fn wrong_current_passwords_count_as_well() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let change = json!({"current_password": "a wrong one", "new_password": "quiet copper teapot"});
    for _ in 0..5 {
        assert_eq!(admin.post("/api/auth/change-password", change.clone()).await.0, 422);
    }
    assert_eq!(admin.post("/api/auth/change-password", change).await.0, 423);
    assert_eq!(service.login("admin", ADMIN_PASSWORD).await.0, 423);
    let (status, list) = admin.get("/api/admin/audit?action=failed_sign_in").await;
    assert_eq!((status.as_u16(), &list["total"]), (200, &json!(5)), "the session lives on");
    assert_eq!(admin.get("/api/admin/audit?action=blocked_sign_ins").await.1["total"], 1);
}
