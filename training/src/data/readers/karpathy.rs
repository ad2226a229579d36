//! Karpathy's splits (`dataset_flickr8k.json`, `dataset_coco.json`; Karpathy and Fei-Fei 2015): photos with their
//! sentences and what they are for.

use serde_json::Value;

use super::{Captions, Row, Split};

pub(super) fn read(images: &[Value]) -> Captions {
    let mut found = Captions::default();
    for (index, image) in images.iter().enumerate() {
        let place = || format!("image {}", index + 1);
        let (photo, split) = match (name(image), split(image)) {
            (Ok(photo), Ok(split)) => (photo, split),
            (Err(why), _) | (_, Err(why)) => {
                found.add(place, Err(why));
                continue;
            }
        };
        for (number, sentence) in image["sentences"].as_array().into_iter().flatten().enumerate() {
            let row = sentence["raw"]
                .as_str()
                .ok_or("it has no \"raw\" text")
                .map(|caption| Row {
                    split: Some(split),
                    ..Row::new(&photo, caption)
                });
            found.add(|| format!("{}, sentence {}", place(), number + 1), row);
        }
    }
    found
}

fn name(image: &Value) -> Result<String, &'static str> {
    let file = image["filename"].as_str().ok_or("it has no \"filename\"")?;
    // COCO's photos lie in a folder for each year.
    let folder = image["filepath"].as_str().filter(|folder| !folder.is_empty());
    Ok(folder.map_or_else(|| file.to_owned(), |folder| format!("{folder}/{file}")))
}

fn split(image: &Value) -> Result<Split, &'static str> {
    match image["split"].as_str() {
        // What COCO's own validation split has over; everybody learns from it.
        Some("train" | "restval") => Ok(Split::Train),
        Some("val") => Ok(Split::Dev),
        Some("test") => Ok(Split::Test),
        _ => Err("its split is none of train, restval, val and test"),
    }
}
