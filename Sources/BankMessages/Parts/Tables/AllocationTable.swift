extension Component {
    /// A part of a bank's transfer and where it belongs (ISO 20022 `TransactionAllocation`).
    static let allocation = Component(
        "Allocation",
        [
            Field("Amt", 1, "amount", .amount, .one),
            Field("CdtDbtInd", 2, "credit_debit_indicator", .codes("CRDT DBIT"), .one),
            Field("Acct", 3, "account", .message(.account), .one),
            Field("Purp", 4, "purpose", .message(.code4), .one),
            Field("Ref", 5, "reference", .text(35), .one),
            Field("RltdRefs", 6, "related_references", .message(.allocationReference), .any),
        ])

    /// One reference of an allocation (ISO 20022 `ReferencesChoice`).
    static let allocationReference = Component(
        "AllocationReference", isChoice: true,
        [
            Field("SctiesSttlmTxId", 1, "securities_settlement_transaction", .text(35)),
            Field("IntraPosMvmntId", 2, "intra_position_movement", .text(35)),
            Field("IntraBalMvmntId", 3, "intra_balance_movement", .text(35)),
            Field("AcctSvcrTxId", 4, "account_servicer_transaction", .text(35)),
            Field("MktInfrstrctrTxId", 5, "market_infrastructure_transaction", .text(35)),
            Field(
                "CtrPtyMktInfrstrctrTxId", 6, "counterparty_market_infrastructure_transaction",
                .text(35)),
            Field("PoolId", 7, "pool", .text(35)),
            Field("CmonId", 8, "common", .text(35)),
            Field("TradId", 9, "trade", .text(52)),
            Field("OthrTxId", 10, "other_transaction", .text(35)),
        ])
}
