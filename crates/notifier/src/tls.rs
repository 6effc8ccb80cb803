//! TLS of the calls that go out by HTTP: the public authorities, and one more where the settings name it.

use std::fmt;
use std::sync::Arc;

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

use crate::error::NotifyError;

/// # Errors
/// The certificate, trusted besides the public authorities, is none.
pub(crate) fn connector(root_pem: Option<&[u8]>) -> Result<TlsConnector, NotifyError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.into() };
    let bad = |error: &dyn fmt::Display| NotifyError::BadCertificate(error.to_string());
    if let Some(pem) = root_pem {
        let known = roots.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|error| bad(&error))?;
            roots.add(certificate).map_err(|error| bad(&error))?;
        }
        if roots.len() == known {
            return Err(bad(&"there is no certificate in it"));
        }
    }
    let provider = Arc::new(crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| bad(&error))?;
    Ok(TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth())))
}
