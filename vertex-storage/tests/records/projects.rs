use vertex_core::{
    ErrorKind,
    ports::{ContentFilter, ContentRecords, ProjectRecords},
};

use crate::support::*;

on_both!(
    what_is_written_is_read,
    a_list_is_sorted_searched_and_paged,
    contents_outlive_their_project,
    other_companies_projects_are_out_of_reach,
);

async fn what_is_written_is_read(world: World) {
    let company = world.company("studio").await;
    let scope = only(&company);
    let mut project = project(&company, "Свадьба");
    project.description = "Two lines:\nthe second one".to_owned();
    world.records.insert_project(&scope, &project).await.unwrap();
    assert_eq!(world.records.project(&scope, project.id).await.unwrap(), Some(project.clone()));

    project.name = name("Wedding");
    project.description = "with a \0 inside".to_owned();
    project.updated_at = later(1);
    assert!(world.records.update_project(&scope, &project, noon()).await.unwrap());
    project.description = "with a \u{fffd} inside".to_owned();
    assert_eq!(world.records.project(&scope, project.id).await.unwrap(), Some(project));
}

async fn a_list_is_sorted_searched_and_paged(world: World) {
    let company = world.company("studio").await;
    for title in ["berlin", "Ärzte", "Antwerpen", "Basel"] {
        world.project(&company, title).await;
    }
    let list = async |search, number| {
        world.records.projects(&only(&company), &listed(search, number, 3)).await.unwrap()
    };
    let names = async |search, number| {
        list(search, number).await.items.iter().map(|p| p.name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(None, 1).await, ["Antwerpen", "Basel", "berlin"]);
    assert_eq!(names(None, 2).await, ["Ärzte"]);
    assert_eq!(names(Some("B"), 1).await, ["Basel", "berlin"]);
    assert_eq!(names(Some("äRZ"), 1).await, ["Ärzte"]);
    assert_eq!(list(None, 7).await.total, 4);
}

async fn contents_outlive_their_project(world: World) {
    let company = world.company("studio").await;
    let scope = only(&company);
    let project = world.project(&company, "Wedding").await;
    let content = content(&company, "Couple");
    let job = removal(company.id);
    world.records.insert_content(&scope, &content, &[project.id], None, &job).await.unwrap();

    assert!(world.records.delete_project(&scope, project.id, None).await.unwrap());
    assert!(!world.records.delete_project(&scope, project.id, None).await.unwrap());
    assert_eq!(world.records.project(&scope, project.id).await.unwrap(), None);
    assert_eq!(world.records.content(&scope, content.id).await.unwrap(), Some(content));
    let filter = ContentFilter { project: Some(project.id), ..ContentFilter::default() };
    assert_eq!(
        world.records.contents(&scope, &filter, &listed(None, 1, 9)).await.unwrap().total,
        0
    );
}

async fn other_companies_projects_are_out_of_reach(world: World) {
    let (own, other) = (world.company("own").await, world.company("other").await);
    let before = world.project(&own, "Wedding").await;
    let (records, scope) = (&world.records, only(&other));

    assert_eq!(records.project(&scope, before.id).await.unwrap(), None);
    assert_eq!(records.projects(&scope, &listed(None, 1, 9)).await.unwrap().total, 0);
    let mut changed = before.clone();
    changed.name = name("taken over");
    assert!(!records.update_project(&scope, &changed, noon()).await.unwrap());
    assert!(!records.delete_project(&scope, before.id, None).await.unwrap());
    let error = records.insert_project(&scope, &project(&own, "x")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(records.project(&everywhere(), before.id).await.unwrap(), Some(before));
    assert_eq!(records.projects(&everywhere(), &listed(None, 1, 9)).await.unwrap().total, 1);
}
