internal import ArgumentParser
internal import Terminal

/// Does the work until it is done or the process is told to stop, which cancels it.
///
/// - Throws: what the work throws; exit status 130 when it was cancelled.
func interruptible<Value: Sendable>(
    _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    let signals = StopSignals()
    let working = Task { try await work() }
    let stopping = Task {
        if await signals.wait() { working.cancel() }
    }
    let result = await working.result
    signals.cancel()
    await stopping.value
    ProgressLine.clear()
    if case .failure(let error) = result, error is CancellationError { throw ExitCode(130) }
    return try result.get()
}
