//! What the settings say of a key that was refused.

use super::*;
use crate::api;
use std::sync::Arc;

#[test]
fn a_refused_key_is_told_in_words_and_not_while_it_is_looked_at_again() {
    let error = api::Error::Unreachable { host: "openrouter.ai".into(), reason: "refused".into() };
    let mut account = Account::default();
    assert_eq!(refusal(&account), None);
    account.key.error = Some(Arc::new(error));
    assert!(refusal(&account).is_some_and(|text| text.contains("openrouter.ai")));
    account.key.loading = true;
    assert_eq!(refusal(&account), None);
}
