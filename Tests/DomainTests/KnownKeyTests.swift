internal import Domain
internal import Testing

/// What the directory makes of certificates, by the keys on record (R18.6).
@Suite struct KnownKeyTests {
    private let directory = Directory()
    private let bank = KeyOwner(.participant, Self.name("BKCHCNBJ"))
    private let person = KeyOwner(.operator, Self.name("WANG.LEI"))
    private let node = KeyOwner(.node, Self.name("demo/1"))

    private static func name(_ text: String) -> OperatorName { OperatorName(text) ?? .none }

    private func print(_ number: UInt128) -> KeyFingerprint {
        KeyFingerprint(high: number, low: 1)
    }

    private func load(_ rows: [KeyRow], participant: BIC? = nil) {
        var image = LedgerImage()
        image.position.logIndex = 1
        var rules = RuleVersionRow()
        rules.version = RuleVersion.v4.rawValue
        image.declared.append(rules)
        if let participant {
            var row = ParticipantRow()
            row.id = 1
            row.registration.bic = participant
            image.declared.append(row)
        }
        for row in rows { image.declared.append(row) }
        directory.load(image)
    }

    private func key(
        _ number: UInt32, of owner: KeyOwner, _ state: KeyState = .active,
        purpose: KeyPurpose = .tls, until: Timestamp = 0
    ) -> KeyRow {
        var row = KeyRow(
            id: number, owner: owner, purpose: purpose, fingerprint: print(UInt128(number)),
            from: 1, until: until)
        row.state = state
        return row
    }

    private func verdict(_ number: UInt128, _ owners: KeyOwner...) -> KeyVerdict {
        directory.verdict(on: print(number), naming: owners, at: 100)
    }

    private func refuses(_ words: String, _ number: UInt128, _ owners: KeyOwner...) -> Bool {
        guard
            case .refused(let reason) = directory.verdict(
                on: print(number), naming: owners, at: 100)
        else { return false }
        return reason.contains(words)
    }

    @Test func whoHasNoneOnRecordIsBelieved() {
        #expect(!directory.hasKeys)
        load([key(1, of: person)])
        #expect(directory.hasKeys)
        #expect(verdict(9, bank) == .believed(until: nil))
        #expect(verdict(9) == .believed(until: nil))
    }

    @Test func whoHasOneIsKnownByItAlone() {
        load([key(1, of: person), key(2, of: person, .retiring, until: 101)])
        #expect(verdict(1, person) == .believed(until: nil))
        #expect(verdict(2, person) == .believed(until: 101))
        #expect(refuses("operator WANG.LEI has other certificates", 9, person))
        // The name alone is not enough, nor the kind.
        #expect(verdict(9, KeyOwner(.node, person.name)) == .believed(until: nil))
    }

    @Test func whatIsOverOrRevokedNamesNobody() {
        load([
            key(1, of: person, .revoked), key(2, of: person, .retiring, until: 100),
            key(3, of: node, until: 99), key(4, of: node, purpose: .signing),
        ])
        #expect(refuses("is revoked", 1, person))
        #expect(refuses("its time has passed", 2, person))
        #expect(refuses("its time has passed", 3, node))
        #expect(refuses("for signing", 4, node))
        // Nothing of theirs is good any more, so their authorities' word counts.
        #expect(verdict(9, person) == .believed(until: nil))
        #expect(verdict(9, node) == .believed(until: nil))
        // A revoked one is nobody's, whomever it names.
        #expect(refuses("is revoked", 1, bank))
    }

    @Test func nobodyLendsHisNameToAnother() {
        load([key(1, of: node), key(2, of: person)])
        #expect(refuses("for somebody else", 1, person))
        #expect(refuses("for somebody else", 1))
        #expect(refuses("operator WANG.LEI has other certificates", 1, node, person))
        #expect(refuses("node demo/1 has other certificates", 2, node, person))
    }

    /// R3.14 A branch that is not registered acts for its institution, so it is held to its keys.
    @Test func aBranchIsItsInstitution() throws {
        let bic = try #require(BIC("BKCHCNBJ"))
        load([key(1, of: bank)], participant: bic)
        let branch = KeyOwner(.participant, Self.name("BKCHCNBJ300"))
        let other = KeyOwner(.participant, Self.name("BKKBTHBK"))
        #expect(verdict(1, branch) == .believed(until: nil))
        #expect(refuses("participant BKCHCNBJ has other certificates", 9, branch))
        #expect(verdict(9, other) == .believed(until: nil))
    }
}
