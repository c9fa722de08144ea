/// Mixes words into 64 bits: the hash of one row of the ledger.
///
/// The hash of the whole state is the wrapping sum of its rows' hashes, so it can be kept up while
/// single rows change and does not depend on the order in which they are visited. It finds
/// divergence between nodes; it is no protection against an adversary (the hash chain of the log
/// is). The function is part of the log format: changing it needs a new engine version.
public struct RowHasher: BitwiseCopyable, Sendable {
    @usableFromInline
    var state: UInt64

    @inlinable
    public init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0xD1B5_4A32_D192_ED03
    }

    /// Mixes in one word. One 64 × 64 → 128 bit multiplication.
    @inlinable
    public mutating func combine(_ word: UInt64) {
        let product = (state ^ word).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
        state = (product.high ^ product.low) &+ 0x9E37_79B9_7F4A_7C15 ^ word.byteSwapped
    }

    @inlinable
    public mutating func combine(_ word: Int64) {
        combine(UInt64(bitPattern: word))
    }

    @inlinable
    public mutating func combine(_ word: UInt128) {
        combine(UInt64(truncatingIfNeeded: word >> 64))
        combine(UInt64(truncatingIfNeeded: word))
    }

    /// Packs eight small values into one word.
    @inlinable
    public mutating func combine(
        _ a: UInt8, _ b: UInt8 = 0, _ c: UInt8 = 0, _ d: UInt8 = 0, _ e: UInt8 = 0, _ f: UInt16 = 0
    ) {
        combine(
            UInt64(a) | UInt64(b) << 8 | UInt64(c) << 16 | UInt64(d) << 24 | UInt64(e) << 32
                | UInt64(f) << 40)
    }

    @inlinable
    public func finish() -> UInt64 {
        var last = self
        last.combine(UInt64(0x6C61_6E67_7169_616F))
        return last.state
    }
}

extension ParticipantRow {
    /// The row's part of the state hash. The attachment is not read by the ledger and not covered.
    public var stateHash: UInt64 {
        var hasher = RowHasher(seed: 1)
        hasher.combine(UInt64(id) | UInt64(settlementParticipant) << 32)
        hasher.combine(registration.bic.packed)
        hasher.combine(registration.lei.packed)
        hasher.combine(registration.settlesThrough.packed)
        hasher.combine(
            registration.roles.rawValue, state.rawValue, 0, 0, 0, registration.country.packed)
        return hasher.finish()
    }
}

extension CorridorRow {
    /// The row's part of the state hash.
    public var stateHash: UInt64 {
        var hasher = RowHasher(seed: 2)
        hasher.combine(
            corridor.foreign.rawValue, corridor.selfMatch.rawValue, corridor.weekdays,
            state.rawValue, 0, corridor.collarBasisPoints)
        hasher.combine(Int64(corridor.utcOffsetMinutes))
        hasher.combine(UInt64(corridor.opensAtMinute) | UInt64(corridor.cutOffMinute) << 16)
        hasher.combine(UInt64(corridor.feePartsPerMillion))
        hasher.combine(corridor.tick.scaled)
        hasher.combine(corridor.referenceRate.scaled)
        hasher.combine(corridor.minimumSize)
        hasher.combine(corridor.maximumSize)
        return hasher.finish()
    }
}

extension AccountRow {
    /// The row's part of the state hash.
    public var stateHash: UInt64 {
        var hasher = RowHasher(seed: 3)
        hasher.combine(UInt64(id) | UInt64(participant) << 32)
        hasher.combine(kind.rawValue, currency.rawValue)
        hasher.combine(balance)
        hasher.combine(held)
        hasher.combine(creditLimit)
        return hasher.finish()
    }
}

extension PaymentRow {
    /// The row's part of the state hash; attachment and newness are not part of it.
    public var stateHash: UInt64 {
        var hasher = RowHasher(seed: 4)
        hasher.combine(id)
        hasher.combine(uetr.bits)
        hasher.combine(contentHash)
        hasher.combine(UInt64(payer) | UInt64(creditor) << 32)
        hasher.combine(
            foreign.rawValue, side.rawValue, fixed.rawValue, timeInForce.rawValue,
            fillPolicy.rawValue, code.rawValue)
        hasher.combine(status.rawValue, endReason.rawValue)
        hasher.combine(UInt64(feePartsPerMillion))
        hasher.combine(amount)
        hasher.combine(statedLimit.scaled)
        hasher.combine(limit.scaled)
        hasher.combine(minimumFill)
        hasher.combine(expiresAt)
        hasher.combine(acceptedAt)
        hasher.combine(updatedAt)
        hasher.combine(remaining)
        hasher.combine(held)
        hasher.combine(paid)
        hasher.combine(received)
        hasher.combine(fee)
        return hasher.finish()
    }
}

extension FillRow {
    /// The row's part of the state hash.
    public var stateHash: UInt64 {
        var hasher = RowHasher(seed: 5)
        hasher.combine(id)
        hasher.combine(timestamp)
        hasher.combine(foreign.rawValue, restingSide.rawValue)
        hasher.combine(renminbiPayment)
        hasher.combine(foreignPayment)
        hasher.combine(renminbiAmount)
        hasher.combine(foreignAmount)
        hasher.combine(rate.scaled)
        hasher.combine(renminbiFee)
        hasher.combine(foreignFee)
        hasher.combine(UInt64(renminbiDebit) | UInt64(renminbiCredit) << 32)
        hasher.combine(UInt64(foreignDebit) | UInt64(foreignCredit) << 32)
        return hasher.finish()
    }
}

extension FundingRow {
    /// The row's part of the state hash; the attachment is not covered.
    public var stateHash: UInt64 {
        var hasher = RowHasher(seed: 6)
        hasher.combine(reference.bits)
        hasher.combine(contentHash)
        hasher.combine(UInt64(account))
        hasher.combine(amount)
        hasher.combine(timestamp)
        return hasher.finish()
    }
}
