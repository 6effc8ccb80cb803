//! The traps that others fell into, each by its number in the list of the research, told as stories.

mod approval;
mod letters;
mod limits;
mod many;
mod money;
mod rules;
