//! `keys rotate`

use chrono::{DateTime, Utc};
use control::Actor;
use resolver::rotate::{RotatedColumn, Rotation, examine, rotate};
use serde_json::{Value, json};

use crate::{
    args::{Global, RotateKeys},
    outcome::{Failure, Report},
    platform::Platform,
};

pub(crate) async fn run(global: &Global, args: &RotateKeys, now: DateTime<Utc>) -> Result<Report, Failure> {
    let platform = Platform::open(global).await?;
    let attaching = platform.attaching();
    let rotation = if args.check {
        examine(attaching).await?
    } else {
        rotate(attaching, &Actor::command_line(), now).await?
    };
    Ok(report(&rotation, platform.keyring.current_id(), args.check))
}

fn report(rotation: &Rotation, current: &str, only_counted: bool) -> Report {
    let left = rotation.left(current);
    let mut lines = vec![if left == 0 && rotation.failed.is_empty() {
        format!("Everything is sealed under the current key ({current}).")
    } else {
        format!("{left} values are sealed under other keys than the current one ({current}).")
    }];
    lines.extend(rotation.columns.iter().map(line));
    for (tenant, error) in &rotation.failed {
        lines.push(format!("error: {tenant}: {error}"));
    }
    if rotation.unopened() > 0 {
        lines.push(
            "What does not open was sealed by a key that is not here: put it into MASTER_KEY_PREVIOUS, or enter the \
             value again."
                .to_owned(),
        );
    }
    let failed: Vec<Value> = rotation
        .failed
        .iter()
        .map(|(tenant, error)| json!({ "tenant": tenant, "error": error }))
        .collect();
    let is_well = rotation.unopened() == 0 && rotation.failed.is_empty();
    Report {
        lines,
        data: json!({
            "current_key": current,
            "left": left,
            "columns": rotation.columns.iter().map(face).collect::<Vec<_>>(),
            "failed": failed,
        }),
        complete: is_well && (only_counted || left == 0),
    }
}

fn name(column: &RotatedColumn) -> String {
    let RotatedColumn {
        tenant,
        table,
        column,
        ..
    } = column;
    match tenant {
        Some(tenant) => format!("{tenant}: {table}.{column}"),
        None => format!("{table}.{column}"),
    }
}

fn line(column: &RotatedColumn) -> String {
    let keys: Vec<String> = column
        .keys
        .iter()
        .map(|count| format!("{} under {}", count.values, count.key))
        .collect();
    let keys = if keys.is_empty() {
        "nothing".to_owned()
    } else {
        keys.join(", ")
    };
    let RotatedColumn {
        resealed, unopened, ..
    } = column;
    format!(
        "  {}: {resealed} sealed anew, {unopened} do not open; {keys}",
        name(column)
    )
}

fn face(column: &RotatedColumn) -> Value {
    let keys: serde_json::Map<String, Value> = column
        .keys
        .iter()
        .map(|count| (count.key.clone(), json!(count.values)))
        .collect();
    json!({
        "tenant": column.tenant, "table": column.table, "column": column.column,
        "resealed": column.resealed, "unopened": column.unopened, "keys": keys,
    })
}
