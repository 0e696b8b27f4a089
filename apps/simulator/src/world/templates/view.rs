//! A template as the customer sees it: filled in.

use serde_json::{Map, Value, json};

use super::{
    Template,
    fit::{all, find, index, parameters},
};

impl Template {
    /// Header, body, footer, buttons, offer and cards, with what was sent put in.
    pub fn view(&self, sent: &Value) -> Value {
        self.part(&self.components, sent)
    }

    fn part(&self, defined: &[Value], sent: &Value) -> Value {
        let mut view = Map::new();
        for component in defined {
            let kind = component["type"]
                .as_str()
                .unwrap_or_default()
                .to_ascii_lowercase();
            match kind.as_str() {
                "header" => {
                    view.insert(kind, header(component, find(sent, "header")));
                }
                "body" => {
                    let text = component["text"].as_str().unwrap_or_default();
                    view.insert(kind, self.body(text, find(sent, "body")).into());
                }
                "footer" => {
                    let minutes = component["code_expiration_minutes"].as_u64();
                    let expiry = minutes.map(|minutes| format!("Expires in {minutes} minutes."));
                    let text = component["text"].as_str().map(str::to_owned).or(expiry);
                    view.insert(kind, text.into());
                }
                "buttons" => {
                    view.insert(kind, buttons(component, sent).into());
                }
                "limited_time_offer" => {
                    let own = &component["limited_time_offer"];
                    let until = parameters(find(sent, "limited_time_offer")).first();
                    let until = until.map(|until| &until["limited_time_offer"]["expiration_time_ms"]);
                    view.insert(
                        "offer".to_owned(),
                        json!({"text": own["text"], "until_ms": until}),
                    );
                }
                "carousel" => {
                    let sent = find(sent, "carousel").map_or(&Value::Null, |carousel| &carousel["cards"]);
                    let cards = all(&component["cards"]).iter().zip(all(sent));
                    let cards =
                        cards.map(|(card, sent)| self.part(all(&card["components"]), &sent["components"]));
                    view.insert("cards".to_owned(), cards.collect());
                }
                _ => {}
            }
        }
        view.into()
    }

    fn body(&self, text: &str, sent: Option<&Value>) -> String {
        let given = parameters(sent);
        if self.is_authentication() && text.is_empty() {
            return fill("*{{1}}* is your verification code.", given);
        }
        fill(text, given)
    }
}

fn header(defined: &Value, sent: Option<&Value>) -> Value {
    let format = defined["format"].as_str().unwrap_or("TEXT").to_ascii_lowercase();
    let given = parameters(sent);
    if format == "text" {
        let text = defined["text"].as_str().unwrap_or_default();
        return json!({"type": "text", "text": fill(text, given)});
    }
    let media = given.first().map(|parameter| parameter[&format].clone());
    json!({"type": format, format: media})
}

fn buttons(defined: &Value, sent: &Value) -> Vec<Value> {
    let buttons = all(&defined["buttons"]).iter().enumerate();
    let button = |(place, button): (usize, &Value)| {
        let mut given = all(sent)
            .iter()
            .filter(|component| component["sub_type"].is_string() && index(component) == Some(place));
        let given = given
            .next()
            .map_or(&[][..], |component| all(&component["parameters"]));
        let mut view = json!({"type": button["type"], "text": button["text"]});
        if let Some(url) = button["url"].as_str() {
            view["url"] = fill(url, given).into();
        }
        if let Some(parameter) = given.first() {
            for key in ["payload", "coupon_code", "action"] {
                if !parameter[key].is_null() {
                    view[key] = parameter[key].clone();
                }
            }
            if button["type"] == "OTP" {
                view["coupon_code"] = parameter["text"].clone();
            }
        }
        view
    };
    buttons.map(button).collect()
}

/// A text with its variables filled in; named ones by name, numbered ones by place.
pub fn fill(text: &str, given: &[Value]) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else {
            break;
        };
        filled.push_str(before);
        filled.push_str(value(name.trim(), given));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

fn value<'v>(name: &str, given: &'v [Value]) -> &'v str {
    let named = given.iter().find(|parameter| parameter["parameter_name"] == name);
    let place = name
        .parse::<usize>()
        .ok()
        .and_then(|number| number.checked_sub(1));
    let parameter = named.or_else(|| given.get(place?));
    let Some(parameter) = parameter else { return "" };
    let kind = parameter["type"].as_str().unwrap_or("text");
    let text = match kind {
        "currency" | "date_time" => &parameter[kind]["fallback_value"],
        _ => &parameter["text"],
    };
    text.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_in_by_place_and_by_name() {
        let given = [
            json!({"type": "text", "text": "Ana"}),
            json!({"type": "currency", "currency": {"fallback_value": "$5", "code": "USD", "amount_1000": 5000}}),
            json!({"type": "text", "parameter_name": "day", "text": "Monday"}),
        ];
        assert_eq!(
            fill("Hi {{1}}, {{2}} on {{day}}{{9}} {{", &given),
            "Hi Ana, $5 on Monday {{"
        );
    }
}
