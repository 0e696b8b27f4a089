//! The image is built from a copy of the workspace, and cargo reads all of its members or none.

use std::{collections::BTreeSet, fs, path::Path};

use cargo_metadata::MetadataCommand;

#[test]
fn the_image_is_built_from_every_member_of_the_workspace() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap();
    let dockerfile = fs::read_to_string(root.join("Dockerfile")).unwrap();
    let copied: BTreeSet<&str> = dockerfile
        .lines()
        .filter_map(|line| line.strip_prefix("COPY "))
        .flat_map(str::split_whitespace)
        .collect();
    let metadata = MetadataCommand::new()
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .unwrap();
    let missing: Vec<_> = metadata
        .packages
        .iter()
        .map(|package| package.manifest_path.parent().unwrap().as_std_path())
        .map(|member| member.strip_prefix(&root).unwrap())
        .filter(|member| {
            !member
                .ancestors()
                .any(|dir| copied.contains(dir.to_str().unwrap()))
        })
        .collect();
    assert!(missing.is_empty(), "the Dockerfile does not copy {missing:?}");
}
