package import Domain

extension NoticeKind {
    /// For the sender, at most 140 characters.
    package var reason: String {
        switch self {
        case .advice:
            "Noted as an advice; it moves no money. The payment comes by another message."
        case .announcedCover:
            "Noted, SttlmMtd being COVE; the pacs.009 COV with the same UETR makes the payment."
        case .copy:
            "Noted as a copy, as CpyDplct says; it moves no money."
        }
    }
}

extension CreditTransferMessage {
    /// Why the message moves no money, or nil when it pays:
    ///
    /// | | pacs.008 | pacs.009 CORE | pacs.009 COV |
    /// | --- | --- | --- | --- |
    /// | `CpyDplct` COPY, CODU | copy | copy | copy |
    /// | `BizSvc` of an advice | advice | advice | advice |
    /// | `SttlmMtd` COVE | announced cover | advice | pays |
    /// | `SttlmMtd` INDA, INGA, CLRG | pays | pays | pays |
    ///
    /// A message is a COV when each of its transactions covers a customer's transfer or a bank's.
    package var notice: NoticeKind? {
        if header?.copyDuplicate?.isForInformation == true { return .copy }
        if header?.announcesAdvice == true { return .advice }
        guard groupHeader.settlementMethod == .cover else { return nil }
        switch definition.message.transferKind {
        case .customer: return .announcedCover
        case .financialInstitution: return isCover ? nil : .advice
        }
    }

    /// One that cannot be read pays nothing, so it does not count.
    private var isCover: Bool {
        transactions.allSatisfy { transaction in
            guard case .success(let transfer) = transaction else { return true }
            return transfer.underlying != nil || transfer.coversInstitutionTransfer
        }
    }
}

extension BusinessApplicationHeader {
    /// CBPR+ marks a pacs.009 ADV by its business service, such as `swift.cbprplus.adv.03`.
    fileprivate var announcesAdvice: Bool {
        guard let businessService else { return false }
        return businessService.lowercased().split(separator: ".").contains("adv")
    }
}
