//! Ports that nobody uses.

use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// So many different ports of `127.0.0.1` that are free at the moment.
///
/// They are not reserved: a program that is told its ports has to bind them itself. The kernel hands out ports in
/// no order, so that somebody else gets one of these in between only rarely; whoever starts a server with them
/// tries again then.
///
/// # Errors
///
/// Whatever the operating system says about binding.
pub(super) fn free<const N: usize>() -> io::Result<[u16; N]> {
    let mut ports = [0; N];
    // All at once, so that they differ.
    let mut listeners = Vec::with_capacity(N);
    for port in &mut ports {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        *port = listener.local_addr()?.port();
        listeners.push(listener);
    }
    Ok(ports)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn they_differ_and_can_be_bound() {
        let ports = super::free::<8>().unwrap();
        assert_eq!(ports.iter().collect::<BTreeSet<_>>().len(), 8);
        assert!(!ports.contains(&0));
    }
}
