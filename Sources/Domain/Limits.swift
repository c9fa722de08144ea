/// The stated bounds of one ledger. Running into a bound is a ``ResultCode``, never a trap.
public enum Limits {
    /// The largest amount of one payment order or funding, in minor units.
    @inlinable public static var maximumAmount: Int64 { 10_000_000_000_000_000 }

    /// The largest sum of all positive balances and credit limits of one currency, in minor units.
    ///
    /// Because funding and limits stay below it, no settlement account can ever overflow `Int64`.
    @inlinable public static var maximumCurrencyTotal: Int64 { 4_000_000_000_000_000_000 }

    /// The largest exchange rate, in units of 10⁻⁸.
    @inlinable public static var maximumRate: Int64 { 10_000_000_000_000 }

    /// Rates of one corridor lie below this many ticks; the book indexes its price levels by tick.
    @inlinable public static var ticksPerCorridor: Int64 { 1 << 20 }

    /// Participants of one ledger.
    @inlinable public static var participants: Int { 65_535 }

    /// Accounts of one ledger, the gateway's own included.
    @inlinable public static var accounts: Int { 262_144 }

    /// Orders that rest in all books together.
    @inlinable public static var openOrders: Int { 4_000_000 }

    /// Payment orders on record in one ledger.
    @inlinable public static var payments: Int { 200_000_000 }

    /// Batches during which the engine knows an ended payment, the one that ended it included.
    /// Later the tables answer for it.
    @inlinable public static var finalBatches: Int { 256 }

    /// The most payments that the engine knows at one time: open ones, those that were open when
    /// the oldest batch in memory began, and all that could have come since.
    @inlinable public static var paymentsInMemory: Int {
        openOrders * 2 + finalBatches * commandsPerBatch
    }

    /// Fundings on record in one ledger.
    @inlinable public static var fundings: Int { 16_000_000 }

    /// Codes of clearing systems on record, those taken away included.
    @inlinable public static var identifiers: Int { 262_144 }

    /// Pairs of a correspondent and a bank on record, ended ones included.
    @inlinable public static var correspondents: Int { 262_144 }

    /// Operators on record, suspended ones included.
    @inlinable public static var operators: Int { 4_096 }

    /// Lines of the policy on record, removed ones included.
    @inlinable public static var policyLines: Int { 4_096 }

    /// Certificates and keys on record, revoked ones included.
    @inlinable public static var registeredKeys: Int { 262_144 }

    /// Proposals that are open at one time.
    @inlinable public static var openProposals: Int { 10_000 }

    /// Those of one operator among them.
    @inlinable public static var openProposalsOfOperator: Int { 1_000 }

    /// Bytes of a proposed command with what comes beside it.
    @inlinable public static var bytesPerProposal: Int { 8_192 }

    /// Hours that a proposal waits where the policy says nothing, and the most that it may say.
    @inlinable public static var proposalHours: UInt16 { 24 }
    @inlinable public static var longestProposalHours: UInt16 { 720 }

    /// Attempts at one payment that are recorded; another one is refused without a record.
    @inlinable public static var attempts: Int { 8 }

    /// Nostro accounts of one ledger, the default ones apart.
    @inlinable public static var nostros: Int { 10_000 }

    /// Withdrawals on record in one ledger.
    @inlinable public static var withdrawals: Int { 4_000_000 }

    /// Withdrawals of one account that are neither confirmed nor reversed.
    @inlinable public static var withdrawalsUnderWay: Int { 1_000 }

    /// Fees, interest and transfers of agents on record in one ledger.
    @inlinable public static var agentEntries: Int { 4_000_000 }

    /// Entries of an account in one message to its bank; so many are told at once when they are
    /// there.
    @inlinable public static var entriesPerMessage: Int { 1_000 }

    /// Nanoseconds after which a booked entry is told with those that have come since.
    @inlinable public static var notificationDelay: Timestamp { 5_000_000_000 }

    /// Statements that one batch tells of; those that are left follow in the next ones.
    @inlinable public static var statementsPerBatch: Int { 256 }

    /// Accounts that one batch looks at for them; the others follow in the next ones.
    @inlinable public static var accountsPerStatementBatch: Int { 16_384 }

    /// Minutes from one report of an account to the next: at most a day.
    @inlinable public static var longestReportInterval: UInt16 { 1_440 }

    /// Returns of one payment.
    @inlinable public static var returnsPerPayment: UInt32 { 64 }

    /// Orders that return payments and are open at one time.
    @inlinable public static var openReturnOrders: Int { 262_144 }

    /// Cases about payments that are open at one time.
    @inlinable public static var openCases: Int { 262_144 }

    /// Cases on record in one ledger.
    @inlinable public static var cases: UInt32 { 200_000_000 }

    /// Nanoseconds after which an open case expires: ten days.
    @inlinable public static var caseDeadline: Int64 { 10 * 86_400_000_000_000 }

    /// Notices that the engine knows at one time, of all banks together.
    @inlinable public static var recentNotices: Int { 1_048_576 }

    /// Notices of one bank among these.
    @inlinable public static var recentNoticesOfBank: Int { 262_144 }

    /// Dates of a currency's calendar that are staged at one time.
    @inlinable public static var stagedDays: Int { 2_000 }

    /// Debit caps on record in one ledger.
    @inlinable public static var debitCaps: Int { 65_536 }

    /// Statements of agents on record in one ledger, abandoned ones included (R23).
    @inlinable public static var agentStatements: Int { 262_144 }

    /// Those that are received at one time.
    @inlinable public static var receivedAgentStatements: Int { 64 }

    /// Lines of one of them.
    @inlinable public static var agentStatementLines: UInt32 { 200_000 }

    /// Lines of all of them that are open at one time: those of taken ones that are not accounted
    /// for, and those of received ones.
    @inlinable public static var openAgentLines: Int { 1_048_576 }

    /// The largest balance of an account at an agent, in minor units without sign. The sum of a
    /// statement's lines may be twice that, so what one of these lacks to another one fits `Int64`.
    @inlinable public static var agentBalance: Int64 { 1_000_000_000_000_000_000 }

    /// Payments that wait for their settlement dates at one time (R22).
    @inlinable public static var datedPayments: Int { 262_144 }

    /// Those of one payer among them.
    @inlinable public static var datedPaymentsOfPayer: Int { 65_536 }

    /// Those that enter the book in one batch; the others follow in the next ones.
    @inlinable public static var datedEntriesPerBatch: Int { 1_024 }

    /// Working dates of a corridor from today to a settlement date.
    @inlinable public static var datesAhead: Int { 10 }

    /// Orders that end by themselves in one batch; the others follow in the next ones.
    @inlinable public static var expiriesPerBatch: Int { 4_096 }

    /// Fills that one command may cause; an order that could take more ends there.
    @inlinable public static var fillsPerCommand: Int { 4_096 }

    /// Resting orders that one arriving order passes because it cannot meet them; behind them it
    /// looks at no more.
    @inlinable public static var passedPerCommand: Int { 1_024 }

    /// Commands in one batch.
    @inlinable public static var commandsPerBatch: Int { 16_384 }

    /// Bytes of one encoded batch.
    @inlinable public static var bytesPerBatch: Int { 8 * 1_024 * 1_024 }

    /// Bytes of one command's attachment. The fullest credit transfers that banks agreed on, as
    /// JSON, take some 40,000.
    @inlinable public static var bytesPerAttachment: Int { 65_536 }

    /// The highest fee of a corridor, in parts per million of the pay amount.
    @inlinable public static var maximumFeePartsPerMillion: UInt32 { 100_000 }
}
