//! Adapters for the ports of `vertex-core` that keep things: records and jobs on SQLite or
//! PostgreSQL through sqlx, objects on a local disk, in S3, on Yandex Disk or in memory through OpenDAL.
//!
//! Both databases run the same statements. Where SQLite and PostgreSQL differ, the difference is in
//! [`Database`] and in the migrations, not in the repositories.

mod disks;
mod objects;
mod postgres_events;
mod records;
mod spool;

pub use disks::{LocalDisks, Reserve, disk_error};
pub use objects::{
    CompanyObjects, DiskAccess, OpenDalObjects, Outbound, Patience, Resolver, SystemResolver,
    TimeLimited, YandexDiskObjects,
};
pub use postgres_events::{PostgresEvents, subscription};
pub use records::{Database, SqlRecords};
pub use spool::DiskSpool;
