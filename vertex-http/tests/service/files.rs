//! Signed links: ranges, validators, and who may not follow them.

use reqwest::{Method, header::HeaderMap};

use crate::harness::{Service, answer, clip, text};

#[tokio::test]
async fn a_link_serves_ranges_and_validators() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    let video = admin.upload_video(&content, "clip.mp4").await;
    let (link, whole) = (text(&video["url"]).to_owned(), clip("clip.mp4"));
    let last = whole.len() - 1;

    let ask = async |range: &str| {
        let response = service.get(&link).header("range", range).send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        (status, headers, response.bytes().await.unwrap())
    };
    let content_range = |headers: &HeaderMap| headers["content-range"].to_str().unwrap().to_owned();
    for (range, expected) in [
        ("bytes=0-0".to_owned(), 0..=0),
        ("bytes=0-99".to_owned(), 0..=99),
        ("bytes=100-".to_owned(), 100..=last),
        ("bytes=-5".to_owned(), last - 4..=last),
        (format!("bytes=0-{}", whole.len() * 2), 0..=last),
        (format!("bytes=-{}", whole.len() + 1), 0..=last),
        (format!("bytes=-{}", whole.len() * 2), 0..=last),
    ] {
        let (status, headers, bytes) = ask(&range).await;
        assert_eq!(status, 206, "{range}");
        assert_eq!(bytes, whole[expected.clone()], "{range}");
        let expected = format!("bytes {}-{}/{}", expected.start(), expected.end(), whole.len());
        assert_eq!(content_range(&headers), expected);
        assert!(!headers.contains_key("content-encoding"));
    }
    for range in [format!("bytes={}-", whole.len()), "bytes=-0".to_owned()] {
        let (status, headers, _) = ask(&range).await;
        assert_eq!(status, 416, "{range}");
        assert_eq!(content_range(&headers), format!("bytes */{}", whole.len()));
    }

    let head = service.request(Method::HEAD, &link).header("range", "bytes=0-0");
    let head = head.send().await.unwrap();
    assert_eq!(head.status(), 200, "only GET has ranges");
    assert_eq!(head.headers()["content-length"], whole.len().to_string());
    assert_eq!(head.headers()["content-type"], "video/mp4");
    let etag = head.headers()["etag"].clone();
    let known = service.get(&link).header("if-none-match", &etag).send().await.unwrap();
    assert_eq!(known.status(), 304);
    let gone = service.get(&link).header("if-match", "\"old\"").send().await.unwrap();
    assert_eq!(gone.status(), 412);
    let modified = head.headers()["last-modified"].clone();
    let known = service.get(&link).header("if-modified-since", modified).send().await.unwrap();
    assert_eq!(known.status(), 304);
    let stale = service.get(&link).header("range", "bytes=0-0").header("if-range", "\"old\"");
    assert_eq!(stale.send().await.unwrap().status(), 200, "an old part does not fit the new file");
}

#[tokio::test]
async fn a_changed_link_is_refused() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    let link = text(&content["image_url"]);
    let (path, query) = link.split_once('?').unwrap();
    let status = async |link: String| answer(service.get(&link)).await.0.as_u16();
    assert_eq!(service.get(link).send().await.unwrap().status(), 200);
    assert_eq!(status(format!("{path}?expires=1&signature=x")).await, 403);
    assert_eq!(status(link.replace("expires=1", "expires=2")).await, 403);
    assert_eq!(status(link.replace("portraits", "markers")).await, 403);
    assert_eq!(status(format!("/api/files/content/../vertex.db?{query}")).await, 404);
    assert_eq!(status(format!("/api/files/..%2f..%2fvertex.db?{query}")).await, 400);
    assert_eq!(status(format!("/api/files/keys/secret?{query}")).await, 404);
}

#[tokio::test]
async fn a_hundred_variants_of_a_link_open_nothing() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    let other = admin.upload_picture("Another").await;
    let link = text(&content["image_url"]);
    let (path, query) = link.split_once('?').unwrap();
    let (expires, signature) = query.split_once('&').unwrap();
    let (id, company) = (text(&content["id"]), text(&content["company_id"]));
    let mut variants = vec![
        path.to_owned(),
        format!("{path}?{expires}"),
        format!("{path}?{signature}"),
        format!("{path}?{expires}&signature="),
        format!("{path}?expires=&{signature}"),
        format!("{path}?expires=soon&{signature}"),
        format!("{path}?expires=1&{signature}"),
        format!("{path}?expires=-1&{signature}"),
        format!("{path}?expires=99999999999&{signature}"),
        format!("{path}?expires=18446744073709551616&{signature}"),
        format!("{path}?{expires}0&{signature}"),
        format!("{path}?{expires}&{signature}1"),
        format!("{path}?{expires}&{}", signature.to_uppercase()),
        link.replace(id, text(&other["id"])),
        link.replace(company, &uuid::Uuid::from_u128(7).to_string()),
        link.replace("portraits", "markers"),
        link.replace("portraits", "previews"),
        link.replace(".png", ".jpg"),
        link.replace(id, &id.to_uppercase()),
        link.replace(company, &company.to_uppercase()),
    ];
    let place = signature.len() - "signature=".len();
    for at in 0..place {
        let at = at + "signature=".len();
        for digit in ["2", "z"] {
            let mut changed = signature.to_owned();
            changed.replace_range(at..=at, digit);
            if changed != signature {
                variants.push(format!("{path}?{expires}&{changed}"));
            }
        }
    }
    assert!(variants.len() >= 100, "{}", variants.len());
    for variant in variants {
        for method in [Method::GET, Method::HEAD] {
            let answer = service.request(method.clone(), &variant).send().await.unwrap();
            assert_eq!(answer.status(), 403, "{method} {variant}");
        }
    }
    for method in [Method::PUT, Method::POST, Method::PATCH, Method::DELETE] {
        let answer = service.request(method.clone(), link).body("x").send().await.unwrap();
        assert_eq!(answer.status(), 403, "{method}");
    }
    assert_eq!(service.get(link).send().await.unwrap().status(), 200);
}
