//! Who asks too often, sends too much or comes from elsewhere.

use reqwest::Method;
use serde_json::json;

use crate::harness::{ADMIN_PASSWORD, Service, answer};

#[tokio::test]
async fn who_asks_too_often_is_told_to_wait() {
    let service = Service::start_with(&[
        ("VERTEX_LIMIT_PER_MINUTE", "8"),
        ("VERTEX_LIMIT_AUTH_PER_MINUTE", "5"),
    ])
    .await;
    let login = || {
        let body = json!({"username": "nobody", "password": "wrong"});
        service.request(Method::POST, "/api/auth/login").json(&body)
    };
    for left in (0..5).rev() {
        let response = login().send().await.unwrap();
        assert_eq!(response.status(), 401);
        assert_eq!(response.headers()["ratelimit-policy"], "\"auth\";q=5;w=60");
        let state = response.headers()["ratelimit"].to_str().unwrap();
        assert!(state.starts_with(&format!("\"auth\";r={left};t=")), "{state}");
    }
    let refused = login().send().await.unwrap();
    assert_eq!(refused.status(), 429);
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=12).contains(&wait), "{wait}");
    let (status, problem) = answer(login()).await;
    assert_eq!((status.as_u16(), &problem["code"]), (429, &json!("too_many_requests")));

    // Another address is another caller, and the proxy in front of us is believed about it.
    let elsewhere = login().header("x-forwarded-for", "198.51.100.7");
    assert_eq!(answer(elsewhere).await.0, 401);
    let mut statuses = Vec::new();
    for _ in 0..10 {
        let unknown = service.get("/api/ar/unknown").header("x-forwarded-for", "198.51.100.8");
        statuses.push(answer(unknown).await.0.as_u16());
    }
    assert_eq!(statuses, [[404; 8].as_slice(), &[429; 2]].concat());
    let health = service.get("/api/health").header("x-forwarded-for", "198.51.100.8");
    assert_eq!(answer(health).await.0, 200, "health is not counted");
}

#[tokio::test]
async fn a_user_and_a_company_have_limits_of_their_own() {
    for name in ["VERTEX_LIMIT_USER_PER_MINUTE", "VERTEX_LIMIT_COMPANY_PER_MINUTE"] {
        let service = Service::start_with(&[(name, "3")]).await;
        let admin = service.admin().await;
        let mut statuses = Vec::new();
        for _ in 0..4 {
            statuses.push(admin.get("/api/projects").await.0.as_u16());
        }
        assert_eq!(statuses, [200, 200, 200, 429], "{name}");
    }
}

#[tokio::test]
async fn uploads_are_counted_apart() {
    let service = Service::start_with(&[("VERTEX_LIMIT_UPLOADS_PER_MINUTE", "1")]).await;
    let admin = service.admin().await;
    admin.upload_picture("First").await;
    let form = reqwest::multipart::Form::new().text("title", "Second");
    let (status, _) = admin.form("/api/ar-content", form).await;
    assert_eq!(status, 429);
    assert_eq!(admin.get("/api/ar-content").await.0, 200);
}

#[tokio::test]
async fn only_listed_sites_may_read_answers() {
    let service = Service::start_with(&[("VERTEX_CORS_ORIGINS", "https://app.example.org")]).await;
    let ask = |method: Method, origin: &str| {
        service.request(method, "/api/health").header("origin", origin.to_owned())
    };
    let listed = ask(Method::GET, "https://app.example.org").send().await.unwrap();
    assert_eq!(listed.headers()["access-control-allow-origin"], "https://app.example.org");
    let other = ask(Method::GET, "https://evil.example.org").send().await.unwrap();
    assert_eq!(other.status(), 200);
    assert!(!other.headers().contains_key("access-control-allow-origin"));
    assert!(other.headers().get_all("vary").iter().any(|vary| vary == "origin"), "{other:?}");
    let preflight = ask(Method::OPTIONS, "https://app.example.org")
        .header("access-control-request-method", "PUT")
        .send()
        .await
        .unwrap();
    assert_eq!(preflight.status(), 204);
    let methods = preflight.headers()["access-control-allow-methods"].to_str().unwrap();
    assert!(methods.contains("PUT"), "{methods}");
}

#[tokio::test]
async fn strangers_send_little() {
    let service = Service::start().await;
    let long = json!({"username": "x".repeat(20_000), "password": ADMIN_PASSWORD});
    let login = service.request(Method::POST, "/api/auth/login").json(&long);
    let (status, problem) = answer(login).await;
    assert_eq!((status.as_u16(), &problem["code"]), (413, &json!("too_large")));
}

#[tokio::test]
async fn the_figures_are_for_the_operator() {
    let service = Service::start_with(&[("VERTEX_METRICS_TOKEN", "a long token")]).await;
    answer(service.get("/api/ar/unknown")).await;
    assert_eq!(answer(service.get("/metrics")).await.0, 404);
    let figures = service.get("/metrics").bearer_auth("a long token").send().await.unwrap();
    assert_eq!(figures.status(), 200);
    let figures = figures.text().await.unwrap();
    let line = r#"http_requests_total{method="GET",endpoint="/api/ar/:param0",status="404"} 1"#;
    assert!(figures.contains(line), "{figures}");
    for name in [
        "http_request_duration_seconds_bucket",
        "active_ar_sessions 0",
        "marker_generation_queue_length 0",
        "process_cpu_usage",
        "process_memory_bytes",
        "database_connection_pool_size",
        "companies_total 1",
        "companies 1",
        "# HELP companies_total ",
        "# TYPE ar_views_total counter",
        "database_up 1",
        "database_connection_pool_size{state=\"in_use\"}",
        "database_connection_pool_max",
        "ar_content_total 0",
        "ar_views_total 0",
        "video_uploads_total 0",
    ] {
        assert!(figures.contains(name), "{name}: {figures}");
    }

    let open = Service::start().await;
    assert_eq!(open.get("/metrics").send().await.unwrap().status(), 200, "asked on this machine");
    for header in ["x-forwarded-for", "x-real-ip", "cf-connecting-ip"] {
        let proxied = open.get("/metrics").header(header, "198.51.100.7");
        assert_eq!(answer(proxied).await.0, 404, "{header}");
    }
}

#[tokio::test]
async fn figures_are_closed_where_there_must_be_a_proxy() {
    for settings in [
        [("VERTEX_TRUSTED_PROXIES", "127.0.0.1")],
        [("VERTEX_TRUSTED_PROXIES", "10.0.0.0/8, 127.0.0.1")],
    ] {
        let service = Service::start_with(&settings).await;
        assert_eq!(answer(service.get("/metrics")).await.0, 404, "{settings:?}");
    }
    let service = Service::start_with(&[("VERTEX_TRUSTED_PROXIES", "none")]).await;
    assert_eq!(service.get("/metrics").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_count_does_not_fall_when_contents_are_deleted() {
    let service = Service::start_with(&[("VERTEX_PURGE_DAYS", "0")]).await;
    let admin = service.admin().await;
    let content = admin.upload_picture("short-lived").await;
    let id = content["id"].as_str().unwrap();
    let figures = async || service.get("/metrics").send().await.unwrap().text().await.unwrap();
    let before = figures().await;
    assert!(
        before.contains("\nar_content_total 1\n") && before.contains("\nar_contents 1\n"),
        "{before}"
    );
    let path = format!("/api/ar-content/{id}");
    assert_eq!(admin.delete(&path).await.0, 204);
    let after = figures().await;
    assert!(
        after.contains("\nar_content_total 1\n") && after.contains("\nar_contents 0\n"),
        "{after}"
    );
}
