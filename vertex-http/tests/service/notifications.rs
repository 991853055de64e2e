//! People are told what they must know: once, in their language, whatever happens to the servers on the way.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, atomic::Ordering},
};

use chrono::{DateTime, Days, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;
use vertex_core::{
    chat_code::ChatCode,
    check::Field,
    content::ArContent,
    identity::Identity,
    page::Page,
    ports::Clock,
    usecases::{
        App, auth,
        contents::{self, NewContent},
        jobs,
        notifications::{self, PreferenceChanges},
        operator::{NewUser, confirm_email, create_user},
    },
};
use vertex_http::{
    adapters::{
        SystemClock,
        notifier::{MailSecurity, MailSettings, TelegramSettings},
    },
    settings::{CourierSettings, Settings},
    wiring::Installation,
};

use crate::{
    doubles::{Double, mail_server, telegram},
    harness::{Service, answer, portrait, postgres_database, text},
};

/// A clock that stands still until it is moved.
struct MovedClock(Mutex<DateTime<Utc>>);

impl MovedClock {
    fn advance(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for MovedClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }

    fn uuid(&self) -> Uuid {
        SystemClock.uuid()
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        SystemClock.fill_random(bytes);
    }
}

struct World {
    app: App,
    clock: Arc<MovedClock>,
    mail: Double,
    telegram: Double,
    _data: tempfile::TempDir,
}

impl World {
    async fn new(database_url: Option<String>) -> Self {
        let (mail, chat) = (Double::default(), Double::default());
        let data = tempfile::tempdir().unwrap();
        let mut given = vec![("VERTEX_DATA_DIR", data.path().to_str().unwrap())];
        given.extend(database_url.as_deref().map(|url| ("DATABASE_URL", url)));
        let mut settings = Settings::read(&given.into_iter().collect()).unwrap();
        settings.courier = CourierSettings {
            mail: Some(MailSettings {
                host: "127.0.0.1".to_owned(),
                port: Some(mail_server(mail.clone()).await),
                credentials: None,
                security: MailSecurity::Open,
                from: "Vertex AR <ar@example.org>".parse().unwrap(),
            }),
            telegram: Some(TelegramSettings {
                token: "123:secret".into(),
                api: telegram(chat.clone()).await,
            }),
            admin_email: None,
        };
        let installation = Installation::open(&settings, settings.listen.port()).await.unwrap();
        let clock = Arc::new(MovedClock(Mutex::new(SystemClock.now())));
        let app = App { clock: clock.clone(), ..installation.app.clone() };
        Self { app, clock, mail, telegram: chat, _data: data }
    }

    async fn user(&self, name: &str, language: &str, chat: i64) -> Identity {
        let password = "violet kettle marmalade".to_owned();
        let user = NewUser {
            username: Field::Value(name.to_owned()),
            password: Field::Value(password.clone()),
            email: Field::Value(format!("{name}@example.org")),
            role: Field::Value("admin".to_owned()),
            company: Field::Absent,
        };
        create_user(&self.app, user).await.unwrap();
        confirm_email(&self.app, name).await.unwrap();
        let signed_in =
            auth::login(&self.app, name.to_owned().into(), password.into(), None).await.unwrap();
        let who = auth::authenticate(&self.app, &signed_in.access_token, None).await.unwrap();
        let language = language.to_owned().into();
        let changes = PreferenceChanges { language, ..PreferenceChanges::default() };
        notifications::update_preferences(&self.app, &who, changes).await.unwrap();
        let code =
            ChatCode { digest: [1; 32], user_id: who.user.id, created_at: self.app.clock.now() };
        self.app.records.put_chat_code(&who.scope(), &code).await.unwrap();
        assert!(self.app.records.connect_chat(&who.scope(), &code, chat).await.unwrap());
        who
    }

    async fn content(&self, who: &Identity, title: &str, days: u64) -> ArContent {
        let last_day = self.clock.now().date_naive() + Days::new(days);
        let new = NewContent {
            title: title.to_owned().into(),
            expiry_date: last_day.to_string().into(),
            ..NewContent::default()
        };
        contents::create(&self.app, who, new, Some(portrait().into())).await.unwrap()
    }

    /// Does every job that is due, as often as it may be tried, and moves the clock on until `passed`.
    async fn pass(&self, passed: TimeDelta) {
        let end = self.clock.now() + passed;
        while self.clock.now() < end {
            let lease = TimeDelta::minutes(1);
            while let Some(job) =
                jobs::claim(&self.app, vertex_core::job::Turn::ANY, "test", lease).await.unwrap()
            {
                let outcome = jobs::perform(&self.app, &job).await;
                jobs::settle(&self.app, &job, outcome).await.unwrap();
            }
            self.clock.advance(TimeDelta::seconds(5));
        }
    }
}

#[tokio::test]
async fn every_message_arrives_once_on_sqlite() {
    every_message_arrives_once(World::new(None).await).await;
}

#[tokio::test]
async fn every_message_arrives_once_on_postgres() {
    let Some(url) = postgres_database().await else { return };
    every_message_arrives_once(World::new(Some(url)).await).await;
}

async fn every_message_arrives_once(world: World) {
    let anna = world.user("anna", "ru", 1001).await;
    world.user("bob", "en", 1002).await;
    let soon = world.content(&anna, "Портрет Анны", 5).await;
    let edge = world.content(&anna, "Edge", 7).await;
    world.content(&anna, "Later", 8).await;
    notifications::pass_days(&world.app).await.unwrap();
    notifications::pass_days(&world.app).await.unwrap();

    world.pass(TimeDelta::minutes(10)).await;
    assert_eq!(world.mail.taken().len() + world.telegram.taken().len(), 0);
    assert!(
        world.mail.failures.load(Ordering::SeqCst) >= 4 * 6,
        "every email was tried again and again"
    );
    assert!(world.telegram.failures.load(Ordering::SeqCst) >= 4 * 6);

    world.mail.works(true);
    world.telegram.works(true);
    world.pass(TimeDelta::minutes(30)).await;
    notifications::pass_days(&world.app).await.unwrap();
    world.pass(TimeDelta::minutes(5)).await;

    let emails = world.mail.taken();
    let names: HashSet<_> = emails
        .iter()
        .map(|email| email.lines().find(|line| line.starts_with("Message-ID:")).unwrap())
        .collect();
    assert_eq!((emails.len(), names.len()), (4, 4), "two contents, two people: {emails:#?}");
    let messages = world.telegram.taken();
    assert_eq!(messages.iter().collect::<HashSet<_>>().len(), 4);
    assert_eq!(messages.len(), 4);
    let to = |chat: &str, words: &str| {
        messages.iter().filter(|text| text.contains(chat) && text.contains(words)).count()
    };
    assert_eq!((to("1001", "скоро истекает"), to("1002", "expires soon")), (2, 2));
    assert!(messages.iter().all(|text| !text.contains("Later")));

    // Days go by: the first expires, the third comes into sight, and nobody hears of the same thing twice.
    world.clock.advance(TimeDelta::days(6));
    notifications::pass_days(&world.app).await.unwrap();
    world.pass(TimeDelta::minutes(1)).await;
    let messages = world.telegram.taken();
    let count = |words: &str| messages.iter().filter(|text| text.contains(words)).count();
    assert_eq!((count("has expired"), count("срок") + count("Срок «Портрет Анны» истёк")), (1, 1));
    assert_eq!((count("“Later” expires soon"), messages.len()), (1, 8));
    let expired = contents::get(&world.app, &anna, soon.id).await.unwrap();
    assert!(!expired.is_active);
    assert!(contents::get(&world.app, &anna, edge.id).await.unwrap().is_active);
    let told = notifications::list(&world.app, &anna, true, Page::new(None, None)).await.unwrap();
    assert_eq!(told.total, 4, "in the application, too: {told:?}");
}

#[tokio::test]
async fn notifications_are_read_and_dead_letters_shown() {
    let mail = Double::default();
    mail.works(true);
    let port = mail_server(mail.clone()).await.to_string();
    let settings = [
        ("SMTP_HOST", "127.0.0.1"),
        ("SMTP_PORT", port.as_str()),
        ("VERTEX_SMTP_SECURITY", "none"),
        ("ADMIN_EMAIL", "ops@example.org"),
    ];
    let service = Service::start_with(&settings).await;
    for (name, email) in [("anna", "anna@example.org"), ("nobody", "nobody@example.org")] {
        let make = ["user", "create", name, "--role", "admin", "--email", email];
        let made = service.command(&make, "violet kettle marmalade").await;
        assert!(made.status.success(), "{made:?}");
        let confirmed = service.command(&["user", "confirm-email", name], "").await;
        assert!(confirmed.status.success(), "{confirmed:?}");
    }
    let content = service.admin().await.upload_picture("Portrait").await;
    let in_three_days = (SystemClock.now() + TimeDelta::days(3)).date_naive().to_string();
    let path = format!("/api/ar-content/{}", text(&content["id"]));
    let (status, _) = service.admin().await.put(&path, json!({"expiry_date": in_three_days})).await;
    assert_eq!(status, 200);
    // What expires is looked for when the service starts.
    let service = service.restart().await;
    let anna = service.user("anna", "violet kettle marmalade").await;
    let list = anna.when("/api/notifications", |list| list["total"] == 1).await;
    let notification = &list["items"][0];
    assert_eq!(
        (&notification["type"], &notification["is_read"]),
        (&json!("expiring"), &json!(false))
    );
    assert_eq!(notification["content_id"], content["id"]);

    let dead = anna.when("/api/notifications/dead-letters", |list| list["total"] == 1).await;
    let letter = &dead["items"][0];
    assert_eq!(
        (&letter["channel"], &letter["recipient"]),
        (&json!("email"), &json!("nobody@example.org"))
    );
    assert!(text(&letter["error"]).contains("550"), "{letter}");
    let retry = format!("/api/notifications/dead-letters/{}/retry", text(&letter["id"]));
    assert_eq!(anna.post(&retry, json!({})).await.0, 202);
    anna.when("/api/notifications/dead-letters", |list| list["total"] == 1).await;
    let is_notification = |letter: &&String| !letter.contains("confirm-email#");
    let told = mail.taken().iter().filter(is_notification).count();
    assert_eq!(told, 1, "only Anna has a mailbox");

    let id = text(&notification["id"]);
    let bystander = service.user("nobody", "violet kettle marmalade").await;
    assert_eq!(bystander.post(&format!("/api/notifications/{id}/read"), json!({})).await.0, 404);
    assert_eq!(bystander.delete(&format!("/api/notifications/{id}")).await.0, 404);
    assert_eq!(anna.post(&format!("/api/notifications/{id}/read"), json!({})).await.0, 204);
    assert_eq!(anna.get("/api/notifications?unread=true").await.1["total"], 0);
    assert_eq!(bystander.post("/api/notifications/read-all", json!({})).await.1["read"], 1);
    assert_eq!(anna.delete(&format!("/api/notifications/{id}")).await.0, 204);
    assert_eq!(anna.get("/api/notifications").await.1["total"], 0);

    let wrong = json!({"language": "de", "telegram_chat_id": "anna", "by_email": "yes"});
    let (status, problem) = anna.put("/api/notifications/preferences", wrong).await;
    assert_eq!(
        (status.as_u16(), problem["errors"].as_array().unwrap().len()),
        (422, 3),
        "{problem}"
    );
    let (status, kept) =
        anna.put("/api/notifications/preferences", json!({"language": "ru"})).await;
    assert_eq!(status, 200);
    assert_eq!(
        kept,
        json!({"language": "ru", "by_email": true, "telegram_chat_id": null, "telegram_available": false})
    );
    assert_eq!(answer(service.get("/api/notifications")).await.0, 401);
}
