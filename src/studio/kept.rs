//! What is worked out once and kept until what it depends on has changed.

use std::sync::Arc;

/// A value and what it was made for.
#[derive(Debug)]
pub struct Kept<K, V>(Option<(K, Arc<V>)>);

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self(None)
    }
}

impl<K: PartialEq, V> Kept<K, V> {
    /// Returns the value for this key, made anew when the one that is kept was made for another.
    pub fn get(&mut self, key: K, make: impl FnOnce() -> V) -> Arc<V> {
        if let Some((known, value)) = &self.0
            && *known == key
        {
            return value.clone();
        }
        let value = Arc::new(make());
        self.0 = Some((key, value.clone()));
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_made_once_for_each_key() {
        let mut kept = Kept::default();
        let mut made = 0;
        for (key, times) in [(1, 1), (1, 1), (2, 2), (2, 2), (1, 3)] {
            let value = kept.get(key, || {
                made += 1;
                key * 10
            });
            assert_eq!((*value, made), (key * 10, times));
        }
    }
}
