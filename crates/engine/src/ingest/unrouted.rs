//! Remembers which unregistered lines write to us until it is written down, so
//! that a stranger's flood costs one statement every few seconds.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use control::unrouted::UnroutedHit;

/// More different ids than this between two flushes are dropped: anybody can make ids up.
const CAPACITY: usize = 256;

#[derive(Default)]
pub(crate) struct Unrouted(Mutex<HashMap<String, Vec<UnroutedHit>>>);

impl Unrouted {
    pub(super) fn note(&self, hits: impl Iterator<Item = UnroutedHit>) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for hit in hits {
            if let Some(known) = noted.get_mut(&hit.phone_number_id) {
                if known.len() < CAPACITY {
                    known.push(hit);
                }
            } else if noted.len() < CAPACITY {
                noted.insert(hit.phone_number_id.clone(), vec![hit]);
            }
        }
    }

    pub(super) fn take(&self) -> Vec<UnroutedHit> {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *noted).into_values().flatten().collect()
    }
}
