internal import NIOCore

/// Runs handler tasks on their connection's event loop, sparing two changes of thread per request.
/// Their steps wait for the connection's turns, where it has some.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop
    private let turns: NIOLoopBound<ConnectionTurns?>

    /// To be made on the loop.
    init(_ loop: any EventLoop, _ turns: ConnectionTurns?) {
        self.loop = loop
        self.turns = NIOLoopBound(turns, eventLoop: loop)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if loop.inEventLoop { return takeUp(job) }
        loop.execute { self.takeUp(job) }
    }

    private func takeUp(_ job: UnownedJob) {
        if let turns = turns.value { return turns.add(.job(job, self)) }
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
