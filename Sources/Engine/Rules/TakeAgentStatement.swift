internal import Domain

extension TakeAgentStatement: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        if ledger.agentStatements.find(statement)?.state == .taken { return .repetition }
        let row: AgentStatementRow
        switch ledger.receivedStatement(statement) {
        case .failure(let refusal): return .refused(refusal.code)
        case .success(let found): row = found
        }
        guard row.isWhole else { return .refused(.agentStatementIncomplete) }
        guard let (before, behind) = ledger.agentStatements.neighbours(of: row) else {
            return .refused(.agentStatementOverlaps)
        }
        let isOpened = ledger.agentStatements.isOpened(row.account)
        switch way {
        case .exception: guard attachment.length > 0 else { return .refused(.reasonMissing) }
        case .regular, .opening:
            guard row.imbalance == 0 else { return .refused(.agentStatementUnbalanced) }
            guard isOpened || way == .opening else { return .refused(.agentStatementFirst) }
            guard !isOpened || way == .regular else { return .refused(.agentStatementInvalid) }
            guard row.joins(before, behind) else { return .refused(.agentStatementGap) }
        }

        // From here on it must succeed.
        ledger.agentStatements.take(row, way: way, at: ledger.now)
        if way == .exception { ledger.putException(of: statement, attachment) }
        return .accepted
    }

    func governance<Book>(
        in ledger: borrowing LedgerEngine<Book>
    ) -> Governance where Book: OrderBook & ~Copyable { governance(of: statement, in: ledger) }
}

extension AgentStatementRow {
    /// R23.5 Whether it goes on from the one before; the earliest one leads to what was accepted.
    fileprivate func joins(_ before: AgentStatementRow?, _ behind: AgentStatementRow?) -> Bool {
        guard before == nil else { return gap(behind: before) == 0 }
        return behind.map { $0.opening == closing } ?? true
    }
}

extension LedgerEngine where Book: ~Copyable {
    /// A statement that is received, or why it is none.
    func receivedStatement(
        _ id: AgentStatementID
    ) -> Result<AgentStatementRow, AgentStatementRefusal> {
        guard let row = agentStatements.find(id) else {
            return .failure(AgentStatementRefusal(code: .agentStatementUnknown))
        }
        guard row.state == .receiving else {
            return .failure(AgentStatementRefusal(code: .agentStatementNotReceiving))
        }
        return .success(row)
    }

    fileprivate mutating func putException(
        of statement: AgentStatementID, _ attachment: AttachmentRange
    ) {
        let row = AgentStatementExceptionRow(
            statement: statement, timestamp: now, attachment: attachment)
        position.finalsHash &+= row.stateHash
        effects.declared.append(row)
    }
}

/// Why a statement is not received.
struct AgentStatementRefusal: Error {
    let code: ResultCode
}

extension Rule {
    /// R17.3 The currency is that of the statement.
    func governance<Book>(
        of statement: AgentStatementID, in ledger: borrowing LedgerEngine<Book>
    ) -> Governance where Book: OrderBook & ~Copyable {
        var governance = self.governance
        governance.currency = ledger.agentStatements.find(statement)?.currency
        return governance
    }
}
