//! Nothing goes to a chat before somebody in it has sent the bot the code that a user got.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    doubles::{Double, telegram},
    harness::{Service, User, text},
};

const PREFERENCES: &str = "/api/notifications/preferences";

async fn with_bot() -> (Service, Double) {
    let bot = Double::default();
    bot.works(true);
    let api = telegram(bot.clone()).await;
    let settings = [("TELEGRAM_BOT_TOKEN", "123:secret"), ("VERTEX_TELEGRAM_API", &api)];
    (Service::start_with(&settings).await, bot)
}

async fn code(user: &User<'_>) -> String {
    let (status, offer) = user.post("/api/notifications/telegram", json!({})).await;
    assert_eq!(status, 200, "{offer}");
    let code = text(&offer["code"]).to_owned();
    assert_eq!(text(&offer["link"]), format!("https://t.me/vertex_test_bot?start={code}"));
    code
}

#[tokio::test]
async fn the_chat_that_sends_the_code_is_connected() {
    let (service, bot) = with_bot().await;
    let admin = service.admin().await;
    let (replaced, held) = (code(&admin).await, code(&admin).await);
    bot.puzzle();
    bot.write("message", 1, "/start");
    bot.write("message", 2, &format!("/start {replaced}"));
    bot.write("message", 3, "/start no-such-code");
    bot.write("message", -1004, &format!("/start@vertex_test_bot {held}"));
    bot.write("message", 5, &format!("/start {held}"));
    let connected = admin.when(PREFERENCES, |found| !found["telegram_chat_id"].is_null()).await;
    assert_eq!(
        (&connected["telegram_chat_id"], &connected["telegram_available"]),
        (&json!("-1004"), &json!(true))
    );
    let answers = bot.taken_when(|answers| !answers.is_empty()).await;
    assert!(answers[0].contains("-1004") && answers[0].contains("account admin"), "{answers:?}");

    let next = code(&admin).await;
    bot.write("channel_post", -1006, &format!("/start {next}"));
    admin.when(PREFERENCES, |found| found["telegram_chat_id"] == "-1006").await;
    let answers = bot.taken_when(|answers| answers.len() > 1).await;
    assert!(answers[1].contains("-1006"), "{answers:?}");

    let typed = admin.put(PREFERENCES, json!({"telegram_chat_id": "1006"})).await;
    assert_eq!((typed.0.as_u16(), text(&typed.1["errors"][0]["field"])), (422, "telegram_chat_id"));
    let (status, same) =
        admin.put(PREFERENCES, json!({"telegram_chat_id": "-1006", "by_email": false})).await;
    assert_eq!((status.as_u16(), &same["telegram_chat_id"]), (200, &json!("-1006")), "as it is");
    let (_, none) = admin.put(PREFERENCES, json!({"telegram_chat_id": null})).await;
    assert_eq!((&none["telegram_chat_id"], &none["by_email"]), (&Value::Null, &json!(false)));
    assert_eq!(admin.get(PREFERENCES).await.1["telegram_chat_id"], Value::Null);
}

#[tokio::test]
async fn a_code_ends_and_nothing_is_connected_without_a_bot() {
    let (service, bot) = with_bot().await;
    let admin = service.admin().await;
    let ended = code(&admin).await;
    service.sql("UPDATE chat_codes SET created_at = datetime(created_at, '-15 minutes')").await;
    bot.write("message", 1, &format!("/start {ended}"));
    let make = ["user", "create", "anna", "--role", "user"];
    assert!(service.command(&make, "violet kettle marmalade").await.status.success());
    let anna = service.user("anna", "violet kettle marmalade").await;
    let held = code(&anna).await;
    bot.write("message", 2, &format!("/start {held}"));
    anna.when(PREFERENCES, |found| found["telegram_chat_id"] == "2").await;
    assert_eq!(admin.get(PREFERENCES).await.1["telegram_chat_id"], Value::Null);

    let service = Service::start().await;
    let admin = service.admin().await;
    assert_eq!(admin.get(PREFERENCES).await.1["telegram_available"], false);
    let (status, problem) = admin.post("/api/notifications/telegram", json!({})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(text(&problem["detail"]).contains("TELEGRAM_BOT_TOKEN"), "{problem}");
}
