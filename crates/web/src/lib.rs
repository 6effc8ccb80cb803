//! Pages and API on the engine: a handler parses, calls one use case or one view, and renders. Every route stands in one
//! table with who may use it; a route without such a row cannot be written.

mod access;
mod api;
mod assets;
mod downloads;
mod event_sieve;
mod eyes;
mod factor;
mod fit;
mod guard;
mod labels;
mod last_look;
mod once;
mod pages;
mod posted;
mod problem;
mod proxies;
mod qr;
mod query;
mod reply;
mod routes;
mod secrets;
mod server;
mod sign_in;
mod streams;
mod tongue;
mod unread;
mod uploads;
mod visitor;
mod watch;

pub use ::sign_on::{Provider, ProviderSettings, SignOnError};
pub use access::{Admits, Row};
pub use routes::rows;
pub use secrets::{Secret, hash_password, one_time_password, token};
pub use server::{ServeError, Server, WebSettings, serve};
pub use sign_in::provider::SignOnSettings;
