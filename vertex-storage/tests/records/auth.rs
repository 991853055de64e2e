use futures::future::join_all;
use vertex_core::{
    ErrorKind,
    ids::AuthSessionId,
    ports::{
        AuthRecords, EntryRecords,
        RefreshOutcome::{self, Repeated, Reused, Rotated, Unknown},
    },
    user::{AuthSession, User},
};

use crate::support::*;

on_both!(
    a_session_comes_with_its_user,
    a_session_needs_a_user,
    a_token_is_replaced_once,
    of_many_callers_with_one_token_one_wins,
    a_token_that_comes_again_at_once_leads_to_the_unused_one,
    a_stolen_token_ends_the_session,
    an_ended_session_is_not_refreshed,
);

async fn rotate(world: &World, old: u8, new: u8, seconds: i64) -> RefreshOutcome {
    world.records.rotate_refresh_token(&rotation(old, new, seconds)).await.unwrap()
}

async fn a_session_comes_with_its_user(world: World) {
    let company = world.company("studio").await;
    let user = world.user(&company, "anna").await;
    let session = world.session(&user, 1).await;
    let read = world.records.auth_session(session.id).await.unwrap().unwrap();
    let user = User { last_login: Some(session.created_at), ..user };
    assert!(read == (session.clone(), user));

    world.records.revoke_auth_session(session.id, later(1)).await.unwrap();
    world.records.revoke_auth_session(session.id, later(2)).await.unwrap();
    let (session, _) = world.records.auth_session(session.id).await.unwrap().unwrap();
    assert_eq!(session.revoked_at, Some(later(1)));
    assert!(world.records.auth_session(AuthSessionId(id())).await.unwrap().is_none());
}

async fn a_session_needs_a_user(world: World) {
    let company = world.company("studio").await;
    let session = AuthSession {
        id: AuthSessionId(id()),
        user_id: user(&company, "nobody").id,
        created_at: noon(),
        expires_at: later(1),
        revoked_at: None,
    };
    let error = world.records.insert_auth_session(&session, &[1; 32]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

async fn a_token_is_replaced_once(world: World) {
    let company = world.company("studio").await;
    let user = world.user(&company, "anna").await;
    let session = world.session(&user, 1).await;

    assert_eq!(rotate(&world, 9, 8, 1).await, Unknown);
    let Rotated(extended, found) = rotate(&world, 1, 2, 10).await else { panic!("not rotated") };
    assert_eq!(found.id, user.id);
    assert_eq!(extended, AuthSession { expires_at: later(3610), ..session });
    assert!(matches!(rotate(&world, 2, 3, 20).await, Rotated(..)));
}

async fn of_many_callers_with_one_token_one_wins(world: World) {
    let company = world.company("studio").await;
    let user = world.user(&company, "anna").await;
    world.session(&user, 0).await;
    let outcomes = join_all((1..=8).map(|new| rotate(&world, 0, new, 1))).await;
    let won = outcomes.iter().filter(|outcome| matches!(outcome, Rotated(..))).count();
    assert_eq!(won, 1, "{outcomes:?}");
    let mut salts = outcomes.iter().filter_map(|outcome| match outcome {
        Repeated { salts, issued_at, .. } => Some((salts, *issued_at)),
        _ => None,
    });
    let (first, issued_at) = salts.next().unwrap();
    assert_eq!((first.len(), issued_at), (1, later(1)));
    assert_eq!(salts.filter(|other| *other == (first, issued_at)).count(), 6, "{outcomes:?}");
}

async fn a_token_that_comes_again_at_once_leads_to_the_unused_one(world: World) {
    let company = world.company("studio").await;
    let user = world.user(&company, "anna").await;
    let session = world.session(&user, 1).await;
    rotate(&world, 1, 2, 100).await;
    rotate(&world, 2, 3, 105).await;

    let Repeated { salts, issued_at, .. } = rotate(&world, 1, 4, 109).await else {
        panic!("not repeated")
    };
    assert_eq!((salts, issued_at), (vec![[102; 32], [103; 32]], later(105)));
    assert!(matches!(rotate(&world, 3, 5, 120).await, Rotated(..)), "the session lives");
    world.records.revoke_auth_session(session.id, later(121)).await.unwrap();
    assert!(matches!(rotate(&world, 3, 6, 122).await, Reused(_)), "not after its end");
}

async fn a_stolen_token_ends_the_session(world: World) {
    let company = world.company("studio").await;
    let user = world.user(&company, "anna").await;
    let session = world.session(&user, 1).await;
    let bystander = world.session(&user, 10).await;
    rotate(&world, 1, 2, 1).await;

    assert!(matches!(rotate(&world, 1, 3, 11).await, Reused(whose) if whose.id == user.id));
    let (ended, _) = world.records.auth_session(session.id).await.unwrap().unwrap();
    assert_eq!(ended.revoked_at, Some(later(11)));
    assert_eq!(rotate(&world, 2, 4, 12).await, Unknown);
    let (other, _) = world.records.auth_session(bystander.id).await.unwrap().unwrap();
    assert_eq!(other.revoked_at, None);
}

async fn an_ended_session_is_not_refreshed(world: World) {
    let company = world.company("studio").await;
    let user = world.user(&company, "anna").await;
    let expired = world.session(&user, 1).await;
    assert_eq!(rotate(&world, 1, 2, 3600).await, Unknown);
    let (untouched, _) = world.records.auth_session(expired.id).await.unwrap().unwrap();
    assert_eq!(untouched, expired);

    let revoked = world.session(&user, 3).await;
    world.records.revoke_auth_session(revoked.id, later(1)).await.unwrap();
    assert_eq!(rotate(&world, 3, 4, 2).await, Unknown);
    assert_eq!(rotate(&world, 3, 4, 2).await, Unknown);
}
