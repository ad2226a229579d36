//! COCO's captions (`captions_train2017.json`; Chen et al. 2015): photos by number, and annotations that name them.

use std::collections::HashMap;

use serde_json::Value;

use super::{Captions, Row};

pub(super) fn read(images: &[Value], annotations: &[Value]) -> Captions {
    let mut found = Captions::default();
    let mut names = HashMap::new();
    for (index, image) in images.iter().enumerate() {
        match (image["id"].as_u64(), image["file_name"].as_str()) {
            (Some(id), Some(name)) => drop(names.insert(id, name)),
            _ => found.add(
                || format!("image {}", index + 1),
                Err("it needs \"id\" and \"file_name\""),
            ),
        }
    }
    for (index, annotation) in annotations.iter().enumerate() {
        let row = match (annotation["image_id"].as_u64(), annotation["caption"].as_str()) {
            (Some(id), Some(caption)) => names
                .get(&id)
                .map(|name| Row::new(name, caption))
                .ok_or("no image has its \"image_id\""),
            _ => Err("it needs \"image_id\" and \"caption\""),
        };
        found.add(|| format!("annotation {}", index + 1), row);
    }
    found
}
