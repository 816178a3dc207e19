//! The picture for a README: four figures of chat in one file.

use workload::Workload;

use super::canvas::{Drawn, Picture};
use super::markup::escape;
use super::rows::WIDTH;
use super::view::View;
use super::{cost, overhead, style};

const GAP: i32 = 40;
const TITLE: i32 = 34;

/// Two columns of figures.
pub(super) fn svg(view: View<'_>) -> Drawn<String> {
    let chat = Workload::ALL[0];
    let mut figures = Vec::new();
    figures.extend(overhead::one_at_a_time(view)?);
    figures.push(cost::peak_rate(view, chat)?);
    figures.push(cost::cpu(view, chat)?);
    figures.push(cost::memory_peak(view)?);
    let mut body = String::new();
    let mut marks = 0;
    let mut top = GAP / 2;
    for pair in figures.chunks(2) {
        let mut height = 0;
        for (column, figure) in (0..).zip(pair) {
            let Some(picture) = &figure.picture else {
                continue;
            };
            let left = GAP / 2 + column * (WIDTH + GAP);
            // In the fine units of a picture.
            body += &format!(
                "<text x=\"{}\" y=\"{}\" font-size=\"160\" font-weight=\"600\" fill=\"#1B1B1B\">{}</text>\n",
                left * 10,
                (top + 20) * 10,
                escape(&figure.title)
            );
            body += &picture.part(left, top + TITLE);
            marks += picture.marks;
            height = height.max(picture.height);
        }
        top += TITLE + height + GAP / 2;
    }
    let picture = Picture::of_parts(2 * WIDTH + 2 * GAP, top, body, marks);
    let label = format!(
        "{}: overhead, highest rate, CPU and memory of each entrant",
        view.summary.run.run
    );
    Ok(picture.file(&label, &style::of_pictures()))
}
