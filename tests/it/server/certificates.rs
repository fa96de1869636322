//! Valid and invalid certificates, generated for each test.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};

/// A certificate authority for tests.
pub(crate) struct Authority {
    params: CertificateParams,
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    der: CertificateDer<'static>,
}

/// A certificate with its chain and its key.
pub(crate) struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    pem: String,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let (pem, der) = (certificate.pem(), certificate.der().clone());
        Self { issuer: Issuer::new(params.clone(), key), params, pem, der }
    }

    /// An authority with the same name and another key: its signatures do not verify.
    pub(crate) fn impostor(&self) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = self.params.self_signed(&key).unwrap();
        let (pem, der) = (certificate.pem(), certificate.der().clone());
        Self { issuer: Issuer::new(self.params.clone(), key), params: self.params.clone(), pem, der }
    }

    pub(crate) fn pem(&self) -> Vec<u8> {
        self.pem.clone().into_bytes()
    }

    /// A certificate for these names, after `change`.
    pub(crate) fn issue(&self, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Identity {
        let key = KeyPair::generate().unwrap();
        let certificate = server_params(names, change).signed_by(&key, &self.issuer).unwrap();
        Identity::new(certificate.der().clone(), certificate.pem(), &key)
    }
}

impl Identity {
    /// A certificate that no authority has signed.
    pub(crate) fn self_signed(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = server_params(names, change).self_signed(&key).unwrap();
        Self::new(certificate.der().clone(), certificate.pem(), &key)
    }

    fn new(der: CertificateDer<'static>, pem: String, key: &KeyPair) -> Self {
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        Self { chain: vec![der], key, pem }
    }

    pub(crate) fn pem(&self) -> Vec<u8> {
        self.pem.clone().into_bytes()
    }

    pub(crate) fn server(self) -> Arc<ServerConfig> {
        self.server_speaking(rustls::ALL_VERSIONS)
    }

    pub(crate) fn server_speaking(self, versions: &[&'static SupportedProtocolVersion]) -> Arc<ServerConfig> {
        let builder =
            ServerConfig::builder_with_provider(provider()).with_protocol_versions(versions).unwrap();
        // The client decides whether the certificate is valid.
        let key = rustls::crypto::ring::sign::any_supported_type(&self.key).unwrap();
        let certified = SingleCertAndKey::from(CertifiedKey::new(self.chain, key));
        Arc::new(builder.with_no_client_auth().with_cert_resolver(Arc::new(certified)))
    }

    /// A server that requires client certificates of this authority.
    pub(crate) fn server_for_members(
        self,
        authority: &Authority,
        version: &'static SupportedProtocolVersion,
    ) -> Arc<ServerConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(authority.der.clone()).unwrap();
        let members =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider()).build().unwrap();
        let builder =
            ServerConfig::builder_with_provider(provider()).with_protocol_versions(&[version]).unwrap();
        Arc::new(builder.with_client_cert_verifier(members).with_single_cert(self.chain, self.key).unwrap())
    }
}

fn server_params(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, "a receiver");
    change(&mut params);
    params
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}
