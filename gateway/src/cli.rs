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
#[command(version = VERSION, args_conflicts_with_subcommands = true, after_long_help = REST)]
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

const REST: &str = concat!(
    "\
Paths:
  POST /v1/chat/completions   POST /v1/responses   POST /v1/messages
  POST /v1/messages/count_tokens                   POST /v1/embeddings
  ANY  /p/{provider}/…        GET  /v1/models
  GET  /health                GET  /ready          GET  /metrics

Models:
  provider/model   goes to that provider
  a listed name    goes where the configuration says
  any other name   goes to the first provider that speaks the path's dialect

Environment variables (an empty one counts as unset):
  without --config   OPENAI_API_KEY, OPENAI_BASE_URL, ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL
  with --config      those that api_key_env and key_env name; where a provider names none, that
                     of its kind: OPENAI_API_KEY, ANTHROPIC_API_KEY, AZURE_OPENAI_API_KEY,
                     GEMINI_API_KEY, GROQ_API_KEY, XAI_API_KEY, CEREBRAS_API_KEY,
                     DEEPSEEK_API_KEY, MISTRAL_API_KEY, OPENROUTER_API_KEY, TOGETHER_API_KEY,
                     FIREWORKS_API_KEY, AWS_BEARER_TOKEN_BEDROCK
  with system_ca     SSL_CERT_FILE, SSL_CERT_DIR: where the system's certificates are
  NOTIFY_SOCKET      set by systemd, which is told when requests are taken

Signals:
  SIGHUP             reads the configuration again; requests that have begun keep the old one
  SIGTERM, SIGINT    stop: no new connections, and what has begun may finish; twice: at once

Exit status: 0 done, 2 wrong usage or configuration, 4 failed.

Examples:
  OPENAI_API_KEY=sk-… gateway --listen 127.0.0.1:8080
  gateway --config gateway.toml
  gateway check --config gateway.toml
  head -c 24 /dev/urandom | base64 | tee key | gateway hash-key

Configuration file:

",
    include_str!("../example.toml")
);

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn is_well_formed() {
        Cli::command().debug_assert();
    }
}
