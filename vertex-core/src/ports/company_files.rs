use std::{fmt, future::ready, sync::Arc};

use async_trait::async_trait;
use chrono::TimeDelta;
use futures::{StreamExt, TryStreamExt};

use super::{
    ByteRange, ByteStream, ObjectMeta, ObjectStream, ObjectWriter, Objects, StorageCapabilities,
};
use crate::domain::{
    error::{Error, Result},
    ids::CompanyId,
    paths::ObjectPath,
};

/// Keys of other companies that a storage may list before its listing is no longer listened to.
const MOST_FOREIGN: usize = 1000;

/// The files of every company. They are reached one company at a time.
#[derive(Clone)]
pub struct AllFiles(Arc<dyn Objects>);

impl AllFiles {
    /// Those in `objects`, which finds the place of each company by the path.
    pub fn new(objects: Arc<dyn Objects>) -> Self {
        Self(objects)
    }

    /// The files of one company.
    pub fn of(&self, company: CompanyId) -> CompanyFiles {
        CompanyFiles::new(company, self.0.clone())
    }
}

/// The files of one company at some place. Another company's path is refused by every method, whoever made it
/// up, and what a storage lists of other companies is left out: through this no company reaches another's files.
#[derive(Clone)]
pub struct CompanyFiles {
    company: CompanyId,
    objects: Arc<dyn Objects>,
}

impl CompanyFiles {
    /// What `objects` has of a company.
    pub fn new(company: CompanyId, objects: Arc<dyn Objects>) -> Self {
        Self { company, objects }
    }

    /// Whose files they are.
    pub fn company(&self) -> CompanyId {
        self.company
    }

    fn check(&self, path: &ObjectPath) -> Result<()> {
        if path.company() == self.company {
            return Ok(());
        }
        tracing::error!(%path, company = %self.company, "a path of another company is refused");
        Err(Error::internal("reaching a file", "its path is another company's"))
    }
}

impl fmt::Debug for CompanyFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompanyFiles").field("company", &self.company).finish_non_exhaustive()
    }
}

#[async_trait]
impl Objects for CompanyFiles {
    fn capabilities(&self) -> StorageCapabilities {
        self.objects.capabilities()
    }

    async fn writer(&self, path: &ObjectPath) -> Result<Box<dyn ObjectWriter>> {
        self.check(path)?;
        self.objects.writer(path).await
    }

    async fn stat(&self, path: &ObjectPath) -> Result<Option<ObjectMeta>> {
        self.check(path)?;
        self.objects.stat(path).await
    }

    async fn read(&self, path: &ObjectPath, range: ByteRange) -> Result<ByteStream> {
        self.check(path)?;
        self.objects.read(path, range).await
    }

    async fn delete(&self, path: &ObjectPath) -> Result<()> {
        self.check(path)?;
        self.objects.delete(path).await
    }

    async fn list(&self, company: CompanyId) -> Result<ObjectStream> {
        if company != self.company {
            tracing::error!(%company, own = %self.company, "a list of another company is refused");
            return Err(Error::internal("listing files", "they are another company's"));
        }
        let mut foreign = 0;
        let own = self.objects.list(company).await?.try_filter_map(move |(path, bytes)| {
            ready(if path.company() == company {
                Ok(Some((path, bytes)))
            } else {
                tracing::warn!(%path, %company, "a storage lists another company's file");
                foreign += 1;
                match foreign < MOST_FOREIGN {
                    true => Ok(None),
                    false => {
                        Err(Error::unavailable("the storage", "it lists what is not asked for"))
                    }
                }
            })
        });
        Ok(own.boxed())
    }

    async fn presign(&self, path: &ObjectPath, ttl: TimeDelta) -> Result<Option<String>> {
        self.check(path)?;
        self.objects.presign(path, ttl).await
    }
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt, stream};
    use uuid::Uuid;

    use super::*;
    use crate::domain::ids::ContentId;

    fn company(number: u128) -> CompanyId {
        CompanyId(Uuid::from_u128(number))
    }

    fn path(of: CompanyId, number: u128) -> ObjectPath {
        ObjectPath::qr_code(of, ContentId(Uuid::from_u128(number)))
    }

    /// A storage that does what it is told, and lists whatever it likes.
    struct Obedient(Vec<ObjectPath>);

    #[async_trait]
    impl Objects for Obedient {
        fn capabilities(&self) -> StorageCapabilities {
            StorageCapabilities { presign: true, range: true, multipart: true }
        }

        async fn writer(&self, _: &ObjectPath) -> Result<Box<dyn ObjectWriter>> {
            Err(Error::NotFound("writer"))
        }

        async fn stat(&self, _: &ObjectPath) -> Result<Option<ObjectMeta>> {
            Ok(None)
        }

        async fn read(&self, _: &ObjectPath, _: ByteRange) -> Result<ByteStream> {
            Ok(stream::empty().boxed())
        }

        async fn delete(&self, _: &ObjectPath) -> Result<()> {
            Ok(())
        }

        async fn list(&self, _: CompanyId) -> Result<ObjectStream> {
            let listed: Vec<_> = self.0.iter().map(|path| Ok((path.clone(), 7))).collect();
            Ok(stream::iter(listed).boxed())
        }

        async fn presign(&self, _: &ObjectPath, _: TimeDelta) -> Result<Option<String>> {
            Ok(Some("https://example.org".to_owned()))
        }
    }

    #[test]
    fn every_method_refuses_a_path_of_another_company() {
        let (own, other) = (company(1), company(2));
        let files = CompanyFiles::new(own, Arc::new(Obedient(Vec::new())));
        let foreign = path(other, 3);
        let refused = |error: Option<Error>, method: &str| {
            let said = error.map(|error| crate::domain::error::with_causes(&error));
            assert_eq!(
                said.as_deref(),
                Some("reaching a file: its path is another company's"),
                "{method}"
            );
        };
        let asked = async {
            refused(files.writer(&foreign).await.err(), "writer");
            refused(files.stat(&foreign).await.err(), "stat");
            refused(files.read(&foreign, 0..1).await.err(), "read");
            refused(files.delete(&foreign).await.err(), "delete");
            refused(files.presign(&foreign, TimeDelta::hours(1)).await.err(), "presign");
            refused(files.put(&foreign, "x".into()).await.err(), "put");
            refused(files.get(&foreign, 1).await.err(), "get");
            assert!(files.list(other).await.is_err());
            assert!(files.delete(&path(own, 3)).await.is_ok());
        };
        asked.now_or_never().unwrap();
        let all = AllFiles::new(Arc::new(Obedient(Vec::new())));
        assert!(all.of(own).stat(&foreign).now_or_never().unwrap().is_err());
    }

    #[test]
    fn a_list_leaves_out_other_companies_and_ends_when_there_is_nothing_else() {
        let (own, other) = (company(1), company(2));
        let mixed = vec![path(other, 1), path(own, 2), path(other, 3), path(own, 4)];
        let listed = |listed: Vec<ObjectPath>| {
            let files = CompanyFiles::new(own, Arc::new(Obedient(listed)));
            let all = async { files.list(own).await?.try_collect::<Vec<_>>().await };
            all.now_or_never().unwrap()
        };
        assert_eq!(listed(mixed).unwrap(), [(path(own, 2), 7), (path(own, 4), 7)]);
        let foreign = (0..2000).map(|number| path(other, number)).collect();
        assert!(listed(foreign).is_err());
    }
}
