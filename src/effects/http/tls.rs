//! The TLS side: our own configuration, so that nothing is loaded for plain HTTP and every verdict on a
//! certificate passes through here.

use std::sync::Arc;
use std::time::Instant;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{
    ClientSessionMemoryCache, ClientSessionStore, ResolvesClientCert, Resumption, Tls12ClientSessionValue,
    Tls13ClientSessionValue, WebPkiServerVerifier,
};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, DigitallySignedStruct, NamedGroup, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;

use super::marks::Marks;
use super::signer::Signer;
use super::{Options, SetupError};

/// How many receivers' sessions are remembered, so that a second connection needs a shorter handshake.
const SESSIONS: usize = 32;

/// The certificates of all `--cacert` files.
pub(super) fn extra_roots(files: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    let mut roots = Vec::new();
    let mut store = RootCertStore::empty();
    for (index, file) in files.iter().enumerate() {
        let before = roots.len();
        let problem = |reason: String| SetupError::Certificates { index, reason };
        for certificate in CertificateDer::pem_slice_iter(file) {
            let certificate = certificate.map_err(|error| problem(error.to_string()))?;
            store.add(certificate.clone()).map_err(|error| problem(error.to_string()))?;
            roots.push(certificate);
        }
        if roots.len() == before {
            return Err(problem("there is none in PEM form (`-----BEGIN CERTIFICATE-----`)".to_owned()));
        }
    }
    Ok(roots)
}

/// A configuration for clients that never speak TLS: `reqwest` insists on one.
pub(super) fn unused() -> Result<ClientConfig, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

/// The real configuration, and whether the machine has no roots of its own.
pub(super) fn configured(
    options: &Options,
    extra: Vec<CertificateDer<'static>>,
) -> Result<(ClientConfig, bool), rustls::Error> {
    let provider = provider();
    let (inner, bundled): (Arc<dyn ServerCertVerifier>, bool) = match platform(extra.clone(), &provider) {
        Ok(verifier) => (verifier, false),
        Err(_) => (bundled(extra, &provider)?, true),
    };
    let verifier = Arc::new(Witness { inner, insecure: options.insecure });
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_client_cert_resolver(Arc::new(Nobody));
    config.resumption =
        Resumption::store(Arc::new(MarkedSessions { inner: ClientSessionMemoryCache::new(SESSIONS) }));
    Ok((config, bundled))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// What the machine trusts, and ours; an error if the machine has no roots at all.
fn platform(
    extra: Vec<CertificateDer<'static>>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, rustls::Error> {
    let own = Verifier::new(Arc::clone(provider))?;
    if extra.is_empty() {
        return Ok(Arc::new(own));
    }
    // Loaded twice in this case only: with roots of ours in it, it does not tell that the machine has none.
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

/// Has no certificate of its own, and remembers that one was wanted: in TLS 1.2 the refusal does not say so.
#[derive(Debug)]
struct Nobody;

impl ResolvesClientCert for Nobody {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Marks::note(|moments| moments.client_cert_wanted = true);
        None
    }

    fn has_certs(&self) -> bool {
        false
    }
}

/// Passes each verdict on, remembers what explains it, and overrules it if any certificate will do.
#[derive(Debug)]
struct Witness {
    inner: Arc<dyn ServerCertVerifier>,
    insecure: bool,
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verdict =
            self.inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        let Err(error) = verdict else { return verdict };
        Marks::note(|moments| moments.signer = Signer::of(end_entity, intermediates));
        if !self.insecure {
            return Err(error);
        }
        Marks::note(|moments| moments.certificate_error = Some(error));
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

/// A store of sessions that notices handshakes: its hint is asked for when one begins.
#[derive(Debug)]
struct MarkedSessions {
    inner: ClientSessionMemoryCache,
}

impl ClientSessionStore for MarkedSessions {
    fn set_kx_hint(&self, server_name: ServerName<'static>, group: NamedGroup) {
        self.inner.set_kx_hint(server_name, group);
    }

    fn kx_hint(&self, server_name: &ServerName<'_>) -> Option<NamedGroup> {
        Marks::note(|moments| moments.tls_start = Some(Instant::now()));
        self.inner.kx_hint(server_name)
    }

    fn set_tls12_session(&self, server_name: ServerName<'static>, value: Tls12ClientSessionValue) {
        self.inner.set_tls12_session(server_name, value);
    }

    fn tls12_session(&self, server_name: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.inner.tls12_session(server_name)
    }

    fn remove_tls12_session(&self, server_name: &ServerName<'static>) {
        self.inner.remove_tls12_session(server_name);
    }

    fn insert_tls13_ticket(&self, server_name: ServerName<'static>, value: Tls13ClientSessionValue) {
        self.inner.insert_tls13_ticket(server_name, value);
    }

    fn take_tls13_ticket(&self, server_name: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.inner.take_tls13_ticket(server_name)
    }
}
