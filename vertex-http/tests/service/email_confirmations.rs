//! An address gets nothing but the email that asks for its confirmation before it is confirmed.

use chrono::TimeDelta;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use vertex_core::ports::Clock;
use vertex_http::adapters::SystemClock;

use crate::{
    doubles::{Double, mail_server},
    harness::{ADMIN_PASSWORD, Service, User, answer, text},
};

const PASSWORD: &str = "violet kettle marmalade";

async fn with_mail() -> (Service, Double) {
    let mail = Double::default();
    mail.works(true);
    let port = mail_server(mail.clone()).await.to_string();
    let settings =
        [("SMTP_HOST", "127.0.0.1"), ("SMTP_PORT", &port), ("VERTEX_SMTP_SECURITY", "none")];
    (Service::start_with(&settings).await, mail)
}

async fn give(user: &User<'_>, email: &str) -> Value {
    let (status, profile) = user.put("/api/auth/profile", json!({"email": email})).await;
    assert_eq!(status, 200, "{profile}");
    profile
}

async fn confirm(service: &Service, token: &str) -> (StatusCode, Value) {
    let body = json!({"token": token});
    answer(service.request(Method::POST, "/api/auth/confirm-email").json(&body)).await
}

/// The tokens of emails to an address, once there are so many.
async fn tokens(mail: &Double, to: &str, count: usize) -> Vec<String> {
    let found = |emails: &[String]| -> Vec<String> {
        let emails = emails.iter().filter(|email| email.contains(&format!("To: {to}")));
        emails.map(|email| token(email)).collect()
    };
    found(&mail.taken_when(|emails| found(emails).len() >= count).await)
}

/// The token of an email, whose lines end softly.
fn token(email: &str) -> String {
    let email = email.replace("=\n", "");
    let (_, rest) = email.split_once("confirm-email#").expect("has a link");
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect()
}

#[tokio::test]
async fn an_address_is_confirmed_by_the_email_that_came_there() {
    let (service, mail) = with_mail().await;
    let admin = service.admin().await;
    let profile = give(&admin, "anna@example.org").await;
    assert_eq!(
        (&profile["email"], &profile["pending_email"]),
        (&Value::Null, &json!("anna@example.org"))
    );
    let first = tokens(&mail, "anna@example.org", 1).await.remove(0);

    give(&admin, "berta@example.org").await;
    let second = tokens(&mail, "berta@example.org", 1).await.remove(0);
    let (status, problem) = confirm(&service, &first).await;
    assert_eq!((status.as_u16(), text(&problem["errors"][0]["field"])), (422, "token"));
    assert_eq!(confirm(&service, &second).await.0, 204);
    let (_, me) = admin.get("/api/auth/me").await;
    assert_eq!((text(&me["email"]), &me["pending_email"]), ("berta@example.org", &Value::Null));
    assert_eq!(confirm(&service, &second).await.0, 422, "once");

    let profile = give(&admin, "anna@example.org").await;
    assert_eq!(text(&profile["email"]), "berta@example.org", "used until the new one is confirmed");
    assert_eq!(confirm(&service, &second).await.0, 422);
    for nonsense in ["", "nonsense", &first[1..], &second.replace(['A', 'B', 'C'], "D")] {
        assert_eq!(confirm(&service, nonsense).await.0, 422);
    }
}

#[tokio::test]
async fn only_confirmed_addresses_are_notified() {
    let (service, mail) = with_mail().await;
    for name in ["anna", "eva"] {
        let email = format!("{name}@example.org");
        let make = ["user", "create", name, "--role", "admin", "--email", &email];
        assert!(service.command(&make, PASSWORD).await.status.success());
    }
    let anna = service.user("anna", PASSWORD).await;
    let token = tokens(&mail, "anna@example.org", 1).await.remove(0);
    tokens(&mail, "eva@example.org", 1).await;
    assert_eq!(confirm(&service, &token).await.0, 204);

    let content = anna.upload_picture("Portrait").await;
    let tomorrow = (SystemClock.now() + TimeDelta::days(1)).date_naive().to_string();
    let path = format!("/api/ar-content/{}", text(&content["id"]));
    assert_eq!(anna.put(&path, json!({"expiry_date": tomorrow})).await.0, 200);
    // What expires is looked for when the service starts.
    let service = service.restart().await;
    let emails = mail.taken_when(|emails| emails.len() == 3).await;
    assert!(emails[2].contains("To: anna@example.org"), "{emails:#?}");
    let eva = service.user("eva", PASSWORD).await;
    eva.when("/api/notifications", |list| list["total"] == 1).await;
    let confirmed = service.command(&["user", "confirm-email", "eva"], PASSWORD).await;
    assert!(confirmed.status.success(), "{confirmed:?}");
    assert_eq!(text(&eva.get("/api/auth/me").await.1["email"]), "eva@example.org");
    let again = service.command(&["user", "confirm-email", "eva"], PASSWORD).await;
    assert!(!again.status.success(), "nothing waits");
    assert_eq!(mail.taken().len(), 3, "Eva got the email that asks and nothing else");
}

#[tokio::test]
async fn emails_are_sent_again_but_not_without_end() {
    let (service, mail) = with_mail().await;
    let admin = service.admin().await;
    let again = async || admin.post("/api/auth/profile/confirmation", json!({})).await.0;
    assert_eq!(again().await, 409, "no address waits");
    give(&admin, "anna@example.org").await;
    assert_eq!((again().await, again().await), (StatusCode::ACCEPTED, StatusCode::ACCEPTED));
    assert_eq!(again().await, 429);
    let all = tokens(&mail, "anna@example.org", 3).await;
    let profile = give(&admin, "anna+tag@example.org").await;
    assert_eq!(text(&profile["pending_email"]), "anna+tag@example.org", "kept all the same");
    assert_eq!(again().await, 429, "it is the same mailbox");
    assert_eq!(confirm(&service, &all[0]).await.0, 422, "made for another address");
    assert_eq!(mail.taken().len(), 3);

    give(&admin, "anna@example.org").await;
    service
        .sql("UPDATE email_confirmations SET created_at = datetime(created_at, '-25 hours')")
        .await;
    assert_eq!(confirm(&service, &all[0]).await.0, 422, "it has ended");
    assert_eq!(again().await, 202);
    let fresh = tokens(&mail, "anna@example.org", 4).await;
    assert_eq!(confirm(&service, &fresh[3]).await.0, 204);
    assert_eq!(service.login("admin", ADMIN_PASSWORD).await.0, 200);
}
