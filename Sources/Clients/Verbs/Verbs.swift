/// The command line for operators: a row for each command, which names its method of the API. All
/// else follows from the method's request. Examples run in this order, on a ledger with some banks.
package enum Verbs {
    package static let all = [
        bank, corridor, fund, nostro, statements, withdraw, limit, operators, key, day, ledger,
        policy,
        approvals,
    ]

    package static let bank = Noun(
        "bank", "Banks that take part: who they are, and what they are told.",
        [
            Verb(
                "register", "OperatorService/RegisterParticipant",
                "Put a bank on record, or see that it is.",
                "CPLBTHB0 --as operator --name 'Chao Phraya Lotus Bank' --roles payer"),
            Verb(
                "list", "OperatorService/ListParticipants", "List banks.",
                "--as operator --csv"),
            Verb(
                "set-state", "OperatorService/SetParticipantState",
                "Suspend a bank, or let it take part again.",
                "LCQBSGS0 --as operator --state suspended"),
            Verb(
                "set-identifier", "OperatorService/SetIdentifier",
                "Say by which number a clearing system knows a bank.",
                "CNAPS 102100099996 --as operator --participant YTZGCNB0",
                hiding: ["identifier"]),
            Verb(
                "set-correspondent", "OperatorService/SetCorrespondent",
                "Let a bank pay for another one that takes no part itself.",
                "YTZGCNB0 ICBKCNBJ --as operator"),
            Verb(
                "set-messaging", "OperatorService/SetMessaging",
                "Say what a bank is told of without asking.",
                "YTZGCNB0 --as operator --wishes status-reports,credit-transfers "
                    + "--report-interval 60"),
            Verb(
                "set-dated-funding", "OperatorService/SetDatedFunding",
                "Say when a bank's payments for a later date hold their funds.",
                "YTZGCNB0 --as operator --funding at-entry"),
            Verb(
                "get-messaging", "MessageService/GetMessaging",
                "Show what a bank is told of, and how far it has been.",
                "YTZGCNB0 --as operator"),
        ])

    package static let corridor = Noun(
        "corridor", "Corridors: renminbi against one other currency.",
        [
            Verb(
                "configure", "OperatorService/ConfigureCorridor",
                "Open a corridor, or replace its parameters.",
                "THB --as operator --tick 0.0001 --reference-rate 4.98 --collar-basis-points 300 "
                    + "--minimum-size 100.00 --maximum-size 50000000.00 "
                    + "--fee-parts-per-million 200 --utc-offset-minutes 480"),
            Verb("list", "LedgerService/ListCorridors", "List corridors.", "--as operator"),
            Verb(
                "set-reference-rate", "OperatorService/SetReferenceRate",
                "Set the rate around which orders are taken.",
                "THB --as operator --rate 4.99"),
            Verb(
                "set-calendars", "OperatorService/SetCorridorCalendars",
                "Let sessions follow both currencies' calendars, or the corridor's hours.",
                "THB --as operator --follows-calendars=false"),
            Verb(
                "set-state", "OperatorService/SetCorridorState",
                "Halt, close or open a corridor.", "THB --as operator --state halted"),
        ])

    package static let fund = Noun(
        "fund", "Money that arrived at a settlement agent, or left it.",
        [
            Verb(
                "book", "OperatorService/Fund", "Book it on a bank's account.",
                "--as operator --participant YTZGCNB0 --currency CNY --amount 5000000.00 "
                    + "--note 'Opening balance'"),
            Verb(
                "list", "LedgerService/ListTransfers",
                "List what was booked on an account, newest first.", "1 --as operator --csv"),
        ])

    package static let nostro = Noun(
        "nostro", "Accounts at settlement agents.",
        [
            Verb(
                "open", "OperatorService/OpenNostro", "Put an account on record.",
                "--as operator --agent BKCHCNBJ --account 100200300 --currency CNY "
                    + "--name 'Bank of China'"),
            Verb("list", "OperatorService/ListNostros", "List accounts.", "--as operator"),
            Verb(
                "fund", "OperatorService/FundNostro",
                "Book money that arrived there, or left, on a bank's account.",
                "1 --as operator --participant YTZGCNB0 --currency CNY --amount 250000.00"),
            Verb(
                "book-entry", "OperatorService/BookAgentEntry",
                "Book a fee, interest, or a transfer between two of them.",
                "--as operator --kind fee --nostro 1 --currency CNY --amount -12.50 "
                    + "--note 'Account fee'"),
            Verb(
                "set-state", "OperatorService/SetNostroState", "Close an account, or open it.",
                "2 --as operator --state closed"),
        ])

    package static let statements = Noun(
        "statements", "What agents say of our accounts there.",
        [
            Verb(
                "begin", "OperatorService/BeginAgentStatement",
                "Announce a statement, whose lines follow.",
                "1 --as operator --currency CNY --first-date 2026-11-30 --last-date 2026-11-30 "
                    + "--opening 0.00 --closing 250000.00 --lines 1 --sequence 1 "
                    + "--digest 5feceb66ffc86f38d952786c6d696c79"),
            Verb(
                "add-line", "OperatorService/AddAgentStatementLine", "Add its next line.",
                "2 1 --as operator --amount 250000.00 --currency CNY --booking-date 2026-11-30 "
                    + "--counterparty 'Yangtze Gate Bank'"),
            Verb(
                "list", "AgentStatementService/ListAgentStatements",
                "List statements, newest first.", "--as operator --state receiving --csv"),
            Verb(
                "show", "AgentStatementService/GetAgentStatement",
                "Show one, and through when its account is proven.", "2 --as operator"),
            Verb(
                "lines", "AgentStatementService/ListAgentStatementLines",
                "List the lines of one.", "2 --as operator --csv"),
            Verb(
                "take", "OperatorService/TakeAgentStatement", "Let one count.",
                "2 --as operator --way opening"),
            Verb(
                "abandon", "OperatorService/AbandonAgentStatement",
                "Give up one that is not whole.", "1 --as operator --note 'Sent anew'"),
        ])

    package static let withdraw = Noun(
        "withdraw", "Money that banks want to have at home.",
        [
            Verb(
                "request", "LedgerService/RequestWithdrawal", "Ask for money, as a bank.",
                "0d5f7a52-8a34-4c1e-9d02-6b1f3c8e7a01 --as YTZGCNB0 --currency CNY "
                    + "--amount 1000.00"),
            Verb(
                "list", "LedgerService/ListWithdrawals", "List withdrawals, newest first.",
                "--as operator --state under-way"),
            Verb(
                "get", "LedgerService/GetWithdrawal", "Show one.",
                "0d5f7a52-8a34-4c1e-9d02-6b1f3c8e7a01 --as operator"),
            Verb(
                "order", "OperatorService/OrderWithdrawal", "Say that the agent was told to pay.",
                "0d5f7a52-8a34-4c1e-9d02-6b1f3c8e7a01 --as operator"),
            Verb(
                "confirm", "OperatorService/ConfirmWithdrawal", "Say that the agent has paid.",
                "0d5f7a52-8a34-4c1e-9d02-6b1f3c8e7a01 --as operator"),
            Verb(
                "reverse", "OperatorService/ReverseWithdrawal", "Say that it is not paid.",
                "0d5f7a52-8a34-4c1e-9d02-6b1f3c8e7a02 --as operator --reason asked-by-bank"),
        ])

    package static let limit = Noun(
        "limit", "How far banks may go below zero, and how much they may owe.",
        [
            Verb(
                "set", "OperatorService/SetCreditLimit", "Set a bank's credit limit.",
                "YTZGCNB0 CNY --as operator --limit 1000000.00"),
            Verb(
                "list", "LedgerService/ListAccounts",
                "List accounts with balances, holds and limits.",
                "--as operator --participant YTZGCNB0"),
            Verb(
                "set-debit-cap", "OperatorService/SetDebitCap",
                "Set how much a bank may owe on a business day, in all or towards one bank.",
                "YTZGCNB0 CNY --as operator --counterparty CPLBTHB0 --cap 500000.00"),
            Verb(
                "list-debit-caps", "LedgerService/ListDebitCaps",
                "List debit caps, and how they stand.", "--as operator --csv"),
        ])

    package static let key = Noun(
        "key", "Certificates and keys of banks, operators, nodes and witnesses.",
        [
            Verb(
                "register", "OperatorService/RegisterKey", "Say whose a key or certificate is.",
                "--as operator --owner witness --name first.witness --purpose signing "
                    + "--fingerprint \(fingerprints.first)"),
            Verb(
                "rotate", "OperatorService/RotateKey", "Let another one take its place in time.",
                "\(fingerprints.first) --as operator --fingerprint \(fingerprints.second) "
                    + "--retires-at 2036-01-01T00:00:00Z"),
            Verb(
                "revoke", "OperatorService/RevokeKey", "Let it be believed no more.",
                "\(fingerprints.second) --as operator --note 'Lost'"),
            Verb("list", "OperatorService/ListKeys", "List them.", "--as operator --csv"),
        ])

    /// As `sha256sum` writes them.
    private static let fingerprints = (
        first: "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4",
        second: "2c624232cdd221771294dfbb310aca000a0df6ac8b66b696d90ef06fdefb64a3"
    )

    package static let operators = Noun(
        "operators", "People and programs that operate the gateway.",
        [
            Verb(
                "set", "OperatorService/SetOperator",
                "Put somebody on record, or say anew what for.",
                "chen.li --as operator --roles payments,limits --state active "
                    + "--full-name 'Chen Li'"),
            Verb("list", "OperatorService/ListOperators", "List them.", "--as operator"),
        ])

    package static let day = Noun(
        "day", "Business days of currencies, with their balances.",
        [
            Verb(
                "list", "CalendarService/ListBusinessDays", "List days, newest first.",
                "CNY --as operator"),
            Verb(
                "get", "CalendarService/GetBusinessDay",
                "Show a day by number or date with balances; the one that runs is 'running'.",
                "CNY running --as operator --csv"),
            Verb(
                "account", "CalendarService/GetAccountDay",
                "Show an account's day: opening balance, entries, closing balance.",
                "1 running --as operator"),
            Verb(
                "statement", "StatementService/GetStatement",
                "Show the statement of an account for a day that has ended.",
                "1 1 --as operator"),
            Verb(
                "fees", "StatementService/GetFeeStatement",
                "Show what an account was charged on a day that has ended.",
                "1 1 --as operator"),
            Verb(
                "dates", "CalendarService/ListCalendarDays",
                "List the dates of a calendar that are in force.",
                "CNY --as operator --first-date 2027-01-01 --csv"),
            Verb(
                "staged", "CalendarService/ListStagedDays",
                "List the dates of a calendar that wait to be adopted.", "CNY --as operator"),
        ])

    package static let ledger = Noun(
        "ledger", "The ledger as a whole: sums, payments, cases, rules, erasure.",
        [
            Verb("summary", "OperatorService/GetSummary", "Count and sum it.", "--as operator"),
            Verb(
                "list-payments", "PaymentService/ListPayments", "List payments, newest first.",
                "--as operator --status CANC --csv"),
            Verb(
                "list-cases", "FollowUpService/ListCases",
                "List cases about settled payments, newest first.", "--as operator --only-open"),
            Verb("get-case", "FollowUpService/GetCase", "Show a case.", "1 --as operator"),
            Verb(
                "list-notices", "MessageService/ListNotices",
                "List what banks have only announced of a payment.",
                "--as operator --uetr 5b9ff2d1-6c1f-4a54-8d34-1f1f6d2f9a01"),
            Verb(
                "erase-content", "OperatorService/EraseContent",
                "Have the details of a final payment erased on every node.",
                "5b9ff2d1-6c1f-4a54-8d34-1f1f6d2f9a01 --as operator --note 'Wish of the debtor'"),
            Verb(
                "raise-rules", "OperatorService/RaiseRules",
                "Let the ledger go on by newer rules, for good.", "--as operator --version 4"),
        ])

    package static let policy = Noun(
        "policy", "Who may give which commands, and how many persons they take.",
        [
            Verb(
                "set", "OperatorService/SetPolicy",
                "Set a line; the first one puts the policy in force, for good.",
                "setCreditLimit --as operator --currency CNY --from 100000000 --roles limits "
                    + "--persons 2 --hours 48"),
            Verb("get", "OperatorService/GetPolicy", "Show it.", "--as operator"),
        ])

    package static let approvals = Noun(
        "approvals", "Commands that wait for a second person.",
        [
            Verb(
                "list", "OperatorService/ListProposals", "List them, newest first.",
                "--as second-operator --state open"),
            Verb(
                "get", "OperatorService/GetProposal", "Show one with all that it says.",
                "1 --as second-operator"),
            Verb(
                "approve", "OperatorService/ApproveProposal",
                "Have it carried out, as it was read.",
                "1 --as second-operator --proposal-hash 5d1c…", hiding: ["attached"]),
            Verb(
                "refuse", "OperatorService/RefuseProposal",
                "Refuse it, or withdraw one's own.",
                "2 --as second-operator --proposal-hash 9e42… --note 'Not agreed'"),
        ])
}
