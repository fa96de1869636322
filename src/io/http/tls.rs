//! The TLS configuration: loaded only for `https`, and recording why a certificate is not accepted.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{
    ClientSessionMemoryCache, ResolvesClientCert, Resumption, WebPkiServerVerifier, verify_server_name,
};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::certificate::{Issuer, Validity, validity};
use super::options::SetupError;
use super::timing::Timing;
use crate::core::text::one_line;
use crate::io::env;

/// How many receivers' sessions are kept for shorter handshakes.
const SESSIONS: usize = 32;

/// The certificates of all `--cacert` files.
pub(super) fn extra_roots(files: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    let mut roots = Vec::new();
    let mut store = RootCertStore::empty();
    for (index, file) in files.iter().enumerate() {
        let before = roots.len();
        let problem = |reason: String| SetupError::Certificates { index, reason };
        for certificate in CertificateDer::pem_slice_iter(file) {
            let certificate = certificate.map_err(|error| problem(pem_error(&error)))?;
            store
                .add(certificate.clone())
                .map_err(|_| problem("a certificate in it is damaged".to_owned()))?;
            roots.push(certificate);
        }
        if roots.len() == before {
            return Err(problem(NO_CERTIFICATE.to_owned()));
        }
    }
    Ok(roots)
}

/// Whether a TLS server listens at this address: sends a client hello and reads the first two bytes of the response.
pub(super) async fn is_spoken_at(address: SocketAddr) -> bool {
    /// Long enough for one round trip.
    const LIMIT: Duration = Duration::from_secs(2);
    let Ok(hello) = client_hello(address) else { return false };
    let probe = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(&hello).await?;
        let mut record = [0; 2];
        stream.read_exact(&mut record).await?;
        Ok::<_, io::Error>(record)
    };
    // A TLS record: handshake (22) or alert (21), version 3.x.
    matches!(tokio::time::timeout(LIMIT, probe).await, Ok(Ok([21 | 22, 3])))
}

fn client_hello(address: SocketAddr) -> Result<Vec<u8>, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
    let config = builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth();
    let mut session = rustls::ClientConnection::new(Arc::new(config), ServerName::from(address.ip()))?;
    let mut hello = Vec::new();
    let written = session.write_tls(&mut (&mut hello as &mut dyn io::Write));
    written.map_err(|error| rustls::Error::General(error.to_string()))?;
    Ok(hello)
}

/// The configuration, and whether the machine has no roots of its own.
pub(super) fn configured(
    insecure: bool,
    extra: Vec<CertificateDer<'static>>,
) -> Result<(ClientConfig, bool), SetupError> {
    check_environment()?;
    set_up(insecure, extra).map_err(|error| SetupError::Tls(error.to_string()))
}

/// Checks the variables for the system's certificates, because the library ignores files that it cannot read.
fn check_environment() -> Result<(), SetupError> {
    // There the system verifies certificates, and does not read these variables.
    if cfg!(any(windows, target_vendor = "apple")) {
        return Ok(());
    }
    let unusable = |variable, path: &Path, what: &str| {
        let reason = format!("`{}`: {what}", one_line(&path.to_string_lossy()));
        Err(SetupError::Environment { variable, reason })
    };
    if let Some(path) = env::path("SSL_CERT_FILE") {
        let certificates = CertificateDer::pem_file_iter(&path);
        let first = certificates.and_then(|mut all| {
            let first = all.next().unwrap_or(Err(pem::Error::NoItemsFound));
            first.or_else(|error| all.find_map(Result::ok).ok_or(error))
        });
        if let Err(error) = first {
            return unusable("SSL_CERT_FILE", &path, &pem_error(&error));
        }
    }
    // Several directories, as in `PATH`; some may be missing.
    if let Some(paths) = env::path("SSL_CERT_DIR")
        && !std::env::split_paths(&paths).any(|path| path.is_dir())
    {
        return unusable("SSL_CERT_DIR", &paths, "no such directory");
    }
    Ok(())
}

const NO_CERTIFICATE: &str = "it contains no certificate in PEM form (`-----BEGIN CERTIFICATE-----`)";

fn pem_error(error: &pem::Error) -> String {
    match error {
        pem::Error::MissingSectionEnd { .. } => {
            "it is truncated: the last `-----END …-----` line is missing".to_owned()
        }
        pem::Error::IllegalSectionStart { .. } => "a line `-----BEGIN …-----` is malformed".to_owned(),
        pem::Error::Base64Decode(_) => "a certificate is not valid base64".to_owned(),
        pem::Error::SectionTooLarge => "a certificate is too large".to_owned(),
        pem::Error::Io(error) => {
            let words = error.to_string();
            words.split(" (os error").next().unwrap_or_default().to_lowercase()
        }
        pem::Error::NoItemsFound => NO_CERTIFICATE.to_owned(),
        other => other.to_string(),
    }
}

fn set_up(
    insecure: bool,
    extra: Vec<CertificateDer<'static>>,
) -> Result<(ClientConfig, bool), rustls::Error> {
    let provider = provider();
    let trusted = extra.clone();
    let (inner, bundled): (Arc<dyn ServerCertVerifier>, bool) = match platform(extra.clone(), &provider) {
        Ok(verifier) => (verifier, false),
        Err(_) => (bundled(extra, &provider)?, true),
    };
    let verifier = Arc::new(RecordingVerifier { inner, trusted, insecure });
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_client_cert_resolver(Arc::new(NoClientCertificate));
    config.resumption = Resumption::store(Arc::new(ClientSessionMemoryCache::new(SESSIONS)));
    // A server that supports only HTTP/2 can refuse this.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((config, bundled))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// Trusts the machine's roots and the extra ones; an error if the machine has no roots.
fn platform(
    extra: Vec<CertificateDer<'static>>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, rustls::Error> {
    let own = Verifier::new(Arc::clone(provider))?;
    if extra.is_empty() {
        return Ok(Arc::new(own));
    }
    // Loaded twice: with extra roots, it does not report that the machine has none.
    Ok(Arc::new(Verifier::new_with_extra_roots(extra, Arc::clone(provider))?))
}

fn bundled(
    extra: Vec<CertificateDer<'static>>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, rustls::Error> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for certificate in extra {
        roots.add(certificate)?;
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map(|verifier| verifier as Arc<dyn ServerCertVerifier>)
        .map_err(|error| rustls::Error::General(error.to_string()))
}

/// Has no certificate, but records that one was requested: in TLS 1.2, the alert does not say so.
#[derive(Debug)]
struct NoClientCertificate;

impl ResolvesClientCert for NoClientCertificate {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Timing::note(|moments| moments.client_cert_requested = true);
        None
    }

    fn has_certs(&self) -> bool {
        false
    }
}

/// Records why a certificate is not accepted, and accepts any certificate with `--insecure`.
#[derive(Debug)]
struct RecordingVerifier {
    inner: Arc<dyn ServerCertVerifier>,
    trusted: Vec<CertificateDer<'static>>,
    insecure: bool,
}

impl RecordingVerifier {
    /// Checks the dates and names of a certificate that `--cacert` trusts itself.
    fn verify_trusted(
        certificate: &CertificateDer<'_>,
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let seconds = |seconds: i64| {
            UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(seconds).unwrap_or_default()))
        };
        let Some(Validity { not_before, not_after }) = validity(certificate) else {
            return Err(CertificateError::BadEncoding.into());
        };
        let (not_before, not_after) = (seconds(not_before), seconds(not_after));
        if not_after < not_before {
            return Err(CertificateError::Expired.into());
        }
        if now < not_before {
            return Err(CertificateError::NotValidYetContext { time: now, not_before }.into());
        }
        if now > not_after {
            return Err(CertificateError::ExpiredContext { time: now, not_after }.into());
        }
        verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
        Ok(ServerCertVerified::assertion())
    }
}

impl ServerCertVerifier for RecordingVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let mut verdict =
            self.inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        if verdict.is_err() && self.trusted.iter().any(|trusted| trusted == end_entity) {
            verdict = Self::verify_trusted(end_entity, server_name, now);
        }
        let Err(error) = verdict else { return verdict };
        Timing::note(|moments| {
            moments.issuer = Issuer::of(end_entity, intermediates);
            moments.validity = validity(end_entity);
        });
        if !self.insecure {
            return Err(error);
        }
        Timing::note(|moments| moments.certificate_error = Some(error));
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}
