internal import Domain
internal import HTTP2
internal import NIOCore
internal import SwiftProtobuf
internal import Synchronization

extension Services {
    /// Orders under way in one stream.
    private static let streamWindow: UInt64 = 1_024

    /// What an order of a stream waits for.
    private struct Pending: Sendable {
        let request: ProtoPaymentOrder
        let mapped: Result<MappedOrder, GatewayError>
        let answer: Result<CommandAnswer, GatewayError>
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
        decode: @escaping @Sendable (ByteBuffer) throws -> Input,
        submit: @escaping @Sendable (Input, @escaping @Sendable (Output) -> Void) -> Void,
        receive: @Sendable (Output) async throws -> Void
    ) async throws {
        let answers = OrderedAnswers<Output>(limit: window)
        let reading = Task {
            defer { answers.close() }
            do {
                for try await message in call.messages {
                    let request = try decode(message)
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
        _ receive: @Sendable (ProtoSubmitPaymentAnswer) async throws -> Void
    ) async throws {
        let submitter = try participant(caller)
        try await pump(
            call, window: Services.streamWindow,
            decode: { try decode($0) as ProtoPaymentOrder },
            submit: { submit($0, submitter, $1) },
            receive: { try await receive(try await answer($0)) })
    }

    private func submit(
        _ request: ProtoPaymentOrder, _ submitter: BIC,
        _ done: @escaping @Sendable (Pending) -> Void
    ) {
        let mapped = Result { () throws(GatewayError) in
            try OrderMapping.order(from: request, submitter: submitter)
        }
        switch mapped {
        case .failure(let error):
            done(Pending(request: request, mapped: mapped, answer: .failure(error)))
        case .success(let order):
            node.submit(EncodedCommands(order.command)) { result in
                let answer = result.map { $0[0] }.mapError { GatewayError(failure: $0) }
                done(Pending(request: request, mapped: mapped, answer: answer))
            }
        }
    }

    private func answer(_ pending: Pending) async throws -> ProtoSubmitPaymentAnswer {
        do {
            return try await submitAnswer(pending.request, pending.mapped) {
                try pending.answer.get()
            }
        } catch let error as GatewayError {
            var answer = ProtoSubmitPaymentAnswer()
            answer.uetr = pending.request.uetr
            answer.result = ProtoResult(error.code, detail: error.detail)
            return answer
        }
    }

    /// Orders in, answers out in the same order.
    func streamPayments(_ call: GRPCServerCall, _ caller: Caller) async throws {
        try await pump(call, caller) { answer in
            try await call.send(ByteBuffer(bytes: try answer.serializedBytes() as [UInt8]))
        }
        call.finish()
    }

    /// Orders in, one summary out; ends at the first order whose outcome is open.
    func uploadPayments(_ call: GRPCServerCall, _ caller: Caller) async throws {
        let summary = Mutex(ProtoUploadSummary())
        try await telling(summary.withLock { $0.received }) {
            try await pump(call, caller) { answer in
                let code = ResultCode(rawValue: UInt16(answer.result.number))
                if let code, code.leavesOpen { throw GatewayError(code, answer.result.detail) }
                summary.withLock {
                    $0.received += 1
                    if answer.result.number == 0 {
                        $0.accepted += 1
                    } else {
                        $0.refused += 1
                        if $0.refusals.count < 100 { $0.refusals.append(answer) }
                    }
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

    /// - Throws: what keeps a watch from beginning.
    func checkWatch(_ request: ProtoWatchPaymentsRequest) throws(GatewayError) {
        if !request.uetr.isEmpty { _ = try Field.uetr(request.uetr, "uetr") }
        guard node.isServing else { throw GatewayError(.unavailable) }
    }

    /// Every change of the caller's payments from now on.
    ///
    /// - Throws: `OVERLOADED` when the caller reads too slowly to keep up; list and watch again.
    func watchPayments(
        _ request: ProtoWatchPaymentsRequest, _ caller: Caller,
        _ send: @escaping @Sendable (ProtoPayment) async throws -> Void
    ) async throws {
        let only = request.uetr.isEmpty ? nil : try Field.uetr(request.uetr, "uetr")
        let own = try await watcherNumber(caller)
        let (rows, source) = AsyncStream.makeStream(
            of: PaymentRow.self, bufferingPolicy: .bufferingOldest(Services.watchBuffer))
        let overflowed = Mutex(false)
        let watcher = node.watch { [directory] applied in
            guard let applied else { return source.finish() }
            for row in applied.effects.payments where only == nil || row.uetr == only {
                // Only what the caller may see takes up room.
                if let own, directory.isForeign(row.payer, to: own),
                    directory.isForeign(row.creditor, to: own)
                {
                    continue
                }
                if case .dropped = source.yield(row) {
                    overflowed.withLock { $0 = true }
                    return source.finish()
                }
            }
        }
        let drained = drain.onBegin { source.finish() }
        defer {
            node.unwatch(watcher)
            drain.remove(drained)
        }
        for await row in rows {
            if let payment = try await seen(row, caller) { try await send(payment) }
        }
        try Task.checkCancellation()
        throw GatewayError(overflowed.withLock { $0 } ? ResultCode.overloaded : .unavailable)
    }

    /// Changes that may wait for a slow watcher.
    private static let watchBuffer = 16_384

    /// The participant whose payments are watched; nil for an operator, who sees all.
    private func watcherNumber(_ caller: Caller) async throws -> ParticipantID? {
        guard case .participant(let bic) = caller else { return nil }
        guard let row = try await participantID(bic) else {
            throw GatewayError(.notFound, "participant \(bic) is not registered")
        }
        return row.id
    }

    private func seen(_ row: PaymentRow, _ caller: Caller) async throws -> ProtoPayment? {
        let view = try await view(of: row, for: caller)
        guard view != .none else { return nil }
        let bics = try await directory.bics([row.payer, row.creditor])
        let payment = ProtoPayment(
            row, payer: bics[row.payer] ?? .none, creditor: bics[row.creditor] ?? .none)
        return view == .payer ? payment : payment.asSeenByCreditor()
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
