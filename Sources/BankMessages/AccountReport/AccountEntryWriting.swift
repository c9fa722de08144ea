internal import Domain

extension XMLWriter {
    /// One `Ntry`, in the order of its type.
    mutating func entry(_ entry: AccountEntry, _ definition: MessageDefinition)
        throws(MessageWritingError)
    {
        try element("Ntry") { writer throws(MessageWritingError) in
            try writer.leaf("NtryRef", entry.reference, max: 35)
            try writer.amount("Amt", entry.amount)
            try writer.leaf("CdtDbtInd", entry.direction.rawValue, max: 4)
            try writer.indicator("RvslInd", entry.isReversal)
            try writer.element("Sts") { writer throws(MessageWritingError) in
                try writer.leaf("Cd", entry.status.rawValue, max: 4)
            }
            try writer.dateOrTime("BookgDt", entry.booking)
            try writer.dateOrTime("ValDt", entry.value)
            try writer.leaf("AcctSvcrRef", entry.servicerReference, max: 35)
            try writer.transactionCode(entry.transactionCode)
            if !entry.transactions.isEmpty {
                try writer.element("NtryDtls") { writer throws(MessageWritingError) in
                    for transaction in entry.transactions {
                        try writer.transaction(transaction, definition)
                    }
                }
            }
            try writer.leaf("AddtlNtryInf", entry.additionalInformation, max: 500)
        }
    }

    private mutating func transactionCode(
        _ code: BankTransactionCode
    ) throws(MessageWritingError) {
        try element("BkTxCd") { writer throws(MessageWritingError) in
            try writer.element("Domn") { writer throws(MessageWritingError) in
                try writer.leaf("Cd", code.domain, max: 4)
                try writer.element("Fmly") { writer throws(MessageWritingError) in
                    try writer.leaf("Cd", code.family, max: 4)
                    try writer.leaf("SubFmlyCd", code.subFamily, max: 4)
                }
            }
        }
    }

    /// One `TxDtls`, in the order of its type.
    private mutating func transaction(
        _ transaction: EntryTransaction, _ definition: MessageDefinition
    ) throws(MessageWritingError) {
        try element("TxDtls") { writer throws(MessageWritingError) in
            try writer.references(transaction, version: definition.version)
            try writer.amounts(transaction)
            try writer.relatedParties(transaction, definition)
            try writer.relatedAgents(transaction)
            try writer.choice("Purp", transaction.purpose, max: 4)
            try writer.remittance(transaction.remittanceInformation)
            if let reason = transaction.returnReason {
                try writer.element("RtrInf") { writer throws(MessageWritingError) in
                    try writer.choice("Rsn", reason, max: 4)
                }
            }
            try writer.leaf("AddtlTxInf", transaction.additionalInformation, max: 500)
        }
    }

    private mutating func references(
        _ transaction: EntryTransaction, version: Int
    ) throws(MessageWritingError) {
        let references = transaction.references
        let hasReturn = version >= AccountReport.Since.returnIdentification
        try element("Refs") { writer throws(MessageWritingError) in
            try writer.leaf("MsgId", transaction.messageIdentification, max: 35)
            try writer.leaf("InstrId", references.instructionIdentification, max: 35)
            try writer.leaf("EndToEndId", references.endToEndIdentification, max: 35)
            try writer.leaf("UETR", references.uetr?.description, max: 36)
            try writer.leaf("TxId", references.transactionIdentification, max: 35)
            try writer.leaf("RtrId", hasReturn ? transaction.returnIdentification : nil, max: 35)
        }
    }

    private mutating func amounts(
        _ transaction: EntryTransaction
    ) throws(MessageWritingError) {
        try amount("Amt", transaction.amount)
        try leaf("CdtDbtInd", transaction.direction?.rawValue, max: 4)
        guard transaction.instructedAmount != nil || transaction.transactionAmount != nil else {
            return
        }
        try element("AmtDtls") { writer throws(MessageWritingError) in
            try writer.detail("InstdAmt", transaction.instructedAmount, exchange: nil)
            try writer.detail(
                "TxAmt", transaction.transactionAmount, exchange: transaction.exchange)
        }
    }

    private mutating func detail(
        _ name: String, _ amount: Money?, exchange: EntryExchange?
    ) throws(MessageWritingError) {
        guard let amount else { return }
        try element(name) { writer throws(MessageWritingError) in
            try writer.amount("Amt", amount)
            guard let exchange else { return }
            try writer.element("CcyXchg") { writer throws(MessageWritingError) in
                try writer.leaf("SrcCcy", exchange.source.code, max: 3)
                try writer.leaf("TrgtCcy", exchange.target.code, max: 3)
                try writer.leaf("XchgRate", exchange.rate.decimal, max: 13)
            }
        }
    }

    private mutating func relatedParties(
        _ transaction: EntryTransaction, _ definition: MessageDefinition
    ) throws(MessageWritingError) {
        guard
            transaction.debtor != nil || transaction.debtorAccount != nil
                || transaction.creditor != nil || transaction.creditorAccount != nil
        else { return }
        try element("RltdPties") { writer throws(MessageWritingError) in
            try writer.side("Dbtr", transaction.debtor)
            try writer.account("DbtrAcct", transaction.debtorAccount, definition)
            try writer.side("Cdtr", transaction.creditor)
            try writer.account("CdtrAcct", transaction.creditorAccount, definition)
        }
    }

    private mutating func relatedAgents(
        _ transaction: EntryTransaction
    ) throws(MessageWritingError) {
        guard transaction.debtorAgent != nil || transaction.creditorAgent != nil else { return }
        try element("RltdAgts") { writer throws(MessageWritingError) in
            try writer.agent("DbtrAgt", transaction.debtorAgent)
            try writer.agent("CdtrAgt", transaction.creditorAgent)
        }
    }
}
