//! Files as Meta keeps them: the id of a customer's for seven days, of a business's for thirty; a
//! URL for five minutes.
//! In memory, the newest ones only. Pure state: no clock, no I/O.

pub mod kinds;

use std::collections::{HashMap, VecDeque};

use actix_web::web::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use ring::digest;

use crate::world::identity;

/// How long the id of a customer's file lives.
pub const INBOUND_LIFE: TimeDelta = TimeDelta::days(7);
/// How long the id of a file lives that a business left.
pub const UPLOAD_LIFE: TimeDelta = TimeDelta::days(30);
/// How long a URL lives.
const URL_LIFE: TimeDelta = TimeDelta::minutes(5);
/// How many files are remembered.
const REMEMBERED: usize = 500;

/// One file.
#[derive(Clone)]
pub struct File {
    /// Meta's id.
    pub id: String,
    /// The line that it was sent to, or left at.
    pub phone_number_id: String,
    /// Its type.
    pub mime_type: String,
    /// Its bytes.
    pub bytes: Bytes,
    /// When its id ends.
    pub until: DateTime<Utc>,
}

impl File {
    /// The SHA-256 of the bytes.
    pub fn sha256(&self) -> Vec<u8> {
        digest::digest(&digest::SHA256, &self.bytes).as_ref().to_vec()
    }

    /// Whether it may be sent as a kind of media, as a voice message if `voice`.
    pub fn serves_as(&self, kind: &str, voice: bool) -> bool {
        kinds::serves_as(kind, voice, &self.mime_type, &self.bytes)
    }
}

/// All of them.
#[derive(Default)]
pub struct Files {
    files: VecDeque<File>,
    urls: HashMap<String, (String, DateTime<Utc>)>,
}

impl Files {
    /// Keeps a file of a line.
    pub fn add(
        &mut self,
        phone_number_id: &str,
        mime_type: &str,
        bytes: Bytes,
        at: DateTime<Utc>,
        life: TimeDelta,
    ) -> File {
        let file = File {
            id: format!("7{}", &identity::challenge()),
            phone_number_id: phone_number_id.to_owned(),
            mime_type: mime_type.to_owned(),
            bytes,
            until: at + life,
        };
        self.files.push_back(file.clone());
        if self.files.len() > REMEMBERED {
            self.files.pop_front();
        }
        file
    }

    /// The file behind an id that still lives.
    pub fn find(&self, id: &str, now: DateTime<Utc>) -> Option<&File> {
        let found = self.files.iter().find(|file| file.id == id);
        found.filter(|file| now < file.until)
    }

    /// Forgets a file; false when there is none.
    pub fn delete(&mut self, id: &str) -> bool {
        let before = self.files.len();
        self.files.retain(|file| file.id != id);
        self.files.len() < before
    }

    /// A new secret for a URL of the file.
    pub fn ticket(&mut self, id: &str, now: DateTime<Utc>) -> String {
        self.urls.retain(|_, (_, until)| *until > now);
        let ticket = identity::trace_id();
        self.urls.insert(ticket.clone(), (id.to_owned(), now + URL_LIFE));
        ticket
    }

    /// The file that a URL's secret opens, while it lives.
    pub fn opened(&self, id: &str, ticket: &str, now: DateTime<Utc>) -> Option<&File> {
        let (of, until) = self.urls.get(ticket)?;
        (of == id && *until > now).then(|| self.find(id, now)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_lives_five_minutes_and_an_id_seven_days() {
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let mut files = Files::default();
        let file = files.add("1", "text/plain", Bytes::from_static(b"x"), now, INBOUND_LIFE);
        let ticket = files.ticket(&file.id, now);
        let later = |minutes| now + TimeDelta::minutes(minutes);
        assert!(files.opened(&file.id, &ticket, later(4)).is_some());
        assert!(files.opened(&file.id, &ticket, later(5)).is_none());
        assert!(files.opened("other", &ticket, now).is_none());
        assert!(files.find(&file.id, now + TimeDelta::days(6)).is_some());
        assert!(files.find(&file.id, now + TimeDelta::days(7)).is_none());
        assert!(files.delete(&file.id) && !files.delete(&file.id));
    }
}
