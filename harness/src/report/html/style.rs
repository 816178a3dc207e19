//! The style of pages and pictures: what the colours that are drawn with look
//! like, by day and in the dark.

use plotters::style::RGBColor;

use super::palette::{COLOURS, GRID, INK, MUTED};

/// What each of [`COLOURS`] is on a dark page: black is seen there only as
/// white, and the blue is a little lighter.
const DARK: [&str; 7] = [
    "#ECEEF0", "#E69F00", "#56B4E9", "#1FB58A", "#2A8BD2", "#E8722A", "#D48DB5",
];
const TEXT: [(&str, RGBColor, &str); 3] = [
    ("ink", INK, "#E6E8EB"),
    ("muted", MUTED, "#A9B1B9"),
    ("grid", GRID, "#333B44"),
];

fn hex(colour: RGBColor) -> String {
    format!("#{:02X}{:02X}{:02X}", colour.0, colour.1, colour.2)
}

/// Variables for each colour, and what is drawn with a colour shown in its
/// variable.
pub(super) fn of_pictures() -> String {
    let names = (0..COLOURS.len()).map(|index| format!("c{index}"));
    let colours = COLOURS.into_iter().zip(DARK);
    let all = names
        .zip(colours)
        .map(|(name, (light, dark))| (name, light, dark))
        .chain(TEXT.map(|(name, light, dark)| (name.to_owned(), light, dark)));
    let (mut light, mut dark, mut rules) = (String::new(), String::new(), String::new());
    for (name, by_day, in_the_dark) in all {
        let drawn = hex(by_day);
        light += &format!("--{name}:{drawn};");
        dark += &format!("--{name}:{in_the_dark};");
        rules += &format!("[fill=\"{drawn}\"]{{fill:var(--{name})}}");
        rules += &format!("[stroke=\"{drawn}\"]{{stroke:var(--{name})}}\n");
    }
    format!(
        ":root{{color-scheme:light dark;--paper:#FFFFFF;{light}}}\n\
         @media (prefers-color-scheme:dark){{:root{{--paper:#12161B;{dark}}}}}\n\
         {rules}.paper{{fill:var(--paper)}}\n\
         svg text{{font-family:system-ui,-apple-system,\"Segoe UI\",Roboto,\"DejaVu Sans\",sans-serif;\
         paint-order:stroke;stroke:var(--paper);stroke-width:36px;stroke-linejoin:round}}\n"
    )
}

/// The style sheet of a page.
pub(super) fn of_page() -> String {
    of_pictures() + include_str!("page.css")
}
