//! What one party can take of connections, memory and descriptors.

use super::{
    BadSetting, Environment,
    kind::{Size, Whole},
    table,
};
use crate::{middleware::body::Pace, server::ConnectionLimits};

/// What one party can take of connections, memory and descriptors. 0 is no limit where one party's share is meant.
#[derive(Clone, Copy, Debug)]
pub struct EdgeSettings {
    /// `VERTEX_MAX_CONNECTIONS` and those around it.
    pub connections: ConnectionLimits,
    /// `VERTEX_STALL_SECONDS`, `VERTEX_MIN_UPLOAD_RATE`: how fast a body has to come.
    pub pace: Pace,
    /// `VERTEX_FILES_PER_ADDRESS`: files that are read at once from one address.
    pub files_per_address: usize,
    /// `VERTEX_BODY_MEMORY_MB`: bytes of small bodies that are in memory at once.
    pub body_bytes: usize,
    /// `VERTEX_BODY_MEMORY_PER_ADDRESS_MB`: those from one address.
    pub body_bytes_per_address: usize,
    /// `VERTEX_MAX_FORMS`: forms on their way in at once.
    pub forms: usize,
    /// `VERTEX_FORMS_PER_USER`: those of one user.
    pub forms_per_user: usize,
    /// `VERTEX_MAX_WEBSOCKETS`: WebSockets open at once.
    pub sockets: usize,
    /// `VERTEX_WEBSOCKETS_PER_USER`.
    pub sockets_per_user: usize,
    /// `VERTEX_WEBSOCKETS_PER_COMPANY`.
    pub sockets_per_company: usize,
}

impl EdgeSettings {
    pub(super) fn read(environment: &Environment) -> Result<Self, BadSetting> {
        let number = |setting: &table::Setting<Whole<usize>>| setting.get(environment);
        let memory = |setting: &table::Setting<Size>| {
            setting.get(environment).map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX))
        };
        let stall = table::STALL_TIME.get(environment)?;
        Ok(Self {
            connections: ConnectionLimits {
                all: number(&table::MAX_CONNECTIONS)?,
                each: number(&table::CONNECTIONS_PER_ADDRESS)?,
                head: table::HEADER_TIME.get(environment)?,
                idle: table::IDLE_TIME.get(environment)?,
                stall,
            },
            pace: Pace { window: stall, least: table::MIN_UPLOAD_RATE.get(environment)? },
            files_per_address: number(&table::FILES_PER_ADDRESS)?,
            body_bytes: memory(&table::BODY_MEMORY)?,
            body_bytes_per_address: memory(&table::BODY_MEMORY_PER_ADDRESS)?,
            forms: number(&table::MAX_FORMS)?,
            forms_per_user: number(&table::FORMS_PER_USER)?,
            sockets: number(&table::MAX_WEBSOCKETS)?,
            sockets_per_user: number(&table::WEBSOCKETS_PER_USER)?,
            sockets_per_company: number(&table::WEBSOCKETS_PER_COMPANY)?,
        })
    }
}
