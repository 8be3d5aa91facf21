//! Static files for web applications: what ships with the program, found, hashed, rewritten and published.

mod scan;
