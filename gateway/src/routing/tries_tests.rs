use super::*;
use crate::config::ModelTarget;
use crate::routing::table::Plan;

const PASSING: Failure = Failure::Passing { retry_after: None };

fn target(provider: usize, weight: u32) -> ModelTarget {
    ModelTarget {
        provider,
        upstream: "m".to_owned(),
        weight,
    }
}

fn retries(max: u32) -> Retries {
    Retries {
        max,
        wait: Duration::from_millis(100),
        max_wait: Duration::from_secs(1),
    }
}

fn plan(targets: &[(usize, u32)], fallbacks: &[usize]) -> Plan {
    Plan {
        targets: targets
            .iter()
            .map(|&(provider, weight)| target(provider, weight))
            .collect(),
        fallbacks: fallbacks
            .iter()
            .map(|&provider| target(provider, 1))
            .collect(),
    }
}

/// The providers given when every try fails, with the waits in milliseconds.
fn all(
    route: Route<'_>,
    max: u32,
    failure: Failure,
    is_up: impl Fn(usize) -> bool + Copy,
) -> Vec<(usize, u128)> {
    let mut tries = Tries::new(route, retries(max));
    let mut given = Vec::new();
    let mut place = tries
        .first(is_up, || 0)
        .map(|place| (place, Duration::ZERO));
    while let Some((here, wait)) = place {
        given.push((here.provider, wait.as_millis()));
        place = tries.next(failure, is_up, || 0);
    }
    given
}

#[test]
fn one_place_is_tried_again_after_longer_and_longer_waits() {
    let route = Route::One(Place {
        provider: 7,
        upstream: "m",
    });
    assert_eq!(all(route, 0, PASSING, |_| true), [(7, 0)]);
    assert_eq!(
        all(route, 2, PASSING, |_| true),
        [(7, 0), (7, 50), (7, 100)]
    );
    assert_eq!(all(route, 2, Failure::TimedOut, |_| true), [(7, 0)]);
    assert_eq!(all(route, 2, PASSING, |_| false), []);
}

#[test]
fn other_targets_are_tried_at_once_and_then_the_fallbacks() {
    let plan = plan(&[(1, 1), (2, 1)], &[3, 4]);
    let route = Route::Listed(&plan, "m");
    assert_eq!(all(route, 0, PASSING, |_| true), [(1, 0), (3, 0), (4, 0)]);
    assert_eq!(
        all(route, 2, PASSING, |_| true),
        [(1, 0), (2, 0), (2, 100), (3, 0), (4, 0)]
    );
    assert_eq!(
        all(route, 2, Failure::TimedOut, |_| true),
        [(1, 0), (2, 0), (3, 0), (4, 0)]
    );
}

#[test]
fn places_that_are_down_are_passed_over() {
    let plan = plan(&[(1, 1), (2, 1)], &[3, 4]);
    let route = Route::Listed(&plan, "m");
    assert_eq!(
        all(route, 0, PASSING, |one| one != 1),
        [(2, 0), (3, 0), (4, 0)]
    );
    assert_eq!(all(route, 0, PASSING, |one| one == 4), [(4, 0)]);
    assert_eq!(all(route, 1, PASSING, |_| false), []);
}

#[test]
fn a_provider_that_asks_for_time_gets_it_within_bounds() {
    let route = Route::One(Place {
        provider: 0,
        upstream: "m",
    });
    let told = |millis| Failure::Passing {
        retry_after: Some(Duration::from_millis(millis)),
    };
    assert_eq!(all(route, 1, told(700), |_| true), [(0, 0), (0, 700)]);
    assert_eq!(all(route, 1, told(10), |_| true), [(0, 0), (0, 50)]);
    assert_eq!(all(route, 1, told(1001), |_| true), [(0, 0)]);
}

#[test]
fn targets_share_requests_by_weight() {
    let plan = plan(&[(0, 3), (1, 1)], &[]);
    let given = |drawn| {
        let mut tries = Tries::new(Route::Listed(&plan, "m"), retries(0));
        tries.first(|_| true, || drawn).unwrap().provider
    };
    let counts: Vec<_> = (0..8).map(given).collect();
    assert_eq!(counts, [0, 0, 0, 1, 0, 0, 0, 1]);
}

#[test]
fn waits_are_jittered_and_bounded() {
    let route = Route::One(Place {
        provider: 0,
        upstream: "m",
    });
    let tries = Tries::new(route, retries(9));
    for further in 1..40 {
        for random in [0, 500, 1023, u64::MAX] {
            let wait = tries.wait(further, None, random).unwrap();
            assert!(wait >= Duration::from_millis(50) && wait <= Duration::from_secs(1));
        }
    }
    assert_ne!(tries.wait(1, None, 0), tries.wait(1, None, 1023));
}
