internal import Chance
internal import Domain

extension RandomHistory {
    /// Something about one of a few certificates.
    mutating func keyCommand() -> any DeclaredCommand {
        switch random.below(8) {
        case 0...3:
            return RegisterKey(
                owner: keyOwner(), purpose: random.pick(KeyPurpose.allCases),
                fingerprint: fingerprint(), until: end(percent: 50))
        case 4...5:
            return RotateKey(
                old: fingerprint(), to: fingerprint(), retires: end(percent: 95),
                until: end(percent: 30))
        default: return RevokeKey(fingerprint: fingerprint())
        }
    }

    private mutating func fingerprint() -> KeyFingerprint {
        KeyFingerprint(high: UInt128(random.below(24)), low: 0)
    }

    /// A time in the two months of a history; 0 is none.
    private mutating func end(percent: Int) -> Timestamp {
        let days = Int64(random.below(60)) * 86_400_000_000_000
        return random.percent(percent) ? 1_767_574_800_000_000_000 + days : 0
    }

    private mutating func keyOwner() -> KeyOwner {
        let banks = [Banks.beijing, Banks.bangkok, Banks.unknown]
        switch random.below(6) {
        case 0...2: return KeyOwner(.participant, People.name(random.pick(banks).description))
        case 3: return KeyOwner(.operator, random.pick(People.all))
        case 4: return KeyOwner(.participant, People.name("BKCHCNBJXXX"))
        default: return KeyOwner(random.pick([.node, .witness]), People.name("langqiao/1"))
        }
    }
}
