//! Letters: a notice becomes a letter (bytes with a Message-ID), and a letter leaves by SMTP, into a folder or into
//! memory; the signed calls of web-hooks; questions to hosts of the settings, and messages to a collector of traces. Who is told
//! what is `workflow`'s; when a try is made again is `engine`'s. lettre and hyper stay in here.

mod address;
mod asking;
mod collector;
mod digest;
mod error;
mod folder;
mod letter;
mod memory;
mod settings;
mod smtp;
mod template;
mod text;
mod tls;
mod transport;
mod webhook;

pub use address::{check_address, check_sender};
pub use asking::{Answered, Asker, Question};
pub use collector::Collector;
pub use digest::Entry;
pub use error::{DeliveryError, NotifyError};
pub use letter::{Composer, Letter, Recipient};
pub use settings::{Security, SmtpSettings};
pub use transport::Transport;
pub use webhook::{Call, Caller, Secret, sign};
