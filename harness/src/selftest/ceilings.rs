//! The instruments against the best of their kind: loadgen against wrk, the
//! mock against nginx, the timer against the clock.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};
use workload::{BENCH_API_KEY, DEFAULT_MODEL, DEFAULT_PROMPT, RequestSpec, Workload};

use super::bench::percentile;
use super::{Bench, BenchError, Claim, Verdict};
use crate::interrupt;
use crate::plan::LoadLimit;
use crate::process::{ChildTree, clean_environment};
use crate::runner::free_port;
use crate::stats::{bootstrap_interval, median};
use crate::trial::Pace;

/// Length of one side of a pair.
const SECONDS: u64 = 2;
const CONCURRENCIES: [u32; 2] = [10, 64];
const LAG_RATES_RPS: [u32; 3] = [1_000, 5_000, 10_000];
/// The least ratio that counts as being as fast.
const AS_FAST: f64 = 0.97;
/// What bootstrapped intervals depend on.
const SEED: u64 = 1;
/// The most that p99 of send lag may be, at 5,000 requests a second.
const MAX_LAG_US: f64 = 100.0;

/// All pairs and lags.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ceilings {
    /// Rates of loadgen and of wrk, in turn, on the same body and mock.
    loadgen_and_wrk: Vec<Pair>,
    /// Rates that wrk reaches on the mock and on nginx with the same body.
    mock_and_nginx: Vec<Pair>,
    lags: Vec<Lag>,
    /// Why pairs are missing, where they are.
    missing: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Pair {
    concurrency: u32,
    ours_rps: f64,
    theirs_rps: f64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Lag {
    rate_rps: u32,
    p50_ns: u64,
    p99_ns: u64,
    n: u64,
}

pub(super) fn observe(bench: &Bench) -> Result<Ceilings, BenchError> {
    let mut observed = Ceilings {
        loadgen_and_wrk: Vec::new(),
        mock_and_nginx: Vec::new(),
        lags: Vec::new(),
        missing: Vec::new(),
    };
    let mock = bench.mock()?;
    let script = bench.file("post.lua", &lua())?;
    if bench.programs.find("wrk").is_none() {
        observed
            .missing
            .push("wrk is not installed (apt-get install wrk)".to_owned());
    } else {
        for pair in 1..=bench.pairs {
            for concurrency in CONCURRENCIES {
                (bench.say)(&format!(
                    "ceilings: loadgen and wrk, pair {pair}/{}, c={concurrency}",
                    bench.pairs
                ));
                // Each goes first in every other pair.
                let mut ours_rps = 0.0;
                let mut theirs_rps = 0.0;
                for turn in 0..2 {
                    if (pair + turn) % 2 == 0 {
                        let limit = LoadLimit::DurationMs(SECONDS * 1_000);
                        let pace = Pace::Closed(concurrency);
                        let point = bench.load(mock.address(), pace, limit, 0)?;
                        ours_rps = point.achieved_rps.unwrap_or_default();
                    } else {
                        theirs_rps = wrk(bench, mock.address(), concurrency, &script)?;
                    }
                }
                observed.loadgen_and_wrk.push(Pair {
                    concurrency,
                    ours_rps,
                    theirs_rps,
                });
            }
        }
        mock_and_nginx(bench, &mock, &script, &mut observed)?;
    }
    for rate_rps in LAG_RATES_RPS {
        (bench.say)(&format!("ceilings: send lag at {rate_rps}/s"));
        let pace = Pace::Open {
            rate_rps: f64::from(rate_rps),
            max_connections: 256,
        };
        let point = bench.load(mock.address(), pace, LoadLimit::DurationMs(5_000), 100)?;
        observed.lags.push(Lag {
            rate_rps,
            p50_ns: percentile(&point, "send_lag_ns", |h| h.p50)?,
            p99_ns: percentile(&point, "send_lag_ns", |h| h.p99)?,
            n: point.ok(),
        });
    }
    mock.stop();
    Ok(observed)
}

fn mock_and_nginx(
    bench: &Bench,
    mock: &crate::trial::Mock,
    script: &Path,
    observed: &mut Ceilings,
) -> Result<(), BenchError> {
    let Some(nginx) = bench.programs.find("nginx") else {
        observed
            .missing
            .push("nginx is not installed (apt-get install nginx)".to_owned());
        return Ok(());
    };
    let port = free_port()?;
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let config = bench.file("nginx.conf", &nginx_config(port, &answer(mock.address())?))?;
    let mut command = Command::new(nginx);
    command
        .arg("-p")
        .arg(bench.scratch.path())
        .arg("-c")
        .arg(config)
        .args(["-e", "stderr"])
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    clean_environment(&mut command);
    let server = ChildTree::spawn(command)?;
    wait_for_port(address)?;
    for pair in 1..=bench.pairs {
        for concurrency in CONCURRENCIES {
            (bench.say)(&format!(
                "ceilings: mock and nginx, pair {pair}/{}, c={concurrency}",
                bench.pairs
            ));
            let mut rates = [0.0; 2];
            for turn in 0..2 {
                let index = ((pair + turn) % 2) as usize;
                let address = [mock.address(), address][index];
                rates[index] = wrk(bench, address, concurrency, script)?;
            }
            observed.mock_and_nginx.push(Pair {
                concurrency,
                ours_rps: rates[0],
                theirs_rps: rates[1],
            });
        }
    }
    drop(server);
    Ok(())
}

/// The mock's chat answer, as nginx is to return it.
fn answer(mock: SocketAddr) -> Result<String, BenchError> {
    let spec = RequestSpec::new(Workload::ALL[0], DEFAULT_MODEL, DEFAULT_PROMPT, "sk-a");
    let failed = |error: reqwest::Error| BenchError::Machine(error.to_string());
    let client = reqwest::blocking::Client::builder().no_proxy().build();
    client
        .and_then(|client| {
            client
                .post(format!("http://{mock}{}", spec.workload.dialect.path()))
                .header("content-type", "application/json")
                .body(spec.body)
                .send()?
                .text()
        })
        .map_err(failed)
}

/// As the interfaces fix the mock's yardstick: the same bytes from memory, one
/// worker, no access log.
fn nginx_config(port: u16, body: &str) -> String {
    let body = body.replace('\\', "\\\\").replace('\'', "\\'");
    format!(
        "daemon off;\npid nginx.pid;\nworker_processes 1;\nerror_log stderr;\n\
         events {{ worker_connections 1024; }}\n\
         http {{\n  access_log off;\n  server_tokens off;\n  keepalive_requests 100000000;\n  \
         client_body_temp_path body;\n  proxy_temp_path proxy;\n  fastcgi_temp_path fastcgi;\n  \
         uwsgi_temp_path uwsgi;\n  scgi_temp_path scgi;\n  default_type application/json;\n  \
         server {{ listen 127.0.0.1:{port}; location / {{ return 200 '{body}'; }} }}\n}}\n"
    )
}

fn wait_for_port(address: SocketAddr) -> Result<(), BenchError> {
    for _ in 0..500 {
        if std::net::TcpStream::connect(address).is_ok() {
            return Ok(());
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    Err(BenchError::Machine("nginx did not listen".to_owned()))
}

/// The request as wrk sends it: set once, no `request()` function.
fn lua() -> String {
    let spec = RequestSpec::new(
        Workload::ALL[0],
        DEFAULT_MODEL,
        DEFAULT_PROMPT,
        BENCH_API_KEY,
    );
    let mut script = format!(
        "wrk.method = \"POST\"\nwrk.body = [[{}]]\n",
        String::from_utf8_lossy(&spec.body)
    );
    for (name, value) in &spec.headers {
        script += &format!("wrk.headers[\"{name}\"] = \"{value}\"\n");
    }
    script
}

/// The rate that wrk reports: one thread, keep-alive.
fn wrk(
    bench: &Bench,
    address: SocketAddr,
    concurrency: u32,
    script: &Path,
) -> Result<f64, BenchError> {
    if interrupt::requested() {
        return Err(BenchError::Interrupted);
    }
    let failed = |what: &str| BenchError::Machine(format!("wrk: {what}"));
    let program = bench
        .programs
        .find("wrk")
        .ok_or_else(|| failed("missing"))?;
    let output = Command::new(program)
        .args([
            "-t1",
            &format!("-c{concurrency}"),
            &format!("-d{SECONDS}s"),
            "-s",
        ])
        .arg(script)
        .arg(format!("http://{address}/v1/chat/completions"))
        .stdin(Stdio::null())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    if text.contains("Non-2xx") || text.contains("Socket errors") {
        return Err(failed(&text));
    }
    text.lines()
        .find_map(|line| line.strip_prefix("Requests/sec:"))
        .and_then(|rate| rate.trim().parse().ok())
        .ok_or_else(|| failed(&text))
}

pub(super) fn judge(observed: &Ceilings) -> Vec<Claim> {
    let mut claims = Vec::new();
    for (what, pairs) in [
        (
            "loadgen, validating, is as fast as wrk",
            &observed.loadgen_and_wrk,
        ),
        (
            "the mock is as fast as nginx returning the same bytes",
            &observed.mock_and_nginx,
        ),
    ] {
        for concurrency in CONCURRENCIES {
            let claim = format!(
                "{what}, c={concurrency}: median ratio ≥ {AS_FAST}, the 95% interval reaching 1.0"
            );
            let of_level: Vec<&Pair> = pairs
                .iter()
                .filter(|pair| pair.concurrency == concurrency)
                .collect();
            claims.push(as_fast(claim, &of_level, &observed.missing));
        }
    }
    for lag in &observed.lags {
        let p99_us = lag.p99_ns as f64 / 1e3;
        claims.push(Claim::new(
            format!("send lag at {}/s: p99 ≤ {MAX_LAG_US} µs", lag.rate_rps),
            format!(
                "p50 {:.1} µs, p99 {p99_us:.1} µs (n={})",
                lag.p50_ns as f64 / 1e3,
                lag.n
            ),
            p99_us <= MAX_LAG_US,
        ));
    }
    claims
}

fn as_fast(claim: String, pairs: &[&Pair], missing: &[String]) -> Claim {
    let ratios: Vec<f64> = pairs
        .iter()
        .map(|pair| pair.ours_rps / pair.theirs_rps)
        .collect();
    let rates = |of: fn(&Pair) -> f64| {
        let rates: Vec<f64> = pairs.iter().map(|pair| of(pair)).collect();
        median(&rates).unwrap_or(f64::NAN)
    };
    let (Some(ratio), Some((low, high))) = (median(&ratios), bootstrap_interval(&ratios, SEED))
    else {
        let mut why = missing.to_vec();
        why.push(format!("{} pairs, and 2 are needed", ratios.len()));
        return Claim::new(claim, "", Verdict::NotMeasured(why.join("; ")));
    };
    Claim::new(
        claim,
        format!(
            "{ratio:.3} ({low:.3} to {high:.3}, {} pairs of {SECONDS} s); medians {:.0} and {:.0} a second",
            ratios.len(),
            rates(|pair| pair.ours_rps),
            rates(|pair| pair.theirs_rps)
        ),
        ratio >= AS_FAST && high >= 1.0,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(ratios: &[f64]) -> Verdict {
        let pairs: Vec<Pair> = ratios
            .iter()
            .map(|ratio| Pair {
                concurrency: 10,
                ours_rps: 1_000.0 * ratio,
                theirs_rps: 1_000.0,
            })
            .collect();
        let pairs: Vec<&Pair> = pairs.iter().collect();
        as_fast(String::new(), &pairs, &[]).verdict
    }

    #[test]
    fn as_fast_needs_the_ratio_and_the_interval() {
        assert_eq!(verdict(&[1.02; 10]), Verdict::Holds);
        assert_eq!(
            verdict(&[0.98, 0.97, 1.01, 1.0, 0.99, 0.97]),
            Verdict::Holds
        );
        assert_eq!(verdict(&[0.98; 10]), Verdict::Fails);
        assert_eq!(verdict(&[0.9, 0.9, 0.9, 1.1, 0.9]), Verdict::Fails);
        assert!(matches!(verdict(&[]), Verdict::NotMeasured(_)));
    }

    #[test]
    fn quotes_in_a_body_do_not_end_nginx_strings() {
        let config = nginx_config(1, r#"{"a":"it's \"b\""}"#);
        assert!(
            config.contains(r#"return 200 '{"a":"it\'s \\"b\\""}';"#),
            "{config}"
        );
    }
}
