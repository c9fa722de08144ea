internal import Domain

private let hash: UInt128 = 0x0F1E_2D3C_4B5A_6978_8796_A5B4_C3D2_E1F0
private let bangkok = BIC("BKKBTHBK") ?? .none
private let beijing = BIC("BKCHCNBJ") ?? .none
private let uetr = UETR(bits: 0x0011_2233_4455_4677_8899_AABB_CCDD_EEFF)

/// A payment for 2026-01-07, 20,460 days behind 1970-01-01.
private let dated: PaymentOrder = {
    var order = PaymentOrder(
        uetr: uetr, contentHash: hash, submitter: beijing, payer: beijing, creditor: bangkok,
        foreign: .thb, side: .payForeign, fixed: .pay, amount: 100_000)
    order.settlementDate = CivilDate("2026-01-07") ?? .none
    return order
}()

/// Those of version 4.
extension GoldenBytes {
    static let ofPolicyAndDates: [(Command, String)] = [
        (
            .declared(
                SetPolicy(
                    command: Fund.kind, currency: .thb, from: 1_000_000,
                    roles: [.payments, .limits], persons: 2, hours: 48, removed: true)),
            """
            300010000000000040420f00000000000802030230000100
            """
        ),
        (
            .declared(ApproveProposal(number: 258, proposalHash: hash)),
            """
            31001800000000000201000000000000f0e1d2c3b4a5968778695a4b3c2d1e0f
            """
        ),
        (
            .declared(RefuseProposal(number: 258, proposalHash: hash)),
            """
            32001800000000000201000000000000f0e1d2c3b4a5968778695a4b3c2d1e0f
            """
        ),
        (
            .declared(
                RegisterKey(
                    owner: KeyOwner(.operator, OperatorName("WANG.LEI@SECURITY.BANK") ?? .none),
                    purpose: .signing,
                    fingerprint: KeyFingerprint(high: hash, low: uetr.bits),
                    until: 1_767_600_000_000_000_000)),
            """
            3300500000000000f0e1d2c3b4a5968778695a4b3c2d1e0fffeeddccbbaa9988\
            7746554433221100596a525a1d16a7c06491e93a3a8357000000000000000000\
            0000b07406852e000000fbb8d5c687180101000000000000
            """
        ),
        (
            .declared(
                RotateKey(
                    old: KeyFingerprint(high: hash, low: uetr.bits),
                    to: KeyFingerprint(high: uetr.bits, low: hash),
                    retires: 1_767_600_000_000_000_000)),
            """
            3400500000000000f0e1d2c3b4a5968778695a4b3c2d1e0fffeeddccbbaa9988\
            7746554433221100ffeeddccbbaa99887746554433221100f0e1d2c3b4a59687\
            78695a4b3c2d1e0f0000fbb8d5c687180000000000000000
            """
        ),
        (
            .declared(RevokeKey(fingerprint: KeyFingerprint(high: hash, low: uetr.bits))),
            """
            3500200000000000f0e1d2c3b4a5968778695a4b3c2d1e0fffeeddccbbaa9988\
            7746554433221100
            """
        ),
        (
            .declared(
                StageCalendarDay(
                    CalendarDay(
                        .thb, CivilDate("2026-01-05") ?? .none, kind: .makeUp,
                        opens: 1_767_600_000_000_000_000, cutOff: 1_767_603_600_000_000_000,
                        turn: 1_767_607_200_000_000_000), removed: true)),
            """
            3c002800000000000101ea4f000000000000fbb8d5c6871800a0b3e91bca8718\
            00406c1a62cd87180100000000000000
            """
        ),
        (
            .declared(
                AdoptCalendar(
                    .thb, from: CivilDate("2026-01-05") ?? .none,
                    through: CivilDate("2026-01-08") ?? .none, days: 4,
                    digest: RowsDigest(bits: hash))),
            """
            3d001800000000000100ea4fed4f0400f0e1d2c3b4a5968778695a4b3c2d1e0f
            """
        ),
        (
            .declared(SetCorridorCalendars(foreign: .thb, follows: true)),
            """
            3e000800000000000101000000000000
            """
        ),
        (
            .declared(
                SetDebitCap(
                    participant: beijing, counterparty: bangkok,
                    cap: Money(minorUnits: 777, currency: .thb))),
            """
            480020000000000095d94f0737399600d54733d0584d96000903000000000000\
            0100000000000000
            """
        ),
        (
            .declared(SetDatedFunding(participant: bangkok, funding: .atEntry)),
            """
            4b00100000000000d54733d0584d96000100000000000000
            """
        ),
        (
            .declared(
                BeginAgentStatement(
                    nostro: 258, .thb, from: CivilDate("2026-01-05") ?? .none,
                    through: CivilDate("2026-01-08") ?? .none, opening: -777, closing: 123_456,
                    lines: 3, identity: RowsDigest(bits: hash),
                    digest: RowsDigest(bits: uetr.bits))),
            """
            4c00400000000000f0e1d2c3b4a5968778695a4b3c2d1e0fffeeddccbbaa9988\
            7746554433221100f7fcffffffffffff40e20100000000000201000003000000\
            ea4fed4f01000000
            """
        ),
        (
            .declared(
                AddAgentStatementLine(
                    3, of: 258, Money(minorUnits: -777, currency: .thb),
                    booked: CivilDate("2026-01-05") ?? .none,
                    value: CivilDate("2026-01-08") ?? .none, reversal: true, uetr: uetr)),
            """
            4d00280000000000ffeeddccbbaa99887746554433221100f7fcffffffffffff\
            0201000003000000ea4fed4f01010000
            """
        ),
        (
            .declared(TakeAgentStatement(258, as: .exception)),
            """
            4e000800000000000201000002000000
            """
        ),
        (
            .declared(AbandonAgentStatement(258)),
            """
            4f000800000000000201000000000000
            """
        ),
        (
            .submitPayment(dated),
            """
            4a00600000000000ffeeddccbbaa99887746554433221100f0e1d2c3b4a59687\
            78695a4b3c2d1e0f95d94f073739960095d94f0737399600d54733d0584d9600\
            a086010000000000000000000000000000000000000000000000000000000000\
            010100030000ec4f
            """
        ),
    ]
}
