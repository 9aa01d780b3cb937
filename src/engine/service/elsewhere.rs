//! What a job waits for while another service is in use.

use super::super::jobs::Phase;
use super::super::snapshot::ConnectionList;
use super::made_for::{InUse, MadeFor, choice_of, is_made_for, name_of};
use crate::library::RecipeContext;

/// What a job waits for while another service is in use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Elsewhere<'a> {
    made: MadeFor<'a>,
}

/// Returns what a job waits for; `None`: it may go now.
pub(crate) fn waits_for<'a>(context: &'a RecipeContext, now: InUse<'_>) -> Option<Elsewhere<'a>> {
    let made = MadeFor::of_job(context);
    (!is_made_for(made, now)).then_some(Elsewhere { made })
}

impl Elsewhere<'_> {
    /// Returns the phase that is shown of such a job; `list`: what can be chosen beside OpenRouter and the demo.
    pub(crate) fn phase(self, held: bool, list: &ConnectionList) -> Phase {
        let choice = choice_of(self.made, &list.list, list.has_demo);
        Phase::Elsewhere { service: name_of(self.made), choice, held }
    }
}
