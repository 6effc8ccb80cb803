//! The product, told as stories: one test binary.

mod acceptance;
mod desk;
mod smtp;
mod stories;
