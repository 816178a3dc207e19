//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// A build that burns CPU time for a test says so.
const VERSION: &str = if cfg!(feature = "burn-a-tenth") {
    concat!(env!("CARGO_PKG_VERSION"), "+burns-a-tenth")
} else {
    env!("CARGO_PKG_VERSION")
};

/// An AI gateway: takes OpenAI's Chat Completions and Responses and Anthropic's Messages, and
/// passes them on to providers that speak them.
///
/// Without --config it is configured by the environment: OPENAI_API_KEY, OPENAI_BASE_URL,
/// ANTHROPIC_API_KEY and ANTHROPIC_BASE_URL, as the official SDKs read them.
#[derive(Debug, Parser)]
#[command(version = VERSION, args_conflicts_with_subcommands = true, after_long_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    /// Where to listen, instead of where the configuration says [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,

    /// The configuration, a TOML file
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Listen beyond this machine although no client needs a key
    #[arg(long)]
    pub(crate) allow_open: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check a configuration and tell what it means, without starting
    Check {
        /// The configuration, a TOML file
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Read a client's key from standard input and print its hash, for `sha256` under [[keys]]
    HashKey,
}

const EXAMPLES: &str = "\
Paths:
  POST /v1/chat/completions   POST /v1/responses   POST /v1/messages
  GET  /v1/models             GET  /health

Models:
  provider/model   goes to that provider
  a listed name    goes where the configuration says
  any other name   goes to the first provider that speaks the path's dialect

Configuration file:
  listen = \"127.0.0.1:8080\"                   # optional
  max_body_bytes = 33554432                   # optional, of a request

  [providers.openai]
  dialects = [\"chat\", \"responses\"]            # of chat, responses, messages
  base_url = \"https://api.openai.com/v1\"      # for messages with or without /v1
  api_key_env = \"OPENAI_API_KEY\"              # optional; without a key the client's is sent

  [[models]]
  name = \"fast\"
  provider = \"openai\"
  upstream = \"gpt-4o-mini\"                    # optional, else the name
  fallbacks = [\"groq/llama-3.3-70b\"]          # optional, when that fails

  [[keys]]                                    # without any, everybody is served
  name = \"team-a\"
  sha256 = \"…\"                                # from gateway hash-key
  models = [\"fast\", \"openai/*\"]              # optional, else all
  requests_per_minute = 600                   # optional

README.md beside the sources has every field.

Exit status: 0 done, 2 wrong usage or configuration, 4 failed.

Examples:
  OPENAI_API_KEY=sk-… gateway --listen 127.0.0.1:8080
  gateway --config gateway.toml
  gateway check --config gateway.toml
  head -c 24 /dev/urandom | base64 | tee key | gateway hash-key";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn is_well_formed() {
        Cli::command().debug_assert();
    }
}
