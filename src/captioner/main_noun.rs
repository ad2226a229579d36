//! The main thing of an English sentence, and whether others name it too.
//!
//! The main noun is the first noun of the sentence that the table below has. A thing or an animal right before a word
//! for people only says which people ("a bike rider", "the dog owner"), and so does a thing right before an animal; a
//! noun before "of" says how many or how much ("a crowd of people", "a field of flowers"). Others name it where they have,
//! anywhere, a word of the same kind. Somebody called a man may be a woman, but not a child; "a person" may be anybody, and
//! "an animal" any animal.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What the words of a kind name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Being {
    /// People of any age.
    Anybody,
    /// People of some age.
    Person,
    /// Animals of any kind.
    AnyAnimal,
    /// Animals of one kind.
    Animal,
    Thing,
}
use Being::{Animal, AnyAnimal, Anybody, Person, Thing};

/// Only words that are hardly ever verbs in such sentences: "a man waves" is about no water.
const TABLE: [(Being, &str); 65] = [
    (
        Anybody,
        "person people persons someone somebody anyone human humans individual individuals crowd crowds team teams \
         couple couples family families audience band class players player skateboarder skateboarders \
         snowboarder snowboarders surfer surfers skier skiers biker bikers bicyclist bicyclists cyclist cyclists \
         motorcyclist motorcyclists rider riders climber climbers hiker hikers swimmer swimmers diver divers runner \
         runners racer racers jogger joggers skater skaters rollerblader wrestler wrestlers boxer boxers dancer dancers \
         cheerleader cheerleaders performer performers musician musicians guitarist singer drummer athlete athletes \
         gymnast goalie catcher batter pitcher baseman quarterback umpire referee coach teammate teammates opponent \
         opponents jockey equestrian kayaker kayakers wakeboarder waterskier windsurfer boarder skydiver mountaineer \
         backpacker golfer worker workers officer officers police policeman policemen cop cops soldier soldiers \
         firefighter firefighters fireman guard driver drivers passenger passengers pedestrian pedestrians owner friend \
         friends others spectators spectator onlookers fans bride groom bridesmaids clown clowns santa pirate ninja \
         vendor tourists tourist photographer photographers cameraman artist instructor student students teenager \
         teenagers teen teens youth youths youngster youngsters cowboy cowgirl member members body figure silhouette \
         parent parents trainer fisherman fishermen hunter",
    ),
    (
        Person,
        "man men woman women guy guys lady ladies gentleman gentlemen adult adults male males female females mother \
         father mom dad husband wife elder elderly grandmother grandfather businessman",
    ),
    (
        Person,
        "child children kid kids boy boys girl girls baby babies toddler toddlers infant infants son daughter brother \
         brothers sister sisters schoolchildren",
    ),
    (AnyAnimal, "animal animals creature creatures pet pets"),
    (
        Animal,
        "dog dogs puppy puppies greyhound greyhounds hound hounds shepherd collie poodle poodles terrier terriers \
         retriever retrievers labrador labradors lab labs beagle bulldog pitbull husky huskies rottweiler dalmatian \
         dachshund doberman pug canine canines mutt",
    ),
    (Animal, "cat cats kitten kittens kitty"),
    (Animal, "horse horses pony ponies donkey foal"),
    (
        Animal,
        "bird birds duck ducks goose geese swan swans pigeon pigeons seagull seagulls eagle pelican parrot flamingo \
         chicken chickens rooster turkeys hawk owl peacock crane",
    ),
    (Animal, "cow cows bull bulls cattle calf calves bison buffalo"),
    (Animal, "sheep lamb lambs goat goats"),
    (Animal, "fish dolphin dolphins whale shark seal turtle"),
    (Animal, "monkey monkeys elephant elephants giraffe zebra camel camels"),
    (Animal, "tiger lion leopard bear bears wolf fox"),
    (Animal, "deer squirrel rabbit bunny mouse hamster"),
    (Animal, "snake alligator crocodile lizard frog"),
    (Animal, "insect bug butterfly bee spider"),
    (Thing, "bike bikes bicycle bicycles bmx tricycle unicycle"),
    (
        Thing,
        "motorcycle motorcycles motorbike motorbikes dirtbike motocross atv moped scooter scooters",
    ),
    (
        Thing,
        "car cars truck trucks jeep jeeps vehicle vehicles van taxi limo suv rv tractor bus buses ambulance firetruck \
         racecar cart wagon carriage",
    ),
    (Thing, "train trains subway tram locomotive"),
    (
        Thing,
        "boat boats canoe canoes kayak kayaks raft rafts sailboat ship ferry rowboat watercraft",
    ),
    (Thing, "plane planes airplane airplanes jet helicopter glider"),
    (Thing, "skateboard skateboards"),
    (Thing, "snowboard snowboards"),
    (Thing, "surfboard surfboards wakeboard"),
    (Thing, "ski skis"),
    (Thing, "sled sleds sledge sleigh snowmobile snowmobiles"),
    (
        Thing,
        "ball balls basketball football baseball volleyball softball tennis soccer rugby",
    ),
    (Thing, "frisbee frisbees disc"),
    (Thing, "stick sticks branch branches log"),
    (Thing, "toy toys doll teddy"),
    (
        Thing,
        "water ocean sea lake river pool pools pond stream creek wave surf rapids waterfall waterfalls fountain \
         fountains puddle puddles",
    ),
    (Thing, "beach sand shore shoreline seashore coast dune dunes"),
    (Thing, "snow ice glacier snowbank"),
    (Thing, "mud dirt dust"),
    (
        Thing,
        "mountain mountains hill hills cliff cliffs boulder boulders mountainside hillside mountaintop canyon peak \
         ledge rock bluff summit ravine",
    ),
    (Thing, "desert"),
    (
        Thing,
        "field fields grass lawn meadow pasture yard backyard park garden",
    ),
    (Thing, "tree trees woods forest jungle bush bushes foliage"),
    (Thing, "flower flowers plants tulips bouquet"),
    (
        Thing,
        "street streets road roads sidewalk path trail pavement highway alley crosswalk driveway intersection",
    ),
    (Thing, "track racetrack"),
    (
        Thing,
        "building buildings house houses home store shop church restaurant cafe skyscraper barn castle hut tower city \
         town",
    ),
    (Thing, "wall walls"),
    (Thing, "fence gate railing rail handrail barrier"),
    (Thing, "bridge dock pier deck boardwalk"),
    (Thing, "stairs staircase steps stairway"),
    (Thing, "ramp ramps halfpipe"),
    (Thing, "bench benches chair chairs couch sofa seat stool"),
    (Thing, "table tables desk counter"),
    (Thing, "bed"),
    (Thing, "trampoline"),
    (Thing, "playground swings seesaw"),
    (Thing, "tent tents canopy"),
    (Thing, "rope ropes hoop hoops"),
    (Thing, "sign signs banner billboard poster"),
    (Thing, "flag flags"),
    (Thing, "umbrella umbrellas"),
    (Thing, "balloon balloons bubbles"),
    (Thing, "camera cameras"),
    (Thing, "guitar guitars violin drums piano accordion"),
    (Thing, "food cake pizza sandwich fruit meal"),
    (Thing, "book books newspaper magazine"),
    (Thing, "statue statues sculpture monument"),
    (Thing, "fire fireworks smoke flames"),
];

static KINDS: LazyLock<HashMap<&str, Kind>> = LazyLock::new(|| {
    let rows = TABLE.iter().enumerate();
    rows.flat_map(|(row, (_, words))| words.split_ascii_whitespace().map(move |word| (word, Kind(row))))
        .collect()
});

/// What a noun names: a row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind(usize);

impl Kind {
    /// The kind of a word in lower case; none where the table does not have it.
    pub fn of(word: &str) -> Option<Self> {
        KINDS.get(word).copied()
    }

    /// Whether both may be said of the same.
    pub fn agrees(self, other: Self) -> bool {
        let beings = [self.being(), other.being()];
        self == other
            || [(Anybody, Person), (AnyAnimal, Animal)]
                .iter()
                .any(|&(any, some)| beings == [any, some] || beings == [some, any])
    }

    /// Whether it is a word for people.
    pub fn is_of_people(self) -> bool {
        self.rank() == 2
    }

    fn being(self) -> Being {
        TABLE[self.0].0
    }

    /// How much of a being it is: things, animals, people.
    fn rank(self) -> u8 {
        match self.being() {
            Anybody | Person => 2,
            AnyAnimal | Animal => 1,
            Thing => 0,
        }
    }
}

/// The main noun of a sentence, given as its words in lower case, and its kind; none where the table has no noun of it.
pub fn main_noun<'a>(words: impl IntoIterator<Item = &'a str>) -> Option<(Kind, &'a str)> {
    let mut words = words.into_iter().peekable();
    let mut lesser = None;
    while let Some(word) = words.next() {
        let Some(kind) = Kind::of(word) else { continue };
        let says_which = words
            .peek()
            .is_some_and(|&next| next == "of" || Kind::of(next).is_some_and(|next| next.rank() > kind.rank()));
        if !says_which {
            return Some((kind, word));
        }
        // Where nothing of the table follows, that is all there is.
        lesser = lesser.or(Some((kind, word)));
    }
    lesser
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_main_noun_is_the_first_that_is_no_measure_and_names_no_other() {
        for (caption, expected) in [
            ("a black and white dog runs through water", "dog"),
            ("two bike riders on a trail", "riders"),
            ("the dog owner throws a ball", "owner"),
            ("a crowd of people in the street", "people"),
            ("a couple of dogs play", "dogs"),
            ("a field of tulips", "tulips"),
            ("a crowd of hats", "crowd"),
            ("a boy bikes down a hill", "boy"),
        ] {
            let found = main_noun(caption.split(' ')).map(|(_, noun)| noun);
            assert_eq!(found, Some(expected), "{caption}");
        }
        assert_eq!(main_noun(["something", "red"]), None);
    }

    #[test]
    fn each_word_of_the_table_has_one_kind() {
        let words = TABLE.iter().flat_map(|(_, words)| words.split_ascii_whitespace());
        assert_eq!(words.count(), KINDS.len());
    }
}
