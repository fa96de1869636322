//! The options of curl: which change the request, and which take a value.

/// An option that changes the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Request,
    Url,
    Header,
    Data,
    DataRaw,
    DataBinary,
    DataUrlencode,
    Json,
    Get,
    Head,
    User,
    Bearer,
    UserAgent,
    Cookie,
    Referer,
    Compressed,
    UploadFile,
    UrlQuery,
    RequestTarget,
    Range,
    Next,
}

/// The effect of an option on the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// It changes the request, with a value or without one.
    Changes(Effect),
    /// It only changes the transfer.
    Flag,
    /// The same, with a value.
    Value,
    /// No webhook sends such a request, or it depends on data outside the command.
    Unsupported,
}

impl Effect {
    pub(super) fn has_value(self) -> bool {
        !matches!(self, Self::Get | Self::Head | Self::Compressed | Self::Next)
    }
}

/// The long name of an option with one letter; empty if there is none.
pub(super) fn long_name(letter: char) -> &'static str {
    let mut names =
        LETTERS.split_whitespace().filter_map(|pair| pair.strip_prefix(letter)?.strip_prefix('='));
    names.next().unwrap_or_default()
}

/// The meaning of an option by its long name.
pub(super) fn meaning(name: &str) -> Option<Meaning> {
    let effect = match name {
        "request" => Effect::Request,
        "url" => Effect::Url,
        "header" => Effect::Header,
        "data" | "data-ascii" => Effect::Data,
        "data-raw" => Effect::DataRaw,
        "data-binary" => Effect::DataBinary,
        "data-urlencode" => Effect::DataUrlencode,
        "json" => Effect::Json,
        "get" => Effect::Get,
        "head" => Effect::Head,
        "user" => Effect::User,
        "oauth2-bearer" => Effect::Bearer,
        "user-agent" => Effect::UserAgent,
        "cookie" => Effect::Cookie,
        "referer" => Effect::Referer,
        "compressed" => Effect::Compressed,
        "upload-file" => Effect::UploadFile,
        "url-query" => Effect::UrlQuery,
        "request-target" => Effect::RequestTarget,
        "range" => Effect::Range,
        "next" => Effect::Next,
        _ if is_in(VALUES, name) => return Some(Meaning::Value),
        _ if is_in(UNSUPPORTED, name) => return Some(Meaning::Unsupported),
        _ => {
            let positive = name.strip_prefix("no-").unwrap_or(name);
            return (is_in(FLAGS, name) || is_in(FLAGS, positive)).then_some(Meaning::Flag);
        }
    };
    Some(Meaning::Changes(effect))
}

/// Whether a list of names that are separated by whitespace contains one.
fn is_in(list: &str, name: &str) -> bool {
    list.split_whitespace().any(|own| own == name)
}

const LETTERS: &str = "
    X=request H=header d=data G=get I=head u=user A=user-agent b=cookie e=referer T=upload-file r=range :=next
    F=form K=config x=proxy U=proxy-user o=output D=dump-header m=max-time w=write-out c=cookie-jar E=cert
    C=continue-at Y=speed-limit y=speed-time z=time-cond P=ftp-port Q=quote t=telnet-option q=disable k=insecure
    L=location s=silent S=show-error i=include v=verbose f=fail g=globoff n=netrc N=no-buffer O=remote-name
    J=remote-header-name R=remote-time p=proxytunnel Z=parallel a=append B=use-ascii j=junk-session-cookies
    l=list-only #=progress-bar 0=http1.0 1=tlsv1 2=sslv2 3=sslv3 4=ipv4 6=ipv6
";

const UNSUPPORTED: &str = "
    aws-sigv4 config expand-data expand-url form form-string quote telnet-option variable
";

const FLAGS: &str = "
    anyauth append basic ca-native cert-status compressed-ssh create-dirs crlf digest disable disable-eprt
    disable-epsv disallow-username-in-url doh-cert-status doh-insecure fail fail-early fail-with-body
    false-start form-escape ftp-create-dirs ftp-pasv ftp-pret ftp-skip-pasv-ip ftp-ssl-ccc ftp-ssl-control
    globoff haproxy-protocol http0.9 http1.0 http1.1 http2 http2-prior-knowledge http3 http3-only
    ignore-content-length include insecure ipv4 ipv6 junk-session-cookies list-only location location-trusted
    metalink negotiate netrc netrc-optional alpn buffer clobber keepalive npn progress-meter sessionid ntlm
    ntlm-wb parallel parallel-immediate path-as-is post301 post302 post303 progress-bar proxy-insecure
    proxytunnel raw remote-header-name remote-name remote-name-all remote-time remove-on-error retry-all-errors
    retry-connrefused sasl-ir show-error show-headers silent ssl ssl-allow-beast ssl-auto-client-cert
    ssl-no-revoke ssl-reqd ssl-revoke-best-effort sslv2 sslv3 styled-output suppress-connect-headers
    tcp-fastopen tcp-nodelay tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 verbose xattr use-ascii
";

const VALUES: &str = "
    abstract-unix-socket alt-svc cacert capath cert cert-type ciphers connect-timeout connect-to continue-at
    cookie-jar create-file-mode crlfile curves delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers
    doh-url dump-header ech egd-file engine etag-compare etag-save expect100-timeout ftp-account
    ftp-alternative-to-user ftp-method ftp-port ftp-ssl-ccc-mode happy-eyeballs-timeout-ms haproxy-clientip
    hostpubmd5 hostpubsha256 hsts interface ip-tos ipfs-gateway keepalive-cnt keepalive-time key key-type krb
    libcurl limit-rate local-port login-options max-filesize max-redirs max-time netrc-file noproxy output
    output-dir parallel-max pass pinnedpubkey preproxy proto proto-default proto-redir proxy proxy-cacert
    proxy-capath proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type
    proxy-pass proxy-pinnedpubkey proxy-service-name proxy-user proxy1.0 pubkey random-file rate resolve retry
    retry-delay retry-max-time sasl-authzid service-name socks4 socks4a socks5 socks5-hostname speed-limit
    speed-time stderr time-cond tls-max tls13-ciphers trace unix-socket write-out
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_option_is_a_whole_name_and_every_letter_has_a_meaning() {
        for name in [FLAGS, VALUES, UNSUPPORTED].into_iter().flat_map(str::split_whitespace) {
            assert!(!name.starts_with('-') && !name.ends_with('-'), "{name}");
        }
        for letter in LETTERS.split_whitespace().filter_map(|pair| pair.chars().next()) {
            assert!(meaning(long_name(letter)).is_some(), "-{letter}");
        }
    }
}
