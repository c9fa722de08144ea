package import BankMessages
internal import Domain
package import Gateway

/// Brings the booked statements of a file into the ledger, each whole or not at all.
///
/// Each is announced, its lines follow, and then it is taken. An import that was interrupted goes
/// on where it stopped: the same bytes are the same statement. One that the ledger refuses leaves
/// those of other accounts alone; of its own account none is sent behind it, for none could follow.
package struct StatementImport: Sendable {
    let client: APIClient
    let request: Request
    private var stopped: Set<NostroName> = []

    /// What whoever imports decides.
    package struct Request: Sendable {
        /// Where all statements belong; nil finds each account among the nostros.
        package var nostro: UInt32?
        /// How a statement is taken that adds up and follows, or need not.
        package var way = ProtoStatementWay.regular
        /// Why, of an exception.
        package var note = ""

        package init() {}
    }

    /// What became of one statement.
    package struct Result: Sendable {
        package let figures: StatementFigures
        /// Its number in the ledger; 0 when it has none.
        package var statement: UInt32 = 0
        package var verdict: Verdict
        /// In words, where there is something to say.
        package var sentence = ""
    }

    package enum Verdict: String, Sendable {
        case taken = "TAKEN"
        /// The same bytes were taken before.
        case known = "KNOWN"
        /// Somebody else has to approve.
        case proposed = "PROPOSED"
        /// The ledger refused it, or it belongs to no account of ours.
        case refused = "REFUSED"
        /// It is no booked statement, and is not kept.
        case passedOver = "PASSED_OVER"
    }

    package init(_ client: APIClient, _ request: Request) {
        self.client = client
        self.request = request
    }

    /// Imports all statements of a file.
    ///
    /// - Parameters:
    ///   - address: by which a refusal of the gateway is told from a lost connection.
    ///   - progress: hears of each statement when it is done.
    /// - Throws: `StatementRefusal` when the file cannot be read to its end, before anything is
    ///   sent; an error of the connection, behind which the same import goes on.
    package mutating func run(
        _ file: StatementFile, from address: GatewayAddress,
        _ progress: (Result) -> Void = { _ in }
    ) async throws -> [Result] {
        let summaries = try file.summaries()
        try checkAccounts(of: summaries)
        var session = ImportSession(
            client: client, request: request, address: address, fileName: file.name,
            accounts: try await nostros(), stopped: stopped)
        try await file.events { events in
            for event in events {
                switch event {
                case .head:
                    session.breakOff()
                    try await session.begin(summaries[session.results.count])
                case .line(let line) where line.status == .booked: try await session.add(line)
                case .end:
                    try await session.end()
                    if let last = session.results.last { progress(last) }
                case .line, .balance, .declared, .refusedLine, .finding: break
                }
            }
        }
        session.breakOff()
        stopped = session.stopped
        return session.results
    }

    /// One nostro is not several accounts.
    private func checkAccounts(of summaries: [StatementFile.Summary]) throws(StatementRefusal) {
        guard request.nostro != nil else { return }
        let names = summaries.map {
            NostroName(account: $0.figures.head.account ?? "", currency: $0.figures.currency ?? "")
        }
        guard Set(names).count > 1 else { return }
        throw StatementRefusal(
            "The file is about \(Set(names).count) accounts, and one nostro is named for all.")
    }

    /// The nostros by what their agents call them and their currency.
    private func nostros() async throws -> [NostroName: UInt32] {
        let answer: ProtoListNostrosResponse = try await client.call(
            "OperatorService/ListNostros", ProtoListNostrosRequest())
        let named = answer.nostros.map {
            (NostroName(account: $0.account, currency: $0.currency), $0.nostro)
        }
        // Two agents may call an account the same: then nobody can tell which is meant.
        return Dictionary(named) { _, _ in 0 }
    }
}

/// What a statement says of the account it is about.
struct NostroName: Hashable {
    let account: String
    let currency: String

    init(account: String, currency: String) {
        // Agents write their accounts with spaces or without, and MT puts a bank in front.
        let own = account.split(separator: "/").last.map(String.init) ?? account
        self.account = own.filter { $0 != " " }.uppercased()
        self.currency = currency
    }
}
