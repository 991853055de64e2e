//! Whose job is claimed next, and what becomes of a job that is asked for while it runs.

use std::collections::HashMap;

use vertex_core::{
    company::Company,
    ids::{CompanyId, VideoId},
    job::{Job, JobState, Lane, NewJob, Task},
    marker_formats::MarkerFormats,
    ports::JobQueue,
};

use crate::support::*;

on_both!(
    companies_have_their_turns,
    nobody_waits_behind_two_jobs_of_another,
    a_long_queue_of_one_company_is_no_obstacle,
    lanes_do_not_wait_for_each_other,
    one_company_leaves_room_for_others,
    a_job_that_is_given_back_has_lost_no_try,
    a_request_during_a_run_is_another_run,
    a_request_during_a_run_that_reads_nothing_new_joins_it,
    formats_of_one_content_are_one_run,
);

async fn claim(world: &World, turn: Turn) -> Option<Job> {
    world.records.claim(turn, "worker", noon(), later(60)).await.unwrap()
}

async fn queue(world: &World, company: &Company) -> NewJob {
    let job = removal(company.id);
    world.records.enqueue(&job).await.unwrap();
    job
}

async fn companies_have_their_turns(world: World) {
    let mut companies = Vec::new();
    for (slug, jobs) in [("one", 4), ("two", 2), ("three", 1)] {
        let company = world.company(slug).await;
        for _ in 0..jobs {
            queue(&world, &company).await;
        }
        companies.push(company.id);
    }
    let mut served = Vec::new();
    while let Some(job) = claim(&world, Turn::ANY).await {
        served.push(companies.iter().position(|id| *id == job.company_id).unwrap());
    }
    assert_eq!(served, [0, 1, 2, 0, 1, 0, 0]);
}

/// Jobs come and are claimed in an order that is drawn.
async fn nobody_waits_behind_two_jobs_of_another(world: World) {
    let mut companies = Vec::new();
    for number in 0..5 {
        companies.push(world.company(&format!("company-{number}")).await);
    }
    let mut random = 1_u64;
    let mut draw = |most: u64| {
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % most
    };
    let mut waiting: HashMap<CompanyId, u32> = HashMap::new();
    // For each company that waits, how many jobs of each other were claimed since it was served last or began to wait.
    let mut passed: HashMap<(CompanyId, CompanyId), u32> = HashMap::new();
    for _ in 0..150 {
        if draw(5) < 3 {
            let company = &companies[draw(5) as usize];
            for _ in 0..=draw(3) {
                queue(&world, company).await;
                let before = waiting.entry(company.id).or_default();
                if *before == 0 {
                    passed.retain(|(who, _), _| *who != company.id);
                }
                *before += 1;
            }
        }
        let Some(job) = claim(&world, Turn::ANY).await else {
            assert!(waiting.values().all(|jobs| *jobs == 0), "{waiting:?}");
            continue;
        };
        *waiting.get_mut(&job.company_id).unwrap() -= 1;
        passed.retain(|(who, _), _| *who != job.company_id);
        for (who, _) in waiting.iter().filter(|(_, jobs)| **jobs > 0) {
            if *who != job.company_id {
                let behind = passed.entry((*who, job.company_id)).or_default();
                *behind += 1;
                assert_eq!(*behind, 1, "{who:?} waits behind {:?}", job.company_id);
            }
        }
    }
}

async fn a_long_queue_of_one_company_is_no_obstacle(world: World) {
    let (busy, quiet) = (world.company("busy").await, world.company("quiet").await);
    let first = queue(&world, &busy).await;
    // Ten thousand more, each with an id of its own.
    let copies = match world.url.starts_with("sqlite:") {
        true => "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 10000)
                 INSERT INTO jobs (id, company_id, kind, payload, state, attempts, run_at, lane)
                 SELECT randomblob(16), company_id, kind, payload, state, attempts, run_at, lane
                 FROM jobs, numbers",
        false => "INSERT INTO jobs (id, company_id, kind, payload, state, attempts, run_at, lane)
                  SELECT gen_random_uuid(), company_id, kind, payload, state, attempts, run_at, lane
                  FROM jobs, generate_series(1, 10000)",
    };
    world.execute(copies).await;
    assert!(world.records.state(first.id).await.unwrap().is_some());
    let theirs = queue(&world, &quiet).await;
    let claimed = [claim(&world, Turn::ANY).await, claim(&world, Turn::ANY).await];
    assert!(claimed.into_iter().flatten().any(|job| job.id == theirs.id));
    for _ in 0..100 {
        assert_eq!(claim(&world, Turn::ANY).await.unwrap().company_id, busy.id);
    }
}

async fn lanes_do_not_wait_for_each_other(world: World) {
    let company = world.company("studio").await;
    let content = world.content(&company, "Portrait").await;
    let marker = marker_job(&content);
    world.records.enqueue(&marker).await.unwrap();
    let of = |lane| Turn { lane: Some(lane), per_company: None };
    assert_eq!(claim(&world, of(Lane::Short)).await.unwrap().id, marker.id);
    assert_eq!(claim(&world, of(Lane::Short)).await, None);
    let long = claim(&world, of(Lane::Long)).await.unwrap();
    assert_eq!(long.task.lane(), Lane::Long);
}

async fn one_company_leaves_room_for_others(world: World) {
    let one = Turn { lane: Some(Lane::Long), per_company: Some(1) };
    let busy = world.company("busy").await;
    for _ in 0..4 {
        queue(&world, &busy).await;
    }
    assert!(claim(&world, one).await.is_some());
    assert!(claim(&world, one).await.is_some(), "there is nobody to leave room for");
    let other = world.company("other").await;
    assert_eq!(claim(&world, one).await, None);
    let theirs = queue(&world, &other).await;
    assert_eq!(claim(&world, one).await.unwrap().id, theirs.id);
    assert_eq!(claim(&world, one).await, None);
}

async fn a_job_that_is_given_back_has_lost_no_try(world: World) {
    let company = world.company("studio").await;
    queue(&world, &company).await;
    let job = claim(&world, Turn::ANY).await.unwrap();
    assert!(world.records.give_back(&job).await.unwrap());
    assert!(!world.records.give_back(&job).await.unwrap());
    let again = claim(&world, Turn::ANY).await.unwrap();
    assert_eq!((again.id, again.attempt), (job.id, 1));
}

async fn a_request_during_a_run_is_another_run(world: World) {
    let company = world.company("studio").await;
    let content = world.content(&company, "Portrait").await;
    let turn = Turn { lane: Some(Lane::Short), per_company: None };
    world.records.enqueue(&marker_job(&content)).await.unwrap();
    let run = claim(&world, turn).await.unwrap();
    for _ in 0..3 {
        world.records.enqueue(&marker_job(&content)).await.unwrap();
    }
    assert_eq!(claim(&world, turn).await, None, "two runs of one content are not at once");
    assert!(world.records.complete(&run, noon()).await.unwrap());
    let second = claim(&world, turn).await.unwrap();
    assert_eq!(second.attempt, 1);

    // One that is given up is done once more as well, if somebody asked meanwhile.
    world.records.enqueue(&marker_job(&content)).await.unwrap();
    assert!(world.records.give_up(&second, noon(), "too plain").await.unwrap());
    let third = claim(&world, turn).await.unwrap();
    assert!(world.records.complete(&third, noon()).await.unwrap());
    assert_eq!(claim(&world, turn).await, None);
    assert_eq!(world.records.state(third.id).await.unwrap().unwrap().0, JobState::Done);
}

async fn a_request_during_a_run_that_reads_nothing_new_joins_it(world: World) {
    let company = world.company("studio").await;
    let turn = Turn { lane: Some(Lane::Long), per_company: None };
    let task = Task::ConvertVideo { video_id: VideoId(id()) };
    let job = || NewJob { task: task.clone(), ..removal(company.id) };
    world.records.enqueue(&job()).await.unwrap();
    let run = claim(&world, turn).await.unwrap();
    world.records.enqueue(&job()).await.unwrap();
    assert!(world.records.complete(&run, noon()).await.unwrap());
    assert_eq!(claim(&world, turn).await, None);
}

async fn formats_of_one_content_are_one_run(world: World) {
    let company = world.company("studio").await;
    let content = world.content(&company, "Portrait").await;
    let turn = Turn { lane: Some(Lane::Short), per_company: None };
    let nft = MarkerFormats { mind: false, nft: true };
    for formats in [None, Some(nft), Some(MarkerFormats::MIND), Some(MarkerFormats::ALL)] {
        let task = Task::GenerateMarker { content_id: content.id, formats, usual_too: false };
        let job = NewJob { task, ..marker_job(&content) };
        world.records.enqueue(&job).await.unwrap();
    }
    let all = Task::GenerateMarker {
        content_id: content.id,
        formats: Some(MarkerFormats::ALL),
        usual_too: true,
    };
    assert_eq!(claim(&world, turn).await.unwrap().task, all);
    assert_eq!(claim(&world, turn).await, None);
}
