//! Passes requests on to another receiver, and its answers back.

use std::fmt;
use std::time::{Duration, Instant};

use url::Url;

use super::returned::{Outcome, Returned, read};
use crate::core::exchange::{Answer, Failure};
use crate::core::received::Received;
use crate::core::text::size;
use crate::io::http::{Dialer, Options, SetupError};

/// The most bytes of the body of an answer.
const LARGEST: usize = 1024 * 1024;

/// Where requests are passed on to.
#[derive(Debug)]
pub struct Forward {
    url: Url,
    /// The name by which this listener recognises a request that it has forwarded.
    name: String,
    dialer: Dialer,
}

/// What came of passing a request on.
#[derive(Clone)]
pub struct Forwarded {
    /// The whole URL that it was sent to: its query may hold secrets.
    pub url: String,
    /// The answer as it was passed back, or why there is none.
    pub outcome: Result<Answer, NotForwarded>,
    /// How long it took, the body of the answer included.
    pub time: Duration,
}

/// Why there is no answer to pass back.
#[derive(Debug, Clone)]
pub enum NotForwarded {
    /// None came.
    Failed(Box<Failure>),
    /// It has a body of more than this many bytes.
    TooLarge(usize),
    /// This listener has forwarded the request before: the URL leads back to it.
    Loop,
}

impl NotForwarded {
    /// Its stable name in JSON.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Failed(failure) => failure.kind.name(),
            Self::TooLarge(_) => "answer_too_large",
            Self::Loop => "forward_loop",
        }
    }

    /// What happened, in a sentence.
    pub fn what(&self) -> String {
        match self {
            Self::Failed(failure) => failure.what(),
            Self::TooLarge(most) => format!("The body of the answer is larger than {}.", size(*most)),
            Self::Loop => "The URL of `--forward` leads back to this listener.".to_owned(),
        }
    }

    /// What to do next, as in the failure table, if it is a failure from there.
    pub fn next(&self) -> Option<String> {
        match self {
            Self::Failed(failure) => Some(failure.next()),
            Self::TooLarge(_) | Self::Loop => None,
        }
    }
}

impl fmt::Debug for Forwarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Forwarded")
            .field("outcome", &self.outcome)
            .field("time", &self.time)
            .finish_non_exhaustive()
    }
}

impl Forwarded {
    /// Why the receiver did not accept the request: a fragment.
    pub fn not_delivered(&self) -> Option<String> {
        match &self.outcome {
            Ok(answer) if answer.is_success() => None,
            Ok(answer) => Some(format!("the receiver responded with {}", answer.status_line())),
            Err(why) => Some(why.name().to_owned()),
        }
    }
}

impl Forward {
    /// Gets ready to pass requests on to this URL: their paths are put behind its own.
    ///
    /// # Errors
    /// When the certificates to trust cannot be used.
    pub fn new(url: Url, options: &Options) -> Result<Self, SetupError> {
        let name = format!("{:016x}", fastrand::u64(..));
        Ok(Self { dialer: Dialer::new(&url, options)?, url, name })
    }

    /// Passes a request on; the answer is 502 when there is none, and at once when `stop` is ready.
    pub(super) async fn pass(
        &self,
        request: &Received,
        stop: impl Future<Output = ()>,
    ) -> (Returned, Forwarded) {
        let start = Instant::now();
        let head = request.onward_head(&self.url, &self.name);
        let (before, behind) = request.onward_frame();
        let message = [&head[..], &before, &request.body, behind];
        let is_head = request.head.method() == "HEAD";
        let outcome = if request.was_forwarded_by(&self.name) {
            Err(NotForwarded::Loop)
        } else {
            match self.dialer.exchange(&message, |stream| read(stream, is_head, LARGEST), stop).await {
                Ok(Outcome::Whole(returned)) => Ok(returned),
                Ok(Outcome::TooLarge) => Err(NotForwarded::TooLarge(LARGEST)),
                Err(failure) => Err(NotForwarded::Failed(Box::new(failure))),
            }
        };
        let origin = self.url.origin().ascii_serialization();
        let forwarded = Forwarded {
            url: format!("{origin}{}", request.onward_target(&self.url)),
            outcome: outcome.as_ref().map(Returned::answer).map_err(Clone::clone),
            time: start.elapsed(),
        };
        let returned = outcome.unwrap_or_else(|why| {
            Returned::bad_gateway(&format!("{}: {}\n", why.name(), why.what()), is_head)
        });
        (returned, forwarded)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;
    use crate::core::received::RequestHead;

    /// Too large to be sent to a target that does not read.
    const LARGE: usize = 8 * 1024 * 1024;

    /// The result of a request with a body of this size to such a target, within 100 ms.
    async fn passed<W: Future<Output = ()> + Send + 'static>(
        size: usize,
        work: impl FnOnce(TcpStream) -> W + Send + 'static,
    ) -> (Returned, Forwarded) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        tokio::spawn(async move { work(listener.accept().await.unwrap().0).await });
        let options = Options { timeout: Duration::from_millis(100), ..Options::default() };
        let forward = Forward::new(url, &options).unwrap();
        let request = Received {
            head: RequestHead::written("GET", "/", "HTTP/1.1", [("host", &b"x"[..])]),
            body: vec![b'a'; size].into(),
        };
        forward.pass(&request, std::future::pending()).await
    }

    fn failure(passed: &(Returned, Forwarded)) -> Option<&'static str> {
        passed.1.outcome.as_ref().err().map(NotForwarded::name)
    }

    #[tokio::test]
    async fn the_time_for_an_answer_is_limited_whatever_the_target_does() {
        let silent =
            passed(1, |mut stream| async move { while stream.read(&mut [0; 8192]).await.unwrap() > 0 {} })
                .await;
        assert_eq!((silent.0.status, failure(&silent)), (502, Some("response-timeout")));
        let flood = passed(1, |stream| async move {
            let (mut reader, mut writer) = stream.into_split();
            tokio::spawn(async move { while reader.read(&mut [0; 8192]).await.unwrap() > 0 {} });
            while writer.write_all(&b"HTTP/1.1 102 Processing\r\n\r\n".repeat(1000)).await.is_ok() {}
        })
        .await;
        assert_eq!((flood.0.status, failure(&flood)), (502, Some("response-timeout")));
        let deaf = passed(LARGE, |stream| async move {
            std::future::pending::<()>().await;
            drop(stream);
        })
        .await;
        assert_eq!((deaf.0.status, failure(&deaf)), (502, Some("send-timeout")));
    }

    #[tokio::test]
    async fn an_answer_before_the_request_is_whole_counts() {
        let early = passed(LARGE, |mut stream| async move {
            stream.read_exact(&mut [0; 16]).await.unwrap();
            stream.write_all(b"HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n").await.unwrap();
            std::future::pending::<()>().await;
        })
        .await;
        assert_eq!((early.0.status, failure(&early)), (413, None));
    }
}
