// What breaks a usage rule, as a reason to refuse or to tell the sender of it.

extension UsageCheck {
    /// The reason of ISO 20022 that says best what breaks it.
    var code: StatusReasonCode {
        switch self {
        case .each(_, _, let demands):
            if demands.allSatisfy(\.asksForMore) { return .requiredCompulsoryElementMissing }
            return demands.allSatisfy(\.asksForLess)
                ? .elementNotAdmitted : .elementContentFormallyIncorrect
        case .values(_, let test), .anywhere(_, let test): return test.code
        case .currencies, .anyCurrency: return .invalidTransactionCurrency
        case .same, .among, .contains, .isDefinition, .characters, .sum,
            .addressesWithoutRepetition:
            return .elementContentFormallyIncorrect
        }
    }
}

extension UsageCondition {
    /// Whether only more of the message keeps it.
    fileprivate var asksForMore: Bool {
        switch self {
        case .has, .hasAny: true
        case .lacks, .some, .none, .every, .countries, .atMostOne, .distinct, .differ, .isLess:
            false
        }
    }

    fileprivate var asksForLess: Bool {
        switch self {
        case .lacks, .atMostOne: true
        case .has, .hasAny, .some, .none, .every, .countries, .distinct, .differ, .isLess: false
        }
    }
}

extension UsageValueTest {
    fileprivate var code: StatusReasonCode {
        switch self {
        case .filled: .requiredCompulsoryElementMissing
        case .bic: .bankIdentifierIncorrect
        case .iban: .incorrectAccountNumber
        case .currency: .invalidTransactionCurrency
        case .notOneOf, .messageName, .slashes, .slashesOfSixteen, .lei, .country:
            .elementContentFormallyIncorrect
        }
    }
}

extension [UsageFinding] {
    /// Findings of one transaction, or of header and group, that are told; the others are counted.
    private static var told: Int { 4 }

    /// What their sender is told of them, a text each; empty when there are none.
    package var texts: [String] {
        let texts = prefix(Self.told).map { "\($0.rule) \($0.path): \($0.sentence)" }
        let more = count - texts.count
        return more > 0 ? texts + ["And \(more) more."] : texts
    }

    /// The refusal for the first of them, which tells of the others.
    fileprivate func rejection() -> MessageRejection? {
        guard let first else { return nil }
        let others = Array(dropFirst()).texts.map { " " + $0 }.joined()
        return MessageRejection(
            cause: .usageRule, code: first.code, path: first.path,
            sentence: "\(first.rule): \(first.sentence)\(others)")
    }

    /// By the place of the transaction that they are in.
    package var byTransaction: [Int: [UsageFinding]] {
        Dictionary(grouping: filter { $0.transaction != nil }) { $0.transaction ?? 0 }
    }

    /// Those in header or group.
    package var ofGroup: [UsageFinding] { filter { $0.transaction == nil } }
}

extension BankMessage {
    /// The message with each transaction refused that has a finding.
    ///
    /// - Throws: ``MessageRejection`` when a finding is in none of them.
    /// - Complexity: O(transactions + findings).
    package func refusing(_ findings: [UsageFinding]) throws(MessageRejection) -> BankMessage {
        if var rejection = findings.ofGroup.rejection() {
            rejection.original = original
            throw rejection
        }
        guard !findings.isEmpty else { return self }
        let found = findings.byTransaction
        switch self {
        case .creditTransfers(var message):
            for (place, transaction) in message.transactions.enumerated() {
                guard case .success(let transfer) = transaction,
                    var rejection = found[place]?.rejection()
                else { continue }
                rejection.transaction = transfer.original
                message.transactions[place] = .failure(rejection)
            }
            return .creditTransfers(message)
        case .paymentReturns(var message):
            (message.returns, message.refused) = message.refused.joined(
                by: found, from: message.returns, \.original)
            return .paymentReturns(message)
        case .statusReport(var message):
            (message.transactions, message.refused) = message.refused.joined(
                by: found, from: message.transactions, \.original)
            return .statusReport(message)
        case .statusRequest, .cancellationRequests, .investigationResolution, .reportRequest:
            return self
        }
    }
}

extension [MessageRejection] {
    /// Takes out of the values those with a finding, and puts their refusals among these.
    fileprivate func joined<Value>(
        by found: [Int: [UsageFinding]], from values: [Value],
        _ original: (Value) -> OriginalTransaction
    ) -> (values: [Value], refused: [MessageRejection]) {
        var kept: [Value] = []
        var refused: [MessageRejection] = []
        for (place, item) in merged(with: values.map { Result.success($0) }, { .failure($0) })
            .enumerated()
        {
            switch item {
            case .failure(let rejection): refused.append(rejection)
            case .success(let value):
                guard var rejection = found[place]?.rejection() else {
                    kept.append(value)
                    continue
                }
                rejection.transaction = original(value)
                rejection.position = place
                refused.append(rejection)
            }
        }
        return (kept, refused)
    }

    /// What became of the transactions that were taken and of these, in the order of the message.
    ///
    /// - Complexity: O(transactions).
    package func merged<Value>(
        with taken: [Value], _ own: (MessageRejection) -> Value
    ) -> [Value] {
        var (taken, refused) = (taken[...], self[...])
        var all: [Value] = []
        while let next = refused.first {
            if next.position ?? .max > all.count, let value = taken.popFirst() {
                all.append(value)
            } else {
                all.append(own(next))
                refused.removeFirst()
            }
        }
        return all + taken
    }
}
