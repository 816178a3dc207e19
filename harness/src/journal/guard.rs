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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::route::ProviderDialect;

    /// What is said of ten requests, `ok` of them answered right, sent on
    /// messages>`provider` while the mock received `received`.
    fn fault(
        provider: ProviderDialect,
        level: Option<u32>,
        ok: u64,
        received: serde_json::Value,
    ) -> Option<String> {
        let sample: Sample = serde_json::from_value(json!({
            "trial_id": "1-a-1", "block": 1, "entrant": "a", "phase": "translation",
            "workload": "messages", "provider": provider, "level": level,
            "received": received,
            "point": {
                "workload": "messages", "mode": "closed", "concurrency": 1,
                "offered_rps": null, "achieved_rps": 1.0, "started_ns": 0, "elapsed_ns": 1,
                "outcomes": {"ok": ok, "http-404": 10 - ok}, "histograms": {},
            },
        }))
        .unwrap();
        let workload = "messages".parse().unwrap();
        sample
            .fault_on(Route { workload, provider })
            .map(|fault| fault.to_string())
    }

    #[test]
    fn who_translates_has_no_fault() {
        let chat = ProviderDialect::Chat;
        assert_eq!(fault(chat, None, 10, json!({"chat": 10})), None);
        // A warm-up, or a second try of the gateway's.
        assert_eq!(fault(chat, Some(10), 10, json!({"chat": 31})), None);
        // Wrong answers under load are a figure of their own.
        assert_eq!(fault(chat, Some(10), 7, json!({"chat": 10})), None);
        let own = ProviderDialect::Messages;
        assert_eq!(fault(own, None, 10, json!({"messages": 10})), None);
    }

    #[test]
    fn a_body_that_was_passed_through_is_a_fault_however_few_they_were() {
        let chat = ProviderDialect::Chat;
        let passed = "not translated so: the request was passed through untranslated: the \
                      provider was asked in messages, not in chat";
        let received = json!({"messages": 10});
        assert_eq!(fault(chat, None, 10, received).as_deref(), Some(passed));
        let received = json!({"chat": 29, "messages": 1});
        assert_eq!(fault(chat, Some(10), 10, received).as_deref(), Some(passed));
    }

    #[test]
    fn other_faults_have_other_names() {
        let chat = ProviderDialect::Chat;
        assert_eq!(
            fault(chat, None, 10, json!({"responses": 10})).as_deref(),
            Some("not translated so: the provider was asked in responses, not in chat")
        );
        assert_eq!(
            fault(ProviderDialect::Messages, None, 10, json!({"chat": 10})).as_deref(),
            Some("not translated so: the provider was asked in chat, not in messages")
        );
        assert_eq!(
            fault(chat, Some(10), 10, json!({"chat": 1})).as_deref(),
            Some("not translated so: of 10 answers the provider was asked for 1")
        );
        assert_eq!(
            fault(chat, None, 4, json!({"chat": 10})).as_deref(),
            Some("not served: http-404")
        );
    }
}
