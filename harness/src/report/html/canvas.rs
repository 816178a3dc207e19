//! Drawing: plotters for axes and marks, and what it lacks, words that appear
//! where the pointer rests.

use std::fmt::Write as _;

use plotters::chart::ChartContext;
use plotters::coord::Shift;
use plotters::coord::ranged1d::{Ranged as _, ValueFormatter as _};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::axis::Axis;
use super::markup::{escape, harmless};
use super::palette::{GRID, INK, Look, MUTED, Shape};

/// plotters places at whole numbers; this many of them are a unit of the
/// picture, so that lines are smooth.
const FINE: i32 = 10;
/// plotters divides the size of a font by this before it writes it down.
const FONT_FACTOR: f64 = 1.24;
/// Of all text in a picture, in its units.
const FONT_SIZE: f64 = 13.0;
/// The mean width of a character of it, generously.
const CHARACTER: f64 = 7.4;

/// What drawing can fail with: nothing, for it goes into a string.
pub(super) type Drawn<T> = Result<T, DrawingAreaErrorKind<std::io::Error>>;

type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<Axis, Axis>>;

/// The size of a picture and of what surrounds its plot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) top: i32,
    pub(super) right: i32,
    pub(super) bottom: i32,
    pub(super) left: i32,
}

/// How a mark is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fill {
    Full,
    Hollow,
    Faint,
}

/// A picture without its outermost element.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Picture {
    pub(super) width: i32,
    pub(super) height: i32,
    body: String,
    /// Marks that stand for something measured.
    pub(super) marks: usize,
}

impl Picture {
    /// The picture as an element of a page, said to be what `label` says.
    pub(super) fn svg(&self, label: &str) -> String {
        format!(
            "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n{}</svg>",
            self.width * FINE,
            self.height * FINE,
            escape(label),
            self.body
        )
    }

    /// The picture as a part of another, at a place in its units.
    pub(super) fn part(&self, x: i32, y: i32) -> String {
        let (x, y) = (x * FINE, y * FINE);
        format!("<g transform=\"translate({x} {y})\">\n{}</g>\n", self.body)
    }

    /// A picture made of parts and drawn text.
    pub(super) fn of_parts(width: i32, height: i32, body: String, marks: usize) -> Self {
        Self {
            width,
            height,
            body,
            marks,
        }
    }

    /// A file of its own, which brings its style along.
    pub(super) fn file(&self, label: &str, style: &str) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{2}\" \
             height=\"{3}\" role=\"img\" aria-label=\"{4}\">\n<title>{4}</title>\n\
             <style>{style}</style>\n<rect class=\"paper\" width=\"{0}\" height=\"{1}\"/>\n{5}</svg>\n",
            self.width * FINE,
            self.height * FINE,
            self.width,
            self.height,
            escape(label),
            self.body
        )
    }
}

/// Draws into a frame with two axes.
pub(super) struct Canvas<'a, 'b> {
    root: &'a DrawingArea<SVGBackend<'b>, Shift>,
    chart: Chart<'a, 'b>,
    x: &'a Axis,
    y: &'a Axis,
    hits: String,
    marks: usize,
}

/// A picture: its axes, then what `paint` adds.
pub(super) fn picture(
    frame: Frame,
    x: &Axis,
    y: &Axis,
    paint: impl FnOnce(&mut Canvas<'_, '_>) -> Drawn<()>,
) -> Drawn<Picture> {
    let mut text = String::new();
    let size = |units: i32| (units * FINE).unsigned_abs();
    let (hits, marks) = {
        let backend = SVGBackend::with_string(&mut text, (size(frame.width), size(frame.height)));
        let root = backend.into_drawing_area();
        let chart = axes(&root, frame, x, y)?;
        let mut canvas = Canvas {
            root: &root,
            chart,
            x,
            y,
            hits: String::new(),
            marks: 0,
        };
        canvas.text(
            (f64::from(frame.width - 2), f64::from(frame.height - 3)),
            &x.title,
            Align::Right,
            true,
        )?;
        canvas.text((2.0, 12.0), &y.title, Align::Left, true)?;
        paint(&mut canvas)?;
        root.present()?;
        (canvas.hits, canvas.marks)
    };
    // Between plotters' outermost tags.
    let begin = text.find(">\n").map_or(0, |at| at + 2);
    let end = text.rfind("</svg>").unwrap_or(text.len());
    Ok(Picture {
        width: frame.width,
        height: frame.height,
        body: format!("{}{hits}", &text[begin..end]),
        marks,
    })
}

fn axes<'a, 'b>(
    root: &'a DrawingArea<SVGBackend<'b>, Shift>,
    frame: Frame,
    x: &Axis,
    y: &Axis,
) -> Drawn<Chart<'a, 'b>> {
    let mut chart = ChartBuilder::on(root)
        .margin_top(frame.top * FINE)
        .margin_right(frame.right * FINE)
        .x_label_area_size(frame.bottom * FINE)
        .y_label_area_size(frame.left * FINE)
        .build_cartesian_2d(x.clone(), y.clone())?;
    let style = font(&MUTED);
    chart
        .configure_mesh()
        .bold_line_style(GRID.stroke_width(FINE as u32))
        .light_line_style(TRANSPARENT)
        .axis_style(GRID.stroke_width(FINE as u32))
        .set_all_tick_mark_size(3 * FINE)
        .label_style(style)
        .x_label_formatter(&|value| x.format_ext(value))
        .y_label_formatter(&|value| y.format_ext(value))
        .draw()?;
    Ok(chart)
}

/// Which way text runs from its place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Align {
    Left,
    Right,
}

fn font(colour: &RGBColor) -> TextStyle<'static> {
    let size = FONT_SIZE * f64::from(FINE) * FONT_FACTOR;
    ("sans-serif", size).into_font().color(colour)
}

/// As much of a text as fits into a width, and `…` for the rest.
pub(super) fn fitted(text: &str, width: f64) -> String {
    let room = (width / CHARACTER).max(1.0) as usize;
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(room.saturating_sub(1)).collect();
    short.push('…');
    short
}

impl Canvas<'_, '_> {
    /// Text on the baseline at `place`, in units of the picture.
    pub(super) fn text(
        &self,
        place: (f64, f64),
        text: &str,
        align: Align,
        muted: bool,
    ) -> Drawn<()> {
        if text.is_empty() {
            return Ok(());
        }
        let horizontal = match align {
            Align::Left => HPos::Left,
            Align::Right => HPos::Right,
        };
        let style = font(if muted { &MUTED } else { &INK }).pos(Pos::new(horizontal, VPos::Top));
        let fine = |units: f64| (units * f64::from(FINE)).round() as i32;
        // `Top` hangs the text 0.76 em below its place.
        let top = fine(place.1 - 0.76 * FONT_SIZE);
        self.root
            .draw(&Text::new(harmless(text), (fine(place.0), top), style))
    }

    fn places(&self, points: &[(f64, f64)]) -> Vec<(f64, f64)> {
        let has_place = |(x, y): &&(f64, f64)| self.x.at(*x).and(self.y.at(*y)).is_some();
        points
            .iter()
            .copied()
            .filter(|point| has_place(&point))
            .collect()
    }

    /// A line through points, in units of the axes; `width` in the picture's.
    pub(super) fn line(&self, points: &[(f64, f64)], look: Look, width: f64) -> Drawn<()> {
        self.stroke(points, look.colour().mix(1.0), width)
    }

    /// A broad pale line: an interval.
    pub(super) fn band(&self, points: &[(f64, f64)], look: Look) -> Drawn<()> {
        self.stroke(points, look.colour().mix(0.35), 7.0)
    }

    fn stroke(&self, points: &[(f64, f64)], colour: RGBAColor, width: f64) -> Drawn<()> {
        let places = self.places(points);
        if places.len() < 2 {
            return Ok(());
        }
        let width = (width * f64::from(FINE)).round() as u32;
        let area = self.chart.plotting_area();
        area.draw(&PathElement::new(places, colour.stroke_width(width)))
    }

    /// A line from top to bottom of the plot, in grey.
    pub(super) fn upright(&self, x: f64) -> Drawn<()> {
        let style = MUTED.stroke_width(FINE as u32);
        let area = self.chart.plotting_area();
        let (bottom, top) = (self.y.range().start, self.y.range().end);
        area.draw(&PathElement::new(vec![(x, bottom), (x, top)], style))
    }

    /// A mark that stands for something measured; `words` tell what, where
    /// the pointer rests on it.
    pub(super) fn mark(
        &mut self,
        point: (f64, f64),
        look: Look,
        fill: Fill,
        radius: f64,
        words: &str,
    ) -> Drawn<()> {
        if self.x.at(point.0).and(self.y.at(point.1)).is_none() {
            return Ok(());
        }
        let (x, y) = self.chart.backend_coord(&point);
        let r = (radius * f64::from(FINE)).round() as i32;
        self.shape((x, y), look.shape, r, fill, look.colour())?;
        let reach = r.max(9 * FINE);
        // Writing to a string cannot fail.
        let _ = writeln!(
            self.hits,
            "<circle class=\"hit\" cx=\"{x}\" cy=\"{y}\" r=\"{reach}\" fill-opacity=\"0\"><title>{}</title></circle>",
            escape(words)
        );
        self.marks += 1;
        Ok(())
    }

    fn shape(
        &self,
        (x, y): (i32, i32),
        shape: Shape,
        r: i32,
        fill: Fill,
        colour: RGBColor,
    ) -> Drawn<()> {
        let style = match fill {
            Fill::Full => colour.filled(),
            Fill::Faint => colour.mix(0.45).filled(),
            Fill::Hollow => colour.stroke_width(2 * FINE as u32),
        };
        if shape == Shape::Circle {
            let radius = r.unsigned_abs();
            return self.root.draw(&Circle::new((x, y), radius, style));
        }
        let mut corners: Vec<(i32, i32)> = shape.corners(r).into_iter().collect();
        for corner in &mut corners {
            *corner = (corner.0 + x, corner.1 + y);
        }
        if fill == Fill::Hollow {
            corners.extend_from_within(..2);
            self.root.draw(&PathElement::new(corners, style))
        } else {
            self.root.draw(&Polygon::new(corners, style))
        }
    }
}

/// The mark of a look alone, for a legend.
pub(super) fn legend_mark(look: Look) -> String {
    let colour = look.colour();
    let colour = format!("#{:02X}{:02X}{:02X}", colour.0, colour.1, colour.2);
    let shape = match look.shape {
        Shape::Circle => format!("<circle cx=\"80\" cy=\"80\" r=\"52\" fill=\"{colour}\"/>"),
        other => {
            let corners = other.corners(52).into_iter();
            let corners: Vec<String> = corners
                .map(|(x, y)| format!("{},{}", x + 80, y + 80))
                .collect();
            format!(
                "<polygon points=\"{}\" fill=\"{colour}\"/>",
                corners.join(" ")
            )
        }
    };
    format!("<svg class=\"key\" viewBox=\"0 0 160 160\" aria-hidden=\"true\">{shape}</svg>")
}
