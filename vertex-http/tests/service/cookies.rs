//! Cookies work for our own pages and for nobody else's.

use reqwest::{Method, Response, StatusCode};
use serde_json::json;

use crate::harness::{ADMIN_PASSWORD, Service, User, answer, text};

/// Names and values of what an answer sets.
fn cookies(response: &Response) -> Vec<String> {
    let headers = response.headers().get_all("set-cookie").iter();
    headers.map(|value| value.to_str().unwrap().to_owned()).collect()
}

async fn sign_in(service: &Service) -> Response {
    let body = json!({"username": "admin", "password": ADMIN_PASSWORD});
    service.request(Method::POST, "/api/auth/login").json(&body).send().await.unwrap()
}

/// A change without a body, with the cookie of a page and these headers.
async fn read_all(user: &User<'_>, headers: &[(&str, &str)]) -> StatusCode {
    let service = user.service;
    let mut request = service.request(Method::POST, "/api/notifications/read-all");
    request = request.header("cookie", format!("vertex_access={}", user.token));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    answer(request).await.0
}

#[tokio::test]
async fn changes_with_a_cookie_come_from_our_own_pages() {
    let settings = [("VERTEX_CORS_ORIGINS", "https://app.example.org")];
    let service = Service::start_with(&settings).await;
    let admin = service.admin().await;
    let own = service.url("");
    let other_port = "http://127.0.0.1:1";
    for (foreign, why) in [
        (vec![], "no origin"),
        (vec![("origin", "null")], "a sandbox"),
        (vec![("origin", other_port)], "another port"),
        (vec![("origin", "https://evil.example.org")], "another site"),
        (vec![("origin", other_port), ("sec-fetch-site", "same-site")], "a sister"),
        (vec![("sec-fetch-site", "cross-site")], "another site without origin"),
    ] {
        assert_eq!(read_all(&admin, &foreign).await, 403, "{why}");
    }
    for ours in [
        vec![("origin", own.as_str())],
        vec![("origin", "https://app.example.org")],
        vec![("sec-fetch-site", "same-origin")],
    ] {
        assert_eq!(read_all(&admin, &ours).await, 200, "{ours:?}");
    }
    let bearer = admin.request(Method::POST, "/api/notifications/read-all");
    assert_eq!(answer(bearer.header("origin", "https://evil.example.org")).await.0, 200);
    let reading = service.get("/api/auth/me").header("origin", "https://evil.example.org");
    let reading = reading.header("cookie", format!("vertex_access={}", admin.token));
    assert_eq!(answer(reading).await.0, 200, "which CORS keeps from the page");
}

#[tokio::test]
async fn a_refresh_by_cookie_comes_from_our_own_pages_too() {
    let service = Service::start().await;
    let set = cookies(&sign_in(&service).await);
    let cookie = set[1].split(';').next().unwrap();
    let refresh = |origin: &str| {
        let refresh = service.request(Method::POST, "/api/auth/refresh").json(&json!({}));
        refresh.header("cookie", cookie).header("origin", origin)
    };
    assert_eq!(answer(refresh("http://127.0.0.1:1")).await.0, 403);
    assert_eq!(answer(refresh(&service.url(""))).await.0, 200);
}

#[tokio::test]
async fn over_tls_cookies_are_this_hosts_alone() {
    let service = Service::start_with(&[("BASE_URL", "https://ar.example.org")]).await;
    let set = cookies(&sign_in(&service).await);
    for (cookie, name) in set.iter().zip(["__Host-vertex_access=", "__Host-vertex_refresh="]) {
        assert!(cookie.starts_with(name), "{cookie}");
        assert!(cookie.contains("Path=/;") || cookie.ends_with("Path=/"), "{cookie}");
        for part in ["Secure", "HttpOnly", "SameSite=Strict"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
    let plain = set[0].split(';').next().unwrap().replace("__Host-", "");
    assert_eq!(answer(service.get("/api/auth/me").header("cookie", plain)).await.0, 401);
}

#[tokio::test]
async fn cookies_of_earlier_versions_are_exchanged_once() {
    let service = Service::start_with(&[("BASE_URL", "https://ar.example.org")]).await;
    let (_, tokens) = service.login("admin", ADMIN_PASSWORD).await;
    let refresh = |token: &str| {
        let refresh = service.request(Method::POST, "/api/auth/refresh").json(&json!({}));
        let refresh = refresh.header("cookie", format!("vertex_refresh={token}; vertex_access=x"));
        refresh.header("origin", "https://ar.example.org")
    };
    let new = text(&tokens["refresh_token"]);
    assert_eq!(answer(refresh(new)).await.0, 401, "none of ours has ever been kept there");
    // SHA-256 of the token below.
    service
        .sql(
            "UPDATE refresh_tokens SET token_hash =
             X'1e845c4d20553553680445340c48e5492e617b56117ed823c14bc10fb4f7d74b'",
        )
        .await;
    let response = refresh("token-from-before").send().await.unwrap();
    assert_eq!(response.status(), 200);
    let set = cookies(&response);
    let starts =
        ["__Host-vertex_access=", "__Host-vertex_refresh=", "vertex_refresh=;", "vertex_access=;"];
    for start in starts {
        assert!(set.iter().any(|cookie| cookie.starts_with(start)), "{start} in {set:?}");
    }
    let forgotten = set.iter().find(|cookie| cookie.starts_with("vertex_refresh=;")).unwrap();
    assert!(forgotten.contains("Path=/api/auth") && forgotten.contains("Max-Age=0"), "{forgotten}");
}
