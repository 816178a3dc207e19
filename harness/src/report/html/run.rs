//! The page of one run.

use std::fmt::Write as _;

use workload::Workload;

use super::canvas::Drawn;
use super::markup::escape;
use super::page::Page;
use super::view::View;
use super::{cost, coverage, distributions, frontier, memory, overhead, paced, tables, trust};
use crate::report::{Document, Section};
use crate::summary::Metric;

/// Everything that a run has, from what it proves to every table.
pub(super) fn html(view: View<'_>) -> Drawn<String> {
    let document = Document::of(view.summary);
    let mut page = Page::new(&document.title, head(&document));
    page.section(
        "trust",
        "Can you trust this run?",
        "The controls and the rig, before any figure of a gateway.",
    );
    page.add(&trust::html(view.summary));
    if view.summary.run.profile.ranks() {
        all_plots(view, &document, &mut page)?;
    }
    page.section(
        "coverage",
        "Coverage",
        "Served: every request of the check was answered right, in every trial. As another \
         dialect: the entrant translated.",
    );
    page.add(&coverage::html(view));
    // Where nothing is drawn, the tables are what there is to see.
    let open = if view.summary.run.profile.ranks() {
        ""
    } else {
        " open"
    };
    all_tables(&document, open, &mut page);
    Ok(page.html(&foot(view, &document)))
}

/// What a run has that measures entrants against each other.
fn all_plots(view: View<'_>, document: &Document, page: &mut Page) -> Drawn<()> {
    at_a_glance(view, document, page)?;
    overheads(view, page)?;
    whole_distributions(view, page)?;
    frontiers(view, page)?;
    page.section(
        "streams",
        "Streams",
        "When the first non-empty piece arrives, and what is added to each piece after it.",
    );
    page.plots(&overhead::of_streams(view)?);
    paced_streams(view, page)?;
    resources(view, page)
}

fn head(document: &Document) -> String {
    let mut html = "<p class=\"lede\">What each gateway adds to a request, and what it costs to \
                    run: measured against the same instant mock, every answer validated.</p>\n"
        .to_owned();
    let (short, rest) = document.intro.split_at(document.intro.len().min(2));
    for line in short {
        // Writing to a string cannot fail.
        let _ = writeln!(html, "<p class=\"meta\">{}</p>", escape(line));
    }
    if !rest.is_empty() {
        html += "<details><summary>How it was deployed, and what the signs mean</summary>\n";
        for line in rest {
            let _ = writeln!(html, "<p class=\"meta\">{}</p>", escape(line));
        }
        html += "</details>\n";
    }
    html
}

fn at_a_glance(view: View<'_>, document: &Document, page: &mut Page) -> Drawn<()> {
    let note = format!(
        "Chat, whole answers. A pale bar is the {}; rest the pointer on a mark for all that it \
         stands on. Axes are logarithmic: equal distances are equal ratios.",
        view.ends()
    );
    page.section("glance", "At a glance", &note);
    let chat = Workload::ALL[0];
    let mut figures = Vec::new();
    figures.extend(overhead::one_at_a_time(view)?);
    figures.push(cost::peak_rate(view, chat)?);
    figures.push(cost::cpu(view, chat)?);
    figures.push(cost::memory_peak(view)?);
    page.plots(&figures);
    if let Some(overview) = document.sections.first() {
        page.add(&tables::section(overview));
    }
    Ok(())
}

fn overheads(view: View<'_>, page: &mut Page) -> Drawn<()> {
    let [of_chat, of_others] = overhead::at_common_rates(view)?;
    if of_chat.is_empty() {
        return Ok(());
    }
    let note = format!(
        "Open loop: everyone gets the same load, sent when it was planned. Overhead in µs: time on \
         the way to the mock and back, by the mock's stamps in the answer; of a stream, to its \
         first piece. Full: p50; ring: p90; pale: p99, then p99.9; bars: the {}. p99 and p99.9 \
         stand on at least 10,000 samples, or are absent.",
        view.ends()
    );
    page.section("overhead", "Overhead at common rates", &note);
    page.plots(&of_chat);
    page.more_plots("The other five workloads", &of_others);
    Ok(())
}

fn whole_distributions(view: View<'_>, page: &mut Page) -> Drawn<()> {
    let mut service = distributions::service(view)?;
    let mut response = distributions::response(view)?;
    if service.is_empty() && response.is_empty() {
        return Ok(());
    }
    page.section(
        "distribution",
        "Latency by percentile",
        "All blocks' samples put together; the axis gives every further nine the same room. \
         Service time counts from the send, in a closed loop; response time from the planned send, \
         in an open loop. A line ends where fewer than ten samples lie beyond, or where the \
         generator itself was late.",
    );
    page.legend(view.entrants());
    let others: Vec<_> = service
        .split_off(service.len().min(2))
        .into_iter()
        .chain(response.split_off(response.len().min(2)))
        .collect();
    page.plots(&[service, response].concat());
    page.more_plots("The other workloads", &others);
    Ok(())
}

fn frontiers(view: View<'_>, page: &mut Page) -> Drawn<()> {
    let by_p99 = frontier::figures(view, Metric::OverheadP99)?;
    if by_p99.is_empty() {
        return Ok(());
    }
    let level = &view.summary.run.profile.capacity.concurrency;
    let levels: Vec<String> = level.iter().map(u32::to_string).collect();
    page.section(
        "frontier",
        "Frontier: what a rate costs in overhead",
        &format!(
            "Each mark is a concurrency of the closed-loop sweep ({}), joined in that order; rings, \
             where there are any, are the highest rates an open loop carried within a limit. Down \
             and to the right is better. A closed loop sends the next request only after the \
             answer, so its tails look better than an open loop's.",
            levels.join(", ")
        ),
    );
    page.legend(view.entrants());
    page.plots(&by_p99);
    let by_p50 = frontier::figures(view, Metric::OverheadP50)?;
    page.more_plots("The same by the median, which needs fewer samples", &by_p50);
    Ok(())
}

fn paced_streams(view: View<'_>, page: &mut Page) -> Drawn<()> {
    let figures = paced::figures(view)?;
    if figures.is_empty() {
        return Ok(());
    }
    let few = view.summary.is_ranked() && paced::is_of_few_blocks(view);
    let note = format!(
        "As a model writes them: streams that are all open at once, each piece so many \
         milliseconds after the one before. Full: p50; ring: p90; pale: p99, then p99.9; bars: \
         the {}{}. p99 and p99.9 stand on at least 10,000 samples, or are absent.",
        view.ends(),
        if few {
            ", of under six blocks the range"
        } else {
            ""
        }
    );
    page.section("paced", "Streams at a pace", &note);
    page.plots(&figures);
    Ok(())
}

fn resources(view: View<'_>, page: &mut Page) -> Drawn<()> {
    page.section("memory", "Memory", "");
    page.legend(view.entrants());
    page.plots(&[memory::over_time(view)?, memory::against_rate(view)?]);
    page.section("cpu", "CPU and capacity", "");
    let all = |figure: fn(View<'_>, Workload) -> _| {
        let workloads = Workload::ALL.into_iter();
        workloads
            .map(|workload| figure(view, workload))
            .collect::<Drawn<Vec<_>>>()
    };
    page.plots(&all(cost::cpu)?);
    let planned = &view.summary.run.profile.capacity.workloads;
    let rates: Vec<_> = Workload::ALL
        .into_iter()
        .filter(|one| planned.iter().any(|name| name == one.name()))
        .map(|workload| cost::peak_rate(view, workload))
        .collect::<Drawn<_>>()?;
    page.plots(&rates);
    page.section("deploy", "Cold start and image", "");
    page.plots(
        &std::iter::once(cost::cold_starts(view)?)
            .chain(cost::image(view)?)
            .collect::<Vec<_>>(),
    );
    Ok(())
}

fn all_tables(document: &Document, open: &str, page: &mut Page) {
    page.section(
        "tables",
        "Every table",
        "The same as in tables.md; measurements.csv has every figure, journal.jsonl every record.",
    );
    let shown_above = ["Overview", "Coverage", "Can this run be trusted?"];
    let is_new = |section: &&Section| !shown_above.contains(&section.title.as_str());
    for section in document.sections.iter().filter(is_new) {
        page.add(&format!(
            "<details{open}><summary>{}</summary>\n{}</details>\n",
            escape(&section.title),
            tables::section(section)
        ));
    }
    for (title, lines) in [
        ("Failed", &document.failures),
        ("Absent, because", &document.notes),
    ] {
        if lines.is_empty() {
            continue;
        }
        page.add(&format!("<h3>{title}</h3>\n<ol class=\"meta\">"));
        for line in lines {
            page.add(&format!("<li>{}</li>", escape(line)));
        }
        page.add("</ol>\n");
    }
}

fn foot(view: View<'_>, document: &Document) -> String {
    let cut = if view.journal.cut {
        "<p>The last line of the journal was cut off and is left out.</p>"
    } else {
        ""
    };
    format!(
        "{cut}<p>{}, made from its journal by Tollgate {}; the same journal gives the same page. \
         Beside it: <a href=\"journal.jsonl\">journal.jsonl</a>, <a \
         href=\"measurements.csv\">measurements.csv</a>, <a href=\"tables.md\">tables.md</a>.</p>\n",
        escape(&document.title),
        escape(&view.summary.run.harness),
    )
}
