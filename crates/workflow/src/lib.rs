//! The domain of zhunru, without input or output: what may happen to a request and what follows from it.
//! No clock, no randomness, no SQL, no log line; time and actor come in as arguments.

mod words;

pub mod action;
pub mod actor;
pub mod assessment;
pub mod assignment;
pub mod booking;
pub mod budget;
pub mod calendar;
pub mod card;
pub mod catalogue;
pub mod clock;
pub mod complaint;
pub mod consultation;
pub mod deadline;
pub mod decide;
pub mod decimal;
pub mod dossier;
pub mod emergency;
pub mod evidence;
pub mod facts;
pub mod forecast;
pub mod hours;
pub mod id;
pub mod inspection;
pub mod language;
pub mod lateness;
pub mod ledger;
pub mod letters;
pub mod likeness;
pub mod load;
pub mod meeting;
pub mod merger;
pub mod money;
pub mod moved;
pub mod notice;
pub mod open;
pub mod oversight;
pub mod parameters;
pub mod price;
pub mod quota;
pub mod rating;
pub mod reminders;
pub mod request;
pub mod siblings;
pub mod stage;
