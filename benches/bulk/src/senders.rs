//! The loops: concurrent tasks that each take the next line, send it and read the response.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use hooks::core::definitions;
use hooks::core::delivery::State;
use hooks::core::request::{Destination, Element, Environment, EnvironmentValue, CompiledWebhook};
use hooks::core::text::Source;
use hooks::io::http::{Options, Proxies, Transport};

use crate::Result;
use crate::elements::DEFINITION;

const HEADERS: [(&str, &str); 4] = [
    ("user-agent", "hooks/0.1.0"),
    ("accept", "*/*"),
    ("content-type", "application/json"),
    ("x-source", "calendar"),
];

type Lines = Arc<Mutex<dyn Iterator<Item = String> + Send>>;

fn lines(file: &str) -> Result<Lines> {
    Ok(Arc::new(Mutex::new(BufReader::new(File::open(file)?).lines().map_while(std::io::Result::ok))))
}

/// Takes the next line. It contains no `await`, so that the lock is held only briefly.
fn next(lines: &Lines) -> Option<String> {
    lines.lock().unwrap_or_else(PoisonError::into_inner).next()
}

/// Runs `concurrency` tasks over the lines and counts the requests.
async fn spread<F>(concurrency: usize, lines: &Lines, mut task: impl FnMut(Lines) -> F) -> Result<u64>
where
    F: Future<Output = Result<u64>> + Send + 'static,
{
    let tasks: Vec<_> = (0..concurrency).map(|_| tokio::spawn(task(lines.clone()))).collect();
    let mut sent = 0;
    for task in tasks {
        sent += task.await??;
    }
    Ok(sent)
}

/// hyper-util's client with the unchanged lines as bodies: the minimum, because nothing is rendered.
pub(crate) async fn hyper(file: &str, url: &str, concurrency: usize) -> Result<u64> {
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let uri: http::Uri = url.parse()?;
    spread(concurrency, &lines(file)?, |lines| {
        let (client, uri) = (client.clone(), uri.clone());
        async move {
            let mut sent = 0;
            while let Some(line) = next(&lines) {
                let mut request = http::Request::post(uri.clone());
                for (name, value) in HEADERS {
                    request = request.header(name, value);
                }
                let answer = client.request(request.body(Full::from(line))?).await?;
                assert!(answer.status().is_success());
                answer.into_body().collect().await?;
                sent += 1;
            }
            Ok(sent)
        }
    })
    .await
}

/// A bare loop over `reqwest`, as one would write it for this task alone: parse, insert, send.
pub(crate) async fn reqwest(file: &str, url: &str, concurrency: usize) -> Result<u64> {
    // `hooks` has `reqwest` built without one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(30))
        .connect_timeout(Duration::from_secs(10))
        .no_proxy()
        .build()?;
    spread(concurrency, &lines(file)?, |lines| {
        let (client, url) = (client.clone(), url.to_owned());
        async move {
            let mut sent = 0;
            while let Some(line) = next(&lines) {
                let element: Value = serde_json::from_str(&line)?;
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                let payload = &element["payload"];
                let greeting =
                    format!("Hello {} {}!", text(&payload["first_name"]), text(&payload["last_name"]));
                let (email, seats) = (element["email"].clone(), element["amount"].clone());
                let body =
                    json!({ "element_data": element, "email": email, "seats": seats, "greeting": greeting });
                let mut request = client.post(&url);
                for (name, value) in HEADERS {
                    request = request.header(name, value);
                }
                let answer = request.body(body.to_string()).send().await?;
                assert!(answer.status().is_success());
                answer.bytes().await?;
                sent += 1;
            }
            Ok(sent)
        }
    })
    .await
}

/// An environment without variables.
struct Nothing;

impl Environment for Nothing {
    fn get(&self, _: &str) -> Option<EnvironmentValue<'_>> {
        None
    }

    fn own_names(&self) -> Vec<&str> {
        Vec::new()
    }

    fn own_file(&self) -> &str {
        ".env"
    }
}

/// Only the parts of `hooks` that render and send.
pub(crate) async fn transport(file: &str, url: &str, concurrency: usize) -> Result<u64> {
    let (definitions, findings) = definitions::read(&Arc::new(Source::new("webhooks.toml", DEFINITION)));
    assert!(findings.is_empty(), "{findings:#?}");
    let destination = Destination::Elsewhere(url.parse()?);
    let plan = CompiledWebhook::compile(&definitions.webhooks[0], &Nothing, &destination, false);
    let plan = Arc::new(plan.map_err(|errors| format!("{errors:#?}"))?.0);
    let options = Options { idle_connections: concurrency, proxy: Proxies::Off, ..Options::default() };
    let transport = Arc::new(Transport::new(&options)?);
    spread(concurrency, &lines(file)?, |lines| {
        let (plan, transport) = (plan.clone(), transport.clone());
        async move {
            let mut sent = 0;
            while let Some(line) = next(&lines) {
                let source = Arc::new(Source::new("answers.jsonl", line));
                let (element, _) = Element::parse(source).map_err(|error| error.message)?;
                let (request, _) = plan.render(&element).map_err(|errors| format!("{errors:#?}"))?;
                let exchange = transport.send(&request).await;
                assert_eq!(exchange.state, State::Delivered);
                sent += 1;
            }
            Ok(sent)
        }
    })
    .await
}
