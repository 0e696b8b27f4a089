//! What our mails say, in three languages, as text and as simple HTML.

/// A language of the product.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// Spanish.
    #[default]
    Spanish,
    /// English.
    English,
    /// Portuguese.
    Portuguese,
}

impl Language {
    /// The first of ours that an `Accept-Language` header names; Spanish if none.
    pub fn accepted(header: &str) -> Self {
        let known = header.split(',').find_map(|part| {
            let tag = part.split(';').next().unwrap_or_default().trim();
            match tag
                .split('-')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase()
                .as_str()
            {
                "es" => Some(Self::Spanish),
                "en" => Some(Self::English),
                "pt" => Some(Self::Portuguese),
                _ => None,
            }
        });
        known.unwrap_or_default()
    }
}

/// What a link in a mail is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterKind {
    /// Somebody was added and chooses a password.
    Invite,
    /// Somebody forgot the password.
    Reset,
}

/// A mail with a link. It lets somebody in, so it cannot print.
#[derive(Clone)]
pub struct Letter<'a> {
    /// What the link is for.
    pub kind: LetterKind,
    /// In which language.
    pub language: Language,
    /// As the company calls itself.
    pub brand: &'a str,
    /// Whom it is for.
    pub name: &'a str,
    /// Where to go; works once.
    pub link: &'a str,
    /// For how many hours the link works.
    pub hours: i64,
}

/// A mail as it is sent: with the link, so it cannot print either.
#[derive(Clone)]
pub struct Mail {
    /// The subject.
    pub subject: String,
    /// The words alone.
    pub text: String,
    /// The same for programs that show HTML.
    pub html: String,
}

struct Words {
    subject: String,
    greeting: String,
    why: String,
    button: &'static str,
    valid: String,
    not_me: &'static str,
}

impl Letter<'_> {
    /// Writes it.
    pub fn write(&self) -> Mail {
        let words = match self.language {
            Language::Spanish => self.spanish(),
            Language::English => self.english(),
            Language::Portuguese => self.portuguese(),
        };
        let Words {
            greeting,
            why,
            button,
            valid,
            not_me,
            ..
        } = &words;
        let link = self.link;
        Mail {
            text: format!("{greeting}\n\n{why}\n\n{button}: {link}\n\n{valid}\n\n{not_me}\n"),
            html: html(&words, self.brand, link),
            // A line break would begin another header.
            subject: words.subject.replace(char::is_control, " "),
        }
    }

    fn spanish(&self) -> Words {
        let Self {
            brand, name, hours, ..
        } = self;
        let valid = match hours {
            1 => "El enlace sirve una sola vez, durante una hora.".to_owned(),
            hours => format!("El enlace sirve una sola vez, durante {hours} horas."),
        };
        let (subject, why, button) = match self.kind {
            LetterKind::Invite => (
                format!("Invitación a {brand}"),
                format!("Le dieron acceso a {brand}. Falta elegir una contraseña para entrar."),
                "Elegir contraseña",
            ),
            LetterKind::Reset => (
                format!("Nueva contraseña para {brand}"),
                format!("Alguien pidió una nueva contraseña para su cuenta de {brand}."),
                "Elegir otra contraseña",
            ),
        };
        Words {
            subject,
            greeting: format!("Hola, {name}:"),
            why,
            button,
            valid,
            not_me: "Si no lo esperaba, ignore este correo: no cambia nada.",
        }
    }

    fn english(&self) -> Words {
        let Self {
            brand, name, hours, ..
        } = self;
        let valid = match hours {
            1 => "The link works once, within one hour.".to_owned(),
            hours => format!("The link works once, within {hours} hours."),
        };
        let (subject, why, button) = match self.kind {
            LetterKind::Invite => (
                format!("Invitation to {brand}"),
                format!("You were given access to {brand}. Choose a password to enter."),
                "Choose a password",
            ),
            LetterKind::Reset => (
                format!("New password for {brand}"),
                format!("Somebody asked for a new password for your account at {brand}."),
                "Choose another password",
            ),
        };
        Words {
            subject,
            greeting: format!("Hello {name},"),
            why,
            button,
            valid,
            not_me: "If you did not expect this, ignore this mail: nothing changes.",
        }
    }

    fn portuguese(&self) -> Words {
        let Self {
            brand, name, hours, ..
        } = self;
        let valid = match hours {
            1 => "O link funciona uma única vez, durante uma hora.".to_owned(),
            hours => format!("O link funciona uma única vez, durante {hours} horas."),
        };
        let (subject, why, button) = match self.kind {
            LetterKind::Invite => (
                format!("Convite para {brand}"),
                format!("Você recebeu acesso a {brand}. Falta escolher uma senha para entrar."),
                "Escolher senha",
            ),
            LetterKind::Reset => (
                format!("Nova senha para {brand}"),
                format!("Alguém pediu uma nova senha para a sua conta em {brand}."),
                "Escolher outra senha",
            ),
        };
        Words {
            subject,
            greeting: format!("Olá, {name}:"),
            why,
            button,
            valid,
            not_me: "Se você não esperava este e-mail, ignore-o: nada muda.",
        }
    }
}

fn html(words: &Words, brand: &str, link: &str) -> String {
    let Words {
        greeting,
        why,
        button,
        valid,
        not_me,
        ..
    } = words;
    let [greeting, why, valid, brand, link] = [greeting, why, valid, brand, link].map(escape);
    format!(
        "<!doctype html><html><body style=\"font-family:sans-serif;color:#1f2937;max-width:32rem;margin:2rem auto\">\
         <h1 style=\"font-size:1.25rem\">{brand}</h1><p>{greeting}</p><p>{why}</p>\
         <p><a href=\"{link}\" style=\"display:inline-block;padding:.6rem 1.2rem;border-radius:.5rem;\
         background:#0f766e;color:#fff;text-decoration:none\">{button}</a></p>\
         <p style=\"word-break:break-all;font-size:.85rem\">{link}</p>\
         <p style=\"font-size:.85rem\">{valid} {not_me}</p></body></html>"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_the_first_of_ours_that_is_accepted() {
        for (header, language) in [
            ("pt-BR,pt;q=0.9,en;q=0.8", Language::Portuguese),
            ("fr-FR, en-GB;q=0.5", Language::English),
            ("de", Language::Spanish),
            ("", Language::Spanish),
        ] {
            assert_eq!(Language::accepted(header), language, "{header}");
        }
    }

    #[test]
    fn whatever_people_call_themselves_stays_text() {
        let mail = Letter {
            kind: LetterKind::Invite,
            language: Language::Spanish,
            brand: "Sol\r\nBcc: x <b>",
            name: "<script>",
            link: "https://web.example/welcome#a",
            hours: 72,
        }
        .write();
        assert!(!mail.subject.contains(['\r', '\n']), "{}", mail.subject);
        assert!(
            !mail.html.contains("<script>") && !mail.html.contains("<b>"),
            "{}",
            mail.html
        );
        assert!(mail.text.contains("https://web.example/welcome#a") && mail.text.contains("72 horas"));
    }
}
