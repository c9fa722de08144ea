internal import Domain
internal import HTTP2
internal import NIOCore
internal import Shares
internal import SwiftProtobuf
internal import Synchronization

extension Services {
    /// Orders under way in one stream: at most, and whatever else its owner has under way.
    private static let streamWindow: UInt64 = 1_024
    private static let leastStreamWindow: UInt64 = 16

    /// What an order of a stream waits for.
    private struct Pending: Sendable {
        let request: ReceivedOrder
        let answer: Result<OrderAnswer, GatewayError>
    }

    /// An order with the message that it came in, whose bytes count until it is answered.
    private struct ReceivedOrder: Sendable {
        let order: WireOrder
        let message: GRPCMessage
    }

    /// A place for a call that stands open by nature.
    ///
    /// - Throws: `OVERLOADED` when the caller has too many.
    func openCall() throws(GatewayError) -> Holding {
        do {
            return try Holding(openCalls.account(of: owner), first: 1)
        } catch {
            throw GatewayError(
                .overloaded,
                "at most \(openCalls.unitsPerOwner) streams and watches of a caller are open")
        }
    }

    /// Reads requests, submits them in their order, and hands their answers over in the same order.
    /// What was read is answered, also when reading ends with an error or the gateway stops.
    ///
    /// - Parameters:
    ///   - window: requests under way at once.
    ///   - decode: makes a request of a message; what it throws ends the call.
    ///   - submit: calls its second argument once, with what `receive` is given.
    func pump<Input: Sendable, Output: Sendable>(
        _ call: GRPCServerCall, window: UInt64,
        decode: @escaping @Sendable (GRPCMessage) async throws -> Input,
        submit: @escaping @Sendable (Input, @escaping @Sendable (Output) -> Void) -> Void,
        receive: @Sendable (Output) async throws -> Void
    ) async throws {
        let place = try openCall()
        defer { withExtendedLifetime(place) {} }
        let answers = OrderedAnswers<Output>(
            limit: window, always: Services.leastStreamWindow,
            account: streamedOrders.account(of: owner))
        let reading = Task {
            defer { answers.close() }
            do {
                for try await message in call.messages {
                    let request = try await decode(message)
                    try Task.checkCancellation()
                    guard let number = await answers.take() else { return }
                    submit(request) { answers.set(number, $0) }
                }
            } catch let status as GRPCStatus {
                throw GatewayError(tooLarge: status) ?? status
            } catch let error as CancellationError {
                throw drain.hasBegun
                    ? GatewayError(.unavailable, "the gateway is stopping") : error
            }
        }
        let drained = drain.onBegin { reading.cancel() }
        defer { drain.remove(drained) }
        try await withTaskCancellationHandler {
            do {
                while let answer = await answers.next() { try await receive(answer) }
            } catch {
                // The caller is gone: nobody must wait for room for ever.
                answers.cancel()
                reading.cancel()
                throw error
            }
            try await reading.value
        } onCancel: {
            reading.cancel()
        }
    }

    private func pump(
        _ call: GRPCServerCall, _ caller: Caller,
        _ receive: @Sendable (SubmittedOrder) async throws -> Void
    ) async throws {
        let submitter = try participant(caller)
        try await pump(
            call, window: Services.streamWindow,
            decode: { ReceivedOrder(order: try WireOrder($0.bytes), message: $0) },
            submit: { submit($0, submitter, $1) },
            receive: { try await receive(submitAnswer($0.request.order.uetr, $0.answer)) })
    }

    private func submit(
        _ request: ReceivedOrder, _ submitter: BIC,
        _ done: @escaping @Sendable (Pending) -> Void
    ) {
        let (mapped, details): (MappedOrder, ProtoPaymentDetails?)
        do throws(GatewayError) {
            let read = try read(request.order).onRecord(for: submitter, in: directory)
            details = read.details
            mapped = try read.mapped(submitter: submitter, try directory.hashing)
        } catch {
            return done(Pending(request: request, answer: .failure(error)))
        }
        node.submit(EncodedCommands(mapped.command), for: owner) { result in
            // Not on the node's thread; and what waits to be read must not keep whole batches.
            Task {
                let answer = result.map { OrderAnswer(to: mapped.order, details: details, $0[0]) }
                    .mapError { GatewayError(failure: $0) }
                done(Pending(request: request, answer: answer))
            }
        }
    }

    /// Orders in, answers out in the same order.
    func streamPayments(_ call: GRPCServerCall, _ caller: Caller) async throws {
        try await pump(call, caller) { answer in
            try await call.send(try answer.protobuf)
        }
        call.finish()
    }

    /// Orders in, one summary out; ends at the first order whose outcome is open.
    func uploadPayments(_ call: GRPCServerCall, _ caller: Caller) async throws {
        let summary = Mutex(ProtoUploadSummary())
        try await telling(summary.withLock { $0.received }) {
            try await pump(call, caller) { answer in
                if answer.code.leavesOpen { throw GatewayError(answer.code, answer.detail) }
                try summary.withLock {
                    $0.received += 1
                    guard answer.code != .accepted else {
                        $0.accepted += 1
                        return
                    }
                    $0.refused += 1
                    guard $0.refusals.count < 100 else { return }
                    $0.refusals.append(
                        try ProtoSubmitPaymentAnswer(
                            serializedBytes: Array(try answer.protobuf.readableBytesView)))
                }
            }
        }
        let bytes: [UInt8] = try summary.withLock { try $0.serializedBytes() }
        await call.reply(ByteBuffer(bytes: bytes))
    }

    /// Carries out an upload; an error that ends it tells how many orders were answered before.
    func telling(
        _ answered: @autoclosure () -> UInt64, _ upload: () async throws -> Void
    ) async throws {
        do {
            try await upload()
        } catch let error as GatewayError {
            let reason = error.detail.isEmpty ? "" : "\(error.detail); "
            throw GatewayError(
                error.code,
                "\(reason)the first \(answered()) orders are answered, send the others again")
        }
    }

    /// A watch that has begun: what changes from now on is kept for it until it ends.
    final class Watch: Sendable {
        fileprivate let only: UETR?
        fileprivate let subject: PaymentWatches.Subject
        fileprivate let watcher: UInt64
        private let watches: PaymentWatches
        private let place: Holding

        fileprivate init(
            _ watches: PaymentWatches, _ subject: PaymentWatches.Subject, of bank: BIC?,
            _ only: UETR?, _ place: Holding
        ) {
            self.watches = watches
            self.subject = subject
            self.only = only
            self.place = place
            watcher = watches.begin(subject, of: bank)
        }

        deinit { watches.end(subject, watcher) }
    }

    /// Begins a watch of the caller's payments.
    ///
    /// - Throws: what keeps it from beginning; `OVERLOADED` when the caller has too many;
    ///   `UNAVAILABLE` at a node that does not serve, or has stood still for a while.
    func beginWatch(
        _ request: ProtoWatchPaymentsRequest, _ caller: Caller
    ) throws(GatewayError) -> Watch {
        let only = request.uetr.isEmpty ? nil : try Field.uetr(request.uetr, "uetr")
        guard node.isServing else { throw GatewayError(.unavailable) }
        let watch = Watch(
            watches, try watchedSubject(caller), of: caller.bank, only, try openCall())
        // Looked at behind the beginning: whoever begins later is not stopped with the others.
        if contact.isLost { throw unavailable }
        return watch
    }

    /// Sends every change of the caller's payments from the watch's beginning on.
    ///
    /// - Throws: `OVERLOADED` when the caller reads too slowly to keep up; list and watch again.
    ///   `UNAVAILABLE` when the gateway stops, or the node stands still; with the reason.
    func deliver(
        _ watch: Watch, _ caller: Caller, _ send: (AnsweredPayment) async throws -> Void
    ) async throws {
        let drained = drain.onBegin { [watches] in watches.stop(watch.subject, watch.watcher) }
        defer { drain.remove(drained) }
        while !drain.hasBegun {
            switch await watches.next(watch.subject, watch.watcher) {
            case .changes(let changes):
                for change in changes where watch.only == nil || change.row.uetr == watch.only {
                    if let payment = seen(change, caller) { try await send(payment) }
                }
            case .lost:
                throw GatewayError(.overloaded, "the changes came faster than they were read")
            case .ended:
                try Task.checkCancellation()
                throw unavailable
            }
        }
        throw GatewayError(.unavailable)
    }

    /// Whose payments are watched: every bank's by those who may see them.
    private func watchedSubject(_ caller: Caller) throws(GatewayError) -> PaymentWatches.Subject {
        guard !caller.may(.seeEveryBank) else { return .everybody }
        return .participant(try registered(try participant(caller)).id)
    }

    private func seen(_ change: PaymentWatches.Change, _ caller: Caller) -> AnsweredPayment? {
        let view = view(of: change.row, for: caller)
        return view == .none ? nil : answer(change.row, .absent, view, date: change.date)
    }
}

/// A protobuf message from its bytes.
///
/// - Throws: `MALFORMED_REQUEST`, `REQUEST_TOO_LARGE` when it holds too many values.
func decode<Request: Message>(_ bytes: ByteBuffer) throws(GatewayError) -> Request {
    if let fault = bytes.withUnsafeReadableBytes({ WireCheck.fault(in: $0, of: Request.self) }) {
        throw fault
    }
    do {
        return try Request(serializedBytes: Array(bytes.readableBytesView))
    } catch {
        throw GatewayError(
            .malformedRequest, "the message is no \(Request.protoMessageName): \(error)")
    }
}
