use chrono::TimeDelta;
use vertex_core::{
    ErrorKind,
    check::Field,
    notification::Channel,
    ports::MessageKind,
    usecases::{
        auth::{self, ProfileChanges, authenticate, login},
        chats,
        companies::{self, CompanyInput},
        email_confirmations,
        users::{self, UserInput},
    },
    user::Role,
    version::Expected,
};
use vertex_testkit::app::{PASSWORD, TestApp};

#[tokio::test]
async fn each_role_may_do_its_own_and_no_more() {
    let test = TestApp::new().await;
    let studio = test.company("studio").await;
    let admin = test.user(&studio, "anna", Role::Admin).await;
    let user = test.user(&studio, "berta", Role::User).await;
    let input = |username: &str, role: &str| UserInput {
        username: username.to_owned().into(),
        password: PASSWORD.to_owned().into(),
        role: role.to_owned().into(),
        ..UserInput::default()
    };
    let create = async |who, username: &str, role: &str| {
        let made = users::create(&test.app, who, input(username, role)).await;
        made.map(|user| user.company_id).map_err(|error| error.kind())
    };
    assert_eq!(create(&user, "clara", "user").await, Err(ErrorKind::Forbidden));
    assert_eq!(create(&admin, "clara", "user").await, Ok(studio.id));
    assert_eq!(create(&admin, "doris", "superadmin").await, Err(ErrorKind::Invalid));
    assert_eq!(create(&test.root, "doris", "superadmin").await, Ok(test.home()));
    let company = || CompanyInput { name: "More".to_owned().into(), ..CompanyInput::default() };
    for who in [&user, &admin] {
        let denied = companies::create(&test.app, who, company(), None).await.unwrap_err();
        assert_eq!(denied.kind(), ErrorKind::Forbidden);
    }
    let other = test.company("other").await;
    let unseen = companies::get(&test.app, &admin, other.id).await.unwrap_err();
    assert_eq!(unseen.kind(), ErrorKind::NotFound, "another company is as if it were not there");
}

#[tokio::test]
async fn wrong_passwords_block_the_name_for_a_while_and_end_no_session() {
    let test = TestApp::new().await;
    let studio = test.company("studio").await;
    let anna = test.user(&studio, "anna", Role::User).await;
    let stays = login(&test.app, "anna".to_owned().into(), PASSWORD.to_owned().into(), None);
    let stays = stays.await.unwrap();
    let sign_in = async |password: &str| {
        let tried = login(&test.app, "anna".to_owned().into(), password.to_owned().into(), None);
        tried.await.map(drop).map_err(|error| error.kind())
    };
    let mut tries = 0;
    while sign_in("wrong").await == Err(ErrorKind::Unauthenticated) {
        tries += 1;
        assert!(tries < 100, "it is never blocked");
    }
    assert_eq!(sign_in(PASSWORD).await, Err(ErrorKind::Locked));
    let who = authenticate(&test.app, &stays.access_token, None).await.unwrap();
    assert_eq!(who.user.id, anna.user.id, "a live session goes on");
    test.clock.advance(TimeDelta::hours(24));
    assert_eq!(sign_in(PASSWORD).await, Ok(()), "the lock ends by itself");
}

#[tokio::test]
async fn an_address_waits_until_its_owner_follows_the_link() {
    let test = TestApp::new().await;
    let changes =
        ProfileChanges { email: "anna@example.org".to_owned().into(), full_name: Field::Absent };
    let user = auth::update_profile(&test.app, &test.root, &Expected::Any, changes).await.unwrap();
    assert!(user.email.is_none() && user.pending_email.is_some());
    test.work().await;
    let sent = test.sent.take();
    assert_eq!(sent.len(), 1);
    assert_eq!(
        (sent[0].channel, sent[0].kind, sent[0].recipient.as_str()),
        (Channel::Email, MessageKind::EmailConfirmation, "anna@example.org")
    );
    let token = sent[0].link.split_once('#').unwrap().1.to_owned();
    test.clock.advance(TimeDelta::hours(24));
    let late = email_confirmations::confirm(&test.app, token.into(), None).await.unwrap_err();
    assert_eq!(late.kind(), ErrorKind::Invalid, "the link holds for a day");
    let who = login(&test.app, "admin".to_owned().into(), PASSWORD.to_owned().into(), None);
    let who = authenticate(&test.app, &who.await.unwrap().access_token, None).await.unwrap();
    email_confirmations::send_again(&test.app, &who).await.unwrap();
    test.work().await;
    let token = test.sent.take()[0].link.split_once('#').unwrap().1.to_owned();
    email_confirmations::confirm(&test.app, token.into(), None).await.unwrap();
    let user = users::get(&test.app, &test.root, test.root.user.id).await.unwrap();
    assert_eq!(user.email.unwrap().as_str(), "anna@example.org");
}

#[tokio::test]
async fn no_chat_is_connected_where_there_is_no_bot() {
    let test = TestApp::new().await;
    let refused = chats::offer(&test.app, &test.root).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Conflict);
    chats::read_while_codes_hold(&test.app).await.unwrap();
}
