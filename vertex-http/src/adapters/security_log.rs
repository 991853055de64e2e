use std::net::IpAddr;

use metrics::counter;
use vertex_core::ports::{SecurityEvent, SecurityLog};

/// Writes log lines of accounts, and counts.
#[derive(Clone, Copy, Debug, Default)]
pub struct TracedSecurity;

impl SecurityLog for TracedSecurity {
    /// `docs/operating.md` promises the words and fields of failed sign-ins to programs that read the log.
    fn note(&self, event: &SecurityEvent<'_>) {
        match event {
            SecurityEvent::SignedIn { username, address } => {
                tracing::info!(client = client(*address), %username, "signed in");
                count_sign_in("succeeded");
            }
            SecurityEvent::SignInFailed { username, address, blocked_until } => {
                let username = username.map(|username| username.as_str());
                tracing::warn!(client = client(*address), username, "sign-in failed");
                count_sign_in("failed");
                if let Some(until) = blocked_until {
                    tracing::warn!(client = client(*address), username, %until, "sign-ins blocked");
                    counter!("sign_in_blocks_total").increment(1);
                }
            }
            SecurityEvent::SignInRefused { address, until } => {
                tracing::warn!(client = client(*address), %until, "sign-in refused");
                count_sign_in("refused");
            }
            SecurityEvent::RefreshTokenReused { username, address } => {
                tracing::warn!(client = client(*address), %username, "refresh token used twice");
                counter!("refresh_tokens_reused_total").increment(1);
            }
            SecurityEvent::PasswordChanged { user, by } => {
                tracing::info!(%user, %by, "password changed");
                counter!("password_changes_total").increment(1);
            }
            SecurityEvent::RoleChanged { user, from, to, by } => {
                tracing::warn!(%user, %from, %to, %by, "role changed");
                counter!("role_changes_total").increment(1);
            }
        }
    }
}

fn client(address: Option<IpAddr>) -> String {
    address.map_or_else(|| "unknown".to_owned(), |address| address.to_string())
}

fn count_sign_in(outcome: &'static str) {
    counter!("sign_ins_total", "outcome" => outcome).increment(1);
}

#[cfg(test)]
mod tests {
    use std::{
        io::{self, Write},
        sync::{Arc, Mutex},
    };

    use serde_json::{Value, json};
    use vertex_core::text::Username;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_failed_sign_in_is_a_line_that_programs_can_read() {
        let lines = Lines::default();
        let writer = lines.clone();
        let log = tracing_subscriber::fmt().json().flatten_event(true);
        let log = log.with_writer(move || writer.clone()).finish();
        let anna = Username::parse("anna").unwrap();
        tracing::subscriber::with_default(log, || {
            for username in [Some(&anna), None] {
                let address = "2001:db8::7".parse().ok();
                let blocked_until = None;
                let event = SecurityEvent::SignInFailed { username, address, blocked_until };
                TracedSecurity.note(&event);
            }
        });
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        // The regular expression of docs/operating.md looks for this.
        let marks = r#""message":"sign-in failed","client":"2001:db8::7""#;
        assert!(text.lines().all(|line| line.contains(marks)), "{text}");
        let names = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let names: Vec<Value> = names.map(|line| line["username"].clone()).collect();
        assert_eq!(names, [json!("anna"), Value::Null]);
    }
}
