//! A form that was refused, on its way back to the page that it stood on: filled as it was sent, with what is wrong above
//! it. Where it is open no more, what was typed is shown beside the refusal, so that it can be copied.

use workflow::action::ActionKind;
use workflow::request::Request;

use super::sent::{Fields, written};
use super::{Field, Form, Kind};
use crate::problem::{Problem, Told};
use crate::tongue::Tongue;

/// A form that was refused.
pub(crate) struct Refused {
    pub(crate) action: ActionKind,
    pub(crate) fields: Fields,
    pub(crate) problem: Problem,
}

/// A refusal whose form is open no more.
pub(crate) struct Lost {
    pub(crate) said: String,
    /// The texts that were typed.
    pub(crate) typed: Vec<String>,
}

impl Lost {
    pub(crate) fn of(problem: &Problem, typed: &[&str]) -> Lost {
        let typed = typed.iter().filter(|text| !text.is_empty()).map(|text| (*text).to_owned());
        Lost { said: problem.said(), typed: typed.collect() }
    }
}

impl Refused {
    /// Fills its form among those that are open; what is left where it is none of them.
    pub(crate) fn fills(&self, forms: &mut [Form], (request, tongue): (&Request, Tongue)) -> Option<Lost> {
        if let Some(form) = forms.iter_mut().find(|form| form.word == self.action.word()) {
            form.refusal = Some(said(&self.problem, &form.fields, tongue));
            for field in &mut form.fields {
                field.fill(&self.fields);
            }
            return None;
        }
        let known = Form::of(self.action, request, tongue).map(|form| form.fields).unwrap_or_default();
        let texts = known.iter().filter(|field| matches!(field.kind, Kind::Area));
        let typed: Vec<&str> = texts.map(|field| written(&self.fields, &field.name)).collect();
        Some(Lost::of(&self.problem, &typed))
    }
}

impl Field {
    fn fill(&mut self, fields: &Fields) {
        let Kind::Ticks(groups) = &mut self.kind else {
            written(fields, &self.name).clone_into(&mut self.value);
            return;
        };
        for group in groups {
            for tick in &mut group.ticks {
                tick.is_ticked = fields.contains_key(&format!("{}.{}", self.name, tick.code));
            }
            group.is_open = group.ticks.iter().any(|tick| tick.is_ticked);
        }
    }
}

/// What is wrong, each fault by the label of its field.
fn said(problem: &Problem, fields: &[Field], tongue: Tongue) -> String {
    let one = |fault: &Told| match fields.iter().find(|field| field.name == fault.field()) {
        Some(field) => fault.shown_as(&field.label),
        None => fault.shown(),
    };
    let faults: Vec<String> = problem.faults.iter().map(one).collect();
    if faults.is_empty() { problem.message.clone() } else { faults.join(tongue.say("；", "; ")) }
}
