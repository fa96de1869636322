//! A client for the emulator, with one connection per request.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use super::KEY;

pub(crate) struct Client {
    pub(crate) address: SocketAddr,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Response {
    /// None if the response is not complete.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers: Option<Vec<_>> = lines.map(|line| line.split_once(": ")).collect();
        let headers = headers?.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let own = Self { status, headers: headers.collect(), text: body.to_owned() };
        let length = own.header("content-length").map(|length| length.parse::<usize>().unwrap());
        length.is_none_or(|length| length == own.text.len()).then_some(own)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        self.json()
    }

    /// The id or prokey in the response to a create.
    #[track_caller]
    pub(crate) fn created(&self) -> String {
        let body = self.ok();
        assert_eq!((&body["status"], &body["message"]), (&json!("success"), &json!("created")));
        body.get("prokey").or_else(|| body.get("id")).and_then(Value::as_str).unwrap().to_owned()
    }

    #[track_caller]
    pub(crate) fn error(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{self:?}");
        let body = self.json();
        assert_eq!(body["status"], "error", "{body}");
        body["message"].as_str().unwrap().to_owned()
    }
}

impl Client {
    /// Sends a request, and reads the response until the connection is closed.
    pub(crate) fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> String {
        self.try_send(method, path, headers, body).unwrap()
    }

    pub(crate) fn try_send(&self, method: &str, path: &str, headers: &str, body: &str) -> io::Result<String> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(Duration::from_mins(1)))?;
        let (host, length) = (self.address, body.len());
        let head = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{headers}");
        // The server may respond before it has read everything.
        let _ = stream.write_all(format!("{head}content-length: {length}\r\n\r\n{body}").as_bytes());
        let mut response = Vec::new();
        let _ = stream.read_to_end(&mut response);
        Ok(String::from_utf8(response).unwrap())
    }

    pub(crate) fn request(&self, method: &str, path: &str, headers: &str, body: &str) -> Response {
        let text = self.send(method, path, headers, body);
        Response::parse(&text).unwrap_or_else(|| panic!("no response: {text:?}"))
    }

    /// A call with the usual key.
    pub(crate) fn call(&self, method: &str, path: &str, body: &Value) -> Response {
        self.call_as(KEY, method, path, body)
    }

    pub(crate) fn call_as(&self, key: &str, method: &str, path: &str, body: &Value) -> Response {
        let headers = format!("authorization: {key}\r\ncontent-type: application/json\r\n");
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.request(method, path, &headers, &body)
    }

    pub(crate) fn get(&self, path: &str) -> Response {
        self.call("GET", path, &Value::Null)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Response {
        self.call("POST", path, body)
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> Response {
        self.call("PATCH", path, body)
    }

    pub(crate) fn delete(&self, path: &str) -> Response {
        self.call("DELETE", path, &Value::Null)
    }
}
