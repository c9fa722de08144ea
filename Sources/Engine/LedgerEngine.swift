package import Domain

/// The ledger's state and its one way to change: applying batches in log order.
///
/// Deterministic: the same batches give the same outcomes and rows, byte for byte. It has no clock;
/// time is the batch's. It is generic over the book so that tests can run a slow obvious book under
/// the same rules.
package struct LedgerEngine<Book: OrderBook & ~Copyable>: ~Copyable {
    var book: Book
    var orders: OrderSlab
    var payments: Slab<Payment>
    var paymentsByUETR: IdentifierTable
    var accounts: Accounts
    var participants: [Participant]
    var participantsByBIC: IdentifierTable
    var corridors: [CorridorEntry]
    var fundings: Slab<FundingRow>
    var fundingsByReference: IdentifierTable
    var expiries: ExpiryHeap
    var position: LedgerPosition
    /// The rows' part of the state hash; `position.fillsHash` is the fills' part.
    var rowsHash: UInt64
    /// Time of the batch that is being applied.
    var now: Timestamp
    /// Payments whose order changed in this batch, some ended since. Payments and not slots:
    /// slots are reused, and not alike on a node that was restarted in between.
    var dirtyOrders: [UInt32]
    /// Filled while a batch is applied; empty otherwise.
    var effects: Effects

    package init() {
        book = Book()
        orders = OrderSlab(capacity: Limits.openOrders)
        payments = Slab(
            capacity: Limits.payments,
            blank: Payment(
                uetr: UETR(bits: 0), contentHash: 0, order: 0, payer: 0, code: .accepted,
                status: .rejected, endReason: .none, paid: 0, received: 0))
        paymentsByUETR = IdentifierTable()
        accounts = Accounts()
        participants = [Participant.nobody]
        participantsByBIC = IdentifierTable()
        corridors = Array(repeating: CorridorEntry(), count: Currency.count)
        fundings = Slab(
            capacity: Limits.fundings,
            blank: FundingRow(
                reference: UETR(bits: 0), contentHash: 0, account: 0, amount: 0, timestamp: 0))
        fundingsByReference = IdentifierTable()
        expiries = ExpiryHeap()
        position = LedgerPosition()
        rowsHash = 0
        now = 0
        dirtyOrders = []
        dirtyOrders.reserveCapacity(Limits.commandsPerBatch)
        effects = Effects()
        accounts.addParticipant(0)
    }

    /// Applies one batch.
    ///
    /// - Parameters:
    ///   - logIndex: the batch's place in the log, one more than the last.
    ///   - output: emptied, then filled with outcomes and changed rows; its storage is reused.
    /// - Complexity: per command O(1) plus the fills it causes and the resting orders it passes.
    package mutating func apply(_ batch: Batch, at logIndex: UInt64, into output: inout Effects) {
        require(logIndex == position.logIndex + 1, "batches are applied in log order")
        require(batch.timestamp > position.timestamp, "time moves forward")
        output.removeAll()
        swap(&effects, &output)
        now = batch.timestamp
        expireOrders()
        batch.forEachCommand { _, item in
            let outcome = execute(item.command, item.attachment)
            effects.outcomes.append(outcome)
        }
        finishBatch(logIndex)
        swap(&effects, &output)
    }

    private mutating func execute(
        _ command: Command, _ attachment: AttachmentRange
    ) -> Outcome {
        switch command {
        case .submitPayment(let order):
            return submit(order, attachment)
        case .cancelPayment(let cancellation):
            return cancel(cancellation)
        case .registerParticipant(let registration):
            return Outcome(register(registration, attachment), command.kind)
        case .setParticipantState(let bic, let state):
            return Outcome(code: setParticipantState(bic, state), kind: command.kind)
        case .configureCorridor(let corridor):
            return Outcome(code: configure(corridor), kind: command.kind)
        case .setCorridorState(let foreign, let state):
            return Outcome(code: setCorridorState(foreign, state), kind: command.kind)
        case .setReferenceRate(let foreign, let rate):
            return Outcome(code: setReferenceRate(foreign, rate), kind: command.kind)
        case .fund(let funding):
            return Outcome(fund(funding, attachment), command.kind)
        case .setCreditLimit(let bic, let limit):
            return Outcome(code: setCreditLimit(bic, limit), kind: command.kind)
        }
    }

    private mutating func finishBatch(_ logIndex: UInt64) {
        for number in dirtyOrders {
            let slot = payments.pointer(number).pointee.order
            if slot != 0 { writeRow(slot) }
        }
        dirtyOrders.removeAll(keepingCapacity: true)
        rowsHash &+= accounts.takeChanges(into: &effects.accounts)
        position.logIndex = logIndex
        position.timestamp = now
        position.stateHash = rowsHash &+ position.fillsHash
        position.paymentCount = UInt64(payments.count)
        effects.position = position
    }
}

extension Outcome {
    init(_ answer: (code: ResultCode, isRepetition: Bool), _ kind: CommandKind) {
        self.init(code: answer.code, kind: kind, isRepetition: answer.isRepetition)
    }
}

/// A participant with its part of the state hash.
struct Participant: BitwiseCopyable {
    var row: ParticipantRow
    var rowHash: UInt64

    /// Number 0: nobody.
    static var nobody: Participant {
        let registration = ParticipantRegistration(
            bic: .none, country: CountryCode(packed: 0), roles: [])
        let row = ParticipantRow(
            id: 0, registration: registration, settlementParticipant: 0, state: .suspended)
        return Participant(row: row, rowHash: 0)
    }
}

/// A corridor, if opened, with its rates made ready for the hot path.
struct CorridorEntry: BitwiseCopyable {
    var row: CorridorRow?
    var rowHash: UInt64 = 0
    var lowestRate = Rate.none
    var highestRate = Rate.none
    var openOrders = 0

    /// The gateway's accounts that a corridor needs in both of its currencies.
    static var ownAccounts: [AccountKind] { [.nostro, .feeIncome, .suspense] }
}
