use std::collections::HashSet;

use chrono::{DateTime, Utc};
use futures::future::join_all;
use vertex_core::{
    ErrorKind,
    batch::MarkerBatch,
    company::Company,
    content::ArContent,
    ids::{BatchId, VideoId},
    job::{Job, JobState, NewJob, Task},
    ports::{ContentRecords, JobQueue, MarkerBatchRecords},
};

use crate::support::*;

on_both!(
    a_job_is_taken_in_its_turn,
    instants_are_compared_to_the_microsecond,
    each_job_is_claimed_by_one_only,
    a_lease_that_ran_out_is_taken_over,
    whoever_lost_a_job_can_do_nothing_to_it,
    a_retry_waits_for_its_time,
    a_job_that_is_given_up_keeps_its_reason,
    the_same_work_waits_once,
    a_job_that_cannot_be_read_is_given_up,
    a_job_needs_a_company,
    of_many_at_once_no_more_are_asked_for_than_may_wait,
    a_batch_is_refused_only_where_too_much_waits_already,
    a_content_that_is_deleted_again_has_one_removal_waiting,
);

async fn of_many_at_once_no_more_are_asked_for_than_may_wait(world: World) {
    let company = world.company("studio").await;
    let mut contents = Vec::new();
    for number in 0..12 {
        contents.push(world.content(&company, &format!("Picture {number}")).await);
    }
    queue(&world, &company, later(0)).await;
    let ask = async |contents: &[ArContent]| {
        let asked = join_all(contents.iter().map(|content| {
            let (records, scope) = (world.records.clone(), only(&company));
            let (id, job) = (content.id, marker_job(content));
            async move { records.request_marker(&scope, id, &job, Some(5)).await }
        }));
        let (asked, refused): (Vec<_>, Vec<_>) = asked.await.into_iter().partition(Result::is_ok);
        for refused in refused {
            assert_eq!(refused.unwrap_err().kind(), ErrorKind::TooMany);
        }
        asked.len()
    };
    assert_eq!(ask(&contents).await, 5, "a removal does not count");
    let mut waiting = Vec::new();
    for content in &contents {
        let key = marker_job(content).task.idempotency_key().unwrap();
        if world.records.is_waiting(&key).await.unwrap() {
            waiting.push(content.clone());
        }
    }
    assert_eq!(waiting.len(), 5);
    assert_eq!(ask(&waiting).await, 5, "what waits already is not refused");
    let video =
        NewJob { task: Task::ConvertVideo { video_id: VideoId(id()) }, ..marker_job(&contents[0]) };
    let refused = world.records.request(&video, Some(5)).await.unwrap_err();
    assert_eq!((refused.kind(), refused.retry_after()), (ErrorKind::TooMany, Some(30)));
    world.records.enqueue(&video).await.unwrap();
    while let Some(job) = claim(&world, "w", later(1)).await {
        world.records.complete(&job, later(1)).await.unwrap();
    }
    assert_eq!(ask(&contents[..1]).await, 1, "what is done makes room");
    let other = world.company("agency").await;
    let content = world.content(&other, "Poster").await;
    let job = marker_job(&content);
    let asked = world.records.request_marker(&only(&other), content.id, &job, Some(1)).await;
    assert!(asked.unwrap(), "each company has a queue of its own");
}

async fn a_batch_is_refused_only_where_too_much_waits_already(world: World) {
    let company = world.company("studio").await;
    let (records, scope) = (&world.records, only(&company));
    let mut jobs = Vec::new();
    for number in 0..4 {
        jobs.push(marker_job(&world.content(&company, &format!("Picture {number}")).await));
    }
    let batch = || MarkerBatch { id: BatchId(id()), company_id: company.id, created_at: noon() };
    records.insert_batch(&scope, &batch(), &jobs[..3], Some(2)).await.unwrap();
    let refused = batch();
    let answer = records.insert_batch(&scope, &refused, &jobs, Some(2)).await;
    assert_eq!(answer.unwrap_err().kind(), ErrorKind::TooMany);
    assert!(records.batch_progress(&scope, refused.id).await.unwrap().is_none());
    assert!(records.state(jobs[3].id).await.unwrap().is_none(), "nothing of it is kept");
}

async fn a_content_that_is_deleted_again_has_one_removal_waiting(world: World) {
    let company = world.company("studio").await;
    let (records, scope) = (&world.records, only(&company));
    let content = world.content(&company, "Picture").await;
    let before = world.count("jobs").await;
    for times in 1..4 {
        let deleted_at = later(10 * times);
        let task = Task::PurgeContent { content_id: content.id, deleted_at };
        let job = NewJob { task, ..marker_job(&content) };
        assert!(records.delete_content(&scope, content.id, None, deleted_at, &job).await.unwrap());
        assert_eq!(world.count("jobs").await, before + 1);
        let other = world.company(&format!("other-{times}")).await;
        let restored_at = later(10 * times + 5);
        assert!(!records.restore_content(&only(&other), content.id, restored_at).await.unwrap());
        assert_eq!(world.count("jobs").await, before + 1, "nobody else takes it back");
        assert!(records.restore_content(&scope, content.id, restored_at).await.unwrap());
        assert_eq!(world.count("jobs").await, before);
    }
}

async fn claim(world: &World, holder: &str, now: DateTime<Utc>) -> Option<Job> {
    let lease = now + chrono::TimeDelta::seconds(60);
    world.records.claim(Turn::ANY, holder, now, lease).await.unwrap()
}

async fn queue(world: &World, company: &Company, run_at: DateTime<Utc>) -> NewJob {
    let job = NewJob { run_at, ..removal(company.id) };
    world.records.enqueue(&job).await.unwrap();
    job
}

async fn state(world: &World, job: &NewJob) -> (JobState, Option<String>) {
    world.records.state(job.id).await.unwrap().unwrap()
}

async fn a_job_is_taken_in_its_turn(world: World) {
    let company = world.company("studio").await;
    let second = queue(&world, &company, later(-1)).await;
    let first = queue(&world, &company, later(-2)).await;
    let soon = queue(&world, &company, later(30)).await;
    assert_eq!(state(&world, &first).await, (JobState::Queued, None));

    let job = claim(&world, "worker", noon()).await.unwrap();
    let expected = Job {
        id: first.id,
        company_id: company.id,
        task: first.task.clone(),
        attempt: 1,
        holder: "worker".to_owned(),
    };
    assert_eq!(job, expected);
    assert_eq!(state(&world, &first).await, (JobState::Running, None));
    assert_eq!(claim(&world, "worker", noon()).await.unwrap().id, second.id);
    assert_eq!(claim(&world, "worker", noon()).await, None);
    assert_eq!(claim(&world, "worker", later(30)).await.unwrap().id, soon.id);

    assert!(world.records.complete(&job, later(1)).await.unwrap());
    assert_eq!(state(&world, &first).await, (JobState::Done, None));
    assert_eq!(world.records.state(removal(company.id).id).await.unwrap(), None);
}

async fn instants_are_compared_to_the_microsecond(world: World) {
    let company = world.company("studio").await;
    let whole = at("2026-05-01T12:00:00Z");
    let half = at("2026-05-01T12:00:00.5Z");
    let after_half = at("2026-05-01T12:00:00.500001Z");
    let next = at("2026-05-01T12:00:01Z");
    for run_at in [next, after_half, whole, half] {
        queue(&world, &company, run_at).await;
    }
    assert_eq!(claim(&world, "w", at("2026-05-01T11:59:59.999999Z")).await, None);
    assert!(claim(&world, "w", whole).await.is_some());
    assert_eq!(claim(&world, "w", at("2026-05-01T12:00:00.499999Z")).await, None);
    assert!(claim(&world, "w", half).await.is_some());
    assert_eq!(claim(&world, "w", half).await, None);
    assert!(claim(&world, "w", at("2026-05-01T12:00:00.501Z")).await.is_some());
    assert_eq!(claim(&world, "w", at("2026-05-01T12:00:00.999Z")).await, None);
    assert!(claim(&world, "w", next).await.is_some());
}

async fn each_job_is_claimed_by_one_only(world: World) {
    let company = world.company("studio").await;
    for _ in 0..40 {
        queue(&world, &company, noon()).await;
    }
    let workers = (0..8).map(|number| {
        let world = world.clone();
        tokio::spawn(async move {
            let mut taken = Vec::new();
            while let Some(job) = claim(&world, &format!("worker {number}"), noon()).await {
                taken.push(job);
            }
            taken
        })
    });
    let taken: Vec<Job> = join_all(workers).await.into_iter().flat_map(Result::unwrap).collect();
    let different: HashSet<_> = taken.iter().map(|job| job.id).collect();
    assert_eq!((taken.len(), different.len()), (40, 40));
    assert!(taken.iter().all(|job| job.attempt == 1));
}

async fn a_lease_that_ran_out_is_taken_over(world: World) {
    let company = world.company("studio").await;
    queue(&world, &company, noon()).await;
    let job = claim(&world, "first", noon()).await.unwrap();
    assert_eq!(claim(&world, "second", later(59)).await, None);
    assert!(world.records.renew(&job, later(120)).await.unwrap());
    assert_eq!(claim(&world, "second", later(61)).await, None);

    let taken = claim(&world, "second", later(121)).await.unwrap();
    assert_eq!((taken.id, taken.attempt, taken.holder.as_str()), (job.id, 2, "second"));
}

async fn whoever_lost_a_job_can_do_nothing_to_it(world: World) {
    let company = world.company("studio").await;
    let queued = queue(&world, &company, noon()).await;
    let lost = claim(&world, "same name", noon()).await.unwrap();
    let held = claim(&world, "same name", later(61)).await.unwrap();
    let (records, now) = (&world.records, later(62));

    assert!(!records.renew(&lost, later(999)).await.unwrap());
    assert!(!records.complete(&lost, now).await.unwrap());
    assert!(!records.retry(&lost, now, "late").await.unwrap());
    assert!(!records.give_up(&lost, now, "late").await.unwrap());
    assert_eq!(state(&world, &queued).await, (JobState::Running, None));
    let stranger = Job { holder: "other".to_owned(), ..held.clone() };
    assert!(!records.complete(&stranger, now).await.unwrap());

    assert!(records.complete(&held, now).await.unwrap());
    assert!(!records.complete(&held, now).await.unwrap());
    assert!(!records.renew(&held, later(999)).await.unwrap());
    assert_eq!(claim(&world, "third", later(9999)).await, None);
}

async fn a_retry_waits_for_its_time(world: World) {
    let company = world.company("studio").await;
    let queued = queue(&world, &company, noon()).await;
    for attempt in 1..=3 {
        let job = claim(&world, "worker", later(i64::from(attempt) * 100)).await.unwrap();
        assert_eq!(job.attempt, attempt);
        let next = later(i64::from(attempt + 1) * 100);
        assert!(world.records.retry(&job, next, "no answer\0").await.unwrap());
        let failed = (JobState::Queued, Some("no answer\u{fffd}".to_owned()));
        assert_eq!(state(&world, &queued).await, failed);
        let early = next - chrono::TimeDelta::microseconds(1);
        assert_eq!(claim(&world, "worker", early).await, None);
    }
}

async fn a_job_that_is_given_up_keeps_its_reason(world: World) {
    let company = world.company("studio").await;
    let queued = queue(&world, &company, noon()).await;
    let job = claim(&world, "worker", noon()).await.unwrap();
    assert!(world.records.give_up(&job, later(1), "the picture is gone").await.unwrap());
    let given_up = (JobState::GivenUp, Some("the picture is gone".to_owned()));
    assert_eq!(state(&world, &queued).await, given_up);
    assert_eq!(claim(&world, "worker", later(9999)).await, None);
}

async fn the_same_work_waits_once(world: World) {
    let company = world.company("studio").await;
    let content = world.content(&company, "Portrait").await;
    world.records.complete(&claim(&world, "w", noon()).await.unwrap(), noon()).await.unwrap();
    let jobs: Vec<NewJob> = (0..8).map(|_| marker_job(&content)).collect();
    let queued = jobs.iter().map(|job| world.records.enqueue(job));
    join_all(queued).await.into_iter().for_each(Result::unwrap);

    let job = claim(&world, "worker", noon()).await.unwrap();
    assert_eq!(claim(&world, "worker", noon()).await, None);
    world.records.enqueue(&marker_job(&content)).await.unwrap();
    assert_eq!(claim(&world, "worker", noon()).await, None);

    world.records.retry(&job, later(60), "no answer").await.unwrap();
    let sooner = NewJob { run_at: later(1), ..marker_job(&content) };
    let no_sooner = NewJob { run_at: later(90), ..marker_job(&content) };
    world.records.enqueue(&sooner).await.unwrap();
    world.records.enqueue(&no_sooner).await.unwrap();
    let hastened = claim(&world, "worker", later(1)).await.unwrap();
    // It was asked for once more while it ran: that is a new run, with all its tries.
    assert_eq!((hastened.id, hastened.attempt), (job.id, 1));
    let job = hastened;
    world.records.complete(&job, later(1)).await.unwrap();
    let again = marker_job(&content);
    world.records.enqueue(&again).await.unwrap();
    assert_eq!(claim(&world, "worker", later(2)).await.unwrap().id, again.id);
}

async fn a_job_that_cannot_be_read_is_given_up(world: World) {
    let company = world.company("studio").await;
    let damaged = queue(&world, &company, noon()).await;
    world.execute("UPDATE jobs SET payload = '{\"kind\": \"dance\"}'").await;
    let healthy = queue(&world, &company, later(1)).await;

    assert_eq!(claim(&world, "worker", later(2)).await.unwrap().id, healthy.id);
    let (damaged, reason) = state(&world, &damaged).await;
    assert_eq!(damaged, JobState::GivenUp);
    assert!(reason.unwrap().starts_with("the task cannot be read: unknown variant `dance`"));
}

async fn a_job_needs_a_company(world: World) {
    let job = removal(company("nowhere").id);
    let error = world.records.enqueue(&job).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}
