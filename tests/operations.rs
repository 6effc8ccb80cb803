//! What those meet who run the program: settings, stopping, health, figures and logs of a real process.

mod configuration;
mod demo;
mod process;
mod stopping;
mod traces;
mod watch;
