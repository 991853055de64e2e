use chrono::{DateTime, Utc};
use futures::future::join_all;
use vertex_core::{
    ErrorKind,
    email_confirmation::EmailConfirmation,
    ids::EmailConfirmationId,
    job::{NewJob, Task},
    ports::{EmailConfirmationRecords, UserRecords},
    text::Email,
    user::User,
};

use crate::support::*;

on_both!(
    emails_are_limited_however_many_are_asked_for_at_once,
    an_email_confirms_once_and_only_the_address_that_waits,
    an_address_waits_for_several_and_becomes_the_first_ones,
);

fn confirmation(user: &User, mailbox: u8, at: DateTime<Utc>) -> EmailConfirmation {
    EmailConfirmation {
        id: EmailConfirmationId(id()),
        user_id: user.id,
        mailbox: [mailbox; 32],
        created_at: at,
        used_at: None,
    }
}

async fn ask(world: &World, user: &User, confirmation: &EmailConfirmation) -> bool {
    let task = Task::ConfirmEmail { confirmation_id: confirmation.id };
    let job = NewJob { task, ..removal(user.company_id) };
    world.records.insert_email_confirmation(&everywhere(), confirmation, &job).await.unwrap()
}

async fn waiting(world: &World, username: &str, email: &str) -> User {
    let company = world.company(&format!("of-{username}")).await;
    let mut user = user(&company, username);
    user.pending_email = Some(Email::parse(email).unwrap());
    world.records.insert_user(&everywhere(), &user).await.unwrap();
    user
}

async fn emails_are_limited_however_many_are_asked_for_at_once(world: World) {
    let company = world.company("studio").await;
    let people: Vec<User> = (0..70).map(|n| user(&company, &format!("user-{n}"))).collect();
    let sent = async |emails: Vec<(usize, u8, i64)>| {
        let asked = emails.into_iter().map(|(person, mailbox, seconds)| {
            let person = &people[person];
            let confirmation = confirmation(person, mailbox, later(seconds));
            let world = &world;
            async move { ask(world, person, &confirmation).await }
        });
        join_all(asked).await.into_iter().filter(|sent| *sent).count()
    };
    assert_eq!(sent((0..20).map(|n| (0, n, 0)).collect()).await, 5, "for one user");
    assert_eq!(sent((1..20).map(|n| (n, 100, 0)).collect()).await, 3, "to one mailbox");
    let one_each = |first: u8| (1..70).map(move |n: u8| (usize::from(n), first + n, 1));
    let more = one_each(20).chain(one_each(100)).chain(one_each(170));
    assert_eq!(sent(more.collect()).await, 200 - 5 - 3, "in all");
    assert_eq!(sent(vec![(0, 1, 3599)]).await, 0, "within an hour");
    assert_eq!(sent(vec![(0, 1, 3600)]).await, 1, "after it");
}

async fn an_email_confirms_once_and_only_the_address_that_waits(world: World) {
    let mut anna = waiting(&world, "anna", "anna@example.org").await;
    let email = confirmation(&anna, 1, noon());
    assert!(ask(&world, &anna, &email).await);
    let (read, user) = world.records.email_confirmation(email.id).await.unwrap().unwrap();
    assert!(read == email && user == anna);

    let confirm = async |user: &User, by: &EmailConfirmation| {
        world.records.confirm_email(&everywhere(), user, Some(by.id), later(1)).await
    };
    let seen = anna.updated_at;
    (anna.pending_email, anna.updated_at) =
        (Some(Email::parse("new@example.org").unwrap()), later(1));
    assert!(world.records.update_user(&everywhere(), &anna, seen).await.unwrap());
    assert!(!confirm(&user, &email).await.unwrap(), "another address waits");
    assert!(confirm(&anna, &email).await.unwrap());
    let confirmed = world.records.user(&everywhere(), anna.id).await.unwrap().unwrap();
    assert_eq!((confirmed.email, confirmed.pending_email), (anna.pending_email.clone(), None));

    let seen = confirmed.updated_at;
    anna.email = None;
    anna.updated_at = later(9);
    assert!(world.records.update_user(&everywhere(), &anna, seen).await.unwrap());
    assert!(!confirm(&anna, &email).await.unwrap(), "the email was used");
    let by_word = world.records.confirm_email(&everywhere(), &anna, None, later(10)).await;
    assert!(by_word.unwrap());
}

async fn an_address_waits_for_several_and_becomes_the_first_ones(world: World) {
    let anna = waiting(&world, "anna", "shared@example.org").await;
    let eva = waiting(&world, "eva", "shared@example.org").await;
    let confirm =
        async |user: &User| world.records.confirm_email(&everywhere(), user, None, later(1)).await;
    assert!(confirm(&eva).await.unwrap());
    let refused = confirm(&anna).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Conflict);
    assert!(refused.to_string().contains("shared@example.org"), "{refused}");
    let inactive = User { is_active: false, updated_at: later(2), ..anna.clone() };
    let there = world.records.update_user(&everywhere(), &inactive, anna.updated_at).await;
    assert!(there.unwrap(), "its other fields can be changed all the same");
    let company = world.company("later").await;
    let mut berta = user(&company, "berta");
    berta.pending_email = anna.pending_email;
    let refused = world.records.insert_user(&everywhere(), &berta).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Conflict, "it is taken already");
}
