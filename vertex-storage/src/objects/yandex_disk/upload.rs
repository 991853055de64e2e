//! An object on its way in: collected on this machine, then sent as one stream.

use std::{fs::File, io, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use http::StatusCode;
use opendal::{ErrorKind, Operator};
use tokio::io::{AsyncSeekExt, AsyncWriteExt};
use tokio_util::io::ReaderStream;
use vertex_core::{Result, paths::ObjectPath, ports::ObjectWriter};

use super::api::DiskApi;
use crate::disks::{Gauge, disk_error};
use crate::objects::{attempts::Attempts, fault::place_error};

/// Bytes that are read from the spool at once.
const BUFFER: usize = 1 << 18;

/// The file has no name: it is gone when it is closed, or the process ends.
pub(super) struct Spooled {
    file: tokio::fs::File,
    gauge: Gauge,
    length: u64,
    api: Arc<DiskApi>,
    operator: Operator,
    path: ObjectPath,
    key: String,
}

impl Spooled {
    pub(super) fn new(
        file: File,
        gauge: Gauge,
        api: Arc<DiskApi>,
        operator: Operator,
        path: ObjectPath,
        key: String,
    ) -> Self {
        let file = tokio::fs::File::from_std(file);
        Self { file, gauge, length: 0, api, operator, path, key }
    }

    async fn send(&mut self) -> opendal::Result<()> {
        let link = match self.api.upload_link(&self.path).await {
            Err(error) if error.kind() == ErrorKind::ConditionNotMatch => {
                let (folder, _) = self.key.rsplit_once('/').unwrap_or_default();
                self.operator.create_dir(&format!("{folder}/")).await?;
                self.api.upload_link(&self.path).await?
            }
            link => link?,
        };
        let file = self.rewound().await.map_err(|error| {
            opendal::Error::new(ErrorKind::Unexpected, "the spool failed").set_source(error)
        })?;
        let body = reqwest::Body::wrap_stream(ReaderStream::with_capacity(file, BUFFER));
        match self.api.put(link, body, self.length).await? {
            StatusCode::ACCEPTED => self.has_arrived().await,
            _ => Ok(()),
        }
    }

    async fn rewound(&mut self) -> io::Result<tokio::fs::File> {
        self.file.flush().await?;
        self.file.rewind().await?;
        self.file.try_clone().await
    }

    /// The disk has taken the bytes and is still putting them where they belong.
    async fn has_arrived(&self) -> opendal::Result<()> {
        let mut attempts = Attempts::default();
        loop {
            let later = match self.operator.stat(&self.key).await {
                Ok(found) if found.content_length() == self.length => return Ok(()),
                Ok(_) => opendal::Error::new(ErrorKind::Unexpected, "the disk has not finished"),
                Err(error) if error.kind() == ErrorKind::NotFound => error,
                Err(error) => return Err(error),
            };
            attempts.after(later.set_temporary()).await?;
        }
    }
}

#[async_trait]
impl ObjectWriter for Spooled {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        self.length += bytes.len() as u64;
        let written = async {
            self.gauge.admit(bytes.len() as u64).await?;
            self.file.write_all(&bytes).await
        };
        written.await.map_err(|error| disk_error("the spool", error))
    }

    async fn finish(mut self: Box<Self>) -> Result<()> {
        let mut attempts = Attempts::default();
        while let Err(error) = self.send().await {
            attempts.after(error).await.map_err(place_error)?;
        }
        Ok(())
    }

    async fn abort(self: Box<Self>) {}
}
