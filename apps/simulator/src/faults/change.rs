//! How what goes wrong is changed.

use serde::Deserialize;

use super::{Batching, Failing, Faults, MediaFault, SendFault, Share, dice::Dice};

/// A change of the faults: what is absent stays as it is, except that `send` brings its own
/// `times` and `phone_number_id`, and `media` its own `media_times`. `seed`, or new `shares`,
/// begin chance anew.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FaultsChange {
    send: Option<SendFault>,
    times: Option<u32>,
    phone_number_id: Option<String>,
    shares: Option<Vec<Share>>,
    seed: Option<u64>,
    latency_ms: Option<u64>,
    media: Option<MediaFault>,
    media_times: Option<u32>,
    upload_ms: Option<u64>,
    download_ms: Option<u64>,
    duplicate_statuses: Option<bool>,
    duplicate_share: Option<f64>,
    reorder_statuses: Option<bool>,
    reorder_share: Option<f64>,
    drop_statuses: Option<bool>,
    drop_share: Option<f64>,
    status_delay_ms: Option<u64>,
    batch_statuses: Option<Batching>,
    fail: Option<Failing>,
    auto_read: Option<bool>,
    unreachable: Option<Vec<String>>,
}

impl FaultsChange {
    /// Whether every share is one: from 0 to 1, and those of sends no more than 1 together.
    pub fn is_sound(&self) -> bool {
        let of_statuses = [self.duplicate_share, self.reorder_share, self.drop_share];
        let fail = self.fail.map(|fail| fail.share);
        let shares = self.shares.iter().flatten().map(|share| share.share);
        let each = of_statuses.into_iter().chain([fail]).flatten();
        each.chain(shares.clone())
            .all(|share| (0.0..=1.0).contains(&share))
            && shares.sum::<f64>() <= 1.000_001
    }
}

impl Faults {
    /// Applies a change.
    pub fn apply(&mut self, change: FaultsChange) {
        if let Some(send) = change.send {
            self.send = send;
            self.times = change.times;
            self.phone_number_id = change.phone_number_id;
        }
        if change.seed.is_some() || change.shares.is_some() {
            self.seed = change.seed.unwrap_or(self.seed);
            self.dice = Dice::seeded(self.seed);
        }
        set(&mut self.shares, change.shares);
        set(&mut self.latency_ms, change.latency_ms);
        if let Some(media) = change.media {
            self.media = media;
            self.media_times = change.media_times;
        }
        set(&mut self.upload_ms, change.upload_ms);
        set(&mut self.download_ms, change.download_ms);
        set(&mut self.duplicate_statuses, change.duplicate_statuses);
        set(&mut self.duplicate_share, change.duplicate_share);
        set(&mut self.reorder_statuses, change.reorder_statuses);
        set(&mut self.reorder_share, change.reorder_share);
        set(&mut self.drop_statuses, change.drop_statuses);
        set(&mut self.drop_share, change.drop_share);
        set(&mut self.status_delay_ms, change.status_delay_ms);
        set(&mut self.batch_statuses, change.batch_statuses);
        set(&mut self.fail, change.fail);
        set(&mut self.auto_read, change.auto_read);
        if let Some(unreachable) = change.unreachable {
            let digits = |phone: String| phone.chars().filter(char::is_ascii_digit).collect();
            self.unreachable = unreachable.into_iter().map(digits).collect();
        }
    }
}

fn set<T>(field: &mut T, change: Option<T>) {
    if let Some(value) = change {
        *field = value;
    }
}
