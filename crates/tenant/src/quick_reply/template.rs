//! Variables in a text: `{{contact.name}}`. No conditions and no loops, so nothing to learn and nothing to break.

crate::text_enum! {
    /// What may stand in a text and is another thing each time.
    Variable {
        /// The customer's whole name.
        ContactName = "contact.name",
        /// The first word of it.
        ContactFirstName = "contact.first_name",
        /// The customer's number.
        ContactPhone = "contact.phone",
        /// The whole name of whoever writes.
        AgentName = "agent.name",
        /// The first word of it.
        AgentFirstName = "agent.first_name",
    }
}

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTemplate {
    /// There is no such variable.
    #[error("at character {position}: there is no {{{{{name}}}}}; use one of {known}", known = known())]
    Unknown {
        /// Where it begins, in characters from 1.
        position: usize,
        /// What stands between the braces.
        name: String,
    },
    /// Two braces open and do not close.
    #[error("at character {position}: {{{{ is not closed")]
    Unclosed {
        /// Where they open, in characters from 1.
        position: usize,
    },
}

fn known() -> String {
    let names: Vec<String> = Variable::ALL
        .iter()
        .map(|variable| format!("{{{{{variable}}}}}"))
        .collect();
    names.join(", ")
}

/// A piece of a template.
enum Piece<'t> {
    Text(&'t str),
    Variable(Variable),
}

/// The template's pieces in their order.
fn pieces(text: &str) -> Result<Vec<Piece<'_>>, InvalidTemplate> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, opened)) = rest.split_once("{{") {
        let at = text.len() - opened.len() - "{{".len();
        let position = text[..at].chars().count() + 1;
        let (name, after) = opened
            .split_once("}}")
            .ok_or(InvalidTemplate::Unclosed { position })?;
        let variable = name.trim().parse().map_err(|_unknown| InvalidTemplate::Unknown {
            position,
            name: name.trim().chars().take(60).collect(),
        })?;
        found.push(Piece::Text(before));
        found.push(Piece::Variable(variable));
        rest = after;
    }
    found.push(Piece::Text(rest));
    Ok(found)
}

/// Whether every variable of the text is known and closed.
pub fn check(text: &str) -> Result<(), InvalidTemplate> {
    pieces(text).map(|_pieces| ())
}

/// The text with its variables filled in. A text that is no template stays as it is.
pub fn fill(text: &str, value: impl Fn(Variable) -> String) -> String {
    let Ok(pieces) = pieces(text) else {
        return text.to_owned();
    };
    let mut filled = String::with_capacity(text.len());
    for piece in pieces {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Variable(variable) => filled.push_str(&value(variable)),
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn variables_are_filled_in_and_what_they_hold_is_no_template() {
        let value = |variable| match variable {
            Variable::ContactFirstName => "{{agent.name}}".to_owned(),
            _ => "Ana".to_owned(),
        };
        assert_eq!(
            fill("Hola {{contact.first_name}}, soy {{ agent.name }}. {x} }}", value),
            "Hola {{agent.name}}, soy Ana. {x} }}"
        );
    }

    #[test]
    fn what_is_wrong_is_named_by_its_place() {
        assert_eq!(
            check("ñandú {{contact.nmae}}"),
            Err(InvalidTemplate::Unknown {
                position: 7,
                name: "contact.nmae".to_owned()
            })
        );
        assert_eq!(
            check("a {{contact.name"),
            Err(InvalidTemplate::Unclosed { position: 3 })
        );
        let told = check("{{x}}").unwrap_err().to_string();
        assert!(
            told.starts_with("at character 1: there is no {{x}}; use one of {{contact.name}}, "),
            "{told}"
        );
        assert!(check("{{}}").is_err());
        assert!(check("a { b } {c} }}").is_ok());
    }

    proptest! {
        #[test]
        fn any_text_is_checked_and_one_without_braces_stays_as_it_is(text in "\\PC{0,60}") {
            let filled = fill(&text, |_variable| String::new());
            if !text.contains("{{") {
                prop_assert!(check(&text).is_ok());
                prop_assert_eq!(filled, text);
            }
        }
    }
}
