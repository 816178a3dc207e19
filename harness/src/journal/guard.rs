//! The guard against a gateway that is fast because it does not translate.

use super::Sample;
use crate::measured::Reason;
use crate::route::Route;

impl Sample {
    /// What speaks against load on a route: wrong answers while it was asked
    /// whether the route is served, and, under any load, requests that reached
    /// the provider in another dialect than the route's, or right answers that
    /// it was not asked for. A route with a fault has no figure.
    pub fn fault_on(&self, route: Route) -> Option<Reason> {
        let point = self.point.as_ref()?;
        if self.level.is_none() && (point.ok() < point.total() || point.total() == 0) {
            return Some(Reason::NotServed(point.wrong_in_words()));
        }
        let received = self.received.as_ref()?;
        let others = received.others(route.provider);
        if !others.is_empty() {
            let client = route.workload.dialect.into();
            let begin = if route.is_translated() && others.contains(&client) {
                "the request was passed through untranslated: "
            } else {
                ""
            };
            let others: Vec<&str> = others.into_iter().map(|one| one.name()).collect();
            return Some(Reason::OtherDialect(format!(
                "{begin}the provider was asked in {}, not in {}",
                others.join(" and "),
                route.provider
            )));
        }
        let asked = received.in_dialect(route.provider);
        (asked < point.ok()).then(|| {
            Reason::OtherDialect(format!(
                "of {} answers the provider was asked for {asked}",
                point.ok()
            ))
        })
    }
}
