//! Names of organisations by id, for what oversight prints.

use std::collections::BTreeMap;

use engine::Engine;
use workflow::id::OrganisationId;

use crate::print::Failure;

pub(crate) struct Names(BTreeMap<OrganisationId, String>);

impl Names {
    pub(crate) async fn of(engine: &Engine) -> Result<Names, Failure> {
        let tree = engine.reader().organisations().await?;
        Ok(Names(tree.into_iter().map(|one| (one.id, one.name)).collect()))
    }

    pub(crate) fn name(&self, id: OrganisationId) -> String {
        self.0.get(&id).cloned().unwrap_or_default()
    }
}
