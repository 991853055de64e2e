use std::{sync::Arc, time::Instant};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::TimeDelta;
use futures::StreamExt;
use vertex_core::{
    ErrorKind, Result,
    ids::CompanyId,
    paths::ObjectPath,
    ports::{
        ByteRange, ByteStream, ObjectMeta, ObjectStream, ObjectWriter, Objects, StorageCapabilities,
    },
};

use crate::telemetry;

/// Objects whose operations are counted and timed, by kind of storage and kind of error.
pub struct MeasuredObjects {
    objects: Arc<dyn Objects>,
    storage: &'static str,
}

impl MeasuredObjects {
    /// Measures `objects` under the name of their storage.
    pub fn new(objects: Arc<dyn Objects>, storage: &'static str) -> Self {
        Self { objects, storage }
    }

    async fn measured<T>(
        &self,
        operation: &'static str,
        done: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let begun = Instant::now();
        let result = done.await;
        note(self.storage, operation, &result, begun);
        result
    }
}

fn note<T>(storage: &'static str, operation: &'static str, result: &Result<T>, begun: Instant) {
    let outcome = match result {
        Ok(_) => "ok",
        Err(error) => match error.kind() {
            ErrorKind::NotFound => "not_found",
            ErrorKind::Unavailable => "unavailable",
            _ => "failed",
        },
    };
    telemetry::storage(storage, operation, outcome, begun.elapsed());
}

#[async_trait]
impl Objects for MeasuredObjects {
    fn capabilities(&self) -> StorageCapabilities {
        self.objects.capabilities()
    }

    async fn writer(&self, path: &ObjectPath) -> Result<Box<dyn ObjectWriter>> {
        let begun = Instant::now();
        let opened = self.objects.writer(path).await;
        if opened.is_err() {
            note(self.storage, "write", &opened, begun);
        }
        Ok(Box::new(MeasuredWriter { writer: opened?, storage: self.storage, begun }))
    }

    async fn stat(&self, path: &ObjectPath) -> Result<Option<ObjectMeta>> {
        self.measured("stat", self.objects.stat(path)).await
    }

    async fn read(&self, path: &ObjectPath, range: ByteRange) -> Result<ByteStream> {
        let (storage, begun) = (self.storage, Instant::now());
        let pieces = self.measured("read", self.objects.read(path, range)).await?;
        let noted = pieces.inspect(move |piece| {
            if piece.is_err() {
                note(storage, "read", piece, begun);
            }
        });
        Ok(noted.boxed())
    }

    async fn delete(&self, path: &ObjectPath) -> Result<()> {
        self.measured("delete", self.objects.delete(path)).await
    }

    async fn list(&self, company: CompanyId) -> Result<ObjectStream> {
        self.measured("list", self.objects.list(company)).await
    }

    async fn presign(&self, path: &ObjectPath, ttl: TimeDelta) -> Result<Option<String>> {
        self.objects.presign(path, ttl).await
    }
}

struct MeasuredWriter {
    writer: Box<dyn ObjectWriter>,
    storage: &'static str,
    begun: Instant,
}

#[async_trait]
impl ObjectWriter for MeasuredWriter {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        let written = self.writer.write(bytes).await;
        if written.is_err() {
            note(self.storage, "write", &written, self.begun);
        }
        written
    }

    async fn finish(self: Box<Self>) -> Result<()> {
        let finished = self.writer.finish().await;
        note(self.storage, "write", &finished, self.begun);
        finished
    }

    async fn abort(self: Box<Self>) {
        self.writer.abort().await;
    }
}
