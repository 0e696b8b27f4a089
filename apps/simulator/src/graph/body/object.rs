//! Reading a JSON object as strictly as Graph does: what is missing, too long, of the wrong kind
//! or unknown is refused with Meta's code and words.

use serde_json::{Map, Value};

use crate::graph::failure::GraphFailure;

/// The answer to a check.
pub type Check = Result<(), GraphFailure>;

/// An object with the place it stands at, such as `interactive['action']`.
#[derive(Clone, Copy)]
pub struct Object<'v> {
    map: &'v Map<String, Value>,
    parent: Option<&'v Object<'v>>,
    step: Step<'v>,
}

#[derive(Clone, Copy)]
enum Step<'v> {
    Key(&'v str),
    Place(&'v str, usize),
}

impl<'v> Object<'v> {
    /// The object at the top of a body.
    pub fn top(value: &'v Value) -> Result<Self, GraphFailure> {
        match value {
            Value::Object(map) => Ok(Self {
                map,
                parent: None,
                step: Step::Key(""),
            }),
            _ => Err(GraphFailure::parameter("The request body must be a JSON object.")),
        }
    }

    /// Refuses keys that are none of these.
    pub fn only(&self, keys: &[&str]) -> Check {
        match self.map.keys().find(|key| !keys.contains(&key.as_str())) {
            None => Ok(()),
            Some(key) => {
                let path = self.path();
                Err(GraphFailure::parameter(&format!(
                    "Unexpected key \"{key}\" on param \"{path}\"."
                )))
            }
        }
    }

    /// The value of a key; `null` is absent.
    pub fn get(&self, key: &str) -> Option<&'v Value> {
        self.map.get(key).filter(|value| !value.is_null())
    }

    /// Whether there is a key.
    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// A text that has to be there and not be empty.
    pub fn text(&self, key: &str) -> Result<&'v str, GraphFailure> {
        match self.optional(key)? {
            Some(text) if !text.is_empty() => Ok(text),
            _ => Err(self.missing(key)),
        }
    }

    /// A text, if it is there.
    pub fn optional(&self, key: &str) -> Result<Option<&'v str>, GraphFailure> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.not_a(key, "string")),
        }
    }

    /// A text of a length; `what` is what Meta calls it.
    pub fn sized(&self, key: &str, what: &str, most: usize) -> Result<&'v str, GraphFailure> {
        let text = self.text(key)?;
        fits(text, what, most)?;
        Ok(text)
    }

    /// The same, if it is there.
    pub fn optional_sized(
        &self,
        key: &str,
        what: &str,
        most: usize,
    ) -> Result<Option<&'v str>, GraphFailure> {
        let text = self.optional(key)?;
        if let Some(text) = text {
            fits(text, what, most)?;
        }
        Ok(text)
    }

    /// A text that Graph itself limits, with its other code for that.
    pub fn at_most(&self, key: &str, most: usize) -> Check {
        let length = self.optional(key)?.map_or(0, |text| text.chars().count());
        if length > most {
            let path = self.place(key);
            let rule = format!("Param {path} must be at most {most} characters long.");
            return Err(GraphFailure::parameter(&rule));
        }
        Ok(())
    }

    /// A text out of a list.
    pub fn one_of(&self, key: &str, words: &[&str]) -> Result<&'v str, GraphFailure> {
        let word = self.text(key)?;
        if words.contains(&word) {
            return Ok(word);
        }
        let (path, words) = (self.place(key), words.join(", "));
        let rule = format!("Param {path} must be one of {{{words}}} - got \"{word}\".");
        Err(GraphFailure::parameter(&rule))
    }

    /// A whole number within bounds, as a number or, where Meta takes that too, as a text.
    pub fn whole(&self, key: &str, least: i64, most: i64) -> Result<i64, GraphFailure> {
        let value = self.get(key).ok_or_else(|| self.missing(key))?;
        let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
        match number {
            Some(number) if (least..=most).contains(&number) => Ok(number),
            Some(_) => {
                let path = self.place(key);
                Err(GraphFailure::invalid(&format!(
                    "{path} must be between {least} and {most}"
                )))
            }
            None => Err(self.not_a(key, "integer")),
        }
    }

    /// Yes or no, if it is there.
    pub fn flag(&self, key: &str) -> Result<Option<bool>, GraphFailure> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(self.not_a(key, "boolean")),
        }
    }

    /// An address of the web that has to be there.
    pub fn url(&self, key: &str) -> Result<&'v str, GraphFailure> {
        let url = self.text(key)?;
        let known = url.starts_with("https://") || url.starts_with("http://");
        if known && reqwest::Url::parse(url).is_ok() {
            return Ok(url);
        }
        let path = self.place(key);
        let rule = format!("Param {path} is not a valid URI.");
        Err(GraphFailure::parameter(&rule))
    }

    /// An object that has to be there.
    pub fn child(&'v self, key: &'v str) -> Result<Object<'v>, GraphFailure> {
        self.optional_child(key)?.ok_or_else(|| self.missing(key))
    }

    /// An object, if it is there.
    pub fn optional_child(&'v self, key: &'v str) -> Result<Option<Object<'v>>, GraphFailure> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(Object {
                map,
                parent: Some(self),
                step: Step::Key(key),
            })),
            Some(_) => Err(self.not_a(key, "JSON object")),
        }
    }

    /// A list of objects of a length; a missing one is missing unless `least` is 0.
    pub fn list(&'v self, key: &'v str, least: usize, most: usize) -> Result<Vec<Object<'v>>, GraphFailure> {
        let values = match self.get(key) {
            None if least == 0 => return Ok(Vec::new()),
            None => return Err(self.missing(key)),
            Some(Value::Array(values)) => values,
            Some(_) => return Err(self.not_a(key, "JSON array")),
        };
        if !(least..=most).contains(&values.len()) {
            let path = self.place(key);
            let rule = format!(
                "{path} must have {least} to {most} elements, got {}",
                values.len()
            );
            return Err(GraphFailure::invalid(&rule));
        }
        let each = values.iter().enumerate().map(|(place, value)| match value {
            Value::Object(map) => Ok(Object {
                map,
                parent: Some(self),
                step: Step::Place(key, place),
            }),
            _ => Err(self.not_a(key, "list of JSON objects")),
        });
        each.collect()
    }

    /// The refusal of a key that is not there.
    pub fn missing(&self, key: &str) -> GraphFailure {
        GraphFailure::missing(format!("Parameter '{}' is mandatory", self.place(key)))
    }

    /// The refusal of a key's value.
    pub fn wrong(&self, key: &str, why: &str) -> GraphFailure {
        GraphFailure::invalid(&format!("{} {why}", self.place(key)))
    }

    fn not_a(&self, key: &str, kind: &str) -> GraphFailure {
        GraphFailure::parameter(&format!("Param {} must be a {kind}.", self.place(key)))
    }

    /// Where a key stands, as Meta writes it.
    fn place(&self, key: &str) -> String {
        let path = self.path();
        if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}['{key}']")
        }
    }

    fn path(&self) -> String {
        let Some(parent) = self.parent else {
            return String::new();
        };
        match self.step {
            Step::Key(key) => parent.place(key),
            Step::Place(key, place) => format!("{}[{place}]", parent.place(key)),
        }
    }
}

/// Whether a text is short enough; Unicode characters are counted, for Meta does not say what is.
pub fn fits(text: &str, what: &str, most: usize) -> Check {
    if text.chars().count() <= most && !text.is_empty() {
        return Ok(());
    }
    let details = format!("{what} length invalid. Min length: 1, Max length: {most}");
    Err(GraphFailure::invalid(&details))
}

/// Whether texts that must differ do.
pub fn differ(mut texts: Vec<&str>, what: &str) -> Check {
    let all = texts.len();
    texts.sort_unstable();
    texts.dedup();
    if texts.len() == all {
        Ok(())
    } else {
        Err(GraphFailure::invalid(&format!("Duplicated {what}")))
    }
}
