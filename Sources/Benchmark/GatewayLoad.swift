internal import Chance
package import Domain
internal import Foundation
internal import Gateway
package import HTTP2
internal import NIOCore
internal import SwiftProtobuf
internal import Synchronization

/// What a load on a gateway consists of.
package struct GatewayLoadOptions: Sendable {
    package enum Mode: Equatable, Sendable {
        /// One payment a call: JSON, or gRPC.
        case single(grpc: Bool)
        /// So many orders a gRPC call, each a protobuf message.
        case batch(Int)
        /// So many packed records a call.
        case records(Int)
        /// So many transactions a pacs.008, over HTTP as XML.
        case messages(Int, MessageStyle)

        /// Payments in one call.
        package var ordersPerCall: Int {
            switch self {
            case .single: 1
            case .batch(let count), .records(let count), .messages(let count, _): count
            }
        }
    }

    package var mode: Mode
    /// Calls under way at a time.
    package var inFlight: Int
    /// Payments a second that are sent whatever the answers do; nil sends the next call as soon as
    /// one is answered.
    package var rate: Int?
    package var seconds: Int
    /// All payments of 1,000 yuan, so that two of them make a pair; otherwise most payments are
    /// settled in parts.
    package var equalAmounts: Bool

    package init(
        mode: Mode, inFlight: Int, rate: Int?, seconds: Int, equalAmounts: Bool = false
    ) {
        self.equalAmounts = equalAmounts
        self.mode = mode
        self.inFlight = inFlight
        self.rate = rate
        self.seconds = seconds
    }
}

/// What the callers saw.
package struct GatewayLoadResult: Sendable {
    package var seconds = 0.0
    /// Calls that were answered.
    package var calls = 0
    /// Payments answered as accepted: durable, matched, and settled as far as they met others.
    package var accepted = 0
    /// Answered with another result.
    package var refused = 0
    /// Payments in answered calls whose outcome the gateway left open, to be sent again.
    package var leftOpen = 0
    /// Calls without an answer, by reason.
    package var failures: [String: Int] = [:]
    /// Calls of an open loop that were due before the end but not sent, because too many were
    /// waiting for their answers.
    package var unsent = 0
    /// At most ``sampleSize`` accepted payments, each as likely as any other.
    package var sample: [UETR] = []
    package static let sampleSize = 10_000
    /// Times of calls from when they were due; those without an answer had waited at least until
    /// the end.
    package var latency: [LatencyPercentile] = []
    /// Payments accepted in each tenth of the time of sending; those answered later are in none.
    package var tenths = [Int](repeating: 0, count: 10)

    package init() {}

    /// Takes accepted payments into account (reservoir sampling).
    mutating func accept(_ uetrs: [UETR], _ random: inout SplitMix64) {
        for uetr in uetrs {
            accepted += 1
            if sample.count < GatewayLoadResult.sampleSize {
                sample.append(uetr)
            } else {
                let place = random.below(accepted)
                if place < GatewayLoadResult.sampleSize { sample[place] = uetr }
            }
        }
    }

    /// Every payment that was sent has an answer that says what became of it.
    package var isFullyAnswered: Bool { failures.isEmpty && leftOpen == 0 }
}

/// Sends payments from many banks to a gateway and measures the answers.
package final class GatewayLoad: Sendable {
    private struct Shared {
        var result = GatewayLoadResult()
        var latency = CallLatency()
        var next = 0
        var random = SplitMix64(seed: Clock.nanoseconds())
    }

    private let options: GatewayLoadOptions
    private let banks: BenchmarkBanks
    private let clients: [Client]
    /// One for each bank, where messages are sent.
    private let templates: [MessageTemplate]
    private let shared = Mutex(Shared())

    /// - Parameters:
    ///   - clients: connections with the certificates of ``bankNames``, in that order, again and
    ///     again.
    package init(_ options: GatewayLoadOptions, clients: [Client]) {
        self.options = options
        self.clients = clients
        banks = BenchmarkBanks.ofGateway
        templates = GatewayLoad.templates(options, banks)
    }

    private static func templates(
        _ options: GatewayLoadOptions, _ banks: BenchmarkBanks
    ) -> [MessageTemplate] {
        guard case .messages(let count, let style) = options.mode else { return [] }
        let today = banks.today
        return (0..<banks.chinese.count * 2).map { bank in
            var flow = BankFlow(
                banks: banks, bank: bank, seed: UInt64(bank) &+ Clock.nanoseconds(),
                equalAmounts: options.equalAmounts)
            return MessageTemplate(
                (0..<count).map { _ in flow.next() }, style, on: today,
                member: banks.clearingMember)
        }
    }

    /// The BICs of the banks that pay: Chinese and foreign ones by turns.
    package static var bankNames: [String] {
        let banks = BenchmarkBanks.ofGateway
        return zip(banks.chinese, banks.foreign).flatMap { ["\($0)", "\($1)"] }
    }

    /// What the payments are, in words.
    package static func mix(_ options: GatewayLoadOptions) -> String {
        let amounts =
            options.equalAmounts
            ? "1,000 yuan each" : "100 to 10,000 yuan each, \(options.mode.fixing)"
        return "two opposite flows over one corridor at crossing limits, \(amounts); 16 banks, "
            + "fees on both sides"
    }

    /// Registers the banks, opens the corridor and funds everybody.
    package static func prepare(_ operation: Client) async throws {
        let calls = GRPCClient(operation)
        func call(_ method: String, _ input: some Message) async throws {
            let bytes: [UInt8] = try input.serializedBytes()
            _ = try await calls.unary(
                "/langqiao.v1.OperatorService/\(method)", ByteBuffer(bytes: bytes),
                timeout: .seconds(30))
        }
        let banks = BenchmarkBanks.ofGateway
        for bic in banks.chinese + banks.foreign {
            var participant = ProtoParticipant()
            participant.bic = "\(bic)"
            participant.name = "Bank \(bic) (fictitious)"
            participant.roles = [.payer]
            try await call("RegisterParticipant", participant)
        }
        for corridor in banks.corridors {
            try await call("ConfigureCorridor", corridor.proto)
        }
        for bic in banks.chinese {
            var identifier = ProtoSetIdentifierRequest()
            identifier.identifier = "CNAPS:\(banks.clearingMember(bic) ?? "")"
            identifier.participant = "\(bic)"
            try await call("SetIdentifier", identifier)
        }
        var random = SplitMix64(seed: 3)
        for (bics, currency) in [(banks.chinese, Currency.cny), (banks.foreign, .thb)] {
            for bic in bics {
                var funding = ProtoFundRequest()
                funding.reference = "\(random.uetr())"
                funding.participant = "\(bic)"
                funding.currency = currency.code
                funding.amount = currency.decimal(Int128(Domain.Limits.maximumAmount))
                try await call("Fund", funding)
            }
        }
    }

    /// Sends for the stated time and waits for the last answers. Cancelled, it stops at once.
    ///
    /// - Parameter progress: called about once a second with the seconds so far and the payments
    ///   answered so far.
    package func run(_ progress: @escaping @Sendable (Int, Int) -> Void) async -> GatewayLoadResult
    {
        let start = Clock.nanoseconds()
        let end = start + UInt64(options.seconds) * 1_000_000_000
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<options.inFlight {
                group.addTask { await self.work(worker, start, end) }
            }
            group.addTask {
                for second in 1..<max(2, self.options.seconds) {
                    guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
                    progress(second, self.shared.withLock { $0.result.accepted })
                }
            }
        }
        return shared.withLock { shared in
            var result = shared.result
            result.seconds = Double(Clock.nanoseconds() - start) / 1e9
            result.unsent = max(0, callsDue - shared.next)
            if result.unsent > 0 {
                let waited = end - min(end, due(shared.next, start))
                shared.latency.unsent(result.unsent, longest: waited, interval: interval)
            }
            result.latency = shared.latency.percentiles
            return result
        }
    }

    private func work(_ worker: Int, _ start: UInt64, _ end: UInt64) async {
        let flows = (0..<banks.chinese.count * 2).map { bank in
            BankFlow(
                banks: banks, bank: bank, seed: UInt64(worker * 64 + bank) &+ Clock.nanoseconds(),
                equalAmounts: options.equalAmounts)
        }
        var sender = CallSender(options.mode, clients, flows, templates)
        while !Task.isCancelled, let (number, due) = await nextTurn(start, end) {
            do {
                record(try await sender.send(number), due, start)
            } catch {
                fail(error, due, end)
                // A gateway that refuses is not to be hammered.
                try? await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// Calls that an open loop has to send; none in a closed one.
    private var callsDue: Int {
        guard let rate = options.rate else { return 0 }
        let orders = options.mode.ordersPerCall
        return (options.seconds * rate + orders - 1) / orders
    }

    /// Waits until the next call is due; its number and that time, nil when time is over.
    private func nextTurn(_ start: UInt64, _ end: UInt64) async -> (number: Int, due: UInt64)? {
        let now = Clock.nanoseconds()
        guard now < end else { return nil }
        let number: Int? = shared.withLock {
            guard options.rate == nil || $0.next < callsDue else { return nil }
            $0.next += 1
            return $0.next - 1
        }
        guard let number else { return nil }
        guard options.rate != nil else { return (number, now) }
        let due = due(number, start)
        if due > now { try? await Task.sleep(for: .nanoseconds(due - now)) }
        return (number, due)
    }

    /// Nanoseconds from one call of an open loop to the next.
    private var interval: Double {
        Double(options.mode.ordersPerCall) * 1e9 / Double(options.rate ?? 1)
    }

    /// When an open loop has to make the call of this number.
    private func due(_ number: Int, _ start: UInt64) -> UInt64 {
        start + UInt64(Double(number) * interval)
    }

    private func record(_ answer: CallSender.Answer, _ due: UInt64, _ start: UInt64) {
        let now = Clock.nanoseconds()
        shared.withLock {
            $0.result.calls += 1
            $0.result.accept(answer.accepted, &$0.random)
            $0.result.refused += answer.refused
            $0.result.leftOpen += answer.leftOpen
            $0.latency.answered(after: now - due)
            let tenth = Int((now - start) / (UInt64(options.seconds) * 100_000_000))
            if tenth < 10 { $0.result.tenths[tenth] += answer.accepted.count }
        }
    }

    private func fail(_ error: any Error, _ due: UInt64, _ end: UInt64) {
        let reason: String
        switch error {
        case let error as HTTP2Error: reason = "\(error.code)"
        case let error as GRPCStatus: reason = "\(error.code)"
        case let error as CallSender.Refusal: reason = "HTTP \(error.status)"
        case is CallSender.OtherAnswer: reason = "answers to other payments"
        default: reason = "\(type(of: error))"
        }
        let waited = max(Clock.nanoseconds(), end) - due
        shared.withLock {
            $0.result.failures[reason, default: 0] += 1
            $0.latency.unanswered(after: waited)
        }
    }
}

extension BenchmarkBanks {
    /// The banks that load a gateway.
    static let ofGateway = BenchmarkBanks(count: 16, currencies: [.thb], collarBasisPoints: 500)

    /// What a bank is called in China's national payment system; nil for one that is elsewhere.
    func clearingMember(_ bic: BIC) -> String? {
        chinese.firstIndex(of: bic).map { "\(102_100_099_000 + $0)" }
    }

    /// The date at the corridor, as messages write it.
    fileprivate var today: String {
        let offset = TimeInterval(Corridor.benchmarkOffsetMinutes * 60)
        let style = Date.ISO8601FormatStyle().year().month().day()
        return Date(timeIntervalSinceNow: offset).formatted(style)
    }
}

extension GatewayLoadOptions.Mode {
    /// Which amounts the orders fix.
    fileprivate var fixing: String {
        switch self {
        case .single, .batch, .records: "half of them fixing what is paid"
        case .messages: "all of them fixing what is received"
        }
    }
}

extension Corridor {
    fileprivate static let benchmarkOffsetMinutes = 480

    fileprivate var proto: ProtoCorridor {
        var corridor = ProtoCorridor()
        corridor.foreignCurrency = foreign.code
        corridor.tick = tick.decimal
        corridor.referenceRate = referenceRate.decimal
        corridor.collarBasisPoints = UInt32(collarBasisPoints)
        corridor.minimumSize = Currency.cny.decimal(Int128(minimumSize))
        corridor.maximumSize = Currency.cny.decimal(Int128(maximumSize))
        corridor.feePartsPerMillion = feePartsPerMillion
        corridor.utcOffsetMinutes = Int32(Corridor.benchmarkOffsetMinutes)
        return corridor
    }
}
