//! The entrants' order by each primary metric.

use workload::Workload;

use super::grid::{Grid, Section};
use crate::summary::{Cell, Place, RANK_LEVEL, Ranking, Summary};

/// The table; none where nobody is ranked against another.
pub(super) fn section(summary: &Summary) -> Option<Section> {
    let is_contest = |ranking: &Ranking| match &ranking.places {
        Ok(places) => places.len() > 1,
        Err(_) => false,
    };
    if !summary.rankings.iter().any(is_contest) {
        return None;
    }
    let mut grid = Grid::new(3, ["by", "workloads", "the best first"]);
    grid.rows = rows(&summary.rankings);
    Some(Section {
        title: "Ranking".to_owned(),
        note: format!(
            "Each against the one before it: < and > differ at {RANK_LEVEL} (exact signed-rank \
             test over blocks, Holm over the primary metrics), ~ is a tie. Controls are not ranked."
        ),
        grid,
    })
}

/// A row for each metric and order, with the workloads in which it is so.
fn rows(rankings: &[Ranking]) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for Ranking { cell, places } in rankings {
        let metric = cell.metric.name();
        let workload = cell.workload.map_or("all", Workload::name);
        let order = match places {
            Ok(places) => order(*cell, places),
            Err(why) => format!("not ranked: {why}"),
        };
        match rows
            .iter_mut()
            .find(|row| row[0] == metric && row[2] == order)
        {
            Some(row) => row[1] += &format!(", {workload}"),
            None => rows.push(vec![metric.to_owned(), workload.to_owned(), order]),
        }
    }
    rows
}

/// `a ~ b < c`; where more is better, `a ~ b > c`.
fn order(cell: Cell, places: &[Place]) -> String {
    let worse = if cell.metric.more_is_better() {
        " > "
    } else {
        " < "
    };
    let mut text = String::new();
    for place in places {
        if !text.is_empty() {
            text += if place.is_worse { worse } else { " ~ " };
        }
        text += &place.entrant;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::Primary;

    fn ranking(metric: Primary, workload: Option<Workload>) -> Ranking {
        let place = |entrant: &str, is_worse| Place {
            entrant: entrant.to_owned(),
            is_worse,
        };
        Ranking {
            cell: Cell { metric, workload },
            places: Ok(vec![place("a", false), place("b", false), place("c", true)]),
        }
    }

    #[test]
    fn signs_point_where_the_values_do() {
        let orders = rows(&[
            ranking(Primary::MemoryPeak, None),
            ranking(Primary::Capacity, Some(Workload::ALL[0])),
        ]);
        assert_eq!(orders[0], ["memory peak", "all", "a ~ b < c"]);
        assert_eq!(orders[1], ["capacity", "chat", "a ~ b > c"]);
    }

    #[test]
    fn workloads_of_one_order_share_a_row() {
        let [chat, stream, other] = [0, 1, 2].map(|at| Some(Workload::ALL[at]));
        let unranked = Ranking {
            places: Err("the twins differ".into()),
            ..ranking(Primary::Cpu, stream)
        };
        let rows = rows(&[
            ranking(Primary::Cpu, chat),
            unranked,
            ranking(Primary::Cpu, other),
        ]);
        assert_eq!(
            rows,
            [
                ["CPU a request", "chat, responses", "a ~ b < c"],
                [
                    "CPU a request",
                    "chat-stream",
                    "not ranked: the twins differ"
                ],
            ]
        );
    }
}
