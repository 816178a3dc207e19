//! Lines over two axes, one for each entrant.

use super::axis::Axis;
use super::canvas::{Drawn, Fill, Frame, Picture, picture};
use super::palette::Look;
use super::rows::WIDTH;

/// A place on a curve with a mark.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spot {
    pub(super) x: f64,
    pub(super) y: f64,
    /// What it is, in words.
    pub(super) words: String,
    /// Ends of the interval along x, and along y.
    pub(super) ends: [Option<(f64, f64)>; 2],
    pub(super) fill: Fill,
}

impl Spot {
    pub(super) fn new(x: f64, y: f64, words: String) -> Self {
        Self {
            x,
            y,
            words,
            ends: [None, None],
            fill: Fill::Full,
        }
    }
}

/// The curve of an entrant.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Curve {
    pub(super) entrant: String,
    pub(super) points: Vec<(f64, f64)>,
    pub(super) spots: Vec<Spot>,
}

/// The picture of curves; `uprights` are places along x that mean something.
pub(super) fn curves(x: &Axis, y: &Axis, curves: &[Curve], uprights: &[f64]) -> Drawn<Picture> {
    let frame = Frame {
        width: WIDTH,
        height: 286,
        top: 22,
        right: 22,
        bottom: 40,
        left: 48,
    };
    picture(frame, x, y, |canvas| {
        for place in uprights {
            canvas.upright(*place)?;
        }
        for curve in curves {
            let look = Look::of(&curve.entrant);
            for spot in &curve.spots {
                let [along_x, along_y] = spot.ends;
                if let Some((low, high)) = along_x.filter(|(low, high)| low < high) {
                    canvas.line(&[(low, spot.y), (high, spot.y)], look, 1.0)?;
                }
                if let Some((low, high)) = along_y.filter(|(low, high)| low < high) {
                    canvas.line(&[(spot.x, low), (spot.x, high)], look, 1.0)?;
                }
            }
            canvas.line(&curve.points, look, 2.0)?;
        }
        for curve in curves {
            let look = Look::of(&curve.entrant);
            for spot in &curve.spots {
                canvas.mark((spot.x, spot.y), look, spot.fill, 4.5, &spot.words)?;
            }
        }
        Ok(())
    })
}
