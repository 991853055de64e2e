use chrono::TimeDelta;
use vertex_core::{chat_code::ChatCode, ports::*, user::User};

use crate::support::*;

on_both!(
    a_code_connects_one_chat_once,
    a_new_code_replaces_the_one_before,
    codes_of_other_companies_are_out_of_reach,
);

fn code(user: &User, digest: u8) -> ChatCode {
    ChatCode { digest: [digest; 32], user_id: user.id, created_at: noon() }
}

async fn chat_of(world: &World, user: &User) -> Option<String> {
    world.records.preferences(&everywhere(), user.id).await.unwrap().telegram_chat_id
}

async fn a_code_connects_one_chat_once(world: World) {
    let company = world.company("studio").await;
    let anna = world.user(&company, "anna").await;
    let (scope, records) = (only(&company), &world.records);
    let code = code(&anna, 1);
    assert!(!records.has_chat_codes(noon() - TimeDelta::days(1)).await.unwrap());
    records.put_chat_code(&scope, &code).await.unwrap();
    assert!(records.has_chat_codes(noon() - TimeDelta::seconds(1)).await.unwrap());
    assert!(!records.has_chat_codes(noon()).await.unwrap(), "it has ended");
    let (read, user) = records.chat_code(code.digest).await.unwrap().unwrap();
    assert!(read == code && user == anna);
    assert!(records.chat_code([2; 32]).await.unwrap().is_none());

    assert!(records.connect_chat(&scope, &code, -1001).await.unwrap());
    assert!(!records.connect_chat(&scope, &code, 666).await.unwrap(), "it is spent");
    let told = records.recipients(&scope, company.id).await.unwrap();
    assert_eq!(told[0].preferences.telegram_chat_id.as_deref(), Some("-1001"));
    let preferences = records.preferences(&scope, anna.id).await.unwrap();
    records.put_preferences(&scope, anna.id, &preferences).await.unwrap();
    assert_eq!(chat_of(&world, &anna).await.as_deref(), Some("-1001"));
    records.put_chat_code(&scope, &code).await.unwrap();
    assert!(records.disconnect_chat(&scope, anna.id).await.unwrap());
    assert!(records.chat_code(code.digest).await.unwrap().is_none(), "a code from before is gone");
    assert_eq!(chat_of(&world, &anna).await, None);
}

async fn a_new_code_replaces_the_one_before(world: World) {
    let company = world.company("studio").await;
    let anna = world.user(&company, "anna").await;
    let (scope, records) = (only(&company), &world.records);
    let (first, second) = (code(&anna, 1), code(&anna, 2));
    records.put_chat_code(&scope, &first).await.unwrap();
    records.put_chat_code(&scope, &second).await.unwrap();
    assert!(!records.connect_chat(&scope, &first, 1).await.unwrap());
    assert!(records.connect_chat(&scope, &second, 2).await.unwrap());
    assert_eq!(chat_of(&world, &anna).await.as_deref(), Some("2"));
}

async fn codes_of_other_companies_are_out_of_reach(world: World) {
    let (own, other) = (world.company("own").await, world.company("other").await);
    let anna = world.user(&own, "anna").await;
    let records = &world.records;
    let code = code(&anna, 1);
    assert!(records.put_chat_code(&only(&other), &code).await.is_err());
    records.put_chat_code(&only(&own), &code).await.unwrap();
    assert!(!records.connect_chat(&only(&other), &code, 1).await.unwrap());
    assert!(records.connect_chat(&only(&own), &code, 2).await.unwrap(), "it was not spent");
    assert!(!records.disconnect_chat(&only(&other), anna.id).await.unwrap());
    assert_eq!(chat_of(&world, &anna).await.as_deref(), Some("2"));
}
