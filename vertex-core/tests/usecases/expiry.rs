use chrono::{Days, TimeDelta};
use vertex_core::{
    identity::Identity,
    notification::Channel,
    page::Page,
    usecases::{contents, notifications},
    user::Role,
};
use vertex_testkit::app::TestApp;

use crate::{upload, upload_until};

async fn told(test: &TestApp, who: &Identity) -> u64 {
    let page = Page::new(None, None);
    notifications::list(&test.app, who, false, page).await.unwrap().total
}

#[tokio::test]
async fn people_are_warned_once_and_the_content_ends_with_its_last_day() {
    let test = TestApp::new().await;
    let studio = test.company("studio").await;
    let anna = test.user(&studio, "anna", Role::Admin).await;
    let today = test.app.clock.now().date_naive();
    let last_day = (today + Days::new(7)).to_string();
    let content = upload_until(&test, &anna, "Portrait", Some(last_day)).await.unwrap();
    let bystander = upload(&test, &anna, "Stays").await.unwrap();
    for _ in 0..3 {
        notifications::pass_days(&test.app).await.unwrap();
    }
    assert_eq!(told(&test, &anna).await, 1, "seven days before, once");
    test.clock.advance(TimeDelta::days(7));
    notifications::pass_days(&test.app).await.unwrap();
    assert!(
        contents::get(&test.app, &anna, content.id).await.unwrap().is_active,
        "on its last day"
    );
    test.clock.advance(TimeDelta::days(1));
    notifications::pass_days(&test.app).await.unwrap();
    assert!(!contents::get(&test.app, &anna, content.id).await.unwrap().is_active);
    assert!(contents::get(&test.app, &anna, bystander.id).await.unwrap().is_active);
    assert_eq!(told(&test, &anna).await, 2);
    assert_eq!(told(&test, &test.root).await, 0, "it is another company's");
    test.work().await;
    let by_mail = test.sent.take().into_iter().filter(|sent| sent.channel == Channel::Email);
    assert_eq!(by_mail.count(), 0, "nobody has an address that is confirmed");
}
