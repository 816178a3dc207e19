//! A row for each entrant, its marks on a common logarithmic axis.

use super::axis::Axis;
use super::canvas::{Align, Drawn, Fill, Frame, Picture, fitted, picture};
use super::palette::Look;

/// The width of every picture: that of a phone.
pub(super) const WIDTH: i32 = 340;
const ROW: i32 = 38;
const TOP: i32 = 4;
const BOTTOM: i32 = 38;
/// Of the text of a row, its name gets what its value leaves.
const CHARACTER: f64 = 7.4;

/// One measured thing in a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mark {
    pub(super) value: f64,
    /// Ends of its interval, or of its range.
    pub(super) ends: Option<(f64, f64)>,
    pub(super) fill: Fill,
    /// How far above the middle of its row, in parts of the row's height.
    pub(super) lane: f64,
    /// What it is, in words.
    pub(super) words: String,
}

/// An entrant.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    /// Its name, which its look follows from.
    pub(super) entrant: String,
    /// What stands in the row.
    pub(super) label: String,
    /// The figure in short, to the right of the name.
    pub(super) text: String,
    pub(super) marks: Vec<Mark>,
}

/// The picture of rows; `title` says what the axis is of, with the unit.
pub(super) fn rows(title: &str, rows: &[Row]) -> Drawn<Picture> {
    let count = i32::try_from(rows.len()).unwrap_or(i32::MAX / ROW - 2);
    let frame = Frame {
        width: WIDTH,
        height: TOP + count.max(1) * ROW + BOTTOM,
        top: TOP,
        right: 12,
        bottom: BOTTOM,
        left: 12,
    };
    let marks = || rows.iter().flat_map(|row| &row.marks);
    let values = marks().flat_map(|mark| {
        let (low, high) = mark.ends.unwrap_or((mark.value, mark.value));
        [mark.value, low, high]
    });
    let x = Axis::log(title, values, 6);
    let y = Axis::rows(rows.len());
    picture(frame, &x, &y, |canvas| {
        for (index, row) in rows.iter().enumerate() {
            let below = f64::from(TOP) + index as f64 * f64::from(ROW);
            let room = f64::from(WIDTH) - CHARACTER * row.text.chars().count() as f64 - 14.0;
            let name = fitted(&row.label, room);
            canvas.text((2.0, below + 14.0), &name, Align::Left, false)?;
            let right = f64::from(WIDTH) - 2.0;
            canvas.text(
                (right, below + 14.0),
                &row.text,
                Align::Right,
                row.marks.is_empty(),
            )?;
            // Rows count from above, axes from below.
            let height = rows.len() as f64 - index as f64 - 0.70;
            draw_row(canvas, row, height)?;
        }
        Ok(())
    })
}

fn draw_row(canvas: &mut super::canvas::Canvas<'_, '_>, row: &Row, height: f64) -> Drawn<()> {
    let look = Look::of(&row.entrant);
    let bounds = row.marks.iter().map(|mark| mark.value);
    let least = bounds.clone().fold(f64::INFINITY, f64::min);
    let most = bounds.fold(f64::NEG_INFINITY, f64::max);
    let is_one_line = row.marks.iter().all(|mark| mark.lane == 0.0);
    if least < most && is_one_line {
        canvas.line(&[(least, height), (most, height)], look, 1.2)?;
    }
    for mark in &row.marks {
        let height = height + mark.lane;
        if let Some((low, high)) = mark.ends.filter(|(low, high)| low < high) {
            canvas.band(&[(low, height), (high, height)], look)?;
        }
    }
    for mark in &row.marks {
        let radius = if mark.fill == Fill::Faint { 4.0 } else { 5.0 };
        canvas.mark(
            (mark.value, height + mark.lane),
            look,
            mark.fill,
            radius,
            &mark.words,
        )?;
    }
    Ok(())
}
