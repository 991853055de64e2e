//! Two hundred lies of one company's bucket, told to moves, sweeps, tests and conversions while another company has its
//! files in the operator's place: nothing outside of the liar's own folder changes, and memory and time are bounded.

use std::{
    collections::BTreeMap,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use chrono::TimeDelta;
use futures::{StreamExt, stream};
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use vertex_core::{
    check::Field,
    content::ArContent,
    identity::Identity,
    ids::CompanyId,
    job::Task,
    paths::ObjectPath,
    ports::{AllFiles, Objects, Records, StorageRecords, VideoFile},
    storage::{CompanyStorage, Leaving, Place},
    usecases::{
        App, auth,
        companies::{self, CompanyInput},
        contents::{self, NewContent},
        disk_consents::ConsentKeeper,
        jobs,
        operator::{NewUser, create_user},
        quotas::{self, NewQuota},
        storage::{self, StorageInput},
        sweep,
        videos::{self, NewVideo},
    },
    video::Video,
};
use vertex_http::{
    adapters::{MeasuredObjects, TenantStorages},
    settings::Settings,
    wiring::Installation,
};
use vertex_storage::{CompanyObjects, OpenDalObjects, Outbound, Patience, Reserve, SystemResolver};

use vertex_testkit::lying_s3::{LYING_BUCKET, Lie, LyingS3};

use crate::harness::{clip, portrait};

const LIES: u64 = 200;
const PATIENCE: Patience =
    Patience { attempt: Duration::from_millis(150), operation: Duration::from_millis(400) };

/// An installation without workers: the test does the jobs.
struct World {
    app: App,
    root: Identity,
    server: LyingS3,
    data: tempfile::TempDir,
}

impl World {
    /// One that waits no longer than this for the bucket.
    async fn new(patience: Patience) -> Self {
        let (server, data) = (LyingS3::start().await, tempfile::tempdir().unwrap());
        let ffmpeg = data.path().join("ffmpeg");
        fs::write(&ffmpeg, "#!/bin/sh\nfor last; do :; done\n/bin/cp source \"$last\"\n").unwrap();
        fs::set_permissions(&ffmpeg, Permissions::from_mode(0o755)).unwrap();
        let given = [
            ("VERTEX_DATA_DIR", data.path().to_str().unwrap()),
            ("FFMPEG_PATH", ffmpeg.to_str().unwrap()),
            ("VERTEX_VIDEO_COPIES", "never"),
            ("VERTEX_STORAGE_HTTP", "true"),
            ("VERTEX_STORAGE_NETWORKS", "127.0.0.0/8"),
        ];
        let settings = Settings::read(&given.into_iter().collect()).unwrap();
        let installation = Installation::open(&settings, settings.listen.port()).await.unwrap();
        let app = impatient(installation.app.clone(), data.path(), patience);
        let root = root(&app).await;
        Self { app, root, server, data }
    }

    async fn content(&self, company: Option<CompanyId>) -> (ArContent, Video) {
        let new = NewContent {
            title: "Poster".to_owned().into(),
            company_id: company.map(|company| company.to_string()).into(),
            ..NewContent::default()
        };
        let (app, root) = (&self.app, &self.root);
        let content = contents::create(app, root, new, Some(portrait().into())).await.unwrap();
        let upload = stream::iter([Ok(Bytes::from(clip("clip.mp4")))]).boxed();
        let received = videos::receive(app, content.company_id, upload).await.unwrap();
        let video = videos::keep(app, root, &content, received, NewVideo::default()).await.unwrap();
        (content, video)
    }

    /// Does every job that is due, once. Once files move, what is to be made again of them is not.
    async fn work(&self) {
        while let Some(job) =
            jobs::claim(&self.app, vertex_core::job::Turn::ANY, "test", TimeDelta::minutes(1))
                .await
                .unwrap()
        {
            let moves = matches!(job.task, Task::MoveStorage { .. } | Task::EmptyStorage { .. });
            let is_new = self.storage(job.company_id).await.current.is_none();
            let outcome = match moves || is_new {
                true => jobs::perform(&self.app, &job).await,
                false => Ok(()),
            };
            jobs::settle(&self.app, &job, outcome).await.unwrap();
        }
    }

    async fn storage(&self, company: CompanyId) -> CompanyStorage {
        self.app.records.storage_of(company).await.unwrap()
    }

    fn bucket(&self) -> StorageInput {
        StorageInput {
            kind: "minio".to_owned().into(),
            endpoint: self.server.endpoint().into(),
            bucket: LYING_BUCKET.to_owned().into(),
            prefix: "studio".to_owned().into(),
            access_key: "any".to_owned().into(),
            secret_key: "any".to_owned().into(),
            direct_links: false.into(),
            ..StorageInput::default()
        }
    }

    /// Has the company's files in the bucket, whatever was before, while that tells the truth.
    async fn settle_in_bucket(&self, company: CompanyId) {
        for _ in 0..50 {
            let storage = self.storage(company).await;
            let is_there = storage.current.as_ref().is_some_and(|now| now.place != Place::Local);
            if is_there && storage.leaving.is_none() {
                return;
            }
            let is_coming = |leaving: &Leaving| !is_there && leaving.progress.moved_at.is_none();
            // A move that is stuck goes on when the same is asked for.
            let to = match storage.leaving.as_ref().is_some_and(is_coming) {
                true => local(),
                false => self.bucket(),
            };
            // Refused while there is nothing to be asked for: the jobs that wait go on.
            let _ = storage::relocate_at_console(&self.app, company, to).await;
            self.work().await;
        }
        panic!("the files never got back: {:?}", self.storage(company).await);
    }

    /// Everything in the data directory but the liar's own folder, the rows and what says who is at work.
    fn outside(&self, company: CompanyId) -> BTreeMap<PathBuf, [u8; 32]> {
        let own = self.data.path().join("files").join(ObjectPath::folder_of(company));
        let mut found = BTreeMap::new();
        let mut folders = vec![self.data.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                if path == own
                    || name == ".incoming"
                    || name.starts_with("vertex.db")
                    || name.ends_with(".lock")
                {
                    continue;
                }
                match path.is_dir() {
                    true => folders.push(path),
                    false => {
                        let digest = Sha256::digest(fs::read(&path).unwrap());
                        found.insert(path, digest.into());
                    }
                }
            }
        }
        found
    }
}

/// The operator's place.
fn local() -> StorageInput {
    StorageInput { kind: "local".to_owned().into(), ..StorageInput::default() }
}

/// The same world, in which nobody waits long for a bucket.
fn impatient(app: App, data: &Path, patience: Patience) -> App {
    let records: Arc<dyn Records> = app.records.clone();
    let records: Arc<dyn StorageRecords> = records;
    let own = OpenDalObjects::local(&data.join("files")).unwrap();
    let own: Arc<dyn Objects> = Arc::new(MeasuredObjects::new(Arc::new(own), "local"));
    let outbound =
        Outbound::new(app.policy.storage_reach.clone(), Arc::new(SystemResolver)).unwrap();
    let keeper = ConsentKeeper {
        records: records.clone(),
        consents: app.consents.clone(),
        vault: app.vault.clone(),
        clock: app.clock.clone(),
    };
    let storages = Arc::new(TenantStorages {
        own: own.clone(),
        outbound: outbound.with_patience(patience),
        disk: "http://127.0.0.1:9".parse().unwrap(),
        keeper: Arc::new(keeper),
        outgoing: data.join("outgoing"),
        reserve: Reserve::default(),
    });
    let companies = CompanyObjects::new(records, storages.clone(), own);
    App { storages, files: AllFiles::new(Arc::new(companies)), ..app }
}

async fn root(app: &App) -> Identity {
    let password = "correct horse battery".to_owned();
    let user = NewUser {
        username: "root".to_owned().into(),
        password: password.clone().into(),
        email: Field::Absent,
        role: "superadmin".to_owned().into(),
        company: Field::Absent,
    };
    create_user(app, user).await.unwrap();
    let signed_in =
        auth::login(app, "root".to_owned().into(), password.into(), None).await.unwrap();
    auth::authenticate(app, &signed_in.access_token, None).await.unwrap()
}

/// Bytes of memory that this process has, its peak when it is asked for.
fn memory(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

/// What a lying bucket could make the server do: each of it may fail, none may do harm.
async fn provoke(world: &World, company: CompanyId, video: &Video) {
    let (app, root) = (&world.app, &world.root);
    let _ = storage::test(app, root, company).await;
    let files = app.files.of(company);
    let path = ObjectPath::video(company, video.id, video.facts.container);
    let file = VideoFile { files, path, bytes: video.bytes };
    let _ = app.videos.inspect(&file).await;
    let _ = app.videos.middle_frame(&file).await;
    let _ = app.converter.web_copy(&file, &ObjectPath::web_video(company, video.id)).await;
    let _ = sweep::run_at_console(app, company, true).await;
    let _ = storage::relocate_at_console(app, company, local()).await;
    world.work().await;
    // What stopped in the middle is asked for again, while the next thing is said.
    let _ = storage::relocate_at_console(app, company, local()).await;
    world.work().await;
    let _ = sweep::run_at_console(app, company, true).await;
}

/// A company whose files are in the bucket, with its content and video.
async fn liar(world: &World) -> (CompanyId, ArContent, Video) {
    let company = CompanyInput {
        name: "Liar".to_owned().into(),
        marker_formats: "mind".to_owned().into(),
        ..CompanyInput::default()
    };
    let company = companies::create(&world.app, &world.root, company, None).await.unwrap().id;
    let (content, video) = world.content(Some(company)).await;
    world.work().await;
    world.settle_in_bucket(company).await;
    (company, content, video)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_brings_along_what_rows_know_within_the_quota() {
    let world = World::new(Patience::default()).await;
    let (company, content, video) = liar(&world).await;
    let mut objects = world.server.objects();
    let megabyte = Bytes::from(vec![7; 1 << 20]);
    for number in 0..200u128 {
        let id = uuid::Uuid::from_u128(number);
        let key = format!("studio/content/{company}/videos/{id}.mp4");
        objects.insert(key, megabyte.clone());
    }
    let marker = ObjectPath::mind_marker(company, content.id);
    objects.insert(format!("studio/{marker}"), Bytes::from(vec![7; 64 << 20]));
    world.server.restore(&objects);
    let rows = content.image.bytes + video.bytes;
    let quota =
        NewQuota { max_bytes: i64::try_from(rows + 1000).unwrap().into(), ..NewQuota::default() };
    quotas::replace(&world.app, &world.root, company, quota).await.unwrap();
    for _ in 0..50 {
        let _ = storage::relocate_at_console(&world.app, company, local()).await;
        world.work().await;
        let storage = world.storage(company).await;
        if storage.leaving.is_none() {
            break;
        }
    }
    let folder = world.data.path().join("files").join(ObjectPath::folder_of(company));
    let (mut bytes, mut folders) = (0, vec![folder.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            match entry.path().is_dir() {
                true => folders.push(entry.path()),
                false => bytes += entry.metadata().unwrap().len(),
            }
        }
    }
    assert!((rows..=rows + 1000).contains(&bytes), "{bytes} bytes came along, {rows} are known");
    let file = format!("videos/{}.mp4", video.id);
    assert_eq!(fs::read(folder.join(file)).unwrap(), clip("clip.mp4"));
    assert!(world.server.objects().is_empty(), "the bucket was emptied");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_lies_harm_nobody_else() {
    let world = World::new(PATIENCE).await;
    let (theirs, their_video) = world.content(None).await;
    let (company, _, video) = liar(&world).await;
    let honest = world.server.objects();
    assert!(!honest.is_empty());

    let mut foreign: Vec<String> =
        [ObjectPath::all_of_content(&theirs), ObjectPath::all_of_video(&their_video)]
            .concat()
            .iter()
            .map(|path| format!("studio/{path}"))
            .collect();
    foreign.push(format!("studio/content/{company}/../{}/x", theirs.company_id));
    foreign.push("x".to_owned());
    // The bucket has something to give for each of those keys.
    let mut planted = honest.clone();
    planted.extend(foreign.iter().map(|key| (key.clone(), Bytes::from_static(b"planted"))));

    let before = world.outside(company);
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let memory_before = memory("VmRSS:");
    for number in 0..LIES {
        let lie = Lie::drawn(number, &foreign);
        world.server.restore(&planted);
        world.server.tell(lie.clone());
        let begun = Instant::now();
        provoke(&world, company, &video).await;
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(120), "lie {number} took {took:?}: {lie:?}");
        let after = world.outside(company);
        assert!(after == before, "lie {number} changed other files: {lie:?}");
        world.server.restore(&honest);
        world.server.tell(Lie::default());
        world.settle_in_bucket(company).await;
    }
    let grown = memory("VmHWM:").saturating_sub(memory_before);
    assert!(grown < 64 << 20, "memory grew by {grown} bytes");
    assert!(world.outside(company) == before);
}
