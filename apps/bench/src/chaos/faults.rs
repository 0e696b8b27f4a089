//! What goes wrong and when: drawn from the seed, so a run can be repeated.

use std::time::Duration;

use fastrand::Rng;

/// Something that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// `kill -9` of a server.
    Kill,
    /// An immediate stop of this database server, and its start again after a while.
    Stop(Database, Duration),
}

/// A database server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Database {
    /// The control plane's.
    Control,
    /// That of the tenants who are left alone in the outage.
    Others,
    /// That of the tenants who are struck in the outage.
    Struck,
}

impl Database {
    /// What its folder is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Control => "control",
            Self::Others => "others",
            Self::Struck => "struck",
        }
    }
}

/// A drill: its parts and its faults.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// Latencies of this part are what the outage's are compared with.
    pub calm: (Duration, Duration),
    /// One tenants' server is down, and nothing else happens.
    pub outage: (Duration, Duration),
    /// When events end.
    pub length: Duration,
    /// Faults of the last part, by time.
    pub faults: Vec<(Duration, Fault)>,
}

impl Schedule {
    /// Draws a drill of this length.
    pub fn draw(length: Duration, kills: usize, stops: usize, rng: &mut Rng) -> Self {
        let share = |part: f64| length.mul_f64(part);
        // The first seconds open pools and fill caches.
        let warm = share(0.05).min(Duration::from_secs(5));
        let calm_end = warm + share(0.2).min(Duration::from_mins(1));
        let outage_end = calm_end + share(0.25).min(Duration::from_mins(1));
        let settled = outage_end + share(0.05).min(Duration::from_secs(10));
        let room = length.saturating_sub(settled).mul_f64(0.9);
        let mut faults = Vec::new();
        let mut spread = |count: usize, fault: &mut dyn FnMut(usize, &mut Rng) -> Fault| {
            let slot = room.div_f64(f64::from(u32::try_from(count.max(1)).unwrap_or(1)));
            let mut at = settled;
            for turn in 0..count {
                faults.push((at + slot.mul_f64(rng.f64()), fault(turn, rng)));
                at += slot;
            }
        };
        spread(kills, &mut |_turn, _rng| Fault::Kill);
        spread(stops, &mut |turn, rng| {
            let database = match turn % 3 {
                0 => Database::Struck,
                1 => Database::Control,
                _ => Database::Others,
            };
            Fault::Stop(database, Duration::from_millis(rng.u64(500..4000)))
        });
        faults.sort_by_key(|(at, _fault)| *at);
        Self {
            calm: (warm, calm_end),
            outage: (calm_end, outage_end),
            length,
            faults,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_drill() {
        let draw = |seed| Schedule::draw(Duration::from_mins(5), 20, 6, &mut Rng::with_seed(seed));
        assert_eq!(draw(7).faults, draw(7).faults);
        assert_ne!(draw(7).faults, draw(8).faults);
        let drill = draw(7);
        assert_eq!(drill.outage.0 + Duration::from_mins(1), drill.outage.1);
        assert_eq!(drill.faults.len(), 26);
        assert!(
            drill
                .faults
                .iter()
                .all(|(at, _)| *at > drill.outage.1 && *at < drill.length)
        );
    }
}
