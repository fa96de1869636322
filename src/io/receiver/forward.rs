//! `--forward`: sends each request to another receiver and returns the response.

use std::time::Instant;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING};
use url::Url;

use crate::core::delivery::{BodyEnd, Response};
use crate::core::received::{ForwardError, Forwarded, HopByHop, HttpResponse, ReceivedRequest, is_bodiless};
use crate::io::http::{Options, Proxies, ReceivedResponse, SetupError, Transport};

#[derive(Debug)]
pub struct Forward {
    url: Url,
    /// Marks requests that this listener has forwarded.
    id: String,
    transport: Transport,
}

impl Forward {
    /// Forwards to this URL, without a proxy, because proxies can change requests.
    pub fn new(url: Url, options: &Options) -> Result<Self, SetupError> {
        let options = Options { proxy: Proxies::Off, url_setting: "--forward", ..options.clone() };
        let transport = Transport::new(&options)?;
        transport.prepare(&url)?;
        Ok(Self { url, id: format!("{:016x}", fastrand::u64(..)), transport })
    }

    /// Forwards a request. The reply is 502 without a response, or if `stop` is ready first.
    pub(super) async fn send(
        &self,
        received: &ReceivedRequest,
        stop: impl Future<Output = ()>,
    ) -> (HttpResponse, Forwarded) {
        let start = Instant::now();
        let outcome = self.response(received, stop).await;
        let origin = self.url.origin().ascii_serialization();
        let forwarded = Forwarded {
            url: format!("{origin}{}", received.forward_target(&self.url)),
            outcome: outcome.as_ref().map(ReceivedResponse::to_response).map_err(Clone::clone),
            time: start.elapsed(),
        };
        let reply = match outcome {
            Ok(response) => reply(response, received.head.method() == "HEAD"),
            Err(why) => HttpResponse::text(502, &format!("{}: {}\n", why.name(), why.what())),
        };
        (reply, forwarded)
    }

    async fn response(
        &self,
        received: &ReceivedRequest,
        stop: impl Future<Output = ()>,
    ) -> Result<ReceivedResponse, ForwardError> {
        if received.was_forwarded_by(&self.id) {
            return Err(ForwardError::Loop);
        }
        let request = received.forwarded_to(&self.url, &self.id);
        match self.transport.forward(&self.url, request, stop).await {
            Ok(response) if response.body_end == BodyEnd::Stopped => {
                Err(ForwardError::TooLarge(Response::READ))
            }
            Ok(response) => Ok(response),
            Err((failure, _)) => Err(ForwardError::Failed(Box::new(failure))),
        }
    }
}

/// The response for the sender, with its own framing.
fn reply(response: ReceivedResponse, is_head: bool) -> HttpResponse {
    let status = response.status.as_u16();
    let has_body = !is_head && !is_bodiless(status);
    let connection = response.headers.get_all(CONNECTION).into_iter();
    let hop_by_hop = HopByHop::new(connection.map(|value| String::from_utf8_lossy(value.as_bytes())));
    let headers = response.headers.iter().filter(|(name, _)| {
        if **name == CONTENT_LENGTH {
            return !has_body;
        }
        **name != TRANSFER_ENCODING && !hop_by_hop.contains(name.as_str())
    });
    HttpResponse {
        status,
        reason: response.reason,
        headers: headers.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect(),
        body: has_body.then(|| Bytes::from(response.body)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;
    use crate::core::received::RequestHead;

    /// More than the socket buffers of a target that does not read.
    const LARGE: usize = 8 * 1024 * 1024;

    /// The status and the failure of a request with a body of this size, with a timeout of 100 ms.
    async fn sent<W: Future<Output = ()> + Send + 'static>(
        size: usize,
        work: impl FnOnce(TcpStream) -> W + Send + 'static,
    ) -> (u16, Option<&'static str>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        tokio::spawn(async move { work(listener.accept().await.unwrap().0).await });
        let options = Options { timeout: Duration::from_millis(100), ..Options::default() };
        let forward = Forward::new(url, &options).unwrap();
        let length = size.to_string();
        let headers = [("host", &b"x"[..]), ("content-length", length.as_bytes())];
        let request = ReceivedRequest {
            head: RequestHead::written("GET", "/", "HTTP/1.1", headers),
            body: vec![b'a'; size].into(),
        };
        let (reply, forwarded) = forward.send(&request, std::future::pending()).await;
        (reply.status, forwarded.outcome.as_ref().err().map(ForwardError::name))
    }

    #[tokio::test]
    async fn the_time_for_a_response_is_limited_whatever_the_target_does() {
        let silent =
            sent(1, |mut stream| async move { while stream.read(&mut [0; 8192]).await.unwrap() > 0 {} })
                .await;
        assert_eq!(silent, (502, Some("response-timeout")));
        let flood = sent(1, |stream| async move {
            let (mut reader, mut writer) = stream.into_split();
            tokio::spawn(async move { while reader.read(&mut [0; 8192]).await.unwrap() > 0 {} });
            while writer.write_all(&b"HTTP/1.1 102 Processing\r\n\r\n".repeat(1000)).await.is_ok() {}
        })
        .await;
        assert_eq!(flood, (502, Some("bad-response")));
        let deaf = sent(LARGE, |stream| async move {
            std::future::pending::<()>().await;
            drop(stream);
        })
        .await;
        assert_eq!(deaf, (502, Some("send-timeout")));
    }

    #[tokio::test]
    async fn a_response_before_the_request_is_complete_counts() {
        let early = sent(LARGE, |mut stream| async move {
            stream.read_exact(&mut [0; 16]).await.unwrap();
            stream.write_all(b"HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n").await.unwrap();
            std::future::pending::<()>().await;
        })
        .await;
        assert_eq!(early, (413, None));
    }
}
