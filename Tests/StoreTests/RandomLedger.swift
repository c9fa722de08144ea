internal import Chance
import Domain
import Store

typealias Group = (batch: Batch, effects: Effects)

/// Makes random but balanced effects, and keeps what the tables should hold afterwards.
///
/// It stands in for the engine: money moves by double entry, payments appear, change and end; but
/// no rule is applied, so that rows take values that the engine would rarely produce.
struct RandomLedger {
    var random: SplitMix64
    private(set) var position = LedgerPosition()
    private(set) var participants: [ParticipantID: ParticipantRow] = [:]
    private(set) var corridors: [Currency: CorridorRow] = [:]
    private(set) var accounts: [AccountID: AccountRow] = [:]
    private(set) var payments: [PaymentID: PaymentRow] = [:]
    private(set) var details: [PaymentID: String] = [:]
    private(set) var fills: [FillRow] = []
    private(set) var fundings: [FundingRow] = []
    private(set) var timestamps: [Timestamp] = []

    static let foreignCurrencies: [Currency] = [.thb, .vnd, .kwd]
    static let currencies: [Currency] = [.cny] + foreignCurrencies
    static let bankCount: UInt32 = 4

    /// Payments numbered below those that it makes.
    let paymentsBefore: PaymentID

    /// Whether several banks pay under one UETR.
    private let hasLegs: Bool
    /// Whether payments pay as an engine lets them: from the account of their payer, in their
    /// corridor, and what their rows say. They stay open.
    private let paysTruly: Bool
    /// Payments by corridor and side, where they pay truly.
    private var payingSides: [Currency: [Side: [PaymentID]]] = [:]

    init(
        seed: UInt64, paymentsBefore: PaymentID = 0, hasLegs: Bool = true, paysTruly: Bool = false
    ) {
        self.hasLegs = hasLegs
        self.paysTruly = paysTruly
        random = SplitMix64(seed: seed)
        self.paymentsBefore = paymentsBefore
        position.paymentCount = paymentsBefore
    }

    private var lastPayment: PaymentID { paymentsBefore + PaymentID(payments.count) }

    /// What a reader should load.
    var image: LedgerImage {
        var image = LedgerImage()
        image.position = position
        image.declared[ParticipantRow.self] = participants.values.sorted { $0.id < $1.id }
        image.declared[CorridorRow.self] = corridors.values.sorted {
            $0.corridor.foreign.rawValue < $1.corridor.foreign.rawValue
        }
        image.accounts = accounts.values.sorted { $0.id < $1.id }
        image.recentTimestamps = Array(timestamps.suffix(Limits.finalBatches))
        let oldest = image.recentTimestamps.first ?? .min
        image.payments = payments.values.filter { !$0.status.isFinal || $0.updatedAt >= oldest }
            .sorted { $0.id < $1.id }
        image.declared[FundingRow.self] = fundings
        return image
    }

    /// The next batch and what it did. The first one registers banks and opens accounts.
    mutating func nextGroup(payments: Int = 12, fills: Int = 6, fundings: Int = 3) -> Group {
        var step = Step()
        position.logIndex += 1
        position.timestamp += Int64.random(in: 1...5_000_000_000, using: &random)
        if position.logIndex == 1 {
            position.timestamp = 1_700_000_000_123_456_789
            openBooks(&step)
        }
        timestamps.append(position.timestamp)
        touchReferenceRows(&step)
        for _ in 0..<fundings { fund(&step) }
        for _ in 0..<payments { submit(&step) }
        for _ in 0..<fills { fill(&step) }
        for _ in 0..<payments / 2 { progress(&step) }
        position.stateHash = random.next()
        position.fillsHash = random.next()
        position.finalsHash = random.next()
        position.fillCount = UInt64(self.fills.count)
        position.paymentCount = lastPayment
        return finish(step)
    }

    /// Settlement account of a bank: ids after those of the gateway.
    static func settlementAccount(_ bank: ParticipantID, _ currency: Currency) -> AccountID {
        let place = currencies.firstIndex(of: currency)!
        return 100 + bank * 10 + UInt32(place)
    }

    static func gatewayAccount(_ kind: AccountKind, _ currency: Currency) -> AccountID {
        UInt32(kind.rawValue) * 10 + UInt32(currencies.firstIndex(of: currency)!)
    }
}

// MARK: - Steps

extension RandomLedger {
    /// The rows and attachments that one batch touches.
    private struct Step {
        var commands: [EncodedCommand] = []
        var attachmentOffset = Batch.headerSize
        var participants: [ParticipantRow] = []
        var corridors: Set<Currency> = []
        var accounts: Set<AccountID> = []
        var payments: [PaymentID: AttachmentRange] = [:]
        var newPayments: Set<PaymentID> = []
        var fills: [FillRow] = []
        var fundings: [FundingRow] = []

        /// Adds a command that carries the attachment and says where it lies.
        mutating func attach(_ bytes: [UInt8]) -> AttachmentRange {
            let command = EncodedCommand(
                .cancelPayment(Cancellation(uetr: UETR(bits: 0), submitter: .none)),
                attachment: bytes)
            let start = attachmentOffset + 8 + 24
            commands.append(command)
            attachmentOffset += command.bytes.count
            return bytes.isEmpty
                ? .none : AttachmentRange(offset: UInt32(start), length: UInt32(bytes.count))
        }
    }

    private mutating func openBooks(_ step: inout Step) {
        for currency in RandomLedger.currencies {
            for kind in [AccountKind.nostro, .feeIncome, .suspense] {
                let id = RandomLedger.gatewayAccount(kind, currency)
                accounts[id] = AccountRow(id: id, kind: kind, participant: 0, currency: currency)
                step.accounts.insert(id)
            }
        }
        for bank in 1...RandomLedger.bankCount {
            register(bank, &step)
            for currency in RandomLedger.currencies {
                let id = RandomLedger.settlementAccount(bank, currency)
                accounts[id] = AccountRow(
                    id: id, kind: .settlement, participant: bank, currency: currency)
                step.accounts.insert(id)
            }
        }
    }

    private mutating func register(_ bank: ParticipantID, _ step: inout Step) {
        let bics = ["ICBKCNBJ", "BKKBTHBKSHA", "BFTVVNVX", "KWKWKWKW"]
        let lei = bank == 1 ? LEI("5493001KJTIIGC8Y1R12") ?? LEI(packed: 77) : LEI.none
        var row = ParticipantRow(
            id: bank,
            registration: ParticipantRegistration(
                bic: BIC(bics[Int(bank) - 1])!, lei: lei, country: CountryCode("CN")!,
                roles: ParticipantRoles(rawValue: UInt8(bank * 3)),
                settlesThrough: bank == 2 ? BIC(bics[0])! : .none),
            settlementParticipant: bank == 2 ? 1 : bank, state: .active)
        // A number that is no country: it must come back as it is.
        if bank == 3 { row.registration.country = CountryCode(packed: 7) }
        participants[bank] = row
        row.attachment = step.attach(Array("{\"name\":\"银行 \(bank)\"}".utf8))
        step.participants.append(row)
    }

    private mutating func touchReferenceRows(_ step: inout Step) {
        let foreign = RandomLedger.foreignCurrencies.randomElement(using: &random)!
        let corridor = Corridor(
            foreign: foreign, tick: Rate(scaled: 10_000),
            referenceRate: Rate(scaled: .random(in: 1...10_000_000, using: &random)),
            collarBasisPoints: .random(in: 1...9_999, using: &random), minimumSize: 1,
            maximumSize: .random(in: 1...Limits.maximumAmount, using: &random),
            feePartsPerMillion: .random(in: 0...100_000, using: &random),
            selfMatch: SelfMatch.allCases.randomElement(using: &random)!,
            weekdays: .random(in: 1...127, using: &random),
            utcOffsetMinutes: .random(in: -840...840, using: &random))
        corridors[foreign] = CorridorRow(
            corridor: corridor, state: CorridorState.allCases.randomElement(using: &random)!)
        step.corridors.insert(foreign)
        guard position.logIndex > 1, Bool.random(using: &random) else { return }
        let bank = UInt32.random(in: 1...RandomLedger.bankCount, using: &random)
        participants[bank]!.state = ParticipantState.allCases.randomElement(using: &random)!
        step.participants.append(participants[bank]!)
    }

    private mutating func move(
        _ amount: Int64, from debit: AccountID, to credit: AccountID, _ step: inout Step
    ) {
        accounts[debit]!.balance -= amount
        accounts[credit]!.balance += amount
        accounts[credit]!.held = .random(in: 0...100, using: &random)
        accounts[debit]!.creditLimit = .random(in: 0...100, using: &random)
        step.accounts.formUnion([debit, credit])
    }

    private mutating func fund(_ step: inout Step) {
        let bank = UInt32.random(in: 1...RandomLedger.bankCount, using: &random)
        let currency = RandomLedger.currencies.randomElement(using: &random)!
        var amount = Int64.random(in: -1_000_000...9_000_000_000, using: &random)
        if amount == 0 { amount = 1 }
        let account = RandomLedger.settlementAccount(bank, currency)
        move(amount, from: RandomLedger.gatewayAccount(.nostro, currency), to: account, &step)
        var row = FundingRow(
            reference: UETR(bits: random.wide()), contentHash: random.wide(),
            account: account, amount: amount, timestamp: position.timestamp)
        fundings.append(row)
        row.attachment = step.attach(Array("{\"agent\":\"PBOC\"}".utf8))
        step.fundings.append(row)
    }

    private mutating func submit(_ step: inout Step) {
        let id = lastPayment + 1
        let expiries: [Timestamp] = [0, .never, position.timestamp + 1]
        let order = PaymentOrder(
            uetr: UETR(bits: random.wide()), contentHash: random.wide(), submitter: .none,
            payer: .none, creditor: .none,
            foreign: RandomLedger.foreignCurrencies.randomElement(using: &random)!,
            side: Side.allCases.randomElement(using: &random)!,
            fixed: FixedAmount.allCases.randomElement(using: &random)!,
            amount: .random(in: -5...Limits.maximumAmount, using: &random),
            limit: Rate(scaled: .random(in: 0...Limits.maximumRate, using: &random)),
            timeInForce: TimeInForce.allCases.randomElement(using: &random)!,
            fillPolicy: FillPolicy.allCases.randomElement(using: &random)!,
            minimumFill: .random(in: 0...9, using: &random),
            expiresAt: expiries.randomElement(using: &random)!)
        var row = PaymentRow(
            id: id, order: order, payer: .random(in: 1...RandomLedger.bankCount, using: &random),
            creditor: .random(in: 0...RandomLedger.bankCount, using: &random),
            acceptedAt: position.timestamp)
        if hasLegs, let chained = payments[id - 1], chained.payer != row.payer, id % 4 == 0 {
            row.uetr = chained.uetr
        }
        row.code = ResultCode.allCases.randomElement(using: &random)!
        row.status = PaymentStatus.allCases.randomElement(using: &random)!
        row.endReason = EndReason.allCases.randomElement(using: &random)!
        row.feePartsPerMillion = .random(in: 0...(.max), using: &random)
        row.isNew = false
        if paysTruly {
            (row.status, row.endReason) = (.partlySettled, .none)
            payingSides[order.foreign, default: [:]][order.side, default: []].append(id)
        }
        payments[id] = row
        let text = Int.random(in: 0...9, using: &random) == 0 ? "" : "{\"note\":\"第 \(id) 笔\"}"
        details[id] = text.isEmpty ? nil : text
        step.payments[id] = step.attach(Array(text.utf8))
        step.newPayments.insert(id)
    }

    private mutating func fill(_ step: inout Step) {
        guard let currency = RandomLedger.foreignCurrencies.randomElement(using: &random),
            payments.count > 1
        else { return }
        let banks = (0..<4).map { _ in
            UInt32.random(in: 1...RandomLedger.bankCount, using: &random)
        }
        var row = FillRow(
            id: FillID(fills.count + 1), timestamp: position.timestamp, foreign: currency,
            restingSide: Side.allCases.randomElement(using: &random)!,
            renminbiPayment: .random(in: paymentsBefore + 1...lastPayment, using: &random),
            foreignPayment: .random(in: paymentsBefore + 1...lastPayment, using: &random),
            renminbiAmount: .random(in: 1...900_000, using: &random),
            foreignAmount: .random(in: 1...900_000, using: &random),
            rate: Rate(scaled: .random(in: 1...900_000, using: &random)),
            renminbiFee: .random(in: 0...2, using: &random),
            foreignFee: .random(in: 0...2, using: &random),
            renminbiDebit: RandomLedger.settlementAccount(banks[0], .cny),
            renminbiCredit: RandomLedger.settlementAccount(banks[1], .cny),
            foreignDebit: RandomLedger.settlementAccount(banks[2], currency),
            foreignCredit: RandomLedger.settlementAccount(banks[3], currency))
        if paysTruly {
            guard let sides = payingSides[currency],
                let renminbi = sides[.payRenminbi]?.suffix(40).randomElement(using: &random),
                let foreign = sides[.payForeign]?.suffix(40).randomElement(using: &random)
            else { return }
            (row.renminbiPayment, row.foreignPayment) = (renminbi, foreign)
            row.renminbiDebit = RandomLedger.settlementAccount(payments[renminbi]!.payer, .cny)
            row.foreignDebit = RandomLedger.settlementAccount(payments[foreign]!.payer, currency)
        }
        move(row.renminbiAmount, from: row.renminbiDebit, to: row.renminbiCredit, &step)
        move(row.foreignAmount, from: row.foreignDebit, to: row.foreignCredit, &step)
        let fees = RandomLedger.gatewayAccount(.feeIncome, .cny)
        move(row.renminbiFee, from: row.renminbiDebit, to: fees, &step)
        let foreignFees = RandomLedger.gatewayAccount(.feeIncome, currency)
        move(row.foreignFee, from: row.foreignDebit, to: foreignFees, &step)
        fills.append(row)
        step.fills.append(row)
        pay(row.renminbiAmount, by: row.renminbiPayment, &step)
        pay(row.foreignAmount, by: row.foreignPayment, &step)
    }

    private mutating func pay(_ amount: Int64, by id: PaymentID, _ step: inout Step) {
        guard !payments[id]!.status.isFinal else { return }
        payments[id]!.paid += amount
        payments[id]!.updatedAt = position.timestamp
        step.payments[id] = step.payments[id] ?? AttachmentRange.none
    }

    private mutating func progress(_ step: inout Step) {
        guard !paysTruly else { return }
        let id = PaymentID.random(in: paymentsBefore + 1...lastPayment, using: &random)
        guard !payments[id]!.status.isFinal else { return }
        payments[id]!.status = PaymentStatus.allCases.randomElement(using: &random)!
        payments[id]!.endReason = EndReason.allCases.randomElement(using: &random)!
        payments[id]!.updatedAt = position.timestamp
        payments[id]!.remaining -= 1
        payments[id]!.held = .random(in: 0...Limits.maximumAmount, using: &random)
        if Bool.random(using: &random) { payments[id]!.paid += 3 }
        payments[id]!.received += 5
        payments[id]!.fee += 7
        step.payments[id] = step.payments[id] ?? AttachmentRange.none
    }

    private func finish(_ step: Step) -> Group {
        var effects = Effects()
        effects.position = position
        // One row a participant, as the engine gives it: the last state with the attachment.
        for bank in Set(step.participants.map(\.id)).sorted() {
            var row = participants[bank]!
            row.attachment = step.participants.first { $0.id == bank }!.attachment
            effects.declared[ParticipantRow.self].append(row)
        }
        effects.declared[CorridorRow.self] = step.corridors.map { corridors[$0]! }
        effects.accounts = step.accounts.sorted().map { accounts[$0]! }
        // In an order of no meaning, as an engine may give them.
        let scattered = step.payments.keys.sorted {
            $0.byteSwapped % 7_919 < $1.byteSwapped % 7_919
        }
        effects.payments = scattered.map { id in
            var row = payments[id]!
            row.attachment = step.payments[id]!
            row.isNew = step.newPayments.contains(id)
            return row
        }
        effects.fills = step.fills
        effects.declared[FundingRow.self] = step.fundings
        let batch = Batch(step.commands, rules: .v2, timestamp: position.timestamp)
        return (batch, effects)
    }
}
