package import NIOCore

/// Runs the steps of handlers on their connection's event loop, in the turns of its owner, so that
/// no request changes threads to be served. Steps must not block, and what computes for long is
/// given to other threads by the handler itself.
///
/// How many steps may wait is bounded by the requests that may be under way on a connection.
package final class LoopExecutor: TaskExecutor {
    /// A step of a task.
    struct Step {
        fileprivate let job: UnownedJob
        fileprivate let executor: LoopExecutor

        func run() {
            job.runSynchronously(on: executor.asUnownedTaskExecutor())
        }
    }

    private let loop: any EventLoop
    /// Nil where nobody shares the loop.
    private let turns: NIOLoopBound<ConnectionTurns>?

    /// - Parameter turns: of its connection.
    package init(_ loop: any EventLoop, _ turns: ConnectionTurns?) {
        self.loop = loop
        self.turns = turns.map { NIOLoopBound($0, eventLoop: loop) }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let step = Step(job: UnownedJob(job), executor: self)
        guard let turns else { return loop.execute { step.run() } }
        // Never within another step, but next to those that wait.
        if loop.inEventLoop { return turns.value.add(.step(step)) }
        loop.execute { turns.value.doOrAdd(.step(step)) }
    }
}
