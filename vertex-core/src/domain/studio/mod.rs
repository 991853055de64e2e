//! What a studio keeps beside its pictures: clients, orders, projects, folders.

pub mod client;
pub mod folder;
pub mod order;
pub mod project;
