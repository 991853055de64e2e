//! An object on its way to a storage beyond this machine.

use async_trait::async_trait;
use bytes::Bytes;
use opendal::Writer;
use tokio::runtime::Handle;
use vertex_core::{Error, Result, paths::ObjectPath, ports::ObjectWriter};

use super::fault::place_error;

/// Holds the writer until the object is finished or aborted. Dropped before, it aborts in the background.
pub(super) struct Upload {
    writer: Option<Writer>,
    path: ObjectPath,
}

impl Upload {
    pub(super) fn new(writer: Writer, path: ObjectPath) -> Self {
        Self { writer: Some(writer), path }
    }

    fn writer(&mut self) -> Result<&mut Writer> {
        self.writer
            .as_mut()
            .ok_or_else(|| Error::internal("the storage failed", "already finished"))
    }
}

#[async_trait]
impl ObjectWriter for Upload {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        self.writer()?.write(bytes).await.map_err(place_error)
    }

    async fn finish(mut self: Box<Self>) -> Result<()> {
        self.writer()?.close().await.map_err(place_error)?;
        self.writer = None;
        Ok(())
    }

    async fn abort(mut self: Box<Self>) {
        if let Some(writer) = self.writer.take() {
            abort(writer, &self.path).await;
        }
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let (Some(writer), Ok(runtime)) = (self.writer.take(), Handle::try_current()) {
            let path = self.path.clone();
            runtime.spawn(async move { abort(writer, &path).await });
        }
    }
}

async fn abort(mut writer: Writer, path: &ObjectPath) {
    if let Err(error) = writer.abort().await {
        tracing::warn!(%path, %error, "an unfinished object was not removed");
    }
}
