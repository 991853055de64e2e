use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// With fewer there is too little room for a busy day.
const FEW: u64 = 4096;
/// What the database, the storage, logs and the rest have open.
const RESERVED: u64 = 256;

/// Raises the limit of open files as far as the system lets us, and gives the number of connections that have room
/// below it: each may have a file open beside its socket.
pub fn raise_descriptors() -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit = raised,
        Err(error) => tracing::warn!(%error, "the limit of open files cannot be raised"),
    }
    let descriptors = limit.current.unwrap_or(u64::MAX);
    if descriptors < FEW {
        tracing::warn!(
            descriptors,
            "few files may be open at once: raise the hard limit (`LimitNOFILE=` of systemd, `ulimit -Hn`)"
        );
    }
    connections_within(descriptors)
}

fn connections_within(descriptors: u64) -> usize {
    let connections = (descriptors.saturating_sub(RESERVED) / 2).max(descriptors / 4);
    usize::try_from(connections).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_connection_may_have_a_file_open() {
        assert_eq!(connections_within(1024), 384);
        assert_eq!(connections_within(64), 16);
        assert_eq!(connections_within(u64::MAX), usize::try_from((u64::MAX - 256) / 2).unwrap());
    }
}
