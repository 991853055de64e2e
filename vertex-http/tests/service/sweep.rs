//! The orphan sweep reports what has lost its other half, removes it on demand, and leaves everything else alone.

use std::{
    fs::{self, File},
    path::Path,
    time::{Duration, SystemTime},
};

use serde_json::json;
use sqlx::{Connection, Executor, SqliteConnection};

use crate::harness::{Service, is_ready, text};

#[tokio::test]
async fn what_is_lost_is_reported_and_removed_on_demand() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    let content = admin.content_when(text(&content["id"]), is_ready).await;
    let video = admin.upload_video(&content, "clip.mp4").await;
    let path = format!("/api/videos/{}", text(&video["id"]));
    admin.when(&path, |video| !video["preview_url"].is_null()).await;
    let kept = service.stored();

    let company = text(&content["company_id"]);
    let folder = service.data.path().join("files/content").join(company).join("videos");
    let [old, young] = [9u128, 10].map(|number| {
        let path = folder.join(format!("{}.mp4", uuid::Uuid::from_u128(number)));
        fs::write(&path, "lost").unwrap();
        path
    });
    age(&old);
    for path in &kept {
        age(path);
    }

    let sweep = format!("/api/companies/{company}/sweep");
    let (status, report) = admin.post(&sweep, json!({})).await;
    assert_eq!(status, 200, "{report}");
    let stray = old.strip_prefix(service.data.path().join("files")).unwrap().to_str().unwrap();
    assert_eq!(report["objects"], json!([{"path": stray, "bytes": 4}]));
    assert_eq!((&report["row_count"], &report["removed"]), (&json!(0), &json!(false)));
    assert!(old.exists(), "a report removes nothing");

    let swept = service.command(&["storage", "sweep"], "").await;
    let said = String::from_utf8(swept.stdout).unwrap();
    assert!(swept.status.success() && said.contains(stray), "{said}");
    let swept = service.command(&["storage", "sweep", "--delete"], "").await;
    let said = String::from_utf8(swept.stdout).unwrap();
    assert!(said.contains("removed 1 objects without rows, 0 rows"), "{said}");
    assert!(!old.exists() && young.exists());
    fs::remove_file(&young).unwrap();
    assert_eq!(service.stored(), kept, "what belongs to rows stays");

    let file = folder.join(format!("{}.mp4", text(&video["id"])));
    fs::remove_file(&file).unwrap();
    let (_, report) = admin.post(&sweep, json!({})).await;
    assert_eq!(report["row_count"], 0, "a new row is left alone");
    make_old(&service).await;
    let (_, report) = admin.post(&sweep, json!({})).await;
    let row = json!({"id": video["id"], "entity": "video", "title": video["title"]});
    assert_eq!(report["rows"], json!([row]), "{report}");
    assert_eq!(admin.get(&path).await.0, 200, "a report removes nothing");
    let (_, report) = admin.post(&format!("{sweep}?delete=true"), json!({})).await;
    assert_eq!((&report["row_count"], &report["removed"]), (&json!(1), &json!(true)));
    assert_eq!(admin.get(&path).await.0, 404);
    let (_, report) = admin.post(&sweep, json!({})).await;
    assert_eq!(report["row_count"], 0);
}

/// Rows from before the sweep's time of grace.
pub async fn make_old(service: &Service) {
    let url = format!("sqlite://{}", service.data.path().join("vertex.db").display());
    let mut database = SqliteConnection::connect(&url).await.unwrap();
    let old = "UPDATE videos SET created_at = '2020-01-31T12:00:00+00:00'";
    database.execute(old).await.unwrap();
}

fn age(path: &Path) {
    let two_days_ago = SystemTime::now() - Duration::from_secs(2 * 86_400);
    File::options().write(true).open(path).unwrap().set_modified(two_days_ago).unwrap();
}
