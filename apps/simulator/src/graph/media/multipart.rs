//! `multipart/form-data` (RFC 7578), as much of it as an upload needs: the whole body is there.

use actix_web::web::Bytes;

/// One part.
#[derive(Debug, PartialEq, Eq)]
pub struct Part {
    /// The field's name.
    pub name: String,
    /// The file's type, if the part says it.
    pub content_type: Option<String>,
    /// Whether it is a file.
    pub is_file: bool,
    /// What it holds.
    pub bytes: Bytes,
}

/// The parts of a body; `None` when it is none.
pub fn parts(content_type: &str, body: &Bytes) -> Option<Vec<Part>> {
    let boundary = parameter(content_type, "boundary")?;
    let delimiter = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut at = find(body, delimiter.as_bytes(), 0)? + delimiter.len();
    let between = format!("\r\n{delimiter}");
    while body.get(at..at + 2)? == b"\r\n" {
        let head = at + 2;
        let blank = find(body, b"\r\n\r\n", head.checked_sub(2)?)?;
        let end = find(body, between.as_bytes(), blank + 2)?;
        let headers = std::str::from_utf8(body.get(head..blank.max(head))?).ok()?;
        parts.push(part(headers, body.slice(blank + 4..end.max(blank + 4)))?);
        at = end + between.len();
    }
    (body.get(at..at + 2)? == b"--").then_some(parts)
}

fn part(headers: &str, bytes: Bytes) -> Option<Part> {
    let header = |name: &str| {
        headers.lines().find_map(|line| {
            let (own, value) = line.split_once(':')?;
            own.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    };
    let disposition = header("content-disposition")?;
    Some(Part {
        name: parameter(disposition, "name")?,
        content_type: header("content-type").map(str::to_owned),
        is_file: parameter(disposition, "filename").is_some(),
        bytes,
    })
}

/// A parameter of a header, without its quotes.
fn parameter(header: &str, name: &str) -> Option<String> {
    header.split(';').skip(1).find_map(|parameter| {
        let (own, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches('"');
        own.trim().eq_ignore_ascii_case(name).then(|| value.to_owned())
    })
}

fn find(haystack: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let rest = haystack.get(from..)?;
    // The first byte is looked for first: files are long and boundaries rare.
    let first = *needle.first()?;
    let mut start = 0;
    loop {
        let next = rest.get(start..)?.iter().position(|byte| *byte == first)? + start;
        if rest.get(next..)?.starts_with(needle) {
            return Some(from + next);
        }
        start = next + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_apart_and_bytes_stay_as_they_are() {
        let body = "--xx\r\nContent-Disposition: form-data; name=\"type\"\r\n\r\nimage/png\r\n\
            --xx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\
            Content-Type: image/png\r\n\r\n\r\n--x\r\n\0\r\n--xx--\r\n";
        let parts = parts("multipart/form-data; boundary=\"xx\"", &Bytes::from(body)).unwrap();
        assert_eq!(
            (&*parts[0].name, &parts[0].bytes[..], parts[0].is_file),
            ("type", &b"image/png"[..], false)
        );
        assert_eq!(parts[1].content_type.as_deref(), Some("image/png"));
        assert_eq!(
            (&parts[1].bytes[..], parts[1].is_file),
            (&b"\r\n--x\r\n\0"[..], true)
        );
    }

    #[test]
    fn what_is_no_form_is_none() {
        for body in [
            "",
            "--xx",
            "--xx\r\n",
            "--xx\r\nContent-Disposition: form-data; name=a\r\n\r\nhalf",
        ] {
            assert_eq!(
                parts("multipart/form-data; boundary=xx", &Bytes::from(body)),
                None,
                "{body}"
            );
        }
        assert_eq!(parts("application/json", &Bytes::from("{}")), None);
    }
}
