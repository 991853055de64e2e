use chrono::{DateTime, Days, NaiveDate, Utc};
use vertex_core::{
    company::Company,
    content::ArContent,
    ids::{DeliveryId, JobId, NotificationId},
    job::{JobState, NewJob, Task},
    notification::{
        Channel, Delivery, DeliveryState, Language, Notification, NotificationKind, Preferences,
    },
    ports::{
        ContentRecords, ExpiryStep, JobQueue, Notice, NotificationRecords, TotalRecords,
        UserRecords,
    },
    text::Email,
    user::{Role, User},
};

use crate::support::*;

on_both!(
    an_occasion_is_told_once,
    the_outbox_holds_what_was_not_sent,
    a_step_is_taken_once,
    another_last_day_is_another_warning,
    administrators_are_told_first,
    notifications_are_their_users_own,
    other_companies_see_nothing,
    everything_is_counted,
);

fn day(offset: u64) -> NaiveDate {
    noon().date_naive() + Days::new(offset)
}

fn notification(user: &User, key: &str, created_at: DateTime<Utc>) -> Notification {
    Notification {
        id: NotificationId(id()),
        company_id: user.company_id,
        user_id: user.id,
        kind: NotificationKind::Expiring,
        content_id: None,
        key: key.to_owned(),
        title: "Срок истекает\0".to_owned(),
        message: "Two\nlines".to_owned(),
        is_read: false,
        created_at,
    }
}

fn notice(user: &User, key: &str) -> Notice {
    let notification = notification(user, key, noon());
    let delivery = Delivery {
        id: DeliveryId(id()),
        company_id: user.company_id,
        notification_id: notification.id,
        channel: Channel::Email,
        recipient: "anna@example.org".to_owned(),
        language: Language::Russian,
        state: DeliveryState::Queued,
        last_error: None,
        created_at: noon(),
        settled_at: None,
    };
    let job = deliver(&delivery);
    Notice { notifications: vec![notification], deliveries: vec![(delivery, job)] }
}

fn deliver(delivery: &Delivery) -> NewJob {
    let task = Task::Deliver { delivery_id: delivery.id };
    NewJob { id: JobId(id()), company_id: delivery.company_id, task, run_at: noon() }
}

async fn expiring(world: &World, company: &Company, last_day: NaiveDate) -> ArContent {
    let mut content = world.content(company, "Portrait").await;
    content.expiry_date = Some(last_day);
    assert!(world.records.update_content(&everywhere(), &content, None, noon()).await.unwrap());
    content
}

async fn an_occasion_is_told_once(world: World) {
    let company = world.company("studio").await;
    let (anna, bob) = (world.user(&company, "anna").await, world.user(&company, "bob").await);
    let (scope, records) = (only(&company), &world.records);
    let first = notice(&anna, "expiring:1");
    assert_eq!(records.insert_notice(&scope, &first).await.unwrap(), [first.notifications[0].id]);
    assert_eq!(records.insert_notice(&scope, &notice(&anna, "expiring:1")).await.unwrap(), []);
    assert_eq!(records.insert_notice(&scope, &notice(&bob, "expiring:1")).await.unwrap().len(), 1);
    assert_eq!(records.insert_notice(&scope, &notice(&anna, "expiring:2")).await.unwrap().len(), 1);
    assert_eq!((world.count("deliveries").await, world.count("jobs").await), (3, 3));
    let told = first.notifications[0].id;
    assert!(records.delete_notification(&scope, anna.id, told).await.unwrap());
    let again = records.insert_notice(&scope, &notice(&anna, "expiring:1")).await.unwrap();
    assert_eq!(again, [], "whoever put it away does not want it again");
}

async fn the_outbox_holds_what_was_not_sent(world: World) {
    let company = world.company("studio").await;
    let anna = world.user(&company, "anna").await;
    let (scope, records) = (only(&company), &world.records);
    let notice = notice(&anna, "alert");
    records.insert_notice(&scope, &notice).await.unwrap();
    let (delivery, job) = &notice.deliveries[0];
    let claimed = records.claim(Turn::ANY, "worker", noon(), later(60)).await.unwrap().unwrap();
    assert_eq!((claimed.id, &claimed.task), (job.id, &job.task));
    let (found, said) = records.delivery(&scope, delivery.id).await.unwrap().unwrap();
    assert_eq!(&found, delivery);
    assert_eq!(
        (said.title.as_str(), said.message.as_str()),
        ("Срок истекает\u{fffd}", "Two\nlines")
    );

    let (dead, sent) = (DeliveryState::Dead, DeliveryState::Sent);
    assert!(
        records.settle_delivery(&scope, delivery.id, dead, Some("550"), later(9)).await.unwrap()
    );
    assert!(!records.settle_delivery(&scope, delivery.id, sent, None, later(9)).await.unwrap());
    records.give_up(&claimed, noon(), "550").await.unwrap();
    let letters = records.dead_letters(&scope, page(1, 10)).await.unwrap();
    assert_eq!((letters.total, letters.items.len()), (1, 1));
    let letter = &letters.items[0].delivery;
    assert_eq!((letter.last_error.as_deref(), letter.settled_at), (Some("550"), Some(later(9))));

    let again = deliver(delivery);
    assert!(records.requeue_delivery(&scope, delivery.id, &again).await.unwrap());
    assert!(!records.requeue_delivery(&scope, delivery.id, &again).await.unwrap());
    assert_eq!(records.state(again.id).await.unwrap(), Some((JobState::Queued, None)));
    assert_eq!(records.dead_letters(&scope, page(1, 10)).await.unwrap().total, 0);
    assert!(records.settle_delivery(&scope, delivery.id, sent, None, later(9)).await.unwrap());
}

async fn a_step_is_taken_once(world: World) {
    let company = world.company("studio").await;
    let anna = world.user(&company, "anna").await;
    let (scope, records) = (only(&company), &world.records);
    let content = expiring(&world, &company, day(3)).await;
    let later_on = expiring(&world, &company, day(9)).await;
    let due = |until| records.expiring_contents(&scope, company.id, day(until));
    let ids = |contents: Vec<ArContent>| contents.iter().map(|c| c.id).collect::<Vec<_>>();
    assert_eq!(ids(due(7).await.unwrap()), [content.id]);
    assert_eq!(ids(due(9).await.unwrap()), [content.id, later_on.id]);

    let step = async |step, key: &str| {
        let notice = notice(&anna, key);
        records.take_expiry_step(&scope, content.id, step, &notice, later(5)).await.unwrap().len()
    };
    assert_eq!(step(ExpiryStep::Warn(day(4)), "a").await, 0, "that is not its last day");
    assert_eq!(step(ExpiryStep::Warn(day(3)), "b").await, 1);
    assert_eq!(step(ExpiryStep::Warn(day(3)), "c").await, 0);
    assert_eq!(step(ExpiryStep::SwitchOff(day(3)), "d").await, 1);
    assert_eq!(step(ExpiryStep::SwitchOff(day(3)), "e").await, 0);
    let content = records.content(&scope, content.id).await.unwrap().unwrap();
    assert_eq!((content.is_active, content.updated_at), (false, later(5)));
    assert_eq!(ids(due(9).await.unwrap()), [later_on.id]);
    assert_eq!(world.count("notifications").await, 2);
}

async fn another_last_day_is_another_warning(world: World) {
    let company = world.company("studio").await;
    let anna = world.user(&company, "anna").await;
    let (scope, records) = (only(&company), &world.records);
    let mut content = expiring(&world, &company, day(3)).await;
    for (last_day, key) in [(day(3), "a"), (day(5), "b")] {
        content.expiry_date = Some(last_day);
        records.update_content(&scope, &content, None, noon()).await.unwrap();
        let (step, notice) = (ExpiryStep::Warn(last_day), notice(&anna, key));
        let told = records.take_expiry_step(&scope, content.id, step, &notice, noon()).await;
        assert_eq!(told.unwrap().len(), 1, "{last_day}");
    }
}

async fn administrators_are_told_first(world: World) {
    let (company, other) = (world.company("studio").await, world.company("other").await);
    let (scope, records) = (only(&company), &world.records);
    let plain = User {
        role: Role::User,
        email: Some(Email::parse("anna@example.org").unwrap()),
        ..user(&company, "anna")
    };
    records.insert_user(&scope, &plain).await.unwrap();
    world.user(&other, "stranger").await;
    let told = records.recipients(&scope, company.id).await.unwrap();
    assert_eq!(told.iter().map(|r| r.user_id).collect::<Vec<_>>(), [plain.id]);
    assert_eq!(told[0].email.as_deref(), Some("anna@example.org"));
    assert_eq!(told[0].preferences, Preferences::default());

    let admin = world.user(&company, "bob").await;
    let chosen =
        Preferences { language: Language::Russian, by_email: false, telegram_chat_id: None };
    for preferences in [&Preferences::default(), &chosen] {
        records.put_preferences(&scope, admin.id, preferences).await.unwrap();
        assert_eq!(&records.preferences(&scope, admin.id).await.unwrap(), preferences);
    }
    let told = records.recipients(&scope, company.id).await.unwrap();
    assert_eq!(told.iter().map(|r| r.user_id).collect::<Vec<_>>(), [admin.id]);
    assert_eq!(told[0].preferences, chosen);

    let root = User { role: Role::Superadmin, ..user(&other, "root") };
    records.insert_user(&everywhere(), &root).await.unwrap();
    let operators = records.operators(&everywhere()).await.unwrap();
    assert_eq!(operators.iter().map(|r| r.user_id).collect::<Vec<_>>(), [root.id]);
}

async fn notifications_are_their_users_own(world: World) {
    let company = world.company("studio").await;
    let (anna, bob) = (world.user(&company, "anna").await, world.user(&company, "bob").await);
    let (scope, records) = (only(&company), &world.records);
    let all = [
        notification(&anna, "1", later(1)),
        notification(&anna, "2", later(2)),
        notification(&anna, "3", later(3)),
        notification(&bob, "3", later(3)),
    ];
    let notice = Notice { notifications: all.to_vec(), deliveries: Vec::new() };
    records.insert_notice(&scope, &notice).await.unwrap();
    let keys = async |user: &User, unread| {
        let listed = records.notifications(&scope, user.id, unread, page(1, 10)).await.unwrap();
        assert_eq!(listed.total as usize, listed.items.len());
        listed.items.into_iter().map(|n| n.key).collect::<Vec<_>>()
    };
    assert_eq!(keys(&anna, false).await, ["3", "2", "1"]);
    assert!(records.mark_read(&scope, anna.id, all[1].id).await.unwrap());
    assert!(!records.mark_read(&scope, anna.id, all[3].id).await.unwrap(), "it is Bob's");
    assert_eq!(keys(&anna, true).await, ["3", "1"]);
    assert!(records.delete_notification(&scope, anna.id, all[0].id).await.unwrap());
    assert!(!records.delete_notification(&scope, anna.id, all[0].id).await.unwrap());
    assert!(!records.delete_notification(&scope, anna.id, all[3].id).await.unwrap());
    assert_eq!(records.mark_all_read(&scope, anna.id).await.unwrap(), 1);
    assert_eq!((keys(&anna, true).await.len(), keys(&bob, true).await.len()), (0, 1));
}

async fn other_companies_see_nothing(world: World) {
    let (own, other) = (world.company("own").await, world.company("other").await);
    let anna = world.user(&own, "anna").await;
    let (scope, records) = (only(&other), &world.records);
    let notice = notice(&anna, "1");
    assert!(records.insert_notice(&scope, &notice).await.is_err());
    records.insert_notice(&only(&own), &notice).await.unwrap();
    let (delivery, job) = &notice.deliveries[0];
    assert!(records.recipients(&scope, own.id).await.is_err());
    assert!(records.expiring_contents(&scope, own.id, day(9)).await.is_err());
    assert_eq!(records.notifications(&scope, anna.id, false, page(1, 10)).await.unwrap().total, 0);
    assert!(!records.mark_read(&scope, anna.id, notice.notifications[0].id).await.unwrap());
    assert_eq!(records.mark_all_read(&scope, anna.id).await.unwrap(), 0);
    assert!(records.delivery(&scope, delivery.id).await.unwrap().is_none());
    let dead = DeliveryState::Dead;
    assert!(!records.settle_delivery(&scope, delivery.id, dead, None, noon()).await.unwrap());
    assert!(records.settle_delivery(&only(&own), delivery.id, dead, None, noon()).await.unwrap());
    assert_eq!(records.dead_letters(&scope, page(1, 10)).await.unwrap().total, 0);
    assert!(!records.requeue_delivery(&scope, delivery.id, job).await.unwrap());
    assert!(records.preferences(&scope, anna.id).await.is_err());
    assert!(records.put_preferences(&scope, anna.id, &Preferences::default()).await.is_err());
    let content = expiring(&world, &own, day(1)).await;
    let step = ExpiryStep::SwitchOff(day(1));
    let nobody = Notice::default();
    records.take_expiry_step(&scope, content.id, step, &nobody, noon()).await.unwrap();
    assert!(records.content(&everywhere(), content.id).await.unwrap().unwrap().is_active);
}

async fn everything_is_counted(world: World) {
    let (own, other) = (world.company("own").await, world.company("other").await);
    let content = world.content(&own, "Portrait").await;
    world.video(&content, "Clip").await;
    world.content(&other, "Poster").await;
    world.records.enqueue(&marker_job(&content)).await.unwrap();
    let all = world.records.totals(&everywhere(), later(1)).await.unwrap();
    assert_eq!((all.companies, all.contents, all.videos), (2, 2, 1));
    assert_eq!((all.companies_kept, all.contents_kept, all.videos_kept), (2, 2, 1));
    assert_eq!((all.marker_jobs, all.jobs_due, all.views, all.dead_letters), (1, 4, 0, 0));
    let some = world.records.totals(&only(&other), later(1)).await.unwrap();
    assert_eq!((some.companies, some.contents, some.videos, some.marker_jobs), (1, 1, 0, 0));
    let before = world.records.totals(&everywhere(), noon() - chrono::TimeDelta::hours(1)).await;
    assert_eq!(before.unwrap().jobs_due, 0, "they were not due then");
    world.execute("UPDATE contents SET deleted_at = created_at WHERE title = 'Portrait'").await;
    let all = world.records.totals(&everywhere(), later(1)).await.unwrap();
    assert_eq!((all.contents, all.videos), (1, 0), "what is deleted is not counted");
    assert_eq!((all.contents_kept, all.videos_kept), (2, 1));
}
