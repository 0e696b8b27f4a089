//! Whose messages command the bots of tenants that name nobody: `ADMIN_PHONE_E164`.

use tenant::phone::Phone;

use super::ConfigError;

/// The numbers of a list with commas; none when nothing is said.
pub(super) fn check(list: Option<&str>) -> Result<Vec<Phone>, ConfigError> {
    let parts = list.unwrap_or_default().split(',').map(str::trim);
    parts
        .filter(|part| !part.is_empty())
        .map(|part| {
            part.parse().map_err(|_invalid| {
                let words = "each number must have its country code, such as +51987654321";
                ConfigError(format!("ADMIN_PHONE_E164 has {part:?}; {words}"))
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_or_several_with_their_countries_codes() {
        let phones = check(Some("+51 987 654 321, +591-70000001")).unwrap();
        let phones: Vec<&str> = phones.iter().map(Phone::as_str).collect();
        assert_eq!(phones, ["+51987654321", "+59170000001"]);
        assert!(check(None).unwrap().is_empty());
        let error = check(Some("+51987654321,987654321")).unwrap_err().to_string();
        assert!(
            error.contains("ADMIN_PHONE_E164") && error.contains("\"987654321\""),
            "{error}"
        );
    }
}
