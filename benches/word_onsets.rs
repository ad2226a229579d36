//! How far the light is from the voice, measured on recorded speech: `cargo bench --bench word_onsets`.
//!
//! The program's own voice speaks through a private Speech Dispatcher into a recorded null sink; the truth is where
//! espeak-ng itself says that each word begins in the sound. It fails where the mean error is 150 ms or more.
#![allow(clippy::unwrap_used)]

#[cfg(all(target_os = "linux", feature = "speech"))]
#[path = "../tests/support/onsets.rs"]
mod onsets;
#[cfg(all(target_os = "linux", feature = "speech"))]
#[path = "../tests/support/sound.rs"]
mod sound;
#[cfg(all(target_os = "linux", feature = "speech"))]
#[path = "../tests/support/voice.rs"]
mod voice;

#[cfg(not(all(target_os = "linux", feature = "speech")))]
fn main() {
    println!("The word onsets are measured with Speech Dispatcher, on Linux.");
}

#[cfg(all(target_os = "linux", feature = "speech"))]
fn main() {
    if voice::is_child() {
        return voice::serve();
    }
    let english: Vec<&str> = ENGLISH.trim().lines().collect();
    let korean: Vec<&str> = KOREAN.trim().lines().collect();
    let mut all = Vec::new();
    println!("language  rate  sentences  words  mean error  the first sentence  after it");
    for (language, rate, captions) in [
        ("en", 0, &english[..]),
        ("en", 50, &english[..6]),
        ("en", -40, &english[6..]),
        ("ko", 0, &korean[..]),
    ] {
        // A voice of its own each time, so that each begins without knowing anything.
        let sound = sound::Sound::start();
        let mut voice = voice::Voice::start(&sound, [""; 0]);
        let errors = onsets::measure(&sound, &mut voice, language, rate, captions);
        println!(
            "{language:8}  {rate:4}  {:9}  {:5}  {:7.0} ms  {:15.0} ms  {:5.0} ms",
            errors.len(),
            errors.iter().map(Vec::len).sum::<usize>(),
            1000.0 * onsets::mean(&errors),
            1000.0 * onsets::mean(&errors[..1]),
            1000.0 * onsets::mean(&errors[1..]),
        );
        all.extend(errors);
    }
    let mean = onsets::mean(&all);
    println!("mean error of all words: {:.0} ms", 1000.0 * mean);
    assert!(mean < 0.15, "the light is too far from the voice");
}

/// Not among the sentences that the timeline was fitted to.
#[cfg(all(target_os = "linux", feature = "speech"))]
const ENGLISH: &str = "
a small white dog is running through the tall grass
two women in summer dresses walk along the beach
a man in a blue shirt is climbing a steep rock
a child with a red balloon stands in front of a shop
people are sitting at tables outside a restaurant
a brown horse is grazing in a field near a fence
the cyclist rides down a narrow street between old houses
a girl in a yellow raincoat is jumping into a puddle
three boys are throwing snowballs at each other
a basketball player tries to block the ball
an orange cat is lying on a wooden chair
a boat with a white sail crosses the lake
";

#[cfg(all(target_os = "linux", feature = "speech"))]
const KOREAN: &str = "
갈색 강아지가 얕은 물을 달립니다
두 아이가 풀밭에서 축구를 합니다
빨간 외투를 입은 여자가 자전거 옆에 서 있습니다
검은 고양이가 창가의 소파에서 잠을 잡니다
작은 새가 나뭇가지에 앉아 카메라를 봅니다
사람들이 빗속에서 버스를 기다리고 있습니다
";
