//! Templates of an account, in the shape in which they are created, and whether what is sent fits
//! them. Pure state.

mod fit;
mod view;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::World;

/// Samples of every kind of template, and of every state that refuses.
const SAMPLES: &str = include_str!("../../samples/templates.json");

/// A template in one language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// The language's code, such as `es_MX`.
    pub language: String,
    /// `UTILITY`, `MARKETING` or `AUTHENTICATION`.
    #[serde(default = "utility")]
    pub category: String,
    /// `APPROVED`, `PENDING`, `REJECTED`, `PAUSED`, `DISABLED` …
    #[serde(default = "approved")]
    pub status: String,
    /// `POSITIONAL` or `NAMED`.
    #[serde(default = "positional")]
    pub parameter_format: String,
    /// `HEADER`, `BODY`, `FOOTER`, `BUTTONS`, `CAROUSEL`, `LIMITED_TIME_OFFER`.
    #[serde(default)]
    pub components: Vec<Value>,
    /// What the answer to a send says: `accepted`, `held_for_quality_assessment` or `paused`.
    #[serde(default = "accepted")]
    pub message_status: String,
}

/// Why what is sent is refused: one of Meta's codes, with details.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// The code.
    pub code: i64,
    /// What is wrong.
    pub details: String,
}

/// The variables of a text, each once, in order: `{{1}}`, `{{first_name}}`.
pub fn variables(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for part in text.split("{{").skip(1) {
        if let Some((name, _)) = part.split_once("}}") {
            let name = name.trim();
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

impl Template {
    /// Whether its variables have names instead of numbers.
    pub fn is_named(&self) -> bool {
        self.parameter_format.eq_ignore_ascii_case("named")
    }

    /// Whether it carries a code to log in with.
    pub fn is_authentication(&self) -> bool {
        self.category.eq_ignore_ascii_case("authentication")
    }

    /// The refusal of a template that may not be sent now.
    fn barred(&self) -> Option<Misfit> {
        let code = match &*self.status {
            "APPROVED" => return None,
            "PAUSED" => 132_015,
            "DISABLED" => 132_016,
            _ => 132_001,
        };
        let details = crate::codes::wording(code).details.to_owned();
        Some(Misfit { code, details })
    }
}

impl World {
    /// The templates of an account.
    pub fn templates(&self, waba_id: &str) -> &[Template] {
        self.templates.get(waba_id).map_or(&[], Vec::as_slice)
    }

    /// Adds a template to an account, in the place of one with the same name and language.
    pub fn put_template(&mut self, waba_id: &str, template: Template) {
        let own = self.templates.entry(waba_id.to_owned()).or_default();
        own.retain(|other| {
            other.name != template.name || !same_language(&other.language, &template.language)
        });
        own.push(template);
    }

    /// Forgets an account's templates of a name, or all of them; says how many.
    pub fn drop_templates(&mut self, waba_id: &str, name: Option<&str>) -> usize {
        let Some(own) = self.templates.get_mut(waba_id) else {
            return 0;
        };
        let before = own.len();
        own.retain(|template| name.is_some_and(|name| template.name != name));
        before - own.len()
    }

    /// The template that is sent, once it exists, may be sent, and fits. An account that has none
    /// takes whatever comes, unless `always`.
    pub fn template_for(
        &self,
        waba_id: &str,
        sent: &Value,
        always: bool,
    ) -> Result<Option<&Template>, Misfit> {
        let own = self.templates(waba_id);
        if own.is_empty() && !always {
            return Ok(None);
        }
        let name = sent["name"].as_str().unwrap_or_default();
        let language = sent["language"]["code"].as_str().unwrap_or_default();
        let mut named = own.iter().filter(|template| template.name == name);
        let Some(template) = named.find(|template| same_language(&template.language, language)) else {
            return Err(Misfit {
                code: 132_001,
                details: format!("template name ({name}) does not exist in {language}"),
            });
        };
        if let Some(misfit) = template.barred() {
            return Err(misfit);
        }
        fit::check(template, &sent["components"])?;
        Ok(Some(template))
    }
}

/// The samples.
pub fn samples() -> Vec<Template> {
    // They are part of the program, and a test reads them.
    serde_json::from_str(SAMPLES).unwrap_or_default()
}

/// Meta writes `en_US`, and its pages here and there `en-US`.
fn same_language(one: &str, other: &str) -> bool {
    one.replace('-', "_")
        .eq_ignore_ascii_case(&other.replace('-', "_"))
}

fn utility() -> String {
    "UTILITY".to_owned()
}

fn approved() -> String {
    "APPROVED".to_owned()
}

fn positional() -> String {
    "POSITIONAL".to_owned()
}

fn accepted() -> String {
    "accepted".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_can_be_read_and_variables_are_found() {
        assert!(samples().len() > 10);
        assert_eq!(variables("Hi {{1}}, {{ 2 }} and {{1}}"), ["1", "2"]);
        assert!(variables("{{}} {1}").is_empty());
    }
}
