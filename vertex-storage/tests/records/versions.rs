//! Of many changes to one version of a row, one is made; whatever is changed or removed.

use chrono::{DateTime, Utc};
use futures::future::join_all;
use vertex_core::{
    Result,
    client::Client,
    company::Company,
    content::ArContent,
    folder::Folder,
    order::Order,
    ports::{
        ClientRecords, CompanyRecords, ContentRecords, FolderRecords, OrderRecords, ProjectRecords,
        UserRecords, VideoRecords,
    },
    project::Project,
    user::User,
    video::Video,
};

use crate::{studio, support::*};

on_both!(
    one_of_many_updates_is_made,
    one_of_many_rules_is_set,
    one_of_many_deletions_is_made,
    a_deletion_leaves_what_was_changed_meanwhile,
);

/// One row of everything that has a version.
struct Rows {
    company: Company,
    user: User,
    project: Project,
    folder: Folder,
    client: Client,
    order: Order,
    content: ArContent,
    video: Video,
}

impl Rows {
    async fn of(world: &World) -> Self {
        let company = world.company("studio").await;
        let scope = only(&company);
        let user = world.user(&company, "anna").await;
        let project = world.project(&company, "Wedding").await;
        let folder = studio::folder(&company, project.id, "Day one");
        world.records.insert_folder(&scope, &folder).await.unwrap();
        let client = studio::stored_client(world, &company).await;
        let another = studio::stored_client(world, &company).await;
        let order = studio::order(&another, "");
        world.records.insert_order(&scope, &order).await.unwrap();
        let content = world.content(&company, "Portrait").await;
        let video = world.video(&content, "Clip").await;
        Self { company, user, project, folder, client, order, content, video }
    }
}

/// Makes a change many times at once, each at an instant of its own; how often it was made.
async fn made<F: Future<Output = Result<bool>>>(change: impl Fn(DateTime<Utc>) -> F) -> usize {
    let changes = (1..=12).map(|number| change(later(number)));
    join_all(changes).await.into_iter().filter(|made| *made.as_ref().unwrap()).count()
}

async fn one_of_many_updates_is_made(world: World) {
    let (records, rows) = (&world.records, &Rows::of(&world).await);
    let scope = &only(&rows.company);
    macro_rules! one_is_made {
        ($method:ident($row:expr $(, $more:expr)*)) => {{
            let made = made(async |updated_at| {
                let mut changed = $row.clone();
                changed.updated_at = updated_at;
                records.$method(scope, &changed $(, $more)*, noon()).await
            });
            assert_eq!(made.await, 1, stringify!($method));
        }};
    }
    one_is_made!(update_company(rows.company));
    one_is_made!(update_user(rows.user));
    one_is_made!(update_project(rows.project));
    one_is_made!(update_folder(rows.folder));
    one_is_made!(update_client(rows.client));
    one_is_made!(update_order(rows.order));
    one_is_made!(update_content(rows.content, None));
    one_is_made!(update_video(rows.video));
    let video = world.video(&rows.content, "Another").await.id;
    assert_eq!(made(|now| records.activate_video(scope, video, Some(noon()), now)).await, 1);
}

async fn one_of_many_rules_is_set(world: World) {
    let (records, rows) = (&world.records, &Rows::of(&world).await);
    let scope = &only(&rows.company);
    let set = async |seen, at: DateTime<Utc>| {
        let mut rule = rule(&rows.content);
        rule.updated_at = at;
        records.put_rotation_rule(scope, &rule, seen).await
    };
    // Nobody has seen a rule yet.
    assert_eq!(made(|at| set(Some(noon()), at)).await, 1);
    assert!(set(None, later(60)).await.unwrap());
    assert_eq!(made(|at| set(Some(later(60)), at)).await, 1);
    assert!(!set(Some(later(60)), later(61)).await.unwrap());
}

async fn one_of_many_deletions_is_made(world: World) {
    let (records, rows) = (&world.records, &Rows::of(&world).await);
    let (scope, seen) = (&only(&rows.company), Some(noon()));
    let job = || removal(rows.company.id);
    assert_eq!(made(|_| records.delete_user(scope, rows.user.id, seen)).await, 1);
    assert_eq!(made(|_| records.delete_folder(scope, rows.folder.id, seen)).await, 1);
    assert_eq!(made(|_| records.delete_project(scope, rows.project.id, seen)).await, 1);
    assert_eq!(made(|_| records.delete_client(scope, rows.client.id, seen)).await, 1);
    assert_eq!(made(|_| records.delete_order(scope, rows.order.id, seen)).await, 1);
    let video = rows.video.id;
    let deleted = made(async |_| records.delete_video(scope, video, seen, &job()).await);
    assert_eq!(deleted.await, 1);
    let content = rows.content.id;
    let deleted = made(async |at| records.delete_content(scope, content, seen, at, &job()).await);
    assert_eq!(deleted.await, 1);
    let deleted = made(async |at| {
        let mut company = rows.company.clone();
        (company.is_active, company.deleted_at, company.updated_at) = (false, Some(at), at);
        records.delete_company(&everywhere(), &company, noon(), &job()).await
    });
    assert_eq!(deleted.await, 1);
}

async fn a_deletion_leaves_what_was_changed_meanwhile(world: World) {
    let (records, rows) = (&world.records, &Rows::of(&world).await);
    let (scope, stale) = (&only(&rows.company), Some(later(-1)));
    let job = removal(rows.company.id);
    let deleted = [
        records.delete_user(scope, rows.user.id, stale).await,
        records.delete_folder(scope, rows.folder.id, stale).await,
        records.delete_project(scope, rows.project.id, stale).await,
        records.delete_client(scope, rows.client.id, stale).await,
        records.delete_order(scope, rows.order.id, stale).await,
        records.delete_video(scope, rows.video.id, stale, &job).await,
        records.delete_content(scope, rows.content.id, stale, later(1), &job).await,
    ];
    assert_eq!(deleted.map(Result::unwrap), [false; 7]);
    assert!(records.delete_order(scope, rows.order.id, None).await.unwrap());
}
