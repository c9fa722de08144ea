import Domain
import Gateway
import Testing

/// Refusals of the ledger say which parameter is wrong, its value and what it should be.
@Suite struct RefusalWordsTests {
    private static let corridor = Corridor(
        foreign: .thb, tick: Rate(scaled: 10_000), referenceRate: Rate(scaled: 493_000_000),
        collarBasisPoints: 500, minimumSize: 1_000, maximumSize: 100_000_000)

    struct Change: CustomTestStringConvertible {
        let parameter: CorridorParameter
        let says: String
        let change: @Sendable (inout Corridor) -> Void
        init(
            _ parameter: CorridorParameter, _ says: String,
            _ change: @escaping @Sendable (inout Corridor) -> Void
        ) {
            (self.parameter, self.says, self.change) = (parameter, says, change)
        }
        var testDescription: String { says }
    }

    static let changes: [Change] = [
        Change(.foreign, "foreign_currency must be a currency beside CNY, not CNY") {
            $0.foreign = .cny
        },
        Change(.tick, "tick must be more than 0 and at most 100000.00, not 0.00") {
            $0.tick = .none
        },
        Change(.tick, "tick must be more than 0 and at most 100000.00, not 100000.00000001") {
            $0.tick.scaled = Limits.maximumRate + 1
        },
        Change(.referenceRate, "reference_rate must be more than 0 and at most 100000.00, not 0.00")
        {
            $0.referenceRate = .none
        },
        Change(.collar, "collar_basis_points must lie between 1 and 9999, not 0") {
            $0.collarBasisPoints = 0
        },
        Change(.collar, "collar_basis_points must lie between 1 and 9999, not 10000") {
            $0.collarBasisPoints = 10_000
        },
        Change(.fee, "fee_parts_per_million must be at most 100000, not 100001") {
            $0.feePartsPerMillion = 100_001
        },
        Change(
            .minimumSize,
            "minimum_size must be more than 0 and at most 100000000000000.00, not 0.00"
        ) { $0.minimumSize = 0 },
        Change(
            .maximumSize,
            "maximum_size must be at least the minimum_size 10.00 and at most 100000000000000.00, "
                + "not 9.99"
        ) { $0.maximumSize = 999 },
        Change(.weekdays, "weekdays must name days from 1 to 7, not 0") { $0.weekdays = 0 },
        Change(.utcOffset, "utc_offset_minutes must lie between -840 and 840, not 841") {
            $0.utcOffsetMinutes = 841
        },
        Change(.cutOff, "cut_off_at must be at most 24:00, not 24:01") { $0.cutOffMinute = 1_441 },
        Change(.opening, "opens_at must be before the cut_off_at 09:00, not 09:00") {
            $0.opensAtMinute = 540
            $0.cutOffMinute = 540
        },
        Change(
            .ticksInCollar,
            "tick must have a multiple within 1 basis points of the reference_rate 4.93, not 1.00"
        ) {
            $0.tick.scaled = 100_000_000
            $0.collarBasisPoints = 1
        },
        Change(
            .ticksInCollar,
            "tick must be so large that the collar's upper edge 5.1765 is less than 1048576 ticks, "
                + "not 0.00000001"
        ) { $0.tick.scaled = 1 },
    ]

    @Test(arguments: changes)
    func theWrongParameterOfACorridorIsNamed(_ change: Change) {
        #expect(Self.corridor.isValid && RefusalWords.corridor(Self.corridor).isEmpty)
        var wrong = Self.corridor
        change.change(&wrong)
        #expect(!wrong.isValid && wrong.firstInvalidParameter == change.parameter)
        #expect(RefusalWords.corridor(wrong) == change.says)
    }

    @Test func everyParameterOfACorridorIsShown() {
        let shown = Set(Self.changes.map(\.parameter))
        #expect(shown == Set(CorridorParameter.allCases))
    }

    // MARK: Orders

    private static func order(_ change: (inout PaymentOrder) -> Void) -> PaymentOrder {
        var order = PaymentOrder(
            uetr: UETR(bits: 1), submitter: .none, payer: BIC("BKCHCNB0") ?? .none,
            creditor: BIC("BKKBTHB0") ?? .none, foreign: .thb, side: .payRenminbi, fixed: .pay,
            amount: 10_000)
        change(&order)
        return order
    }

    @Test func theWrongTermOfAnOrderIsNamed() {
        func says(_ code: ResultCode, _ change: (inout PaymentOrder) -> Void) -> String {
            RefusalWords.order(Self.order(change), refusedWith: code, in: Self.corridor)
        }
        #expect(
            says(.amountNotPositive) { $0.amount = -100 }
                == "pay_amount must be more than zero, not -1.00")
        #expect(
            says(.amountBelowMinimum) { $0.amount = 99 }
                == "pay_amount must be worth at least 10.00 CNY, not 0.99")
        #expect(
            says(.amountBelowMinimum) { ($0.fixed, $0.amount) = (.receive, 4_929) }
                == "receive_amount must be worth at least 10.00 CNY at the reference rate 4.93, "
                + "not 49.29")
        #expect(
            says(.amountAboveMaximum) { $0.amount = 100_000_001 }
                == "pay_amount must be worth at most 1000000.00 CNY, not 1000000.01")
        #expect(
            says(.rateOffTick) { $0.limit.scaled = 490_005_000 }
                == "limit_rate must be a multiple of the tick 0.0001, not 4.90005")
        #expect(
            says(.rateOutsideCollar) { $0.limit.scaled = 900_000_000 }
                == "limit_rate must lie between 4.6835 and 5.1765, not 9.00")
        #expect(
            says(.expiryInvalid) { $0.timeInForce = .goodTillDate }
                == "expires_at must be given with GOOD_TILL_DATE")
        #expect(
            says(.expiryInvalid) { ($0.timeInForce, $0.expiresAt) = (.day, 1) }
                == "expires_at must be left out with DAY")
        #expect(
            says(.expiryInvalid) { ($0.timeInForce, $0.expiresAt) = (.goodTillDate, 1) }
                == "expires_at must be a time that is still to come")
        #expect(
            says(.minimumFillInvalid) { $0.fillPolicy = .minimum }
                == "minimum_fill must be given with the fill_policy MINIMUM")
        #expect(
            says(.minimumFillInvalid) { $0.minimumFill = 1 }
                == "minimum_fill must be left out with the fill_policy ANY")
        #expect(
            says(.minimumFillInvalid) { ($0.fillPolicy, $0.minimumFill) = (.minimum, 10_001) }
                == "minimum_fill must be more than zero and at most the amount 100.00, not 100.01")
        #expect(
            says(.creditorUnknown) { _ in } == "creditor_participant BKKBTHB0 is not registered")
        #expect(says(.insufficientFunds) { _ in }.isEmpty)
        let order = Self.order { $0.limit.scaled = 1 }
        #expect(RefusalWords.order(order, refusedWith: .rateOffTick, in: nil).isEmpty)
    }

    @Test func wrongRegistrationsAndAmountsAreNamed() throws {
        var bank = ParticipantRegistration(
            bic: try #require(BIC("BKCHCNB0")), country: try #require(CountryCode("CN")),
            roles: [.payer])
        #expect(RefusalWords.registration(bank).isEmpty)
        bank.roles = []
        #expect(
            RefusalWords.registration(bank)
                == "roles must hold at least one of PAYER, LIQUIDITY_PROVIDER, RECEIVE_ONLY")
        bank.roles = [.receiveOnly, .payer]
        #expect(
            RefusalWords.registration(bank) == "roles must be RECEIVE_ONLY alone, or not hold it")
        bank.settlesThrough = BIC("NOBACNBJ") ?? .none
        #expect(
            RefusalWords.directParticipant(bank, nil)
                == "settles_through must be a direct participant; NOBACNBJ is not registered")
        let funding = Fund(
            reference: UETR(bits: 1), participant: bank.bic, currency: .jpy, amount: 0)
        #expect(
            RefusalWords.funding(funding, refusedWith: .amountInvalid)
                == "amount must not be zero and lie between -10000000000000000 and "
                + "10000000000000000, not 0")
        #expect(
            RefusalWords.creditLimit(
                Money(minorUnits: -1, currency: .cny), of: bank.bic, refusedWith: .amountInvalid)
                == "limit must lie between 0 and 100000000000000.00, not -0.01")
    }
}
