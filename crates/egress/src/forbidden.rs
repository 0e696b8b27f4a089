//! What an address is, where that alone speaks against it.
//!
//! Source of the ranges: the IANA special-purpose address registries (RFC 6890), and the clouds'
//! own pages for their metadata services.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an address is that may not be connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forbidden {
    /// 169.254/16 or fe80::/10: answers to the neighbours of a machine only.
    LinkLocal,
    /// Where a cloud tells its machines their secrets.
    Metadata,
    /// Unspecified, multicast, broadcast or reserved.
    NotAHost,
    /// RFC 1918, carrier-grade NAT or a unique local address.
    Private,
    /// A loopback address.
    ThisMachine,
}

/// Metadata services outside the link-local ranges: AWS over IPv6, Alibaba, Azure's wire server.
const METADATA: [IpAddr; 3] = [
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
];

/// The IPv4 address inside one that only wraps it: IPv4-mapped, NAT64 (64:ff9b::/96) and 6to4 (2002::/16).
pub(crate) fn real(address: &IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address.to_canonical() else {
        return address.to_canonical();
    };
    let parts = v6.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        IpAddr::V4(Ipv4Addr::new(a, b, c, d))
    };
    match parts {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => v4(high, low),
        _ => IpAddr::V6(v6),
    }
}

/// What speaks against an address in every installation.
pub(crate) fn always(address: IpAddr) -> Option<Forbidden> {
    if METADATA.contains(&address) {
        return Some(Forbidden::Metadata);
    }
    let (link_local, no_host) = match address {
        IpAddr::V4(v4) => (
            v4.is_link_local(),
            v4.is_multicast() || v4.octets()[0] == 0 || v4.octets()[0] >= 240,
        ),
        IpAddr::V6(v6) => (
            v6.is_unicast_link_local(),
            v6.is_multicast() || v6.is_unspecified(),
        ),
    };
    if link_local {
        Some(Forbidden::LinkLocal)
    } else {
        no_host.then_some(Forbidden::NotAHost)
    }
}

/// What speaks against an address where only the public internet is meant.
pub(crate) fn private(address: IpAddr) -> Option<Forbidden> {
    if address.is_loopback() {
        return Some(Forbidden::ThisMachine);
    }
    let is_private = match address {
        IpAddr::V4(v4) => v4.is_private() || (v4.octets()[0] == 100 && (64..128).contains(&v4.octets()[1])),
        IpAddr::V6(v6) => v6.is_unique_local(),
    };
    is_private.then_some(Forbidden::Private)
}
