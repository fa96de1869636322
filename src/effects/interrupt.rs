//! Ctrl-C while a prompt is open: the prompt is told, instead of the program being ended with the
//! cursor hidden.

/// From now on Ctrl-C no longer ends the program by itself.
///
/// # Errors
/// When the operating system refuses a signal handler.
pub fn hold() -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let _guard = runtime.enter();
    // The handler stays for the life of the process, also when this is dropped.
    #[cfg(unix)]
    drop(tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?);
    Ok(())
}
