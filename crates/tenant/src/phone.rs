//! Phone numbers as E.164 writes them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A phone number with its country code: `+` and 8 to 15 digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

/// The text is no phone number with a country code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a phone number is written with its country code, such as +51987654321")]
pub struct InvalidPhone;

impl Phone {
    /// `+` and the digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Phone {
    type Err = InvalidPhone;

    /// Takes the blanks and signs that people put between digits, and drops them.
    fn from_str(text: &str) -> Result<Self, InvalidPhone> {
        let written = text.trim().strip_prefix('+').ok_or(InvalidPhone)?;
        let digits: String = written.chars().filter(|c| !" -().".contains(*c)).collect();
        let fits = (8..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if fits {
            Ok(Self(format!("+{digits}")))
        } else {
            Err(InvalidPhone)
        }
    }
}

impl TryFrom<String> for Phone {
    type Error = InvalidPhone;

    fn try_from(text: String) -> Result<Self, InvalidPhone> {
        text.parse()
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_put_between_digits_is_dropped() {
        let phone: Phone = " +51 (987) 654-321 ".parse().unwrap();
        assert_eq!(phone.as_str(), "+51987654321");
    }

    #[test]
    fn a_number_without_its_country_is_refused() {
        for bad in [
            "",
            "+",
            "987654321",
            "0051987654321",
            "+0051987654",
            "+5198765",
            "+5198765432101234",
            "+51 98a654321",
            "+٥١٩٨٧٦٥٤٣٢",
        ] {
            assert_eq!(bad.parse::<Phone>(), Err(InvalidPhone), "{bad}");
        }
    }
}
