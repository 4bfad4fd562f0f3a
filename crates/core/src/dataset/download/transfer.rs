//! One question to a server, and its answer as it arrives.

use std::io::{self, Read as _};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;
use std::time::Duration;

use ureq::config::Config;

use super::error::SourceFault;

/// How long to wait for a server's address, and for it to connect or to answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);

/// Bytes handed over at a time, at most.
const CHUNK: usize = 1 << 16;

/// Chunks that may wait to be written.
const WAITING: usize = 4;

/// Most times that a server may send us elsewhere, and most bytes of the head of an answer.
pub(super) const MAX_REDIRECTS: u32 = 5;
const MAX_HEAD: usize = 1 << 14;

pub(super) fn agent_config() -> ureq::config::ConfigBuilder<ureq::typestate::AgentScope> {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(MAX_REDIRECTS)
        .max_response_header_size(MAX_HEAD)
        .timeout_resolve(Some(PATIENCE))
        .timeout_connect(Some(PATIENCE))
        .timeout_recv_response(Some(PATIENCE))
}

/// What a transfer brings, one after another.
pub(super) enum Arrival {
    Head(Head),
    Bytes(Vec<u8>),
    End,
    /// Nothing more: what the connection said.
    Broken(String),
    /// Not enough.
    Slow(SourceFault),
}

/// What of an answer's head matters.
pub(super) struct Head {
    pub status: u16,
    /// The first byte that it says it sends.
    pub range_start: Option<u64>,
    /// Bytes that it says it sends.
    pub length: Option<u64>,
}

/// A question to a server and its answer, on a thread that ends when nobody listens any more.
pub(super) struct Transfer {
    agent: ureq::Agent,
    pub arrivals: Receiver<Arrival>,
}

impl Transfer {
    /// Asks for what lies behind the first `kept` bytes at `url`.
    pub fn begin(config: &Config, url: &str, kept: u64) -> io::Result<Self> {
        let agent = ureq::Agent::new_with_config(config.clone());
        let (outbox, arrivals) = mpsc::sync_channel(WAITING);
        let mut request = agent.get(url);
        if kept > 0 {
            request = request.header("Range", format!("bytes={kept}-"));
        }
        thread::Builder::new()
            .name("convlens-download".into())
            .spawn(move || {
                if let Err(reason) = pass_on(request, &outbox) {
                    let _nobody_listens = outbox.send(Arrival::Broken(reason));
                }
            })?;
        Ok(Self { agent, arrivals })
    }
}

impl Drop for Transfer {
    fn drop(&mut self) {
        // Wakes a thread that waits for the server.
        self.agent.clone().shutdown();
    }
}

/// Passes an answer on as it arrives; an error is what the connection said.
fn pass_on(
    request: ureq::RequestBuilder<ureq::typestate::WithoutBody>,
    outbox: &SyncSender<Arrival>,
) -> Result<(), String> {
    let answer = request.call().map_err(|error| error.to_string())?;
    let range = answer.headers().get("Content-Range");
    let head = Head {
        status: answer.status().as_u16(),
        range_start: range.and_then(|range| range_start(range.to_str().ok()?)),
        length: answer.body().content_length(),
    };
    let length = head.length;
    let mut is_heard = outbox.send(Arrival::Head(head)).is_ok();
    let mut body = answer.into_body().into_reader();
    let (mut chunk, mut received) = (vec![0; CHUNK], 0);
    while is_heard {
        let arrival = match body.read(&mut chunk).map_err(|error| error.to_string())? {
            0 if length.is_some_and(|length| received < length) => {
                return Err("end of file".to_owned());
            }
            0 => Arrival::End,
            count => {
                received += count as u64;
                Arrival::Bytes(chunk[..count].to_vec())
            }
        };
        let is_end = matches!(arrival, Arrival::End);
        is_heard = outbox.send(arrival).is_ok() && !is_end;
    }
    Ok(())
}

/// The first byte that a `Content-Range` names (RFC 9110, 14.4).
fn range_start(range: &str) -> Option<u64> {
    let (start, _) = range.trim().strip_prefix("bytes ")?.split_once('-')?;
    start.trim().parse().ok()
}
