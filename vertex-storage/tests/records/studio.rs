//! Folders, clients, orders, invitations, batches, the audit log, and what is thrown away.

use std::net::IpAddr;

use chrono::TimeDelta;
use vertex_core::{
    Actor, ErrorKind, TenantScope,
    audit::AuditFilter,
    batch::MarkerBatch,
    client::Client,
    company::Company,
    folder::Folder,
    ids::{BatchId, ClientId, FolderId, InvitationId, OrderId, ProjectId},
    invitation::Invitation,
    order::{Order, OrderStatus},
    phone::Phone,
    ports::{
        AuditRecords, AuthRecords, ClientFilter, ClientRecords, CompanyRecords, ContentRecords,
        EntryRecords, FolderRecords, HousekeepingRecords, InvitationRecords, JobQueue,
        MarkerBatchRecords, OrderFilter, OrderRecords, OverviewRecords, ProjectRecords, Retention,
        UserFilter, UserRecords, VideoRecords,
    },
    text::Email,
    user::{Role, User},
    video::VideoStatus,
    video_history::ScheduleAction,
};

use crate::support::*;

on_both!(
    folders_are_kept_inside_their_project,
    clients_are_found_by_name_phone_and_email,
    a_client_goes_only_when_nobody_names_it,
    orders_belong_to_a_client_of_the_company,
    contents_name_rows_of_their_own_company,
    an_invitation_is_used_once,
    an_invitation_is_worth_what_its_inviter_may,
    users_are_listed_changed_and_removed,
    changes_are_noted_with_their_actor,
    the_schedule_of_a_video_has_a_history,
    a_batch_tells_how_far_it_is,
    spent_rows_are_pruned_and_others_stay,
    a_purged_company_leaves_nothing,
    numbers_are_counted_inside_the_scope,
);

fn client(company: &Company, title: &str, phone: &str, email: Option<&str>) -> Client {
    Client {
        id: ClientId(id()),
        company_id: company.id,
        name: name(title),
        phone: Phone::stored(phone.to_owned()).unwrap(),
        email: email.map(|email| Email::parse(email).unwrap()),
        created_at: noon(),
        updated_at: noon(),
    }
}

pub async fn stored_client(world: &World, company: &Company) -> Client {
    let client = client(company, "Анна Ковалёва", "+79123456789", Some("anna@example.org"));
    world.records.insert_client(&only(company), &client).await.unwrap();
    client
}

pub fn order(client: &Client, notes: &str) -> Order {
    Order {
        id: OrderId(id()),
        company_id: client.company_id,
        client_id: client.id,
        status: OrderStatus::New,
        notes: notes.to_owned(),
        completed_at: None,
        created_at: noon(),
        updated_at: noon(),
    }
}

pub fn folder(company: &Company, project: ProjectId, title: &str) -> Folder {
    Folder {
        id: FolderId(id()),
        company_id: company.id,
        project_id: project,
        name: name(title),
        description: "with a \0 inside".to_owned(),
        created_at: noon(),
        updated_at: noon(),
    }
}

fn acting(company: &Company, user: &User) -> TenantScope {
    let address: IpAddr = "192.0.2.7".parse().unwrap();
    only(company).by(Actor { user: user.id, address: Some(address), at: later(7) })
}

async fn folders_are_kept_inside_their_project(world: World) {
    let (own, other) = (world.company("own").await, world.company("other").await);
    let (records, scope) = (&world.records, only(&own));
    let project = world.project(&own, "Wedding").await;
    let theirs = world.project(&other, "Theirs").await;
    let mut inside = folder(&own, project.id, "Ärzte");
    records.insert_folder(&scope, &inside).await.unwrap();
    records.insert_folder(&scope, &folder(&own, project.id, "Basel")).await.unwrap();
    let lost = records.insert_folder(&scope, &folder(&own, theirs.id, "x")).await.unwrap_err();
    assert_eq!(lost.to_string(), "there is no such project");

    inside.description = "with a \u{fffd} inside".to_owned();
    assert_eq!(records.folder(&scope, inside.id).await.unwrap(), Some(inside.clone()));
    let list = async |project, search| {
        let list = records.folders(&scope, project, &listed(search, 1, 9)).await.unwrap();
        list.items.iter().map(|folder| folder.name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(list(Some(project.id), None).await, ["Basel", "Ärzte"]);
    assert_eq!(list(None, Some("äRZ")).await, ["Ärzte"]);
    assert_eq!(list(Some(theirs.id), None).await, [""; 0]);

    let mut content = content(&own, "Portrait");
    content.folder_id = Some(inside.id);
    let job = removal(own.id);
    records.insert_content(&scope, &content, &[project.id], None, &job).await.unwrap();
    assert_eq!(records.dependents_of_folder(&scope, inside.id).await.unwrap(), [("content", 1)]);
    let dependents = records.dependents_of_project(&scope, project.id).await.unwrap();
    assert_eq!(dependents, [("folder", 2), ("content", 1)]);
    assert_eq!(
        records.projects_of(&scope, &[content.id]).await.unwrap(),
        [(content.id, project.id)]
    );

    assert_eq!(records.folder(&only(&other), inside.id).await.unwrap(), None);
    assert!(!records.update_folder(&only(&other), &inside, noon()).await.unwrap());
    assert!(!records.delete_folder(&only(&other), inside.id, None).await.unwrap());
    (inside.name, inside.updated_at) = (name("Renamed"), later(1));
    assert!(records.update_folder(&scope, &inside, noon()).await.unwrap());
    assert!(!records.update_folder(&scope, &inside, noon()).await.unwrap());
    assert!(records.delete_folder(&scope, inside.id, None).await.unwrap());
    let content = records.content(&scope, content.id).await.unwrap().unwrap();
    assert_eq!(content.folder_id, None);
    assert!(records.delete_project(&scope, project.id, None).await.unwrap());
    assert_eq!(list(None, None).await, [""; 0]);
}

async fn clients_are_found_by_name_phone_and_email(world: World) {
    let (own, other) = (world.company("own").await, world.company("other").await);
    let (records, scope) = (&world.records, only(&own));
    let anna = stored_client(&world, &own).await;
    let berta = client(&own, "Berta 912", "+4930901820", None);
    records.insert_client(&scope, &berta).await.unwrap();
    stored_client(&world, &other).await;

    assert_eq!(records.client(&scope, anna.id).await.unwrap(), Some(anna.clone()));
    assert_eq!(records.client(&only(&other), anna.id).await.unwrap(), None);
    let search = async |filter: ClientFilter, search| {
        let list = records.clients(&scope, &filter, &listed(search, 1, 9)).await.unwrap();
        assert_eq!(list.total, list.items.len() as u64);
        list.items.iter().map(|client| client.id).collect::<Vec<_>>()
    };
    let any = ClientFilter::default;
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(search(any(), None).await, [berta.id, anna.id]);
    assert_eq!(search(any(), Some("КОВАЛ")).await, [anna.id]);
    assert_eq!(search(any(), Some("8 (912) 345")).await, []);
    assert_eq!(search(any(), Some("8 (912) 345-67-89")).await, [anna.id]);
    assert_eq!(search(any(), Some("ANNA@example")).await, [anna.id]);
    assert_eq!(search(any(), Some("030 901820")).await, [berta.id]);
    assert_eq!(search(ClientFilter { phone: text("+7 912"), ..any() }, None).await, [anna.id]);
    assert_eq!(search(ClientFilter { name: text("912"), ..any() }, None).await, [berta.id]);
    let both = ClientFilter { name: text("анна"), email: text("nobody"), ..any() };
    assert_eq!(search(both, None).await, []);

    let mut changed = anna.clone();
    (changed.name, changed.email, changed.updated_at) = (name("Anna"), None, later(1));
    assert!(!records.update_client(&only(&other), &changed, noon()).await.unwrap());
    assert!(records.update_client(&scope, &changed, noon()).await.unwrap());
    assert_eq!(records.client(&scope, anna.id).await.unwrap(), Some(changed));
}

async fn a_client_goes_only_when_nobody_names_it(world: World) {
    let company = world.company("studio").await;
    let (records, scope) = (&world.records, only(&company));
    let client = stored_client(&world, &company).await;
    let order = order(&client, "A portrait");
    records.insert_order(&scope, &order).await.unwrap();
    let dependents = records.dependents_of_client(&scope, client.id).await.unwrap();
    assert_eq!(dependents, [("portrait", 0), ("order", 1)]);
    let error = records.delete_client(&scope, client.id, None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(records.delete_order(&scope, order.id, None).await.unwrap());
    assert!(records.delete_client(&scope, client.id, None).await.unwrap());
    assert!(!records.delete_client(&scope, client.id, None).await.unwrap());
}

async fn orders_belong_to_a_client_of_the_company(world: World) {
    let (own, other) = (world.company("own").await, world.company("other").await);
    let (records, scope) = (&world.records, only(&own));
    let client = stored_client(&world, &own).await;
    let mut foreign = order(&client, "x");
    foreign.company_id = other.id;
    let error = records.insert_order(&everywhere(), &foreign).await.unwrap_err();
    assert_eq!(error.to_string(), "there is no such client");

    let mut done = order(&client, "Großes Porträt");
    done.created_at = later(1);
    records.insert_order(&scope, &order(&client, "small \0")).await.unwrap();
    records.insert_order(&scope, &done).await.unwrap();
    (done.status, done.completed_at, done.updated_at) =
        (OrderStatus::Completed, Some(later(2)), later(2));
    assert!(!records.update_order(&only(&other), &done, noon()).await.unwrap());
    assert!(records.update_order(&scope, &done, noon()).await.unwrap());
    assert!(!records.update_order(&scope, &done, noon()).await.unwrap());
    assert_eq!(records.order(&scope, done.id).await.unwrap(), Some(done.clone()));
    let list = async |filter: OrderFilter, search| {
        records.orders(&scope, &filter, &listed(search, 1, 9)).await.unwrap()
    };
    let all = list(OrderFilter::default(), None).await;
    assert_eq!((all.total, all.items[0].id), (2, done.id));
    let filter = OrderFilter { status: Some(OrderStatus::Completed), client: Some(client.id) };
    assert_eq!(list(filter, Some("GROSSES")).await.items, [done]);
    assert_eq!(list(OrderFilter::default(), Some("nothing")).await.total, 0);
}

async fn contents_name_rows_of_their_own_company(world: World) {
    let (own, other) = (world.company("own").await, world.company("other").await);
    let (records, job) = (&world.records, removal(own.id));
    let theirs = stored_client(&world, &other).await;
    let mut named = content(&own, "Portrait");
    named.client_id = Some(theirs.id);
    assert!(records.insert_content(&everywhere(), &named, &[], None, &job).await.is_err());
    let mut content = world.content(&own, "Portrait").await;
    (content.client_id, content.updated_at) = (Some(theirs.id), later(1));
    assert!(records.update_content(&everywhere(), &content, None, noon()).await.is_err());
    content.client_id = Some(stored_client(&world, &own).await.id);
    assert!(records.update_content(&only(&own), &content, None, noon()).await.unwrap());
    assert_eq!(records.content(&only(&own), content.id).await.unwrap(), Some(content));
}

async fn an_invitation_is_used_once(world: World) {
    let (own, other) = (world.company("own").await, world.company("other").await);
    let records = &world.records;
    let invitation = Invitation {
        id: InvitationId(id()),
        company_id: own.id,
        email: Email::parse("new@example.org").unwrap(),
        role: Role::User,
        invited_by: world.user(&own, "boss").await.id,
        created_at: noon(),
        expires_at: later(3600),
        accepted_at: None,
        is_backed: true,
    };
    records.insert_invitation(&only(&own), &invitation, &[7; 32]).await.unwrap();
    assert_eq!(records.invitation_by_token(&[7; 32]).await.unwrap(), Some(invitation.clone()));
    assert_eq!(records.invitation_by_token(&[8; 32]).await.unwrap(), None);
    assert_eq!(records.invitations(&only(&other), page(1, 9)).await.unwrap().total, 0);
    assert_eq!(records.invitations(&only(&own), page(1, 9)).await.unwrap().total, 1);
    assert!(!records.delete_invitation(&only(&other), invitation.id).await.unwrap());

    let (first, mut late) = (user(&own, "first"), user(&own, "late"));
    late.created_at = later(3600);
    assert!(!records.accept_invitation(invitation.id, &late).await.unwrap());
    assert!(records.accept_invitation(invitation.id, &first).await.unwrap());
    assert!(!records.accept_invitation(invitation.id, &user(&own, "second")).await.unwrap());
    assert!(records.user_by_username(&first.username).await.unwrap().is_some());
    assert_eq!(records.invitations(&only(&own), page(1, 9)).await.unwrap().total, 0);

    let taken = company("own");
    let error = records.insert_company_with_user(&taken, &user(&taken, "x1x")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    let fresh = company("fresh");
    let nobody = user(&fresh, "first");
    let error = records.insert_company_with_user(&fresh, &nobody).await.unwrap_err();
    assert_eq!(error.to_string(), "the username \"first\" is taken");
    assert_eq!(records.company(&everywhere(), fresh.id).await.unwrap(), None);
}

async fn an_invitation_is_worth_what_its_inviter_may(world: World) {
    let (own, other) = (world.company("own").await, world.company("other").await);
    let records = &world.records;
    let (mut boss, mut root) = (user(&own, "boss"), user(&other, "root"));
    root.role = Role::Superadmin;
    for inviter in [&boss, &root] {
        records.insert_user(&everywhere(), inviter).await.unwrap();
    }
    for (inviter, role, token) in
        [(&boss, Role::User, 1), (&boss, Role::Superadmin, 2), (&root, Role::Superadmin, 3)]
    {
        let invitation = Invitation {
            id: InvitationId(id()),
            company_id: own.id,
            email: Email::parse("new@example.org").unwrap(),
            role,
            invited_by: inviter.id,
            created_at: noon(),
            expires_at: later(3600),
            accepted_at: None,
            is_backed: true,
        };
        records.insert_invitation(&only(&own), &invitation, &[token; 32]).await.unwrap();
    }
    // Whether each is backed; accepting one that is not does nothing.
    let backed = async || {
        let mut backed = Vec::new();
        for token in [1, 2, 3] {
            let found = records.invitation_by_token(&[token; 32]).await.unwrap().unwrap();
            let newcomer = user(&own, &format!("newcomer-{token}"));
            if !found.is_backed {
                assert!(!records.accept_invitation(found.id, &newcomer).await.unwrap());
            }
            backed.push(found.is_backed);
        }
        let listed = records.invitations(&only(&own), page(1, 9)).await.unwrap().items;
        let listed = listed.iter().filter(|invitation| invitation.is_backed).count();
        assert_eq!(listed, backed.iter().filter(|is_backed| **is_backed).count());
        backed
    };
    assert_eq!(backed().await, [true, false, true], "nobody gives what they do not have");

    let update = async |user: &mut User, change: fn(&mut User)| {
        let seen = user.updated_at;
        change(user);
        user.updated_at = seen + TimeDelta::seconds(1);
        assert!(records.update_user(&everywhere(), user, seen).await.unwrap());
    };
    update(&mut boss, |boss| boss.role = Role::User).await;
    assert_eq!(backed().await, [false, false, true]);
    update(&mut boss, |boss| (boss.role, boss.is_active) = (Role::Admin, false)).await;
    assert_eq!(backed().await, [false, false, true]);
    update(&mut boss, |boss| boss.is_active = true).await;
    assert_eq!(backed().await, [true, false, true]);
    records.lock_user(&everywhere(), boss.id, boss.updated_at).await.unwrap();
    records.lock_user(&everywhere(), root.id, root.updated_at).await.unwrap();
    assert_eq!(backed().await, [false, false, false]);
    records.unlock_user(&everywhere(), boss.id, boss.updated_at).await.unwrap();
    records.unlock_user(&everywhere(), root.id, root.updated_at).await.unwrap();
    assert_eq!(backed().await, [true, false, true]);
    for company in [&own, &other] {
        let off = Company { is_active: false, updated_at: later(9), ..company.clone() };
        let seen = company.updated_at;
        assert!(records.update_company(&everywhere(), &off, seen).await.unwrap());
    }
    assert_eq!(backed().await, [false, false, false]);
    assert!(records.delete_user(&everywhere(), boss.id, None).await.unwrap());
    assert_eq!(backed().await, [false, false, false]);
}

async fn users_are_listed_changed_and_removed(world: World) {
    let (own, other) = (world.company("own").await, world.company("other").await);
    let (records, scope) = (&world.records, only(&own));
    let mut anna = user(&own, "anna");
    anna.full_name = Some(name("Анна Ковалёва"));
    anna.last_login = Some(noon());
    records.insert_user(&scope, &anna).await.unwrap();
    let berta = world.user(&own, "berta").await;
    let session = world.session(&anna, 1).await;
    world.user(&other, "carla").await;

    assert!(records.user(&scope, anna.id).await.unwrap() == Some(anna.clone()));
    assert!(records.user(&only(&other), anna.id).await.unwrap().is_none());
    let list = async |filter: UserFilter, search| {
        let list = records.users(&scope, &filter, &listed(search, 1, 9)).await.unwrap();
        list.items.iter().map(|user| user.username.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(list(UserFilter::default(), None).await, ["anna", "berta"]);
    assert_eq!(list(UserFilter::default(), Some("КОВАЛ")).await, ["anna"]);
    let nobody = UserFilter { is_locked: Some(true), ..UserFilter::default() };
    assert_eq!(list(nobody, None).await, [""; 0]);

    assert!(!records.lock_user(&only(&other), berta.id, later(1)).await.unwrap());
    assert!(records.lock_user(&scope, berta.id, later(1)).await.unwrap());
    let stats = records.user_stats(&scope, noon()).await.unwrap();
    assert_eq!((stats.total, stats.locked, stats.admins), (2, 1, 2));
    assert_eq!(stats.recently_signed_in, 1);
    assert!(records.reset_password(&scope, berta.id, "$new", later(2)).await.unwrap());
    let berta = records.user(&scope, berta.id).await.unwrap().unwrap();
    assert_eq!((berta.is_locked, berta.password_hash.as_str()), (false, "$new"));

    let revoked = async || records.auth_session(session.id).await.unwrap().unwrap().0.revoked_at;
    (anna.role, anna.updated_at) = (Role::User, later(1));
    assert!(!records.update_user(&only(&other), &anna, noon()).await.unwrap());
    assert!(records.update_user(&scope, &anna, noon()).await.unwrap());
    assert_eq!(revoked().await, None);
    (anna.is_active, anna.updated_at) = (false, later(2));
    assert!(records.update_user(&scope, &anna, later(1)).await.unwrap());
    assert_eq!(revoked().await, Some(later(2)));
    assert!(!records.delete_user(&only(&other), anna.id, None).await.unwrap());
    assert!(records.delete_user(&scope, anna.id, None).await.unwrap());
    world.user(&other, "anna").await;
}

async fn changes_are_noted_with_their_actor(world: World) {
    let (own, other) = (world.company("own").await, world.company("other").await);
    let user = world.user(&own, "anna").await;
    let (records, scope) = (&world.records, acting(&own, &user));
    let mut project = project(&own, "Wedding");
    records.insert_project(&scope, &project).await.unwrap();
    (project.name, project.updated_at) = (name("Party"), later(1));
    assert!(records.update_project(&scope, &project, noon()).await.unwrap());
    assert!(!records.update_project(&scope, &project, noon()).await.unwrap());
    assert!(records.delete_project(&scope, project.id, None).await.unwrap());
    world.project(&own, "by nobody").await;

    let everything = AuditFilter::default();
    let log = records.audit(&only(&own), &everything, page(1, 9)).await.unwrap();
    let said = log.items.iter().map(|entry| (entry.action.as_str(), entry.label.as_str()));
    let expected = [("deleted", "Party"), ("updated", "Party"), ("created", "Wedding")];
    assert_eq!(said.collect::<Vec<_>>(), expected);
    let entry = &log.items[0];
    assert_eq!((entry.user_id, entry.username.as_str()), (user.id, "anna"));
    assert_eq!((entry.entity.as_str(), entry.entity_id), ("project", project.id.0));
    assert_eq!((entry.address.as_deref(), entry.at), (Some("192.0.2.7"), later(7)));
    assert_eq!(records.audit(&only(&other), &everything, page(1, 9)).await.unwrap().total, 0);
    let filter = AuditFilter {
        action: Some("updated".to_owned()),
        entity: Some("project".to_owned()),
        entity_id: Some(project.id.0),
        user: Some(user.id),
        from: Some(later(7)),
        until: Some(later(8)),
    };
    assert_eq!(records.audit(&everywhere(), &filter, page(1, 9)).await.unwrap().total, 1);
    let before = AuditFilter { until: Some(later(7)), ..filter };
    assert_eq!(records.audit(&everywhere(), &before, page(1, 9)).await.unwrap().total, 0);
}

async fn the_schedule_of_a_video_has_a_history(world: World) {
    let company = world.company("studio").await;
    let user = world.user(&company, "anna").await;
    let (records, scope) = (&world.records, acting(&company, &user));
    let content = world.content(&company, "Portrait").await;
    let (mut first, second) =
        (world.video(&content, "First").await, world.video(&content, "Second").await);
    assert!(records.activate_video(&scope, first.id, None, later(1)).await.unwrap());
    assert!(records.activate_video(&scope, second.id, None, later(2)).await.unwrap());
    (first.starts_at, first.updated_at) = (Some(later(100)), later(3));
    first.status = VideoStatus::Archived;
    assert!(records.update_video(&scope, &first, later(2)).await.unwrap());
    let mut rule = rule(&content);
    rule.default_video_id = Some(first.id);
    records.put_rotation_rule(&scope, &rule, None).await.unwrap();
    records.put_rotation_rule(&scope, &rule, None).await.unwrap();

    let history = records.schedule_history(&scope, first.id, page(1, 9)).await.unwrap();
    let actions: Vec<_> = history.items.iter().map(|event| event.action).collect();
    use ScheduleAction::{Activated, AddedToRule, Archived, Deactivated, Scheduled};
    assert_eq!(actions, [AddedToRule, Scheduled, Archived, Deactivated, Activated]);
    let scheduled = &history.items[1];
    assert_eq!(scheduled.performed_by.as_deref(), Some("anna"));
    assert_eq!((scheduled.performed_at, scheduled.starts_at), (later(3), Some(later(100))));
    let other = world.company("other").await;
    let hidden = records.schedule_history(&only(&other), first.id, page(1, 9)).await.unwrap();
    assert_eq!(hidden.total, 0);
}

async fn a_batch_tells_how_far_it_is(world: World) {
    let (own, other) = (world.company("own").await, world.company("other").await);
    let (records, scope) = (&world.records, only(&own));
    let contents = [world.content(&own, "One").await, world.content(&own, "Two").await];
    let jobs = contents.each_ref().map(marker_job);
    let batch = MarkerBatch { id: BatchId(id()), company_id: own.id, created_at: noon() };
    records.insert_batch(&scope, &batch, &jobs, None).await.unwrap();
    let progress = async || records.batch_progress(&scope, batch.id).await.unwrap().unwrap();
    assert_eq!((progress().await.pending, progress().await.total()), (2, 2));
    let failed = vertex_core::content::MarkerReport::Failed("too plain");
    records.report_marker(&scope, contents[0].id, failed, None, later(1)).await.unwrap();
    let told = progress().await;
    assert_eq!((told.pending, told.failed, told.done()), (1, 1, 1));
    assert_eq!(told.failures, [(contents[0].id, "too plain".to_owned())]);
    assert!(records.state(jobs[1].id).await.unwrap().is_some());
    assert!(records.batch_progress(&only(&other), batch.id).await.unwrap().is_none());
}

async fn spent_rows_are_pruned_and_others_stay(world: World) {
    let company = world.company("studio").await;
    let user = world.user(&company, "anna").await;
    let records = &world.records;
    world.session(&user, 1).await;
    let (done, waiting) = (removal(company.id), removal(company.id));
    records.enqueue(&done).await.unwrap();
    let job = records.claim(Turn::ANY, "me", noon(), later(60)).await.unwrap().unwrap();
    assert!(records.complete(&job, later(1)).await.unwrap());
    records.enqueue(&waiting).await.unwrap();
    records.rotate_refresh_token(&rotation(1, 2, 2)).await.unwrap();

    let before = |instant| Retention {
        failures: instant,
        networks: instant,
        reservations: instant,
        chat_codes: instant,
        done_jobs: instant,
        given_up_jobs: instant,
        sessions: instant,
        invitations: instant,
    };
    assert_eq!(records.prune(&before(later(1))).await.unwrap(), 0);
    assert_eq!(records.prune(&before(later(10))).await.unwrap(), 2);
    assert_eq!((world.count("jobs").await, world.count("refresh_tokens").await), (1, 1));
    assert_eq!(records.prune(&before(later(4000))).await.unwrap(), 1);
    assert_eq!(world.count("auth_sessions").await, 0);
}

async fn a_purged_company_leaves_nothing(world: World) {
    let (stays, mut goes) = (world.company("stays").await, world.company("goes").await);
    let records = &world.records;
    for company in [&stays, &goes] {
        let user = world.user(company, &format!("user-of-{}", company.slug)).await;
        world.session(&user, if company.id == stays.id { 1 } else { 2 }).await;
        let project = world.project(company, "Wedding").await;
        let inside = folder(company, project.id, "Folder");
        records.insert_folder(&only(company), &inside).await.unwrap();
        let client = stored_client(&world, company).await;
        records.insert_order(&only(company), &order(&client, "x")).await.unwrap();
        let mut content = content(company, "Portrait");
        (content.client_id, content.folder_id) = (Some(client.id), Some(inside.id));
        let job = marker_job(&content);
        records.insert_content(&only(company), &content, &[project.id], None, &job).await.unwrap();
        let video = world.video(&content, "Clip").await;
        let mut rule = rule(&content);
        rule.default_video_id = Some(video.id);
        records.put_rotation_rule(&only(company), &rule, None).await.unwrap();
    }
    assert!(!records.purge_company(&everywhere(), goes.id).await.unwrap());
    (goes.is_active, goes.deleted_at, goes.updated_at) = (false, Some(later(1)), later(1));
    let job = removal(goes.id);
    assert!(records.delete_company(&everywhere(), &goes, noon(), &job).await.unwrap());
    assert!(records.purge_company(&only(&stays), goes.id).await.is_err());
    assert!(records.purge_company(&only(&goes), goes.id).await.unwrap());
    for table in [
        "companies",
        "users",
        "auth_sessions",
        "projects",
        "folders",
        "clients",
        "orders",
        "contents",
        "videos",
        "rotation_rules",
    ] {
        assert_eq!(world.count(table).await, 1, "rows left in {table}");
    }
}

async fn numbers_are_counted_inside_the_scope(world: World) {
    let (own, other) = (world.company("own").await, world.company("other").await);
    let records = &world.records;
    for company in [&own, &other] {
        let content = world.content(company, "Portrait").await;
        world.video(&content, "Clip").await;
        let client = stored_client(&world, company).await;
        records.insert_order(&only(company), &order(&client, "x")).await.unwrap();
    }
    let own = records.overview(&only(&own)).await.unwrap();
    assert_eq!((own.companies, own.contents, own.active_contents), (1, 1, 1));
    assert_eq!((own.clients, own.videos, own.views), (1, 1, 0));
    assert_eq!(own.stored_bytes, 345_678 + 5_000_000_000);
    assert_eq!(own.orders_by_status, [("new".to_owned(), 1)]);
    assert_eq!(own.contents_by_marker_status, [("pending".to_owned(), 1)]);
    let all = records.overview(&everywhere()).await.unwrap();
    assert_eq!((all.companies, all.contents, all.videos), (2, 2, 2));
}
