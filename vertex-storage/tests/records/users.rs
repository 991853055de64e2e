use vertex_core::{
    Actor, ErrorKind,
    audit::AuditFilter,
    ids::AuthSessionId,
    ports::{AuditRecords, EntryRecords, UserRecords},
    text::{Email, Username},
    user::{Role, User},
};

use crate::support::*;

on_both!(
    what_is_written_is_read,
    names_and_addresses_are_taken_once,
    a_user_needs_a_company_in_reach,
    a_new_role_is_noted_by_both_names,
    unlocking_stays_in_the_company,
    a_new_password_ends_the_other_sessions,
);

async fn read(world: &World, username: &Username) -> User {
    world.records.user_by_username(username).await.unwrap().unwrap()
}

async fn what_is_written_is_read(world: World) {
    assert!(world.records.has_no_users().await.unwrap());
    world.records.ping().await.unwrap();
    let company = world.company("studio").await;
    let mut user = user(&company, "anna");
    user.email = Some(Email::parse("anna@example.org").unwrap());
    user.full_name = Some(name("Анна"));
    user.role = Role::Superadmin;
    user.is_active = false;
    user.is_locked = true;
    user.failed_attempts = 3;
    user.last_login = Some(later(-10));
    world.records.insert_user(&only(&company), &user).await.unwrap();

    assert!(read(&world, &user.username).await == user);
    assert!(!world.records.has_no_users().await.unwrap());
    let nobody = Username::parse("nobody").unwrap();
    assert!(world.records.user_by_username(&nobody).await.unwrap().is_none());
}

async fn names_and_addresses_are_taken_once(world: World) {
    let (one, two) = (world.company("one").await, world.company("two").await);
    let mut first = user(&one, "anna");
    first.email = Some(Email::parse("anna@example.org").unwrap());
    world.records.insert_user(&everywhere(), &first).await.unwrap();

    let same_name = user(&two, "anna");
    let error = world.records.insert_user(&everywhere(), &same_name).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(error.to_string(), "the username \"anna\" is taken");

    let mut same_address = user(&two, "berta");
    same_address.email = first.email;
    let error = world.records.insert_user(&everywhere(), &same_address).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(error.to_string(), "the email address \"anna@example.org\" is taken");

    // No address is not an address.
    world.user(&one, "carla").await;
    world.user(&one, "dora").await;
}

async fn a_user_needs_a_company_in_reach(world: World) {
    let (own, other) = (world.company("own").await, world.company("other").await);
    let outsider = user(&other, "anna");
    let error = world.records.insert_user(&only(&own), &outsider).await.unwrap_err();
    assert_eq!(error.to_string(), "there is no such company");

    let lost = user(&company("nowhere"), "berta");
    let error = world.records.insert_user(&everywhere(), &lost).await.unwrap_err();
    assert_eq!(error.to_string(), "there is no such company");
}

async fn a_new_role_is_noted_by_both_names(world: World) {
    let company = world.company("studio").await;
    let (boss, mut anna) = (world.user(&company, "boss").await, world.user(&company, "anna").await);
    let actor = Actor { user: boss.id, address: None, at: later(1) };
    let scope = only(&company).by(actor);
    for (role, seconds) in [(Role::Admin, 1), (Role::User, 2)] {
        let seen = anna.updated_at;
        (anna.role, anna.updated_at) = (role, later(seconds));
        assert!(world.records.update_user(&scope, &anna, seen).await.unwrap());
    }
    let filter = AuditFilter { action: Some("changed_role".to_owned()), ..AuditFilter::default() };
    let noted = world.records.audit(&only(&company), &filter, page(1, 9)).await.unwrap();
    assert_eq!((noted.total, noted.items[0].label.as_str()), (1, "anna: admin to user"));
}

async fn unlocking_stays_in_the_company(world: World) {
    let (own, other) = (world.company("own").await, world.company("other").await);
    let user = world.user(&own, "anna").await;
    assert!(world.records.lock_user(&only(&own), user.id, later(1)).await.unwrap());

    assert!(!world.records.unlock_user(&only(&other), user.id, later(2)).await.unwrap());
    assert!(read(&world, &user.username).await.is_locked);
    assert!(world.records.unlock_user(&only(&own), user.id, later(3)).await.unwrap());
    let user = read(&world, &user.username).await;
    assert_eq!((user.is_locked, user.failed_attempts, user.updated_at), (false, 0, later(3)));
}

async fn a_new_password_ends_the_other_sessions(world: World) {
    let company = world.company("studio").await;
    let (anna, berta) = (world.user(&company, "anna").await, world.user(&company, "berta").await);
    let (here, there) = (world.session(&anna, 1).await, world.session(&anna, 2).await);
    let bertas = world.session(&berta, 3).await;
    let revoked = async |id: AuthSessionId| {
        world.records.auth_session(id).await.unwrap().unwrap().0.revoked_at
    };

    let keep = Some(here.id);
    world
        .records
        .change_password(&everywhere(), anna.id, "$argon2id$two", keep, later(9))
        .await
        .unwrap();
    assert_eq!(read(&world, &anna.username).await.password_hash, "$argon2id$two");
    assert_eq!(revoked(here.id).await, None);
    assert_eq!(revoked(there.id).await, Some(later(9)));
    assert_eq!(revoked(bertas.id).await, None);

    world
        .records
        .change_password(&everywhere(), anna.id, "$argon2id$three", None, later(10))
        .await
        .unwrap();
    assert_eq!(revoked(here.id).await, Some(later(10)));
    assert_eq!(revoked(there.id).await, Some(later(9)));

    let stranger = user(&company, "carla").id;
    let error = world
        .records
        .change_password(&everywhere(), stranger, "x", None, noon())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}
