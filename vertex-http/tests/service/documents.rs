//! What the service says about itself.

use crate::harness::{Service, answer};

#[tokio::test]
async fn the_api_is_documented_and_the_committed_document_is_current() {
    let service = Service::start().await;
    let (status, document) = answer(service.get("/openapi.json")).await;
    assert_eq!(status, 200);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let current = format!("{}\n", serde_json::to_string_pretty(&document).unwrap());
    if std::env::var_os("VERTEX_UPDATE_OPENAPI").is_some() {
        std::fs::write(path, &current).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    let advice =
        "vertex-http/openapi.json is out of date: run the tests with VERTEX_UPDATE_OPENAPI=1";
    assert!(committed == current, "{advice}");
    for page in ["/docs", "/redoc"] {
        let page = service.get(page).send().await.unwrap();
        assert_eq!(page.status(), 200);
        let html = page.text().await.unwrap();
        assert!(html.len() > 500_000, "the assets are embedded");
    }
}

#[tokio::test]
async fn every_answer_has_a_request_id_and_a_policy() {
    let service = Service::start().await;
    for path in
        ["/", "/ar/unknown", "/api/health", "/api/health/status", "/api/nowhere", "/nowhere"]
    {
        let response = service.get(path).send().await.unwrap();
        let headers = response.headers();
        assert!(headers.contains_key("x-request-id"), "{path}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
    }
    let (status, problem) = answer(service.get("/nowhere")).await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (404, Some("not_found")));
    let request_id = problem["request_id"].as_str().unwrap();
    assert_eq!(request_id.len(), 32);
}

#[tokio::test]
async fn only_the_ar_js_tracker_may_make_code_as_it_runs() {
    let service = Service::start().await;
    for (path, may) in [
        ("/assets/ar-js-worker-1a2B.js", true),
        ("/assets/viewer-1a2B.js", false),
        ("/ar/unknown?engine=arjs", false),
        ("/portrait/unknown", false),
    ] {
        let response = service.get(path).send().await.unwrap();
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        assert_eq!(policy.contains("'unsafe-eval'"), may, "{path}: {policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("http"), "{path}: {policy}");
    }
}
