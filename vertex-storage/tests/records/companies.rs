use vertex_core::{
    ErrorKind,
    company::Removal,
    ids::StorageConnectionId,
    job::{JobState, NewJob, Task},
    page::Listing,
    ports::{CompanyRecords, JobQueue, StorageRecords},
    storage::{Place, StorageConnection},
    text::{Email, Slug},
};

use crate::support::*;

on_both!(
    what_is_written_is_read,
    a_short_name_is_taken_once,
    a_list_is_sorted_and_paged,
    a_search_ignores_case_in_every_alphabet,
    deleted_companies_are_not_listed,
    what_keeps_a_company_from_being_removed_is_listed,
    a_company_is_made_with_its_storage_or_not_at_all,
    other_companies_are_out_of_reach,
);

fn slugs(list: &Listing<vertex_core::company::Company>) -> Vec<&str> {
    list.items.iter().map(|company| company.slug.as_str()).collect()
}

async fn what_is_written_is_read(world: World) {
    let mut company = company("studio");
    company.name = name("Ателье «Анна»");
    company.contact_email = Some(Email::parse("anna@example.org").unwrap());
    world.records.insert_company(&everywhere(), &company, None).await.unwrap();
    assert_eq!(world.records.company(&everywhere(), company.id).await.unwrap().unwrap(), company);

    company.name = name("Studio Anna");
    company.slug = Slug::parse("studio-anna").unwrap();
    company.contact_email = None;
    company.timezone = chrono_tz::Asia::Kathmandu;
    company.is_active = false;
    company.updated_at = later(5);
    assert!(world.records.update_company(&everywhere(), &company, noon()).await.unwrap());
    let by_slug = world.records.company_by_slug(&everywhere(), &company.slug).await.unwrap();
    assert_eq!(by_slug.unwrap(), company);
}

async fn a_short_name_is_taken_once(world: World) {
    world.company("anna").await;
    let error =
        world.records.insert_company(&everywhere(), &company("anna"), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(error.to_string(), "the short name \"anna\" is taken");

    let mut other = world.company("berta").await;
    other.slug = Slug::parse("anna").unwrap();
    let error = world.records.update_company(&everywhere(), &other, noon()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
}

async fn a_list_is_sorted_and_paged(world: World) {
    for slug in ["delta", "alpha", "echo", "bravo", "charlie"] {
        world.company(slug).await;
    }
    let list = async |number| {
        world.records.companies(&everywhere(), &listed(None, number, 2)).await.unwrap()
    };
    let pages = [list(1).await, list(2).await, list(3).await, list(4).await];
    let slugs: Vec<Vec<&str>> = pages.iter().map(slugs).collect();
    assert_eq!(slugs, [vec!["alpha", "bravo"], vec!["charlie", "delta"], vec!["echo"], vec![]]);
    assert!(pages.iter().all(|list| list.total == 5), "{pages:?}");
    assert_eq!(pages[1].page, page(2, 2));
}

async fn a_search_ignores_case_in_every_alphabet(world: World) {
    for (slug, title) in [("a", "Ателье Анна"), ("b", "100% Print"), ("c", "1000 Prints")]
    {
        let mut company = company(slug);
        company.name = name(title);
        world.records.insert_company(&everywhere(), &company, None).await.unwrap();
    }
    for (search, found) in [
        ("АТЕЛЬЕ", &["a"][..]),
        ("print", &["b", "c"]),
        ("0% P", &["b"]),
        ("1_0", &[]),
        ("C", &["c"]),
        ("\0", &[]),
        ("!", &[]),
        ("", &["b", "c", "a"]),
    ] {
        let list =
            world.records.companies(&everywhere(), &listed(Some(search), 1, 9)).await.unwrap();
        assert_eq!(slugs(&list), found, "searched for {search:?}");
        assert_eq!(list.total, found.len() as u64);
    }
}

async fn deleted_companies_are_not_listed(world: World) {
    world.company("stays").await;
    let mut deleted = world.company("goes").await;
    deleted.is_active = false;
    deleted.deleted_at = Some(later(1));
    world.records.update_company(&everywhere(), &deleted, noon()).await.unwrap();

    let list = world.records.companies(&everywhere(), &listed(None, 1, 9)).await.unwrap();
    assert_eq!((slugs(&list), list.total), (vec!["stays"], 1));
    assert!(world.records.company(&everywhere(), deleted.id).await.unwrap().is_some());
}

async fn what_keeps_a_company_from_being_removed_is_listed(world: World) {
    let records = &world.records;
    let removals = async || records.removals(&everywhere(), page(1, 9)).await.unwrap().items;
    world.company("stays").await;
    let mut goes = world.company("goes").await;
    assert_eq!(removals().await, []);

    (goes.is_active, goes.deleted_at, goes.updated_at) = (false, Some(later(1)), later(1));
    let task =
        Task::PurgeCompany { company_id: goes.id, deleted_at: later(1), leaves_files: false };
    let job = NewJob { task, run_at: later(600), ..removal(goes.id) };
    assert!(records.delete_company(&everywhere(), &goes, noon(), &job).await.unwrap());
    let waiting = Removal {
        company: goes.clone(),
        state: JobState::Queued,
        attempts: 0,
        problem: None,
        next_at: Some(later(600)),
    };
    assert_eq!(removals().await, std::slice::from_ref(&waiting));

    let again = NewJob { id: removal(goes.id).id, run_at: later(2), ..job.clone() };
    records.hasten_removal(&everywhere(), &goes, &again).await.unwrap();
    let lease = later(99);
    let claimed =
        records.claim(Turn::ANY, "worker", later(2), lease).await.unwrap().expect("it is due");
    assert_eq!(claimed.id, job.id);
    records.give_up(&claimed, later(3), "no such bucket").await.unwrap();
    let problem = Some("no such bucket".to_owned());
    let (state, next_at) = (JobState::GivenUp, None);
    let given_up = Removal { state, attempts: 1, problem, next_at, ..waiting };
    assert_eq!(removals().await, std::slice::from_ref(&given_up));

    world.execute("DELETE FROM jobs").await;
    assert_eq!(removals().await, [Removal { attempts: 0, problem: None, ..given_up }]);
    records.hasten_removal(&everywhere(), &goes, &again).await.unwrap();
    assert_eq!(removals().await[0].state, JobState::Queued);
    assert_eq!(records.removals(&only(&goes), page(1, 9)).await.unwrap().total, 1);
}

async fn a_company_is_made_with_its_storage_or_not_at_all(world: World) {
    let records = &world.records;
    let taken = world.company("taken").await;
    for (company, is_made) in [(company("fresh"), true), (company(taken.slug.as_str()), false)] {
        let storage = StorageConnection {
            id: StorageConnectionId(id()),
            company_id: company.id,
            place: Place::Local,
            secrets: None,
            withdrawn_at: None,
            created_at: noon(),
            updated_at: noon(),
        };
        let made = records.insert_company(&everywhere(), &company, Some(&storage)).await;
        assert_eq!(made.is_ok(), is_made);
        let found = records.storage_of(company.id).await.unwrap().current;
        assert_eq!(found, is_made.then_some(storage));
    }
}

async fn other_companies_are_out_of_reach(world: World) {
    let (own, mut other) = (world.company("own").await, world.company("other").await);
    let scope = only(&own);
    let records = &world.records;

    assert_eq!(records.company(&scope, own.id).await.unwrap(), Some(own.clone()));
    assert_eq!(records.company(&scope, other.id).await.unwrap(), None);
    assert_eq!(records.company_by_slug(&scope, &other.slug).await.unwrap(), None);
    assert_eq!(records.companies(&scope, &listed(None, 1, 9)).await.unwrap().items, [own]);

    let before = other.clone();
    other.name = name("taken over");
    assert!(!records.update_company(&scope, &other, noon()).await.unwrap());
    assert_eq!(records.company(&everywhere(), other.id).await.unwrap(), Some(before));
    let error = records.insert_company(&scope, &company("third"), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}
