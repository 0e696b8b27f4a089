//! Places and people: location and contacts. Meta's pages `messages/location-messages` and
//! `messages/contacts-messages`.

use super::{
    problem::{Pointer, Problems, code},
    shape::object,
};

object! {
    /// A place on the map.
    pub struct Location {
        /// In degrees, -90 to 90.
        pub latitude: f64,
        /// In degrees, -180 to 180.
        pub longitude: f64,
        /// What it is called.
        pub name: Option<String>,
        /// Where it is, in words; shown only below a name.
        pub address: Option<String>,
    }
}

object! {
    /// A card with somebody's data.
    pub struct ContactCard {
        /// What the person is called.
        pub name: ContactName,
        /// Where the person lives or works.
        pub addresses: Option<Vec<ContactAddress>>,
        /// `YYYY-MM-DD`.
        pub birthday: Option<String>,
        /// The person's e-mail addresses.
        pub emails: Option<Vec<ContactEmail>>,
        /// Where the person works.
        pub org: Option<ContactOrganization>,
        /// The person's telephones.
        pub phones: Option<Vec<ContactPhone>>,
        /// The person's pages.
        pub urls: Option<Vec<ContactUrl>>,
    }
}

object! {
    /// A name, whole and in parts. Meta wants the whole and at least one part.
    pub struct ContactName {
        /// The whole.
        pub formatted_name: String,
        /// A part.
        pub first_name: Option<String>,
        /// A part.
        pub middle_name: Option<String>,
        /// A part.
        pub last_name: Option<String>,
        /// A part.
        pub prefix: Option<String>,
        /// A part.
        pub suffix: Option<String>,
    }
}

object! {
    /// A postal address.
    pub struct ContactAddress {
        /// Street and number.
        pub street: Option<String>,
        /// The town.
        pub city: Option<String>,
        /// The state, as its post writes it.
        pub state: Option<String>,
        /// The postal code.
        pub zip: Option<String>,
        /// The country's name.
        pub country: Option<String>,
        /// Two letters.
        pub country_code: Option<String>,
        /// Such as `HOME` or `WORK`.
        pub kind: Option<String> as "type",
    }
}

object! {
    /// An e-mail address.
    pub struct ContactEmail {
        /// The address.
        pub email: Option<String>,
        /// Such as `HOME` or `WORK`.
        pub kind: Option<String> as "type",
    }
}

object! {
    /// Where somebody works.
    pub struct ContactOrganization {
        /// Its name.
        pub company: Option<String>,
        /// The part of it.
        pub department: Option<String>,
        /// What the person is there.
        pub title: Option<String>,
    }
}

object! {
    /// A telephone.
    pub struct ContactPhone {
        /// The number as it shows.
        pub phone: Option<String>,
        /// Such as `CELL`, `HOME` or `WORK`.
        pub kind: Option<String> as "type",
        /// The person's WhatsApp id: with it, the card offers to write or to save.
        pub wa_id: Option<String>,
    }
}

object! {
    /// A page.
    pub struct ContactUrl {
        /// Where it is.
        pub url: Option<String>,
        /// Such as `HOME` or `WORK`.
        pub kind: Option<String> as "type",
    }
}

impl Location {
    pub(super) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        for (name, degrees, most) in [
            ("latitude", self.latitude, 90.0),
            ("longitude", self.longitude, 180.0),
        ] {
            if !(-most..=most).contains(&degrees) {
                let reason = format!("must be between -{most} and {most} degrees");
                problems.add(&at.name(name), code::OUT_OF_RANGE, reason);
            }
        }
        problems.optional_text(self.name.as_deref(), usize::MAX, &at.name("name"));
        problems.optional_text(self.address.as_deref(), usize::MAX, &at.name("address"));
    }
}

impl ContactCard {
    pub(super) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        self.name.check(&at.name("name"), problems);
        if let Some(birthday) = &self.birthday {
            let is_date = birthday.len() == 10 && birthday.parse::<chrono::NaiveDate>().is_ok();
            problems.unless(
                is_date,
                &at.name("birthday"),
                code::WRONG_FORMAT,
                "must be a date like 1990-12-31",
            );
        }
    }
}

impl ContactName {
    fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        problems.filled(&self.formatted_name, &at.name("formatted_name"));
        let parts = [
            &self.first_name,
            &self.middle_name,
            &self.last_name,
            &self.prefix,
            &self.suffix,
        ];
        let named = parts.into_iter().flatten().any(|part| !part.trim().is_empty());
        problems.unless(
            named,
            &at.name("first_name"),
            code::MISSING,
            "give at least one part of the name beside formatted_name",
        );
    }
}
