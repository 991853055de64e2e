//! Companies whose files cannot be reached when they are to be removed.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};

use vertex_testkit::s3_server::{BUCKET, S3Server};

use crate::{
    harness::{Service, User, text},
    storage::{LOOPBACK, boss, bucket, company, objects_in},
};

/// A deleted company whose bucket has been taken away, and where that is now.
struct Stuck {
    service: Service,
    server: S3Server,
    id: String,
    hidden: PathBuf,
}

impl Stuck {
    async fn make() -> Self {
        let mut settings = LOOPBACK.to_vec();
        settings.push(("VERTEX_PURGE_DAYS", "0"));
        let (server, service) = (S3Server::start().await, Service::start_with(&settings).await);
        let root = service.admin().await;
        let (id, path) = company(&root, "Acme").await;
        assert_eq!(root.put(&path, bucket(&server)).await.0, 200);
        boss(&service, &root, &id).await.upload_picture("Poster").await;
        assert!(!objects_in(&server).is_empty());
        let hidden = server.directory.path().with_extension("hidden");
        fs::rename(server.directory.path().join(BUCKET), &hidden).unwrap();
        assert_eq!(root.delete(&format!("/api/companies/{id}")).await.0, 204);
        drop(root);
        Self { service, server, id, hidden }
    }

    fn give_back(&self) {
        fs::rename(&self.hidden, self.server.directory.path().join(BUCKET)).unwrap();
    }

    /// What keeps the company from being removed, once something does.
    async fn problem(&self, root: &User<'_>) -> Value {
        let failed = |list: &Value| list["items"][0]["problem"].is_string();
        let list = root.when("/api/companies/removals", failed).await;
        assert_eq!(list["items"][0]["company_id"], json!(self.id));
        list["items"][0].clone()
    }

    async fn remove(&self, root: &User<'_>, how: Value) {
        let path = format!("/api/companies/{}/removal", self.id);
        let (status, answer) = root.post(&path, how).await;
        assert_eq!(status, 202, "{answer}");
        root.when("/api/companies/removals", |list| list["total"] == 0).await;
        assert_eq!(root.get(&format!("/api/companies/{}", self.id)).await.0, 404);
    }
}

#[tokio::test]
async fn a_company_is_removed_when_its_bucket_is_back() {
    let stuck = Stuck::make().await;
    let root = stuck.service.admin().await;
    let waiting = stuck.problem(&root).await;
    assert_eq!(waiting["state"], "queued", "it is tried again: {waiting}");
    assert!(waiting["next_at"].is_string() && waiting["attempts"].as_u64() >= Some(1), "{waiting}");
    assert!(text(&waiting["problem"]).contains("bucket"), "{waiting}");

    stuck.give_back();
    stuck.remove(&root, json!({})).await;
    assert!(objects_in(&stuck.server).is_empty(), "its files went, too");
}

#[tokio::test]
async fn a_company_whose_removal_was_given_up_goes_without_the_files_in_its_bucket() {
    let stuck = Stuck::make().await;
    let root = stuck.service.admin().await;
    stuck.problem(&root).await;
    use_up_the_attempts(&stuck.service).await;
    let given_up = |list: &Value| list["items"][0]["state"] == "given_up";
    let list = root.when("/api/companies/removals", given_up).await;
    assert!(list["items"][0]["problem"].is_string(), "{list}");
    let told = |list: &Value| list.to_string().contains("A deleted company could not be removed");
    root.when("/api/notifications", told).await;

    stuck.remove(&root, json!({"leave_files": true})).await;
    stuck.give_back();
    assert!(!objects_in(&stuck.server).is_empty(), "they were left where they are");
}

#[tokio::test]
async fn only_a_deleted_company_is_removed() {
    let service = Service::start().await;
    let root = service.admin().await;
    let (id, _) = company(&root, "Acme").await;
    let path = format!("/api/companies/{id}/removal");
    assert_eq!(root.post(&path, json!({"leave_files": "yes"})).await.0, 422);
    let (status, problem) = root.post(&path, json!({})).await;
    assert_eq!(status, 409, "{problem}");
    assert_eq!(root.delete(&format!("/api/companies/{id}")).await.0, 204);
    let (_, list) = root.get("/api/companies/removals").await;
    assert_eq!(
        (&list["items"][0]["state"], &list["items"][0]["attempts"]),
        (&json!("queued"), &json!(0))
    );
    assert_eq!(root.post(&path, json!({})).await.0, 202);
    root.when("/api/companies/removals", |list| list["total"] == 0).await;
}

/// The waits between 25 tries take most of a day.
async fn use_up_the_attempts(service: &Service) {
    use sqlx::Connection;
    let file = format!("sqlite://{}", service.data.path().join("vertex.db").display());
    let mut database = sqlx::SqliteConnection::connect(&file).await.unwrap();
    let changed = sqlx::query(
        "UPDATE jobs SET attempts = 24, run_at = (SELECT MIN(created_at) FROM companies)
         WHERE kind = 'purge_company'",
    );
    assert_eq!(changed.execute(&mut database).await.unwrap().rows_affected(), 1);
}
