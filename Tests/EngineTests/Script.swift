internal import Domain
internal import Scenarios

/// One line of a transcript as a command of the ledger, or as a question to it.
enum ScriptLine {
    case command(Command)
    /// Those by which the ledger begins.
    case rules(RuleVersion)
    case time(Timestamp)
    case book(Currency)
    case accounts
}

/// Reads the little language of the transcripts; its words are explained in
/// `Transcripts/README.txt`.
struct Script {
    private var fundings = 0
    private var given: UInt128 = 0
    /// As they were staged last.
    var stagedDays: [UInt32: CalendarDay] = [:]
    /// Statements of agents that were announced.
    var announced = 0

    mutating func read(_ line: String) throws -> ScriptLine {
        let words = line.split(separator: " ").map(String.init)
        let rest = Array(words.dropFirst())
        switch words[0] {
        case "rules": return .rules(try rules(rest[0]))
        case "raise":
            return .command(.declared(RaiseRules(version: UInt16(rest[0]) ?? 0)))
        case "time": return .time(try time(rest[0]))
        case "book": return .book(try currency(rest[0]))
        case "accounts": return .accounts
        case "participant": return .command(.declared(RegisterParticipant(try registration(rest))))
        case "corridor": return .command(.declared(ConfigureCorridor(try corridor(rest))))
        case "suspend":
            return .command(
                .declared(SetParticipantState(bic: try bic(rest[0]), state: .suspended)))
        case "activate":
            return .command(.declared(SetParticipantState(bic: try bic(rest[0]), state: .active)))
        case "open", "halt", "close":
            let states: [String: CorridorState] = ["open": .open, "halt": .halted]
            return .command(
                .declared(
                    SetCorridorState(
                        foreign: try currency(rest[0]), state: states[words[0]] ?? .closed)))
        case "reference":
            return .command(
                .declared(
                    SetReferenceRate(
                        foreign: try currency(rest[0]), rate: try Rate(decimal: rest[1]))))
        case "code":
            return .command(
                .declared(
                    SetIdentifier(
                        identifier: ClearingCode(rest[0]) ?? ClearingCode(packed: 0),
                        participant: try bic(rest[1]), removed: rest.contains("removed"))))
        case "operator":
            return .command(
                .declared(
                    SetOperator(
                        name: OperatorName(rest[0]) ?? .none,
                        roles: rest[1] == "all" ? .all : OperatorRoles(text: rest[1]) ?? [],
                        state: rest.contains("suspended") ? .suspended : .active)))
        case "policy": return .command(.declared(try policyLine(rest)))
        case "key-of":
            return .command(
                .declared(
                    RegisterKey(
                        owner: KeyOwner(
                            KeyOwnerKind(text: rest[0]) ?? .witness,
                            OperatorName(rest[1]) ?? .none),
                        purpose: rest.contains("signing") ? .signing : .tls,
                        fingerprint: fingerprint(rest[2]),
                        until: try option("until", in: rest).map { try time($0) } ?? 0)))
        case "rotate":
            return .command(
                .declared(
                    RotateKey(
                        old: fingerprint(rest[0]), to: fingerprint(rest[1]),
                        retires: try option("retires", in: rest).map { try time($0) } ?? 0)))
        case "revoke":
            return .command(.declared(RevokeKey(fingerprint: fingerprint(rest[0]))))
        case "approve":
            return .command(
                .declared(ApproveProposal(number: UInt32(rest[0]) ?? 0, proposalHash: 0)))
        case "refuse" where !rest.contains(where: { $0.hasPrefix("case=") }):
            return .command(
                .declared(RefuseProposal(number: UInt32(rest[0]) ?? 0, proposalHash: 0)))
        case "correspondent":
            return .command(
                .declared(
                    SetCorrespondent(
                        correspondent: try bic(rest[0]), bank: try bic(rest[1]),
                        ended: rest.contains("ended"))))
        case "key": return .command(.declared(SetContentKey(number: 1)))
        case "erase":
            return .command(
                .declared(EraseContent(uetr: Script.uetr(rest[0]), payer: try bic(rest[1]))))
        case "tell":
            return .command(
                .declared(
                    SetMessaging(
                        participant: try bic(rest[0]), wishes: MessageWishes(text: rest[1]) ?? [],
                        reportInterval: option("every", in: rest).flatMap { UInt16($0) } ?? 0)))
        case "acknowledge":
            return .command(
                .declared(
                    AcknowledgeMessages(
                        participant: try bic(rest[0]), number: UInt64(rest[1]) ?? 0)))
        case "fund": return .command(.declared(try funding(rest)))
        case "nostro", "close-nostro", "open-nostro", "withdraw", "order", "confirm", "reverse",
            "fee", "interest", "transfer":
            return .command(.declared(try nostroCommand(words[0], rest)))
        case "statement", "line", "take", "abandon":
            return .command(.declared(try agentStatementCommand(words[0], rest)))
        case "stage", "adopt", "calendars":
            return .command(.declared(try calendarCommand(words[0], rest)))
        case "funding":
            return .command(
                .declared(
                    SetDatedFunding(
                        participant: try bic(rest[0]),
                        funding: DatedFunding(text: rest[1]) ?? .atAcceptance)))
        case "notice": return .command(.declared(try notice(rest)))
        case "credited", "rejected", "pending", "return", "ask", "refuse", "wait":
            return .command(.declared(try followUp(words[0], rest)))
        case "limit":
            let limit = try Money(decimal: rest[2], currency: try currency(rest[1]))
            return .command(.declared(SetCreditLimit(bic: try bic(rest[0]), limit: limit)))
        case "cap":
            let isBilateral = rest[1].count > 3
            let terms = isBilateral ? Array(rest.dropFirst(2)) : Array(rest.dropFirst())
            let currency = try currency(terms[0])
            let isRemoved = terms[1] == "removed"
            return .command(
                .declared(
                    SetDebitCap(
                        participant: try bic(rest[0]),
                        counterparty: isBilateral ? try bic(rest[1]) : .none,
                        cap: try Money(decimal: isRemoved ? "0" : terms[1], currency: currency),
                        removed: isRemoved)))
        case "pay": return .command(.submitPayment(try payment(rest)))
        case "cancel":
            let by = try bic(option("by", in: rest) ?? "")
            return .command(
                .cancelPayment(
                    Cancellation(
                        uetr: Script.uetr(rest[0]), submitter: by,
                        payer: try option("of", in: rest).map { try bic($0) } ?? .none)))
        default: throw Violation(description: "no such word: \(words[0])")
        }
    }

    /// An operator's command as the one that the line names gives it, Wang where it names none.
    mutating func given(_ command: Command, _ line: String) -> Command {
        let words = line.split(separator: " ").map(String.init)
        let name = option("as", in: words).map { OperatorName($0) ?? .none } ?? People.wang
        given += 1
        let id = option("id", in: words).map { Script.uetr($0).bits } ?? 1_000_000 + given
        return name == .none ? command : command.given(by: name, as: id)
    }

    private func rules(_ text: String) throws -> RuleVersion {
        guard let rules = UInt16(text).flatMap(RuleVersion.init(rawValue:)) else {
            throw Violation(description: "no such rules: \(text)")
        }
        return rules
    }

    private func fingerprint(_ text: String) -> KeyFingerprint {
        KeyFingerprint(high: UInt128(text.dropFirst()) ?? 0, low: 0)
    }

    private func policyLine(_ words: [String]) throws -> SetPolicy {
        SetPolicy(
            command: CommandKind(text: words[0]) ?? .submitPayment,
            currency: try option("in", in: words).map { try currency($0) },
            from: option("from", in: words).flatMap { Int64($0) } ?? 0,
            roles: words[1] == "all" ? .all : OperatorRoles(text: words[1]) ?? [],
            persons: UInt8(words[2]) ?? 0,
            hours: option("hours", in: words).flatMap { UInt16($0) } ?? 0,
            removed: words.contains("removed"))
    }

    private mutating func funding(_ words: [String]) throws -> any DeclaredCommand {
        let money = try Money(decimal: words[2], currency: try currency(words[1]))
        let funding = Fund(
            reference: reference(words), contentHash: UInt128(money.minorUnits.magnitude),
            participant: try bic(words[0]), currency: money.currency, amount: money.minorUnits)
        guard let nostro = number("at", words) else { return funding }
        return FundNostro(funding, nostro: nostro)
    }

    private mutating func nostroCommand(
        _ word: String, _ words: [String]
    ) throws -> any DeclaredCommand {
        let first = Script.uetr(words[0])
        switch word {
        case "nostro":
            return OpenNostro(
                agent: try bic(words[0]), account: AgentAccount(words[1]) ?? .none,
                currency: try currency(words[2]))
        case "close-nostro", "open-nostro":
            return SetNostroState(
                nostro: NostroID(words[0]) ?? 0, state: word == "open-nostro" ? .open : .closed)
        case "withdraw":
            let money = try Money(decimal: words[2], currency: try currency(words[1]))
            return RequestWithdrawal(
                reference: reference(words), contentHash: UInt128(money.minorUnits.magnitude),
                participant: try bic(words[0]), currency: money.currency,
                amount: money.minorUnits, nostro: number("at", words) ?? 0)
        case "order": return OrderWithdrawal(reference: first)
        case "confirm": return ConfirmWithdrawal(reference: first)
        case "reverse":
            let reason = ReversalReason(text: words.count > 1 ? words[1] : "none")
            return ReverseWithdrawal(reference: first, reason: reason ?? .none)
        default: return try agentEntry(AgentEntryKind(text: word) ?? .fee, words)
        }
    }

    /// `U1 KIND MESSAGE CURRENCY AMOUNT by=BIC …`: what a bank only announces.
    private func notice(_ words: [String]) throws -> any DeclaredCommand {
        let money = try Money(decimal: words[4], currency: try currency(words[3]))
        var notice = RecordNotice()
        notice.uetr = Script.uetr(words[0])
        notice.notice = NoticeKind(text: words[1]) ?? .advice
        notice.message = MessageName(words[2]) ?? .none
        (notice.amount, notice.currency) = (money.minorUnits, money.currency)
        notice.submitter = try bic(option("by", in: words) ?? "")
        notice.bank = try option("to", in: words).map { try bic($0) } ?? .none
        notice.settlementDate = option("on", in: words).flatMap { StatedDate($0) } ?? .none
        notice.contentHash = option("content", in: words).flatMap { UInt128($0) } ?? 0
        notice.asOf = option("asof", in: words).flatMap { UInt64($0) } ?? 0
        return notice
    }

    /// `U1 of=PAYER by=BIC …`: what a bank says of a payment that is settled.
    private func followUp(_ word: String, _ words: [String]) throws -> any DeclaredCommand {
        var about = RecordedFollowUp(
            submitter: try bic(option("by", in: words) ?? ""),
            payer: try bic(option("of", in: words) ?? ""), uetr: Script.uetr(words[0]))
        about.asOf = option("asof", in: words).flatMap { UInt64($0) } ?? 0
        let reason = option("reason", in: words).flatMap { ReasonCode($0) } ?? .none
        let key = option("id", in: words).flatMap { UInt128($0) } ?? 0
        switch word {
        case "return":
            let amount = try Money(decimal: words[2], currency: try currency(words[1])).minorUnits
            if let limit = option("limit", in: words) {
                return ReturnByOrder(
                    about, returnKey: key, contentHash: ~UInt128(amount.magnitude), amount: amount,
                    reason: reason, limit: try Rate(decimal: limit))
            }
            return ReturnPayment(
                about, returnKey: key, contentHash: UInt128(amount.magnitude), amount: amount,
                reason: reason)
        case "ask": return RequestCancellation(about, requestKey: key, reason: reason)
        case "refuse", "wait":
            return AnswerCancellation(
                about, caseID: number("case", words) ?? 0, isRefused: word == "refuse",
                reason: reason)
        default:
            return ConfirmCredit(about, CreditStatus(text: word) ?? .none, reason: reason)
        }
    }

    private mutating func agentEntry(
        _ kind: AgentEntryKind, _ words: [String]
    ) throws -> BookAgentEntry {
        let money = try Money(decimal: words[1], currency: try currency(words[0]))
        return BookAgentEntry(
            reference: reference(words), contentHash: UInt128(money.minorUnits.magnitude),
            entry: kind, currency: money.currency, nostro: number("at", words) ?? 0,
            otherNostro: number("other", words) ?? 0, amount: money.minorUnits)
    }

    /// The one that is named, or a new one.
    private mutating func reference(_ words: [String]) -> UETR {
        fundings += 1
        return Script.uetr(option("ref", in: words) ?? "U\(900_000 + fundings)")
    }

    func number(_ name: String, _ words: [String]) -> NostroID? {
        option(name, in: words).flatMap { NostroID($0) }
    }

    private func registration(_ words: [String]) throws -> ParticipantRegistration {
        var roles: ParticipantRoles = []
        for role in (option("roles", in: words) ?? "payer,liquidity").split(separator: ",") {
            switch role {
            case "payer": roles.insert(.payer)
            case "liquidity": roles.insert(.liquidityProvider)
            case "receive": roles.insert(.receiveOnly)
            default: throw Violation(description: "no such role: \(role)")
            }
        }
        let bic = try bic(words[0])
        let through = try option("through", in: words).map { try self.bic($0) } ?? .none
        return ParticipantRegistration(
            bic: bic, country: bic.country, roles: roles, settlesThrough: through)
    }

    private func corridor(_ words: [String]) throws -> Corridor {
        func number(_ name: String, _ otherwise: Int) -> Int {
            option(name, in: words).flatMap(Int.init) ?? otherwise
        }
        func fen(_ name: String, _ otherwise: String) throws -> Int64 {
            try Money(decimal: option(name, in: words) ?? otherwise, currency: .cny).minorUnits
        }
        let modes: [String: SelfMatch] = [
            "allow": .allow, "newest": .cancelNewest, "oldest": .cancelOldest,
            "decrement": .decrementBoth,
        ]
        return Corridor(
            foreign: try currency(words[0]),
            tick: try Rate(decimal: option("tick", in: words) ?? ""),
            referenceRate: try Rate(decimal: option("reference", in: words) ?? ""),
            collarBasisPoints: UInt16(number("collar", 500)), minimumSize: try fen("min", "1.00"),
            maximumSize: try fen("max", "10000000.00"),
            feePartsPerMillion: UInt32(number("fee", 0)),
            selfMatch: modes[option("self", in: words) ?? "newest"] ?? .allow,
            weekdays: option("days", in: words) == "mon-fri" ? 0b001_1111 : 0b111_1111,
            utcOffsetMinutes: Int16(number("utc", 480)),
            opensAtMinute: UInt16(number("opens", 0)),
            cutOffMinute: UInt16(number("cutoff", 1_440)))
    }

    /// `U1 BANK -> BANK 10.00 CNY for THB …` fixes what is paid, `… CNY for 10.00 THB …` what is
    /// received.
    private func payment(_ words: [String]) throws -> PaymentOrder {
        guard let middle = words.firstIndex(of: "for") else {
            throw Violation(description: "a payment says what it is for")
        }
        let isFixedPay = middle == 6
        let pays = try currency(words[middle - 1])
        let receives = try currency(words[isFixedPay ? middle + 1 : middle + 2])
        let fixed = isFixedPay ? pays : receives
        let amount = try Money(decimal: words[isFixedPay ? 4 : middle + 1], currency: fixed)
        let payer = try bic(words[1])
        var order = PaymentOrder(
            uetr: Script.uetr(words[0]),
            submitter: try option("by", in: words).map { try bic($0) } ?? payer, payer: payer,
            creditor: try bic(words[3]), foreign: pays == .cny ? receives : pays,
            side: pays == .cny ? .payRenminbi : .payForeign, fixed: isFixedPay ? .pay : .receive,
            amount: amount.minorUnits)
        if let limit = option("limit", in: words) { order.limit = try Rate(decimal: limit) }
        let times: [String: TimeInForce] = [
            "IOC": .immediateOrCancel, "FOK": .fillOrKill, "DAY": .day,
        ]
        for word in words { order.timeInForce = times[word] ?? order.timeInForce }
        if let until = option("until", in: words) {
            order.timeInForce = .goodTillDate
            order.expiresAt = try time(until)
        }
        if words.contains("complete") { order.fillPolicy = .complete }
        if let least = option("least", in: words) {
            order.fillPolicy = .minimum
            order.minimumFill = try Money(decimal: least, currency: fixed).minorUnits
        }
        // An attempt is told apart by its number.
        order.attempt = option("attempt", in: words).flatMap { UInt128($0) } ?? 0
        order.settlementDate = option("on", in: words).flatMap { CivilDate($0) } ?? .none
        return order.sealed
    }

    /// `name=value` among the words.
    func option(_ name: String, in words: [String]) -> String? {
        words.first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
    }

    /// `U1`, or `R2/U1` for the order of return 2 of U1.
    static func uetr(_ name: String) -> UETR {
        let parts = name.split(separator: "/", maxSplits: 1)
        guard parts.count == 2 else { return UETR(bits: UInt128(name.dropFirst()) ?? 0) }
        return UETR(ofReturn: UInt128(parts[0].dropFirst()) ?? 0, from: uetr(String(parts[1])))
    }

    private func bic(_ text: String) throws -> BIC {
        guard let bic = BIC(text) else { throw Violation(description: "no BIC: \(text)") }
        return bic
    }

    func currency(_ code: String) throws -> Currency {
        guard let currency = Currency(code: code) else {
            throw Violation(description: "no currency: \(code)")
        }
        return currency
    }

    /// `2026-01-05T10:30` in UTC.
    func time(_ text: String) throws -> Timestamp {
        let parts = text.split { "-T:".contains($0) }.compactMap { Int64($0) }
        guard parts.count == 5 else { throw Violation(description: "no time: \(text)") }
        let lengths: [Int64] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard parts[0] == 2026 else { throw Violation(description: "transcripts play in 2026") }
        let days = 20_454 + lengths[..<Int(parts[1] - 1)].reduce(0, +) + parts[2] - 1
        return ((days * 24 + parts[3]) * 60 + parts[4]) * 60_000_000_000
    }
}
