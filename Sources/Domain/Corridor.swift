/// Whether a corridor takes orders.
public enum CorridorState: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case open = 0
    /// No new orders; resting orders stay and can be cancelled.
    case halted = 1
    /// No new orders, and the open ones have been cancelled.
    case closed = 2
}

/// What happens when two orders of the same payer meet.
public enum SelfMatch: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// They fill each other like any two orders.
    case allow = 0
    /// The arriving order ends there.
    case cancelNewest = 1
    /// The resting order ends, the arriving one goes on.
    case cancelOldest = 2
    /// Both shrink by what they would have filled, without a fill; what is used up ends.
    case decrementBoth = 3
}

/// The parameters of a corridor: renminbi against one foreign currency.
public struct Corridor: BitwiseCopyable, Equatable, Sendable {
    public var foreign: Currency
    public var selfMatch: SelfMatch
    /// Days with a session: bit 0 is Monday, bit 6 is Sunday.
    public var weekdays: UInt8
    /// Local time less UTC, in minutes.
    public var utcOffsetMinutes: Int16
    /// First minute of the local day in which orders are taken, 0…1,439.
    public var opensAtMinute: UInt16
    /// The cut-off: from this minute of the local day on none are taken, 1…1,440.
    public var cutOffMinute: UInt16
    /// Half-width of the protection collar around the reference rate, in basis points, 1…9,999.
    public var collarBasisPoints: UInt16
    /// Fee in parts per million of the pay amount, on top of it, in the pay currency.
    public var feePartsPerMillion: UInt32
    /// The step between two rates.
    public var tick: Rate
    public var referenceRate: Rate
    /// Smallest order, in fen; orders fixed in foreign currency count at the reference rate.
    public var minimumSize: Int64
    /// Largest order, in fen.
    public var maximumSize: Int64

    public init(
        foreign: Currency, tick: Rate, referenceRate: Rate, collarBasisPoints: UInt16,
        minimumSize: Int64, maximumSize: Int64, feePartsPerMillion: UInt32 = 0,
        selfMatch: SelfMatch = .cancelNewest, weekdays: UInt8 = 0b111_1111,
        utcOffsetMinutes: Int16 = 480, opensAtMinute: UInt16 = 0, cutOffMinute: UInt16 = 1_440
    ) {
        self.foreign = foreign
        self.selfMatch = selfMatch
        self.weekdays = weekdays
        self.utcOffsetMinutes = utcOffsetMinutes
        self.opensAtMinute = opensAtMinute
        self.cutOffMinute = cutOffMinute
        self.collarBasisPoints = collarBasisPoints
        self.feePartsPerMillion = feePartsPerMillion
        self.tick = tick
        self.referenceRate = referenceRate
        self.minimumSize = minimumSize
        self.maximumSize = maximumSize
    }
}

/// What an operator states of a corridor and can state wrongly.
public enum CorridorParameter: Sendable, CaseIterable {
    case foreign
    case tick
    case referenceRate
    case collar
    case fee
    case minimumSize
    case maximumSize
    case weekdays
    case utcOffset
    case opening
    case cutOff
    /// The tick, reference rate and collar together: the collar must hold a tick, and its upper
    /// edge lie below ``Limits/ticksPerCorridor`` ticks.
    case ticksInCollar
}

extension Corridor {
    /// A corridor without any parameters, which is not valid.
    static var none: Corridor {
        Corridor(
            foreign: .cny, tick: .none, referenceRate: .none, collarBasisPoints: 0,
            minimumSize: 0, maximumSize: 0)
    }

    /// Lowest rate inside the collar, on the tick, rounded towards the reference rate.
    public var lowestRate: Rate {
        let edge = collarEdge(10_000 - Int64(collarBasisPoints), .up)
        return Rate(scaled: (edge + tick.scaled - 1) / tick.scaled * tick.scaled)
    }

    /// Highest rate inside the collar, on the tick, rounded towards the reference rate.
    public var highestRate: Rate {
        let edge = collarEdge(10_000 + Int64(collarBasisPoints), .down)
        return Rate(scaled: edge / tick.scaled * tick.scaled)
    }

    private func collarEdge(_ basisPoints: Int64, _ rounding: Rounding) -> Int64 {
        // At most 10¹³ × 2 × 10⁴ ÷ 10⁴: the quotient always fits.
        multiply(referenceRate.scaled, by: basisPoints, dividedBy: 10_000, rounding)!
    }

    /// Whether every parameter lies in its documented range and the parameters agree.
    public var isValid: Bool { firstInvalidParameter == nil }

    /// The first parameter that is outside its documented range, or that does not agree with those
    /// before it; nil when the corridor is valid. This is rule R4.1.
    public var firstInvalidParameter: CorridorParameter? {
        if foreign == .cny { return .foreign }
        if tick.scaled <= 0 || tick.scaled > Limits.maximumRate { return .tick }
        if referenceRate.scaled <= 0 || referenceRate.scaled > Limits.maximumRate {
            return .referenceRate
        }
        if !(1...9_999).contains(collarBasisPoints) { return .collar }
        if feePartsPerMillion > Limits.maximumFeePartsPerMillion { return .fee }
        if minimumSize <= 0 || minimumSize > Limits.maximumAmount { return .minimumSize }
        if maximumSize < minimumSize || maximumSize > Limits.maximumAmount { return .maximumSize }
        if weekdays == 0 || weekdays >= 128 { return .weekdays }
        if !(-840...840).contains(utcOffsetMinutes) { return .utcOffset }
        if cutOffMinute > 1_440 { return .cutOff }
        if opensAtMinute >= cutOffMinute { return .opening }
        let holdsTick = lowestRate.scaled > 0 && lowestRate <= highestRate
        let fitsBook = highestRate.scaled / tick.scaled < Limits.ticksPerCorridor
        return holdsTick && fitsBook ? nil : .ticksInCollar
    }

    /// The session of a local date by these hours; nil on a weekday without one.
    ///
    /// - Complexity: O(1). No date lies so late that its instants overflow.
    public func session(on date: CivilDate) -> CorridorSession? {
        guard weekdays >> UInt8(date.weekday - 1) & 1 == 1 else { return nil }
        let minute: Int64 = 60_000_000_000
        let midnight = Int64(date.rawValue) * 1_440 - Int64(utcOffsetMinutes)
        return CorridorSession(
            date: date, opens: (midnight + Int64(opensAtMinute)) * minute,
            cutOff: (midnight + Int64(cutOffMinute)) * minute)
    }

    /// The local date; none outside the range of dates.
    public func localDate(at now: Timestamp) -> CivilDate {
        let local = now.flooredQuotient(by: 60_000_000_000).quotient + Int64(utcOffsetMinutes)
        let day = local.flooredQuotient(by: 1_440).quotient
        return UInt16(exactly: day).map { CivilDate(rawValue: $0) } ?? .none
    }

    /// The cut-off of the session that is running at `now`, or nil outside a session; beyond the
    /// end of time it is never.
    ///
    /// - Complexity: O(1). Time is that of the batch; the zone is a fixed offset, so every node
    ///   agrees without a time zone database.
    public func cutOff(at now: Timestamp, under rules: RuleVersion = .current) -> Timestamp? {
        // In whole minutes nothing overflows, at neither end of time.
        let minute: Int64 = 60_000_000_000
        let offset = Int64(utcOffsetMinutes)
        let local = now.flooredQuotient(by: minute).quotient + offset
        // Version 2 knows no day before 1970.
        guard local >= 0 || rules >= .v3 else { return nil }
        let (day, minuteOfDay) = local.flooredQuotient(by: 1_440)
        // 1970-01-01 was a Thursday: day number 3 of a week that begins on Monday.
        let weekday = (day + 3).flooredQuotient(by: 7).remainder
        guard weekdays >> UInt8(weekday) & 1 == 1, minuteOfDay >= Int64(opensAtMinute),
            minuteOfDay < Int64(cutOffMinute)
        else { return nil }
        let closes = day * 1_440 + Int64(cutOffMinute) - offset
        let (time, overflow) = closes.multipliedReportingOverflow(by: minute)
        return overflow ? .never : time
    }
}

/// When a corridor takes orders on one date.
public struct CorridorSession: BitwiseCopyable, Equatable, Sendable {
    public let date: CivilDate
    public let opens: Timestamp
    /// From then on it takes none.
    public let cutOff: Timestamp

    public init(date: CivilDate, opens: Timestamp, cutOff: Timestamp) {
        self.date = date
        self.opens = opens
        self.cutOff = cutOff
    }

    public func isRunning(at now: Timestamp) -> Bool { opens <= now && now < cutOff }
}

extension Int64 {
    /// Rounded down, so that the remainder is never negative.
    fileprivate func flooredQuotient(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
