//! Colours and shapes: of an entrant by its name, everywhere and in every run
//! the same, by rank nowhere.

use plotters::style::RGBColor;

/// The colours of Okabe and Ito, which people with any common colour blindness
/// tell apart; without the yellow, which nobody sees on white. Source:
/// <https://jfly.uni-koeln.de/color/>.
pub(super) const COLOURS: [RGBColor; 7] = [
    RGBColor(0x00, 0x00, 0x00),
    RGBColor(0xE6, 0x9F, 0x00),
    RGBColor(0x56, 0xB4, 0xE9),
    RGBColor(0x00, 0x9E, 0x73),
    RGBColor(0x00, 0x72, 0xB2),
    RGBColor(0xD5, 0x5E, 0x00),
    RGBColor(0xCC, 0x79, 0xA7),
];
const BLACK: usize = 0;
const ORANGE: usize = 1;
const SKY: usize = 2;
const GREEN: usize = 3;
const BLUE: usize = 4;
const VERMILLION: usize = 5;
const PURPLE: usize = 6;

/// Text. These three, like the colours above, are what the style sheet knows
/// them by: a page in the dark shows others.
pub(super) const INK: RGBColor = RGBColor(0x1B, 0x1B, 0x1B);
/// Labels of axes.
pub(super) const MUTED: RGBColor = RGBColor(0x59, 0x59, 0x59);
/// Lines of the grid.
pub(super) const GRID: RGBColor = RGBColor(0xDD, 0xDD, 0xDD);

/// The shape of a mark, beside the colour, for those who see none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Circle,
    Square,
    Diamond,
    Triangle,
    Down,
    Hexagon,
}

const SHAPES: [Shape; 6] = [
    Shape::Circle,
    Shape::Square,
    Shape::Diamond,
    Shape::Triangle,
    Shape::Down,
    Shape::Hexagon,
];

/// How an entrant looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    /// Index into [`COLOURS`].
    colour: usize,
    pub(super) shape: Shape,
}

const KNOWN: [(&str, usize, Shape); 11] = [
    ("direct", BLACK, Shape::Circle),
    ("relay", BLACK, Shape::Square),
    ("nginx", GREEN, Shape::Triangle),
    ("reference", BLUE, Shape::Circle),
    ("reference-twin", SKY, Shape::Circle),
    ("portkey", PURPLE, Shape::Diamond),
    ("litellm", VERMILLION, Shape::Square),
    ("crabllm", ORANGE, Shape::Down),
    ("busbar", GREEN, Shape::Hexagon),
    ("bifrost", PURPLE, Shape::Square),
    ("gomodel", SKY, Shape::Diamond),
];

impl Look {
    /// The look of a name: of a known one from the table, of another from the
    /// name itself.
    pub(super) fn of(name: &str) -> Self {
        match KNOWN.iter().find(|(known, ..)| *known == name) {
            Some((_, colour, shape)) => Self {
                colour: *colour,
                shape: *shape,
            },
            None => Self::hashed(name),
        }
    }

    /// Black is left to the controls.
    fn hashed(name: &str) -> Self {
        let hash = fnv1a(name.as_bytes());
        let colours = COLOURS.len() as u64 - 1;
        Self {
            colour: 1 + (hash % colours) as usize,
            shape: SHAPES[(hash / colours % SHAPES.len() as u64) as usize],
        }
    }

    pub(super) fn colour(self) -> RGBColor {
        COLOURS[self.colour]
    }
}

/// FNV-1a, 64 bits: <http://www.isthe.com/chongo/tech/comp/fnv/>.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

impl Shape {
    /// Corners around a centre, for a mark of radius `r`; none of a circle.
    pub(super) fn corners(self, r: i32) -> Vec<(i32, i32)> {
        let part = |share: f64| (f64::from(r) * share).round() as i32;
        match self {
            Self::Circle => Vec::new(),
            Self::Square => {
                let a = part(0.88);
                vec![(-a, -a), (a, -a), (a, a), (-a, a)]
            }
            Self::Diamond => {
                let a = part(1.25);
                vec![(0, -a), (a, 0), (0, a), (-a, 0)]
            }
            Self::Triangle => {
                let (x, up, down) = (part(1.15), part(1.2), part(0.85));
                vec![(0, -up), (x, down), (-x, down)]
            }
            Self::Down => {
                let (x, up, down) = (part(1.15), part(0.85), part(1.2));
                vec![(0, down), (x, -up), (-x, -up)]
            }
            Self::Hexagon => {
                let (x, y) = (part(0.95), part(1.1));
                let half = y / 2;
                vec![
                    (0, -y),
                    (x, -half),
                    (x, half),
                    (0, y),
                    (-x, half),
                    (-x, -half),
                ]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_looks_the_same_wherever_it_stands() {
        assert_eq!(Look::of("nginx"), Look::of("nginx"));
        // Pinned: a look that changes between two versions of a page misleads.
        let mine = Look::of("my-gateway");
        assert_eq!((mine.colour, mine.shape), (5, Shape::Down), "{mine:?}");
    }

    #[test]
    fn the_known_look_different() {
        for (index, (name, ..)) in KNOWN.iter().enumerate() {
            for (other, ..) in &KNOWN[index + 1..] {
                assert_ne!(Look::of(name), Look::of(other), "{name}, {other}");
            }
        }
    }
}
