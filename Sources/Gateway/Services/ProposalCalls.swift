internal import Domain
internal import Store
internal import SwiftProtobuf

/// Who may give what, and what waits for a second person. Operators see all of it.
extension Services {
    func getPolicy(_ request: ProtoGetPolicyRequest, _ caller: Caller) async throws -> ProtoPolicy {
        try await read(.list) { reader in
            let records = try reader.records(PolicyLineRow.self)
            var policy = ProtoPolicy()
            policy.inForce = !records.isEmpty
            policy.lines = records.filter { !$0.row.removed }.map { ProtoPolicyLine($0) }
            policy.standing = DeclaredCommands.all.filter { $0.isGoverned }.map {
                ProtoPolicyLine(standingFor: $0)
            }
            return policy
        }
    }

    func listProposals(
        _ request: ProtoListProposalsRequest, _ caller: Caller
    ) async throws -> ProtoListProposalsResponse {
        let page = Page(request.pageSize)
        let state = try Services.state(request.state)
        let before = try Services.proposal(before: request.pageToken)
        return try await read(.list) { reader in
            let names = try reader.operatorNames()
            let found = try reader.proposals(state, before: before, limit: page.size + 1)
            let (records, hasMore) = page.cut(found)
            var response = ProtoListProposalsResponse()
            response.proposals = try records.map {
                ProtoProposal($0, try reader.reason(for: $0.row), names)
            }
            if hasMore, let last = records.last { response.nextPageToken = String(last.row.id) }
            return response
        }
    }

    func getProposal(
        _ request: ProtoGetProposalRequest, _ caller: Caller
    ) async throws -> ProtoProposal {
        let number = request.number
        return try await read(.lookup) { reader in
            guard let record = try reader.proposal(number) else {
                throw GatewayError(.notFound, "proposal \(number)")
            }
            return ProtoProposal(
                record, try reader.reason(for: record.row), try reader.operatorNames())
        }
    }

    /// What became of a proposal; nil while it is open, or unknown.
    func decision(of number: ProposalID) async throws -> Decision? {
        try await read(.lookup) { reader in
            guard let row = try reader.proposal(number)?.row, row.state != .open else {
                return nil
            }
            return Decision(
                number: number, state: row.state, code: row.code, contentHash: row.contentHash,
                by: try reader.operatorNames()[row.decidedBy] ?? "")
        }
    }

    private static func state(_ text: String) throws(GatewayError) -> ProposalState? {
        guard !text.isEmpty else { return nil }
        guard let state = ProposalState(text: text.lowercased()) else {
            let words = ProposalState.allCases.map(\.word).listed("or")
            throw Field.malformed("state", "must be \(words)", text)
        }
        return state
    }

    private static func proposal(before token: String) throws(GatewayError) -> ProposalID? {
        guard !token.isEmpty else { return nil }
        guard let number = ProposalID(token) else {
            throw Field.malformed("page_token", "must come from an earlier page", token)
        }
        return number
    }
}

/// How a proposal ended.
struct Decision: Sendable {
    let number: ProposalID
    let state: ProposalState
    /// What it led to.
    let code: ResultCode
    let contentHash: UInt128
    /// Whose decision it was; empty for nobody's.
    let by: String

    var words: String {
        let who = by.isEmpty ? "" : " by \(by)"
        let end = state == .approved ? ", and led to \(code.name)" : ""
        return "proposal \(number) is \(state.word)\(who)\(end)"
    }
}

extension LedgerReader {
    /// - Complexity: O(operators).
    fileprivate func operatorNames() throws -> [OperatorID: String] {
        var names: [OperatorID: String] = [:]
        for row in try rows(OperatorRow.self) { names[row.id] = row.name.description }
        return names
    }

    fileprivate func reason(for row: ProposalRow) throws -> String {
        guard row.state == .refused || row.state == .withdrawn else { return "" }
        return OperatorRecord(json: try refusal(of: row.id)?.details)?.note ?? ""
    }
}

extension ProtoPolicyLine {
    fileprivate init(_ record: DeclaredRecord<PolicyLineRow>) {
        self.init(saying: record.row)
        from = record.row.from
        if hours == 0 { hours = UInt32(Domain.Limits.proposalHours) }
        note = OperatorRecord(json: record.details)?.note ?? ""
    }

    fileprivate init(standingFor type: any DeclaredCommand.Type) {
        let governance = type.init().governance
        let takesTwo = governance.weight == .lifting || governance.weight == .foundation
        self.init(
            saying: SetPolicy(
                command: type.kind, roles: governance.roles, persons: takesTwo ? 2 : 1,
                hours: Domain.Limits.proposalHours))
    }
}

extension ProtoProposal {
    fileprivate init(
        _ record: DeclaredRecord<ProposalRow>, _ reason: String, _ names: [OperatorID: String]
    ) {
        let row = record.row
        self.init()
        number = row.id
        state = State(row.state)
        command = row.kind.description
        content = row.shownContent(record.details)
        contentHash = hexadecimal(row.contentHash)
        proposer = names[row.proposer] ?? ""
        proposedAt = Google_Protobuf_Timestamp(row.proposedAt)
        deadline = Google_Protobuf_Timestamp(row.deadline)
        commandID = row.commandID.description
        result = ProtoResult(row.code)
        self.reason = reason
        guard row.state != .open else { return }
        decidedBy = names[row.decidedBy] ?? ""
        decidedAt = Google_Protobuf_Timestamp(row.decidedAt)
    }
}

extension ProposalRow {
    /// The request as JSON, with what came with it.
    fileprivate func shownContent(_ details: String?) -> String {
        (command as? any OperatorCommand)?.requestJSON(Array((details ?? "").utf8)[...]) ?? ""
    }
}

extension ProtoProposal.State {
    fileprivate init(_ state: ProposalState) {
        self =
            switch state {
            case .open: .open
            case .approved: .approved
            case .refused: .refused
            case .withdrawn: .withdrawn
            case .expired: .expired
            }
    }
}
