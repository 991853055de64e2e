use vertex_core::{
    ErrorKind,
    page::Listing,
    ports::CompanyRecords,
    text::{Email, Slug},
};

use crate::support::*;

on_both!(
    what_is_written_is_read,
    a_short_name_is_taken_once,
    a_list_is_sorted_and_paged,
    a_search_ignores_case_in_every_alphabet,
    deleted_companies_are_not_listed,
    other_companies_are_out_of_reach,
);

fn slugs(list: &Listing<vertex_core::company::Company>) -> Vec<&str> {
    list.items.iter().map(|company| company.slug.as_str()).collect()
}

async fn what_is_written_is_read(world: World) {
    let mut company = company("studio");
    company.name = name("Ателье «Анна»");
    company.contact_email = Some(Email::parse("anna@example.org").unwrap());
    world.records.insert_company(&everywhere(), &company).await.unwrap();
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
    let error = world.records.insert_company(&everywhere(), &company("anna")).await.unwrap_err();
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
        world.records.insert_company(&everywhere(), &company).await.unwrap();
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
    let error = records.insert_company(&scope, &company("third")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}
