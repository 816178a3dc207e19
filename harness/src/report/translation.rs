//! From a client's dialect to a provider's: what is served, and what it costs.

use super::grid::{Grid, Section};
use super::sections::Sections;
use crate::journal::Phase;
use crate::plan::TranslationPlan;
use crate::route::Route;
use crate::summary::{Key, Metric, RouteCoverage};

impl Sections<'_> {
    /// Every table of routes; none of a run that asks nobody on any.
    pub(super) fn translation(&mut self) -> Vec<Section> {
        let summary = self.summary;
        let Some(plan) = &summary.run.profile.translation else {
            return Vec::new();
        };
        let is_translated = |one: &RouteCoverage| one.route.is_translated();
        let asked = |routes: &[RouteCoverage]| routes.iter().any(is_translated);
        if !summary.routes.iter().any(|(_, routes)| asked(routes)) {
            return Vec::new();
        }
        let mut sections = vec![self.translation_coverage()];
        if plan.is_loaded() {
            sections.push(self.translation_load(plan, false));
            sections.push(self.translation_load(plan, true));
        }
        sections
    }

    fn translation_coverage(&mut self) -> Section {
        let summary = self.summary;
        let mut grid = Grid::new(4, ["entrant", "client → provider", "whole", "stream"]);
        let mut silent = Vec::new();
        for (entrant, routes) in &summary.routes {
            let whole = routes.iter().filter(|one| !one.route.workload.stream);
            let mut translated = whole.filter(|one| one.route.is_translated()).peekable();
            if translated.peek().is_none() {
                silent.push(entrant.as_str());
            }
            for one in translated {
                let mut row = vec![entrant.clone(), words(one.route)];
                for stream in [false, true] {
                    let same = |other: &&RouteCoverage| {
                        other.route.provider == one.route.provider
                            && other.route.workload.dialect == one.route.workload.dialect
                            && other.route.workload.stream == stream
                    };
                    row.push(match routes.iter().find(same).map(|one| &one.served) {
                        Some(Err(reason)) => format!("no {}", self.note(&reason.to_string())),
                        _ => "yes".to_owned(),
                    });
                }
                grid.rows.push(row);
            }
        }
        let declared = if silent.is_empty() {
            String::new()
        } else {
            format!(" No such way is declared for: {}.", silent.join(", "))
        };
        Section {
            title: "Translation: what is served".to_owned(),
            note: format!(
                "Clients of one dialect, a provider that speaks another. Served: every request of \
                 the check was answered right in the client's dialect, and the provider was asked \
                 in its own and in no other.{declared}"
            ),
            grid,
        }
    }

    fn translation_load(&mut self, plan: &TranslationPlan, stream: bool) -> Section {
        let mut headers = vec!["entrant".to_owned(), "client → provider".to_owned()];
        for level in &plan.concurrency {
            headers.push(format!("req/s, c={level}"));
            headers.push(format!("× client's dialect, c={level}"));
            headers.push(format!("× provider's dialect, c={level}"));
        }
        if let Some(rate) = plan.rate {
            headers.push(format!("overhead p50 µs, {rate}/s"));
            headers.push(format!("overhead p99 µs, {rate}/s"));
        }
        if let Some(level) = plan.concurrency.first() {
            headers.push(format!("CPU µs/req, c={level}"));
        }
        headers.push("n".to_owned());
        let mut grid = Grid::new(2, headers);
        let summary = self.summary;
        for (entrant, routes) in &summary.routes {
            let routes = routes.iter().map(|one| one.route);
            for route in routes.filter(|route| route.workload.stream == stream) {
                let cells = self.translation_row(entrant, route, plan);
                grid.rows.push(cells);
            }
        }
        let answers = if stream { "streams" } else { "whole answers" };
        Section {
            title: format!("Translation: rates and overhead, {answers}"),
            note: "×: the rate as a part of the same entrant's rate without translation in the \
                   same trial, of clients of the same dialect and of providers of the same \
                   dialect: the Hodges–Lehmann estimate over blocks, and in brackets its interval \
                   (under six blocks the range). n: blocks."
                .to_owned(),
            grid,
        }
    }

    fn translation_row(
        &mut self,
        entrant: &str,
        route: Route,
        plan: &TranslationPlan,
    ) -> Vec<String> {
        let key = |level, metric| Key::of_route(Phase::Translation, route, Some(level), metric);
        let mut row = vec![entrant.to_owned(), words(route)];
        for &level in &plan.concurrency {
            row.push(self.cell(entrant, &key(level, Metric::Rate)));
            for metric in [Metric::RatioToClient, Metric::RatioToProvider] {
                row.push(if route.is_translated() {
                    self.ratio(entrant, &key(level, metric))
                } else {
                    String::new()
                });
            }
        }
        if let Some(rate) = plan.rate {
            let phase = Phase::TranslationRate;
            let key = |metric| Key::of_route(phase, route, Some(rate), metric);
            row.push(self.cell(entrant, &key(Metric::OverheadP50)));
            row.push(self.cell(entrant, &key(Metric::OverheadP99)));
        }
        if let Some(&level) = plan.concurrency.first() {
            row.push(self.cell(entrant, &key(level, Metric::CpuPerRequest)));
            let rate = self.summary.get(entrant, &key(level, Metric::Rate));
            let blocks = rate.value().map_or(0, |estimate| estimate.blocks.len());
            row.push(blocks.to_string());
        } else {
            row.push(String::new());
        }
        row
    }
}

/// `messages → chat`.
fn words(route: Route) -> String {
    format!("{} → {}", route.workload.dialect, route.provider)
}
