use futures::future::join_all;
use vertex_core::{
    Actor,
    audit::AuditFilter,
    ports::{
        Admission::{Admitted, Refused},
        AuditRecords, FailedSignIn, SignInKey, SignInRecords, UserRecords,
    },
    throttle::STRANGERS_AT_ONCE,
};

use crate::support::*;

on_both!(
    of_many_tries_at_once_five_are_made,
    of_many_networks_at_once_fifty_may_try_and_known_ones_as_ever,
    a_right_password_forgets_the_wrong_ones_of_its_network,
    a_try_whose_password_was_not_looked_at_does_not_count,
    a_name_can_be_forgiven_everywhere,
    what_failed_is_told_of_accounts_that_exist_and_of_no_others,
    made_up_names_do_not_fill_the_table,
);

fn key(name: u8, network: u8) -> SignInKey {
    SignInKey { name: [name; 32], network: [network; 32] }
}

async fn admitted(world: &World, keys: impl Iterator<Item = SignInKey>, seconds: i64) -> usize {
    let tries = keys
        .map(|key| async move { world.records.admit_sign_in(&key, later(seconds)).await.unwrap() });
    let admissions = join_all(tries).await;
    admissions.iter().filter(|admission| matches!(admission, Admitted(_))).count()
}

async fn of_many_tries_at_once_five_are_made(world: World) {
    assert_eq!(admitted(&world, (0..80).map(|_| key(1, 1)), 0).await, 5);
    let admit = async |seconds| world.records.admit_sign_in(&key(1, 1), later(seconds)).await;
    assert_eq!(admit(59).await.unwrap(), Refused(later(60)));
    assert_eq!(admit(60).await.unwrap(), Admitted(Some(later(60 + 120))));
    assert_eq!(admitted(&world, [key(1, 2), key(2, 1)].into_iter(), 1).await, 2, "others are free");
}

async fn of_many_networks_at_once_fifty_may_try_and_known_ones_as_ever(world: World) {
    let company = world.company("studio").await;
    let user = world.user(&company, "anna").await;
    world.records.admit_sign_in(&key(1, 200), later(-3600)).await.unwrap();
    world.records.note_right_password(&key(1, 200), user.id, later(-3600)).await.unwrap();

    let most = usize::try_from(STRANGERS_AT_ONCE).unwrap();
    assert_eq!(admitted(&world, (0..80).map(|network| key(1, network)), 0).await, most);
    assert_eq!(admitted(&world, [key(1, 99)].into_iter(), 19).await, 0);
    assert_eq!(admitted(&world, [key(1, 99), key(1, 98)].into_iter(), 20).await, 1);
    assert_eq!(admitted(&world, [key(1, 200)].into_iter(), 20).await, 1, "the owner gets in");
}

async fn a_right_password_forgets_the_wrong_ones_of_its_network(world: World) {
    let company = world.company("studio").await;
    let user = world.user(&company, "anna").await;
    for network in [1, 2] {
        assert_eq!(admitted(&world, (0..5).map(|_| key(1, network)), 0).await, 5);
    }
    world.records.note_right_password(&key(1, 1), user.id, later(1)).await.unwrap();
    assert_eq!(admitted(&world, (0..9).map(|_| key(1, 1)), 2).await, 5);
    assert_eq!(admitted(&world, (0..9).map(|_| key(1, 2)), 2).await, 0);
}

async fn a_try_whose_password_was_not_looked_at_does_not_count(world: World) {
    for _ in 0..9 {
        assert_eq!(admitted(&world, [key(1, 1)].into_iter(), 0).await, 1);
        world.records.withdraw_sign_in(&key(1, 1)).await.unwrap();
    }
    assert_eq!(admitted(&world, (0..9).map(|_| key(1, 1)), 0).await, 5);
}

async fn a_name_can_be_forgiven_everywhere(world: World) {
    admitted(&world, (0..80).map(|network| key(1, network)), 0).await;
    for network in [1, 2] {
        admitted(&world, (0..5).map(|_| key(1, network)), 0).await;
    }
    admitted(&world, (0..5).map(|_| key(2, 1)), 0).await;
    world.records.forgive_sign_ins(&[1; 32]).await.unwrap();
    let some = [key(1, 1), key(1, 2), key(1, 99)];
    assert_eq!(admitted(&world, some.into_iter(), 1).await, 3);
    assert_eq!(admitted(&world, [key(2, 1)].into_iter(), 1).await, 0);
}

async fn what_failed_is_told_of_accounts_that_exist_and_of_no_others(world: World) {
    let company = world.company("studio").await;
    let user = world.user(&company, "anna").await;
    let actor = Actor { user: user.id, address: "192.0.2.7".parse().ok(), at: later(1) };
    let failed =
        FailedSignIn { key: key(1, 1), actor: Some(actor), blocked_until: None, at: later(1) };
    let blocked = FailedSignIn { blocked_until: Some(later(60)), ..failed };
    let notes = (0..19).map(|_| world.records.note_failed_sign_in(&failed));
    join_all(notes).await.into_iter().for_each(Result::unwrap);
    world.records.note_failed_sign_in(&blocked).await.unwrap();
    world.records.note_failed_sign_in(&failed).await.unwrap();
    let nobody = FailedSignIn { actor: None, ..blocked };
    world.records.note_failed_sign_in(&nobody).await.unwrap();

    let read = async || world.records.user(&everywhere(), user.id).await.unwrap().unwrap();
    let told = read().await;
    assert_eq!((told.failed_attempts, told.blocked_until), (21, Some(later(60))));
    assert_eq!((told.is_locked, told.updated_at), (false, user.updated_at));
    let filter =
        |action: &str| AuditFilter { action: Some(action.to_owned()), ..Default::default() };
    let noted = async |action| {
        world.records.audit(&only(&company), &filter(action), page(1, 50)).await.unwrap()
    };
    let failures = noted("failed_sign_in").await;
    assert_eq!(failures.total, 21);
    let first = &failures.items[0];
    assert_eq!((first.label.as_str(), first.address.as_deref()), ("anna", Some("192.0.2.7")));
    assert_eq!(noted("blocked_sign_ins").await.total, 1);
    assert_eq!(world.count("audit_log").await, 22);

    world.records.note_right_password(&key(1, 1), user.id, later(99)).await.unwrap();
    assert!(read().await == user);
    world.records.note_failed_sign_in(&blocked).await.unwrap();
    world.records.unlock_user(&only(&company), user.id, later(100)).await.unwrap();
    let unlocked = read().await;
    assert_eq!((unlocked.failed_attempts, unlocked.blocked_until), (0, None));
}

async fn made_up_names_do_not_fill_the_table(world: World) {
    let company = world.company("studio").await;
    let user = world.user(&company, "anna").await;
    world.records.admit_sign_in(&key(200, 200), noon()).await.unwrap();
    world.records.note_right_password(&key(200, 200), user.id, noon()).await.unwrap();
    let made_up = match world.is_sqlite() {
        true => {
            "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 100500)
             INSERT INTO sign_in_attempts (name, network, failures, tried_at)
             SELECT CAST(n AS BLOB), CAST(n AS BLOB), 1,
                 strftime('%Y-%m-%dT%H:%M:%f+00:00', '2026-05-02', n || ' seconds') FROM n"
        }
        false => {
            "INSERT INTO sign_in_attempts (name, network, failures, tried_at)
             SELECT n::text::bytea, n::text::bytea, 1, '2026-05-02Z'::timestamptz + n * interval '1 second'
             FROM generate_series(1, 100500) n"
        }
    };
    world.execute(made_up).await;
    // Networks whose key begins as the name's does have the table shortened.
    world.records.admit_sign_in(&key(7, 7), later(7 * 86_400)).await.unwrap();
    let rows = world.count("sign_in_attempts").await;
    assert!((100_000..=100_003).contains(&rows), "{rows} rows");
    world.records.admit_sign_in(&key(7, 8), later(7 * 86_400)).await.unwrap();
    assert_eq!(
        world.records.admit_sign_in(&key(200, 200), later(1)).await.unwrap(),
        Admitted(None)
    );
}
