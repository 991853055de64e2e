//! Every company's objects, each where the company keeps its files.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::TimeDelta;
use futures::{StreamExt, TryStreamExt};
use moka::future::Cache;
use vertex_core::{
    Error, Result,
    ids::CompanyId,
    paths::ObjectPath,
    ports::{
        ByteRange, ByteStream, CompanyFiles, ObjectMeta, ObjectStream, ObjectWriter, Objects,
        StorageCapabilities, StorageRecords, Storages, pour,
    },
    storage::{CompanyStorage, StorageConnection},
};

/// How long a process that missed the news goes on where a company's files were.
const STALE: Duration = Duration::from_secs(60);
/// Companies whose places are kept open.
const COMPANIES: u64 = 10_000;

/// Finds the place of a company by the path of each object, and sees to it that nothing is lost while the
/// company moves: what is written arrives at the new place, even from a process that has not heard of it;
/// what is read is looked for at the new place first, then at the old one.
pub struct CompanyObjects {
    places: Places,
}

#[derive(Clone)]
struct Places {
    records: Arc<dyn StorageRecords>,
    storages: Arc<dyn Storages>,
    own: Arc<dyn Objects>,
    known: Cache<CompanyId, Place>,
}

/// Where the files of one company are.
#[derive(Clone)]
struct Place {
    storage: Arc<CompanyStorage>,
    current: CompanyFiles,
    read_too: Option<CompanyFiles>,
    leaving: Option<CompanyFiles>,
}

impl CompanyObjects {
    /// Those of the companies in `records`; in `own` where a company has chosen nothing.
    pub fn new(
        records: Arc<dyn StorageRecords>,
        storages: Arc<dyn Storages>,
        own: Arc<dyn Objects>,
    ) -> Self {
        let known = Cache::builder().max_capacity(COMPANIES).time_to_live(STALE).build();
        Self { places: Places { records, storages, own, known } }
    }

    /// A company's place may be another one.
    pub async fn forget(&self, company: CompanyId) {
        self.places.known.invalidate(&company).await;
    }

    /// Every company's may.
    pub fn forget_all(&self) {
        self.places.known.invalidate_all();
    }
}

impl Places {
    /// The place as it was known lately.
    async fn of(&self, company: CompanyId) -> Result<Place> {
        match self.known.get(&company).await {
            Some(place) => Ok(place),
            None => self.now(company).await,
        }
    }

    /// The place as the records have it at this moment.
    async fn now(&self, company: CompanyId) -> Result<Place> {
        let storage = self.records.storage_of(company).await?;
        if let Some(known) = self.known.get(&company).await
            && is_same(&known.storage, &storage)
        {
            return Ok(known);
        }
        let leaving = storage.leaving.as_ref().map(|leaving| &leaving.connection);
        let place = Place {
            current: match &storage.current {
                Some(connection) => self.storages.open(connection).await?,
                None => CompanyFiles::new(company, self.own.clone()),
            },
            read_too: self.open_some(storage.read_too()).await?,
            leaving: self.open_some(leaving).await?,
            storage: Arc::new(storage),
        };
        self.known.insert(company, place.clone()).await;
        Ok(place)
    }

    async fn open_some(
        &self,
        connection: Option<&StorageConnection>,
    ) -> Result<Option<CompanyFiles>> {
        match connection {
            Some(connection) => self.storages.open(connection).await.map(Some),
            None => Ok(None),
        }
    }

    /// The place of a company that is another one than was known lately.
    async fn changed(&self, company: CompanyId, known: &Place) -> Result<Option<Place>> {
        let now = self.now(company).await?;
        Ok((!is_same(&known.storage, &now.storage)).then_some(now))
    }

    async fn stat(&self, path: &ObjectPath) -> Result<Option<ObjectMeta>> {
        let known = self.of(path.company()).await?;
        if let Some(found) = known.stat(path).await? {
            return Ok(Some(found));
        }
        match self.changed(path.company(), &known).await? {
            Some(now) => now.stat(path).await,
            None => Ok(None),
        }
    }

    async fn read(&self, path: &ObjectPath, range: ByteRange) -> Result<ByteStream> {
        let known = self.of(path.company()).await?;
        let missing = match known.read(path, range.clone()).await {
            Err(missing @ Error::NotFound(_)) => missing,
            read => return read,
        };
        match self.changed(path.company(), &known).await? {
            Some(now) => now.read(path, range).await,
            None => Err(missing),
        }
    }
}

impl Place {
    async fn stat(&self, path: &ObjectPath) -> Result<Option<ObjectMeta>> {
        match (self.current.stat(path).await?, &self.read_too) {
            (None, Some(old)) => old.stat(path).await,
            (found, _) => Ok(found),
        }
    }

    async fn read(&self, path: &ObjectPath, range: ByteRange) -> Result<ByteStream> {
        match (self.current.read(path, range.clone()).await, &self.read_too) {
            (Err(Error::NotFound(_)), Some(old)) => old.read(path, range).await,
            (read, _) => read,
        }
    }
}

/// Whether objects are read and written at the same places, by the same keys.
fn is_same(one: &CompanyStorage, other: &CompanyStorage) -> bool {
    let opened = |storage: &CompanyStorage| {
        let key = |connection: &StorageConnection| (connection.id, connection.secrets.clone());
        (
            storage.current.as_ref().map(key),
            storage.read_too().map(|connection| connection.id),
            storage.leaving.as_ref().map(|leaving| leaving.connection.id),
        )
    };
    opened(one) == opened(other)
}

#[async_trait]
impl Objects for CompanyObjects {
    /// Those of the place of companies that have chosen nothing.
    fn capabilities(&self) -> StorageCapabilities {
        self.places.own.capabilities()
    }

    async fn writer(&self, path: &ObjectPath) -> Result<Box<dyn ObjectWriter>> {
        let place = self.places.of(path.company()).await?;
        let writer = place.current.writer(path).await?;
        Ok(Box::new(Arriving { writer, path: path.clone(), place, places: self.places.clone() }))
    }

    async fn stat(&self, path: &ObjectPath) -> Result<Option<ObjectMeta>> {
        self.places.stat(path).await
    }

    async fn read(&self, path: &ObjectPath, range: ByteRange) -> Result<ByteStream> {
        self.places.read(path, range).await
    }

    async fn delete(&self, path: &ObjectPath) -> Result<()> {
        // Where it is copied from before where it is copied to, lest the copy comes back.
        let place = self.places.now(path.company()).await?;
        if let Some(leaving) = &place.leaving {
            leaving.delete(path).await?;
        }
        place.current.delete(path).await
    }

    async fn list(&self, company: CompanyId) -> Result<ObjectStream> {
        let place = self.places.now(company).await?;
        let listed = place.current.list(company).await?;
        let Some(old) = place.read_too else { return Ok(listed) };
        let current = place.current;
        let left_behind = old.list(company).await?.try_filter_map(move |(path, bytes)| {
            let current = current.clone();
            async move {
                let has_come = current.stat(&path).await?.is_some();
                Ok((!has_come).then_some((path, bytes)))
            }
        });
        Ok(listed.chain(left_behind).boxed())
    }

    async fn presign(&self, path: &ObjectPath, ttl: TimeDelta) -> Result<Option<String>> {
        let place = self.places.of(path.company()).await?;
        match place.read_too {
            // The object may still be at the other place.
            Some(_) => Ok(None),
            None => place.current.presign(path, ttl).await,
        }
    }
}

/// An object on its way in. If its company has moved meanwhile, it follows.
struct Arriving {
    writer: Box<dyn ObjectWriter>,
    path: ObjectPath,
    place: Place,
    places: Places,
}

#[async_trait]
impl ObjectWriter for Arriving {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        self.writer.write(bytes).await
    }

    async fn finish(self: Box<Self>) -> Result<()> {
        let Self { writer, path, place, places } = *self;
        writer.finish().await?;
        let now = places.now(path.company()).await?;
        let written_to = place.storage.current.as_ref().map(|current| current.id);
        let belongs_to = now.storage.current.as_ref().map(|current| current.id);
        if written_to == belongs_to || is_same_place(&place.storage, &now.storage) {
            return Ok(());
        }
        follow(&place.current, &now.current, &path).await
    }

    async fn abort(self: Box<Self>) {
        self.writer.abort().await;
    }
}

/// Whether new keys open the place that was known.
fn is_same_place(one: &CompanyStorage, other: &CompanyStorage) -> bool {
    use vertex_core::storage::Place::Local;
    let place = |storage: &CompanyStorage| {
        storage.current.as_ref().map_or(Local, |connection| connection.place.clone())
    };
    place(one).holds_the_files_of(&place(other))
}

async fn follow(from: &CompanyFiles, to: &CompanyFiles, path: &ObjectPath) -> Result<()> {
    // Another one that moves the company's files may have been faster.
    let Some(meta) = from.stat(path).await? else { return Ok(()) };
    pour(to, path, from.read(path, 0..meta.bytes).await?).await?;
    from.delete(path).await
}
