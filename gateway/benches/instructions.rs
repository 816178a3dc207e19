//! How many instructions the hot functions take, counted by valgrind:
//! `cargo bench -p gateway --bench instructions`, of some alone with ` -- "messages to chat"`.
//!
//! A count hardly varies, so a change of a hundredth is a change. The program starts itself
//! again under callgrind, for each function with few repetitions and with many; what the many
//! cost more, divided, is one. That needs nothing but valgrind. The gungraun crate does the same
//! with a runner that must be installed beside it, in the same version.
//!
//! Without valgrind it says so and counts nothing.

mod inputs;
#[path = "inputs/translation.rs"]
mod translation;

use std::hint::black_box;
use std::process::{Command, ExitCode};
use std::rc::Rc;

use gateway::hot;

const FEW: u64 = 100;
const MANY: u64 = 1100;
/// What tells the program, started again, which function to repeat, and how often.
const TASK: &str = "GATEWAY_BENCH_TASK";

type Function = fn(u64);
const FUNCTIONS: [(&str, Function); 8] = [
    ("scan", |times| {
        let request = inputs::request();
        repeat(times, || hot::scan(black_box(request.as_bytes())));
    }),
    ("scan_and_splice", |times| {
        let request = inputs::request();
        let name = "gpt-4o-mini";
        repeat(times, || {
            hot::scan_and_splice(black_box(request.as_bytes()), name)
        });
    }),
    ("read_usage", |times| {
        let answer = inputs::answer();
        repeat(times, || hot::read_usage(black_box(answer.as_bytes())));
    }),
    ("read_response", |times| {
        let response = inputs::response();
        repeat(times, || hot::read_response(black_box(response.as_bytes())));
    }),
    ("follow_stream", |times| {
        let stream = inputs::stream();
        repeat(times, || hot::follow(0, black_box(&stream), false));
    }),
    ("follow_and_strip", |times| {
        let stream = inputs::stream();
        repeat(times, || hot::follow(0, black_box(&stream), true));
    }),
    ("read_request", |times| {
        repeat(times, || hot::read_request(black_box(inputs::REQUEST_HEAD)));
    }),
    ("trail", |times| {
        let trails = hot::Trails::new().expect("/dev/null can be written");
        let request = hot::read_request(inputs::REQUEST_HEAD).expect("a request");
        repeat(times, || trails.walk(black_box(&request)));
    }),
];

/// A function by its name.
type Named = (String, Box<dyn Fn(u64)>);

/// Every function that is counted: those above, and translation in each pair.
fn functions() -> Vec<Named> {
    let mut all: Vec<Named> = Vec::new();
    for (name, function) in FUNCTIONS {
        all.push((name.to_owned(), Box::new(function)));
    }
    for (client, provider) in translation::pairs() {
        let pair = translation::name(client, provider);
        let request = translation::request(client);
        let telling = hot::Telling::of(client, provider, request.as_bytes());
        let telling = Rc::new(telling.expect("it is not refused"));
        let request = Box::new(move |times| {
            repeat(times, || {
                hot::translate_request(client, provider, black_box(request.as_bytes()))
            });
        });
        all.push((format!("{pair}: a request"), request));
        let (answer, tells) = (translation::answer(provider), telling.clone());
        let answer = Box::new(move |times| {
            repeat(times, || tells.answer(black_box(answer.as_bytes())));
        });
        all.push((format!("{pair}: an answer"), answer));
        let stream = translation::stream(provider);
        let stream = Box::new(move |times| {
            repeat(times, || telling.stream(black_box(&stream)));
        });
        all.push((format!("{pair}: a stream"), stream));
    }
    all
}

fn repeat<T>(times: u64, mut function: impl FnMut() -> T) {
    for _ in 0..times {
        black_box(function());
    }
}

fn main() -> ExitCode {
    if let Ok(task) = std::env::var(TASK) {
        let (name, times) = task.rsplit_once(' ').expect("a name and a number");
        let all = functions();
        let (_, function) = all
            .iter()
            .find(|(known, _)| known == name)
            .expect("a known function");
        function(times.parse().expect("a number"));
        return ExitCode::SUCCESS;
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        eprintln!("valgrind is not installed, so nothing was counted: apt-get install valgrind");
        return ExitCode::SUCCESS;
    }
    // Cargo adds arguments of its own, which begin with dashes.
    let only = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    println!("{:<34} instructions", "function");
    for (name, _) in functions() {
        if only.as_ref().is_some_and(|only| !name.contains(only)) {
            continue;
        }
        match (count(&name, FEW), count(&name, MANY)) {
            (Ok(few), Ok(many)) => {
                println!("{name:<34} {}", many.saturating_sub(few) / (MANY - FEW));
            }
            (Err(problem), _) | (_, Err(problem)) => {
                eprintln!("{name}: {problem}");
                return ExitCode::from(4);
            }
        }
    }
    ExitCode::SUCCESS
}

/// The instructions of a whole process that repeats `name` so often.
fn count(name: &str, times: u64) -> Result<u64, String> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(this)
        .env(TASK, format!("{name} {times}"))
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    said.lines()
        .find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok())
        .ok_or_else(|| format!("valgrind did not count: {said}"))
}
