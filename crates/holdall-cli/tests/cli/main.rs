//! The command from outside: its transcripts, which are documentation too, and what no transcript can show. One binary,
//! since each one that links the AWS SDK takes long to build.

mod arguments;
#[cfg(unix)]
mod interrupted;
mod prompts;
mod s3;
mod site;
#[cfg(unix)]
mod terminal;
mod transcripts;
